"""What the page says and how its settings work, without Streamlit."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from good_scenario import small
from hypothesis import given
from hypothesis import strategies as st
from phrases import sentences

from allocator import Earmark, Factor, Fund, Limit, Reservation, Scenario, ScenarioError, allocate
from allocator.analysis.finding import held_against
from allocator.core.formula.functions import FUNCTIONS
from allocator.files.load import load_scenario
from allocator.files.saved.catalogue import scenario_files
from allocator.report.tables.office import office_table
from allocator.report.tables.table import listed
from allocator.report.words.finding import share_text
from allocator.report.words.rule import effect_sentence, percent, rule_sentence
from allocator.text import EN, ZH, Phrasebook
from allocator.ui.components import markup
from allocator.ui.session import catalogue
from allocator.ui.session.weights import (
    effective,
    presets,
    read_points,
    shown,
    to_hundred,
    whole,
    write_points,
)

SCENARIOS = Path(__file__).parent.parent.parent / "scenarios"
EVIL = "<img src=x onerror=alert(1)>\"'&"


def luzhou(file: str = "published-rule") -> Scenario:
    return load_scenario(SCENARIOS / "luzhou-2023" / f"{file}.toml")


# --- the texts ------------------------------------------------------------------------------------


def test_chinese_texts_are_chinese_and_english_ones_are_not() -> None:
    for key, sentence in sentences("en", "app.").items():
        assert not re.search(r"[\u4e00-\u9fff]", sentence), key
    for key, sentence in sentences("zh", "app.").items():
        names = r"docs/scenario-format\.md|scenarios/luzhou-2023/execution/rules\.toml"
        names += r"|Readings|scenarios|ALLOCATOR_SCENARIOS|CSV|XLSX|TOML|PDF|Excel|Word|WPS|" + "|".join(
            FUNCTIONS
        )
        words = re.sub(rf"\{{\w+\}}|{names}|[\W\d_]", "", sentence)
        assert not re.search(r"[A-Za-z]{3}", words), key


# --- the rule and the effect ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "lang", "sentence"),
    [
        (
            "published-rule",
            "zh",
            "资金总额5722万元，先行安排市级部门120万元，其余5602万元按投资贡献值40%、税收贡献值40%、"
            "就业贡献值10%、招商引资工作开展情况10%的权重，在9个区县（园区）之间分配，"
            "以1万元为单位取整，尾数按最大余数法补足。",
        ),
        (
            "published-rule",
            "en",
            "The fund is 57,220,000 yuan; 1,200,000 yuan is set aside for departments first; "
            "the remaining 56,020,000 yuan is shared among 9 districts, counties and parks by weighted "
            "factors: Investment contribution 40 %, Tax contribution 40 %, Employment contribution 10 %, "
            "Investment-attraction work 10 %; amounts are in whole multiples of 10,000 yuan, "
            "by the largest remainder.",
        ),
        (
            "after-earmark",
            "zh",
            "资金总额5722万元，先行安排市级部门120万元，单列安排自贸区5000万元，"
            "其余602万元按投资贡献值40%、税收贡献值40%、就业贡献值10%、招商引资工作开展情况10%的权重，"
            "在8个区县（园区）之间分配，以1万元为单位取整，尾数按最大余数法补足。",
        ),
    ],
)
def test_rule_in_one_sentence(file: str, lang: str, sentence: str) -> None:
    assert rule_sentence(luzhou(file), Phrasebook(lang)) == sentence


def test_rule_names_limits() -> None:
    assert "自贸区封顶按因素法分配额的80%，" in rule_sentence(luzhou("cap-zone"), ZH)
    assert "Free Trade Zone gets at most 80 % of the amount shared out;" in rule_sentence(
        luzhou("cap-zone"), EN
    )
    australia = load_scenario(SCENARIOS / "au-wa-2024-25" / "scenario.toml")
    assert "each recipient gets at least 30 % of its part of the fund by Population" in rule_sentence(
        australia, EN
    )
    states = load_scenario(SCENARIOS / "us-crf-2020" / "scenario.toml")
    assert "资金总额1390亿美元" in rule_sentence(states, ZH)
    assert "每个对象保底12.5亿美元" in rule_sentence(states, ZH)


def test_rule_has_a_clause_for_everything_that_the_scenario_has() -> None:
    scenario = small(
        fund=Fund(100, "CNY", 1, "rest-to-largest"),
        reservations=(Reservation("局", 5),),
        earmarks=(Earmark("a", 7, also_shares=True), Earmark("b", 0)),
        coefficient="c",
        factors=(*small().factors, Factor("c", (1, 1, 1), "困难系数")),
        limits=(
            Limit(("a", "c"), floor=3, cap=50),
            Limit("district", cap_rate=Fraction(1, 3), of="previous"),
        ),
        previous={"a": 300, "b": 1, "c": 1},
    )
    assert rule_sentence(scenario, ZH) == (
        "资金总额100元，先行安排市级部门5元，单列安排甲7元（并参加因素分配），"
        "其余88元按人口60%、面积40%的权重，在2个区县（园区）之间分配，得分再乘以困难系数，"
        "甲、丙各保底3元，甲、丙各封顶50元，每个“区”类对象封顶各自上年数的约33.33%，"
        "以1元为单位四舍五入，尾差计入金额最大的对象。"
    )
    scores = rule_sentence(small(kind="scores", weights={"x": Fraction(3, 2), "y": 0}), EN)
    assert (
        "all of it is shared among 3 districts, counties and parks in proportion to the score 人口 × 1.5"
        in scores
    )
    assert "面积" not in scores


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (40, "40%", "40 %"),
        (Fraction(100, 3), "约33.33%", "≈33.33 %"),
        (Fraction("12.25"), "12.25%", "12.25 %"),
    ],
)
def test_percent(value: Any, zh: str, en: str) -> None:
    assert (percent(value, ZH), percent(value, EN)) == (zh, en)


@pytest.mark.parametrize(
    ("amount", "currency", "zh", "en"),
    [
        (57_220_000, "CNY", "5722万元", "57,220,000 yuan"),
        (1_222_300, "CNY", "122.23万元", "1,222,300 yuan"),
        (12_345, "CNY", "12345元", "12,345 yuan"),
        (9_000, "CNY", "9000元", "9,000 yuan"),
        (Fraction("0.05"), "CNY", "0.05元", "0.05 yuan"),
        (246_131_711, "AUD", "246131711澳元", "246,131,711 AUD"),
    ],
)
def test_money_is_written_exactly(amount: Any, currency: str, zh: str, en: str) -> None:
    assert (ZH.money(amount, currency), EN.money(amount, currency)) == (zh, en)


def effect_of(file: str, lang: str) -> str:
    allocation = allocate(luzhou(file))
    return effect_sentence(
        allocation, held_against(allocation, allocation.scenario.published or {}), Phrasebook(lang)
    )


def test_effect_in_one_sentence() -> None:
    assert effect_of("equal-weights", "zh") == (
        "与已下达数相比，共调整166万元，占按因素法分配额的3.0%：8个增加，1个减少；"
        "增加最多的是江阳区（+49万元），减少最多的是自贸区（−166万元）。"
    )
    assert effect_of("equal-weights", "en") == (
        "Against the published allocation, 1,660,000 yuan moves, 3.0 % of the amount shared out "
        "(8 gaining, 1 losing); Jiangyang District gains most (+490,000 yuan), "
        "Free Trade Zone loses most (−1,660,000 yuan)."
    )
    assert effect_of("published-rule", "zh") == "测算结果与已下达数完全一致，没有增减。"


def test_a_small_share_is_not_called_zero() -> None:
    assert share_text(Fraction(10_000, 56_020_000), ZH) == "0.1%以下"
    assert share_text(Fraction(0), ZH) == "0%"
    assert share_text(Fraction(1), EN) == "100.0 %"


# --- weights --------------------------------------------------------------------------------------

POINTS = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(0, 100), min_size=1).filter(
    lambda points: any(points.values())
)


@given(POINTS)
def test_scaled_weights_are_exactly_100_and_keep_their_proportions(points: dict[str, int]) -> None:
    scaled = to_hundred(points)
    assert sum(scaled.values()) == 100
    assert all(scaled[f] * sum(points.values()) == 100 * value for f, value in points.items())


@given(POINTS)
def test_whole_weights_are_100_and_within_one_of_the_scaled(points: dict[str, int]) -> None:
    rounded, scaled = whole(points), to_hundred(points)
    assert sum(rounded.values()) == 100 and list(rounded) == list(points)
    assert all(abs(rounded[f] - scaled[f]) < 1 for f in points)


def test_all_zero_has_no_weights() -> None:
    with pytest.raises(ValueError):
        to_hundred({"a": 0})
    assert effective(small(), {"x": 0, "y": 0}) is None


def test_effective_weights() -> None:
    scenario = small()
    assert effective(scenario, None) == {"x": 60, "y": 40}
    assert effective(scenario, {"x": 10, "y": 20}) == {"x": Fraction(100, 3), "y": Fraction(200, 3)}
    scores = small(kind="scores", weights={"x": 2, "y": 3})
    assert effective(scores, {"x": 10, "y": 0}) == {"x": 10, "y": 0}


def test_fractions_in_the_file_are_used_until_something_is_set() -> None:
    scenario = small(weights={"x": Fraction("66.6"), "y": Fraction("33.4")})
    assert shown(scenario, None) == {"x": 67, "y": 33}
    assert effective(scenario, None) == {"x": Fraction("66.6"), "y": Fraction("33.4")}
    assert effective(scenario, {"x": 67, "y": 33}) == {"x": 67, "y": 33}


def test_presets_are_the_file_equal_and_those_of_other_files_once_each() -> None:
    near = {f"luzhou-2023/{name}": luzhou(name) for name in ("after-earmark", "equal-weights", "jobs-first")}
    found = presets(luzhou(), luzhou(), near)
    assert [p.key for p in found] == ["file", "equal", "luzhou-2023/jobs-first"]
    assert [p.summary(ZH) for p in found] == ["40/40/10/10", "25/25/25/25", "30/30/30/10"]
    assert [p.key for p in presets(small(weights={"x": 100}), small(weights={"x": 100}))] == ["file"]


def test_the_files_preset_is_that_of_the_file_also_after_the_rule_was_edited() -> None:
    edited = luzhou().with_weights(investment=70, tax=10)
    (file,) = [p for p in presets(edited, luzhou()) if p.key == "file"]
    assert file.summary(ZH) == "40/40/10/10"
    assert effective(edited, file.points) == luzhou().weights
    # weights of other columns, or of another kind, cannot be put in with one click
    fewer = replace(luzhou(), weights={"investment": 50, "tax": 50})
    assert [p.key for p in presets(fewer, luzhou())] == ["equal"]


@pytest.mark.parametrize("count", [1, 2, 3, 7, 130])
def test_equal_weights_are_exactly_equal_for_any_number_of_factors(count: int) -> None:
    scenario = small(
        weights={"x": 100, **{f"z{i}": 0 for i in range(count - 1)}},
        factors=(Factor("x", (1, 2, 1)), *(Factor(f"z{i}", (1, 1, 1)) for i in range(count - 1))),
    )
    equal = presets(scenario, scenario)[-1]
    assert set(equal.weights.values()) == {Fraction(100, count)}
    assert effective(scenario, equal.points) == equal.weights


@given(POINTS)
def test_an_address_gives_back_what_was_written(points: dict[str, int]) -> None:
    weights = whole(points)
    factors = tuple(Factor(f, (1, 2, 3)) for f in points)
    scenario = small(weights=weights, factors=factors)
    assert read_points(scenario, write_points(points)) == points


def test_an_address_gives_back_multipliers() -> None:
    scenario = small(kind="scores", weights={"x": 1, "y": 2})
    points = {"x": Fraction("0.125"), "y": 12_345}
    assert read_points(scenario, write_points(points)) == points
    assert read_points(scenario, {}) is None


# --- markup ---------------------------------------------------------------------------------------


def test_nothing_from_files_becomes_markup() -> None:
    class Shown:
        unit, headers, numeric = EVIL, (EVIL, EVIL), (False, True)
        rows = (replace(office_table(allocate(small()), ZH).rows[0], cells=(EVIL, EVIL)),)

    pieces = [
        markup.block("rule", EVIL),
        markup.notice(EVIL, EVIL),
        markup.heading(EVIL),
        markup.cards([(EVIL, EVIL, EVIL)], EVIL),
        markup.legend([("dot", EVIL)]),
        markup.table(Shown(), EVIL),
        markup.table(listed(EVIL, [EVIL], [[EVIL]]), first=0, bare=True),
        markup.foot([EVIL]),
    ]
    for piece in pieces:
        assert "<img" not in piece and "&lt;img" in piece
        assert "\"'" not in piece


def test_the_table_is_the_offices() -> None:
    table = office_table(allocate(luzhou("equal-weights")), ZH)
    html = markup.table(table, "测算表")
    assert html.count('<th scope="col"') == len(table.headers)
    assert html.count('<th scope="row">') == len(table.rows)
    assert "<caption" in html and "单位：万元" in html
    assert [html.count(f'<tr class="al-{role}">') for role in ("recipient", "reservation", "total")] == [
        9,
        2,
        1,
    ]


@pytest.mark.parametrize(
    "text", ["*a* _b_ `c`", "[x](http://evil.example)", ":red[x]", "$a$", "<b>", "# h", "a | b", "~~x~~"]
)
def test_markdown_shows_names_as_they_are(text: str) -> None:
    escaped = markup.in_markdown(text)
    assert escaped.replace("\\", "").replace("\u2060", "") == text
    assert not re.search(r"(?<!\\)[*_`\[\]$<>#|~]", escaped)


def test_emoji_codes_and_bare_addresses_are_broken_up() -> None:
    for text in (":smile:", "https://evil.example", "www.evil.example", "a@evil.example"):
        assert "\u2060" in markup.in_markdown(text)
    assert markup.in_markdown("等权重：25") == "等权重：25"


def test_the_shelf_bears_broken_links_and_hidden_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "fund"
    folder.mkdir()
    (folder / "good.toml").write_text("format = 1", "utf-8")
    (folder / ".hidden.toml").write_text("format = 1", "utf-8")
    (folder / "gone.csv").symlink_to(tmp_path / "nowhere.csv")
    (folder / "gone.toml").symlink_to(tmp_path / "nowhere.toml")
    assert [path.name for path in scenario_files(tmp_path)] == ["good.toml"]
    monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(tmp_path))
    found = catalogue.find()
    assert isinstance(found["fund/good"], ScenarioError)


def test_a_change_in_a_folder_below_is_noticed(tmp_path: Path) -> None:
    below = tmp_path / "data"
    below.mkdir()
    (tmp_path / "s.toml").write_text(
        'format = 1\ntitle = "t"\n[fund]\namount = 100\ncurrency = "CNY"\nunit = 1\n'
        '[method]\nkind = "shares"\n[weights]\nx = 100\n[data]\nfactors = "data/f.csv"\n',
        "utf-8",
    )
    (below / "f.csv").write_text("recipient,x\na,1\nb,3\n", "utf-8")
    assert allocate(catalogue.load(tmp_path / "s.toml")).amounts["a"] == 25
    (below / "f.csv").write_text("recipient,x\na,11\nb,11\n", "utf-8")
    assert allocate(catalogue.load(tmp_path / "s.toml")).amounts["a"] == 50
