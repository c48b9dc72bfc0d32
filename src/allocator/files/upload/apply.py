"""Checks an edited data table and puts it into a scenario, all or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from allocator.core.errors import Problem, ScenarioError
from allocator.core.many import lookup
from allocator.core.model import Scenario
from allocator.core.parts import Factor, Recipient, Text, check_id, plain_name
from allocator.core.totals import is_total
from allocator.files.parsing import MOST_PROBLEMS, Body, Row, is_error_cell
from allocator.files.scenario.placing import in_rows, labelled, refused, trimmed
from allocator.files.scenario.tables import Finder, amount_column, read_columns
from allocator.files.sheets.headings import AMOUNTS, Column, kind_of, read_header, renamed, text_of


def with_table(
    scenario: Scenario,
    header: Sequence[str],
    rows: Iterable[Row],
    file: str = "",
    *,
    described: Sequence[Factor] = (),
    numbered: bool = False,
) -> Scenario:
    """The scenario with another data table; rows are row numbers and cells of text.

    With a column of names or kinds the rows are the recipients, in their order; without, they must be the
    scenario's.  The columns are the factors, in their order; ``described`` describes new ones.  Remarks on
    cells that are gone are dropped.  ``numbered`` rows belong to the scenario's recipients by their numbers;
    new ones have higher numbers.  Raises ScenarioError with every problem found.
    """
    columns, problems = read_header(scenario, header, described, file)
    rows = trimmed(rows, len(header))
    register = {c.id: i for c, i in columns.items() if c.role == "register"}
    factors = {c.id: i for c, i in columns.items() if c.role == "factor"}
    key, amounts = register["recipient"], {name: getattr(scenario, name) for name in AMOUNTS}
    may_be_blank = _blanks(scenario, rows, key, factors)
    recipients = scenario.recipients
    if len(register) > 1:
        rows = _by_id(scenario, rows, key)
        try:
            made = _recipients(scenario, header, register, rows, file)
            recipients = tuple(made.values())
            problems += _other_ids(scenario, made, header[key], numbered, file)
            problems += _unfit(scenario, recipients, columns, file)
        except ScenarioError as error:  # the figures are still checked
            problems += error.problems
            rows = [(n, [*row[:key], f"row {n}", *row[key + 1 :]]) for n, row in rows]
            recipients = tuple(Recipient(row[key]) for _, row in rows)
    find, values = Finder(recipients), {}

    body = Body.of(rows, len(header))

    def part(*positions: int) -> Body:
        return Body(body.numbers, [body.columns[i] for i in (key, *positions)])

    labels = {"recipient": header[key], **{id: header[i] for id, i in factors.items()}}
    try:
        sub = part(*factors.values())
        values = read_columns(file, ["recipient", *factors], sub, find, blank=may_be_blank)
    except ScenarioError as error:
        problems += labelled(error, labels, file)
    for column, position in columns.items():
        if column.role == "amount":
            own = {"recipient": header[key], "amount": header[position]}
            try:
                amounts[column.id] = amount_column(file, [*own], part(position), find, "amount", column.unit)
            except ScenarioError as error:
                problems += [p for p in labelled(error, own, file) if p not in problems]
    if problems:
        problems.sort(key=lambda p: int(str(p.at.get("row", 0))))
        raise ScenarioError(problems[:MOST_PROBLEMS])
    known = {f.id: f for f in (*scenario.factors, *described)}
    kept = {r.id for r in recipients}
    try:
        columns_made = (replace(known[id], values=values[id]) for id in factors)
        remarks = (c for c in scenario.provenance if c.recipient in kept and c.factor in factors)
        return replace(
            scenario,
            recipients=recipients,
            factors=tuple(columns_made),
            provenance=tuple(remarks),
            **amounts,
        )
    except ScenarioError as error:
        placed = in_rows(error, rows, key, find.names, [r.id for r in recipients])
        raise ScenarioError(labelled(placed, labels, file)) from None


# --- the parts of it --------------------------------------------------------------------------------


def _by_id(scenario: Scenario, rows: list[Row], key: int) -> list[Row]:
    """The rows with the ids of the scenario's recipients in place of other names."""
    ids, names = set(scenario.ids), lookup(scenario.recipients)

    def id(name: str) -> str:
        return name if name in ids else names.get(plain_name(name), name)

    return [(number, [*row[:key], id(row[key]), *row[key + 1 :]]) for number, row in rows]


def _blanks(
    scenario: Scenario, rows: list[Row], key: int, factors: Mapping[str, int]
) -> set[tuple[int, str]]:
    """The cells that may stay blank: of recipients with only an earmark, and those without a value now."""
    apart = {earmark.recipient for earmark in scenario.earmarks if not earmark.also_shares}
    given = {f.id: dict(zip(scenario.ids, f.values, strict=True)) for f in scenario.factors}
    blank: set[tuple[int, str]] = set()
    for number, row in _by_id(scenario, rows, key):
        empty = [id for id, position in factors.items() if not row[position]]
        whole = row[key] in apart and len(empty) == len(factors)
        blank |= {(number, id) for id in empty if whole or given.get(id, {}).get(row[key], 0) is None}
    return blank


def _recipients(
    scenario: Scenario, header: Sequence[str], register: Mapping[str, int], rows: list[Row], file: str
) -> dict[int, Recipient]:
    """The recipients that the rows name, by the rows' numbers; those of the scenario keep their aliases."""
    own, kinds = {r.id: r for r in scenario.recipients}, {r.kind for r in scenario.recipients}
    made: dict[str, tuple[int, Recipient]] = {}
    problems: list[Problem] = []
    for number, row in rows:
        if len(problems) >= MOST_PROBLEMS:
            break
        cells = {name: row[position] for name, position in register.items()}
        here = len(problems)

        def refuse(column: str, key: str, number: int = number, **details: object) -> None:
            at = {"row": number, "column": header[register[column]]}
            problems.append(Problem(key, details, file, at))

        id, named = cells["recipient"], [name for name in ("name_zh", "name_en") if name in cells]
        if not id:
            refuse("recipient", "recipient_blank")
        elif id in made:
            refuse("recipient", "recipient_twice", name=id)
        total = next((name for name in ("recipient", *named) if is_total(cells[name])), None)
        if total is not None:
            refuse(total, "recipient_total", name=cells[total])
        elif named and not any(cells[name] for name in named):
            refuse(named[0], "name_blank")
        for column, cell in cells.items():
            if is_error_cell(cell):
                refuse(column, "cell_error", value=cell)
            elif cell:
                check = Text if column in named else partial(check_id, part="recipients")
                make = partial(check, cell)
                problems.extend(refused(make, number, header[register[column]], file))
        if len(problems) > here:
            continue
        old = own.get(id) or Recipient(id)
        kind = kind_of(cells["kind"], kinds) if "kind" in cells else old.kind
        name = renamed(old.name, cells.get("name_zh"), cells.get("name_en"))
        try:
            made[id] = number, replace(old, name=name, kind=kind)
        except ScenarioError as error:
            labels = {column: header[position] for column, position in register.items()}
            error = error.within(file, row=number)
            problems.extend(labelled(error, labels, file))
    if not problems:
        try:
            lookup(recipient for _, recipient in made.values())
        except ScenarioError as error:
            second = str(error.problems[0].details["second"])
            problems.extend(error.within(file, row=made[second][0]).problems)
    if problems:
        raise ScenarioError(problems[:MOST_PROBLEMS])
    return dict(made.values())


def _other_ids(
    scenario: Scenario, made: Mapping[int, Recipient], label: str, numbered: bool, file: str
) -> list[Problem]:
    """The problems of rows with another id for a recipient of the scenario, which would lose its other data.

    Numbered rows show whose they were; others are recognised only by the same names.
    """
    ids = {recipient.id for recipient in made.values()}
    gone = {number: r for number, r in enumerate(scenario.recipients, 1) if r.id not in ids}
    called = {(r.name.zh, r.name.en): r for r in gone.values()}
    problems = []
    for number, new in made.items():
        names = new.name.zh, new.name.en
        old = gone.get(number) if numbered else None if new.id in scenario.ids else called.get(names)
        if old is not None:
            details = {"name": new.name, "old": old.id, "new": new.id}
            key = "recipient_changed" if numbered else "recipient_called"
            problems.append(Problem(key, details, file, {"row": number, "column": label}))
    return problems


def _unfit(
    scenario: Scenario, recipients: Sequence[Recipient], columns: Mapping[Column, int], file: str
) -> list[Problem]:
    """The problems of earmarks, limits and amounts that no longer fit the new recipients."""
    ids = {r.id for r in recipients}
    named = {earmark.recipient for earmark in scenario.earmarks}
    named |= {
        id for limit in scenario.limits if not isinstance(limit.recipients, str) for id in limit.recipients
    }
    gone = [r.name for r in scenario.recipients if r.id not in ids and r.id in named]
    problems = [Problem("recipient_used", {"name": name}, file) for name in gone]
    if ids != set(scenario.ids):
        given = {column.id for column in columns if column.role == "amount"}
        for name in AMOUNTS:
            if getattr(scenario, name) is not None and name not in given:
                key = "workbook.published" if name == "published" else "workbook.previous"
                problems.append(Problem("amounts_other", {"name": text_of(key)}, file))
    return problems
