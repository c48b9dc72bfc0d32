"""The four roundings by hand, groups from the outside in.

Where the text of the rules is silent, this is decided:

32. With rest-to-largest a group is rounded like a recipient, takes what is left where its amount is the
    largest, and shares it out inside by the same rule. The largest amount is the largest of what is paid,
    after what is held came off.
33. each-alone and rest-to round everybody alone, whatever groups there are; a group whose sum then breaks its
    limit is refused.
34. With rest-to every pool gives its rest, more or less, to the one named; so does the split after overall
    limits. Who takes no part in a pool with a rest of zero is no error. A reservation that would fall below
    zero is refused.
35. What an overall limit moves is rounded again in the same way, so that each-alone may leave something
    twice.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from formula_by_hand import Refused
from limits_by_hand import Part


def rounded(
    parts: Sequence[Part],
    exact: dict[int, Fraction],
    total: Fraction,
    unit: Fraction,
    how: str,
    taker: int | None = None,
) -> dict[int, Fraction]:
    """Amounts in whole units: of the total, but for what each-alone and rest-to a reservation leave.

    `taker` is the place of the recipient that takes the rest with rest-to. Refused where a limit breaks.
    """
    if how in ("largest-remainder", "rest-to-largest"):
        found = _inwards(parts, exact, total, unit, how)
    else:
        found = {at: nearest_unit(amount, unit) for at, amount in exact.items()}
        if taker is not None:
            found[taker] += total - sum(found.values())
    for part in parts:
        _keeps(part, found)
    return found


def nearest_unit(amount: Fraction, unit: Fraction) -> Fraction:
    """The amount in whole units, halves up."""
    return math.floor(amount / unit + Fraction(1, 2)) * unit


def largest_remainder(amounts: Sequence[Fraction], total: Fraction, unit: Fraction) -> list[Fraction]:
    """Every amount down to whole units, and one more for the largest remainders, in listed order."""
    found = [math.floor(amount / unit) * unit for amount in amounts]
    order = sorted(range(len(amounts)), key=lambda i: (found[i] - amounts[i], i))
    left = (total - sum(found)) / unit
    assert left.denominator == 1 and 0 <= left <= len(amounts)
    for i in order[: int(left)]:
        found[i] += unit
    return found


def inside(part: Part) -> list[int]:
    """The places of everybody in a part."""
    return [at for one in part.parts for at in inside(one)] if part.parts else [part.at]


def _inwards(
    parts: Sequence[Part], exact: dict[int, Fraction], total: Fraction, unit: Fraction, how: str
) -> dict[int, Fraction]:
    amounts = [sum((exact[at] for at in inside(part)), Fraction()) for part in parts]
    if how == "largest-remainder":
        units = largest_remainder(amounts, total, unit)
    else:
        units = [nearest_unit(amount, unit) for amount in amounts]
        if amounts:
            units[amounts.index(max(amounts))] += total - sum(units)
    found: dict[int, Fraction] = {}
    for part, own in zip(parts, units, strict=True):
        found |= _inwards(part.parts, exact, own, unit, how) if part.parts else {part.at: own}
    return dict(sorted(found.items()))


def _keeps(part: Part, found: dict[int, Fraction]) -> None:
    own = sum((found[at] for at in inside(part)), Fraction())
    if own < part.floor or (part.cap is not None and own > part.cap):
        raise Refused(f"{own} breaks a limit or goes below zero")
    for one in part.parts:
        _keeps(one, found)
