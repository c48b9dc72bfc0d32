"""A reading prepared for computing: the split in units, weights in parts of one, who stands at a limit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from allocator.analysis.audit.reading import Reading, check_factors
from allocator.analysis.audit.rounding import Unrounded, unrounded
from allocator.core.beyond import covers_format_1
from allocator.core.errors import within
from allocator.core.exact import Number, plain, scaled
from allocator.core.model import Scenario
from allocator.core.parts import in_full, number_at, wrong
from allocator.core.stages.bounds import limits_in_units
from allocator.text import Money

MOST_LARGEST = 8


@dataclass(frozen=True)
class Case:
    """A published split under a reading, by position of the recipients that take part.

    ``amounts`` are what the split brought them, in units, and add up to ``total``.  ``weights`` add up to 1.
    ``coefficients`` are None where there is none or all are equal.  ``rounding`` is that of the fund, or
    "exact", and ``unrounded`` what it leaves open, as far as it is not ruled out.  ``at`` says which limit an
    amount stands at: "floor", "cap", "both" or None.  ``earmarks`` are money by id, of all recipients.
    """

    reading: Reading
    ids: tuple[str, ...]
    factors: tuple[str, ...]
    weights: tuple[Fraction, ...]
    coefficients: tuple[Fraction, ...] | None
    amounts: tuple[Number, ...]
    total: int
    rounding: str
    unrounded: tuple[Unrounded, ...]
    floors: tuple[int | None, ...]
    caps: tuple[int | None, ...]
    at: tuple[str | None, ...]
    earmarks: Mapping[str, Number]

    @property
    def scenario(self) -> Scenario:
        """The scenario of the reading."""
        return self.reading.scenario

    @property
    def unit(self) -> Number:
        """The rounding unit."""
        return self.scenario.fund.unit

    @property
    def shares(self) -> bool:
        """True if weights apply to each factor's shares, not to the values themselves."""
        return self.scenario.kind == "shares"

    @property
    def facts(self) -> bool:
        """True if anything is known or supposed about the data."""
        return bool(self.reading.known or self.reading.scored)

    @cached_property
    def limited(self) -> bool:
        """True if a limit may bind: if somebody got exactly a floor or a cap."""
        return any(at is not None for at in self.at)

    @cached_property
    def position(self) -> dict[str, int]:
        """The position of each recipient that takes part, by id."""
        return {id: at for at, id in enumerate(self.ids)}

    @cached_property
    def bare(self) -> Case:
        """The same without anything known or supposed about the data."""
        return replace(self, reading=replace(self.reading, known=(), scored=()))

    def coefficient(self, i: int) -> Fraction:
        """The coefficient of this recipient's score, the largest being 1."""
        return Fraction(1) if self.coefficients is None else self.coefficients[i]

    def money(self, units: Number) -> Number:
        """Units as money."""
        return plain(Fraction(units) * self.unit)


def case_of(reading: Reading) -> Case:
    """The case of a reading; raises ScenarioError where the published amounts cannot be those of its rule,
    or where their rounding is not covered.
    """
    covers_format_1(reading.scenario, "beyond.surface.audit")
    scenario = reading.scenario
    assert scenario.published is not None
    unit, total = scenario.fund.unit, int(scenario.distributable / Fraction(scenario.fund.unit))
    if not total:
        wrong("audit_nothing", "reading")
    earmarks: dict[str, Number] = dict.fromkeys(scenario.ids, 0)
    for earmark in scenario.earmarks:
        earmarks[earmark.recipient] = plain(earmarks[earmark.recipient] + earmark.amount)
    taking = [scenario.recipients[i] for i in scenario.participants]
    ids = tuple(recipient.id for recipient in taking)
    _check_amounts(scenario, earmarks, reading.tolerance == "rounded")
    rests = [scenario.published[id] - earmarks[id] for id in ids]
    amounts = tuple(rest // unit if rest % unit == 0 else Fraction(rest) / unit for rest in rests)
    if sum(amounts) != total:
        wrong(
            "audit_sum",
            "published",
            sum=_money(scenario, sum(amounts) * unit),
            left=_money(scenario, scenario.distributable),
        )
    coefficients = _coefficients(scenario)
    rounding = scenario.fund.rounding if reading.tolerance == "rounded" else "exact"
    moves = [True] * len(ids) if coefficients is None else [c > 0 for c in coefficients]
    floors, caps = limits_in_units(scenario)
    floors = [floor or None for floor in floors]  # nobody is ever held at a floor of nothing
    whole = sum(scenario.weights.values())
    case = Case(
        reading=reading,
        ids=ids,
        factors=tuple(scenario.weights),
        weights=tuple(Fraction(weight) / whole for weight in scenario.weights.values()),
        coefficients=coefficients,
        amounts=amounts,
        total=total,
        rounding=rounding,
        unrounded=unrounded(rounding, amounts, moves),
        floors=tuple(floors),
        caps=tuple(caps),
        at=tuple(
            "both"
            if floor == amount == cap
            else "floor"
            if amount == floor
            else "cap"
            if amount == cap
            else None
            for amount, floor, cap in zip(amounts, floors, caps, strict=True)
        ),
        earmarks=earmarks,
    )
    _check_largest(case)
    return case


def _check_largest(case: Case) -> None:
    """Refuses rest-to-largest where too many can be the largest, or a limit may have taken part."""
    reach = Fraction(len(case.ids) - 1, 2)
    found = [one.largest for one in case.unrounded if one.largest is not None]
    for i in found:
        floor, cap = case.floors[i], case.caps[i]
        near = (floor is not None and case.amounts[i] - floor <= reach + 1) or (
            cap is not None and cap - case.amounts[i] <= reach + 1
        )
        if near or case.limited:
            wrong("audit_rest_limits", "reading")
    if len(found) > MOST_LARGEST:
        wrong("audit_rest_largest", "reading", count=len(found))


def _money(scenario: Scenario, amount: Number) -> Money:
    return Money(plain(amount), scenario.fund.currency)


def _check_amounts(scenario: Scenario, earmarks: Mapping[str, Number], rounded: bool) -> None:
    assert scenario.published is not None
    unit, taking = scenario.fund.unit, set(scenario.participants)
    for at, recipient in enumerate(scenario.recipients):
        published, earmark = scenario.published[recipient.id], earmarks[recipient.id]
        rest = published - earmark
        if rest < 0 or (rest and at not in taking):
            name, paid, fixed = recipient.name, _money(scenario, published), _money(scenario, earmark)
            if at not in taking:
                wrong("audit_earmark_only", "published", name=name, published=paid, earmark=fixed)
            wrong("audit_earmark_above", "published", name=name, published=paid, earmark=fixed)
        if rounded and rest % unit:
            amount, whole = _money(scenario, rest), _money(scenario, unit)
            wrong("audit_unit", "published", name=recipient.name, amount=amount, unit=whole)


def _coefficients(scenario: Scenario) -> tuple[Fraction, ...] | None:
    if scenario.coefficient is None:
        return None
    column, _ = scaled(scenario.column(scenario.coefficient))
    most = max(column)
    if not most:
        wrong("scores_zero", "factors")
    return None if min(column) == most else tuple(Fraction(value, most) for value in column)


def weights_of(case: Case, weights: Mapping[str, Any] | None) -> tuple[Fraction, ...]:
    """Other weights in parts of one, in the case's order; factors not named keep theirs.

    Raises ScenarioError as a scenario with these weights would.
    """
    given: dict[str, Number] = dict(case.scenario.weights)
    with within(option="weights"):
        check_factors(case.scenario, weights or {})
    given.update(
        {factor: number_at(weight, f"weights.{factor}") for factor, weight in (weights or {}).items()}
    )
    whole = sum(given.values(), start=0)
    if case.shares and whole != 100:
        wrong("weights_sum", at={"option": "weights"}, total=in_full(whole))
    if not whole:
        wrong("weights_zero", at={"option": "weights"})
    return tuple(Fraction(weight) / whole for weight in given.values())
