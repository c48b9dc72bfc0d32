"""Cells of a list that need a look of their own: merged ones, and numbers that show another number."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from allocator.core.errors import Problem
from allocator.core.statement import Statement
from allocator.files.sheets.grids.grid import NUMBER, Cell, Grid, is_scaled, words_of
from allocator.files.sheets.number_formats import mixed, shows_percent
from allocator.files.understanding.record_rows import Placed
from allocator.files.understanding.vocabulary import closed, heading_of, is_unit

_SHOWN = 10


def unmerged(
    grid: Grid, lines: Any, columns: Sequence[list[str]], header: Sequence[str], placed: Placed
) -> list[Statement]:
    """Writes a text merged over several rows into each of them, and gives a statement for each column.

    A figure that is merged over several rows stays where it is: nobody knows how it is divided.
    """
    numbers = lines.tolist()
    ends: dict[int, int] = defaultdict(int)  # of each column, the last row that is filled already
    found: dict[int, list[str]] = defaultdict(list)
    for top, left, last, right in sorted(grid.merged):
        at = left - 1
        if last == top or right > left or at not in placed.texts:
            continue
        first = max(top, ends[at] + 1)
        ends[at] = max(ends[at], last)
        start, end = bisect_left(numbers, first), bisect_right(numbers, last)
        column = columns[at]
        if start >= end or numbers[start] != top:  # the text stands in the first row alone
            continue
        for row in range(start + 1, end):
            column[row] = column[row] or column[start]
        found[at].append(f"{top}–{last}")
    return [
        Statement("records_merged", details={"column": header[at], "rows": rows[:_SHOWN], "count": len(rows)})
        for at, rows in sorted(found.items())
    ]


def doubts_in(
    grid: Grid, rows: Any, header: Sequence[str], placed: Placed, file: str, at: Mapping[str, str]
) -> tuple[dict[int, list[Problem]], list[Statement]]:
    """The problems of the columns of figures whose cells are merged or do not hold what they show, by column.

    A column that shows percentages throughout is read as stored, which is said.
    """
    found: dict[int, list[Problem]] = defaultdict(list)
    said: list[Statement] = []
    records = set(rows.tolist()) if placed.figures else set()
    _merged_figures(grid, sorted(records), header, placed, file, at, found)
    formatted = [
        (number, column, cells[column])
        for number, cells in (grid.rows if any(c.format for _, row in grid.rows for c in row) else ())
        if number in records
        for column in placed.figures
        if column < len(cells) and cells[column].format and cells[column].kind == NUMBER
    ]
    percents = {(number, column + 1) for number, column, cell in formatted if shows_percent(cell.format)}
    if percents:
        texts = [(number, [cell.text for cell in cells]) for number, cells in grid.rows if number in records]
        apart = mixed([(0, list(header)), *texts], percents, file, at)
        for column, problem in apart.items():
            found[column].append(problem)
        for column in sorted({column - 1 for _, column in percents} - apart.keys()):
            said.append(Statement("records_percents", details={"column": header[column]}))
    odd: dict[tuple[int, str], list[tuple[int, Cell]]] = defaultdict(list)
    for number, column, cell in formatted:
        key = _doubt(cell, header[column])
        if key:
            odd[column, key].append((number, cell))
    for (column, key), cells in odd.items():
        (number, cell) = cells[0]
        details = {"value": cell.text, "unit": words_of(cell.format), "count": len(cells)}
        where = {**at, "row": number, "column": header[column]}
        found[column].append(Problem(key, details, file, where))
    return found, said


def _merged_figures(
    grid: Grid,
    records: Sequence[int],
    header: Sequence[str],
    placed: Placed,
    file: str,
    at: Mapping[str, str],
    found: dict[int, list[Problem]],
) -> None:
    used = placed.texts | placed.figures
    for top, left, last, right in grid.merged:
        inside = [column for column in range(left - 1, min(right, len(header))) if column in used]
        below = bisect_right(records, last) - bisect_left(records, top)
        figures = [column for column in inside if column in placed.figures]
        if below and inside and ((figures and below > 1) or len(inside) > 1):
            column = (figures or inside)[0]
            where = {**at, "row": max(top, 1), "column": header[column]}
            found[column].append(Problem("cell_merged", {"last": last}, file, where))


def _doubt(cell: Cell, heading: str) -> str:
    """The key of what is wrong with a number's format, "" for nothing."""
    if is_scaled(cell.format):
        return "cell_scaled"
    unit = closed(words_of(cell.format))
    if not unit or not is_unit(unit) or cell.text in ("0", "0.0"):
        return ""
    stated = closed(heading_of(heading).unit)
    return "" if unit.removesuffix("元") == stated.removesuffix("元") and stated else "cell_other_unit"
