"""Ranges where shares are known, by subsets of factors: against programs, whole tables and themselves."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from random import Random

import pytest
from audit_cases import published_case, random_weights, true_shares
from audit_trial import check_truth
from depth import cases, deeper

from allocator import Factor, Fund, Recipient, Scenario, ScenarioError
from allocator.analysis.audit import (
    Known,
    Reading,
    Scored,
    amount_bounds,
    audit,
    bounds,
    closed,
    factor_share_bounds,
    margins,
    verdict,
)


def drawn(rnd):
    """A published split and what is known of shares: of its own data, or made up; groups are often nested."""
    rounding = rnd.choice(
        ("largest-remainder", "largest-remainder", "rest-to-largest", "each-alone", "rest-to")
    )
    exact = rounding in ("largest-remainder", "rest-to-largest") and rnd.random() < 0.25
    coefficient = exact and rnd.random() < 0.3
    allocation = published_case(
        rnd,
        unit=rnd.choice((1, 10)),
        rounding=rounding,
        coefficient=coefficient,
        earmarks=rnd.random() < 0.2,
        zeros=rnd.random() < 0.3 and not coefficient,
    )
    scenario = allocation.scenario
    ids = [scenario.ids[i] for i in scenario.participants]
    true = rnd.random() < 0.6 and not exact
    known = [_fact(rnd, allocation, ids, true) for _ in range(rnd.randint(1, 6))]
    scored = []
    if not true and rnd.random() < 0.1:
        scored = [Scored(rnd.choice(list(scenario.weights)), 5, 5)]
    known = [fact for fact in known if fact is not None]
    return allocation, Reading(scenario, tuple(known), tuple(scored), "exact" if exact else "rounded"), true


def _fact(rnd, allocation, ids, true):
    scenario = allocation.scenario
    factor = rnd.choice(list(scenario.weights))
    start = rnd.choice((0, 1, rnd.randrange(len(ids))))
    several = ids[start : start + rnd.choice((2, 3))]  # mostly one within the other
    members = tuple(rnd.choice(([rnd.choice(ids)], [rnd.choice(ids)], several or ids, ids)))
    if not true:
        low = Fraction(rnd.randint(0, 60), 100)
        high = min(Fraction(1), low + Fraction(rnd.choice((0, 1, 10, 40)), 100))
        return Known(factor, members, low, high if len(members) < len(ids) else 1)
    if not any(scenario.column(factor)):
        return None
    share = sum(true_shares(allocation, factor)[id] for id in members)
    down, up = Fraction(rnd.randint(50, 100), 100), Fraction(rnd.randint(100, 150), 100)
    if rnd.random() < 0.2:
        brought = sum(allocation.contributions[factor][id] for id in members)
        return Known(factor, members, brought * down, rnd.choice((None, brought * up)), "part")
    return Known(factor, members, share * down, rnd.choice((None, min(share * up, Fraction(1)))))


def by_programs(patch):
    """Everything by linear programs of all factors, until the patch ends."""
    for room in (bounds, verdict):
        patch.setattr(room, "merged", lambda case, apart, rates=None: (case, {j: j for j in range(99)}))
    for room in (margins, closed):
        patch.setattr(room, "shares_apply", lambda case: False)
        patch.setattr(room, "amounts_apply", lambda case: False)


def held_against_programs(rnd, monkeypatch):
    allocation, reading, true = drawn(rnd)
    scenario = allocation.scenario
    try:
        found = audit(reading)
    except ScenarioError:
        return "refused"
    if not margins.shares_apply(found.case):
        return "not covered"
    with monkeypatch.context() as patch:
        by_programs(patch)
        other = audit(reading)
    if true:
        assert found.verdict.consistent
    assert found.verdict.consistent is not None
    if found.verdict.consistent != other.verdict.consistent:
        assert other.verdict.consistent is None, (found.verdict, other.verdict)
        return "unsettled"
    if not found.verdict.consistent:
        assert found.verdict.because == other.verdict.because
        assert found.verdict.change == other.verdict.change
        pairs = zip(found.verdict.clashes, other.verdict.clashes, strict=True)
        for ours, theirs in pairs:
            assert replace(ours, least=theirs.least, most=theirs.most) == theirs
            assert 0 <= ours.least - theirs.least <= 1e-5 and 0 <= theirs.most - ours.most <= 1e-5
        return "cannot"
    weights = random_weights(rnd, list(scenario.weights), zeros=rnd.random() < 0.3)
    shares = factor_share_bounds(found)
    amounts = None if found.case.coefficients else amount_bounds(found, weights)
    assert found.closed == (True, amounts is not None)
    with monkeypatch.context() as patch:
        by_programs(patch)
        try:
            solved = factor_share_bounds(found)
            money = None if amounts is None else amount_bounds(found, weights)
        except ScenarioError as error:
            assert error.problems[0].key == "audit_unsettled"
            return "unsettled"
    pairs = [(shares[f][id], solved[f][id], Fraction(1)) for f in shares for id in shares[f]]
    if amounts is not None:
        pairs += [(amounts[id], money[id], Fraction(scenario.distributable)) for id in amounts]
    for ours, theirs, scale in pairs:
        assert theirs.low <= ours.low <= ours.high <= theirs.high, (ours, theirs)
        assert max(ours.low - theirs.low, theirs.high - ours.high) <= 2e-9 * float(scale) + 2e-6 * (scale > 1)
    if true and amounts is not None:
        id = rnd.choice(found.case.ids)
        bounds = amount_bounds(found, weights, recipients=[id], groups={"group": [id]})
        check_truth(allocation, found, {f: shares[f][id] for f in shares}, bounds, id, [id], weights)
    return "true" if true else "fits"


def run(seed, count, monkeypatch):
    outcomes = Counter()
    for number in range(count):
        try:
            outcomes[held_against_programs(Random(f"{seed} {number}"), monkeypatch)] += 1
        except Exception as error:
            error.add_note(f"seed {seed}, case {number}")
            raise
    return outcomes


def test_against_programs(monkeypatch):
    outcomes = run("a fixed one", 40, monkeypatch)
    assert min(outcomes[what] for what in ("true", "fits", "cannot")) >= 5, outcomes


@pytest.mark.deep
def test_against_programs_in_depth(monkeypatch):
    seed = os.environ.get("ALLOCATOR_SEED") or str(Random().randrange(10**6))
    print(f"\nseed {seed} (ALLOCATOR_SEED={seed} repeats it)")
    print(dict(run(seed, 3_000, monkeypatch)))


# --- whole tables ---------------------------------------------------------------------------------


def published(columns, amounts, **fund):
    """A published split by these weights, of data that nobody knows."""
    ids = [f"r{i}" for i in range(len(amounts))]
    factors = {f"f{j}": weight for j, weight in enumerate(columns)}
    return Scenario(
        title="whole tables",
        fund=Fund(sum(amounts), "CNY", 1, **fund),
        kind="shares",
        weights=factors,
        recipients=[Recipient(id) for id in ids],
        factors=[Factor(f, (1,) * len(ids)) for f in factors],
        published=dict(zip(ids, amounts, strict=True)),
    )


def rows_of(size, total, most):
    """All rows of so many whole numbers of at most these sizes that add up to the total."""
    if size == 1:
        return [(total,)] if total <= most[0] else []
    return [
        (first, *rest)
        for first in range(min(total, most[0]) + 1)
        for rest in rows_of(size - 1, total - first, most[1:])
    ]


def tables_of(columns, amounts):
    """All tables of whole numbers with these margins."""
    if len(amounts) == 1:
        yield (tuple(columns),)
        return
    for row in rows_of(len(columns), amounts[0], columns):
        left = [column - cell for column, cell in zip(columns, row, strict=True)]
        for rest in tables_of(left, amounts[1:]):
            yield (row, *rest)


@deeper
def test_against_whole_tables():
    """With whole ends everywhere, the least and the most are those of the tables of whole numbers."""
    rnd, fitting = Random("whole tables"), 0
    for _ in range(cases(60)):
        size, width = rnd.randint(2, 4), rnd.randint(2, 3)
        steps = sorted(rnd.sample(range(1, 10), width - 1))
        columns = [b - a for a, b in pairwise([0, *steps, 10])]
        cuts = sorted(rnd.randint(0, 10) for _ in range(size - 1))
        amounts = [b - a for a, b in pairwise([0, *cuts, 10])]
        facts, ends = [], []
        for _ in range(rnd.randint(1, 4)):
            j, start = rnd.randrange(width), rnd.choice((0, rnd.randrange(size)))
            rows = range(start, min(size, start + rnd.choice((1, 1, 2))))
            low = rnd.randint(0, columns[j])
            high = rnd.randint(low, columns[j])
            shares = Fraction(low, columns[j]), Fraction(high, columns[j])
            facts.append(Known(f"f{j}", tuple(f"r{i}" for i in rows), *shares))
            ends.append((rows, j, low, high))
        weights = [10 * column for column in columns]
        scenario = published(weights, amounts)
        found = audit(Reading(scenario, tuple(facts), tolerance="exact"))
        if not margins.shares_apply(found.case):
            continue  # neither of two groups holds the other
        tables = [
            table
            for table in tables_of(columns, amounts)
            if all(low <= sum(table[i][j] for i in rows) <= high for rows, j, low, high in ends)
        ]
        assert found.verdict.consistent == bool(tables)
        if not tables:
            continue
        fitting += 1
        shares = factor_share_bounds(found)
        other = random_weights(rnd, list(scenario.weights))
        amounts_ = amount_bounds(found, other)
        for i, id in enumerate(scenario.ids):
            for j, factor in enumerate(scenario.weights):
                cells = [Fraction(table[i][j], columns[j]) for table in tables]
                assert shares[factor][id] == (min(cells), max(cells))
            rates = [Fraction(other[f]) / columns[j] / 10 for j, f in enumerate(scenario.weights)]
            sums = [sum(rate * cell for rate, cell in zip(rates, table[i], strict=True)) for table in tables]
            assert amounts_[id] == (min(sums), max(sums))
    assert fitting >= cases(60) // 8


# --- what a range says of itself ------------------------------------------------------------------


@deeper
def test_an_end_can_be_and_nothing_beyond_it():
    """The end of a range is a share that somebody can have, and a billionth of a billionth more is not."""
    rnd, checked = Random("ends"), 0
    while checked < cases(40):
        _, reading, _ = drawn(rnd)
        try:
            found = audit(reading)
        except ScenarioError:
            continue
        if not margins.shares_apply(found.case) or not found.verdict.consistent:
            continue
        checked += 1
        factor, id = rnd.choice(found.case.factors), rnd.choice(found.case.ids)
        low, high = factor_share_bounds(found, recipients=[id], factors=[factor])[factor][id]
        near = Fraction(1, 10**18)
        strict = any(any(one.below) for one in found.case.unrounded)  # an end may stand for others at a half
        asked = [(low, low, not strict or None), (high, high, not strict or None)]
        asked += [(high + near, 1, False)] if high + near <= 1 else []
        asked += [(0, low - near, False)] if low >= near else []
        for least, most, wanted in asked:
            fact = Known(factor, (id,), least, most)
            answer = audit(replace(reading, known=(*reading.known, fact))).verdict.consistent
            assert wanted is None or answer == wanted, (least, most)


def test_a_group_narrows_as_the_formula_says():
    """50 units by each factor.  Two have 30 of the first and got 80: so they have all 50 of the second."""
    scenario = published([50, 50], [40, 40, 20])
    fact = Known("f0", ("r0", "r1"), Fraction(3, 5), Fraction(3, 5))
    found = factor_share_bounds(audit(Reading(scenario, (fact,), tolerance="exact")))
    assert found["f0"]["r2"] == (Fraction(2, 5), Fraction(2, 5))
    assert found["f1"]["r2"] == (0, 0)
    assert found["f1"]["r0"] == (Fraction(1, 5), Fraction(4, 5))  # 40 less 30 of the first; 50 less 10
    half = replace(fact, low=Fraction(1, 2), high=Fraction(1, 2))  # leaves 25 of the first to one with 20
    assert not audit(Reading(scenario, (half,), tolerance="exact")).verdict.consistent


def test_a_group_narrows_however_fine_the_figures_are():
    """Two of four with 30 of the first 50 and 80 of all have all of the second; more says nothing."""
    scenario = published([50, 50], [40, 40, 10, 10])
    group = Known("f0", ("r0", "r1"), Fraction(3, 5), Fraction(3, 5))
    fine = Known("f0", ("r2",), 0, 1 - Fraction(1, 10**24))
    found = factor_share_bounds(audit(Reading(scenario, (group, fine), tolerance="exact")))
    assert found["f0"]["r2"] == found["f0"]["r3"] == (Fraction(1, 5), Fraction(1, 5))
    assert found["f1"]["r2"] == found["f1"]["r3"] == (0, 0)


def test_only_chosen_factors_are_worked_out():
    scenario = published([50, 50], [40, 40, 20])
    found = audit(Reading(scenario, (Known("f0", ("r0",), 0, Fraction(1, 2)),)))
    assert list(factor_share_bounds(found, factors=["f1"])) == ["f1"]
    with pytest.raises(ScenarioError) as refused:
        factor_share_bounds(found, factors=["f9"])
    assert refused.value.problems[0].key == "audit_factor"


def test_figures_too_odd_for_whole_numbers_are_left_to_the_programs():
    """A thousand fractions with denominators of their own would need whole numbers of as many digits."""
    scenario = published([50, 50], [40, 40, 20])
    odd = [Known("f0", ("r0",), Fraction(1, 10**29 + n), 1) for n in range(60)]
    assert not margins.shares_apply(audit(Reading(scenario, tuple(odd))).case)
    assert margins.shares_apply(audit(Reading(scenario, tuple(odd[:20]))).case)
