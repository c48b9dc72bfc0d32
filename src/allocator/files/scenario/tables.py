"""The CSV files of a scenario: recipients, factor data, amounts, remarks on single cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from allocator.core import many
from allocator.core.errors import Problem, ScenarioError, within
from allocator.core.exact import Number, plain
from allocator.core.many import lookup, plain_names
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
    Row,
    cell_number,
    cell_numbers,
    is_error_cell,
    signed_number,
    wrong,
)


class Finder:
    """Finds recipients by any of their names, and collects the problems of a file's rows."""

    def __init__(self, recipients: tuple[Recipient, ...]) -> None:
        self.recipients = recipients
        self.names = lookup(recipients)

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

    def rows(
        self, file: Path | str, rows: Iterable[Row], column: int, optional: Iterable[str] = ()
    ) -> tuple[list[tuple[int, str, list[str]]], list[Problem]]:
        """Each row with its recipient's id; blank, unknown, double and missing recipients as problems."""
        found: dict[str, tuple[int, str, list[str]]] = {}
        problems: list[Problem] = []
        lines = list(rows)
        written = [row[column] for _, row in lines]
        ids = self._ids(written)
        for (number, row), name, id in zip(lines, written, ids, strict=True):
            if id is not None and name and id not in found:
                found[id] = number, id, row
                continue
            if len(problems) >= MOST_PROBLEMS:
                break
            at = {"row": number, "column": "recipient"}
            if not name:
                problems.append(Problem("recipient_blank", {}, str(file), at))
            elif id is None:
                problems.append(unknown_recipient(name, self.written).within(file, **at))
            else:
                problems.append(Problem("recipient_twice", {"name": name}, str(file), at))
        there = {*found, *optional}
        missing = [r.name for r in self.recipients if r.id not in there]
        if missing and not problems:
            details = {"names": missing[:10], "count": len(missing)}
            problems.append(Problem("recipient_missing", details, str(file)))
        return list(found.values()), problems


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


def read_recipients(file: Path) -> tuple[Recipient, ...]:
    """The recipients in the order of their file.

    Raises ScenarioError with a sentence for each problem.
    """
    header, rows = read_csv(file)
    need(file, header, ("recipient",), _RECIPIENT_COLUMNS)
    ids, zh, en, kinds, others = (_column(name, header, rows) for name in _RECIPIENT_COLUMNS)
    named = [(a or b or id, b or a or id) for id, a, b in zip(ids, zh, en, strict=True)]
    zh, en = [a for a, _ in named], [b for _, b in named]
    made = None if any(others) or len(set(ids)) < len(ids) else many.recipients(ids, zh, en, kinds)
    if made is not None:
        return tuple(made)
    recipients: dict[str, Recipient] = {}
    problems: list[Problem] = []
    for (number, _), id, name, kind, other in zip(rows, ids, named, kinds, others, strict=True):
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
            recipient = Recipient(id, Text(*name), kind, aliases)
        except ScenarioError as error:
            problems.extend(error.within(file, **at).problems)
        else:
            recipients[recipient.id] = recipient
    if problems:
        raise ScenarioError(problems[:MOST_PROBLEMS])
    return tuple(recipients.values())


def _column(name: str, header: Sequence[str], rows: Iterable[Row]) -> list[str]:
    """The cells of a column, blank where there is no such column."""
    if name not in header:
        return [""] * len(list(rows))
    at = header.index(name)
    return [row[at] for _, row in rows]


def listed_recipients(rows: list[Row], header: list[str]) -> tuple[Recipient, ...]:
    """The recipients of a scenario without a file of them: the rows of the factor data.

    Raises ScenarioError with a sentence for each problem.
    """
    column = header.index("recipient")
    recipients: dict[str, Recipient] = {}
    for number, row in rows:
        at = {"row": number, "column": "recipient"}
        if not row[column]:
            raise ScenarioError(Problem("recipient_blank", at=at, part="factors"))
        if row[column] in recipients:
            raise ScenarioError(Problem("recipient_twice", {"name": row[column]}, at=at, part="factors"))
        with within(**at):
            recipients[row[column]] = Recipient(row[column])
    return tuple(recipients.values())


def read_columns(
    file: Path | str,
    header: list[str],
    rows: list[Row],
    find: Finder,
    optional: Iterable[str] = (),
    blank: frozenset[tuple[int, str]] | set[tuple[int, str]] = frozenset(),
    texts: Iterable[str] = (),
    lenient: bool = False,
) -> dict[str, dict[str, Any]]:
    """The factor data: column, then recipient, then value (a number, in a column of ``texts`` a text).

    ``optional`` are the recipients that may have no row, ``blank`` the cells (row number, column) that may
    stay blank; ``lenient`` reading takes any blank and any value below zero, which are then refused where
    they are needed.  Raises ScenarioError with a sentence for each problem.
    """
    at_recipient = header.index("recipient")
    found, problems = find.rows(file, rows, at_recipient, optional)
    columns: dict[str, dict[str, Any]] = {}
    words, ids = set(texts), [id for _, id, _ in found]
    read = signed_number if lenient else cell_number
    for position, column in enumerate(header):
        if position == at_recipient:
            continue
        try:
            check_id(column, "factors")
        except ScenarioError as error:
            problems.extend(error.within(file, row=1).problems)
        values = columns.setdefault(column, {})
        if column not in words:
            made = cell_numbers([row[position] for _, _, row in found])
            if not any(isinstance(value, str) for value in made):
                values.update(zip(ids, made, strict=True))
                continue
        for number, id, row in found:
            at = {"row": number, "column": column}
            if column in words:
                if is_error_cell(row[position]):
                    problems.append(Problem("cell_error", {"value": row[position]}, str(file), at))
                elif row[position]:
                    values[id] = row[position]
                continue
            value = read(row[position])
            if isinstance(value, str):
                if value == "cell_empty" and (lenient or (number, column) in blank):
                    continue
                problems.append(Problem(value, {"value": row[position][:40]}, str(file), at))
            else:
                values[id] = value
    if problems:
        raise ScenarioError(sorted(problems, key=lambda p: p.at.get("row", 0))[:MOST_PROBLEMS])  # type: ignore[arg-type,return-value]
    return columns


def read_amounts(file: Path, find: Finder, currency: str) -> dict[str, Number]:
    """Amounts by recipient, in the main unit, whatever unit the header carries.

    ``currency`` is blank where it is not money that is shared out.  Raises ScenarioError with a sentence for
    each problem.
    """
    header, rows = read_csv(file)
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
    return amount_column(file, header, rows, find, others[0], AMOUNT_UNITS[unit])


def amount_column(
    file: Path | str, header: list[str], rows: list[Row], find: Finder, column: str, unit: int
) -> dict[str, Number]:
    """The amounts of one column by recipient, times the unit that they are in.

    Raises ScenarioError with a sentence for each problem.
    """
    position = header.index(column)
    found, problems = find.rows(file, rows, header.index("recipient"))
    amounts: dict[str, Number] = {}
    values = cell_numbers([row[position] for _, _, row in found])
    for (number, id, row), value in zip(found, values, strict=True):
        if isinstance(value, str):
            at = {"row": number, "column": column}
            problems.append(Problem(value, {"value": row[position][:40]}, str(file), at))
            continue
        amounts[id] = amount = plain(value * unit) if unit != 1 else value
        if type(amount) is not int and (amount * 100).denominator != 1:
            at = {"row": number, "column": column}
            problems.append(Problem("cents", {"value": amount}, str(file), at))
    if problems:
        raise ScenarioError(problems[:MOST_PROBLEMS])
    return amounts


_PROVENANCE_COLUMNS = tuple(Provenance.__dataclass_fields__)


def read_provenance(file: Path, find: Finder, columns: Iterable[str]) -> tuple[Provenance, ...]:
    """The remarks on single cells of the factor data, from their CSV file."""
    header, rows = read_csv(file)
    need(file, header, ("recipient", "factor"), _PROVENANCE_COLUMNS)
    return cell_remarks(file, header, rows, find, columns)


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
