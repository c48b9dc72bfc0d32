"""Figures rounded so that they add up as shown."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from allocator.core.exact import Number, Scaled, scaled
from allocator.core.stages.round import largest_remainder


def adding_up(values: Sequence[Number], places: int, total: Number | None = None) -> list[Number]:
    """The values rounded to so many decimals by the largest remainder, so that they add up as shown.

    They add up to ``total``, which is their sum as it is shown; without it, their sum is rounded.

    >>> adding_up([Fraction(1, 3), Fraction(1, 3), Fraction(1, 3)], 1)
    [Fraction(2, 5), Fraction(3, 10), Fraction(3, 10)]
    """
    if not values:
        return []
    column = scaled(values)
    size = 10**places
    units = None if total is None else round(total * size)
    return Scaled(units_adding_up(column, places, units), size).numbers


def units_adding_up(column: Scaled, places: int, total: int | None = None) -> list[int]:
    """The figures of `adding_up`, and its ``total``, as integers: in units of the last decimal.

    >>> units_adding_up(Scaled([1, 1, 1], 3), 1)
    [4, 3, 3]
    """
    numerators, over = column.times(10**places)
    if total is None:
        total = round(Fraction(sum(numerators), over))
    return largest_remainder(numerators, over, total)[0]


def adding_both_ways(
    rows: Sequence[Sequence[Number]], totals: Sequence[Number] | None = None
) -> list[list[int]]:
    """The figures of a table as whole numbers that add up along every row and down every column.

    A row adds up to its total (its rounded sum where none is given), a column to its own sum, rounded down
    or up where that is not whole.  Each row is rounded by the largest remainder; where a column is off then,
    a unit moves within the rows in which that makes least difference, of equal ones in the first.

    >>> half = Fraction(1, 2)
    >>> adding_both_ways([[half, half], [half, half]])
    [[0, 1], [1, 0]]
    """
    if not rows:
        return []
    size = len(rows[0])
    flat, over = scaled([value for row in rows for value in row])
    cells = [list(flat[at : at + size]) for at in range(0, len(flat), size)]
    wholes = [round(Fraction(sum(row), over)) for row in cells] if totals is None else list(map(int, totals))
    units = [largest_remainder(row, over, whole)[0] for row, whole in zip(cells, wholes, strict=True)]
    # the excess of each figure, and of each column, over its exact value
    above = [[u * over - x for u, x in zip(us, xs, strict=True)] for us, xs in zip(units, cells, strict=True)]
    columns = [sum(column) for column in zip(*above, strict=True)]
    while path := _shift(above, columns, over):
        for row, giver, taker in path:
            for column, by in ((giver, -1), (taker, 1)):
                units[row][column] += by
                above[row][column] += by * over
                columns[column] += by * over
    return units


def _shift(
    above: Sequence[Sequence[int]], columns: Sequence[int], over: int
) -> list[tuple[int, int, int]] | None:
    """The moves, row by row, of a unit from a column with too much to one with too little; None: no need."""
    much = [column for column, by in enumerate(columns) if by >= over]
    little = [column for column, by in enumerate(columns) if by <= -over]
    if much:
        little = [column for column, by in enumerate(columns) if by < 0]
    elif little:
        much = [column for column, by in enumerate(columns) if by > 0]
    cheapest: dict[tuple[int, int], tuple[int, int]] = {}  # from a column to another: the cost and the row
    for row, figures in enumerate(above if much and little else ()):
        takers = [column for column, by in enumerate(figures) if by < 0]
        for giver, by in enumerate(figures):
            for taker in takers if by > 0 else ():
                cost = over - by + figures[taker]  # half of what the sum of squares grows by
                if (giver, taker) not in cheapest or cost < cheapest[giver, taker][0]:
                    cheapest[giver, taker] = cost, row
    reached = dict.fromkeys(much, 0)
    paths: dict[int, list[tuple[int, int, int]]] = {column: [] for column in much}
    for _ in columns:  # Bellman and Ford: no path is longer
        for (giver, taker), (cost, row) in cheapest.items():
            if giver in reached and (taker not in reached or reached[giver] + cost < reached[taker]):
                reached[taker] = reached[giver] + cost
                paths[taker] = [*paths[giver], (row, giver, taker)]
    ends = [column for column in little if column in reached]
    return paths[min(ends, key=reached.__getitem__)] if ends else None
