"""Sensitivity 权重影响分析: what moving weight changes, break-even weights, and random draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import streamlit as st

from allocator.analysis.explain import (
    BreakEven,
    Rate,
    Steady,
    break_evens,
    exchange_rates,
    steady_weights,
    swings,
)
from allocator.core.allocation import Allocation
from allocator.core.beyond import covers_format_1
from allocator.core.engine import allocate
from allocator.core.errors import ScenarioError
from allocator.core.model import Scenario
from allocator.report.charts import data as chart_data
from allocator.report.charts import marks
from allocator.report.explain import charts as explain_charts
from allocator.report.explain import sensitivity
from allocator.text import Phrasebook
from allocator.ui.components import background, markup, widgets
from allocator.ui.components.fields import render_choice
from allocator.ui.components.screen import foot_lines, render_screen
from allocator.ui.sensitivity import draws
from allocator.ui.session import state
from allocator.ui.session.remembered import remembering, shown

POINTS = (1, 2, 5, 10, 20)
USUAL = 5  # points that each weight is moved by at first
COLONS = "：:"  # that are taken off a caption above a table
SCENARIOS = 8  # whose results are kept
QUICK = 5_000  # amounts by factor that are worked out at once: within half a second or so


def render() -> None:
    """Draws the page."""
    book = state.book()
    allocation = render_screen(book, beyond=True)
    if allocation is None:
        return
    try:
        covers_format_1(allocation.scenario, "beyond.surface.sensitivity")
    except ScenarioError as error:
        lines = [markup.block("hint", line) for line in error.sentences(book)]
        st.html(markup.lines([*lines, markup.heading(book.say("app.sweep.title"))]))
        draws.render_draws(allocation, state.slug(), book)
        st.html(markup.foot(foot_lines(allocation, book)))
        return
    if _movable(allocation.scenario):
        found = _whole(allocation.scenario, book)
        if found is None:
            st.html(markup.foot(foot_lines(allocation, book)))
            return
        _render_moves(allocation, found.rates, book)
        _render_levels(allocation, found, book)
    else:
        st.html(markup.block("hint", book.say("app.sensitivity.one_factor")))
    folded = st.expander(book.say("app.sweep.title"), key="draws", on_change="rerun")
    if folded.open:
        with folded:
            draws.render_draws(allocation, state.slug(), book)
    st.html(markup.foot(foot_lines(allocation, book)))


# --- worked out once for a scenario, whoever's figures are shown -----------------------------------

_swings = remembering(SCENARIOS)(swings)


class Whole(NamedTuple):
    """The answers about all recipients.

    ``published`` are the weights at which recipients would get their published amount, of those who do not
    get it now.
    """

    rates: tuple[Rate, ...]
    steady: tuple[Steady, ...]
    published: Mapping[str, Sequence[BreakEven]]


def _work(scenario: Scenario, progress: background.Progress) -> Whole:
    """The answers about all recipients of a scenario; the usual swings are kept as well."""
    _swings(scenario, USUAL)
    progress(0.2)
    allocation = allocate(scenario)
    rates = exchange_rates(allocation)
    progress(0.3)
    steady = steady_weights(scenario)
    progress(0.5)
    return Whole(rates, steady, break_evens(scenario, sensitivity.published_targets(allocation)))


@remembering(SCENARIOS)
def _at_once(scenario: Scenario) -> Whole:
    return _work(scenario, lambda part: None)


def _whole(scenario: Scenario, book: Phrasebook) -> Whole | None:
    """The answers about all recipients; None, with a bar, while they take long, or a button if cancelled."""
    if len(scenario.ids) * len(scenario.weights) <= QUICK:
        return _at_once(scenario)
    key, off = ("sensitivity", shown(scenario)), "sensitivity-off"
    if background.result(key) is None and st.session_state.get(off) == key:
        about, label = book.say("app.sensitivity.go_about"), book.say("app.sensitivity.go")
        if not background.render_asked(about, label, "sensitivity-go"):
            return None
        del st.session_state[off]
    return background.awaited(
        key,
        lambda progress: _work(scenario, progress),
        lambda percent: book.say("app.sensitivity.progress", percent=percent),
        book.say("app.sweep.cancel"),
        "sensitivity-cancel",
        lambda: st.session_state.update({off: key}),
    )


@remembering(SCENARIOS * 8)
def _level_with(scenario: Scenario, id: str, other: str) -> Mapping[str, Sequence[BreakEven]]:
    return break_evens(scenario, {id: other})


def _movable(scenario: Scenario) -> bool:
    return len([weight for weight in scenario.weights.values() if weight]) > 1


# --- one recipient --------------------------------------------------------------------------------


@st.fragment
def _render_moves(allocation: Allocation, rates: Sequence[Rate], book: Phrasebook) -> None:
    """Draws one recipient's amount with each weight lower and higher, its exchange rates and break-evens."""
    id = widgets.render_whose(allocation.scenario, "sensitivity", book.say("app.sensitivity.whose"), book)
    _tornado(allocation, id, book)
    if rates:
        grid = sensitivity.exchanges_of(allocation, rates, id, book)
        st.html(markup.table(grid, grid.caption, first=0))
    st.html(markup.block("hint", sensitivity.exchange_note(rates, book)))
    _pair(allocation, id, book)


def _tornado(allocation: Allocation, id: str, book: Phrasebook) -> None:
    """The amount with each weight so many points lower and higher."""
    fund = allocation.scenario.fund
    label = book.say("app.sensitivity.points")
    points = render_choice("swing-points", label, POINTS, USUAL, str, book, width=280)
    found = _swings(allocation.scenario, points)
    sides = [side for swing in found for side in (swing.down, swing.up) if side is not None]
    if not sides:
        return
    changes = [other.amounts[id] - allocation.amounts[id] for _, other in sides]
    unit = chart_data.chart_unit(changes, fund.currency, fund.unit, book)
    frame = explain_charts.swing_frame(allocation, found, id, unit, book)
    title = book.say("app.sensitivity.swing_title", unit=unit.name)
    now = explain_charts.amount_now(allocation, id, book)
    most = explain_charts.swing_title(allocation, found, id, points, book)
    st.html(markup.lines([markup.title(most), markup.heading(title, 3), markup.block("hint", now)]))
    names = tuple(dict.fromkeys(frame["name"]))
    spec = _tornado_spec(names, book, min(190, max(map(chart_data.text_width, names)) + 8))
    alt = explain_charts.swing_alt(allocation, found, id, unit, book)
    content = {**spec, "datasets": {"rows": frame}}
    st.vega_lite_chart(content, width="stretch", theme=None, alt=alt, key=f"swings-{book.language}")
    st.html(markup.block("hint", explain_charts.swing_note(points, book)))


@lru_cache(maxsize=16)
def _tornado_spec(names: tuple[str, ...], book: Phrasebook, width: int) -> dict[str, Any]:
    return marks.spec(marks.tornado_marks(names, book, width=width))


def _pair(allocation: Allocation, id: str, book: Phrasebook) -> None:
    """The weights at which one recipient's amount equals another's."""
    scenario = allocation.scenario
    names = {r.id: book.text(r.name) for r in scenario.recipients}
    mine = names.pop(id)
    if not names:
        return
    label = markup.in_markdown(book.say("app.sensitivity.level_with", name=mine))
    key = f"level-with-{state.slug()}-{id}"
    other = render_choice(key, label, names, sensitivity.neighbour(allocation, id), names.__getitem__, book)
    caption = book.say("app.sensitivity.level_caption", name=mine, other=names[other])
    _break_evens(allocation, _level_with(scenario, id, other), caption, book)


# --- all recipients -------------------------------------------------------------------------------


def _render_levels(allocation: Allocation, found: Whole, book: Phrasebook) -> None:
    """Draws the weights between which no rank changes, and those at which amounts are the published ones."""
    scenario = allocation.scenario
    steady = sensitivity.steady_table(allocation, found.steady, book)
    st.html(markup.table(steady, steady.caption.rstrip(COLONS), first=0))
    st.html(markup.block("hint", sensitivity.exact_note(scenario, book)))
    if scenario.published is None:
        return
    if found.published:
        caption = book.say("sensitivity.published_caption").rstrip(COLONS)
        _break_evens(allocation, found.published, caption, book)
    else:
        st.html(markup.block("exact", book.say("app.sensitivity.as_published")))


def _break_evens(
    allocation: Allocation, found: Mapping[str, Sequence[BreakEven]], caption: str, book: Phrasebook
) -> None:
    """The weights at which recipients draw level, or that there are none."""
    if any(place.lower or place.upper for places in found.values() for place in places):
        grid = sensitivity.break_even_table(allocation, found, caption, book)
        st.html(markup.table(grid, caption, first=0))
    else:
        st.html(markup.heading(caption) + markup.block("hint", book.say("app.sensitivity.nowhere")))
