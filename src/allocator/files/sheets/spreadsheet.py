"""Reads sheets of text cells from an uploaded file that may hold anything."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from allocator.core.errors import ScenarioError
from allocator.core.exact import exact
from allocator.files.csv_file import csv_lines
from allocator.files.parsing import Row, cell_text, wrong
from allocator.files.sheets.cells import Part
from allocator.files.sheets.number_formats import letters, shows_percent
from allocator.files.sheets.unpacking import MOST_COLUMNS, MOST_ROWS, unpack

LARGEST_UPLOAD_MB = 5

_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, and files with a password
_ZIP = b"PK\x03\x04"


@dataclass(frozen=True)
class Sheet:
    """A sheet: its lines that are not blank, each with its number, and its merged cells ("A4:B5").

    ``percents`` are the rows and columns, from 1, of the cells that show their number as a percentage.
    """

    name: str
    lines: list[Row]
    hidden: bool = False
    merged: tuple[str, ...] = ()
    percents: frozenset[tuple[int, int]] = frozenset()


def shown_name(name: str) -> str:
    """An uploaded file's name for sentences, without folders and unprintable characters.

    >>> shown_name("C:\\\\data\\\\2023.xlsx"), shown_name("../../etc/passwd")
    ('2023.xlsx', 'passwd')
    """
    last = PureWindowsPath(PurePosixPath(name).name).name
    return "".join(c if c.isprintable() else "?" for c in last)[-100:]


def read_sheets(
    name: str, content: bytes, most_mb: int = LARGEST_UPLOAD_MB, most_rows: int = MOST_ROWS
) -> list[Sheet]:
    """The sheets of an Excel workbook, or the one table of a CSV file as a sheet without name.

    Raises ScenarioError for what is neither, or too large.
    """
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
        return [Sheet("", csv_lines(file, content, most_rows, MOST_COLUMNS))]
    if not content.startswith(_ZIP):
        wrong(file, "upload_not_xlsx")
    return _workbook(file, *unpack(file, content, shows_percent, most_rows))


def _workbook(file: str, content: bytes, parts: list[Part]) -> list[Sheet]:
    from python_calamine import CalamineWorkbook  # only ever needed here

    sheets = []
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            for number, part in enumerate(parts):
                lines: list[Row] = []
                if part.rows:
                    cells = book.get_sheet_by_name(str(number))
                    lines = _lines(cells.iter_rows(), (cells.start or (0, 0))[1], part.unseen)
                merged = _merged(part.merged, lines)
                sheets.append(Sheet(part.name, lines, part.hidden, merged, frozenset(part.formats)))
    except ScenarioError:
        raise
    except BaseException as error:  # a panic of the reader is no Exception
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            wrong(file, "upload_broken")
        raise
    if not sheets:
        wrong(file, "sheet_none")
    return sheets


def _lines(rows: Iterable[list[Any]], before: int, unseen: Mapping[tuple[int, int], str]) -> list[Row]:
    """The lines that are not blank, with the cells that the reader shows as blank or leaves out.

    ``before`` is the number of blank columns that the reader leaves out.
    """
    hidden: dict[int, list[tuple[int, str]]] = {}
    for (row, column), seen in unseen.items():
        hidden.setdefault(row, []).append((column, seen))
    width = max((column for _, column in unseen), default=0)
    lines: list[Row] = []
    for number, read in enumerate(rows, 1):
        cells = [""] * before + [written(cell) for cell in read]
        cells += [""] * (width - len(cells))
        for column, seen in hidden.pop(number, ()):
            cells[column - 1] = seen
        if any(cells):
            lines.append((number, cells))
    width = max(width, len(lines[-1][1]) if lines else 0)
    for below in sorted(hidden):
        cells = [""] * width
        for column, seen in hidden[below]:
            cells[column - 1] = seen
        if any(cells):
            lines.append((below, cells))
    return lines


def _merged(areas: Sequence[tuple[int, int, int, int]], lines: list[Row]) -> tuple[str, ...]:
    """The merged cells that begin within the filled rows and columns, such as "A4:B5"."""
    if not areas or not lines:
        return ()
    width = max(at for _, line in lines for at, cell in enumerate(line, 1) if cell)
    return tuple(
        f"{_place(row, column)}:{_place(last, right)}"
        for row, column, last, right in areas
        if row <= lines[-1][0] and column <= width
    )


def written(cell: Any) -> str:
    """A stored value as text, numbers in plain decimals.

    >>> written(0.1), written(170.0), written(1e20), written(True), written(date(2023, 5, 31))
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


def _place(row: int, column: int) -> str:
    """The reference of the cell in a row and a column.

    >>> _place(1, 1), _place(10, 28)
    ('A1', 'AB10')
    """
    return f"{letters(column - 1)}{row}"
