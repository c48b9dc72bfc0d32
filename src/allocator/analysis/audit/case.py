"""A reading prepared for computing: the split in units, weights in parts of one, who stands at a limit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from allocator.analysis.audit.before import check_adjustments, check_amounts, check_sum, taken_off
from allocator.analysis.audit.reading import Known, Reading, check_factors
from allocator.analysis.audit.rounding import Unrounded, unrounded
from allocator.core.errors import within
from allocator.core.exact import Number, plain, scaled
from allocator.core.model import Scenario
from allocator.core.parts import in_full, number_at, wrong
from allocator.core.stages.bounds import limits_in_units

MOST_LARGEST = 8


@dataclass(frozen=True)
class Case:
    """A published split under a reading, by position of the recipients that take part.

    ``amounts`` are what the split brought them, in units, before adjustments; they add up to ``total``, but
    for what rounding each by itself left.  ``weights`` add up to 1.  ``coefficients`` are None where there is
    none or all are equal.  ``rounding`` is that of the fund, or "exact" ("each-alone" where a reservation
    takes the rest), and ``unrounded`` what it leaves open, as far as it is not ruled out.  ``at`` says which
    limit an amount stands at: "floor", "cap", "both" or None.  ``earmarks`` and ``adjustments`` are money by
    id, of all recipients, and ``used`` is the sum of all adjustments, with what reservations pay.
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
    adjustments: Mapping[str, Number]
    used: Number

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
        """True if anything is known or supposed about the data, if only who has none of it."""
        return bool(self.known or self.reading.scored)

    @cached_property
    def known(self) -> tuple[Known, ...]:
        """All that is known, with the shares that must be zero: of who takes no part in a column's pool."""
        nothing = (
            Known(factor, (id,), 0, 0)
            for factor in self.factors
            for id in self.ids
            if id in self.reading.nothing_of(factor)
        )
        return (*nothing, *self.reading.known)

    @property
    def alone(self) -> bool:
        """True if each amount was rounded by itself, but for one that takes the rest."""
        return self.rounding in ("each-alone", "rest-to")

    @property
    def sum_free(self) -> bool:
        """True where other published amounts need not have the same sum: what rounding leaves is nobody's."""
        return self.rounding == "each-alone" and _free(self.scenario) and not self.used

    @cached_property
    def limited(self) -> bool:
        """True if a limit may bind: if somebody got exactly a floor or a cap."""
        return any(at is not None for at in self.at)

    @cached_property
    def before_adjustments(self) -> Mapping[str, Number]:
        """The published amounts less the adjustments, by id: what the rule gave, earmarks included."""
        published = self.scenario.published
        assert published is not None
        return {id: plain(amount - self.adjustments[id]) for id, amount in published.items()}

    @cached_property
    def position(self) -> dict[str, int]:
        """The position of each recipient that takes part, by id."""
        return {id: at for at, id in enumerate(self.ids)}

    @cached_property
    def bare(self) -> Case:
        """The same without anything known or supposed about the data."""
        columns = self.reading.columns and replace(self.reading.columns, without={})
        return replace(self, reading=replace(self.reading, known=(), scored=(), columns=columns))

    def pools_of(self, id: str) -> int:
        """The number of pools that a recipient's amount is the sum of, each rounded by itself."""
        columns = self.reading.columns
        return 1 if columns is None else columns.pools.get(id, 1)

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
    adjustments, departments = taken_off(scenario)
    check_amounts(scenario, earmarks, adjustments, reading.tolerance == "rounded")
    rests = [scenario.published[id] - adjustments[id] - earmarks[id] for id in ids]
    amounts = tuple(rest // unit if rest % unit == 0 else Fraction(rest) / unit for rest in rests)
    coefficients = _coefficients(scenario)
    rounding, rest_to = _rounding(scenario, ids) if reading.tolerance == "rounded" else ("exact", None)
    moves = [True] * len(ids) if coefficients is None else [c > 0 for c in coefficients]
    floors, caps = limits_in_units(scenario)
    floors = [floor or None for floor in floors]  # nobody is ever held at a floor of nothing
    at = tuple(map(_stands, amounts, floors, caps))
    pools = [1] * len(ids) if reading.columns is None else [reading.columns.pools[id] for id in ids]
    alone = None
    if rounding == "each-alone" and _free(scenario):
        places = zip(moves, amounts, at, pools, strict=True)
        alone = [
            (
                min(count, int(2 * p)) if move and p > 0 and one not in ("floor", "both") else 0,
                count if move and one not in ("cap", "both") else 0,
            )
            for move, p, one, count in places
        ]
    left = check_sum(scenario, total, amounts, alone)
    used = check_adjustments(scenario, adjustments, departments, plain(left * Fraction(unit)))
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
        unrounded=unrounded(rounding, amounts, moves, left, rest_to, pools),
        floors=tuple(floors),
        caps=tuple(caps),
        at=at,
        earmarks=earmarks,
        adjustments=adjustments,
        used=used,
    )
    _check_largest(case)
    if rest_to is not None and (not moves[rest_to] or floors[rest_to] or caps[rest_to] is not None):
        wrong("audit_rest_to", "reading", name=taking[rest_to].name)
    return case


def _stands(amount: Number, floor: int | None, cap: int | None) -> str | None:
    if floor == amount == cap:
        return "both"
    return "floor" if amount == floor else "cap" if amount == cap else None


def _free(scenario: Scenario) -> bool:
    """True where nobody among the recipients takes what rounding each by itself leaves."""
    rest_to = scenario.fund.rest_to
    return rest_to is None or not rest_to.recipient


def _rounding(scenario: Scenario, ids: tuple[str, ...]) -> tuple[str, int | None]:
    """The fund's rounding, and the position of the recipient that takes the rest, if it is one.

    A reservation that takes it leaves each amount as it is rounded by itself; so does, where there is no
    rest, a recipient that takes no part in the split.
    """
    rest_to = scenario.fund.rest_to
    if rest_to is None:
        return scenario.fund.rounding, None
    if rest_to.recipient not in ids:
        return "each-alone", None
    return "rest-to", ids.index(rest_to.recipient)


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
