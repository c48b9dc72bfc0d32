"""Understands a list of records, such as a register of projects or payments: its sheet, headings and rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np

from allocator.core.errors import Problem
from allocator.core.parts import plain_name
from allocator.core.statement import Statement
from allocator.files.parsing import MOST_PROBLEMS, uncollected, wrong
from allocator.files.sheets.columns import Cells
from allocator.files.sheets.grids.child import in_child
from allocator.files.sheets.grids.files import TEXT, kind_of
from allocator.files.sheets.grids.grid import EMPTY, Grid
from allocator.files.sheets.grids.plain import text_cell, text_columns
from allocator.files.sheets.spreadsheet import shown_name
from allocator.files.understanding.headings import LOOKED_AT, Column, Head, head_of
from allocator.files.understanding.record_cells import doubts_in, unmerged
from allocator.files.understanding.record_rows import Placed, Sorted, sorted_rows
from allocator.files.understanding.record_totals import held_totals
from allocator.files.understanding.view import View
from allocator.files.understanding.vocabulary import closed
from allocator.text import both

LINES_ASIDE = 10_000  # titles, totals, notes and blank lines beside the records
MEMORY_MB = 1_200  # of the process that takes a workbook apart; a register has more cells than a factor table
_LINES_SEARCHED = 20_000  # of a text, for the first lines that are not blank


@dataclass(frozen=True)
class Form:
    """The form of a list: ``sheet`` is the key of the name that our template gives it.

    ``is_heading`` tells its headings, and ``placed`` the positions of its columns in a row of headings.
    """

    sheet: str
    is_heading: Callable[[str], bool]
    placed: Callable[[Sequence[str]], Placed]


@dataclass
class _Table:
    """A sheet with its headings; ``text`` is the whole of a text: its columns, and the cells of each line."""

    grid: Grid
    head: Head | None
    header: list[str]
    placed: Placed
    text: tuple[list[list[str]], list[int]] | None = None
    statements: list[Statement] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """True if all needed columns are there, and a row below them."""
        return self.head is not None and not self.placed.lacking and self.head.first < len(self.grid.rows)


@uncollected()
def records_in(
    name: str,
    content: bytes,
    form: Form,
    most_mb: int,
    most_rows: int,
    sheet: str | None = None,
    plain: Cells | None = None,
) -> Cells:
    """The records in a file of any kind, with statements on how it was taken, and problems with rows.

    ``sheet`` is the sheet that somebody chose, ``plain`` the cells of a CSV file that were read already.
    Raises ScenarioError for a file that holds no such list.
    """
    file = shown_name(name)
    kind = TEXT if plain is not None else kind_of(file, content, most_mb)
    if kind == TEXT:
        text = text_columns(file, content, most_rows) if plain is None else _with_headings(plain)
        table = _headed(_first_lines(text[0]), form)
        table.text = text
    else:
        grids = in_child(file, kind, content, most_rows + LINES_ASIDE, MEMORY_MB)
        table = _chosen(file, grids, form, sheet)
    return _cells(file, table, form, most_rows)


def _with_headings(plain: Cells) -> tuple[list[list[str]], list[int]]:
    """The columns of a text as `text_columns` gives them."""
    columns = [[name, *column] for name, column in zip(plain.header, plain.columns, strict=True)]
    return columns, [len(columns)] * len(columns[0])


def _first_lines(columns: Sequence[Sequence[str]]) -> Grid:
    """The first lines of a text that are not blank, as a grid."""
    lines = zip(*(islice(column, _LINES_SEARCHED) for column in columns), strict=True)
    made = ((number, tuple(text_cell(text.strip()) for text in line)) for number, line in enumerate(lines, 1))
    return Grid("", tuple(islice((row for row in made if any(cell.kind for cell in row[1])), LOOKED_AT)))


def _chosen(file: str, grids: Sequence[Grid], form: Form, sheet: str | None) -> _Table:
    """The sheet that holds the list.  Raises ScenarioError where several do."""
    filled = [grid for grid in grids if grid.rows]
    if not filled:
        wrong(file, "sheet_none")
    if sheet is not None:
        named = [grid for grid in filled if closed(grid.name) == closed(sheet)]
        if not named:
            wrong(file, "sheet_unknown", name=sheet, found=[grid.name for grid in filled][:10])
        tables = [_headed(named[0], form)]
    else:
        tables = [_headed(grid, form) for grid in filled if not grid.hidden]
        if not tables:
            wrong(file, "sheets_hidden", found=[grid.name for grid in filled][:10])
    whole = [table for table in tables if table.is_whole]
    if len(whole) > 1:
        names = [table.grid.name for table in whole]
        wrong(file, "sheets_several", count=len(names), names=names[:10])
    own = {plain_name(text) for text in both(form.sheet)}
    # without a whole one, the sheet nearest to a list shows best what is missing
    found = max(
        whole or tables, key=lambda t: (-t.placed.lacking, plain_name(t.grid.name) in own, t.head is not None)
    )
    for grid in filled:
        if grid is not found.grid:
            key = "sheet_hidden" if grid.hidden else "sheet_other"
            found.statements.append(Statement(key, details={"name": grid.name}))
    if "formulas" in found.grid.unseen:
        found.statements.append(Statement("unseen_formulas"))
    return found


def _headed(grid: Grid, form: Form) -> _Table:
    head = head_of(View(grid), None, is_heading=form.is_heading)
    if head is None:
        first = grid.rows[0][1] if grid.rows else ()
        header = [cell.text.strip() for cell in first]
    else:
        header = [_heading(column, form) for column in head.columns]
    return _Table(grid, head, header, form.placed(header))


def _heading(column: Column, form: Form) -> str:
    """The heading of a column in one text, such as 税收2021（万元） for 税收（万元） above 2021."""
    if column.written or not column.parts:
        return column.written
    parts, unit = column.parts, f"（{column.unit}）" if column.unit else ""
    joined = [part for some in (parts, parts[-2:]) for part in ("".join(some), "".join(some[::-1]))]
    for text in (*joined, *parts[::-1]):
        if form.is_heading(text):
            return text + unit
    return column.name + unit


def _cells(file: str, table: _Table, form: Form, most_rows: int) -> Cells:
    grid, head, placed = table.grid, table.head, table.placed
    at = {"sheet": grid.name} if grid.name else {}
    lines, columns = _by_columns(table)
    above = grid.rows[head.first - 1][0] if head else grid.rows[0][0] if grid.rows else 0
    start = int(np.searchsorted(lines, above, side="right"))
    lines, columns = lines[start:], [column[start:] for column in columns]
    statements = list(table.statements)
    if head is not None and head.unit:
        statements.append(Statement("unit", details={"unit": head.unit}))
    statements += unmerged(grid, lines, columns, table.header, placed)
    found = sorted_rows(lines, columns, placed, _words_above(table), form.is_heading, grid.merged)
    problems = [Problem(key, {}, file, {**at, "row": row}) for row, key in found.refused]
    problems += _uneven(table, lines, found.records, file)
    problems += _unnamed(table, columns, found.records, file, {**at, "row": above})
    totals, said = held_totals(found, lines, columns, table.header, placed)
    problems += [Problem(p.key, p.details, file, {**at, **p.at}) for p in totals]
    statements += [*said, *_left_out(found), *_hidden(grid, lines[found.records])]
    if found.records.sum() > most_rows:
        wrong(file, "sheet_large", at, rows=most_rows, columns=len(columns))
    if not found.records.any() and not problems:
        wrong(file, "csv_no_rows")
    rows = lines[found.records]
    doubts, treated = doubts_in(grid, rows, table.header, placed, file, at)
    if not found.records.all():
        columns = [np.array(column, dtype=object)[found.records] for column in columns]
    top = head.rows[-1] if head else grid.rows[0][0] if grid.rows else 1
    unit = head.unit if head else ""
    return Cells(file, table.header, columns, rows, at, doubts, problems, top, unit, [*statements, *treated])


def _by_columns(table: _Table) -> tuple[Any, list[list[str]]]:
    """The numbers of a sheet's lines, and its columns as text."""
    wide = len(table.header)
    if table.text is not None:
        return np.arange(1, len(table.text[1]) + 1), table.text[0][:wide]
    rows = table.grid.rows
    lines = np.array([number for number, _ in rows], dtype="int64")
    texts = [[cells[at].text if at < len(cells) else "" for _, cells in rows] for at in range(wide)]
    return lines, texts


def _uneven(table: _Table, lines: Any, records: Any, file: str) -> list[Problem]:
    """The problems of records of a text with fewer cells than there are headings, or with more."""
    if table.text is None:
        return []
    columns, lengths = table.text
    width = max((at for at, name in enumerate(table.header, 1) if name), default=0)
    found = np.array(lengths, dtype="int64")
    odd = found < width
    for column in columns[width:]:
        odd |= np.array([bool(cell and cell.strip()) for cell in column], dtype=bool)
    rows = lines[records & odd[lines - 1]].tolist()[:MOST_PROBLEMS]
    details = [{"found": int(found[row - 1]), "should": width} for row in rows]
    return [Problem("row_length", d, file, {"row": row}) for d, row in zip(details, rows, strict=True)]


def _unnamed(
    table: _Table, columns: Sequence[Sequence[str]], records: Any, file: str, at: Mapping[str, object]
) -> list[Problem]:
    """The problem of a column that has something in it and no heading, unless it numbers the rows."""
    names = max((i for i, name in enumerate(table.header, 1) if name), default=0)
    looked_at = names if table.text is not None else len(table.header)  # the rest of a text is uneven
    first = min(table.placed.needed.values(), default=0)
    for i, name in enumerate(table.header[:looked_at]):
        if not name:
            texts = {text.strip() for text in np.array(columns[i], dtype=object)[records].tolist()} - {""}
            if (i > first and texts) or any(not text.isdecimal() for text in texts):
                return [Problem("header_blank", {}, file, at)]
    return []


def _words_above(table: _Table) -> frozenset[str]:
    """All that stands in the headings and above them: lines of it are repeated on printed pages."""
    first = table.head.first if table.head else 0
    words = (closed(cell.text) for _, cells in table.grid.rows[:first] for cell in cells if cell != EMPTY)
    return frozenset(word for word in words if word)


def _left_out(found: Sorted) -> list[Statement]:
    """A statement for each kind of rows that are no records."""
    return [
        Statement(kind, details={"rows": [str(row) for row in rows[:10]], "count": len(rows)})
        for kind, rows in found.left.items()
        if rows
    ]


def _hidden(grid: Grid, rows: Any) -> list[Statement]:
    """Statements about records that the sheet hides, and that are read all the same."""
    said = []
    for key, some in (("records_hidden", grid.hidden_rows), ("rows_filtered", grid.filtered_rows)):
        shown = [str(row) for row in rows.tolist() if row in some] if some else []
        if shown:
            said.append(Statement(key, details={"rows": shown[:10], "count": len(shown)}))
    return said
