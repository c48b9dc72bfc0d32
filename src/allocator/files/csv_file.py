"""CSV files as rows or columns of text, within limits of size."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path

from allocator.files.parsing import Body, Row, headed, read_bytes, wrong

MOST_ROWS = 300_000  # in one file of a scenario: enough for a remark on every cell of the largest
MOST_COLUMNS = 16_384  # as many as Excel has
_MOST_COMMAS = 200_000  # in one line, including those within quotes
LINES_ASIDE = 10_000  # titles, totals, notes and blank lines of a table beside its rows
_MOST_LINES = 2**20  # including blank ones, as many as Excel has
_LONGEST_LINE = 2**20  # bytes
_PIECE = 2**20
# what a cell of ASCII may begin or end with but should not; quotes may hold the ends of lines
_BLANKS = [
    bytes([code])
    for code in range(128)
    if code == ord('"') or (chr(code).isspace() and chr(code) not in "\r\n")
]
_BATCH = 2_000  # lines


class _Wide(Exception):
    """Raised where a table has too many rows or columns."""


def read_csv(path: Path) -> tuple[list[str], Body]:
    """The header and the rows of a CSV file, with their row numbers; blank rows are skipped.

    Raises ScenarioError where the content is not CSV, too large, or no table.
    """
    content = read_bytes(path)
    header, *columns = _ordinary(path, content) or ([],)
    if header:
        return header, Body(range(2, len(columns[0]) + 2), columns)
    header, rows = headed(path, csv_lines(path, content))
    return header, Body.of(rows, len(header))


def _ordinary(path: Path, content: bytes) -> list[list[str]] | None:
    """The header and the columns of what most files are; None where anything has to be looked at by the row.

    Nothing is blank in the header or in a whole row, nothing in the header twice, and no row too long.
    """
    columns = csv_columns(content, file=path)
    if not columns or not 2 <= len(columns[0]) <= MOST_ROWS or len(columns) > MOST_COLUMNS:
        return None
    if not _tidy(content):
        columns = [list(map(str.strip, column)) for column in columns]
    header = [column.pop(0) for column in columns]
    if "" in header or len(set(header)) < len(header) or all("" in column for column in columns):
        return None
    return [header, *columns]


def csv_lines(
    file: Path | str,
    content: bytes,
    most_rows: int = MOST_ROWS,
    most_columns: int = MOST_COLUMNS,
    mark: str = ",",
    most_cells: int | None = None,
) -> list[Row]:
    """The lines of CSV that are not blank, each with its number; ``mark`` separates the cells.

    Raises ScenarioError where the content is not CSV or too large.
    """
    text = _Lines(file, content, mark=mark)
    rows: list[Row] = []
    number = cells = 0
    tidy = _tidy(content)
    most_cells = _most_cells(most_rows) if most_cells is None else most_cells
    lines = text.rows(csv.reader(text, strict=True, delimiter=mark))
    ended = broken = False
    try:
        while not ended:
            batch: list[list[str]] = []
            try:
                batch.extend(itertools.islice(lines, _BATCH))
            except csv.Error:
                broken = True  # after the lines of the batch
            ended = broken or not batch
            if not tidy:
                batch = [list(map(str.strip, row)) for row in batch]
            filled = [(at, row) for at, row in enumerate(batch, number + 1) if any(row)]
            rows += filled
            number += len(batch)
            cells += sum(len(row) for _, row in filled)
            if len(rows) > most_rows or number > max(most_rows, _MOST_LINES):
                raise _Wide
            if max(map(len, batch), default=0) > most_columns and any(
                any(row[most_columns:]) for row in batch
            ):
                raise _Wide
            if cells > most_cells:
                wrong(file, "upload_cells", limit=most_cells)
    except _Wide:
        wrong(file, "sheet_large", rows=most_rows, columns=most_columns)
    if broken:
        wrong(file, "csv_syntax", {"row": number + 1})
    return rows


def csv_columns(content: bytes, most_rows: int = MOST_ROWS, file: Path | str = "") -> list[list[str]] | None:
    """The columns of CSV as written, headings first; None where it is not CSV, has too many cells, or a line
    is not as long as the first.

    Raises ScenarioError for an endless line or an unknown encoding.  A million lines one by one would take
    three times as long.

    >>> csv_columns(b"a,b\\n1,2\\n"), csv_columns(b"a,b\\n1\\n")
    ([['a', '1'], ['b', '2']], None)
    """
    columns: list[list[str]] = []
    try:
        text = _Lines(file, content, _BATCH * 300)
        reader = csv.reader(text, strict=True)
        while rows := list(itertools.islice(reader, _BATCH)):
            text.commas = 0
            columns = columns or [[] for _ in rows[0]]
            for column, cells in zip(columns, zip(*rows, strict=True), strict=True):
                column.extend(cells)
            if columns and len(columns) * len(columns[0]) > _most_cells(most_rows):
                return None
    except (csv.Error, ValueError, _Wide):
        return None
    return columns


def ragged_columns(
    file: str, content: bytes, most_rows: int, most_columns: int, mark: str
) -> tuple[list[list[str]], list[int]]:
    """The columns of CSV as written, blank lines included, and the number of cells in every line.

    ``mark`` separates the cells; a line that is shorter than others is filled up.  Raises
    ScenarioError where the content is not CSV or too large.

    >>> ragged_columns("a.csv", b"a,b\\n1\\n", 10, 10, ",")
    ([['a', '1'], ['b', '']], [2, 1])
    """
    columns: list[list[str]] = []
    lengths: list[int] = []
    count = 0
    try:
        text = _Lines(file, content, _BATCH * 300, mark)
        reader = csv.reader(text, strict=True, delimiter=mark)
        while rows := list(itertools.islice(reader, _BATCH)):
            text.commas = 0
            lengths += map(len, rows)
            wide = max(lengths[count:])
            if wide > most_columns and any(any(row[most_columns:]) for row in rows):
                raise _Wide
            columns += [[""] * count for _ in range(len(columns), min(wide, most_columns))]
            cells = itertools.zip_longest(*rows, fillvalue="")
            for at, column in enumerate(columns):
                column.extend(next(cells, ()) if at < wide else ())
                column += [""] * (count + len(rows) - len(column))
            count += len(rows)
            if count > max(most_rows + LINES_ASIDE, _MOST_LINES):
                raise _Wide
            if count * len(columns) > _most_cells(most_rows):
                wrong(file, "upload_cells", limit=_most_cells(most_rows))
    except csv.Error:
        wrong(file, "csv_syntax", {"row": reader.line_num})
    except _Wide:
        wrong(file, "sheet_large", rows=most_rows, columns=most_columns)
    return columns, lengths


def _tidy(content: bytes) -> bool:
    """True where no cell begins or ends with blanks."""
    return content.isascii() and not any(blank in content for blank in _BLANKS)


def _most_cells(most_rows: int) -> int:
    """The largest number of cells, so that a table of eight columns may have all its rows."""
    return max(12_000_000, 8 * most_rows)


class _Lines:
    """The lines of a text file one by one, in UTF-8 or GB18030 (as Excel in China writes it).

    ``commas`` counts the separators since it was last reset; too many of them raise _Wide.
    """

    def __init__(
        self, file: Path | str, content: bytes, most_commas: int = _MOST_COMMAS, mark: str = ","
    ) -> None:
        if _endless(content, _LONGEST_LINE):
            wrong(file, "csv_line")
        encoding = next((name for name in ("utf-8-sig", "gb18030") if _is_in(content, name)), None)
        if encoding is None:
            wrong(file, "file_encoding")
        self.commas, self.most_commas, self._mark = 0, most_commas, mark
        # without quotes a row is a line, and a short line cannot hold too many separators
        self._may_be_wide = b'"' in content or _endless(content, most_commas)
        # decoded in pieces: the whole text at once would take up to four times the size of the file
        self._lines = io.TextIOWrapper(io.BytesIO(content), encoding, newline="")

    def __iter__(self) -> Iterator[str]:
        return self._counted() if self._may_be_wide else iter(self._lines)

    def rows(self, reader: Iterable[list[str]]) -> Iterator[list[str]]:
        """The rows that a reader makes of these lines, with the separators counted anew for each."""
        return self._reset(reader) if self._may_be_wide else iter(reader)

    def _reset(self, reader: Iterable[list[str]]) -> Iterator[list[str]]:
        for row in reader:
            self.commas = 0
            yield row

    def _counted(self) -> Iterator[str]:
        mark, most = self._mark, self.most_commas
        for line in self._lines:
            self.commas += line.count(mark)
            if self.commas > most:
                raise _Wide
            yield line


def _is_in(content: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for at in range(0, len(content), _PIECE):
            decoder.decode(content[at : at + _PIECE], at + _PIECE >= len(content))
    except UnicodeDecodeError:
        return False
    return True


def _endless(content: bytes, longest: int) -> bool:
    """True if a line is longer than ``longest``; only line ends are searched for."""
    at = 0
    while len(content) - at > longest:
        end = max(content.rfind(mark, at, at + longest) for mark in (b"\n", b"\r"))
        if end < 0:
            return True
        at = end + 1
    return False
