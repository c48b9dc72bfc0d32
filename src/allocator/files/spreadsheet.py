"""Sheets of text cells from an uploaded file that may be anything at all."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from allocator.errors import ScenarioError
from allocator.exact import exact
from allocator.files.number_formats import percent_cells
from allocator.files.reading import Row, csv_lines, wrong
from allocator.files.unpacking import MOST_COLUMNS, MOST_ROWS, Part, unpack
from allocator.files.writing import cell_text

LARGEST_UPLOAD_MB = 5

_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, and what a password is put around
_ZIP = b"PK\x03\x04"


@dataclass(frozen=True)
class Sheet:
    """A sheet: its lines that hold anything, each with its number, and its merged cells ("A4:B5").

    ``percents`` are the rows and columns, from 1, of the cells that show their number as a percentage.
    """

    name: str
    lines: list[Row]
    hidden: bool = False
    merged: tuple[str, ...] = ()
    percents: frozenset[tuple[int, int]] = frozenset()


def shown_name(name: str) -> str:
    """An uploaded file's name for sentences, without folders and with nothing that cannot be shown.

    >>> shown_name("C:\\\\data\\\\2023.xlsx"), shown_name("../../etc/passwd")
    ('2023.xlsx', 'passwd')
    """
    last = PureWindowsPath(PurePosixPath(name).name).name
    return "".join(c if c.isprintable() else "?" for c in last)[-100:]


def read_sheets(
    name: str, content: bytes, most_mb: int = LARGEST_UPLOAD_MB, most_rows: int = MOST_ROWS
) -> list[Sheet]:
    """The sheets of an Excel workbook, or the one table of a CSV file as a sheet without name."""
    file = shown_name(name)
    ending = file.lower().rpartition(".")[2]
    if len(content) > most_mb * 2**20:
        wrong(file, "upload_large", limit=most_mb)
    if ending not in ("csv", "xlsx", "xls"):
        wrong(file, "upload_name", name=file)
    if not content.strip():
        wrong(file, "file_empty")
    if content.startswith(_OLD):
        wrong(file, "upload_old")
    if ending == "csv":
        if b"\0" in content or content.startswith(_ZIP):
            wrong(file, "upload_not_csv")
        lines = csv_lines(file, content)
        if len(lines) > most_rows or any(any(row[MOST_COLUMNS:]) for _, row in lines):
            wrong(file, "sheet_large", rows=most_rows, columns=MOST_COLUMNS)
        return [Sheet("", lines)]
    if not content.startswith(_ZIP):
        wrong(file, "upload_not_xlsx")
    return _workbook(file, *unpack(file, content, most_rows))


def _workbook(file: str, content: bytes, parts: dict[str, Part]) -> list[Sheet]:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum  # only ever needed here

    sheets = []
    try:
        percents = percent_cells(content)
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            for number, about in enumerate(book.sheets_metadata):
                if about.typ != SheetTypeEnum.WorkSheet:
                    continue
                sheet = book.get_sheet_by_name(about.name)
                cells = [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
                _show(cells, parts.get(about.name, Part()).unseen)
                lines = [(number, row) for number, row in enumerate(cells, 1) if any(row)]
                merged = tuple(
                    _range(*ends) for ends in sheet.merged_cell_ranges or () if _meets(ends, lines)
                )
                hidden = about.visible != SheetVisibleEnum.Visible
                sheets.append(Sheet(about.name, lines, hidden, merged, percents[number]))
    except ScenarioError:
        raise
    except BaseException as error:  # a panic of the reader is no Exception
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            wrong(file, "upload_broken")
        raise
    if not sheets:
        wrong(file, "sheet_none")
    return sheets


def _show(cells: list[list[str]], unseen: dict[tuple[int, int], str]) -> None:
    """Puts what the reader shows as blank into its cells, which may lie outside of what it read."""
    if not unseen:
        return
    cells.extend([] for _ in range(max(row for row, _ in unseen) - len(cells)))
    width = max(max(column for _, column in unseen), *map(len, cells))
    for line in cells:
        line.extend([""] * (width - len(line)))
    for (row, column), seen in unseen.items():
        cells[row - 1][column - 1] = seen


def _text(cell: Any) -> str:
    """A stored value as text, numbers in plain decimals.

    >>> _text(0.1), _text(170.0), _text(1e20), _text(True), _text(date(2023, 5, 31))
    ('0.1', '170', '100000000000000000000', 'TRUE', '2023-05-31')
    """
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, int | float):
        written = repr(cell)
        if "e" not in written:
            return written.removesuffix(".0")
        try:
            number = exact(cell)
        except ValueError:
            return written
        return ("-" if number < 0 else "") + cell_text(abs(number))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell) if isinstance(cell, timedelta) else ""


def _meets(ends: tuple[tuple[int, int], tuple[int, int]], lines: list[Row]) -> bool:
    """Whether merged cells lie in the filled rows and below or beside a heading."""
    (row, column), _ = ends
    width = max((i for _, line in lines for i, cell in enumerate(line, 1) if cell), default=0)
    return bool(lines) and row < lines[-1][0] and column < width


def _range(start: tuple[int, int], end: tuple[int, int]) -> str:
    return f"{_place(*start)}:{_place(*end)}"


def _place(row: int, column: int) -> str:
    """The cell at a position that counts from zero.

    >>> _place(0, 0), _place(9, 27)
    ('A1', 'AB10')
    """
    letters, column = "", column + 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row + 1}"
