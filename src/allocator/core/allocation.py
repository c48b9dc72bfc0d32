"""The result of one split, stage by stage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from allocator.core.exact import Frozen, Number, plain
from allocator.core.model import Scenario


@dataclass(frozen=True)
class Allocation:
    """测算结果: every stage of one split, for every recipient.

    The stages are held as integers over common denominators, by position of the recipients that take part;
    the properties give them by recipient's id, exactly, in the currency's main unit.

    ``parts[j][i]`` over ``total_score`` is the share that factor j brings recipient i.  ``floor_units`` and
    ``cap_units`` are whole units or None.  ``limited_units[i]`` over ``limited_over`` is the amount after
    limits in units, ``units[i]`` that after rounding.  ``multiplier`` is the k of the limits (1 without).
    """

    scenario: Scenario
    parts: Mapping[str, tuple[int, ...]]
    scores: tuple[int, ...]
    total_score: int
    floor_units: tuple[int | None, ...]
    cap_units: tuple[int | None, ...]
    multiplier: Number
    limited_units: tuple[int, ...]
    limited_over: int
    units: tuple[int, ...]
    tied: tuple[str, ...]
    method_version: str

    def _by_id(self, values: Iterable[Any], otherwise: Any = 0) -> Frozen[str, Any]:
        """Values of those who take part, by id in listed order; the others get ``otherwise``."""
        ids = self.scenario.ids
        table = dict.fromkeys(ids, otherwise)
        table.update((ids[i], value) for i, value in zip(self.scenario.participants, values, strict=True))
        return Frozen(table)

    def _money(self, numerators: Iterable[int], over: int) -> Frozen[str, Number]:
        unit = self.scenario.fund.unit
        return self._by_id(plain(unit * Fraction(n, over)) for n in numerators)

    @cached_property
    def amounts(self) -> Mapping[str, Number]:
        """建议分配额: the amount of each recipient, earmarks included."""
        unit, earmarks = self.scenario.fund.unit, self.earmarks
        split = self._by_id(units * unit for units in self.units)
        return Frozen({i: plain(split[i] + earmarks[i]) for i in split})

    @cached_property
    def earmarks(self) -> Mapping[str, Number]:
        """单列安排, added up by recipient."""
        table: dict[str, Number] = dict.fromkeys(self.scenario.ids, 0)
        for earmark in self.scenario.earmarks:
            table[earmark.recipient] = plain(table[earmark.recipient] + earmark.amount)
        return Frozen(table)

    @cached_property
    def shares(self) -> Mapping[str, Number]:
        """测算占比: s_i / Σ s, each recipient's part of the split before limits."""
        return self._by_id(plain(Fraction(s, self.total_score)) for s in self.scores)

    @cached_property
    def contributions(self) -> Mapping[str, Mapping[str, Number]]:
        """因素分配额 by factor, then recipient; they add up to the entitlements."""
        total = self.scenario.distributable
        return Frozen(
            {f: self._by_id(plain(total * Fraction(p, self.total_score)) for p in part)
             for f, part in self.parts.items()}
        )  # fmt: skip

    @cached_property
    def entitlements(self) -> Mapping[str, Number]:
        """测算额: e_i = D · s_i / Σ s, before limits and rounding."""
        total = self.scenario.distributable
        return self._by_id(plain(total * Fraction(s, self.total_score)) for s in self.scores)

    @cached_property
    def limited(self) -> Mapping[str, Number]:
        """a_i = min(max(k · e_i, floor_i), cap_i), before rounding."""
        return self._money(self.limited_units, self.limited_over)

    @cached_property
    def floors(self) -> Mapping[str, Number | None]:
        """保底: each recipient's floor, rounded up to whole units; None where there is none."""
        unit = self.scenario.fund.unit
        return self._by_id((None if f is None else plain(f * unit) for f in self.floor_units), None)

    @cached_property
    def caps(self) -> Mapping[str, Number | None]:
        """封顶: each recipient's cap, rounded down to whole units; None where there is none."""
        unit = self.scenario.fund.unit
        return self._by_id((None if c is None else plain(c * unit) for c in self.cap_units), None)

    @cached_property
    def at(self) -> Mapping[str, str | None]:
        """The limit that each recipient stands at: "floor", "cap" or None."""

        def stands(limited: int, floor: int | None, cap: int | None, score: int) -> str | None:
            at_floor = floor is not None and limited == floor * self.limited_over
            at_cap = cap is not None and limited == cap * self.limited_over
            if at_floor and at_cap:  # a floor equal to the cap: whichever the multiplier would leave
                wanted = self.multiplier * self.scenario.distributable * Fraction(score, self.total_score)
                return "cap" if wanted > floor * self.scenario.fund.unit else "floor"  # type: ignore[operator]
            return "floor" if at_floor else "cap" if at_cap else None

        return self._by_id(
            map(stands, self.limited_units, self.floor_units, self.cap_units, self.scores), None
        )

    @cached_property
    def rounding(self) -> Mapping[str, Number]:
        """取整及尾差: amount − earmark − limited amount."""
        amounts, earmarks, limited = self.amounts, self.earmarks, self.limited
        return Frozen({i: plain(amounts[i] - earmarks[i] - limited[i]) for i in amounts})

    @property
    def total(self) -> Number:
        """Σ amounts + Σ reservations: always the fund, to the last unit."""
        return plain(sum(self.amounts.values(), start=0) + self.scenario.reserved)

    @property
    def differences(self) -> Mapping[str, Number] | None:
        """增减: amount − published, or None where nothing was published."""
        published = self.scenario.published
        if published is None:
            return None
        return Frozen({i: plain(amount - published[i]) for i, amount in self.amounts.items()})
