"""The grammar of formulas, and the tree that it makes while it reads: no recursion, whatever is written."""

from __future__ import annotations

from functools import cache
from typing import Any

import lark

from allocator.core.exact import TooManyDecimals, exact
from allocator.core.formula.tree import (
    PLAIN_NAME,
    Call,
    Chain,
    Constant,
    Name,
    Node,
    Percent,
    Quoted,
    Sign,
    Whole,
)
from allocator.core.parts import brief, wrong

# As in Excel: a sign binds closer than ^, operators of one level go from the left.
_GRAMMAR = rf"""
?start: comparison
?comparison: sum | sum (COMPARISON sum)+ -> chain
?sum: product | product (PLUS product)+ -> chain
?product: power | power (TIMES power)+ -> chain
?power: signed | signed (POWER signed)+ -> chain
?signed: hundredth | PLUS signed -> sign
?hundredth: atom | hundredth PERCENT -> percent
?atom: NUMBER -> number
    | TEXT -> text
    | (NAME | QUOTED) -> name
    | "[" (NAME | QUOTED) "]" -> whole
    | NAME "(" [comparison ("," comparison)*] ")" -> call
    | "(" comparison ")"

COMPARISON: "<=" | ">=" | "<>" | /[=<>≤≥≠]/
PLUS: /[-+−]/
TIMES: /[*\/×÷]/
POWER: "^"
PERCENT: "%"
NUMBER: /(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?![\w.])/
TEXT: /[\x01\x02][^\x05]*\x05/
QUOTED: /[\x03\x04][^\x05]*\x05/
NAME: /{PLAIN_NAME}/
%ignore /\s+/
"""
_SIGNS = {"≤": "<=", "≥": ">=", "≠": "<>", "−": "-", "×": "*", "÷": "/"}


class Misread(Exception):
    """The text goes on in another way than it can: where, and what could stand there.

    Nothing could where the character is none of the language.
    """

    def __init__(self, at: int, expected: frozenset[str] = frozenset()) -> None:
        super().__init__(at)
        self.at, self.expected = at, expected


def tree(text: str) -> Node:
    """The tree of a formula; raises Misread, and ScenarioError for a wrong function or number.

    >>> from allocator.core.formula import written
    >>> written(tree("-2^2 + sum(a, (b))%"))
    '-2^2 + SUM(a, b)%'
    """
    try:
        found: Node = _parser().parse(text)
    except lark.UnexpectedCharacters as error:
        raise Misread(error.pos_in_stream or 0) from None
    except lark.UnexpectedToken as error:
        ended = error.token.type == "$END"
        at = len(text) if ended else error.token.start_pos
        raise Misread(at or 0, frozenset(error.expected)) from None
    return found


@cache
def _parser() -> Any:
    return lark.Lark(_GRAMMAR, parser="lalr", lexer="basic", transformer=_Nodes())


class _Nodes:
    """Makes the node of each rule from what it is made of: tokens and nodes."""

    def number(self, parts: list[Any]) -> Node:
        (token,) = parts
        at = {"character": _at(token)}
        try:
            return Constant(exact(str(token)), _at(token))
        except TooManyDecimals:
            wrong("decimals", "", at, value=brief(str(token)))
        except ValueError:
            wrong("number", "", at, value=brief(str(token)))

    def text(self, parts: list[Any]) -> Node:
        return Quoted(_unquoted(parts[0]), _at(parts[0]))

    def name(self, parts: list[Any]) -> Node:
        return Name(_unquoted(parts[0]), _at(parts[0]))

    def whole(self, parts: list[Any]) -> Node:
        return Whole(_unquoted(parts[0]), _at(parts[0]) - 1)

    def sign(self, parts: list[Any]) -> Node:
        sign, operand = parts
        return Sign(_sign(sign), operand, _at(sign))

    def percent(self, parts: list[Any]) -> Node:
        return Percent(parts[0], parts[0].at)

    def chain(self, parts: list[Any]) -> Node:
        return Chain(tuple(map(_sign, parts[1::2])), tuple(parts[::2]), parts[0].at)

    def call(self, parts: list[Any]) -> Node:
        name, *arguments = parts
        # without arguments there is one that is nothing
        return Call(str(name).upper(), tuple(part for part in arguments if part is not None), _at(name))


def _at(token: Any) -> int:
    """The character with which a token begins, counted from 1."""
    return int(token.start_pos) + 1


def _sign(token: Any) -> str:
    return _SIGNS.get(str(token), str(token))


def _unquoted(token: Any) -> str:
    written = str(token)
    if token.type == "NAME":
        return written
    straight = {"\x01": '"', "\x03": "'"}.get(written[0])
    return written[1:-1].replace(straight * 2, straight) if straight else written[1:-1]
