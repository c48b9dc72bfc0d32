"""An office's own sheet on the page Data, without a browser: partial deliveries, questions, refusals."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from browser import luzhou
from pages import html_of, opened
from phrases import sentences
from streamlit.testing.v1 import AppTest

from allocator import Scenario, allocate
from allocator.core.statement import Statement
from allocator.text import LANGUAGES, ZH, Phrasebook
from allocator.ui.components import understood

RULE = "luzhou-2023/published-rule"


def sheet(*factors: int, leave: int = 0) -> bytes:
    """Headings and rows of some factors; the figures of the n-th recipient are n + 1, n + 2, …"""
    scenario = luzhou()
    rows = [["单位名称", *(scenario.factors[at].name.zh for at in factors)]]
    for row, recipient in enumerate(scenario.recipients[: len(scenario.recipients) - leave]):
        rows.append([recipient.name.zh, *(str(row + 1 + at) for at in range(len(factors)))])
    return "\n".join(",".join(row) for row in rows).encode()


def given(content: bytes, lang: str = "zh") -> AppTest:
    app = opened("data", lang, scenario=RULE)
    app.file_uploader[0].upload("表.csv", content)
    return app.run()


def now(app: AppTest) -> Scenario:
    trails = app.session_state.trails
    return trails[RULE].now.scenario


def keys(app: AppTest, start: str) -> list[str]:
    return [str(each.key) for each in (*app.button, *app.selectbox) if str(each.key).startswith(start)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_delivery_of_one_column_keeps_the_others_only_when_told_to(lang: str) -> None:
    before = luzhou()
    app = given(sheet(1), lang)
    questions = [box for box in app.selectbox if str(box.key).startswith("ask-data")]
    assert len(questions) == len(before.factors) - 1 and not keys(app, "take-")
    assert not any("--" in box.label for box in questions)
    for at in range(len(questions)):
        boxes = [box for box in app.selectbox if str(box.key).startswith("ask-data")]
        boxes[at].set_value("keep").run()
    (button,) = (b for b in app.button if str(b.key).startswith("take-"))
    # the change of the amounts is said before anything is taken over
    tax = tuple(range(1, 10))
    factors = [replace(f, values=tax) if at == 1 else f for at, f in enumerate(before.factors)]
    expected = allocate(replace(before, factors=factors))
    most = max(expected.amounts[id] - amount for id, amount in allocate(before).amounts.items())
    shown = Phrasebook(lang).number(most // 10_000 if lang == "zh" else most, sign=True)
    assert shown in html_of(app) and now(app) == before
    button.click().run()
    after = now(app)
    assert after.factors[1].values == tax and after.factors[1].status == "provided"
    assert [f.values for f in after.factors if f.id != before.factors[1].id] == [
        f.values for f in before.factors if f.id != before.factors[1].id
    ]
    assert dict(allocate(after).amounts) == dict(expected.amounts)


def test_who_is_not_in_the_table_keeps_its_figures_only_when_told_to() -> None:
    before = luzhou()
    app = given(sheet(0, 1, 2, 3, leave=2))
    (box,) = (box for box in app.selectbox if str(box.key).startswith("ask-data"))
    assert not keys(app, "take-")
    box.set_value("keep").run()
    (button,) = (b for b in app.button if str(b.key).startswith("take-"))
    button.click().run()
    values = now(app).factors[0].values
    assert values[:7] == tuple(range(1, 8)) and values[7:] == before.factors[0].values[7:]


def test_no_sentence_of_the_page_names_an_option() -> None:
    for lang in LANGUAGES:
        for key, text in sentences(lang, "sheets.").items():
            if isinstance(text, str):
                assert "--" not in understood._BY_OPTION.sub("", text), (lang, key)
    asked = Statement("blank", "", {"cells": ["C5"], "count": 1}, ("zero", "refuse"))
    assert "--" in asked.sentence(ZH) and "--" not in understood.in_words(asked, ZH)
    assert understood.choices_of(asked) == ["zero", "refuse"]
    assert ZH.say("app.start.choice_zero")


def test_figures_that_cannot_all_be_are_refused_and_nothing_is_taken() -> None:
    zeros = re.sub(rb",\d+", b",0", sheet(0, 1, 2, 3))
    app = given(zeros)
    assert not app.exception and not keys(app, "take-")
    assert now(app) == luzhou() and "需要改正" in " ".join([html_of(app), *(m.value for m in app.markdown)])


def test_a_recipient_that_was_renamed_is_known_by_its_new_name() -> None:
    """The names are no part of a digest: what was understood under the old ones does not stand."""
    before = luzhou()
    app = given(sheet(0, 1, 2, 3).replace("泸县".encode(), "新名县".encode()))
    assert keys(app, "ask-data") and not keys(app, "take-")
    named = [
        replace(r, name=replace(r.name, zh="新名县")) if r.id == "luxian" else r for r in before.recipients
    ]
    trails = app.session_state.trails
    now_ = replace(trails[RULE].now, scenario=replace(before, recipients=named))
    app.session_state.trails = {**trails, RULE: replace(trails[RULE], now=now_)}
    app.run()
    assert now(app).digest == before.digest
    assert keys(app, "take-") and not keys(app, "ask-data")


# --- columns that the scenario does not have ------------------------------------------------------

BUREAUS = {
    "经信局.csv": ("投资额（万元）", {"甲县": 300, "乙区": 100, "丙县": 600}),
    "税务局.csv": ("税收", {"乙区": 50, "甲县": 30, "丙县": 20}),
    "人社局.csv": ("就业人数", {"丙县": 10, "甲县": 70, "乙区": 20}),
}


def delivered(file: str) -> bytes:
    head, figures = BUREAUS[file]
    return "\n".join([f"区县,{head}", *(f"{name},{figure}" for name, figure in figures.items())]).encode()


@pytest.fixture
def first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A scenario of what the first office delivered."""
    folder = tmp_path / "scenarios" / "fund"
    folder.mkdir(parents=True)
    figures = BUREAUS["经信局.csv"][1]
    rows = "".join(f"{name},{figure}\n" for name, figure in figures.items())
    (folder / "factors.csv").write_text("recipient,投资额\n" + rows, "utf-8")
    (folder / "a.toml").write_text(
        'format = 1\ntitle = "专项"\n[fund]\namount = 10_000_000\ncurrency = "CNY"\nunit = 10_000\n'
        '[method]\nkind = "shares"\n[weights]\n"投资额" = 100\n[data]\nfactors = "factors.csv"\n',
        "utf-8",
    )
    monkeypatch.setenv("ALLOCATOR_SCENARIOS", str(tmp_path / "scenarios"))
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path / "home"))
    return "fund/a"


def test_the_tables_of_three_offices_become_one(first: str) -> None:
    app = opened("data", "zh", scenario=first)
    for file in ("税务局.csv", "人社局.csv"):
        before = app.session_state.trails[first].now.scenario
        app.file_uploader[0].upload(file, delivered(file))
        app.run()
        for box in [b for b in app.selectbox if str(b.key).startswith("ask-data")]:
            app.selectbox(key=box.key).set_value("keep").run()  # what this office does not deliver
        (column,) = (
            b for b in app.selectbox if str(b.key).startswith("column-") and str(b.key).endswith("-B")
        )
        column.set_value("add").run()
        (take,) = (b for b in app.button if str(b.key).startswith("take-"))
        take.click().run()
        after = app.session_state.trails[first].now.scenario
        assert after.factors[:-1] == before.factors and after.weights == before.weights
        assert after.factors[-1].status == "provided" and file in after.factors[-1].source.zh
    assert {f.id: dict(zip(after.ids, f.values, strict=True)) for f in after.factors} == {
        "投资额": BUREAUS["经信局.csv"][1],
        "税收": BUREAUS["税务局.csv"][1],
        "就业人数": BUREAUS["人社局.csv"][1],
    }
    rule = replace(after, weights={"投资额": 50, "税收": 30, "就业人数": 20})
    # 甲县: 0.5·300/1000 + 0.3·30/100 + 0.2·70/100 = 0.38; 乙区 0.05 + 0.15 + 0.04; 丙县 the rest
    assert allocate(rule).amounts == {"甲县": 3_800_000, "乙区": 2_400_000, "丙县": 3_800_000}


def test_a_column_that_the_scenario_has_is_no_new_factor() -> None:
    app = given(sheet(0, 1, 2, 3))
    boxes = [b for b in app.selectbox if str(b.key).startswith("column-")]
    assert boxes and not any(ZH.say("app.start.choice_add") in box.options for box in boxes)
