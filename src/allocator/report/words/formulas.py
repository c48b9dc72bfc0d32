"""Formulas and conditions as a reader sees them: with the names of columns in place of their ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from allocator.core.model import Scenario
from allocator.text import Phrasebook

if TYPE_CHECKING:
    from allocator.core.formula import Formula
    from allocator.core.formula.tree import Node


WORDS = {  # of formulas and bounds, where no column is called so
    "previous": "table.previous",
    "issued": "table.issued",
    "fund": "rule.word_fund",
    "distributable": "rule.word_distributable",
    "pool": "rule.word_pool",
}


def in_names(formula: Formula, scenario: Scenario, book: Phrasebook) -> str:
    """The formula with the columns' names in the reader's language; those of more than one word in quotes."""
    return in_words(formula, {factor.id: book.text(factor.name) for factor in scenario.factors}, book)


def in_words(formula: Formula, columns: Mapping[str, str], book: Phrasebook) -> str:
    """The formula with the names of columns, and with what else may stand in a formula in words."""
    from allocator.core.formula import written  # most scenarios have no formula

    words = {name: book.say(key) for name, key in WORDS.items()}
    return written(_named(formula.root, {**words, **columns}))


def _named(node: Node, names: Mapping[str, str]) -> Node:
    from allocator.core.formula.tree import Call, Chain, Name, Percent, Sign, Whole

    if isinstance(node, Name | Whole):
        return replace(node, name=names.get(node.name, node.name))
    if isinstance(node, Sign | Percent):
        return replace(node, operand=_named(node.operand, names))
    if isinstance(node, Chain):
        return replace(node, operands=tuple(_named(part, names) for part in node.operands))
    if isinstance(node, Call):
        return replace(node, arguments=tuple(_named(part, names) for part in node.arguments))
    return node
