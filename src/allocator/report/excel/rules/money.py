"""The money of a rule: what there is to share out, and what of it each pool is given and takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from allocator.core.allocation import Allocation
from allocator.core.parts import Earmark
from allocator.core.pools import NEEDED, REST, Pool
from allocator.core.stages.take_part import named
from allocator.report.excel.data import heading
from allocator.report.excel.integers import scale_of
from allocator.report.excel.pen import Page
from allocator.report.excel.rules.columns import Columns
from allocator.report.excel.rules.grid import cells, put
from allocator.report.excel.rules.inputs import RuleInputs
from allocator.report.excel.rules.scores import _power
from allocator.report.excel.rules.term import Term, down, most, nearest, term, total, when
from allocator.report.tables.figures import who

LABEL, VALUE = 0, 1
MONEY = {
    "fund": "excel.exact.fund",
    "reserved": "excel.exact.reserved",
    "earmarked": "excel.exact.earmarked",
    "distributable": "excel.exact.distributable",
    "unit": "excel.exact.unit",
    "total": "excel.exact.total",
}


class Money(NamedTuple):
    """The money in hundredths, but ``total`` in units; each recipient's earmarks, and 1 where set apart."""

    fund: Term
    reserved: Term
    earmarked: Term
    distributable: Term
    unit: Term
    total: Term
    marks: tuple[Term, ...]
    apart: tuple[Term, ...]
    near: tuple[str, ...]
    bad: tuple[str, ...]


class Earmarks(NamedTuple):
    """The columns of the earmarks: each recipient's in hundredths, and 1 where one sets it apart."""

    amounts: tuple[Term, ...]
    apart: tuple[Term, ...]
    near: tuple[str, ...]
    bad: tuple[str, ...]


def write_earmarks(
    page: Page, allocation: Allocation, columns: Columns, inputs: RuleInputs, row: int
) -> Earmarks:
    """Writes the earmarks of a rule on the sheet of money, a row for each recipient."""
    scenario, say = allocation.scenario, page.book.say
    size = len(scenario.ids)
    none = tuple(term(0) for _ in range(size))
    if not scenario.earmarks:
        return Earmarks(none, none, (), ())
    cents, first = scale_of(scenario) * 100, row + 2
    page.text(row, LABEL, who(scenario, page.book), "head")
    page.text(row + 1, LABEL, "", "how")
    page.sheet.set_row(row, 38)
    page.sheet.set_row(row + 1, 54)
    for at, recipient in enumerate(scenario.recipients):
        page.text(first + at, LABEL, page.book.text(recipient.name))
    column = VALUE
    near: list[str] = []
    bad: list[str] = []
    whom: list[list[Term]] = []

    def write(head: str, how: str, made: Sequence[Term]) -> list[Term]:
        nonlocal column
        heading(page, row, column, head, how)
        found = [put(page, first + at, column, one) for at, one in enumerate(made)]
        column += 1
        return found

    for number, earmark in enumerate(scenario.earmarks, 1):
        given = _granted(scenario.ids, earmark, allocation)
        among = set(_among(allocation, earmark))
        made: list[Term] = []
        doubts: list[Term] = []
        key = f"earmark.{number}.where"
        mask = [term(int(i in among)) for i in range(size)]
        for i in range(size):
            if i not in among or earmark.where is None:
                made.append(term(int(i in among)))
                doubts.append(term(0))
                continue
            met, doubt = columns.condition(earmark.where, key, i, key, mask, i in given)
            made.append(met)
            doubts.append(Term(doubt, 0))
        head = say("excel.rules.earmark_whom", number=number)
        whom.append(write(head, say("excel.rules.takes_how"), made))
        if earmark.where is not None:
            bad.append(f'COUNTIF({cells(page, column - 1, first, whom[-1]).text},"~?")')
            if any(doubt.text != "0" for doubt in doubts):
                found = write(say("excel.limits.near"), say("excel.rules.near"), doubts)
                near.append(f"SUM({cells(page, column - 1, first, found).text})")
    amounts, apart = [], []
    for i in range(size):
        own = [
            when(flags[i].equals(1), nearest(cell * cents), 0)
            for flags, cell in zip(whom, inputs.grants, strict=True)
            if flags[i].value or flags[i].text != "0"
        ]
        amount = own[0] if own else term(0)
        for more in own[1:]:
            amount = amount + more
        amounts.append(inputs.when(amount))
        alone = [f[i].equals(1) for f, e in zip(whom, scenario.earmarks, strict=True) if not e.also_shares]
        out = term(0)
        for one in alone:
            out = when(one, 1, out)
        apart.append(out)
    found = write(say("excel.rules.earmarks"), say("excel.rules.hundredths"), amounts)
    shut = write(say("table.apart"), say("excel.rules.takes_how"), apart)
    known = [
        term(one.value) if _fixed(i, scenario.earmarks, allocation) else one for i, one in enumerate(shut)
    ]
    return Earmarks(tuple(found), tuple(known), tuple(near), tuple(bad))


def _fixed(i: int, earmarks: Sequence[Earmark], allocation: Allocation) -> bool:
    """True where it needs no condition to say if a recipient is set apart."""
    return not any(e.where is not None and not e.also_shares and i in _among(allocation, e) for e in earmarks)


def _among(allocation: Allocation, earmark: Earmark) -> list[int]:
    whom = earmark.recipients or (earmark.recipient,)
    return named(allocation.scenario, range(len(allocation.scenario.ids)), whom)


def _granted(ids: Sequence[str], earmark: Earmark, allocation: Allocation) -> set[int]:
    granted = set(allocation.scenario.granted(earmark))
    return {i for i, id in enumerate(ids) if id in granted}


def write_money(page: Page, allocation: Allocation, columns: Columns, inputs: RuleInputs, row: int) -> Money:
    """Writes the money that there is to share out, and the earmarks below the pools."""
    scenario, say = allocation.scenario, page.book.say
    cents = scale_of(scenario) * 100
    below = row + len(MONEY) + len(scenario.pools) + 7
    marks = write_earmarks(page, allocation, columns, inputs, below)
    page.text(row, LABEL, say("excel.exact.section_money"), "section", wide=False)
    at = {key: row + 1 + step for step, key in enumerate(MONEY)}
    for key, label in MONEY.items():
        page.text(at[key], LABEL, say(label), "label")
    fund = put(page, at["fund"], VALUE, inputs.when(nearest(inputs.fund * cents)))
    each = [nearest(cell * cents) for cell in inputs.reservations]
    taken = each[0] if each else term(0)
    for more in each[1:]:
        taken = taken + more
    reserved = put(page, at["reserved"], VALUE, inputs.when(taken))
    earmarked = term(0)
    if scenario.earmarks:
        last = marks.amounts[-1].text.rpartition("!")[2]
        area = f"{marks.amounts[0].text}:{last}"
        earmarked = total(Term(area, tuple(one.value for one in marks.amounts)))
    earmarked = put(page, at["earmarked"], VALUE, earmarked)
    distributable = put(page, at["distributable"], VALUE, fund - reserved - earmarked)
    unit = put(page, at["unit"], VALUE, inputs.when(nearest(inputs.unit * 100)))
    units = when(unit.equals(0), 0, most(0, nearest(distributable / unit)))
    whole = put(page, at["total"], VALUE, units)
    page.widths |= {LABEL: 36, VALUE: 18}
    return Money(
        fund,
        reserved,
        earmarked,
        distributable,
        unit,
        whole,
        marks.amounts,
        marks.apart,
        marks.near,
        marks.bad,
    )


class Pools:
    """The money of the pools, written as it becomes known: given, then taken, the rest at last."""

    HEADS = (
        "excel.rules.pools_name",
        "excel.rules.pools_given",
        "excel.rules.pools_exact",
        "excel.rules.pools_cut",
        "excel.rules.pools_order",
        "excel.rules.pools_taken",
        "excel.rules.pools_money",
    )

    def __init__(
        self, page: Page, allocation: Allocation, inputs: RuleInputs, money: Money, row: int
    ) -> None:
        self.page, self.inputs, self.money = page, inputs, money
        self.allocation, self.scenario, self.book = allocation, allocation.scenario, page.book
        self.cents = scale_of(self.scenario) * 100
        self.row = row + len(MONEY) + 3
        self.given: dict[str, Term] = {}
        self.taken: dict[str, Term] = {}
        self.tests: dict[str, str] = {}
        self.at = {pool.id: self.row + n for n, pool in enumerate(self.scenario.pools)}
        if self.scenario.pools:
            for column, key in enumerate(self.HEADS):
                page.text(self.row - 1, column, self.book.say(key), "head", wide=False)
                page.widths[column] = max(page.widths.get(column, 0), 18)
            for pool in self.scenario.pools:
                page.text(self.at[pool.id], 0, self.book.text(pool.name), "label", wide=False)

    def divide(self) -> None:
        """Writes what each pool is given that needs no other pool's figures."""
        scenario, page, money = self.scenario, self.page, self.money
        if not scenario.pools:
            self.given[""] = self.taken[""] = money.total
            return
        percents = [pool for pool in scenario.pools if pool.percent is not None]
        power = _power([p.percent or 0 for p in percents]) * 100
        parts: list[Term] = []
        broken: list[Term] = []
        for pool in scenario.pools:
            if pool.percent is not None:
                size = nearest(self.inputs.pools[pool.id] * (power // 100))
                parts.append(put(page, self.at[pool.id], 2, self.inputs.when(money.total * size)))
            elif not isinstance(pool.amount, str):
                cents = nearest(self.inputs.pools[pool.id] * self.cents)
                units = self.inputs.when(when(money.unit.equals(0), 0, cents / money.unit))
                self.given[pool.id] = put(page, self.at[pool.id], 1, units, "figure", "General")
                broken.append(self.given[pool.id])
        if percents:
            self.cut(percents, parts, power)
        self.tests["excel.rules.is_pool_unit"] = (
            "+".join(f"IF({one.text}=ROUND({one.text},0),0,1)" for one in broken) or "0"
        )

    def cut(self, percents: Sequence[Pool], parts: Sequence[Term], power: int) -> None:
        """Percents into whole units, by largest remainder; the sum is rounded down."""
        page = self.page
        wholes = [put(page, self.at[p.id], 3, down(x / power)) for p, x in zip(percents, parts, strict=True)]
        rests = [x - w * power for x, w in zip(parts, wholes, strict=True)]
        summed = parts[0]
        for part in parts[1:]:
            summed = summed + part
        short = down(summed / power)
        for whole in wholes:
            short = short - whole
        for at, pool in enumerate(percents):
            rank: Term = term(1)
            for other, rest in enumerate(rests):
                if other != at:
                    before = rest >= rests[at] if other < at else rest > rests[at]
                    rank = rank + when(before, 1, 0)
            order = put(page, self.at[pool.id], 4, rank)
            given = wholes[at] + when(order <= short, 1, 0)
            self.given[pool.id] = put(page, self.at[pool.id], 1, given)
        self.summed = summed, power

    def needs(self, pool: Pool, comes_to: Term) -> None:
        """A fixed pool that takes what it comes to, or what it is given of that."""
        row = self.at.get(pool.id)
        if pool.amount == NEEDED:
            assert row is not None
            self.given[pool.id] = put(self.page, row, 1, comes_to)
            self.taken[pool.id] = put(self.page, row, 5, self.given[pool.id])
            return
        given = self.given[pool.id]
        made = when(comes_to > given, given, comes_to)
        self.taken[pool.id] = put(self.page, row, 5, made) if row is not None else made
        name = f"IF({comes_to.text}>{given.text},{comes_to.text}-{given.text},0)"
        if pool.over is None:
            key = "excel.rules.is_needed"
            self.tests[key] = "+".join(filter(None, (self.tests.get(key), name)))

    def settle(self, pool: Pool) -> None:
        """A pool that shares out all that it is given."""
        row = self.at.get(pool.id)
        if row is not None:
            self.taken[pool.id] = put(self.page, row, 5, self.given[pool.id])

    def rest(self, pool: Pool) -> None:
        """Gives what is left to the pool of the rest."""
        left = self.money.total
        for other in self.scenario.pools:
            if other.amount != REST:
                left = left - self.taken[other.id]
        self.given[pool.id] = put(self.page, self.at[pool.id], 1, most(0, left))

    def close(self) -> None:
        """Writes the pools' money in the shown unit, and the test that they come to what there is."""
        if not self.scenario.pools:
            return
        page, summed = self.page, term(0)
        taken = [self.taken[pool.id] for pool in self.scenario.pools]
        for pool in self.scenario.pools:
            made = self.taken[pool.id] * self.money.unit / self.cents
            put(page, self.at[pool.id], 6, made, "figure", "General")
        for one in taken:
            summed = summed + one
        exact = "excel.rules.is_pools"
        self.tests[exact] = f"{summed.text}-{self.money.total.text}"
