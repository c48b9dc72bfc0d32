"""Exact numbers: ``int`` where whole, else ``Fraction``; and tables that cannot be changed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import repeat
from operator import mul
from typing import Any, NamedTuple, Never, TypeVar, overload

Number = int | Fraction
K = TypeVar("K")
V = TypeVar("V")

# Far beyond any fund, and small enough that no input can make the exact arithmetic slow.
LARGEST = 10**30
MOST_DECIMALS = 30


class TooManyDecimals(ValueError):
    """The error for a number that only has too many decimals."""


class Frozen(dict[K, V]):
    """A dict that cannot be changed, so that frozen data can hold tables and still be pickled."""

    def _refuse(self, *_: object, **__: object) -> Never:
        raise TypeError("this table cannot be changed; make a new one")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (dict(self),)


def exact(value: int | Fraction | Decimal | float | str) -> Number:
    """The number as written, exactly: int where whole, else Fraction.

    A float stands for the decimal that it prints as.  Raises ValueError for anything that is not a finite
    number below 10^30 with at most 30 decimals; TooManyDecimals where those alone are wrong.

    >>> exact("0.30"), exact(5.0), exact(0.1)
    (Fraction(3, 10), 5, Fraction(1, 10))
    """
    number: Number
    if type(value) is int or isinstance(value, Fraction):
        number = value
    elif isinstance(value, bool):
        raise ValueError(f"not a number: {value!r}")
    else:
        try:
            decimal = Decimal(repr(value) if isinstance(value, float) else value)
        except (ArithmeticError, TypeError, ValueError):
            raise ValueError(f"not a number: {value!r}") from None
        # checked before conversion: 1E+999999999 would fill the memory
        exponent = decimal.as_tuple().exponent
        if not isinstance(exponent, int) or decimal.adjusted() >= 30:
            raise ValueError(f"not a finite number of ordinary size: {value!r}")
        if exponent < -MOST_DECIMALS:
            raise TooManyDecimals(f"more than {MOST_DECIMALS} decimals: {value!r}")
        number = Fraction(decimal)
    numerator, denominator = number.as_integer_ratio()
    if not -LARGEST * denominator < numerator < LARGEST * denominator:
        raise ValueError(f"not a number of ordinary size: {value!r}")
    return int(number) if denominator == 1 else number


def are_exact(values: Sequence[Any]) -> bool:
    """True for numbers that `exact` would leave as they are, and values not given (None)."""
    if not {int, Fraction, type(None)}.issuperset(map(type, values)):
        return False
    whole = [value for value in values if type(value) is int]
    pairs = [value.as_integer_ratio() for value in values if type(value) is Fraction]
    numerators = [*whole, *(numerator for numerator, _ in pairs)]
    if not numerators:
        return True
    return (
        min(numerators) > -LARGEST
        and max(numerators) < LARGEST
        and min((denominator for _, denominator in pairs), default=2) > 1
    )


def is_decimal(number: Number) -> bool:
    """True for a number that at most 30 decimals write in full.

    >>> is_decimal(Fraction(1, 8)), is_decimal(Fraction(1, 3))
    (True, False)
    """
    return Fraction(number * 10**MOST_DECIMALS).denominator == 1


def plain(number: Number) -> Number:
    """The number, as an int where it is whole."""
    return number if type(number) is int or number.denominator != 1 else int(number)


class Scaled(NamedTuple):
    """Exact numbers as integers over one common denominator: what is done to whole columns is done to these.

    >>> Scaled([1, 6], 2).numbers
    [Fraction(1, 2), 3]
    """

    numerators: Sequence[int]
    over: int

    @property
    def numbers(self) -> list[Number]:
        """The numbers themselves."""
        over = self.over
        if over == 1:
            return list(self.numerators)
        return [Fraction(n, over) if n % over else n // over for n in self.numerators]

    def times(self, size: Number) -> Scaled:
        """Each of them times a number.

        >>> Scaled([1, 6], 2).times(Fraction(1, 3))
        Scaled(numerators=[1, 6], over=6)
        """
        shared = math.gcd(size.numerator, self.over)
        by, over = size.numerator // shared, size.denominator * (self.over // shared)
        return Scaled(self.numerators if by == 1 else list(map(mul, self.numerators, repeat(by))), over)

    def with_over(self, over: int) -> Sequence[int]:
        """Their numerators over a multiple of the denominator."""
        if over == self.over:
            return self.numerators
        return list(map(mul, self.numerators, repeat(over // self.over)))


def scaled(numbers: Sequence[Number]) -> Scaled:
    """The numbers as integers over one common denominator.

    >>> scaled([Fraction(1, 2), 3])
    Scaled(numerators=[1, 6], over=2)
    """
    if {int}.issuperset(map(type, numbers)):
        return Scaled(numbers, 1)  # type: ignore[arg-type]
    pairs = [number.as_integer_ratio() for number in numbers]
    over = math.lcm(*{denominator for _, denominator in pairs})
    return Scaled([n * (over // d) for n, d in pairs], over)


class Numbers(Sequence[Any]):
    """The exact numbers of a column, each of ordinary size; None where one is not given.

    What is asked of a whole column is worked out once, however many scenarios hold it, and fractions are made
    only when somebody asks for one.

    >>> Numbers((Fraction(1, 2), 3)) == (Fraction(1, 2), 3), Numbers((Fraction(1, 2), 3)).scaled
    (True, Scaled(numerators=[1, 6], over=2))
    """

    def __init__(self, numbers: Iterable[Any]) -> None:
        self._each = tuple(numbers)

    @classmethod
    def of(cls, column: Scaled) -> Numbers:
        """The numbers of a column whose denominator is the least that does for all of them."""
        made = cls.__new__(cls)
        made.__dict__.update(scaled=column, complete=True)
        return made

    @cached_property
    def _each(self) -> tuple[Any, ...]:
        return tuple(self.scaled.numbers)

    @cached_property
    def scaled(self) -> Scaled:
        """All of them, where each is given, as integers over one common denominator."""
        return scaled(self._each)

    @cached_property
    def complete(self) -> bool:
        """True where each is given."""
        return not any(one is None for one in self._each)  # "in" would compare fractions, which takes long

    @cached_property
    def counts(self) -> bool:
        """True where some number is not zero."""
        return any(self.scaled.numerators if self.complete else self._each)

    @cached_property
    def negative(self) -> bool:
        """True where some number is below zero."""
        given = self.scaled.numerators if self.complete else [one for one in self._each if one is not None]
        return min(given, default=0) < 0

    @cached_property
    def as_json(self) -> str:
        """A list of texts in JSON, a fraction as "1/2" in it.

        >>> Numbers((Fraction(1, 2), None)).as_json
        '["1/2",null]'
        """
        if not self.complete:
            return "[" + ",".join("null" if one is None else f'"{one}"' for one in self._each) + "]"
        numerators, over = self.scaled
        shared = map(math.gcd, numerators, repeat(over))
        parts = ((n // by, over // by) for n, by in zip(numerators, shared, strict=True))
        return "[" + ",".join(f'"{n}"' if of == 1 else f'"{n}/{of}"' for n, of in parts) + "]"

    def __len__(self) -> int:
        return len(self.scaled.numerators if "scaled" in self.__dict__ else self._each)

    @overload
    def __getitem__(self, at: int) -> Any: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Any, ...]: ...
    def __getitem__(self, at: int | slice) -> Any:
        return self._each[at]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._each)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Numbers | tuple) and self._each == tuple(other)

    def __hash__(self) -> int:
        return hash(self._each)

    def __repr__(self) -> str:
        return repr(self._each)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._each,)


def summed(*columns: Scaled) -> Scaled:
    """The sums of columns of equal length, number by number.

    >>> summed(Scaled([1, 3], 2), Scaled([1, 1], 1)).numbers
    [Fraction(3, 2), Fraction(5, 2)]
    """
    over = math.lcm(*(column.over for column in columns))
    return Scaled(list(map(sum, zip(*(column.with_over(over) for column in columns), strict=True))), over)


def less(column: Scaled, *others: Scaled) -> Scaled:
    """A column less others of equal length, number by number."""
    return summed(column, *(other.times(-1) for other in others))


def nearest_unit(amount: Number, unit: Number) -> Number:
    """Of 0.01, 0.02, 0.05, 0.1, … the unit nearest to the given one that divides the amount.

    >>> nearest_unit(56_020_000, 30_000)
    20000
    """
    cents, wanted = int(amount * 100), unit * 100
    steps = [m * 10**p for p in range(len(str(cents))) for m in (1, 2, 5)]
    best = min((step for step in steps if cents % step == 0), key=lambda step: (abs(step - wanted), step))
    return exact(Fraction(best, 100))
