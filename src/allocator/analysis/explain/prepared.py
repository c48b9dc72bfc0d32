"""A rule of format 1 in whole numbers, made ready once: its limits, and scores under any weights.

Whole numbers decide.  Beside them stand the same numbers in double precision, each with a bound on its error:
they say where a sign is certain, and what is left is decided by the whole numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import repeat
from math import lcm
from operator import add, mul
from typing import Any

import numpy as np

from allocator.analysis.explain.lines import Line
from allocator.core.exact import Number, scaled
from allocator.core.model import Scenario
from allocator.core.stages.bounds import Bounds, bounds
from allocator.core.stages.feasible import check_feasible
from allocator.core.stages.limit import find_multiplier

Array = np.ndarray[Any, np.dtype[Any]]
FLOOR, FREE, CAP = 0, 1, 2  # what somebody stands at
DOUBT = 2.0**-45  # relative; many times what the few roundings between a whole number and a sign can come to


@dataclass(frozen=True)
class Start:
    """The amounts under the scenario's own weights: λ = p/q and what each stands at, by place.

    ``just`` gives the limit of those that are exactly at one they can leave, and have a score; ``free`` are
    the others between their limits, which share ``left`` units with those just at one.
    """

    p: int
    q: int
    stands: Array
    just: Mapping[int, int]
    free: Sequence[int]


@dataclass(frozen=True)
class Bends:
    """The limits of those that can move between two of them, one after the other: whose, which and how much.

    The arrays are the same; ``of`` are the numbers of each one's own, by place.
    """

    owners: Sequence[int]
    kinds: Sequence[int]
    limit: Sequence[int]
    owner: Array
    kind: Array
    size: Array
    of: Mapping[int, Sequence[int]]


class Prepared:
    """The whole numbers of a scenario's split, by place among those that take part.

    ``columns[factor][i]`` times a weight is what the factor adds to a score, over one denominator that
    cancels in s / Σ s; ``now`` are the scores under the weights as they stand, times ``weights_over``.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.total = int(scenario.distributable / Fraction(scenario.fund.unit))
        self.bounds: Bounds = bounds(scenario, "", scenario.members[""])
        self.floors = [floor or 0 for floor in self.bounds.floors]
        self.caps = self.bounds.caps
        self.places = {scenario.ids[i]: at for at, i in enumerate(scenario.participants)}
        columns, overs = {}, {}
        for factor in scenario.weights:
            column, over = scenario.scaled(factor, scenario.participants)
            columns[factor] = column
            overs[factor] = (sum(column) or 1) if scenario.kind == "shares" else over
        common = lcm(*overs.values())
        rates = {factor: common // over for factor, over in overs.items()}
        if scenario.coefficient is not None:
            by, _ = scenario.scaled(scenario.coefficient, scenario.participants)
            columns = {factor: list(map(mul, column, by)) for factor, column in columns.items()}
        self.columns: Mapping[str, Sequence[int]] = {
            factor: list(map(mul, column, repeat(rates[factor]))) for factor, column in columns.items()
        }
        self._last: tuple[list[Number], list[int], list[int]] | None = None
        weights, self.weights_over = scaled(list(scenario.weights.values()))
        self.now = self.combined(weights, [self.columns[factor] for factor in scenario.weights])

    def combined(self, times: Sequence[int], columns: Sequence[Sequence[int]]) -> list[int]:
        """Σ times · column, by place."""
        found = [0] * len(self.floors)
        for rate, column in zip(times, columns, strict=True):
            if rate:
                found = list(map(add, found, map(mul, column, repeat(rate))))
        return found

    def along(self, line: Line) -> tuple[list[int], list[int]]:
        """Scores a + b t along a line, by place, over one denominator that cancels."""
        weights, start, start_over = self.scenario.weights, self.now, self.weights_over
        if dict(line.start) != dict(weights):
            times, start_over = scaled([line.start[factor] for factor in weights])
            start = self.combined(times, [self.columns[factor] for factor in weights])
        # most steps are in one proportion to their weights: what they change is that part of the scores
        parts = {j: Fraction(line.step[j]) / weight for j, weight in line.start.items() if weight}
        part = Counter(parts.values()).most_common(1)[0][0] if parts else Fraction()
        rest = {j: line.step[j] - part * line.start[j] for j in weights}
        rest = {j: step for j, step in rest.items() if step}
        rates, _ = scaled([Fraction(1, start_over), part / start_over, *rest.values()])
        columns = [start, *(self.columns[factor] for factor in rest)]
        return self.combined(rates[:1], columns[:1]), self.combined(rates[1:], columns)

    @cached_property
    def start(self) -> Start:
        """The amounts as they are.  Raises InfeasibleError where the limits cannot all hold."""
        scores, floors, caps = self.now, self.floors, self.caps
        if not self.bounds.any:
            nobody = np.full(len(scores), FREE, dtype=np.int8)
            return Start(self.total, sum(scores) or 1, nobody, {}, range(len(scores)))
        check_feasible(self.scenario, scores, self.bounds.floors, caps, self.total)
        p, q = find_multiplier(scores, floors, caps, self.total)
        found, just = [], {}
        for i, (score, floor, cap) in enumerate(zip(scores, floors, caps, strict=True)):
            stands = stood(p * score, q, floor, cap)
            found.append(stands)
            held = floor if stands == FLOOR else cap or 0
            if stands != FREE and score and floor != cap and p * score == held * q:
                just[i] = stands
        free = [i for i, stands in enumerate(found) if stands == FREE]
        return Start(p, q, np.array(found, dtype=np.int8), just, free)

    @cached_property
    def least(self) -> int:
        """Σ floors, in units."""
        return sum(self.floors)

    @cached_property
    def without_score(self) -> Sequence[int]:
        """The places of those without a score under the weights as they stand."""
        return [i for i, score in enumerate(self.now) if not score]

    @cached_property
    def most(self) -> int | None:
        """The most that can be shared out under the weights as they stand, in units; None without end."""
        rows = zip(self.now, self.floors, self.caps, strict=True)
        most = [cap if score else floor for score, floor, cap in rows]
        return None if None in most else sum(cap or 0 for cap in most)

    @cached_property
    def bends(self) -> Bends:
        """The limits at which amounts bend, floors of nothing left out."""
        owners, kinds, limits = list[int](), list[int](), list[int]()
        of: dict[int, list[int]] = {}
        for i, (floor, cap) in enumerate(zip(self.floors, self.caps, strict=True)):
            for kind, limit in ((FLOOR, floor), (CAP, cap)):
                if limit and floor != cap:
                    of.setdefault(i, []).append(len(owners))
                    owners.append(i)
                    kinds.append(kind)
                    limits.append(limit)
        sizes = np.array(limits, dtype=float)
        arrays = np.array(owners, dtype=int), np.array(kinds, dtype=np.int8)
        return Bends(owners, kinds, limits, *arrays, sizes, of)

    @cached_property
    def near_limits(self) -> tuple[Array, Array]:
        """Floors and caps in double precision, without end where there is no cap; at last 0 for nobody."""
        caps = [np.inf if cap is None else float(cap) for cap in self.caps]
        return np.array([*self.floors, 0], dtype=float), np.array([*caps, 0.0])

    @cached_property
    def near_now(self) -> Array:
        """The scores under the weights as they stand, in double precision, in the size of amounts."""
        return doubles(self.now, sum(self.now) or 1, self.total or 1)

    @cached_property
    def earmarks(self) -> Mapping[str, Fraction]:
        """The money set apart by recipient, in rounding units."""
        unit = Fraction(self.scenario.fund.unit)
        found = dict.fromkeys(self.scenario.ids, Fraction())
        for recipient, amount, _ in self.scenario.grants:
            found[recipient] += amount / unit
        return found

    def in_units(self, amount: Number) -> Fraction:
        """An amount in rounding units."""
        return Fraction(amount) / Fraction(self.scenario.fund.unit)


def stood(amount: int, over: int, floor: int, cap: int | None) -> int:
    """The limit at which an amount before limits, over a denominator, comes to stand; `FREE` for none."""
    if amount <= floor * over:
        return FLOOR
    return CAP if cap is not None and amount >= cap * over else FREE


def doubles(numbers: Sequence[int], over: int, times: int) -> Array:
    """Whole numbers of any size as numbers / over · times in double precision."""
    try:
        return np.array(numbers, dtype=float) * (times / float(over))
    except OverflowError:  # beyond double precision, but for their quotients
        return np.array([number / over for number in numbers], dtype=float) * float(times)
