"""The recipients with their data as given, and what share of each factor they have."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from allocator.allocation import Allocation
from allocator.parts import Factor
from allocator.report.excel.integers import scale_of
from allocator.report.excel.pen import Formats, Page
from allocator.report.grid import who
from allocator.text import kind_text, money_unit, say, show

FIXED = 3  # number, name, kind


class Data(NamedTuple):
    """Where the columns of the data stand, by factor's id; rows of the first and the last recipient."""

    columns: dict[str, int]
    published: int | None
    previous: int | None
    taking: int | None  # 1 for those that take part, where not all do
    first: int
    last: int
    page: Page

    def column(self, id: str) -> str:
        return self.page.down(self.columns[id], self.first, self.last)


def write_data(page: Page, allocation: Allocation, row: int) -> Data:
    """Recipients, values of every column, what was published and last year's amounts."""
    scenario, lang = allocation.scenario, page.lang
    formats, scale = Formats(lang), scale_of(scenario)
    unit = money_unit(scenario.fund.currency, scale, lang)
    first, last = row + 2, row + 1 + len(scenario.ids)
    number = "General" if lang == "zh" else "#,##0.######"
    for column, (head, how) in enumerate(
        ((say("table.number", lang), ""), (who(scenario, lang), ""), (say("workbook.kind", lang), ""))
    ):
        page.text(row, column, head, "head")
        page.text(row + 1, column, how, "how")
    page.sheet.set_row(row, 38)
    page.sheet.set_row(row + 1, 38)
    marked = {(cell.recipient, cell.factor): cell for cell in scenario.provenance}
    for at, recipient in enumerate(scenario.recipients):
        page.number(first + at, 0, at + 1, "middle", "0")
        page.text(first + at, 1, getattr(recipient.name, lang))
        page.text(first + at, 2, kind_text(recipient.kind, lang) if lang == "zh" else recipient.kind)
    columns: dict[str, int] = {}
    taking = set(scenario.participants)
    for column, factor in enumerate(scenario.factors, FIXED):
        columns[factor.id] = column
        heading(page, row, column, factor.name, _about(factor, lang))
        for at, value in enumerate(factor.values):
            said = marked.get((scenario.ids[at], factor.id))
            told = said.status if said is not None else None
            style = "0.######" if value is not None and value % 1 else number
            looks = {"bg_color": "#FCE4D6"} if said is not None else {}
            page.number(first + at, column, value, "figure", style if lang == "en" else "General", **looks)
            if told is not None:
                page.sheet.write_comment(first + at, column, say(f"status.{told}", lang))
    column = FIXED + len(columns)
    money: dict[str, int | None] = {"published": None, "previous": None}
    for name in money:
        amounts = getattr(scenario, name)
        if amounts is None:
            continue
        money[name] = column
        head = say("table.header_unit", lang, header=say(f"workbook.{name}", lang), unit=unit)
        heading(page, row, column, head, say(f"excel.data.{name}", lang))
        for at, id in enumerate(scenario.ids):
            page.number(first + at, column, Fraction(amounts[id]) / scale, "figure",
                        formats.broken if amounts[id] % scale else formats.money)  # fmt: skip
        column += 1
    apart = len(taking) < len(scenario.ids)
    if apart:
        heading(page, row, column, say("excel.data.taking", lang), say("excel.data.taking_how", lang))
        for at in range(len(scenario.ids)):
            page.number(first + at, column, int(at in taking), "middle", "0")
    return Data(columns, money["published"], money["previous"], column if apart else None, first, last, page)


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
