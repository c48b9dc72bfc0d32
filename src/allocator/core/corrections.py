"""Money that is not new, and hands that correct: deductions, adjustments, and who pays for them.

A deduction 扣减结转结余 counts money already held as part of what is allocated.  An adjustment 调整数 changes
an amount by hand after everything else, with its reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from allocator.core.exact import Number, TooManyDecimals, exact, plain, scaled
from allocator.core.parts import Text, brief, in_full, money_at, put, wrong
from allocator.core.stages.round import largest_remainder
from allocator.text import Money

if TYPE_CHECKING:
    from allocator.core.model import Scenario

PRO_RATA = "pro-rata"
RECOVER = "recover"


@dataclass(frozen=True)
class Target:
    """The one that pays for something or takes what is left: a recipient by id, or a reservation by name."""

    recipient: str = ""
    reservation: str = ""

    def __post_init__(self) -> None:
        if bool(self.recipient) == bool(self.reservation):
            wrong("target_whom")


@dataclass(frozen=True)
class Deduction:
    """扣减结转结余: money that a recipient holds already, which counts as part of what it is allocated.

    ``amount`` is money in the main unit, to the cent.  ``pool`` names the pool that it is held for; a rule
    with one pool, or none, needs no name.
    """

    recipient: str
    amount: Number
    reason: Text | None = None
    pool: str | None = None
    basis: Text | None = None

    def __post_init__(self) -> None:
        put(self, amount=money_at(self.amount, "deduction.amount"))
        for key in ("reason", "basis"):
            if getattr(self, key) is not None:
                put(self, **{key: Text.of(getattr(self, key))})


@dataclass(frozen=True)
class Adjustment:
    """调整数: an amount that one recipient gets more or less, with its reason, after everything else.

    ``amount`` is money in the main unit, above or below zero, in whole rounding units.  ``paid_by`` writes
    the other side: "pro-rata" (all others by their amounts before any adjustment), one recipient, or a
    reservation; without it the adjustments add up to zero, or to what rounding left.
    """

    recipient: str
    amount: Number
    reason: Text
    date: date | None = None
    paid_by: str | Target | None = None
    basis: Text | None = None

    def __post_init__(self) -> None:
        try:
            put(self, amount=exact(self.amount))
        except TooManyDecimals:
            wrong("cents", at={"key": "adjustment.amount"}, value=brief(self.amount))
        except ValueError:
            wrong("number", at={"key": "adjustment.amount"}, value=brief(self.amount))
        if (self.amount * 100).denominator != 1:
            wrong("cents", at={"key": "adjustment.amount"}, value=in_full(self.amount))
        if not isinstance(self.reason, Text) and not str(self.reason or "").strip():
            wrong("reason_blank", at={"key": "adjustment.reason"})
        put(self, reason=Text.of(self.reason))
        if self.basis is not None:
            put(self, basis=Text.of(self.basis))
        if isinstance(self.paid_by, str) and self.paid_by != PRO_RATA:
            wrong("paid_by", at={"key": "adjustment.paid_by"}, value=self.paid_by[:40])
        if isinstance(self.paid_by, Target) and self.paid_by.recipient == self.recipient:
            wrong("paid_by_itself", at={"key": "adjustment.paid_by"})


def adjusted(
    scenario: Scenario, amounts: Mapping[str, Number]
) -> tuple[dict[str, Number], dict[str, Number]]:
    """Σ of all adjustments and of their other sides: by recipient's id, and by reservation's Chinese name.

    What "pro-rata" takes or gives is shared among the others by their ``amounts``, which are those before any
    adjustment, in whole units by largest remainder.  Raises ScenarioError where the others have nothing.
    """
    unit = scenario.fund.unit
    found: dict[str, Number] = dict.fromkeys(scenario.ids, 0)
    departments: dict[str, Number] = {}
    for number, adjustment in enumerate(scenario.adjustments, 1):
        found[adjustment.recipient] = plain(found[adjustment.recipient] + adjustment.amount)
        paid_by = adjustment.paid_by
        if isinstance(paid_by, Target):
            table = found if paid_by.recipient else departments
            key = paid_by.recipient or paid_by.reservation
            table[key] = plain(table.get(key, 0) - adjustment.amount)
        elif paid_by is not None:
            others = [id for id in scenario.ids if id != adjustment.recipient]
            if not sum(amounts[id] for id in others):
                wrong("pro_rata_nobody", at={"key": f"adjustment.{number}.paid_by"})
            for id, units in zip(others, _pro_rata(amounts, others, adjustment.amount, unit), strict=True):
                found[id] = plain(found[id] - units * unit)
    return found, departments


def _pro_rata(amounts: Mapping[str, Number], others: list[str], amount: Number, unit: Number) -> list[int]:
    """An amount in whole units among others by their amounts; its sign is kept."""
    whole = sum((amounts[id] for id in others), start=Fraction())
    total = int(abs(Fraction(amount)) / unit)
    parts = [Fraction(amounts[id]) * total / whole for id in others]
    units, _ = largest_remainder(*scaled(parts), total)
    return units if amount > 0 else [-count for count in units]


def check_below_zero(
    scenario: Scenario, before: Mapping[str, Number], changes: Mapping[str, Number], name: Mapping[str, Text]
) -> None:
    """Raises ScenarioError where changes by hand take an amount, or a reservation, below zero."""
    for id, change in changes.items():
        if before[id] + change < 0:
            currency = scenario.fund.currency
            amount, by = Money(before[id], currency), Money(max(change, -change), currency)
            wrong("adjusted_below_zero", at={"key": "adjustment"}, name=name[id], amount=amount, by=by)
