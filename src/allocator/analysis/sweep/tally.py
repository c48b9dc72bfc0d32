"""The tally of draws: whole numbers that add up to the same in whatever order blocks are worked out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from allocator.analysis.batch import Cut, Kernel, brisk, own_copy
from allocator.analysis.batch.limiting import bounded
from allocator.analysis.batch.masks import Array, Bools, Ints, count_true, part_of
from allocator.analysis.sweep.case import BLOCK, Case
from allocator.analysis.sweep.ranks import Ranking, Standing

Tell = Callable[[int], object]

MOST_COUNTS = 2**20  # of single amounts, by recipient


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

    @property
    def countable(self) -> bool:
        """True if every amount can be counted by itself: few units, few recipients."""
        figures = self.case.figures
        return figures.recipients * (figures.total + 1) <= MOST_COUNTS


@dataclass(frozen=True, eq=False)
class Tally:
    """Counts and sums over draws, in units, by recipient that takes part (``ranks``: then those that do not).

    ``above`` is Σ max(amount, down), from which the gains follow.  ``times[i, u]`` is how often recipient i
    gets u units, empty unless the plan is countable.
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
    times: Ints

    def plus(self, other: Tally) -> Tally:
        """The tally of both together."""
        return Tally(
            least=np.minimum(self.least, other.least),
            most=np.maximum(self.most, other.most),
            **{name: getattr(self, name) + getattr(other, name) for name in _SUMS},
        )


_SUMS = ("draws", "excluded", "near", "total", "above", "more", "less", "ranks", "times")


def tallied(plan: Plan, first: int, last: int, tell: Tell | None = None) -> tuple[Tally, list[Cut]]:
    """The tally of the blocks from first up to last, and the cuts of their draws, block by block.

    There are no cuts where the plan is countable, since nothing is worked out again then.  ``tell`` is called
    with the draws of each batch.
    """
    with brisk():
        desk = _Desk(own_copy(plan))
        cuts = [desk.add(block, tell) for block in range(first, last)]
    return desk.tally(), [] if plan.countable else cuts


def batches(
    plan: Plan, kernel: Kernel, block: int, tell: Tell | None = None
) -> Iterator[tuple[Array, Bools, Cut]]:
    """The amounts of a block's draws that count, in batches, with the near ties and the cuts of all."""
    case = plan.case
    width = case.figures.width
    weights, noise = case.weights(block), case.random(block, 1)
    wanted = min(BLOCK, plan.draws - block * BLOCK)
    for start in range(0, wanted, width):
        drawn = np.ascontiguousarray(weights[:, start : start + width])
        scores = case.scores(kernel, drawn, noise)
        units, near, cut = kernel.rounded(*kernel.entitlements(scores))
        here = min(width, wanted - start)
        cut = cut.between(0, here)
        yield _kept(units, cut.fits, kernel.axis), near[:here], cut
        if tell is not None:
            tell(here)


def _kept(units: Array, fits: Bools, axis: int) -> Array:
    """The draws that count; the mask may be shorter than there are draws."""
    if fits.size == units.shape[1 - axis] and fits.all():
        return units
    kept = np.flatnonzero(fits)
    return np.ascontiguousarray(units[:, kept] if axis == 0 else units[kept])


class _Desk:
    """A task's counts and sums, and the arrays that they are worked out in, allocated once.

    Sums over a block are exact in double precision, since all amounts are whole.
    """

    def __init__(self, plan: Plan) -> None:
        figures = plan.case.figures
        size = figures.recipients
        self.plan, self.kernel = plan, Kernel(figures, figures.width)
        shape = self.kernel.first.shape
        self.ranking = Ranking(plan.standing, size, figures.width)
        self.room, self.mask = np.empty(shape), np.empty(shape, bool)
        self.down, self.up = (self.kernel.across(ends.astype(float)) for ends in (plan.down, plan.up))
        self.top = np.full_like(self.down, np.inf)
        self.times = np.zeros((size, int(figures.total) + 1 if plan.countable else 0), np.int64)
        self.starts = self.kernel.across(np.arange(float(size)) * (figures.total + 1))
        self.draws = self.excluded = self.near = 0
        self.total, self.above, self.more, self.less = (np.zeros(size, np.int64) for _ in range(4))
        self.least, self.most = np.full(size, np.iinfo(np.int64).max), np.full(size, -1)

    def add(self, block: int, tell: Tell | None) -> Cut:
        """Adds one block, and returns its draws' cut."""
        axis, draws = self.kernel.axis, 1 - self.kernel.axis
        total, above = np.zeros(self.total.size), np.zeros(self.total.size)
        cuts = []
        for units, near, cut in batches(self.plan, self.kernel, block, tell):
            cuts.append(cut)
            self.excluded += near.size - units.shape[draws]
            self.near += int(np.count_nonzero(near))
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
            if self.times.size:
                cells = np.add(units, self.starts, out=room).astype(np.intp)
                np.add.at(self.times.reshape(-1), cells.reshape(-1), 1)
        self.total += total.astype(np.int64)
        self.above += above.astype(np.int64)
        return Cut.joined(cuts)

    def tally(self) -> Tally:
        """The tally of all blocks added."""
        return Tally(
            ranks=self.ranking.counts,
            **{name: getattr(self, name) for name in _KEPT},
        )


_KEPT = ("draws", "excluded", "near", "total", "above", "more", "less", "least", "most", "times")
