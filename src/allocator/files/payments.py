"""Payments from a CSV file or an Excel workbook: recipient, date, amount, use, payee, note, status.

Read by columns: each different text is looked at once, so that a million payments take seconds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from allocator.analysis.execution import Payer, Payments
from allocator.errors import Problem, ScenarioError
from allocator.exact import exact, plain
from allocator.files.columnar import Cells, Reader, cells_of
from allocator.files.datatable import status_of
from allocator.files.dates import cell_day
from allocator.files.format import AMOUNT_UNITS
from allocator.files.reading import (
    MOST_PROBLEMS,
    cell_number,
    file_bytes,
    uncollected,
)
from allocator.files.spreadsheet import LARGEST_UPLOAD_MB, shown_name
from allocator.model import Scenario
from allocator.parts import STATUSES, Text, nearest, plain_name
from allocator.text import LANGUAGES, say

COLUMNS = ("recipient", "date", "amount", "use", "payee", "note", "status")
NEEDED = COLUMNS[:4]
LARGEST_MB = 300  # of a file named on the command line
MOST_ROWS = 3_000_000
LONGEST = 500  # characters of a use, a payee or a note
_LARGEST_FEN: int = 10**17  # far beyond any fund
_PLAIN_AMOUNT = re.compile(r"([+\-−]?)([0-9]{1,15})(?:\.([0-9]{1,8}))?")
_HEADING = re.compile(r"(.*?) ?\(([^()]*)\)")
Read = TypeVar("Read")


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
    texts = {column: cells.columns[position] for column, position in columns.items()}
    reader = Reader(file, cells.at, lines, {column: header[position] for column, position in columns.items()})
    names = _payer_names(scenario, payers)
    table: dict[str, Any] = {"line": lines}
    table["payer"] = reader.values("recipient", texts["recipient"], lambda t: _payer(t, names), "int32")
    table["day"] = reader.values("date", texts["date"], _day, "datetime64[s]")
    table["fen"] = reader.values("amount", texts["amount"], lambda t: _fen(t, unit), "int64", _all_fen(unit))
    lists: dict[str, tuple[str, ...]] = {}
    for column in ("use", "payee", "note"):
        blank = "payment_use" if column == "use" else None
        table[column], lists[column] = reader.texts(column, texts.get(column, [""] * len(lines)), blank)
    illustrative = False
    if "status" in texts:
        reader.values("status", texts["status"], _status, "int32")
        illustrative = any(status_of(text.strip()) in ("assumed", "example") for text in set(texts["status"]))
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
    """All that the columns may be called, in either language, and the column that each means."""
    found: dict[str, str] = {}
    for column in COLUMNS:
        kinds = [f"execution.{kind}.{column}" for kind in ("heading", "also")]
        written = [column, *(say(kind, lang) for kind in kinds for lang in LANGUAGES)]
        for text in written:
            found |= {plain_name(name): column for name in re.split("[,，]", text)}
    return found


def _header(file: str, header: Sequence[str], currency: str) -> tuple[dict[str, int], int]:
    """The position of each column, and what the unit of the amounts is in the main unit."""
    known, unit = headings(), 1
    columns: dict[str, int] = {}
    problems: list[Problem] = []
    for position, text in enumerate(header):
        parts = _HEADING.fullmatch(plain_name(text))
        column, written = known.get(plain_name(text)), ""
        if column is None and parts and known.get(parts[1]) == "amount":
            column, written = "amount", parts[2].strip()
        if column is None:
            near = nearest(plain_name(text), known) or COLUMNS[0]
            problems.append(Problem("header_unknown", {"name": text, "near": near}, file, {"row": 1}))
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
    return Text(*(say(f"execution.heading.{column}", lang) for lang in LANGUAGES))


# --- cells ------------------------------------------------------------------------------------------


def _payer_names(scenario: Scenario, payers: Sequence[Payer]) -> dict[str, int]:
    """The position of each payer by any of its names; a recipient's names come before a department's."""
    at = {payer.id: position for position, payer in enumerate(payers)}
    names = {
        plain_name(n): at[r.id] for r in scenario.recipients for n in (r.id, r.name.zh, r.name.en, *r.aliases)
    }
    for payer in payers:
        for name in (payer.name.zh, payer.name.en):
            names.setdefault(plain_name(name), at[payer.id])
    return names


def _payer(text: str, names: dict[str, int]) -> int | Problem:
    if not text:
        return Problem("recipient_blank")
    found = names.get(plain_name(text))
    if found is None:
        near = nearest(plain_name(text), names) or next(iter(names))
        return Problem("payment_payer", {"name": text[:100], "near": near})
    return found


def _day(text: str) -> date | Problem:
    found = cell_day(text)
    return Problem(found, {"value": text[:40]}) if isinstance(found, str) else found


def _fen(text: str, unit: int) -> int | Problem:
    """The hundredths of the main unit in a cell that counts in ``unit``."""
    found = _PLAIN_AMOUNT.fullmatch(text)
    if found is None:
        sign = text[:1] in "-−－" and text[1:2].isdigit()
        number = cell_number(text[1:] if sign else text)
        if isinstance(number, str):
            return Problem(number, {"value": text[:40]})
        amount = plain(number * (-unit if sign else unit))
    else:
        decimals = found[3] or ""
        over: int = 10 ** len(decimals)
        hundredths, left = divmod(int(found[2] + decimals) * unit * 100, over)
        if not left and 0 < hundredths <= _LARGEST_FEN:
            return hundredths if found[1] in ("", "+") else -hundredths
        amount = plain(exact(text.replace("−", "-").removeprefix("+")) * unit)
    if not amount:
        return Problem("payment_zero")
    if (amount * 100).denominator != 1:
        return Problem("cents", {"value": amount})
    if not -_LARGEST_FEN <= amount * 100 <= _LARGEST_FEN:
        return Problem("cell_number", {"value": text[:40]})
    return int(amount * 100)


def _all_fen(unit: int) -> Callable[[list[str]], Any]:
    """What reads very many plain amounts together, or None where any is not plain.

    A float holds each of them to less than a hundredth of a fen, so that the nearest whole number is exact.
    """
    digits = len(str(unit)) - 1  # of the zeros of the unit
    plain_amounts = re.compile(rf"(?:-?[0-9]{{1,{11 - digits}}}+(?:\.[0-9]{{1,{2 + digits}}}+)?+\n)++")

    def read(texts: list[str]) -> Any:
        if len(texts) < 1000 or not plain_amounts.fullmatch("\n".join([*texts, ""])):
            return None
        found = np.rint(pd.to_numeric(np.array(texts, dtype=object)).astype("float64") * (100 * unit))
        return None if (found == 0).any() else found.astype("int64")

    return read


def _status(text: str) -> int | Problem:
    if not text or status_of(text) in STATUSES:
        return 0
    known = [Text(*(say(f"status.{status}", lang) for lang in LANGUAGES)) for status in STATUSES]
    return Problem("choice", {"value": text[:40], "known": known})
