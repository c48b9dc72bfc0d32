"""The allocation, stage by stage, in exact integers.

Every stage keeps integers over one common denominator: scores over their sum, limited amounts over the
denominator of the multiplier.  ``Fraction`` appears only when somebody asks the result for a figure.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import repeat
from operator import mul

from allocator.core.allocation import Allocation
from allocator.core.errors import InfeasibleError, Problem, ScenarioError
from allocator.core.exact import plain, scaled
from allocator.core.limits import check_feasible, find_multiplier, limits_in_units
from allocator.core.model import Scenario
from allocator.text import Money

METHOD_VERSION = "2"


def allocate(scenario: Scenario) -> Allocation:
    """Splits the fund: reservations and earmarks off, weighted shares, limits, rounding.

    e_i = D · s_i / Σ s;  a_i = min(max(k · e_i, floor_i), cap_i) with Σ a = D;  then whole units.

    Amounts are in the currency's main unit, and amounts plus reservations add up to the fund exactly.
    Raises InfeasibleError when the limits cannot all hold, ScenarioError when every score is zero.
    The method: docs/method.md.
    """
    total = int(scenario.distributable / Fraction(scenario.fund.unit))
    parts = _parts(scenario)
    scores = [sum(column) for column in zip(*parts.values(), strict=True)]
    total_score = sum(scores)
    if not total_score:
        if scenario.participants:
            raise ScenarioError(Problem("scores_zero", part="factors"))
        total_score = 1
    floors, caps = limits_in_units(scenario)
    if any(floor is not None for floor in floors) or any(cap is not None for cap in caps):
        check_feasible(scenario, scores, floors, caps, total)
        numerator, over = find_multiplier(scores, floors, caps, total)
        limited = [
            min(max(numerator * score, (floor or 0) * over), (total if cap is None else cap) * over)
            for score, floor, cap in zip(scores, floors, caps, strict=True)
        ]
        multiplier = plain(Fraction(numerator * total_score, over * total)) if total else 1
    else:
        limited, over, multiplier = [total * score for score in scores], total_score, 1
    if scenario.fund.rounding == "largest-remainder":
        units, tied = largest_remainder(limited, over, total)
    else:
        units, tied = rest_to_largest(limited, over, total)
        _check_rest(scenario, units, floors, caps)
    taking = [scenario.recipients[i].id for i in scenario.participants]
    return Allocation(
        scenario=scenario,
        parts=parts,
        scores=tuple(scores),
        total_score=total_score,
        floor_units=tuple(floors),
        cap_units=tuple(caps),
        multiplier=multiplier,
        limited_units=tuple(limited),
        limited_over=over,
        units=tuple(units),
        tied=tuple(taking[i] for i in tied),
        method_version=METHOD_VERSION,
    )


def _parts(scenario: Scenario) -> dict[str, tuple[int, ...]]:
    """Each factor's part of each score: w_j · x_ij (/ Σ_k x_kj for shares), times the coefficient.

    Brought to integers over one common denominator, which cancels in s_i / Σ s.
    """
    weights, _ = scaled(list(scenario.weights.values()))
    columns, overs = zip(*(scaled(scenario.column(factor)) for factor in scenario.weights), strict=True)
    shares = scenario.kind == "shares"  # the column's own denominator cancels in x / Σ x
    divisors = [sum(column) or 1 for column in columns] if shares else list(overs)
    common = math.lcm(*(d for d, weight in zip(divisors, weights, strict=True) if weight))
    rates = [w * (common // d) if w else 0 for w, d in zip(weights, divisors, strict=True)]
    shrink = math.gcd(*rates)
    parts = [map(mul, column, repeat(rate // shrink)) for column, rate in zip(columns, rates, strict=True)]
    if scenario.coefficient is not None:
        coefficients, _ = scaled(scenario.column(scenario.coefficient))
        parts = [map(mul, part, coefficients) for part in parts]
    return dict(zip(scenario.weights, map(tuple, parts), strict=True))


def largest_remainder(amounts: Sequence[int], over: int, total: int) -> tuple[list[int], list[int]]:
    """Whole units from amounts/over that add up to total: all down, then one more to the largest remainders.

    Equal remainders go in listed order; the second result lists the positions among which that order had
    to decide (Hamilton's method; Balinski & Young 1975).

    >>> largest_remainder([1, 1, 1], 3, 1)
    ([1, 0, 0], [0, 1, 2])
    """
    units = [amount // over for amount in amounts]
    remainders = [amount - unit * over for amount, unit in zip(amounts, units, strict=True)]
    short = total - sum(units)
    if not short:
        return units, []
    order = sorted(range(len(units)), key=remainders.__getitem__, reverse=True)  # stable: listed order
    for i in order[:short]:
        units[i] += 1
    cut = remainders[order[short - 1]]
    if short < len(order) and remainders[order[short]] == cut:
        return units, [i for i, remainder in enumerate(remainders) if remainder == cut]
    return units, []


def rest_to_largest(amounts: Sequence[int], over: int, total: int) -> tuple[list[int], list[int]]:
    """Whole units from amounts/over: each to the nearest, halves up; the rest goes to the largest amount.

    Of equal largest amounts the first listed takes the rest; the second result lists them then (尾差计入金额
    最大的对象).

    >>> rest_to_largest([1, 1, 1], 3, 1)
    ([1, 0, 0], [0, 1, 2])
    """
    units = [(2 * amount + over) // (2 * over) for amount in amounts]
    rest = total - sum(units)
    if not rest:
        return units, []
    most = max(amounts)
    largest = [i for i, amount in enumerate(amounts) if amount == most]
    units[largest[0]] += rest
    return units, largest if len(largest) > 1 else []


def _check_rest(
    scenario: Scenario, units: Sequence[int], floors: Sequence[int | None], caps: Sequence[int | None]
) -> None:
    """Refuses a rest that takes the largest amount past one of its limits or below zero."""
    for at, (amount, floor, cap) in enumerate(zip(units, floors, caps, strict=True)):
        limit = (floor or 0) if amount < (floor or 0) else cap if cap is not None and amount > cap else None
        if limit is not None:
            unit, currency = scenario.fund.unit, scenario.fund.currency
            name = scenario.recipients[scenario.participants[at]].name
            details = {
                "name": name,
                "amount": Money(plain(amount * unit), currency),
                "limit": Money(plain(limit * unit), currency),
            }
            raise InfeasibleError(Problem("rest_breaks_limit", details))
