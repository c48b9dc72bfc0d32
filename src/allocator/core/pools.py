"""Pools 分项（切块） and indicators 一级指标: the parts of a rule that has more than one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from allocator.core.exact import Frozen, Number
from allocator.core.parts import Text, check_id, in_full, money_at, number_at, put, wrong

if TYPE_CHECKING:
    from allocator.core.formula import Formula

KINDS = ("shares", "scores", "fixed")
NEEDED, REST = "needed", "rest"
FROM_GAINS = "from-gains"


@dataclass(frozen=True)
class Indicator:
    """一级指标: parts (factor: percent, adding up to 100) that are weighted together under one id."""

    id: str
    parts: Mapping[str, Number]
    name: Text = None  # type: ignore[assignment]  # made from the id where none is given
    basis: Text | None = None

    def __post_init__(self) -> None:
        key = f"indicator.{self.id}"
        put(self, id=check_id(self.id, "scenario"), name=Text.of(self.name or self.id))
        put(self, parts=Frozen({f: number_at(w, f"{key}.parts.{f}") for f, w in self.parts.items()}))
        total = sum(self.parts.values(), start=0)
        if total != 100:
            wrong("indicator_sum", at={"key": f"{key}.parts"}, total=in_full(total))
        if self.basis is not None:
            put(self, basis=Text.of(self.basis))


@dataclass(frozen=True)
class Pool:
    """分项: a part of the new money with a rule of its own.

    ``amount`` is money in the main unit, "needed" (what a fixed pool comes to) or "rest"; or ``percent`` of
    the distributable amount stands in its place.  ``kind`` "shares" splits by w_j · x_ij / Σ_k x_kj, "scores"
    by w_j · x_ij, "fixed" pays Σ_j w_j · x_ij in money.  ``weights`` are keyed by factor or indicator:
    percent adding up to 100 for shares, else any; ``coefficients`` name columns that multiply.  Those of
    ``recipients`` (all, a kind, or listed ids) that meet ``where`` take part.  ``over`` "scale" multiplies a
    fixed pool down to its amount.  ``floors`` "from-gains" pays floors from what others gain.  ``phase_in``
    is the part of the entitlements that goes by the rule and not by last year's amounts.  The pool of a rule
    without pools has no id and the rest of the money.
    """

    id: str
    kind: str
    weights: Mapping[str, Number]
    amount: Number | str | None = None
    percent: Number | None = None
    name: Text = None  # type: ignore[assignment]  # made from the id where none is given
    coefficients: tuple[str, ...] = ()
    recipients: str | tuple[str, ...] = "all"
    where: Formula | None = None
    over: str | None = None
    floors: str | None = None
    phase_in: Number | None = None
    basis: Text | None = None

    def __post_init__(self) -> None:
        put(self, id=self.id and check_id(self.id, "scenario"), coefficients=tuple(self.coefficients))
        put(self, name=Text.of(self.name or self.id or "—"))
        if self.id == "all":
            wrong("pool_all", at={"key": "pool.all"})
        if self.basis is not None:
            put(self, basis=Text.of(self.basis))
        if self.kind not in KINDS:
            wrong("choice", at={"key": self.key("kind")}, value=self.kind, known=KINDS)
        if not isinstance(self.recipients, str):
            put(self, recipients=tuple(self.recipients))
        if not self.recipients:
            wrong("pool_nobody_named", at={"key": self.key("recipients")})
        self._check_money()
        self._check_weights()
        self._check_ways()
        if len({*self.coefficients}) < len(self.coefficients):
            twice = next(c for c in self.coefficients if self.coefficients.count(c) > 1)
            wrong("coefficient_twice", at={"key": self.key("coefficient")}, name=twice)

    def key(self, name: str) -> str:
        """The dotted key of a field of this pool in a scenario file."""
        if not self.id:
            return name if name == "weights" or name.startswith("weights.") else f"method.{name}"
        return f"pool.{self.id}.{name}"

    def place(self, name: str) -> dict[str, object]:
        """The place of a field of this pool for a problem; none for a rule without pools."""
        return {"key": self.key(name)} if self.id else {}

    def _check_money(self) -> None:
        if self.amount is not None and self.percent is not None:
            wrong("pool_money_twice", at={"key": self.key("percent")})
        if self.amount is None and self.percent is None:
            wrong("pool_money_missing", at={"key": f"pool.{self.id}"})
        if isinstance(self.amount, str):
            if self.amount not in (NEEDED, REST):
                wrong("pool_amount", at={"key": self.key("amount")}, value=self.amount[:40])
        elif self.amount is not None:
            put(self, amount=money_at(self.amount, self.key("amount")))
        if self.percent is not None:
            put(self, percent=number_at(self.percent, self.key("percent")))
            if self.percent > 100:
                wrong("pool_percent", at={"key": self.key("percent")}, value=self.percent)
        if self.kind != "fixed" and self.amount == NEEDED:
            wrong("pool_needed", at={"key": self.key("amount")})
        if self.over is not None and (self.kind != "fixed" or self.over != "scale" or self.amount == NEEDED):
            wrong("pool_over", at={"key": self.key("over")}, value=self.over[:40])

    def _check_ways(self) -> None:
        if self.floors is not None:
            if self.floors != FROM_GAINS:
                wrong("choice", at={"key": self.key("floors")}, value=self.floors[:40], known=(FROM_GAINS,))
            if self.kind == "fixed":
                wrong("gains_fixed", at={"key": self.key("floors")})
        if self.phase_in is not None:
            put(self, phase_in=number_at(self.phase_in, self.key("phase_in")))
            if self.phase_in > 1:
                wrong("phase_in", at={"key": self.key("phase_in")}, value=self.phase_in)
            if self.id:
                wrong("phase_in_pool", at={"key": self.key("phase_in")})
            if self.kind == "fixed":
                wrong("phase_in_fixed", at={"key": self.key("phase_in")})

    def _check_weights(self) -> None:
        weights = {f: number_at(w, self.key(f"weights.{f}")) for f, w in self.weights.items()}
        put(self, weights=Frozen(weights))
        total = sum(weights.values(), start=0)
        if self.kind == "shares" and total != 100:
            wrong("weights_sum", at={"key": self.key("weights")}, total=in_full(total))
        if not total and self.kind != "fixed":
            wrong("weights_zero", at={"key": self.key("weights")})

    def effective(self, indicators: Iterable[Indicator]) -> Mapping[str, Number]:
        """The weight of each factor, with those of indicators handed down to their parts: w · part / 100.

        Raises ScenarioError where a factor is weighted twice.
        """
        by_id = {indicator.id: indicator for indicator in indicators}
        found: dict[str, Number] = {}
        for name, weight in self.weights.items():
            parts = by_id[name].parts if name in by_id else {name: 100}
            for factor, part in parts.items():
                if factor in found:
                    wrong("weighted_twice", at={"key": self.key("weights")}, name=factor)
                share = Fraction(weight) * part / 100
                found[factor] = share.numerator if share.denominator == 1 else share
        return Frozen(found)
