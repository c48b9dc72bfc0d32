"""Bounds in closed form, exact: a table with known margins, and nothing else known about it.

With y_ij = w_j x_ij, rows of y add up to what recipients got and columns to the weights.  Each function
gives for every recipient numerators of the least and the most and their denominator.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import repeat
from math import lcm

from allocator.analysis.audit.case import Case
from allocator.analysis.audit.rounding import group_range, is_simple, single_ranges
from allocator.core.exact import scaled

Sides = tuple[list[int], list[int], list[int]]


def shares_apply(case: Case) -> bool:
    """True if the bounds on factor shares have a closed form."""
    if case.facts or case.limited or not is_simple(case):
        return False
    if case.shares:
        return case.coefficients is None or (case.rounding == "exact" and min(case.coefficients) > 0)
    weighted = sum(1 for weight in case.weights if weight)
    return weighted > 1 or (
        case.rounding == "exact" and (case.coefficients is None or min(case.coefficients) > 0)
    )


def amounts_apply(case: Case) -> bool:
    """True if the bounds on amounts under other weights have a closed form."""
    plain = case.coefficients is None or not case.shares
    return plain and not case.facts and not case.limited and is_simple(case)


def factor_shares(case: Case) -> list[Sides]:
    """For each factor, the least and the most of every recipient's share of it.

    For ``shares``: x_ij lies between (a_i + w_j − 1) / w_j and a_i / w_j, and between 0 and 1; with a
    coefficient the same holds of a_i / c_i, brought to add up to 1.  For ``scores`` a whole column may belong
    to anybody who got something, unless it is the only column.
    """
    low, high, over = single_ranges(case)
    total = over * case.total
    weights, whole = scaled(case.weights)
    if case.coefficients is not None and (case.shares or sum(1 for w in weights if w) == 1):
        divided, _ = scaled([Fraction(a) / c for a, c in zip(case.amounts, case.coefficients, strict=True)])
        low = high = list(divided)
        total = sum(divided)
    return [_factor(case, low, high, total, weight, whole) for weight in weights]


def _factor(
    case: Case, low: Sequence[int], high: Sequence[int], total: int, weight: int, whole: int
) -> Sides:
    size = len(case.ids)
    if size == 1:
        return [1], [1], [1]
    if weight == 0:
        return [0] * size, [1] * size, [1] * size
    if case.shares or weight == whole:
        over = total * weight
        gap = total * whole - over
        return (
            [max(0, a * whole - gap) for a in low],
            [min(over, a * whole) for a in high],
            [over] * size,
        )
    some = [a > 0 or case.coefficient(i) == 0 for i, a in enumerate(high)]
    others = sum(some)
    alone = [others == 1 and one for one in some]
    return [int(one) for one in alone], [int(one) for one in some], [1] * size


def entitlements(case: Case, weights: Sequence[Fraction]) -> Sides:
    """For each recipient the least and the most under other weights, in units."""
    low, high, over = single_ranges(case)
    if not case.shares or len(case.ids) == 1:
        return _scores(case, weights, [(i,) for i in range(len(case.ids))], low, high, over)
    return _fill(case, weights, low, high, over)


def group_entitlements(case: Case, weights: Sequence[Fraction], groups: Sequence[Iterable[int]]) -> Sides:
    """For each group the least and the most of its sum under other weights, in units."""
    found: Sides = ([], [], [])
    for group in map(tuple, groups):
        ends = group_range(case, group)
        (low, high), over = scaled(ends)
        if len(group) in (0, len(case.ids)):
            sides: Sides = ([low], [high], [over])
        elif case.shares:
            sides = _fill(case, weights, [low], [high], over)
        else:
            sides = _scores(case, weights, [group], [low], [high], over)
        for into, side in zip(found, sides, strict=True):
            into.extend(side)
    return found


def _fill(
    case: Case, weights: Sequence[Fraction], low: Sequence[int], high: Sequence[int], over: int
) -> Sides:
    """Fills each amount into bins of size w_j: by rising w′_j / w_j for the least, falling for the most.

    Factors that had no weight add their whole new weight to the most.
    """
    sizes, whole = scaled(case.weights)
    rates, under = scaled([new / old for new, old in zip(weights, case.weights, strict=True) if old])
    bins = sorted(
        zip(rates, (over * case.total * size for size in sizes if size), strict=True)
    )  # an amount a over `over` units is a · whole in these
    free = sum(new for new, old in zip(weights, case.weights, strict=True) if not old)
    extra = Fraction(free) * case.total  # in units
    common = lcm(under * whole * over, extra.denominator)
    raise_by = common // (under * whole * over)
    more = int(extra * common)
    least = _poured(bins, [a * whole for a in low])
    most = _poured(bins[::-1], [a * whole for a in high])
    return (
        [a * raise_by for a in least],
        [a * raise_by + more for a in most],
        list(repeat(common, len(low))),
    )


def _poured(bins: Sequence[tuple[int, int]], amounts: Sequence[int]) -> list[int]:
    """Σ rate · the part of the amount in each bin, for each amount, with the bins filled in this order."""
    steps: list[tuple[int, int, int]] = []  # the start of a bin, the sum by then, the rate from there
    start = value = 0
    for rate, size in bins:
        steps.append((start, value, rate))
        start, value = start + size, value + rate * size
    steps.reverse()
    return [
        next(value + rate * (amount - start) for start, value, rate in steps if amount >= start)
        for amount in amounts
    ]


def _scores(
    case: Case,
    weights: Sequence[Fraction],
    groups: Sequence[Sequence[int]],
    low: Sequence[int],
    high: Sequence[int],
    over: int,
) -> Sides:
    """a r / (a r + (1 − a) r′), with r and r′ the opposite extremes of w′_j / w_j.

    Where a factor without weight so far comes in, a group may get everything or nothing.
    """
    pairs = [(new, old) for new, old in zip(weights, case.weights, strict=True)]
    rates = [new / old for new, old in pairs if old]
    free = any(new and not old for new, old in pairs)
    least, most = (int(rate * lcm(*(r.denominator for r in rates))) for rate in (min(rates), max(rates)))
    total = over * case.total
    counted = [i for i in range(len(case.ids)) if case.coefficient(i)]
    found: Sides = ([], [], [])
    for group, a, b in zip(groups, low, high, strict=True):
        inside = sum(1 for i in group if case.coefficient(i))
        all_, nobody = inside == len(counted), inside == 0
        bottom, bottom_over = a * least, a * least + (total - a) * most
        top, top_over = b * most, b * most + (total - b) * least
        if a == total:  # the others have nothing, whatever the weights
            bottom, bottom_over = 1, 1
        if all_ or nobody:
            bottom, bottom_over = top, top_over = int(all_), 1
        elif free:
            bottom, bottom_over, top, top_over = 0, 1, 1, 1
        found[0].append(bottom * (top_over or 1) * case.total)
        found[1].append(top * (bottom_over or 1) * case.total)
        found[2].append((bottom_over or 1) * (top_over or 1))
    return found
