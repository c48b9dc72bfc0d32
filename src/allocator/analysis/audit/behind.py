"""The rule behind a published split, found among scenarios, and the amounts other weights could bring."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction

from allocator.analysis.audit import closed
from allocator.analysis.audit.asking import Audit, amount_bounds, audit, whole_amounts
from allocator.analysis.audit.pooled import COVERED
from allocator.analysis.audit.ranges import Range
from allocator.core.allocation import Allocation
from allocator.core.beyond import covers
from allocator.core.engine import plan
from allocator.core.errors import AllocatorError
from allocator.core.exact import plain
from allocator.core.model import Scenario


def rule_behind(scenario: Scenario, candidates: Iterable[Scenario]) -> Scenario | None:
    """The first candidate with the scenario's published split, and its rule except for the weights, or None.

    Raises ScenarioError for a rule with clauses that an audit does not cover.

    Weights are what people try; the split was made by the money, what comes off first, the limits and the
    method.

    >>> from allocator import load_scenario
    >>> rule = load_scenario("scenarios/luzhou-2023/published-rule.toml")
    >>> rule_behind(rule.with_weights(tax=30, effort=20), [rule]).weights["tax"]
    40
    """
    covers(scenario, "beyond.surface.audit", COVERED)
    own = _but_weights(scenario)
    found = (
        one
        for one in candidates
        if one.published is not None and {*one.beyond} <= {*COVERED} and _but_weights(one) == own
    )
    return next(found, None)


def _but_weights(scenario: Scenario) -> tuple[object, ...]:
    fund, coefficient = scenario.fund, scenario.coefficient
    pools = [pool for pool in scenario.pools if pool.kind != "fixed"]
    return (
        (fund.amount, fund.currency, fund.unit, fund.rounding, fund.rest_to, fund.left),
        (scenario.kind, set(scenario.weights), scenario.ids, scenario.published),
        (coefficient, coefficient and scenario.factor(coefficient).values),
        (scenario.reserved, scenario.earmarked),
        sorted(scenario.grants),
        scenario.limits,
        [(a.recipient, a.amount, a.paid_by) for a in scenario.adjustments],
        [(d.recipient, d.amount, d.pool) for d in scenario.deductions],
        [replace(pool, weights=dict.fromkeys(sorted(pool.weights), 1), kind="scores") for pool in pools],
        [pool.kind for pool in pools],
        [(indicator.id, {*indicator.parts}) for indicator in scenario.indicators],
    )


def covering(scenario: Scenario, rule: Scenario) -> Audit | None:
    """The audit of a rule, if a formula gives the ranges of amounts under other weights; else None.

    None where no formula covers it, where floors or caps may take part, and where the scenario's own data
    does not give the published split under the rule, so that its amounts need not lie in the ranges.  The
    weights of the scenario do not matter.
    """
    if rule.limits or scenario.limits:
        return None
    try:
        found = audit(rule)
        if not found.verdict.consistent or not closed.amounts_apply(found.case):
            return None
        data = replace(scenario, weights=_like(rule.weights, scenario))
        return found if plan(data).amounts == rule.published else None
    except AllocatorError:
        return None


def possible_amounts(allocation: Allocation, found: Audit) -> Mapping[str, Range] | None:
    """The range of each whole amount under an allocation's weights, whatever the data, by `covering`'s audit.

    They are worked out by formula, and hold if the split was made by the audited rule in one pass.
    Adjustments are included, as they are.
    """
    try:
        weights = _like(allocation.scenario.weights, found.case.scenario)
        whole = whole_amounts(found.case, weights, amount_bounds(found, weights))
        by = found.case.adjustments
        return {id: Range(plain(low + by[id]), plain(high + by[id])) for id, (low, high) in whole.items()}
    except AllocatorError:
        return None


def _like(weights: Mapping[str, int | Fraction], rule: Scenario) -> dict[str, int | Fraction]:
    return {factor: weights[factor] for factor in rule.weights}
