"""The effects of moving weight, exactly and without sampling.

Everything here is about amounts before rounding, earmarks included, unless it says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise, permutations

from allocator.analysis.explain.lines import Line, Linear, Piece, alone, exchange, pieces
from allocator.core.allocation import Allocation
from allocator.core.beyond import covers_format_1
from allocator.core.engine import allocate
from allocator.core.errors import AllocatorError
from allocator.core.exact import Frozen, Number, plain
from allocator.core.model import Scenario


@dataclass(frozen=True)
class Rate:
    """The exchange rate of two factors: each recipient's change for one percentage point of weight moved.

    ``closed`` says that it is the formula; else it is the difference of two allocations before rounding,
    one point apart.
    """

    giver: str
    taker: str
    amounts: Mapping[str, Number]
    closed: bool


def exchange_rates(allocation: Allocation) -> tuple[Rate, ...]:
    """The exchange rate of every two weighted factors, in listed order.

    D / 100 · (share_ik − share_ij) for a point from j to k, for kind "shares" without coefficient and where
    no limit binds; elsewhere by exact difference.  Left out where the giver has less than one point, or the
    scenario one point on cannot be allocated.

    >>> from allocator import load_scenario
    >>> rule = load_scenario("scenarios/luzhou-2023/published-rule.toml")
    >>> rates = {(r.giver, r.taker): r for r in exchange_rates(allocate(rule))}
    >>> rates["tax", "employment"].amounts["ftz"] == Fraction(560_200) * Fraction("-9.68") / 100
    True
    """
    covers_format_1(allocation.scenario, "beyond.surface.sensitivity")
    return tuple(_rates(allocation))


def _rates(allocation: Allocation) -> Iterator[Rate]:
    scenario = allocation.scenario
    brings = _brings(scenario) if scenario.kind == "shares" and scenario.coefficient is None else {}
    for giver, taker in permutations(scenario.weights, 2):
        line = exchange(scenario, giver, taker)
        if line is None or line.most < 1:
            continue
        if brings:
            amounts = {id: plain(brings[taker][id] - part) for id, part in brings[giver].items()}
            if _unlimited(allocation, amounts):
                yield Rate(giver, taker, Frozen(amounts), True)
                continue
        try:
            moved = allocate(_under(scenario, line, 1)).limited
        except AllocatorError:
            continue
        amounts = {id: plain(amount - allocation.limited[id]) for id, amount in moved.items()}
        yield Rate(giver, taker, Frozen(amounts), False)


def _brings(scenario: Scenario) -> dict[str, dict[str, Fraction]]:
    """The money that a percentage point of each factor brings everybody: D / 100 · share."""
    found = {}
    for factor in scenario.weights:
        column = scenario.column(factor)
        point = Fraction(scenario.distributable) / 100 / (sum(x for x in column if x is not None) or 1)
        found[factor] = dict.fromkeys(scenario.ids, Fraction())
        for i, value in zip(scenario.participants, column, strict=True):
            found[factor][scenario.ids[i]] = point * (value or 0)
    return found


def _unlimited(allocation: Allocation, amounts: Mapping[str, Number]) -> bool:
    """True if no limit changes anything, neither before nor after these amounts are added."""
    if not allocation.scenario.limits:
        return True
    floors, caps = allocation.floors, allocation.caps
    return all(
        (floors[id] or 0) <= amount + more and (caps[id] is None or amount + more <= (caps[id] or 0))
        for id, amount in allocation.entitlements.items()
        for more in (0, amounts[id])
    )


def _under(scenario: Scenario, line: Line, points: Number) -> Scenario:
    return replace(scenario, weights=line.weights(points))


# --- where something changes ----------------------------------------------------------------------


@dataclass(frozen=True)
class Crossing:
    """The weight of a factor at which something happens; ``weights`` are all of them there."""

    factor: str
    points: Number
    weights: Mapping[str, Number]

    @property
    def weight(self) -> Number:
        """The factor's own weight."""
        return self.weights[self.factor]


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
    covers_format_1(scenario, "beyond.surface.sensitivity")
    found: dict[str, list[BreakEven]] = {id: [] for id in against}
    for factor in scenario.weights:
        lower, upper = (
            {} if line is None else _crossings(scenario, factor, line, against)
            for line in (alone(scenario, factor, up=up) for up in (False, True))
        )
        for id, places in found.items():
            places.append(BreakEven(factor, lower.get(id), upper.get(id)))
    return Frozen({id: tuple(places) for id, places in found.items()})


def _crossings(
    scenario: Scenario, factor: str, line: Line, against: Mapping[str, str | Number]
) -> dict[str, Crossing]:
    return {
        id: Crossing(factor, points, Frozen(line.weights(points)))
        for id, points in _levels(scenario, line, against).items()
    }


def break_even(scenario: Scenario, line: Line, id: str, against: str | Number) -> Number | None:
    """The points along a line after which an amount before rounding first equals another one; None: never.

    >>> from allocator import load_scenario
    >>> rule = load_scenario("scenarios/luzhou-2023/published-rule.toml")
    >>> less_tax = alone(rule, "tax", up=False)
    >>> break_even(rule, less_tax, "luxian", "longmatan")
    Fraction(1220, 43)
    """
    covers_format_1(scenario, "beyond.surface.sensitivity")
    return _levels(scenario, line, {id: against}).get(id)


def _levels(scenario: Scenario, line: Line, against: Mapping[str, str | Number]) -> dict[str, Number]:
    """The points after which each recipient first draws level; those that never do are left out."""
    unit = Fraction(scenario.fund.unit)
    found: dict[str, Number] = {}
    for piece in pieces(scenario, line):
        for id, other in against.items():
            if id in found:
                continue
            a, b = piece.numerators[id]
            level: Sequence[Number] = (
                piece.numerators[other]
                if isinstance(other, str)
                else [other / unit * part for part in piece.over]
            )
            root = _zero(a - level[0], b - level[1], piece)
            if root is not None:
                found[id] = root
        if len(found) == len(against):
            break
    return found


def _zero(a: Number, b: Number, piece: Piece) -> Number | None:
    """The first place of a piece at which a + b t is zero, and anything can be shared out.

    At the end of a line nobody may have a score: there every amount would be nothing over nothing.
    """
    if not b:
        return None if a else plain(piece.low)
    root = Fraction(-a) / b
    if not piece.low <= root <= piece.high or not piece.over[0] + piece.over[1] * root:
        return None
    return plain(root)


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
    covers_format_1(scenario, "beyond.surface.sensitivity")
    found = []
    for factor, weight in scenario.weights.items():
        ends: list[tuple[Number, tuple[str, str] | None]] = []
        for up in (False, True):
            line = alone(scenario, factor, up=up)
            if line is None:
                ends.append((weight, None))
                continue
            points, pair = _first_meeting(scenario, line)
            ends.append((line.weights(points)[factor], pair))
        (lower, below), (upper, above) = ends
        found.append(Steady(factor, lower, upper, below, above))
    return tuple(found)


def _first_meeting(scenario: Scenario, line: Line) -> tuple[Number, tuple[str, str] | None]:
    """The points after which two recipients that differ draw level or two level ones part, and those two."""
    order: list[str] = []
    for piece in pieces(scenario, line):
        of = piece.numerators
        if not order:
            order = sorted(of, key=lambda id: -of[id][0])  # all over one positive number at t = 0
            level = [of[i][0] == of[m][0] for i, m in pairwise(order)]
        meetings = [
            (at, (i, m))
            for (i, m), same in zip(pairwise(order), level, strict=True)
            if (at := _meets(of[i], of[m], piece, same=same)) is not None
        ]
        if meetings:
            return min(meetings, key=lambda meeting: meeting[0])
    return line.most, None


def _meets(first: Linear, second: Linear, piece: Piece, *, same: bool) -> Number | None:
    a, b = first[0] - second[0], first[1] - second[1]
    if same:
        return plain(piece.low) if a or b else None
    return _zero(a, b, piece)


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
    return tuple(
        Swing(factor, *(_swung(scenario, alone(scenario, factor, up=up), points) for up in (False, True)))
        for factor in scenario.weights
    )


def _swung(scenario: Scenario, line: Line | None, points: Number) -> tuple[Number, Allocation] | None:
    if line is None:
        return None
    moved = min(points, line.most)
    try:
        return moved, allocate(_under(scenario, line, moved))
    except AllocatorError:
        return None
