"""Audits of random small splits held against linear programs written from docs/method.md, and the truth."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from random import Random

from audit_cases import random_weights, true_shares
from audit_oracle import Asked

from allocator import AllocatorError, ScenarioError
from allocator.analysis.audit import Known, Scored, amount_bounds, audit, factor_share_bounds, outlook
from allocator.core.engine import plan

REFUSED = {"audit_scale", "audit_rest_limits", "audit_rest_to"}


def made_up(rnd, scenario):
    """Facts that need not be true: shares and scores out of nowhere."""
    ids = [scenario.ids[i] for i in scenario.participants]
    facts = []
    for _ in range(rnd.randint(1, 3)):
        low = Fraction(rnd.randint(0, 90), 100)
        group = tuple(rnd.sample(ids, rnd.randint(1, max(1, len(ids) - 1))))
        of = rnd.choice(("share", "share", "part"))
        times = 1 if of == "share" else int(scenario.distributable)
        high = rnd.choice((None, min(Fraction(1), low + Fraction(rnd.randint(0, 40), 100)) * times))
        facts.append(Known(rnd.choice(list(scenario.weights)), group, low * times, high, of))
    scored = []
    if rnd.random() < 0.3:
        low = rnd.randint(1, 60)
        scored.append(Scored(rnd.choice(list(scenario.weights)), low, low + rnd.randint(0, 60)))
    return facts, scored


def held_against(rnd, drawn):
    """One audit, checked; gives what there was to check.

    Drawn are an allocation, published as it came out, a reading of it, and True if what that supposes is
    true.
    """
    allocation, reading, true = drawn
    scenario = allocation.scenario
    try:
        found = audit(reading)
    except ScenarioError as refused:
        assert refused.problems[0].key in REFUSED
        return "refused"
    if true:
        assert found.verdict.consistent, found.verdict
    if scenario.limits:
        verdict, sets, firm = found.verdict.consistent, [], False
    else:
        oracle = Asked(reading)
        verdict, sets, firm = oracle.fits()
    if verdict is not None:
        assert found.verdict.consistent == verdict, found.verdict
    if not found.verdict.consistent:
        return "cannot" if verdict is False else "near"
    id = rnd.choice(found.case.ids)
    try:
        shares = {f: bounds[id] for f, bounds in factor_share_bounds(found, recipients=[id]).items()}
        other = random_weights(rnd, list(scenario.weights), zeros=rnd.random() < 0.3)
        group = rnd.sample(scenario.ids, rnd.randint(1, len(scenario.ids)))
        amounts = amount_bounds(found, other, recipients=[id], groups={"group": group})
    except ScenarioError as refused:
        assert refused.problems[0].key in REFUSED
        return "refused"
    if true:
        check_truth(allocation, found, shares, amounts, id, group, other)
    if sets:
        reach = float(scenario.distributable)
        pairs = [(shares[f], oracle.share(sets, f, id), 1.0) for f in shares]
        pairs.append((amounts[id], oracle.amount(sets, other, [id]), reach))
        pairs.append((amounts["group"], oracle.amount(sets, other, group), reach))
        for (low, high), wanted, scale in pairs:
            assert low <= high
            if wanted is None:
                continue
            assert low <= wanted[0] + 1e-6 * scale and high >= wanted[1] - 1e-6 * scale, (low, high, wanted)
            if firm:
                assert abs(low - wanted[0]) <= 1e-5 * scale, (float(low), float(high), wanted)
                assert abs(high - wanted[1]) <= 1e-5 * scale, (float(low), float(high), wanted)
    return "true" if true else "fits"


def check_truth(allocation, found, shares, amounts, id, group, other):
    scenario = allocation.scenario
    for factor, (low, high) in shares.items():
        if any(scenario.column(factor)):
            assert low <= true_shares(allocation, factor)[id] <= high
    try:
        then = plan(replace(scenario, limits=(), adjustments=()).with_weights(**other))
    except AllocatorError:  # a column of zeros, or a rest that cannot be taken
        return
    truth = {id: then.entitlements[id] + then.earmarks[id] for id in scenario.ids}
    for name, ids in ((id, [id]), ("group", group)):
        low, high = amounts[name]
        assert low <= sum(truth[one] for one in ids) <= high
    if not found.case.limited and not scenario.limits:
        for one, says in outlook(found, other).says.items():
            moved = then.amounts[one] - allocation.before_adjustments[one]
            assert {"gains": moved > 0, "loses": moved < 0, "same": moved == 0}.get(says, True)


def run(random_reading, seed, count):
    """The outcomes of so many random audits, counted; a failure names its seed and number."""
    outcomes = Counter()
    for number in range(count):
        try:
            rnd = Random(f"{seed} {number}")
            outcomes[held_against(rnd, random_reading(rnd))] += 1
        except Exception as error:
            error.add_note(f"seed {seed}, audit {number}")
            raise
    return outcomes


def run_in_depth(random_reading, count):
    """As many from a seed that is printed, or that the environment names."""
    seed = os.environ.get("ALLOCATOR_SEED") or str(Random().randrange(10**6))
    print(f"\nseed {seed} (ALLOCATOR_SEED={seed} repeats it)")
    print(dict(run(random_reading, seed, count)))
