"""A scenario of format 2 on the page: its result and its rule, to be read; nothing can be changed here."""

from __future__ import annotations

import streamlit as st

from allocator.core.engine import plan, undistributed
from allocator.core.errors import AllocatorError, ScenarioError
from allocator.core.model import Scenario
from allocator.report.tables.office import office_table
from allocator.report.words.corrections import correction_lines
from allocator.report.words.hints import hint_lines
from allocator.report.words.pools import pool_lines
from allocator.report.words.rule import limit_lines, status_lines
from allocator.text import Phrasebook
from allocator.ui.components import markup, widgets
from allocator.ui.components.screen import foot_lines


def render_read_only(scenario: Scenario, book: Phrasebook) -> None:
    """Draws title, table, the rule in words, what its data is worth, and the foot."""
    try:
        allocation = plan(scenario)
    except AllocatorError as error:
        widgets.render_errors(error, book)
        return
    st.html(markup.title(book.text(scenario.title)))
    st.html(markup.block("hint", book.say("beyond.read_only")))
    table = office_table(allocation, book)
    st.html(f"<div>{markup.table(table, book.say('app.table.caption'))}</div>")
    if allocation.undistributed:
        widgets.render_errors(ScenarioError(undistributed(allocation)), book)
    rule = [*pool_lines(allocation, book), *limit_lines(scenario, book), *correction_lines(allocation, book)]
    lines = [markup.block("rule", line) for line in rule]
    lines += [
        markup.block("hint", line) for line in (*hint_lines(scenario, book), *status_lines(scenario, book))
    ]
    st.html(markup.lines(lines))
    st.html(markup.foot(foot_lines(allocation, book)))
