"""A table as it is shown: exact values, and the figures that people see of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

from allocator.core.exact import Number, plain
from allocator.report.tables.rounding import adding_up
from allocator.text import ZH, Phrasebook

Role = Literal["recipient", "reservation", "subtotal", "total"]
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
    above right, where it is not the unit of money.
    """

    book: Phrasebook
    currency: str
    scale: int
    columns: tuple[Column, ...]
    records: tuple[tuple[Role, tuple[Any, ...]], ...]
    caption: str = ""
    stated: str | None = None

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
    def rows(self) -> tuple[Row, ...]:
        """The rows, their figures written as the language does."""
        return tuple(
            Row(role, tuple(map(self._shown, values, self.columns)))
            for (role, _), values in zip(self.records, self.figures, strict=True)
        )

    @cached_property
    def figures(self) -> tuple[tuple[Any, ...], ...]:
        """The records' figures as they are shown: money in the shown unit, shares as percent."""
        return self._rounded(self.scale, 2)

    def adding(self, name: str) -> list[tuple[Number, ...]]:
        """The columns that add under a name, each the recipients' figures as they are shown."""
        recipients = [
            values
            for (role, _), values in zip(self.records, self.figures, strict=True)
            if role == "recipient"
        ]
        return [
            tuple(values[at] for values in recipients)
            for at, column in enumerate(self.columns)
            if column.adds == name
        ]

    def _rounded(self, scale: int, percents: int) -> tuple[tuple[Any, ...], ...]:
        """The records' figures in a unit and as percent, those of columns that add rounded."""
        columns = [[values[at] for _, values in self.records] for at in range(len(self.columns))]
        recipients = [at for at, (role, _) in enumerate(self.records) if role == "recipient"]
        groups: dict[str, list[int]] = {}
        for at, (column, cells) in enumerate(zip(self.columns, columns, strict=True)):
            size = Fraction(100) if column.kind == "share" else Fraction(1, scale)
            columns[at] = [x if x is None or isinstance(x, str) else plain(x * size) for x in cells]
            if column.adds:
                groups.setdefault(column.adds, []).append(at)
        for members in groups.values():
            places = percents if self.columns[members[0]].kind == "share" else 2
            parts = [[columns[at][row] for row in recipients] for at in members]
            totals = adding_up([total_of(part) for part in parts], places)
            for at, part, total in zip(members, parts, totals, strict=True):
                columns[at] = [x if x is None else total for x in columns[at]]
                # recipients that this scenario lacks stay blank
                there = [
                    (row, figure) for row, figure in zip(recipients, part, strict=True) if figure is not None
                ]
                rounded = adding_up([figure for _, figure in there], places, total)
                for (row, _), figure in zip(there, rounded, strict=True):
                    columns[at][row] = figure
        return tuple(zip(*columns, strict=True))

    @property
    def tints(self) -> tuple[tuple[int, ...], ...]:
        """The strength of the cells' tint: recipients' changes from −3 to 3, by the largest; all else 0."""
        change = [column.kind == "change" for column in self.columns]
        sizes = [
            [
                value if tinted and value and role == "recipient" else 0
                for value, tinted in zip(values, change, strict=True)
            ]
            for role, values in self.records
        ]
        largest = max((abs(size) for row in sizes for size in row), default=0)
        return tuple(
            tuple((-1 if size < 0 else 1) * -(-3 * abs(size) // largest) if size else 0 for size in row)
            for row in sizes
        )

    def _shown(self, value: Any, column: Column) -> str:
        if value is None:
            return ""
        if isinstance(value, str):
            return value
        return self.book.number(value, _PLACES[column.kind], sign=column.kind in ("change", "rate"))

    def plain_rows(self) -> tuple[list[str], list[list[str]]]:
        """Headings and rows for a file: money in the main unit, plain digits, for spreadsheets."""
        unit = self.book.money_unit(self.currency, 1)
        headers = [
            self.book.say("table.header_unit", header=column.header, unit=unit)
            if column.kind in ("money", "change", "stage", "rate")
            else column.header
            for column in self.columns
        ]
        return headers, [list(map(_filed, values, self.columns)) for values in self._rounded(1, 6)]


def _filed(value: Any, column: Column) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    places = 6 if column.kind == "share" else _PLACES[column.kind]
    return ZH.number(value, places).replace("−", "-")


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
