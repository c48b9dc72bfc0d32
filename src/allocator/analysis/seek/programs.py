"""Moves by integer programs, where there are too many to go through one by one.

For moves that take so many steps up, a program holds every form, and every rank where amounts are linear in
the weights, with room for all that rounding can do.  Where it has no solution no move of that size meets the
targets; else its solutions come in the order in which moves count.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from allocator.analysis.seek.moves import Moves, TooMany

if TYPE_CHECKING:
    from allocator.analysis.batch.masks import Array, Ints

NODES = 300  # that a program may take, and
MOST_PROGRAMS = 500  # programs that a search may take, before there are too many
LOOSE = 1e-7  # by how much rows are loosened, their largest coefficient being 1


class Rank(NamedTuple):
    """At most (``side`` 1) or at least (−1) ``bound`` of some sums Σ c · move + ``base`` are above zero."""

    side: int
    bound: int
    coefficients: Array  # others × factors
    base: Array


class Programs:
    """The moves that meet some forms and ranks, in the order in which they count.

    A form (coefficients, least) stands for Σ coefficient · move ≥ least.
    """

    def __init__(
        self, moves: Moves, forms: Sequence[tuple[Sequence[float], float]], ranks: Sequence[Rank]
    ) -> None:
        self.moves, self.forms, self.ranks = moves, forms, ranks
        self.size = len(moves.factors)
        self.solved = 0

    def level(self, steps: int) -> Iterator[tuple[int, ...]]:
        """The moves that take this many steps up and as many down.

        Raises TooMany once that takes more programs, or larger ones, than are allowed.
        """
        if not steps and all(
            low <= 0 <= high for low, high in zip(self.moves.low, self.moves.high, strict=True)
        ):
            yield (0,) * self.size
        for largest in range(1, steps + 1):
            level = _Level(self, steps, largest)
            yield from self._in_order(level, level.low, level.high, 0)

    def _in_order(self, level: _Level, low: Ints, high: Ints, start: int) -> Iterator[tuple[int, ...]]:
        """The solutions in a box whose moves before ``start`` are fixed, the largest first moves first."""
        first = self._first(level, low, high, start)
        if first is None:
            return
        yield tuple(map(int, first))
        for j in reversed(range(start, self.size - 1)):  # the last move is what the others leave
            if first[j] > low[j]:
                below, above = low.copy(), high.copy()
                below[:j] = above[:j] = first[:j]
                above[j] = first[j] - 1
                yield from self._in_order(level, below, above, j)

    def _first(self, level: _Level, low: Ints, high: Ints, start: int) -> Ints | None:
        """The solution with the largest first move, of these that with the largest second one, and so on."""
        low, high = low.copy(), high.copy()
        found: Ints | None = None
        for j in range(start, self.size):
            if found is None or found[j] < high[j]:
                found = self._solved(level, low, high, j)
                if found is None:
                    return None
            low[j] = high[j] = found[j]
        return found

    def _solved(self, level: _Level, low: Ints, high: Ints, j: int) -> Ints | None:
        """The solution in a box with the largest move of factor j; None where there is none."""
        self.solved += 1
        if self.solved > MOST_PROGRAMS:
            raise TooMany
        aim = np.zeros(level.width)
        aim[j], aim[self.size + j] = -1, 1
        found = milp(
            aim,
            integrality=np.ones(level.width),
            bounds=level.bounds(low, high),
            constraints=level.rows,
            options={"node_limit": NODES},
        )
        if found.status == 2:
            return None
        if found.status != 0:
            raise TooMany
        return np.asarray(level.moves(found.x))


class _Level:
    """The program of the moves of one size whose largest single move is of one size.

    Its variables are each factor's steps up, its steps down, 1 where it moves up, 1 where it moves by the
    largest, and for each sum of a rank that can be above zero or not, 1 where it may be.
    """

    def __init__(self, of: Programs, steps: int, largest: int) -> None:
        size, moves = of.size, of.moves
        self.size = size
        self.low = np.maximum(np.array(moves.low), -largest)
        self.high = np.minimum(np.array(moves.high), largest)
        up, down = np.maximum(self.high, 0), np.maximum(-self.low, 0)
        ranks = [_open(rank, up, down, steps) for rank in of.ranks]
        self.width = 4 * size + sum(len(base) for _, _, base, _ in ranks)
        self._rows: list[tuple[Array, float, float]] = []
        for form, least in of.forms:
            scale = max(map(abs, form), default=0.0) or 1.0
            row, right = np.array(form) / scale, least / scale
            self._row({0: row, size: -row}, right - LOOSE * (1 + abs(right)), np.inf)
        ones, one = np.ones(size), np.eye(size)
        self._row({0: ones}, steps, steps)
        self._row({size: ones}, steps, steps)
        self._row({3 * size: ones}, 1, np.inf)
        for j in range(size):
            self._row({0: one[j], 2 * size: -up[j] * one[j]}, -np.inf, 0)
            self._row({size: one[j], 2 * size: down[j] * one[j]}, -np.inf, down[j])
            self._row({0: one[j], size: one[j], 3 * size: -largest * one[j]}, 0, np.inf)
        at = 4 * size
        for rank, (certain, coefficients, base, ends) in zip(of.ranks, ranks, strict=True):
            for k, (sum_, start, end) in enumerate(zip(coefficients, base, ends, strict=True)):
                scale = float(np.abs(sum_).max()) or 1.0
                sides = {0: sum_ / scale, size: -sum_ / scale}
                if rank.side > 0:  # above zero only where counted
                    self._row({**sides, at + k: np.array([-end / scale])}, -np.inf, LOOSE - start / scale)
                else:  # counted only where above zero
                    self._row(
                        {**sides, at + k: np.array([end / scale])}, (end - start) / scale - LOOSE, np.inf
                    )
            left = rank.bound - certain
            ends_ = (-np.inf, left) if rank.side > 0 else (left, np.inf)
            self._row({at: np.ones(len(base))}, *ends_)
            at += len(base)
        table = np.array([row for row, _, _ in self._rows])
        self.rows = LinearConstraint(
            table, [low for _, low, _ in self._rows], [high for _, _, high in self._rows]
        )

    def _row(self, parts: dict[int, Array], low: float, high: float) -> None:
        row = np.zeros(self.width)
        for at, part in parts.items():
            row[at : at + len(part)] += part
        self._rows.append((row, low, high))

    def bounds(self, low: Ints, high: Ints) -> Bounds:
        """The ends of the variables for moves between these."""
        least, most = np.zeros(self.width), np.ones(self.width)
        size = self.size
        least[:size], most[:size] = np.maximum(low, 0), np.maximum(high, 0)
        least[size : 2 * size], most[size : 2 * size] = np.maximum(-high, 0), np.maximum(-low, 0)
        return Bounds(least, most)

    def moves(self, point: Array) -> Ints:
        """The moves of a solution."""
        found = np.rint(point[: self.size] - point[self.size : 2 * self.size])
        return np.asarray(found.astype(np.int64))


def _open(rank: Rank, up: Ints, down: Ints, steps: int) -> tuple[int, Array, Array, Array]:
    """The number of sums above zero in all moves of a size, and those that are in some, with far ends.

    The far end is the most that a sum can be, or for a rank from below the least.
    """
    most = rank.base + np.array([_reach(row, up, down, steps) for row in rank.coefficients])
    least = rank.base - np.array([_reach(-row, up, down, steps) for row in rank.coefficients])
    open_ = (most > 0) & (least <= 0)
    ends = most if rank.side > 0 else least
    certain = int(np.count_nonzero(least > 0))
    return certain, rank.coefficients[open_], rank.base[open_], ends[open_]


def _reach(row: Array, up: Ints, down: Ints, steps: int) -> float:
    """The most that Σ c · move can be over moves that take so many steps up and as many down."""
    rising = np.argsort(row, kind="stable")
    falling = rising[::-1]
    gained = np.repeat(row[falling], up[falling])[:steps].sum()
    return float(gained - np.repeat(row[rising], down[rising])[:steps].sum())
