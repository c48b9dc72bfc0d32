"""The columns of a scenario as its formulas and conditions see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from allocator.core.exact import Number, plain, scaled
from allocator.core.parts import wrong

if TYPE_CHECKING:
    from allocator.core.formula import Formula, Table, Words
    from allocator.core.model import Scenario
    from allocator.core.parts import Factor, Text


class Columns:
    """Works out the formulas and conditions of a scenario; false where it has none.

    A whole column means all recipients but those that an earmark without condition sets apart.  What a
    formula gives for a recipient is worked out once, when it is first needed.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self._spent = 0
        self._worked_out: dict[str, list[Any]] = {}
        self._met: dict[tuple[str, tuple[int, ...]], list[int]] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return Columns, (self.scenario,)  # what has been worked out is worked out again

    @cached_property
    def factors(self) -> dict[str, Factor]:
        """The columns of the scenario by id."""
        return {factor.id: factor for factor in self.scenario.factors}

    def __bool__(self) -> bool:
        return self._some

    @cached_property
    def _some(self) -> bool:
        formulas = any(factor.formula is not None for factor in self.factors.values())
        bounds = any(limit.formulas for limit in self.scenario.limits)
        return formulas or bounds or bool(self.scenario.conditions)

    @cached_property
    def apart(self) -> frozenset[str]:
        """The ids of those that an earmark without condition sets apart."""
        scenario = self.scenario
        found: set[str] = set()
        for earmark in scenario.earmarks:
            if not earmark.also_shares and earmark.where is None:
                found.update(scenario.granted(earmark))
        return frozenset(found)

    @cached_property
    def everybody(self) -> tuple[int, ...]:
        """The positions that a whole column means."""
        return tuple(i for i, id in enumerate(self.scenario.ids) if id not in self.apart)

    @cached_property
    def used(self) -> frozenset[str]:
        """The columns on which the amounts depend, those behind formulas too."""
        scenario = self.scenario
        names = {factor for weights in scenario.weighted.values() for factor, w in weights.items() if w}
        names |= {name for pool in scenario.rules for name in pool.coefficients}
        names |= {limit.by for limit in scenario.limits if limit.by is not None}
        bounds = [formula for limit in scenario.limits for formula in limit.formulas.values()]
        for formula in (*scenario.conditions.values(), *bounds):
            names |= {*formula.names, *formula.columns}
        return frozenset(self.behind(names))

    def behind(self, names: Iterable[str]) -> set[str]:
        """These columns and all that their formulas are worked out from."""
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name in found or name not in self.factors:
                continue
            found.add(name)
            formula = self.factors[name].formula
            if formula is not None:
                waiting += [*formula.names, *formula.columns]
        return found

    @cached_property
    def table(self) -> Table:
        """The table that formulas are worked out in; raises ScenarioError where one is wrong as written."""
        from allocator.core.formula import ColumnFormula, Table  # most scenarios have no formula

        scenario = self.scenario
        return Table(
            [recipient.name for recipient in scenario.recipients],
            {f.id: f.values for f in scenario.factors if f.formula is None},
            {f.id: ColumnFormula(f.formula, f.round) for f in scenario.factors if f.formula is not None},
            everybody=self.everybody,
            words=self.words,
            texts=frozenset(f.id for f in scenario.factors if f.text),
        )

    @cached_property
    def words(self) -> Words:
        """The words that formulas may use beside columns: last year's amounts, where they are given."""
        from allocator.core.formula import Words

        previous = self.scenario.previous
        return Words() if previous is None else Words(own={"previous": tuple(previous.values())})

    def check(self, where: Formula, key: str) -> None:
        """Raises ScenarioError where a condition names what there is not, or is none."""
        from allocator.core.formula import check

        check(where, self.table.known(self.words), "truth", key)

    @cached_property
    def _bound_words(self) -> dict[str, tuple[Number, ...]]:
        """The words of bounds that have a figure for each recipient: last year's and issued amounts."""
        given = {"previous": self.scenario.previous, "issued": self.scenario.issued}
        return {name: tuple(by.values()) for name, by in given.items() if by is not None}

    def check_bound(self, formula: Formula, key: str, *, pool: bool, previous: bool) -> None:
        """Raises ScenarioError where a bound names what there is not, or is no number.

        ``pool`` says that the money of a pool has a meaning there, ``previous`` that last year's amounts do.
        """
        from allocator.core.formula import Words, check

        amounts = dict.fromkeys(("fund", "distributable", "pool") if pool else ("fund", "distributable"), 0)
        own = {name: by for name, by in self._bound_words.items() if previous or name != "previous"}
        check(formula, self.table.known(Words(amounts, own)), key=key)

    def numbers(self, id: str, positions: tuple[int, ...]) -> tuple[Number, ...]:
        """The values of a formula at these positions; raises ScenarioError where it cannot be worked out."""
        known = self._worked_out.setdefault(id, [None] * len(self.scenario.ids))
        new = [i for i in positions if known[i] is None]
        if new:
            from allocator.core.formula import column

            for i, value in zip(new, column(self.table, id, new), strict=True):
                known[i] = value
            self._count(f"factor.{id}.formula")
        return tuple(known[i] for i in positions)

    def bounds(
        self, formula: Formula, positions: Sequence[int], key: str, amounts: Mapping[str, Number]
    ) -> tuple[Number, ...]:
        """The values of a bound's formula at these positions; ``amounts`` are the words that it may name."""
        from allocator.core.formula import Words, values

        words = Words(amounts, self._bound_words)
        found = values(formula, self.table, positions, key, words=words)
        self._count(key)
        return found

    def bound_together(
        self, formula: Formula, among: Sequence[int], key: str, amounts: Mapping[str, Number], name: Text
    ) -> Number:
        """The value of a bound's formula for a group: of sums of what it names; whole columns stay."""
        from allocator.core.formula import Table, Words, values

        sums = {}
        for column in {*formula.names, *formula.columns} - amounts.keys():
            if column in self._bound_words:
                given = self._bound_words[column]
                sums[column] = (sum(given[i] for i in among),)
            elif column in formula.names:
                sums[column] = (self._sum(column, among, key),)
            else:
                sums[column] = (0,)
        words = Words(amounts, self._bound_words)
        own, whole = Table([name], sums), (self.table, words)
        (found,) = values(formula, own, [0], key, words=Words(amounts), whole=whole)
        self._spent += own.spent
        self._count(key)
        return found

    def _sum(self, name: str, among: Sequence[int], key: str) -> Number:
        """Σ of a column over a group; raises ScenarioError where it is text, or a cell is blank."""
        factor = self.factors[name]
        if factor.text:
            wrong("bound_text", at={"key": key}, name=name)
        values = self.scenario.numbers(name, tuple(among))
        if None in values:
            blank = self.scenario.recipients[among[values.index(None)]].name
            wrong("formula_blank", at={"key": key, "recipient": blank}, name=name)
        self._spent += len(among)
        numbers, over = scaled(values)
        return plain(Fraction(sum(numbers), over))

    def meeting(self, where: Formula, among: Sequence[int], key: str) -> list[int]:
        """Those of ``among`` for whom a condition holds; whole columns in it are theirs."""
        from allocator.core.formula import truths

        asked = key, tuple(among)
        if asked not in self._met:
            met = truths(where, self.table, among, among, key, self.words)
            self._met[asked] = [i for i, meets in zip(among, met, strict=True) if meets]
            self._count(key)
        return self._met[asked]

    def _count(self, key: str) -> None:
        """Counts the work over all formulas and conditions, of which a file may have thousands."""
        from allocator.core.formula.arithmetic import MOST_STEPS

        self._spent += self.table.spent
        if self._spent > MOST_STEPS:
            wrong("formula_work", at={"key": key})
