"""The sheet of the recipients with their data as given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from allocator.core.allocation import Allocation
from allocator.core.exact import Number
from allocator.core.model import Scenario
from allocator.core.parts import Factor
from allocator.report.excel.formula_texts import quoted
from allocator.report.excel.integers import scale_of
from allocator.report.excel.open_cells import differing, invite, wrong_in
from allocator.report.excel.pen import Formats, Page, broken_money
from allocator.report.tables.figures import who
from allocator.text import Phrasebook

FIXED = 3  # number, name, kind


class Data(NamedTuple):
    """The columns of the data sheet by factor's id, and the rows of the first and the last recipient.

    ``changed`` and ``unusable`` are formulas that count the cells that differ from those exported, and those
    that cannot be used (see `wrong_in`).
    """

    columns: dict[str, int]
    published: int | None
    previous: int | None
    taking: int | None  # 1 for those that take part, where not all do
    exported: dict[int, int]  # by column of figures, the column of the same figures as exported
    first: int
    last: int
    page: Page
    changed: str
    unusable: str

    def column(self, id: str) -> str:
        return self.page.down(self.columns[id], self.first, self.last)

    def changed_in(self, id: str) -> str:
        """A formula that counts the values of a factor that differ from those exported."""
        column = self.columns[id]
        return differing(*(self.page.down(c, self.first, self.last) for c in (column, self.exported[column])))


def runs(columns: Sequence[int]) -> list[tuple[int, int]]:
    """The first and last column of each run of adjacent columns.

    >>> runs([3, 4, 6])
    [(3, 4), (6, 6)]
    """
    found: list[tuple[int, int]] = []
    for column in columns:
        first = found.pop()[0] if found and found[-1][1] == column - 1 else column
        found.append((first, column))
    return found


def inviting(scenario: Scenario) -> tuple[set[str], bool]:
    """The columns that decide amounts, or could with other weights; True if last year's amounts do."""
    by = {limit.by for limit in scenario.limits if limit.by is not None}
    own = {scenario.coefficient} if scenario.coefficient is not None else set()
    return {*scenario.weights, *own, *by}, any(limit.of == "previous" for limit in scenario.limits)


def write_data(page: Page, allocation: Allocation, row: int) -> Data:
    """Writes recipients, the values of every column, the published amounts and last year's.

    Figures that decide amounts may be changed; to the right of the printed columns are those exported.
    """
    return _Writing(page, allocation.scenario, row).write()


class _Writing:
    """The sheet while it is being written: its columns so far."""

    def __init__(self, page: Page, scenario: Scenario, row: int) -> None:
        self.page, self.scenario, self.book, self.row = page, scenario, page.book, row
        self.first, self.last = row + 2, row + 1 + len(scenario.ids)
        self.taking = set(scenario.participants)
        self.apart = len(self.taking) < len(scenario.ids)
        self.used, self.uses_previous = inviting(scenario)
        self.column = FIXED
        self.invited: list[int] = []
        self.figures: dict[int, tuple[str, list[tuple[Number | None, str]]]] = {}  # heading, cells

    def write(self) -> Data:
        page, scenario = self.page, self.scenario
        self.people()
        columns = {factor.id: self.factor(factor) for factor in scenario.factors}
        published = self.amounts(
            scenario.published, "workbook.published", "excel.data.published", invited=False
        )
        previous = self.amounts(
            scenario.previous, "workbook.previous", "excel.data.previous", invited=self.uses_previous
        )
        taking = self.taking_part() if self.apart else None
        page.printed_to = self.column - 1
        exported = self.as_exported()
        decimals = [c for c in exported if not self.book.chinese or c in (published, previous)]
        broken_money(page, (self.first, self.last), [*decimals, *(exported[c] for c in decimals)], {})
        whom = page.down(taking, self.first, self.last) if taking is not None else None
        for column in self.invited:
            invite(page, column, exported[column], self.first, self.last, taking)
        for factor in scenario.factors:
            self.tell_changes(factor, columns[factor.id], exported)
        blocks = [page.down(a, self.first, self.last, to=b) for a, b in runs(self.invited)]
        everything = (
            page.down(min(columns), self.first, self.last, to=max(columns))
            for columns in (exported.keys(), exported.values())
        )
        return Data(
            columns, published, previous, taking, exported, self.first, self.last, page,
            differing(*everything), "+".join(wrong_in(block, whom) for block in blocks) or "0",
        )  # fmt: skip

    def people(self) -> None:
        """Writes number, name and kind of every recipient."""
        page, book = self.page, self.book
        for column, head in enumerate(
            (book.say("table.number"), who(self.scenario, book), book.say("workbook.kind"))
        ):
            page.text(self.row, column, head, "head")
            page.text(self.row + 1, column, "", "how")
        page.sheet.set_row(self.row, 38)
        page.sheet.set_row(self.row + 1, 38)
        for at, recipient in enumerate(self.scenario.recipients):
            page.number(self.first + at, 0, at + 1, "middle", "0")
            page.text(self.first + at, 1, book.text(recipient.name))
            page.text(self.first + at, 2, book.kind(recipient.kind) if book.chinese else recipient.kind)

    def write_figures(
        self, name: object, how: str, values: Sequence[tuple[Number | None, str]], *, invited: bool,
        looks: Mapping[int, Mapping[str, Any]] | None = None,
    ) -> int:  # fmt: skip
        """Writes a column of figures with formats, yellow where they may be changed; returns the column."""
        page, column = self.page, self.column
        heading(page, self.row, column, name, how)
        for at, (value, number) in enumerate(values):
            style = "input" if invited and at in self.taking else "figure"
            page.number(self.first + at, column, value, style, number, **(looks or {}).get(at, {}))
        self.figures[column] = self.book.show(name), list(values)
        self.column += 1
        if invited:
            self.invited.append(column)
        return column

    def factor(self, factor: Factor) -> int:
        """Writes a column of factor data, with the status of single cells as comments; returns the column."""
        number = "General" if self.book.chinese else "#,##0"
        said = {cell.recipient: cell for cell in self.scenario.provenance if cell.factor == factor.id}
        marked = {at: said[id] for at, id in enumerate(self.scenario.ids) if id in said}
        column = self.write_figures(
            factor.name, _about(factor, self.book), [(value, number) for value in factor.values],
            invited=factor.id in self.used,
            looks={at: {"italic": True, "font_color": "#833C0B"} for at in marked},
        )  # fmt: skip
        for at, cell in marked.items():
            if cell.status is not None:
                status = self.book.say(f"status.{cell.status}")
                self.page.sheet.write_comment(self.first + at, column, status)
        return column

    def tell_changes(self, factor: Factor, column: int, exported: Mapping[int, int]) -> None:
        """Writes the column's status under its heading, with a note if values are changed."""
        page, about = self.page, _about(factor, self.book)
        cells = (page.down(c, self.first, self.last, here=True) for c in (column, exported[column]))
        some = quoted(self.book.say("excel.data.typed"))
        formula = f'{quoted(about)}&IF({differing(*cells)}=0,"",{some})'
        page.formula(self.row + 1, column, formula, about, "how", wide=False)

    def amounts(
        self, amounts: Mapping[str, Number] | None, header: str, how: str, *, invited: bool
    ) -> int | None:
        """Writes the published amounts or last year's; returns their column, or None if there are none.

        ``header`` and ``how`` are keys of sentences.
        """
        if amounts is None:
            return None
        scale, formats = scale_of(self.scenario), Formats(self.book)
        unit = self.book.money_unit(self.scenario.fund.currency, scale)
        head = self.book.say("table.header_unit", header=self.book.say(header), unit=unit)
        cells = [(Fraction(amounts[id]) / scale, formats.money) for id in self.scenario.ids]
        return self.write_figures(head, self.book.say(how), cells, invited=invited)

    def taking_part(self) -> int:
        """Writes a column with 1 for recipients that take part, else 0; returns the column."""
        column = self.column
        title, how = self.book.say("excel.data.taking"), self.book.say("excel.data.taking_how")
        heading(self.page, self.row, column, title, how)
        for at in range(len(self.scenario.ids)):
            self.page.number(self.first + at, column, int(at in self.taking), "middle", "0")
        self.column += 1
        return column

    def as_exported(self) -> dict[int, int]:
        """Writes all figures again as exported, beyond an empty column; returns their columns by the old."""
        there = {column: self.column + 1 + at for at, column in enumerate(self.figures)}
        for column, (name, values) in self.figures.items():
            heading(self.page, self.row, there[column], name, self.book.say("excel.inputs.exported"))
            for at, (value, number) in enumerate(values):
                self.page.number(self.first + at, there[column], value, "figure", number)
        return there


def heading(page: Page, row: int, column: int, name: object, how: str) -> None:
    """Writes the heading of a column and, below it, how its figures are made."""
    book = page.book
    head = book.show(name)
    page.text(row, column, head, "head", wide=False)
    page.text(row + 1, column, how, "how", wide=False)
    page.wide(column, head, 16)
    page.wide(column, how, 18)
    page.widths[column] = max(page.widths[column], 13)


def _about(factor: Factor, book: Phrasebook) -> str:
    """Unit, year and status of a column, in a few words."""
    said = [book.text(factor.unit)] if factor.unit else []
    said += [str(factor.year)] if factor.year is not None else []
    return book.say("place.list").join([*said, book.say(f"status.{factor.status}")])
