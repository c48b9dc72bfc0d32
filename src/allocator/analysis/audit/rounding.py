"""What rounding leaves open: between which amounts before rounding the published ones can have come from.

Largest remainder: e_i − p_i lies between m and m + u with one m for all, Σ e = D and e ≥ 0.  That is exact
up to ties: who was raised has a remainder of at least the cut m + u, who was not, at most.

The rest to the largest: e_i lies within half a unit of p_i for everybody but the one with the largest e.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import pairwise
from math import lcm

from allocator.analysis.audit.case import Case
from allocator.exact import scaled
from allocator.parts import wrong

MOST_CANDIDATES = 8


def candidates(case: Case) -> list[int]:
    """Who can have been the largest before rounding, where the rest goes to the largest.

    Raises ScenarioError when these are too many to try, or when a limit may have taken part.
    """
    reach = Fraction(len(case.ids) - 1, 2)
    most = max(case.amounts) - Fraction(1, 2)
    found = [i for i, amount in enumerate(case.amounts) if amount + reach > most]
    for i in found:
        floor, cap = case.floors[i], case.caps[i]
        near = (floor is not None and case.amounts[i] - floor <= reach + 1) or (
            cap is not None and cap - case.amounts[i] <= reach + 1
        )
        if near or case.limited:
            wrong("audit_rest_limits", "reading")
    if len(found) > MOST_CANDIDATES:
        wrong("audit_rest_largest", "reading", count=len(found))
    return found


def is_simple(case: Case) -> bool:
    """Whether the ranges below hold together for any group: always, but for a largest that is in doubt."""
    if case.rounding != "rest-to-largest" or len(case.ids) == 1:
        return True
    found = candidates(case)
    others = [amount for i, amount in enumerate(case.amounts) if i != found[0]]
    clear = case.amounts[found[0]] - Fraction(len(others), 2) >= max(others) + Fraction(1, 2)
    return len(found) == 1 and clear


def single_ranges(case: Case) -> tuple[list[int], list[int], int]:
    """For each recipient the least and the most before rounding, in units, as integers over one number.

    Where the largest is in doubt these ranges are as wide as any of the candidates allows.
    """
    size = len(case.ids)
    if case.rounding == "exact":
        amounts, over = scaled(case.amounts)
        return list(amounts), list(amounts), over
    units = [int(amount) for amount in case.amounts]
    if case.rounding == "largest-remainder":
        positive = sum(1 for amount in units if amount)
        over = lcm(size, positive, positive + 1)
        down = over * (size - 1) // size
        up = {True: over * (positive - 1) // positive, False: over * positive // (positive + 1)}
        low = [amount * over - (down if amount else 0) for amount in units]
        return low, [amount * over + up[amount > 0] for amount in units], over
    low = [max(0, 2 * amount - 1) for amount in units]
    high = [2 * amount + 1 for amount in units]
    for i in candidates(case):
        low[i], high[i] = (2 * case.total - sum(side) + side[i] for side in (high, low))
        low[i] = max(0, low[i])
    return low, high, 2


def group_range(case: Case, members: Iterable[int]) -> tuple[Fraction, Fraction]:
    """The least and the most that these recipients had together before rounding, in units; needs is_simple.

    For largest remainder, with g members and q others that got something: at a given m the group is at most
    g (m + u) and, seen from the others, −q m above its amounts; the least of both is largest where they are
    equal, g q / (g + q) units.
    """
    inside = set(members)
    published = Fraction(sum(case.amounts[i] for i in inside))
    if case.rounding == "exact" or not inside or len(inside) == len(case.ids):
        return published, published
    if case.rounding == "largest-remainder":
        return published - _reach(case, set(range(len(case.ids))) - inside), published + _reach(case, inside)
    low, high, over = single_ranges(case)
    largest = candidates(case)[0]
    side = set(range(len(case.ids))) - inside if largest in inside else inside
    least, most = (Fraction(sum(ends[i] for i in side), over) for ends in (low, high))
    return (case.total - most, case.total - least) if largest in inside else (least, most)


def _reach(case: Case, inside: set[int]) -> Fraction:
    g, q = len(inside), sum(1 for i, amount in enumerate(case.amounts) if amount and i not in inside)
    return Fraction(g * q, g + q) if q else Fraction(0)


def most_of(case: Case, multipliers: Mapping[int, Fraction]) -> Fraction:
    """An upper figure for Σ π_i e_i before rounding, in units; for largest remainder the most itself.

    There Σ π d = Σ (π − ν) d for any ν, as Σ d = 0, and at its most over m the right side is the larger of
    two sums, one falling and one rising in ν; both are tried at every π, where they bend.
    """
    factors = [multipliers.get(i, Fraction(0)) for i in range(len(case.ids))]
    published = Fraction(sum(factor * amount for factor, amount in zip(factors, case.amounts, strict=True)))
    if case.rounding == "exact":
        return published
    if case.rounding == "rest-to-largest":
        low, high, over = single_ranges(case)
        ends = zip(factors, low, high, strict=True)
        return sum((factor * Fraction(b if factor > 0 else a, over) for factor, a, b in ends), Fraction(0))

    def above(v: Fraction) -> Fraction:
        return sum((factor - v for factor in factors if factor > v), Fraction(0))

    def below(v: Fraction) -> Fraction:
        pairs = zip(factors, case.amounts, strict=True)
        return sum((v - factor for factor, amount in pairs if amount and factor < v), Fraction(0))

    bends = sorted({*factors})
    best = min(max(above(v), below(v)) for v in bends)
    for left, right in pairwise(bends):
        fall, rise = above(left) - above(right), below(right) - below(left)
        if above(left) > below(left) and above(right) < below(right):
            v = left + (right - left) * (above(left) - below(left)) / (fall + rise)
            best = min(best, max(above(v), below(v)))
    return published + best
