"""A scenario: one complete input of an allocation, checked when it is made."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from allocator.core.checks import amounts_by_id, check
from allocator.core.columns import Columns
from allocator.core.corrections import Adjustment, Deduction
from allocator.core.exact import Frozen, Number, Numbers, Scaled, exact, is_decimal, scaled
from allocator.core.limits import Limit
from allocator.core.many import AllRecipients
from allocator.core.parts import (
    Earmark,
    Factor,
    Fund,
    Party,
    Recipient,
    Reservation,
    Text,
    Use,
    number_at,
    put,
)
from allocator.core.pools import REST, Indicator, Pool
from allocator.core.provenance import Provenance
from allocator.core.stages.take_part import members, named

if TYPE_CHECKING:
    from allocator.core.formula import Formula

_LISTS = (
    "factors", "reservations", "earmarks", "limits", "provenance", "uses", "pools",
    "indicators", "deductions", "adjustments",
)  # fmt: skip


@dataclass(frozen=True)
class Scenario:
    """测算方案: one complete input of an allocation.

    ``weights`` are percent that add up to 100 (kind "shares") or multipliers (kind "scores"), keyed by
    factor.  ``coefficient`` names a column that multiplies each recipient's score.  ``factors`` may hold
    further columns without a weight, for ``coefficient``, formulas, conditions and the limits' ``by``.
    ``published``, ``previous`` and ``issued`` are amounts by recipient, ``uses`` what the fund was spent
    on.  With ``pools`` the rule stands there, and ``kind`` and ``weights`` are empty; ``indicators`` may be
    weighted in them.  Raises ScenarioError for whatever does not fit together.
    """

    title: Text
    fund: Fund
    kind: str
    weights: Mapping[str, Number]
    recipients: tuple[Recipient, ...]
    factors: tuple[Factor, ...]
    coefficient: str | None = None
    reservations: tuple[Reservation, ...] = ()
    earmarks: tuple[Earmark, ...] = ()
    limits: tuple[Limit, ...] = ()
    published: Mapping[str, Number] | None = None
    previous: Mapping[str, Number] | None = None
    provenance: tuple[Provenance, ...] = ()
    uses: tuple[Use, ...] = ()
    pools: tuple[Pool, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    deductions: tuple[Deduction, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    issued: Mapping[str, Number] | None = None

    def __post_init__(self) -> None:
        put(
            self,
            title=Text.of(self.title),
            weights=Frozen({f: number_at(w, f"weights.{f}") for f, w in self.weights.items()}),
            recipients=AllRecipients.of(self.recipients),
            **{name: tuple(getattr(self, name)) for name in _LISTS},
        )
        for name in ("published", "previous", "issued"):
            if getattr(self, name) is not None:
                put(self, **{name: amounts_by_id(self, name)})
        check(self)

    # --- what it says -----------------------------------------------------------------------------

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The recipients' ids, in listed order."""
        return AllRecipients.of(self.recipients).ids

    @cached_property
    def position(self) -> Mapping[str, int]:
        """The position of each recipient in the list, by id."""
        return AllRecipients.of(self.recipients).position

    @property
    def reserved(self) -> Number:
        """ΣR: the money that departments get before the split."""
        return exact(sum((r.amount for r in self.reservations), start=0))

    @property
    def earmarked(self) -> Number:
        """ΣE: the money set apart for single recipients."""
        return exact(sum((amount for _, amount, _ in self.grants), start=0))

    @property
    def distributable(self) -> Number:
        """D = A − ΣR − ΣE: 按因素法分配额."""
        return exact(self.fund.amount - self.reserved - self.earmarked)

    @cached_property
    def grants(self) -> tuple[tuple[str, Number, bool], ...]:
        """The earmarks one by one: recipient, amount, and True where it takes part in the split as well."""
        found = []
        for earmark in self.earmarks:
            found += [(id, earmark.amount, earmark.also_shares) for id in self.granted(earmark)]
        return tuple(found)

    def granted(self, earmark: Earmark) -> list[str]:
        """The ids of those whom an earmark gives its amount, in listed order."""
        if earmark.where is None and earmark.recipients is None:
            return [earmark.recipient]
        among = named(self, range(len(self.recipients)), earmark.recipients or (earmark.recipient,))
        if earmark.where is not None:
            number = self.earmarks.index(earmark) + 1
            among = self.meeting(earmark.where, among, f"earmark.{number}.where")
        return [self.ids[i] for i in among]

    @cached_property
    def participants(self) -> tuple[int, ...]:
        """Positions of the recipients that take part in the split: all but those with only an earmark."""
        apart = {id for id, _, also_shares in self.grants if not also_shares}
        if not apart:
            return tuple(range(len(self.recipients)))
        return tuple(i for i, recipient in enumerate(self.recipients) if recipient.id not in apart)

    @cached_property
    def rules(self) -> tuple[Pool, ...]:
        """The pools; without any, the one of all the money that kind, weights and coefficient make up."""
        if self.pools:
            return self.pools
        coefficients = () if self.coefficient is None else (self.coefficient,)
        return (Pool("", self.kind, self.weights, REST, coefficients=coefficients),)

    @cached_property
    def members(self) -> Mapping[str, tuple[int, ...]]:
        """Positions of the recipients that take part in each pool, by the pool's id."""
        return Frozen({pool.id: members(self, pool) for pool in self.rules})

    def held(self, pool: str) -> Mapping[int, Number]:
        """The money that each holds already for a pool, by position; with "all" for all pools together."""
        found: dict[int, Number] = {}
        if not self.deductions:
            return found
        only = self.rules[0].id if len(self.rules) == 1 else None
        for deduction in self.deductions:
            own = only if deduction.pool is None else deduction.pool
            if pool in ("all", own):
                at = self.position[deduction.recipient]
                found[at] = exact(found.get(at, 0) + deduction.amount)
        return found

    @cached_property
    def conditions(self) -> Mapping[str, Formula]:
        """The conditions of pools, limits and earmarks, by the dotted key each has in a scenario file."""
        found = {pool.key("where"): pool.where for pool in self.pools}
        limits = [(number, limit) for number, limit in enumerate(self.limits, 1) if limit.where is not None]
        found |= {f"limit.{number}.where": limit.where for number, limit in limits}
        found |= {f"earmark.{number}.where": mark.where for number, mark in enumerate(self.earmarks, 1)}
        return Frozen({key: where for key, where in found.items() if where is not None})

    @cached_property
    def weighted(self) -> Mapping[str, Mapping[str, Number]]:
        """The weights of the factors in each pool, with those of indicators handed down, by the pool's id."""
        return Frozen({pool.id: pool.effective(self.indicators) for pool in self.rules})

    @cached_property
    def beyond(self) -> tuple[str, ...]:
        """The kinds of clauses that format 1 cannot say, in the order of the rule; empty for most."""
        found = {
            "pools": any(pool.id for pool in self.pools),
            "fixed": any(pool.kind == "fixed" for pool in self.pools),
            "indicators": bool(self.indicators),
            "formulas": any(f.formula is not None for f in self.factors),
            "texts": any(f.text or f.signed for f in self.factors),
            "conditions": bool(self.conditions),
            "taking": any(pool.recipients != "all" for pool in self.pools),
            "coefficients": any(len(pool.coefficients) > 1 for pool in self.pools),
            "earmarks": any(earmark.recipients is not None for earmark in self.earmarks),
            "units": not isinstance(self.fund.currency, str),
            "roundings": self.fund.rounding in ("each-alone", "rest-to"),
            "deductions": bool(self.deductions),
            "issued": self.issued is not None,
            "adjustments": bool(self.adjustments),
            "bounds": any(limit.formulas for limit in self.limits),
            "groups": any(limit.together for limit in self.limits),
            "overall": any(limit.pool == "all" for limit in self.limits),
            "gains": any(pool.floors is not None for pool in self.pools),
            "phase_in": any(pool.phase_in is not None for pool in self.pools),
        }
        return tuple(kind for kind, there in found.items() if there)

    def _bases(self) -> Iterable[Text | None]:
        for clauses in (
            self.pools,
            self.limits,
            self.earmarks,
            self.factors,
            self.indicators,
            self.deductions,
            self.adjustments,
        ):
            yield from (clause.basis for clause in clauses)

    @property
    def format(self) -> int:
        """The format that a file of this scenario needs: 1 wherever that can express it."""
        whole = all(is_decimal(weight) for weight in self.weights.values())
        plain = whole and not self.pools and not self.beyond
        return 1 if plain and not any(self._bases()) and not self._blank() else 2

    def _blank(self) -> bool:
        """True where one who takes part has no value in a column of data."""
        return any(factor.values[i] is None for factor in self.factors for i in self.participants)

    @cached_property
    def behind(self) -> tuple[Factor, ...]:
        """The columns of data that the rule rests on: the weighted factors, with format 2 all it uses."""
        weighted = [factor for weights in self.weighted.values() for factor in weights]
        if not self.columns and not self.pools:
            return tuple(self.factor(id) for id in weighted)
        behind = self.columns.used
        return tuple(f for f in self.factors if f.id in behind and f.formula is None)

    @property
    def assumed(self) -> tuple[Factor, ...]:
        """The columns that the amounts rest on whose data is assumed or an example."""
        return tuple(f for f in self.resting_on if f.status in ("assumed", "example"))

    @property
    def resting_on(self) -> tuple[Factor, ...]:
        """The columns of data that the amounts rest on: those behind the rule, without weights of zero."""
        used = {f for weights in self.weighted.values() for f, weight in weights.items() if weight}
        if self.columns or self.pools:
            used |= self.columns.used
        return tuple(f for f in self.behind if f.id in used)

    # --- its columns ------------------------------------------------------------------------------

    def factor(self, id: str) -> Factor:
        """The column with this id; raises KeyError when there is none."""
        for factor in self.factors:
            if factor.id == id:
                return factor
        raise KeyError(id)

    @cached_property
    def columns(self) -> Columns:
        """The columns as formulas and conditions see them; false where there are no formulas."""
        return Columns(self)

    def numbers(self, id: str, positions: Iterable[int]) -> tuple[Number, ...]:
        """The values of one column, of a formula too, at these positions.

        Raises ScenarioError where a formula cannot be worked out.
        """
        factor = self.factor(id)
        if factor.formula is not None:
            return self.columns.numbers(id, tuple(positions))
        return tuple(map(factor.values.__getitem__, positions))

    def scaled(self, id: str, positions: Sequence[int]) -> Scaled:
        """The values of one column at these positions as integers over one common denominator."""
        factor = self.factor(id)
        if factor.formula is None and len(positions) == len(factor.values):
            return factor.scaled
        return scaled(self.numbers(id, positions))

    def column(self, id: str) -> tuple[Number, ...]:
        """The values of one column for the recipients that take part, in listed order."""
        return self.numbers(id, self.participants)

    def meeting(self, where: Formula, among: Sequence[int], key: str) -> list[int]:
        """Those of the positions at which a condition holds; whole columns in it are those of ``among``."""
        return self.columns.meeting(where, among, key)

    def with_weights(self, **weights: int | Fraction | Decimal | float | str) -> Scenario:
        """The same scenario under other weights; factors not named keep theirs."""
        return replace(self, weights={**self.weights, **weights})  # type: ignore[dict-item]

    @cached_property
    def digest(self) -> str:
        """A hash over everything that decides the numbers, the same on every machine.

        What a scenario does not use is absent from it, so that it keeps the digest that stands on its papers.
        """

        def plain(value: Any) -> Any:
            if type(value) is str:
                return value
            if isinstance(value, int | Fraction) and not isinstance(value, bool):
                return str(value)
            if isinstance(value, Mapping):
                return dict(zip(value, all_plain(list(value.values())), strict=True))
            if isinstance(value, Sequence) and not isinstance(value, str):
                return all_plain(value)
            return getattr(value, "text", value)  # a formula is what is written

        def all_plain(values: Sequence[Any]) -> list[Any]:
            kinds = set(map(type, values))
            if kinds <= {int, Fraction}:
                return list(map(str, values))
            return list(values) if kinds == {str} else list(map(plain, values))

        used: Iterable[str | None] = {*self.weights, self.coefficient, *(limit.by for limit in self.limits)}
        if self.columns or self.pools:
            used = self.columns.used
        currency = self.fund.currency if isinstance(self.fund.currency, str) else self.fund.currency.zh
        content = {
            "fund": [self.fund.amount, currency, self.fund.unit, self.fund.rounding],
            "method": [self.kind, self.coefficient],
            "weights": self.weights,
            "reservations": [r.amount for r in self.reservations],
            "earmarks": [
                [e.recipient, e.amount, e.also_shares, *_set(e, "recipients", "where")] for e in self.earmarks
            ],
            "limits": [_limit_content(limit) for limit in self.limits],
            "published": self.published,
            "previous": self.previous,
        }
        for name in ("rest_to", "left"):
            target = getattr(self.fund, name)
            if target is not None:
                content[name] = [target.recipient, target.reservation]
        if self.fund.below_zero is not None:
            content["below_zero"] = self.fund.below_zero
        if self.issued is not None:
            content["issued"] = self.issued
        if self.deductions:
            content["deductions"] = [[d.recipient, d.amount, d.pool] for d in self.deductions]
        if self.adjustments:
            content["adjustments"] = [[a.recipient, a.amount, _payer(a)] for a in self.adjustments]
        if self.pools:
            content["pools"] = [[pool.id, *_set(pool, *_POOL)] for pool in self.pools]
        if self.indicators:
            content["indicators"] = {indicator.id: indicator.parts for indicator in self.indicators}

        def written(value: Any) -> str:
            # nothing holds itself, and of a whole country looking for that takes long
            return json.dumps(value, sort_keys=True, separators=(",", ":"), check_circular=False)

        factors = {
            f.id: f.values.as_json if isinstance(f.values, Numbers) and f.formula is None
            else written(plain(_factor_content(f)))
            for f in self.factors if f.id in used
        }  # fmt: skip
        parts = {key: written(plain(value)) for key, value in content.items()}
        parts |= {"recipients": AllRecipients.of(self.recipients).as_json, "factors": _object(factors)}
        return "sha256:" + hashlib.sha256(_object(parts).encode()).hexdigest()


def _object(parts: Mapping[str, str]) -> str:
    """An object of JSON, its values written already."""
    return "{" + ",".join(f"{json.dumps(key)}:{parts[key]}" for key in sorted(parts)) + "}"


_POOL = (
    "kind", "weights", "amount", "percent", "coefficients", "recipients", "where", "over", "floors",
    "phase_in",
)  # fmt: skip
_LIMIT = ("recipients", "floor", "floor_rate", "cap", "cap_rate", "of", "by")  # of version 0.1.0


def _payer(adjustment: Adjustment) -> object:
    paid_by = adjustment.paid_by
    return [paid_by.recipient, paid_by.reservation] if isinstance(paid_by, Party) else paid_by


def _set(thing: object, *names: str) -> list[object]:
    """The named fields that are set, each with its name; one that is false is not."""
    values = ((name, getattr(thing, name)) for name in names)
    return [[name, value] for name, value in values if value is not None and value is not False]


def _factor_content(factor: Factor) -> object:
    if factor.formula is None:
        return factor.values
    return ["formula", factor.formula, *([] if factor.round is None else [factor.round])]


def _limit_content(limit: Limit) -> list[object]:
    """The fields of a limit that the digest covers; one added later counts only where it is set."""
    later = [name for name in vars(limit) if name not in (*_LIMIT, "basis")]
    return [*(getattr(limit, name) for name in _LIMIT), *_set(limit, *later)]
