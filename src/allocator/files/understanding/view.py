"""A view of a sheet, upright or with rows and columns swapped: its lines, and the places of its cells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from allocator.files.sheets.grids.grid import EMPTY, Cell, Grid
from allocator.files.sheets.number_formats import letters
from allocator.files.understanding.figures import is_word
from allocator.files.understanding.vocabulary import closed, is_recipient_heading, place_like

_MOST_TURNED = 200


@dataclass(frozen=True)
class View:
    """A sheet's lines, each with its number; columns count from 0.  ``turned`` swaps rows and columns."""

    grid: Grid
    turned: bool = False

    @cached_property
    def lines(self) -> Sequence[tuple[int, tuple[Cell, ...]]]:
        if not self.turned:
            return self.grid.rows
        wide = max((len(cells) for _, cells in self.grid.rows), default=0)
        last = self.grid.rows[-1][0] if self.grid.rows else 0
        rows = [[EMPTY] * last for _ in range(wide)]
        for number, cells in self.grid.rows:
            for column, cell in enumerate(cells):
                rows[column][number - 1] = cell
        return [(at, tuple(cells)) for at, cells in enumerate(rows, 1) if any(c.kind for c in cells)]

    @cached_property
    def width(self) -> int:
        return max((len(cells) for _, cells in self.lines), default=0)

    @cached_property
    def merged(self) -> Sequence[tuple[int, int, int, int]]:
        """First row, first column (from 0), last row, last column of merged cells."""
        areas = self.grid.merged
        if self.turned:
            areas = tuple((left, top, right, last) for top, left, last, right in areas)
        return [(top, left - 1, last, right - 1) for top, left, last, right in areas]

    @property
    def hidden_rows(self) -> frozenset[int]:
        return self.grid.hidden_columns if self.turned else self.grid.hidden_rows

    @property
    def filtered_rows(self) -> frozenset[int]:
        return frozenset() if self.turned else self.grid.filtered_rows

    @property
    def hidden_columns(self) -> frozenset[int]:
        return self.grid.hidden_rows if self.turned else self.grid.hidden_columns

    def cell(self, row: int, column: int) -> str:
        """The place of a cell in the sheet, such as C5."""
        return f"{letters(row - 1)}{column + 1}" if self.turned else f"{letters(column)}{row}"

    def column(self, column: int) -> str:
        """The place of a column: its letter, or in a turned table its row's number."""
        return str(column + 1) if self.turned else letters(column)

    def row(self, row: int) -> str:
        """The place of a row: its number, or in a turned table its column's letter."""
        return letters(row - 1) if self.turned else str(row)


def view_of(grid: Grid, is_known: Callable[[str], bool] | None) -> View:
    """The view of a sheet: upright, or turned if its recipients are side by side."""
    upright = View(grid)
    if len(grid.rows) > _MOST_TURNED or upright.width < 3:
        return upright
    fits = is_known or _is_place
    across = max((sum(_fits(cell, fits) for cell in cells) for _, cells in grid.rows), default=0)
    columns = [[cells[at] for _, cells in grid.rows if at < len(cells)] for at in range(upright.width)]
    down = max((sum(_fits(cell, fits) for cell in column) for column in columns), default=0)
    return View(grid, True) if across >= 2 and across > 2 * down else upright


def _fits(cell: Cell, fits: Callable[[str], bool]) -> bool:
    return is_word(cell) and fits(cell.text)


def _is_place(text: str) -> bool:
    return place_like(text) and not is_recipient_heading(text) and len(closed(text)) > 1
