"""The effects of moving weight, exactly and without sampling.

Everything here is about amounts before rounding, earmarks included, unless it says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from allocator.analysis.explain.lines import Line, alone
from allocator.analysis.explain.remembering import remembering
from allocator.core.allocation import Allocation
from allocator.core.beyond import covers_format_1
from allocator.core.engine import Working, allocate
from allocator.core.errors import AllocatorError
from allocator.core.exact import Frozen, Number, plain
from allocator.core.model import Scenario

if TYPE_CHECKING:
    from allocator.analysis.explain.pieces import Place
    from allocator.analysis.explain.rates import Changes


@dataclass(frozen=True)
class Rate:
    """The exchange rate of two factors: each recipient's change for one percentage point of weight moved.

    ``closed`` says that it is the formula; else it is the difference of two allocations before rounding,
    one point apart.
    """

    giver: str
    taker: str
    amounts: Changes
    closed: bool


def exchange_rates(allocation: Allocation) -> tuple[Rate, ...]:
    """The exchange rate of every two weighted factors, in listed order.

    D / 100 · (share_ik − share_ij) for a point from j to k, for kind "shares" without coefficient and where
    no limit binds; elsewhere by exact difference.  Left out where the giver has less than one point, or the
    scenario one point on cannot be allocated.  Each amount is worked out when it is asked for.

    >>> from allocator import allocate, load_scenario
    >>> rule = load_scenario("scenarios/luzhou-2023/published-rule.toml")
    >>> rates = {(r.giver, r.taker): r for r in exchange_rates(allocate(rule))}
    >>> rates["tax", "employment"].amounts["ftz"] == Fraction(560_200) * Fraction("-9.68") / 100
    True
    """
    covers_format_1(allocation.scenario, "beyond.surface.sensitivity")
    from allocator.analysis.explain.rates import moved_points  # with numpy

    return tuple(Rate(*way, amounts, closed) for way, amounts, closed in moved_points(allocation))


def _under(scenario: Scenario, line: Line, points: Number) -> Scenario:
    return replace(scenario, weights=line.weights(points))


# --- where something changes ----------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Crossing:
    """The weight of a factor at which something happens: ``place`` on a line on which the factor moves.

    A place is a number of points as numerator and denominator.  Figures are worked out when they are asked
    for, since a table of a whole nation has very many.
    """

    factor: str
    line: Line
    place: Place

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Crossing):
            return NotImplemented
        return (self.factor, self.points, self.weights) == (other.factor, other.points, other.weights)

    def __hash__(self) -> int:
        return hash((self.factor, self.points))

    @cached_property
    def points(self) -> Number:
        """The percentage points by which the weight moves."""
        return plain(Fraction(*self.place))

    @cached_property
    def weights(self) -> Mapping[str, Number]:
        """All weights there."""
        return Frozen(self.line.weights(self.points))

    @property
    def weight(self) -> Number:
        """The factor's own weight there."""
        return plain(self.line.start[self.factor] + Fraction(self.points) * self.line.step[self.factor])


@dataclass(frozen=True)
class BreakEven:
    """The weights at which a recipient draws level while one moves and the others keep their proportions.

    ``lower`` and ``upper`` are the nearest places below and above the factor's weight, None where there is
    none up to its end.
    """

    factor: str
    lower: Crossing | None
    upper: Crossing | None


def break_evens(
    scenario: Scenario, against: Mapping[str, str | Number]
) -> Mapping[str, tuple[BreakEven, ...]]:
    """By recipient and factor, the nearest weights at which an amount before rounding equals another.

    ``against`` gives by recipient another recipient, or an amount such as the published one.  Exact: one
    linear equation, with limits one for each set of recipients that stand at a limit.
    """
    from allocator.analysis.explain.levels import first_levels, held_against  # with numpy

    covers_format_1(scenario, "beyond.surface.sensitivity")
    found: dict[str, list[BreakEven]] = {id: [] for id in against}
    gaps = held_against(scenario, against) if against else None
    for factor in scenario.weights:
        sides = []
        for up in (False, True):
            line = alone(scenario, factor, up=up)
            levels = {} if line is None or gaps is None else first_levels(gaps, line)
            sides.append({number: Crossing(factor, line, place) for number, place in levels.items() if line})
        lower, upper = sides
        nowhere = BreakEven(factor, None, None)  # of most
        for number, places in enumerate(found.values()):
            some = number in lower or number in upper
            places.append(BreakEven(factor, lower.get(number), upper.get(number)) if some else nowhere)
    return Frozen({id: tuple(places) for id, places in found.items()})


def break_even(scenario: Scenario, line: Line, id: str, against: str | Number) -> Number | None:
    """The points along a line after which an amount before rounding first equals another one; None: never.

    >>> from allocator import load_scenario
    >>> rule = load_scenario("scenarios/luzhou-2023/published-rule.toml")
    >>> less_tax = alone(rule, "tax", up=False)
    >>> break_even(rule, less_tax, "luxian", "longmatan")
    Fraction(1220, 43)
    """
    from allocator.analysis.explain.levels import first_levels, held_against  # with numpy

    covers_format_1(scenario, "beyond.surface.sensitivity")
    place = first_levels(held_against(scenario, {id: against}), line).get(0)
    return None if place is None else plain(Fraction(*place))


# --- ranks ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Steady:
    """The range of a factor's weight, others rescaled, in which no rank by amount before rounding changes.

    ``meet_lower`` and ``meet_upper`` are two recipients that are level at that end, None where the weight can
    move no further.  Both ends are the weight itself where two that are level part at once.
    """

    factor: str
    lower: Number
    upper: Number
    meet_lower: tuple[str, str] | None
    meet_upper: tuple[str, str] | None


def steady_weights(scenario: Scenario) -> tuple[Steady, ...]:
    """For each factor the interval of its weight within which no rank changes.

    Exact: only neighbours in the ranking can meet first, each pair at one linear equation for each set of
    recipients that stand at a limit.
    """
    from allocator.analysis.explain.levels import Ranks  # with numpy

    covers_format_1(scenario, "beyond.surface.sensitivity")
    found, ranks = [], Ranks(scenario)
    for factor, weight in scenario.weights.items():
        ends: list[tuple[Number, tuple[str, str] | None]] = []
        for up in (False, True):
            line = alone(scenario, factor, up=up)
            if line is None:
                ends.append((weight, None))
                continue
            meeting = ranks.first_meeting(line)
            points, pair = (line.most, None) if meeting is None else (Fraction(*meeting[0]), meeting[1])
            ends.append((plain(weight + Fraction(points) * line.step[factor]), pair))
        (lower, below), (upper, above) = ends
        found.append(Steady(factor, lower, upper, below, above))
    return tuple(found)


# --- up and down ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Swing:
    """Amounts, rounded, with one weight lower and higher by so many percentage points.

    The other weights keep their proportions.  Fewer points where the weight has less to give or take; None
    where it has nothing.
    """

    factor: str
    down: tuple[Number, Allocation] | None
    up: tuple[Number, Allocation] | None


def swings(scenario: Scenario, points: Number = 5) -> tuple[Swing, ...]:
    """For each factor the allocation with its weight so many points down and up.

    Left as None where that scenario cannot be allocated.
    """
    covers_format_1(scenario, "beyond.surface.sensitivity")
    working = remembering()
    found = []
    for factor in scenario.weights:
        lines = (alone(scenario, factor, up=up) for up in (False, True))
        found.append(Swing(factor, *(_swung(scenario, line, points, working) for line in lines)))
    return tuple(found)


def _swung(
    scenario: Scenario, line: Line | None, points: Number, working: Working
) -> tuple[Number, Allocation] | None:
    if line is None:
        return None
    moved = min(points, line.most)
    try:
        return moved, allocate(_under(scenario, line, moved), working)
    except AllocatorError:
        return None
