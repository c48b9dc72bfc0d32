"""The sheet of what may be changed: money, weights, limits; beside each what it was when exported."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from allocator.allocation import Allocation
from allocator.exact import Number
from allocator.parts import Limit
from allocator.report.excel.integers import scale_of
from allocator.report.excel.pen import Formats, Page
from allocator.report.sentences import limit_clauses, limit_words
from allocator.text import money_unit, say


class LimitCells(NamedTuple):
    """A limit's cells, where it has them."""

    floor: str | None
    cap: str | None


class Inputs(NamedTuple):
    """References to the cells of the sheet."""

    fund: str
    unit: str
    reservations: tuple[str, ...]
    reserved: str | None  # all of them, where there are any
    earmarks: tuple[str, ...]
    earmarked: str | None
    weights: tuple[str, ...]
    weights_total: str
    limits: tuple[LimitCells, ...]
    changed: str
    blocks: tuple[str, ...]  # all that may be changed


LABEL, VALUE, EXPORTED, EXTRA, SOURCE = range(5)


def write_inputs(page: Page, allocation: Allocation, first: int) -> Inputs:
    """Writes the sheet from a row on, and says where what stands."""
    return _Writing(page, allocation, first).write()


class _Writing:
    """The sheet while it is being written: which row comes next, and the cells so far."""

    def __init__(self, page: Page, allocation: Allocation, first: int) -> None:
        self.page, self.scenario, self.lang = page, allocation.scenario, page.lang
        self.row = first
        self.scale = scale_of(self.scenario)
        self.money = money_unit(self.scenario.fund.currency, self.scale, self.lang)
        self.main = money_unit(self.scenario.fund.currency, 1, self.lang)
        self.formats = Formats(self.lang)
        self.blocks: list[tuple[int, int]] = []

    def say(self, key: str, **details: object) -> str:
        return say(f"excel.inputs.{key}", self.lang, **details)

    def write(self) -> Inputs:
        scenario = self.scenario
        fund = scenario.fund
        source = fund.source or fund.name
        said = getattr(source, self.lang) if source else self.say("of_scenario")
        self.section("money", "amount")
        first = self.row
        fund_cell = self.entry(self.say("fund", unit=self.money), Fraction(fund.amount) / self.scale, said)
        unit = self.entry(self.say("unit", unit=self.main), fund.unit, self.say("unit_hint"))
        reservations = [
            self.entry(
                self.say("reservation", name=r.name, unit=self.money),
                Fraction(r.amount) / self.scale,
                self.say("of_scenario"),
            )
            for r in scenario.reservations
        ]
        names = {r.id: r.name for r in scenario.recipients}
        earmarks = [
            self.entry(
                self.say("earmark", name=names[e.recipient], unit=self.money),
                Fraction(e.amount) / self.scale,
                " ".join(
                    [
                        self.say("also_shares" if e.also_shares else "apart"),
                        *([getattr(e.reason, self.lang)] if e.reason else []),
                    ]
                ),
            )
            for e in scenario.earmarks
        ]
        self.blocks.append((first, self.row - 1))
        weights, total = self.weights()
        limits = self.limits()
        changed = self.changed()
        page = self.page
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
            there(changed),
            tuple(page.down(VALUE, *rows) for rows in self.blocks),
        )

    def section(self, key: str, value: str, extra: str = "", source: str = "source") -> None:
        page = self.page
        page.text(self.row, LABEL, self.say(f"section_{key}"), "section", wide=False)
        self.row += 1
        heads = ("item", value, "exported", extra, source)
        for column, head in enumerate(heads):
            page.text(self.row, column, self.say(head) if head else "", "head", wide=False)
        self.row += 1

    def entry(
        self, label: str, value: Number | Fraction, said: str, number: str = "", extra: str = ""
    ) -> str:
        """A cell that may be changed, beside what it was; the reference to it."""
        page, row = self.page, self.row
        page.text(row, LABEL, label, "label", wide=False)
        number = number or ("General" if self.lang == "zh" else "#,##0.######" if value % 1 else "#,##0")
        page.number(row, VALUE, value, "input", number)
        page.number(row, EXPORTED, value, "figure", number)
        page.text(row, EXTRA, extra, "text", wide=False)
        page.text(row, SOURCE, said, "text", wide=False)
        page.sheet.data_validation(
            row, VALUE, row, VALUE,
            {"validate": "decimal", "criteria": ">=", "value": 0, "error_message": self.say("bare")},
        )  # fmt: skip
        page.height(row, max(label, said, key=len), 40 if len(label) > len(said) else 62)
        self.row += 1
        return page.at(row, VALUE, here=True)

    def weights(self) -> tuple[list[str], str]:
        """Weights, and beside each what it comes to where they do not add up to 100."""
        page, scenario = self.page, self.scenario
        shares = scenario.kind == "shares"
        self.row += 1
        self.section(
            "weights", "percent" if shares else "times", "effective" if shares else "", "status_source"
        )
        first, last = self.row, self.row + len(scenario.weights) - 1
        whole = sum(scenario.weights.values())
        cells = []
        for id, weight in scenario.weights.items():
            factor = scenario.factor(id)
            name = getattr(factor.name, self.lang)
            said = say(f"status.{factor.status}", self.lang)
            if factor.source is not None:
                said = self.say("status_from", status=said, source=factor.source)
            row = self.row
            cells.append(self.entry(name, weight, said, "General"))
            if shares:
                page.formula(
                    row, EXTRA,
                    f"IF({page.at(last + 1, VALUE, here=True)}=0,0,"
                    f"{cells[-1]}/{page.at(last + 1, VALUE, here=True)})",
                    Fraction(weight) / whole, "figure", "0.00%",
                )  # fmt: skip
        self.blocks.append((first, last))
        page.text(self.row, LABEL, say("table.total", self.lang), "total", wide=False)
        for column in (VALUE, EXPORTED):
            here = page.down(column, first, last, here=True)
            page.formula(self.row, column, f"SUM({here})", whole, "total", "General")
        if shares:
            page.formula(
                self.row, EXTRA, f"SUM({page.down(EXTRA, first, last, here=True)})", 1, "total", "0.00%"
            )
        page.text(self.row, SOURCE, self.say("must_be_100") if shares else "", "text", wide=False)
        total = page.at(self.row, VALUE, here=True)
        self.row += 1
        return cells, total

    def limits(self) -> list[LimitCells]:
        if not self.scenario.limits:
            return []
        self.row += 1
        self.section("limits", "size", "", "rule")
        first = self.row
        found = [self.limit(number, limit) for number, limit in enumerate(self.scenario.limits, 1)]
        self.blocks.append((first, self.row - 1))
        return found

    def limit(self, number: int, limit: Limit) -> LimitCells:
        clauses = iter(limit_clauses(limit, self.lang, limit_words(self.scenario)))
        found: dict[str, str | None] = {}
        for side, amount, rate in (
            ("floor", limit.floor, limit.floor_rate),
            ("cap", limit.cap, limit.cap_rate),
        ):
            found[side] = None
            if amount is not None:
                label = self.say(f"{side}_amount", number=number, unit=self.money)
                found[side] = self.entry(label, Fraction(amount) / self.scale, next(clauses))
            elif rate is not None:
                found[side] = self.entry(self.say(side, number=number), rate, next(clauses), "0.00####%")
        return LimitCells(found["floor"], found["cap"])

    def changed(self) -> str:
        page = self.page
        self.row += 1
        page.text(self.row, LABEL, self.say("changed"), "label", wide=False)
        differ = (
            f"SUMPRODUCT(--({page.down(VALUE, *rows, here=True)}<>{page.down(EXPORTED, *rows, here=True)}))"
            for rows in self.blocks
        )
        page.formula(self.row, VALUE, "+".join(differ), 0, "figure", "0")
        cell = page.at(self.row, VALUE, here=True)
        self.row += 1
        return cell
