"""Payments from a CSV file or an Excel workbook: recipient, date, amount, use, payee, note, status.

Read by columns: each different text is looked at once, so a million payments take seconds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from allocator.analysis.execution import Payer, Payments
from allocator.core.errors import Problem, ScenarioError
from allocator.core.model import Scenario
from allocator.core.naming import Names
from allocator.core.parts import AMOUNT_UNITS, Text, plain_name
from allocator.core.statement import Statement
from allocator.files.execution.cells import all_fen, fen_in, payer_at, payer_names, payers_written
from allocator.files.parsing import file_bytes, uncollected
from allocator.files.sheets.columns import Cells, Reader, day_in, status_in, whole_csv
from allocator.files.sheets.spreadsheet import LARGEST_UPLOAD_MB, shown_name
from allocator.files.understanding.names import Recipients, about
from allocator.files.understanding.record_names import Matcher, spellings
from allocator.files.understanding.record_rows import Placed
from allocator.files.understanding.records import Form, records_in
from allocator.files.understanding.vocabulary import is_code, is_numbering, is_remark, tidy
from allocator.text import both

COLUMNS = ("recipient", "date", "amount", "use", "payee", "note", "status")
NEEDED = COLUMNS[:4]
LARGEST_MB = 300  # of a file named on the command line
MOST_ROWS = 3_000_000
_HEADING = re.compile(r"(.*?) ?\(([^()]*)\)")


def load_payments(
    path: str | Path, scenario: Scenario, payers: Sequence[Payer], sheet: str | None = None
) -> Payments:
    """The payments in a file.  Raises ScenarioError with a sentence for each problem."""
    path = Path(path)
    content = file_bytes(path, LARGEST_MB)
    try:
        return read_payments(path.name, content, scenario, payers, LARGEST_MB, sheet)
    except ScenarioError as error:
        raise error.in_files({shown_name(path.name): str(path)}) from None


@uncollected()
def read_payments(
    name: str,
    content: bytes,
    scenario: Scenario,
    payers: Sequence[Payer],
    most_mb: int = LARGEST_UPLOAD_MB,
    sheet: str | None = None,
) -> Payments:
    """The payments in an uploaded file; ``sheet`` is the one to read where several hold payments.

    Raises ScenarioError with a sentence for each problem.
    """
    plain = whole_csv(name, content, most_mb, MOST_ROWS)
    if plain is not None and not _placed(plain.header).lacking:
        with suppress(ScenarioError):  # what is no plain table of records is understood below
            return _made(plain, scenario, payers)
    form = Form("execution.sheet", _is_heading, _placed)
    return _made(records_in(name, content, form, most_mb, MOST_ROWS, sheet, plain), scenario, payers)


def _made(cells: Cells, scenario: Scenario, payers: Sequence[Payer]) -> Payments:
    """The payments in columns of text."""
    file, header, lines = cells.file, cells.header, cells.lines
    columns, unit, problems = _header(cells, scenario.fund.currency)
    texts = {column: cells.columns[position] for column, position in columns.items()}
    reader = Reader(cells, {column: header[position] for column, position in columns.items()})
    reader.problems += [*problems, *cells.doubts.get(columns.get("amount", -1), ())]
    reader.statements += _unread(header, columns)
    table: dict[str, Any] = {"line": lines}
    if "recipient" in texts:
        matcher = Matcher(Recipients(scenario.recipients, about=about(scenario)))
        names, written = payer_names(scenario, payers), payers_written(scenario, payers)
        who = partial(payer_at, names=names, written=written, matcher=matcher)
        table["payer"] = reader.values("recipient", texts["recipient"], who, "int32")
    if "date" in texts:
        table["day"] = reader.values("date", texts["date"], day_in, "datetime64[s]")
    if "amount" in texts and unit:
        fen = all_fen(unit)
        table["fen"] = reader.values("amount", texts["amount"], lambda t: fen_in(t, unit), "int64", fen)
    lists: dict[str, tuple[str, ...]] = {}
    for column in ("use", "payee", "note"):
        blank = "payment_use" if column == "use" else None
        if column in texts or column != "use":
            found = texts.get(column, [""] * len(lines))
            table[column], lists[column] = reader.texts(column, found, blank)
    illustrative = False
    if "status" in texts:
        table["status"] = reader.values("status", texts["status"], status_in, "int32")
        illustrative = bool(table["status"].any())
    if not reader.problems:
        blank_notes = np.array([not note for note in lists["note"]], dtype=bool)[table["note"]]
        reader.refuse("note", (table["fen"] < 0) & blank_notes, "payment_refund")
    reader.sound()
    ids = tuple(payer.id for payer in payers)
    made = pd.DataFrame(table)
    statements = tuple(reader.statements)
    return Payments(ids, lists["use"], lists["payee"], lists["note"], made, illustrative, file, statements)


# --- headings ---------------------------------------------------------------------------------------


@cache
def headings() -> dict[str, str]:
    """All headings of the columns, in either language, and the column that each means."""
    return spellings(
        {column: (f"execution.heading.{column}", f"execution.also.{column}") for column in COLUMNS}
    )


def _is_heading(text: str) -> bool:
    return len(text) < 200 and _meant(tidy(text))[0] is not None


def _meant(text: str) -> tuple[str | None, str]:
    """The column that a heading means, and the unit of the amounts that it names."""
    known, plain = headings(), plain_name(text)
    parts = _HEADING.fullmatch(plain)
    if plain not in known and parts and known.get(parts[1]) == "amount":
        return "amount", parts[2].strip()
    return known.get(plain), ""


def _placed(header: Sequence[str]) -> Placed:
    """The positions of the columns in a row of headings."""
    columns: dict[str, int] = {}
    for position, text in enumerate(header):
        column, _ = _meant(text)
        if column is not None:
            columns.setdefault(column, position)
    needed = {column: columns[column] for column in NEEDED if column in columns}
    of = {name: frozenset([columns[name]] if name in columns else []) for name in ("date", "amount")}
    texts = frozenset(columns.values()) - of["amount"]
    return Placed(needed, len(NEEDED) - len(needed), of["date"], of["amount"], texts)


def _header(cells: Cells, currency: str) -> tuple[dict[str, int], int, list[Problem]]:
    """The position of each column, the unit of the amounts in the main unit (10,000 for 万元), and problems.

    The unit is 0 where it is not known.
    """
    unit, stated = 1, ""
    columns: dict[str, int] = {}
    problems: list[Problem] = []

    def refuse(key: str, **details: object) -> None:
        problems.append(Problem(key, details, cells.file, {**cells.at, "row": cells.top}))

    for position, text in enumerate(cells.header):
        column, written = _meant(text)
        if column is None:
            if text and not _is_aside(text):
                called = Names(headings(), [_heading(name) for name in COLUMNS])
                refuse("header_unknown", name=text, guess=called.guess(text))
            continue
        if column in columns:
            refuse("header_double", first=cells.header[columns[column]], second=text)
            continue
        if column == "amount":
            stated = written
            unit = _unit(text, written, currency, refuse)
        columns[column] = position
    if "amount" in columns and cells.unit and cells.unit in AMOUNT_UNITS:
        above = _unit(cells.unit, cells.unit, currency, refuse)
        if not stated:
            unit = above
        elif above and unit and above != unit:
            refuse("units_apart", name=cells.header[columns["amount"]], unit=cells.unit)
    for column in NEEDED:
        if column not in columns:
            refuse("header_missing", name=_heading(column), known=[_heading(name) for name in COLUMNS])
    return columns, unit, problems


def _unit(text: str, written: str, currency: str, refuse: Callable[..., None]) -> int:
    """The unit of amounts in the main unit; 0, with a problem, where it is not known."""
    if written.casefold() == currency.casefold():
        return 1
    unit = AMOUNT_UNITS.get(written, 0)
    if not unit:
        refuse("header_unit", name=text)
    elif written and currency != "CNY":
        refuse("unit_currency", value=text, currency=currency)
    return unit


def _is_aside(text: str) -> bool:
    """True if a column numbers the payments, or holds codes or statements that nobody looks at."""
    return is_numbering(text) or is_code(text) or is_remark(text)


def _unread(header: Sequence[str], columns: dict[str, int]) -> list[Statement]:
    """A statement about the columns that are not read."""
    names = [text for at, text in enumerate(header) if text and at not in columns.values()]
    return [Statement("columns_unread", details={"names": names})] if names else []


def _heading(column: str) -> Text:
    return Text(*both(f"execution.heading.{column}"))
