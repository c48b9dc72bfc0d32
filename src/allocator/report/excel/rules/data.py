"""The sheet of the recipients' data for a rule of format 2: figures, words, and amounts of other years."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from allocator.core.allocation import Allocation
from allocator.core.exact import Number
from allocator.core.model import Scenario
from allocator.core.parts import Factor
from allocator.report.excel import data as format_1
from allocator.report.excel.integers import scale_of
from allocator.report.excel.open_cells import differing, invite
from allocator.report.excel.pen import Formats, Page


class RuleData(NamedTuple):
    """The columns of the data sheet; ``changed`` and ``unusable`` are formulas that count cells."""

    columns: dict[str, int]  # of data, by factor's id
    published: int | None
    previous: int | None
    issued: int | None
    exported: dict[int, int]
    first: int
    last: int
    page: Page
    changed: str
    unusable: str

    def column(self, id: str) -> str:
        return self.page.down(self.columns[id], self.first, self.last)

    def changed_in(self, id: str) -> str:
        """A formula that counts the values of a column that differ from those exported."""
        column = self.columns[id]
        return differing(*(self.page.down(c, self.first, self.last) for c in (column, self.exported[column])))


def write_data(page: Page, allocation: Allocation, row: int) -> RuleData:
    """Writes recipients, the values of every column of data, and amounts known apart from the rule."""
    return _Writing(page, allocation.scenario, row).all()


class _Writing(format_1._Writing):
    """The sheet while it is being written."""

    def __init__(self, page: Page, scenario: Scenario, row: int) -> None:
        super().__init__(page, scenario, row)
        self.taking = set(range(len(scenario.ids)))
        self.used = {factor.id for factor in scenario.behind}
        self.wrong: list[str] = []
        self.words: dict[int, tuple[str, list[str | None]]] = {}

    def all(self) -> RuleData:
        """Writes every column, and beyond the printed ones all of them as exported."""
        page, scenario = self.page, self.scenario
        self.people()
        columns = {f.id: self.any_factor(f) for f in scenario.factors if f.formula is None}
        named = "workbook.published", "excel.data.published"
        published = self.amounts(scenario.published, *named, invited=False)
        how = "excel.data.previous"
        previous = self.amounts(scenario.previous, "workbook.previous", how, invited=True)
        issued = self.amounts(scenario.issued, "excel.rules.issued", how, invited=True)
        page.printed_to = self.column - 1
        exported = self.all_exported()
        for column in self.invited:
            factor = next((f for f in scenario.factors if columns.get(f.id) == column), None)
            self.open(column, exported[column], factor)
        for factor in scenario.factors:
            if factor.id in columns:
                self.tell_changes(factor, columns[factor.id], exported)
        everything = [
            page.down(min(c), self.first, self.last, to=max(c)) for c in (exported.keys(), exported.values())
        ]
        return RuleData(
            columns,
            published,
            previous,
            issued,
            exported,
            self.first,
            self.last,
            page,
            differing(*everything) if exported else "0",
            "+".join(self.wrong) or "0",
        )

    def any_factor(self, factor: Factor) -> int:
        if not factor.text:
            return self.factor(factor)
        page, column = self.page, self.column
        format_1.heading(page, self.row, column, factor.name, format_1._about(factor, self.book))
        style = "input" if factor.id in self.used else "text"
        for at, word in enumerate(factor.values):
            page.text(self.first + at, column, word or "", style)
        self.words[column] = self.book.show(factor.name), list(factor.values)
        self.column += 1
        if factor.id in self.used:
            self.invited.append(column)
        return column

    def all_exported(self) -> dict[int, int]:
        """Writes all columns again as exported; returns their columns by the old."""
        columns: dict[int, tuple[str, list[Any]]] = {**self.figures, **self.words}
        there = {column: self.column + 1 + at for at, column in enumerate(sorted(columns))}
        for column, (name, values) in columns.items():
            said = self.book.say("excel.inputs.exported")
            format_1.heading(self.page, self.row, there[column], name, said)
            for at, value in enumerate(values):
                if column in self.words:
                    self.page.text(self.first + at, there[column], value or "")
                else:
                    self.page.number(self.first + at, there[column], value[0], "figure", value[1])
        return there

    def open(self, column: int, exported: int, factor: Factor | None) -> None:
        """Invites changes, and counts the cells that then cannot be used."""
        page = self.page
        here, was = (page.down(c, self.first, self.last) for c in (column, exported))
        if factor is not None and factor.text:
            self.wrong.append(f"SUMPRODUCT(--ISBLANK({here}),1-ISBLANK({was}))")
            return
        signed = factor is not None and factor.signed
        invite(page, column, exported, self.first, self.last, signed=signed, blank=True)
        self.wrong.append(f"SUMPRODUCT((1-ISNUMBER({here}))*(1-ISBLANK({was})*ISBLANK({here})))")
        if not signed:
            self.wrong.append(f'COUNTIF({here},"<0")')

    def amounts(
        self, amounts: Mapping[str, Number] | None, header: str, how: str, *, invited: bool
    ) -> int | None:
        if amounts is None:
            return None
        scale, formats = scale_of(self.scenario), Formats(self.book)
        unit = self.book.money_unit(self.scenario.fund.currency, scale)
        head = self.book.say("table.header_unit", header=self.book.say(header), unit=unit)
        number = (
            f"{formats.money}.######"
            if any(a * 100 % (scale * 100) for a in amounts.values())
            else formats.money
        )
        cells = [(Fraction(amounts[id]) / scale, number) for id in self.scenario.ids]
        return self.write_figures(head, self.book.say(how), cells, invited=invited)
