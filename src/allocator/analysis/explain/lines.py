"""Amounts while weights move along a line: exact, piece by piece, before rounding.

On each piece the same recipients stand at the same limits, and every amount is one linear function of the
move over another.  Without limits there is one piece.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import mul

from allocator.core.exact import Number, plain, scaled
from allocator.core.model import Scenario
from allocator.core.stages.bounds import limits_in_units
from allocator.core.stages.limit import find_multiplier

Linear = tuple[int, int]  # a + b · t


@dataclass(frozen=True)
class Line:
    """Weights w_j(t) = start_j + t · step_j for 0 ≤ t ≤ most, t in percentage points; Σ step = 0.

    A percentage point is a hundredth of all weights together, which for "shares" is one percent.
    """

    start: Mapping[str, Number]
    step: Mapping[str, Number]
    most: Number

    def weights(self, points: Number) -> dict[str, Number]:
        """The weights after so many points.

        >>> Line({"a": 40, "b": 60}, {"a": 1, "b": -1}, 60).weights(5)
        {'a': 45, 'b': 55}
        """
        return {j: plain(Fraction(w) + Fraction(points) * self.step[j]) for j, w in self.start.items()}


def exchange(scenario: Scenario, giver: str, taker: str) -> Line | None:
    """The line from one factor's weight to another's; None where the first has none or the second no data."""
    weights = scenario.weights
    if giver == taker or not weights[giver] or not _has_data(scenario, taker):
        return None
    point = Fraction(sum(weights.values()), 100)
    step = {j: plain(point * ((j == taker) - (j == giver))) for j in weights}
    return Line(weights, step, plain(weights[giver] / point))


def alone(scenario: Scenario, factor: str, *, up: bool) -> Line | None:
    """The line on which one weight changes and the others keep their proportions; None where it cannot."""
    weights = scenario.weights
    total = Fraction(sum(weights.values()))
    own, rest = weights[factor], total - weights[factor]
    if not rest or not (rest if up else own) or not _has_data(scenario, factor):
        return None
    point = total / 100 if up else -total / 100
    step = {j: plain(point if j == factor else -point * w / rest) for j, w in weights.items()}
    return Line(weights, step, plain((rest if up else own) / (total / 100)))


def _has_data(scenario: Scenario, factor: str) -> bool:
    """True if a weight on this factor can be used: for "shares" somebody must have some of it."""
    return scenario.kind != "shares" or any(scenario.column(factor))


@dataclass(frozen=True)
class Piece:
    """The amounts for low ≤ t ≤ high: numerators by recipient over ``over``, in rounding units.

    Earmarks are in them.  Both are linear in t; ``over`` is positive between low and high.
    """

    low: Fraction
    high: Fraction
    numerators: Mapping[str, Linear]
    over: Linear

    def amounts(self, points: Number, unit: Number) -> dict[str, Number]:
        """The amounts in the currency's main unit after so many points."""
        over = self.over[0] + Fraction(points) * self.over[1]
        return {id: plain(unit * (a + Fraction(points) * b) / over) for id, (a, b) in self.numerators.items()}


def pieces(scenario: Scenario, line: Line) -> Iterator[Piece]:
    """The pieces from t = 0 on, one after the other, to the end of the line."""
    scores = _scores(scenario, line)
    floors, caps = limits_in_units(scenario)
    total = int(scenario.distributable / Fraction(scenario.fund.unit))
    end = Fraction(line.most)
    if all(limit is None for limit in (*floors, *caps)):
        over = (sum(a for a, _ in scores), sum(b for _, b in scores)) if scores else (1, 0)
        yield _piece(scenario, Fraction(0), end, [(total * a, total * b) for a, b in scores], over)
        return
    reached, probe = Fraction(0), min(end, Fraction(1)) / 64
    while reached < end:
        low, high, numerators, over = _held(scores, floors, caps, total, probe)
        if low > reached:
            probe = (reached + low) / 2
            continue
        high = min(high, end)
        if high > reached:  # else the probe stood where two pieces meet
            yield _piece(scenario, reached, high, numerators, over)
            reached = high
        probe = reached + min(end - reached, Fraction(1)) / 64


def _scores(scenario: Scenario, line: Line) -> list[Linear]:
    """Each participant's score along the line, as integers over a common denominator that cancels."""
    rates: list[Number] = []
    columns: list[Sequence[int]] = []
    for factor in line.start:
        column, over = scaled(scenario.column(factor))
        divisor = (sum(column) or 1) if scenario.kind == "shares" else over
        columns.append(column)
        rates += [Fraction(by[factor]) / divisor for by in (line.start, line.step)]
    numerators, _ = scaled(rates)
    shrink = math.gcd(*numerators) or 1
    sides = []
    for side in (0, 1):
        by = [rate // shrink for rate in numerators[side::2]]
        sides.append([sum(map(mul, by, row)) for row in zip(*columns, strict=True)])
    if scenario.coefficient is not None:
        coefficients, _ = scaled(scenario.column(scenario.coefficient))
        sides = [list(map(mul, side, coefficients)) for side in sides]
    return list(zip(*sides, strict=True))


def _held(
    scores: Sequence[Linear],
    floors: Sequence[int | None],
    caps: Sequence[int | None],
    total: int,
    at: Fraction,
) -> tuple[Fraction, Fraction, list[Linear], Linear]:
    """The interval around one point in which the same stand at the same limits, and the amounts there."""
    here = [a * at.denominator + b * at.numerator for a, b in scores]
    p, q = find_multiplier(here, floors, caps, total)
    at_floor = [p * s <= (floor or 0) * q for s, floor in zip(here, floors, strict=True)]
    at_cap = [
        not low and cap is not None and p * s >= cap * q
        for low, s, cap in zip(at_floor, here, caps, strict=True)
    ]
    held = [
        (floor or 0) if low else cap if high else None
        for low, high, floor, cap in zip(at_floor, at_cap, floors, caps, strict=True)
    ]
    left = total - sum(amount for amount in held if amount is not None)
    free = [score for score, amount in zip(scores, held, strict=True) if amount is None]
    over = (sum(a for a, _ in free), sum(b for _, b in free)) if free else (1, 0)
    numerators = [
        (left * score[0], left * score[1]) if amount is None else (amount * over[0], amount * over[1])
        for score, amount in zip(scores, held, strict=True)
    ]
    conditions: list[Linear] = []  # each says a + b t ≥ 0
    if free:
        for (a, b), floor, cap, low, high in zip(scores, floors, caps, at_floor, at_cap, strict=True):
            if low or floor is not None:
                above = left * a - (floor or 0) * over[0], left * b - (floor or 0) * over[1]
                conditions.append((-above[0], -above[1]) if low else above)
            if cap is not None and not low:
                above = left * a - cap * over[0], left * b - cap * over[1]
                conditions.append(above if high else (-above[0], -above[1]))
    else:  # some multiplier must leave everybody at the limit: those at a cap want it large, the others small
        tops = [(score, cap) for score, cap, high in zip(scores, caps, at_cap, strict=True) if high]
        for (a, b), floor, low in zip(scores, floors, at_floor, strict=True):
            if low:
                conditions += [
                    ((floor or 0) * c - (cap or 0) * a, (floor or 0) * d - (cap or 0) * b)
                    for (c, d), cap in tops
                ]
    lows = [Fraction(-a, b) for a, b in conditions if b > 0]
    highs = [Fraction(-a, b) for a, b in conditions if b < 0]
    return max(lows, default=Fraction(0)), min(highs, default=Fraction(100)), numerators, over


def _piece(
    scenario: Scenario, low: Fraction, high: Fraction, numerators: Sequence[Linear], over: Linear
) -> Piece:
    """The piece with earmarks added."""
    found = dict.fromkeys(scenario.ids, (0, 0))
    found.update((scenario.ids[i], n) for i, n in zip(scenario.participants, numerators, strict=True))
    if scenario.earmarks:
        amounts: dict[str, Number] = dict.fromkeys(scenario.ids, 0)
        for earmark in scenario.earmarks:
            amounts[earmark.recipient] += earmark.amount / Fraction(scenario.fund.unit)
        extra, scale = scaled(list(amounts.values()))
        found = {
            id: (scale * a + more * over[0], scale * b + more * over[1])
            for (id, (a, b)), more in zip(found.items(), extra, strict=True)
        }
        over = scale * over[0], scale * over[1]
    return Piece(low, high, found, over)
