"""A scenario: one complete input of an allocation, checked when it is made."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any, Never

from allocator.core.errors import ScenarioError
from allocator.core.exact import Frozen, Number, exact, nearest_unit
from allocator.core.naming import guess, names_of, unknown_recipient
from allocator.core.parts import (
    Earmark,
    Factor,
    Fund,
    Limit,
    Provenance,
    Recipient,
    Reservation,
    Text,
    Use,
    in_full,
    lookup,
    money_at,
    number_at,
    put,
    wrong,
)
from allocator.text import Money

KINDS = ("shares", "scores")
_LISTS = ("recipients", "factors", "reservations", "earmarks", "limits", "provenance", "uses")


@dataclass(frozen=True)
class Scenario:
    """测算方案: one complete input of an allocation.

    ``weights`` are percent that add up to 100 (kind "shares") or multipliers (kind "scores"), keyed by
    factor.  ``coefficient`` names a column that multiplies each recipient's score.  ``factors`` may hold
    further columns without a weight, for ``coefficient`` and the limits' ``by``.  ``published`` and
    ``previous`` are amounts by recipient, ``uses`` what the fund was spent on.
    Raises ScenarioError for whatever does not fit together.
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

    def __post_init__(self) -> None:
        put(
            self,
            title=Text.of(self.title),
            weights=Frozen({f: number_at(w, f"weights.{f}") for f, w in self.weights.items()}),
            **{name: tuple(getattr(self, name)) for name in _LISTS},
        )
        self._check_recipients()
        for name in ("published", "previous"):
            if getattr(self, name) is not None:
                put(self, **{name: self._amounts(name)})
        self._check_weights()
        self._check_money()
        self._check_columns()
        self._check_limits()

    # --- what it says -----------------------------------------------------------------------------

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The recipients' ids, in listed order."""
        return tuple(recipient.id for recipient in self.recipients)

    @property
    def reserved(self) -> Number:
        """ΣR: the money that departments get before the split."""
        return exact(sum((r.amount for r in self.reservations), start=0))

    @property
    def earmarked(self) -> Number:
        """ΣE: the money set apart for single recipients."""
        return exact(sum((e.amount for e in self.earmarks), start=0))

    @property
    def distributable(self) -> Number:
        """D = A − ΣR − ΣE: 按因素法分配额."""
        return exact(self.fund.amount - self.reserved - self.earmarked)

    @cached_property
    def participants(self) -> tuple[int, ...]:
        """Positions of the recipients that take part in the split: all but those with only an earmark."""
        apart = {earmark.recipient for earmark in self.earmarks if not earmark.also_shares}
        return tuple(i for i, recipient in enumerate(self.recipients) if recipient.id not in apart)

    @property
    def assumed(self) -> tuple[Factor, ...]:
        """The weighted factors whose data is assumed or an example."""
        return tuple(
            f for f in self.factors if self.weights.get(f.id, 0) and f.status in ("assumed", "example")
        )

    def factor(self, id: str) -> Factor:
        """The column with this id; raises KeyError when there is none."""
        for factor in self.factors:
            if factor.id == id:
                return factor
        raise KeyError(id)

    def column(self, id: str) -> tuple[Number, ...]:
        """The values of one column for the recipients that take part, in listed order."""
        values = self.factor(id).values
        return tuple(values[i] for i in self.participants)  # type: ignore[misc]

    def with_weights(self, **weights: int | Fraction | Decimal | float | str) -> Scenario:
        """The same scenario under other weights; factors not named keep theirs."""
        return replace(self, weights={**self.weights, **weights})  # type: ignore[dict-item]

    @cached_property
    def digest(self) -> str:
        """A hash over everything that decides the numbers, the same on every machine."""

        def plain(value: object) -> object:
            if isinstance(value, int | Fraction) and not isinstance(value, bool):
                return str(value)
            if isinstance(value, Mapping):
                return {key: plain(item) for key, item in value.items()}
            if isinstance(value, Sequence) and not isinstance(value, str):
                return [plain(item) for item in value]
            return value

        used = {*self.weights, self.coefficient, *(limit.by for limit in self.limits)}
        content = {
            "fund": [self.fund.amount, self.fund.currency, self.fund.unit, self.fund.rounding],
            "method": [self.kind, self.coefficient],
            "weights": self.weights,
            "recipients": [[r.id, r.kind] for r in self.recipients],
            "factors": {f.id: f.values for f in self.factors if f.id in used},
            "reservations": [r.amount for r in self.reservations],
            "earmarks": [[e.recipient, e.amount, e.also_shares] for e in self.earmarks],
            "limits": [_limit_content(limit) for limit in self.limits],
            "published": self.published,
            "previous": self.previous,
        }
        text = json.dumps(plain(content), sort_keys=True, separators=(",", ":"))
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()

    # --- what must hold ---------------------------------------------------------------------------

    def _check_recipients(self) -> None:
        ids, factors = self.ids, [f.id for f in self.factors]
        known = set(ids)
        if not ids:
            wrong("no_recipients", "recipients")
        for names, key, part in (
            (ids, "recipient_twice", "recipients"),
            (["recipient", *factors], "column_twice", "factors"),
        ):
            twice = [name for name, count in Counter(names).items() if count > 1]
            if twice:
                wrong(key, part, name=twice[0])
        lookup(self.recipients)
        for factor in self.factors:
            if len(factor.values) != len(ids):
                wrong(
                    "column_length",
                    "factors",
                    {"column": factor.id},
                    found=len(factor.values),
                    should=len(ids),
                )
        cells: set[tuple[str, str]] = set()
        for cell in self.provenance:
            here = cell.recipient, cell.factor
            if here in cells:
                wrong("recipient_twice", "provenance", name=" × ".join(here))
            cells.add(here)
            if cell.recipient not in known:
                self._unknown(cell.recipient, "provenance")
            if cell.factor not in factors:
                wrong("column_unknown", "provenance", name=cell.factor, guess=guess(cell.factor, factors))

    def _amounts(self, name: str) -> Frozen[str, Number]:
        amounts: Mapping[str, Any] = getattr(self, name)
        known = set(self.ids)
        for recipient in amounts:
            if recipient not in known:
                self._unknown(recipient, name)
        missing = [r.name for r in self.recipients if r.id not in amounts]
        if missing:
            wrong("recipient_missing", name, names=missing[:10], count=len(missing))
        return Frozen({i: money_at(amounts[i], f"{name}.{i}") for i in self.ids})

    def _unknown(self, name: str, part: str = "scenario", at: Mapping[str, object] | None = None) -> Never:
        raise ScenarioError(unknown_recipient(name, names_of(self.recipients), part, at))

    def _check_weights(self) -> None:
        if self.kind not in KINDS:
            wrong("choice", at={"key": "method.kind"}, value=self.kind, known=KINDS)
        columns = [f.id for f in self.factors]
        for name in self.weights:
            if name not in columns:
                at = {"key": f"weights.{name}"}
                wrong("weight_unknown", at=at, name=name, guess=guess(name, columns))
        total = sum(self.weights.values(), start=0)
        if self.kind == "shares" and total != 100:
            wrong("weights_sum", at={"key": "weights"}, total=in_full(total))
        if not total:
            wrong("weights_zero", at={"key": "weights"})
        if self.coefficient is not None and self.coefficient not in columns:
            proposed = guess(self.coefficient, columns)
            wrong("column_unknown", at={"key": "method.coefficient"}, name=self.coefficient, guess=proposed)

    def _check_money(self) -> None:
        known = set(self.ids)
        shares: dict[str, bool] = {}
        for number, earmark in enumerate(self.earmarks, 1):
            if earmark.recipient not in known:
                self._unknown(earmark.recipient, at={"key": f"earmark.{number}.recipient"})
            if shares.setdefault(earmark.recipient, earmark.also_shares) != earmark.also_shares:
                wrong("earmark_both", at={"key": f"earmark.{number}.also_shares"}, name=earmark.recipient)
        left, unit = self.distributable, self.fund.unit

        def money(amount: Number) -> Money:
            return Money(amount, self.fund.currency)

        if left < 0:
            wrong(
                "overspent",
                at={"key": "fund.amount"},
                fund=money(self.fund.amount),
                reserved=money(self.reserved),
                earmarked=money(self.earmarked),
                over=money(-left),
            )
        if left % unit:
            near = nearest_unit(left, unit)
            wrong("unit", at={"key": "fund.unit"}, unit=money(unit), left=money(left), nearest=money(near))
        if left and not self.participants:
            wrong("nobody_shares", at={"key": "earmark"}, left=money(left))

    def _check_columns(self) -> None:
        columns = [f.id for f in self.factors]
        for number, limit in enumerate(self.limits, 1):
            if limit.by is not None and limit.by not in columns:
                at = {"key": f"limit.{number}.by"}
                wrong("column_unknown", at=at, name=limit.by, guess=guess(limit.by, columns))
        used = {
            **dict.fromkeys(self.weights, "weights"),
            **({self.coefficient: "coefficient"} if self.coefficient else {}),
            **{limit.by: "by" for limit in self.limits if limit.by is not None},
        }
        for name, use in used.items():
            column = self.column(name)
            if None in column:
                blank = [
                    self.recipients[i].name
                    for i, x in zip(self.participants, column, strict=True)
                    if x is None
                ]
                wrong("cell_blank", "factors", {"column": name}, names=blank[:10])
            weighted = use != "weights" or (self.kind == "shares" and self.weights[name])
            if not weighted or not self.participants or any(column):
                continue
            if use == "weights":
                wrong("column_zero", "factors", {"column": name}, name=name)
            elif use == "by":
                wrong("by_zero", "factors", {"column": name}, name=name)

    def _check_limits(self) -> None:
        known = set(self.ids)
        taking = {self.recipients[i].id for i in self.participants}
        kinds = {self.recipients[i].kind for i in self.participants}
        for number, limit in enumerate(self.limits, 1):
            at = {"key": f"limit.{number}.recipients"}
            if isinstance(limit.recipients, str):
                if limit.recipients != "all" and limit.recipients not in kinds:
                    wrong("limit_kind", at=at, kind=limit.recipients,
                           known=sorted(kinds - {""}) or "—")  # fmt: skip
            else:
                for id in limit.recipients:
                    if id not in known:
                        self._unknown(id, at=at)
                    if id not in taking:
                        wrong("limit_apart", at=at, name=id)
            if limit.of == "previous" and self.previous is None:
                wrong("limit_previous", at={"key": f"limit.{number}.of"})


_LIMIT = ("recipients", "floor", "floor_rate", "cap", "cap_rate", "of", "by")  # of version 0.1.0


def _limit_content(limit: Limit) -> list[object]:
    """The fields of a limit that the digest covers; one added later counts only where it is set.

    So scenarios that do not use it keep the digest that stands on their papers.
    """
    values = dict(vars(limit))
    first = [values.pop(name) for name in _LIMIT]
    return [*first, *([name, value] for name, value in values.items() if value is not None)]
