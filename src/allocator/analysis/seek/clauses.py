"""The least change of one cap, floor or reservation at which all targets are met.

Amounts are min(max(λ s_i, floor_i), cap_i), and the λ at which they add up never rises with a cap, a floor or
a reservation.  So over a range of the clause λ lies between its values at the two ends, and with it every
amount; ranges that cannot hold the answer are dropped, others halved, the nearest first.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from heapq import heappop, heappush

from allocator.analysis.seek.answer import Answer, Clause, Impossible, clash_of
from allocator.analysis.seek.measure import rounding_slack
from allocator.analysis.seek.moves import points_of
from allocator.analysis.seek.targets import Demand, Target, check_targets, demands, earmarked
from allocator.core.allocation import Allocation
from allocator.core.engine import allocate
from allocator.core.errors import AllocatorError
from allocator.core.exact import Number, plain
from allocator.core.model import Scenario
from allocator.core.stages.bounds import limits_in_units
from allocator.core.stages.feasible import check_feasible
from allocator.core.stages.limit import find_multiplier

MOST_TRIES = 20_000


def seek_clause(scenario: Scenario, targets: Sequence[Target], clause: Clause, *, step: Number = 1) -> Answer:
    """The least change of one clause at which all targets are met, with the weights unchanged.

    Amounts move in whole rounding units, rates in steps of so many percentage points; of two changes of one
    size the lower value counts as the nearer.  Raises ScenarioError for targets that cannot be,
    InfeasibleError where the present limits cannot all hold.

    >>> from allocator import load_scenario
    >>> from allocator.analysis.seek import Target
    >>> scenario = load_scenario("scenarios/luzhou-2023/cap-zone.toml")  # the zone has 4481 under 80 %
    >>> answer = seek_clause(scenario, [Target("amount", ("ftz",), "<=", 42_000_000)], Clause("cap", 0))
    >>> answer.found.scenario.limits[0].cap_rate, answer.found.amounts["ftz"]
    (Fraction(37, 50), 41450000)
    """
    check_targets(scenario, targets)
    now = allocate(scenario)
    search = _Search(now, tuple(targets), clause, size_of(scenario, clause, step))
    low, high = (search.scenario(end) for end in search.ends())
    ends = clause.value(low), clause.value(high)
    found = search.first()
    if found is not None:
        change = abs(Fraction(clause.value(found.scenario) - clause.value(scenario)))
        return Answer(search.targets, now, found, plain(change), search.proved, clause=clause, ends=ends)
    impossible = search.why() if search.proved else None
    return Answer(search.targets, now, None, None, search.proved, None, impossible, clause=clause, ends=ends)


def size_of(scenario: Scenario, clause: Clause, step: Number) -> Fraction:
    """The change of the clause in one step: a rounding unit, or so many percentage points of a rate."""
    return Fraction(scenario.fund.unit) if clause.is_amount(scenario) else points_of(step) / 100


def reach_of(scenario: Scenario, clause: Clause, size: Fraction) -> tuple[int, int]:
    """The furthest steps down and up: to nothing, and to all there is, or the largest rate allowed."""
    value = Fraction(clause.value(scenario))
    low = -math.floor(value / size)
    if clause.kind == "reservation":
        return low, math.floor(Fraction(scenario.distributable) / size)
    if clause.is_amount(scenario):
        return low, math.ceil(max(Fraction(0), scenario.distributable - value) / size)
    return low, math.floor((scenario.limits[clause.number].most_rate - value) / size)


def with_clause(scenario: Scenario, clause: Clause, value: Number) -> Scenario:
    """The scenario with another value of the clause."""
    at = clause.number
    if clause.kind == "reservation":
        reservations = list(scenario.reservations)
        reservations[at] = replace(reservations[at], amount=value)
        return replace(scenario, reservations=tuple(reservations))
    limits = list(scenario.limits)
    key = clause.kind if clause.is_amount(scenario) else f"{clause.kind}_rate"
    limits[at] = replace(limits[at], **{key: value})  # type: ignore[arg-type]
    return replace(scenario, limits=tuple(limits))


@dataclass(frozen=True)
class _At:
    """The clause some steps away: λ and the limits; a later step has no higher λ."""

    multiplier: Fraction
    floors: Sequence[int]
    caps: Sequence[int]
    total: int
    demands: Sequence[Demand]


class _Search:
    """Steps of one clause, the nearest first."""

    def __init__(self, now: Allocation, targets: tuple[Target, ...], clause: Clause, size: Fraction) -> None:
        self.now, self.targets, self.clause, self.size = now, targets, clause, size
        self.proved, self.tries = True, 0
        self.seen: dict[int, _At | None] = {}
        # limits that follow the distributable amount in whole units move to and fro with a reservation
        self.loose = clause.kind == "reservation" and any(
            limit.of == "distributable" for limit in now.scenario.limits
        )

    def scenario(self, steps: int) -> Scenario:
        """The scenario with the clause so many steps away."""
        scenario, clause = self.now.scenario, self.clause
        return with_clause(scenario, clause, plain(clause.value(scenario) + steps * self.size))

    def ends(self) -> tuple[int, int]:
        """The furthest steps down and up at which the limits can all hold; unchecked where ``loose``."""
        low, high = reach_of(self.now.scenario, self.clause, self.size)
        return self._furthest(low), self._furthest(high)

    def _furthest(self, end: int) -> int:
        """The furthest feasible step from 0 towards the end; none beyond an infeasible one is feasible."""
        if self.loose or self.at(end) is not None:
            return end
        sound, broken = 0, end
        while abs(broken - sound) > 1:
            middle = (sound + broken) // 2 if broken > 0 else -((-sound - broken) // 2)
            if self.at(middle) is not None:
                sound = middle
            else:
                broken = middle
        return sound

    def at(self, steps: int) -> _At | None:
        """λ and the limits there, or None where the limits cannot all hold."""
        if steps not in self.seen:
            self.seen[steps] = self._at(steps)
        return self.seen[steps]

    def _at(self, steps: int) -> _At | None:
        try:
            scenario = self.scenario(steps)
            total = int(scenario.distributable / Fraction(scenario.fund.unit))
            floors, caps = limits_in_units(scenario)
            check_feasible(scenario, self.now.split.scores, floors, caps, total)
        except AllocatorError:
            return None
        p, q = find_multiplier(self.now.split.scores, floors, caps, total)
        return _At(
            Fraction(p, q),
            [floor or 0 for floor in floors],
            [total if cap is None else cap for cap in caps],
            total,
            demands(scenario, self.targets),
        )

    def first(self) -> Allocation | None:
        """The nearest allocation that meets the targets; sorted by distance, ranges before single steps."""
        low, high = self.ends()
        queue = [(0, 1, 0, 0)]
        if low < 0:
            heappush(queue, (1, 0, low, -1))
        if high > 0:
            heappush(queue, (1, 0, 1, high))
        while queue:
            _, single, start, end = heappop(queue)
            self.tries += 1
            if self.tries > MOST_TRIES:
                self.proved = False
                return None
            if single:
                found = self._verified(start)
                if found is not None:
                    return found
                continue
            if self.missing(start, end) > 0:
                continue
            middle = (start + end) // 2
            for a, b in {(start, middle), (min(middle + 1, end), end)}:
                heappush(queue, (min(abs(a), abs(b)), int(a == b), a, b))
        return None

    def _verified(self, steps: int) -> Allocation | None:
        try:
            found = allocate(self.scenario(steps))
        except AllocatorError:
            return None
        return found if all(target.met(found) for target in self.targets) else None

    def missing(self, start: int, end: int) -> Fraction:
        """The least by which the demands are missed together anywhere in a range, in units."""
        first, last = self.at(start), self.at(end)
        if self.loose or first is None or last is None:
            return Fraction(0)
        lows, highs = self._between(first, last)
        least, most = (f(first.total, last.total) for f in (min, max))
        missing = Fraction(0)
        for a, b in zip(first.demands, last.demands, strict=True):
            bound = max(a.bound, b.bound) if a.side > 0 else min(a.bound, b.bound)
            if a.rival is not None:
                missing += max(0, self._rank(a, bound, lows, highs))
                continue
            others = [i for i in range(len(lows)) if i not in set(a.members)]
            slack = rounding_slack(self.now.scenario, len(a.members))
            if a.side > 0:
                sums = max(sum(lows[i] for i in a.members), least - sum(highs[i] for i in others))
            else:
                sums = min(sum(highs[i] for i in a.members), most - sum(lows[i] for i in others))
            missing += max(Fraction(0), a.side * (sums - bound) - slack)
        return missing

    def _between(self, first: _At, last: _At) -> tuple[list[Fraction], list[Fraction]]:
        """The least and the most of everybody's amount after limits, in units."""
        multipliers = sorted((first.multiplier, last.multiplier))
        ends: list[list[Fraction]] = []
        for multiplier, pick in zip(multipliers, (min, max), strict=True):
            rows = zip(self.now.split.scores, first.floors, last.floors, first.caps, last.caps, strict=True)
            ends.append(
                [
                    min(max(multiplier * s, Fraction(pick(f, g))), Fraction(pick(c, d)))
                    for s, f, g, c, d in rows
                ]
            )
        return ends[0], ends[1]

    def _rank(self, demand: Demand, bound: int, lows: Sequence[Fraction], highs: Sequence[Fraction]) -> int:
        """The least number of places by which a rank is missed."""
        scenario = self.now.scenario
        unit = Fraction(scenario.fund.unit)
        apart = [Fraction(earmarked(scenario, [id])) / unit for id in scenario.ids]
        least, most = list(apart), list(apart)
        for i, low, high in zip(scenario.participants, lows, highs, strict=True):
            least[i] += low
            most[i] += high
        whole = scenario.fund.rounding == "largest-remainder"
        slack = 2 if whole else len(scenario.participants)
        rival = demand.rival
        assert rival is not None
        if demand.side > 0:
            return sum(x - most[rival] > slack for i, x in enumerate(least) if i != rival) - bound
        return bound - sum(x - least[rival] > -slack for i, x in enumerate(most) if i != rival)

    def why(self) -> Impossible:
        """The targets that clash, and for a single one the allocation that comes nearest to it."""

        def part(numbers: Sequence[int]) -> _Search:
            return _Search(self.now, tuple(self.targets[n] for n in numbers), self.clause, self.size)

        def none(numbers: Sequence[int]) -> bool:
            search = part(numbers)
            return search.first() is None and search.proved

        clash, alone = clash_of(len(self.targets), none)
        single = len(clash) == 1 and self.targets[clash[0]].of != "rank"
        return Impossible(clash, alone, nearest=part(clash)._nearest() if single else None)

    def _nearest(self) -> Allocation | None:
        """The allocation that comes nearest to a single target, before rounding."""
        if self.loose:
            return None
        low, high = self.ends()
        queue: list[tuple[Fraction, int, int, int]] = [(Fraction(0), abs(low), low, high)]
        while queue:
            _, _, start, end = heappop(queue)
            if start == end:
                try:
                    return allocate(self.scenario(start))
                except AllocatorError:  # the rest of the rounding breaks a limit there
                    continue
            middle = (start + end) // 2
            for a, b in ((start, middle), (middle + 1, end)):
                heappush(queue, (self.missing(a, b), min(abs(a), abs(b)), a, b))
        return None
