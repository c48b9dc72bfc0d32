"""Adjusting 调整: what hands correct after everything else, and who pays for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from allocator.core.exact import Number, plain, scaled
from allocator.core.parts import Party, Text, wrong
from allocator.core.stages.round import largest_remainder
from allocator.text import Money

if TYPE_CHECKING:
    from allocator.core.model import Scenario


def adjusted(
    scenario: Scenario, amounts: Mapping[str, Number]
) -> tuple[dict[str, Number], dict[str, Number]]:
    """Σ of all adjustments and of their other sides: by recipient's id, and by reservation's Chinese name.

    What "pro-rata" takes or gives is shared among the others by their ``amounts``, which are those before any
    adjustment, in whole units by largest remainder.  Raises ScenarioError where the others have nothing.
    """
    unit = scenario.fund.unit
    sizes = dict(zip(amounts, scaled([*amounts.values()])[0], strict=True))  # fractions would take long
    found: dict[str, Number] = dict.fromkeys(scenario.ids, 0)
    departments: dict[str, Number] = {}
    for number, adjustment in enumerate(scenario.adjustments, 1):
        found[adjustment.recipient] = plain(found[adjustment.recipient] + adjustment.amount)
        paid_by = adjustment.paid_by
        if isinstance(paid_by, Party):
            table = found if paid_by.recipient else departments
            key = paid_by.recipient or paid_by.reservation
            table[key] = plain(table.get(key, 0) - adjustment.amount)
        elif paid_by is not None:
            others = [id for id in scenario.ids if id != adjustment.recipient]
            if not any(sizes[id] for id in others):
                wrong("pro_rata_nobody", at={"key": f"adjustment.{number}.paid_by"})
            shared = _pro_rata([sizes[id] for id in others], adjustment.amount, unit)
            for id, units in zip(others, shared, strict=True):
                if units:
                    found[id] = plain(found[id] - units * unit)
    return found, departments


def _pro_rata(sizes: Sequence[int], amount: Number, unit: Number) -> list[int]:
    """An amount in whole units among others in proportion to what they have; its sign is kept."""
    total = int(abs(Fraction(amount)) / unit)
    units, _ = largest_remainder([size * total for size in sizes], sum(sizes), total)
    return units if amount > 0 else [-count for count in units]


def check_below_zero(
    scenario: Scenario, before: Mapping[str, Number], changes: Mapping[str, Number], name: Mapping[str, Text]
) -> None:
    """Raises ScenarioError where changes by hand, or the rest of rounding, take something below zero."""
    currency = scenario.fund.currency
    for id, change in changes.items():
        after = plain(before[id] + change)
        if after >= 0:
            continue
        if scenario.adjustments:
            amount, by = Money(before[id], currency), Money(max(change, -change), currency)
            wrong("adjusted_below_zero", at={"key": "adjustment"}, name=name[id], amount=amount, by=by)
        amount, least = Money(after, currency), Money(0, currency)
        at = {"key": "fund.rest_to"}
        wrong("rounding_breaks_limit", at=at, name=name[id], amount=amount, limit=least)
