"""Counts of each recipient's ranks: 1 plus the number that get more; equal amounts share the better rank."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, lcm

import numpy as np

from allocator.analysis.batch.masks import Array, count_true
from allocator.core.allocation import Allocation
from allocator.core.parts import wrong

EACH = 200  # recipients up to which every rank is counted, beyond them the top ten and tenths
TOP = 10
MOST = 2**52  # amounts above it are not exact in double precision


@dataclass(frozen=True, eq=False)
class Standing:
    """The amounts to rank: units · scale + earmarks, and those of the recipients that take no part."""

    scale: int
    earmarks: Array | None
    apart: Array

    @property
    def size(self) -> int:
        """The number of recipients that take no part in the split."""
        return len(self.apart)


def standing_of(present: Allocation) -> Standing:
    """Whole amounts in the largest part of the rounding unit that divides every earmark.

    Raises ScenarioError where they are too large for that.
    """
    scenario, unit = present.scenario, Fraction(present.scenario.fund.unit)
    earmarks = {id: amount / unit for id, amount in present.earmarks.items()}
    scale = lcm(*(amount.denominator for amount in earmarks.values()))
    if (sum(present.split.units) + sum(earmarks.values())) * scale >= MOST:
        wrong("sweep_units", count=sum(present.split.units) * scale, most=MOST)
    taking = {scenario.ids[i] for i in scenario.participants}
    offsets = np.array([float(earmarks[scenario.ids[i]] * scale) for i in scenario.participants])
    apart = np.array([float(earmarks[id] * scale) for id in scenario.ids if id not in taking])
    return Standing(scale, offsets if offsets.any() else None, apart)


def places(size: int) -> tuple[tuple[int, int], ...]:
    """The first and the last rank of each group that is counted.

    >>> places(3), places(1000)[-3:]
    (((1, 1), (2, 2), (3, 3)), ((701, 800), (801, 900), (901, 1000)))
    """
    if size <= EACH:
        return tuple((rank, rank) for rank in range(1, size + 1))
    ends = [*range(1, TOP + 1), *(end for k in range(1, 11) if (end := ceil(size * k / 10)) > TOP)]
    return tuple(zip([1, *(end + 1 for end in ends)], ends, strict=False))


class Ranking:
    """The ranks of a task's draws: recipients × groups, and the room to find them in, taken once."""

    def __init__(self, standing: Standing, sharing: int, width: int) -> None:
        size = sharing + standing.size
        self.standing, self.sharing, self.groups = standing, sharing, places(size)
        self.counts = np.zeros((size, len(self.groups)), np.int64)
        self.values, self.order = np.empty((width, size)), np.empty((width, size))
        self.mask = np.empty((width, size), bool)
        self.keys, self.cells = (np.empty((width if size <= EACH else 0, size), np.int64) for _ in range(2))

    def add(self, units: Array) -> None:
        """Adds the ranks in these draws: draws × recipients, without those who take no part."""
        values = self.values[: len(units)]
        np.multiply(units, self.standing.scale, out=values[:, : self.sharing])
        if self.standing.earmarks is not None:
            values[:, : self.sharing] += self.standing.earmarks
        values[:, self.sharing :] = self.standing.apart
        if values.shape[1] > EACH:
            self._add_groups(values)
        else:
            self._add_each(values)

    def _add_each(self, values: Array) -> None:
        """Adds single ranks: amounts and positions are sorted as one number, the largest amount first."""
        size = values.shape[1]
        keys, cells = self.keys[: len(values)], self.cells[: len(values)]
        np.negative(values, out=values)
        np.copyto(keys, values, casting="unsafe")
        np.left_shift(keys, 8, out=keys)
        np.bitwise_or(keys, np.arange(size), out=keys)
        keys.sort(axis=1)
        np.bitwise_and(keys, 255, out=cells)
        np.multiply(cells, size, out=cells)
        np.right_shift(keys, 8, out=keys)
        same = self.mask[: len(values), 1:]
        np.equal(keys[:, 1:], keys[:, :-1], out=same)
        keys[:] = np.arange(size)
        np.copyto(keys[:, 1:], 0, where=same)
        np.maximum.accumulate(keys, axis=1, out=keys)
        np.add(cells, keys, out=cells)
        np.add.at(self.counts.reshape(-1), cells.reshape(-1), 1)

    def _add_groups(self, values: Array) -> None:
        """Adds groups: a recipient is among the first k if it gets no less than the k-th largest amount."""
        size, order, mask = values.shape[1], self.order[: len(values)], self.mask[: len(values)]
        np.copyto(order, values)
        order.sort(axis=1)
        within = np.zeros(size, np.int64)
        for at, (_, end) in enumerate(self.groups):
            np.greater_equal(values, order[:, size - end, None], out=mask)
            up_to = count_true(mask, 0)
            self.counts[:, at] += up_to - within
            within = up_to
