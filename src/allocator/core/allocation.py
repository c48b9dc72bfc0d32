"""The result of one split, stage by stage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

from allocator.core.corrections import adjusted
from allocator.core.exact import Frozen, Number, exact, plain
from allocator.core.model import Scenario
from allocator.core.parts import Reservation
from allocator.core.pools import Pool


@dataclass(frozen=True)
class Stage:
    """The part that one stage of the rule adds to each recipient's amount, in the main unit.

    ``factor`` is the id of a factor's stage, ``pool`` that of the pool it belongs to ("" without pools).
    """

    kind: Literal["factor", "coefficient", "limits", "scale", "rounding", "earmark", "adjustment"]
    amounts: Mapping[str, Number]
    factor: str = ""
    pool: str = ""


@dataclass(frozen=True)
class Split:
    """分项测算结果: every stage of one pool, by position among ``members``, who take part in it.

    Held as integers over common denominators.  ``parts[j][i]`` over Σ scores is the share that factor j
    brings member i; ``bare`` is the same before the coefficients.  ``entitled`` is the sum of all
    entitlements in units: what is shared out, or what a fixed pool pays; ``bare_entitled`` that before the
    coefficients.  ``floor_units`` and ``cap_units`` are whole units or None; ``limited_units[i]`` over
    ``limited_over`` is the amount after limits in units, ``units[i]`` that after rounding.  ``multiplier`` is
    the k of the limits (1 without).  ``left`` are the units that rounding each amount by itself leaves (below
    zero: it has too much).  ``members`` and ``tied`` are positions in the scenario.
    """

    pool: Pool
    members: tuple[int, ...]
    parts: Mapping[str, tuple[int, ...]]
    bare: Mapping[str, tuple[int, ...]]
    scores: tuple[int, ...]
    entitled: Number
    bare_entitled: Number
    floor_units: tuple[int | None, ...]
    cap_units: tuple[int | None, ...]
    multiplier: Number
    limited_units: tuple[int, ...]
    limited_over: int
    units: tuple[int, ...]
    left: int
    tied: tuple[int, ...]

    @cached_property
    def total_score(self) -> int:
        """Σ s, or 1 where every score is zero."""
        return sum(self.scores) or 1

    @cached_property
    def total(self) -> int:
        """The money of the pool in units, with what rounding left."""
        return sum(self.units) + self.left

    @cached_property
    def at(self) -> tuple[str | None, ...]:
        """The limit that each member stands at: "floor", "cap" or None."""

        def stands(limited: int, floor: int | None, cap: int | None, score: int) -> str | None:
            at_floor = floor is not None and limited == floor * self.limited_over
            at_cap = cap is not None and limited == cap * self.limited_over
            if at_floor and at_cap:  # a floor equal to the cap: whichever the multiplier would leave
                wanted = self.multiplier * self.entitled * Fraction(score, self.total_score)
                return "cap" if wanted > floor else "floor"  # type: ignore[operator]
            return "floor" if at_floor else "cap" if at_cap else None

        return tuple(map(stands, self.limited_units, self.floor_units, self.cap_units, self.scores))


@dataclass(frozen=True)
class Allocation:
    """测算结果: every stage of one split of the fund, for every recipient.

    ``splits`` are those of the pools, one where the rule has none.  The properties give the stages by
    recipient's id, exactly, in the currency's main unit, over all pools together.
    """

    scenario: Scenario
    splits: tuple[Split, ...]
    method_version: str

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

    def _summed(self, *of_splits: tuple[Split, Sequence[int], Number]) -> Frozen[str, Number]:
        """Σ over splits of numerator · rate by recipient, in the main unit; the rate is in units."""
        ids, unit = self.scenario.ids, Fraction(self.scenario.fund.unit)
        table: dict[str, Number] = dict.fromkeys(ids, 0)
        for split, numerators, rate in of_splits:
            size = unit * rate
            times, over = size.numerator, size.denominator
            for i, numerator in zip(split.members, numerators, strict=True):
                id, amount = ids[i], times * numerator
                more = amount if over == 1 else plain(Fraction(amount, over))
                table[id] = plain(table[id] + more) if table[id] else more
        return Frozen(table)

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
        """What the rule gives each recipient, earmarks included."""
        earmarks = self.earmarks
        split = self._summed(*((split, split.units, 1) for split in self.splits))
        return Frozen({i: plain(split[i] + earmarks[i]) for i in split})

    @cached_property
    def _corrections(self) -> tuple[Mapping[str, Number], Mapping[str, Number]]:
        return adjusted(self.scenario, self.before_adjustments)

    @property
    def adjustments(self) -> Mapping[str, Number]:
        """调整数, added up by recipient, with what each pays for others'."""
        return self._corrections[0]

    @cached_property
    def reservations(self) -> tuple[Reservation, ...]:
        """市级部门安排, with what they take of the rest and what they pay for adjustments."""
        scenario, fund = self.scenario, self.scenario.fund
        more = dict(self._corrections[1]) if scenario.adjustments else {}
        rounded = plain(sum(split.left for split in self.splits) * Fraction(fund.unit))
        taking = fund.rest_to if fund.rest_to is not None else fund.left
        if taking is not None and taking.reservation and (rounded > 0 or fund.rest_to is not None):
            more[taking.reservation] = plain(more.get(taking.reservation, 0) + rounded)
        if not more:
            return scenario.reservations
        return tuple(
            replace(r, amount=plain(r.amount + more.get(r.name.zh, 0))) for r in scenario.reservations
        )

    @property
    def reserved(self) -> Number:
        """Σ reservations."""
        return plain(sum((r.amount for r in self.reservations), start=0))

    @property
    def undistributed(self) -> Number:
        """未分配: what rounding and adjustments leave of the fund; below zero where they give too much."""
        return exact(self.scenario.fund.amount - self.total)

    @cached_property
    def earmarks(self) -> Mapping[str, Number]:
        """单列安排, added up by recipient."""
        table: dict[str, Number] = dict.fromkeys(self.scenario.ids, 0)
        for recipient, amount, _ in self.scenario.grants:
            table[recipient] = plain(table[recipient] + amount)
        return Frozen(table)

    @cached_property
    def shares(self) -> Mapping[str, Number]:
        """测算占比: each recipient's part of all entitlements; s_i / Σ s where the rule has no pools."""
        if len(self.splits) == 1:
            return self._by_id(plain(Fraction(s, self.split.total_score)) for s in self.split.scores)
        whole = sum(self.entitlements.values(), start=Fraction()) or 1
        return Frozen({id: plain(Fraction(amount) / whole) for id, amount in self.entitlements.items()})

    def contributed(self, split: Split, factor: str, *, bare: bool = False) -> Mapping[str, Number]:
        """The amounts that a factor brings in a pool; ``bare``: as if there were no coefficients."""
        parts, entitled = (split.bare, split.bare_entitled) if bare else (split.parts, split.entitled)
        total = sum(map(sum, split.bare.values())) if bare else split.total_score
        return self._summed((split, parts[factor], Fraction(entitled) / (total or 1)))

    @cached_property
    def contributions(self) -> Mapping[str, Mapping[str, Number]]:
        """因素分配额 by factor, then recipient; they add up to the entitlements."""
        table: dict[str, Mapping[str, Number]] = {}
        for split in self.splits:
            for factor in split.parts:
                brought = self.contributed(split, factor)
                if factor in table:
                    brought = Frozen({i: plain(table[factor][i] + amount) for i, amount in brought.items()})
                table[factor] = brought
        return Frozen(table)

    @cached_property
    def entitlements(self) -> Mapping[str, Number]:
        """测算额: e_i = D · s_i / Σ s, before limits and rounding; summed over pools."""
        return self._summed(*((s, s.scores, Fraction(s.entitled) / s.total_score) for s in self.splits))

    @cached_property
    def limited(self) -> Mapping[str, Number]:
        """a_i = min(max(k · e_i, floor_i), cap_i), before rounding; summed over pools."""
        return self._summed(*((s, s.limited_units, Fraction(1, s.limited_over)) for s in self.splits))

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
        for split in self.splits:
            for i, at in zip(split.members, split.at, strict=True):
                table[ids[i]] = table[ids[i]] or at
        return Frozen(table)

    @cached_property
    def tied(self) -> tuple[str, ...]:
        """Those among whom listed order decided who gets the last units, in any pool."""
        tied = {i for split in self.splits for i in split.tied}
        return tuple(id for i, id in enumerate(self.scenario.ids) if i in tied)

    @cached_property
    def rounding(self) -> Mapping[str, Number]:
        """取整及尾差: amount − adjustments − earmark − limited amount."""
        amounts, earmarks, limited = self.before_adjustments, self.earmarks, self.limited
        return Frozen({i: plain(amounts[i] - earmarks[i] - limited[i]) for i in amounts})

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """The stages in the order of the rule, pool by pool; each recipient's add up to its amount exactly.

        factor: what each weighted factor brings, as if there were no coefficients; coefficient: entitlement
        less that; limits: limited amount − entitlement (scale, where a fixed pool without limits is
        multiplied down to its money); rounding; earmark at last.  Weighted factors and rounding always have a
        stage, the others only where the scenario has anything of the kind.
        """
        found: list[Stage] = []
        for split in self.splits:
            found += self._stages(split)
        if self.scenario.earmarks:
            found.append(Stage("earmark", self.earmarks))
        if self.scenario.adjustments:
            found.append(Stage("adjustment", self.adjustments))
        return tuple(found)

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
            change = {i: plain(amount - before[i]) for i, amount in entitled.items()}
            found.append(Stage("coefficient", Frozen(change), pool=pool))
        some = any((limit.pool or "") == pool for limit in self.scenario.limits)
        if some or split.multiplier != 1:
            change = {i: plain(amount - entitled[i]) for i, amount in limited.items()}
            found.append(Stage("limits" if some else "scale", Frozen(change), pool=pool))
        amounts = self._summed((split, split.units, 1))
        change = {i: plain(amount - limited[i]) for i, amount in amounts.items()}
        found.append(Stage("rounding", Frozen(change), pool=pool))
        return found

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
