"""Amounts per head and for each unit of other columns, against an independent computation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pages import SCENARIOS, html_of, link, opened

from allocator import Allocation, Factor, Fund, Recipient, Scenario, allocate, load_scenario
from allocator.analysis.per_unit import gap, per_unit
from allocator.core.parts import Text
from allocator.core.provenance import Provenance
from allocator.report.tables import base as bases
from allocator.report.words.per_unit import Held, columns
from allocator.text import ZH, Phrasebook

IDS = "abcdefgh"


def split(amounts: dict[str, int], people: tuple[int | None, ...], **more: object) -> Allocation:
    """An allocation that gives these amounts, and a column of people that decides nothing."""
    unit = Text("人", "persons")
    given = Factor("x", tuple(amounts.values()), unit=Text("分", "points"), status="published")
    known = Factor("people", people, Text("常住人口", "residents"), unit, status="published")
    return allocate(
        Scenario(
            title="t",
            fund=Fund(sum(amounts.values()), "CNY", 1),
            kind="scores",
            weights={"x": 1},
            recipients=[Recipient(id) for id in amounts],
            factors=[given, known],
            **more,
        )
    )


def held(*allocations: Allocation, base: bases.Base | None = None, lang: str = "zh") -> Held:
    (factor,) = (f for f in allocations[0].scenario.factors if f.id == "people")
    return Held(allocations, base, factor, Phrasebook(lang))


# --- the figures ----------------------------------------------------------------------------------

NUMBERS = st.one_of(st.integers(0, 10**9), st.fractions(0, 10**6, max_denominator=100))


@settings(max_examples=150)
@given(st.lists(st.tuples(NUMBERS, st.one_of(st.none(), NUMBERS)), min_size=1, max_size=8))
def test_rates_ranks_and_ends_against_an_independent_computation(rows: list[tuple]) -> None:
    amounts = {id: amount for id, (amount, _) in zip(IDS, rows, strict=False)}
    values = {id: value for id, (_, value) in zip(IDS, rows, strict=False)}
    found = per_unit(amounts, values)
    having = [id for id in amounts if values[id]]
    assert list(found.rates) == having
    for id in having:
        assert found.rates[id] * values[id] == amounts[id]  # a rate is what the value makes the amount of
        # by cross-multiplication, without dividing: so many get more for a unit
        above = sum(amounts[o] * values[id] > amounts[id] * values[o] for o in having)
        assert found.ranks[id] == above + 1
    assert [*found.unknown] == [id for id in amounts if values[id] is None]
    assert [*found.zero] == [id for id in amounts if values[id] == 0 and values[id] is not None]
    assert set(having) | set(found.unknown) | set(found.zero) == set(amounts)
    ends = [
        [id for id in having if found.ranks[id] == place]
        for place in (1, max(found.ranks.values(), default=0))
    ]
    assert [list(found.highest), list(found.lowest)] == ends
    if found.ratio is not None:
        high, low = found.highest[0], found.lowest[0]
        assert found.ratio * amounts[low] * values[high] == amounts[high] * values[low]
    else:
        assert len(having) < 2 or any(amounts[id] == 0 for id in having)
    if having:
        total = sum(values[id] for id in having)
        assert found.average is not None and found.average * total == sum(amounts[id] for id in having)
    else:
        assert found.average is None


def test_the_coronavirus_relief_fund_per_head() -> None:
    # Wyoming: 1,250,000,000 dollars for 578,759 people (Treasury, 2020; population as in the Act) is about
    # 2,159.79 a head, California's 15,321,284,928 for 39,512,223 about 387.76
    scenario = load_scenario(SCENARIOS / "us-crf-2020" / "scenario.toml")
    (factor,) = (f for f in columns(scenario) if f.unit is not None and f.unit.en == "persons")
    found = per_unit(allocate(scenario).amounts, dict(zip(scenario.ids, factor.values, strict=True)))
    by_name = {r.name.en: r.id for r in scenario.recipients}
    wyoming = found.rates[by_name["Wyoming"]]
    assert round(Decimal(1_250_000_000) / Decimal(578_759), 6) == round(
        Decimal(wyoming.numerator) / Decimal(wyoming.denominator), 6
    )
    assert found.ranks[by_name["Wyoming"]] < found.ranks[by_name["California"]]


def test_a_value_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="below zero"):
        per_unit({"a": 1}, {"a": -1})


# --- the sentence ---------------------------------------------------------------------------------


def test_the_sentence_says_both_ends_and_how_far_apart_they_are() -> None:
    one = split({"a": 300, "b": 100, "c": 200}, (100, 50, 40))  # 3, 2, 5 a head: 2.5 times
    two = split({"a": 200, "b": 200, "c": 200}, (100, 50, 40))  # 2, 4, 5 a head: 2.5 times
    far = split({"a": 100, "b": 100, "c": 400}, (100, 50, 40))  # 1, 2, 10 a head: 10 times
    start = "按常住人口计（元/人）：A最高的是c（5.00），最低的是b（2.00），最高是最低的2.50倍；"
    assert held(one, two).sentence() == (
        f"{start}B最高的是c（5.00），最低的是a（2.00），最高是最低的2.50倍；倍数不变。"
    )
    assert held(one, far).sentence().endswith("最高是最低的10.00倍；倍数由2.50扩大到10.00。")
    assert held(far, one).sentence().endswith("倍数由10.00缩小到2.50。")
    english = held(far, one, lang="en").sentence()
    assert english.startswith("For each unit of residents (yuan/persons): A: most for c (10.00)")
    assert english.endswith("the ratio falls from 10.00 to 2.50.")


def test_figures_that_look_alike_are_not_called_the_same() -> None:
    one = split({"a": 1_000_000, "b": 1_000_000}, (1_000_000, 500_000))
    two = split({"a": 1_000_001, "b": 999_999}, (1_000_000, 500_000))
    assert gap(per_unit({"a": 1, "b": 1}, {"a": 1, "b": 1}), per_unit({"a": 1}, {"a": 1})) == "unknown"
    assert held(one, two).sentence().endswith("倍数略有缩小，仍约为2.00。")
    # of two who seem to get the same for a head none is called the highest alone
    three = {"a": 1_000_001, "b": 1_000_000, "c": 500_000}
    alike = split(three, (1_000_000, 1_000_000, 1_000_000))
    assert "A最高的是a、b（1.00），最低的是c（0.50）" in held(alike).sentence()
    almost = split({"a": 1_000_001, "b": 1_000_000}, (1_000_000, 1_000_000))
    assert held(almost).sentence() == "按常住人口计（元/人）：A各对象都约为1.00。"
    assert held(two, one).sentence().endswith("倍数略有扩大，仍约为2.00。")


def test_a_base_without_a_rule_is_the_one_before() -> None:
    one = split({"a": 300, "b": 100}, (100, 50), previous={"a": 100, "b": 100})
    last = bases.known("previous", [one.scenario], ZH)
    shown = held(one, base=last)
    # 1 and 2 a head last year, 3 and 2 now
    assert "上年下达数最高的是b（2.00），最低的是a（1.00），最高是最低的2.00倍；A最高的是a（3.00）" in (
        shown.sentence()
    )
    assert shown.sentence().endswith("倍数由2.00缩小到1.50。")
    assert shown.grid().headers[3:] == ("上年下达数", "上年下达数位次", "A", "A位次")


def test_who_has_no_figure_or_zero_is_said_and_has_no_rank() -> None:
    one = split({"a": 300, "b": 100, "c": 5, "d": 6}, (100, 100, None, 0))
    shown = held(one, one)
    rows = {row.cells[1]: row.cells[2:] for row in shown.grid().rows}
    assert rows["c"] == ("—", "—", "—", "—", "—") and rows["d"] == ("0", "—", "—", "—", "—")
    assert rows["a"] == ("100", "3.00", "1", "3.00", "1")
    assert rows["平均（合计÷合计）"][1] == "2.00"  # 400 for 200 people: those without a rank are not in it
    assert shown.notes()[:2] == ["c没有常住人口数，不排名。", "d的常住人口为零，不排名。"]
    few = held(split({"a": 1, "b": 2}, (None, 3)), split({"a": 1, "b": 2}, (None, 3)))
    assert few.sentence() == "有常住人口数的对象只有1个，不比较高低。"


def test_nobody_with_money_and_equal_rates_are_said_without_a_ratio_of_zero() -> None:
    one = split({"a": 10, "b": 0}, (1, 1))
    assert (
        "最低的是b（0），不计倍数" in held(one, one).sentence()
        and "倍数不变" not in held(one, one).sentence()
    )
    even = split({"a": 10, "b": 20}, (1, 2))
    assert "A各对象都是10.00" in held(even, even).sentence()
    assert [row.cells[4] for row in held(even, even).grid().rows][:2] == ["1", "1"]  # ties share a rank


def test_other_figures_of_a_column_and_what_is_assumed_of_it_are_said() -> None:
    one, two = split({"a": 3, "b": 1}, (1, 2)), split({"a": 3, "b": 1}, (2, 2))
    assert "B的常住人口数与A不同，这里一律按A的数计算。" in held(one, two).notes()
    assumed = replace(one.scenario, factors=[replace(f, status="assumed") for f in one.scenario.factors])
    assert any(line.startswith("常住人口是假设数据") for line in held(allocate(assumed)).notes())
    cell = Provenance("a", "people", status="assumed")
    told = held(allocate(replace(one.scenario, provenance=[cell]))).notes()
    assert any(line.startswith("常住人口有的单元格是假设") for line in told)
    assert not [line for line in held(one).notes() if "假设" in line]


def test_small_rates_are_not_called_nothing() -> None:
    one = split({"a": 1, "b": 2}, (10_000, 10_000))
    assert [row.cells[3] for row in held(one).grid().rows][:2] == ["0.00010", "0.00020"]
    large = split({"a": 10**8, "b": 3 * 10**8}, (1, 10))
    assert held(large).unit == "万元/人" and held(large).grid().rows[1].cells[3] == "3000.00"


def test_columns_with_a_unit_can_be_chosen_and_those_that_decide_nothing_come_first() -> None:
    scenario = split({"a": 1, "b": 2}, (1, 2)).scenario
    assert [f.id for f in columns(scenario)] == ["people", "x"]
    bare = replace(scenario, factors=[replace(f, unit=None) for f in scenario.factors])
    assert columns(bare) == []


# --- the page -------------------------------------------------------------------------------------

RULE, EQUAL = "luzhou-2023/published-rule", "luzhou-2023/equal-weights"


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path) -> Iterator[None]:
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(SCENARIOS))
    yield


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_shows_it_for_the_column_that_is_chosen(lang: str) -> None:
    app = opened("compare", lang, **{"with": [RULE, EQUAL]})
    (chosen,) = (box for box in app.selectbox if str(box.key).startswith("per-unit-"))
    assert len(chosen.options) == 4 and "per" not in app.query_params
    app = chosen.select("employment").run()
    html = html_of(app)
    name = {
        "zh": "按就业贡献值计（万元/占全市%）：A最高的是",
        "en": "For each unit of Employment contribution",
    }
    assert name[lang] in html and link(app)["per"] == "employment"
    assert {"zh": "就业贡献值是假设数据", "en": "Employment contribution is assumed"}[lang] in html
    again = opened("compare", lang, **{k: v for k, v in link(app).items() if k != "lang"})
    assert html_of(again) == html
    ranks = re.findall(r'<th scope="col"[^>]*>([^<]*(?:位次|Rank)[^<]*)</th>', html)
    assert len(ranks) == 2


def test_ratios_of_the_page_are_those_of_the_tables_figures() -> None:
    html = html_of(opened("compare", base="published", per="tax", **{"with": [RULE, EQUAL]}))
    scenario = load_scenario(SCENARIOS / f"{RULE}.toml")
    values = dict(zip(scenario.ids, scenario.factor("tax").values, strict=True))
    rates = [Fraction(amount) / values[id] for id, amount in scenario.published.items()]
    ratio = Decimal((max(rates) / min(rates)).numerator) / Decimal((max(rates) / min(rates)).denominator)
    assert f"最高是最低的{ratio:.2f}倍；" in html and "已下达数位次" in html
