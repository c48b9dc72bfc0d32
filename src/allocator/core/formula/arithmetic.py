"""Exact arithmetic on pairs of whole numbers, within a bound on their length and on the work.

A pair is numerator over denominator, the denominator above zero and not always in lowest terms: ``Fraction``
reduces after every step, which takes longer than the step itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import cmp_to_key
from typing import Any

from allocator.core.exact import LARGEST, MOST_DECIMALS, Number, plain

Pair = tuple[int, int]
Operation = Callable[[Pair, Pair, "Steps"], Pair]

DIGITS = 20  # significant digits of what is rounded
LONG = 2_000  # bits from which a number costs more than a step
MOST_BITS = 16_384  # of a numerator or a denominator: some 4,900 digits
MOST_STEPS = 20_000_000  # for all the formulas of a scenario: some ten seconds
MOST_EXPONENT = 1_000
DECIMALS = 10**MOST_DECIMALS

ZERO, ONE = (0, 1), (1, 1)


class Refusal(Exception):
    """A value cannot be worked out, and why: the key and the details of a sentence.

    ``recipient`` is the name of whom it is about where that is another than the one whose value is worked
    out, and `NOBODY` where it is a whole column.
    """

    def __init__(self, key: str, recipient: object = None, **details: object) -> None:
        super().__init__(key)
        self.key, self.recipient, self.details = key, recipient, details


NOBODY = object()


class Steps:
    """The work that may still be done; the same on every machine, which a limit of seconds would not be."""

    def __init__(self, left: int = MOST_STEPS) -> None:
        self.left = left

    def take(self, count: int) -> None:
        """Counts so many steps; raises Refusal when there have been too many."""
        self.left -= count
        if self.left < 0:
            raise Refusal("formula_work")


def bounded(number: int, over: int, steps: Steps) -> Pair:
    """The pair itself, in lowest terms where it is long; raises Refusal where it is still too long."""
    bits = max(number.bit_length(), over.bit_length())
    if bits > LONG:
        steps.take(bits // 64)
        if bits > MOST_BITS:
            steps.take(bits // 8)
            common = math.gcd(number, over)
            number, over = number // common, over // common
            if max(number.bit_length(), over.bit_length()) > MOST_BITS:
                raise Refusal("formula_size", digits=MOST_BITS * 3 // 10)
    return number, over


def add(x: Pair, y: Pair, steps: Steps) -> Pair:
    """x + y."""
    (a, b), (c, d) = x, y
    number, over = (a + c, b) if b == d else (a * d + c * b, b * d)
    if number.bit_length() > LONG or over.bit_length() > LONG:
        return bounded(number, over, steps)
    return number, over


def subtract(x: Pair, y: Pair, steps: Steps) -> Pair:
    """x − y."""
    return add(x, (-y[0], y[1]), steps)


def multiply(x: Pair, y: Pair, steps: Steps) -> Pair:
    """x · y."""
    number, over = x[0] * y[0], x[1] * y[1]
    if number.bit_length() > LONG or over.bit_length() > LONG:
        return bounded(number, over, steps)
    return number, over


def divide(x: Pair, y: Pair, steps: Steps) -> Pair:
    """x / y; raises ZeroDivisionError."""
    c, d = y
    if c <= 0:
        if not c:
            raise ZeroDivisionError
        c, d = -c, -d
    number, over = x[0] * d, x[1] * c
    if number.bit_length() > LONG or over.bit_length() > LONG:
        return bounded(number, over, steps)
    return number, over


def below(x: Pair, y: Pair) -> bool:
    """True where x < y."""
    return x[0] * y[1] < y[0] * x[1]


def same(x: Pair, y: Pair) -> bool:
    """True where x = y."""
    return x[0] * y[1] == y[0] * x[1]


def lowest(x: Pair) -> Pair:
    """The pair in lowest terms.

    >>> lowest((-4, 6))
    (-2, 3)
    """
    common = math.gcd(*x)
    return x[0] // common, x[1] // common


def readable(x: Pair) -> Number | str:
    """The value as a sentence shows it: rounded to 20 significant digits, and a power of ten where huge.

    >>> readable((6, 4)), readable((10**50, 1))
    (Fraction(3, 2), '10^50')
    """
    value = Fraction(*significant(x))
    if abs(value) < LARGEST:
        return plain(value)
    power = (int(abs(value)).bit_length() - 2) * 30103 // 100000
    while 10 ** (power + 1) <= abs(value):  # Python refuses to write very long integers in decimal
        power += 1
    return f"{'−' if value < 0 else ''}10^{power}"


def raised(x: Pair, exponent: int, steps: Steps) -> Pair:
    """x to a whole power; raises ZeroDivisionError for 0 to a negative one, Refusal for 0^0 or too large."""
    number, over = lowest(x)
    if not number and not exponent:
        raise Refusal("formula_zero_power")
    if not -MOST_EXPONENT <= exponent <= MOST_EXPONENT:
        raise Refusal("formula_exponent", value=exponent, most=MOST_EXPONENT)
    if exponent < 0:
        number, over = divide(ONE, (number, over), steps)
        exponent = -exponent
    # before it is worked out: the result would have at least so many bits
    if (max(number.bit_length(), over.bit_length()) - 1) * exponent > MOST_BITS:
        raise Refusal("formula_size", digits=MOST_BITS * 3 // 10)
    return bounded(number**exponent, over**exponent, steps)


# --- rounding ---------------------------------------------------------------------------------------------


def significant(x: Pair, digits: int = DIGITS) -> Pair:
    """x rounded to so many significant digits, halves to even.

    >>> significant((2, 3), 3), significant((-25, 2), 2), significant((995, 1), 2)
    ((667, 1000), (-12, 1), (1000, 1))
    """
    number, over = x
    if not number:
        return ZERO
    size = abs(number)
    # so many places that the whole part has as many digits as are wanted, or one more
    shift = digits - 1 - (size.bit_length() - over.bit_length() - 1) * 30103 // 100000
    top, bottom = (size * 10**shift, over) if shift >= 0 else (size, over * 10**-shift)
    whole, rest = divmod(top, bottom)
    while whole >= 10**digits:
        whole, digit = divmod(whole, 10)
        rest, bottom, shift = rest + digit * bottom, bottom * 10, shift - 1
    whole += 2 * rest > bottom or (2 * rest == bottom and whole % 2)
    whole = whole if number > 0 else -whole
    return (whole * 10**-shift, 1) if shift <= 0 else (whole, 10**shift)


def to_decimals(x: Pair, decimals: int, way: str = "ROUND") -> Pair:
    """x to so many decimals: halves away from zero, or always away from it (ROUNDUP), or always towards it.

    >>> to_decimals((-5, 2), 0), to_decimals((1, 3), 1, "ROUNDUP"), to_decimals((149, 1), -2, "ROUNDDOWN")
    ((-3, 1), (4, 10), (100, 1))
    """
    number, over = x
    top, bottom = (abs(number) * 10**decimals, over) if decimals >= 0 else (abs(number), over * 10**-decimals)
    whole, rest = divmod(top, bottom)
    whole += bool(rest) if way == "ROUNDUP" else way == "ROUND" and 2 * rest >= bottom
    whole = whole if number > 0 else -whole
    return (whole, 10**decimals) if decimals >= 0 else (whole * 10**-decimals, 1)


def finished(x: Pair, decimals: int | None) -> Pair:
    """The value of a column: to so many decimals, halves away from zero, where that is said.

    Else as it is where whole or a decimal of at most 30 places, and rounded to 20 significant digits where
    not.  Raises Refusal for what is 10^30 or more.
    """
    if decimals is not None:
        x = to_decimals(x, decimals)
    number, over = x
    if over != 1:
        # without lowest terms: finding them takes longer than all else here
        if not number % over:
            number, over = number // over, 1
        elif number * DECIMALS % over:
            number, over = significant(x)
        else:
            number, over = lowest(x)
    if abs(number) >= LARGEST * over:
        raise Refusal("formula_large", digits=MOST_DECIMALS)
    return number, over


# --- many -------------------------------------------------------------------------------------------------


def total(values: Sequence[Pair], steps: Steps) -> Pair:
    """The sum."""
    over = common_denominator(values)
    if over:
        return bounded(sum([number * (over // own) for number, own in values]), over, steps)
    found = ZERO
    for value in values:
        found = lowest(add(found, value, steps))
    return found


def middle(values: Sequence[Pair], steps: Steps) -> Pair:
    """The median: the middle value by size, or the mean of the two in the middle."""
    inorder = sorted(values, key=by_size(values))
    half, odd = divmod(len(inorder), 2)
    if odd:
        return inorder[half]
    return divide(add(inorder[half - 1], inorder[half], steps), (2, 1), steps)


def by_size(values: Sequence[Pair]) -> Callable[[Pair], Any]:
    """The key to sort these values by: whole numbers, over one denominator, where that is short.

    >>> sorted([(1, 2), (1, 3)], key=by_size([(1, 2), (1, 3)]))
    [(1, 3), (1, 2)]
    """
    over = common_denominator(values)
    if over:
        return lambda value: value[0] * (over // value[1])
    return cmp_to_key(lambda x, y: below(y, x) - below(x, y))


def common_denominator(values: Iterable[Pair]) -> int:
    """The least common denominator; 0 where it is long.

    >>> common_denominator([(1, 4), (5, 6)])
    12
    """
    common = 1
    for over in {over for _, over in values}:
        common = math.lcm(common, over)
        if common.bit_length() > LONG:
            return 0
    return common
