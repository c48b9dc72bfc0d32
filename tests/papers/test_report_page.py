"""The page Report: what it shows of each paper, what it gives, what it refuses."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from docx import Document
from pages import html_of, opened, press
from streamlit.testing.v1 import AppTest

from allocator import allocate, load_scenario
from allocator.core.parts import Text
from allocator.files.saved import store
from allocator.files.scenario.save import save_scenario
from allocator.report.papers.pack import Pack
from allocator.text import Phrasebook

RULE, EQUAL = "luzhou-2023/published-rule", "luzhou-2023/equal-weights"
WEIGHTS = {f"weight.{id}": "25" for id in ("investment", "tax", "employment", "effort")}
SCENARIOS = Path(__file__).parent.parent.parent / "scenarios"


def choose(app: AppTest, start: str, value: str) -> AppTest:
    """The page after something was chosen in the list whose key begins so."""
    (found,) = [box for box in app.selectbox if box.key and box.key.startswith(start)]
    return found.set_value(value).run()


@pytest.fixture
def real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A fund whose data is not assumed."""
    rule = load_scenario(SCENARIOS / f"{RULE}.toml")
    factors = tuple(replace(factor, status="published") for factor in rule.factors)
    recipients = (
        replace(rule.recipients[0], name=Text("<i>江阳</i>", "<i>Jiangyang</i>")),
        *rule.recipients[1:],
    )
    save_scenario(replace(rule, factors=factors, recipients=recipients), tmp_path / "real")
    monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(tmp_path))
    return "real/scenario"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_paper_is_shown_with_its_mark(lang: str) -> None:
    app = opened("report", lang, scenario=RULE, **{"with": [RULE, EQUAL]})
    for kind in ("brief", "meeting", "slides", "district", "internal"):
        html = html_of(choose(app, "report-paper", kind))
        papers = re.findall(r'<article class="al-paper".*?</article>', html, re.S)
        assert papers and all(Phrasebook(lang).say("report.mark") in paper for paper in papers), kind
        assert len(app.get("download_button")) == (2 if kind == "slides" else 3)  # and the page to take along
    # 50 million for the zone, in the brief's table
    table = html_of(choose(app, "report-paper", "brief"))
    assert "5000" in table or "5,000" in table


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_to_take_along_says_what_it_holds_before_it_is_made(lang: str) -> None:
    book = Phrasebook(lang)
    app = opened("report", lang, scenario=RULE, **{"with": [RULE, EQUAL]})
    assert book.say("html.contains") in html_of(app)
    (box,) = [box for box in app.checkbox if box.key == "report-page-no-data"]
    box.check().run()
    assert book.say("html.contains_fixed") in html_of(app)
    choose(app, "report-page-", "recipient")
    assert book.say("html.contains_one", name="江阳区" if lang == "zh" else "Jiangyang District") in html_of(
        app
    )


def test_request_and_notice_are_refused_for_assumed_data() -> None:
    app = opened("report", "zh", scenario=RULE)
    for kind in ("request", "notice"):
        html = html_of(choose(app, "report-paper", kind))
        assert "<article" not in html
        assert "不能据以制作请示和下达通知" in html
        assert [button.key for button in app.get("download_button")] == ["report-get-page-leader"]


def test_request_and_notice_of_real_data_are_shown_and_names_stay_text(real: str) -> None:
    app = opened("report", "zh", scenario=real)
    html = html_of(choose(app, "report-paper", "request"))
    assert "妥否，请批示。" in html and "示例数据" not in html
    assert "<i>" not in html and "&lt;i&gt;江阳" in html
    assert "绩效目标表" in html_of(choose(app, "report-paper", "notice"))


def test_the_proposed_scenario_and_the_language_of_the_papers_are_chosen() -> None:
    app = opened("report", "zh", scenario=RULE, **{"with": [RULE, EQUAL]})
    app = choose(app, "report-proposed", EQUAL)
    assert "建议采用方案B（等权重：25/25/25/25）。" in html_of(app)
    amount = allocate(load_scenario(SCENARIOS / f"{EQUAL}.toml")).amounts["ftz"] // 10_000
    assert f">{amount}<" in html_of(app)
    app = choose(app, "report-lang", "en")
    html = html_of(app)
    assert 'lang="en"' in html and "decision brief" in html


def test_the_pack_can_be_downloaded_and_is_forgotten_when_something_else_is_chosen() -> None:
    app = press(opened("report", "zh", scenario=RULE), "制作材料包")
    assert not app.exception
    found = app.session_state.packed[1]
    assert isinstance(found, Pack)
    with zipfile.ZipFile(io.BytesIO(found.archive.content)) as archive:
        Document(io.BytesIO(archive.read("【示例】简报.docx")))
    # the paper shown twice, the page to take along, the pack, and one of its files
    assert len(app.get("download_button")) == 5
    (box,) = [b for b in app.selectbox if b.key and b.key.startswith("report-single")]
    assert len(box.options) == len(found.files) + len(found.inside)
    app = choose(app, "report-lang", "en")
    assert len(app.get("download_button")) == 3


def test_the_working_paper_has_the_versions_that_were_frozen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path / "home"))
    first, last = (load_scenario(SCENARIOS / f"{slug}.toml") for slug in (RULE, EQUAL))
    store.keep("方案一", first, who="王", why="照原办法", stage="初稿", after=None)
    store.keep("方案一", last, who="王", why="征求意见后四项等权", stage="征求意见", after=1)
    app = choose(opened("report", "zh", scenario="@方案一"), "report-paper", "worksheet")
    shown = re.sub("<[^>]*>", "", html_of(app))
    # 5000 becomes 4834 under equal weights: 166 moved
    assert "征求意见：与初稿相比，共调整166万元" in shown and "征求意见后四项等权" in shown
    assert "初稿征求意见本次建议" in shown
    plain = choose(opened("report", "zh", scenario=RULE), "report-paper", "worksheet")
    assert "本次建议" not in html_of(plain)


def test_scenarios_of_different_funds_get_a_sentence() -> None:
    app = opened("report", "en", scenario=RULE, **{"with": [RULE, "us-crf-2020/scenario"]})
    assert "CNY" in app.error[0].value and not app.exception


def test_an_edited_scenario_does_not_go_by_the_bare_name_of_its_file() -> None:
    for address in ({}, {"with": [RULE, "screen"]}, {"with": ["screen"]}):
        app = opened("report", "zh", scenario=RULE, **WEIGHTS, **address)
        html = html_of(choose(app, "report-paper", "meeting"))
        assert "修改后的“公布的办法：40/40/10/10”" in html
        # the file's own name stands for the file alone: where that is option A
        named = re.findall("(方案.)（公布的办法：40/40/10/10）", html)
        assert set(named) == (set() if address == {"with": ["screen"]} else {"方案A"})
