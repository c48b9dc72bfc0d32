"""Controls of the pages: each ``render_…`` draws one and returns a plain value."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pandas as pd
import streamlit as st

from allocator.core.errors import AllocatorError
from allocator.core.model import Scenario
from allocator.report.charts import marks as charts
from allocator.report.charts.waterfall import waterfall_width
from allocator.report.tables.grid import who
from allocator.text import say
from allocator.ui.components import markup
from allocator.ui.session import catalogue, state

LANGUAGE_NAMES = {"zh": "中文", "en": "English"}


def stand_at(key: str, value: Any) -> str:
    """Makes a keyed widget stand at a value; one that stands there is left alone, or it loses keystrokes."""
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value
    return key


def scenario_name(slug: str, lang: str) -> str:
    """What the list of scenarios calls one: its title, that it was saved, or that it cannot be read."""
    found = state.found()
    name = catalogue.title(slug, found, lang)
    if isinstance(found[slug], AllocatorError):
        return say("app.page.unreadable", lang, name=name)
    return name if catalogue.own_name(slug) is None else say("app.page.own", lang, name=name)


def render_window(title: str, form: Callable[[str, str], None], of: str, lang: str) -> None:
    """A window over the page with what ``form`` draws for a scenario."""
    title = markup.in_markdown(title)
    st.dialog(title, width="medium", on_dismiss=state.close_window)(form)(of, lang)


def render_problems(error: AllocatorError, lang: str) -> None:
    """What is wrong with what a person entered, a sentence each."""
    for sentence in error.sentences(lang):
        st.error(markup.in_markdown(sentence))


def render_errors(error: AllocatorError, lang: str) -> None:
    """What is wrong with a scenario, a sentence each, and that the settings are kept."""
    st.html(markup.heading(say("app.page.error_title", lang)))
    render_problems(error, lang)
    st.html(markup.block("hint", say("app.page.error_keep", lang)))


def render_data(scenario: Scenario, lang: str) -> None:
    """What each weighted factor's data is and where it comes from, folded away."""
    none = say("app.data.none", lang)
    with st.expander(say("app.data.title", lang), key="fold-data"):
        keys = ("factor", "status", "year", "unit", "definition", "source")
        headers = [say(f"app.data.{key}", lang) for key in keys]
        rows = []
        for id in scenario.weights:
            factor = scenario.factor(id)
            texts = [getattr(text, lang) if text else none for text in (factor.definition, factor.source)]
            unit = getattr(factor.unit, lang, factor.unit) or none
            year = str(factor.year) if factor.year else none
            status = say(f"status.{factor.status}", lang)
            rows.append([getattr(factor.name, lang), status, year, unit, *texts])
        st.html(markup.plain_table(headers, rows, say("app.data.title", lang)))


def chart_box(rows: int) -> Any:
    """What charts of so many rows are drawn into: a box that scrolls where there are many."""
    many = rows > markup.MANY
    return st.container(height=markup.TALL if many else "content", border=many)


def render_chart(
    kind: str,
    frame: pd.DataFrame,
    lang: str,
    *,
    base: str | None = None,
    width: int,
    room: int = 0,
    alt: str,
    key: str,
    pick: bool = True,
    possible: bool = False,
) -> None:
    """One chart of a frame; what depends on no figure is made once.  ``pick``: its rows can be picked."""

    def picked() -> None:
        rows = st.session_state[key].selection.get(charts.PICKED, [])
        if rows:
            state.set_picked(str(rows[0]["name"]))

    spec = _chart_spec(kind, tuple(frame["name"]), lang, base, width, room, pick, possible)
    content = {**spec, "datasets": {"rows": frame}}
    st.vega_lite_chart(
        content, width="stretch", theme=None, alt=alt, key=key, on_select=picked if pick else "ignore"
    )


def render_recipient_picker(scenario: Scenario, lang: str) -> str | None:
    """Whose steps are shown: chosen here or clicked in a chart; returns the id, or None."""
    names = {r.id: getattr(r.name, lang) for r in scenario.recipients}
    key = stand_at(f"pick-recipient-{lang}", state.picked(scenario))
    st.selectbox(
        say("app.waterfall.pick", lang),
        list(names),
        index=None,
        format_func=names.__getitem__,
        key=key,
        placeholder=say("app.waterfall.pick_hint", lang, who=who(scenario, lang)),
        on_change=lambda: state.set_picked(st.session_state[key] or ""),
    )
    return state.picked(scenario)


def render_whose(scenario: Scenario, page: str, label: str, lang: str) -> str:
    """Whose figures a page shows: the recipient that was picked, else the first; returns the id."""
    names = {r.id: getattr(r.name, lang) for r in scenario.recipients}
    key = stand_at(f"{page}-{state.slug()}-{lang}", state.picked(scenario) or scenario.ids[0])
    picked = st.selectbox(
        label,
        list(names),
        format_func=names.__getitem__,
        key=key,
        on_change=lambda: state.set_picked(st.session_state[key]),
    )
    return str(picked)


def name_of(scenario: Scenario, id: str, lang: str) -> str:
    """A recipient's name."""
    return str(getattr(scenario.recipients[scenario.ids.index(id)].name, lang))


def render_waterfall(frame: pd.DataFrame, lang: str, *, alt: str, key: str) -> None:
    """The steps to one amount as bars."""
    spec = _waterfall_spec(tuple(frame["name"]), lang)
    content = {**spec, "datasets": {"rows": frame}}
    st.vega_lite_chart(content, width="stretch", theme=None, alt=alt, key=f"{key}-{lang}")


@lru_cache(maxsize=64)
def _waterfall_spec(names: tuple[str, ...], lang: str) -> dict[str, Any]:
    return charts.spec(charts.waterfall_marks(names, lang, width=waterfall_width(names)))


@lru_cache(maxsize=64)
def _chart_spec(
    kind: str,
    names: tuple[str, ...],
    lang: str,
    base: str | None,
    width: int,
    room: int,
    pick: bool,
    possible: bool,
) -> dict[str, Any]:
    if kind == "change":
        return charts.spec(charts.change_marks(names, lang, width=width, pick=pick))
    if kind == "log":
        return charts.spec(charts.log_marks(names, lang, base=base or "", width=width))
    marks = charts.amount_marks(names, lang, base=base, width=width, room=room, possible=possible)
    return charts.spec(marks)
