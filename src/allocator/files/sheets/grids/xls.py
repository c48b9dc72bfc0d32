"""The sheets of an old workbook (.xls, and .et of WPS) as grids.

The reader is limited by the child process that it runs in; its result is counted here.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from allocator.core.errors import ScenarioError
from allocator.files.parsing import wrong
from allocator.files.sheets.grids.grid import (
    DATE,
    EMPTY,
    ERROR,
    NUMBER,
    TEXT,
    TRUTH,
    Cell,
    Grid,
    is_notable,
)  # fmt: skip
from allocator.files.sheets.spreadsheet import written
from allocator.files.sheets.unpacking import MOST_CELLS, MOST_CHARACTERS, MOST_COLUMNS

_LOCKED = "EncryptedPackage".encode("utf-16-le")
_DOCUMENT = "WordDocument".encode("utf-16-le")


def old_grids(file: str, content: bytes, most_rows: int) -> list[Grid]:
    """The sheets of an old workbook.  Raises ScenarioError for any other file, or a locked one."""
    import xlrd  # only ever needed here

    if _LOCKED in content:
        wrong(file, "sheet_locked")
    if _DOCUMENT in content:
        wrong(file, "sheet_kind_word")
    try:
        with Path(os.devnull).open("w") as nowhere:
            book = xlrd.open_workbook(
                file_contents=content, formatting_info=True, ragged_rows=True, logfile=nowhere
            )
        return [_grid(file, book, sheet, most_rows) for sheet in book.sheets()]
    except (MemoryError, ScenarioError):
        raise
    except xlrd.XLRDError as error:
        wrong(file, "sheet_locked" if "ncrypted" in str(error) else "upload_broken")
    except Exception:  # whatever it stumbles over in a damaged file
        wrong(file, "upload_broken")


def _grid(file: str, book: Any, sheet: Any, most_rows: int) -> Grid:
    at = {"sheet": sheet.name}
    filled = count = characters = 0
    rows = []
    for number in range(sheet.nrows):
        cells = [_cell(book, cell) for cell in sheet.row(number)]
        while cells and cells[-1] is EMPTY:
            cells.pop()
        if not cells:
            continue
        filled, count = number + 1, count + len(cells)
        characters += sum(len(cell.text) for cell in cells)
        if filled > most_rows or len(cells) > MOST_COLUMNS:
            wrong(file, "sheet_large", at, rows=most_rows, columns=MOST_COLUMNS)
        if count > MOST_CELLS:
            wrong(file, "upload_cells", limit=MOST_CELLS)
        if characters > MOST_CHARACTERS:
            wrong(file, "upload_characters", limit=MOST_CHARACTERS)
        rows.append((number + 1, tuple(cells)))
    return Grid(
        sheet.name,
        tuple(rows),
        bool(sheet.visibility),
        tuple((r + 1, c + 1, last, right) for r, last, c, right in sheet.merged_cells),
        frozenset(row + 1 for row, info in sheet.rowinfo_map.items() if info.hidden and row < filled),
        frozenset(column + 1 for column, info in sheet.colinfo_map.items() if info.hidden),
        ("formulas", "filters") if rows else (),
    )


def _cell(book: Any, cell: Any) -> Cell:
    """A cell; the reader's kinds are 1 text, 2 number, 3 date, 4 truth value, 5 error."""
    import xlrd

    if cell.ctype == 1:
        return Cell(cell.value, TEXT) if cell.value.strip() else EMPTY
    if cell.ctype == 2:
        code = book.format_map[book.xf_list[cell.xf_index].format_key].format_str
        return Cell(written(cell.value), NUMBER, code if is_notable(code) else "")
    if cell.ctype == 3:
        try:
            return Cell(written(xlrd.xldate_as_datetime(cell.value, book.datemode)), DATE)
        except (ValueError, OverflowError):
            return Cell(written(cell.value), DATE)
    if cell.ctype == 4:
        return Cell(str(bool(cell.value)).upper(), TRUTH)
    if cell.ctype == 5:
        return Cell(xlrd.error_text_from_code.get(cell.value, "#REF!"), ERROR)
    return EMPTY
