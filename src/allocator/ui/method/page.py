"""Method 办法说明: how the scenario on the screen is worked out, with one recipient's figures."""

from __future__ import annotations

from html import escape

import streamlit as st

from allocator.report.method.step import Step
from allocator.report.method.steps import basis, method_steps
from allocator.ui.components import markup, widgets
from allocator.ui.components.screen import foot_lines, render_screen
from allocator.ui.session import state

FEW = 4  # columns


def render() -> None:
    """Draws the page."""
    book = state.book()
    allocation = render_screen(book)
    if allocation is None:
        return
    id = widgets.render_whose(allocation.scenario, "method", book.say("method.about_recipient"), book)
    for step in method_steps(allocation, id, book):
        st.html(step_html(step))
    sources = basis(allocation, book)
    with st.expander(sources.title, key="fold-method-sources"):
        st.html(step_html(sources))
    st.html(markup.foot(foot_lines(allocation, book)))


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
