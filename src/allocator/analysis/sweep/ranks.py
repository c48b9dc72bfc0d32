"""Counts of each recipient's ranks: 1 plus the number that get more; equal amounts share the better rank."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, lcm
from typing import Any

import numpy as np

from allocator.analysis.batch.masks import Array, Ints, count_true, part_of
from allocator.core.allocation import Allocation
from allocator.core.parts import wrong

EACH = 200  # recipients up to which every rank is counted, beyond them the top ten and tenths
TOP = 10
MOST = 2**52  # amounts above it are not exact in double precision


@dataclass(frozen=True, eq=False)
class Standing:
    """The amounts to rank: units · scale + earmarks, and those of the recipients that take no part.

    All are from zero up to ``most``, or whatever float holds exactly.
    """

    scale: int
    earmarks: Array | None
    apart: Array
    most: int = MOST

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
    most = (sum(present.split.units) + sum(earmarks.values())) * scale
    if most >= MOST:
        wrong("sweep_units", count=sum(present.split.units) * scale, most=MOST)
    taking = {scenario.ids[i] for i in scenario.participants}
    offsets = np.array([float(earmarks[scenario.ids[i]] * scale) for i in scenario.participants])
    apart = np.array([float(earmarks[id] * scale) for id in scenario.ids if id not in taking])
    return Standing(scale, offsets if offsets.any() else None, apart, int(most))


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
    """The ranks of a task's draws, groups × recipients, and the room to find them in, taken once."""

    def __init__(self, standing: Standing, sharing: int, width: int) -> None:
        size = sharing + standing.size
        self.standing, self.sharing, self.groups = standing, sharing, places(size)
        self.by_group = np.zeros((len(self.groups), size), np.int64)
        # half as long, sorting takes half the time
        kind = np.uint32 if standing.most < 2**32 else np.float64
        self.values, self.order = np.empty((width, size), kind), np.empty((width, size), kind)
        self.values[:, sharing:] = standing.apart
        self.keys, self.cells = (np.empty((width if size <= EACH else 0, size), np.int64) for _ in range(2))
        self.mask = np.empty((width, size), bool)

    @property
    def counts(self) -> Ints:
        """Recipients × groups."""
        return np.ascontiguousarray(self.by_group.T)

    def add(self, units: Array) -> None:
        """Adds the ranks in these draws: draws × recipients, without those who take no part."""
        values = self.values[: len(units)]
        if self.standing.scale != 1 or self.standing.earmarks is not None:
            units = units * self.standing.scale
            units += 0 if self.standing.earmarks is None else self.standing.earmarks
        np.copyto(values[:, : self.sharing], units, casting="unsafe")
        if values.shape[1] > EACH:
            self._add_groups(values)
        else:
            self._add_each(values)

    def _add_each(self, values: np.ndarray[Any, Any]) -> None:
        """Adds single ranks: amounts and positions are sorted as one number, the largest amount first."""
        size = values.shape[1]
        keys, cells = self.keys[: len(values)], self.cells[: len(values)]
        np.copyto(keys, values, casting="unsafe")
        np.negative(keys, out=keys)
        np.left_shift(keys, 8, out=keys)
        np.bitwise_or(keys, np.arange(size), out=keys)
        keys.sort(axis=1)
        np.bitwise_and(keys, 255, out=cells)
        np.right_shift(keys, 8, out=keys)
        same = self.mask[: len(values), 1:]
        np.equal(keys[:, 1:], keys[:, :-1], out=same)
        keys[:] = np.arange(size)
        np.copyto(keys[:, 1:], 0, where=same)
        np.maximum.accumulate(keys, axis=1, out=keys)
        np.multiply(keys, size, out=keys)
        np.add(cells, keys, out=cells)
        np.add.at(self.by_group.reshape(-1), cells.reshape(-1), 1)

    def _add_groups(self, values: np.ndarray[Any, Any]) -> None:
        """Adds groups: a recipient is among the first k if it gets no less than the k-th largest amount.

        From the last group on: who is never among the first k is not looked for among fewer.
        """
        size, order = values.shape[1], self.order[: len(values)]
        np.copyto(order, values)
        order.sort(axis=1)
        left: slice | Ints = slice(None)
        within = np.full(size, len(values))
        for at in range(len(self.groups) - 1, 0, -1):
            before = order[:, size - self.groups[at - 1][1], None]
            up_to = count_true(np.greater_equal(values, before, out=part_of(self.mask, values)), 0)
            self.by_group[at, left] += within - up_to
            if np.count_nonzero(up_to) * 2 < up_to.size:
                some = np.flatnonzero(up_to)
                left = some if isinstance(left, slice) else left[some]
                values, up_to = np.take(values, some, axis=1), up_to[some]
            within = up_to
        self.by_group[0, left] += within
