"""A column formula as a tree of frozen nodes, and how it is written.

Nodes are equal where they say the same, wherever in the text they stand: ``at``, the character with which a
node begins (counted from 1), only serves the sentence that says what is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from allocator.core.exact import MOST_DECIMALS, Number
from allocator.core.formula.functions import FUNCTIONS, LOOKING
from allocator.core.naming import guess
from allocator.core.parts import brief, wrong

LONGEST = 2_000  # characters
DEEPEST = 50  # nodes one in the other


@dataclass(frozen=True)
class Constant:
    """A number as it is written, zero or more."""

    value: Number
    at: int = field(default=1, compare=False, repr=False)


@dataclass(frozen=True)
class Quoted:
    """A text in double quotes."""

    text: str
    at: int = field(default=1, compare=False, repr=False)


@dataclass(frozen=True)
class Name:
    """The value that a column or a word has for the recipient whose row it is."""

    name: str
    at: int = field(default=1, compare=False, repr=False)


@dataclass(frozen=True)
class Whole:
    """A whole column, its name in brackets."""

    name: str
    at: int = field(default=1, compare=False, repr=False)


@dataclass(frozen=True)
class Sign:
    """A minus or a plus before a value: it binds closer than ``^``, so that −2^2 is 4."""

    sign: str
    operand: Node
    at: int = field(default=1, compare=False, repr=False)


@dataclass(frozen=True)
class Percent:
    """A hundredth: 8%."""

    operand: Node
    at: int = field(default=1, compare=False, repr=False)


@dataclass(frozen=True)
class Chain:
    """Operands with operators of one level between them, worked out from the left: a − b + c, 2^3^2.

    One node however long it is, so that a sum of three hundred columns is not three hundred levels deep.
    """

    operators: tuple[str, ...]
    operands: tuple[Node, ...]
    at: int = field(default=1, compare=False, repr=False)


@dataclass(frozen=True)
class Call:
    """A function with its arguments; raises ScenarioError where there is none so or they are too few."""

    function: str
    arguments: tuple[Node, ...]
    at: int = field(default=1, compare=False, repr=False)

    def __post_init__(self) -> None:
        at, count = {"character": self.at}, len(self.arguments)
        known = FUNCTIONS.get(self.function)
        if known is None:
            # a column such as GDP(亿元) looks like one
            name = brief(self.function)
            wrong("formula_function", "", at, name=name, guess=guess(name, FUNCTIONS))
        if not known.least <= count <= known.most or (self.function == "TIERS" and count % 2 == 0):
            wrong("formula_arguments", "", at, function=self.function, count=count, example=known.example)


Node = Constant | Quoted | Name | Whole | Sign | Percent | Chain | Call


@dataclass(frozen=True)
class Formula:
    """A formula as it was written, and what it says; raises ScenarioError where it is nested too deep.

    >>> one = Chain(("/",), (Name("tax"), Call("SUM", (Whole("tax"),))))
    >>> Formula("tax / SUM([tax])", one).names, Formula("tax / SUM([tax])", one).columns
    (('tax',), ('tax',))
    """

    text: str
    root: Node

    def __post_init__(self) -> None:
        if len(self.text) > LONGEST:
            wrong("formula_long", "", count=len(self.text), most=LONGEST)
        if self.depth > DEEPEST:
            wrong("formula_deep", "", most=DEEPEST)

    @cached_property
    def depth(self) -> int:
        """The number of nodes one in the other; counted up to one more than is allowed."""
        level: list[Node] = [self.root]
        for depth in range(1, DEEPEST + 2):
            level = [part for node in level for part in parts(node)]
            if not level:
                return depth
        return DEEPEST + 1

    @cached_property
    def size(self) -> int:
        """The number of nodes."""
        return sum(1 for _ in nodes(self.root))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The columns and words whose value for one recipient it takes."""
        return tuple(dict.fromkeys(n.name for n in nodes(self.root) if isinstance(n, Name)))

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns that it takes as a whole: in brackets, by SHARE and by SCORE."""
        return tuple(dict.fromkeys(_whole(self.root)))


def parts(node: Node) -> tuple[Node, ...]:
    """The nodes right below one."""
    if isinstance(node, Chain):
        return node.operands
    if isinstance(node, Call):
        return node.arguments
    return (node.operand,) if isinstance(node, Sign | Percent) else ()


def nodes(root: Node) -> Iterator[Node]:
    """A node and all below it, in the order in which they are written."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(parts(node)))


def _whole(root: Node) -> Iterator[str]:
    for node in nodes(root):
        if isinstance(node, Whole):
            yield node.name
        elif isinstance(node, Call) and node.function in LOOKING and isinstance(node.arguments[0], Name):
            yield node.arguments[0].name


# --- how it is written ------------------------------------------------------------------------------------

PLAIN_NAME = r"[^\W\d]\w*"
LEVELS = {
    sign: level for level, signs in enumerate(("= <> < <= > >=", "+ -", "* /", "^")) for sign in signs.split()
}
_UNARY, _PERCENT, _ATOM = 4, 5, 6


def named(name: str) -> str:
    """A column as a formula names it: in single quotes unless it is letters, digits and underscores.

    >>> named("税收2023"), named("2023税收"), named("GDP（亿元）"), named("people's")
    ('税收2023', "'2023税收'", "'GDP（亿元）'", "'people''s'")
    """
    # full-width letters are read as plain ones unless they are quoted
    plain = re.fullmatch(PLAIN_NAME, name) and not re.search("[\uff01-\uff5e]", name)
    return name if plain else "'" + name.replace("'", "''") + "'"


def written(node: Node) -> str:
    """The node as a formula, with the fewest brackets; reading it gives the same node.

    >>> written(Chain(("*",), (Chain(("+",), (Name("a"), Constant(1))), Sign("-", Name("b")))))
    '(a + 1) * -b'
    """
    if isinstance(node, Constant):
        return _decimal(node.value)
    if isinstance(node, Quoted):
        return '"' + node.text.replace('"', '""') + '"'
    if isinstance(node, Name):
        return named(node.name)
    if isinstance(node, Whole):
        return f"[{named(node.name)}]"
    if isinstance(node, Sign):
        return node.sign + _within(node.operand, _UNARY)
    if isinstance(node, Percent):
        return _within(node.operand, _PERCENT) + "%"
    if isinstance(node, Call):
        return f"{node.function}({', '.join(map(written, node.arguments))})"
    above = LEVELS[node.operators[0]] + 1
    first, *rest = (_within(operand, above) for operand in node.operands)
    blank = "" if node.operators[0] == "^" else " "
    return first + "".join(
        f"{blank}{sign}{blank}{operand}" for sign, operand in zip(node.operators, rest, strict=True)
    )


def _within(node: Node, level: int) -> str:
    own = _ATOM
    if isinstance(node, Chain):
        own = LEVELS[node.operators[0]]
    elif isinstance(node, Sign | Percent):
        own = _UNARY if isinstance(node, Sign) else _PERCENT
    return written(node) if own >= level else f"({written(node)})"


def _decimal(value: Number) -> str:
    scaled = Fraction(value) * 10**MOST_DECIMALS
    digits = f"{int(scaled):0{MOST_DECIMALS + 1}}"
    return f"{digits[:-MOST_DECIMALS]}.{digits[-MOST_DECIMALS:]}".rstrip("0").rstrip(".")
