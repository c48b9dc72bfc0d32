"""Sensitivity 权重影响分析: what moving weight changes, and what it would take."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import streamlit as st

from allocator.allocation import Allocation
from allocator.analysis.explain.sensitivity import break_evens, exchange_rates, steady_weights, swings
from allocator.exact import Number
from allocator.report import chart_data, charts, explain_charts, sensitivity
from allocator.text import say
from allocator.ui import markup, seeking, state, widgets
from allocator.ui.pages.allocate import foot_lines, render_screen

POINTS = (1, 2, 5, 10, 20)
USUAL = 5  # points that each weight is moved by at first
COLONS = "：:"  # which end a caption where lines follow, and not over a table


def render() -> None:
    """Draws the page."""
    lang = state.lang()
    allocation = render_screen(lang)
    if allocation is None:
        return
    _render_moves(allocation, lang)
    seeking.render_seek(allocation, state.slug(), lang)
    st.html(markup.foot(foot_lines(allocation, lang)))


# --- what moving weight changes -------------------------------------------------------------------


@st.fragment
def _render_moves(allocation: Allocation, lang: str) -> None:
    """One recipient's exchange rates, its amount with each weight lower and higher, and when ranks change."""
    scenario = allocation.scenario
    title = markup.heading(say("app.sensitivity.moves_title", lang))
    if len([weight for weight in scenario.weights.values() if weight]) < 2:
        st.html(title + markup.block("hint", say("app.sensitivity.one_factor", lang)))
        return
    st.html(title + markup.block("hint", say("app.sensitivity.moves_about", lang)))
    id = widgets.render_whose(scenario, "sensitivity", say("app.sensitivity.whose", lang), lang)
    rates = exchange_rates(allocation)
    if rates:
        grid = sensitivity.exchange_grid(allocation, rates, id, lang)
        st.html(markup.table(grid, grid.caption, first=0))
    st.html(markup.block("hint", sensitivity.exchange_note(rates, lang)))
    _tornado(allocation, id, lang)
    _levels(allocation, id, lang)


def _tornado(allocation: Allocation, id: str, lang: str) -> None:
    """The amount with each weight so many points lower and higher."""
    fund = allocation.scenario.fund
    key = f"swing-points-{lang}"
    points = st.selectbox(
        say("app.sensitivity.points", lang), POINTS, index=POINTS.index(USUAL), key=key, width=200
    )
    found = swings(allocation.scenario, points)
    sides = [side for swing in found for side in (swing.down, swing.up) if side is not None]
    if not sides:
        return
    changes = [other.amounts[id] - allocation.amounts[id] for _, other in sides]
    unit = chart_data.chart_unit(changes, fund.currency, fund.unit, lang)
    frame = explain_charts.swing_frame(allocation, found, id, unit, lang)
    title = say("app.sensitivity.swing_title", lang, unit=unit.name)
    now = explain_charts.amount_now(allocation, id, lang)
    st.html(markup.lines([markup.heading(title, 3), markup.block("hint", now)]))
    names = tuple(dict.fromkeys(frame["name"]))
    spec = _tornado_spec(names, lang, min(190, max(map(chart_data.text_width, names)) + 8))
    alt = explain_charts.swing_alt(allocation, found, id, unit, lang)
    content = {**spec, "datasets": {"rows": frame}}
    st.vega_lite_chart(content, width="stretch", theme=None, alt=alt, key=f"swings-{lang}")
    st.html(markup.block("hint", explain_charts.swing_note(points, lang)))


@lru_cache(maxsize=16)
def _tornado_spec(names: tuple[str, ...], lang: str, width: int) -> dict[str, Any]:
    return charts.spec(charts.tornado_marks(names, lang, width=width))


def _levels(allocation: Allocation, id: str, lang: str) -> None:
    """The weights at which ranks change, and at which an amount equals another one."""
    scenario = allocation.scenario
    steady = sensitivity.steady_grid(allocation, steady_weights(scenario), lang)
    st.html(markup.table(steady, steady.caption.rstrip(COLONS), first=0))
    st.html(markup.block("hint", sensitivity.exact_note(scenario, lang)))
    if scenario.published is not None:
        targets = sensitivity.published_targets(allocation)
        if targets:
            caption = say("sensitivity.published_caption", lang).rstrip(COLONS)
            _break_evens(allocation, targets, caption, lang)
        else:
            st.html(markup.block("exact", say("app.sensitivity.as_published", lang)))
    names = {r.id: getattr(r.name, lang) for r in scenario.recipients if r.id != id}
    if not names:
        return
    other = st.selectbox(
        say("app.sensitivity.level_with", lang, name=widgets.name_of(scenario, id, lang)),
        list(names),
        format_func=names.__getitem__,
        key=f"level-with-{state.slug()}-{id}-{lang}",
    )
    details = {"name": widgets.name_of(scenario, id, lang), "other": names[other]}
    caption = say("app.sensitivity.level_caption", lang, **details)
    _break_evens(allocation, {id: other}, caption, lang)


def _break_evens(
    allocation: Allocation, against: Mapping[str, str | Number], caption: str, lang: str
) -> None:
    """The weights at which recipients draw level, or that there are none."""
    found = break_evens(allocation.scenario, against)
    if any(place.lower or place.upper for places in found.values() for place in places):
        grid = sensitivity.break_even_grid(allocation, found, caption, lang)
        st.html(markup.table(grid, caption, first=0))
    else:
        st.html(markup.heading(caption) + markup.block("hint", say("app.sensitivity.nowhere", lang)))
