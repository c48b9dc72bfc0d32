"""In what two scenarios differ, word for word: every kind of difference, and lists as long as they may be."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from good_scenario import small

from allocator import Factor, Fund, Recipient, Reservation, Scenario, Use, load_scenario
from allocator.analysis.differences import Difference, differences
from allocator.core.parts import Text
from allocator.report.words.differences import differences_in_words
from allocator.text import EN, ZH, Phrasebook

D = Difference
ROOT = Path(__file__).parent.parent.parent
SMALL = small()


def sentences_of(*found: Difference, lang: str = "en", scenario: Scenario = SMALL, **more: Any) -> list[str]:
    return differences_in_words(found, scenario, Phrasebook(lang), **more)


SENTENCES: list[tuple[Difference, str, str]] = [
    (D("title", (), "a", "b"), "方案名称：由“a”改为“b”。", "Title: from “a” to “b”."),
    (D("fund", ("amount",), "20000", "1/2"), "资金总额：由2万元改为0.5元。",
     "Fund: from 20,000 yuan to 0.5 yuan."),
    (D("fund", ("name",), None, "x"), "资金名称：新增“x”。", "Name of the fund: “x” (new)."),
    (D("fund", ("source",), "y", None), "资金依据：去掉“y”。", "Source of the fund: “y” (removed)."),
    (D("unit", (), "1", "10000"), "取整单位：由1元改为1万元。", "Rounding unit: from 1 yuan to 10,000 yuan."),
    (D("rounding", (), "largest-remainder", "rest-to-largest"),
     "取整及尾差处理：由最大余数法改为四舍五入、尾差计入最大者。",
     "Rounding: from the largest remainder to the nearest unit, with the rest to the largest."),
    (D("rounding", (), "odd", "largest-remainder"), "取整及尾差处理：由odd改为最大余数法。",
     "Rounding: from odd to the largest remainder."),
    (D("coefficient", (), "k", None), "系数：去掉“系数”。", "Coefficient: “系数” (removed)."),
    (D("coefficient", (), "k", "x"), "系数：由“系数”改为“人口”。", "Coefficient: from “系数” to “人口”."),
    (D("weight", ("x",), "60", "70"), "权重：人口由60%改为70%。", "Weights: 人口 from 60 % to 70 %."),
    (D("weight", ("x",), "sixty", None), "权重：去掉人口（原为“sixty”）。",
     "Weights: 人口 “sixty” (removed)."),
    (D("reservation", ("局",), "1", "2"), "市级部门安排：局由1元改为2元。",
     "Set aside for departments: 局 from 1 yuan to 2 yuan."),
    (D("reservation", ("局", "name"), "局", "委"), "市级部门安排：局的名称由“局”改为“委”。",
     "Set aside for departments: name of 局 from “局” to “委”."),
    (D("use", ("路",), None, "5"), "资金用途：新增路（5元）。", "Uses of the fund: 路 5 yuan (new)."),
    (D("earmark", ("a",), "7", None), "单列安排：去掉甲（原为7元）。",
     "Given apart from the split: 甲 7 yuan (removed)."),
    (D("earmark", ("a", "reason"), None, "why"), "单列安排：新增甲的理由（“why”）。",
     "Given apart from the split: reason of 甲 “why” (new)."),
    (D("earmark", ("a", "reason"), "5", "6"), "单列安排：甲的理由由“5”改为“6”。",
     "Given apart from the split: reason of 甲 from “5” to “6”."),
    (D("earmark", ("a", "also_shares"), "false", "true"), "单列安排：甲改为另外参加因素分配。",
     "Given apart from the split: 甲 now takes part in the split too."),
    (D("earmark", ("a", "also_shares"), "true", "false"), "单列安排：甲改为不参加因素分配。",
     "Given apart from the split: 甲 no longer takes part in the split."),
    (D("recipient", ("a", "kind"), "district", "park"), "区县（园区）：甲的类别由“区”改为“园区”。",
     "Recipient: kind of 甲 from “districts” to “parks”."),
    (D("recipient", ("a", "aliases"), None, "p; q"), "区县（园区）：新增甲的别名（“p; q”）。",
     "Recipient: other names of 甲 “p; q” (new)."),
    (D("factor", ("x", "year"), "2022", "2023"), "人口：年度由2022改为2023。",
     "人口: year from 2022 to 2023."),
    (D("factor", ("x", "status"), "assumed", "published"), "人口：性质由假设改为公开。",
     "人口: status from assumed to published."),
    (D("factor", ("x", "unit"), None, "人"), "人口：新增单位（“人”）。", "人口: unit “人” (new)."),
    (D("value", ("x", "a"), None, "2"), "人口：甲由空白改为2。", "人口: 甲 from blank to 2."),
    (D("value", ("x", "a"), "1000", None), "人口：甲由1000改为空白。", "人口: 甲 from 1,000 to blank."),
    (D("value", ("x", "a"), "?", "2"), "人口：甲由“?”改为2。", "人口: 甲 from “?” to 2."),
    (D("published", ("a",), "1", "2"), "已下达数：甲由1元改为2元。",
     "Published amounts: 甲 from 1 yuan to 2 yuan."),
    (D("published", ("en",), "1", "2"), "已下达数：en由1元改为2元。",  # a recipient's id, no language
     "Published amounts: en from 1 yuan to 2 yuan."),
    (D("previous", ("b",), "5", None), "上年数：去掉乙（原为5元）。",
     "Amounts of last year: 乙 5 yuan (removed)."),
    (D("previous", (), None, "9"), "上年数：新增合计（9元）。", "Amounts of last year: total 9 yuan (new)."),
    (D("provenance", ("a", "x"), "1", "2"), "单元格说明：甲的人口（共1处不同）。",
     "Notes on cells: 人口 of 甲 (1 in all)."),
    (D("order", ("factor",), None, None), "排列次序不同：因素数据的列。",
     "In another order: Columns of factor data."),
    (D("order", ("recipient",), None, None), "排列次序不同：区县（园区）。", "In another order: Recipient."),
]  # fmt: skip


@pytest.mark.parametrize(("found", "zh", "en"), SENTENCES)
def test_word_for_word(found: Difference, zh: str, en: str) -> None:
    assert sentences_of(found, lang="zh") == [zh]
    assert sentences_of(found) == [en]


def test_the_method_and_what_weights_are_then() -> None:
    after = replace(SMALL, kind="scores", weights={"x": 60, "y": Fraction(1, 2)})
    assert differences_in_words(differences(SMALL, after), after, ZH) == [
        "计算方法：由占比法改为得分法。",
        "权重：面积由40%改为×0.5。",
    ]


def test_amounts_of_one_side_are_in_the_currency_of_that_side() -> None:
    after = replace(SMALL, fund=Fund(100, "USD", 2), reservations=[Reservation("局", 20)])
    said = differences_in_words(differences(SMALL, after), after, EN)
    assert "Currency: from CNY to USD." in said
    assert "Rounding unit: from 1 yuan to 2 USD." in said
    assert "Set aside for departments: 局 20 USD (new)." in said


def test_a_department_has_the_name_of_the_readers_language() -> None:
    after = small(reservations=(Reservation(Text("局", "Bureau"), 20),), uses=(Use(Text("路", "Roads"), 10),))
    found = differences(SMALL, after)
    assert differences_in_words(found, after, EN) == [
        "Set aside for departments: Bureau 20 yuan (new).", "Uses of the fund: Roads 10 yuan (new).",
    ]  # fmt: skip


def test_texts_are_quoted_to_forty_characters() -> None:
    assert sentences_of(D("title", (), "z" * 40, "y" * 41)) == [f"Title: from “{'z' * 40}” to “{'y' * 39}…”."]


def test_of_one_sentence_eight_are_listed() -> None:
    changes = [D("reservation", (f"d{n}",), None, str(n)) for n in range(1, 10)]
    listed = "; ".join(f"d{n} {n} yuan (new)" for n in range(1, 9))
    assert sentences_of(*changes[:8]) == [f"Set aside for departments: {listed}."]
    assert sentences_of(*changes) == [f"Set aside for departments: {listed}; and others, 9 in all."]


def test_new_and_removed_rows_are_counted_and_eight_named() -> None:
    new = [D("recipient", (f"n{n}",), None, f"N{n}") for n in range(9)]
    gone = [D("factor", (f"f{n}",), f"F{n}", None) for n in range(2)]
    assert sentences_of(*new, *gone) == [
        f"Recipient: added {', '.join(f'N{n}' for n in range(8))} (9).",
        "Columns of factor data: removed F0, F1 (2).",
    ]


def test_new_rows_stand_before_removed_ones_and_before_what_changed_of_others() -> None:
    mixed = [
        D("recipient", ("a", "kind"), "district", None),
        D("recipient", ("z",), "Z", None),
        D("recipient", ("y",), None, "Y"),
    ]
    assert sentences_of(*mixed) == [
        "Recipient: added Y (1); removed Z (1); kind of 甲 “districts” (removed)."
    ]


def test_whether_an_earmark_that_is_gone_also_shared_is_not_said() -> None:
    assert sentences_of(D("earmark", ("a", "also_shares"), "true", None)) == []
    gone = [D("earmark", ("a",), "5", None), D("earmark", ("a", "also_shares"), "true", None)]
    assert sentences_of(*gone) == ["Given apart from the split: 甲 5 yuan (removed)."]


def test_of_cells_with_other_notes_three_are_named() -> None:
    cells = [D("provenance", ("a", column), "1", "2") for column in "xykz"]
    assert sentences_of(*cells) == ["Notes on cells: 人口 of 甲, 面积 of 甲, 系数 of 甲 (4 in all)."]


def test_of_many_figures_the_one_that_changes_most_is_named() -> None:
    four = small(
        recipients=tuple(Recipient(id, id.upper()) for id in "abcd"),
        factors=tuple(Factor(id, (1,) * 4) for id in "xyk"),
    )
    three = [D("value", ("x", id), "1", "2") for id in "abc"]
    assert sentences_of(*three, scenario=four) == ["x: A from 1 to 2; B from 1 to 2; C from 1 to 2."]
    head = "x: 4 figures differ among 4 districts, counties and parks, "
    assert sentences_of(*three, D("value", ("x", "d"), "9", "3"), scenario=four) == [
        head + "most that of D, from 9 to 3."
    ]
    assert sentences_of(*three, D("value", ("x", "d"), None, "3"), scenario=four) == [
        head + "several most, such as that of A, from 1 to 2."
    ]
    paid = [*(D("published", (id,), "1", "2") for id in "abc"), D("published", ("d",), "5", "1")]
    assert sentences_of(*paid, lang="zh", scenario=four) == [
        "已下达数：4个区县（园区）中4个的数不同，变化最大的是D，由5元改为1元。"
    ]


def test_figures_that_come_or_go_are_no_changes_of_a_size() -> None:
    by = [D("value", ("x", id), "1", after) for id, after in (("a", "3/2"), ("b", "5/4"), ("c", "5/4"))]
    for before, after in ((None, "3"), ("3", None)):
        (sentence,) = sentences_of(*by, D("value", ("x", "d"), before, after))
        assert sentence.endswith("most that of 甲, from 1 to 1.5.")
    last = [D("previous", (id,), "1", after) for id, after in zip("abcd", "2352", strict=True)]
    (sentence,) = sentences_of(*last)
    assert sentence.endswith("most that of 丙, from 1 yuan to 5 yuan.")


def test_recipients_of_other_countries_are_not_called_districts() -> None:
    dollars = small(fund=Fund(100, "USD", 1))
    order = D("order", ("recipient",), None, None)
    assert sentences_of(order, scenario=dollars, lang="zh") == ["排列次序不同：分配对象。"]


def test_twelve_sentences_unless_asked_otherwise() -> None:
    columns = [D("value", (f"f{n}", "a"), "1", "2") for n in range(13)]
    assert sentences_of(*columns[:12]) == [f"f{n}: 甲 from 1 to 2." for n in range(12)]
    assert sentences_of(*columns)[10:] == ["f10: 甲 from 1 to 2.", "2 more kinds of differences."]
    assert sentences_of(*columns, most=1) == ["13 more kinds of differences."]


def test_a_text_that_differs_in_both_languages_is_said_once_in_the_readers() -> None:
    both = [D("title", ("zh",), "甲", "乙"), D("title", ("en",), "a", "b")]
    assert (sentences_of(*both), sentences_of(*both, lang="zh")) == (
        ["Title: from “a” to “b”."],
        ["方案名称：由“甲”改为“乙”。"],
    )
    source = [D("factor", ("x", "source", lang), None, lang) for lang in ("zh", "en")]
    assert sentences_of(*source) == ["人口: source “en” (new)."]
    assert sentences_of(*reversed(both)) == ["Title: from “a” to “b”."]
    assert sentences_of(both[0]) == ["Title: from “甲” to “乙”."]


def test_several_that_differ_in_both_languages_are_each_said() -> None:
    rows = [D("recipient", (id, lang), None, f"{id}-{lang}") for id in ("m", "n") for lang in ("zh", "en")]
    assert sentences_of(*rows) == ["Recipient: added m-en, n-en (2)."]
    assert sentences_of(*rows, lang="zh") == ["区县（园区）：新增m-zh、n-zh（2个）。"]


def test_what_would_look_the_same_is_shown_as_it_stands() -> None:
    long = "z" * 50
    assert sentences_of(D("title", (), long + "a", long + "b")) == [f"Title: from {long}a to {long}b."]
    tiny = D("value", ("x", "a"), "1/10000000", "2/30000000")
    assert sentences_of(tiny) == ["人口: 甲 from 1/10000000 to 2/30000000."]


def test_names_come_from_the_scenario_else_from_what_was_found() -> None:
    found = [D("recipient", ("n", "zh"), None, "新"), D("recipient", ("n", "en"), None, "New"),
             D("value", ("x", "n"), None, "1"), D("factor", ("g",), "G", None),
             D("weight", ("g",), "5", None), D("earmark", ("a",), None, "1")]  # fmt: skip
    assert sentences_of(*found) == [
        "Recipient: added New (1).", "人口: New from blank to 1.", "Columns of factor data: removed G (1).",
        "Weights: G 5 % (removed).", "Given apart from the split: 甲 1 yuan (new).",
    ]  # fmt: skip


def test_limits_in_words_and_what_is_none_as_it_stands() -> None:
    floor = '{"recipients": ["a", "b"], "floor": "10000"}'
    cap = '{"recipients": "park", "cap_rate": "1/2", "of": "fund", "by": "x"}'
    assert sentences_of(D("limit", (), floor, cap), lang="zh") == [
        "保底、封顶：由“甲、乙各保底1万元”改为“每个‘园区’类对象封顶资金总额按人口占比应得数的50%”。"
    ]
    third = '{"recipients": "all", "floor_rate": "1/3", "of": "fund"}'
    assert sentences_of(D("limit", (), third, None)) == [
        "Floors and caps: “each recipient gets at least ≈33.33 % of the fund” (removed)."
    ]
    half = '{"recipients": "all", "floor": "x", "cap": "5"}'
    assert sentences_of(D("limit", (), None, half)) == [f"Floors and caps: “{half[:39]}…” (new)."]
    for wrong in (
        '{"recipients": "all"}',
        '{"floor": 1, "x": 2}',
        "[1]",
        "no",
        '{"recipients": "all", "floor": "x"}',
    ):
        assert sentences_of(D("limit", (), None, wrong)) == [f"Floors and caps: “{wrong}” (new)."]


POOLS = load_scenario(ROOT / "scenarios" / "luzhou-2023-pools" / "two-pools.toml")
OF_POOLS: list[tuple[Difference, str, str]] = [
    (D("pool", ("foreign", "weights"), "foreign 70, effort 30", "foreign 200/3, effort 100/3"),
     "分项：外资项目的权重由“实际使用外资70%、招商引资工作得分30%”改为“实际使用外资约66.67%、招商引资工作得分约33.33%”。",
     "Pools: weights of Foreign projects from “Foreign capital in use 70 %, Score for attracting "
     "investment 30 %” to “Foreign capital in use ≈66.67 %, Score for attracting investment ≈33.33 %”."),
    (D("pool", ("domestic", "weights"), "economy 80, effort 20", "seventy"),
     "分项：内资项目的权重由“经济贡献80%、招商引资工作得分20%”改为“seventy”。",
     "Pools: weights of Domestic projects from “Economic contribution 80 %, Score for attracting "
     "investment 20 %” to “seventy”."),
    (D("pool", ("domestic", "amount"), "30000000", "rest"), "分项：内资项目的资金由3000万元改为其余资金。",
     "Pools: money of Domestic projects from 30,000,000 yuan to the rest."),
    (D("pool", ("domestic", "percent"), "60", "50"), "分项：内资项目的百分比由60%改为50%。",
     "Pools: percentage of Domestic projects from 60 % to 50 %."),
    (D("pool", ("domestic", "coefficient"), None, "effort, projects"),
     "分项：新增内资项目的系数（“招商引资工作得分、新签约项目数”）。",
     "Pools: coefficients of Domestic projects "
     "“Score for attracting investment, New projects signed” (new)."),
    (D("pool", ("foreign", "where"), "foreign > 0", "foreign > 0 + previous"),
     "分项：外资项目的参与条件由“实际使用外资 > 0”改为“实际使用外资 > 0 + 上年下达数”。",
     "Pools: condition of Foreign projects from “'Foreign capital in use' > 0” "
     "to “'Foreign capital in use' > 0 + 'Last year'”."),
    (D("pool", ("foreign", "where"), "foreign >", None), "分项：去掉外资项目的参与条件（原为“foreign >”）。",
     "Pools: condition of Foreign projects “foreign >” (removed)."),
    (D("pool", ("foreign", "recipients"), "all", "ftz, naxi"),
     "分项：外资项目的参加范围由“全部对象”改为“自贸区、纳溪区”。",
     "Pools: recipients of Foreign projects from “all” to “Free Trade Zone, Naxi District”."),
    (D("indicator", ("economy", "parts"), "domestic 75, tax_growth 25", "domestic 50, tax_growth 50"),
     "一级指标：经济贡献的二级指标权重由“内资到位资金75%、税收增长率25%”改为“内资到位资金50%、税收增长率50%”。",
     "Indicators: weights of the parts of Economic contribution from “Domestic capital in place 75 %, "
     "Growth of tax 25 %” to “Domestic capital in place 50 %, Growth of tax 50 %”."),
    (D("factor", ("tax_growth", "formula"), "MAX(0, tax_2023 / tax_2022 - 1)", "projects"),
     "税收增长率：计算公式由“MAX(0, '2023年税收' / '2022年税收' - 1)”改为“新签约项目数”。",
     "Growth of tax: formula from “MAX(0, 'Tax in 2023' / 'Tax in 2022' - 1)” to “'New projects signed'”."),
    (D("limit", (), None,
       '{"recipients": "all", "pool": "all", "floor_formula": "0.9 * previous + projects"}'),
     "保底、封顶：新增“各分项合计中每个对象保底按公式 0.9 * 上年下达数 + 新签约项目数 算得的数”。",
     "Floors and caps: “over all pools, each recipient gets at least the result of "
     "0.9 * 'Last year' + 'New projects signed'” (new)."),
    (D("earmark", ("ftz, naxi",), None, "500000"), "单列安排：新增自贸区、纳溪区（50万元）。",
     "Given apart from the split: Free Trade Zone, Naxi District 500,000 yuan (new)."),
    (D("adjustment", ("ftz", "paid_by"), "naxi", "pro-rata"),
     "调整数：自贸区的承担方由“纳溪区”改为“其他对象按金额分摊”。",
     "Adjustments: payer of the adjustment of Free Trade Zone from “Naxi District” "
     "to “all others by their amounts”."),
]  # fmt: skip


@pytest.mark.parametrize(("found", "zh", "en"), OF_POOLS)
def test_a_rule_of_pools_is_said_in_names_and_never_in_ids(found: Difference, zh: str, en: str) -> None:
    assert sentences_of(found, lang="zh", scenario=POOLS) == [zh]
    assert sentences_of(found, scenario=POOLS) == [en]


def test_weights_of_a_pool_are_as_its_kind_has_them_before_and_after() -> None:
    found = [D("pool", ("foreign", "kind"), "shares", "fixed"),
             D("pool", ("foreign", "weights"), "foreign 100", "projects 500000")]  # fmt: skip
    assert sentences_of(*found, lang="zh", scenario=POOLS) == [
        "分项：外资项目的计算方法由占比法改为定额补助；外资项目的权重由“实际使用外资100%”改为“新签约项目数50万元”。"
    ]


def test_a_limit_of_another_pool_is_another_limit() -> None:
    limits = [replace(POOLS.limits[0], pool=pool) for pool in ("domestic", "foreign")]
    before, after = (replace(POOLS, limits=(limit,)) for limit in limits)
    (said,) = differences_in_words(differences(before, after), after, ZH)
    assert said == (
        "保底、封顶：去掉“‘内资项目’分项中每个对象封顶按因素法分配额的15%”；"
        "新增“‘外资项目’分项中每个对象封顶按因素法分配额的15%”。"
    )
