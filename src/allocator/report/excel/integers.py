"""The whole numbers that the workbook computes with, and the test that they are small enough to be exact.

A spreadsheet holds 15 digits. As long as every product stays below 10^14, quotients and remainders of
whole numbers are exact; beyond that the workbook computes in decimals, takes remainders closer than
``closeness`` for equal, and notes this in a cell.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from allocator.core.allocation import Allocation
from allocator.core.exact import Number, plain
from allocator.core.model import Scenario
from allocator.text import money_scale

MOST = 10**14  # no product may reach it
MOST_DECIMALS = 9  # of a value that is made a whole number
WEIGHT_DECIMALS = 4  # that a weight typed into the workbook may always have
LEAST = Fraction(1, 4 * 10**15)  # about 2^-52, one step of a decimal in a spreadsheet


@dataclass(frozen=True)
class Integers:
    """Whole numbers behind an allocation, by weighted factor and by position in the scenario.

    ``rates[j] · values[j][i] · coefficients[i]`` is what factor j adds to the score of recipient i.
    ``split`` is the base in which the number of units is divided, high part first.
    """

    total: int
    split: int
    weight_power: int
    weights: tuple[Number, ...]
    weights_gcd: int
    powers: tuple[int, ...]
    values: tuple[tuple[Number, ...], ...]
    fits: tuple[bool, ...]
    weights_fit: tuple[bool, ...]
    coefficient_power: int
    coefficients: tuple[Number, ...]
    coefficient_fits: bool
    divisors: tuple[Number, ...]
    common: int
    raw: tuple[Number, ...]
    raw_gcd: int
    whole_rates: tuple[Number, ...]
    exact: bool
    rates: tuple[Number, ...]
    scores: tuple[Number, ...]

    @cached_property
    def score(self) -> Number:
        """Σ s."""
        return plain(sum(self.scores, start=0))


def integers(allocation: Allocation) -> Integers:
    """The whole numbers of an allocation as the workbook's own formulas find them."""
    scenario = allocation.scenario
    total = int(scenario.distributable / Fraction(scenario.fund.unit))
    split = _base(total)
    weights = list(scenario.weights.values())
    power = 10 ** max([WEIGHT_DECIMALS, *map(decimals, weights)])
    scaled_weights, weights_fit = _whole(weights, power)
    gcd = math.gcd(*(int(w) for w in scaled_weights)) or 1
    scaled_weights = [Fraction(w) / gcd for w in scaled_weights]
    taking = set(scenario.participants)
    columns, fits, powers = [], [], []
    for id in scenario.weights:
        column = scenario.factor(id).values
        powers.append(10 ** max(map(decimals, (x for x in column if x is not None)), default=0))
        values, fit = _whole(
            [x if i in taking and x is not None else 0 for i, x in enumerate(column)], powers[-1]
        )
        columns.append(tuple(values))
        fits.append(all(fit))
    coefficients: Sequence[Number] = [1] * len(scenario.ids)
    coefficient_power, coefficient_fits = 1, True
    if scenario.coefficient is not None:
        column = scenario.factor(scenario.coefficient).values
        coefficient_power = 10 ** max(map(decimals, (x for x in column if x is not None)), default=0)
        coefficients, fit = _whole(
            [x if i in taking and x is not None else 0 for i, x in enumerate(column)], coefficient_power
        )
        coefficient_fits = all(fit)
    sums = [sum(column, start=Fraction(0)) for column in columns]
    divisors: list[Number] = [
        (s if scenario.kind == "shares" else p) if w else 1
        for s, p, w in zip(sums, powers, scaled_weights, strict=True)
    ]
    common = 0
    if all(Fraction(d).denominator == 1 and d for d in divisors):
        common = math.lcm(*(int(d) for d in divisors))
        common = common if common < MOST else 0
    raw = [
        Fraction(w) * common / d if d else Fraction(0) for w, d in zip(scaled_weights, divisors, strict=True)
    ]
    raw_gcd = math.gcd(*(int(r) for r in raw))
    whole_rates = [r / raw_gcd if raw_gcd else Fraction(0) for r in raw]
    most_score = sum((r * s for r, s in zip(whole_rates, sums, strict=True)), start=Fraction(0)) * max(
        coefficients
    )
    exact = bool(
        common
        and raw_gcd
        and max(raw) < MOST
        and all(fit or not w for fit, w in zip(fits, scaled_weights, strict=True))
        and all(weights_fit)
        and coefficient_fits
        and 2 * split * most_score < MOST
    )
    rates = (
        whole_rates
        if exact
        else [Fraction(w) / d if d else Fraction(0) for w, d in zip(scaled_weights, divisors, strict=True)]
    )
    scores = [
        c * sum((r * column[i] for r, column in zip(rates, columns, strict=True)), start=Fraction(0))
        for i, c in enumerate(coefficients)
    ]
    return Integers(
        total=total,
        split=split,
        weight_power=power,
        weights=tuple(scaled_weights),
        weights_gcd=gcd,
        powers=tuple(powers),
        values=tuple(columns),
        fits=tuple(fits),
        weights_fit=tuple(weights_fit),
        coefficient_power=coefficient_power,
        coefficients=tuple(coefficients),
        coefficient_fits=coefficient_fits,
        divisors=tuple(divisors),
        common=common,
        raw=tuple(raw),
        raw_gcd=raw_gcd,
        whole_rates=tuple(whole_rates),
        exact=exact,
        rates=tuple(map(plain, rates)),
        scores=tuple(map(plain, scores)),
    )


def decimals(value: Number) -> int:
    """The number of decimals of a number, at most MOST_DECIMALS.

    >>> decimals(3), decimals(Fraction(1, 8)), decimals(Fraction(1, 3))
    (0, 3, 9)
    """
    over = Fraction(value).denominator
    return next((n for n in range(MOST_DECIMALS) if 10**n % over == 0), MOST_DECIMALS)


def scale_of(scenario: Scenario) -> int:
    """The number of main units in one shown unit of money."""
    return money_scale(scenario.fund.currency, scenario.fund.unit)


def _whole(values: Sequence[Number], power: int) -> tuple[list[Number], list[bool]]:
    scaled = [Fraction(value) * power for value in values]
    fits = [value.denominator == 1 and value < MOST for value in scaled]
    return [int(x) if fit else x for x, fit in zip(scaled, fits, strict=True)], fits


def _base(total: int) -> int:
    """A power of ten above the root of the number of units, with which a division is made in two steps.

    >>> _base(5602), _base(56_020_000)
    (100, 10000)
    """
    return int(10 ** ((len(str(max(total, 1))) - 1) // 2 + 1))
