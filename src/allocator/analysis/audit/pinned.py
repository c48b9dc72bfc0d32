"""Exact ranges where shares are known: tables with known margins and their subsets of factors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from allocator.analysis.audit.case import Case
from allocator.analysis.audit.margins import (
    KnownEnds,
    Margins,
    column_alone,
    known_ends,
    margins_of,
    weighted,
)
from allocator.analysis.audit.subsets import Subsets, Sum, greedy
from allocator.core.exact import scaled

Progress = Callable[[float], None]
Pairs = list[tuple[Fraction, Fraction]]


@dataclass(frozen=True)
class Pinned:
    """All data of a reading, as tables with known margins: one kind for each set of amounts before rounding.

    ``known`` are the ends of shares of which something is known.
    """

    case: Case
    known: KnownEnds

    @cached_property
    def tables(self) -> tuple[Margins, ...]:
        """The tables, for each of the sets."""
        return tuple(margins_of(self.case, one, self.known) for one in self.case.unrounded)

    @property
    def contradicted(self) -> bool:
        """True if what is known contradicts itself, whatever the split: no column is like that."""
        some = {j for _, j in self.known.cells} | {j for ends in self.known.groups.values() for j in ends}
        columns = (column_alone(self.case, j, self.known) for j in sorted(some))
        return not self.known.whole or any(Subsets(column).span is None for column in columns)

    def fits(self) -> list[bool | None]:
        """For each set: True if there is data, False if none; None if only with somebody at a half.

        Halves are rounded up, so each who never reaches its upper end has to be below it in some data: then
        all are so together, in the middle of it.
        """
        found: list[bool | None] = []
        for one, table in zip(self.case.unrounded, self.tables, strict=True):
            subsets = Subsets(table.mirrored())
            below = [i for i, never in enumerate(one.below) if never]
            reached = False
            if subsets.span is not None and below:
                ((tops, unders),) = subsets.highest([[(1, subsets.full)]], below, lambda _: None)
                ends = zip(below, tops, unders, strict=True)
                reached = any(-top >= table.high[i] * under for i, top, under in ends)
            found.append(None if reached else subsets.span is not None)
        return found

    def shares(
        self, rows: Sequence[int], factors: Sequence[int], progress: Progress | None = None
    ) -> list[Pairs]:
        """For each of these factors the least and the most of the shares of these recipients."""
        at = {j: place for place, j in enumerate(weighted(self.case))}
        asked = [j for j in factors if j in at]
        sums: list[Sum] = [[(1, 1 << at[j])] for j in asked]
        overs = [[table.columns[at[j]] for j in asked] for table in self.tables]
        found = dict(zip(asked, _ends(self.tables, rows, sums, overs, progress), strict=True))
        return [found[j] if j in at else self._free(j, rows) for j in factors]

    def amounts(
        self, rows: Sequence[int], weights: Sequence[Fraction], progress: Progress | None = None
    ) -> Pairs:
        """The least and the most that these recipients get under other weights, in units."""
        case = self.case
        rates, under = scaled([weights[j] / case.weights[j] for j in weighted(case)])
        overs = [[table.over * under] for table in self.tables]
        (pairs,) = _ends(self.tables, rows, [greedy(rates)], overs, progress)
        for j, weight in enumerate(weights):
            if weight and not case.weights[j]:
                times = weight * case.total
                pairs = [
                    (low + times * less, high + times * more)
                    for (low, high), (less, more) in zip(pairs, self._free(j, rows), strict=True)
                ]
        return pairs

    def without_split(self, rows: Sequence[int]) -> Pairs:
        """The least and the most that the rule can bring these recipients, in parts of it, whatever was got.

        Each column is then for itself.
        """
        columns = [self._free(j, rows) for j in weighted(self.case)]
        weights = [self.case.weights[j] for j in weighted(self.case)]
        return [
            (
                sum((w * low for w, (low, _) in zip(weights, ends, strict=True)), Fraction(0)),
                sum((w * high for w, (_, high) in zip(weights, ends, strict=True)), Fraction(0)),
            )
            for ends in zip(*columns, strict=True)
        ]

    def _free(self, j: int, rows: Sequence[int]) -> Pairs:
        """The shares of a factor whatever was got, as of one without a weight: what is known leaves them."""
        column = column_alone(self.case, j, self.known)
        (pairs,) = _ends([column], rows, [[(1, 1)]], [[column.over]], None)
        return pairs


def _ends(
    tables: Sequence[Margins],
    rows: Sequence[int],
    sums: Sequence[Sum],
    overs: Sequence[Sequence[int]],
    progress: Progress | None,
) -> list[Pairs]:
    """The least and the most of sums in these rows over all tables, each over a number of its own."""
    times = max((sum(one for one, _ in sum_) for sum_ in sums), default=1)
    found: list[list[list[Fraction]]] = [[[], []] for _ in sums]
    done, whole = 0, 2 * len(rows) * len(tables)

    def tell(count: int) -> None:
        nonlocal done
        done += count
        if progress is not None:
            progress(done / whole)

    for table, under in zip(tables, overs, strict=True):
        for side, (sign, one) in enumerate(((-1, table.mirrored()), (1, table))):
            answers = Subsets(one, max(1, times)).highest(sums, rows, tell)
            for into, (tops, unders), over in zip(found, answers, under, strict=True):
                ends = [Fraction(sign * top, below * over) for top, below in zip(tops, unders, strict=True)]
                wider = (min, max)[side]
                into[side] = list(map(wider, into[side], ends)) if into[side] else ends
    return [list(zip(*sides, strict=True)) for sides in found]


def pinned(case: Case) -> Pinned:
    """The tables of a reading for which `margins.shares_apply`."""
    return Pinned(case, known_ends(case))
