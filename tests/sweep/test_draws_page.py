"""Random draws on the page Sensitivity: what is asked, what is shown, and work that can be called off."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import browser as real
import numpy
import pytest
from generated import SLUG, generated, write
from pages import SCENARIOS, Open, html_of, in_other_language, opened, press
from processes import HUNG, pause, until
from streamlit.testing.v1 import AppTest

from allocator import ScenarioError, Text
from allocator.analysis.sweep import Anywhere, Around, Drivers, Sweep, Within, drivers, sweep
from allocator.core.exact import Frozen
from allocator.files.load import load_scenario
from allocator.report.sweep import charts as sweep_charts
from allocator.report.sweep import figures as sweep_grids
from allocator.report.sweep import words as sweep_words
from allocator.text import EN, ZH, Phrasebook
from allocator.ui.components import background, markup
from allocator.ui.sensitivity import draws, draws_input
from allocator.ui.sensitivity.draws_input import Asked, Entered

LUZHOU = "luzhou-2023/published-rule"
RULE = load_scenario(SCENARIOS / f"{LUZHOU}.toml")
POOLS = load_scenario(SCENARIOS / "luzhou-2023-pools" / "two-pools.toml")
WESTERN = load_scenario(SCENARIOS / "au-wa-2024-25" / "scenario.toml")


# --- what is asked --------------------------------------------------------------------------------


def test_presets_are_what_they_say() -> None:
    assert draws_input.preset("around", RULE, 1000) == Asked(Around(100), {}, 1, 1000)
    assert draws_input.preset("anywhere", RULE, 1000) == Asked(Anywhere(), {}, 1, 1000)
    data = draws_input.preset("data", RULE, 1000)
    assert data.law is None and data.noise == dict.fromkeys(RULE.weights, 10)
    assert draws_input.presets(RULE) == ("around", "anywhere", "data")
    assert draws_input.presets(WESTERN) == ("data",)  # one weight cannot move


def test_what_is_made_at_once_is_small_and_what_can_be_chosen_ends() -> None:
    assert draws_input.usual_count(RULE) == 1_000_000 and draws_input.counts(RULE)[-1] == 10_000_000
    large = generated(2_844, 4)
    assert draws_input.usual_count(large) == 10_000 and not draws_input.quick(large, 10_000)
    assert draws_input.counts(large)[-1] == 1_000_000


def test_own_settings_are_taken_as_typed() -> None:
    assert draws_input.own(Entered(), RULE, 10, ZH) == Asked(Around(100), {}, 1, 10)
    within = Entered(law="within", points="5", noise="2.5 %", seed="7", points_of={"tax": "0.5"})
    points = {"investment": 5, "tax": Fraction(1, 2), "employment": 5, "effort": 5}
    noise = dict.fromkeys(RULE.weights, Fraction(5, 2))
    assert draws_input.own(within, RULE, 10, ZH) == Asked(Within(Frozen(points)), noise, 7, 10)
    assert draws_input.own(replace(within, points_of={}), RULE, 10, ZH).law == Within(5)
    fixed = Entered(law="fixed", noise_of={"tax": "8", "effort": " "})
    assert draws_input.own(fixed, RULE, 10, ZH) == Asked(None, {"tax": 8}, 1, 10)


def test_of_pools_every_weight_is_drawn_and_data_behind_formulas_is_off() -> None:
    assert draws_input.exactly(POOLS) and draws_input.movable(POOLS)
    assert draws_input.weighted(POOLS) == ["domestic", "tax_growth", "effort", "foreign"]
    data = draws_input.preset("data", POOLS, 1000)
    assert set(data.noise) == {"domestic", "effort", "foreign", "tax_2022", "tax_2023", "projects"} & {
        f.id for f in POOLS.behind
    }
    assert draws_input.usual_count(POOLS) == 1000 and draws_input.counts(POOLS)[-1] == 100_000
    typed = Entered(
        law="within", points="5", noise="0", points_of={"foreign": "2"}, noise_of={"tax_2022": "3"}
    )
    asked = draws_input.own(typed, POOLS, 10, ZH)
    assert isinstance(asked.law, Within) and asked.law.points["foreign"] == 2
    assert dict(asked.noise) == {"tax_2022": 3}
    assert sweep(POOLS, 10, law=asked.law, noise=asked.noise).counted == 10


def test_pools_are_drawn_on_the_page_and_the_rest_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(SCENARIOS))
    monkeypatch.setattr(background, "PATIENCE", HUNG)
    monkeypatch.setattr(draws_input, "EXACT_COUNTS", (60, 1000))
    monkeypatch.setattr(draws_input, "EXACT_QUICK", 60 * 60)
    app, found = opened("sensitivity", scenario="luzhou-2023-pools/two-pools"), sweep(POOLS, 60)
    for book in (ZH, EN):
        shown = html_of(app)
        assert book.say("beyond.surface.sensitivity") in shown and book.say("beyond.pools") in shown
        assert found.digest in shown  # the very draws of the question itself
        for verdict in sweep_words.verdicts(found, book):
            assert markup.block("x", verdict).partition(">")[2].partition("<")[0] in shown
        app = in_other_language(app)


@pytest.mark.parametrize(
    ("typed", "field", "key"),
    [
        (Entered(concentration="100点"), "concentration", "figure_unit"),
        (Entered(concentration="0"), "concentration", "sweep_concentration"),
        (Entered(law="within", points="101"), "points", "sweep_points"),
        (Entered(noise=""), "noise", "cell_blank"),
        (Entered(noise="1e1"), "noise", "figure_digits"),
        (Entered(seed="1.5"), "seed", "sweep_seed"),
        (Entered(seed="99999999999999999999"), "seed", "sweep_seed"),
    ],
)
def test_a_wrong_setting_is_named_with_its_field(typed: Entered, field: str, key: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        draws_input.own(typed, RULE, 10, EN)
    (problem,) = caught.value.problems
    assert problem.at.get("field", problem.file) == EN.say(f"app.sweep.{field}")
    assert problem.key == key or key == "cell_blank"


def test_a_wrong_figure_of_one_factor_names_it() -> None:
    with pytest.raises(ScenarioError) as caught:
        draws_input.own(Entered(noise_of={"tax": "ten", "effort": "1"}), RULE, 10, EN)
    (sentence,) = caught.value.sentences(EN)
    assert "Tax contribution" in sentence and "ten" in sentence


# --- tables and sentences of a sweep --------------------------------------------------------------


@pytest.fixture(scope="module")
def anywhere() -> tuple[Sweep, Drivers]:
    found = sweep(RULE, 20_000, law=Anywhere(), noise={"tax": 5})
    return found, drivers(found)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_tables_hold_the_figures_of_the_charts(anywhere: tuple[Sweep, Drivers], lang: str) -> None:
    found, driven = anywhere
    at = RULE.ids.index("gulin")
    ranges = sweep_grids.range_table(found, Phrasebook(lang))
    cells = dict(zip(ranges.headers, ranges.rows[at].cells, strict=True))
    assert cells[Phrasebook(lang).say("table.published")] == "132"
    assert cells[Phrasebook(lang).say("sweep.least")] == str(found.least["gulin"] // 10_000)
    assert cells[Phrasebook(lang).say("sweep.level", percent=95)] == str(
        found.quantiles[Fraction(19, 20)]["gulin"] // 10_000
    )
    chances = sweep_grids.chance_table(found, Phrasebook(lang)).rows[at].cells[1:]
    percents = [float(cell.partition("±")[0]) for cell in chances]
    assert abs(sum(percents) - 100) <= 0.02
    ranks = sweep_grids.rank_table(found, Phrasebook(lang))
    assert len(ranks.headers) == 10
    shares = [float(cell.partition("±")[0]) for cell in ranks.rows[at].cells[1:] if cell != "—"]
    assert abs(sum(shares) - 100) < 0.1
    parts = sweep_grids.driver_table(found, driven, Phrasebook(lang))
    assert parts.headers[1:] == (
        Phrasebook(lang).say("sweep.driver_weights"),
        getattr(RULE.factor("tax").name, lang),
    )
    both = parts.rows[at].cells[1].split(" / ")  # each with its sampling error, where it has one
    alone, together = (float(part.partition("±")[0]) for part in both)
    assert 0 < alone <= together + 1 <= 102


def test_ranks_of_many_stand_in_groups_that_lose_nothing() -> None:
    found = sweep(generated(45, 2), 500)
    groups, ranks = sweep_words.grouped_ranks(found)
    assert groups[0] == (1, 3) and groups[-1] == (43, 45) and len(groups) == 15
    for id, row in ranks.items():
        assert row[0] == sum(found.ranks[id][:3]) and sum(row) == 1
    frame = sweep_charts.rank_frame(found, EN)
    assert list(dict.fromkeys(frame["column"])) == [sweep_words.rank_text(group, EN) for group in groups]
    assert (abs(frame.groupby("name")["part"].sum() - 100) < 1e-9).all()


def test_it_is_said_who_gains_whatever_is_drawn() -> None:
    base = dict(RULE.published or {})
    base["ftz"], base["naxi"], base["luxian"] = base["ftz"] - 5_000_000, base["naxi"] + 5_000_000, 0
    found = sweep(RULE, 2000, base=base)
    more, less, open_ = sweep_words.verdicts(found, EN)
    assert more == "In at least 95 % of the draws more than the base: Lu County, Free Trade Zone."
    assert less == "In at least 95 % of the draws less than the base: Naxi District."
    assert open_.startswith("More or less than the base, depending on the draw: Jiangyang District")
    alike = replace(
        RULE, factors=[replace(f, values=(1,) * len(RULE.ids)) for f in RULE.factors], published=None
    )
    (same,) = sweep_words.verdicts(sweep(alike, 100), EN)
    assert same == "In at least 95 % of the draws no more and no less than as it stands: all recipients."


# --- work beside the page -------------------------------------------------------------------------


def endless(progress: Callable[[float], None]) -> None:
    while True:
        progress(0.5)
        pause()


def test_work_ends_when_it_is_called_off_or_nobody_is_there() -> None:
    off = background.Work("called off", endless, lambda: True)
    assert off.running()
    off.call_off()
    assert not off.running(HUNG) and off.part == 0.5
    there = threading.Event()
    there.set()
    left = background.Work("left", endless, there.is_set)
    assert left.running()
    there.clear()
    assert not left.running(HUNG)
    assert background.result("called off") is background.result("left") is None


def test_what_goes_wrong_beside_a_page_is_raised_on_it() -> None:
    def wrong(progress: Callable[[float], None]) -> None:
        raise MemoryError("too large")

    work = background.Work("wrong", wrong, lambda: True)
    with pytest.raises(MemoryError, match="too large"):
        work.running(HUNG)
    assert not work.running()


def test_what_work_gave_is_kept_for_everybody_as_long_as_there_is_room() -> None:
    for at in range(background.MOST_KEPT + 1):
        assert not background.Work(("kept", at), lambda progress, at=at: [at], lambda: True).running(HUNG)
    assert background.result(("kept", 0)) is None
    assert background.result(("kept", 1)) == [1] and background.result(("kept", background.MOST_KEPT)) == [
        background.MOST_KEPT
    ]


# --- the page -------------------------------------------------------------------------------------


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Open]:
    """Opens the page with this address; nothing still runs afterwards."""
    monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(SCENARIOS))
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path))
    monkeypatch.setattr("allocator.ui.components.background.PATIENCE", HUNG)
    yield partial(opened, "sensitivity", unfolded="draws")
    until(lambda: not at_work())


def at_work() -> int:
    """How many pieces of work run beside pages."""
    return sum(thread.name == "beside" for thread in threading.enumerate())


def preset(app: AppTest, name: str, lang: str = "zh") -> AppTest:
    (radio,) = [radio for radio in app.radio if radio.label == Phrasebook(lang).say("app.sweep.preset")]
    return radio.set_value(name).run()


def count(app: AppTest, draws: int) -> AppTest:
    (box,) = [box for box in app.selectbox if box.label == ZH.say("app.sweep.draws")]
    return box.set_value(draws).run()


def write_in(app: AppTest, label: str, text: str) -> AppTest:
    (box,) = [box for box in app.text_input if box.label == label]
    return box.set_value(text).run()


def shown_as(found: Sweep, lang: str) -> list[str]:
    """All that the page must say of a sweep."""
    driven = drivers(found)
    grids = [
        sweep_grids.range_table(found, Phrasebook(lang)),
        sweep_grids.chance_table(found, Phrasebook(lang)),
        sweep_grids.rank_table(found, Phrasebook(lang)),
        sweep_grids.driver_table(found, driven, Phrasebook(lang)),
    ]
    assumed = "app.sweep.caption_assumed" if found.scenario.assumed else "app.sweep.caption"
    tables = [
        markup.table(grid, Phrasebook(lang).say(assumed, title=grid.caption), first=0) for grid in grids
    ]
    return [
        *tables,
        *map(markup.escape, sweep_words.head(found, Phrasebook(lang))),
        found.digest,
        f"numpy {numpy.__version__}",
    ]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_million_draws_stand_there_at_once(page: Open, lang: str) -> None:
    app = page(lang, scenario=LUZHOU)
    shown = html_of(app)
    assert all(part in shown for part in shown_as(sweep(RULE, 1_000_000), lang))
    assert (
        markup.escape(Phrasebook(lang).say("app.sweep.only")) in shown
    )  # statistics, never the figures to pay
    assert Phrasebook(lang).say("chart.legend_hollow") in shown  # Luzhou's data is assumed
    assert Phrasebook(lang).say("app.sweep.go") not in [button.label for button in app.button]


@pytest.mark.parametrize("name", ["anywhere", "data"])
def test_presets_are_drawn_as_they_are_called(page: Open, name: str) -> None:
    app = preset(count(page(scenario=LUZHOU), 10_000), name)
    asked = draws_input.preset(name, RULE, 10_000)
    found = sweep(RULE, 10_000, law=asked.law, noise=asked.noise)
    shown = html_of(app)
    assert all(part in shown for part in shown_as(found, "zh"))


def test_own_settings_are_drawn_and_stand_in_the_other_language(page: Open) -> None:
    app = preset(count(page(scenario=LUZHOU), 10_000), "own")
    (law,) = [box for box in app.selectbox if box.label == "权重"]
    app = write_in(law.set_value("within").run(), "上下浮动（百分点）", "3")
    app = write_in(app, "税收贡献值：上下浮动（百分点）", "1")
    app = write_in(app, "就业贡献值：数据误差（%）", "4")
    app = write_in(app, "随机种子（相同则结果相同）", "5")
    points = {"investment": 3, "tax": 1, "employment": 3, "effort": 3}
    found = sweep(RULE, 10_000, law=Within(points), noise={"employment": 4}, seed=5)
    assert found.digest in html_of(app)
    app = in_other_language(app)
    assert all(part in html_of(app) for part in shown_as(found, "en"))


def test_a_wrong_setting_is_said_and_stays(page: Open) -> None:
    app = preset(count(page(scenario=LUZHOU), 10_000), "own")
    app = write_in(app, "数据误差（%，一个标准差）", "*两成*")
    (error,) = app.error
    assert "数据误差" in error.value and "两成" in error.value and "*两成*" not in error.value
    (box,) = [box for box in app.text_input if box.label == "数据误差（%，一个标准差）"]
    assert box.value == "*两成*"
    app = write_in(app, "数据误差（%，一个标准差）", "101")
    (error,) = app.error
    assert error.value.startswith("数据误差") and "0至100" in error.value
    (law,) = [box for box in app.selectbox if box.label == "权重"]
    app = law.set_value("fixed").run()
    (error,) = write_in(app, "数据误差（%，一个标准差）", "0").error
    assert "无从模拟" in error.value


def test_where_one_factor_counts_data_alone_is_drawn(page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []
    monkeypatch.setattr(draws, "sweep", lambda *given, **how: drawn.append(sweep(*given, **how)) or drawn[-1])
    app = page(scenario="au-wa-2024-25/scenario")
    (radio,) = [radio for radio in app.radio if radio.label == ZH.say("app.sweep.preset")]
    assert radio.options == ["数据±10%", "自行设定"]
    many = draws_input.usual_count(WESTERN)
    (found,) = drawn
    assert (found.scenario, found.draws, found.law) == (WESTERN, many, None)
    assert found.noise == dict.fromkeys(WESTERN.weights, 10) and found.digest in html_of(app)


def test_a_name_that_is_edited_draws_nothing_anew(page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    app = count(page(scenario=LUZHOU), 10_000)
    asked = []
    monkeypatch.setattr(draws, "sweep", lambda *given, **how: asked.append(given))
    trails = app.session_state["trails"]
    recipients = [
        replace(r, name=Text("改名区", "Renamed")) if r.id == "naxi" else r for r in RULE.recipients
    ]
    now = replace(trails[LUZHOU].now, scenario=replace(RULE, recipients=recipients))
    app.session_state["trails"] = {**trails, LUZHOU: replace(trails[LUZHOU], now=now)}
    shown = html_of(app.run())
    named = replace(RULE, recipients=recipients)
    assert all(part in shown for part in shown_as(sweep(named, 10_000), "zh")) and asked == []


def test_what_takes_long_waits_for_the_button_and_can_be_called_off(
    page: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    many = generated(45, 5)
    assert not draws_input.quick(many, 1_000_000)
    monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(write(tmp_path / "large", many)))
    app = count(preset(page(scenario=SLUG), "data"), 1_000_000)
    assert [button.label for button in app.button].count("开始模拟") == 1
    monkeypatch.setattr("allocator.ui.components.background.PATIENCE", 0.01)
    monkeypatch.setattr(draws, "sweep", held)
    app = press(app, "开始模拟")
    assert at_work() == 1
    labels = [button.label for button in app.button]
    assert "取消" in labels and "开始模拟" not in labels
    assert "正在模拟" in app.get("progress")[0].proto.text
    running: Any = app.session_state["beside"]
    app = press(app, "取消")
    assert not running.running(HUNG)  # nothing is left running
    labels = [button.label for button in app.button]
    assert "取消" not in labels and "开始模拟" in labels
    # what nobody looks at any more ends by itself
    app = press(app, "开始模拟")
    running = app.session_state["beside"]
    preset(app, "anywhere")
    assert not running.running(HUNG) and not at_work()


def held(*given: Any, progress: Callable[[float], None], **how: Any) -> Sweep:
    """A sweep that gets no further than its first word of how far it is."""

    def waiting(part: float) -> None:
        while True:
            progress(part)
            pause()

    return sweep(*given, progress=waiting, **how)


# Draws that a server makes quickly enough for any test, as if they took long: they stand still at their first
# word of how far they are until a file says that they may go on.
SLOWLY = """
import os, time
from pathlib import Path
from allocator.ui.sensitivity import draws
from allocator.ui.sensitivity import draws_input
sweep, go = draws.sweep, Path(os.environ["ALLOCATOR_HOME"]) / "go"
def slowly(*given, progress, **how):
    def waiting(part):
        progress(part)
        while not go.exists():
            progress(part)
            time.sleep(0.01)
    return sweep(*given, progress=waiting, **how)
draws.sweep, draws_input.QUICK = slowly, 1_000_000
"""


@pytest.fixture(scope="module")
def server() -> Iterator[real.Server]:
    """The app, where 100,000 draws take as long as the test likes."""
    with real.serving(first=SLOWLY) as running:
        (running.home / "go").touch()
        yield running


@pytest.mark.browser
def test_a_long_run_says_how_far_it_is_ends_on_request_and_shows_what_it_gave(
    visit: Any, server: real.Server
) -> None:
    person = visit(lang="en")
    page = person.open(f"sensitivity?lang=en&scenario={LUZHOU}")
    page.locator("summary").filter(has_text=EN.say("app.sweep.title")).click()
    page.get_by_text(EN.say("app.sweep.own"), exact=True).click()
    seed = page.get_by_role("textbox", name=EN.say("app.sweep.seed"))
    seed.wait_for()
    person.settle()
    choose = page.get_by_role("combobox", name=EN.say("app.sweep.draws"))
    choose.scroll_into_view_if_needed()
    person.settle()
    choose.press("End")
    choose.fill("100,000")
    page.get_by_role("option", name="100,000", exact=True).click()
    go = page.get_by_role("button", name=EN.say("app.sweep.go"))
    cancel = page.get_by_role("button", name=EN.say("app.sweep.cancel"))
    may = server.home / "go"
    may.unlink()
    go.click()
    page.get_by_role("progressbar").first.wait_for()
    cancel.click()
    go.wait_for()
    assert cancel.count() == 0
    go.click()
    page.get_by_role("progressbar").first.wait_for()
    may.touch()
    page.get_by_text("100,000 draws, seed 1").wait_for()
    person.settle()
    assert cancel.count() == 0 and person.wrong == []
