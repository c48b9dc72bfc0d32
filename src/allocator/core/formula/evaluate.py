"""Works a tree out for one recipient after the other: every node becomes a function once, before the rows.

A number is a pair (`arithmetic.Pair`), a text is compared without case, a truth value is a bool.  That each
stands where it may is settled before, by `check`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

from allocator.core.exact import MOST_DECIMALS
from allocator.core.formula import arithmetic as exact
from allocator.core.formula.arithmetic import NOBODY, Operation, Pair, Refusal, Steps, below, same
from allocator.core.formula.check import shown
from allocator.core.formula.roots import logarithm, power, square_root
from allocator.core.formula.tree import Call, Chain, Constant, Name, Node, Percent, Quoted, Sign, Whole

Read = Callable[[int], Any]  # the value for the recipient at a position


class Scope(NamedTuple):
    """The meaning of names: the value of a row, and all values of a column.

    The two may be of different tables, as for a group whose rows are sums of columns that stay whole.
    """

    row: Callable[[str], Read]
    column: Callable[[str], Sequence[Pair]]
    steps: Steps


def evaluator(node: Node, scope: Scope) -> Read:
    """The function that gives a node's value for the recipient at a position; it raises Refusal."""
    if isinstance(node, Constant):
        value = node.value.numerator, node.value.denominator
        return lambda _: value
    if isinstance(node, Quoted):
        text = folded(node.text)
        return lambda _: text
    if isinstance(node, Name):
        return scope.row(node.name)
    if isinstance(node, Chain):
        return _chain(node, scope)
    if isinstance(node, Call):
        return _call(node, scope)
    assert not isinstance(node, Whole)
    return _sign(node, evaluator(node.operand, scope))


def folded(text: str) -> str:
    """A text as texts are compared: without case, as in Excel."""
    return text.casefold()


def _sign(node: Sign | Percent, read: Read) -> Read:
    if isinstance(node, Percent):

        def hundredth(row: int) -> Pair:
            number, over = read(row)
            return number, over * 100

        return hundredth
    if node.sign == "+":
        return read

    def negative(row: int) -> Pair:
        number, over = read(row)
        return -number, over

    return negative


# --- operators --------------------------------------------------------------------------------------------

_OPERATIONS: dict[str, Operation] = {
    "+": exact.add, "-": exact.subtract, "*": exact.multiply, "/": exact.divide, "^": power,
}  # fmt: skip
_COMPARISONS: dict[str, Callable[[Pair, Pair], bool]] = {
    "<": below,
    ">": lambda x, y: below(y, x),
    "<=": lambda x, y: not below(y, x),
    ">=": lambda x, y: not below(x, y),
}


def _chain(node: Chain, scope: Scope) -> Read:
    first, *others = (evaluator(operand, scope) for operand in node.operands)
    sign, steps = node.operators[0], scope.steps
    if sign in ("=", "<>"):
        return _equal(first, others[0], sign == "=")
    if sign in _COMPARISONS:
        compare, other = _COMPARISONS[sign], others[0]
        return lambda row: compare(first(row), other(row))
    rest = [(_OPERATIONS[sign], read) for sign, read in zip(node.operators, others, strict=True)]
    if len(rest) == 1:
        ((operation, read),) = rest

        def two(row: int) -> Pair:
            x, y = first(row), read(row)
            try:
                return operation(x, y, steps)
            except ZeroDivisionError:
                raise _divided(node, 1) from None

        return two

    def several(row: int) -> Pair:
        value: Pair = first(row)
        for at, (operation, read) in enumerate(rest, 1):
            try:
                value = operation(value, read(row), steps)
            except ZeroDivisionError:
                raise _divided(node, at) from None
        return value

    return several


def _divided(node: Chain, at: int) -> Refusal:
    """The refusal of a division by an operand that is 0, or of its negative power."""
    divisor = node.operands[at]
    if node.operators[at - 1] == "^":
        divisor = Chain(node.operators[: at - 1], node.operands[:at]) if at > 1 else node.operands[0]
    return Refusal("formula_division", part=shown(node), divisor=shown(divisor))


def _equal(first: Read, other: Read, wanted: bool) -> Read:
    def equal(row: int) -> bool:
        x, y = first(row), other(row)
        return (x == y if isinstance(x, str) else same(x, y)) is wanted

    return equal


# --- functions --------------------------------------------------------------------------------------------


def _call(node: Call, scope: Scope) -> Read:
    function, arguments = node.function, node.arguments
    if isinstance(arguments[0], Whole):
        return _over_column(node, scope)
    if function == "SHARE":
        return _share(node, scope)
    if function == "SCORE":
        return _score(node, scope)
    if function == "RANK":
        return _rank(node, scope)
    if function == "POWER":
        return _chain(Chain(("^",), arguments), scope)
    reads = [evaluator(argument, scope) for argument in arguments]
    if function == "IF":
        condition, one, other = reads
        return lambda row: one(row) if condition(row) else other(row)
    if function in ("AND", "OR"):  # all are worked out, so that an error in one is not hidden by another
        every = all if function == "AND" else any
        return lambda row: every([read(row) for read in reads])
    if function == "NOT":
        (only,) = reads
        return lambda row: not only(row)
    apply, steps = _FUNCTIONS[function], scope.steps
    if len(reads) == 1:
        (only,) = reads
        return lambda row: apply([only(row)], steps)
    if len(reads) == 2:
        left, right = reads
        return lambda row: apply([left(row), right(row)], steps)
    return lambda row: apply([read(row) for read in reads], steps)


def _least(values: Sequence[Pair], _: Steps) -> Pair:
    least = values[0]
    for value in values:
        if below(value, least):
            least = value
    return least


def _most(values: Sequence[Pair], _: Steps) -> Pair:
    most = values[0]
    for value in values:
        if below(most, value):
            most = value
    return most


def _average(values: Sequence[Pair], steps: Steps) -> Pair:
    return exact.divide(exact.total(values, steps), (len(values), 1), steps)


def _absolute(values: Sequence[Pair], _: Steps) -> Pair:
    ((number, over),) = values
    return abs(number), over


def _down(values: Sequence[Pair], _: Steps) -> Pair:
    ((number, over),) = values
    return number // over, 1


def _rounding(way: str) -> Callable[[Sequence[Pair], Steps], Pair]:
    def rounded(values: Sequence[Pair], steps: Steps) -> Pair:
        (value, (number, over)), most = values, MOST_DECIMALS
        places, rest = divmod(number, over)
        if rest or not -most <= places <= most:
            raise Refusal("formula_decimals", function=way, value=exact.readable((number, over)), most=most)
        return exact.bounded(*exact.to_decimals(value, places, way), steps)

    return rounded


def _clip(values: Sequence[Pair], _: Steps) -> Pair:
    value, low, high = values
    if below(high, low):
        raise Refusal("formula_clip", low=exact.readable(low), high=exact.readable(high))
    return low if below(value, low) else high if below(high, value) else value


def _tiers(values: Sequence[Pair], _: Steps) -> Pair:
    value, *tiers = values
    steps, results = tiers[::2], tiers[1::2]
    for lower, upper in pairwise(steps):
        if not below(lower, upper):
            raise Refusal("formula_tiers_rise", first=exact.readable(lower), second=exact.readable(upper))
    for step, result in zip(reversed(steps), reversed(results), strict=True):
        if not below(value, step):
            return result
    raise Refusal("formula_tiers_below", value=exact.readable(value), first=exact.readable(steps[0]))


_FUNCTIONS: dict[str, Callable[[Sequence[Pair], Steps], Pair]] = {
    "ABS": _absolute,
    "AVERAGE": _average,
    "CLIP": _clip,
    "INT": _down,
    "LN": lambda values, steps: logarithm(values[0], steps),
    "MAX": _most,
    "MEDIAN": exact.middle,
    "MIN": _least,
    "ROUND": _rounding("ROUND"),
    "ROUNDDOWN": _rounding("ROUNDDOWN"),
    "ROUNDUP": _rounding("ROUNDUP"),
    "SQRT": lambda values, steps: square_root(values[0], steps),
    "SUM": exact.total,
    "TIERS": _tiers,
}


# --- whole columns ----------------------------------------------------------------------------------------


def _over_column(node: Call, scope: Scope) -> Read:
    """SUM, AVERAGE, MIN, MAX, MEDIAN, COUNT of a whole column: worked out once, when it is first needed."""
    (whole,), function, steps = node.arguments, node.function, scope.steps
    assert isinstance(whole, Whole)

    @cache
    def found() -> Pair:
        values = scope.column(whole.name)
        if function == "COUNT":
            return len(values), 1
        if not values and function != "SUM":
            raise Refusal("formula_nobody", NOBODY, part=shown(node))
        return _of_column(_FUNCTIONS[function], values, steps)

    return lambda _: found()


def _of_column(apply: Callable[[Sequence[Pair], Steps], Pair], values: Sequence[Pair], steps: Steps) -> Pair:
    try:
        return apply(values, steps)
    except Refusal as refusal:
        refusal.recipient = NOBODY
        raise


def _share(node: Call, scope: Scope) -> Read:
    """x / Σ x."""
    (argument,), steps = node.arguments, scope.steps
    assert isinstance(argument, Name)
    read, name = scope.row(argument.name), argument.name

    @cache
    def over() -> Pair:
        found = _of_column(exact.total, scope.column(name), steps)
        if not found[0]:
            raise Refusal("formula_share", NOBODY, name=name)
        return found

    return lambda row: exact.divide(read(row), over(), steps)


def _score(node: Call, scope: Scope) -> Read:
    """low + (x − min) / (max − min) · (high − low); where all values are equal, the higher of the two."""
    argument, *bounds = node.arguments
    assert isinstance(argument, Name)
    read, name, steps = scope.row(argument.name), argument.name, scope.steps
    low, high = (evaluator(bound, scope) for bound in bounds)

    @cache
    def ends() -> tuple[Pair, Pair]:
        values = scope.column(name)
        if not values:
            raise Refusal("formula_nobody", NOBODY, part=shown(node))
        least = _least(values, steps)
        return least, exact.subtract(_most(values, steps), least, steps)

    def score(row: int) -> Pair:
        (least, width), x, a, b = ends(), read(row), low(row), high(row)
        if not width[0]:
            return _most([a, b], steps)
        part = exact.divide(exact.subtract(x, least, steps), width, steps)
        return exact.add(a, exact.multiply(part, exact.subtract(b, a, steps), steps), steps)

    return score


def _rank(node: Call, scope: Scope) -> Read:
    """1 is the largest; equal values share the better rank."""
    argument, whole = node.arguments
    assert isinstance(whole, Whole)
    read, name = evaluator(argument, scope), whole.name

    @cache
    def ranks() -> dict[Pair, int]:
        values = scope.column(name)
        found: dict[Pair, int] = {}
        for rank, value in enumerate(sorted(values, key=exact.by_size(values), reverse=True), 1):
            found.setdefault(exact.lowest(value), rank)
        return found

    def rank(row: int) -> Pair:
        value = exact.lowest(read(row))
        found = ranks().get(value)
        if found is None:
            raise Refusal("formula_rank", value=exact.readable(value), name=name)
        return found, 1

    return rank
