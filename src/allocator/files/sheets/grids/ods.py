"""The sheets of an OpenDocument spreadsheet (.ods) as grids, in one pass over its content.

Repeated cells and rows are added up before they are expanded.  As the pass goes over every cell for that, it
reads the values too: exactly as they are written, with percentages, merged and hidden cells.
"""

from __future__ import annotations

from xml.parsers import expat

from allocator.files.parsing import is_error_cell, wrong
from allocator.files.sheets.archive import Archive, unpacked
from allocator.files.sheets.cells import MOST_MERGED
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
)  # fmt: skip
from allocator.files.sheets.spreadsheet import written
from allocator.files.sheets.unpacking import MOST_CELLS, MOST_CHARACTERS, MOST_COLUMNS, MOST_TAGS
from allocator.files.sheets.xml import LONGEST_TEXT, TooMuch, parse

CONTENT = "content.xml"
_NUMBERS = ("float", "currency", "percentage")
_HIDDEN = ("collapse", "filter")


def open_grids(archive: Archive, most_rows: int) -> list[Grid]:
    """The sheets of an OpenDocument spreadsheet.  Raises ScenarioError for any other file."""
    file = archive.file
    if b"encryption-data" in unpacked(archive, "META-INF/manifest.xml"):
        wrong(file, "sheet_locked")
    xml = unpacked(archive, CONTENT)
    if xml.count(b"<") > MOST_TAGS:
        wrong(file, "upload_cells", limit=MOST_CELLS)
    reader = _Reader(file, most_rows)
    try:
        parse(xml, reader.start, reader.end, reader.text)
    except TooMuch as error:
        wrong(file, error.key, limit=error.limit)
    except (expat.ExpatError, ValueError, LookupError, OverflowError):
        wrong(file, "upload_broken")
    if not reader.spreadsheet:
        wrong(file, "sheet_kind_word")
    return reader.grids


class _Reader:
    """Collects the cells while the content is parsed."""

    def __init__(self, file: str, most_rows: int) -> None:
        self.file, self.most_rows = file, most_rows
        self.grids: list[Grid] = []
        self.spreadsheet = False
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._cells = self._characters = self._aside = 0
        self._in_text = False
        self._parts: list[str] = []
        self._begin({})

    def _begin(self, given: dict[str, str]) -> None:
        self._name = given.get("name", "")
        self._hidden = given.get("style-name", "") in self._hidden_styles
        self._rows: list[tuple[int, tuple[Cell, ...]]] = []
        self._merged: list[tuple[int, int, int, int]] = []
        self._hidden_rows: set[int] = set()
        self._filtered_rows: set[int] = set()
        self._hidden_columns: set[int] = set()
        self._row = self._columns = 0
        self._line: list[Cell] = []
        self._width = 0

    def start(self, name: str, given: dict[str, str]) -> None:
        given = {key.replace("calcext:", "shown-").rpartition(":")[2]: value for key, value in given.items()}
        if name == "annotation":
            self._aside += 1
        elif name == "spreadsheet":
            self.spreadsheet = True
        elif name == "style":
            self._style = given.get("name", "")
        elif name == "table-properties" and given.get("display") == "false":
            self._hidden_styles.add(self._style)
        elif name == "table":
            self._begin(given)
        elif name == "table-column":
            last = min(self._columns + int(given.get("number-columns-repeated", 1)), 16_384)
            if given.get("visibility") in _HIDDEN:
                self._hidden_columns.update(range(self._columns + 1, last + 1))
            self._columns = last
        elif name == "table-row":
            self._times = int(given.get("number-rows-repeated", 1))
            self._line, self._width = [], 0
            self._row_hidden = given.get("visibility") == "collapse"
            self._row_filtered = given.get("visibility") == "filter"
        elif name in ("table-cell", "covered-table-cell"):
            self._given, self._length = given, 0
            self._parts = []
        elif name == "p" and not self._aside:
            if self._parts:
                self._parts.append("\n")
            self._in_text = True
        elif name in ("s", "tab", "line-break") and self._in_text:
            self._parts.append("\n" if name == "line-break" else " " * min(int(given.get("c", 1)), 100))

    def text(self, data: str) -> None:
        if self._in_text and not self._aside:
            self._length += len(data)
            if self._length > LONGEST_TEXT + 1000:
                raise TooMuch("upload_text", LONGEST_TEXT)
            self._parts.append(data)

    def end(self, name: str) -> None:
        if name == "annotation":
            self._aside -= 1
        elif name == "p":
            self._in_text = self._in_text and bool(self._aside)
        elif name in ("table-cell", "covered-table-cell"):
            self._cell(name)
        elif name == "table-row":
            self._end_row()
        elif name == "table":
            self.grids.append(
                Grid(
                    self._name, tuple(self._rows), self._hidden, tuple(self._merged),
                    frozenset(self._hidden_rows), frozenset(self._hidden_columns),
                    filtered_rows=frozenset(self._filtered_rows),
                )
            )  # fmt: skip

    def _cell(self, name: str) -> None:
        given = self._given
        times = int(given.get("number-columns-repeated", 1))
        cell = EMPTY if name == "covered-table-cell" else _cell(given, "".join(self._parts))
        if times < 1:
            raise ValueError("repeated less than once")
        right, below = int(given.get("number-columns-spanned", 1)), int(given.get("number-rows-spanned", 1))
        if right > 1 or below > 1:
            if len(self._merged) == MOST_MERGED:
                raise TooMuch("upload_merged", MOST_MERGED)
            row, column = self._row + 1, self._width + 1
            self._merged.append((row, column, row + below - 1, column + right - 1))
        self._width += times
        if cell is not EMPTY:
            if self._width > MOST_COLUMNS:
                self._too_large()
            self._line += [EMPTY] * (self._width - times - len(self._line)) + [cell] * times

    def _end_row(self) -> None:
        if self._times < 1:
            raise ValueError("repeated less than once")
        first = self._row + 1
        self._row += self._times
        if not self._line:
            return
        if self._row > self.most_rows:
            self._too_large()
        self._cells += self._times * len(self._line)
        self._characters += self._times * sum(len(cell.text) for cell in self._line)
        if self._cells > MOST_CELLS:
            raise TooMuch("upload_cells", MOST_CELLS)
        if self._characters > MOST_CHARACTERS:
            raise TooMuch("upload_characters", MOST_CHARACTERS)
        cells = tuple(self._line)
        self._rows += ((number, cells) for number in range(first, self._row + 1))
        if self._row_hidden:
            self._hidden_rows.update(range(first, self._row + 1))
        if self._row_filtered:
            self._filtered_rows.update(range(first, self._row + 1))

    def _too_large(self) -> None:
        wrong(self.file, "sheet_large", {"sheet": self._name}, rows=self.most_rows, columns=MOST_COLUMNS)


def _cell(given: dict[str, str], text: str) -> Cell:
    kind = given.get("value-type", "")
    if is_error_cell(text.strip()) or given.get("shown-value-type") == "error":
        return Cell(text.strip(), ERROR)
    if kind in _NUMBERS:
        return Cell(_plain(given["value"]), NUMBER, "0%" if kind == "percentage" else "")
    if kind in ("date", "time"):
        return Cell(given.get(f"{kind}-value", text), DATE)
    if kind == "boolean":
        return Cell(text.strip().upper(), TRUTH)
    text = given.get("string-value", text) if not text.strip() else text
    if text.strip():
        return Cell(text, TEXT)
    return Cell(given["formula"], FORMULA) if "formula" in given and kind != "string" else EMPTY


def _plain(value: str) -> str:
    """A number as it is written; in plain decimals where it has an exponent."""
    return written(float(value)) if "e" in value.lower() else value
