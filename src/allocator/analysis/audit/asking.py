"""The questions that can be asked of a published split under a reading."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from allocator.analysis.audit import bounds, closed, margins
from allocator.analysis.audit.bounds import Progress
from allocator.analysis.audit.case import Case, case_of, weights_of
from allocator.analysis.audit.ranges import Bounds, Range
from allocator.analysis.audit.reading import Reading
from allocator.analysis.audit.verdict import Verdict, judge
from allocator.core.exact import Frozen, plain
from allocator.core.model import Scenario
from allocator.core.parts import wrong


@dataclass(frozen=True)
class Audit:
    """A published split under one reading, checked and ready for questions.

    The answers are bounds, never estimates, and hold only under this reading: if the split was made by its
    rule from its distributable amount, and if what it supposes is true.
    """

    reading: Reading
    verdict: Verdict
    case: Case

    @property
    def entitlements_only(self) -> bool:
        """True if limits may have bound, so that bounds under other weights are of entitlements."""
        return self.case.limited

    @property
    def closed(self) -> tuple[bool, bool]:
        """True, for factor shares and for amounts of single recipients, if they are exact, by formulas or by
        subsets of factors; else they come from linear programs.
        """
        if self.verdict.because == "pools":
            return False, False
        return (
            closed.shares_apply(self.case) or margins.shares_apply(self.case),
            closed.amounts_apply(self.case) or margins.amounts_apply(self.case),
        )


def audit(reading: Reading | Scenario, *, tolerance: str = "rounded") -> Audit:
    """Checks a published split under a reading; a scenario stands for its plainest one.

    Raises ScenarioError where the published amounts cannot be those of the reading's rule (their sum, their
    unit, their earmarks), or where no method here covers it.

    >>> from allocator import load_scenario
    >>> found = audit(load_scenario("scenarios/luzhou-2023/published-rule.toml"), tolerance="exact")
    >>> amount_bounds(found, dict(investment=25, tax=25, employment=25, effort=25))["ftz"]
    Range(low=40970000, high=52257500)
    """
    if isinstance(reading, Scenario):
        reading = Reading(reading, tolerance=tolerance)
    verdict, case = judge(case_of(reading))
    return Audit(reading, verdict, case)


def factor_share_bounds(
    audit: Audit,
    *,
    recipients: Sequence[str] | None = None,
    factors: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> Mapping[str, Bounds]:
    """The least and the most of each recipient's share of each factor, in parts of 1.

    With y_ij = w_j x_ij a table with the margins a_i and w_j: max(0, (a_i + w_j − 1) / w_j) and
    min(1, a_i / w_j), at the least and the most a_i before rounding; exact too where shares are known
    (`subsets`), else linear programs.  Of all ``factors`` without a list.  ``progress`` is called with the
    part that is done.  Raises ScenarioError where no data fits the reading.
    """
    found = bounds.share_bounds(fitting_case(audit), recipients, factors, progress)
    return Frozen({factor: _held(audit, column) for factor, column in found.items()})


def amount_bounds(
    audit: Audit,
    weights: Mapping[str, Any] | None = None,
    *,
    recipients: Sequence[str] | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
    progress: Progress | None = None,
) -> Bounds:
    """The least and the most that recipients, and groups of them, get under other weights, before rounding.

    Earmarks are included.  ``weights`` in percent (``shares``) or as multipliers; factors not named keep
    theirs.  Under binding limits these are entitlements, before limits (``Bounds.of``).  Raises
    ScenarioError where no data fits the reading, or for invalid weights.
    """
    found = bounds.amount_bounds(fitting_case(audit), weights, recipients, groups, progress)
    return _held(audit, found)


def _held(audit: Audit, found: Bounds) -> Bounds:
    """The bounds, not said to be exact where those of several pools may be wider than need be."""
    return replace(found, closed=False) if audit.verdict.because == "pools" else found


@dataclass(frozen=True)
class Outlook:
    """The recipients that gain or lose under other weights, whatever the data under this reading.

    ``says`` is, by recipient, "gains", "loses", "same" or "open" (cannot be told), of whole amounts after
    rounding and before adjustments; ``bounds`` are the ranges behind it.
    """

    bounds: Bounds
    says: Mapping[str, str]


def outlook(audit: Audit, weights: Mapping[str, Any], *, progress: Progress | None = None) -> Outlook:
    """The gains and losses that these weights would bring, against the published amounts.

    Adjustments are off on both sides.  Raises ScenarioError under binding limits, since entitlements cannot
    be compared with amounts.
    """
    case = fitting_case(audit)
    if case.limited:
        wrong("audit_limits_gains", "reading")
    found = bounds.amount_bounds(case, weights, progress=progress)
    whole = whole_amounts(case, weights, found)
    says = {}
    for id, (low, high) in whole.items():
        amount = case.before_adjustments[id]
        says[id] = (
            "gains" if low > amount else "loses" if high < amount else "same" if low == high else "open"
        )
    return Outlook(found, Frozen(says))


def whole_amounts(case: Case, weights: Mapping[str, Any], found: Mapping[str, Range]) -> dict[str, Range]:
    """Each recipient's range after rounding and before adjustments, from the ranges before rounding.

    Earmarks are included.
    """
    before, unit = case.before_adjustments, Fraction(case.unit)
    unchanged = weights_of(case, weights) == case.weights
    split = {id: tuple(end - case.earmarks[id] for end in found[id]) for id in case.ids}
    top, reach = max(low for low, _ in split.values()), Fraction(len(case.ids) - 1, 2) * unit
    rest_to = case.scenario.fund.rest_to.recipient if case.scenario.fund.rest_to else None
    whole: dict[str, Range] = {}
    for id in case.scenario.ids:
        if id not in split or unchanged or _stays(case, id, weights):
            whole[id] = Range(before[id], before[id])
            continue
        low, high = split[id]
        if case.pools_of(id) > 1 and case.rounding != "exact":
            ends = _sum_of_rounded(case, id, Fraction(low), Fraction(high))
            whole[id] = Range(*(plain(end + case.earmarks[id]) for end in ends))
            continue
        if case.rounding == "largest-remainder":
            low, high = math.floor(low / unit) * unit, math.ceil(high / unit) * unit
        elif case.rounding != "exact":  # to the nearest; the largest, or one named, may take all that is left
            nearest = tuple(math.floor(end / unit + Fraction(1, 2)) * unit for end in (low, high))
            rest = math.ceil((low - reach) / unit) * unit, math.floor((high + reach) / unit) * unit
            takes = id == rest_to if case.alone else high >= top
            low = max(Fraction(0), min(nearest[0], rest[0])) if takes else nearest[0]
            high = max(nearest[1], rest[1]) if takes else nearest[1]
        whole[id] = Range(plain(low + case.earmarks[id]), plain(high + case.earmarks[id]))
    return whole


def _stays(case: Case, id: str, weights: Mapping[str, Any]) -> bool:
    """True where no weight of the pools changes that a recipient takes part in."""
    if not case.reading.several:
        return False
    pairs = zip(case.factors, case.weights, weights_of(case, weights), strict=True)
    return all(now == then or id in case.reading.nothing_of(factor) for factor, now, then in pairs)


def _sum_of_rounded(case: Case, id: str, low: Fraction, high: Fraction) -> tuple[Fraction, Fraction]:
    """The ends of a sum of so many amounts, each rounded by itself: less than a unit off, or half of one.

    Who takes the rest may get what all others leave.
    """
    unit, count = Fraction(case.unit), case.pools_of(id)
    off = Fraction(count) if case.rounding == "largest-remainder" else Fraction(count, 2)
    rest_to = case.scenario.fund.rest_to
    if case.alone and rest_to is not None and rest_to.recipient == id:
        off = Fraction(sum(case.pools_of(other) for other in case.ids if other != id), 2)
    ends = math.ceil(low / unit - off), math.floor(high / unit + off)
    if case.rounding == "largest-remainder":  # never by whole units
        ends = math.floor(low / unit - off) + 1, math.ceil(high / unit + off) - 1
    return max(Fraction(0), ends[0] * unit), ends[1] * unit


def fitting_case(audit: Audit) -> Case:
    """The case of the reading; raises ScenarioError where no data fits it, or where that is not settled."""
    if audit.verdict.allows:
        return audit.case
    if audit.verdict.consistent is None:
        wrong("audit_unsettled", "reading")
    if not audit.verdict.consistent:
        wrong("audit_inconsistent", "reading")
    return audit.case
