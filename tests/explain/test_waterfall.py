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
from shipped import FIRST

from allocator import Allocation, AllocatorError, Earmark, Factor, Fund, Recipient, Scenario, allocate
from allocator.core.parts import Text
from allocator.files.load import load_scenario
from allocator.report.charts import marks
from allocator.report.charts.data import Unit
from allocator.report.charts.waterfall import (
    Step,
    waterfall_alt,
    waterfall_frame,
    waterfall_names,
    waterfall_rows,
    waterfall_width,
)
from allocator.report.method.chain import fund_table
from allocator.text import EN, ZH, Phrasebook

SCENARIOS = Path(__file__).parent.parent.parent / "scenarios"
FILES = FIRST
WAN = Unit(10_000, "万元")


def luzhou(file: str) -> Allocation:
    return allocate(load_scenario(SCENARIOS / "luzhou-2023" / f"{file}.toml"))


def check(allocation: Allocation, id: str) -> None:
    """Every step begins where the one before ended, the first at zero, the last at the amount."""
    scenario = allocation.scenario
    steps = waterfall_rows(allocation, id, ZH)
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


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_figures_at_the_bars_add_up_and_are_those_of_the_table(path: Path) -> None:
    allocation = allocate(load_scenario(path))
    scenario = allocation.scenario
    scale = 10_000 if scenario.fund.unit % 10_000 == 0 else 1
    labels = {"limits": "保底、封顶调整", "rounding": "取整及尾差处理"}
    for id in scenario.ids:
        steps = [step for step in waterfall_rows(allocation, id, ZH) if step.figure is not None]
        assert sum(Fraction(step.figure or 0) for step in steps) == allocation.amounts[id]
        assert all((Fraction(step.figure or 0) / scale * 100).denominator == 1 for step in steps)
        table = {row.cells[0]: row.cells[1] for row in fund_table(allocation, id, ZH).rows}
        for step in steps:
            if step.kind in labels:
                said = table[labels[step.kind]].lstrip("≈+").replace("−", "-")
                assert Fraction(said) * scale == step.figure


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
    assert waterfall_rows(allocate(scenario), "a", ZH) == (
        Step("factor", "x", 0, 180, figure=180),
        Step("factor", "y", 180, 270, figure=90),
        Step("earmark", "单列安排", 270, 370, figure=100),
        Step("amount", "建议分配额", 0, 370),
    )
    grid = fund_table(allocate(scenario), "a", ZH)
    assert [row.cells for row in grid.rows] == [
        ("资金总额", "1000"),
        ("减：单列安排", "−100"),
        ("按因素法分配额", "900"),
        ("占比", "30%"),
        ("测算额", "270"),
        ("取整及尾差处理", "0"),
        ("单列安排", "100"),
        ("建议分配额", "370"),
    ]


def test_what_the_scenario_does_not_have_is_left_out() -> None:
    kinds = [step.kind for step in waterfall_rows(luzhou("equal-weights"), "ftz", ZH)]
    assert kinds == ["factor"] * 4 + ["rounding", "amount", "published", "difference"]
    kinds = [step.kind for step in waterfall_rows(luzhou("cap-zone"), "ftz", ZH)]
    assert kinds == ["factor"] * 4 + ["limits", "rounding", "amount", "published", "difference"]
    # in a scenario with an earmark everybody has that step, and who only has that has no more
    steps = waterfall_rows(luzhou("after-earmark"), "jiangyang", ZH)
    assert [step.change for step in steps if step.kind == "earmark"] == [0]
    steps = waterfall_rows(luzhou("after-earmark"), "ftz", ZH)
    assert [step.change for step in steps if step.kind == "earmark"] == [50_000_000]


def test_bars_are_hollow_where_assumed_data_decides_them() -> None:
    steps = waterfall_rows(luzhou("after-earmark"), "ftz", ZH)
    assert [step.kind for step in steps if not step.hollow] == ["earmark", "published"]
    au = allocate(load_scenario(SCENARIOS / "au-wa-2024-25/scenario.toml"))
    assert not any(step.hollow for step in waterfall_rows(au, "albany", EN))


def test_the_frame_holds_what_the_steps_say() -> None:
    allocation = luzhou("equal-weights")
    steps = waterfall_rows(allocation, "ftz", ZH)
    frame = waterfall_frame(steps, WAN, ZH)
    assert list(frame["end"])[-3:] == [4834, 5000, 4834]
    assert list(frame["text"])[-3:] == ["4834", "5000", "−166"]
    assert list(frame["direction"]) == ["gain"] * 4 + [frame["direction"][4], "total", "total", "loss"]
    assert list(frame["begins"]) == [False, True, True, True, True, False, False, True]
    assert list(frame["leads"]) == [True] * 5 + [False, True, False]
    assert (frame["low"] == 0).all() and (frame["high"] > frame["reach"]).all()
    assert list(waterfall_frame(steps, WAN, EN)["text"])[-3] == "4,834"


def test_a_small_step_is_not_written_as_nothing() -> None:
    steps = (Step("rounding", "r", 0, Fraction(1, 3)), Step("rounding", "s", 0, 0))
    assert list(waterfall_frame(steps, WAN, ZH)["text"]) == ["约0", "0"]


def test_names_stand_in_lines_and_are_told_apart() -> None:
    long = "招商引资重大项目到位资金同比增长情况及其占全市比重贡献值合计"
    steps = [
        Step("factor", name, 0, 1) for name in (long, "税收", "税收", "x" * 400, "Investment contribution")
    ]
    names = waterfall_names(steps, ZH)
    assert names[0].replace("\n", "") == long and len(names[0].split("\n")) == 3
    assert names[1:3] == ["税收", "税收（2）"]
    assert names[3].count("\n") == 2 and names[3].endswith("…")
    assert names[4] == "Investment\ncontribution"
    assert len(set(names)) == len(names) and waterfall_width(names) <= 200
    assert waterfall_frame(steps, WAN, ZH)["full"][0] == long


def test_from_the_fund_to_the_amount_and_beside_it_what_was_decided() -> None:
    grid = fund_table(luzhou("equal-weights"), "ftz", ZH)
    assert grid.headers == ("项目", "测算结果", "已下达数") and grid.unit == "单位：万元"
    assert [row.cells for row in grid.rows] == [
        ("资金总额", "5722", "5722"),
        ("减：市级部门安排", "−120", "−120"),
        ("按因素法分配额", "5602", "5602"),
        # 86.285 of 100: a quarter of 91.85, 90.62, 80.94 and 81.73 each
        ("占比", "≈86.28%", "≈89.25%"),
        ("测算额", "≈4833.68", ""),
        ("取整及尾差处理", "≈+0.32", ""),
        ("建议分配额", "4834", "5000"),
        ("增减", "−166", ""),
    ]


def test_what_is_not_known_of_the_published_amount_is_left_blank() -> None:
    """What was set apart is this scenario's, not the published split's."""
    grid = fund_table(luzhou("after-earmark"), "ftz", ZH)
    published = {row.cells[0]: row.cells[2] for row in grid.rows}
    assert published["资金总额"] == "5722" and published["建议分配额"] == "5000"
    assert published["减：单列安排"] == published["按因素法分配额"] == published["占比"] == ""
    unpublished = allocate(replace(luzhou("published-rule").scenario, published=None, reservations=(),
                                   fund=Fund(56_020_000, "CNY", 10_000)))  # fmt: skip
    grid = fund_table(unpublished, "ftz", EN)
    assert grid.headers == ("Item", "Simulated")
    assert [row.cells[0] for row in grid.rows][:2] == ["Fund", "Amount shared out"]
    with pytest.raises(KeyError):
        fund_table(unpublished, "nobody", EN)


@pytest.mark.parametrize("file", FILES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_the_figures_of_the_chain_add_up_as_shown(file: Path) -> None:
    allocation = allocate(load_scenario(file))
    for id in allocation.scenario.ids[:20]:
        rows = {row.cells[0]: figure(row.cells[1]) for row in fund_table(allocation, id, ZH).rows}
        steps = [rows.get(name, 0) for name in ("测算额", "保底、封顶调整", "取整及尾差处理", "单列安排")]
        assert sum(steps) == rows["建议分配额"]
        less = rows.get("减：市级部门安排", 0) + rows.get("减：单列安排", 0)
        assert rows["资金总额"] + less == rows["按因素法分配额"]


def figure(text: str) -> Fraction:
    """The number that a cell shows."""
    return Fraction(text.strip("≈+%").replace("−", "-").replace("≈", ""))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_chart_draws_columns_that_the_frame_has(lang: str) -> None:
    allocation = luzhou("cap-zone")
    frame = waterfall_frame(waterfall_rows(allocation, "ftz", Phrasebook(lang)), WAN, Phrasebook(lang))
    names = list(frame["name"])
    content = marks.spec(marks.waterfall_marks(names, Phrasebook(lang), width=waterfall_width(names)))
    assert content["data"] == {"name": "rows"} and isinstance(content["padding"], dict)
    assert content["height"] >= 30 * len(names)
    for layer in content["layer"]:
        assert "data" not in layer
        assert layer["encoding"]["y"]["sort"] == names
        for channel in layer["encoding"].values():
            for part in channel if isinstance(channel, list) else [channel]:
                assert part.get("field", "name") in frame.columns


def test_the_alt_text_says_whose_steps_and_no_figures() -> None:
    said = waterfall_alt(waterfall_rows(luzhou("cap-zone"), "ftz", ZH), "自贸区", WAN, ZH)
    assert said.startswith("图：自贸区的建议分配额怎样得来") and "投资贡献值" in said and "万元" in said
    assert not any(c.isdigit() for c in said)


def test_names_from_files_are_only_text() -> None:
    name = "a'\"\\);alert(1)//{}</script>"
    steps = [Step("factor", name, 0, 1)]
    spec = marks.spec(marks.waterfall_marks(waterfall_names(steps, EN), EN, width=80))
    expressions = {layer["encoding"]["y"]["axis"]["labelExpr"] for layer in spec["layer"]}
    assert expressions == {"split(datum.label, '\\n')"}  # the same whatever the names
    assert Text(name).zh == name


def test_a_coefficient_has_a_step_and_the_factors_say_that_it_is_to_come() -> None:
    # before it a quarter of 60 and half of 40; then 35 of 135
    steps = waterfall_rows(allocate(small(coefficient="k")), "a", EN)
    assert [(step.name, step.change) for step in steps[:3]] == [
        ("人口 (before the coefficient)", 15),
        ("面积 (before the coefficient)", 20),
        ("coefficient", Fraction(3500, 135) - 35),
    ]
