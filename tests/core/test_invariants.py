"""What must hold for every input that there is."""

from dataclasses import replace
from fractions import Fraction
from random import Random

from hypothesis import assume, given
from hypothesis import strategies as st
from random_cases import random_case, scenario_of

from allocator import Allocation, AllocatorError, Limit, Scenario, allocate

randoms = st.randoms(use_true_random=False)


def some_scenario(rnd: Random, **changes) -> Scenario:
    try:
        return scenario_of(random_case(rnd) | changes)
    except AllocatorError:
        assume(False)
        raise


def some_allocation(rnd: Random, **changes) -> Allocation:
    try:
        return allocate(some_scenario(rnd, **changes))
    except AllocatorError:
        assume(False)
        raise


def split(allocation: Allocation) -> dict:
    """What the factor split alone brings, without earmarks."""
    return {id: allocation.amounts[id] - allocation.earmarks[id] for id in allocation.amounts}


@given(randoms)
def test_totals_are_exact_at_every_stage(rnd):
    result = some_allocation(rnd)
    scenario = result.scenario
    taking = [scenario.ids[i] for i in scenario.participants]
    assert result.total == scenario.fund.amount
    assert sum(split(result).values()) == scenario.distributable
    if taking:
        assert sum(result.entitlements.values()) == scenario.distributable
        assert sum(result.limited.values()) == scenario.distributable
        assert sum(result.shares.values()) == 1
    for id in scenario.ids:
        assert sum(part[id] for part in result.contributions.values()) == result.entitlements[id]
        assert result.limited[id] + result.rounding[id] + result.earmarks[id] == result.amounts[id]


@given(randoms)
def test_amounts_are_whole_units_within_their_limits(rnd):
    result = some_allocation(rnd)
    for id, amount in split(result).items():
        assert amount >= 0
        assert amount % result.scenario.fund.unit == 0
        assert amount >= (result.floors[id] or 0)
        assert result.caps[id] is None or amount <= result.caps[id]


@given(randoms)
def test_largest_remainder_stays_within_a_unit(rnd):
    result = some_allocation(rnd, rounding="largest-remainder")
    assert all(abs(rounding) < result.scenario.fund.unit for rounding in result.rounding.values())


@given(randoms)
def test_rest_to_largest_moves_only_the_largest_by_more_than_half_a_unit(rnd):
    result = some_allocation(rnd, rounding="rest-to-largest")
    half = Fraction(result.scenario.fund.unit) / 2
    off = [id for id, rounding in result.rounding.items() if not -half < rounding <= half]
    largest = max(result.limited.values())
    assert len(off) <= 1
    assert all(result.limited[id] == largest for id in off)


@given(randoms)
def test_limits_are_met_with_one_multiplier(rnd):
    """a = min(max(k · e, floor), cap) for everybody with the k that is reported."""
    result = some_allocation(rnd)
    k = result.split.multiplier
    for id, entitlement in result.entitlements.items():
        wanted = max(k * entitlement, result.floors[id] or 0)
        wanted = wanted if result.caps[id] is None else min(wanted, result.caps[id])
        assert wanted == result.limited[id]


@given(randoms)
def test_limits_that_bind_nobody_change_nothing(rnd):
    case = random_case(rnd)
    case["limits"] = []
    try:
        scenario = scenario_of(case)
        free = allocate(scenario)
    except AllocatorError:
        assume(False)
        raise
    assume(scenario.participants)
    wide = allocate(replace(scenario, limits=[Limit("all", floor=0, cap=scenario.fund.amount)]))
    assert wide.amounts == free.amounts
    assert wide.split.multiplier == 1


@given(randoms, st.integers())
def test_order_of_recipients_matters_only_for_declared_ties(rnd, seed):
    case = random_case(rnd)
    shuffled = case | {"recipients": Random(seed).sample(case["recipients"], len(case["recipients"]))}
    try:
        one, other = allocate(scenario_of(case)), allocate(scenario_of(shuffled))
    except AllocatorError:
        assume(False)
        raise
    assert set(one.tied) == set(other.tied)
    assert one.entitlements == other.entitlements
    for id in one.amounts:
        if id not in one.tied:
            assert one.amounts[id] == other.amounts[id]


@given(randoms, st.fractions(min_value=Fraction(1, 100), max_value=1000, max_denominator=100))
def test_scaling_a_factor_changes_nothing_in_shares(rnd, scale):
    case = random_case(rnd) | {"kind": "shares"}
    factors = list(case["values"])
    case["weights"] = dict.fromkeys(factors, Fraction(100, len(factors)))
    scaled = case | {
        "values": case["values"] | {"f0": {i: x * scale for i, x in case["values"]["f0"].items()}}
    }
    try:
        one, other = allocate(scenario_of(case)), allocate(scenario_of(scaled))
    except AllocatorError:
        assume(False)
        raise
    assert (one.amounts, one.tied, one.entitlements) == (other.amounts, other.tied, other.entitlements)


@given(randoms, st.integers(1, 10**6))
def test_raising_ones_value_never_lowers_ones_entitlement(rnd, more):
    case = random_case(rnd) | {"limits": []}
    id = rnd.choice(case["recipients"])
    factor = rnd.choice(list(case["values"]))
    raised = dict(case["values"][factor])
    raised[id] += more
    try:
        one = allocate(scenario_of(case))
        other = allocate(scenario_of(case | {"values": case["values"] | {factor: raised}}))
    except AllocatorError:
        assume(False)
        raise
    assert other.entitlements[id] >= one.entitlements[id]


@given(randoms)
def test_the_same_input_has_the_same_digest_and_result(rnd):
    scenario = some_scenario(rnd)
    again = replace(scenario, title="another title")
    assert again.digest == scenario.digest
    if scenario.participants:
        more = replace(scenario.fund, amount=scenario.fund.amount + scenario.fund.unit)
        assert replace(scenario, fund=more).digest != scenario.digest
    try:
        result = allocate(scenario)
    except AllocatorError:
        assume(False)
        raise
    assert allocate(again).amounts == result.amounts
