"""The tally of draws: whole numbers that add up to the same in whatever order blocks are worked out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from allocator.analysis.sweep.case import BLOCK, Case, own_copy
from allocator.analysis.sweep.kernel import Kernel, Whole, brisk
from allocator.analysis.sweep.laws import Array
from allocator.analysis.sweep.limiting import bounded
from allocator.analysis.sweep.masks import Ints, count_true, part_of
from allocator.analysis.sweep.ranks import Ranking, Standing
from allocator.analysis.sweep.windows import Counter, Counts, Windows

Tell = Callable[[int], object]


@dataclass(frozen=True, eq=False)
class Plan:
    """The plan of a sweep, common to all of its blocks.

    ``down`` and ``up`` are the base in whole units, rounded down and up: more than the base is above
    ``down``, less is below ``up``.
    """

    case: Case
    draws: int
    down: Ints
    up: Ints
    standing: Standing

    @property
    def blocks(self) -> int:
        """The number of blocks that the draws fill, the last perhaps in part."""
        return -(-self.draws // BLOCK)


@dataclass(frozen=True, eq=False)
class Tally:
    """Counts and sums over draws, in units, by recipient that takes part (``ranks``: then those that do not).

    ``above`` is Σ max(amount, down), from which the gains follow; ``counts`` belong to the windows.
    """

    draws: int
    excluded: int
    near: int
    total: Ints
    above: Ints
    more: Ints
    less: Ints
    least: Ints
    most: Ints
    ranks: Ints
    counts: Counts

    def plus(self, other: Tally) -> Tally:
        """The tally of both together."""
        return Tally(
            least=np.minimum(self.least, other.least),
            most=np.maximum(self.most, other.most),
            **{name: getattr(self, name) + getattr(other, name) for name in _SUMS},
        )


_SUMS = ("draws", "excluded", "near", "total", "above", "more", "less", "ranks", "counts")


def tallied(plan: Plan, first: int, last: int, windows: Windows | None, tell: Tell | None = None) -> Tally:
    """The tally of the blocks from first up to last; ``tell`` is called with the draws of each batch."""
    with brisk():
        desk = _Desk(own_copy(plan), windows)
        for block in range(first, last):
            desk.add(block, tell)
    return desk.tally()


def refined(plan: Plan, first: int, last: int, windows: Windows, tell: Tell | None = None) -> Counts:
    """Only the counts in windows of the blocks from first up to last."""
    with brisk():
        plan = own_copy(plan)
        kernel = Kernel(plan.case, plan.case.width)
        counter = Counter(windows, kernel.axis, kernel.first.shape)
        for block in range(first, last):
            for units, _, _ in batches(plan, kernel, block, tell):
                counter.add_few(units)
    return counter.counts


def batches(
    plan: Plan, kernel: Kernel, block: int, tell: Tell | None = None
) -> Iterator[tuple[Array, int, int]]:
    """The amounts of a block's draws in batches, with the numbers of draws excluded and of near ties."""
    case = plan.case
    weights, noise = case.weights(block), case.random(block, 1)
    wanted = min(BLOCK, plan.draws - block * BLOCK)
    drawn = np.empty((len(weights), case.width))
    for start in range(0, wanted, case.width):
        np.copyto(drawn, weights[:, start : start + case.width])
        whole = kernel.amounts(drawn, lambda _, room: noise.standard_normal(out=room))
        yield _kept(whole, wanted - start, kernel.axis)
        if tell is not None:
            tell(min(case.width, wanted - start))


def _kept(whole: Whole, wanted: int, axis: int) -> tuple[Array, int, int]:
    units, fits, near = whole
    if wanted >= fits.size and fits.all():
        return units, 0, int(np.count_nonzero(near))
    fits, near = fits[:wanted], near[:wanted]
    kept = np.flatnonzero(fits)
    units = np.ascontiguousarray(units[:, kept] if axis == 0 else units[kept])
    return units, fits.size - kept.size, int(np.count_nonzero(near))


class _Desk:
    """A task's counts and sums, and the arrays that they are worked out in, allocated once.

    Sums over a block are exact in double precision, since all amounts are whole.
    """

    def __init__(self, plan: Plan, windows: Windows | None) -> None:
        size = plan.case.recipients
        self.plan, self.kernel = plan, Kernel(plan.case, plan.case.width)
        shape = self.kernel.first.shape
        self.counter = None if windows is None else Counter(windows, self.kernel.axis, shape)
        self.ranking = Ranking(plan.standing, size, plan.case.width)
        self.room, self.mask = np.empty(shape), np.empty(shape, bool)
        self.down, self.up = (self.kernel.across(ends.astype(float)) for ends in (plan.down, plan.up))
        self.top = np.full_like(self.down, np.inf)
        self.draws = self.excluded = self.near = 0
        self.total, self.above, self.more, self.less = (np.zeros(size, np.int64) for _ in range(4))
        self.least, self.most = np.full(size, np.iinfo(np.int64).max), np.full(size, -1)

    def add(self, block: int, tell: Tell | None) -> None:
        """Adds one block."""
        axis, draws = self.kernel.axis, 1 - self.kernel.axis
        total, above = np.zeros(self.total.size), np.zeros(self.total.size)
        for units, excluded, near in batches(self.plan, self.kernel, block, tell):
            self.excluded, self.near = self.excluded + excluded, self.near + near
            if not units.size:
                continue
            self.draws += units.shape[draws]
            room, mask = part_of(self.room, units), part_of(self.mask, units)
            total += np.add.reduce(units, axis=draws)
            above += np.add.reduce(bounded(units, self.down, self.top, axis, room), axis=draws)
            self.more += count_true(np.greater(units, self.down, out=mask), draws)
            self.less += count_true(np.less(units, self.up, out=mask), draws)
            least, most = np.minimum.reduce(units, axis=draws), np.maximum.reduce(units, axis=draws)
            self.least = np.minimum(self.least, least.astype(np.int64))
            self.most = np.maximum(self.most, most.astype(np.int64))
            self.ranking.add(units.T if axis == 0 else units)
            if self.counter is not None:
                self.counter.add_all(units)
        self.total += total.astype(np.int64)
        self.above += above.astype(np.int64)

    def tally(self) -> Tally:
        """The tally of all blocks added."""
        return Tally(
            ranks=self.ranking.counts,
            counts=np.zeros(0, np.int32) if self.counter is None else self.counter.counts,
            **{name: getattr(self, name) for name in _KEPT},
        )


_KEPT = ("draws", "excluded", "near", "total", "above", "more", "less", "least", "most")
