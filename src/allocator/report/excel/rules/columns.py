"""The sheet of column formulas: each value as the program finishes it, and what it may be wrong by.

Beside them stand the columns that formulas take as a whole, with blanks for those who do not count there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

from allocator.core.allocation import Allocation
from allocator.core.errors import ScenarioError
from allocator.core.formula import Formula
from allocator.core.formula.order import order
from allocator.core.formula.tree import Constant
from allocator.core.parts import Factor
from allocator.report.excel.data import heading
from allocator.report.excel.integers import MOST_DECIMALS, scale_of
from allocator.report.excel.pen import Page
from allocator.report.excel.rules.data import RuleData
from allocator.report.excel.rules.formula import Scope, Translation, Written
from allocator.report.excel.rules.grid import LONGEST, cells, put
from allocator.report.excel.rules.inputs import RuleInputs
from allocator.report.excel.rules.term import Term, or_else, term, when
from allocator.report.tables.figures import who
from allocator.report.words.formulas import in_names

WORDS = {"previous": "table.previous", "issued": "table.issued"}
ERROR = "NA()"  # of a blank cell that is needed


class Columns:
    """The columns as formulas see them; what is asked for as a whole gets a column of its own."""

    def __init__(
        self, page: Page, allocation: Allocation, data: RuleData, inputs: RuleInputs, row: int
    ) -> None:
        self.page, self.data, self.inputs, self.book = page, data, inputs, page.book
        self.scenario = allocation.scenario
        self.row, self.first = row, row + 2
        self.next = 2
        self.factors = {factor.id: factor for factor in self.scenario.factors}
        self.scale = scale_of(self.scenario)
        self.values: dict[str, Term] = {}  # of finished formulas, a range each
        self.scales: dict[str, str] = {}  # of formulas that are not rounded: the column of their scale
        self.whole: dict[tuple[str, str], tuple[str, str]] = {}
        self.near: list[str] = []
        self.undetermined: set[str] = set()
        for column, head in enumerate((self.book.say("table.number"), who(self.scenario, self.book))):
            page.text(row, column, head, "head")
            page.text(row + 1, column, "", "how")
        page.sheet.set_row(row, 38)
        page.sheet.set_row(row + 1, 70)
        for at, recipient in enumerate(self.scenario.recipients):
            page.number(self.first + at, 0, at + 1, "middle", "0")
            page.text(self.first + at, 1, self.book.text(recipient.name))
        columns = self.scenario.columns
        used = columns.used if columns or self.scenario.pools else frozenset()
        formulas = {f.id: f.formula for f in self.scenario.factors if f.formula is not None and f.id in used}
        for id in order(formulas):
            self.formula(self.factors[id])

    @property
    def last(self) -> int:
        return self.first + len(self.scenario.ids) - 1

    def column(self, name: object, how: str, made: Sequence[Term], number: str = "General") -> Term:
        """Writes a column; returns its range."""
        column = self.next
        heading(self.page, self.row, column, name, how)
        for at, one in enumerate(made):
            put(self.page, self.first + at, column, one, "figure", number)
        self.next += 1
        return cells(self.page, column, self.first, made)

    # --- values -------------------------------------------------------------------------------------

    def value(self, name: str, i: int) -> Any:
        """The program's value of a column for a recipient; nan where it has none."""
        if name == "previous":
            return (self.scenario.previous or {}).get(self.scenario.ids[i], math.nan)
        if name == "issued":
            return (self.scenario.issued or {}).get(self.scenario.ids[i], math.nan)
        try:
            found = self.scenario.numbers(name, (i,))[0]
        except ScenarioError:
            return math.nan
        return math.nan if found is None else found

    def cell(self, name: str, i: int) -> Term:
        """The cell of a column's value for a recipient."""
        value = self.value(name, i)
        if name in self.values:
            column = self.values[name].text
            return Term(_row_of(column, self.first + i), value)
        if name in ("previous", "issued"):
            given = self.data.previous if name == "previous" else self.data.issued
            assert given is not None
            at = self.data.page.at(self.data.first + i, given)
            return Term(f"(ROUND({at}*{self.scale * 100},0)/100)", value)
        return Term(self.data.page.at(self.data.first + i, self.data.columns[name]), value)

    def given(self, name: str, i: int) -> Term:
        """The cell of a column's value, a dash where it is blank."""
        cell = self.cell(name, i)
        if name in self.data.columns:
            return when(Term(f"ISBLANK({cell.text})", False), "—", cell)
        return cell

    def range(self, name: str) -> Term:
        """The cells of a column, of data or of a formula."""
        if name in self.values:
            return self.values[name]
        values = tuple(self.value(name, i) for i in range(len(self.scenario.ids)))
        return Term(self.data.column(name), values)

    def cell_in_formula(self, name: str, i: int) -> Written:
        """A column's value as formulas take it: blank cells are errors."""
        at = self.cell(name, i).text
        factor = self.factors.get(name)
        if factor is not None and factor.text:
            return Written(f'IF(TRIM({at})="",{ERROR},TRIM({at}))', "0", True)
        if factor is not None and factor.formula is None and None in factor.values:
            return Written(f"IF(ISBLANK({at}),{ERROR},{at})", f"ABS({at})", True)
        if name in self.values:  # a dash is an error, and no text to compare with
            scale = self.scales.get(name)
            own = _row_of(scale, self.first + i) if scale else f"ABS({at}+0)"
            return Written(f"({at}+0)", own, scale is None)
        return Written(at, f"ABS({at})", True)

    def whole_column(self, name: str, whom: str, among: Sequence[Term]) -> tuple[str, str]:
        """A column as a whole, of those among whom it is; ``whom`` says which they are."""
        if all(one.text == "1" for one in among) and name in self.factors:
            direct = self.range(name)
            if not any(map(_missing, direct.value)):
                self.undetermined.add(f"ROWS({direct.text})-COUNT({direct.text})")
            return direct.text, self.scales.get(name, direct.text)
        if (name, whom) not in self.whole:
            factor = self.factors.get(name)
            shown = factor.name if factor is not None else self.book.say(WORDS[name])
            made = [when(one.equals(1), self.given(name, i), "") for i, one in enumerate(among)]
            whole = self.column(shown, self.book.say("excel.rules.whole"), made)
            found = scale = whole.text
            if not any(map(_missing, whole.value)):
                self.undetermined.add(f'COUNTIF({found},"—")')
            if name in self.scales:
                scales = [Term(_row_of(self.scales[name], self.first + i), 0) for i in range(len(among))]
                made = [when(one.equals(1), own, 0) for own, one in zip(scales, among, strict=True)]
                scale = self.column(shown, self.book.say("excel.rules.scale"), made).text
            self.whole[name, whom] = found, scale
        return self.whole[name, whom]

    def scope(
        self,
        i: int,
        key: str,
        whom: str,
        among: Sequence[Term],
        words: Mapping[str, Written] | None = None,
    ) -> Scope:
        """The meaning of names for a recipient in the formula of a clause."""

        def row(name: str) -> Written:
            return words[name] if words and name in words else self.cell_in_formula(name, i)

        def constant(node: Constant) -> str | None:
            return self.inputs.constants.get((key, node.at))

        return Scope(row, lambda name: self.whole_column(name, whom, among), constant)

    @cached_property
    def everybody(self) -> list[Term]:
        """1 for those whom a whole column means, else 0."""
        known = set(self.scenario.columns.everybody)
        return [term(int(i in known)) for i in range(len(self.scenario.ids))]

    # --- formulas -----------------------------------------------------------------------------------

    def formula(self, factor: Factor) -> None:
        """Writes a column's value, its scale where it is not rounded, and its doubts where it has any."""
        assert factor.formula is not None
        made: list[Term] = []
        scales: list[Term] = []
        doubts: list[Term] = []
        for i in range(len(self.scenario.ids)):
            scope = self.scope(i, f"factor.{factor.id}.formula", "", self.everybody)
            found = Translation(factor.formula.root, scope)
            text, said, error = found.said.text, found.said, found.error(found.said)
            doubt = found.doubt
            if factor.round is not None:
                raw = text
                error = f"1E-14*ABS({raw})" if said.exact else error
                text = f"ROUND({raw}+SIGN({raw})*{error},{factor.round})"
                if not said.exact:
                    fine = f"2*{raw}*10^{factor.round}"
                    near = f"AND({fine}<>ROUND({fine},0),MOD(ROUND({fine},0),2)=1"
                    near += f",ABS({fine}-ROUND({fine},0))<=2*{error}*10^{factor.round})"
                    doubt += f"+IFERROR(IF({near},1,0),0)"
            made.append(or_else(Term(text, self.value(factor.id, i)), "—"))
            if factor.round is None:
                size = f"IFERROR({2 * found.steps}*{said.scale},0)"
                if len(size) > LONGEST:  # then the value itself says about what it was made of
                    size = f"IFERROR({10**6}*ABS({self.page.at(self.first + i, self.next)}),0)"
                value = self.value(factor.id, i)
                known = 0 if isinstance(value, float) else abs(value)
                scales.append(Term(size, known))
            if len(doubt) > LONGEST:  # any change then counts as a doubt
                doubt = f"IF({self.inputs.changed}=0,0,1)"
            doubts.append(Term(doubt, 0))
        say = self.book.say
        how = in_names(factor.formula, self.scenario, self.book)
        if factor.round is not None:
            how = say("excel.rules.rounded", formula=how, places=factor.round)
        self.values[factor.id] = self.column(factor.name, how, made)
        if scales:
            self.scales[factor.id] = self.column(factor.name, say("excel.rules.scale"), scales).text
        if any(doubt.text != "0" for doubt in doubts):
            close = self.column(factor.name, say("excel.rules.near"), doubts, "0")
            self.near.append(f"SUM({close.text})")

    def condition(
        self, where: Formula, key: str, i: int, whom: str, among: Sequence[Term], met: bool
    ) -> tuple[Term, str]:
        """A condition for a recipient, 1 or 0, or "?" where it cannot be worked out; and its doubt."""
        found = Translation(where.root, self.scope(i, key, whom, among))
        return or_else(Term(f"IF({found.said.text},1,0)", int(met)), "?"), found.doubt

    def power(self, name: str, positions: Sequence[int]) -> int:
        """The power of ten with which the exported values of a column become whole, at most 10^9."""
        factor = self.factors[name]
        if factor.round is not None:
            return int(10 ** min(factor.round, MOST_DECIMALS))
        among = range(len(self.scenario.ids)) if factor.formula is None else positions
        values = [self.value(name, i) for i in among]
        numbers = [Fraction(v) for v in values if not isinstance(v, float)]
        return int(10 ** max((_decimals(v) for v in numbers), default=0))


def _missing(value: Any) -> bool:
    return isinstance(value, float) or value == "—"


def _decimals(value: Fraction) -> int:
    return next((n for n in range(MOST_DECIMALS) if 10**n % value.denominator == 0), MOST_DECIMALS)


def _row_of(column: str, row: int) -> str:
    """The cell of a range of one column in a row of the sheet."""
    sheet, _, area = column.rpartition("!")
    letters = area.split(":")[0].rpartition("$")[0]
    return f"{sheet}!{letters}${row + 1}"
