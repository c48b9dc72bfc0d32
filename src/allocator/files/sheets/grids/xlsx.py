"""The sheets of an Excel workbook as grids."""

from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import Any

from allocator.core.errors import ScenarioError
from allocator.files.parsing import wrong
from allocator.files.sheets.cells import Part
from allocator.files.sheets.grids.grid import (
    BLANK,
    DATE,
    EMPTY,
    ERROR,
    FORMULA,
    NUMBER,
    TEXT,
    TRUTH,
    Cell,
    Grid,
    is_notable,
)  # fmt: skip
from allocator.files.sheets.spreadsheet import written
from allocator.files.sheets.unpacking import unpack

_KINDS = {
    str: TEXT, bool: TRUTH, int: NUMBER, float: NUMBER,
    date: DATE, datetime: DATE, time: DATE, timedelta: DATE,
}  # fmt: skip


def workbook_grids(file: str, content: bytes, most_rows: int) -> list[Grid]:
    """The sheets of a workbook.  Raises ScenarioError for anything but a workbook within the limits."""
    from python_calamine import CalamineWorkbook  # only ever needed here

    safe, parts = unpack(file, content, is_notable, most_rows)
    grids: list[Grid] = []
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(safe)) as book:
            for number, part in enumerate(parts):
                rows = _rows(book.get_sheet_by_name(str(number)), part) if part.rows else {}
                hidden = part.hidden_rows & rows.keys()
                filtered = {row for row in hidden if any(top <= row <= last for top, last in part.filters)}
                grids.append(
                    Grid(
                        part.name,
                        tuple(
                            (at, tuple(cells))
                            for at, cells in sorted(rows.items())
                            if any(cell.kind for cell in cells)
                        ),
                        part.hidden,
                        tuple(part.merged),
                        frozenset(hidden - filtered),
                        frozenset(chain.from_iterable(part.hidden_columns)),
                        filtered_rows=frozenset(filtered),
                    )
                )
    except (ScenarioError, MemoryError):
        raise
    except BaseException as error:  # a panic of the reader is no Exception
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            wrong(file, "upload_broken")
        raise
    return grids


def _rows(sheet: Any, part: Part) -> dict[int, list[Cell]]:
    """The rows by their numbers, with the errors and formulas that the reader shows as blank."""
    rows: dict[int, list[Cell]] = {}
    before = (sheet.start or (0, 0))[1]
    for number, read in enumerate(sheet.iter_rows(), 1):
        if any(value != "" for value in read):
            cells = [EMPTY] * before
            cells += [
                _cell(value, part.formats.get((number, column), ""))
                for column, value in enumerate(read, before + 1)
            ]
            if any(cell.kind for cell in cells):
                rows[number] = cells
    for (number, column), text in part.unseen.items():
        cells = rows.setdefault(number, [])
        cells += [EMPTY] * (column - len(cells))
        cells[column - 1] = Cell(text, FORMULA if text.startswith("=") else ERROR)
    return rows


def _cell(value: Any, code: str) -> Cell:
    kind = _KINDS.get(type(value), BLANK)
    if kind == TEXT:
        return Cell(value, TEXT) if value.strip() else EMPTY
    return Cell(written(value), kind, code if kind == NUMBER else "") if kind else EMPTY
