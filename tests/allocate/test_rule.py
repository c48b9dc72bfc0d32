"""The forms for the rule and for exact weights, and the steps that can be undone, without a screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from random_cases import random_case, scenario_of

from allocator import InfeasibleError, Limit, Scenario, ScenarioError, allocate
from allocator.files.load import load_scenario
from allocator.files.saved.catalogue import scenario_files
from allocator.text import EN, ZH, Phrasebook
from allocator.ui.session.draft import MOST_STEPS, Draft, Trail
from allocator.ui.session.rule import LISTED, Bound, EarmarkRow, rule_of, weights_of, with_rule, with_weights

ROOT = Path(__file__).parent.parent.parent
LUZHOU = ROOT / "scenarios" / "luzhou-2023" / "published-rule.toml"
FILES = scenario_files(ROOT / "scenarios")


@pytest.fixture
def luzhou() -> Scenario:
    return load_scenario(LUZHOU)


def sentences(error: ScenarioError) -> Iterator[str]:
    for lang in ("zh", "en"):
        for sentence in error.sentences(Phrasebook(lang)):
            assert "\n" not in sentence
            yield sentence


# --- the rule -------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
def test_what_is_left_as_it_was_stays_exactly_as_it_was(file: Path, lang: str) -> None:
    scenario = load_scenario(file)
    assert with_rule(scenario, rule_of(scenario, Phrasebook(lang)), Phrasebook(lang)) == scenario


@given(st.randoms(use_true_random=False))
def test_random_rules_read_back_from_the_form_mean_the_same(rnd: Random) -> None:
    try:
        scenario = scenario_of(random_case(rnd))
    except ScenarioError:
        assume(False)
    rule = rule_of(scenario, EN)
    assert with_rule(scenario, rule, EN) == scenario
    # in another order they are all read anew, and limits mean the same in any order
    turned = replace(
        rule, bounds=rule.bounds[::-1], reservations=rule.reservations[::-1], earmarks=rule.earmarks[::-1]
    )
    made = with_rule(scenario, turned, EN)
    assert made.distributable == scenario.distributable
    assert sorted(e.amount for e in made.earmarks) == sorted(e.amount for e in scenario.earmarks)
    try:
        wanted = allocate(scenario).amounts
    except InfeasibleError:
        with pytest.raises(InfeasibleError):
            allocate(made)
        return
    except ScenarioError:
        return
    assert allocate(made).amounts == wanted


def test_every_field_reaches_the_scenario(luzhou: Scenario) -> None:
    rule = replace(
        rule_of(luzhou, ZH),
        fund="6000",
        unit="2",
        rounding="rest-to-largest",
        coefficient="tax",
        reservations=(("某局", "60"), ("另一局", "40")),
        earmarks=(EarmarkRow("ftz", "1,000", True, "口岸建设"),),
        bounds=(
            Bound("floor", "all", (), "30"),
            Bound("cap", LISTED, ("ftz", "luxian"), "80", "distributable"),
            Bound("floor", "county", (), "1", "fund", "employment"),
        ),
    )
    made = with_rule(luzhou, rule, ZH)
    assert (made.fund.amount, made.fund.unit, made.fund.rounding) == (60_000_000, 20_000, "rest-to-largest")
    assert made.fund.name == luzhou.fund.name
    assert made.coefficient == "tax"
    assert [(r.name.zh, r.amount) for r in made.reservations] == [("某局", 600_000), ("另一局", 400_000)]
    (earmark,) = made.earmarks
    assert (earmark.recipient, earmark.amount, earmark.also_shares) == ("ftz", 10_000_000, True)
    assert earmark.reason is not None and earmark.reason.zh == "口岸建设"
    assert made.limits == (
        Limit("all", floor=300_000),
        Limit(("ftz", "luxian"), cap_rate=Fraction(4, 5), of="distributable"),
        Limit("county", floor_rate=Fraction(1, 100), of="fund", by="employment"),
    )
    assert made.distributable == 60_000_000 - 1_000_000 - 10_000_000
    assert rule_of(made, ZH) == replace(rule, earmarks=(replace(rule.earmarks[0], amount="1000"),))


def test_names_in_two_languages_survive_a_change_of_their_amount(luzhou: Scenario) -> None:
    rule = rule_of(luzhou, EN)
    changed = replace(rule, reservations=((rule.reservations[0][0], "70"), (rule.reservations[1][0], "50")))
    made = with_rule(luzhou, changed, EN)
    assert [r.name for r in made.reservations] == [r.name for r in luzhou.reservations]
    assert [r.amount for r in made.reservations] == [700_000, 500_000]


def test_an_empty_row_of_departments_counts_for_nothing(luzhou: Scenario) -> None:
    rule = rule_of(luzhou, ZH)
    assert (
        len(with_rule(luzhou, replace(rule, reservations=(*rule.reservations, ("", " "))), ZH).reservations)
        == 2
    )


def test_turned_to_shares_the_weights_are_scaled_to_a_hundred(luzhou: Scenario) -> None:
    scores = replace(luzhou, kind="scores", weights={"investment": 2, "tax": 1, "employment": 0, "effort": 0})
    made = with_rule(scores, replace(rule_of(scores, ZH), kind="shares"), ZH)
    assert dict(made.weights) == {"investment": 67, "tax": 33, "employment": 0, "effort": 0}


def test_every_wrong_figure_is_named_with_its_place(luzhou: Scenario) -> None:
    rule = replace(
        rule_of(luzhou, ZH),
        fund="5722万元",
        reservations=(("某局", "-3"), ("另一局", "")),
        earmarks=(EarmarkRow("ftz", "=1+1"),),
        bounds=(Bound("floor", "all", (), "3O"),),
    )
    with pytest.raises(ScenarioError) as caught:
        with_rule(luzhou, rule, ZH)
    assert [problem.sentence(ZH) for problem in caught.value.problems] == [
        "资金与取整，“资金总额（万元）”列：“5722万元”不是纯数字，请只写数字（单位见栏目名称）",
        "市级部门安排，第1项，“金额（万元）”列：-3是负数，因素值和金额不得为负",
        "市级部门安排，第2项，“金额（万元）”列：为空，请填写（为零的写0）；空白不会当作零",
        "单列安排，第1项，“金额（万元）”列：“=1+1”是公式，请写计算结果",
        "保底封顶，第1项，“数额（万元或%）”列：“3O”不是纯数字，请只写数字（单位见栏目名称）",
    ]


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"fund": "100"}, "overspent"),
        ({"unit": "0"}, "zero"),
        ({"unit": "3000"}, "unit"),
        ({"earmarks": (EarmarkRow("ftz", "1"), EarmarkRow("ftz", "1", True))}, "earmark_both"),
        ({"earmarks": (EarmarkRow("ftz", "0.0000001"),)}, "cents"),
        ({"reservations": (("=cmd|' /C calc'!A0", "1"),)}, "name_unsafe"),
        ({"bounds": (Bound("cap", LISTED, (), "1"),)}, "limit_nobody"),
        ({"bounds": (Bound("cap", "all", (), "101", "fund"),)}, "rate"),
        ({"bounds": (Bound("cap", "all", (), "50", "previous"),)}, "limit_previous"),
    ],
)
def test_what_does_not_fit_together_is_said_and_nothing_is_taken_over(
    luzhou: Scenario, change: dict, key: str
) -> None:
    with pytest.raises(ScenarioError) as caught:
        with_rule(luzhou, replace(rule_of(luzhou, EN), **change), EN)
    assert [problem.key for problem in caught.value.problems] == [key]
    assert len(list(sentences(caught.value))) == 2


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("written", ["5.7e3", "5722万元", "5-31", "100%", "#N/A"])
def test_what_is_wrong_with_a_figure_typed_here_is_not_said_of_a_spreadsheet(
    luzhou: Scenario, written: str, lang: str
) -> None:
    for change in (
        lambda: with_rule(luzhou, replace(rule_of(luzhou, Phrasebook(lang)), fund=written), Phrasebook(lang)),
        lambda: with_weights(replace(luzhou, kind="scores"), {"investment": written}, Phrasebook(lang)),
    ):
        with pytest.raises(ScenarioError) as caught:
            change()
        (said,) = caught.value.sentences(Phrasebook(lang))
        assert written in said
        assert not re.search("Excel|表格|spreadsheet|方案文件|scenario file|cell|单元格", said)


# --- exact weights --------------------------------------------------------------------------------


def test_exact_weights_are_points_of_the_same_factors(luzhou: Scenario) -> None:
    written = {
        "investment": "33.3",
        "tax": "33.3％".replace("％", "%"),
        "employment": "16.7",
        "effort": "16.7",
    }
    same, points = with_weights(luzhou, written, ZH)
    assert same is luzhou
    assert points == {"investment": Fraction(333, 10), "tax": Fraction(333, 10),
                      "employment": Fraction(167, 10), "effort": Fraction(167, 10)}  # fmt: skip
    assert weights_of(luzhou, points) == {**written, "tax": "33.3"}
    assert with_weights(luzhou, weights_of(luzhou, None), ZH) == (luzhou, None)


def test_a_blank_factor_takes_no_part(luzhou: Scenario) -> None:
    changed, points = with_weights(luzhou, {"investment": "50", "tax": "50", "effort": " "}, ZH)
    assert points is None
    assert dict(changed.weights) == {"investment": 50, "tax": 50}
    assert sum(allocate(changed).amounts.values()) == 56_020_000


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ({"investment": "50"}, "weights_entered_sum"),
        ({"investment": "100.0000001"}, "weight_entered"),
        ({"investment": "101"}, "weight_entered"),
        ({"investment": "4O"}, "figure_unit"),
        ({}, "weights_entered_sum"),
        ({"investment": "1e2"}, "figure_digits"),
    ],
)
def test_weights_that_cannot_be_are_refused(luzhou: Scenario, written: dict, key: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        with_weights(luzhou, written, ZH)
    assert [problem.key for problem in caught.value.problems] == [key]
    assert len(list(sentences(caught.value))) == 2


# --- undo and redo --------------------------------------------------------------------------------


@given(st.lists(st.sampled_from(["step", "back", "again"]), max_size=30))
def test_undo_and_redo_walk_the_same_way(walk: list[str]) -> None:
    origin = load_scenario(LUZHOU)
    trail = Trail(origin, Draft(origin))
    states, at = [trail.now], 0  # the model: a list and a place in it
    for number, act in enumerate(walk, 1):
        if act == "step":
            points = {"investment": number, "tax": 1, "employment": 1, "effort": 1}
            trail = trail.to(Draft(origin, points))
            states, at = [*states[: at + 1], trail.now], at + 1
        elif act == "back":
            trail, at = trail.back(), max(0, at - 1)
        else:
            trail, at = trail.again(), min(len(states) - 1, at + 1)
        assert trail.now == states[at]
        assert (len(trail.past), len(trail.future)) == (at, len(states) - 1 - at)
    assert trail.untouched == (trail.now.points is None)


def test_a_step_to_where_one_stands_is_no_step_and_the_past_is_bounded(luzhou: Scenario) -> None:
    trail = Trail(luzhou, Draft(luzhou))
    assert trail.to(Draft(luzhou)) is trail
    for number in range(MOST_STEPS + 50):
        trail = trail.to(Draft(luzhou, {"investment": number}))
    assert len(trail.past) == MOST_STEPS
