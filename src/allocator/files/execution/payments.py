"""Payments from a CSV file or an Excel workbook: recipient, date, amount, use, payee, note, status.

Read by columns: each different text is looked at once, so a million payments take seconds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
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
from allocator.files.execution.cells import all_fen, fen_in, payer_at, payer_names, payers_written
from allocator.files.parsing import MOST_PROBLEMS, file_bytes, uncollected
from allocator.files.sheets.columns import Cells, Reader, cells_of, day_in, status_in
from allocator.files.sheets.spreadsheet import LARGEST_UPLOAD_MB, shown_name
from allocator.text import BOOKS, both

COLUMNS = ("recipient", "date", "amount", "use", "payee", "note", "status")
NEEDED = COLUMNS[:4]
LARGEST_MB = 300  # of a file named on the command line
MOST_ROWS = 3_000_000
_HEADING = re.compile(r"(.*?) ?\(([^()]*)\)")


def load_payments(path: str | Path, scenario: Scenario, payers: Sequence[Payer]) -> Payments:
    """The payments in a file.  Raises ScenarioError with a sentence for each problem."""
    path = Path(path)
    content = file_bytes(path, LARGEST_MB)
    try:
        return read_payments(path.name, content, scenario, payers, LARGEST_MB)
    except ScenarioError as error:
        raise error.in_files({shown_name(path.name): str(path)}) from None


@uncollected()
def read_payments(
    name: str,
    content: bytes,
    scenario: Scenario,
    payers: Sequence[Payer],
    most_mb: int = LARGEST_UPLOAD_MB,
) -> Payments:
    """The payments in an uploaded file.  Raises ScenarioError with a sentence for each problem."""
    return _made(cells_of(name, content, "execution.sheet", most_mb, MOST_ROWS), scenario, payers)


def _made(cells: Cells, scenario: Scenario, payers: Sequence[Payer]) -> Payments:
    """The payments in columns of text."""
    file, header, lines = cells.file, cells.header, cells.lines
    columns, unit = _header(file, header, scenario.fund.currency)
    if columns["amount"] in cells.mixed:
        raise ScenarioError(cells.mixed[columns["amount"]])
    texts = {column: cells.columns[position] for column, position in columns.items()}
    reader = Reader(file, cells.at, lines, {column: header[position] for column, position in columns.items()})
    who = partial(payer_at, names=payer_names(scenario, payers), written=payers_written(scenario, payers))
    table: dict[str, Any] = {"line": lines}
    table["payer"] = reader.values("recipient", texts["recipient"], who, "int32")
    table["day"] = reader.values("date", texts["date"], day_in, "datetime64[s]")
    table["fen"] = reader.values("amount", texts["amount"], lambda t: fen_in(t, unit), "int64", all_fen(unit))
    lists: dict[str, tuple[str, ...]] = {}
    for column in ("use", "payee", "note"):
        blank = "payment_use" if column == "use" else None
        table[column], lists[column] = reader.texts(column, texts.get(column, [""] * len(lines)), blank)
    illustrative = False
    if "status" in texts:
        table["status"] = reader.values("status", texts["status"], status_in, "int32")
        illustrative = bool(table["status"].any())
    if not reader.problems:
        blank_notes = np.array([not note for note in lists["note"]], dtype=bool)[table["note"]]
        reader.refuse("note", (table["fen"] < 0) & blank_notes, "payment_refund")
    if reader.problems:
        found = sorted(reader.problems, key=lambda p: int(str(p.at["row"])))
        raise ScenarioError(found[:MOST_PROBLEMS])
    ids = tuple(payer.id for payer in payers)
    return Payments(ids, lists["use"], lists["payee"], lists["note"], pd.DataFrame(table), illustrative, file)


# --- headings ---------------------------------------------------------------------------------------


@cache
def headings() -> dict[str, str]:
    """All headings of the columns, in either language, and the column that each means."""
    found: dict[str, str] = {}
    for column in COLUMNS:
        keys = (f"execution.heading.{column}", f"execution.also.{column}")
        written = [column, *(book.say(key) for key in keys for book in BOOKS)]
        for text in written:
            found |= {plain_name(name): column for name in re.split("[,，]", text)}
    return found


def _header(file: str, header: Sequence[str], currency: str) -> tuple[dict[str, int], int]:
    """The position of each column, and the unit of the amounts in the main unit (10,000 for 万元)."""
    known, unit = headings(), 1
    columns: dict[str, int] = {}
    problems: list[Problem] = []
    for position, text in enumerate(header):
        parts = _HEADING.fullmatch(plain_name(text))
        column, written = known.get(plain_name(text)), ""
        if column is None and parts and known.get(parts[1]) == "amount":
            column, written = "amount", parts[2].strip()
        if column is None:
            called = Names(known, [_heading(name) for name in COLUMNS])
            details = {"name": text, "guess": called.guess(text)}
            problems.append(Problem("header_unknown", details, file, {"row": 1}))
            continue
        if column in columns:
            twice = {"first": header[columns[column]], "second": text}
            problems.append(Problem("header_double", twice, file, {"row": 1}))
        if column == "amount" and written.casefold() != currency.casefold():
            unit = AMOUNT_UNITS.get(written, 0)
            if not unit:
                problems.append(Problem("header_unit", {"name": text}, file, {"row": 1}))
            elif written and currency != "CNY":
                details = {"value": text, "currency": currency}
                problems.append(Problem("unit_currency", details, file, {"row": 1}))
        columns[column] = position
    for column in NEEDED:
        if column not in columns:
            shown = [_heading(name) for name in COLUMNS]
            missing = {"name": _heading(column), "known": shown}
            problems.append(Problem("header_missing", missing, file, {"row": 1}))
    if problems:
        raise ScenarioError(problems[:MOST_PROBLEMS])
    return columns, unit


def _heading(column: str) -> Text:
    return Text(*both(f"execution.heading.{column}"))
