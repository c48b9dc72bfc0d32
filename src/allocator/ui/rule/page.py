"""Rule 规则设置: every clause of the rule, live; beside it what it gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from allocator.analysis.finding import held_against
from allocator.core.engine import plan, undistributed
from allocator.core.errors import AllocatorError
from allocator.core.model import Scenario
from allocator.report.tables.office import office_table
from allocator.report.tables.table import Table
from allocator.report.words.hints import hint_lines
from allocator.report.words.title import finding_title
from allocator.text import Phrasebook
from allocator.ui.components import fields, markup, widgets
from allocator.ui.components.on_page import sentence
from allocator.ui.components.screen import foot_lines, readable
from allocator.ui.rule.columns import render_columns
from allocator.ui.rule.form import Form, discard
from allocator.ui.rule.limits import render_adjustments, render_deductions, render_limits
from allocator.ui.rule.money import render_money
from allocator.ui.rule.pools import render_indicators, render_pools
from allocator.ui.session import base, state

SECTIONS: tuple[tuple[str, str, str, Callable[[Form], None]], ...] = (
    ("money", "app.rule.money_title", "fund", render_money),
    ("pools", "app.rule.pools_title", "pools", render_pools),
    ("columns", "app.rule.columns_title", "columns", render_columns),
    ("indicators", "app.rule.indicators_title", "indicators", render_indicators),
    ("limits", "app.edit.limit_title", "limits", render_limits),
    ("deductions", "app.rule.deductions_title", "deductions", render_deductions),
    ("adjustments", "app.rule.adjustments_title", "adjustments", render_adjustments),
)
UNFOLDED = ("pools", "columns")


def render() -> None:
    """Draws the page."""
    book = state.book()
    scenario = readable(book, beyond=True)
    if scenario is None:
        return
    slug = state.slug()
    form = Form(slug, book)
    with st.container(key="rule"):
        with st.container(key="rule-form", gap="small"):
            said = st.container()
            for name, title, section, render_section in SECTIONS:
                _render_section(name, title, section, render_section, form)
            _render_wrong(said, form)
        with st.container(key="rule-shown", gap="small"):
            _render_shown(form.scenario, slug, form, book)


def _render_section(
    name: str, title: str, section: str, render_section: Callable[[Form], None], form: Form
) -> None:
    """Draws a part of the rule, folded away where it says nothing; what is folded is not drawn."""
    rows = getattr(form.clauses, section)
    count = len(rows) if isinstance(rows, tuple) else 0
    key, opened = f"rule-fold-{name}-{form.slug}", f"rule-open-{name}-{form.slug}"
    at_first = name in UNFOLDED or (name != "money" and count > 0)
    widgets.stand_at(key, fields.known(opened, at_first))
    folded = st.expander(
        form.book.say(title), key=key, on_change=lambda: fields.keep(opened, st.session_state[key])
    )
    if folded.open:
        with folded:
            render_section(form)


def _render_wrong(said: st.delta_generator.DeltaGenerator, form: Form) -> None:
    """Says that something is not in force, and what of it belongs to no field."""
    if form.standing.wrong is None:
        return
    book = form.book
    with said:
        lines = [markup.block("zero", book.say("app.rule.standing"), role="alert")]
        lines += [markup.block("wrong", line, role="alert") for line in form.rest()]
        st.html(markup.lines(lines))
        st.button(
            book.say("app.rule.discard"),
            key=f"rule-{form.slug}-discard",
            on_click=discard,
            args=(form.slug,),
        )


def _brief(table: Table) -> Table:
    """The office's table without the steps of the calculation, which the page Allocate shows."""
    kept = [at for at, column in enumerate(table.columns) if column.kind not in ("stage", "share")]
    columns = tuple(table.columns[at] for at in kept)
    records = tuple((role, tuple(cells[at] for at in kept)) for role, cells in table.records)
    return replace(table, columns=columns, records=records)


def _render_shown(scenario: Scenario, slug: str, form: Form, book: Phrasebook) -> None:
    """Draws what the rule that is in force gives: the finding, the table, and hints."""
    try:
        allocation = plan(scenario)
    except AllocatorError as error:
        widgets.render_errors(error, book)
        return
    against = base.chosen(slug, scenario, base.names(slug, scenario, book), book)
    found = None if against is None else held_against(allocation, against.held)
    st.html(markup.title(finding_title(allocation, found, book)))
    st.html(markup.table(_brief(office_table(allocation, book, against)), book.say("app.table.caption")))
    if allocation.undistributed:
        st.html(markup.block("wrong", sentence(undistributed(allocation), book), role="alert"))
    hints = [markup.block("hint", line) for line in hint_lines(scenario, book)]
    if hints:
        st.html(markup.lines(hints))
    st.page_link(st.session_state.pages["allocate"], label=book.say("app.rule.to_allocate"))
    st.html(markup.foot(foot_lines(allocation, book)))
