"""What is said of a rule, of its data and of several rules side by side, word for word."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from good_scenario import small

from allocator import Earmark, Factor, Fund, Limit, Recipient, Reservation, Scenario, allocate
from allocator.analysis.finding import held_against
from allocator.core.engine import METHOD_VERSION
from allocator.core.errors import ScenarioError
from allocator.core.parts import Text
from allocator.core.provenance import Provenance
from allocator.report.words.comparing import (
    assumed_sentence,
    change_sentences,
    concentration_rows,
    headline,
    recipient_sentences,
    same_currency,
)
from allocator.report.words.hints import hint_lines
from allocator.report.words.options import differs_line, rule_lines
from allocator.report.words.rule import (
    MOST_LIMITS,
    LimitWords,
    can_differ,
    effect_sentence,
    limit_clauses,
    limit_lines,
    rule_sentence,
    so_many,
    status_lines,
    weights_words,
)
from allocator.report.words.summary import read_lines
from allocator.text import EN, ZH

# 100 yuan: x of 1, 2, 1 at 60 and y of 1, 0, 1 at 40 are 15 + 20, 30 and 15 + 20
SMALL = small()


def many(count: int, **changes: Any) -> Scenario:
    """So many recipients r0, r1, … of one factor of 1 each, and a coefficient."""
    return Scenario(
        **{
            "title": Text("多", "many"),
            "fund": Fund(10 * count, "CNY", 1),
            "kind": "shares",
            "weights": {"x": 100},
            "recipients": tuple(Recipient(f"r{n}", Text(f"甲{n}", f"R{n}")) for n in range(count)),
            "factors": (Factor("x", (1,) * count, "人口"), Factor("k", (1,) * count, "系数")),
            **changes,
        }
    )


# --- limits -----------------------------------------------------------------------------------------------

WORDS = LimitWords(str.upper, lambda id: f"<{id}>", "CNY")


@pytest.mark.parametrize(
    ("limit", "zh", "en"),
    [
        (Limit(floor=10_000), ["每个对象保底1万元"], ["each recipient gets at least 10,000 yuan"]),
        (Limit("county", cap=5), ["每个“县”类对象封顶5元"],
         ["each recipient of the kind “counties” gets at most 5 yuan"]),
        (Limit(("a",), cap=0), ["A封顶0元"], ["A gets at most 0 yuan"]),
        (Limit(("a", "b"), floor=1, cap=2), ["A、B各保底1元", "A、B各封顶2元"],
         ["A, B: each gets at least 1 yuan", "A, B: each gets at most 2 yuan"]),
        (Limit(tuple("abcd"), cap=2), ["A、B、C、D各封顶2元"], ["A, B, C, D: each gets at most 2 yuan"]),
        (Limit(tuple("abcde"), cap=2), ["A、B、C、D等5个对象各封顶2元"],
         ["A, B, C, D and others (5 in all): each gets at most 2 yuan"]),
        (Limit(floor_rate="0.3", of="fund", by="people"), ["每个对象保底资金总额按<people>占比应得数的30%"],
         ["each recipient gets at least 30 % of its part of the fund by <people>"]),
        (Limit(cap_rate=Fraction(1, 3), of="distributable"), ["每个对象封顶按因素法分配额的约33.33%"],
         ["each recipient gets at most ≈33.33 % of the amount shared out"]),
        (Limit(floor=1, cap_rate="1.5", of="previous"), ["每个对象保底1元", "每个对象封顶各自上年数的150%"],
         ["each recipient gets at least 1 yuan",
          "each recipient gets at most 150 % of its amount of last year"]),
        (Limit(cap_rate=10, of="previous"), ["每个对象封顶各自上年数的1000%"],
         ["each recipient gets at most 1,000 % of its amount of last year"]),
    ],
)  # fmt: skip
def test_limits(limit: Limit, zh: list[str], en: list[str]) -> None:
    assert (limit_clauses(limit, ZH, WORDS), limit_clauses(limit, EN, WORDS)) == (zh, en)


def test_where_all_limits_are_shown_no_more_are_spoken_of() -> None:
    limits = [Limit(("a",), floor=1)] * MOST_LIMITS
    assert len(limit_lines(small(limits=limits), EN)) == 1
    assert limit_lines(small(limits=[*limits, Limit(cap=99)]), EN)[1:] == [
        "Further floors and caps are not shown here: 1."
    ]


# --- the rule ---------------------------------------------------------------------------------------------


def test_the_rule_of_another_country_in_english() -> None:
    scenario = small(
        fund=Fund(100, "USD", 1, "rest-to-largest"),
        weights={"x": Fraction(200, 3), "y": Fraction(100, 3), "k": 0},
        reservations=(Reservation("office", 10),),
        earmarks=(Earmark("c", 20), Earmark("a", 5, also_shares=True), Earmark("b", 0, also_shares=True)),
        coefficient="k",
    )
    assert rule_sentence(scenario, EN) == (
        "The fund is 100 USD; 10 USD is set aside for departments first; "
        "丙 is given 20 USD apart from the split; 甲 is given 5 USD on top of its part in the split; "
        "the remaining 65 USD is shared among 2 recipients by weighted factors: "
        "人口 ≈66.67 %, 面积 ≈33.33 %; "
        "each score is multiplied by 系数; amounts are rounded to 1 USD, and the rest goes to the largest."
    )
    assert rule_sentence(SMALL, ZH) == (
        "资金总额100元，全部按人口60%、面积40%的权重，在3个区县（园区）之间分配，"
        "以1元为单位取整，尾数按最大余数法补足。"
    )
    for change in (
        {"reservations": (Reservation("d", 1),)},
        {"earmarks": (Earmark("a", 1, also_shares=True),)},
    ):
        assert "其余99元按人口60%、面积40%的权重" in rule_sentence(small(**change), ZH)


def test_weights_that_count() -> None:
    assert weights_words(small(weights={"x": 100, "y": 0}), ZH) == "人口100%"
    scores = small(kind="scores", weights={"x": 1234, "y": Fraction(1, 2)})
    assert (weights_words(scores, ZH), weights_words(scores, EN)) == (
        "人口×1234、面积×0.5",
        "人口 × 1,234, 面积 × 0.5",
    )


def test_how_many() -> None:
    assert so_many(SMALL, 1234, ZH) == "1234个区县（园区）"
    dollars = small(fund=Fund(100, "USD", 1))
    assert (so_many(dollars, 3, ZH), so_many(dollars, 3, EN)) == ("3个分配对象", "3 recipients")


def test_whether_there_is_anything_to_compare_with() -> None:
    alone = small(weights={"x": 100})
    assert can_differ(SMALL) and not can_differ(alone)
    assert can_differ(replace(alone, published={"a": 25, "b": 50, "c": 25}))


def test_the_effect_says_what_it_is_held_against() -> None:
    now = allocate(SMALL)  # 35, 30, 35
    found = held_against(now, allocate(small(weights={"x": 100})))  # 25, 50, 25
    assert effect_sentence(now, found, EN) == (
        "Against the result before the edits, 20 yuan moves, 20.0 % of the amount "
        "shared out (2 gaining, 1 losing); 甲, 丙 gain most (+10 yuan each), 乙 loses most (−20 yuan)."
    )
    published = small(reservations=(Reservation("d", 50),), published={"a": 16, "b": 18, "c": 16})
    now = allocate(published)  # 17.5, 15, 17.5, of which the first in the list gets the unit
    assert dict(now.amounts) == {"a": 18, "b": 15, "c": 17}
    assert effect_sentence(now, held_against(now, published.published or {}), ZH) == (
        "与已下达数相比，共调整3元，占按因素法分配额的6.0%：2个增加，1个减少；"
        "增加最多的是甲（+2元），减少最多的是乙（−3元）。"
    )


def test_where_data_comes_from() -> None:
    columns = (
        Factor("x", (1, 2, 1), "人口", status="published", source=Text("年鉴", "Yearbook")),
        Factor("y", (1, 0, 1), "面积", status="published", source=Text("年鉴", "Yearbook")),
        Factor("k", (1, 1, 2), "系数", status="derived"),
        Factor("z", (1, 1, 2), "得分"),
        Factor("unused", (1, 1, 2), status="example"),
    )
    scenario = small(factors=columns, weights={"x": 40, "y": 30, "k": 20, "z": 10})
    assert status_lines(scenario, ZH) == [
        "人口、面积：公开（年鉴）。", "系数：推算。", "得分：假设。",
        "得分为假设数据，实际因素值未公开：结果只说明办法如何计算，不代表任何对象应得的金额。",
    ]  # fmt: skip
    assert status_lines(scenario, EN)[:2] == ["人口, 面积: published (Yearbook).", "系数: derived."]
    assert len(status_lines(replace(scenario, weights={"x": 70, "k": 30}), EN)) == 2


# --- hints ------------------------------------------------------------------------------------------------


def rows(*values: tuple[int, int]) -> Scenario:
    ids = [f"r{n}" for n in range(len(values))]
    return Scenario(
        title="t",
        fund=Fund(100, "CNY", 1),
        kind="shares",
        weights={"x": 60, "y": 40},
        recipients=tuple(Recipient(id, Text(id, id.upper())) for id in ids),
        factors=tuple(Factor(f, column) for f, column in zip("xy", zip(*values, strict=True), strict=True)),
    )


def test_rows_like_totals_are_named_with_what_they_add_up() -> None:
    (line,) = hint_lines(rows((9, 9), (3, 1), (4, 2), (7, 3), (1, 0)), ZH)
    assert line.startswith("提示：“r3”的各加权因素值正好都等于上面从“r1”到“r2”各行之和，可能是小计行")
    (line,) = hint_lines(rows((3, 1), (4, 2), (7, 3)), EN)
    assert line.startswith("Note: in every weighted factor “R2” has exactly the sum of all other rows")
    # a row that takes no part is passed over: the sum ends with the last row above that does
    apart = replace(rows((3, 1), (4, 2), (5, 5), (7, 3), (9, 9)), earmarks=(Earmark("r2", 1),))
    (line,) = hint_lines(apart, EN)
    assert "“R3” has exactly the sum of the rows above it from “R0” to “R1”" in line


def test_of_many_rows_like_totals_five_are_named() -> None:
    pairs = [(10**n, 10**n + 1) for n in range(1, 7)]
    values = [row for a, b in pairs for row in ((a, b), (b, a), (a + b, a + b))]
    lines = hint_lines(rows(*values), EN)
    assert [line.split("“")[1].split("”")[0] for line in lines[:5]] == ["R2", "R5", "R8", "R11", "R14"]
    assert lines[5:] == [
        "Note: rows that in every weighted factor also have exactly the sum of others: 1 more."
    ]
    assert len(hint_lines(rows(*values[:15]), EN)) == 5


def test_coefficients_of_0() -> None:
    def opening(zeros: int) -> str:
        column = Factor("k", (0,) * zeros + (1,) * 2, "系数")
        scenario = many(zeros + 2, factors=(Factor("x", (1,) * (zeros + 2)), column), coefficient="k")
        (line,) = hint_lines(scenario, EN)
        return line.partition(". The")[0]

    assert opening(5) == "Note: The coefficient (系数) is 0 for R0, R1, R2, R3, R4"
    assert opening(6) == "Note: The coefficient (系数) is 0 for R0, R1, R2, R3, R4 and others (6 in all)"


# --- options ----------------------------------------------------------------------------------------------


def test_the_rule_of_an_option_in_lines() -> None:
    limited = small(coefficient="k", limits=(Limit(("a",), floor=3), Limit(cap=50)))
    assert rule_lines(limited, ZH) == [
        "权重：人口60%、面积40%。", "系数：系数。", "保底、封顶：甲保底3元，每个对象封顶50元。",
    ]  # fmt: skip
    assert rule_lines(limited, EN, "Option B") == [
        "Weights of Option B: 人口 60 %, 面积 40 %.", "Coefficient of Option B: 系数.",
        "Floors and caps of Option B: 甲 gets at least 3 yuan; each recipient gets at most 50 yuan.",
    ]  # fmt: skip
    assert rule_lines(SMALL, EN) == ["Weights: 人口 60 %, 面积 40 %."]
    scores = small(kind="scores", weights={"x": 2, "y": 1})
    assert rule_lines(scores, ZH, "方案B") == ["方案B倍数：人口×2、面积×1。"]


def test_in_what_an_option_differs() -> None:
    names = ("A", "B")
    assert differs_line(SMALL, small(title="another"), names, ZH) == "B与A没有差别。"
    capped = small(limits=(Limit(cap=50),), weights={"x": 50, "y": 50})
    assert differs_line(SMALL, capped, names, EN) == (
        "How B differs from A: Weights: 人口 from 60 % to 50 %; 面积 from 40 % to 50 %. "
        "Floors and caps: “each recipient gets at most 50 yuan” (new)."
    )
    every = small(
        fund=Fund(200, "CNY", 2, "rest-to-largest"), weights={"x": 50, "y": 50}, coefficient="k",
        reservations=(Reservation("局", 20),), limits=(Limit(cap=90),),
    )  # fmt: skip
    told = differs_line(SMALL, every, names, ZH)
    assert told.count("。") == 4 and told.endswith("另有4类不同。")  # seven kinds: three, and how many more


# --- side by side -----------------------------------------------------------------------------------------


def test_currencies_that_differ_are_named_in_order() -> None:
    same_currency(SMALL, SMALL)
    with pytest.raises(ScenarioError) as caught:
        same_currency(small(fund=Fund(100, "USD", 1)), SMALL)
    assert [(p.key, p.details) for p in caught.value.problems] == [("currencies", {"known": ["CNY", "USD"]})]


def test_whom_a_scenario_has_that_the_base_does_not_have() -> None:
    six, two = allocate(many(6)), allocate(many(2))
    assert recipient_sentences([two, two, six], EN) == [
        "Against A, C also has R2, R3, R4, R5 (4 in all); who is not listed counts with zero."
    ]
    seven = allocate(many(7))
    assert recipient_sentences([seven, two], ZH) == [
        "B的分配对象比A少甲2、甲3、甲4、甲5（共5个）；没有列入的一方按零计算增减。"
    ]
    other = allocate(replace(SMALL, recipients=(*SMALL.recipients[:2], Recipient("d", "丁"))))
    assert recipient_sentences([allocate(SMALL), other], ZH) == [
        "B的分配对象比A多丁（共1个），少丙（共1个）；没有列入的一方按零计算增减。"
    ]


def test_which_of_them_rest_on_assumed_data() -> None:
    known = replace(SMALL, factors=[replace(f, status="published") for f in SMALL.factors])
    real, assumed = allocate(known), allocate(SMALL)
    assert assumed_sentence([real, real], EN) == ""
    assert assumed_sentence([real, assumed, assumed], EN).startswith("The factor data of B, C is assumed,")


def test_scenarios_side_by_side() -> None:
    unit = Fund(1_000_000, "CNY", 10_000)
    base = allocate(small(fund=unit))  # 35, 30, 35 of 100 万元
    other = allocate(small(fund=unit, weights={"x": 100}))  # 25, 50, 25
    larger = allocate(small(fund=Fund(1_200_000, "CNY", 10_000)))  # 42, 36, 42
    headers, rows = headline([base, other, larger], ["one", "two", "three"], EN)
    assert headers == [
        "Scenario", "Money moved (10k yuan)", "Change of the sum (10k yuan)", "Gaining", "Losing",
        "The largest",
    ]  # fmt: skip
    assert rows == [
        ["A: one", "base", "", "", "", "甲, 丙 have 35.0 % each"],
        ["B: two", "20", "0", "1", "2", "乙 has 50.0 %"],
        ["C: three", "—", "+20", "3", "0", "甲, 丙 have 35.0 % each"],
    ]
    assert change_sentences([base, other], EN) == [
        "B against A: 200,000 yuan moves, 20.0 % of the amount shared out; 1 gaining, 2 losing; "
        "乙 gains most (+200,000 yuan), 甲, 丙 lose most (−100,000 yuan each)."
    ]
    # one that is split in yuan has all of them shown in yuan
    yuan = allocate(small(fund=Fund(1_000_000, "CNY", 1), weights={"x": 100}))
    headers, rows = headline([base, yuan], ["一", "二"], ZH)
    assert headers[1:3] == ["调整金额（元）", "合计增减（元）"]
    assert rows[1] == ["B　二", "200000", "0", "1", "2", "乙占50.0%"]
    more = allocate(small(fund=Fund(1_200_000, "CNY", 1)))
    assert headline([base, more], ["一", "二"], ZH)[1][1][1:3] == ["—", "+200000"]


def test_who_has_most() -> None:
    assert headline([allocate(many(4))], ["t"], EN)[1][0][-1] == "R0, R1, R2, R3 have 25.0 % each"
    assert headline([allocate(many(5))], ["t"], ZH)[1][0][-1] == "甲0、甲1、甲2、甲3等5个对象各占20.0%"
    nothing = allocate(small(reservations=(Reservation("d", 100),)))
    assert headline([nothing], ["t"], EN)[1][0][-1] == "no money"


def test_concentration_in_rows() -> None:
    """Parts of 1/4, 1/2, 1/4: HHI 1/16 + 1/4 + 1/16 = 0.375; |differences| 4 · 1/4 over 2 · 3 = 1/6."""
    nothing = allocate(small(reservations=(Reservation("d", 100),)))
    assert concentration_rows([allocate(small(weights={"x": 100})), nothing], EN) == (
        ["Scenario", "The largest", "Herfindahl-Hirschman index", "Gini coefficient"],
        [["A", "乙 has 50.0 %", "0.375", "0.167"], ["B", "no money", "", ""]],
    )


# --- what was read ----------------------------------------------------------------------------------------


def test_what_was_read_of_a_file() -> None:
    scenario = small(
        title=Text("小", "small"),
        fund=Fund(1_000, "CNY", 1),
        recipients=(Recipient("a", "甲", "park"), Recipient("b", "乙", "park"), Recipient("c", "丙")),
        weights={"x": 60, "y": 40},
        coefficient="k",
        reservations=(Reservation("局", 100), Reservation("委", 50)),
        earmarks=(Earmark("a", 30, also_shares=True),),
        limits=(Limit(floor=1), Limit(("a",), cap=500)),
        published={"a": 400, "b": 300, "c": 149},
        previous={"a": 1, "b": 2, "c": Fraction(1, 2)},
        provenance=(Provenance("a", "x", note="n"),),
    )
    assert read_lines(allocate(scenario), EN) == [
        ("Title", "small"),
        ("Fund", "1,000 yuan"),
        ("Reservations", "2: 150 yuan"),
        ("Earmarks", "1: 30 yuan"),
        ("To be shared out", "820 yuan"),
        ("Rounding unit", "1 yuan"),
        ("Rounding", "largest remainder"),
        ("Method", "shares: weights times each factor's shares"),
        ("Coefficient", "k"),
        ("Recipients", "3 (parks 2)"),
        ("Factor x", "人口, weight 60 %, assumed, total 4"),
        ("Factor y", "面积, weight 40 %, assumed, total 2"),
        ("Column k", "系数, no weight, assumed"),
        ("Limits", "2: each recipient gets at least 1 yuan; 甲 gets at most 500 yuan"),
        ("Published", "849 yuan; −1 yuan from fund less reservations"),
        ("Last year", "3.5 yuan"),
        ("Cells with notes", "1"),
        ("Shared out in full", "yes: 100% by this rule, 820 yuan"),
        ("Method version", METHOD_VERSION),
        ("Digest", scenario.digest),
    ]
    plain = dict(read_lines(allocate(small(published={"a": 50, "b": 25, "c": 25})), ZH))
    assert plain["已下达数"] == "100元，等于资金总额减市级部门安排"
    assert (plain["保底、封顶"], plain["区县（园区）"]) == ("0", "3 (区 1)")
    assert not {"系数", "上年数", "有说明的单元格"} & plain.keys()
    assert dict(read_lines(allocate(many(2)), EN))["Recipients"] == "2"
    limits = [Limit(("a",), floor=1)] * (MOST_LIMITS + 5)
    shown = dict(read_lines(allocate(small(limits=limits)), ZH))["保底、封顶"]
    assert shown.startswith("25: 甲保底1元，") and shown.count("保底") == MOST_LIMITS == 20
