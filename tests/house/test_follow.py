"""Every page shows the scenario as it stands on the screen, whatever was done to it on another page."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from pages import SCENARIOS, Slider, go, html_of, opened, press
from streamlit.testing.v1 import AppTest

from allocator import ScenarioError, allocate, load_scenario
from allocator.core.parts import Text
from allocator.report.papers.proposal import one_fund, proposal
from allocator.text import ZH, Phrasebook
from allocator.ui.main import PAGES

RULE, CAP = "luzhou-2023/published-rule", "luzhou-2023/cap-zone"
WEIGHTS = {"investment": 20, "tax": 20, "employment": 30, "effort": 30}  # no file has them
CODE = load_scenario(SCENARIOS / f"{RULE}.toml").with_weights(**WEIGHTS).digest[7:19]


def changed(lang: str = "zh", **address: str | list[str]) -> AppTest:
    """The page Allocate after its sliders were moved to these weights."""
    app = opened("", lang, scenario=RULE, **address)
    for factor, weight in WEIGHTS.items():
        app = Slider(app, factor, RULE).set_value(weight).run()
    return app


def test_every_page_follows_the_screen() -> None:
    untouched, app = opened("", scenario=RULE), changed()
    says = dict.fromkeys(PAGES, CODE) | {"published": "权重20/20/30/30", "allocate": "投资贡献值20%"}
    del says["saved"]  # it tells of what is kept, not of what is on the screen
    del says["new"]  # and of what is still to be
    del says["help"]  # and of how to do things
    for page, said in says.items():
        path = "" if page == "allocate" else page
        assert said in html_of(go(app, path)), page
        assert said not in html_of(go(untouched, path)), page


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("page", ["compare", "report"])
def test_a_choice_without_what_was_edited_says_so_and_takes_it_in(page: str, lang: str) -> None:
    app = go(changed(lang, **{"with": [RULE, CAP]}), page)
    said = Phrasebook(lang).say("compare.screen_missing", name=app.session_state.found[RULE].title)
    assert CODE not in html_of(app) and said in html_of(app)
    app = press(app, Phrasebook(lang).say("compare.add_screen"))
    assert CODE in html_of(app) and said not in html_of(app)
    assert app.session_state.compared == [RULE, CAP, "screen"]
    assert said not in html_of(go(opened("", lang, scenario=RULE, **{"with": [RULE, CAP]}), page))


def test_what_is_on_the_screen_is_what_papers_propose() -> None:
    app = go(changed(), "report")
    amounts = allocate(load_scenario(SCENARIOS / f"{RULE}.toml").with_weights(**WEIGHTS)).amounts
    (paper,) = re.findall(r'<article class="al-paper".*?</article>', html_of(app), re.S)
    assert all(f">{amount // 10_000}<" in paper for amount in amounts.values())
    assert "方案B（修改后的“公布的办法：40/40/10/10”）" in paper


def test_where_the_fund_itself_was_edited_papers_are_of_the_screen_alone() -> None:
    file = load_scenario(SCENARIOS / f"{RULE}.toml")
    for fund in (replace(file.fund, name=Text("另一项资金")), replace(file.fund, currency="USD")):
        edited = replace(file, fund=fund)
        assert not one_fund([file, edited])
        with pytest.raises(ScenarioError):
            proposal([file, edited], ZH, date(2023, 5, 31))
    assert one_fund([file, replace(file, fund=replace(file.fund, name=None))])
