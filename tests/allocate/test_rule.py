"""The forms for the rule and for exact weights, and the steps that can be undone, without a screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocator import Scenario, ScenarioError, allocate
from allocator.files.load import load_scenario
from allocator.files.saved.catalogue import scenario_files
from allocator.text import ZH, Phrasebook
from allocator.ui.session import quick
from allocator.ui.session.draft import MOST_STEPS, Draft, Trail
from allocator.ui.session.rule import weights_of, with_weights

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


# --- figures ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("written", ["5.7e3", "5722万元", "5-31", "100%", "#N/A"])
def test_what_is_wrong_with_a_figure_typed_here_is_not_said_of_a_spreadsheet(
    luzhou: Scenario, written: str, lang: str
) -> None:
    for change in (
        lambda: quick.with_fund(luzhou, written, Phrasebook(lang)),
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
