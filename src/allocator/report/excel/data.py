"""The recipients with their data as given, and what share of each factor they have."""

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
from allocator.report.tables.grid import who
from allocator.text import kind_text, money_unit, say, show

FIXED = 3  # number, name, kind


class Data(NamedTuple):
    """Where the columns of the data stand, by factor's id; rows of the first and the last recipient.

    ``changed`` and ``unusable`` are formulas: how many cells differ from what was exported, and how many of
    those that count are blank, no number or negative.
    """

    columns: dict[str, int]
    published: int | None
    previous: int | None
    taking: int | None  # 1 for those that take part, where not all do
    exported: dict[int, int]  # beside each column that holds figures where they stand as exported
    first: int
    last: int
    page: Page
    changed: str
    unusable: str

    def column(self, id: str) -> str:
        return self.page.down(self.columns[id], self.first, self.last)

    def changed_in(self, id: str) -> str:
        """How many values of a factor differ from those exported."""
        column = self.columns[id]
        return differing(*(self.page.down(c, self.first, self.last) for c in (column, self.exported[column])))


def runs(columns: Sequence[int]) -> list[tuple[int, int]]:
    """First and last of columns that stand side by side.

    >>> runs([3, 4, 6])
    [(3, 4), (6, 6)]
    """
    found: list[tuple[int, int]] = []
    for column in columns:
        first = found.pop()[0] if found and found[-1][1] == column - 1 else column
        found.append((first, column))
    return found


def inviting(scenario: Scenario) -> tuple[set[str], bool]:
    """The columns that decide amounts, or could with other weights; whether last year's amounts do."""
    by = {limit.by for limit in scenario.limits if limit.by is not None}
    own = {scenario.coefficient} if scenario.coefficient is not None else set()
    return {*scenario.weights, *own, *by}, any(limit.of == "previous" for limit in scenario.limits)


def write_data(page: Page, allocation: Allocation, row: int) -> Data:
    """Recipients, values of every column, what was published and last year's amounts.

    What decides amounts may be changed; beyond what is printed stands what was exported.
    """
    return _Writing(page, allocation.scenario, row).write()


class _Writing:
    """The sheet while it is being written: its columns so far."""

    def __init__(self, page: Page, scenario: Scenario, row: int) -> None:
        self.page, self.scenario, self.lang, self.row = page, scenario, page.lang, row
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
        published = self.amounts("published", invited=False)
        previous = self.amounts("previous", invited=self.uses_previous)
        taking = self.taking_part() if self.apart else None
        page.printed_to = self.column - 1
        exported = self.as_exported()
        decimals = [c for c in exported if self.lang != "zh" or c in (published, previous)]
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
        """Number, name and kind of every recipient."""
        page, lang = self.page, self.lang
        for column, head in enumerate(
            (say("table.number", lang), who(self.scenario, lang), say("workbook.kind", lang))
        ):
            page.text(self.row, column, head, "head")
            page.text(self.row + 1, column, "", "how")
        page.sheet.set_row(self.row, 38)
        page.sheet.set_row(self.row + 1, 38)
        for at, recipient in enumerate(self.scenario.recipients):
            page.number(self.first + at, 0, at + 1, "middle", "0")
            page.text(self.first + at, 1, getattr(recipient.name, lang))
            page.text(self.first + at, 2, kind_text(recipient.kind, lang) if lang == "zh" else recipient.kind)

    def write_figures(
        self, name: object, how: str, values: Sequence[tuple[Number | None, str]], *, invited: bool,
        looks: Mapping[int, Mapping[str, Any]] | None = None,
    ) -> int:  # fmt: skip
        """A column of figures with their formats, yellow where they may be changed; where it stands."""
        page, column = self.page, self.column
        heading(page, self.row, column, name, how)
        for at, (value, number) in enumerate(values):
            style = "input" if invited and at in self.taking else "figure"
            page.number(self.first + at, column, value, style, number, **(looks or {}).get(at, {}))
        self.figures[column] = show(name, self.lang), list(values)
        self.column += 1
        if invited:
            self.invited.append(column)
        return column

    def factor(self, factor: Factor) -> int:
        """A column of factor data; what its single cells have to say stands beside them."""
        number = "General" if self.lang == "zh" else "#,##0"
        said = {cell.recipient: cell for cell in self.scenario.provenance if cell.factor == factor.id}
        marked = {at: said[id] for at, id in enumerate(self.scenario.ids) if id in said}
        column = self.write_figures(
            factor.name, _about(factor, self.lang), [(value, number) for value in factor.values],
            invited=factor.id in self.used,
            looks={at: {"italic": True, "font_color": "#833C0B"} for at in marked},
        )  # fmt: skip
        for at, cell in marked.items():
            if cell.status is not None:
                status = say(f"status.{cell.status}", self.lang)
                self.page.sheet.write_comment(self.first + at, column, status)
        return column

    def tell_changes(self, factor: Factor, column: int, exported: Mapping[int, int]) -> None:
        """Under the heading, that a column is no longer what its status says."""
        page, about = self.page, _about(factor, self.lang)
        cells = (page.down(c, self.first, self.last, here=True) for c in (column, exported[column]))
        some = quoted(say("excel.data.typed", self.lang))
        formula = f'{quoted(about)}&IF({differing(*cells)}=0,"",{some})'
        page.formula(self.row + 1, column, formula, about, "how", wide=False)

    def amounts(self, name: str, *, invited: bool) -> int | None:
        """What was published, or last year's amounts, where the scenario has them."""
        amounts, scale, formats = getattr(self.scenario, name), scale_of(self.scenario), Formats(self.lang)
        if amounts is None:
            return None
        unit = money_unit(self.scenario.fund.currency, scale, self.lang)
        head = say("table.header_unit", self.lang, header=say(f"workbook.{name}", self.lang), unit=unit)
        cells = [(Fraction(amounts[id]) / scale, formats.money) for id in self.scenario.ids]
        return self.write_figures(head, say(f"excel.data.{name}", self.lang), cells, invited=invited)

    def taking_part(self) -> int:
        """1 for those that take part."""
        column = self.column
        heads = (say(f"excel.data.{key}", self.lang) for key in ("taking", "taking_how"))
        heading(self.page, self.row, column, *heads)
        for at in range(len(self.scenario.ids)):
            self.page.number(self.first + at, column, int(at in self.taking), "middle", "0")
        self.column += 1
        return column

    def as_exported(self) -> dict[int, int]:
        """All figures once more, for comparison, beyond an empty column."""
        there = {column: self.column + 1 + at for at, column in enumerate(self.figures)}
        for column, (name, values) in self.figures.items():
            heading(self.page, self.row, there[column], name, say("excel.inputs.exported", self.lang))
            for at, (value, number) in enumerate(values):
                self.page.number(self.first + at, there[column], value, "figure", number)
        return there


def heading(page: Page, row: int, column: int, name: object, how: str) -> None:
    lang = page.lang
    head = show(name, lang)
    page.text(row, column, head, "head", wide=False)
    page.text(row + 1, column, how, "how", wide=False)
    page.wide(column, head, 16)
    page.wide(column, how, 18)
    page.widths[column] = max(page.widths[column], 13)


def _about(factor: Factor, lang: str) -> str:
    """Unit, year and status of a column, in a few words."""
    said = [getattr(factor.unit, lang)] if factor.unit else []
    said += [str(factor.year)] if factor.year is not None else []
    return say("place.list", lang).join([*said, say(f"status.{factor.status}", lang)])
