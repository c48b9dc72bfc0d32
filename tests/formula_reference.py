"""The language of formulas once more, written from its rules: text is worked out while it is read.

It shares nothing with the program: no tree, no pairs, no decision before the values.  A value is a Fraction,
a text or a bool, and `FAILED` where there is none, so that a choice can leave out the branch not taken.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable, Mapping, Sequence
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

FAILED = object()
TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+\.?\d*|\.\d+)|(?P<text>"(?:[^"]|"")*")|(?P<quoted>'(?:[^']|'')*')"""
    r"""|(?P<name>[^\W\d]\w*)|(?P<sign><=|>=|<>|.))""",
    re.S,
)
LEVELS = [("=", "<>", "<", "<=", ">", ">="), ("+", "-"), ("*", "/"), ("^",)]
MANY = Context(prec=60)
Columns = Mapping[str, Sequence[Any]]


def value(text: str, columns: Columns, row: int, everybody: Sequence[int]) -> Any:
    """The value of a formula for a recipient, before it is rounded; FAILED where it has none."""
    reader = _Reader(text, columns, row, everybody)
    found = reader.level(0)
    assert reader.at == len(reader.tokens), f"{text}: {reader.tokens[reader.at :]}"
    return found


def finished(number: Fraction) -> Fraction:
    """The value rounded once, to twenty digits, halves to even, unless whole or a short decimal."""
    if (number * 10**30).denominator == 1:
        return number
    places = 0
    while abs(number) * Fraction(10) ** places < 10**19:
        places += 1
    while abs(number) * Fraction(10) ** places >= 10**20:
        places -= 1
    scale = Fraction(10) ** places
    return Fraction(round(number * scale)) / scale


class _Reader:
    def __init__(self, text: str, columns: Columns, row: int, everybody: Sequence[int]) -> None:
        self.tokens = [(str(m.lastgroup), str(m[m.lastgroup or 0])) for m in TOKEN.finditer(text.rstrip())]
        self.at, self.columns, self.row, self.everybody = 0, columns, row, everybody

    def next(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def take(self) -> tuple[str, str]:
        self.at += 1
        return self.tokens[self.at - 1]

    def level(self, level: int) -> Any:
        if level == len(LEVELS):
            return self.signed()
        found = self.level(level + 1)
        while self.next() in LEVELS[level]:
            _, sign = self.take()
            found = lifted(lambda x, y, sign=sign: OPERATORS[sign](x, y), found, self.level(level + 1))
        return found

    def signed(self) -> Any:
        if self.next() in ("+", "-"):
            _, sign = self.take()
            return lifted(lambda x: -x if sign == "-" else x, self.signed())
        found = self.operand()
        while self.next() == "%":
            self.take()
            found = lifted(lambda x: x / 100, found)
        return found

    def operand(self) -> Any:
        kind, written = self.take()
        if kind == "number":
            return Fraction(written if written[-1] != "." else written[:-1])
        if kind == "text":
            return written[1:-1].replace('""', '"').lower()
        if written == "(":
            found = self.level(0)
            assert self.take()[1] == ")"
            return found
        if written == "[":
            name = self.take()[1]
            assert self.take()[1] == "]"
            return self.whole(unquoted(name))
        if kind == "name" and self.next() == "(":
            return self.call(written.upper())
        return self.cell(unquoted(written), self.row)

    def cell(self, name: str, row: int) -> Any:
        found = self.columns[name][row]
        if found is None:
            return FAILED
        return found.lower() if isinstance(found, str) else Fraction(found)

    def whole(self, name: str) -> Any:
        found = [self.cell(name, row) for row in self.everybody]
        return FAILED if FAILED in found else found

    def call(self, function: str) -> Any:
        self.take()
        arguments, names = [], []
        while self.next() != ")":
            names.append(unquoted(self.next()))
            arguments.append(self.level(0))
            if self.next() == ",":
                self.take()
        self.take()
        if function == "IF":
            condition, one, other = arguments
            return FAILED if condition is FAILED else one if condition else other
        if function in ("SHARE", "SCORE"):
            arguments.insert(1, self.whole(names[0]))
        elif len(arguments) == 1 and function in WHOLE and isinstance(arguments[0], list):
            return lifted(lambda values: WHOLE[function](values), arguments[0])
        return lifted(FUNCTIONS[function], *arguments)


def unquoted(name: str) -> str:
    return name[1:-1].replace("''", "'") if name[:1] == "'" else name


def lifted(apply: Callable[..., Any], *values: Any) -> Any:
    if any(value is FAILED for value in values):
        return FAILED
    try:
        return apply(*values)
    except (ZeroDivisionError, ValueError, IndexError, statistics.StatisticsError):
        return FAILED


def power(x: Fraction, y: Fraction) -> Fraction:
    if abs(y) > 1000 or (not x and not y):
        raise ValueError
    if y.denominator == 1:
        return x ** int(y)
    if x < 0:
        raise ValueError
    if not x:
        return Fraction(0) / (y > 0)
    many = Context(prec=80)
    root = many.power(decimal(x, many), decimal(y, many))
    return digits(near_whole(root))


def near_whole(found: Decimal) -> Fraction:
    """The fraction that a root of sixty digits and more can only be, where it is one of small numbers."""
    exact = Fraction(found)
    simple = exact.limit_denominator(10**12)
    return simple if abs(simple - exact) < Fraction(1, 10**50) else exact


def digits(number: Fraction) -> Fraction:
    """Twenty significant digits, whatever the number."""
    tiny = Fraction(1, 10**40)  # 1/7 · 10^−40 is never a short decimal, and alters none of the twenty digits
    return finished(number * (1 + tiny / 7)) if number else number


def decimal(x: Fraction, many: Context) -> Decimal:
    return many.divide(Decimal(x.numerator), Decimal(x.denominator))


def square_root(x: Fraction) -> Fraction:
    if x < 0:
        raise ValueError
    return digits(near_whole(MANY.sqrt(decimal(x, MANY))))


def logarithm(x: Fraction) -> Fraction:
    if x <= 0:
        raise ValueError
    return digits(Fraction(MANY.ln(decimal(x, Context(prec=80)))))


def rounded(x: Fraction, places: Fraction, how: str = "") -> Fraction:
    if places.denominator != 1 or abs(places) > 30:
        raise ValueError
    scale = Fraction(10) ** int(places)
    size = abs(x) * scale
    whole = size // 1 + (size % 1 > 0 if how == "up" else size % 1 >= Fraction(1, 2) if not how else 0)
    return (whole if x >= 0 else -whole) / scale


def rank(x: Fraction, column: list[Fraction]) -> Fraction:
    if x not in column:
        raise ValueError
    return Fraction(1 + sum(other > x for other in column))


def score(x: Fraction, column: list[Fraction], low: Fraction, high: Fraction) -> Fraction:
    least, most = min(column), max(column)
    return max(low, high) if least == most else low + (high - low) * (x - least) / (most - least)


def tiers(x: Fraction, *steps: Fraction) -> Fraction:
    edges = steps[::2]
    if sorted(set(edges)) != list(edges):
        raise ValueError
    return steps[2 * [i for i, edge in enumerate(edges) if edge <= x][-1] + 1]


def clip(x: Fraction, low: Fraction, high: Fraction) -> Fraction:
    if low > high:
        raise ValueError
    return min(max(x, low), high)


OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "=": lambda x, y: x == y,
    "<>": lambda x, y: x != y,
    "<": lambda x, y: x < y,
    "<=": lambda x, y: x <= y,
    ">": lambda x, y: x > y,
    ">=": lambda x, y: x >= y,
    "+": lambda x, y: x + y,
    "-": lambda x, y: x - y,
    "*": lambda x, y: x * y,
    "/": lambda x, y: x / y,
    "^": power,
}
WHOLE: dict[str, Callable[[list[Fraction]], Any]] = {
    "SUM": lambda values: sum(values, Fraction(0)),
    "AVERAGE": lambda values: sum(values, Fraction(0)) / len(values),
    "MIN": min,
    "MAX": max,
    "MEDIAN": statistics.median,
    "COUNT": lambda values: Fraction(len(values)),
}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: lambda *values, name=name: WHOLE[name](list(values)) for name in WHOLE},
    "ABS": abs,
    "AND": lambda *values: all(values),
    "OR": lambda *values: any(values),
    "NOT": lambda x: not x,
    "ROUND": rounded,
    "ROUNDUP": lambda x, places: rounded(x, places, "up"),
    "ROUNDDOWN": lambda x, places: rounded(x, places, "down"),
    "INT": lambda x: Fraction(x // 1),
    "SQRT": square_root,
    "LN": logarithm,
    "POWER": power,
    "RANK": rank,
    "SHARE": lambda x, column: x / sum(column, Fraction(0)),
    "SCORE": score,
    "TIERS": tiers,
    "CLIP": clip,
}
