"""Figures rounded so that they add up as shown."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from allocator.engine import largest_remainder
from allocator.exact import Number, plain, scaled


def adding_up(values: Sequence[Number], places: int, total: Number | None = None) -> list[Number]:
    """The values rounded to so many decimals by the largest remainder, so that they add up as shown.

    They add up to ``total``, which is their sum as it is shown; without it, their sum is rounded.

    >>> adding_up([Fraction(1, 3), Fraction(1, 3), Fraction(1, 3)], 1)
    [Fraction(2, 5), Fraction(3, 10), Fraction(3, 10)]
    """
    if not values:
        return []
    numerators, over = scaled([value * 10**places for value in values])
    whole = Fraction(sum(numerators), over) if total is None else total * 10**places
    units, _ = largest_remainder(numerators, over, round(whole))
    return [plain(Fraction(unit, 10**places)) for unit in units]
