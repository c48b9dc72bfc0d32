"""Measures of many weights at once, in float, to rule out those that cannot meet the demands.

Weights are only ruled out here: those that are left are verified by ``allocate``.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from allocator.analysis.seek.targets import Demand, earmarked
from allocator.core.model import Scenario
from allocator.core.stages.bounds import limits_in_units

if TYPE_CHECKING:
    import numpy as np

NEAR = 1e-7  # units that are no further apart may be equal: float has about 1e-16 of the whole
ROUNDS = 200


def points(scenario: Scenario) -> list[list[Fraction]]:
    """Each recipient's score for one of weight, by factor: x_ij / Σ_k x_kj or x_ij, times c_i."""
    size = len(scenario.participants)
    times = [1] * size if scenario.coefficient is None else list(scenario.column(scenario.coefficient))
    found = []
    for factor in scenario.weights:
        column = scenario.column(factor)
        over = Fraction(sum(column, start=0) or 1) if scenario.kind == "shares" else Fraction(1)
        found.append([c * x / over for c, x in zip(times, column, strict=True)])
    return found


def rounding_slack(scenario: Scenario, members: int) -> Fraction:
    """The most units by which rounding can move the sum of so many recipients.

    By the largest remainder nobody moves by a whole unit, and what some gain the others lose.  Else everybody
    moves by half a unit at most, except for the one that takes the rest.
    """
    others = len(scenario.participants) - members
    if not members or not others:
        return Fraction(0)
    if scenario.fund.rounding == "largest-remainder":
        return Fraction(min(members, others))
    return Fraction(max(members, others), 2)


class Measure:
    """The demands on a scenario, by rows of weights."""

    def __init__(self, scenario: Scenario, demands: Sequence[Demand]) -> None:
        import numpy as np

        self.scenario, self.demands = scenario, demands
        self.total = int(scenario.distributable / Fraction(scenario.fund.unit))
        table = points(scenario)
        largest = max((x for row in table for x in row), default=Fraction(0)) or Fraction(1)
        self.points = np.array([[float(x / largest) for x in row] for row in table])
        self.slack = [float(rounding_slack(scenario, len(d.members))) for d in demands]
        one = 1 if scenario.fund.rounding == "largest-remainder" else len(scenario.participants) / 2
        self.rank_slack = 2.0 * one
        near = NEAR * max(1.0, self.total / 1e6)  # a float of 1e6 units has 1e-10 of one
        self.near = near

    @cached_property
    def _limits(self) -> tuple[np.ndarray, np.ndarray] | None:
        import numpy as np

        if not self.scenario.limits:
            return None
        floors, caps = limits_in_units(self.scenario)
        return (
            np.array([float(floor or 0) for floor in floors]),
            np.array([float(self.total if cap is None else min(cap, self.total)) for cap in caps]),
        )

    def limited(self, weights: np.ndarray) -> np.ndarray:
        """Amounts after limits in units, by row of weights; nan where the limits cannot all hold."""
        import numpy as np

        scores = weights @ self.points
        with np.errstate(divide="ignore", invalid="ignore"):
            amounts = self.total * scores / scores.sum(axis=1, keepdims=True)
        if self._limits is None or not self.total:
            return np.asarray(amounts if self.total else np.nan_to_num(amounts))
        floors, caps = self._limits
        most = np.where(amounts > 0, caps, floors).sum(axis=1)
        amounts[~(most >= self.total - self.near)] = np.nan
        sound = np.flatnonzero(~np.isnan(amounts).any(axis=1))
        amounts[sound] = _within(amounts[sound], floors, caps, self.total, self.near / 10)
        return np.asarray(amounts)

    def shortfalls(self, amounts: np.ndarray, rounded: bool = False) -> np.ndarray:
        """The shortfall of each row from each demand, a column each: at most 0 where it may be met.

        ``amounts`` are before rounding, with room for all that rounding can do, or else ``rounded``.
        """
        import numpy as np

        columns = []
        for demand, slack in zip(self.demands, self.slack, strict=True):
            if demand.rival is not None:
                columns.append(self._rank(amounts, demand, demand.rival, 0.0 if rounded else self.rank_slack))
                continue
            sums = amounts[:, list(demand.members)].sum(axis=1)
            room = (0.5 if rounded else slack) + self.near
            columns.append(demand.side * (sums - float(demand.bound)) - room)
        found = np.column_stack(columns)
        found[np.isnan(found)] = np.inf
        return found

    def _rank(self, amounts: np.ndarray, demand: Demand, rival: int, slack: float) -> np.ndarray:
        import numpy as np

        everybody = np.tile(self._apart, (len(amounts), 1))
        everybody[:, list(self.scenario.participants)] += amounts
        ahead = everybody - everybody[:, [rival]]
        ahead[:, rival] = -np.inf
        more = (ahead > demand.side * (slack + self.near)).sum(axis=1).astype(float)
        more[np.isnan(amounts).any(axis=1)] = np.nan
        return np.asarray(demand.side * (more - demand.bound))

    @cached_property
    def _apart(self) -> np.ndarray:
        """The earmarks of each recipient, in units."""
        import numpy as np

        unit = Fraction(self.scenario.fund.unit)
        return np.array([float(earmarked(self.scenario, [id]) / unit) for id in self.scenario.ids])

    def may_meet(self, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The total shortfall of each row before rounding, and the mask of rows that may meet the demands.

        These are all that meet them once rounded, and those too near to a tie for float to tell.
        """
        import numpy as np

        amounts = self.limited(weights)
        short = self.shortfalls(amounts)
        found = np.asarray((short <= 0).all(axis=1))
        at = np.flatnonzero(found)
        if len(at) and self.scenario.participants and self.near < 0.01:
            rounded, unsure = self._rounded(amounts[at])
            met = (self.shortfalls(rounded, rounded=True) <= 0).all(axis=1)
            found[at] = np.logical_or(unsure, met)
        return np.asarray(np.maximum(short + self.slack, 0).sum(axis=1)), np.asarray(found)

    def _rounded(self, amounts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Whole units, and the mask of the rows too near to a tie for float to tell."""
        import numpy as np

        near, at = self.near * 10, np.arange(len(amounts))
        if self.scenario.fund.rounding == "largest-remainder":
            units = np.floor(amounts + near)
            remainders = np.maximum(amounts - units, 0.0)
            short = np.rint(self.total - units.sum(axis=1)).astype(int)
            order = np.argsort(-remainders, axis=1, kind="stable")
            falling = np.take_along_axis(remainders, order, axis=1)
            size = amounts.shape[1]
            last = falling[at, np.clip(short - 1, 0, size - 1)]
            following = np.where(short < size, falling[at, np.clip(short, 0, size - 1)], -1.0)
            unsure = np.asarray((short < 0) | (short > size) | ((short > 0) & (last - following < near)))
            gets = np.arange(size)[None, :] < short[:, None]
            np.put_along_axis(units, order, np.take_along_axis(units, order, axis=1) + gets, axis=1)
            return units, unsure
        units = np.floor(amounts + 0.5)
        unsure = np.asarray((abs(amounts + 0.5 - np.rint(amounts + 0.5)) < near).any(axis=1))
        largest = amounts.argmax(axis=1)
        rest = self.total - units.sum(axis=1)
        if amounts.shape[1] > 1:
            two = np.partition(amounts, -2, axis=1)[:, -2:]
            unsure = np.asarray(unsure | ((rest != 0) & (two[:, 1] - two[:, 0] < near)))
        units[at, largest] += rest
        return units, unsure


def _within(
    entitled: np.ndarray, floors: np.ndarray, caps: np.ndarray, total: int, near: float
) -> np.ndarray:
    """min(max(k · e, floor), cap) with the k of each row at which it adds up: Newton's steps, bracketed."""
    import numpy as np

    k = np.ones(len(entitled))
    low, high = np.zeros(len(entitled)), np.full(len(entitled), np.inf)
    amounts = np.empty_like(entitled)
    open_ = np.arange(len(entitled))
    for _ in range(ROUNDS):
        wanted = k[open_, None] * entitled[open_]
        held = np.clip(wanted, floors, caps)
        amounts[open_] = held
        over = held.sum(axis=1) - total
        done = abs(over) <= near
        if done.all():
            break
        inside = (wanted > floors) & (wanted < caps)
        slope = (entitled[open_] * inside).sum(axis=1)
        high[open_] = np.where(over > 0, np.minimum(high[open_], k[open_]), high[open_])
        low[open_] = np.where(over < 0, np.maximum(low[open_], k[open_]), low[open_])
        with np.errstate(divide="ignore", invalid="ignore"):
            ahead = k[open_] - over / slope
        middle = np.where(np.isinf(high[open_]), 2 * k[open_], (low[open_] + high[open_]) / 2)
        good = np.isfinite(ahead) & (ahead > low[open_]) & (ahead < high[open_])
        k[open_] = np.where(done, k[open_], np.where(good, ahead, middle))
        open_ = open_[~done]
    return amounts
