"""Method 办法说明: how the scenario on the screen is worked out, with one recipient's figures."""

from __future__ import annotations

from html import escape

import streamlit as st

from allocator.engine import allocate
from allocator.errors import AllocatorError
from allocator.model import Scenario
from allocator.report.grid import Step
from allocator.report.method import basis, method_steps
from allocator.report.sentences import rule_sentence
from allocator.text import say
from allocator.ui import markup, state, widgets
from allocator.ui.pages.allocate import assumed_sentence, foot_lines

FEW = 4  # columns


def render() -> None:
    """Draws the page."""
    lang = state.lang()
    if widgets.render_scenario_picker(lang) is None:
        return
    scenario = state.on_screen(state.slug())
    try:
        allocation = allocate(scenario)
    except AllocatorError as error:
        widgets.render_errors(error, lang)
        return
    if scenario.assumed:
        st.html(markup.notice(say("app.assumed.badge", lang), assumed_sentence(scenario, lang)))
    st.html(markup.block("rule", rule_sentence(scenario, lang)))
    id = _render_recipients(scenario, lang)
    for step in (*method_steps(allocation, id, lang), basis(allocation, lang)):
        st.html(step_html(step))
    st.html(markup.foot(foot_lines(allocation, lang)))


def _render_recipients(scenario: Scenario, lang: str) -> str:
    """The list of recipients; returns the id of the one to work out, the first where none was picked."""
    names = {r.id: getattr(r.name, lang) for r in scenario.recipients}
    key = f"method-{state.slug()}-{lang}"
    widgets.stand_at(key, state.picked(scenario) or scenario.ids[0])
    picked = st.selectbox(
        say("app.method.about_recipient", lang),
        list(names),
        format_func=names.__getitem__,
        key=key,
        on_change=lambda: state.set_picked(st.session_state[key]),
    )
    return str(picked)


def step_html(step: Step) -> str:
    """One step: heading, sentences, formula, tables."""
    parts = [markup.heading(step.title)]
    parts += [markup.block("effect", line) for line in step.lines]
    if step.formula:
        parts.append(f'<p class="al-rule">{"<br>".join(map(escape, step.formula))}</p>')
    for grid in step.grids:
        narrow = ' class="al-narrow"' if len(grid.headers) <= FEW else ""
        parts.append(f"<div{narrow}>{markup.table(grid, grid.caption)}</div>")
    parts += [markup.block("effect", line) for line in step.after]
    return markup.lines(parts)
