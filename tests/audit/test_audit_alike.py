"""Ends of ranges that are made of answers about other recipients: against programs for each, and the rule."""

from dataclasses import replace
from fractions import Fraction
from random import Random

import numpy as np
import pytest
from audit_cases import published_case, random_facts, random_weights, reading_of, true_shares
from depth import cases, deeper

from allocator import Factor, Fund, Recipient, Scenario, ScenarioError, allocate
from allocator.analysis.audit import (
    Known,
    Reading,
    Scored,
    amount_bounds,
    answers,
    audit,
    bounds,
    closed,
    factor_share_bounds,
    margins,
)
from allocator.analysis.audit.alike import Alike
from allocator.analysis.audit.bounds import programs_of
from allocator.analysis.audit.programs import Program


def by_programs(patch):
    """Nothing by formulas or subsets, until the patch ends."""
    for room in (margins, closed):
        patch.setattr(room, "shares_apply", lambda case: False)
        patch.setattr(room, "amounts_apply", lambda case: False)
    patch.setattr(bounds, "merged", lambda case, apart, rates=None: (case, {j: j for j in range(99)}))


def larger(rnd, size=24):
    """A split of some size from random data, of which a third of all shares are known to within a tenth."""
    ids = [f"r{i}" for i in range(size)]
    factors = [Factor(f"f{j}", [rnd.randint(60 if j == 3 else 1, 100) for _ in ids]) for j in range(4)]
    scenario = Scenario(
        title="a larger one",
        fund=Fund(10 * size * rnd.randint(50, 10**5), "CNY", 10),
        kind="shares",
        weights=random_weights(rnd, [factor.id for factor in factors], zeros=False),
        recipients=[Recipient(id) for id in ids],
        factors=factors,
    )
    found = allocate(scenario)
    found = allocate(replace(scenario, published=found.amounts))
    known = []
    for factor in factors:
        for id, share in list(true_shares(found, factor.id).items())[::3]:
            known.append(Known(factor.id, (id,), share * Fraction(9, 10), share * Fraction(11, 10)))
    return found, known


def ranges(found, weights):
    """Every range of a share and of an amount, as names, ends, and how much ends may differ."""
    shares = factor_share_bounds(found)
    made = [((f, id), shares[f][id], Fraction(3, 10**12)) for f in shares for id in shares[f]]
    money = amount_bounds(found, weights)
    near = Fraction(2, 10**6) + Fraction(found.case.total * found.case.unit, 10**11)
    return [*made, *((id, money[id], near) for id in money)]


@deeper
def test_ends_are_those_of_programs_for_each(monkeypatch):
    """Ends made of other answers are those that a program finds for each recipient by itself."""
    rnd, checked = Random("alike"), 0
    while checked < cases(6):
        if rnd.random() < 0.3:
            allocation, known = larger(rnd, rnd.randint(6, 12))
            reading = Reading(allocation.scenario, rnd.sample(known, rnd.randint(1, len(known))))
        else:
            rounding = rnd.choice(("largest-remainder", "rest-to-largest", "each-alone", "rest-to"))
            allocation = published_case(rnd, rounding=rounding, earmarks=rnd.random() < 0.3)
            reading = reading_of(allocation, random_facts(rnd, allocation, 3))
        if not reading.known and not reading.scored:
            continue
        weights = random_weights(rnd, list(allocation.scenario.weights))
        with monkeypatch.context() as patch:
            by_programs(patch)
            try:
                found = audit(reading)
                made = ranges(found, weights)
            except ScenarioError:
                continue
            patch.setattr(answers, "alike_apply", lambda case: False)
            each = ranges(found, weights)
        checked += 1
        for (name, ours, near), (_, theirs, _) in zip(made, each, strict=True):
            assert abs(ours.low - theirs.low) <= near and abs(ours.high - theirs.high) <= near, name
        for factor in allocation.scenario.weights:
            if any(allocation.scenario.column(factor)):
                inside = {name: ends for name, ends, _ in made}
                for id, share in true_shares(allocation, factor).items():
                    assert inside[factor, id].low <= share <= inside[factor, id].high


@pytest.mark.parametrize("supposed", ["scored", "known"])
def test_few_programs_are_solved_for_many_recipients(supposed, monkeypatch):
    """Of 24 recipients, two thirds of whom or all are as good as unknown: 192 ends, most of them alike."""
    allocation, known = larger(Random(24))
    scored = [Scored("f3", 60, 100)] if supposed == "scored" else []
    solved, solve = [], Program.solve
    monkeypatch.setattr(Program, "solve", lambda *how: solved.append(0) or solve(*how))
    with monkeypatch.context() as patch:
        by_programs(patch)
        found = audit(Reading(allocation.scenario, [] if scored else known, scored))
        solved.clear()
        factor_share_bounds(found)
    assert 0 < len(solved) <= 192 // 4


def test_data_made_by_exchanges_is_data_of_the_rule():
    """Columns of shares, amounts that round to the published ones, known shares between their ends."""
    allocation, known = larger(Random(5))
    scenario, made = allocation.scenario, 0
    (program,) = programs_of(audit(Reading(scenario, known)).case)
    alike, cone = Alike(program.cone), program.cone
    size, width, unit = len(scenario.ids), len(scenario.weights), scenario.fund.unit
    weights = np.array([float(weight) / 100 for weight in scenario.weights.values()])
    published = np.array([float(amount) for amount in scenario.published.values()])
    _, start = program.solve(program.vector({cone.cell(1, 0): Fraction(-1)}))
    for i in range(2, size):
        question = alike.question({cone.cell(i, 0): Fraction(1)})
        before = start[cone.cell(i, 0)]
        point = alike.data(start, question, -1, -before - 0.01, 1e-13)
        if point is None:
            continue
        made += 1
        table = point[: size * width].reshape(size, width)
        assert table[i, 0] >= before + 0.01 - 1e-12 and table.min() >= 0
        assert abs(table.sum(axis=0) - 1).max() < 1e-12
        off = table @ weights * float(scenario.distributable) - published  # from m to m + 1 units with one m
        assert off.max() - off.min() <= unit * (1 + 1e-6) and abs(off.sum()) < 1e-6 * unit
        for fact in known:
            share = table[scenario.ids.index(fact.recipients[0]), list(scenario.weights).index(fact.factor)]
            assert float(fact.low) - 1e-12 <= share <= float(fact.high) + 1e-12
    assert made > 3
