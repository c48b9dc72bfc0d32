"""Formulas and their values together: what is done to one is done to the other.

A term is a number, a text, or the cells of a range; its value is exact, so that what stands beside a formula
needs no second computation.  What cannot be worked out, such as a division by zero, has the value nan.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

COMPARED, SUM, PRODUCT, ATOM = 0, 1, 2, 3  # how tightly a text binds


@dataclass(frozen=True)
class Term:
    """A formula's text, its value (a tuple for a range), and how tightly the text binds."""

    text: str
    value: Any
    level: int = ATOM

    def within(self, level: int) -> str:
        """The text in brackets where it binds less tightly than what stands around it."""
        return self.text if self.level >= level else f"({self.text})"

    def __add__(self, other: object) -> Term:
        return _two(self, "+", other, SUM, operator.add)

    def __radd__(self, other: object) -> Term:
        return _two(other, "+", self, SUM, operator.add)

    def __sub__(self, other: object) -> Term:
        return _two(self, "-", other, SUM, operator.sub, 1)

    def __rsub__(self, other: object) -> Term:
        return _two(other, "-", self, SUM, operator.sub, 1)

    def __mul__(self, other: object) -> Term:
        return _two(self, "*", other, PRODUCT, operator.mul)

    def __rmul__(self, other: object) -> Term:
        return _two(other, "*", self, PRODUCT, operator.mul)

    def __truediv__(self, other: object) -> Term:
        return _two(self, "/", other, PRODUCT, _divided, 1)

    def __neg__(self) -> Term:
        return 0 - self

    def __lt__(self, other: object) -> Term:
        return _two(self, "<", other, COMPARED, operator.lt, 1)

    def __le__(self, other: object) -> Term:
        return _two(self, "<=", other, COMPARED, operator.le, 1)

    def __gt__(self, other: object) -> Term:
        return _two(self, ">", other, COMPARED, operator.gt, 1)

    def __ge__(self, other: object) -> Term:
        return _two(self, ">=", other, COMPARED, operator.ge, 1)

    def equals(self, other: object) -> Term:
        """True where the two are the same."""
        return _two(self, "=", other, COMPARED, operator.eq, 1)

    def differs(self, other: object) -> Term:
        """True where the two are not the same."""
        return _two(self, "<>", other, COMPARED, operator.ne, 1)


def term(thing: object) -> Term:
    """A number or a text as a term; a term as it is."""
    if isinstance(thing, Term):
        return thing
    if isinstance(thing, str):
        return Term('"' + thing.replace('"', '""') + '"', thing)
    if isinstance(thing, Fraction) and thing.denominator != 1:
        return Term(f"{thing.numerator}/{thing.denominator}", thing, PRODUCT)
    return Term(str(thing), thing, ATOM if thing >= 0 else SUM)  # type: ignore[operator]


def _two(
    one: object, sign: str, other: object, level: int, work: Callable[[Any, Any], Any], more: int = 0
) -> Term:
    left, right = term(one), term(other)
    text = f"{left.within(level + (level == COMPARED))}{sign}{right.within(level + more)}"
    return Term(text, _worked(work, left.value, right.value), level)


def _worked(work: Callable[..., Any], *values: Any) -> Any:
    """The result for each cell of ranges, or of numbers; nan where it cannot be worked out."""
    sizes = {len(value) for value in values if isinstance(value, tuple)}
    if sizes:
        (size,) = sizes
        rows = zip(*(v if isinstance(v, tuple) else (v,) * size for v in values), strict=True)
        return tuple(_worked(work, *row) for row in rows)
    try:
        return work(*values)
    except (ZeroDivisionError, TypeError, ValueError, OverflowError):
        return math.nan


def _divided(x: Any, y: Any) -> Any:
    if isinstance(x, float) or isinstance(y, float):
        return math.nan
    return Fraction(x) / Fraction(y)


def _call(name: str, work: Callable[..., Any], *things: object) -> Term:
    terms = [term(thing) for thing in things]
    text = f"{name}({','.join(t.text for t in terms)})"
    return Term(text, _worked(work, *(t.value for t in terms)))


def _cells(terms: Sequence[Term]) -> list[Any]:
    found: list[Any] = []
    for one in terms:
        found += one.value if isinstance(one.value, tuple) else [one.value]
    return found


def _over(name: str, work: Callable[[list[Any]], Any], *things: object) -> Term:
    """A function of all cells together."""
    terms = [term(thing) for thing in things]
    values = [v for v in _cells(terms) if not isinstance(v, str) and v is not None]
    text = f"{name}({','.join(t.text for t in terms)})"
    return Term(text, _worked(lambda: work(values)))


def when(condition: Term, one: object, other: object) -> Term:
    """One of two, by a condition."""
    a, b = term(one), term(other)

    def chosen(c: Any, x: Any, y: Any) -> Any:
        return x if c is True or (c and not _broken(c)) else y

    text = f"IF({condition.text},{a.text},{b.text})"
    return Term(text, _worked(chosen, condition.value, a.value, b.value))


def _broken(value: Any) -> bool:
    return isinstance(value, float) and math.isnan(value)


def or_else(one: Term, other: object) -> Term:
    """The first, or the second where that is an error."""
    b = term(other)
    value = _worked(lambda x, y: y if _broken(x) else x, one.value, b.value)
    return Term(f"IFERROR({one.text},{b.text})", value)


def both(*conditions: Term) -> Term:
    """True where all conditions hold."""
    return _over("AND", all, *conditions)


def either(*conditions: Term) -> Term:
    """True where one of the conditions holds."""
    return _over("OR", any, *conditions)


def down(x: Term) -> Term:
    """The whole number below."""
    return _call("INT", lambda v: math.floor(v), x)


def nearest(x: Term) -> Term:
    """The nearest whole number, halves away from zero."""
    return Term(f"ROUND({x.text},0)", _worked(_half_away, x.value))


def _half_away(value: Any) -> int:
    whole: int = math.floor(abs(value) + Fraction(1, 2))
    return whole if value >= 0 else -whole


def size(x: Term) -> Term:
    """The absolute value."""
    return _call("ABS", abs, x)


def most(*things: object) -> Term:
    """The largest, zero of nothing."""
    return _over("MAX", lambda values: max(values, default=0), *things)


def least(*things: object) -> Term:
    """The smallest, zero of nothing."""
    return _over("MIN", lambda values: min(values, default=0), *things)


def total(*things: object) -> Term:
    """The sum of all cells."""
    return _over("SUM", lambda values: sum(values, start=0), *things)


def product_sum(x: Term) -> Term:
    """The sum over the cells of a range that is worked out first."""
    return Term(f"SUMPRODUCT({x.text})", _worked(lambda: sum(_cells([x]), start=0)))


def count(x: Term) -> Term:
    """The number of cells for which a condition holds."""
    return Term(f"SUMPRODUCT(--({x.text}))", sum(1 for v in _cells([x]) if v and not _broken(v)))


def common_divisor(*things: object) -> Term:
    """The greatest common divisor, 1 where it cannot be found or is zero."""
    found = or_else(_over("GCD", _divisor, *things), 1)
    return Term(f"MAX(1,{found.text})", found.value or 1)


def _divisor(values: list[Any]) -> int:
    whole = [int(v) if not _broken(v) else 0 for v in values]
    return math.gcd(*whole) if max(whole, default=0) < 2**53 else 1


def common_multiple(*things: object, below: int) -> Term:
    """The least common multiple of whole numbers, 0 where it is not below a bound or one of them is not."""
    terms = [term(thing) for thing in things]
    inner, values = ",".join(t.text for t in terms), _cells(terms)
    found = 0
    if values and all(Fraction(v).denominator == 1 and v >= 1 for v in values):
        found = math.lcm(*(int(v) for v in values))
        found = found if found < below else 0
    bound = f"{below:.0E}".replace("+", "")
    lcm = f"LCM({inner})"
    text = f"IFERROR(IF(MIN({inner})>=1,IF({lcm}<{bound},{lcm},0),0),0)"
    return Term(text, found)


def nth_largest(cells: Term, n: Term) -> Term:
    """The n-th largest of the cells."""
    found = sorted(cells.value, reverse=True)

    def chosen(at: Any) -> Any:
        return found[int(at) - 1] if 1 <= at <= len(found) else math.nan

    return Term(f"LARGE({cells.text},{n.text})", _worked(chosen, n.value))


def place_of(thing: object, cells: Term) -> Term:
    """The place of the first cell that is the thing, 0 where none is."""
    wanted = term(thing)
    at = cells.value.index(wanted.value) + 1 if wanted.value in cells.value else 0
    return Term(f"IFERROR(MATCH({wanted.text},{cells.text},0),0)", at)


def power_of_root(x: Term) -> Term:
    """A power of ten above the square root, with which a division is made in two steps."""
    whole = max(int(x.value), 1) if not _broken(x.value) else 1
    return Term(f"10^(INT(INT(LOG10(MAX({x.text},1)))/2)+1)", 10 ** ((len(str(whole)) - 1) // 2 + 1))


def joined(*things: object) -> Term:
    """Texts and figures one after the other."""
    terms = [term(thing) for thing in things]
    value = "".join(str(t.value) for t in terms)
    return Term("&".join(t.within(ATOM) for t in terms), value, COMPARED)
