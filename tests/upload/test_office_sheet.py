"""An office's own sheet on the page Data, without a browser: partial deliveries, questions, refusals."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from browser import luzhou
from pages import html_of, opened
from phrases import sentences
from streamlit.testing.v1 import AppTest

from allocator import Scenario, allocate
from allocator.files.understanding.model import Statement
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
