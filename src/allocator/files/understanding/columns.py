"""The role of each column of a table: the recipients, a factor, amounts, or left out and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from allocator.core.parts import plain_name
from allocator.core.totals import is_total
from allocator.files.sheets.grids.grid import BLANK, DATE, TEXT, Cell
from allocator.files.sheets.headings import AMOUNTS, REGISTER, words
from allocator.files.understanding.draft import Draft, is_named
from allocator.files.understanding.figures import FIGURE, REFUSED, WORDS, is_word, kind_of
from allocator.files.understanding.headings import Column, Head
from allocator.files.understanding.names import Known
from allocator.files.understanding.view import View
from allocator.files.understanding.vocabulary import (
    is_amount,
    is_code,
    is_numbering,
    is_recipient_heading,
    is_remark,
    is_result,
    part_of,
    place_like,
)  # fmt: skip

RECIPIENT, FACTOR, AMOUNT, LEFT = "recipient", "factor", "amount", "left"
# why a column is left out, and the key of the statement that says so
_LEFT_OUT = {
    "asked": "column_asked", "hidden": "column_hidden", "numbering": "column_numbering",
    "code": "column_code", "remark": "column_remark", "text": "column_text", "result": "column_result",
    "total": "column_total", "part": "column_part", "date": "column_date", "reference": "column_reference",
}  # fmt: skip
_SAMPLE = 1_000  # rows searched for the recipients' column
_KINDS = ("类别", "类型", "分类", "组别", "分组", "片区", "类", "kind", "type", "category", "group", "class")


@dataclass(frozen=True)
class Place:
    """A column and its role; ``id`` is the factor's in the scenario, else its name."""

    column: Column
    role: str
    why: str
    id: str = ""
    cells: Sequence[Cell] = ()

    @property
    def at(self) -> int:
        return self.column.at


def columns_of(view: View, head: Head, at: int) -> Sequence[Cell]:
    """The cells of a column below the headings."""
    return [cells[at] for _, cells in view.lines[head.first :] if at < len(cells)]


def recipient_column(view: View, head: Head, draft: Draft) -> int | None:
    """The column that holds the recipients; asked about where two could be."""
    wanted = draft.options.recipients
    if wanted is not None:
        named = (c.at for c in head.columns if is_named([wanted], view.column(c.at), c.name, c.last))
        found = next(named, None)
        if found is None:
            draft.refuse("no_such_column", name=wanted, known=[c.name for c in head.columns if c.parts])
        return found
    if draft.known is not None and (best := _best_matched(view, head, draft.known, draft)) is not None:
        return best
    ranks = {}
    for column in head.columns:
        cells = columns_of(view, head, column.at)
        names = [cell.text for cell in cells if is_word(cell)]
        if names and 2 * len(names) >= sum(1 for cell in cells if cell.kind != BLANK):
            ranks[column.at] = _rank(column, names)
    return min(ranks, key=lambda at: (ranks[at], at), default=None)


def _best_matched(view: View, head: Head, known: Known, draft: Draft) -> int | None:
    """The column with most recipients of the scenario; asked about where another column names others."""
    matched = {column.at: _matched(view, head, column.at, known) for column in head.columns}
    best = max(matched, key=lambda at: (len(matched[at]), is_recipient_heading(head.columns[at].last), -at))
    if not matched[best]:
        return None
    for at, found in matched.items():
        others = [row for row, id in found.items() if matched[best].get(row) != id]
        if len(others) > 1:
            draft.ask(
                "two_recipient_columns", ["recipients"], first=view.column(best), second=view.column(at)
            )
            break
    return best


def _matched(view: View, head: Head, at: int, known: Known) -> dict[int, str]:
    found: dict[int, str] = {}
    for number, cells in view.lines[head.first : head.first + _SAMPLE]:
        if at < len(cells) and cells[at].kind == TEXT and (match := known.recipient(cells[at].text)):
            found[number] = match.id
    return found


def _rank(column: Column, texts: Sequence[str]) -> int:
    """The rank of a column of words as the recipients' column: 0 is best."""
    last = column.last
    register = words(REGISTER).get(plain_name(last))
    if register == "name_zh":
        return 0
    if register in ("kind", "name_en") or last.casefold() in _KINDS or is_remark(last):
        return 5
    if is_numbering(last) or len(set(texts)) * 2 < len(texts):
        return 4
    places = sum(map(place_like, texts[:200]))
    if is_recipient_heading(last):
        return 1 if 2 * places >= len(texts[:200]) else 2
    return 2 if 2 * places >= len(texts[:200]) else 3


def places_of(view: View, head: Head, names: int, draft: Draft) -> list[Place]:
    """The role of each column; columns that are left out or open are noted."""
    placed = [_place(view, head, column, names, draft) for column in head.columns]
    places = [place for place in placed if place is not None]
    if draft.known is None and not any(p.role in (FACTOR, AMOUNT) for p in places):
        # a table of scores or shares alone: they are its factors
        places = [
            Place(p.column, FACTOR, "only_results", p.column.name, p.cells) if p.why == "result" else p
            for p in places
        ]
    for place in places:
        if place.role == LEFT and place.why not in ("empty_column",):
            draft.leave(_LEFT_OUT[place.why], view.column(place.at), name=place.column.name)
    _twice(view, places, draft)
    return places


def _place(view: View, head: Head, column: Column, names: int, draft: Draft) -> Place | None:
    options, where = draft.options, view.column(column.at)
    if column.at == names:
        return Place(column, RECIPIENT, "recipients")
    cells = columns_of(view, head, column.at)
    called = (column.name, column.last)
    if is_named(options.leave_out, where, *called):
        return Place(column, LEFT, "asked", cells=cells)
    for role in AMOUNTS:
        wanted = getattr(options, role)
        if wanted is not None and is_named([wanted], where, *called):
            return Place(column, AMOUNT, role, role, cells)
    if not column.parts and all(cell.kind == BLANK for cell in cells):
        return None
    if column.parts and is_named(options.add, where, *called):
        factor = draft.known.factor(column.parts) if draft.known else None
        return Place(column, FACTOR, "asked", factor or column.name, cells)
    if column.at + 1 in view.hidden_columns and options.hidden != "read":
        return Place(column, LEFT, "hidden", cells=cells)
    return _by_heading(view, head, column, cells, names, draft)


def _by_heading(
    view: View, head: Head, column: Column, cells: Sequence[Cell], names: int, draft: Draft
) -> Place | None:
    last, known, where = column.last, draft.known, view.column(column.at)
    factor = known.factor(column.parts) if known else None
    own = known.factor((last,)) if known else None
    if factor is not None and (
        own is not None or not (is_result(last) or is_amount(last) or is_remark(last))
    ):
        return Place(column, FACTOR, "factor", factor, cells)
    register = words(REGISTER).get(plain_name(last))
    for why, fits in (
        ("numbering", is_numbering(last) or (not last and column.at < names and _counts(cells))),
        ("code", is_code(last)),
        ("remark", is_remark(last)),
        ("text", register is not None or last.casefold() in _KINDS),
        ("result", is_result(last)),
        ("total", bool(last) and is_total(last) and len(last) < 5),
        ("part", part_of(last) is not None),
    ):
        if fits:
            return Place(column, LEFT, why, cells=cells)
    if is_amount(last) or words(AMOUNTS).get(plain_name(last)):
        return Place(column, AMOUNT, "amount", cells=cells)
    filled = [cell for cell in cells if cell.kind != BLANK]
    kinds = Counter(map(kind_of, filled))
    if filled and all(cell.kind == DATE for cell in filled):
        return Place(column, LEFT, "date", cells=cells)
    if FIGURE not in kinds and kinds[WORDS] > kinds[REFUSED]:
        return Place(column, LEFT, "text", cells=cells)
    if not column.parts:
        if FIGURE in kinds or REFUSED in kinds:
            draft.refuse("column_unnamed", where)
        return Place(column, LEFT, "empty_column", cells=cells)
    if known is not None and not draft.options.other_factors:
        return Place(column, LEFT, "reference", cells=cells)
    return Place(column, FACTOR, "figures", column.name, cells)


def _counts(cells: Sequence[Cell]) -> bool:
    """True if a column numbers its rows from 1."""
    numbers = [cell.text for cell in cells if cell.kind != BLANK and cell.text.isdecimal()]
    return len(numbers) > 1 and numbers == [str(at) for at in range(1, len(numbers) + 1)]


def _twice(view: View, places: Sequence[Place], draft: Draft) -> None:
    """Refuses two columns that are the same factor, or have the same heading."""
    seen: dict[str, Place] = {}
    for place in places:
        if place.role == FACTOR:
            first = seen.setdefault(place.id, place)
            if first is not place:
                draft.refuse(
                    "factor_twice", view.column(place.at), name=place.column.name, first=view.column(first.at)
                )
