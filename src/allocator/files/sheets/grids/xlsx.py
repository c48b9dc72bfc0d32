"""The sheets of an Excel workbook as grids."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Any

from allocator.core.errors import ScenarioError
from allocator.files.parsing import wrong
from allocator.files.sheets.cells import Part
from allocator.files.sheets.grids.grid import (
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
from allocator.files.sheets.number_formats import Layout, layouts
from allocator.files.sheets.spreadsheet import written
from allocator.files.sheets.unpacking import unpack


def workbook_grids(file: str, content: bytes, most_rows: int) -> list[Grid]:
    """The sheets of a workbook.  Raises ScenarioError for anything but a workbook within the limits."""
    from python_calamine import CalamineWorkbook  # only ever needed here

    safe, parts = unpack(file, content, most_rows)
    grids: list[Grid] = []
    try:
        found = layouts(safe, is_notable)
        with CalamineWorkbook.from_filelike(io.BytesIO(safe)) as book:
            for number, part in enumerate(parts):
                rows = _rows(book.get_sheet_by_name(str(number)), part, found[number]) if part.rows else {}
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
                        frozenset(found[number].hidden_rows & rows.keys()),
                        frozenset(found[number].hidden_columns),
                        filtered_rows=frozenset(found[number].filtered_rows & rows.keys()),
                    )
                )
    except (ScenarioError, MemoryError):
        raise
    except BaseException as error:  # a panic of the reader is no Exception
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            wrong(file, "upload_broken")
        raise
    return grids


def _rows(sheet: Any, part: Part, layout: Layout) -> dict[int, list[Cell]]:
    """The rows by their numbers, with the errors and formulas that the reader shows as blank."""
    rows: dict[int, list[Cell]] = {}
    before = (sheet.start or (0, 0))[1]
    formats: Mapping[tuple[int, int], str] = layout.formats
    for number, read in enumerate(sheet.iter_rows(), 1):
        if any(value != "" for value in read):
            cells = [EMPTY] * before
            cells += [
                _cell(value, formats.get((number, column), ""))
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
    if isinstance(value, str):
        return Cell(value, TEXT) if value.strip() else EMPTY
    if isinstance(value, bool):
        return Cell(str(value).upper(), TRUTH)
    if isinstance(value, int | float):
        return Cell(written(value), NUMBER, code)
    if isinstance(value, date | time | timedelta):
        return Cell(written(value), DATE)
    return EMPTY
