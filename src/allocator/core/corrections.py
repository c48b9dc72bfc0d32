"""Corrections by hand: adjustments 调整数, and what becomes of the money that rounding leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from allocator.core.errors import Problem, ScenarioError
from allocator.core.exact import Number, exact, plain, scaled
from allocator.core.parts import Target, Text, brief, in_full, put, wrong
from allocator.core.stages.round import largest_remainder
from allocator.text import Money

if TYPE_CHECKING:
    from allocator.core.allocation import Allocation
    from allocator.core.model import Scenario

PRO_RATA = "pro-rata"


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
        except ValueError:
            wrong("number", at={"key": "adjustment.amount"}, value=brief(self.amount))
        if (self.amount * 100).denominator != 1:
            wrong("cents", at={"key": "adjustment.amount"}, value=in_full(self.amount))
        put(self, reason=Text.of(self.reason))
        if self.basis is not None:
            put(self, basis=Text.of(self.basis))
        if isinstance(self.paid_by, str) and self.paid_by != PRO_RATA:
            wrong("paid_by", at={"key": "adjustment.paid_by"}, value=self.paid_by[:40])


def adjusted(
    scenario: Scenario, amounts: Mapping[str, Number]
) -> tuple[dict[str, Number], dict[str, Number]]:
    """Σ of all adjustments and of their other sides: by recipient's id, and by reservation's Chinese name.

    What "pro-rata" takes or gives is shared among the others by their ``amounts``, which are those before any
    adjustment, in whole units by largest remainder.
    """
    unit = scenario.fund.unit
    found: dict[str, Number] = dict.fromkeys(scenario.ids, 0)
    departments: dict[str, Number] = {}
    for adjustment in scenario.adjustments:
        found[adjustment.recipient] = plain(found[adjustment.recipient] + adjustment.amount)
        paid_by = adjustment.paid_by
        if isinstance(paid_by, Target):
            table, key = (
                (found, paid_by.recipient) if paid_by.recipient else (departments, paid_by.reservation)
            )
            table[key] = plain(table.get(key, 0) - adjustment.amount)
        elif paid_by is not None:
            others = [id for id in scenario.ids if id != adjustment.recipient]
            for id, units in zip(others, _pro_rata(amounts, others, adjustment.amount, unit), strict=True):
                found[id] = plain(found[id] - units * unit)
    return found, departments


def _pro_rata(amounts: Mapping[str, Number], others: list[str], amount: Number, unit: Number) -> list[int]:
    """An amount in whole units among others by their amounts; its sign is kept."""
    whole = sum((amounts[id] for id in others), start=Fraction())
    if not whole:
        wrong("pro_rata_nobody", at={"key": "adjustment"})
    total = int(abs(Fraction(amount)) / unit)
    parts = [Fraction(amounts[id]) * total / whole for id in others]
    units, _ = largest_remainder(*scaled(parts), total)
    return units if amount > 0 else [-count for count in units]


def check_adjusted(found: Allocation) -> None:
    """Raises ScenarioError where an adjustment takes somebody, or a reservation, below zero."""
    currency = found.scenario.fund.currency
    for recipient in found.scenario.recipients:
        if found.amounts[recipient.id] < 0:
            details = {
                "name": recipient.name,
                "amount": Money(found.before_adjustments[recipient.id], currency),
                "by": Money(found.adjustments[recipient.id], currency),
            }
            raise ScenarioError(Problem("adjusted_below_zero", details, at={"key": "adjustment"}))
    for before, after in zip(found.scenario.reservations, found.reservations, strict=True):
        if after.amount < 0:
            details = {
                "name": before.name,
                "amount": Money(before.amount, currency),
                "by": Money(after.amount - before.amount, currency),
            }
            raise ScenarioError(Problem("adjusted_below_zero", details, at={"key": "adjustment"}))
