"""The sheet of shares: of each weighted factor, and of all of them together."""

from __future__ import annotations

from fractions import Fraction

from allocator.core.allocation import Allocation
from allocator.report.excel.data import heading
from allocator.report.excel.exact import ExactCells
from allocator.report.excel.integers import Integers
from allocator.report.excel.pen import Page
from allocator.report.tables.figures import who


def write_shares(page: Page, allocation: Allocation, found: Integers, cells: ExactCells, row: int) -> None:
    """Writes each recipient's share of every weighted factor, and its share of the total score."""
    scenario, book = allocation.scenario, page.book
    first, last = row + 3, row + 2 + len(scenario.ids)
    for column, (head, how) in enumerate(((book.say("table.number"), ""), (who(scenario, book), ""))):
        page.text(row, column, head, "head")
        page.text(row + 1, column, how, "how")
    page.sheet.set_row(row, 38)
    page.sheet.set_row(row + 1, 38)
    page.text(row + 2, 0, "", "total")
    page.text(row + 2, 1, book.say("table.total"), "total")
    for at, recipient in enumerate(scenario.recipients):
        page.number(first + at, 0, at + 1, "middle", "0")
        page.text(first + at, 1, book.text(recipient.name))
    columns = len(scenario.weights)
    for j, id in enumerate(scenario.weights):
        name = book.text(scenario.factor(id).name)
        heading(page, row, 2 + j, name, book.say("excel.shares.of_factor"))
        total = sum(found.values[j], start=Fraction(0))
        for at in range(len(scenario.ids)):
            share = Fraction(found.values[j][at]) / total if total else Fraction(0)
            page.formula(first + at, 2 + j, f"IF({cells.sums[j]}=0,0,{cells.value(j, at)}/{cells.sums[j]})",
                         share, "figure", "0.00%")  # fmt: skip
        page.formula(row + 2, 2 + j, f"SUM({page.down(2 + j, first, last, here=True)})", 1 if total else 0,
                     "total", "0.00%")  # fmt: skip
    heading(page, row, 2 + columns, book.say("excel.stages.share"), book.say("excel.shares.together"))
    for at in range(len(scenario.ids)):
        share = Fraction(found.scores[at]) / found.score if found.score else Fraction(0)
        page.formula(first + at, 2 + columns, f"IF({cells.score}=0,0,{cells.score_of(at)}/{cells.score})",
                     share, "figure", "0.00%")  # fmt: skip
    page.formula(row + 2, 2 + columns, f"SUM({page.down(2 + columns, first, last, here=True)})",
                 1 if found.score else 0, "total", "0.00%")  # fmt: skip
