"""The engine against a slow implementation that was written from the method alone."""

from collections import Counter
from random import Random

import pytest
from depth import cases, deeper
from random_cases import random_case, scenario_of
from reference import Infeasible, allocate_slowly

from allocator import InfeasibleError, ScenarioError, allocate

BATCHES = cases(8, 800)
CASES_PER_BATCH = 250


def outcome_of_reference(case: dict):
    try:
        return allocate_slowly(case)
    except ValueError:
        return "wrong input"
    except Infeasible:
        return "infeasible"


def check(case: dict) -> str:
    expected = outcome_of_reference(case)
    try:
        allocation = allocate(scenario_of(case))
    except ScenarioError:
        assert expected == "wrong input"
        return expected
    except InfeasibleError:
        assert expected == "infeasible"
        return expected
    assert not isinstance(expected, str), f"the reference says {expected}"
    taking = expected["takes_part"]

    def of_taking(values) -> dict:
        return {id: values[id] for id in taking}

    assert allocation.scenario.distributable == expected["distributable"]
    assert of_taking(allocation.entitlements) == expected["entitlements"]
    assert {f: of_taking(part) for f, part in allocation.contributions.items()} == expected["contributions"]
    # a floor of zero and no floor are one thing to the reference
    assert {id: floor or 0 for id, floor in of_taking(allocation.floors).items()} == {
        id: floor or 0 for id, floor in expected["floors"].items()
    }
    assert of_taking(allocation.caps) == expected["caps"]
    assert of_taking(allocation.limited) == expected["limited"]
    assert allocation.amounts == expected["amounts"]
    assert list(allocation.tied) == expected["tied"]
    return "allocated"


@pytest.mark.parametrize("batch", range(BATCHES))
@deeper
def test_equal_on_random_cases(batch):
    rnd = Random(batch)
    outcomes = Counter(check(random_case(rnd)) for _ in range(CASES_PER_BATCH))
    # the cases must reach every outcome, or the comparison would prove little
    assert outcomes["allocated"] > CASES_PER_BATCH / 4
    assert outcomes["infeasible"] > 5
    assert outcomes["wrong input"] > 5
