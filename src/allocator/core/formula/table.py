"""A table with columns of data and columns of formulas, and their values for whom they are needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache, cached_property
from typing import Any

from allocator.core.errors import Problem, ScenarioError
from allocator.core.exact import Number, plain
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


@dataclass(frozen=True)
class Words:
    """The words that formulas of one place may use: one figure for all, and figures of each recipient's own.

    ``amounts`` are fund, distributable and pool, ``own`` previous and issued, where there are such.
    """

    amounts: Mapping[str, Number] = field(default_factory=dict)
    own: Mapping[str, Sequence[Number | None]] = field(default_factory=dict)


NO_WORDS = Words()


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of data and of formulas, one value per recipient; checked when it is made.

    ``recipients`` are the names that sentences show, in order; ``columns`` has numbers, or texts, and None
    where a cell is blank.  A whole column is that of ``everybody``, by position (without it, all).
    ``words`` are those that the formulas of columns may use; ``texts`` names columns that are text even where
    all of their cells are blank.

    Raises ScenarioError, with all mistakes, where a name is a column of data and of a formula too, or a
    formula is wrong as written, builds on itself, or on too many others.

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
    words: Words = NO_WORDS
    texts: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        problems = [
            Problem("formula_both", {"name": name}, at={"key": f"factor.{name}.formula"})
            for name in self.formulas
            if name in self.columns
        ]
        for name, column in self.formulas.items():
            try:
                check(column.formula, self.known(self.words), key=_key(name))
            except ScenarioError as error:
                problems.extend(error.problems)
        if problems:
            raise ScenarioError(problems)
        order({name: column.formula for name, column in self.formulas.items()})

    def __reduce__(self) -> tuple[Any, ...]:
        # what has been worked out is kept in functions, which cannot be pickled
        fields = self.recipients, self.columns, self.formulas, self.everybody, self.words, self.texts
        return type(self), fields

    def known(self, words: Words) -> Known:
        """The names that a formula may use, where these words have a meaning."""
        names = (*words.amounts, *words.own)
        taken = frozenset(name for name in names if name in self.columns or name in self.formulas)
        return Known(self._kinds | dict.fromkeys(names, NUMBER), frozenset(words.amounts), taken)

    @cached_property
    def _kinds(self) -> dict[str, str]:
        return {
            name: TEXT if name in self.texts or any(isinstance(cell, str) for cell in cells) else NUMBER
            for name, cells in self.columns.items()
        } | dict.fromkeys(self.formulas, NUMBER)

    @property
    def spent(self) -> int:
        """The steps of work that were last asked of it."""
        return MOST_STEPS - self._values.steps.left

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
    found = table._values
    found.steps.left = MOST_STEPS
    return tuple(map(_number, map(found.scope.row(name), rows)))


def values(
    formula: Formula,
    table: Table,
    rows: Sequence[int],
    key: str = "formula",
    round: int | None = None,
    words: Words = NO_WORDS,
    whole: tuple[Table, Words] | None = None,
) -> tuple[Number, ...]:
    """The values of a formula that is no column of the table, such as a bound, for these recipients.

    They are rounded as those of a column.  ``key`` is where the formula stands, for sentences.  ``whole`` is
    the table, and its words, whose columns are meant as a whole, where that is another: of groups with their
    sums, whole columns stay those of the recipients.  Raises ScenarioError.
    """
    check(formula, table.known(words), key=key)
    found = table._values
    found.steps.left = MOST_STEPS
    scope = found.scope_of(found.everybody, words)
    if whole is not None:
        others = whole[0]._values
        others.steps.left = MOST_STEPS
        scope = scope._replace(column=others.scope_of(others.everybody, whole[1]).column)
    read = found.finishing(formula, scope, key, round)
    return tuple(_number(read(row)) for row in rows)


def truths(
    formula: Formula,
    table: Table,
    rows: Sequence[int],
    among: Sequence[int] | None = None,
    key: str = "where",
    words: Words = NO_WORDS,
) -> tuple[bool, ...]:
    """参与条件: for each of these recipients, True where it meets the condition.

    A whole column, SHARE and SCORE in it mean the recipients ``among`` (without it, the rows themselves);
    columns that it names have the values that they have everywhere.  Raises ScenarioError.

    >>> from allocator.core.formula.tree import Chain, Constant, Name
    >>> table = Table(("North", "South"), {"growth": (9, 7)})
    >>> truths(Formula("growth > 8", Chain((">",), (Name("growth"), Constant(8)))), table, [0, 1])
    (True, False)
    """
    check(formula, table.known(words), TRUTH, key)
    found = table._values
    found.steps.left = MOST_STEPS
    scope = found.scope_of(rows if among is None else among, words)
    read = found.refusing(evaluator(formula.root, scope), formula.size, key)
    return tuple(read(row) for row in rows)


class _Values:
    """The values of a table that have been worked out so far: each once, and only for whom it was needed."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.steps = Steps()
        everybody = table.everybody
        self.everybody = tuple(range(len(table.recipients)) if everybody is None else everybody)
        row = cache(self._row)
        self.scope = self._scope(row, self.everybody)

    def scope_of(self, among: Sequence[int], words: Words) -> Scope:
        """The scope of a formula outside of the table: of whom its whole columns are, and its words."""

        @cache
        def row(name: str) -> Read:
            return _word(name, words) or self.scope.row(name)

        return self._scope(row, among)

    def _scope(self, row: Callable[[str], Read], among: Sequence[int]) -> Scope:
        def column(name: str) -> Sequence[Pair]:
            read = row(name)
            self.steps.take(len(among))
            values = []
            for at in among:
                try:
                    values.append(read(at))
                except Refusal as refusal:
                    refusal.recipient = self.table.recipients[at]
                    raise
            return values

        return Scope(row, cache(column), self.steps)

    def finishing(self, formula: Formula, scope: Scope, key: str, decimals: int | None) -> Read:
        """The function that gives a formula's finished value; it raises ScenarioError."""
        evaluate: Read | None = None

        def read(row: int) -> Pair:
            nonlocal evaluate
            if evaluate is None:  # not before it is needed: there may be many columns
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
                if refusal.recipient is not NOBODY:
                    at["recipient"] = refusal.recipient or self.table.recipients[row]
                raise ScenarioError(Problem(refusal.key, refusal.details, at=at)) from None

        return careful

    def _row(self, name: str) -> Read:
        table = self.table
        if name in table.formulas:
            return self._formula(name)
        return _word(name, table.words) or _cells(name, table.columns[name])

    def _formula(self, name: str) -> Read:
        column = self.table.formulas[name]
        work = self.finishing(column.formula, self.scope, _key(name), column.round)
        found: list[Pair | None] = [None] * len(self.table.recipients)

        def read(row: int) -> Pair:
            value = found[row]
            if value is None:
                value = found[row] = work(row)
            return value

        return read


def _word(name: str, words: Words) -> Read | None:
    """The function that gives a word's value; None where the name is no word."""
    if name in words.amounts:
        amount = _pair(words.amounts[name])
        return lambda _: amount
    return _cells(name, words.own[name]) if name in words.own else None


def _cells(name: str, cells: Sequence[Cell]) -> Read:
    """The function that gives a cell's value; it raises Refusal where that is blank."""
    found = list(map(_pair, cells))
    if None in found:
        return _needed(name, found)
    # numbers over one denominator are added up faster
    if not any(isinstance(cell, str) for cell in found) and (over := common_denominator(found)) > 1:
        found = [(number * (over // own), over) for number, own in found]
    return found.__getitem__


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
    return value[0] if value[1] == 1 else plain(Fraction(*value))


def _key(name: str) -> str:
    return f"factor.{name}.formula"
