"""The sheet of one pool: who takes part, scores, limits, and the division into whole units.

Money is counted in grains: the rounding unit, or what it and all money that is held already have in common.
With N grains to share and scores s that add up to S among those between limits, N · s = q · S + r gives whole
grains and a remainder; a fixed pool has N / S as the money of one score.  Less what is held, and in units,
that is a whole number and a remainder over S times the grains of a unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from allocator.core.allocation import Allocation
from allocator.core.split import Split
from allocator.report.excel.integers import MOST, decimals, scale_of
from allocator.report.excel.pen import Page
from allocator.report.excel.rules.bounded import gains, limits
from allocator.report.excel.rules.bounds import Bounding, Bounds
from allocator.report.excel.rules.columns import Columns
from allocator.report.excel.rules.groups import Grouping, groups_of
from allocator.report.excel.rules.inputs import RuleInputs
from allocator.report.excel.rules.money import Money
from allocator.report.excel.rules.scores import ROWS, Scores, Scoring, made_whole, used_weights
from allocator.report.excel.rules.sheet import Frame
from allocator.report.excel.rules.taking import Taking
from allocator.report.excel.rules.term import (
    Term,
    common_divisor,
    down,
    least,
    most,
    nearest,
    power_of_root,
    product_sum,
    term,
    total,
    when,
)
from allocator.report.tables.figures import who

TOPS = {
    "given": "excel.rules.top_given",
    "unit": "excel.rules.top_grains",
    "exact": "excel.exact.exact",
    "times": "excel.rules.top_times",
    "over": "excel.rules.top_over",
    "comes_to": "excel.rules.top_comes_to",
    "scaled": "excel.rules.top_scaled",
    "taken": "excel.rules.top_taken",
    "gross": "excel.rules.top_gross",
    "share": "excel.rules.top_share",
    "divisor": "excel.stages.top_over",
    "split": "excel.exact.split",
    "high": "excel.stages.top_high",
    "low": "excel.stages.top_low",
    "error": "excel.rules.top_error",
    "close": "excel.stages.top_close",
    "short": "excel.rules.top_short",
    "cut": "excel.stages.top_cut",
    "next": "excel.stages.top_next",
    "most": "excel.stages.top_most",
    "most_rest": "excel.stages.top_most_rest",
    "place": "excel.stages.top_place",
    "near": "excel.stages.top_near",
}
FIXED = {"times", "over", "comes_to", "scaled"}
BY_REMAINDER = {"cut", "next"}
BY_LARGEST = {"most", "most_rest", "place"}
FAR = 10**12  # units: the cap of a fixed pool without one


class Result(NamedTuple):
    """The cells of a pool's sheet that others need."""

    takes: tuple[Term, ...]
    named: tuple[Term, ...]
    unmet: tuple[Term | None, ...]
    units: tuple[Term, ...]
    range: Term
    taken: Term
    left: Term
    tied: tuple[Term, ...]
    at_floor: tuple[Term, ...]
    at_cap: tuple[Term, ...]
    bounds: Bounds | None
    scores: Scores
    shares: tuple[Term, ...]
    entitled: tuple[Term, ...]  # in the shown unit
    unphased: tuple[Term, ...]  # the same before phasing in
    limited: tuple[Term, ...]
    entitled_range: Term
    limited_range: Term
    scaled: Term | None  # 1 where a fixed pool is multiplied down
    near: Term
    divided: Term  # the units of what is divided first: of groups, and of those in none
    grouped: tuple[tuple[Term, Term] | None, ...]  # 1 where the group stands at its floor, and at its cap


class PoolSheet:
    """A pool's sheet, written in the order in which its money becomes known."""

    def __init__(
        self,
        page: Page,
        allocation: Allocation,
        split: Split,
        columns: Columns,
        inputs: RuleInputs,
        money: Money,
        row: int,
    ) -> None:
        self.page, self.allocation, self.split, self.pool = page, allocation, split, split.pool
        self.columns, self.inputs, self.money, self.book = columns, inputs, money, page.book
        self.scenario = allocation.scenario
        self.rounding = self.scenario.fund.rounding
        skipped = {
            *(() if self.pool.kind == "fixed" else FIXED),
            *(() if self.rounding == "largest-remainder" else BY_REMAINDER),
            *(() if self.rounding == "rest-to-largest" else BY_LARGEST),
        }
        tops = {key: label for key, label in TOPS.items() if key not in skipped}
        ids = [*used_weights(self.scenario, self.pool)]
        names = [self.book.text(r.name) for r in self.scenario.recipients]
        called = [self.book.text(self.scenario.factor(id).name) for id in ids]
        heading = who(self.scenario, self.book)
        self.frame = Frame(page, names, row, tops, ROWS, called, heading)
        self.size = len(names)
        self.taking = Taking(self.frame, columns, self.pool, money.apart, split.members)
        self.bad = list(self.taking.undetermined)
        self.near = list(self.taking.near)
        self.wrong: list[str] = []
        self.bounds: Bounds | None = None
        self.grouping: Grouping | None = None
        self.limited = any((limit.pool or "") == self.pool.id for limit in self.scenario.limits)
        only = self.pool.id if len(self.scenario.rules) == 1 else None
        self.deductions = [
            (deduction, cell)
            for deduction, cell in zip(self.scenario.deductions, inputs.deductions, strict=True)
            if (only if deduction.pool is None else deduction.pool) == self.pool.id
        ]
        self.moved = self.limited or bool(self.deductions)
        self.from_gains = self.pool.floors is not None  # then what is divided comes on top of the floors

    # --- scores and bounds --------------------------------------------------------------------------

    def begin(self, given: Term | None) -> None:
        """Writes scores and bounds; ``given`` is the money in units, None where it takes what it needs."""
        frame, say, cents = self.frame, self.book.say, scale_of(self.scenario) * 100
        own = [
            [nearest(cell * cents) for d, cell in self.deductions if d.recipient == id]
            for id in self.scenario.ids
        ]
        self.held = [term(0)] * self.size
        if self.deductions:

            def held(i: int) -> object:
                if not own[i]:
                    return 0
                made = own[i][0]
                for more in own[i][1:]:
                    made = made + more
                return self.inputs.when(when(self.taking.takes[i].equals(1), made, 0))

            head, how = say("excel.rules.held"), say("excel.rules.hundredths")
            self.held, cells = frame.column(head, how, held, added=True)
            self.held_range = cells
            all_held = total(*(inputs for of in own for inputs in of))
            self.wrong.append(f"IF({self.inputs.unusable}=0,{all_held.text}-SUM({cells.text}),0)")
        self.given = given
        if given is not None:
            frame.top("given", given)
        grain = common_divisor(self.money.unit, *([cells] if self.deductions else []))
        grain = (
            frame.top("unit", when(self.money.unit.equals(0), 1, grain))
            if self.deductions
            else self.money.unit
        )
        if not self.deductions:
            frame.top("unit", self.money.unit)
        self.grain = grain
        self.each = self.money.unit / grain if self.deductions else term(1)  # grains of a unit
        if self.pool.phase_in is not None:
            self.last_year()
        scoring = Scoring(frame, self.columns, self.inputs, self.pool, self.taking, self.split.members)
        self.scores = scoring.write(self.large)
        self.bad += self.scores.bad
        self.takes: Sequence[Term] = self.taking.takes  # of what is divided first, as are scores and bounds
        self.by: Sequence[Term] = self.scores.each  # what entitlements are in proportion to
        self.by_whole = self.scores.whole
        self.each_score: Sequence[Term] = self.by
        self.score_range = self.scores.range
        if self.pool.phase_in is not None:
            self.phase()
        if self.pool.kind == "fixed":
            over = self.scores.over * self.grain
            shared = common_divisor(self.scores.times, over)
            self.times = frame.top("times", self.scores.times / shared)
            self.over = frame.top("over", most(1, over / shared))
        if self.moved:
            bounding = Bounding(
                frame, self.columns, self.inputs, self.money, self.allocation, self.pool, self.taking
            )
            otherwise: object = FAR if self.pool.kind == "fixed" or given is None else given
            self.bounds = bounding.write(self.held, given, otherwise)
            self.bad += self.bounds.bad
            self.near += self.bounds.near
            self.wrong += self.bounds.wrong
            self.floors, self.floor_range = self.gross("floor", self.bounds.floors)
            self.caps, self.cap_range = self.gross("cap", self.bounds.caps)
            if groups_of(self.scenario, self.pool):
                self.group(bounding, given, otherwise)
        self.taking.reason(self.money.apart)

    def last_year(self) -> None:
        """Writes last year's amounts of those who take part, and makes the part by the rule whole."""
        cell, say = self.inputs.phase, self.book.say
        assert cell is not None and self.pool.phase_in is not None
        power = 10 ** max(4, decimals(self.pool.phase_in))
        whole, self.phase_fits = made_whole(cell, power)
        divisor = when(self.phase_fits.equals(1), common_divisor(whole, power), 1)
        self.part, self.parts = whole / divisor, term(power) / divisor

        def last(i: int) -> object:
            amount = nearest(self.columns.cell("previous", i) * 100)
            return self.inputs.when(when(self.taking.takes[i].equals(1), amount, 0))

        head, how = say("table.previous"), say("excel.rules.hundredths")
        cells, whole_range = self.frame.column(head, how, last, added=True)
        shared = common_divisor(whole_range)
        self.last, self.last_range = self.frame.column(
            say("excel.rules.last_reduced"),
            say("excel.rules.gain_reduced"),
            lambda i: cells[i] / shared,
            added=True,
        )
        self.last_whole = total(self.last_range)
        self.wrong.append(self.inputs.read(f"IF(OR(SUM({whole_range.text})=0,{cell.text}>1),1,0)"))

    def phase(self) -> None:
        """Writes what entitlements are in proportion to after phasing in."""
        say, scores = self.book.say, self.scores

        def made(i: int) -> object:
            own = self.part * self.last_whole * scores.each[i]
            return own + (self.parts - self.part) * scores.whole * self.last[i]

        self.by, self.score_range = self.frame.column(
            say("excel.rules.phased"), say("excel.rules.phased_how"), made, added=True
        )
        self.each_score, self.by_whole = self.by, total(self.score_range)

    def group(self, bounding: Bounding, given: Term | None, otherwise: object) -> None:
        """Writes what is divided first where there are groups: each as one, and who is in none."""
        grouping = Grouping(self.frame, bounding, self.scenario, self.pool, self.taking, self.scores)
        parts = grouping.write(self.floors, self.caps, given, otherwise)
        self.grouping, self.takes, self.each_score = grouping, parts.takes, parts.scores
        self.score_range = parts.range
        self.floors, self.floor_range = parts.floors, parts.floor_range
        self.caps, self.cap_range = parts.caps, parts.cap_range
        self.bad += [one for one in bounding.bad if one not in self.bad]
        self.near += [one for one in bounding.near if one not in self.near]
        self.wrong += [one for one in bounding.wrong if one not in self.wrong]

    def gross(self, side: str, bounds: Sequence[Term]) -> tuple[list[Term], Term]:
        """Bounds in grains, with what is held."""
        if not self.deductions:
            assert self.bounds is not None
            whole = self.bounds.floor_range if side == "floor" else self.bounds.cap_range
            return list(bounds), whole
        head = self.book.say("excel.rules.gross_floor" if side == "floor" else "excel.rules.gross_cap")

        def made(i: int) -> object:
            return bounds[i] * self.each + self.held[i] / self.grain

        return self.frame.column(head, self.book.say("excel.rules.gross_how"), made)

    def large(self, highest: Term, times: Term, over: Term) -> list[Term]:
        """The tests that no product reaches 10^14."""
        bound, tests = MOST, []
        if self.pool.phase_in is not None:
            highest = highest * self.parts * self.last_whole
            tests += [self.phase_fits.equals(1), self.last_whole * self.parts < bound]
        each = self.each
        if self.given is not None:
            split = power_of_root(self.given * each)
            tests.append(2 * split * highest < bound)
            if self.moved:
                tests.append(4 * self.given * each * highest < bound)
            if self.from_gains:  # gains are such products, and are multiplied once more
                tests.append(4 * split * self.given * highest < bound)
        tests.append(2 * highest * each < bound)
        if self.pool.kind == "fixed":
            over = over * self.grain
            shared = common_divisor(times, over)
            tests += [4 * highest * (times / shared) < bound, 4 * each * over / shared < bound, over < bound]
            if self.moved:
                tests.append(4 * over / shared * most(self.money.total) * each < bound)
        return tests

    # --- a fixed pool at its rate -------------------------------------------------------------------

    def comes_to(self) -> Term:
        """The money that a fixed pool comes to after its limits, in units."""
        frame, say, each = self.frame, self.book.say, self.each
        over, held = self.over, self.held

        def amount(i: int) -> object:
            made = self.scores.each[i] * self.times
            if self.moved:
                made = (
                    least(most(made, self.floors[i] * over), self.caps[i] * over)
                    - held[i] / self.grain * over
                )
            return when(self.taking.takes[i].equals(1), made, 0)

        _, cells = frame.column(
            say("excel.rules.at_rate"), say("excel.rules.at_rate_how"), amount, added=True
        )
        unit = over * each
        if self.rounding == "each-alone":
            made = product_sum(down((cells * 2 + unit) / (unit * 2)))
        else:
            made = down((total(cells) * 2 + unit) / (unit * 2))
        self.comes = frame.top("comes_to", made)
        return self.comes

    # --- dividing -----------------------------------------------------------------------------------

    def divide(self, taken: Term) -> Result:
        """Writes the division of the money that the pool takes, and its rounding."""
        from allocator.report.excel.rules.rounding import Rounding

        frame = self.frame
        taken = frame.top("taken", taken)
        gross = taken * self.each
        if self.deductions:
            gross = gross + total(self.held_range) / self.grain
        gross = frame.top("gross", gross)
        self.scaled: Term | None = None
        if self.pool.kind == "fixed":
            scaled = term(0) if self.pool.over != "scale" else when(self.comes > taken, 1, 0)
            self.scaled = frame.top("scaled", scaled)
        share, divisor = gross, when(self.by_whole.equals(0), 1, self.by_whole)
        at_floor: Sequence[Term] = [term(0)] * self.size
        at_cap = at_floor
        if self.from_gains:
            at_floor, share, divisor = gains(self, gross)
        elif self.moved:
            at_floor, at_cap, share, divisor = limits(self, gross)
        if self.scaled is not None:
            share = when(self.scaled.equals(1), share, self.times)
            divisor = when(self.scaled.equals(1), divisor, self.over)
        share, divisor = frame.top("share", share), frame.top("divisor", divisor)
        return Rounding(self, taken, gross, share, divisor, at_floor, at_cap).write()
