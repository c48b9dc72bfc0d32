"""Square roots, logarithms and powers with a fraction, rounded correctly to 20 significant digits.

Every machine gives the same digits: roots are found in whole numbers, logarithms and powers by the decimal
module in a context of its own, with ever more digits until the rounding is certain (Ziv 1991).
"""

from __future__ import annotations

import math
from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_EVEN, Context, Decimal, InvalidOperation, Overflow

from allocator.core.formula.arithmetic import (
    DIGITS,
    LONG,
    MOST_BITS,
    MOST_EXPONENT,
    ONE,
    ZERO,
    Pair,
    Refusal,
    Steps,
    divide,
    lowest,
    raised,
    readable,
    significant,
)

_GUARD = 10  # digits beyond those that are wanted, to begin with


def square_root(x: Pair, steps: Steps) -> Pair:
    """√x; raises Refusal below zero.

    >>> from fractions import Fraction
    >>> square_root((9, 4), Steps()), Fraction(*square_root((2, 1), Steps())) * 10**19
    ((3, 2), Fraction(14142135623730950488, 1))
    """
    number, over = x
    if number < 0:
        raise Refusal("formula_root", value=readable(x))
    if not number:
        return ZERO
    steps.take(3)
    # an even power of ten, so that the whole part of the root has some digits more than are wanted
    shift = max(0, 2 * DIGITS + 4 - (number.bit_length() - over.bit_length()) * 30103 // 100000)
    shift += shift % 2
    scaled, rest = divmod(number * 10**shift, over)
    root = math.isqrt(scaled)
    # a further digit stands for all that was cut off, so that no half is seen where there is none
    more = bool(rest or root * root != scaled)
    return lowest(significant((10 * root + more, 10 * 10 ** (shift // 2))))


def logarithm(x: Pair, steps: Steps) -> Pair:
    """The natural logarithm; raises Refusal for zero and below.

    >>> from fractions import Fraction
    >>> logarithm((1, 1), Steps()), Fraction(*logarithm((2, 1), Steps())) * 10**20
    ((0, 1), Fraction(69314718055994530942, 1))
    """
    number, over = lowest(x)
    if number <= 0:
        raise Refusal("formula_logarithm", value=readable(x))
    if number == over:
        return ZERO
    # near 1 the logarithm is as small as the distance from 1
    near = max(0, over.bit_length() - abs(number - over).bit_length()) * 3 // 10
    digits = DIGITS + _GUARD + near
    while True:
        steps.take(_cost(digits))
        context = _context(digits)
        found = context.ln(_decimal(number, over, context))
        # the quotient is off by half a unit of its last digit at most, the logarithm by as much of its own
        off = 1 + number.bit_length() + over.bit_length()
        if (certain := _rounded(found.as_integer_ratio(), (off, 10 ** (digits - 2)))) is not None:
            return certain
        digits *= 2


def power(x: Pair, y: Pair, steps: Steps) -> Pair:
    """x^y: exact where y is whole; else of x above zero, rounded; raises Refusal and ZeroDivisionError.

    >>> power((2, 1), (-3, 1), Steps()), power((27, 8), (2, 3), Steps()), power((0, 1), (1, 2), Steps())
    ((1, 8), (9, 4), (0, 1))
    """
    upper, lower = lowest(y)
    if lower == 1:
        return raised(x, upper, steps)
    number, over = lowest(x)
    if number < 0:
        raise Refusal("formula_root", value=readable(x))
    if not number:
        return divide(ONE, ZERO, steps) if upper < 0 else ZERO
    if abs(upper) > MOST_EXPONENT * lower:
        raise Refusal("formula_exponent", value=readable(y), most=MOST_EXPONENT)
    bits = max(number.bit_length(), over.bit_length())
    if (bits - 1) * abs(upper) > MOST_BITS * lower:
        raise Refusal("formula_size", digits=MOST_BITS * 3 // 10)
    if lower <= bits:  # the root of a larger order is never whole, but of 1
        steps.take(bits)
        roots = _root(number, lower), _root(over, lower)
        if roots[0] is not None and roots[1] is not None:
            return _exact_power((roots[0], roots[1]), upper, steps)
    elif number == over:
        return ONE
    if lower == 2 and bits * abs(upper) <= LONG:
        return square_root(raised((number, over), upper, steps), steps)
    return _irrational_power((number, over), (upper, lower), steps)


def _exact_power(root: Pair, exponent: int, steps: Steps) -> Pair:
    """The power of a whole root, rounded as all powers with a fraction are."""
    number, over = root if exponent > 0 else (root[1], root[0])
    steps.take(max(number.bit_length(), over.bit_length()) * abs(exponent) // 64)
    return lowest(significant((number ** abs(exponent), over ** abs(exponent))))


def _irrational_power(x: Pair, y: Pair, steps: Steps) -> Pair:
    digits = DIGITS + _GUARD
    exponent = 1 + abs(y[0]) // y[1]
    while True:
        steps.take(2 * _cost(digits))
        context = _context(digits)
        product = context.multiply(_decimal(*y, context), context.ln(_decimal(*x, context)))
        number, over = context.exp(product).as_integer_ratio()
        # e^(p + ε) is off by ε of itself; ε is what the quotients, the logarithm and the product are off by
        off = exponent * (1 + x[0].bit_length() + x[1].bit_length())
        if (certain := _rounded((number, over), (number * off, over * 10 ** (digits - 3)))) is not None:
            return certain
        digits *= 2


def _rounded(found: Pair, error: Pair) -> Pair | None:
    """The rounded value where all that lies within the error is rounded to the same; else None."""
    (a, b), (c, d) = found, error
    low, high = (lowest(significant((a * d + side * c * b, b * d))) for side in (-1, 1))
    return low if low == high else None


def _cost(digits: int) -> int:
    """The steps that a logarithm of so many digits takes, as measured."""
    return 7 * (digits - 10) ** 2 // 10


def _context(digits: int) -> Context:
    # one of its own: that of the thread may be anything
    traps = [InvalidOperation, Overflow]
    return Context(digits, ROUND_HALF_EVEN, Emin=MIN_EMIN, Emax=MAX_EMAX, clamp=0, capitals=1, traps=traps)


def _decimal(number: int, over: int, context: Context) -> Decimal:
    return context.divide(Decimal(number), Decimal(over))


def _root(number: int, order: int) -> int | None:
    """The whole root of a number above zero; None where there is none."""
    if order == 2:
        root = math.isqrt(number)
    else:
        root = 1 << -(-number.bit_length() // order)  # not below the root; Newton comes down to it
        while True:
            step = ((order - 1) * root + number // root ** (order - 1)) // order
            if step >= root:
                break
            root = step
    return root if root**order == number else None
