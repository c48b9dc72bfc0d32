"""The sheet of inputs of a rule of format 2: money, pools, weights, limits, conditions and corrections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

from allocator.core.allocation import Allocation
from allocator.core.exact import Number
from allocator.core.formula import Formula
from allocator.core.formula.tree import Constant, nodes
from allocator.core.limits import Limit
from allocator.core.model import Scenario
from allocator.core.pools import Pool
from allocator.report.excel import inputs as format_1
from allocator.report.excel.inputs import EXPORTED, LABEL, SOURCE, VALUE, LimitCells
from allocator.report.excel.open_cells import broken_cents, differing, invite, wrong_in
from allocator.report.excel.pen import Page
from allocator.report.excel.rules.data import RuleData
from allocator.report.excel.rules.term import COMPARED, Term, term, when
from allocator.report.words.formulas import in_names


class RuleInputs(NamedTuple):
    """Terms of the cells of the sheet, and references to its counts.

    ``unusable`` is the cell of all that keeps amounts from being computed: ``blank`` cells and conditions or
    values that cannot be worked out, whose number is written into ``undetermined`` at last.
    """

    fund: Term
    unit: Term
    reservations: tuple[Term, ...]
    grants: tuple[Term, ...]  # of earmarks
    pools: Mapping[str, Term]  # amounts and percents, by the pool's id
    weights: Mapping[str, tuple[Term, ...]]  # of each pool, as written
    sums: Mapping[str, Term]  # of the weights of each pool and the parts of each indicator
    parts: Mapping[str, tuple[Term, ...]]  # of each indicator
    limits: tuple[LimitCells, ...]
    constants: Mapping[tuple[str, int], str]
    deductions: tuple[Term, ...]
    adjustments: tuple[Term, ...]
    doubts: str | None
    changed: str
    blank: str
    undetermined: str
    unusable: str
    phase: Term | None = None  # the part of last year's amounts that is left behind

    @property
    def ok(self) -> Term:
        """The condition under which inputs are computed with."""
        return Term(f"{self.unusable}=0", True, COMPARED)

    def when(self, made: Term, otherwise: object = 0) -> Term:
        """A term that reads inputs, computed only while all of them are usable."""
        return when(self.ok, made, term(otherwise))

    def read(self, formula: str, otherwise: str = "0") -> str:
        """A formula that reads inputs, computed only while all of them are usable."""
        return f"IF({self.unusable}=0,{formula},{otherwise})"

    def or_dash(self, formula: str) -> str:
        """A formula for readers, which shows a dash while inputs are unusable."""
        return self.read(formula, '"—"')


def clauses(scenario: Scenario) -> Iterator[tuple[str, Formula]]:
    """The conditions and bounds of a rule with their keys, whose numbers may be changed."""
    yield from scenario.conditions.items()
    for number, limit in enumerate(scenario.limits, 1):
        for side, formula in limit.formulas.items():
            yield f"limit.{number}.{side}", formula


def write_inputs(page: Page, allocation: Allocation, data: RuleData, first: int) -> RuleInputs:
    """Writes the sheet from a row on; the number of what is undetermined is written by `settle`."""
    return _Writing(page, allocation, data, first).all()  # type: ignore[arg-type]


def settle(page: Page, inputs: RuleInputs, found: list[str]) -> None:
    """Writes the number of conditions and values that cannot be worked out."""
    row, column = (int(part) for part in _place(inputs.undetermined))
    page.formula(row, column, "+".join(found) or "0", 0, "figure", "0")


def _place(reference: str) -> tuple[int, int]:
    row = reference.rpartition("$")[2]
    return int(row) - 1, VALUE


class _Writing(format_1._Writing):
    """The sheet while it is being written."""

    signed: tuple[int, int] | None = None

    def all(self) -> RuleInputs:
        """Writes every section."""
        scenario, page, say = self.scenario, self.page, self.book.say
        fund, of_scenario = scenario.fund, self.book.say("excel.inputs.of_scenario")
        self.section("excel.inputs.section_money", "excel.inputs.amount")
        start = self.row
        source = fund.source or fund.name
        said = self.book.text(source) if source else of_scenario
        whole = self.money_entry(say("excel.inputs.fund", unit=self.money), fund.amount, said)
        unit = self.cell(say("excel.inputs.unit", unit=self.main), fund.unit, say("excel.inputs.unit_hint"))
        reservations = [
            self.money_entry(
                say("excel.inputs.reservation", name=r.name, unit=self.money), r.amount, of_scenario
            )
            for r in scenario.reservations
        ]
        grants = [self.grant(number) for number in range(len(scenario.earmarks))]
        self.blocks.append((start, self.row - 1))
        pools = self.pools()
        weights, parts, sums = self.all_weights()
        phase = self.phase()
        plain = any(in_cells(limit) for limit in scenario.limits)
        bare = [LimitCells(None, None)] * len(scenario.limits)
        limits = tuple(self.there(*pair) for pair in (self.limits() if plain else bare))
        constants = self.constants()
        deductions = self.deductions()
        adjustments = self.adjustments()
        counted = self.all_counts()
        doubts = self.doubts(page.at(self.row - 1, VALUE, here=True))
        page.widths.update({LABEL: 40, VALUE: 18, EXPORTED: 18, format_1.EXTRA: 18, SOURCE: 62})
        return RuleInputs(
            whole, unit, tuple(reservations), tuple(grants), pools, weights, sums, parts, limits, constants,
            tuple(deductions), tuple(adjustments), doubts, *counted, phase=phase,
        )  # fmt: skip

    def phase(self) -> Term | None:
        """The part of each entitlement that is by the rule itself, with phasing in."""
        (*_, pool) = self.scenario.rules
        if pool.phase_in is None:
            return None
        self.row += 1
        self.section("excel.rules.section_phase", "excel.inputs.size")
        said = self.book.say("excel.inputs.of_scenario")
        made = self.cell(self.book.say("excel.rules.phase"), pool.phase_in, said, "0.00####%")
        self.blocks.append((self.row - 1, self.row - 1))
        return made

    def cell(self, label: str, value: Number, said: str, number: str = "") -> Term:
        """A cell that may be changed, as a term."""
        here = self.entry(label, value, said, number)
        return Term(f"{self.page.quoted}!{here}", value)

    def money_entry(self, label: str, amount: Number, said: str) -> Term:
        """A cell of money in the shown unit."""
        return self.cell(label, Fraction(amount) / self.scale, said)

    def there(self, floor: str | None, cap: str | None) -> LimitCells:
        quoted = f"{self.page.quoted}!"
        return LimitCells(*(quoted + cell if cell else None for cell in (floor, cap)))

    def grant(self, at: int) -> Term:
        earmark, say = self.scenario.earmarks[at], self.book.say
        names = {r.id: r.name for r in self.scenario.recipients}
        name = names.get(earmark.recipient) if earmark.recipients is None else None
        label = say("excel.inputs.earmark", name=name, unit=self.money)
        if name is None:
            label = say("excel.rules.earmark_each", number=at + 1, unit=self.money)
        said = [say("excel.inputs.also_shares" if earmark.also_shares else "excel.inputs.apart")]
        said += [self.book.text(earmark.reason)] if earmark.reason else []
        return self.money_entry(label, earmark.amount, " ".join(said))

    def pools(self) -> dict[str, Term]:
        """The amounts and percents of the pools that have one."""
        shown = [p for p in self.scenario.pools if p.percent is not None or not isinstance(p.amount, str)]
        found: dict[str, Term] = {}
        if not shown:
            return found
        self.row += 1
        self.section("excel.rules.section_pools", "excel.inputs.amount")
        start = self.row
        for pool in shown:
            said = self.book.text(pool.basis) if pool.basis else self.book.say("excel.inputs.of_scenario")
            if pool.percent is not None:
                label = self.book.say("excel.rules.pool_percent", name=pool.name)
                found[pool.id] = self.cell(label, pool.percent, said, "General")
            else:
                label = self.book.say("excel.rules.pool_amount", name=pool.name, unit=self.money)
                assert pool.amount is not None and not isinstance(pool.amount, str)
                found[pool.id] = self.money_entry(label, pool.amount, said)
        self.blocks.append((start, self.row - 1))
        return found

    def all_weights(self) -> tuple[dict[str, tuple[Term, ...]], dict[str, tuple[Term, ...]], dict[str, Term]]:
        """The weights of every pool and the parts of every indicator, with their sums."""
        weights, parts, sums = {}, {}, {}
        names = {f.id: f.name for f in self.scenario.factors} | {
            i.id: i.name for i in self.scenario.indicators
        }
        for pool in self.scenario.rules:
            title = "excel.inputs.section_weights"
            if pool.id:
                title = self.book.say("excel.rules.section_weights", name=pool.name)
            weights[pool.id], sums[pool.id] = self.block(title, _unit_of(pool), pool.weights, names, pool)
        for indicator in self.scenario.indicators:
            title = self.book.say("excel.rules.section_parts", name=indicator.name)
            of = self.block(title, "excel.inputs.percent", indicator.parts, names, None)
            parts[indicator.id], sums[f"indicator {indicator.id}"] = of
        return weights, parts, sums

    def block(
        self,
        title: str,
        value: str,
        weights: Mapping[str, Number],
        names: Mapping[str, object],
        pool: Pool | None,
    ) -> tuple[tuple[Term, ...], Term]:
        """Weights one below the other, and their sum."""
        page, book = self.page, self.book
        self.row += 1
        if title.startswith("excel."):
            title = book.say(title)
        page.text(self.row, LABEL, title, "section", wide=False)
        self.row += 1
        heads = ("excel.inputs.item", value, "excel.inputs.exported", "", "excel.inputs.status_source")
        for column, head in enumerate(heads):
            page.text(self.row, column, book.say(head) if head else "", "head", wide=False)
        self.row += 1
        start, made = self.row, []
        for id, weight in weights.items():
            made.append(self.cell(book.show(names[id]), weight, self.about(id), "General"))
        self.blocks.append((start, self.row - 1))
        page.text(self.row, LABEL, book.say("table.total"), "total", wide=False)
        whole = sum(weights.values(), start=0)
        for column in (VALUE, EXPORTED):
            here = page.down(column, start, self.row - 1, here=True)
            formula = f"IF(COUNT({here})=ROWS({here}),SUM({here}),0)"
            page.formula(self.row, column, formula, whole, "total", "General")
        shares = pool is None or pool.kind == "shares"
        said = book.say("excel.inputs.must_be_100") if shares else ""
        page.text(self.row, SOURCE, said, "text", wide=False)
        self.row += 1
        return tuple(made), Term(page.at(self.row - 1, VALUE), whole)

    def about(self, id: str) -> str:
        """The status and source of a weighted column."""
        factor = next((f for f in self.scenario.factors if f.id == id), None)
        if factor is None:
            return self.book.say("excel.rules.indicator")
        if factor.formula is not None:
            return self.book.say(
                "excel.rules.formula", formula=in_names(factor.formula, self.scenario, self.book)
            )
        said = self.book.say(f"status.{factor.status}")
        if factor.source is not None:
            return self.book.say("excel.inputs.status_from", status=said, source=factor.source)
        return said

    def constants(self) -> dict[tuple[str, int], str]:
        """The numbers in conditions and bounds, each in a cell."""
        found: dict[tuple[str, int], str] = {}
        listed = [(key, f, _constants(f)) for key, f in clauses(self.scenario)]
        if not any(numbers for _, _, numbers in listed):
            return found
        self.row += 1
        self.section("excel.rules.section_conditions", "excel.inputs.amount", source="excel.inputs.rule")
        start = self.row
        for key, formula, numbers in listed:
            said = in_names(formula, self.scenario, self.book)
            for at, node in enumerate(numbers, 1):
                label = self.book.say("excel.rules.constant", clause=self.clause(key), number=at)
                found[key, node.at] = self.cell(label, node.value, said, "General").text
        self.blocks.append((start, self.row - 1))
        return found

    def clause(self, key: str) -> str:
        """A clause as labels name it."""
        kind, _, rest = key.partition(".")
        if kind == "pool":
            pool = next(p for p in self.scenario.pools if p.key("where") == key)
            return self.book.say("excel.rules.clause_pool", name=pool.name)
        if kind == "method":
            return self.book.say("excel.rules.clause_method")
        number = rest.partition(".")[0]
        name = "excel.rules.clause_limit" if kind == "limit" else "excel.rules.clause_earmark"
        return self.book.say(name, number=number)

    def deductions(self) -> list[Term]:
        if not self.scenario.deductions:
            return []
        self.row += 1
        self.section("excel.rules.section_deductions", "excel.inputs.amount")
        start = self.row
        names = {r.id: r.name for r in self.scenario.recipients}
        pools = {pool.id: pool.name for pool in self.scenario.pools}
        found = []
        for deduction in self.scenario.deductions:
            label = self.book.say("excel.rules.deduction", name=names[deduction.recipient], unit=self.money)
            said = [self.book.text(deduction.reason)] if deduction.reason else []
            said += [self.book.text(pools[deduction.pool])] if deduction.pool else []
            found.append(self.money_entry(label, deduction.amount, self.book.say("place.list").join(said)))
        self.blocks.append((start, self.row - 1))
        return found

    def adjustments(self) -> list[Term]:
        if not self.scenario.adjustments:
            return []
        self.row += 1
        self.section("excel.rules.section_adjustments", "excel.inputs.amount", source="excel.rules.reason")
        start = self.row
        names = {r.id: r.name for r in self.scenario.recipients}
        found = []
        for adjustment in self.scenario.adjustments:
            label = self.book.say("excel.rules.adjustment", name=names[adjustment.recipient], unit=self.money)
            amount = Fraction(adjustment.amount) / self.scale
            number = "General" if self.book.chinese else "#,##0.########"
            self.signed_row = self.row
            found.append(self.cell(label, amount, self.book.text(adjustment.reason), number))
        self.signed = start, self.row - 1
        return found

    def entry(self, label: str, value: object, said: str, number: str = "", extra: str = "") -> str:
        if getattr(self, "signed_row", None) != self.row:
            return super().entry(label, value, said, number, extra)  # type: ignore[arg-type]
        page, row = self.page, self.row
        page.text(row, LABEL, label, "label", wide=False)
        page.number(row, VALUE, value, "input", number)  # type: ignore[arg-type]
        page.number(row, EXPORTED, value, "figure", number)  # type: ignore[arg-type]
        page.text(row, format_1.EXTRA, extra, "text", wide=False)
        page.text(row, SOURCE, said, "text", wide=False)
        invite(page, VALUE, EXPORTED, row, row, signed=True)
        page.height(row, max(label, said, key=len), 40 if len(label) > len(said) else 62)
        self.row += 1
        return page.at(row, VALUE, here=True)

    def all_counts(self) -> tuple[str, str, str, str]:
        """The cells of changed, of blank, of undetermined, and of all that is unusable."""
        page, own = self.page, list(self.blocks)
        every = [*own, *([self.signed] if self.signed else [])]
        pairs = [[page.down(c, *rows, here=True) for c in (VALUE, EXPORTED)] for rows in every]
        wrong = [wrong_in(page.down(VALUE, *rows, here=True)) for rows in own]
        if self.signed:
            here = page.down(VALUE, *self.signed, here=True)
            wrong.append(f"ROWS({here})-COUNT({here})")
        self.row += 1
        found: list[str] = []
        at = [page.at(self.row + step, VALUE, here=True) for step in range(4)]
        for key, formula in (
            ("excel.inputs.changed", "+".join([*(differing(*pair) for pair in pairs), self.data.changed])),
            ("excel.inputs.unusable", "+".join([*wrong, self.data.unusable])),
            ("excel.rules.undetermined", "0"),
            ("excel.rules.unusable", f"{at[1]}+{at[2]}"),
        ):
            page.text(self.row, LABEL, self.book.say(key), "label", wide=False)
            page.formula(self.row, VALUE, formula, 0, "figure", "0")
            page.height(self.row, self.book.say(key), 40)
            found.append(page.at(self.row, VALUE))
            self.row += 1
        changed, blank, undetermined, unusable = found
        return changed, blank, undetermined, unusable


def in_cells(limit: Limit) -> list[str]:
    """The sides of a limit that have a cell: amounts and rates, and no formulas."""
    ways = ("floor", "floor_rate", "cap", "cap_rate")
    return [way for way in ways if getattr(limit, way) is not None]


def _unit_of(pool: Pool) -> str:
    return {"shares": "excel.inputs.percent", "scores": "excel.inputs.times", "fixed": "excel.rules.each"}[
        pool.kind
    ]


def _constants(formula: Formula) -> list[Constant]:
    return [node for node in nodes(formula.root) if isinstance(node, Constant)]


def cents_broken(cells: Term, over: int) -> str:
    """A formula that counts amounts with parts of a hundredth."""
    return broken_cents(cells.text, over)
