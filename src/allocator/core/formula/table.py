"""A table with columns of data and columns of formulas, and their values for whom they are needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache, cached_property
from typing import Any

from allocator.core.errors import Problem, ScenarioError
from allocator.core.exact import Number
from allocator.core.formula.arithmetic import (
    MOST_STEPS,
    NOBODY,
    Pair,
    Refusal,
    Steps,
    common_denominator,
    finished,
)
from allocator.core.formula.check import Known, check
from allocator.core.formula.evaluate import Read, Scope, evaluator, folded
from allocator.core.formula.functions import NUMBER, TEXT, TRUTH
from allocator.core.formula.order import order
from allocator.core.formula.tree import Formula
from allocator.core.parts import Text, brief, wrong

MOST_ROUND = 30  # decimals

Cell = Number | str | None


@dataclass(frozen=True)
class ColumnFormula:
    """计算列: the formula of a column, and the decimals that its values are rounded to (halves up in size).

    Without ``round`` a value that is neither whole nor a decimal of at most 30 places is rounded to 20
    significant digits, halves to even.  Raises ScenarioError for other than 0 to 30 decimals.
    """

    formula: Formula
    round: int | None = None

    def __post_init__(self) -> None:
        if self.round is not None and (type(self.round) is not int or not 0 <= self.round <= MOST_ROUND):
            wrong("formula_round", "", {"key": "round"}, value=brief(self.round), most=MOST_ROUND)


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of data and of formulas, one value per recipient; checked when it is made.

    ``recipients`` are the names that sentences show, in order; ``columns`` has numbers, or texts, and None
    where a cell is blank.  A whole column is that of ``everybody``, by position (without it, all).
    ``amounts`` are the words that are one figure for all (fund, distributable, pool) and ``own`` those that
    each recipient has its own of (previous, issued), where there are such.

    Raises ScenarioError, with all mistakes, where a name stands for two things, or a formula is wrong as
    written, builds on itself, or on too many others.

    >>> from allocator.core.formula.tree import Call, Name
    >>> part = ColumnFormula(Formula("SHARE(tax)", Call("SHARE", (Name("tax"),))))
    >>> table = Table(("North", "South"), {"tax": (1, 3)}, {"part": part})
    >>> column(table, "part", [1])
    (Fraction(3, 4),)
    """

    recipients: Sequence[Text | str]
    columns: Mapping[str, Sequence[Cell]]
    formulas: Mapping[str, ColumnFormula] = field(default_factory=dict)
    everybody: Sequence[int] | None = None
    amounts: Mapping[str, Number] = field(default_factory=dict)
    own: Mapping[str, Sequence[Number | None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        problems = [
            Problem("formula_both", {"name": name}, at={"key": f"factor.{name}.formula"})
            for name in self.formulas
            if name in self.columns
        ] + [
            Problem("formula_word_taken", {"name": name}, at={"key": f"factor.{name}"})
            for name in (*self.amounts, *self.own)
            if name in self.columns or name in self.formulas
        ]
        for name, column in self.formulas.items():
            try:
                check(column.formula, self.known, key=_key(name))
            except ScenarioError as error:
                problems.extend(error.problems)
        if problems:
            raise ScenarioError(problems)
        order({name: column.formula for name, column in self.formulas.items()})

    @cached_property
    def known(self) -> Known:
        """The names that a formula may use in this table."""
        kinds = dict.fromkeys(self.formulas, NUMBER) | dict.fromkeys((*self.amounts, *self.own), NUMBER)
        for name, cells in self.columns.items():
            kinds[name] = TEXT if any(isinstance(cell, str) for cell in cells) else NUMBER
        return Known(kinds, frozenset(self.amounts))

    @cached_property
    def _values(self) -> _Values:
        return _Values(self)


def column(table: Table, name: str, rows: Sequence[int]) -> tuple[Cell, ...]:
    """The values of a column for these recipients; a formula's are worked out where they have not been.

    Raises ScenarioError with formula, recipient and reason.
    """
    if name not in table.formulas:
        cells = table.columns[name]
        return tuple(cells[row] for row in rows)
    table._values.steps.left = MOST_STEPS
    return tuple(map(_number, map(table._values.row(name), rows)))


def values(
    formula: Formula, table: Table, rows: Sequence[int], key: str = "formula", round: int | None = None
) -> tuple[Number, ...]:
    """The values of a formula that is no column of the table, such as a bound, for these recipients.

    They are rounded as those of a column.  ``key`` is where the formula stands, for sentences.  Raises
    ScenarioError.
    """
    check(formula, table.known, key=key)
    found = table._values
    read = found.finishing(formula, found.scope(), key, round)
    return tuple(_number(read(row)) for row in rows)


def truths(
    formula: Formula,
    table: Table,
    rows: Sequence[int],
    among: Sequence[int] | None = None,
    key: str = "where",
) -> tuple[bool, ...]:
    """参与条件: for each of these recipients, True where it meets the condition.

    A whole column, SHARE and SCORE in it mean the recipients ``among`` (without it, the rows themselves);
    columns that it names have the values that they have everywhere.  Raises ScenarioError.

    >>> from allocator.core.formula.tree import Chain, Constant, Name
    >>> table = Table(("North", "South"), {"growth": (9, 7)})
    >>> truths(Formula("growth > 8", Chain((">",), (Name("growth"), Constant(8)))), table, [0, 1])
    (True, False)
    """
    check(formula, table.known, TRUTH, key)
    found = table._values
    scope = found.scope(tuple(rows if among is None else among))
    read = found.refusing(evaluator(formula.root, scope), formula.size, key)
    return tuple(read(row) for row in rows)


class _Values:
    """The values of a table that have been worked out so far: each once, and only for whom it was needed."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.steps = Steps()
        everybody = table.everybody
        self.everybody = tuple(range(len(table.recipients)) if everybody is None else everybody)
        self.row = cache(self._row)

    def scope(self, among: tuple[int, ...] | None = None) -> Scope:
        """The scope of a formula outside of the table; the work that it may take begins anew."""
        self.steps.left = MOST_STEPS
        return self._scope(self.everybody if among is None else among)

    def _scope(self, among: tuple[int, ...]) -> Scope:
        return Scope(self.row, cache(lambda name: self._column(name, among)), self.steps)

    def finishing(self, formula: Formula, scope: Scope, key: str, decimals: int | None) -> Read:
        """The function that gives a formula's finished value; it raises ScenarioError."""
        evaluate: Read | None = None

        def read(row: int) -> Pair:
            nonlocal evaluate
            if evaluate is None:  # not before it is needed: others may have to be worked out first
                evaluate = evaluator(formula.root, scope)
            return finished(evaluate(row), decimals)

        return self.refusing(read, formula.size, key)

    def refusing(self, read: Read, size: int, key: str) -> Read:
        """The function with its refusals as errors that name formula, recipient and reason."""

        steps = self.steps

        def careful(row: int) -> Any:
            try:
                steps.left -= size
                if steps.left < 0:
                    steps.take(0)
                return read(row)
            except Refusal as refusal:
                at: dict[str, object] = {"key": key}
                found = row if refusal.row is None else refusal.row
                if found != NOBODY:
                    at["recipient"] = self.table.recipients[found]
                raise ScenarioError(Problem(refusal.key, refusal.details, at=at)) from None

        return careful

    def _row(self, name: str) -> Read:
        table = self.table
        if name in table.amounts:
            amount = _pair(table.amounts[name])
            return lambda _: amount
        if name in table.formulas:
            return self._formula(name)
        cells = list(map(_pair, table.own[name] if name in table.own else table.columns[name]))
        if None in cells:
            return _needed(name, cells)
        # numbers over one denominator are added up faster
        if table.known.kinds[name] == NUMBER and (over := common_denominator(cells)) > 1:
            cells = [(number * (over // own), over) for number, own in cells]
        return cells.__getitem__

    def _formula(self, name: str) -> Read:
        column = self.table.formulas[name]
        work = self.finishing(column.formula, self._scope(self.everybody), _key(name), column.round)
        found: list[Pair | None] = [None] * len(self.table.recipients)

        def read(row: int) -> Pair:
            value = found[row]
            if value is None:
                value = found[row] = work(row)
            return value

        return read

    def _column(self, name: str, among: tuple[int, ...]) -> Sequence[Pair]:
        read = self.row(name)
        self.steps.take(len(among))
        values = []
        for row in among:
            try:
                values.append(read(row))
            except Refusal as refusal:
                refusal.row = row
                raise
        return values


def _needed(name: str, cells: Sequence[Any]) -> Read:
    def read(row: int) -> Any:
        cell = cells[row]
        if cell is None:
            raise Refusal("formula_blank", name=name)
        return cell

    return read


def _pair(cell: Cell) -> Any:
    """A cell as formulas work with it: a pair, a text without case, or None where it is blank."""
    if type(cell) is int:
        return cell, 1
    if isinstance(cell, str):
        return folded(cell) if cell.strip() else None
    return None if cell is None else (cell.numerator, cell.denominator)


def _number(value: Pair) -> Number:
    return value[0] if value[1] == 1 else Fraction(*value)


def _key(name: str) -> str:
    return f"factor.{name}.formula"
