"""The tally of draws: whole numbers that add up to the same in whatever order blocks are worked out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from allocator.analysis.batch import Cut, brisk, own_copy
from allocator.analysis.batch.masks import Array, Ints, count_true, part_of
from allocator.analysis.sweep.case import Case, Tell
from allocator.analysis.sweep.exactly import Exactly, Kept
from allocator.analysis.sweep.laws import BLOCK
from allocator.analysis.sweep.ranks import Ranking, Standing

Known = Cut | Kept

MOST_COUNTS = 2**20  # of single amounts, by recipient


@dataclass(frozen=True, eq=False)
class Plan:
    """The plan of a sweep, common to all of its blocks.

    ``down`` and ``up`` are the base in whole units, rounded down and up: more than the base is above
    ``down``, less is below ``up``.
    """

    case: Case | Exactly
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
        return self.case.recipients * (self.case.total + 1) <= MOST_COUNTS


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


def tallied(plan: Plan, first: int, last: int, tell: Tell | None = None) -> tuple[Tally, list[Known]]:
    """The tally of the blocks from first up to last, and what is known of their draws, block by block.

    Nothing is kept of them where the plan is countable, since nothing is worked out again then.  ``tell`` is
    called with the draws of each batch.
    """
    with brisk():
        desk = _Desk(copied(plan))
        known = [one for block in range(first, last) for one in desk.add(block, tell)]
    return desk.tally(), [] if plan.countable else known


def copied(plan: Plan) -> Plan:
    """The same with its arrays in memory of this process."""
    return plan if isinstance(plan.case, Exactly) else own_copy(plan)


class _Desk:
    """A task's counts and sums, and the arrays that they are worked out in, allocated once.

    Sums over a block are exact in double precision, since all amounts are whole.
    """

    def __init__(self, plan: Plan) -> None:
        case = plan.case
        size, self.axis = case.recipients, case.axis
        self.plan = plan
        shape = (size, case.width) if self.axis == 0 else (case.width, size)
        self.ranking = Ranking(plan.standing, size, case.width)
        self.room, self.mask = np.empty(shape), np.empty(shape, bool)
        self.down, self.up = (self._across(ends.astype(float)) for ends in (plan.down, plan.up))
        self.times = np.zeros((size, int(case.total) + 1 if plan.countable else 0), np.int64)
        self.starts = self._across(np.arange(float(size)) * (case.total + 1))
        self.draws = self.excluded = self.near = 0
        self.total, self.above, self.more, self.less = (np.zeros(size, np.int64) for _ in range(4))
        self.least, self.most = np.full(size, np.iinfo(np.int64).max), np.full(size, -1)

    def _across(self, values: Array) -> Array:
        """Values of recipients, laid out against draws."""
        return values[:, None] if self.axis == 0 else values[None, :]

    def add(self, block: int, tell: Tell | None) -> list[Known]:
        """Adds one block, and returns what is known of its draws."""
        axis, draws = self.axis, 1 - self.axis
        wanted = min(BLOCK, self.plan.draws - block * BLOCK)
        total, above = np.zeros(self.total.size), np.zeros(self.total.size)
        known: list[Any] = []
        for units, near, own in self.plan.case.batches(block, wanted, tell):
            known.append(own)
            self.excluded += near.size - units.shape[draws]
            self.near += int(np.count_nonzero(near))
            if not units.size:
                continue
            self.draws += units.shape[draws]
            room, mask = part_of(self.room, units), part_of(self.mask, units)
            total += np.add.reduce(units, axis=draws)
            above += np.add.reduce(np.maximum(units, self.down, out=room), axis=draws)
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
        return known if isinstance(self.plan.case, Exactly) else [Cut.joined(known)]

    def tally(self) -> Tally:
        """The tally of all blocks added."""
        return Tally(
            ranks=self.ranking.counts,
            **{name: getattr(self, name) for name in _KEPT},
        )


_KEPT = ("draws", "excluded", "near", "total", "above", "more", "less", "least", "most", "times")
