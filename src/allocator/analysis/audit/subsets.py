"""The exact ends of cells and of weighted sums of rows of a table with known margins, by subsets of factors.

Let row i alone be free: y_i with least ≤ y_i ≤ most and low ≤ Σ y_i ≤ high, at one m.  The least and the
most that it can put into a subset X of factors are, with X′ the other factors and sums over subsets,

    f_i(X) = max(least_i(X), low_i − most_i(X′)),     g_i(X) = min(most_i(X), high_i − least_i(X′)).

Such rows are generalized polymatroids.  Sums of these are again some, with Σ f and Σ g, and so is what of
them lies in a box, where a group's sums are known (Frank & Tardos, Generalized polymatroids and submodular
flows, Mathematical Programming 42, 1988; it is the theorem of maximal flow and minimal cut).  So a table
exists if and only if f(X) ≤ columns(X) ≤ g(X) for all X with the f and g of everybody, and no box is empty.

A part of everybody, a row or a group, holds whatever the others leave of the columns: again a sum.  Within a
part that holds between P(X) and B(X) of each subset, row i holds no more of X and of Z than

    b_i(X) = min(B(X) − Σ f(X) + f_i(X), high_i − P(X′) + Σ g(X′) − g_i(X′)),
    β_i(Z) = min over X of b_i(X) − least_i(X \\ Z) + most_i(Z \\ X),

and it reaches β_i(Z), as cutting with low ≤ Σ ≤ high and with a box leaves a generalized polymatroid with
just these figures.  For rates r_1 ≥ r_2 ≥ … ≥ 0, the most of Σ r_j y_ij is Σ (r_t − r_t+1) β_i({1, …, t}),
as one row reaches all of these (the greedy algorithm).  The least are the most of the tables −y.

Each of these figures is concave in m, in straight pieces: sums and smaller ones of such as f_i and g_i, which
are the larger or the smaller of a constant and a line.  A line that touches one from above is a bound for
every m, so the most over all m is found exactly where two of them cross that it reaches (`Subsets.highest`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from allocator.analysis.audit.margins import Group, Margins
from allocator.analysis.audit.pieces import Lines, Pieces, gathered, raised, smaller

Sum = Sequence[tuple[int, int]]  # Σ times · the sum over a subset, which is a number with a bit for a factor
Ratios = tuple[list[int], list[int]]  # numerators and denominators
BLOCK = 1 << 16  # numbers in an array at a time
WIDEST = 1 << 62


@dataclass(frozen=True, eq=False)
class _Part:
    """A group, or everybody: the groups within it, and its rows in none of these with their Σ f and Σ g."""

    group: Group | None
    rows: Any
    within: tuple[int, ...]
    lower: Pieces
    upper: Pieces


@dataclass(frozen=True, eq=False)
class _Held:
    """The least and the most that each part holds of every subset by itself, and within its box."""

    inside: list[tuple[Lines, Lines]]
    boxed: list[tuple[Lines, Lines]]


class Subsets:
    """All that subsets of factors say of tables with known margins.

    ``span`` are the least and the most m at which there are any, or None.  ``times`` is the largest sum of
    factors by which subsets will be multiplied.
    """

    def __init__(self, margins: Margins, times: int = 1) -> None:
        self.margins = margins
        self.width = margins.most.shape[1]
        self.full = (1 << self.width) - 1
        self.subsets = np.arange(self.full + 1)
        self.kind: Any = np.int64 if _size(margins, times) < WIDEST else object
        self.block = max(1, BLOCK >> self.width)
        self.span: tuple[Fraction, Fraction] | None = None
        ends = self._own_ends()
        if ends is not None:
            self.first, self.last = ends
            self.columns = self.sums(margins.columns[None, :])
            self.parts = self._parts()
            self.span = self._span()

    def sums(self, cells: Any) -> Any:
        """The sum of each row over every subset."""
        found = np.zeros((len(cells), 1), dtype=self.kind)
        for j in range(self.width):
            found = np.concatenate([found, found + cells[:, j : j + 1].astype(self.kind)], axis=1)
        return found

    def _own_ends(self) -> tuple[int, int] | None:
        """The ends of m between which every row by itself can be; None where there are none."""
        m = self.margins
        up, down = m.high - m.least.sum(axis=1), m.most.sum(axis=1) - m.low
        boxes = [(m.least, m.most), *((group.least, group.most) for group in m.groups)]
        if (up[~m.rises] < 0).any() or (down[~m.falls] < 0).any() or any((a > b).any() for a, b in boxes):
            return None
        first = max([m.first, *(-up[m.rises])])
        last = min([m.last, *down[m.falls]])
        return (int(first), int(last)) if first <= last else None

    def _parts(self) -> list[_Part]:
        """The groups, those within others first, and at the end everybody."""
        left = set(range(len(self.margins.low)))
        outer: list[int] = []  # the groups so far that are in none of these
        found: list[_Part] = []
        for group in (*self.margins.groups, None):
            all_ = frozenset(range(len(self.margins.low))) if group is None else group.rows
            rows = np.array(sorted(left & all_), dtype=int)
            within = tuple(at for at in outer if self.margins.groups[at].rows <= all_)
            left -= all_
            outer = [*(at for at in outer if at not in within), len(found)]
            found.append(_Part(group, rows, within, *self.pieces(rows)))
        return found

    def pieces(self, rows: Any) -> tuple[Pieces, Pieces]:
        """Σ f and Σ g of these rows, by subset."""
        starts, slopes = (np.zeros((2, self.full + 1), dtype=self.kind) for _ in range(2))
        bends: list[list[tuple[Any, Any]]] = [[], []]
        first = np.full((1, 1), self.first, dtype=self.kind)
        for block in self._blocks(rows):
            row = _Rows.of(self, block)
            for side, (start, slope) in enumerate(row.ends(first)):
                starts[side] += start.sum(axis=0)
                slopes[side] += slope.sum(axis=0)
                places, moves = row.places[side], row.moves[side]
                at, subset = np.nonzero((places > self.first) & (places <= self.last) & moves)
                bends[side].append((subset, places[at, subset]))
        lower, upper = (
            Pieces(start, slope, gathered(bend), turn)
            for start, slope, bend, turn in zip(starts, slopes, bends, (1, -1), strict=True)
        )
        return lower, upper

    def _blocks(self, rows: Any) -> list[Any]:
        return [rows[at : at + self.block] for at in range(0, len(rows), self.block)]

    # --- groups -----------------------------------------------------------------------------------

    def _held(self, over: Any, under: Any) -> _Held:
        """All that the parts hold by themselves at m = over / under."""
        floor, held = over // under, _Held([], [])
        for part in self.parts:
            low, high = part.lower.at(floor), part.upper.at(floor)
            for at in part.within:
                low, high = low + held.boxed[at][0], high + held.boxed[at][1]
            held.inside.append((low, high))
            held.boxed.append(self._boxed(part.group, low, high, over, under))
        return held

    def _boxed(
        self, group: Group | None, low: Lines, high: Lines, over: Any, under: Any
    ) -> tuple[Lines, Lines]:
        """The same within the box of what is known of a group's sums, one factor after the other."""
        if group is not None:
            for j in group.factors:
                least, most = int(group.least[j]), int(group.most[j])
                high = smaller(high, raised(high, j, most, least), over, under)
                low = -smaller(-low, raised(-low, j, -least, -most), over, under)
        return low, high

    def around(self, at: int, over: Any, under: Any) -> tuple[Lines, Lines, Lines, Lines]:
        """P and B of a part at m = over / under, and Σ f and Σ g of all that is in it."""
        held = self._held(over, under)
        path = [at]
        while path[-1] != len(self.parts) - 1:
            path.append(next(n for n, part in enumerate(self.parts) if path[-1] in part.within))
        least = most = Lines(self.columns, np.zeros_like(self.columns))
        for outer, inner in zip(path[:0:-1], path[-2::-1], strict=True):
            low, high = held.inside[outer]
            own = held.boxed[inner]
            least, most = least - high + own[1], most - low + own[0]
            least, most = self._boxed(self.parts[inner].group, least, most, over, under)
        return least, most, *held.inside[at]

    # --- m ----------------------------------------------------------------------------------------

    def _gaps(self, over: Any, under: Any) -> Lines:
        """The figures that are below zero where there is no table."""
        held, gaps = self._held(over, under), []
        for part, (low, high) in zip(self.parts, held.inside, strict=True):
            if part.group is None:
                least = most = Lines(self.columns, np.zeros_like(self.columns))
            else:
                boxes = (self.sums(side[None, :]) for side in (part.group.least, part.group.most))
                least, most = (Lines(box, np.zeros_like(box)) for box in boxes)
            gaps += [most - low, high - least]
        return Lines(
            *(np.concatenate([getattr(gap, of) for gap in gaps], axis=1) for of in ("start", "slope"))
        )

    def _span(self) -> tuple[Fraction, Fraction] | None:
        """The least and the most m at which there is a table: each line that is below zero shows the way."""
        ends = []
        for start, other, sign in ((self.first, self.last, 1), (self.last, self.first, -1)):
            m = Fraction(start)
            while True:
                over, under = _place(m, self.kind)
                gaps = self._gaps(over, under)
                values = gaps.values(over, under)[0]
                worst = int(np.argmin(values))
                if values[worst] >= 0:
                    break
                slope = int(gaps.slope[0, worst])
                if sign * slope <= 0:
                    return None
                m = Fraction(-int(gaps.start[0, worst]), slope)
                if sign * (other - m) < 0:
                    return None
            ends.append(m)
        return ends[0], ends[1]

    def highest(self, sums: Sequence[Sum], rows: Sequence[int], tell: Callable[[int], None]) -> list[Ratios]:
        """For each of these sums its most in each of these rows; ``tell`` is told how many rows are done."""
        found: list[Ratios] = [([0] * len(rows), [1] * len(rows)) for _ in sums]
        wanted: dict[int, list[int]] = {}
        for place, i in enumerate(rows):
            wanted.setdefault(i, []).append(place)
        for at, part in enumerate(self.parts):
            for block in self._blocks(np.array([i for i in part.rows if i in wanted], dtype=int)):
                for into, (tops, unders) in zip(found, self._highest(at, block, sums), strict=True):
                    for i, top, under in zip(block, tops, unders, strict=True):
                        for place in wanted[int(i)]:
                            into[0][place], into[1][place] = int(top), int(under)
                tell(len(block))
        return found

    def _highest(self, part: int, block: Any, sums: Sequence[Sum]) -> list[tuple[Any, Any]]:
        """The most of each sum over all m, in these rows.

        Two lines that touch the figure at the ends of m, one rising and one falling, cross somewhere; where
        the figure is as high as there, that is the most, else a line that touches it there takes the place
        of one of the two.  There are finitely many pieces, and none is taken twice.
        """
        assert self.span is not None
        ends = [_place(m, self.kind) for m in self.span]
        row = _Rows.of(self, block)
        sides = [row.touching(part, *end, sums) for end in ends]
        found = []
        for number, sum_ in enumerate(sums):
            (a, s), (b, t) = ((side[number].start.copy(), side[number].slope.copy()) for side in sides)
            (m0, d0), (m1, d1) = ((over[0, 0], under[0, 0]) for over, under in ends)
            falls = s <= 0
            tops = np.where(falls, a * d0 + s * m0, b * d1 + t * m1)
            unders = np.where(falls, d0, d1)
            open_ = np.nonzero(~falls & (t < 0))[0]
            while len(open_):
                over, under = b[open_] - a[open_], s[open_] - t[open_]
                shared = np.gcd(over, under)
                over, under = over // shared, under // shared
                bound = a[open_] * under + s[open_] * over
                some = _Rows.of(self, block[open_])
                (line,) = some.touching(part, over[:, None], under[:, None], [sum_])
                c, u = line.start, line.slope
                reached = c * under + u * over
                done = (reached >= bound) | (u == 0)
                tops[open_[done]], unders[open_[done]] = reached[done], under[done]
                rising, falling = ~done & (u > 0), ~done & (u < 0)
                a[open_[rising]], s[open_[rising]] = c[rising], u[rising]
                b[open_[falling]], t[open_[falling]] = c[falling], u[falling]
                open_ = open_[~done]
            found.append((tops, unders))
        return found


@dataclass(frozen=True, eq=False)
class _Rows:
    """Some rows: sums over all subsets, and for f and g the m at which each bends, and where it moves."""

    of_all: Subsets
    low: Any
    high: Any
    least: Any
    most: Any
    places: tuple[Any, Any]
    moves: tuple[Any, Any]

    @classmethod
    def of(cls, all_: Subsets, block: Any) -> _Rows:
        """These rows."""
        m = all_.margins
        low, high = (side[block].astype(all_.kind)[:, None] for side in (m.low, m.high))
        least, most = all_.sums(m.least[block]), all_.sums(m.most[block])
        places = least + most[:, ::-1] - low, most + least[:, ::-1] - high
        return cls(all_, low, high, least, most, places, (m.falls[block][:, None], m.rises[block][:, None]))

    def ends(self, floor: Any) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
        """The starts and slopes of f and of g at each m, given as m rounded down, a column of them."""
        past = [
            places <= np.where(moves, floor, 0) for places, moves in zip(self.places, self.moves, strict=True)
        ]
        falling, rising = (moves.astype(self.of_all.kind) for moves in self.moves)
        return (
            (np.where(past[0], self.low - self.most[:, ::-1], self.least), np.where(past[0], falling, 0)),
            (np.where(past[1], self.most, self.high - self.least[:, ::-1]), np.where(past[1], 0, rising)),
        )

    def touching(self, part: int, over: Any, under: Any, sums: Sequence[Sum]) -> list[Lines]:
        """For each sum the lines that touch its most, in every row, at m = over / under."""
        all_ = self.of_all
        low, high = (Lines(*pair) for pair in self.ends(over // under))
        least, most, lower, upper = all_.around(part, over, under)
        rest = Lines(self.high, self.moves[1].astype(all_.kind)) - (least - upper + high).reversed()
        bound = smaller(most - lower + low, rest, over, under)
        values = bound.values(over, under)
        found = []
        for sum_ in sums:
            total = Lines(*(np.zeros(len(values), dtype=all_.kind) for _ in range(2)))
            for times, chosen in sum_:
                extra = self.most[:, chosen & ~all_.subsets] - self.least[:, all_.subsets & ~chosen]
                best = np.argmin(values + extra * under, axis=1)
                at = np.arange(len(best)), best
                total += Lines(times * (bound.start[at] + extra[at]), times * bound.slope[at])
            found.append(total)
        return found


def greedy(rates: Sequence[int]) -> Sum:
    """Σ rate · factor as a sum over growing subsets, for rates of at least 0.

    >>> greedy([3, 5])
    [(2, 2), (3, 3)]
    """
    order = sorted(range(len(rates)), key=lambda j: -rates[j])
    found, subset = [], 0
    for j, then in zip(order, [*(rates[j] for j in order[1:]), 0], strict=True):
        subset |= 1 << j
        if rates[j] > then:
            found.append((rates[j] - then, subset))
    return found


def _place(m: Fraction, kind: Any) -> tuple[Any, Any]:
    return np.full((1, 1), m.numerator, dtype=kind), np.full((1, 1), m.denominator, dtype=kind)


def _size(m: Margins, times: int) -> int:
    """An upper figure for every whole number on the way.

    f and g of a row are between its ends where it can be at all, and a line's start is as far from that as m
    is from 0; slopes count rows, and the m where lines cross have no larger denominators than two slopes.
    Each group within a group adds as much again.
    """
    count, move = len(m.low), max(abs(m.first), abs(m.last))
    rows = sum(max(abs(int(a)), abs(int(b))) + 2 * move for a, b in zip(m.low, m.high, strict=True))
    cells = max(int(side) for side in np.maximum(abs(m.least), abs(m.most)).sum(axis=1))
    boxes = sum(int(np.maximum(abs(group.least), abs(group.most)).sum()) for group in m.groups)
    deep = 1 + len(m.groups)
    start = 4 * deep * (rows + cells + boxes + sum(abs(int(column)) for column in m.columns) + move)
    slope = deep * (2 * count + 4)
    return times * (start + slope * (move + 1)) * 2 * times * slope * 2
