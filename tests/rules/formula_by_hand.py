"""Column formulas and conditions, written anew from the text of the rules alone: slow and plain.

A formula is read by a tokenizer and a parser of recursive descent into nested tuples, and worked out on
Fractions. Nothing here is the program's: what both say alike was said twice.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

Value = Fraction | str | bool
Tree = tuple[Any, ...]

LONGEST = 2000  # characters
DEEPEST = 50  # brackets, functions and signs within one another
LARGEST = 200_000  # bits of a numerator or denominator
DIGITS = 20  # of what is rounded

# full-width signs, and those that people write for Excel's; curly quotes are straight ones
SIGNS = {chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F) if not chr(code).isalnum()}
SIGNS |= {"≥": ">=", "≤": "<=", "×": "*", "÷": "/", "“": '"', "”": '"', "‘": "'", "’": "'"}
RELATIONS = ("=", "<>", "<", "<=", ">", ">=")

OF_A_ROW = {"MIN", "MAX", "SUM", "AVERAGE", "MEDIAN"}  # over values of a row, or over one whole column
ARGUMENTS = {
    "IF": 3, "NOT": 1, "ABS": 1, "INT": 1, "SQRT": 1, "LN": 1, "ROUND": 2, "ROUNDUP": 2, "ROUNDDOWN": 2,
    "POWER": 2, "CLIP": 3,
}  # fmt: skip


class Refused(Exception):
    """A formula or a rule that the text refuses, with the reason."""


# ---------------------------------------------------------------- tokens


def tokens(text: str) -> list[tuple[str, str]]:
    """The formula in pieces (kind, text): number, text, name, quoted (a name in quotes), sign."""
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        sign = SIGNS.get(text[at], text[at])
        if text[at].isspace():
            at += 1
        elif sign in ('"', "'"):
            inside, at = _quoted(text, at, sign)
            found.append(("text" if sign == '"' else "quoted", inside))
        elif _digit(text[at]) or (sign == "." and at + 1 < len(text) and _digit(text[at + 1])):
            written = ""
            while at < len(text) and (_digit(text[at]) or SIGNS.get(text[at], text[at]) == "."):
                written += str(int(text[at])) if _digit(text[at]) else "."
                at += 1
            if written.count(".") > 1:
                raise Refused(f"{written} is no number")
            if at < len(text) and _letter(text[at]):
                raise Refused(f"{written}{text[at]}: a name that begins with a digit stands in single quotes")
            found.append(("number", written))
        elif _letter(text[at]):
            end = at
            while end < len(text) and (_letter(text[end]) or text[end].isalnum()):
                end += 1
            found.append(("name", text[at:end]))
            at = end
        else:
            following = SIGNS.get(text[at + 1], text[at + 1]) if at + 1 < len(text) else ""
            if sign + following in ("<=", ">=", "<>"):
                found.append(("sign", sign + following))
                at += 2
            elif sign in ("<=", ">=") or sign in "+-*/^()[],=<>%":
                found.append(("sign", sign))
                at += 1
            else:
                raise Refused(f"{text[at]} is no sign of a formula")
    return found


def _digit(letter: str) -> bool:
    return letter in "0123456789０１２３４５６７８９"


def _letter(letter: str) -> bool:
    return letter.isalpha() or letter == "_"


def _quoted(text: str, at: int, quote: str) -> tuple[str, int]:
    """What stands between two quotes, and the place behind; a quote that is written twice is one."""
    inside = ""
    at += 1
    while at < len(text):
        if SIGNS.get(text[at], text[at]) == quote:
            if at + 1 < len(text) and SIGNS.get(text[at + 1], text[at + 1]) == quote:
                inside += quote
                at += 2
                continue
            return inside, at + 1
        inside += text[at]
        at += 1
    raise Refused("a quote is not closed")


# ---------------------------------------------------------------- the parser


def parse(text: str) -> Tree:
    """The tree of a formula: ("number", v), ("text", v), ("name", n), ("call", F, trees), ("sign", s, a, b) …

    >>> parse("=a+8%")
    ('sign', '+', ('name', 'a'), ('percent', ('number', Fraction(8, 1))))
    """
    if len(text) > LONGEST:
        raise Refused(f"longer than {LONGEST} characters")
    parser = _Parser(tokens(text))
    parser.take("=")
    tree = parser.comparison()
    if parser.rest:
        raise Refused(f"not understood: {parser.rest[0][1]}")
    for part in _everything(tree):
        inside = _parts(part) if part[0] != "call" else []
        if (part is tree and tree[0] == "column") or any(one[0] == "column" for one in inside):
            raise Refused("a whole column stands only within SUM, AVERAGE, MIN, MAX, MEDIAN, COUNT and RANK")
    return tree


class _Parser:
    """The tokens that are still to be read, and how deep the reading is."""

    def __init__(self, rest: list[tuple[str, str]]) -> None:
        self.rest = rest
        self.depth = 0

    def sees(self, *signs: str) -> bool:
        return bool(self.rest) and self.rest[0][0] == "sign" and self.rest[0][1] in signs

    def take(self, *signs: str) -> str:
        return self.rest.pop(0)[1] if self.sees(*signs) else ""

    def need(self, sign: str) -> None:
        if not self.take(sign):
            raise Refused(f"{sign} is missing")

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise Refused(f"deeper than {DEEPEST}")

    def comparison(self) -> Tree:
        left = self.sum()
        if sign := self.take(*RELATIONS):
            left = ("sign", sign, left, self.sum())
            if self.sees(*RELATIONS):
                raise Refused("one comparison after another; write AND")
        return left

    def sum(self) -> Tree:
        left = self.product()
        while sign := self.take("+", "-"):
            left = ("sign", sign, left, self.product())
        return left

    def product(self) -> Tree:
        left = self.power()
        while sign := self.take("*", "/"):
            left = ("sign", sign, left, self.power())
        return left

    def power(self) -> Tree:
        left = self.signed()
        while self.take("^"):
            left = ("sign", "^", left, self.signed())
        return left

    def signed(self) -> Tree:
        sign = self.take("+", "-")
        if not sign:
            return self.percent()
        self.deeper()
        operand = self.signed()
        self.depth -= 1
        return ("minus" if sign == "-" else "plus", operand)

    def percent(self) -> Tree:
        tree = self.operand()
        before = self.depth
        while self.take("%"):
            self.deeper()
            tree = ("percent", tree)
        self.depth = before
        return tree

    def operand(self) -> Tree:
        if not self.rest:
            raise Refused("something is missing at the end")
        kind, written = self.rest.pop(0)
        if kind == "number":
            return ("number", Fraction(written if written[-1] != "." else written[:-1]))
        if kind == "text":
            return ("text", written)
        if kind == "quoted":
            return ("name", written)
        if kind == "name" and self.sees("("):
            return self.call(written.upper())
        if kind == "name":
            return ("name", written)
        if written == "[":
            if not self.rest or self.rest[0][0] not in ("name", "quoted"):
                raise Refused("brackets hold the name of a column")
            tree = ("column", self.rest.pop(0)[1])
            self.need("]")
            return tree
        if written != "(":
            raise Refused(f"not understood: {written}")
        self.deeper()
        tree = self.comparison()
        self.need(")")
        self.depth -= 1
        return tree

    def call(self, function: str) -> Tree:
        self.need("(")
        self.deeper()
        given: list[Tree] = []
        if not self.sees(")"):
            given.append(self.comparison())
            while self.take(","):
                given.append(self.comparison())
        self.need(")")
        self.depth -= 1
        _fits(function, given)
        return ("call", function, given)


def _fits(function: str, given: list[Tree]) -> None:
    """Refuses an unknown function, too many or too few arguments, a whole column where none may stand."""
    columns = [number for number, tree in enumerate(given) if tree[0] == "column"]
    count = len(given)
    if function in OF_A_ROW:
        good = count >= 1 and (not columns or count == 1)
    elif function == "COUNT":
        good = count == 1 and columns == [0]
    elif function == "RANK":
        good = count == 2 and columns == [1]
    elif function in ("SHARE", "SCORE"):
        good = count == (1 if function == "SHARE" else 3) and given[0][0] == "name" and not columns
    elif function == "TIERS":
        good = count >= 3 and count % 2 == 1 and not columns
    elif function in ("AND", "OR"):
        good = count >= 1 and not columns
    elif function in ARGUMENTS:
        good = count == ARGUMENTS[function] and not columns
    else:
        raise Refused(f"there is no function {function}")
    if not good:
        raise Refused(f"{function} does not take that")


def names(tree: Tree) -> set[str]:
    """All columns that the formula names, in brackets or not, in branches not taken too."""
    return {part[1] for part in _everything(tree) if part[0] in ("name", "column")}


def whole_columns(tree: Tree) -> set[str]:
    """The columns that the formula takes whole: in brackets, or in SHARE or SCORE."""
    found = {part[1] for part in _everything(tree) if part[0] == "column"}
    called = [part for part in _everything(tree) if part[0] == "call" and part[1] in ("SHARE", "SCORE")]
    return found | {part[2][0][1] for part in called}


def _everything(tree: Tree) -> list[Tree]:
    found = [tree]
    for part in found:
        found.extend(_parts(part))
    return found


def _parts(tree: Tree) -> list[Tree]:
    if tree[0] == "call":
        return tree[2]
    if tree[0] == "sign":
        return [tree[2], tree[3]]
    return [tree[1]] if tree[0] in ("minus", "plus", "percent") else []


# ---------------------------------------------------------------- what it comes to


def evaluate(tree: Tree, value: Callable[[str], Value], column: Callable[[str], Sequence[Value]]) -> Value:
    """The value of the tree, or Refused: `value` gives that of the row by name, `column` a whole column."""

    def bounded(result: Value) -> Value:
        if isinstance(result, Fraction) and _bits(result) > LARGEST:
            raise Refused("the numbers become too large")
        return result

    def worked(tree: Tree) -> Value:
        return bounded(_worked(tree))

    def number(tree: Tree) -> Fraction:
        return _number(worked(tree))

    def truth(tree: Tree) -> bool:
        result = worked(tree)
        if not isinstance(result, bool):
            raise Refused("a condition is needed")
        return result

    def _worked(tree: Tree) -> Value:
        kind = tree[0]
        if kind in ("number", "text"):
            return tree[1]
        if kind == "name":
            return value(tree[1])
        if kind == "minus":
            return -number(tree[1])
        if kind == "plus":
            return number(tree[1])
        if kind == "percent":
            return number(tree[1]) / 100
        if kind == "sign":
            rights = []
            while tree[0] == "sign":  # a long sum is a long chain of left sides, and is no depth
                rights.append((tree[1], tree[3]))
                tree = tree[2]
            left = worked(tree)
            for sign, right in reversed(rights):
                combine = _compared if sign in RELATIONS else _combined
                left = bounded(combine(sign, left, worked(right)))
            return left
        return called(tree[1], tree[2])

    def called(function: str, given: list[Tree]) -> Value:
        if function == "IF":
            return worked(given[1] if truth(given[0]) else given[2])
        if function in ("AND", "OR"):
            truths = [truth(tree) for tree in given]  # all of them: one that cannot be worked out is an error
            return all(truths) if function == "AND" else any(truths)
        if function == "NOT":
            return not truth(given[0])
        if function in OF_A_ROW or function == "COUNT":
            if given[0][0] == "column":
                return _together(function, [_number(one) for one in column(given[0][1])])
            return _together(function, [number(tree) for tree in given])
        if function == "RANK":
            own, others = number(given[0]), [_number(one) for one in column(given[1][1])]
            if own not in others:
                raise Refused("RANK of a value that is not in the column")
            return Fraction(1 + sum(other > own for other in others))
        if function == "SHARE":
            own, total = number(given[0]), sum((_number(one) for one in column(given[0][1])), Fraction())
            if total == 0:
                raise Refused("SHARE of a column that adds up to zero")
            return own / total
        if function == "SCORE":
            own, first, last = (number(tree) for tree in given)
            others = [_number(one) for one in column(given[0][1])]
            if not others:
                raise Refused("SCORE within an empty column")
            least, most = min(others), max(others)
            if least == most:
                return max(first, last)
            return first + (last - first) * (own - least) / (most - least)
        return _plain(function, [number(tree) for tree in given])

    return worked(tree)


def finished(value: Value, places: int | None = None) -> Fraction:
    """The value as everything uses it: rounded to `places`, halves away from zero, or to 20 digits.

    >>> finished(Fraction(2, 3)), finished(Fraction(-1, 2), 0)
    (Fraction(66666666666666666667, 100000000000000000000), Fraction(-1, 1))
    """
    result = _number(value)
    if places is not None:
        result = nearest(result, places)
    elif (result * 10**30).denominator != 1:
        result = significant(result, DIGITS)
    if abs(result) >= 10**30:  # as numbers of a file are, docs/scenario-format.md
        raise Refused("a result of more than 30 digits")
    return result


def nearest(value: Fraction, places: int) -> Fraction:
    """Rounded to so many decimals, halves away from zero."""
    scale = Fraction(10) ** places
    size = math.floor(abs(value) * scale + Fraction(1, 2)) / scale
    return size if value >= 0 else -size


def significant(value: Fraction, digits: int) -> Fraction:
    """Rounded to so many significant digits, halves to even."""
    if value == 0:
        return value
    size = abs(value)
    place = (size.numerator.bit_length() - size.denominator.bit_length()) * 30103 // 100000  # log 2
    while size < Fraction(10) ** place:
        place -= 1
    while size >= Fraction(10) ** (place + 1):
        place += 1
    scale = Fraction(10) ** (digits - 1 - place)
    return round(value * scale) / scale


def _number(value: Value) -> Fraction:
    if isinstance(value, bool):
        raise Refused("a truth value in place of a number; write IF")
    if isinstance(value, str):
        raise Refused("text in place of a number")
    return value


def _bits(value: Fraction) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def _compared(sign: str, left: Value, right: Value) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        if sign not in ("=", "<>"):
            raise Refused("of text there is only = and <>")
        return (left.casefold() == right.casefold()) == (sign == "=")
    first, second = _number(left), _number(right)
    return {
        "=": first == second,
        "<>": first != second,
        "<": first < second,
        "<=": first <= second,
        ">": first > second,
        ">=": first >= second,
    }[sign]


def _combined(sign: str, left: Value, right: Value) -> Fraction:
    first, second = _number(left), _number(right)
    if sign == "+":
        return first + second
    if sign == "-":
        return first - second
    if sign == "*":
        return first * second
    if sign == "^":
        return _power(first, second)
    if second == 0:
        raise Refused("division by zero")
    return first / second


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    if abs(exponent) > 1000:
        raise Refused("an exponent beyond 1000")
    if base == 0 and exponent <= 0:
        raise Refused("0^0" if exponent == 0 else "division by zero")
    if exponent.denominator == 1:
        if _bits(base) * abs(exponent) > 2 * LARGEST:
            raise Refused("the numbers become too large")
        return base ** int(exponent)
    if base < 0:
        raise Refused("a root of a negative number")
    if base == 0:
        return base
    return _irrational(lambda wide: wide.power(_decimal(base, wide), _decimal(exponent, wide)), base)


def _irrational(compute: Callable[[Context], Decimal], argument: Fraction) -> Fraction:
    """To 20 significant digits from 150 and more: the first hundred decide, halves to even."""
    wide = Context(prec=150 + argument.denominator.bit_length(), Emax=10**9, Emin=-(10**9))
    return significant(significant(Fraction(compute(wide)), 100), DIGITS)


def _decimal(value: Fraction, wide: Context) -> Decimal:
    return wide.divide(Decimal(value.numerator), Decimal(value.denominator))


def _together(function: str, values: list[Fraction]) -> Fraction:
    if function == "SUM":
        return sum(values, Fraction())
    if function == "COUNT":
        return Fraction(len(values))
    if not values:
        raise Refused(f"{function} of nothing")
    if function == "AVERAGE":
        return sum(values, Fraction()) / len(values)
    if function == "MEDIAN":
        ranked = sorted(values)
        return (ranked[(len(ranked) - 1) // 2] + ranked[len(ranked) // 2]) / 2
    return min(values) if function == "MIN" else max(values)


def _plain(function: str, given: list[Fraction]) -> Fraction:
    """The functions of plain numbers."""
    own = given[0]
    if function == "ABS":
        return abs(own)
    if function == "INT":
        return Fraction(math.floor(own))
    if function == "SQRT":
        if own < 0:
            raise Refused("a root of a negative number")
        return _irrational(lambda wide: wide.sqrt(_decimal(own, wide)), own)
    if function == "LN":
        if own <= 0:
            raise Refused("LN of zero or less")
        return _irrational(lambda wide: wide.ln(_decimal(own, wide)), own)
    if function == "POWER":
        return _power(own, given[1])
    if function == "CLIP":
        if given[1] > given[2]:
            raise Refused("CLIP with low above high")
        return min(max(own, given[1]), given[2])
    if function == "TIERS":
        steps, amounts = given[1::2], given[2::2]
        if any(first >= second for first, second in itertools.pairwise(steps)):
            raise Refused("the steps of TIERS do not rise")
        if own < steps[0]:
            raise Refused("TIERS below the first step")
        return [amount for step, amount in zip(steps, amounts, strict=True) if step <= own][-1]
    places = given[1]
    if places.denominator != 1 or abs(places) > 1000:
        raise Refused(f"{function} to {places} places")
    if function == "ROUND":
        return nearest(own, int(places))
    scale = Fraction(10) ** int(places)
    whole = math.ceil(abs(own) * scale) if function == "ROUNDUP" else math.floor(abs(own) * scale)
    return whole / scale if own >= 0 else -(whole / scale)
