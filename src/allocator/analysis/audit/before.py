"""The amounts that the rule gave before hands corrected them, worked out from the published ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from allocator.core.exact import Number, plain
from allocator.core.model import Scenario
from allocator.core.parts import wrong
from allocator.core.stages.adjust import adjusted, check_below_zero
from allocator.text import Money


def taken_off(scenario: Scenario) -> tuple[Mapping[str, Number], Mapping[str, Number]]:
    """Σ of all adjustments and of their other sides: by recipient's id, and by reservation's Chinese name.

    Raises ScenarioError where all others pay for one by their amounts before any adjustment, which nobody
    published.
    """
    for number, adjustment in enumerate(scenario.adjustments, 1):
        if isinstance(adjustment.paid_by, str):
            wrong("audit_pro_rata", at={"key": f"adjustment.{number}.paid_by"})
    return adjusted(scenario, {})


def check_amounts(
    scenario: Scenario, earmarks: Mapping[str, Number], adjustments: Mapping[str, Number], rounded: bool
) -> None:
    """Raises ScenarioError for an amount less than its earmark, or one of nobody who takes part.

    And, where it is ``rounded``, for one that is not in whole units.
    """
    assert scenario.published is not None
    unit, taking = scenario.fund.unit, set(scenario.participants)
    for at, recipient in enumerate(scenario.recipients):
        published, by = scenario.published[recipient.id], adjustments[recipient.id]
        earmark = earmarks[recipient.id]
        rest = published - by - earmark
        if rest < 0 or (rest and at not in taking):
            key = "audit_earmark_only" if at not in taking else "audit_earmark_above"
            details: dict[str, Any] = {"name": recipient.name, "published": _money(scenario, published)}
            details |= {"earmark": _money(scenario, earmark)}
            if by:
                above = "audit_adjusted_above" if earmark else "audit_adjusted_zero"
                key = "audit_adjusted_only" if at not in taking else above
                details |= {"by": _money(scenario, by), "before": _money(scenario, published - by)}
            wrong(key, part="published", **details)
        if rounded and rest % unit:
            amount, whole = _money(scenario, rest), _money(scenario, unit)
            wrong("audit_unit", "published", name=recipient.name, amount=amount, unit=whole)


def check_sum(
    scenario: Scenario, total: int, amounts: Sequence[Number], alone: Sequence[tuple[int, int]] | None
) -> int:
    """The units that rounding left, Σ e − Σ p: none but where each amount is rounded by itself.

    ``alone`` says then of each amount by how many halves of a unit it may have been below and above the
    published one before rounding: above by less than that.  Raises ScenarioError where the amounts before
    rounding cannot add up to the ``total``.
    """
    unit, left = scenario.fund.unit, total - sum(amounts)
    if not left:
        return 0
    details: dict[str, Any] = {
        "sum": _money(scenario, sum(amounts) * unit),
        "left": _money(scenario, scenario.distributable),
    }
    if alone is None:
        key = "audit_sum_adjusted" if scenario.adjustments else "audit_sum"
        rest_to = scenario.fund.rest_to
        if scenario.fund.rounding == "each-alone" or (rest_to is not None and rest_to.reservation):
            key = "audit_sum_exact"  # only where the reading takes the amounts as not rounded
        wrong(key, part="published", **details)
    falls, rises = (sum(ends[side] for ends in alone) for side in (0, 1))
    if not -falls <= 2 * left < rises:
        reach = (sum(amounts) - Fraction(falls, 2)) * unit, (sum(amounts) + Fraction(rises, 2)) * unit
        ends = zip(("least", "most"), reach, strict=True)
        details |= {name: _money(scenario, end) for name, end in ends}
        wrong("audit_sum_alone", "published", **details)
    return int(left)


def check_adjustments(
    scenario: Scenario, adjustments: Mapping[str, Number], departments: Mapping[str, Number], left: Number
) -> Number:
    """The sum of all adjustments, in the main unit.

    Raises ScenarioError where it is neither zero nor what rounding ``left``, or where a reservation falls
    below zero by what it pays, as the rule itself does.
    """
    used = plain(sum((*adjustments.values(), *departments.values()), start=Fraction(0)))
    if used not in (0, left):
        key = "adjustments_sum_left" if left else "adjustments_sum"
        wrong(key, at={"key": "adjustment"}, sum=_money(scenario, used), left=_money(scenario, left))
    changes = dict(departments)
    rest_to = scenario.fund.rest_to
    if rest_to is not None and rest_to.reservation:
        changes[rest_to.reservation] = plain(changes.get(rest_to.reservation, 0) + left)
    reserved = {r.name.zh: r.amount for r in scenario.reservations}
    check_below_zero(scenario, reserved, changes, {r.name.zh: r.name for r in scenario.reservations})
    return used


def _money(scenario: Scenario, amount: Number | Fraction) -> Money:
    return Money(plain(amount), scenario.fund.currency)
