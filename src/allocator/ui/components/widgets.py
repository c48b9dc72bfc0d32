"""Controls and boxes of the pages: each ``render_…`` draws one; a control returns a plain value."""

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
from allocator.report.tables.figures import who
from allocator.report.tables.table import listed
from allocator.text import Phrasebook
from allocator.ui.components import markup
from allocator.ui.session import catalogue, state


def stand_at(key: str, value: Any) -> str:
    """Sets a keyed widget to a value, unless it has it: it would lose keystrokes.  Returns the key."""
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value
    return key


def scenario_name(slug: str, book: Phrasebook) -> str:
    """The name of a scenario in the list: its title, marked if it was saved or cannot be read."""
    found = state.found()
    name = catalogue.title(slug, found, book)
    if isinstance(found[slug], AllocatorError):
        return book.say("app.page.unreadable", name=name)
    return name if catalogue.own_name(slug) is None else book.say("app.page.own", name=name)


def render_window(title: str, form: Callable[[str, Phrasebook], None], of: str, book: Phrasebook) -> None:
    """Draws a window over the page, filled by ``form`` for a scenario."""
    title = markup.in_markdown(title)
    st.dialog(title, width="medium", on_dismiss=state.close_window)(form)(of, book)


def render_problems(error: AllocatorError, book: Phrasebook) -> None:
    """Draws the problems of what a person entered, a sentence each."""
    for sentence in error.sentences(book):
        st.error(markup.in_markdown(sentence))


def render_errors(error: AllocatorError, book: Phrasebook) -> None:
    """Draws the problems of a scenario, a sentence each, and a note that the settings are kept."""
    st.html(markup.heading(book.say("app.page.error_title")))
    render_problems(error, book)
    st.html(markup.block("hint", book.say("app.page.error_keep")))


def render_data(scenario: Scenario, book: Phrasebook) -> None:
    """Draws the status, definition and source of the data that the rule rests on, folded away."""
    none = book.say("app.data.none")
    with st.expander(book.say("app.data.title"), key="fold-data"):
        keys = (
            "app.data.factor",
            "app.data.status",
            "app.data.year",
            "app.data.unit",
            "app.data.definition",
            "app.data.source",
        )
        headers = [book.say(key) for key in keys]
        rows = []
        for factor in scenario.behind:
            texts = [book.text(text) if text else none for text in (factor.definition, factor.source)]
            unit = book.text(factor.unit or none)
            year = str(factor.year) if factor.year else none
            status = book.say(f"status.{factor.status}")
            rows.append([book.text(factor.name), status, year, unit, *texts])
        table = listed(book.say("app.data.title"), headers, rows)
        st.html(markup.table(table, first=0, bare=True))


def chart_box(rows: int) -> Any:
    """The box for charts of so many rows; it scrolls where there are many."""
    many = rows > markup.MANY
    return st.container(height=markup.TALL if many else "content", border=many)


def render_chart(
    kind: str,
    frame: pd.DataFrame,
    book: Phrasebook,
    *,
    base: str | None = None,
    width: int,
    room: int = 0,
    alt: str,
    key: str,
    pick: bool = True,
    possible: bool = False,
) -> None:
    """Draws a chart of a frame; its spec, free of figures, is kept.  ``pick``: its rows can be picked."""

    def picked() -> None:
        rows = st.session_state[key].selection.get(charts.PICKED, [])
        if rows:
            state.set_picked(str(rows[0]["name"]))

    spec = _chart_spec(kind, tuple(frame["name"]), book, base, width, room, pick, possible)
    content = {**spec, "datasets": {"rows": frame}}
    st.vega_lite_chart(
        content, width="stretch", theme=None, alt=alt, key=key, on_select=picked if pick else "ignore"
    )


def render_recipient_picker(scenario: Scenario, book: Phrasebook) -> str | None:
    """Draws the choice of the recipient whose steps are shown; returns its id, or None."""
    names = {r.id: book.text(r.name) for r in scenario.recipients}
    key = stand_at(f"pick-recipient-{book.language}", state.picked(scenario))
    st.selectbox(
        book.say("waterfall.pick"),
        list(names),
        index=None,
        format_func=names.__getitem__,
        key=key,
        placeholder=book.say("waterfall.pick_hint", who=who(scenario, book)),
        on_change=lambda: state.set_picked(st.session_state[key] or ""),
    )
    return state.picked(scenario)


def render_whose(scenario: Scenario, page: str, label: str, book: Phrasebook) -> str:
    """Draws the choice of the recipient that a page shows: the one picked, else the first; returns its id."""
    names = {r.id: book.text(r.name) for r in scenario.recipients}
    key = stand_at(f"{page}-{state.slug()}-{book.language}", state.picked(scenario) or scenario.ids[0])
    picked = st.selectbox(
        label,
        list(names),
        format_func=names.__getitem__,
        key=key,
        on_change=lambda: state.set_picked(st.session_state[key]),
    )
    return str(picked)


def name_of(scenario: Scenario, id: str, book: Phrasebook) -> str:
    """A recipient's name."""
    return str(book.text(scenario.recipients[scenario.ids.index(id)].name))


def render_waterfall(frame: pd.DataFrame, book: Phrasebook, *, alt: str, key: str) -> None:
    """The steps to one amount as bars."""
    spec = _waterfall_spec(tuple(frame["name"]), book)
    content = {**spec, "datasets": {"rows": frame}}
    st.vega_lite_chart(content, width="stretch", theme=None, alt=alt, key=f"{key}-{book.language}")


@lru_cache(maxsize=64)
def _waterfall_spec(names: tuple[str, ...], book: Phrasebook) -> dict[str, Any]:
    return charts.spec(charts.waterfall_marks(names, book, width=waterfall_width(names)))


@lru_cache(maxsize=64)
def _chart_spec(
    kind: str,
    names: tuple[str, ...],
    book: Phrasebook,
    base: str | None,
    width: int,
    room: int,
    pick: bool,
    possible: bool,
) -> dict[str, Any]:
    if kind == "change":
        return charts.spec(charts.change_marks(names, book, width=width, pick=pick))
    if kind == "log":
        return charts.spec(charts.log_marks(names, book, base=base or "", width=width))
    marks = charts.amount_marks(names, book, base=base, width=width, room=room, possible=possible)
    return charts.spec(marks)
