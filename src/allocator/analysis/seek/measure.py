"""Measures of many weights at once, in float, to rule out those that cannot meet the demands.

Weights are only ruled out here: those that are left are verified by ``allocate``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from allocator.analysis.seek.targets import Demand, earmarked
from allocator.core.allocation import Allocation
from allocator.core.model import Scenario

if TYPE_CHECKING:
    import numpy as np

    from allocator.analysis.batch import Kernel
    from allocator.analysis.batch.masks import Array, Bools, Ints
    from allocator.analysis.seek.moves import Moves
    from allocator.analysis.seek.programs import Rank

NEAR = 1e-7  # units that are no further apart may be equal: float has about 1e-16 of the whole
MOST_WIDTH = 256  # weights at once


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

    def __init__(self, now: Allocation, demands: Sequence[Demand]) -> None:
        self.now, self.scenario, self.demands = now, now.scenario, demands
        scenario = self.scenario
        self.total = sum(now.split.units)
        self.slack = [float(rounding_slack(scenario, len(d.members))) for d in demands]
        one = 1 if scenario.fund.rounding == "largest-remainder" else len(scenario.participants) / 2
        self.rank_slack = 2.0 * one
        self.near = NEAR * max(1.0, self.total / 1e6)  # a float of 1e6 units has 1e-10 of one

    @cached_property
    def kernel(self) -> Kernel:
        """The rule in float, draws × recipients."""
        from allocator.analysis.batch import Kernel, figures_of

        used = [any(self.scenario.column(factor)) for factor in self.scenario.weights]
        figures = figures_of(self.now, used)
        return Kernel(figures, min(MOST_WIDTH, figures.width), axis=1)

    @property
    def counts(self) -> bool:
        """True where there is anything to share out, and somebody who takes part."""
        return bool(self.total and self.scenario.participants)

    def limited(self, weights: Array) -> tuple[Array, Bools]:
        """Amounts after limits in units, by row of weights, and the mask of rows that float cannot tell.

        NaN where nobody has a score or the limits cannot all hold.
        """
        import numpy as np

        if not self.counts:
            return np.zeros((len(weights), len(self.scenario.participants))), np.zeros(len(weights), bool)
        figures, kernel = self.kernel.figures, self.kernel
        scores = (weights / weights.sum(axis=1, keepdims=True)) @ figures.columns
        lost = ~(scores.sum(axis=1) > 0)
        if figures.floors is not None and figures.caps is not None:
            most = np.where(scores > 0, figures.caps, figures.floors).sum(axis=1)
            lost |= ~(most >= self.total - self.near)
        amounts, unsure = np.full_like(scores, np.nan), np.zeros(len(weights), bool)
        for rows in self._batches(np.flatnonzero(~lost)):
            held, multiplier = kernel.entitlements(self._room(scores[rows]))
            amounts[rows] = held[: rows.size]
            unsure[rows] = np.isnan(multiplier[: rows.size])
        return amounts, unsure

    def _batches(self, rows: Ints) -> Iterator[Ints]:
        width = self.kernel.first.shape[0]
        return (rows[start : start + width] for start in range(0, len(rows), width))

    def _room(self, rows: Array) -> Array:
        """These rows in the kernel's room, with the first of them in what is left of it."""
        room = self.kernel.first
        room[: len(rows)], room[len(rows) :] = rows, rows[0]
        return room

    def shortfalls(self, amounts: Array, rounded: bool = False) -> Array:
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

    def _rank(self, amounts: Array, demand: Demand, rival: int, slack: float) -> Array:
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

    def ranks(self, moves: Moves) -> list[Rank]:
        """The demands on ranks as sums over moves; none with limits, where amounts are not linear.

        i may be ahead of r after rounding where e_i − e_r > ∓slack, which times Σ s is linear in the weights.
        """
        import numpy as np

        from allocator.analysis.seek.programs import Rank

        found: list[Rank] = []
        if self.scenario.limits or not self.counts:
            return found
        columns = self.kernel.figures.columns
        table = np.zeros((len(columns), len(self.scenario.ids)))
        table[:, list(self.scenario.participants)] = columns
        wholes, weights = table.sum(axis=1), np.array([float(weight) for weight in moves.present])
        for demand in self.demands:
            if demand.rival is None:
                continue
            slack = demand.side * (self.rank_slack + self.near)
            ahead = self._apart - self._apart[demand.rival] - slack
            sums = self.total * (table - table[:, [demand.rival]]) + wholes[:, None] * ahead
            others = np.delete(sums, demand.rival, axis=1).T
            found.append(Rank(demand.side, demand.bound, others * float(moves.step), others @ weights))
        return found

    def may_meet(self, weights: Array) -> tuple[Array, Bools]:
        """The total shortfall of each row before rounding, and the mask of rows that may meet the demands.

        These are all that meet them once rounded, and those too near to a tie for float to tell.
        """
        import numpy as np

        amounts, unsure = self.limited(weights)
        short = self.shortfalls(amounts)
        found = np.asarray((short <= 0).all(axis=1))
        if self.counts and self.near < 0.01:
            for rows in self._batches(np.flatnonzero(found & ~unsure)):
                room = self._room(amounts[rows])
                units, near, cut = self.kernel.rounded(room, np.ones(len(room)))
                met = (self.shortfalls(units[: rows.size], rounded=True) <= 0).all(axis=1)
                found[rows] = near[: rows.size] | (met & cut.fits[: rows.size])
        missing = np.maximum(short + self.slack, 0).sum(axis=1)
        return np.asarray(np.where(unsure, 0, missing)), np.asarray(found | unsure)
