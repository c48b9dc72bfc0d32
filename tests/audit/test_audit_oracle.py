"""Audits of random small splits against linear programs written from docs/method.md, and against the truth.

Data is drawn and allocated, and the split audited under what is true of the data, or under what is made up.
"""

from __future__ import annotations

import os
from collections import Counter
from random import Random

import pytest
from audit_cases import published_case, random_facts
from audit_trial import held_against, made_up

from allocator.analysis.audit import Reading


def random_reading(rnd):
    how = {
        "kind": rnd.choice(("shares", "scores")),
        "rounding": rnd.choice(("largest-remainder", "rest-to-largest")),
        "unit": rnd.choice((1, 10)),
        "coefficient": rnd.random() < 0.3,
        "earmarks": rnd.random() < 0.2,
        "limits": rnd.random() < 0.2,
        "zeros": rnd.random() < 0.3,
    }
    allocation = published_case(rnd, **how)
    true = rnd.random() < 0.7
    facts = random_facts(rnd, allocation, rnd.randint(0, 4)) if true else made_up(rnd, allocation.scenario)
    exact = not true and rnd.random() < 0.3
    tolerance = "exact" if exact else "rounded"
    return allocation, Reading(allocation.scenario, *map(tuple, facts), tolerance), true


def run(seed, count):
    outcomes = Counter()
    for number in range(count):
        try:
            rnd = Random(f"{seed} {number}")
            outcomes[held_against(rnd, random_reading(rnd))] += 1
        except Exception as error:
            error.add_note(f"seed {seed}, audit {number}")
            raise
    return outcomes


def test_random_audits():
    outcomes = run("a fixed one", 100)
    assert outcomes["true"] > 30 and outcomes["cannot"] > 3 and outcomes["fits"] > 3, outcomes


@pytest.mark.deep
def test_random_audits_in_depth():
    seed = os.environ.get("ALLOCATOR_SEED") or str(Random().randrange(10**6))
    print(f"\nseed {seed} (ALLOCATOR_SEED={seed} repeats it)")
    print(dict(run(seed, 2_000)))
