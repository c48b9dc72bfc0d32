"""Factors of which nothing is known, put together: fewer unknowns, and exactly the same ranges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from allocator.analysis.audit.case import Case


def known_factors(case: Case) -> set[int]:
    """The factors of which something is known or supposed, by position."""
    named = [fact.factor for fact in case.reading.known] + [fact.factor for fact in case.reading.scored]
    return {case.factors.index(factor) for factor in named}


def merged(
    case: Case, apart: Iterable[int], rates: Sequence[Fraction] | None = None
) -> tuple[Case, Mapping[int, int]]:
    """The same split by fewer factors, and the place there of each factor.

    By shares all that a factor of which nothing is known says is w_j · x_ij ≥ 0 and Σ_i x_ij = 1, so any of
    them can be replaced by one with the sum of their weights: its shares are their mean, and each of them may
    have these.  So it is of those of which the same recipients have nothing.  Factors ``apart`` stay, those
    without a weight too, and only such with the same of ``rates`` are put together.
    """
    stay = {*apart, *known_factors(case), *(j for j, weight in enumerate(case.weights) if not weight)}
    firsts: dict[object, int] = {}
    places: dict[int, int] = {}
    weights: list[Fraction] = []
    factors: list[str] = []
    for j, weight in enumerate(case.weights):
        kind: object = ("apart", j)
        if j not in stay and case.shares:
            kind = "rate", rates and rates[j], case.reading.nothing_of(case.factors[j])
        if kind not in firsts:
            firsts[kind] = len(weights)
            weights.append(Fraction(0))
            factors.append(case.factors[j])
        places[j] = firsts[kind]
        weights[places[j]] += weight
    return replace(case, factors=tuple(factors), weights=tuple(weights)), places
