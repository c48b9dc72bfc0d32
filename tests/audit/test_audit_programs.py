"""What a published split implies where formulas end: linear programs, held against formulas and the truth."""

from dataclasses import replace
from fractions import Fraction
from random import Random

import numpy as np
import pytest
from audit_cases import APART, LUZHOU, published_case, random_facts, random_weights, reading_of, true_shares
from depth import cases, deeper

from allocator import Limit, ScenarioError, allocate
from allocator.analysis.audit import Known, Reading, Scored, amount_bounds, audit, closed, factor_share_bounds
from allocator.analysis.audit.bounds import programs_of
from allocator.analysis.audit.case import case_of
from allocator.analysis.audit.programs import Program

EQUAL = {"investment": 25, "tax": 25, "employment": 25, "effort": 25}


def widths(inner, outer):
    """By how much two ranges differ at their ends; the outer one must hold the inner one."""
    assert outer.low <= inner.low <= inner.high <= outer.high
    return max(inner.low - outer.low, outer.high - inner.high)


@pytest.mark.parametrize("kind", ["shares", "scores"])
@pytest.mark.parametrize("rounding", ["largest-remainder", "rest-to-largest"])
@pytest.mark.parametrize("tolerance", ["rounded", "exact"])
@deeper
def test_programs_and_formulas_agree(kind, rounding, tolerance, monkeypatch):
    rnd, checked = Random(f"{kind} {rounding} {tolerance}"), 0
    while checked < cases(8):
        allocation = published_case(rnd, kind=kind, rounding=rounding, earmarks=True, zeros=kind == "shares")
        found = audit(allocation.scenario, tolerance=tolerance)
        if not all(found.closed) or len(found.case.ids) < 2:
            continue
        checked += 1
        other = random_weights(rnd, found.case.factors, zeros=kind == "shares")
        ids = allocation.scenario.ids
        groups = {"group": rnd.sample(ids, rnd.randint(1, len(ids)))}
        amounts = amount_bounds(found, other, groups=groups)
        shares = factor_share_bounds(found)
        with monkeypatch.context() as patch:
            patch.setattr(closed, "amounts_apply", lambda case: False)
            patch.setattr(closed, "shares_apply", lambda case: False)
            solved = amount_bounds(found, other, groups=groups)
            for name in amounts:
                assert widths(amounts[name], solved[name]) <= 2e-6 + allocation.scenario.distributable * 1e-9
            if kind == "scores":
                continue  # a share of a column that may be empty has no program
            columns = factor_share_bounds(found)
            for factor, bounds in shares.items():
                for id in bounds:
                    assert widths(bounds[id], columns[factor][id]) <= 1e-9


CASES = {
    "facts": ({}, 3),
    "facts and earmarks": ({"earmarks": True}, 2),
    "coefficient": ({"coefficient": True}, 0),
    "coefficient and facts": ({"coefficient": True}, 2),
    "scores and facts": ({"kind": "scores", "zeros": False}, 3),
    "scores, coefficient and facts": ({"kind": "scores", "zeros": False, "coefficient": True}, 2),
    "limits": ({"limits": True}, 0),
    "limits and facts": ({"limits": True}, 2),
    "limits and coefficient": ({"limits": True, "coefficient": True}, 0),
    "rest to the largest and facts": ({"rounding": "rest-to-largest"}, 2),
    "rest to the largest and coefficient": ({"rounding": "rest-to-largest", "coefficient": True}, 0),
}


@pytest.mark.parametrize("name", CASES)
@deeper
def test_the_truth_is_inside(name):
    """Data, split, and back: true shares and true entitlements under other weights lie in their ranges."""
    how, facts = CASES[name]
    rnd, checked = Random(name), 0
    while checked < cases(16):  # many more in test_audit_oracle.py
        allocation = published_case(rnd, **how)
        reading = reading_of(allocation, random_facts(rnd, allocation, facts))
        try:
            found = audit(reading)
            ids = found.case.ids
            id = rnd.choice(ids)
            shares = factor_share_bounds(found, recipients=[id])
        except ScenarioError as refused:
            assert refused.problems[0].key in ("audit_scale", "audit_rest_limits")
            continue
        if how.get("limits") and not found.case.limited:
            continue
        checked += 1
        scenario = allocation.scenario
        assert found.verdict.consistent
        for factor, bounds in shares.items():
            if any(scenario.column(factor)):
                assert bounds[id].low <= true_shares(allocation, factor)[id] <= bounds[id].high
        other = random_weights(rnd, list(scenario.weights))
        groups = {"group": rnd.sample(scenario.ids, rnd.randint(1, len(scenario.ids)))}
        try:
            then = allocate(replace(scenario, limits=()).with_weights(**other))
        except ScenarioError:  # a column of zeros
            continue
        bounds = amount_bounds(found, other, recipients=[id], groups=groups)
        assert bounds.of == ("entitlement" if found.entitlements_only else "amount")
        truth = {id: then.entitlements[id] + then.earmarks[id] for id in scenario.ids}
        truth["group"] = sum(truth[member] for member in groups["group"])
        for asked, (low, high) in bounds.items():
            assert low <= truth[asked] <= high


@deeper
def test_each_added_fact_never_widens():
    rnd = Random(7)
    for _ in range(cases(8)):
        allocation = published_case(rnd)
        known, scored = random_facts(rnd, allocation, 4)
        other = random_weights(rnd, list(allocation.scenario.weights))
        id = allocation.scenario.ids[0]
        first = last = None
        for count in range(len(known) + 1):
            found = audit(reading_of(allocation, (known[:count], scored if count else [])))
            now = [
                *amount_bounds(found, other, recipients=[id]).values(),
                *(bounds[id] for bounds in factor_share_bounds(found, recipients=[id]).values()),
            ]
            for before, after in zip(last or now, now, strict=True):
                slip = (2e-6 if before.high > 1 else 1e-9) if last is not first else 0
                assert before.low - slip <= after.low and after.high <= before.high + slip
            first, last = first or now, now


def test_a_known_share_is_its_own_range():
    known = Known("tax", ("ftz",), Fraction(9, 10), Fraction(9, 10))
    found = factor_share_bounds(audit(Reading(LUZHOU, [known])))
    assert found["tax"]["ftz"] == (Fraction(9, 10), Fraction(9, 10))


def test_a_known_cell_narrows_as_the_formula_says():
    """With the zone's share of tax known, the rest of its amount lies in the other three factors' table."""
    known = Known("tax", ("ftz",), Fraction(9, 10), Fraction(9, 10))
    found = factor_share_bounds(audit(Reading(LUZHOU, [known], tolerance="exact")))
    rest = Fraction(5000, 5602) - Fraction(36, 100)
    wanted = (rest - Fraction(2, 10)) / Fraction(4, 10)  # the least of investment: employment and work full
    assert abs(found["investment"]["ftz"].low - wanted) < 1e-9
    assert found["investment"]["ftz"].low <= wanted


def test_scored_work_after_the_earmark():
    """60 to 100 among eight: nobody's share of work is below 60/760 nor above 100/520."""
    found = audit(Reading(APART, scored=[Scored("effort", 60, 100)], tolerance="exact"))
    shares = factor_share_bounds(found)["effort"]
    assert abs(min(bounds.low for bounds in shares.values()) - Fraction(60, 760)) < 1e-9
    assert all(Fraction(60, 760) - Fraction(1, 10**9) <= bounds.low for bounds in shares.values())
    assert all(bounds.high <= Fraction(100, 520) + Fraction(1, 10**9) for bounds in shares.values())
    bounds = amount_bounds(found, EQUAL)
    assert bounds["ftz"] == (50_000_000, 50_000_000)
    plain = amount_bounds(audit(APART, tolerance="exact"), EQUAL)
    assert all(plain[id].low <= bounds[id].low <= bounds[id].high <= plain[id].high for id in bounds)


def test_a_coefficient_is_divided_out():
    """Where nothing is rounded, shares with a coefficient are those of a / c without one."""
    rnd = Random(8)
    for _ in range(50):
        allocation = published_case(rnd, coefficient=True, zeros=False)
        found = audit(allocation.scenario, tolerance="exact")
        if found.case.coefficients is None:
            continue  # all the same, as good as none
        assert found.closed == (True, False)
        c = dict(zip(found.case.ids, allocation.scenario.column("c"), strict=True))
        divided = {id: Fraction(allocation.amounts[id]) / c[id] for id in c}
        total = sum(divided.values())
        for factor, bounds in factor_share_bounds(found).items():
            w = Fraction(allocation.scenario.weights[factor]) / 100
            for id, (low, high) in bounds.items():
                a = divided[id] / total
                assert (low, high) == (max(0, (a + w - 1) / w), min(1, a / w))


def test_limits_that_hold_somebody_open_the_range_upwards():
    """Who was lifted to a floor may have been entitled to nothing; who was cut to a cap, to everything."""
    held = replace(LUZHOU, limits=[Limit(("hightech",), floor=250_000)])
    bounds = amount_bounds(audit(held, tolerance="exact"))
    assert bounds.of == "entitlement"
    low, high = bounds["hightech"]
    assert low == 0 and abs(high - 250_000) < 1
    held = replace(LUZHOU, limits=[Limit(("ftz",), cap=50_000_000)])
    low, high = amount_bounds(audit(held, tolerance="exact"))["ftz"]
    assert abs(low - 50_000_000) < 1 and high > 56_019_999


def test_a_bound_holds_whatever_the_dual_values_say():
    """Weak duality, with its error: no dual values, however wrong, give more than the truth."""
    rnd = np.random.default_rng(1)
    known = [Known("tax", ("jiangyang",), Fraction(1, 100), Fraction(1, 10))]
    case = case_of(Reading(LUZHOU, known, [Scored("effort", 1, 200)]))
    (program,) = programs_of(case)
    cone = program.cone
    for i, j in ((8, 0), (7, 3), (0, 2)):
        objective = program.vector({cone.cell(i, j): Fraction(1)})
        duals, point = program.solve(objective)
        truth = float(objective @ point)
        assert truth - 1e-9 <= program.safe(objective, duals) <= truth + 1e-12
        for size in (1e-6, 1e-2, 1.0):
            wrong = duals + size * rnd.normal(size=len(duals))
            wrong[program.equal.shape[0] :] = np.minimum(wrong[program.equal.shape[0] :], 0)
            assert program.safe(objective, wrong) <= truth + 1e-12


def test_progress_is_told_up_to_the_end():
    told = []
    found = audit(Reading(LUZHOU, scored=[Scored("effort", 1, 200)]))
    factor_share_bounds(found, recipients=["ftz", "naxi"], progress=told.append)
    # two recipients, two ends, three factors: investment and tax weigh the same, and nothing is known of them
    assert told == sorted(told) and len(told) == 12 and told[-1] == 1


def test_whoever_is_told_of_the_progress_may_end_it(monkeypatch):
    solved = []
    solve = Program.solve
    monkeypatch.setattr(Program, "solve", lambda *how: solved.append(0) or solve(*how))

    def stop(part):
        raise KeyboardInterrupt

    found = audit(Reading(LUZHOU, scored=[Scored("effort", 1, 200)]))
    with pytest.raises(KeyboardInterrupt):
        factor_share_bounds(found, progress=stop)
    assert len(solved) < 40  # of 72 bounds


def test_too_little_known_of_values_multiplied_as_they_are():
    """Without a lowest figure, values could be as small as anything against each other."""
    scenario = published_case(Random(9), kind="scores", zeros=False).scenario
    scenario = scenario.with_weights(f1=0)
    scenario = replace(scenario, published=allocate(scenario).amounts)
    with pytest.raises(ScenarioError) as refused:
        amount_bounds(audit(Reading(scenario, [Known("f0", ("r0",), 0, 50, "value")])))
    assert refused.value.problems[0].key == "audit_scale"
