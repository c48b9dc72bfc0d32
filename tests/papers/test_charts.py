"""What the charts draw, read from their data and their specification."""

from __future__ import annotations

import ast
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocator import Scenario, allocate
from allocator.analysis.concentration import outliers
from allocator.files.load import load_scenario
from allocator.report.charts import marks as charts
from allocator.report.charts import ranges
from allocator.report.charts.data import (
    Row,
    Unit,
    above_zero,
    amount_domain,
    amount_frame,
    change_domain,
    change_frame,
    chart_rows,
    chart_unit,
    describe,
    figures_width,
    names_width,
    panel_title,
    panels,
    round_up,
    text_width,
)
from allocator.text import EN, ZH, Phrasebook

SCENARIOS = Path(__file__).parent.parent.parent / "scenarios"
WAN = Unit(10_000, "万元")
DOCUMENT = ["江阳区", "龙马潭区", "纳溪区", "泸县", "合江县", "叙永县", "古蔺县", "高新区", "自贸区"]


def luzhou(file: str = "equal-weights") -> Scenario:
    return load_scenario(SCENARIOS / "luzhou-2023" / f"{file}.toml")


def rows_of(scenario: Scenario, lang: str = "zh") -> tuple[Row, ...]:
    allocation = allocate(scenario)
    return chart_rows(allocation, scenario.published or allocation.amounts, Phrasebook(lang))


def made_up(*amounts: int) -> dict[str, int]:
    return {f"r{i}": amount for i, amount in enumerate(amounts)}


# --- rows -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", ["equal-weights", "after-earmark", "cap-zone"])
def test_rows_are_the_allocation_in_the_documents_order(file: str) -> None:
    scenario = luzhou(file)
    allocation = allocate(scenario)
    rows = rows_of(scenario)
    assert [row.name for row in rows] == [
        "江阳区",
        "龙马潭区",
        "纳溪区",
        "泸县",
        "合江县",
        "叙永县",
        "古蔺县",
        "高新区",
        "自贸区",
    ]
    assert {row.id: row.amount for row in rows} == dict(allocation.amounts)
    assert {row.id: row.base for row in rows} == dict(scenario.published or {})
    assert {row.id: row.difference for row in rows} == dict(allocation.differences or {})


def test_differences_are_exact() -> None:
    third = Fraction(1, 3)
    row = Row("a", "a", 10**20 + third, 10**20, hollow=False)
    assert row.difference == third


def test_points_are_hollow_where_weighted_data_is_assumed() -> None:
    assert all(row.hollow for row in rows_of(luzhou()))
    assert not any(row.hollow for row in rows_of(load_scenario(SCENARIOS / "au-wa-2024-25/scenario.toml")))


# --- which panel ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amounts", "apart"),
    [
        ((170, 80, 59, 73, 26, 37, 132, 25, 5000), ["r8"]),
        ((5000, 170, 80, 59, 73, 26, 37, 132, 25), ["r0"]),
        ((100, 90, 80, 5000, 70, 60, 4000, 50), ["r3", "r6"]),
        ((499, 100, 90, 80), []),
        ((500, 100, 90, 80), ["r0"]),
        ((10, 10, 10, 10), []),
        ((5000, 0, 0, 0), []),
        ((0, 0, 0), []),
        ((100, 1), []),
        ((7,), []),
        # half of them are large: they are no outliers
        ((1000, 1000, 10, 10), []),
    ],
)
def test_outliers_are_found_from_the_amounts(amounts: tuple[int, ...], apart: list[str]) -> None:
    assert list(outliers(made_up(*amounts))) == apart


def test_the_zone_is_found_not_named() -> None:
    scenario = luzhou()
    renamed = replace(
        scenario,
        recipients=tuple(replace(r, id=f"x{i}") for i, r in enumerate(scenario.recipients)),
        published={f"x{i}": v for i, v in enumerate((scenario.published or {}).values())},
    )
    together, apart = panels(rows_of(renamed))
    assert [row.id for row in apart] == ["x8"] and len(together) == 8


def test_who_stands_apart_by_the_published_amount_alone_has_a_panel_too() -> None:
    rows = [Row(str(i), str(i), 10, 5000 if i == 2 else 10, False) for i in range(5)]
    assert [[row.id for row in part] for part in panels(rows)] == [["0", "1", "3", "4"], ["2"]]


@pytest.mark.parametrize("file", ["au-wa-2024-25", "us-crf-2020"])
def test_no_outliers_one_panel(file: str) -> None:
    rows = rows_of(load_scenario(SCENARIOS / file / "scenario.toml"))
    assert panels(rows) == (rows,)


AMOUNTS = st.lists(st.integers(0, 10**12), min_size=1, max_size=40)


@given(AMOUNTS, AMOUNTS)
def test_panels_hold_everybody_once_in_order(amounts: list[int], bases: list[int]) -> None:
    rows = [Row(str(i), str(i), a, b, False) for i, (a, b) in enumerate(zip(amounts, bases, strict=False))]
    parts = panels(rows)
    assert sorted((row for part in parts for row in part), key=lambda r: int(r.id)) == rows
    for part in parts:
        assert list(part) == sorted(part, key=lambda r: int(r.id))
    assert len(parts) in (1, 2)
    assert len(parts) == 1 or len(parts[1]) <= max(1, len(rows) // 4)


# --- scales ---------------------------------------------------------------------------------------


@given(AMOUNTS)
def test_axes_begin_at_zero_and_hold_everything(amounts: list[int]) -> None:
    rows = [
        Row(str(i), str(i), a, b, False) for i, (a, b) in enumerate(zip(amounts, amounts[::-1], strict=True))
    ]
    low, high = amount_domain(rows, WAN)
    assert low == 0 and high > max(amounts) / 10_000
    low, high = change_domain(rows, WAN)
    assert low < 0 < high
    for row in rows:
        assert low < row.difference / 10_000 < high


@given(st.floats(1e-6, 1e15))
def test_round_up_goes_up_but_not_far(value: float) -> None:
    assert value * (1 - 1e-9) <= round_up(value) <= 2 * value


def test_changes_of_both_panels_share_one_scale() -> None:
    rows = rows_of(luzhou())
    frames = [change_frame(part, WAN, ZH, rows) for part in panels(rows)]
    assert len(frames) == 2
    assert (
        len({(low, high) for frame in frames for low, high in zip(frame["low"], frame["high"], strict=True)})
        == 1
    )
    amounts = [amount_frame(part, WAN, ZH) for part in panels(rows)]
    assert amounts[0]["high"][0] < 400 and amounts[1]["high"][0] > 5000


def test_frames_hold_what_the_rows_say() -> None:
    rows = rows_of(luzhou())
    frame = amount_frame(rows, WAN, ZH)
    assert list(frame["amount"]) == [219, 102, 76, 105, 35, 52, 148, 31, 4834]
    assert list(frame["base"]) == [170, 80, 59, 73, 26, 37, 132, 25, 5000]
    assert list(frame["amount_text"])[-1] == "4834" and set(frame["hollow"]) == {True}
    assert list(amount_frame(rows, WAN, EN)["amount_text"])[-1] == "4,834"
    changes = change_frame(rows, WAN, ZH, rows)
    assert list(changes["change"]) == [49, 22, 17, 32, 9, 15, 16, 6, -166]
    assert list(changes["change_text"])[:1] == ["+49"] and list(changes["change_text"])[-1] == "−166"
    assert list(changes["direction"]) == ["gain"] * 8 + ["loss"]
    same = change_frame(rows_of(luzhou("published-rule")), WAN, ZH, rows)
    assert set(same["direction"]) == {"same"} and set(same["change_text"]) == {"0"}


@pytest.mark.parametrize(
    ("largest", "currency", "rounding", "lang", "unit"),
    [
        (50_000_000, "CNY", 10_000, "zh", Unit(10_000, "万元")),
        (50_000_000, "CNY", 10_000, "en", Unit(10_000, "10k yuan")),
        (90_000, "CNY", 10_000, "zh", Unit(10_000, "万元")),
        (9_999_999, "CNY", 1, "zh", Unit(1, "元")),
        (50_000_000, "CNY", 1, "zh", Unit(10_000, "万元")),
        (9_999_999, "AUD", 1, "en", Unit(1, "AUD")),
        (-10_000_000, "AUD", 1, "en", Unit(1_000_000, "million AUD")),
        (15_321_284_928, "USD", 1, "zh", Unit(1_000_000, "百万美元")),
    ],
)
def test_units(largest: int, currency: str, rounding: int, lang: str, unit: Unit) -> None:
    assert chart_unit([0, largest], currency, rounding, Phrasebook(lang)) == unit


def test_only_amounts_above_zero_go_on_the_logarithmic_axis() -> None:
    rows = [Row("a", "a", 0, 5, False), Row("b", "b", 5, 0, False), Row("c", "c", 5, 5, False)]
    assert [row.id for row in above_zero(rows)] == ["c"]


# --- the charts themselves ------------------------------------------------------------------------

NAMES = ["乙", "甲", "<b>"]
MARKS = {
    "amount": charts.amount_marks(NAMES, ZH, base="已下达数", width=80, room=50),
    "alone": charts.amount_marks(NAMES, ZH, base=None, width=80, room=50),
    "change": charts.change_marks(NAMES, ZH, width=80),
    "log": charts.log_marks(NAMES, ZH, base="已下达数", width=80),
}


def encodings(kind: str, channel: str) -> list[dict[str, Any]]:
    layers = charts.spec(MARKS[kind])["layer"]
    return [layer["encoding"][channel] for layer in layers if channel in layer["encoding"]]


@pytest.mark.parametrize("kind", MARKS)
def test_rows_stand_in_the_given_order_and_every_name_shows(kind: str) -> None:
    for y in encodings(kind, "y"):
        if "value" in y:  # the heading over the figures
            continue
        assert y["sort"] == NAMES
        assert y["axis"]["labelOverlap"] is False
        assert y["axis"]["minExtent"] == y["axis"]["maxExtent"] == 80


@pytest.mark.parametrize("kind", ["amount", "alone", "change"])
def test_axes_are_linear_and_hold_zero(kind: str) -> None:
    scales = [x["scale"] for x in encodings(kind, "x") if "scale" in x]
    (scale,) = scales
    room = scale.pop("range", [0, {"expr": "width - 50"}])
    assert scale == {"nice": False, "zero": True} and room == [0, {"expr": "width - 50"}]
    fields = {x.get("field") for x in encodings(kind, "x")}
    assert {"low", "high"} <= fields  # the invisible marks that end the axis


def test_the_logarithmic_axis_is_only_in_its_own_chart() -> None:
    assert [x["scale"]["type"] for x in encodings("log", "x") if "scale" in x] == ["log"]


@pytest.mark.parametrize("kind", MARKS)
def test_charts_have_no_legend_and_take_their_data_from_beside(kind: str) -> None:
    content = charts.spec(MARKS[kind])
    assert content["data"] == {"name": "rows"}
    assert all("data" not in layer for layer in content["layer"])
    for color in encodings(kind, "color"):
        assert color["legend"] is None
    assert isinstance(content["padding"], dict)  # Streamlit's page fails on a number
    assert content["height"] == charts.chart_height(len(NAMES))


def test_published_amounts_are_ticks_and_simulated_ones_points() -> None:
    layers = charts.spec(MARKS["amount"])["layer"]
    drawn = {layer["mark"]["type"]: layer["encoding"]["x"]["field"] for layer in layers[1:4]}
    assert drawn == {"rule": "amount", "tick": "base", "point": "amount"}
    (fill,) = encodings("amount", "fill")
    assert fill["condition"] == {"test": "datum.hollow", "value": "#ffffff"}
    assert "tick" not in [layer["mark"]["type"] for layer in charts.spec(MARKS["alone"])["layer"]]


@pytest.mark.parametrize("kind", ["amount", "alone"])
def test_amounts_stand_in_a_column_of_their_own_never_beside_a_tick(kind: str) -> None:
    texts = [layer for layer in charts.spec(MARKS[kind])["layer"] if layer["mark"]["type"] == "text"]
    assert [layer["encoding"]["x"] for layer in texts] == [{"value": "width"}] * 2
    assert [layer["mark"]["align"] for layer in texts] == ["right"] * 2
    figures, heading = texts
    assert figures["encoding"]["text"]["field"] == "amount_text"
    assert heading["encoding"]["text"] == {"value": "测算结果"} and "y" in heading["encoding"]


@pytest.mark.parametrize(("file", "lang"), [("luzhou-2023/cap-zone", "zh"), ("us-crf-2020/scenario", "en")])
def test_the_column_holds_any_amount_under_any_weights(file: str, lang: str) -> None:
    scenario = load_scenario(SCENARIOS / f"{file}.toml")
    amounts = allocate(scenario).amounts
    fund = scenario.fund
    unit = chart_unit(amounts.values(), fund.currency, fund.unit, Phrasebook(lang))
    room = figures_width(scenario, unit, Phrasebook(lang))
    assert room == figures_width(scenario.with_weights(**scenario.weights), unit, Phrasebook(lang))
    assert all(text_width(unit.text(amount, Phrasebook(lang))) < room for amount in amounts.values())


def test_marks_draw_columns_that_the_frames_have() -> None:
    rows = rows_of(luzhou())
    columns = {
        "amount": set(amount_frame(rows, WAN, ZH).columns),
        "change": set(change_frame(rows, WAN, ZH, rows).columns),
    }
    columns |= {"alone": columns["amount"], "log": columns["amount"]}
    for kind, known in columns.items():
        for layer in charts.spec(MARKS[kind])["layer"]:
            for channel in layer["encoding"].values():
                for part in channel if isinstance(channel, list) else [channel]:
                    assert part.get("field", "name") in known


def test_many_rows_stand_closer() -> None:
    assert charts.chart_height(9) == 9 * 30 + 34
    assert charts.chart_height(137) < 137 * 30


# --- the words beside them ------------------------------------------------------------------------


def test_panel_titles_say_that_the_scales_differ() -> None:
    rows = rows_of(luzhou())
    titles = [panel_title(part, rows, WAN, ZH, whom="8个区县（园区）") for part in panels(rows)]
    assert titles == ["8个区县（园区），万元，比例尺与下图不同", "自贸区，万元，比例尺与上图不同"]
    assert "比例尺" not in panel_title(rows, rows, WAN, ZH)


def test_accessible_names_say_who_and_what_but_no_figures() -> None:
    rows = rows_of(luzhou())
    said = describe("amount", rows, WAN, ZH, base="已下达数")
    assert all(row.name in said for row in rows) and "万元" in said and "已下达数" in said
    # the same under other weights, or the page would draw the chart anew
    assert said == describe("amount", rows_of(luzhou("jobs-first")), WAN, ZH, base="已下达数")
    many = rows_of(load_scenario(SCENARIOS / "au-wa-2024-25/scenario.toml"), "en")
    assert "137 recipients" in describe("change", many, Unit(1, "AUD"), EN, base="published")


def test_names_take_the_same_width_in_all_panels_within_a_limit() -> None:
    rows = rows_of(luzhou())
    assert names_width(rows) == names_width(rows[1:2]) > names_width(rows[:1])
    assert names_width([Row("a", "很长的名字" * 40, 1, 1, False)]) == 190


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_chart_is_valid_vega_lite(lang: str) -> None:
    """They are put together and drawn unchecked, for speed."""
    names = ["江阳区", "泸县"]
    for marks in (
        charts.amount_marks(names, Phrasebook(lang), base="下达数", width=90, room=50),
        charts.amount_marks(names, Phrasebook(lang), base=None, width=90, room=50),
        charts.amount_marks(names, Phrasebook(lang), base="下达数", width=90, room=50, possible=True),
        charts.change_marks(names, Phrasebook(lang), width=90),
        charts.change_marks(names, Phrasebook(lang), width=90, pick=False),
        charts.log_marks(names, Phrasebook(lang), base="下达数", width=90),
        charts.waterfall_marks(names, Phrasebook(lang), width=90),
        charts.tornado_marks(names, Phrasebook(lang), width=90),
        ranges.amount_marks(names, Phrasebook(lang), width=90),
        ranges.share_marks(names, Phrasebook(lang), width=90),
    ):
        marks.to_dict(validate=True)


def test_channels_are_given_by_their_class() -> None:
    """From a text Altair looks through all its classes, each time, which took longer than all else."""
    source = SCENARIOS.parent / "src" / "allocator" / "report"
    calls = [
        call
        for path in source.rglob("*.py")
        if "import altair" in (text := path.read_text("utf-8"))
        for call in ast.walk(ast.parse(text))
        if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "encode"
    ]
    assert len(calls) > 20
    texts = (ast.Constant, ast.JoinedStr)
    assert [
        ast.unparse(c) for c in calls if any(isinstance(given.value, texts) for given in c.keywords)
    ] == []
