"""The sheets to print: the office's table of the computed scenario, and the scenarios side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple, Protocol

from allocator.core.allocation import Allocation
from allocator.report.excel.data import Data
from allocator.report.excel.formula_texts import quoted
from allocator.report.excel.inputs import Inputs
from allocator.report.excel.integers import scale_of
from allocator.report.excel.known import check_comparison, check_table, unknown
from allocator.report.excel.limits import LimitsCells
from allocator.report.excel.pen import Formats, Page, broken_money
from allocator.report.excel.shown import Shown, key_of
from allocator.report.excel.stages import Stages
from allocator.report.tables.base import KNOWN, PUBLISHED, Base
from allocator.report.tables.letters import letter as letter_of
from allocator.report.tables.letters import lettered
from allocator.report.tables.office import compare_table
from allocator.report.tables.table import Column, Table
from allocator.report.words.options import differs_line, rule_lines
from allocator.report.words.pools import pool_lines
from allocator.report.words.rule import limit_lines
from allocator.text import Phrasebook

TEXTS = ("number", "recipient", "note")  # columns of text; `_recipient` has those of figures


class InputCells(Protocol):
    """The guard that keeps inputs that cannot be used from being computed with."""

    def read(self, formula: str, otherwise: str = "0") -> str:
        """A formula that reads inputs, computed only while all of them are usable."""

    def or_dash(self, formula: str) -> str:
        """A formula for readers, which shows a dash while inputs are unusable."""


class DataCells(Protocol):
    """The columns of amounts on the sheet of data."""

    @property
    def published(self) -> int | None: ...
    @property
    def previous(self) -> int | None: ...
    @property
    def first(self) -> int: ...
    @property
    def page(self) -> Page: ...


class Printed(NamedTuple):
    """The layout of the printed table: columns by key, first and last recipient's row, row of the total."""

    page: Page
    columns: dict[str, int]
    rows: tuple[int, int]
    total_row: int

    def down(self, key: str) -> str:
        return self.page.down(self.columns[key], *self.rows)


def _formats(book: Phrasebook) -> dict[str, str]:
    formats = Formats(book)
    return {
        "text": "", "money": formats.money, "stage": formats.stage, "share": "0.00", "change": formats.change,
    }  # fmt: skip


class Figures(Protocol):
    """The formulas of the table's cells: a sheet for each step of the calculation has them."""

    @property
    def inputs(self) -> InputCells:
        """The guard of the inputs."""

    def head(self, column: Column) -> str | None:
        """The formula of a heading that follows the inputs; None where it does not."""

    def recipient(self, column: Column, i: int, row: int, page: Page, columns: Mapping[str, int]) -> str:
        """The formula of a recipient's figure or remark in a column."""

    def reservation(self, at: int) -> str:
        """The formula of a reservation."""

    def undistributed(self) -> str:
        """The formula of what is left undistributed."""


def write_table(page: Page, allocation: Allocation, table: Table, figures_of: Figures, row: int) -> Printed:
    """Writes the office's table with the same columns, rows and figures, as formulas."""
    check_table(table)
    inputs = figures_of.inputs
    book, last_column = page.book, len(table.columns) - 1
    page.merged(row, 0, last_column, table.unit, "right", printed=True)
    head = row + 1
    places = _formats(book)
    columns = {key_of(column): at for at, column in enumerate(table.columns)}
    for at, column in enumerate(table.columns):
        if column.kind == "text" and column.key not in TEXTS:
            unknown("column", column.key)
        formula = figures_of.head(column)
        if formula is not None:
            page.formula(head, at, formula, column.header, "head", printed=True)
        else:
            page.text(head, at, column.header, "head", wide=False, printed=True)
        page.wide(at, column.header, 15)
        page.widths[at] = max(page.widths[at], 6 if at == 0 else 11)
    first = head + 1
    rows = [first + at for at in range(len(table.records))]
    roles = [role for role, _ in table.records]
    people = [r for r, role in zip(rows, roles, strict=True) if role == "recipient"]
    reserved = [r for r, role in zip(rows, roles, strict=True) if role == "reservation"]
    rest_row = rows[-2] if allocation.undistributed else None
    i = -1
    for r, role, figures in zip(rows, roles, table.figures, strict=True):
        i += role == "recipient"
        bold = role in ("subtotal", "total")
        for at, (column, value) in enumerate(zip(table.columns, figures, strict=True)):
            style = "total" if bold else "figure"
            if column.kind == "text" and not (column.key == "note" and role == "recipient"):
                looks: dict[str, Any] = {"printed": True}
                if at == 1 and bold:
                    looks["align"] = "center"
                page.text(
                    r, at, value, "total" if bold else "middle" if at == 0 else "text", wide=at == 1, **looks
                )
                continue
            if value is None:
                page.number(r, at, None, style, printed=True)
                continue
            if role == "recipient":
                formula = figures_of.recipient(column, i, r, page, columns)
            elif role == "reservation":
                formula = figures_of.reservation(r - first)
            elif r == rest_row:
                formula = figures_of.undistributed()
            elif role == "subtotal" and reserved and r == reserved[-1] + 1:
                formula = f"SUM({page.down(at, reserved[0], reserved[-1], here=True)})"
            elif role in ("subtotal", "total"):
                formula = f"SUM({page.down(at, people[0], people[-1], here=True)})"
                if role == "total" and reserved:
                    formula += f"+SUM({page.down(at, reserved[0], reserved[-1], here=True)})"
                if (
                    role == "total"
                    and rest_row is not None
                    and table.figures[rest_row - first][at] is not None
                ):
                    formula += f"+{page.at(rest_row, at, here=True)}"
            else:
                unknown("row", role)
            formula = inputs.read(formula, '""') if column.kind == "text" else inputs.or_dash(formula)
            looks = {"printed": True} if column.kind == "text" else {"printed": True, "align": "right"}
            style = "text" if column.kind == "text" else style
            page.formula(r, at, formula, value, style, places[column.kind], **looks)
        page.height(r, str(figures[1]), max(page.widths[1], 16), 22)
    page.widths[1] = max(page.widths[1], 16)
    page.widths[columns["note"]] = max(12, page.widths[columns["note"]])
    money = [at for at, column in enumerate(table.columns) if column.kind in ("money", "change")]
    broken_money(
        page,
        (first, rows[-1]),
        money,
        {columns[k]: True for k in ("difference", "year_difference") if k in columns},
    )
    page.sheet.set_row(head, 54)
    return Printed(page, columns, (people[0], people[-1]), rows[-1])


def factor_head(page: Page, column: Column, cell: str, inputs: InputCells, kind: str, name: str) -> str:
    """The formula of a factor's heading with its current weight."""
    shares = kind == "shares"
    before = page.book.say("excel.table.before_shares" if shares else "excel.table.before_scores")
    after = page.book.say("excel.table.after_shares" if shares else "excel.table.after_scores")
    weight = inputs.or_dash(f'IF(ROUND({cell},2)={cell},"","≈")&ROUND({cell},2)')
    return f"{quoted(name + before)}&{weight}&{quoted(after)}"


class PlainFigures(NamedTuple):
    """The formulas of the table of a rule of format 1."""

    allocation: Allocation
    inputs: Inputs
    data: Data
    limits: LimitsCells | None
    stages: Stages
    shown: Shown
    page: Page

    def head(self, column: Column) -> str | None:
        """A factor's heading has its current weight."""
        if column.adds != "factors":
            return None
        scenario = self.allocation.scenario
        name = self.page.book.text(scenario.factor(column.key).name)
        cell = self.inputs.weights[list(scenario.weights).index(column.key)]
        return factor_head(self.page, column, cell, self.inputs, scenario.kind, name)

    def reservation(self, at: int) -> str:
        """A reservation is the input, to the hundredth."""
        cents = scale_of(self.allocation.scenario) * 100
        return f"ROUND({self.inputs.reservations[at]}*{cents},0)/{cents}"

    def undistributed(self) -> str:
        """Nothing is left by the roundings of format 1."""
        unknown("kind of row", "undistributed")

    def recipient(self, column: Column, i: int, row: int, page: Page, columns: Mapping[str, int]) -> str:
        """A figure of the sheets of the calculation, or a remark."""
        key, book = column.key, page.book
        if column.adds:  # before the others: a factor's id may be one of their keys
            return self.shown.at(key_of(column), i)
        if key in ("amount", "earmark"):
            return self.stages.at(key, i)
        formula = known_amount(column, i, row, page, columns, self.data)
        if formula is not None:
            return formula
        if key != "note":
            unknown("column", key)
        return _note(i, self.limits, self.stages, self.allocation, book)


def known_amount(
    column: Column, i: int, row: int, page: Page, columns: Mapping[str, int], data: DataCells
) -> str | None:
    """The formula of an amount known apart from the rule, or of a change from it; None for another column."""
    key = column.key
    if key == "published":
        assert data.published is not None
        return data.page.at(data.first + i, data.published)
    if key == "previous":
        assert data.previous is not None
        return data.page.at(data.first + i, data.previous)
    if key in ("difference", "year_difference"):
        # each change stands to the right of the amounts it is from
        order = list(columns)
        than = order[order.index(key) - 1]
        if than not in KNOWN:
            unknown("column", key)
        amount, base = (page.at(row, columns[k], here=True) for k in ("amount", than))
        return f"ROUND({amount}-{base},6)"
    return None


def _note(
    i: int, limits: LimitsCells | None, stages: Stages, allocation: Allocation, book: Phrasebook
) -> str:
    """The formula of the remark: at a floor or cap, among tied remainders, or outside the factor split."""

    def label(key: str) -> str:
        return '"' + book.say(key).replace('"', '""') + '"'

    if i not in allocation.scenario.participants:
        return label("table.apart")
    tied = f'IF({stages.at("tied", i)}=1,{label("table.tied")},"")'
    if limits is None or not (limits.has_floor[i] or limits.has_cap[i]):
        return tied
    floor, cap, at_floor, at_cap = (
        limits.page.at(limits.first + i, c)
        for c in (limits.floor, limits.cap, limits.at_floor, limits.at_cap)
    )
    at = '""'
    if limits.has_cap[i]:
        at = f'IF(OR({at_cap}=1,AND({at_floor}=1,{cap}={floor})),{label("table.at_cap")},"")'
    if limits.has_floor[i]:
        at = f"IF({at_floor}=1,{label('table.at_floor')},{at})"
    comma = book.say("place.list")
    return f'{at}&IF(AND({stages.at("tied", i)}=1,{at}<>""),"{comma}","")&{tied}'


def _about(allocation: Allocation, book: Phrasebook) -> list[str]:
    """The rule of an option in words."""
    scenario = allocation.scenario
    if not scenario.pools:
        return rule_lines(scenario, book)
    return [*pool_lines(allocation, book), *limit_lines(scenario, book)]


def write_comparison(
    page: Page,
    allocations: Sequence[Allocation],
    live: int,
    chosen_base: Base | None,
    inputs: InputCells,
    data: DataCells,
    printed: Printed,
    reserved: str,
    row: int,
    left: str = "",
) -> None:
    """Writes the scenarios side by side: that at ``live`` as formulas, others as computed by the program.

    ``reserved`` is the formula of what departments get, in hundredths, and ``left`` of what is undistributed.
    """
    chosen, own, book = allocations[live].scenario, letter_of(live), page.book
    base = allocations[0].scenario
    published = base.published
    # columns of the data sheet, which holds the data of the one at ``live``, where they are shown here
    known = {PUBLISHED: data.published} if published == chosen.published else {}
    if chosen_base is not None:
        known[chosen_base.key] = data.published if chosen_base.key == PUBLISHED else data.previous
    table = compare_table(allocations, book, chosen_base)
    check_comparison(table)
    scale = table.scale
    places = _formats(book)
    last_column = len(table.columns) - 1
    r = row
    for at, (letter, allocation) in enumerate(lettered(allocations)):
        scenario = allocation.scenario
        names = [book.say("report.option_short", letter=x) for x in (letter_of(0), letter)]
        about = book.say("report.joined").join(_about(allocation, book))
        if at:
            about = differs_line(base, scenario, (names[0], names[1]), book)
        key = "excel.compare.live" if at == live else "excel.compare.fixed"
        title, digest = scenario.title, scenario.digest[7:19]
        text = book.say(key, letter=letter, title=title, about=about, digest=digest)
        page.merged(r, 0, max(last_column, 6), text, "wrap")
        page.height(r, text, 90)
        r += 1
    with_difference = published is not None and chosen_base is None
    page.merged(r, 0, last_column + with_difference, table.unit, "right", printed=True)
    head, first = r + 1, r + 2
    columns = [*table.columns]
    if with_difference:
        against = book.say("excel.compare.against", letter=own)
        columns.append(Column(f"{own}-published", against, "change"))
    for at, column in enumerate(columns):
        page.text(head, at, column.header, "head", wide=False, printed=True)
        page.widths[at] = 6 if at == 0 else 14
    rows = [first + at for at in range(len(table.records))]
    roles = [role for role, _ in table.records]
    people = [x for x, role in zip(rows, roles, strict=True) if role == "recipient"]
    undistributed = rows[-2] if any(a.undistributed for a in allocations) else None
    departments = rows[len(people) + 1] if len(rows) - len(people) - bool(undistributed) == 3 else None
    mine = {id: at for at, id in enumerate(chosen.ids)}
    ids = list(dict.fromkeys(id for a in allocations for id in a.scenario.ids))
    ratio = Fraction(scale_of(chosen)) / scale
    key_at = {column.key: at for at, column in enumerate(columns)}
    for at_record, (x, role, figures) in enumerate(zip(rows, roles, table.figures, strict=True)):
        bold = role != "recipient"
        style = "total" if bold else "figure"
        extended = [*figures]
        if with_difference:
            a, p = figures[key_at[own]], figures[key_at["published"]]
            extended.append(None if a is None or p is None else a - p)
        for at, (column, value) in enumerate(zip(columns, extended, strict=True)):
            if column.kind == "text":
                page.text(
                    x,
                    at,
                    value,
                    "total" if bold else "middle" if at == 0 else "text",
                    wide=at == 1,
                    printed=True,
                )
                continue
            if value is None:
                page.number(x, at, None, style, printed=True)
                continue
            minus = None
            if "-" in column.key:
                one, other = (key_at[k] for k in column.key.split("-"))
                minus = f"ROUND({page.at(x, one, here=True)}-{page.at(x, other, here=True)},6)"
            formula = minus
            if role == "recipient" and not minus:
                id = ids[at_record]
                if column.key == own and id in mine:
                    formula = printed.page.at(printed.rows[0] + mine[id], printed.columns["amount"])
                elif (there := known.get(column.key)) is not None and id in mine:
                    formula = data.page.at(data.first + mine[id], there)
                if formula and ratio != 1:
                    formula += f"*{ratio}"
            elif not minus:
                here = page.down(at, people[0], people[-1], here=True)
                if x == undistributed:
                    formula = f"{left}/{scale * 100}" if column.key == own and left else None
                elif x == departments:
                    formula = f"{reserved}/{scale * 100}" if column.key == own else None
                else:
                    formula = f"SUM({here})"
                    if role == "total" and departments is not None:
                        formula += f"+{page.at(departments, at, here=True)}"
                    if role == "total" and undistributed is not None:
                        formula += f"+{page.at(undistributed, at, here=True)}"
            if formula is not None and own in column.key.split("-"):
                formula = inputs.or_dash(formula)
            number_ = places[column.kind]
            if formula is None:
                page.number(x, at, value, style, number_, printed=True)
            else:
                page.formula(x, at, formula, value, style, number_, printed=True)
        page.height(x, str(figures[1]), 26, 22)
    page.widths[1] = max(page.widths[1], 26)
    changes = {at: column.kind == "change" for at, column in enumerate(columns)}
    broken_money(page, (first, rows[-1]), range(2, len(columns)), changes)
    page.sheet.set_row(head, 36)
