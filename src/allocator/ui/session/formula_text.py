"""Formulas as people write them on the page: with columns by their names, and ready-made ones to fill in.

Also the values of a new column, as they are typed or pasted.  No Streamlit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from allocator.core.errors import Problem, ScenarioError
from allocator.core.exact import Number
from allocator.core.formula import Formula, written
from allocator.core.formula import named as as_named
from allocator.core.formula.tree import Call, Chain, Name, Node, Percent, Sign, Whole
from allocator.core.many import lookup
from allocator.core.model import Scenario
from allocator.core.parts import Recipient, plain_name
from allocator.files.formulas import parse
from allocator.report.words.formulas import WORDS
from allocator.text import both
from allocator.ui.session.clauses import ColumnRow
from allocator.ui.session.rule import entered_number


@dataclass(frozen=True)
class Named:
    """The columns that a formula may name: their ids, and the id that each name stands for."""

    ids: frozenset[str]
    by_name: Mapping[str, str]

    @classmethod
    def of(cls, scenario: Scenario, rows: Iterable[ColumnRow] = ()) -> Named:
        """The columns of a scenario and of rows; a name that stands for two columns stands for none."""
        called = [(f.id, (f.name.zh, f.name.en)) for f in scenario.factors]
        called += [(row.id, (row.name, row.name)) for row in rows]
        found: dict[str, set[str]] = {}
        for id, names in called:
            for name in names:
                found.setdefault(plain_name(name), set()).add(id)
        by_name = {name: next(iter(ids)) for name, ids in found.items() if len(ids) == 1}
        words = {plain_name(said): word for word, key in WORDS.items() for said in both(key)}
        return cls(frozenset(id for id, _ in called), by_name | words)

    def id(self, name: str) -> str:
        """The id that a name stands for; the name itself where there is none."""
        return name if name in self.ids else self.by_name.get(plain_name(name), name)


def read_formula(text: str, named: Named) -> Formula:
    """The formula that a text says, with the ids of the columns that it names; raises ScenarioError."""
    formula = parse(text)
    root = _by_id(formula.root, named.id)
    return formula if root == formula.root else Formula(written(root), root)


def _by_id(node: Node, id: Callable[[str], str]) -> Node:
    if isinstance(node, Name | Whole):
        return replace(node, name=id(node.name))
    if isinstance(node, Sign | Percent):
        return replace(node, operand=_by_id(node.operand, id))
    if isinstance(node, Chain):
        return replace(node, operands=tuple(_by_id(part, id) for part in node.operands))
    if isinstance(node, Call):
        return replace(node, arguments=tuple(_by_id(part, id) for part in node.arguments))
    return node


# --- ready-made formulas --------------------------------------------------------------------------

# how many columns each is of: none, one, two, or three and more
PRESETS = {"growth": 2, "per_unit": 2, "inverse": 1, "score": 1, "tiers": 1, "trimmed": 3, "equal": 0}


def preset(kind: str, columns: Sequence[str], steps: Sequence[tuple[str, str]] = ()) -> str:
    """A ready-made formula of these columns, by the names that are shown.

    >>> preset("growth", ["2023年税收", "2022年税收"])
    "MAX(0, '2023年税收' / '2022年税收' - 1)"
    >>> preset("trimmed", ["a", "b", "c", "d"])
    '(SUM(a, b, c, d) - MAX(a, b, c, d) - MIN(a, b, c, d)) / 2'
    """
    names = [as_named(column) for column in columns]
    if kind == "growth":
        return f"MAX(0, {names[0]} / {names[1]} - 1)"
    if kind == "per_unit":
        return f"{names[0]} / {names[1]}"
    if kind == "inverse":
        return f"1 / {names[0]}"
    if kind == "score":
        return f"SCORE({names[0]}, 60, 100)"
    if kind == "tiers":
        return f"TIERS({names[0]}, {', '.join(f'{start}, {points}' for start, points in steps)})"
    if kind == "trimmed":
        all_of = ", ".join(names)
        return f"(SUM({all_of}) - MAX({all_of}) - MIN({all_of})) / {len(names) - 2}"
    return "1"


# --- a column of data -----------------------------------------------------------------------------


def pasted(text: str, recipients: Sequence[Recipient]) -> tuple[Number | None, ...]:
    """The values of a new column: one a line in listed order, or lines of a name and a value.

    Raises ScenarioError for what is no number, names nobody, or leaves somebody out.

    >>> pasted("a\\t1\\nb 2.5", [Recipient("b"), Recipient("a")])
    (Fraction(5, 2), 1)
    """
    lines = [line.replace("\t", " ").strip() for line in text.splitlines()]
    lines = [line for line in lines if line]
    if len(lines) == 1 and len(recipients) > 1:
        lines = lines[0].split()
    names = lookup(recipients)
    found: dict[str, Number] = {}
    for number, line in enumerate(lines, 1):
        name, _, cell = line.rpartition(" ")
        if number > len(recipients):
            raise ScenarioError(Problem("column_values", {"found": len(lines), "should": len(recipients)}))
        id = names.get(plain_name(name), "") if name.strip() else recipients[number - 1].id
        if not id or id in found:
            key = "column_name" if not id else "recipient_twice"
            raise ScenarioError(Problem(key, {"name": name[:40]}, at={"line": number}))
        found[id] = _value(cell, number)
    if len(found) < len(recipients):
        raise ScenarioError(Problem("column_values", {"found": len(found), "should": len(recipients)}))
    return tuple(found[recipient.id] for recipient in recipients)


def _value(cell: str, line: int) -> Number:
    text, below = cell.strip(), cell.strip()[:1] in ("-", "−", "－")
    hundredth = text.endswith(("%", "％"))
    value = entered_number(text[1:] if below else text)
    if hundredth:
        value = entered_number(text[1 if below else 0 : -1])
    if isinstance(value, str):
        raise ScenarioError(Problem(value, {"value": cell[:40]}, at={"line": line}))
    exactly = Fraction(value) / (100 if hundredth else 1) * (-1 if below else 1)
    return exactly.numerator if exactly.denominator == 1 else exactly
