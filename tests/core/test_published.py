"""Allocations that were really made, reproduced from published rules."""

import csv
from fractions import Fraction
from pathlib import Path

import pytest

from allocator import allocate, load_scenario

SCENARIOS = Path(__file__).parent.parent.parent / "scenarios"


@pytest.fixture(scope="module")
def luzhou():
    return load_scenario(SCENARIOS / "luzhou-2023" / "published-rule.toml")


def test_luzhou_facts(luzhou):
    """Final accounts 2023 of the bureau, annex 2: the fund, the two departments, the nine amounts."""
    assert luzhou.fund.amount == 57_220_000
    assert [r.amount for r in luzhou.reservations] == [600_000, 600_000]
    assert luzhou.distributable == 56_020_000
    published = [170, 80, 59, 73, 26, 37, 132, 25, 5000]  # in 万元, in the document's order
    assert [amount // 10_000 for amount in luzhou.published.values()] == published
    assert sum(published) == 5602
    names = ["江阳区", "龙马潭区", "纳溪区", "泸县", "合江县", "叙永县", "古蔺县", "高新区", "自贸区"]
    assert [recipient.name.zh for recipient in luzhou.recipients] == names
    assert list(luzhou.weights.values()) == [40, 40, 10, 10]
    # the document gives the departments 2.1 % of the fund
    assert round(Fraction(luzhou.reserved, luzhou.fund.amount) * 100, 1) == Fraction(21, 10)


@pytest.mark.parametrize("name", ["published-rule", "after-earmark"])
def test_luzhou_split_is_met_to_the_yuan(name):
    allocation = allocate(load_scenario(SCENARIOS / "luzhou-2023" / f"{name}.toml"))
    assert allocation.amounts == allocation.scenario.published
    assert allocation.total == 57_220_000
    assert allocation.tied == ()


def test_illustrative_data_is_marked_wherever_it_is_used():
    for path in (SCENARIOS / "luzhou-2023").glob("*.toml"):
        scenario = load_scenario(path)
        assert {factor.id for factor in scenario.assumed} == set(scenario.weights)
        for factor in scenario.factors:
            assert "吻合不代表办法或数据得到验证" in factor.source.zh
            assert "the match proves nothing" in factor.source.en


def test_equal_weights_move_what_the_shares_say():
    """Independent of the engine: a quarter of the sum of each row of the illustrative table, of 5602万元."""
    scenario = load_scenario(SCENARIOS / "luzhou-2023" / "equal-weights.toml")
    with (SCENARIOS / "luzhou-2023" / "factors-illustrative-shares.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    columns = [name for name in rows[0] if name != "recipient"]
    totals = {name: sum(Fraction(row[name]) for row in rows) for name in columns}
    expected = {
        row["recipient"]: sum(Fraction(row[name]) / totals[name] for name in columns) * 56_020_000 / 4
        for row in rows
    }
    allocation = allocate(scenario)
    assert allocation.entitlements == expected
    assert all(abs(allocation.amounts[id] - expected[id]) < 10_000 for id in expected)


def test_cap_on_the_zone_moves_what_it_frees():
    """80 % of 5602万元 is 4481.6, in whole 万元 4481: 519 less than 5000, all of it to the other eight."""
    base = allocate(load_scenario(SCENARIOS / "luzhou-2023" / "published-rule.toml"))
    capped = allocate(load_scenario(SCENARIOS / "luzhou-2023" / "cap-zone.toml"))
    assert capped.amounts["ftz"] == 44_810_000
    assert capped.at["ftz"] == "cap"
    change = {id: capped.amounts[id] - base.amounts[id] for id in base.amounts}
    assert change.pop("ftz") == -5_190_000
    assert sum(change.values()) == 5_190_000
    assert all(gain > 0 for gain in change.values())


def test_western_australia_within_one_dollar():
    """137 councils' grants 2024–25, with the national minimum of 30 % of an equal per-head split."""
    allocation = allocate(load_scenario(SCENARIOS / "au-wa-2024-25" / "scenario.toml"))
    assert len(allocation.amounts) == 137
    assert allocation.total == 246_131_711
    assert max(abs(difference) for difference in allocation.differences.values()) <= 1
    at_floor = [id for id, at in allocation.at.items() if at == "floor"]
    zero_need = [id for id, need in allocation.entitlements.items() if need == 0]
    assert set(zero_need) < set(at_floor)


def test_united_states_2020_to_the_nearest_million():
    """Coronavirus Relief Fund: by population, no state below 1.25 billion; twelve amounts as published."""
    folder = SCENARIOS / "us-crf-2020"
    allocation = allocate(load_scenario(folder / "scenario.toml"))
    assert allocation.total == 139_000_000_000
    with (folder / "published-in-millions.csv").open(encoding="utf-8-sig") as file:
        published = {row["recipient"]: int(row["usd_millions"]) for row in csv.DictReader(file)}
    assert len(published) == 12
    assert {id: round(Fraction(allocation.amounts[id], 10**6)) for id in published} == published


def test_western_australia_says_how_its_factor_is_averaged():
    """The commission's schedules give the mean of six years without the highest and the lowest."""
    folder = SCENARIOS / "au-wa-2024-25"
    scenario = load_scenario(folder / "scenario.toml")
    definition = scenario.factor("need").definition
    assert "去掉最高、最低后的平均" in definition.zh
    assert "mean of six years without the highest and the lowest" in definition.en
    readme = " ".join((folder / "README.md").read_text("utf-8").split())
    assert (
        "mean of six years without the highest and the lowest" in readme and "six-year average" not in readme
    )
    # what a column is called decides no amount, so results that name the old digest stay comparable
    assert scenario.digest == "sha256:7eade0bb6896a5cd30c5b43f5f031bae034247e1233a5569d67ea44d08e78bc1"
