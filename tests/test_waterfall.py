"""How one recipient's amount comes about, step by step."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest
from good_scenario import small
from hypothesis import assume, given
from hypothesis import strategies as st
from random_cases import random_case, scenario_of

from allocator import Allocation, AllocatorError, Earmark, Factor, Fund, Recipient, Scenario, allocate
from allocator.files.scenario import load_scenario
from allocator.parts import Text
from allocator.report import charts
from allocator.report.chart_data import Unit
from allocator.report.waterfall import (
    Step,
    waterfall_alt,
    waterfall_frame,
    waterfall_names,
    waterfall_rows,
    waterfall_sentence,
    waterfall_width,
)

SCENARIOS = Path(__file__).parent.parent / "scenarios"
FILES = sorted(SCENARIOS.glob("*/*.toml"))
WAN = Unit(10_000, "万元")


def luzhou(file: str) -> Allocation:
    return allocate(load_scenario(SCENARIOS / "luzhou-2023" / f"{file}.toml"))


def check(allocation: Allocation, id: str) -> None:
    """Every step begins where the one before ended, the first at zero, the last at the amount."""
    scenario = allocation.scenario
    steps = waterfall_rows(allocation, id, "zh")
    at = [step.kind for step in steps].index("amount")
    reached: Any = 0
    for step in steps[:at]:
        assert step.start == reached
        reached = step.end
    assert reached == steps[at].end == allocation.amounts[id]
    assert steps[at].start == 0
    by_kind = {step.kind: step.change for step in steps}
    assert by_kind.get("earmark", 0) == sum(e.amount for e in scenario.earmarks if e.recipient == id)
    entitled = sum(s.change for s in steps if s.kind in ("factor", "coefficient"))
    assert entitled == allocation.entitlements[id]
    assert by_kind.get("limits", 0) == allocation.limited[id] - allocation.entitlements[id]
    assert by_kind.get("rounding", 0) == allocation.rounding[id]
    assert len(steps[:at]) - len([s for s in steps if s.kind == "factor"]) <= 4
    if scenario.published is None:
        assert at == len(steps) - 1
    else:
        assert [step.kind for step in steps[at + 1 :]] == ["published", "difference"]
        assert by_kind["difference"] == by_kind["amount"] - by_kind["published"]
        assert by_kind["published"] == scenario.published[id]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_steps_add_up_in_every_shipped_scenario(path: Path) -> None:
    allocation = allocate(load_scenario(path))
    for id in allocation.scenario.ids:
        check(allocation, id)


@given(st.integers(0, 10**9))
def test_the_steps_add_up(seed: int) -> None:
    try:
        allocation = allocate(scenario_of(random_case(Random(seed))))
    except AllocatorError:
        assume(False)
    for id in allocation.scenario.ids:
        check(allocation, id)


def test_by_hand() -> None:
    # 1,000 less an earmark of 100 leaves 900: 60 % · 1/3 · 900 = 180 and 40 % · 2/8 · 900 = 90
    scenario = Scenario(
        title="by hand",
        fund=Fund(1000, "CNY", 1),
        kind="shares",
        weights={"x": 60, "y": 40, "z": 0},
        recipients=[Recipient("a"), Recipient("b")],
        factors=[
            Factor("x", (1, 2), status="published"),
            Factor("y", (2, 6), status="published"),
            Factor("z", (1, 1)),
        ],
        earmarks=[Earmark("a", 100, also_shares=True)],
    )
    assert waterfall_rows(allocate(scenario), "a", "zh") == (
        Step("factor", "x", 0, 180),
        Step("factor", "y", 180, 270),
        Step("earmark", "单列安排", 270, 370),
        Step("amount", "建议分配额", 0, 370),
    )
    assert waterfall_sentence(allocate(scenario), "a", "zh") == (
        "资金总额1000元，减去单列安排100元，按因素法分配900元，a的建议分配额为370元。"
    )


def test_what_the_scenario_does_not_have_is_left_out() -> None:
    kinds = [step.kind for step in waterfall_rows(luzhou("equal-weights"), "ftz", "zh")]
    assert kinds == ["factor"] * 4 + ["rounding", "amount", "published", "difference"]
    kinds = [step.kind for step in waterfall_rows(luzhou("cap-zone"), "ftz", "zh")]
    assert kinds == ["factor"] * 4 + ["limits", "rounding", "amount", "published", "difference"]
    # in a scenario with an earmark everybody has that step, and who only has that has no more
    steps = waterfall_rows(luzhou("after-earmark"), "jiangyang", "zh")
    assert [step.change for step in steps if step.kind == "earmark"] == [0]
    steps = waterfall_rows(luzhou("after-earmark"), "ftz", "zh")
    assert [step.change for step in steps if step.kind == "earmark"] == [50_000_000]


def test_bars_are_hollow_where_assumed_data_decides_them() -> None:
    steps = waterfall_rows(luzhou("after-earmark"), "ftz", "zh")
    assert [step.kind for step in steps if not step.hollow] == ["earmark", "published"]
    au = allocate(load_scenario(SCENARIOS / "au-wa-2024-25/scenario.toml"))
    assert not any(step.hollow for step in waterfall_rows(au, "albany", "en"))


def test_the_frame_holds_what_the_steps_say() -> None:
    allocation = luzhou("equal-weights")
    steps = waterfall_rows(allocation, "ftz", "zh")
    frame = waterfall_frame(steps, WAN, "zh")
    assert list(frame["end"])[-3:] == [4834, 5000, 4834]
    assert list(frame["text"])[-3:] == ["4834", "5000", "−166"]
    assert list(frame["direction"]) == ["gain"] * 4 + [frame["direction"][4], "total", "total", "loss"]
    assert list(frame["begins"]) == [False, True, True, True, True, False, False, True]
    assert list(frame["leads"]) == [True] * 5 + [False, True, False]
    assert (frame["low"] == 0).all() and (frame["high"] > frame["reach"]).all()
    assert list(waterfall_frame(steps, WAN, "en")["text"])[-3] == "4,834"


def test_a_small_step_is_not_written_as_nothing() -> None:
    steps = (Step("rounding", "r", 0, Fraction(1, 3)), Step("rounding", "s", 0, 0))
    assert list(waterfall_frame(steps, WAN, "zh")["text"]) == ["约0", "0"]


def test_names_stand_in_lines_and_are_told_apart() -> None:
    long = "招商引资重大项目到位资金同比增长情况及其占全市比重贡献值合计"
    steps = [
        Step("factor", name, 0, 1) for name in (long, "税收", "税收", "x" * 400, "Investment contribution")
    ]
    names = waterfall_names(steps, "zh")
    assert names[0].replace("\n", "") == long and len(names[0].split("\n")) == 3
    assert names[1:3] == ["税收", "税收（2）"]
    assert names[3].count("\n") == 2 and names[3].endswith("…")
    assert names[4] == "Investment\ncontribution"
    assert len(set(names)) == len(names) and waterfall_width(names) <= 200
    assert waterfall_frame(steps, WAN, "zh")["full"][0] == long


def test_the_sentence_says_what_is_shared_out() -> None:
    assert waterfall_sentence(luzhou("after-earmark"), "jiangyang", "zh") == (
        "资金总额5722万元，减去市级部门安排120万元，减去单列安排5000万元，按因素法分配602万元，"
        "江阳区的建议分配额为170万元。下达文件只公布总额，未公布各因素金额。"
    )
    assert waterfall_sentence(luzhou("published-rule"), "ftz", "en") == (
        "The fund of 57,220,000 yuan, less 1,200,000 yuan for departments leaves 56,020,000 yuan to be "
        "shared out by weighted factors; Free Trade Zone gets 50,000,000 yuan. The published document "
        "gives totals only, not what each factor brought."
    )
    unpublished = allocate(replace(luzhou("published-rule").scenario, published=None, reservations=(),
                                   fund=Fund(56_020_000, "CNY", 10_000)))  # fmt: skip
    assert waterfall_sentence(unpublished, "ftz", "zh") == (
        "资金总额5602万元全部按因素法分配，自贸区的建议分配额为5000万元。"
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_chart_draws_columns_that_the_frame_has(lang: str) -> None:
    allocation = luzhou("cap-zone")
    frame = waterfall_frame(waterfall_rows(allocation, "ftz", lang), WAN, lang)
    names = list(frame["name"])
    content = charts.spec(charts.waterfall_marks(names, lang, width=waterfall_width(names)))
    assert content["data"] == {"name": "rows"} and isinstance(content["padding"], dict)
    assert content["height"] >= 30 * len(names)
    for layer in content["layer"]:
        assert "data" not in layer
        assert layer["encoding"]["y"]["sort"] == names
        for channel in layer["encoding"].values():
            for part in channel if isinstance(channel, list) else [channel]:
                assert part.get("field", "name") in frame.columns
    assert names[-1] in names and "ftz" not in waterfall_alt(allocation, "ftz", WAN, lang)


def test_the_alt_text_says_whose_steps_and_no_figures() -> None:
    said = waterfall_alt(luzhou("cap-zone"), "ftz", WAN, "zh")
    assert said.startswith("图：自贸区的建议分配额怎样得来") and "投资贡献值" in said and "万元" in said
    assert not any(c.isdigit() for c in said)


def test_names_from_files_are_only_text() -> None:
    name = "a'\"\\);alert(1)//{}</script>"
    steps = [Step("factor", name, 0, 1)]
    spec = charts.spec(charts.waterfall_marks(waterfall_names(steps, "en"), "en", width=80))
    expressions = {layer["encoding"]["y"]["axis"]["labelExpr"] for layer in spec["layer"]}
    assert expressions == {"split(datum.label, '\\n')"}  # the same whatever the names
    assert Text(name).zh == name


def test_a_coefficient_has_a_step_and_the_factors_say_that_it_is_to_come() -> None:
    # before it a quarter of 60 and half of 40; then 35 of 135
    steps = waterfall_rows(allocate(small(coefficient="k")), "a", "en")
    assert [(step.name, step.change) for step in steps[:3]] == [
        ("人口 (before the coefficient)", 15),
        ("面积 (before the coefficient)", 20),
        ("coefficient", Fraction(3500, 135) - 35),
    ]
