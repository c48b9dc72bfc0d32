"""The limits of a pool for each of those who take part, in whole units and less what is held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from allocator.core.allocation import Allocation
from allocator.core.limits import Limit
from allocator.core.pools import Pool
from allocator.core.stages.take_part import named
from allocator.report.excel.integers import MOST, decimals, scale_of
from allocator.report.excel.rules.columns import Columns
from allocator.report.excel.rules.formula import Translation, Written
from allocator.report.excel.rules.inputs import RuleInputs
from allocator.report.excel.rules.money import Money
from allocator.report.excel.rules.sheet import Frame
from allocator.report.excel.rules.taking import Taking
from allocator.report.excel.rules.term import Term, least, most, nearest, or_else, size, term, total, when

Sizes = Mapping[int, tuple[Term, str, str]]  # by recipient: a bound, what it may be wrong by, how sure it is


class Bounds(NamedTuple):
    """Floors and caps in units of what is paid; ``near`` and ``wrong`` are formulas that count doubts."""

    floors: tuple[Term, ...]
    caps: tuple[Term, ...]
    floor_range: Term
    cap_range: Term
    has_floor: tuple[Term, ...]
    has_cap: tuple[Term, ...]
    near: tuple[str, ...]
    bad: tuple[str, ...]
    wrong: tuple[str, ...]


class Bounding:
    """Writes the columns of a pool's limits."""

    def __init__(
        self,
        frame: Frame,
        columns: Columns,
        inputs: RuleInputs,
        money: Money,
        allocation: Allocation,
        pool: Pool,
        taking: Taking,
    ) -> None:
        self.frame, self.columns, self.inputs, self.money = frame, columns, inputs, money
        self.allocation, self.pool, self.taking = allocation, pool, taking
        self.scenario, self.say = allocation.scenario, frame.book.say
        self.cents = scale_of(self.scenario) * 100
        self.limits = [
            (n, limit)
            for n, limit in enumerate(self.scenario.limits, 1)
            if (limit.pool or "") == pool.id and not limit.together  # groups are a thing of their own
        ]
        self.near: list[str] = []
        self.bad: list[str] = []
        self.wrong: list[str] = []

    def write(self, held: Sequence[Term], given: Term | None, otherwise: object) -> Bounds:
        """The bounds; ``otherwise`` is a cap where there is none, ``given`` the pool's money in units."""
        size_of = len(self.scenario.ids)
        sides: dict[str, list[dict[int, Term]]] = {"floor": [], "cap": []}
        for number, limit in self.limits:
            whom = set(named(self.scenario, range(size_of), limit.recipients))
            holds = self.holds(number, limit, whom)
            for side in ("floor", "cap"):
                if any(getattr(limit, f"{side}{way}") is not None for way in ("", "_rate", "_formula")):
                    sides[side].append(self.rule(number, limit, side, holds, held, given))
        taking = self.taking

        def floor(i: int) -> object:
            own = [rule[i] for rule in sides["floor"] if i in rule]
            return when(taking.takes[i].equals(1), most(0, *own), 0) if own else 0

        def cap(i: int) -> object:
            own = [rule[i] for rule in sides["cap"] if i in rule]
            return when(taking.takes[i].equals(1), least(otherwise, *own), 0)

        floors, floor_range = self.frame.column(
            self.say("excel.limits.floor"), self.say("excel.limits.floor_how"), floor, "0"
        )
        caps, cap_range = self.frame.column(
            self.say("excel.limits.cap"), self.say("excel.limits.cap_how"), cap, "0"
        )
        some = {
            side: tuple(_some([rule[i] for rule in own if i in rule]) for i in range(size_of))
            for side, own in sides.items()
        }
        return Bounds(
            tuple(floors),
            tuple(caps),
            floor_range,
            cap_range,
            some["floor"],
            some["cap"],
            tuple(self.near),
            tuple(self.bad),
            tuple(self.wrong),
        )

    def holds(self, number: int, limit: Limit, whom: set[int]) -> dict[int, Term]:
        """For whom a limit holds: those named who take part and meet its condition."""
        takes = {i: self.taking.takes[i] for i in sorted(whom)}
        if limit.where is None:
            return takes
        key = f"limit.{number}.where"
        met = set()
        split = next(s for s in self.allocation.splits if s.pool.id == self.pool.id)
        among = named(self.scenario, split.members, limit.recipients)
        met = set(self.scenario.meeting(limit.where, among, key))
        mask = [takes.get(i, term(0)) for i in range(len(self.scenario.ids))]
        doubts: list[Term] = []

        def meets(i: int) -> object:
            if i not in takes:
                doubts.append(term(0))
                return 0
            assert limit.where is not None
            made, doubt = self.columns.condition(limit.where, key, i, key, mask, i in met)
            doubts.append(Term(doubt, 0))
            return when(takes[i].equals(1), made, 0)

        head = self.say("excel.rules.limit_meets", number=number)
        cells, whole = self.frame.column(head, self.say("excel.rules.meets_how"), meets, "0")
        self.bad.append(f'COUNTIF({whole.text},"~?")')
        self.doubted(doubts)
        return {i: cells[i] for i in takes}

    def doubted(self, doubts: Sequence[Term]) -> None:
        """Writes a column of doubts, where there can be any."""
        if any(doubt.text != "0" for doubt in doubts):
            head, how = self.say("excel.limits.near"), self.say("excel.rules.near")
            _, near = self.frame.column(head, how, lambda i: doubts[i], "0", added=True)
            self.near.append(f"SUM({near.text})")

    def rule(
        self,
        number: int,
        limit: Limit,
        side: str,
        holds: Mapping[int, Term],
        held: Sequence[Term],
        given: Term | None,
        sizes: Sizes | None = None,
    ) -> dict[int, Term]:
        """One side of one limit in whole units, for those for whom it may hold; ``sizes`` are its bounds."""
        doubts: list[Term] = []
        amounts = self.sizes(number, limit, side, [*holds], given) if sizes is None else sizes

        def units(i: int) -> object:
            if i not in holds:
                doubts.append(term(0))
                return ""
            bound, error, sure = amounts[i]
            x = (bound - held[i]) / self.money.unit if held[i].text != "0" else bound / self.money.unit
            off = term(0) if sure == "exact" else size(bound) / self.money.unit * Fraction(1, 10**14)
            if error:
                off = off + Term(f"{error}/{self.money.unit.text}", 0)
            exact = x.value
            if side == "floor":
                made = Term(f"-INT(-({x.text}-{off.within(2)}))", _up(exact), 1)
            else:
                made = Term(f"INT({x.text}+{off.text})", _down(exact))
            away = size(x - nearest(x))
            tight = Term(f"IF(AND({away.text}>0,{away.text}<=10*{off.within(2)}),1,0)", 0)
            if sure == "exact":
                tight = term(0)
            elif sure == "exported":
                tight = Term(f"IF({self.inputs.changed}=0,0,{tight.text})", 0)
            doubts.append(Term(f"IFERROR({tight.text},0)", 0) if tight.text != "0" else tight)
            made = or_else(self.inputs.when(made), "—")
            return when(holds[i].equals(1), made, "")

        key = "excel.limits.rule_floor" if side == "floor" else "excel.limits.rule_cap"
        cells, whole = self.frame.column(
            self.say(key, number=number), self.say("excel.limits.rule_how"), units, "0"
        )
        self.wrong.append(f'COUNTIF({whole.text},"—")')
        self.doubted(doubts)
        return {i: cells[i] for i in holds}

    def sizes(self, number: int, limit: Limit, side: str, whom: Sequence[int], given: Term | None) -> Sizes:
        """The bound of each in hundredths, what it may be wrong by, and whether it is sure.

        "exact" are amounts, "exported" products that are exact until something is changed.
        """
        scenario, money, cells = self.scenario, self.money, self.inputs.limits[number - 1]
        cell = cells.floor if side == "floor" else cells.cap
        amount, rate = getattr(limit, side), getattr(limit, f"{side}_rate")
        if amount is not None:
            assert cell is not None
            shown = Term(cell, Fraction(amount) / scale_of(scenario))
            return {i: (nearest(shown * self.cents), "", "exact") for i in whom}
        if rate is None:
            return self.formula(number, limit, side, whom, given)
        assert cell is not None
        of = Term(cell, Fraction(rate))
        found: dict[int, tuple[Term, str, str]] = {}
        for i in whom:
            if limit.of == "previous":
                base = self.columns.cell("previous", i) * 100
            else:
                base = money.fund if limit.of == "fund" else money.distributable
            bound, whole = of * base, Fraction(rate) * 10 ** decimals(rate) * base.value
            if limit.by is not None:
                area, _ = self.columns.whole_column(limit.by, "", self.columns.everybody)
                values, over = self._shares(limit.by)
                everybody = Term(f"SUM({area})", over)
                own = self.columns.cell(limit.by, i)
                bound = bound * own / everybody
                whole = whole * Fraction(values.get(i, 0)).denominator * (over or 1) * 10**6
            found[i] = bound, "", "exported" if whole < MOST else "close"
        return found

    def together(
        self, number: int, limit: Limit, side: str, whom: Sequence[int], inside: Sequence[Term]
    ) -> Sizes:
        """The bound of a group as in `sizes`, the same for all of ``whom``; of sums over those ``inside``."""
        money, cells = self.money, self.inputs.limits[number - 1]
        cell = cells.floor if side == "floor" else cells.cap
        amount, rate = getattr(limit, side), getattr(limit, f"{side}_rate")
        assert cell is not None
        if amount is not None:
            made = nearest(Term(cell, Fraction(amount) / scale_of(self.scenario)) * self.cents)
            return dict.fromkeys(whom, (made, "", "exact"))
        of = Term(cell, Fraction(rate))
        if limit.of == "previous":
            base = self._summed("previous", number, inside) * 100
        else:
            base = money.fund if limit.of == "fund" else money.distributable
        bound, whole = of * base, Fraction(rate) * 10 ** decimals(rate) * base.value
        if limit.by is not None:
            area, _ = self.columns.whole_column(limit.by, "", self.columns.everybody)
            _, over = self._shares(limit.by)
            own = self._summed(limit.by, number, inside)
            bound = bound * own / Term(f"SUM({area})", over)
            whole = whole * Fraction(own.value).denominator * (over or 1) * 10**6
        return dict.fromkeys(whom, (bound, "", "exported" if whole < MOST else "close"))

    def _summed(self, name: str, number: int, inside: Sequence[Term]) -> Term:
        """The sum of a column over those in a group, for which a column is written."""
        _, whole = self.frame.column(
            self.say("excel.rules.group_sum", number=number),
            self.say("excel.rules.takes_how"),
            lambda i: when(inside[i].equals(1), self.columns.cell(name, i), 0),
            added=True,
        )
        return total(whole)

    def _shares(self, by: str) -> tuple[dict[int, Fraction], Fraction]:
        everybody = self.scenario.columns.everybody
        values = dict(zip(everybody, map(Fraction, self.scenario.numbers(by, everybody)), strict=True))
        return values, sum(values.values(), start=Fraction(0))

    def formula(
        self, number: int, limit: Limit, side: str, whom: Sequence[int], given: Term | None
    ) -> dict[int, tuple[Term, str, str]]:
        """A bound by a formula, in hundredths."""
        scenario, money, key = self.scenario, self.money, f"limit.{number}.{side}"
        words = {
            name: _amount(of) for name, of in (("fund", money.fund), ("distributable", money.distributable))
        }
        amounts = {"fund": scenario.fund.amount, "distributable": scenario.distributable}
        if given is not None:
            words["pool"] = _amount(given * money.unit)
            amounts["pool"] = given.value * scenario.fund.unit
        root, found = limit.formulas[side].root, {}
        members = [i for i in whom if self.taking.takes[i].value == 1]
        if limit.where is not None:
            members = scenario.meeting(limit.where, members, f"limit.{number}.where")
        values = scenario.columns.bounds(limit.formulas[side], members, key, amounts)
        known = dict(zip(members, values, strict=True))
        for i in whom:
            scope = self.columns.scope(i, key, "", self.columns.everybody, words)
            made = Translation(root, scope)
            value = Fraction(known.get(i, 0)) * 100
            text = f"({made.said.text}*100)"
            if side == "cap":  # a cap below zero is none that anybody could keep
                text = f"IF({made.said.text}<0,NA(),{text})"
            error = f"100*{made.error(made.said)}"
            found[i] = Term(text, value), error, "close"
            if made.doubts:
                self.near.append(made.doubt)
        return found


def _some(own: Sequence[Term]) -> Term:
    """1 where a recipient has a bound of this side."""
    if not own:
        return term(0)
    known = any(not isinstance(one.value, str) for one in own)
    return Term(f"MIN(1,COUNT({','.join(one.text for one in own)}))", int(known))


def _amount(of: Term) -> Written:
    text = f"({of.text}/100)"
    return Written(text, text, True)


def _up(value: Any) -> int:
    return 0 if isinstance(value, float) else int(-(-Fraction(value) // 1))


def _down(value: Any) -> int:
    return 0 if isinstance(value, float) else int(Fraction(value) // 1)
