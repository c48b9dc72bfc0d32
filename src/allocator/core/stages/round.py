"""Rounding 取整: amounts become whole units that add up to what is shared out, to the last unit.

Largest remainder: every amount down to whole units, then one more to the largest remainders, equal ones in
listed order (Hamilton's method; Balinski & Young 1975).  Rest to the largest: every amount to the nearest
unit, halves up, and what is left or over goes to the largest amount (尾差计入金额最大的对象); rest to
another: it goes to a recipient or reservation that is named.  Each alone: it is nobody's, and shown as
undistributed 未分配, until a reservation or adjustments use it.
"""

from __future__ import annotations

from collections.abc import Sequence


def whole_units(amounts: Sequence[int], over: int, total: int, rounding: str) -> tuple[list[int], list[int]]:
    """Whole units from amounts/over by the scenario's kind of rounding.

    They add up to total but for "each-alone" and "rest-to", which leave what is left or over to others.  The
    second result lists the positions among which listed order had to decide.

    >>> whole_units([1, 1, 1], 3, 1, "rest-to-largest"), whole_units([1, 1, 1], 3, 1, "each-alone")
    (([1, 0, 0], [0, 1, 2]), ([0, 0, 0], []))
    """
    if rounding == "largest-remainder":
        return largest_remainder(amounts, over, total)
    if rounding == "rest-to-largest":
        return rest_to_largest(amounts, over, total)
    return each_alone(amounts, over), []


def each_alone(amounts: Sequence[int], over: int) -> list[int]:
    """Whole units from amounts/over, each to the nearest by itself, halves up (各自取整).

    >>> each_alone([3, 4, 5], 6)
    [1, 1, 1]
    """
    return [(2 * amount + over) // (2 * over) for amount in amounts]


def largest_remainder(amounts: Sequence[int], over: int, total: int) -> tuple[list[int], list[int]]:
    """Whole units from amounts/over that add up to total: all down, then one more to the largest remainders.

    Equal remainders go in listed order; the second result lists the positions among which that order had
    to decide (Hamilton's method; Balinski & Young 1975).

    >>> largest_remainder([1, 1, 1], 3, 1)
    ([1, 0, 0], [0, 1, 2])
    """
    units = [amount // over for amount in amounts]
    remainders = [amount % over for amount in amounts]
    short = total - sum(units)
    if not short:
        return units, []
    # what the least remainder is that still gets one: sorting positions by it would take twice as long
    ranked = sorted(remainders, reverse=True)
    cut = ranked[short - 1]
    equal = [i for i, remainder in enumerate(remainders) if remainder == cut]
    units = [unit + (remainder > cut) for unit, remainder in zip(units, remainders, strict=True)]
    for i in equal[: total - sum(units)]:
        units[i] += 1
    return units, equal if short < len(ranked) and ranked[short] == cut else []


def rest_to_largest(amounts: Sequence[int], over: int, total: int) -> tuple[list[int], list[int]]:
    """Whole units from amounts/over: each to the nearest, halves up; the rest goes to the largest amount.

    Of equal largest amounts the first listed takes the rest; the second result lists them then (尾差计入金额
    最大的对象).

    >>> rest_to_largest([1, 1, 1], 3, 1)
    ([1, 0, 0], [0, 1, 2])
    """
    units = each_alone(amounts, over)
    rest = total - sum(units)
    if not rest:
        return units, []
    most = max(amounts)
    largest = [i for i, amount in enumerate(amounts) if amount == most]
    units[largest[0]] += rest
    return units, largest if len(largest) > 1 else []
