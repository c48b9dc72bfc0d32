"""In what two scenarios differ, word for word: every kind of difference, and lists as long as they may be."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from good_scenario import small
from shipped import POOLS

from allocator import Factor, Fund, Recipient, Reservation, Scenario, Use, load_scenario
from allocator.analysis.differences import Difference, differences
from allocator.core.parts import Text
from allocator.report.words.differences import differences_in_words
from allocator.text import EN, ZH, Phrasebook

D = Difference
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


# --- pools ----------------------------------------------------------------------------------------

LOADED = load_scenario(next(path for path in POOLS if path.stem == "two-pools"))
IN_POOLS: list[tuple[Difference, str, str]] = [
    (D("pool", ("domestic", "percent"), "60", "40"), "分项：内资项目的百分比由60%改为40%。",
     "Pools: percentage of Domestic projects from 60 % to 40 %."),
    (D("pool", ("domestic", "weights"), "economy 80, effort 20", "economy 70, effort 30"),
     "权重：内资项目的经济贡献由80%改为70%；内资项目的招商引资工作得分由20%改为30%。",
     "Weights: Economic contribution of Domestic projects from 80 % to 70 %; "
     "Score for attracting investment of Domestic projects from 20 % to 30 %."),
    (D("pool", ("foreign", "weights"), "effort 100", "foreign 200/3, effort 100/3"),
     "权重：外资项目的招商引资工作得分由100%改为约33.33%；新增外资项目的实际使用外资（约66.67%）。",
     "Weights: Score for attracting investment of Foreign projects from 100 % to ≈33.33 %; "
     "Foreign capital in use of Foreign projects ≈66.67 % (new)."),
    (D("indicator", ("economy", "parts"), "domestic 75, tax_growth 25", "domestic 60, tax_growth 40"),
     "权重：经济贡献的内资到位资金由75%改为60%；经济贡献的税收增长率由25%改为40%。",
     "Weights: Domestic capital in place of Economic contribution from 75 % to 60 %; "
     "Growth of tax of Economic contribution from 25 % to 40 %."),
    (D("pool", ("foreign", "amount"), "rest", "8000000"), "分项：外资项目的资金由其余部分改为800万元。",
     "Pools: money of Foreign projects from the rest to 8,000,000 yuan."),
    (D("pool", ("foreign", "where"), "foreign > 0", "foreign > MAX(tax_2022, 5)"),
     "分项：外资项目的参与条件由“实际使用外资 > 0”改为“实际使用外资 > MAX('2022年税收', 5)”。",
     "Pools: condition of Foreign projects from “'Foreign capital in use' > 0” to "
     "“'Foreign capital in use' > MAX('Tax in 2022', 5)”."),
    (D("pool", ("foreign", "where"), "foreign >", None), "分项：去掉外资项目的参与条件（原为“foreign >”）。",
     "Pools: condition of Foreign projects “foreign >” (removed)."),
    (D("pool", ("foreign", "coefficient"), None, "effort, projects"),
     "分项：新增外资项目的系数（“招商引资工作得分、新签约项目数”）。",
     "Pools: coefficients of Foreign projects "
     "“Score for attracting investment, New projects signed” (new)."),
    (D("pool", ("foreign", "recipients"), "all", "naxi, luxian"),
     "分项：外资项目的参加范围由全部改为“纳溪区、泸县”。",
     "Pools: recipients of Foreign projects from all to “Naxi District, Lu County”."),
    (D("pool", ("foreign", "floors"), None, "from-gains"),
     "分项：新增外资项目的保底资金来源（从增量中解决）。",
     "Pools: source of floors of Foreign projects what others gain (new)."),
    (D("deduction", ("naxi", "pool"), "domestic", "foreign"),
     "扣减结转结余：纳溪区的分项由“内资项目”改为“外资项目”。",
     "Money held already: pool of Naxi District from “Domestic projects” to “Foreign projects”."),
    (D("adjustment", ("naxi", "paid_by"), "pro-rata", "luxian"),
     "调整数：纳溪区的承担方由其他对象按金额分摊改为“泸县”。",
     "Adjustments: payer of Naxi District from all others by their amounts to “Lu County”."),
    (D("factor", ("tax_growth", "formula"), "MAX(0, tax_2023 / tax_2022 - 1)", "projects + previous"),
     "税收增长率：计算公式由“MAX(0, '2023年税收' / '2022年税收' - 1)”改为“新签约项目数 + 上年下达数”。",
     "Growth of tax: formula from “MAX(0, 'Tax in 2023' / 'Tax in 2022' - 1)” "
     "to “'New projects signed' + 'Last year'”."),
    (D("limit", (), None,
       '{"recipients": "all", "pool": "all", "floor_formula": "0.9 * previous + projects"}'),
     "保底、封顶：新增“各分项合计中每个对象保底按公式 0.9 * 上年下达数 + 新签约项目数 算得的数”。",
     "Floors and caps: “over all pools, each recipient gets at least the result of "
     "0.9 * 'Last year' + 'New projects signed'” (new)."),
    (D("earmark", ("ftz, naxi",), None, "500000"), "单列安排：新增自贸区、纳溪区（50万元）。",
     "Given apart from the split: Free Trade Zone, Naxi District 500,000 yuan (new)."),
    # a file may hold anything
    (D("pool", ("domestic", "weights"), "economy eighty", "effort 100"),
     "分项：内资项目的权重由“economy eighty”改为“effort 100”。",
     "Pools: weights of Domestic projects from “economy eighty” to “effort 100”."),
]  # fmt: skip


@pytest.mark.parametrize(("found", "zh", "en"), IN_POOLS)
def test_pools_go_by_names_and_percent_word_for_word(found: Difference, zh: str, en: str) -> None:
    assert sentences_of(found, lang="zh", scenario=LOADED) == [zh]
    assert sentences_of(found, scenario=LOADED) == [en]


def test_weights_of_a_pool_whose_kind_changes_are_said_as_each_kind_says_them() -> None:
    kind = D("pool", ("domestic", "kind"), "shares", "fixed")
    weights = D("pool", ("domestic", "weights"), "effort 100", "effort 500000")
    assert sentences_of(kind, weights, lang="zh", scenario=LOADED) == [
        "分项：内资项目的计算方法由占比法改为定额补助。",
        "权重：内资项目的招商引资工作得分由100%改为50万元。",
    ]


def test_no_id_of_a_pool_or_factor_is_said_of_two_rules_with_pools() -> None:
    first, second = LOADED.pools
    changed = replace(
        LOADED, pools=(replace(first, weights={"effort": 100}), replace(second, weights={"projects": 100}))
    )
    said = " ".join(differences_in_words(differences(LOADED, changed), changed, ZH, 30))
    assert not re.search("[a-z]", said)
    assert said.count("%") == 1 + 2 + 1 + 1 + 1  # 80, 20 to 100; 70, 30, 100


def test_a_limit_of_another_pool_is_another_limit() -> None:
    limits = [replace(LOADED.limits[0], pool=pool) for pool in ("domestic", "foreign")]
    before, after = (replace(LOADED, limits=(limit,)) for limit in limits)
    (said,) = differences_in_words(differences(before, after), after, ZH)
    assert said == (
        "保底、封顶：去掉“‘内资项目’分项中每个对象封顶按因素法分配额的15%”；"
        "新增“‘外资项目’分项中每个对象封顶按因素法分配额的15%”。"
    )
