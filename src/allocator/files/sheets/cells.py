"""Scans the cells of a sheet before the workbook reader sees them, and notes what that reader leaves out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from allocator.files.sheets.xml import DEEPEST, LONGEST_TEXT, MOST_ATTRIBUTES, Local, TooMuch, parser_of

MOST_MERGED = 100_000
MOST_UNSEEN = 300_000
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384  # that Excel has
_MOST_FILTERS = 1_000
_CELL = re.compile("([A-Za-z]{1,3})([0-9]{1,7})")
_AREA = re.compile(r"\$?[A-Z]+\$?(\d{1,7}):\$?[A-Z]+\$?(\d{1,7})")
_TRUE = ("1", "true")
_DIGITS = "0123456789"


class _Columns(dict[str, int]):
    """The numbers of columns by their letters."""

    def __missing__(self, letters: str) -> int:
        if not (1 <= len(letters) <= 3 and letters.isascii() and letters.isalpha()):
            raise ValueError("not a place in a sheet")
        self[letters] = number_of(letters)
        return self[letters]


@dataclass
class Part:
    """A sheet as stored in the file: its filled area, and details that the reader does not report.

    ``unseen`` are the cells that the reader shows as blank, ``merged`` the first row and column and the last
    row and column of merged cells, and ``characters`` the length of all texts of its cells together.
    ``formats`` are the notable formats of its cells with a number, ``filters`` the first and last rows of its
    filters.  Rows and columns count from 1.
    """

    name: str = ""
    hidden: bool = False
    rows: int = 0
    columns: int = 0
    characters: int = 0
    unseen: dict[tuple[int, int], str] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    filters: list[tuple[int, int]] = field(default_factory=list)
    hidden_columns: list[range] = field(default_factory=list)


def look(xml: bytes, shared: Sequence[int], codes: Mapping[str, str], part: Part) -> None:
    """Notes the filled area of a sheet, the length of its texts, and details that the reader does not report.

    ``shared`` are the lengths of the texts that cells share, ``codes`` the notable formats by the style
    numbers of cells.  Raises as `xml.parse` does, which would take twice the time for a million cells.
    """
    row = column = at_row = length = depth = 0
    row_text = kind = value = inside = ""
    formula: str | None = None
    filled = placed = unplaced = False
    local, columns = Local(), _Columns()

    def start(name: str, given: dict[str, str]) -> None:
        nonlocal row, column, at_row, row_text, kind, formula, value, filled, inside, length, placed, unplaced
        nonlocal depth
        depth += 1
        if depth > DEEPEST or len(given) > MOST_ATTRIBUTES:
            raise ValueError("nested or attributed without end")
        name = local[name]
        if name == "c":
            place = given.get("r")
            if place is None:
                column, at_row, unplaced = column + 1, row, True
            else:
                letters = place.rstrip(_DIGITS)
                column, digits = columns[letters], place[len(letters) :]
                at_row = row if digits == row_text else int(digits)
                placed = placed or at_row != row
            kind, formula, value, filled, length = given.get("t", "n"), None, "", False, 0
            code = codes.get(given.get("s", ""))
            if code is not None and kind == "n":
                part.formats[at_row, column] = code
        elif name in ("v", "f", "is"):
            filled, inside, value = True, name, ""
            formula = "" if name == "f" else formula
        elif name == "row":
            row = at_row = int(given.get("r", at_row + 1))
            column, row_text = 0, str(row)
            if given.get("hidden") in _TRUE and row <= _LAST_ROW:
                part.hidden_rows.add(row)
        elif name == "mergeCell":
            if len(part.merged) == MOST_MERGED:
                raise TooMuch("upload_merged", MOST_MERGED)
            part.merged.append(_area(given["ref"]))
        elif name == "autoFilter" and part.hidden_rows:  # stands after the rows
            area = _AREA.fullmatch(given.get("ref", ""))
            if area is not None:
                part.filters.append((int(area[1]), int(area[2])))
            if len(part.filters) > _MOST_FILTERS:
                raise ValueError("filters without end")
        elif name == "col" and given.get("hidden") in _TRUE:
            last = min(int(given["max"]), _LAST_COLUMN)
            part.hidden_columns.append(range(max(int(given["min"]), 1), last + 1))
            if len(part.hidden_columns) > _LAST_COLUMN:
                raise ValueError("columns without end")

    def text(data: str) -> None:
        nonlocal formula, value, length
        if inside == "v":
            value = (value + data)[:100]
            length += 0 if kind in ("", "n", "s") else len(data)
        elif inside == "is":
            length += len(data)
        elif inside == "f":
            formula = ((formula or "") + data)[:100]

    def end(name: str) -> None:
        nonlocal inside, depth
        depth -= 1
        name = local[name]
        if name == "c":
            if filled:
                fill()
        elif name == inside:
            inside = ""
            if kind == "s" and name == "v" and value:
                part.characters += shared[int(value)]

    def fill() -> None:
        if at_row < 1:
            raise ValueError("not a place in a sheet")
        if length:
            part.characters += length
            if length > LONGEST_TEXT + 1000:  # blanks between the tags count too
                raise TooMuch("upload_text", LONGEST_TEXT)
        if at_row > part.rows:
            part.rows = at_row
        if column > part.columns:
            part.columns = column
        if kind == "e" or (formula is not None and not value and kind != "str"):
            part.unseen[at_row, column] = value if kind == "e" else "=" + (formula or "")
            if len(part.unseen) > MOST_UNSEEN:
                raise TooMuch("upload_unseen", MOST_UNSEEN)

    parser = parser_of(xml)
    parser.StartElementHandler = start
    parser.CharacterDataHandler = text
    parser.EndElementHandler = end
    parser.Parse(xml, True)
    if placed and unplaced:  # readers differ on the place of such cells
        raise ValueError("cells without a place beside cells of other rows")


def _area(ref: str) -> tuple[int, int, int, int]:
    first, _, last = ref.partition(":")
    start, end = _CELL.fullmatch(first), _CELL.fullmatch(last or first)
    if start is None or end is None:
        raise ValueError("not an area of a sheet")
    return int(start[2]), number_of(start[1]), int(end[2]), number_of(end[1])


def number_of(letters: str) -> int:
    """The number of a column by its letters.

    >>> number_of("A"), number_of("AA")
    (1, 27)
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number
