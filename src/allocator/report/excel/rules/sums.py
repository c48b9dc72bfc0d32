"""The sheet of sums: pools and earmarks together, adjustments with their other sides, and the amounts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple

from allocator.core.allocation import Allocation
from allocator.core.corrections import Adjustment
from allocator.core.exact import Number
from allocator.core.parts import Party
from allocator.report.excel.integers import MOST, scale_of
from allocator.report.excel.pen import Page
from allocator.report.excel.rules.inputs import RuleInputs
from allocator.report.excel.rules.money import Money
from allocator.report.excel.rules.pool import Result
from allocator.report.excel.rules.sheet import Frame
from allocator.report.excel.rules.term import (
    Term,
    common_divisor,
    count,
    down,
    most,
    nearest,
    size,
    term,
    total,
    when,
)
from allocator.report.tables.figures import who

TOPS = {
    "left": "excel.rules.top_left",
    "used": "excel.rules.top_used",
    "kept": "excel.rules.top_kept",
    "undistributed": "excel.rules.top_undistributed",
}


class Sums(NamedTuple):
    """The cells of the amounts, all but the reservations in hundredths, and of what is left."""

    pools: dict[str, list[Term]]
    earmarks: list[Term]
    before: list[Term]
    adjustments: list[Term]
    amounts: list[Term]  # in the shown unit
    reservations: list[Term]
    issued: list[Term]
    to_issue: list[Term]
    held: list[Term]
    undistributed: Term
    differ: str  # a formula: amounts that differ from those exported
    near: tuple[str, ...]
    tests: dict[str, str]


def write_sums(
    page: Page,
    allocation: Allocation,
    results: dict[str, Result],
    inputs: RuleInputs,
    money: Money,
    issued: list[Term],
    row: int,
) -> Sums:
    """Writes the sheet from a row on."""
    return _Writing(page, allocation, results, inputs, money, issued, row).write()


class _Writing:
    """The sheet while it is being written."""

    def __init__(
        self,
        page: Page,
        allocation: Allocation,
        results: dict[str, Result],
        inputs: RuleInputs,
        money: Money,
        issued: list[Term],
        row: int,
    ) -> None:
        self.page, self.allocation, self.results = page, allocation, results
        self.inputs, self.money, self.book, self.issued = inputs, money, page.book, issued
        self.scenario = allocation.scenario
        self.scale = scale_of(self.scenario)
        self.cents = self.scale * 100
        names = [self.book.text(r.name) for r in self.scenario.recipients]
        reservations = {
            f"reservation {n}": self.book.say("excel.inputs.reservation", name=r.name, unit=self.unit)
            for n, r in enumerate(self.scenario.reservations)
        }
        self.frame = Frame(page, names, row, dict(TOPS), {}, [], who(self.scenario, self.book))
        self.extra_rows = reservations
        self.near: list[str] = []
        self.tests: dict[str, str] = {}

    @property
    def unit(self) -> str:
        return self.book.money_unit(self.scenario.fund.currency, self.scale)

    def write(self) -> Sums:
        frame, say, money, size_of = self.frame, self.book.say, self.money, len(self.scenario.ids)
        pools: dict[str, list[Term]] = {}
        for pool in self.scenario.rules:
            result = self.results[pool.id]
            name = self.book.text(pool.name) if pool.id else say("excel.rules.split")
            pools[pool.id], _ = frame.column(
                name, say("excel.rules.hundredths"), _times(result.units, money.unit), added=True
            )
        earmarks = [term(0)] * size_of
        if self.scenario.earmarks:
            earmarks, _ = frame.column(
                say("excel.rules.earmarks"),
                say("excel.rules.hundredths"),
                lambda i: money.marks[i],
                added=True,
            )

        def before(i: int) -> object:
            made = earmarks[i]
            for cells in pools.values():
                made = cells[i] + made if made.text != "0" else cells[i]
            return made

        all_before, before_range = frame.column(
            say("table.before"), say("excel.rules.hundredths"), before, added=True
        )
        adjusted, sides = self.adjustments(all_before, before_range)
        number = "General" if self.book.chinese else "#,##0.######"

        def amount(i: int) -> object:
            made = all_before[i] + adjusted[i] if self.scenario.adjustments else all_before[i]
            return self.inputs.when(made / self.cents, "—")

        amounts, amounts_range = frame.column(
            say("excel.stages.amount", unit=self.unit),
            say("excel.rules.amount_how"),
            amount,
            number,
            added=True,
            style="total",
        )
        to_issue = amounts
        issued = self.issued
        if issued:
            to_issue, range_ = frame.column(
                say("table.to_issue"),
                say("excel.rules.to_issue_how"),
                lambda i: self.inputs.when(_rounded(amounts[i] - issued[i]), "—"),
                number,
                added=True,
            )
            if self.scenario.fund.below_zero is None:
                self.tests["excel.rules.is_issued"] = count(range_ < 0).text
        exported, exported_range = frame.column(
            say("excel.stages.exported", unit=self.unit),
            say("excel.stages.exported_how"),
            lambda i: Term(_decimal(amounts[i].value), amounts[i].value),
            number,
            added=True,
        )
        del exported
        self.tests["excel.checks.is_negative"] = count(amounts_range < 0).text
        undistributed, reservations = self.corrections(sides)
        differ = f"SUMPRODUCT(--({amounts_range.text}<>{exported_range.text}))"
        held = [term(0)] * size_of
        if self.scenario.deductions:
            held, _ = frame.column(say("table.held"), say("excel.rules.hundredths"), self.held, added=True)
        return Sums(
            pools,
            earmarks,
            all_before,
            adjusted,
            amounts,
            reservations,
            issued,
            to_issue,
            held,
            undistributed,
            differ,
            tuple(self.near),
            self.tests,
        )

    def held(self, i: int) -> object:
        """The money that a recipient holds for all pools together."""
        own = [
            nearest(cell * self.cents)
            for d, cell in zip(self.scenario.deductions, self.inputs.deductions, strict=True)
            if d.recipient == self.scenario.ids[i]
        ]
        if not own:
            return 0
        made = own[0]
        for more in own[1:]:
            made = made + more
        return self.inputs.when(made)

    def adjustments(
        self, before: Sequence[Term], before_range: Term
    ) -> tuple[list[Term], dict[str, list[Term]]]:
        """The sum of each recipient's adjustments, and by reservation what it pays."""
        scenario, frame, say = self.scenario, self.frame, self.book.say
        departments: dict[str, list[Term]] = {}
        parts: list[list[Term]] = [[] for _ in scenario.ids]
        self.used: list[Term] = []
        if not scenario.adjustments:
            return [term(0)] * len(scenario.ids), departments
        broken = []
        for number, (adjustment, cell) in enumerate(
            zip(scenario.adjustments, self.inputs.adjustments, strict=True), 1
        ):
            amount = self.inputs.when(nearest(cell * self.cents))
            broken.append(amount)
            parts[scenario.position[adjustment.recipient]].append(amount)
            self.used.append(amount)
            paid_by = adjustment.paid_by
            if isinstance(paid_by, Party):
                self.used.append(0 - amount)
                if paid_by.recipient:
                    parts[scenario.position[paid_by.recipient]].append(0 - amount)
                else:
                    departments.setdefault(paid_by.reservation, []).append(0 - amount)
            elif paid_by is not None:
                shared = self.pro_rata(number, adjustment, amount, before, before_range)
                for i, cell_of in enumerate(shared):
                    parts[i].append(cell_of)
                    self.used.append(cell_of)
        unit = self.money.unit
        off = [size(a / unit - nearest(a / unit)) for a in broken]
        self.tests["excel.rules.is_adjusted_unit"] = "+".join(f"IFERROR(IF({x.text}>0,1,0),0)" for x in off)

        def summed(i: int) -> object:
            made = term(0)
            for at, part in enumerate(parts[i]):
                made = made + part if at else part
            return made

        cells, _ = frame.column(say("table.adjustment"), say("excel.rules.hundredths"), summed, added=True)
        return cells, departments

    def pro_rata(
        self, number: int, adjustment: Adjustment, amount: Term, before: Sequence[Term], before_range: Term
    ) -> list[Term]:
        """Writes what the others pay of an adjustment, by their amounts before any, by largest remainder."""
        frame, say, unit = self.frame, self.book.say, self.money.unit
        mine = self.scenario.position[adjustment.recipient]
        grain = common_divisor(before_range)
        whole = nearest(size(amount) / unit)

        def own(i: int) -> object:
            return 0 if i == mine else before[i] / grain

        sizes, size_range = frame.column(
            say("excel.rules.pro_rata_size", number=number), say("excel.rules.pro_rata_how"), own, added=True
        )
        over = total(size_range)
        wholes, whole_range = frame.column(
            say("excel.stages.whole"),
            say("excel.stages.whole_how"),
            lambda i: down(whole * sizes[i] / over) if i != mine else 0,
            added=True,
        )
        rests, rest_range = frame.column(
            say("excel.stages.rest"),
            say("excel.stages.rest_how"),
            lambda i: whole * sizes[i] - wholes[i] * over if i != mine else -1,
        )
        short = whole - total(whole_range)
        order = sorted(range(frame.size), key=lambda i: -rests[i].value)
        place = {i: at for at, i in enumerate(order, 1)}

        def rank(i: int) -> object:
            text = (
                f"1+SUMPRODUCT(--({rest_range.text}>{rests[i].text}))"
                f"+SUMPRODUCT(({rest_range.text}={rests[i].text})*({frame.numbers.text}<{frame.number(i).text}))"
            )
            return Term(text, place[i])

        ranks, _ = frame.column(say("excel.stages.rank"), say("excel.stages.rank_how"), rank)

        def pays(i: int) -> object:
            if i == mine:
                return 0
            units = (wholes[i] + when(ranks[i] <= short, 1, 0)) * unit
            return when(amount > 0, 0 - units, units)

        cells, _ = frame.column(
            say("excel.rules.pro_rata", number=number), say("excel.rules.hundredths"), pays, added=True
        )
        self.near.append(f"IF({whole.text}*{over.within(2)}<{MOST},0,1)")
        self.tests["excel.rules.is_pro_rata"] = "+".join(
            filter(None, (self.tests.get("excel.rules.is_pro_rata"), f"IF({over.text}=0,1,0)"))
        )
        return cells

    def corrections(self, sides: dict[str, list[Term]]) -> tuple[Term, list[Term]]:
        """Writes what rounding leaves and who takes it; returns that, and the reservations in the end."""
        scenario, frame, fund = self.scenario, self.frame, self.scenario.fund
        summed: Term | None = None
        for result in self.results.values():
            summed = total(result.range) if summed is None else summed + total(result.range)
        assert summed is not None
        left = frame.top("left", self.money.distributable - summed * self.money.unit)
        used_sum: Term = term(0)
        for at, part in enumerate(self.used):
            used_sum = used_sum + part if at else part
        used = frame.top("used", used_sum)
        kept = term(0)
        if fund.rest_to is not None:
            kept = left if fund.rest_to.reservation else kept
        elif fund.left is not None:
            kept = most(left - used, 0)
        kept = frame.top("kept", kept)
        undistributed = frame.top("undistributed", left - used - kept)
        allowed = "0" if fund.rest_to is not None else left.text
        if scenario.adjustments:
            used_up = f"OR({used.text}=0,{used.text}={allowed})"
            self.tests["excel.rules.is_adjusted"] = f"IF({used_up},0,{used.text}-{allowed})"
        taking = fund.rest_to or fund.left
        found = []
        for reservation, cell in zip(scenario.reservations, self.inputs.reservations, strict=True):
            made = nearest(cell * self.cents)
            for more in sides.get(reservation.name.zh, []):
                made = made + more
            if taking is not None and taking.reservation == reservation.name.zh:
                made = made + kept
            found.append(made / self.cents)
        if found:
            below = "+".join(f"IF({one.text}<0,1,0)" for one in found)
            self.tests["excel.rules.is_reservation"] = self.inputs.read(below)
        if not self.allocation.undistributed:
            self.tests["excel.rules.is_undistributed"] = undistributed.text
        return undistributed, found


def _times(units: Sequence[Term], unit: Term) -> Callable[[int], object]:
    return lambda i: units[i] * unit


def _rounded(x: Term) -> Term:
    return Term(f"ROUND({x.text},6)", x.value)


def _decimal(value: Number) -> str:
    """An amount as a number in a formula."""
    exact = Fraction(value)
    if exact.denominator == 1:
        return str(exact.numerator)
    return repr(float(exact))
