"""Judges a formula as it is written, before any value is known: its names, and numbers, texts and truths.

Branches that no recipient takes are judged like all others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from allocator.core.errors import Problem, ScenarioError
from allocator.core.formula.functions import FOR_ALL, FOR_EACH, FUNCTIONS, LOOKING, NUMBER, OVER, TEXT, TRUTH
from allocator.core.formula.tree import (
    LEVELS,
    Call,
    Chain,
    Constant,
    Formula,
    Name,
    Node,
    Percent,
    Quoted,
    Sign,
    Whole,
    named,
    written,
)
from allocator.core.naming import guess
from allocator.text import Guess

_COMPARING = LEVELS["="]
_SHOWN = 60  # characters of a part of a formula in a sentence


@dataclass(frozen=True)
class Known:
    """The names that a formula may use, each with its kind.

    ``single`` are those that are one figure for all, ``taken`` the words that name a column as well.
    """

    kinds: Mapping[str, str]
    single: frozenset[str] = frozenset()
    taken: frozenset[str] = frozenset()


def check(formula: Formula, known: Known, result: str = NUMBER, key: str = "formula") -> None:
    """Raises ScenarioError, with every mistake, where a formula is no number, or truth value, of known names.

    >>> from allocator.core.formula.tree import Formula, Name
    >>> check(Formula("tx", Name("tx")), Known({"tax": NUMBER}))
    Traceback (most recent call last):
    allocator.core.errors.ScenarioError: formula, character 1: “tx” is no column here; did you mean “tax”?
    """
    judge = _Judge(known)
    judge.expect(formula.root, result)
    if judge.problems:
        raise ScenarioError(problem.within(key=key) for problem in judge.problems)


def shown(node: Node) -> str:
    """A part of a formula as a sentence shows it."""
    text = written(node)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


class _Judge:
    """The kind of every node (None where something is wrong with it), and what is wrong."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.problems: list[Problem] = []
        self._unknown: set[str] = set()

    def wrong(self, key: str, node: Node, **details: object) -> None:
        self.problems.append(Problem(key, details, at={"character": node.at}))

    def expect(self, node: Node, kind: str) -> None:
        """Says so where a node is of another kind."""
        found = self.kind(node)
        if found is None or found == kind:
            return
        if found == TEXT:
            self.wrong("formula_text", node, part=shown(node))
        elif found == TRUTH:
            self.wrong("formula_truth", node, part=shown(node))
        else:
            self.wrong("formula_no_condition", node, part=shown(node))

    def kind(self, node: Node) -> str | None:
        if isinstance(node, Constant):
            return NUMBER
        if isinstance(node, Quoted):
            return TEXT
        if isinstance(node, Name):
            return self.named(node)
        if isinstance(node, Whole):
            self.wrong("formula_whole_place", node, name=node.name, part=shown(node))
            return None
        if isinstance(node, Sign | Percent):
            self.expect(node.operand, NUMBER)
            return NUMBER
        if isinstance(node, Call):
            return self.call(node)
        if LEVELS[node.operators[0]] == _COMPARING:
            self.comparison(node)
            return TRUTH
        for operand in node.operands:
            self.expect(operand, NUMBER)
        return NUMBER

    def named(self, node: Name | Whole) -> str | None:
        kind = self.known.kinds.get(node.name)
        if (kind is None or node.name in self.known.taken) and node.name not in self._unknown:
            self._unknown.add(node.name)
            if kind is not None:
                self.wrong("formula_word_taken", node, name=node.name)
            elif node.name in FOR_EACH:  # amounts that a scenario may state
                self.wrong("formula_amounts", node, name=node.name)
            elif node.name in FOR_ALL:
                self.wrong("formula_word", node, name=node.name)
            else:
                found = guess(node.name, self.known.kinds)
                near = None if found.near is None else named(found.near)  # as it is to be written
                known = tuple(named(str(name)) for name in found.known)
                self.wrong("formula_unknown", node, name=node.name, guess=Guess(near, known, found.many))
        return kind

    def column(self, node: Node, function: str, form: type[Name] | type[Whole] = Whole) -> None:
        """A whole column of numbers: in brackets, or by its name alone for what takes the row's value too."""
        if not isinstance(node, form):
            example = FUNCTIONS[function].example
            self.wrong("formula_column_needed", node, function=function, part=shown(node), example=example)
        elif node.name in self.known.single:
            self.wrong("formula_single", node, name=node.name)
        elif self.named(node) == TEXT:
            self.wrong("formula_text", node, part=shown(node))

    def comparison(self, node: Chain) -> None:
        sign, (left, right) = node.operators[0], node.operands[:2]
        if len(node.operators) > 1:
            first, second = (
                shown(replace(node, operators=node.operators[i : i + 1], operands=node.operands[i : i + 2]))
                for i in (0, 1)
            )
            self.wrong("formula_compared_twice", node, first=first, second=second)
            return
        kinds = self.kind(left), self.kind(right)
        for part, kind in zip((left, right), kinds, strict=True):
            if kind == TRUTH:
                self.wrong("formula_truth", part, part=shown(part))
                return
        if None in kinds:
            return
        if kinds[0] != kinds[1]:
            text, number = (left, right) if kinds[0] == TEXT else (right, left)
            self.wrong("formula_mixed", node, text=shown(text), number=shown(number))
        elif kinds[0] == TEXT and sign not in ("=", "<>"):
            self.wrong("formula_text_order", node, sign=sign)

    def call(self, node: Call) -> str | None:
        function, arguments = node.function, node.arguments
        if function == "IF":
            self.expect(arguments[0], TRUTH)
            one, other = map(self.kind, arguments[1:])
            if one and other and one != other:
                self.wrong("formula_branches", node, one=shown(arguments[1]), other=shown(arguments[2]))
            return one or other
        kind = FUNCTIONS[function].kind
        if function in OVER and isinstance(arguments[0], Whole) and len(arguments) == 1:
            rest = []
            self.column(arguments[0], function)
        elif function in LOOKING:
            first, *rest = arguments
            self.column(first, function, Name)
        elif function in ("COUNT", "RANK"):
            *rest, last = arguments
            self.column(last, function)
        else:
            rest = list(arguments)
        for argument in rest:
            self.expect(argument, kind)
        return kind
