"""The result of one split, stage by stage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from allocator.core.columnwise import Columnwise, Of
from allocator.core.exact import Frozen, Number, Scaled, plain
from allocator.core.model import Scenario
from allocator.core.parts import Reservation, wrong
from allocator.core.split import Rounded, Split, Stage
from allocator.core.stages.adjust import adjusted, check_below_zero
from allocator.text import Money

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Allocation:
    """测算结果: every stage of one split of the fund, for every recipient.

    ``splits`` are those of the pools, one where the rule has none; ``overall`` is what limits over all pools
    make of their sums, where there are such.  The properties give the stages by
    recipient's id, exactly, in the currency's main unit, over all pools together.
    """

    scenario: Scenario
    splits: tuple[Split, ...]
    method_version: str
    overall: Rounded | None = None

    @property
    def split(self) -> Split:
        """The one split of a rule without pools; raises ValueError where there are several."""
        (only,) = self.splits
        return only

    def _by_id(self, values: Iterable[Any], otherwise: Any = 0) -> Frozen[str, Any]:
        """Values of the members of the one split, by id in listed order; the others get ``otherwise``."""
        ids = self.scenario.ids
        table = dict.fromkeys(ids, otherwise)
        table.update((ids[i], value) for i, value in zip(self.split.members, values, strict=True))
        return Frozen(table)

    @cached_property
    def columnwise(self) -> Columnwise:
        """The stages as columns of integers over one denominator."""
        return Columnwise(self.scenario, self.splits, self._last)

    def _by_place(self, column: Scaled) -> Frozen[str, Number]:
        """A column in listed order, by id."""
        return Frozen(zip(self.scenario.ids, column.numbers, strict=True))

    def _summed(self, *of_splits: Of) -> Frozen[str, Number]:
        """Σ over splits of number · rate by recipient, in the main unit; the rate is in units."""
        return self._by_place(self.columnwise.summed(*of_splits))

    @cached_property
    def pools(self) -> Mapping[str, Mapping[str, Number]]:
        """各分项分配额: the amount of each recipient in each pool, by the pool's id."""
        return Frozen({split.pool.id: self._summed((split, split.units, 1)) for split in self.splits})

    @cached_property
    def amounts(self) -> Mapping[str, Number]:
        """建议分配额: the amount of each recipient, earmarks included."""
        before = self.before_adjustments
        if not self.scenario.adjustments:
            return before
        return Frozen({i: plain(amount + self.adjustments[i]) for i, amount in before.items()})

    @cached_property
    def before_adjustments(self) -> Mapping[str, Number]:
        """The amounts that the rule gives, earmarks included."""
        return self._by_place(self.columnwise.before_adjustments)

    @property
    def _last(self) -> tuple[Rounded, ...]:
        """The splits whose units are the amounts: over all pools, or those of the pools."""
        return self.splits if self.overall is None else (self.overall,)

    @cached_property
    def _corrections(self) -> tuple[Mapping[str, Number], Mapping[str, Number]]:
        return adjusted(self.scenario, self.before_adjustments)

    @property
    def adjustments(self) -> Mapping[str, Number]:
        """调整数, added up by recipient, with what each pays for others'."""
        return self._corrections[0]

    @cached_property
    def left(self) -> Number:
        """尾差: what rounding leaves of the distributable amount; below zero where it gives out too much."""
        units = sum(sum(split.units) for split in self._last)
        return plain(self.scenario.distributable - units * Fraction(self.scenario.fund.unit))

    @cached_property
    def used(self) -> Number:
        """The sum of all adjustments and their other sides: zero, or what rounding left."""
        if not self.scenario.adjustments:
            return 0
        return plain(sum(sum(by.values()) for by in self._corrections))

    @cached_property
    def reservations(self) -> tuple[Reservation, ...]:
        """市级部门安排, with what they take of the rest and what they pay for adjustments."""
        more = self._reserved_more
        if not any(more.values()):
            return self.scenario.reservations
        return tuple(
            replace(r, amount=plain(r.amount + more.get(r.name.zh, 0))) for r in self.scenario.reservations
        )

    @cached_property
    def _reserved_more(self) -> Mapping[str, Number]:
        """The change of each reservation by the rest and by adjustments, by its Chinese name."""
        fund = self.scenario.fund
        more = dict(self._corrections[1]) if self.scenario.adjustments else {}
        taking = fund.rest_to or fund.left
        if taking is not None and taking.reservation:
            more[taking.reservation] = plain(more.get(taking.reservation, 0) + self._kept)
        return more

    @property
    def reserved(self) -> Number:
        """Σ reservations."""
        return plain(sum((r.amount for r in self.reservations), start=0))

    @property
    def undistributed(self) -> Number:
        """未分配: what rounding and adjustments leave of the fund; below zero where they give too much."""
        return plain(self.left - self.used - self._kept)  # the fund less the total, and worked out sooner

    @property
    def _kept(self) -> Number:
        """The part of what rounding left that a reservation takes."""
        fund = self.scenario.fund
        if fund.rest_to is not None:
            return self.left if fund.rest_to.reservation else 0
        return max(self.left - self.used, 0) if fund.left is not None else 0

    @cached_property
    def to_issue(self) -> Mapping[str, Number]:
        """本次下达数: each amount less what was issued already; the amount itself where nothing was."""
        issued = self.scenario.issued
        if issued is None:
            return self.amounts
        return Frozen({i: plain(amount - issued[i]) for i, amount in self.amounts.items()})

    @cached_property
    def earmarks(self) -> Mapping[str, Number]:
        """单列安排, added up by recipient."""
        return self._by_place(self.columnwise.earmarks)

    @cached_property
    def shares(self) -> Mapping[str, Number]:
        """测算占比: each recipient's part of all entitlements; s_i / Σ s where the rule has no pools."""
        return self._by_place(self.columnwise.shares)

    def contributed(self, split: Split, factor: str, *, bare: bool = False) -> Mapping[str, Number]:
        """The amounts that a factor brings in a pool; ``bare``: as if there were no coefficients."""
        return self._by_place(self.columnwise.contributed(split, factor, bare=bare))

    @cached_property
    def contributions(self) -> Mapping[str, Mapping[str, Number]]:
        """因素分配额 by factor, then recipient; they add up to the entitlements."""
        columns = self.columnwise.contributions
        return Frozen({factor: self._by_place(column) for factor, column in columns.items()})

    @cached_property
    def entitlements(self) -> Mapping[str, Number]:
        """测算额: e_i = D · s_i / Σ s, before limits and rounding; summed over pools.

        With money already held it is of D + Σ h; phasing in is done.
        """
        return self._by_place(self.columnwise.entitlements)

    @cached_property
    def limited(self) -> Mapping[str, Number]:
        """a_i = min(max(k · e_i, floor_i), cap_i), before rounding; summed over pools.

        What is held already is off; limits over all pools are in.
        """
        return self._by_place(self.columnwise.limited)

    @cached_property
    def floors(self) -> Mapping[str, Number | None]:
        """保底: each recipient's floor, rounded up to whole units; None where there is none."""
        unit = self.scenario.fund.unit
        return self._by_id((None if f is None else plain(f * unit) for f in self.split.floor_units), None)

    @cached_property
    def caps(self) -> Mapping[str, Number | None]:
        """封顶: each recipient's cap, rounded down to whole units; None where there is none."""
        unit = self.scenario.fund.unit
        return self._by_id((None if c is None else plain(c * unit) for c in self.split.cap_units), None)

    @cached_property
    def at(self) -> Mapping[str, str | None]:
        """The limit that each recipient stands at: "floor", "cap" or None; in any pool, listed first."""
        ids = self.scenario.ids
        table: dict[str, str | None] = dict.fromkeys(ids)
        for split in (*self._last, *self.splits):
            for i, at in zip(split.members, split.at, strict=True):
                table[ids[i]] = table[ids[i]] or at
        return Frozen(table)

    @cached_property
    def grouped(self) -> Mapping[str, str]:
        """The bound, "floor" or "cap", that a group of a recipient stands at, where one does; in any pool."""
        ids, table = self.scenario.ids, dict[str, str]()
        for split in (*self.splits, *self._last):
            table |= {ids[split.members[at]]: end for at, end in split.grouped.items()}
        return Frozen(table)

    @cached_property
    def tied(self) -> tuple[str, ...]:
        """Those among whom listed order decided who gets the last units, in any pool."""
        tied = {i for split in (*self.splits, *self._last) for i in split.tied}
        return tuple(id for i, id in enumerate(self.scenario.ids) if i in tied)

    @cached_property
    def rounding(self) -> Mapping[str, Number]:
        """取整及尾差: amount − adjustments − earmark − limited amount."""
        return self._by_place(self.columnwise.rounding)

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """The stages in the order of the rule, pool by pool; each recipient's add up to its amount exactly.

        factor: what each weighted factor brings, as if there were no coefficients; coefficient: entitlement
        less that; phase_in: what last year's amounts change; limits: limited amount − entitlement (scale,
        where a fixed pool without limits is multiplied down to its money); deduction: less what is held
        already; rounding; over all pools, limits and rounding once more, with pool "all"; earmark, adjustment
        at last.  Weighted factors and rounding always have a stage, the others only where the scenario has
        anything of the kind.
        """
        found: list[Stage] = []
        for split in self.splits:
            found += self._stages(split)
        if self.overall is not None:
            found += self._stages_overall(self.overall)
        if self.scenario.earmarks:
            found.append(Stage("earmark", self.earmarks))
        if self.scenario.adjustments:
            found.append(Stage("adjustment", self.adjustments))
        return tuple(found)

    def to_frame(self) -> pd.DataFrame:
        """A row for each recipient: what every stage adds (`stages`), and last the amount that they make up.

        Exact, in the main unit: integers where a column is whole, else Fractions.  A stage is named by its
        kind, with the factor's id and before it the pool's where there are any.

        >>> from allocator import allocate, load_scenario
        >>> frame = allocate(load_scenario("scenarios/luzhou-2023/published-rule.toml")).to_frame()
        >>> list(frame.columns)[-2:], frame.loc["ftz", "factor.investment"], int(frame["amount"].sum())
        (['rounding', 'amount'], 20581748, 56020000)
        """
        import pandas as pd

        columns = {
            ".".join(filter(None, (stage.pool, stage.kind, stage.factor))): stage.amounts
            for stage in self.stages
        }
        frame = pd.DataFrame(
            {name: pd.Series(by) for name, by in {**columns, "amount": self.amounts}.items()}
        )
        return frame.rename_axis("recipient")

    def _stages(self, split: Split) -> list[Stage]:
        pool = split.pool.id
        entitled = self._summed((split, split.scores, Fraction(split.entitled) / split.total_score))
        limited = self._summed((split, split.limited_units, Fraction(1, split.limited_over)))
        weights = self.scenario.weighted[pool]
        found = [
            Stage("factor", self.contributed(split, factor, bare=True), factor, pool)
            for factor, weight in weights.items()
            if weight
        ]
        if split.pool.coefficients:
            brought = [stage.amounts for stage in found]
            before = {i: sum((by[i] for by in brought), start=Fraction()) for i in entitled}
            found.append(Stage("coefficient", _less(entitled, before), pool=pool))
        if split.pool.phase_in is not None:
            by = self._summed((split, split.by, Fraction(split.entitled) / split.total_by))
            found.append(Stage("phase_in", _less(by, entitled), pool=pool))
            entitled = by
        some = any((limit.pool or "") == pool for limit in self.scenario.limits)
        if some and split.held:
            rate = Fraction(1, split.limited_over)
            gross = self._summed((split, split.limited_units, rate), (split, split.held, 1))
            found.append(Stage("limits", _less(gross, entitled), pool=pool))
            entitled = gross
        if split.held:
            found.append(Stage("deduction", _less(limited, entitled), pool=pool))
        elif some or split.multiplier != 1:
            found.append(Stage("limits" if some else "scale", _less(limited, entitled), pool=pool))
        amounts = self._summed((split, split.units, 1))
        found.append(Stage("rounding", _less(amounts, limited), pool=pool))
        return found

    def _stages_overall(self, overall: Rounded) -> list[Stage]:
        """The stages of limits over all pools: what they change of the sums, and rounding once more."""
        sums = self._summed(*((split, split.units, 1) for split in self.splits))
        limited = self._summed((overall, overall.limited_units, Fraction(1, overall.limited_over)))
        amounts = self._summed((overall, overall.units, 1))
        changes = ("limits", _less(limited, sums)), ("rounding", _less(amounts, limited))
        return [Stage(kind, change, pool="all") for kind, change in changes]  # type: ignore[arg-type]

    def check(self) -> None:
        """Raises ScenarioError where adjustments do not add up, or something falls below zero."""
        scenario = self.scenario
        if not (self.left or scenario.adjustments or scenario.issued):
            return
        currency = scenario.fund.currency
        left = 0 if scenario.fund.rest_to else self.left  # which somebody has already
        if self.used not in (0, left):
            key = "adjustments_sum_left" if left else "adjustments_sum"
            given = Money(self.used, currency)
            wrong(key, at={"key": "adjustment"}, sum=given, left=Money(left, currency))
        if scenario.adjustments:
            called = {recipient.id: recipient.name for recipient in scenario.recipients}
            check_below_zero(scenario, self.before_adjustments, self.adjustments, called)
        reserved = {r.name.zh: r for r in scenario.reservations}
        before = {name: r.amount for name, r in reserved.items()}
        names = {name: r.name for name, r in reserved.items()}
        check_below_zero(scenario, before, self._reserved_more, names)
        if scenario.issued is not None and scenario.fund.below_zero is None:
            for recipient in scenario.recipients:
                if self.to_issue[recipient.id] < 0:
                    amount, issued = self.amounts[recipient.id], scenario.issued[recipient.id]
                    at = {"recipient": recipient.name}
                    figures = Money(amount, currency), Money(issued, currency)
                    wrong("issued_above", "issued", at, amount=figures[0], issued=figures[1])

    @property
    def total(self) -> Number:
        """Σ amounts + Σ reservations: the fund, to the last unit, less what is undistributed."""
        return plain(sum(self.amounts.values(), start=0) + self.reserved)

    @property
    def differences(self) -> Mapping[str, Number] | None:
        """增减: amount − published, or None where nothing was published."""
        published = self.scenario.published
        if published is None:
            return None
        return Frozen({i: plain(amount - published[i]) for i, amount in self.amounts.items()})


def _less(amounts: Mapping[str, Number], before: Mapping[str, Number]) -> Frozen[str, Number]:
    """Each amount less the one before."""
    return Frozen({i: plain(amount - before[i]) for i, amount in amounts.items()})
