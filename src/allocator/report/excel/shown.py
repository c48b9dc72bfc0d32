"""The steps of the calculation as tables show them: two decimals, rounded so that columns add up."""

from __future__ import annotations

from fractions import Fraction
from math import floor
from typing import NamedTuple

from allocator.core.allocation import Allocation
from allocator.core.exact import Number
from allocator.report.excel.exact import ExactCells
from allocator.report.excel.integers import scale_of
from allocator.report.excel.pen import Formats, Page
from allocator.report.excel.stages import Stages
from allocator.report.tables.figures import who
from allocator.report.tables.table import Column, Table

BLOCKS = {  # unrounded, the part above a whole hundredth, as shown
    "exact": "excel.shown.exact",
    "over": "excel.shown.over",
    "shown": "excel.shown.shown",
}


class Shown(NamedTuple):
    """The columns of the figures as shown, by key of the office's column; row of the first recipient."""

    page: Page
    columns: dict[str, int]
    first: int

    def at(self, key: str, i: int) -> str:
        return self.page.at(self.first + i, self.columns[key])


def write_shown(
    page: Page, allocation: Allocation, table: Table, cells: ExactCells, stages: Stages, row: int
) -> Shown:
    """Writes the sheet from a row on."""
    return _Writing(page, allocation, table, cells, stages, row).write()


class _Writing:
    """The sheet while it is being written: three blocks of the same columns."""

    def __init__(
        self, page: Page, allocation: Allocation, table: Table, cells: ExactCells, stages: Stages, row: int
    ) -> None:
        self.page, self.allocation, self.table = page, allocation, table
        self.cells, self.stages, self.book = cells, stages, page.book
        self.scenario, self.scale = allocation.scenario, scale_of(allocation.scenario)
        self.places = {key_of(c): at for at, c in enumerate(table.columns) if c.kind in ("stage", "share")}
        self.keys = list(self.places)
        self.factors = {f"factor {id}": j for j, id in enumerate(self.scenario.weights)}
        self.ids = dict(zip(self.factors, self.scenario.weights, strict=True))
        width = len(self.keys) + 1
        self.blocks = {
            name: {key: 2 + block * width + at for at, key in enumerate(self.keys)}
            for block, name in enumerate(BLOCKS)
        }
        self.head, self.total, self.short = row, row + 1, row + 2
        self.first, self.last = row + 3, row + 2 + len(self.scenario.ids)

    def write(self) -> Shown:
        page = self.page
        page.sheet.set_row(self.head, 54)
        page.text(self.head, 0, self.book.say("table.number"), "head")
        page.text(self.head, 1, who(self.scenario, self.book), "head")
        for row, name, style in (
            (self.total, self.book.say("table.total"), "total"),
            (self.short, self.book.say("excel.shown.short"), "how"),
        ):
            page.text(row, 0, "", style)
            page.text(row, 1, name, style)
        for i, recipient in enumerate(self.scenario.recipients):
            page.number(self.first + i, 0, i + 1, "middle", "0")
            page.text(self.first + i, 1, self.book.text(recipient.name))
        for key in self.keys:
            self.column(key)
        page.widths[1] = max(page.widths[1], 18)
        for block in ("over", "shown"):
            page.widths[self.blocks[block][self.keys[0]] - 1] = 3
        return Shown(page, self.blocks["shown"], self.first)

    def column(self, key: str) -> None:
        """Writes one step of the calculation in its three columns."""
        page, formats = self.page, Formats(self.book)
        exact, over, shown = (self.blocks[block][key] for block in BLOCKS)
        at = self.places[key]
        name = self.table.columns[at].header
        if key in self.factors:
            name = self.book.text(self.scenario.factor(self.ids[key]).name)
        figures: list[Number] = [
            values[at]
            for (role, _), values in zip(self.table.records, self.table.figures, strict=True)
            if role == "recipient"
        ]
        values = self.values(key)
        for block, head in BLOCKS.items():
            column = self.blocks[block][key]
            page.text(self.head, column, self.book.say(head, name=name), "head", wide=False)
            page.widths[column] = 14
            page.text(self.total, column, "", "total")
            page.text(self.short, column, "", "how")
        here = page.down(exact, self.first, self.last, here=True)
        overs = page.down(over, self.first, self.last, here=True)
        numbers = page.down(0, self.first, self.last, here=True)
        total, short = (page.at(row, shown, here=True) for row in (self.total, self.short))
        close = _close(total)
        page.formula(self.total, exact, f"SUM({here})", sum(values, start=0), "total", formats.long)
        if key in self.factors:
            page.number(self.short, over, self.factors[key] + 1, "how", "0")
        shown_total = sum(figures, start=0)
        page.formula(self.total, shown, self.shown_total(key), shown_total, "total", formats.stage)
        missing = round(shown_total * 100 - sum(floor(value * 100) for value in values))
        formula = f"ROUND({total}*100-SUMPRODUCT({here}*100-{overs}),0)"
        page.formula(self.short, shown, formula, missing, "how", "0")
        for i, (value, figure) in enumerate(zip(values, figures, strict=True)):
            row = self.first + i
            mine, left, number = (page.at(row, column, here=True) for column in (exact, over, 0))
            rank = (
                f"1+SUMPRODUCT(--({overs}>{left}+{close}))"
                f"+SUMPRODUCT((ABS({overs}-{left})<={close})*({numbers}<{number}))"
            )
            page.formula(row, exact, self.unrounded(key, i), value, "figure", formats.long)
            formula = f"{mine}*100-INT({mine}*100+{close})"
            page.formula(row, over, formula, value * 100 - floor(value * 100), "figure", "0.000000")
            formula = f"(ROUND({mine}*100-{left},0)+IF({rank}<={short},1,0))/100"
            page.formula(row, shown, formula, figure, "figure", formats.stage)

    def values(self, key: str) -> list[Fraction]:
        """The unrounded figures of a column, as percent or in the shown unit."""
        allocation = self.allocation
        if key == "share":
            return [Fraction(share) * 100 for share in allocation.shares.values()]
        by_key = {"entitlement": allocation.entitlements, "limited": allocation.limited}
        amounts = allocation.contributions[self.ids[key]] if key in self.ids else by_key[key]
        return [Fraction(amount) / self.scale for amount in amounts.values()]

    def unrounded(self, key: str, i: int) -> str:
        """The formula of an unrounded figure."""
        cells = self.cells
        if key == "share":
            return f"100*{self.stages.at('share', i)}"
        if key not in self.factors:
            return self.stages.at(key, i)
        j = self.factors[key]
        part = f"{cells.rates[j]}*{cells.value(j, i)}"
        if self.scenario.coefficient is not None:
            part += f"*{cells.coefficient(i)}"
        return f"IF({cells.score}=0,0,{cells.distributable}/{self.scale * 100}*{part}/{cells.score})"

    def shown_total(self, key: str) -> str:
        """The formula of a column's total as shown; the factors' totals add up to the entitlements' total."""
        page, money = self.page, f"{self.cells.distributable}/{self.scale * 100}"
        if key == "limited":
            return money
        if key not in self.factors or len(self.factors) == 1:
            return f"IF({self.cells.score}=0,0,{100 if key == 'share' else money})"
        columns = [self.blocks["exact"][id] for id in self.factors]
        places = [self.blocks["over"][id] for id in self.factors]
        sums = page.along(self.total, columns[0], columns[-1], here=True)
        order = page.along(self.short, places[0], places[-1], here=True)
        mine = page.at(self.total, self.blocks["exact"][key], here=True)
        place = page.at(self.short, self.blocks["over"][key], here=True)
        close = _close(money)
        part, own = (f"({cells}*100-INT({cells}*100+{close}))" for cells in (sums, mine))
        rank = (
            f"1+SUMPRODUCT(--({part}>{own}+{close}))"
            f"+SUMPRODUCT((ABS({part}-{own})<={close})*({order}<{place}))"
        )
        short = f"ROUND(SUM({sums})*100-SUMPRODUCT(INT({sums}*100+{close})),0)"
        return f"(INT({mine}*100+{close})+IF({rank}<={short},1,0))/100"


def key_of(column: Column) -> str:
    """The key of a column of the office's table; a factor's has a prefix, since its id may be another key."""
    return f"factor {column.key}" if column.adds == "factors" else column.key


def _close(total: str) -> str:
    """The difference, as a formula, up to which parts of a hundredth count as equal."""
    return f"(1E-9+{total}*4E-13)"
