"""Audits of random small splits against linear programs written from docs/method.md, and against the truth.

Data is drawn and allocated, and the split audited under what is true of the data, or under what is made up.
"""

from __future__ import annotations

import pytest
from audit_cases import published_case, random_facts
from audit_trial import made_up, run, run_in_depth

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


def test_random_audits():
    outcomes = run(random_reading, "a fixed one", 100)
    assert outcomes["true"] > 30 and outcomes["cannot"] > 3 and outcomes["fits"] > 3, outcomes


@pytest.mark.deep
def test_random_audits_in_depth():
    run_in_depth(random_reading, 2_000)
