"""The page of what moving weight changes and what it would take, and why an amount changed."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from browser import amounts_of
from pages import FILES, SCENARIOS, Open, html_of, in_other_language, opened, press
from processes import HUNG, pause
from streamlit.testing.v1 import AppTest

from allocator import Allocation, Scenario, ScenarioError, allocate
from allocator.analysis.explain import exchange_rates, steady_weights
from allocator.analysis.seek import Lever, Target, clauses_of
from allocator.files.load import load_scenario
from allocator.report.explain import sensitivity
from allocator.text import EN, ZH, Phrasebook
from allocator.ui.allocate.why import base_of
from allocator.ui.components import markup
from allocator.ui.seek.panel import clause_label
from allocator.ui.seek.targets import TargetRow, bounds_of, targets_of

WEIGHTS = Lever("weights")
RULE = load_scenario(SCENARIOS / "luzhou-2023" / "published-rule.toml")
WESTERN = load_scenario(SCENARIOS / "au-wa-2024-25" / "scenario.toml")


# --- what is typed --------------------------------------------------------------------------------


def test_figures_are_in_the_shown_unit_and_shares_in_percent() -> None:
    rows = [
        TargetRow(("ftz",), "amount", "<=", "4,800"),
        TargetRow(("naxi", "gulin"), "share", ">=", "3.5"),
        TargetRow(("naxi",), "rank", "==", "5"),
        TargetRow(("naxi",), "difference", ">=", "−1.5"),
        TargetRow(("naxi",), "difference", ">=", "+2"),
    ]
    assert targets_of(RULE, rows, ZH) == [
        Target("amount", ("ftz",), "<=", 48_000_000),
        Target("share", ("naxi", "gulin"), ">=", Fraction("0.035")),
        Target("rank", ("naxi",), "==", 5),
        Target("difference", ("naxi",), ">=", -15_000),
        Target("difference", ("naxi",), ">=", 20_000),
    ]
    # where amounts are in whole main units, that is the shown one
    id = WESTERN.ids[0]
    (target,) = targets_of(WESTERN, [TargetRow((id,), "amount", "<=", "4800")], EN)
    assert target.value == 4_800


@pytest.mark.parametrize(
    ("row", "key"),
    [
        (TargetRow(("ftz",), "amount", "<=", "48OO"), "figure_unit"),
        (TargetRow(("ftz",), "amount", "<=", ""), "cell_blank"),
        (TargetRow(("ftz",), "amount", "<=", "1e3"), "figure_digits"),
        (TargetRow(("ftz",), "amount", "<=", "-1"), "cell_negative"),
        (TargetRow((), "amount", "<=", "1"), "audit_nobody"),
        (TargetRow(("ftz",), "share", "<=", "101"), "target_share"),
        (TargetRow(("ftz",), "rank", "<=", "1.5"), "target_rank"),
        (TargetRow(("ftz", "naxi"), "rank", "<=", "1"), "target_rank_group"),
    ],
)
def test_what_cannot_be_a_target_is_named_with_its_row(row: TargetRow, key: str) -> None:
    good = TargetRow(("ftz",), "amount", "<=", "4800")
    with pytest.raises(ScenarioError) as caught:
        targets_of(RULE, [good, row], ZH)
    (problem,) = caught.value.problems
    assert (problem.file, problem.at) == ("设定条件", {"entry": 2})
    assert caught.value.sentences(ZH)[0].startswith("设定条件，第2项：")
    if key != "cell_blank":
        assert problem.key == key


def test_a_group_that_has_no_rank_is_named_as_the_page_names_it() -> None:
    with pytest.raises(ScenarioError) as caught:
        targets_of(RULE, [TargetRow(("ftz", "naxi"), "rank", "<=", "1")], ZH)
    (sentence,) = caught.value.sentences(ZH)
    assert "自贸区、纳溪区" in sentence and "ftz" not in sentence


def test_bounds_bind_only_where_something_is_typed() -> None:
    typed = {"investment": ("", ""), "tax": ("20", ""), "employment": ("", "30 %"), "effort": ("5", "5")}
    assert bounds_of(RULE, WEIGHTS, typed, ZH) == {
        "tax": (20, None),
        "employment": (None, 30),
        "effort": (5, 5),
    }
    with pytest.raises(ScenarioError) as caught:
        bounds_of(RULE, WEIGHTS, {"tax": ("x", "y"), "effort": ("1e1", "")}, EN)
    assert len(caught.value.problems) == 3
    assert "Tax contribution" in caught.value.sentences(EN)[0]


def test_clauses_are_called_by_what_they_say() -> None:
    cap = load_scenario(SCENARIOS / "luzhou-2023" / "cap-zone.toml")
    (clause,) = clauses_of(cap, "cap")
    assert "自贸区" in clause_label(cap, clause, ZH) and "80" in clause_label(cap, clause, ZH)
    first, second = (clause_label(cap, one, EN) for one in clauses_of(cap, "reservation"))
    assert first != second and "600,000 yuan" in first


# --- the page -------------------------------------------------------------------------------------


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Open:
    """Opens the page with this address."""
    monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(SCENARIOS))
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path))
    return partial(opened, "sensitivity")


@pytest.fixture
def targets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Open:
    """Opens the page of targets, which waits for every search."""
    monkeypatch.setattr("allocator.ui.components.background.PATIENCE", HUNG)
    monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(SCENARIOS))
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path))
    return partial(opened, "seek")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("file", FILES)
def test_every_scenario_has_its_page(page: Open, file: str, lang: str) -> None:
    app = page(lang, scenario=file)
    allocation = allocate(load_scenario(SCENARIOS / f"{file}.toml"))
    scenario, shown = allocation.scenario, html_of(app)
    if len([weight for weight in scenario.weights.values() if weight]) > 1:
        grid = sensitivity.exchanges_of(
            allocation, exchange_rates(allocation), scenario.ids[0], Phrasebook(lang)
        )
        assert markup.table(grid, grid.caption, first=0) in shown
        steady = sensitivity.steady_table(allocation, steady_weights(scenario), Phrasebook(lang))
        assert markup.table(steady, steady.caption.rstrip("：:"), first=0) in shown
    else:
        assert Phrasebook(lang).say("app.sensitivity.one_factor") in shown
    assert not app.error and "--format" not in shown


def typed(app: AppTest, figure: str) -> AppTest:
    (box,) = [box for box in app.text_input if box.label.startswith("数值")]
    return box.set_value(figure).run()


def chosen(app: AppTest, label: str, value: Any) -> AppTest:
    (box,) = [box for box in app.selectbox if box.label == label]
    return box.set_value(value).run()


def test_the_least_change_is_found_and_said(targets: Open) -> None:
    app = press(typed(targets(scenario="luzhou-2023/published-rule"), "4800"), "求最小调整")
    shown = html_of(app)
    assert "投资贡献值由40%改为9%" in shown and "增减合计66个百分点" in shown
    assert "以上答案只对这套数据成立" in shown
    assert [button.label for button in app.button].count("采用这个调整") == 1


def test_what_no_weights_can_do_is_said_with_the_least_there_is(targets: Open) -> None:
    app = press(typed(targets(scenario="luzhou-2023/published-rule"), "4000"), "求最小调整")
    # 56.02 million times the zone's smallest share, 80.94 % of employment
    assert "最少4534.2588万元" in html_of(app)
    assert "采用这个调整" not in [button.label for button in app.button]


def test_a_wrong_figure_is_said_and_stays(targets: Open) -> None:
    app = press(typed(targets(scenario="luzhou-2023/published-rule"), "四千"), "求最小调整")
    (error,) = app.error
    assert "设定条件，第1项" in error.value and "四千" in error.value
    (box,) = [box for box in app.text_input if box.label.startswith("数值")]
    assert box.value == "四千"


def test_a_cap_may_change_instead_of_the_weights(targets: Open) -> None:
    app = typed(targets(scenario="luzhou-2023/cap-zone"), "4200")
    (box,) = [box for box in app.selectbox if box.label == "调整什么"]
    app = box.set_value("cap:0").run()
    shown = html_of(press(app, "求最小调整"))
    # 74 % of 5602 is 4145, 75 % would be 4201
    assert "74%" in shown and "4145" in shown


def test_several_targets_and_a_weight_that_stays(targets: Open) -> None:
    app = typed(targets(scenario="luzhou-2023/published-rule"), "4900")
    app = press(app, "增加条件")
    assert len([box for box in app.text_input if box.label.startswith("数值")]) == 2
    app = press(app, "移除第2项")
    (keep,) = [box for box in app.multiselect if box.label == "不变的权重"]
    app = press(keep.set_value(["investment"]).run(), "求最小调整")
    assert "：税收贡献值由40%改为21%、就业贡献值由10%改为29%，其余权重不变" in html_of(app)
    # of tax the zone has 90.62 %, of employment 80.94 %: 19 points take 19 · 0.0968 % of 5602 from 5000.07
    assert "自贸区得4897万元" in html_of(app)


def test_what_was_typed_stands_in_the_other_language(targets: Open) -> None:
    app = typed(targets(scenario="luzhou-2023/published-rule"), "4800")
    app = in_other_language(app)
    (box,) = [box for box in app.text_input if box.label.startswith("Figure")]
    assert box.value == "4800"


def test_a_group_is_named_in_the_language_of_the_targets(targets: Open) -> None:
    app = targets(scenario="luzhou-2023/published-rule")
    (who,) = [box for box in app.multiselect if box.label.startswith("条件1")]
    app = press(typed(who.set_value(["naxi", "gulin"]).run(), "150"), "求最小调整")
    assert "设定条件：纳溪区、古蔺县合计不超过150万元。" in html_of(app)
    shown = html_of(in_other_language(app))
    assert "Asked for: Naxi District, Gulin County together gets at most 1,500,000 yuan." in shown


def test_a_search_that_takes_long_can_be_called_off(targets: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    app = typed(targets(scenario="luzhou-2023/published-rule"), "4799")  # asked for nowhere else

    def without_end(*asked: Any, progress: Any, **options: Any) -> None:
        while True:
            progress(0.4)
            pause()

    monkeypatch.setattr("allocator.ui.components.background.PATIENCE", 0.0)
    with monkeypatch.context() as patch:
        patch.setattr("allocator.ui.seek.panel.seek", without_end)
        app = press(app, "求最小调整")
        work = app.session_state["beside"]
        assert work.running() and not app.exception
        (cancel,) = [button for button in app.button if button.label == ZH.say("app.seek.cancel")]
        app = cancel.click().run()
    assert work.off and not work.running(HUNG)
    assert ZH.say("app.seek.take") not in [button.label for button in app.button]
    monkeypatch.setattr("allocator.ui.components.background.PATIENCE", HUNG)
    app = press(app, "求最小调整")
    assert ZH.say("app.seek.take") in [button.label for button in app.button]


def edited(app: AppTest, slug: str, **changes: Any) -> AppTest:
    """The page after its scenario was edited elsewhere."""
    trails = app.session_state["trails"]
    now = trails[slug].now
    now = replace(now, scenario=replace(now.scenario, **changes))
    app.session_state["trails"] = {**trails, slug: replace(trails[slug], now=now)}
    return app.run()


def test_an_answer_belongs_to_the_scenario_that_it_was_looked_for_in(targets: Open) -> None:
    slug = "luzhou-2023/cap-zone"
    app = chosen(typed(targets(scenario=slug), "4200"), "调整什么", "cap:0")
    app = press(app, "求最小调整")
    before = app.session_state["trails"]
    assert "74%" in html_of(app)
    app = edited(app, slug, limits=())  # the cap that may change is gone
    assert ZH.say("app.seek.outdated") in html_of(app) and "74%" not in html_of(app)
    (box,) = [box for box in app.selectbox if box.label == "调整什么"]
    assert box.value == "weights:" and not app.error
    app.session_state["trails"] = before
    assert "74%" in html_of(app.run())


def test_where_one_factor_counts_a_clause_is_what_may_change(targets: Open) -> None:
    app = targets(scenario="au-wa-2024-25/scenario")
    (box,) = [box for box in app.selectbox if box.label == "调整什么"]
    assert box.value == "floor:0" and ZH.say("app.seek.by_weights") not in box.options


def test_what_was_chosen_stands_in_the_other_language(page: Open) -> None:
    app = chosen(page(scenario="luzhou-2023/published-rule"), "每个权重升降（百分点）", 10)
    app = chosen(app, "与江阳区比较的对象", "naxi")
    app = in_other_language(app)
    values = {box.label: box.value for box in app.selectbox}
    assert values[EN.say("app.sensitivity.points")] == 10
    assert values[EN.say("app.sensitivity.level_with", name="Jiangyang District")] == "naxi"


def test_whose_figures_are_shown_changes_nothing_that_is_worked_out_for_all(
    page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def counted(allocation: Allocation) -> Any:
        asked.append(allocation.scenario)
        return exchange_rates(allocation)

    monkeypatch.setattr("allocator.ui.sensitivity.page.exchange_rates", counted)
    weights = {
        "weight.investment": "37",
        "weight.tax": "33",
        "weight.employment": "17",
        "weight.effort": "13",
    }
    app = page(scenario="luzhou-2023/published-rule", **weights)
    app = chosen(app, "查看对象", "naxi")
    rule = RULE.with_weights(investment=37, tax=33, employment=17, effort=13)
    assert asked == [rule]
    grid = sensitivity.exchanges_of(allocate(rule), exchange_rates(allocate(rule)), "naxi", ZH)
    assert markup.table(grid, grid.caption, first=0) in html_of(app)


def test_what_takes_long_shows_a_bar_can_be_cancelled_and_asked_for(
    page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_end(scenario: Scenario, progress: Any) -> None:
        while True:
            progress(0.4)
            pause()

    go, cancel = ZH.say("app.sensitivity.go"), ZH.say("app.sweep.cancel")
    monkeypatch.setattr("allocator.ui.sensitivity.page.QUICK", 0)
    monkeypatch.setattr("allocator.ui.components.background.PATIENCE", 0.0)
    with monkeypatch.context() as patch:
        patch.setattr("allocator.ui.sensitivity.page._work", without_end)
        app = page(scenario="luzhou-2023/published-rule")
        work = app.session_state["beside"]
        assert work.running() and not app.exception
        assert ZH.say("app.sensitivity.progress", percent=40)[:4] in app.get("progress")[0].proto.text
        app = press(app, cancel)
        assert work.off and not work.running(HUNG)
    labels = [button.label for button in app.button]
    assert go in labels and cancel not in labels
    monkeypatch.setattr("allocator.ui.components.background.PATIENCE", HUNG)
    app = press(app, go)
    steady = sensitivity.steady_table(allocate(RULE), steady_weights(RULE), ZH)
    assert markup.table(steady, steady.caption.rstrip("：:"), first=0) in html_of(app)
    assert go not in [button.label for button in app.button]


# --- why ------------------------------------------------------------------------------------------


def test_what_the_screen_is_held_against(monkeypatch: pytest.MonkeyPatch) -> None:
    equal = load_scenario(SCENARIOS / "luzhou-2023" / "equal-weights.toml")
    edited = equal.with_weights(investment=30, tax=20)

    def held(rules: list[Scenario], scenario: Scenario) -> Any:
        monkeypatch.setattr("allocator.ui.allocate.why.fund.rules", lambda slug: rules)
        return base_of(scenario, "x")

    assert held([RULE, equal], edited) is equal  # edited: what it was before
    assert held([RULE, equal], equal) is RULE  # as in its file: the published rule
    assert held([RULE, RULE], RULE) is None


@pytest.mark.browser
def test_the_answer_is_taken_over_with_one_click_and_undone(visit: Any) -> None:
    person = visit()
    page = person.open("seek?lang=zh&scenario=luzhou-2023/published-rule")
    page.get_by_role("textbox", name="数值（万元）").fill("4800")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="求最小调整").click()
    page.get_by_role("button", name="采用这个调整").click()
    page.get_by_role("button", name="撤销").wait_for()
    person.settle()
    taken = {"investment": 9, "tax": 38, "employment": 42, "effort": 11}
    person.wait_for_amounts(amounts_of(RULE, "zh", taken))
    page.get_by_text("某个对象的金额怎么来的").click()
    page.get_by_role("combobox", name="分步看金额怎样得来").wait_for()
    person.settle()
    page.get_by_role("combobox", name="分步看金额怎样得来").click()
    page.get_by_role("option", name="自贸区").click()
    page.get_by_text("与“公布的办法：40/40/10/10”相比，为什么变了").click()
    page.get_by_text("因权重调整减少200万元").first.wait_for()
    page.get_by_role("button", name="撤销").click()
    person.wait_for_amounts(amounts_of(RULE, "zh"))
    assert person.wrong == []


@pytest.mark.browser
def test_what_was_typed_stands_after_another_page(visit: Any) -> None:
    person = visit()
    page = person.open("sensitivity?lang=zh&scenario=luzhou-2023/published-rule")
    page.get_by_role("combobox", name="每个权重升降（百分点）").click()
    page.get_by_role("option", name="10", exact=True).click()
    page.get_by_text("调高10个百分点").wait_for()
    person.turn_to("seek")
    page.get_by_role("textbox", name="数值（万元）").fill("4700")
    page.keyboard.press("Tab")
    person.settle()
    person.turn_to("allocate")
    person.turn_to("sensitivity")
    page.get_by_text("调高10个百分点").wait_for()
    person.turn_to("seek")
    assert page.get_by_role("textbox", name="数值（万元）").input_value() == "4700"
    assert person.wrong == []
