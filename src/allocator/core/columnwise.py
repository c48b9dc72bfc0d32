"""The stages of an allocation column by column: integers over one denominator, in listed order.

`Allocation` gives the same figures by id, as fractions; whoever needs a whole column of them takes it from
here, where nothing is divided.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from allocator.core.exact import Number, Scaled, less, scaled, summed

if TYPE_CHECKING:
    from allocator.core.model import Scenario
    from allocator.core.split import Rounded, Split

Of = tuple["Rounded", Sequence[Number], Number]  # a split, a number for each member, and a rate in units


@dataclass(frozen=True)
class Columnwise:
    """Every stage of an allocation over all its recipients, in the currency's main unit.

    ``last`` are the splits whose units are the amounts: those of the pools, or the one over all pools.
    """

    scenario: Scenario
    splits: tuple[Split, ...]
    last: tuple[Rounded, ...]

    @cached_property
    def _everybody(self) -> tuple[int, ...]:
        return tuple(range(len(self.scenario.recipients)))

    def summed(self, *of_splits: Of) -> Scaled:
        """Σ over splits of number · rate by recipient, in the main unit; the rate is in units."""
        unit = Fraction(self.scenario.fund.unit)
        columns = [
            self._placed(split, scaled(numbers)).times(unit * rate) for split, numbers, rate in of_splits
        ]
        return columns[0] if len(columns) == 1 else summed(*columns)

    def _placed(self, split: Rounded, column: Scaled) -> Scaled:
        """A column of a split's members as one of all recipients, zero for the others."""
        if split.members == self._everybody:
            return column
        placed = [0] * len(self._everybody)
        for i, numerator in zip(split.members, column.numerators, strict=True):
            placed[i] = numerator
        return Scaled(placed, column.over)

    def of(self, amounts: Mapping[str, Number]) -> Scaled:
        """A table by recipient, as a column."""
        return scaled([amounts[id] for id in self.scenario.ids])

    def contributed(self, split: Split, factor: str, *, bare: bool = False) -> Scaled:
        """The amounts that a factor brings in a pool; ``bare``: as if there were no coefficients."""
        parts, entitled = (split.bare, split.bare_entitled) if bare else (split.parts, split.entitled)
        total = sum(map(sum, split.bare.values())) if bare else split.total_score
        return self.summed((split, parts[factor], Fraction(entitled) / (total or 1)))

    @cached_property
    def contributions(self) -> Mapping[str, Scaled]:
        """因素分配额 by factor."""
        found: dict[str, Scaled] = {}
        for split in self.splits:
            for factor in split.parts:
                brought = self.contributed(split, factor)
                found[factor] = summed(found[factor], brought) if factor in found else brought
        return found

    @cached_property
    def shares(self) -> Scaled:
        """测算占比: each recipient's part of all entitlements; s_i / Σ s where the rule has no pools."""
        if len(self.splits) == 1:
            (split,) = self.splits
            return self._placed(split, Scaled(split.by, split.total_by))
        numerators = self.entitlements.numerators
        return Scaled(numerators, sum(numerators) or 1)

    @cached_property
    def entitlements(self) -> Scaled:
        """测算额: e_i = D · s_i / Σ s, before limits and rounding; summed over pools."""
        return self.summed(*((s, s.by, Fraction(s.entitled) / s.total_by) for s in self.splits))

    @cached_property
    def limited(self) -> Scaled:
        """a_i = min(max(k · e_i, floor_i), cap_i), before rounding; summed over pools."""
        return self.summed(*((s, s.limited_units, Fraction(1, s.limited_over)) for s in self.last))

    @cached_property
    def before_adjustments(self) -> Scaled:
        """The amounts that the rule gives, earmarks included."""
        units = self.summed(*((split, split.units, 1) for split in self.last))
        return summed(units, self.earmarks) if self.scenario.earmarks else units

    @cached_property
    def earmarks(self) -> Scaled:
        """单列安排, added up by recipient."""
        table: dict[str, Number] = dict.fromkeys(self.scenario.ids, 0)
        for recipient, amount, _ in self.scenario.grants:
            table[recipient] += amount
        return self.of(table)

    @cached_property
    def rounding(self) -> Scaled:
        """取整及尾差: amount − adjustments − earmark − limited amount."""
        return less(self.before_adjustments, self.earmarks, self.limited)
