"""Whatever a rule of format 2 says: what holds of its amounts, pool by pool and stage by stage."""

from __future__ import annotations

import pickle
import random
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from random_rules import Case, case
from shipped import FIRST, SCENARIOS

from allocator import Allocation, AllocatorError, Factor, Scenario, ScenarioError, allocate, load_scenario
from allocator.core.formula import Formula
from allocator.core.pools import REST, Pool
from allocator.files.scenario.save import save_scenario

seeds = st.integers(0, 10**9)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rules")


def loaded(made: Case, folder: Path) -> Scenario:
    try:
        return load_scenario(made.into(folder))
    except AllocatorError:
        assume(False)
        raise


def allocated(scenario: Scenario) -> Allocation:
    try:
        return allocate(scenario)
    except AllocatorError:
        assume(False)
        raise


def second(seed: int, folder: Path) -> Scenario:
    """A random rule of format 2."""
    return loaded(case(random.Random(seed), first=False), folder)


@given(seeds)
@settings(max_examples=40)
def test_totals_hold_on_every_path_to_the_last_unit(folder: Path, seed: int) -> None:
    result = allocated(second(seed, folder))
    scenario, unit = result.scenario, result.scenario.fund.unit
    ids = scenario.ids
    assert result.total == scenario.fund.amount
    for split in result.splits:
        given_out = result.pools[split.pool.id]
        taking = {ids[i] for i in split.members}
        assert sum(given_out.values()) == split.total * unit
        assert all(amount >= 0 and amount % unit == 0 for amount in given_out.values())
        assert all(not amount for id, amount in given_out.items() if id not in taking)
        assert sum(map(Fraction, split.limited_units)) / split.limited_over == split.total or (
            split.pool.kind == "fixed"  # to the nearest unit
        )
    assert sum(sum(pool.values()) for pool in result.pools.values()) == scenario.distributable
    for id in ids:
        assert sum(pool[id] for pool in result.pools.values()) + result.earmarks[id] == result.amounts[id]
        assert sum(brought[id] for brought in result.contributions.values()) == result.entitlements[id]
        assert result.limited[id] + result.rounding[id] + result.earmarks[id] == result.amounts[id]


@given(seeds)
@settings(max_examples=40)
def test_stages_of_each_pool_add_up_to_what_it_gives(folder: Path, seed: int) -> None:
    result = allocated(second(seed, folder))
    for id in result.scenario.ids:
        for pool, given_out in result.pools.items():
            stages = [stage for stage in result.stages if stage.kind != "earmark" and stage.pool == pool]
            assert sum(stage.amounts[id] for stage in stages) == given_out[id]
        assert sum(stage.amounts[id] for stage in result.stages) == result.amounts[id]


def listed_otherwise(scenario: Scenario, order: list[int]) -> Scenario:
    """The same scenario with its recipients, and all figures, in another order."""
    factors = [
        replace(factor, values=tuple(factor.values[i] for i in order) if factor.values else ())
        for factor in scenario.factors
    ]
    people = tuple(scenario.recipients[i] for i in order)
    return replace(scenario, recipients=people, factors=tuple(factors))


@given(seeds)
@settings(max_examples=40)
def test_order_of_recipients_matters_only_for_declared_ties(folder: Path, seed: int) -> None:
    scenario = second(seed, folder)
    one = allocated(scenario)
    order = random.Random(seed).sample(range(len(scenario.ids)), len(scenario.ids))
    other = allocate(listed_otherwise(scenario, order))
    assert set(one.tied) == set(other.tied)
    assert one.entitlements == other.entitlements and one.limited == other.limited
    for pool, given_out in one.pools.items():
        assert sum(given_out.values()) == sum(other.pools[pool].values())
        for id in given_out.keys() - set(one.tied):
            assert given_out[id] == other.pools[pool][id]


@given(seeds)
@settings(max_examples=40)
def test_order_of_pools_matters_only_where_percents_tie(folder: Path, seed: int) -> None:
    scenario = second(seed, folder)
    assume(len(scenario.pools) > 1)
    one = allocated(scenario)
    pools = random.Random(seed).sample(scenario.pools, len(scenario.pools))
    other = allocate(replace(scenario, pools=tuple(pools)))
    cut = [
        Fraction(pool.percent) / 100 * scenario.distributable / Fraction(scenario.fund.unit) % 1
        for pool in pools
        if pool.percent is not None
    ]
    if len(set(cut)) == len(cut):
        assert one.pools == other.pools and one.amounts == other.amounts
        assert set(one.tied) == set(other.tied)


@given(seeds)
@settings(max_examples=40)
def test_a_rule_of_format_1_is_one_pool(folder: Path, seed: int) -> None:
    """All of the money as `[pool.x] amount = "rest"`, its limits those of the pool."""
    scenario = loaded(case(random.Random(seed), first=True), folder)
    assume(all(limit.of != "previous" for limit in scenario.limits))
    coefficients = () if scenario.coefficient is None else (scenario.coefficient,)
    pool = Pool("x", scenario.kind, scenario.weights, REST, coefficients=coefficients)
    limits = tuple(replace(limit, pool="x") for limit in scenario.limits)
    as_pool = {"kind": "", "weights": {}, "coefficient": None, "pools": (pool,), "limits": limits}
    assert answer(replace(scenario, **as_pool)) == answer(scenario)


def answer(scenario: Scenario) -> object:
    """The amounts with their stages, or the keys of what is refused."""
    try:
        result = allocate(scenario)
    except AllocatorError as error:
        return [problem.key for problem in error.problems]
    stages = [(stage.kind, stage.factor, stage.amounts) for stage in result.stages]
    return result.amounts, result.tied, stages


@given(seeds)
@settings(max_examples=60)
def test_what_is_saved_reads_back_the_same(folder: Path, seed: int) -> None:
    scenario = second(seed, folder)
    again = load_scenario(save_scenario(scenario, folder / "saved", overwrite=True))
    assert again == scenario and again.digest == scenario.digest
    assert answer(again) == answer(scenario)


EVERY_KEY = """
format = 2
title = "全"
[fund]
amount = 1000
currency = "CNY"
unit = 1
[data]
factors = "factors.csv"
previous = "previous.csv"
[pool.a]
name = { zh = "甲项", en = "Pool A" }
percent = "100/7"
kind = "shares"
weights = { main = "200/3", y = "100/3" }
coefficient = ["k", "m"]
recipients = ["A", "B"]
where = "previous > 1"
basis = "第一条"
[pool.b]
amount = 50
kind = "fixed"
weights = { x = 12.25, y = "1万元" }
over = "scale"
basis = { zh = "第二条", en = "article 2" }
[pool.c]
amount = "needed"
kind = "fixed"
weights = { x = "1/3" }
coefficient = "k"
[pool.d]
amount = "rest"
kind = "scores"
weights = { "税 收" = 0.5, rise = 2 }
[indicator.main]
name = "主要"
parts = { x = 37.5, rise = 62.5 }
basis = "第三条"
[factor.rise]
name = "增长"
formula = "IF(x = 2, 1, MAX(0, 'change' + 5))"
round = 3
basis = "第四条"
[factor.m]
formula = 'IF(grade = "好", 1.5, 1)'
[factor.grade]
text = true
[[earmark]]
recipients = ["A", "C"]
amount = 7
where = "x >= 1"
also_shares = true
reason = "单列"
basis = "第五条"
[[earmark]]
recipient = "B"
amount = 1
where = "x > 100"
[[limit]]
recipients = "all"
where = "x < 3"
pool = "d"
floor = 1
basis = "第六条"
"""


def test_every_key_of_format_2_is_saved(folder: Path) -> None:
    factors = "recipient,x,y,k,税 收,change,grade\nA,1,2,1,3,-2.5,好\nB,2,1,1,4,,良\nC,3,3,2,5,7,一般\n"
    people = "recipient,amount\nA,5\nB,5\nC,5\n"
    once = folder / "once"
    once.mkdir()
    for name, text in (("scenario.toml", EVERY_KEY), ("factors.csv", factors), ("previous.csv", people)):
        (once / name).write_text(text, "utf-8")
    scenario = load_scenario(once / "scenario.toml")
    saved = save_scenario(scenario, folder / "again")
    again = load_scenario(saved)
    assert again == scenario and again.digest == scenario.digest and again.format == 2
    written, meant = (tomllib.loads(text) for text in (saved.read_text("utf-8"), EVERY_KEY))
    assert {*keys(meant)} <= {*keys(written)} | {"limit.1.recipients"}
    # values that need more than their place: a third, a decimal in an inline table, an amount in text
    assert written["pool"]["a"]["percent"] == "100/7"
    assert written["pool"]["b"]["weights"] == {"x": 12.25, "y": 10_000}
    assert "12.25" in saved.read_text("utf-8") and written["pool"]["c"]["weights"] == {"x": "1/3"}
    assert pickle.loads(pickle.dumps(scenario)) == scenario


def keys(table: Any, above: str = "") -> Iterator[str]:
    """The dotted keys of all that stands in a file."""
    for name, value in table.items() if isinstance(table, dict) else enumerate(table, 1):
        here = f"{above}.{name}".lstrip(".")
        if isinstance(value, dict) or (isinstance(value, list) and value and isinstance(value[0], dict)):
            yield from keys(value, here)
        else:
            yield here


# --- the digest ---------------------------------------------------------------------------------------------

# as version 0.1.0 gave them, which knew no format 2: the first sixteen characters
DIGESTS = {
    "au-wa-2024-25/scenario": "7eade0bb6896a5cd",
    "luzhou-2023/after-earmark": "bd236d951f665b92",
    "luzhou-2023/cap-zone": "8b90221b5249eb13",
    "luzhou-2023/equal-weights": "411a8a20ff41b61d",
    "luzhou-2023/jobs-first": "57f630ed81612f82",
    "luzhou-2023/published-rule": "9a1dbac376d8146d",
    "luzhou-2023-projects/cumulative-tax": "c4d875c0b8d72e25",
    "luzhou-2023-projects/eight-years-medicine": "409cfd3a6f315f00",
    "luzhou-2023-projects/five-years": "e453342d3bfb34bf",
    "us-crf-2020/scenario": "9e9f38909df4acc5",
}


def test_shipped_scenarios_of_format_1_keep_their_digests() -> None:
    found = {f"{path.parent.name}/{path.stem}": load_scenario(path) for path in FIRST}
    assert {name: scenario.digest[7:23] for name, scenario in found.items()} == DIGESTS
    assert all(scenario.format == 1 for scenario in found.values())


@cache
def two_pools() -> Scenario:
    return load_scenario(SCENARIOS / "luzhou-2023-pools" / "two-pools.toml")


def changed_pool(**fields: object) -> Scenario:
    first, *others = two_pools().pools
    return replace(two_pools(), pools=(replace(first, **fields), *others))


def changed_factor(id: str, **fields: object) -> Scenario:
    factors = tuple(replace(f, **fields) if f.id == id else f for f in two_pools().factors)
    return replace(two_pools(), factors=factors)


def test_a_scenario_with_pools_has_no_weights_besides() -> None:
    """They would change its digest and none of its amounts."""
    for fields in ({"weights": {"effort": 1}}, {"kind": "shares"}, {"coefficient": "effort"}):
        with pytest.raises(ScenarioError) as caught:
            replace(two_pools(), **fields)
        assert [problem.key for problem in caught.value.problems] == ["pool_and_method"]


def test_the_digest_covers_what_decides_an_amount_and_nothing_else() -> None:
    scenario = two_pools()
    growth, foreign = scenario.factor("tax_growth"), scenario.factor("foreign")
    indicator = replace(scenario.indicators[0], parts={"domestic": 70, "tax_growth": 30})
    other = Formula(growth.formula.text + " ", growth.formula.root)
    changed = [
        changed_pool(percent=61),
        changed_pool(weights={"economy": 79, "effort": 21}),
        changed_pool(coefficients=("effort",)),
        changed_pool(recipients="district"),
        changed_pool(where=scenario.pools[1].where),
        changed_pool(kind="scores"),
        replace(scenario, pools=scenario.pools[::-1]),
        replace(scenario, indicators=(indicator,)),
        changed_factor("tax_growth", round=5),
        changed_factor("tax_growth", formula=other),
        changed_factor("foreign", values=(*foreign.values[:-1], 9)),
        changed_factor("tax_2022", values=(*scenario.factor("tax_2022").values[:-1], 9)),
        replace(scenario, limits=(replace(scenario.limits[0], where=scenario.pools[1].where),)),
        replace(scenario, limits=(replace(scenario.limits[0], pool="domestic"),)),
    ]
    assert len({scenario.digest, *(each.digest for each in changed)}) == 1 + len(changed)
    unused = Factor("unused", (1,) * len(scenario.ids))
    same = [
        changed_pool(basis="其他依据"),
        changed_pool(name="别的名称"),
        changed_factor("tax_growth", basis="依据"),
        replace(scenario, factors=(*scenario.factors, unused)),
        replace(scenario, indicators=(replace(scenario.indicators[0], name="别的"),)),
        replace(scenario, title="别的"),
    ]
    assert {each.digest for each in same} == {scenario.digest}
