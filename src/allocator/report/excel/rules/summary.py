"""The first sheet of a rule of format 2: its clauses in words, its pools, and the amounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from allocator.core.allocation import Allocation
from allocator.report.excel import summary as format_1
from allocator.report.excel.checks import Checks
from allocator.report.excel.formula_texts import quoted, sentence_formula
from allocator.report.excel.integers import scale_of
from allocator.report.excel.pen import Page
from allocator.report.excel.printed import Printed
from allocator.report.excel.rules.data import RuleData
from allocator.report.excel.rules.inputs import RuleInputs
from allocator.report.excel.rules.money import Money
from allocator.report.excel.rules.pool import Result
from allocator.report.excel.summary import LAST
from allocator.report.tables.base import Base
from allocator.report.tables.table import Table
from allocator.report.words.corrections import correction_lines
from allocator.report.words.pools import pool_lines
from allocator.report.words.rule import limit_lines
from allocator.text import Phrasebook


class _Inputs(NamedTuple):
    """The cells of the inputs as the summary of format 1 asks for them."""

    fund: str
    reserved: str
    earmarked: str
    changed: str
    unusable: str

    def or_dash(self, formula: str) -> str:
        """A formula for readers, which shows a dash while inputs are unusable."""
        return f'IF({self.unusable}=0,{formula},"—")'


def write_summary(
    page: Page,
    allocation: Allocation,
    base: Base | None,
    table: Table,
    inputs: RuleInputs,
    data: RuleData,
    money: Money,
    results: Mapping[str, Result],
    printed: Printed,
    checks: Checks,
    on: date | None,
    row: int,
) -> None:
    """Writes the sheet from a row on; ``on`` is the date that it bears."""
    cents = scale_of(allocation.scenario) * 100
    cells = _Inputs(
        inputs.fund.text,
        f"{money.reserved.text}/{cents}",
        f"{money.earmarked.text}/{cents}",
        inputs.changed,
        inputs.unusable,
    )
    if allocation.undistributed:  # its row is none of the recipients'
        table = replace(table, records=(*table.records[:-2], table.records[-1]))
    writing = _Writing(page, allocation, base, table, cells, data, printed)  # type: ignore[arg-type]
    row = writing.clauses(checks, row)
    row = writing.money(row)
    row = writing.pools(results, money, row)
    row = writing.recipients(row)
    writing.traces(on, row)


def clause_lines(allocation: Allocation, book: Phrasebook) -> list[str]:
    """The rule in words, a sentence each."""
    scenario = allocation.scenario
    return [*pool_lines(allocation, book), *limit_lines(scenario, book), *correction_lines(allocation, book)]


class _Writing(format_1._Writing):
    """The sheet while it is being written."""

    def clauses(self, checks: Checks, row: int) -> int:
        """Writes fund and rule in words, and the result of the checks."""
        page, book, name = self.page, self.book, self.scenario.fund.name
        lines = [(book.say("excel.summary.fund_name"), book.show(name))] if name is not None else []
        said = clause_lines(self.allocation, book)
        lines += [(book.say("excel.summary.rule") if not at else "", text) for at, text in enumerate(said)]
        for label, text in lines:
            page.merged(row, 0, 1, label, "label")
            page.merged(row, 2, LAST, text, "text")
            page.height(row, text, 76)
            row += 1
        fails = sentence_formula("excel.state_fails", book, count=checks.failed, first=checks.first)
        holds, near = book.say("excel.summary.holds"), book.say("excel.summary.near")
        state = f"IF({checks.failed}=0,{quoted(holds)},{fails})"
        page.merged(row, 0, 1, book.say("excel.summary.checks"), "label")
        page.merged(row, 2, LAST, "", "text")
        page.formula(row, 2, f'{state}&IF({checks.near}=0,"",{quoted(near)})', holds, "text")
        longest = book.say("excel.checks.is_multiplier")
        page.height(row, book.say("excel.state_fails", count=1, first=longest) + near, 76)
        return row + 2

    def pools(self, results: Mapping[str, Result], money: Money, row: int) -> int:
        """Writes the money that each pool shares out, and how many take part."""
        if not self.scenario.pools or len(self.scenario.rules) == 1:
            return row
        page, say, cents = self.page, self.book.say, self.scale * 100
        page.merged(row, 0, 1, say("pools.check"), "head")
        page.text(row, 2, say("excel.rules.pools_money"), "head", wide=False)
        page.text(row, 3, say("excel.rules.takes"), "head", wide=False)
        for split in self.allocation.splits:
            row += 1
            result = results[split.pool.id]
            page.merged(row, 0, 1, self.book.text(split.pool.name), "label")
            formula = self.inputs.or_dash(f"{result.taken.text}*{money.unit.text}/{cents}")
            value = self.shown(split.total * self.scenario.fund.unit)
            page.formula(row, 2, formula, value, "figure", self.formats.money)
            first, last = result.takes[0].text, result.takes[-1].text.rpartition("!")[2]
            page.formula(row, 3, f"SUM({first}:{last})", len(split.members), "figure", "0")
        return row + 2
