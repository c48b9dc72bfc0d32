"""The CSV files of a scenario: recipients, factor data, amounts, remarks on single cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from allocator.core import many
from allocator.core.errors import Problem, ScenarioError, within
from allocator.core.exact import Frozen, Number, Numbers, plain
from allocator.core.many import AllRecipients, plain_names
from allocator.core.naming import Names, guess, names_of, unknown_recipient
from allocator.core.parts import (
    AMOUNT_UNITS,
    STATUSES,
    Recipient,
    Text,
    check_id,
    plain_name,
)
from allocator.core.provenance import Provenance
from allocator.files.csv_file import read_csv
from allocator.files.parsing import (
    MOST_PROBLEMS,
    Body,
    Row,
    cell_number,
    cell_numbers,
    is_error_cell,
    scaled_cells,
    signed_number,
    wrong,
)


class Finder:
    """Finds recipients by any of their names, and collects the problems of a file's rows."""

    def __init__(self, recipients: Iterable[Recipient]) -> None:
        self.recipients = AllRecipients.of(recipients)
        self.names = self.recipients.names

    @cached_property
    def written(self) -> Names:
        """All names of the recipients, to propose one for a name that is not known."""
        return names_of(self.recipients)

    def id(self, name: str, key: str) -> str:
        """The id behind a name; ``key`` is its place in the scenario file.  Raises ScenarioError."""
        id = self.names.get(plain_name(name))
        if id is None:
            raise ScenarioError(unknown_recipient(name, self.written, at={"key": key} if key else {}))
        return id

    def ids(self, recipients: str | tuple[str, ...], key: str) -> str | tuple[str, ...]:
        """The ids behind a list of names; "all" and kinds stay as they are."""
        return recipients if isinstance(recipients, str) else tuple(self.id(name, key) for name in recipients)

    def _ids(self, written: Sequence[str]) -> list[str | None]:
        """The id behind each name, or None."""
        if "".join(written).isascii():  # a name that is plain ASCII stays as it is
            found = list(map(self.names.get, written))
            if None not in found:
                return found
        return list(map(self.names.get, plain_names(written)))

    def found(
        self, file: Path | str, body: Body, column: int, optional: Iterable[str] = ()
    ) -> tuple[list[str], Body, list[Problem]]:
        """The rows with a recipient and its id; blank, unknown, double and missing recipients as problems."""
        written = body.columns[column]
        found = self._ids(written)
        ids = [id for id in found if id is not None]
        problems: list[Problem] = []
        if len(ids) < len(found) or len(set(ids)) < len(ids) or "" in written:
            places: dict[str, int] = {}
            for at, (number, name, id) in enumerate(zip(body.numbers, written, found, strict=True)):
                if id is not None and name and id not in places:
                    places[id] = at
                    continue
                if len(problems) >= MOST_PROBLEMS:
                    break
                problems.append(self._problem(file, number, name, id))
            ids, body = list(places), body.at(list(places.values()))
        if len(ids) < len(self.recipients) and not problems:
            there = {*ids, *optional}
            missing = [r.name for r in self.recipients if r.id not in there]
            if missing:
                details = {"names": missing[:10], "count": len(missing)}
                problems.append(Problem("recipient_missing", details, str(file)))
        return ids, body, problems

    def _problem(self, file: Path | str, number: int, name: str, id: str | None) -> Problem:
        """The sentence on a row whose recipient is blank, not known, or has a row already."""
        at = {"row": number, "column": "recipient"}
        if not name:
            return Problem("recipient_blank", {}, str(file), at)
        if id is None:
            return unknown_recipient(name, self.written).within(file, **at)
        return Problem("recipient_twice", {"name": name}, str(file), at)


def need(file: Path, header: list[str], columns: Iterable[str], known: Iterable[str] | None = None) -> None:
    """Refuses a header that lacks a needed column or has one that is not ``known``, if that is given."""
    for name in columns:
        if name not in header:
            if len(header) == 1:
                for mark, found in (("\t", "Tab"), (";", ";"), ("，", "，"), ("、", "、")):
                    if mark in header[0]:
                        wrong(file, "csv_delimiter", {"row": 1}, name=name, found=found)
            wrong(file, "header_missing", {"row": 1}, name=name, known=list(known or columns))
    for name in header:
        if known is not None and name not in known:
            wrong(file, "header_unknown", {"row": 1}, name=name, guess=guess(name, known))


_RECIPIENT_COLUMNS = ("recipient", "name_zh", "name_en", "kind", "aliases")


def read_recipients(file: Path) -> AllRecipients:
    """The recipients in the order of their file.

    Raises ScenarioError with a sentence for each problem.
    """
    header, body = read_csv(file)
    need(file, header, ("recipient",), _RECIPIENT_COLUMNS)
    columns = dict(zip(header, body.columns, strict=True))
    blank = [""] * len(body.numbers)
    ids, zh, en, kinds, others = (columns.get(name, blank) for name in _RECIPIENT_COLUMNS)
    if not (all(zh) and all(en)):
        pairs = zip(ids, zh, en, strict=True)
        zh, en = zip(*((a or b or id, b or a or id) for id, a, b in pairs), strict=True)
    made = None if any(others) or len(set(ids)) < len(ids) else many.recipients(ids, zh, en, kinds)
    if made is not None:
        return AllRecipients(made)
    recipients: dict[str, Recipient] = {}
    problems: list[Problem] = []
    rows = zip(body.numbers, ids, zh, en, kinds, others, strict=True)
    for number, id, chinese, english, kind, other in rows:
        at = {"row": number}
        if not id:
            problems.append(Problem("recipient_blank", {}, str(file), at))
            continue
        if id in recipients:
            problems.append(Problem("recipient_twice", {"name": id}, str(file), at))
            continue
        written = other.replace("；", ";").split(";") if other else ()
        aliases = tuple(alias for alias in map(str.strip, written) if alias)
        try:
            recipient = Recipient(id, Text(chinese, english), kind, aliases)
        except ScenarioError as error:
            problems.extend(error.within(file, **at).problems)
        else:
            recipients[recipient.id] = recipient
    if problems:
        raise ScenarioError(problems[:MOST_PROBLEMS])
    return AllRecipients(recipients.values())


def listed_recipients(header: Sequence[str], body: Body) -> AllRecipients:
    """The recipients of a scenario without a file of them: those of the factor data.

    Raises ScenarioError with a sentence for each problem.
    """
    recipients: dict[str, Recipient] = {}
    for number, name in zip(body.numbers, body.columns[header.index("recipient")], strict=True):
        at = {"row": number, "column": "recipient"}
        if not name:
            raise ScenarioError(Problem("recipient_blank", at=at, part="factors"))
        if name in recipients:
            raise ScenarioError(Problem("recipient_twice", {"name": name}, at=at, part="factors"))
        with within(**at):
            recipients[name] = Recipient(name)
    return AllRecipients(recipients.values())


def read_columns(
    file: Path | str,
    header: Sequence[str],
    body: Body,
    find: Finder,
    optional: Iterable[str] = (),
    blank: frozenset[tuple[int, str]] | set[tuple[int, str]] = frozenset(),
    texts: Iterable[str] = (),
    lenient: bool = False,
) -> dict[str, Sequence[Any]]:
    """The factor data: a column's values (numbers, in a column of ``texts`` texts) in listed order.

    ``optional`` are the recipients that may have no row, ``blank`` the cells (row number, column) that may
    stay blank: None stands for both; ``lenient`` reading takes any blank and any value below zero, which are
    then refused where they are needed.  Raises ScenarioError with a sentence for each problem.
    """
    at_recipient = header.index("recipient")
    ids, body, problems = find.found(file, body, at_recipient, optional)
    listed = find.recipients.ids
    if ids != [*listed]:
        places = dict(zip(ids, range(len(ids)), strict=True))
        ids = [id for id in listed if id in places]
        body = body.at([places[id] for id in ids])
    columns: dict[str, Sequence[Any]] = {}
    words = set(texts)
    read = signed_number if lenient else cell_number
    for position, column in enumerate(header):
        if position == at_recipient:
            continue
        try:
            check_id(column, "factors")
        except ScenarioError as error:
            problems.extend(error.within(file, row=1).problems)
        cells = body.columns[position]
        ordinary = None if column in words else scaled_cells(cells)
        if ordinary is not None and len(ids) == len(listed):
            columns[column] = Numbers.of(ordinary)
            continue
        values: dict[str, Any] = {}
        for number, id, cell in zip(body.numbers, ids, cells, strict=True):
            at = {"row": number, "column": column}
            if column in words:
                if is_error_cell(cell):
                    problems.append(Problem("cell_error", {"value": cell}, str(file), at))
                elif cell:
                    values[id] = cell
                continue
            value = read(cell)
            if isinstance(value, str):
                if value == "cell_empty" and (lenient or (number, column) in blank):
                    continue
                problems.append(Problem(value, {"value": cell[:40]}, str(file), at))
            else:
                values[id] = value
        made = map(values.get, listed)
        columns[column] = tuple(made) if column in words else Numbers(made)
    if problems:
        raise ScenarioError(sorted(problems, key=lambda p: p.at.get("row", 0))[:MOST_PROBLEMS])  # type: ignore[arg-type,return-value]
    return columns


def read_amounts(file: Path, find: Finder, currency: str) -> dict[str, Number]:
    """Amounts by recipient, in the main unit, whatever unit the header carries.

    ``currency`` is blank where it is not money that is shared out.  Raises ScenarioError with a sentence for
    each problem.
    """
    header, body = read_csv(file)
    need(file, header, ("recipient",))
    others = [name for name in header if name != "recipient"]
    if len(others) != 1 or not plain_name(others[0]).startswith(("amount", "金额")):
        known = ["recipient", "amount"]
        extra = next((name for name in others if not plain_name(name).startswith(("amount", "金额"))), None)
        if extra is not None and len(others) > 1:
            wrong(file, "header_unknown", {"row": 1}, name=extra, guess=guess(extra, known))
        wrong(file, "header_missing", {"row": 1}, name="amount", known=known)
    unit = plain_name(others[0]).removeprefix("amount").removeprefix("金额").strip(" ()（）")
    if unit not in AMOUNT_UNITS or (others[0].startswith("金额") and not unit):
        wrong(file, "header_unit", {"row": 1}, name=others[0])
    if unit and currency != "CNY":
        key = "unit_currency" if currency else "unit_of"
        wrong(file, key, {"row": 1}, value=others[0], currency=currency)
    return amount_column(file, header, body, find, others[0], AMOUNT_UNITS[unit])


def amount_column(
    file: Path | str, header: Sequence[str], body: Body, find: Finder, column: str, unit: int
) -> dict[str, Number]:
    """The amounts of one column by recipient, times the unit that they are in.

    Raises ScenarioError with a sentence for each problem.
    """
    ids, body, problems = find.found(file, body, header.index("recipient"))
    cells = body.columns[header.index(column)]
    ordinary = scaled_cells(cells)
    if ordinary is not None and 100 % (whole := ordinary.times(unit)).over == 0:
        amounts = dict(zip(ids, whole.numbers, strict=True))
    else:
        amounts = {}
        for number, id, cell, value in zip(body.numbers, ids, cells, cell_numbers(cells), strict=True):
            at = {"row": number, "column": column}
            if isinstance(value, str):
                problems.append(Problem(value, {"value": cell[:40]}, str(file), at))
                continue
            amounts[id] = amount = plain(value * unit)
            if (amount * 100).denominator != 1:
                problems.append(Problem("cents", {"value": amount}, str(file), at))
    if problems:
        raise ScenarioError(problems[:MOST_PROBLEMS])
    return Frozen(amounts)


_PROVENANCE_COLUMNS = tuple(Provenance.__dataclass_fields__)


def read_provenance(file: Path, find: Finder, columns: Iterable[str]) -> tuple[Provenance, ...]:
    """The remarks on single cells of the factor data, from their CSV file."""
    header, body = read_csv(file)
    need(file, header, ("recipient", "factor"), _PROVENANCE_COLUMNS)
    return cell_remarks(file, header, body.rows, find, columns)


def cell_remarks(
    file: Path | str, header: list[str], rows: Iterable[Row], find: Finder, columns: Iterable[str]
) -> tuple[Provenance, ...]:
    """The remarks on single cells in the order of their rows.

    Raises ScenarioError with a sentence for each problem.
    """
    cells_seen: set[tuple[str, str]] = set()
    columns_written = Names(columns)
    problems: list[Problem] = []
    entries: list[Provenance] = []
    for number, row in rows:
        if len(problems) >= MOST_PROBLEMS:
            break
        cells: dict[str, Any] = {name: cell for name, cell in zip(header, row, strict=True) if cell}
        here = len(problems)

        def refuse(column: str, key: str, number: int = number, **details: object) -> None:
            problems.append(Problem(key, details, str(file), {"row": number, "column": column}))

        name, factor = cells.get("recipient", ""), cells.get("factor", "")
        id = find.names.get(plain_name(name))
        if not name:
            refuse("recipient", "recipient_blank")
        elif id is None:
            at = {"row": number, "column": "recipient"}
            problems.append(unknown_recipient(name, find.written).within(file, **at))
        if not factor:
            refuse("factor", "factor_blank")
        elif factor not in columns:
            refuse("factor", "column_unknown", name=factor, guess=columns_written.guess(factor))
        if id is not None and (id, factor) in cells_seen:
            refuse("recipient", "recipient_twice", name=f"{name} × {factor}")
        if cells.get("status", "assumed") not in STATUSES:
            refuse("status", "choice", value=cells["status"][:40], known=STATUSES)
        for column in ("declared", "verified"):
            value = cell_number(cells[column]) if column in cells else None
            if isinstance(value, str):
                refuse(column, value, value=cells[column][:40])
            elif value is not None:
                cells[column] = value
        if "confirmed_on" in cells:
            try:
                cells["confirmed_on"] = date.fromisoformat(cells["confirmed_on"])
            except ValueError:
                refuse("confirmed_on", "cell_date", value=cells["confirmed_on"][:40])
        for column in ("provider", "note"):
            if is_error_cell(cells.get(column, "")):
                refuse(column, "cell_error", value=cells[column])
            elif column in cells:
                try:
                    Text(cells[column])
                except ScenarioError as error:
                    problems.extend(error.within(file, row=number, column=column).problems)
        if len(problems) == here:
            try:
                entries.append(Provenance(**cells | {"recipient": str(id)}))
            except ScenarioError as error:
                problems.extend(error.within(file, row=number).problems)
        cells_seen.add((str(id), factor))
    if problems:
        raise ScenarioError(problems[:MOST_PROBLEMS])
    return tuple(entries)
