"""The recipient of each row: names matched with a scenario's recipients, or taken as they are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from allocator.core.errors import ScenarioError
from allocator.core.parts import check_id
from allocator.files.understanding.draft import Draft
from allocator.files.understanding.names import Known, plain_form
from allocator.files.understanding.rows import ASKED, DEDUCTED, GIVEN, RECIPIENT, Row
from allocator.files.understanding.view import View
from allocator.files.understanding.vocabulary import closed, part_of, tidy

_MOST_NEAR = 50  # names for which a near one is searched


def recipients_in(view: View, rows: Sequence[Row], names: int, draft: Draft) -> list[Row]:
    """The rows with the recipients' ids; unknown names and duplicates are noted."""
    known = draft.known
    made = _named(view, rows, names, draft) if known is None else _matched(view, rows, names, draft, known)
    seen: dict[str, Row] = {}
    for at, row in enumerate(made):
        if row.role != RECIPIENT or not row.id:
            continue
        key = row.id if known else closed(row.id)
        first = seen.setdefault(key, row)
        if first is not row:
            draft.refuse(
                "recipient_twice", view.cell(row.number, names), name=row.name, first=first.name,
                place=view.cell(first.number, names),
            )  # fmt: skip
            made[at] = replace(row, id="")
    return made


def _named(view: View, rows: Sequence[Row], names: int, draft: Draft) -> list[Row]:
    """Without a scenario, the rows with ids from the names in the sheet, tidied."""
    made = []
    for row in rows:
        if row.role != RECIPIENT:
            made.append(row)
            continue
        written, at = row.cell(names).text, view.cell(row.number, names)
        name = plain_form(tidy(_written(row, names)))
        try:
            check_id(name, "recipients")
        except ScenarioError:
            draft.refuse("name_unsafe", at, name=name)
        if name != written:
            draft.treat("read_as", at, written=written, name=name)
        made.append(replace(row, id=name))
    return made


def _matched(view: View, rows: Sequence[Row], names: int, draft: Draft, known: Known) -> list[Row]:
    made: list[Row] = []
    found = {row.number: known.recipient(_written(row, names)) for row in rows if row.role == RECIPIENT}
    cities = Counter(city_of(match.place) for match in found.values() if match and match.place)
    usual = max(cities, key=lambda city: cities[city]) if cities else ""
    near = 0
    for row in rows:
        if row.role != RECIPIENT:
            made.append(row)
            continue
        written, at = _written(row, names), view.cell(row.number, names)
        match = found[row.number]
        if match is None:
            near += 1
            meant = known.near(row.name) if near <= _MOST_NEAR else None
            key = "recipient_near" if meant else "recipient_unknown"
            choices = ["same", "leave_out", *([] if meant else ["reservation"])]
            draft.ask(key, choices, at, name=row.name, near=meant)
            made.append(replace(row, role=ASKED, why="unknown"))
            continue
        name = known.names[match.id]
        if match.place and (city_of(match.place) != usual or known.is_elsewhere(match.place)):
            draft.ask("recipient_elsewhere", ["same", "leave_out"], at, name=row.name, near=name)
            made.append(replace(row, role=ASKED, why="elsewhere"))
            continue
        if written not in (name.zh, name.en, match.id):
            draft.treat("read_as", at, written=written, name=name)
        if alias := known.alias(written):
            draft.treat("alias", at, written=alias, name=name)
            draft.aliases[match.id] = alias
        made.append(replace(row, id=match.id))
    _all_there(made, known, draft)
    return made


def _written(row: Row, names: int) -> str:
    """The name in a row as it is written; where a part is a recipient of its own, the name after 其中：."""
    text = row.cell(names).text
    return part_of(text) or text if row.why in (DEDUCTED, GIVEN) else text


def city_of(place: str) -> str:
    """The city in the text before a name, without its province.

    >>> city_of("四川省泸州市"), city_of("泸州市")
    ('泸州市', '泸州市')
    """
    return re.sub("^.*(省|自治区)(?=.)", "", place)


def _all_there(rows: Sequence[Row], known: Known, draft: Draft) -> None:
    """Asks about recipients that have no row; those with only an earmark need none."""
    scenario = known.scenario
    apart = {earmark.recipient for earmark in scenario.earmarks if not earmark.also_shares}
    there = apart | {row.id for row in rows if row.id}
    for row in rows:
        if row.role == ASKED and (match := known.recipient(part_of(row.name) or row.name)):
            there.add(match.id)
    missing = [r.name for r in scenario.recipients if r.id not in there]
    if missing:
        draft.ask("recipients_missing", [], names=missing, count=len(missing))
