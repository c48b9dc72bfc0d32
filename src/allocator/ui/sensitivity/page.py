"""Sensitivity 权重影响分析: what moving weight changes, and what it would take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import streamlit as st

from allocator.analysis.explain.sensitivity import (
    BreakEven,
    Rate,
    break_evens,
    exchange_rates,
    steady_weights,
    swings,
)
from allocator.core.allocation import Allocation
from allocator.core.engine import allocate
from allocator.core.model import Scenario
from allocator.report.charts import data as chart_data
from allocator.report.charts import marks
from allocator.report.explain import charts as explain_charts
from allocator.report.explain import sensitivity
from allocator.text import say
from allocator.ui.components import markup, widgets
from allocator.ui.components.fields import render_choice
from allocator.ui.components.screen import foot_lines, render_screen
from allocator.ui.sensitivity import draws
from allocator.ui.session import state
from allocator.ui.session.remembered import remembering

POINTS = (1, 2, 5, 10, 20)
USUAL = 5  # points that each weight is moved by at first
COLONS = "：:"  # which end a caption where lines follow, and not over a table
SCENARIOS = 8  # for which what was worked out is kept


def render() -> None:
    """Draws the page."""
    lang = state.lang()
    allocation = render_screen(lang)
    if allocation is None:
        return
    _render_moves(allocation, lang)
    _render_levels(allocation, lang)
    folded = st.expander(say("app.sweep.title", lang), key="draws", on_change="rerun")
    if folded.open:
        with folded:
            draws.render_draws(allocation, state.slug(), lang)
    st.html(markup.foot(foot_lines(allocation, lang)))


# --- worked out once for a scenario, whoever's figures are shown -----------------------------------

_steady = remembering(SCENARIOS)(steady_weights)
_swings = remembering(SCENARIOS)(swings)


@remembering(SCENARIOS)
def _rates(scenario: Scenario) -> tuple[Rate, ...]:
    return tuple(exchange_rates(allocate(scenario)))


@remembering(SCENARIOS)
def _as_published(scenario: Scenario) -> Mapping[str, Sequence[BreakEven]]:
    """Where those that do not get their published amount would; empty where everybody does."""
    return break_evens(scenario, sensitivity.published_targets(allocate(scenario)))


@remembering(SCENARIOS * 8)
def _level_with(scenario: Scenario, id: str, other: str) -> Mapping[str, Sequence[BreakEven]]:
    return break_evens(scenario, {id: other})


def _movable(scenario: Scenario) -> bool:
    return len([weight for weight in scenario.weights.values() if weight]) > 1


# --- one recipient --------------------------------------------------------------------------------


@st.fragment
def _render_moves(allocation: Allocation, lang: str) -> None:
    """One recipient's exchange rates, its amount with each weight lower and higher, and where it is level."""
    scenario = allocation.scenario
    if not _movable(scenario):
        st.html(markup.block("hint", say("app.sensitivity.one_factor", lang)))
        return
    id = widgets.render_whose(scenario, "sensitivity", say("app.sensitivity.whose", lang), lang)
    _tornado(allocation, id, lang)
    rates = _rates(scenario)
    if rates:
        grid = sensitivity.exchange_grid(allocation, rates, id, lang)
        st.html(markup.table(grid, grid.caption, first=0))
    st.html(markup.block("hint", sensitivity.exchange_note(rates, lang)))
    _pair(allocation, id, lang)


def _tornado(allocation: Allocation, id: str, lang: str) -> None:
    """The amount with each weight so many points lower and higher."""
    fund = allocation.scenario.fund
    label = say("app.sensitivity.points", lang)
    points = render_choice("swing-points", label, POINTS, USUAL, str, lang, width=280)
    found = _swings(allocation.scenario, points)
    sides = [side for swing in found for side in (swing.down, swing.up) if side is not None]
    if not sides:
        return
    changes = [other.amounts[id] - allocation.amounts[id] for _, other in sides]
    unit = chart_data.chart_unit(changes, fund.currency, fund.unit, lang)
    frame = explain_charts.swing_frame(allocation, found, id, unit, lang)
    title = say("app.sensitivity.swing_title", lang, unit=unit.name)
    now = explain_charts.amount_now(allocation, id, lang)
    most = explain_charts.swing_title(allocation, found, id, points, lang)
    st.html(markup.lines([markup.title(most), markup.heading(title, 3), markup.block("hint", now)]))
    names = tuple(dict.fromkeys(frame["name"]))
    spec = _tornado_spec(names, lang, min(190, max(map(chart_data.text_width, names)) + 8))
    alt = explain_charts.swing_alt(allocation, found, id, unit, lang)
    content = {**spec, "datasets": {"rows": frame}}
    st.vega_lite_chart(content, width="stretch", theme=None, alt=alt, key=f"swings-{lang}")
    st.html(markup.block("hint", explain_charts.swing_note(points, lang)))


@lru_cache(maxsize=16)
def _tornado_spec(names: tuple[str, ...], lang: str, width: int) -> dict[str, Any]:
    return marks.spec(marks.tornado_marks(names, lang, width=width))


def _pair(allocation: Allocation, id: str, lang: str) -> None:
    """The weights at which one recipient's amount equals another's."""
    scenario = allocation.scenario
    names = {r.id: getattr(r.name, lang) for r in scenario.recipients}
    mine = names.pop(id)
    if not names:
        return
    label = markup.in_markdown(say("app.sensitivity.level_with", lang, name=mine))
    key = f"level-with-{state.slug()}-{id}"
    other = render_choice(key, label, names, sensitivity.neighbour(allocation, id), names.__getitem__, lang)
    caption = say("app.sensitivity.level_caption", lang, name=mine, other=names[other])
    _break_evens(allocation, _level_with(scenario, id, other), caption, lang)


# --- all recipients -------------------------------------------------------------------------------


def _render_levels(allocation: Allocation, lang: str) -> None:
    """Between which weights no rank changes, and at which amounts are the published ones."""
    scenario = allocation.scenario
    if not _movable(scenario):
        return
    steady = sensitivity.steady_grid(allocation, _steady(scenario), lang)
    st.html(markup.table(steady, steady.caption.rstrip(COLONS), first=0))
    st.html(markup.block("hint", sensitivity.exact_note(scenario, lang)))
    if scenario.published is None:
        return
    found = _as_published(scenario)
    if found:
        _break_evens(allocation, found, say("sensitivity.published_caption", lang).rstrip(COLONS), lang)
    else:
        st.html(markup.block("exact", say("app.sensitivity.as_published", lang)))


def _break_evens(
    allocation: Allocation, found: Mapping[str, Sequence[BreakEven]], caption: str, lang: str
) -> None:
    """The weights at which recipients draw level, or that there are none."""
    if any(place.lower or place.upper for places in found.values() for place in places):
        grid = sensitivity.break_even_grid(allocation, found, caption, lang)
        st.html(markup.table(grid, caption, first=0))
    else:
        st.html(markup.heading(caption) + markup.block("hint", say("app.sensitivity.nowhere", lang)))
