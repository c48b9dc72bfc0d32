"""The method page: each step in words and figures, adding up as shown, for every kind of scenario."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from good_scenario import small
from hypothesis import given
from hypothesis import strategies as st
from pages import FILES, ROOT, SCENARIOS, Open, html_of, opened
from random_cases import random_case, scenario_of

from allocator import (
    Allocation,
    AllocatorError,
    Earmark,
    Factor,
    Fund,
    Limit,
    Provenance,
    Recipient,
    Reservation,
    Scenario,
    allocate,
)
from allocator.files.load import load_scenario
from allocator.report.method.example import extra_units, score_of
from allocator.report.method.steps import basis, method_steps
from allocator.report.tables.data import shares_table
from allocator.report.tables.figures import about
from allocator.report.tables.office import office_table
from allocator.report.tables.rounding import adding_up
from allocator.report.tables.stages import stage_sentences
from allocator.report.tables.table import Table
from allocator.text import EN, ZH, Phrasebook
from allocator.ui.method.page import step_html

WEIGHTS = {"investment": 40, "tax": 40, "employment": 10, "effort": 10}
EVIL = "<img src=x onerror=alert(1)>"


def shipped(file: str) -> Allocation:
    return allocate(load_scenario(SCENARIOS / f"{file}.toml"))


STEPS: dict[tuple[Scenario, str, str], tuple[Any, ...]] = {}


def steps_of(allocation: Allocation, id: str, lang: str) -> tuple[Any, ...]:
    """The steps for a recipient, worked out once for all tests."""
    key = allocation.scenario, id, lang
    if key not in STEPS:
        STEPS[key] = method_steps(allocation, id, Phrasebook(lang))
    return STEPS[key]


def words(allocation: Allocation, id: str, lang: str = "zh") -> str:
    """All that the steps say outside their tables."""
    return "\n".join(
        line for step in steps_of(allocation, id, lang) for line in (*step.lines, *step.formula, *step.after)
    )


def figure(text: str) -> Fraction:
    """A figure as it is shown."""
    return Fraction(re.sub(r"[≈%, +]", "", text).replace("−", "-"))


def grid(allocation: Allocation, id: str, step: int, lang: str = "zh") -> Table:
    (found,) = steps_of(allocation, id, lang)[step].grids
    return found


def expect_sums(shown: Table, column: int, parts: str = "recipient") -> None:
    """The figures of a column add up to its total row, as they are shown."""
    upto = [row.role for row in shown.rows].index("total")
    rows = [row.cells[column] for row in shown.rows[:upto] if row.role == parts]
    assert sum(map(figure, rows), Fraction(0)) == figure(shown.rows[upto].cells[column]), shown


# --- figures that add up --------------------------------------------------------------------------


@given(
    st.lists(st.fractions(-1000, 1000, max_denominator=997), max_size=12),
    st.integers(min_value=0, max_value=4),
)
def test_rounded_parts_add_up_and_are_off_by_less_than_one(values: list[Fraction], places: int) -> None:
    parts = adding_up(values, places)
    assert sum(parts) == round(sum(values, Fraction(0)), places)
    assert all(abs(a - b) < Fraction(1, 10**places) for a, b in zip(parts, values, strict=True))


def test_a_rounded_figure_carries_a_mark() -> None:
    assert about(Fraction(1, 8), ZH, 2) == "≈0.12"
    assert about(Fraction(1, 8), ZH, 3) == "0.125"
    assert about(Fraction(-12345, 10), EN, 1, sign=True) == "−1,234.5"
    # moved so that a sum adds up, it stands for another figure
    assert about(Fraction(1, 2), ZH, 1, exactly=Fraction(4, 10)) == "≈0.5"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("file", FILES)
def test_every_table_adds_up_as_shown_for_every_recipient(file: str, lang: str) -> None:
    allocation = shipped(file)
    for id in allocation.scenario.ids:
        steps = steps_of(allocation, id, lang)
        expect_sums(steps[1].grids[0], 4)
        for shown in steps[2].grids:
            expect_sums(shown, len(shown.headers) - 1)
            expect_sums(shown, len(shown.headers) - 2)
        expect_sums(steps[4].grids[0], 2)
        final = figure(next(row for row in steps[4].grids[0].rows if row.role == "total").cells[2])
        scale = 10_000 if allocation.scenario.fund.currency == "CNY" else 1
        assert final * scale == allocation.amounts[id]
    money = steps[0].grids[0].rows
    assert sum(figure(row.cells[2]) for row in money[:-1]) == figure(money[-1].cells[2])


@given(st.integers(min_value=0, max_value=10**9))
def test_any_scenario_reads_to_the_end_and_adds_up(seed: int) -> None:
    try:
        allocation = allocate(scenario_of(random_case(Random(seed))))
    except AllocatorError:
        return
    scenario = allocation.scenario
    id = scenario.ids[seed % len(scenario.ids)]
    for lang in ("zh", "en"):
        steps = (*method_steps(allocation, id, Phrasebook(lang)), basis(allocation, Phrasebook(lang)))
        assert not re.search(r"\{\w+\}|None|Fraction", str([step.lines + step.after for step in steps]))
        for shown in (*steps[2].grids, *steps[4].grids):
            expect_sums(shown, len(shown.headers) - 1)
        for step in steps:
            for shown in step.grids:
                assert {len(row.cells) for row in shown.rows} == {len(shown.headers)} == {len(shown.numeric)}
    scores = {i: score_of(scenario, i)[1] for i in scenario.participants}
    total = sum(scores.values())
    for i, score in scores.items():
        assert allocation.shares[scenario.ids[i]] * total == score


UNITS = {"万元": 10_000, "元": 1, "yuan": 1, "亿美元": 10**8, "美元": 1, "USD": 1, "澳元": 1, "AUD": 1}
AMOUNT = rf"≈?([\d,.]+) ?({'|'.join(UNITS)})"
PRODUCTS = {
    "zh": (rf"：{AMOUNT}×≈?([\d.]+)%，测算额为{AMOUNT}。", rf"测算额{AMOUNT}乘以≈?([\d.]+)，得{AMOUNT}，"),
    "en": (
        rf": {AMOUNT} × ≈?([\d.]+) % is the entitlement, {AMOUNT}\.",
        rf"entitlement {AMOUNT} times ≈?([\d.]+) is {AMOUNT},",
    ),
}


def expect_products(allocation: Allocation, lang: str) -> list[str]:
    """Whoever multiplies what is printed gets what is printed, to one of its last place; for whom it is."""
    found = []
    for id in allocation.scenario.ids:
        told = words(allocation, id, lang)
        for pattern, size in zip(PRODUCTS[lang], (100, 1), strict=True):
            for times, unit, factor, makes, in_unit in re.findall(pattern, told):
                one = UNITS[in_unit]
                product = figure(times) * UNITS[unit] * Fraction(factor) / size / one
                assert abs(product - figure(makes)) <= Fraction(1, 100), told
                assert len(factor.partition(".")[2]) <= 10
                found.append(id)
    return found


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("file", FILES)
def test_products_come_out_as_printed(file: str, lang: str) -> None:
    allocation = shipped(file)
    found = expect_products(allocation, lang)
    assert found or allocation.scenario.distributable > 10**10


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_products_of_a_large_fund_come_out_as_printed_or_are_not_said(lang: str) -> None:
    uneven = (Factor("x", (1, 2, 4), "人口"), Factor("y", (3, 0, 8), "面积"))
    for unit, amount in ((1, 10**9 + 1), (10_000, 98_765 * 10**6)):
        allocation = allocate(small(fund=Fund(amount, "CNY", unit), factors=uneven))
        assert expect_products(allocation, lang) or (lang, unit) == ("en", 10_000)
    endless = allocate(small(fund=Fund(10**14 + 1, "CNY", 1), factors=uneven))
    assert expect_products(endless, lang) == []
    assert "×" not in words(endless, "a", lang).rpartition("甲" + ("：" if lang == "zh" else ":"))[2]


# --- one rule of rounding everywhere --------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("file", [*FILES, "thirds"])
def test_figures_of_the_offices_table_are_those_of_the_method(file: str, lang: str) -> None:
    allocation = thirds() if file == "thirds" else shipped(file)
    table, ids = office_table(allocation, Phrasebook(lang)), allocation.scenario.ids
    head = {column.key: at for at, column in enumerate(table.columns)}
    rows = [row.cells for row in table.rows if row.role == "recipient"]
    *_, total = (row.cells for row in table.rows if row.cells[head["entitlement"]])
    for at, column in enumerate(table.columns):
        if column.kind in ("stage", "share"):
            assert sum(figure(row[at]) for row in rows) == figure(total[at]), column
            told = [figure(line[at]) for line in table.plain_rows()[1] if line[0]]
            *_, whole = (figure(line[at]) for line in table.plain_rows()[1] if line[at])
            assert sum(told) == whole, column
    factors = [figure(total[head[factor]]) for factor in allocation.scenario.weights]
    assert sum(factors) == figure(total[head["entitlement"]])
    assert factors == [figure(row.cells[4]) for row in grid(allocation, ids[0], 1, lang).rows[:-1]]
    assert [row[head["share"]] for row in rows] == [
        row.cells[-1] or "0.00"
        for row in shares_table(allocation.scenario, Phrasebook(lang), allocation).rows[:-1]
    ]
    for id, row in zip(ids, rows, strict=True):
        entitlement = figure(row[head["entitlement"]])
        assert figure(grid(allocation, id, 4, lang).rows[0].cells[2]) == entitlement
        if allocation.scenario.ids.index(id) in allocation.scenario.participants:
            assert figure(grid(allocation, id, 2, lang).rows[-1].cells[-1]) == entitlement
        if "limited" in head:
            for line in grid(allocation, id, 3, lang).rows:
                same = next(row for row in rows if row[1] == line.cells[1])
                assert figure(line.cells[2]) == figure(same[head["entitlement"]])
                assert figure(line.cells[-2]) == figure(same[head["limited"]])


def thirds() -> Allocation:
    """Shares, factors and limited figures that all need rounding: alone each would show 33.33."""
    equal = (Factor("x", (1, 1, 1), "人口"), Factor("y", (1, 1, 1), "面积"), Factor("z", (1, 1, 1), "学校"))
    held = (Limit(("a",), cap=33),)
    return allocate(small(factors=equal, weights=dict.fromkeys("xyz", Fraction(100, 3)), limits=held))


# --- the words, against figures worked out here ---------------------------------------------------


def test_one_recipient_worked_out_by_hand() -> None:
    """Jiangyang: 2.35, 2.55, 6.26 and 4.51 percent of columns that add up to 100, of 5602万元."""
    with (SCENARIOS / "luzhou-2023" / "factors-illustrative-shares.csv").open(encoding="utf-8-sig") as file:
        row = next(row for row in csv.DictReader(file) if row["recipient"] in ("jiangyang", "江阳区"))
    parts = [Fraction(row[f]) * weight / 10_000 * 5602 for f, weight in WEIGHTS.items()]
    shown = grid(shipped("luzhou-2023/published-rule"), "jiangyang", 2)
    assert [line.cells[2] for line in shown.rows[:-1]] == [row[f] for f in WEIGHTS]
    for part, line in zip(parts, shown.rows, strict=False):
        assert abs(figure(line.cells[-1]) - part) < Fraction(1, 100)
    assert shown.rows[-1].cells[-1] == "≈170.13"  # 0.94 + 1.02 + 0.626 + 0.451 = 3.037 % of 5602
    assert shown.rows[-1].cells[-2] == "3.037%"
    told = words(shipped("luzhou-2023/published-rule"), "jiangyang")
    assert "5602＝5722－120－0" in told
    assert "江阳区：5602万元×3.037%，测算额为≈170.13万元。" in told
    assert "先向下取到170万元，余数≈0.1327万元" in told
    assert "合计5602万元，加市级部门安排120万元，等于资金总额5722万元" in told


def test_who_gets_a_further_unit_is_who_has_the_largest_remainder() -> None:
    with (SCENARIOS / "luzhou-2023" / "factors-illustrative-shares.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    exact = [sum(Fraction(r[f]) * w for f, w in WEIGHTS.items()) * 5602 / 10_000 for r in rows]
    short = 5602 - sum(int(x) for x in exact)
    order = sorted(range(len(rows)), key=lambda i: int(exact[i]) - exact[i])
    allocation = shipped("luzhou-2023/published-rule")
    names = [r.name.zh for i, r in enumerate(allocation.scenario.recipients) if i in order[:short]]
    assert f"本方案有{short}个对象各补1万元：{'、'.join(names)}。" in words(allocation, "ftz")
    assert sum(extra_units(allocation).values()) == short


def test_limits_say_who_stands_where_and_what_the_others_bear() -> None:
    """No state below 1.25 billion: k is what is left for the others over what they would have had."""
    allocation = shipped("us-crf-2020/scenario")
    scenario = allocation.scenario
    people = dict(zip(scenario.ids, scenario.factor("population").values, strict=True))
    least, pool = 1_250_000_000, 139_000_000_000
    held: set[str] = set()
    while True:  # states below the floor at the rate of those that are not held yet
        free = sum(people[i] for i in people if i not in held)
        rate = Fraction(pool - least * len(held)) / free
        below = {i for i in people if people[i] * rate < least}
        if below <= held:
            break
        held |= below
    k = rate * sum(people.values()) / pool
    told = words(allocation, scenario.ids[0], "en")
    assert f"At the floor ({len(held)}):" in told
    assert f"The other {len(people) - len(held)} pay for the floors" in told
    assert f"each gets ≈{float(k):.6f} times its entitlement" in told
    shown = grid(allocation, scenario.ids[0], 3, "en")
    assert [row.cells[1] for row in shown.rows if row.cells[-1]] == [
        r.name.en for r in scenario.recipients if r.id in held
    ]
    assert "Cap" not in shown.headers


def test_a_cap_leaves_more_for_the_others() -> None:
    allocation = shipped("luzhou-2023/cap-zone")
    told = words(allocation, "ftz", "zh")
    assert "规则：自贸区封顶按因素法分配额的80%。" in told
    assert "达到封顶的有1个：自贸区。" in told
    assert "由其余8个对象按同一比例分享" in told
    assert "不低于封顶，按封顶计为4481万元" in told  # 80 % of 5602 is 4481.6, down to whole units
    shown = grid(allocation, "ftz", 3)
    assert [row.cells[1] for row in shown.rows] == ["自贸区"]
    assert "所举例" in grid(allocation, "luxian", 3).caption


def test_scores_and_coefficient_read_differently() -> None:
    scores = allocate(small(kind="scores", weights={"x": 2, "y": 1}))
    told = words(scores, "a")
    assert "得分＝各因素“倍数×因素值”之和" in told
    # scores 3, 4, 3: a has 3 of 10, so 30 yuan
    assert "甲：得分3，全部得分合计10，占30%；100元×30%，测算额为30元。" in told
    assert grid(scores, "a", 2).headers[-3:] == ("倍数", "倍数×因素值", "因素分配额")
    both = allocate(small(kind="scores", weights={"x": 2, "y": 1}, coefficient="k"))
    # 3, 4 and 2·3 are 13 together
    assert "丙：合计3乘以系数2，得分为6。" in words(both, "c")
    assert "得分6，全部得分合计13" in words(both, "c")
    shares = allocate(small(coefficient="k"))
    # c: 60 % of 1/4 and 40 % of 1/2 is 35 %; times 2 is 70 %, of 35 + 30 + 70
    assert "丙：合计35%乘以系数2，得分为70%。" in words(shares, "c")
    assert "得分70%，全部得分合计135%" in words(shares, "c")
    assert "与权重不完全成比例" in words(shares, "c")
    assert "例如" not in words(shares, "c")


def test_rest_to_largest_ties_and_nobody_who_shares() -> None:
    third = {"weights": {"x": 100}, "factors": (Factor("x", (1, 1, 1), "人口"),)}
    tied = allocate(small(fund=Fund(1, "CNY", 1), **third))
    told = words(tied, "a")
    assert "其中甲、乙、丙的余数相同，按名单顺序先后处理。" in told
    assert "甲：≈0.3333元先向下取到0元，余数≈0.3333元，从大到小排第1，补一个单位，为1元。" in told
    assert "不再补，为0元" in words(tied, "b")
    rest = allocate(small(fund=Fund(1, "CNY", 1, "rest-to-largest"), **third))
    told = words(rest, "a")
    assert "本方案的尾差为+1元，计入甲。" in told
    assert "甲：≈0.3333元四舍五入为0元，加尾差+1元，为1元。" in told
    assert "金额并列最大" in told
    assert "乙：≈0.3333元四舍五入为0元。" in words(rest, "b")
    earmarked = allocate(small(fund=Fund(120, "CNY", 1), earmarks=(Earmark("a", 20, reason="约定"),)))
    told = words(earmarked, "a")
    assert "甲只有单列安排，不参加因素分配" in told
    assert [row.cells for row in grid(earmarked, "a", 0).rows][1] == ("1", "减：单列安排 甲", "−20", "约定")
    nobody = allocate(small(fund=Fund(60, "CNY", 1), earmarks=tuple(Earmark(id, 20) for id in "abc")))
    assert "没有对象参加因素分配" in words(nobody, "b")
    all_of_it = allocate(small())
    assert "没有先行扣除" in words(all_of_it, "a")
    assert "市级部门安排" not in words(all_of_it, "a")


def test_what_it_rests_on() -> None:
    allocation = shipped("luzhou-2023/published-rule")
    step = basis(allocation, ZH)
    assert (
        "以下4个的数据为假设或示例：投资贡献值、税收贡献值、就业贡献值、招商引资工作开展情况。"
        in step.lines[0]
    )
    assert "不代表任何对象应得的金额" in step.lines[0]
    assert allocation.scenario.digest.removeprefix("sha256:") in "".join(step.after)
    assert "泸市财建二〔2023〕52号" in step.grids[0].rows[0].cells[-1]
    for path in re.findall(r"docs/[\w-]+\.md", step.after[-1]):
        assert (ROOT / path).is_file()
    assert len(re.findall(r"docs/", step.after[-1])) == 3
    australia = basis(shipped("au-wa-2024-25/scenario"), EN)
    assert australia.lines[0] == "The data of all weighted factors is published."
    assert "Population (reference column, no weight)" in [row.cells[1] for row in australia.grids[0].rows]
    columns = (Factor("x", (1, 2, 1), status="derived"), Factor("y", (1, 0, 1), status="published"))
    told = basis(allocate(small(factors=columns)), ZH).lines[0]
    assert told == "有权重的因素中没有假设数据，但部分数据为推算。"
    public = tuple(replace(column, status="published") for column in columns)
    assert basis(allocate(small(factors=public)), ZH).lines[0] == "有权重的因素，数据均为公开数据。"
    one = small(factors=public, provenance=(Provenance("a", "x", "assumed"), Provenance("b", "x", "derived")))
    assert "其中1个单元格注明为假设或示例" in basis(allocate(one), ZH).lines[0]


def test_markup_in_names_stays_text() -> None:
    scenario = small(
        fund=Fund(120, "CNY", 1, source=EVIL),
        recipients=(Recipient("a", EVIL), Recipient("b"), Recipient("c")),
        factors=(Factor("x", (1, 2, 1), EVIL, unit=EVIL), Factor("y", (1, 0, 1))),
        reservations=(Reservation(EVIL, 10),),
        earmarks=(Earmark("a", 10, also_shares=True, reason=EVIL),),
    )
    allocation = allocate(scenario)
    html = "".join(map(step_html, (*method_steps(allocation, "a", ZH), basis(allocation, ZH))))
    assert "<img" not in html
    assert html.count("&lt;img") > 5


def test_an_unknown_recipient_is_an_error() -> None:
    with pytest.raises(KeyError):
        method_steps(allocate(small()), "z", ZH)


# --- the page -------------------------------------------------------------------------------------


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Open:
    """Opens the method page with this address."""
    monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(SCENARIOS))
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path))
    return partial(opened, "method")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("file", FILES)
def test_every_scenario_has_its_page(page: Open, file: str, lang: str) -> None:
    app = page(lang, scenario=file)
    allocation = shipped(file)
    shown = html_of(app)
    for step in (
        *method_steps(allocation, allocation.scenario.ids[0], Phrasebook(lang)),
        basis(allocation, Phrasebook(lang)),
    ):
        assert step_html(step) in shown
    assert not app.error


def test_another_recipient_is_worked_out_when_chosen(page: Open) -> None:
    app = page(scenario="luzhou-2023/published-rule")
    assert "江阳区：从测算额到建议分配额" in html_of(app)
    (choice,) = [box for box in app.selectbox if box.label == "以谁为例"]
    app = choice.set_value("ftz").run()
    assert "自贸区：从测算额到建议分配额" in html_of(app)
    assert "江阳区：从测算额到建议分配额" not in html_of(app)


def test_the_weights_on_the_screen_are_the_ones_explained(page: Open) -> None:
    weights = {f"weight.{f}": "25" for f in ("investment", "tax", "employment", "effort")}
    shown = html_of(page(scenario="luzhou-2023/published-rule", **weights))
    equal = load_scenario(SCENARIOS / "luzhou-2023" / "published-rule.toml").with_weights(
        investment=25, tax=25, employment=25, effort=25
    )
    assert step_html(method_steps(allocate(equal), "jiangyang", ZH)[1]) in shown


def test_the_worked_case_and_the_sentence_of_the_stages_show_the_same_figures():
    """Rounded along the row alone the last would be ≈87.44 and ≈104.77; the columns need it the other way."""
    values = [(52.36, 1200, 820, 91.3), (47.1, 0, 640, 88), (88.25, 5300, 1530, 96.2),
              (12.07, 80, 310, 75), (9.3, 0, 120, 81), (21.44, 350, 415, 90.2)]  # fmt: skip
    columns = [tuple(Fraction(str(x)) for x in column) for column in zip(*values, strict=True)]
    scenario = Scenario(
        title="t",
        fund=Fund(40_400_000, "CNY", 10_000),
        recipients=[Recipient(id, id) for id in "abcdef"],
        factors=[Factor(id, column, status="published") for id, column in zip("wxyz", columns, strict=True)],
        kind="shares",
        weights={"w": 40, "x": 25, "y": 20, "z": 15},
    )
    allocation = allocate(scenario)
    sentences = stage_sentences(allocation, ZH)
    for id in scenario.ids:
        step = next(step for step in method_steps(allocation, id, ZH) if step.key == "formula")
        *factors, total = (row.cells[-1].removeprefix("≈") for row in step.grids[0].rows)
        said = "、".join(f"{factor}{amount}万元" for factor, amount in zip("wxyz", factors, strict=True))
        assert sentences[id].startswith(f"{id}按因素分得{said}，测算额{total}万元，")
