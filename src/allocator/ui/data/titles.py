"""The names of scenario and fund and the notice behind them, in both languages of the data, as a form."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import streamlit as st

from allocator.core.errors import ScenarioError, within
from allocator.core.model import Scenario
from allocator.core.parts import Text
from allocator.text import Phrasebook
from allocator.ui.data.editors import render_outcome, render_problems, take_over

LONGEST = 1_000


class Titles(NamedTuple):
    """The texts of the form: of each in Chinese and in English; blank in one, it is the same in both."""

    title: tuple[str, str]
    name: tuple[str, str]
    source: tuple[str, str]


LABELS = {
    "title": "app.titles.title",
    "name": "app.titles.name",
    "source": "app.titles.source",
}


def titles_of(scenario: Scenario) -> Titles:
    """The form as the scenario fills it; an English text that is the Chinese one stays blank."""
    return Titles(*map(_both, (scenario.title, scenario.fund.name, scenario.fund.source)))


def _both(text: Text | None) -> tuple[str, str]:
    return ("", "") if text is None else (text.zh, "" if text.en == text.zh else text.en)


def with_titles(scenario: Scenario, titles: Titles) -> Scenario:
    """The scenario under the names of the form.

    A blank name or source of the fund is none.  Raises ScenarioError with the field that is wrong.
    """
    made: dict[str, Text | None] = {}
    for field, (zh, en) in titles._asdict().items():
        with within(key=field):
            made[field] = Text(zh, en) if zh.strip() or en.strip() or field == "title" else None
    assert made["title"] is not None
    fund = replace(scenario.fund, name=made["name"], source=made["source"])
    return replace(scenario, title=made["title"], fund=fund)


def render_titles(scenario: Scenario, slug: str, book: Phrasebook) -> None:
    """Draws the form, folded away, and takes over what is written in it as one step."""
    with st.expander(book.say("app.titles.fold"), key="fold-titles"):
        render_outcome("titles", book)
        standing = titles_of(scenario)
        stamp = hash((slug, standing))  # filled anew when something else has changed the names
        with st.form(f"titles-{stamp}", border=False):
            written = {}
            for field, texts in standing._asdict().items():
                columns = st.columns(2)
                labels = book.say(LABELS[field]), book.say("app.titles.english", of=book.say(LABELS[field]))
                written[field] = tuple(
                    column.text_input(label, text, key=f"titles-{field}-{at}-{stamp}", max_chars=LONGEST)
                    for at, (column, label, text) in enumerate(zip(columns, labels, texts, strict=True))
                )
            done = st.form_submit_button(book.say("app.titles.apply"))
        if not done:
            return
        try:
            after = with_titles(scenario, Titles(**written))
        except ScenarioError as error:
            labels_of = {field: book.say(key) for field, key in LABELS.items()}
            render_problems(error.in_fields(labels_of), "app.table_editor.refused", book)
            return
        take_over("titles", slug, scenario, after)
        st.rerun()
