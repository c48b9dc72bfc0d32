"""A table as it is shown: exact values, and the figures that people see of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import compress
from typing import Any, Literal

from allocator.core.exact import Number, Scaled, plain, scaled
from allocator.report.tables.records import Cells, Record, Records, Role
from allocator.report.tables.rounding import units_adding_up
from allocator.text import ZH, Phrasebook

Kind = Literal["text", "money", "share", "change", "stage", "rate", "written"]

# decimals of figures; None: as many as there are.  A new kind of figure needs an entry here
_PLACES: dict[Kind, int | None] = {"money": None, "change": None, "share": 2, "stage": 2, "rate": 2}


@dataclass(frozen=True)
class Column:
    """A column: how its figures are written follows from its kind.

    money and change are exact, stage (a step of the calculation) and rate (with its sign) have two decimals,
    share is a part of one that shows as percent, written a figure that is a text already.  Where the column
    adds, the recipients' figures are rounded so that they add up to the total as shown; the totals of columns
    that add under the same name add up to theirs.
    """

    key: str
    header: str
    kind: Kind
    adds: str = ""


@dataclass(frozen=True)
class Row:
    """A row as it is shown: what it is, and its cells as text."""

    role: Role
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table with its exact values; ``headers``, ``numeric`` and ``rows`` are what people see.

    ``scale`` is how many of the currency's main unit one shown unit of money is.  ``stated`` is the line
    above right, where it is not the unit of money.  ``heavy`` are the positions of the columns that papers
    set in heavy letters.
    """

    book: Phrasebook
    currency: str
    scale: int
    columns: tuple[Column, ...]
    records: Sequence[Record]
    caption: str = ""
    stated: str | None = None
    heavy: tuple[int, ...] = ()

    @property
    def unit(self) -> str:
        """The line above right of the table: 单位：万元."""
        if self.stated is not None:
            return self.stated
        return self.book.say("table.unit", unit=self.book.money_unit(self.currency, self.scale))

    @property
    def headers(self) -> tuple[str, ...]:
        """The columns' headings."""
        return tuple(column.header for column in self.columns)

    @property
    def numeric(self) -> tuple[bool, ...]:
        """For each column, True if it holds figures."""
        return tuple(column.kind != "text" for column in self.columns)

    @cached_property
    def _columnwise(self) -> Records:
        return Records.of(self.records, len(self.columns))

    @property
    def cells(self) -> tuple[Cells, ...]:
        """The records' cells column by column."""
        return self._columnwise.columns

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles of the rows."""
        return self._columnwise.roles

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The rows, their figures written as the language does."""
        return tuple(map(Row, self.roles, zip(*self.shown, strict=True)))

    @cached_property
    def shown(self) -> tuple[list[str], ...]:
        """The texts of ``rows`` column by column."""
        return tuple(map(self._shown, self._figures, self.columns))

    @cached_property
    def figures(self) -> tuple[tuple[Any, ...], ...]:
        """The records' figures as they are shown: money in the shown unit, shares as percent."""
        return tuple(zip(*(column.values for column in self._figures), strict=True))

    @cached_property
    def _figures(self) -> tuple[Cells, ...]:
        return self._rounded(self.scale, 2)

    def adding(self, name: str) -> list[tuple[Number, ...]]:
        """The columns that add under a name, each the recipients' figures as they are shown."""
        recipient = [role == "recipient" for role in self.roles]
        return [
            tuple(compress(cells.values, recipient))
            for column, cells in zip(self.columns, self._figures, strict=True)
            if column.adds == name
        ]

    def _rounded(self, scale: int, percents: int) -> tuple[Cells, ...]:
        """The records' figures in a unit and as percent, those of columns that add rounded."""
        columns = list(self.cells)
        groups: dict[str, list[int]] = {}
        for at, (column, cells) in enumerate(zip(self.columns, columns, strict=True)):
            size = 100 if column.kind == "share" else Fraction(1, scale)
            columns[at] = replace(cells, numbers=cells.numbers.times(size))
            if column.adds:
                groups.setdefault(column.adds, []).append(at)
        recipient = [role == "recipient" for role in self.roles] if groups else []
        for members in groups.values():
            places = percents if self.columns[members[0]].kind == "share" else 2
            # recipients that this scenario lacks stay blank
            own = [[recipient[row] for row in columns[at].rows] for at in members]
            numbers = [columns[at].numbers for at in members]
            parts = [
                Scaled(list(compress(part.numerators, there)), part.over)
                for part, there in zip(numbers, own, strict=True)
            ]
            sums = scaled([Fraction(sum(part.numerators), part.over) for part in parts])
            totals = units_adding_up(sums, places)
            for at, there, part, total in zip(members, own, parts, totals, strict=True):
                rounded = iter(units_adding_up(part, places, total))
                units = [next(rounded) if one else total for one in there]
                columns[at] = replace(columns[at], numbers=Scaled(units, 10**places))
        return tuple(columns)

    @property
    def tints(self) -> tuple[tuple[int, ...], ...]:
        """The strength of the cells' tint: recipients' changes from −3 to 3, by the largest; all else 0."""
        nothing = [0] * len(self.roles)
        columns = [
            [
                value if value and role == "recipient" else 0
                for role, value in zip(self.roles, cells.values, strict=True)
            ]
            if column.kind == "change"
            else nothing
            for column, cells in zip(self.columns, self.cells, strict=True)
        ]
        sizes = list(zip(*columns, strict=True))
        largest = max((abs(size) for row in sizes for size in row), default=0)
        return tuple(
            tuple((-1 if size < 0 else 1) * -(-3 * abs(size) // largest) if size else 0 for size in row)
            for row in sizes
        )

    def _shown(self, cells: Cells, column: Column) -> list[str]:
        sign = column.kind in ("change", "rate")
        places = _PLACES[column.kind] if cells.rows else None
        return cells.filled(self.book.numbers(*cells.numbers, places, sign=sign), "")

    def plain_rows(self) -> tuple[list[str], list[list[str]]]:
        """Headings and rows for a file: money in the main unit, plain digits, for spreadsheets."""
        unit = self.book.money_unit(self.currency, 1)
        headers = [
            self.book.say("table.header_unit", header=column.header, unit=unit)
            if column.kind in ("money", "change", "stage", "rate")
            else column.header
            for column in self.columns
        ]
        columns = map(_filed, self._rounded(1, 6), self.columns)
        return headers, list(map(list, zip(*columns, strict=True)))


def _filed(cells: Cells, column: Column) -> list[str]:
    if not cells.rows:
        return cells.filled((), "")
    figures = ZH.numbers(*cells.numbers, 6 if column.kind == "share" else _PLACES[column.kind])
    if min(cells.numbers.numerators) < 0:
        figures = [figure.replace("−", "-") for figure in figures]
    return cells.filled(figures, "")


def total_of(values: Iterable[Number | None]) -> Number:
    """The sum of the figures of a column, its blanks left out."""
    return plain(sum((value for value in values if value is not None), start=0))


def written(
    caption: str,
    headers: Iterable[str],
    numeric: Iterable[bool],
    rows: Iterable[Row],
    unit: str = "",
) -> Table:
    """A table whose cells are texts already; ``numeric`` columns hold figures, ``unit`` is above right."""
    kinds: tuple[Kind, Kind] = ("text", "written")
    columns = tuple(
        Column(str(at), header, kinds[is_figure])
        for at, (header, is_figure) in enumerate(zip(headers, numeric, strict=True))
    )
    return Table(ZH, "", 1, columns, tuple((row.role, row.cells) for row in rows), caption, unit)


def listed(
    caption: str, headers: Sequence[str], rows: Iterable[Sequence[str]], figures: Iterable[int] = ()
) -> Table:
    """A table of lines of text, with figures in the columns at these positions."""
    at = set(figures)
    numeric = [column in at for column in range(len(headers))]
    return written(caption, headers, numeric, [Row("recipient", tuple(cells)) for cells in rows])


def heading(name: str) -> str:
    """A name as the heading of a column: with a capital."""
    return name[:1].upper() + name[1:]
