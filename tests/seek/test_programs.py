"""Integer programs in place of going through moves one by one: the same answers, where both can."""

from random import Random

import pytest
from depth import cases, deeper
from goal_cases import brute, random_targets
from random_cases import random_case, scenario_of

from allocator import ScenarioError, allocate
from allocator.analysis.seek import moves, seek
from allocator.core.errors import AllocatorError


@pytest.fixture
def no_walk(monkeypatch):
    """Every walk through single moves is too long."""
    monkeypatch.setattr(moves, "MOST_ROWS", 0)


@pytest.mark.parametrize("seed", range(cases(30, 1000)))
@deeper
def test_the_least_of_all_coarse_weights_by_programs(seed, no_walk):
    rnd = Random(seed)
    try:
        scenario = scenario_of(random_case(rnd))
        allocate(scenario)
    except AllocatorError:
        return
    step = rnd.choice((5, 10)) if len(scenario.weights) < 4 else 10
    try:
        targets = [t for t in random_targets(rnd, scenario) if t.of != "difference"]
        answer = seek(scenario, targets, step=step)
    except ScenarioError as error:  # an exact share that no whole units come to
        assert error.problems[0].key == "target_unit"
        return
    expected = brute(scenario, targets, step)
    if not answer.proved:  # limits leave programs little to go by
        assert scenario.limits
    elif expected is None:
        assert answer.found is None
    else:
        assert list(answer.found.scenario.weights.values()) == list(expected.scenario.weights.values())
