"""The sheet of inputs that may be changed: money, weights, limits, each beside its exported value."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple, Protocol

from allocator.core.allocation import Allocation
from allocator.core.exact import Number
from allocator.core.limits import Limit
from allocator.report.excel.data import Data
from allocator.report.excel.formula_texts import quoted
from allocator.report.excel.integers import scale_of
from allocator.report.excel.open_cells import broken_cents, differing, invite, wrong_in
from allocator.report.excel.pen import Formats, Page, broken_money
from allocator.report.words.rule import limit_clauses, limit_words
from allocator.text import Phrasebook


class LimitCells(NamedTuple):
    """The cells of a limit's floor and cap, None where it has none."""

    floor: str | None
    cap: str | None


class Inputs(NamedTuple):
    """References to the cells of the sheet."""

    fund: str
    unit: str
    reservations: tuple[str, ...]
    reserved: str | None  # the range of all of them, None without any
    earmarks: tuple[str, ...]
    earmarked: str | None
    weights: tuple[str, ...]
    weights_total: str
    limits: tuple[LimitCells, ...]
    doubts: str | None  # the warnings beside floors and caps
    changed: str  # the number of cells here and among the data that are not as exported
    unusable: str  # the number that are blank, no number or negative

    def read(self, formula: str, otherwise: str = "0") -> str:
        """A formula that reads inputs, computed only while all of them are usable."""
        return f"IF({self.unusable}=0,{formula},{otherwise})"

    def or_dash(self, formula: str) -> str:
        """A formula for readers, which shows a dash while inputs are unusable."""
        return self.read(formula, '"—"')


class Changes(Protocol):
    """The cell that counts changed inputs."""

    @property
    def changed(self) -> str: ...


def with_digest(inputs: Changes, digest: str, book: Phrasebook) -> str:
    """A formula of the digest of the exported inputs, with a note once it no longer applies."""
    return f'{quoted(digest)}&IF({inputs.changed}=0,"",{quoted(book.say("excel.not_the_digest"))})'


LABEL, VALUE, EXPORTED, EXTRA, SOURCE = range(5)


def write_inputs(page: Page, allocation: Allocation, data: Data, first: int) -> Inputs:
    """Writes the sheet from a row on; returns the references to its cells."""
    return _Writing(page, allocation, data, first).write()


class _Writing:
    """The sheet while it is being written: the next row, and the cells so far."""

    def __init__(self, page: Page, allocation: Allocation, data: Data, first: int) -> None:
        self.page, self.scenario, self.book = page, allocation.scenario, page.book
        self.row, self.data = first, data
        self.sizes: list[tuple[int, int | None]] = []  # rows of floors and caps; largest rate, or None
        self.scale = scale_of(self.scenario)
        self.money = self.book.money_unit(self.scenario.fund.currency, self.scale)
        self.main = self.book.money_unit(self.scenario.fund.currency, 1)
        self.formats = Formats(self.book)
        self.blocks: list[tuple[int, int]] = []

    def write(self) -> Inputs:
        scenario = self.scenario
        fund = scenario.fund
        source = fund.source or fund.name
        said = self.book.text(source) if source else self.book.say("excel.inputs.of_scenario")
        self.section("excel.inputs.section_money", "excel.inputs.amount")
        first = self.row
        fund_cell = self.entry(
            self.book.say("excel.inputs.fund", unit=self.money), Fraction(fund.amount) / self.scale, said
        )
        unit = self.entry(
            self.book.say("excel.inputs.unit", unit=self.main),
            fund.unit,
            self.book.say("excel.inputs.unit_hint"),
        )
        reservations = [
            self.entry(
                self.book.say("excel.inputs.reservation", name=r.name, unit=self.money),
                Fraction(r.amount) / self.scale,
                self.book.say("excel.inputs.of_scenario"),
            )
            for r in scenario.reservations
        ]
        names = {r.id: r.name for r in scenario.recipients}
        earmarks = [
            self.entry(
                self.book.say("excel.inputs.earmark", name=names[e.recipient], unit=self.money),
                Fraction(e.amount) / self.scale,
                " ".join(
                    [
                        self.book.say("excel.inputs.also_shares" if e.also_shares else "excel.inputs.apart"),
                        *([self.book.text(e.reason)] if e.reason else []),
                    ]
                ),
            )
            for e in scenario.earmarks
        ]
        self.blocks.append((first, self.row - 1))
        weights, total = self.weights()
        limits = self.limits()
        changed, unusable = self.counts()
        page = self.page
        self.effective(total, unusable)
        doubts = self.doubts(unusable)
        page.widths.update({LABEL: 40, VALUE: 18, EXPORTED: 18, EXTRA: 18, SOURCE: 62})

        def there(cell: str) -> str:
            return f"{page.quoted}!{cell}"

        def block(cells: list[str]) -> str | None:
            return there(f"{cells[0]}:{cells[-1]}") if cells else None

        return Inputs(
            there(fund_cell),
            there(unit),
            tuple(map(there, reservations)),
            block(reservations),
            tuple(map(there, earmarks)),
            block(earmarks),
            tuple(map(there, weights)),
            there(total),
            tuple(
                LimitCells(*(there(cell) if cell else None for cell in (limit.floor, limit.cap)))
                for limit in limits
            ),
            doubts,
            there(changed),
            there(unusable),
        )

    def section(self, title: str, value: str, extra: str = "", source: str = "excel.inputs.source") -> None:
        """Writes a title and headings, which are given as keys of sentences."""
        page = self.page
        page.text(self.row, LABEL, self.book.say(title), "section", wide=False)
        self.row += 1
        heads = ("excel.inputs.item", value, "excel.inputs.exported", extra, source)
        for column, head in enumerate(heads):
            page.text(self.row, column, self.book.say(head) if head else "", "head", wide=False)
        self.row += 1

    def entry(
        self, label: str, value: Number | Fraction, said: str, number: str = "", extra: str = ""
    ) -> str:
        """Writes a cell that may be changed, beside its exported value; returns the reference to it."""
        page, row = self.page, self.row
        page.text(row, LABEL, label, "label", wide=False)
        plain = not number
        number = number or ("General" if self.book.chinese else "#,##0")
        page.number(row, VALUE, value, "input", number)
        page.number(row, EXPORTED, value, "figure", number)
        page.text(row, EXTRA, extra, "text", wide=False)
        page.text(row, SOURCE, said, "text", wide=False)
        invite(page, VALUE, EXPORTED, row, row)
        if plain and not self.book.chinese:
            broken_money(page, (row, row), [VALUE, EXPORTED], {})
        page.height(row, max(label, said, key=len), 40 if len(label) > len(said) else 62)
        self.row += 1
        return page.at(row, VALUE, here=True)

    def weights(self) -> tuple[list[str], str]:
        """Writes the weights and their sum; returns the references to them."""
        page, scenario = self.page, self.scenario
        shares = scenario.kind == "shares"
        self.row += 1
        self.section(
            "excel.inputs.section_weights",
            "excel.inputs.percent" if shares else "excel.inputs.times",
            "excel.inputs.effective" if shares else "",
            "excel.inputs.status_source",
        )
        first, last = self.row, self.row + len(scenario.weights) - 1
        whole = sum(scenario.weights.values())
        cells = []
        for id, weight in scenario.weights.items():
            factor = scenario.factor(id)
            name = self.book.text(factor.name)
            said = self.book.say(f"status.{factor.status}")
            if factor.source is not None:
                said = self.book.say("excel.inputs.status_from", status=said, source=factor.source)
            cells.append(self.entry(name, weight, said, "General"))
        self.blocks.append((first, last))
        page.text(self.row, LABEL, self.book.say("table.total"), "total", wide=False)
        for column in (VALUE, EXPORTED):
            here = page.down(column, first, last, here=True)
            total = f"IF(COUNT({here})=ROWS({here}),SUM({here}),0)"
            page.formula(self.row, column, total, whole, "total", "General")
        said = self.book.say("excel.inputs.must_be_100") if shares else ""
        page.text(self.row, SOURCE, said, "text", wide=False)
        total = page.at(self.row, VALUE, here=True)
        self.row += 1
        return cells, total

    def limits(self) -> list[LimitCells]:
        if not self.scenario.limits:
            return []
        self.row += 1
        self.section("excel.inputs.section_limits", "excel.inputs.size", source="excel.inputs.rule")
        first = self.row
        found = [self.limit(number, limit) for number, limit in enumerate(self.scenario.limits, 1)]
        self.blocks.append((first, self.row - 1))
        return found

    def limit(self, number: int, limit: Limit) -> LimitCells:
        clauses = iter(limit_clauses(limit, self.book, limit_words(self.scenario)))
        found: list[str | None] = []
        for amount, of_amount, rate, of_rate in (
            (limit.floor, "excel.inputs.floor_amount", limit.floor_rate, "excel.inputs.floor"),
            (limit.cap, "excel.inputs.cap_amount", limit.cap_rate, "excel.inputs.cap"),
        ):
            if amount is not None:
                label = self.book.say(of_amount, number=number, unit=self.money)
                found.append(self.entry(label, Fraction(amount) / self.scale, next(clauses)))
                self.sizes.append((self.row - 1, None))
            elif rate is not None:
                label = self.book.say(of_rate, number=number)
                found.append(self.entry(label, rate, next(clauses), "0.00####%"))
                self.sizes.append((self.row - 1, limit.most_rate))
            else:
                found.append(None)
        return LimitCells(*found)

    def counts(self) -> tuple[str, str]:
        """Writes the numbers of changed and unusable cells, here and in the data; returns the references."""
        page, cells = self.page, []
        self.row += 1
        own = [[page.down(c, *rows, here=True) for c in (VALUE, EXPORTED)] for rows in self.blocks]
        for key, formula in (
            ("excel.inputs.changed", "+".join([*(differing(*pair) for pair in own), self.data.changed])),
            ("excel.inputs.unusable", "+".join([*(wrong_in(block) for block, _ in own), self.data.unusable])),
        ):
            page.text(self.row, LABEL, self.book.say(key), "label", wide=False)
            page.formula(self.row, VALUE, formula, 0, "figure", "0")
            page.height(self.row, self.book.say(key), 40)
            cells.append(page.at(self.row, VALUE, here=True))
            self.row += 1
        return cells[0], cells[1]

    def effective(self, total: str, unusable: str) -> None:
        """Writes beside each weight its share of their sum, if they are percent of the money."""
        if self.scenario.kind != "shares":
            return
        page, (first, last) = self.page, self.blocks[1]
        whole = sum(self.scenario.weights.values())
        for row, weight in zip(range(first, last + 1), self.scenario.weights.values(), strict=True):
            formula = f"IF(OR({unusable}>0,{total}=0),0,{page.at(row, VALUE, here=True)}/{total})"
            page.formula(row, EXTRA, formula, Fraction(weight) / whole, "figure", "0.00%")
        formula = f"SUM({page.down(EXTRA, first, last, here=True)})"
        page.formula(last + 1, EXTRA, formula, 1, "total", "0.00%")

    def doubts(self, unusable: str) -> str | None:
        """Writes a warning beside floors and caps with too large a rate or with parts of a hundredth."""
        if not self.sizes:
            return None
        page = self.page
        for row, most in self.sizes:
            cell = page.at(row, VALUE, here=True)
            test, key = (broken_cents(cell, self.scale * 100), "excel.inputs.cents_wrong")
            if most is not None:
                test, key = f"IF({cell}>{most},1,0)", "excel.inputs.rate_wrong"
            wrong = quoted(self.book.say(key))
            page.formula(row, EXTRA, f'IF({unusable}>0,"",IF({test}=0,"",{wrong}))', "", "typed_wrong_text")
        return page.down(EXTRA, self.sizes[0][0], self.sizes[-1][0])
