"""A table in a text file, or pasted from a spreadsheet, as a grid."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter

from allocator.files.csv_file import csv_lines, ragged_columns
from allocator.files.parsing import is_error_cell, wrong
from allocator.files.sheets.grids.grid import EMPTY, ERROR, FORMULA, MOST_CELLS, TEXT, Cell, Grid
from allocator.files.sheets.unpacking import MOST_COLUMNS

_MARKS = "\t,;"
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")
_SAMPLE = 64_000  # characters searched for the separator of the cells


def text_grid(file: str, content: bytes, most_rows: int) -> Grid:
    """The table in a text.  Raises ScenarioError for anything but a table within the limits."""
    content = _in_utf_8(file, content)
    mark = _mark_of(content)
    lines = csv_lines(file, content, most_rows, MOST_COLUMNS, mark, MOST_CELLS)
    kinds: dict[str, Cell] = {"": EMPTY}
    rows = []
    for number, line in lines:
        for text in line:
            if text not in kinds:
                kinds[text] = text_cell(text)
        rows.append((number, tuple(kinds[text] for text in line)))
    return Grid("", tuple(rows))


def text_columns(file: str, content: bytes, most_rows: int) -> tuple[list[list[str]], list[int]]:
    """The columns of a text, each as long as the text has lines, and the number of cells in every line.

    Very many lines take less memory so than as a grid.  Raises ScenarioError as `text_grid` does.
    """
    content = _in_utf_8(file, content)
    return ragged_columns(file, content, most_rows, MOST_COLUMNS, _mark_of(content))


def text_cell(text: str) -> Cell:
    """A cell of a text; formulas and errors are known by how they are written."""
    if not text:
        return EMPTY
    if is_error_cell(text):
        return Cell(text, ERROR)
    return Cell(text, FORMULA if text.startswith("=") and len(text) > 1 else TEXT)


def _in_utf_8(file: str, content: bytes) -> bytes:
    """UTF-16, which Excel calls Unicode text, as UTF-8; everything else as it is."""
    if content.startswith(_UTF_16):
        encoding = "utf-16"
    elif b"\0" in content:
        even, odd = content[:4000:2].count(0), content[1:4000:2].count(0)
        if len(content) % 2 or not even + odd:
            wrong(file, "file_encoding")
        encoding = "utf-16-be" if even > odd else "utf-16-le"
    else:
        return content
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        wrong(file, "file_encoding")
    if _CONTROL.search(text[:_SAMPLE]):
        wrong(file, "upload_not_csv")
    return text.encode()


def _mark_of(content: bytes) -> str:
    """The separator of the cells: the one that splits most lines into the same number of several cells."""
    head = content[:_SAMPLE]
    text = head.decode("utf-8", "ignore") if _is_utf_8(head) else head.decode("gb18030", "replace")
    best, found = (0, 0), ","
    for mark in _MARKS:
        try:
            rows = list(csv.reader(io.StringIO(text.rpartition("\n")[0] or text), delimiter=mark))
        except csv.Error:
            continue
        widths = Counter(len(row) for row in rows if any(row))
        split = [(times, wide) for wide, times in widths.items() if wide > 1]
        if split and max(split) > best:
            best, found = max(split), mark
    return found


def _is_utf_8(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8-sig")().decode(head)
    except UnicodeDecodeError:
        return False
    return True
