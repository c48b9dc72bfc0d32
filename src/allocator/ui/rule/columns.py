"""Column formulas with what they come to, and new columns of data."""

from __future__ import annotations

from fractions import Fraction

import streamlit as st

from allocator.core.errors import AllocatorError
from allocator.core.parts import STATUSES
from allocator.ui.components import markup
from allocator.ui.components.on_page import sentence
from allocator.ui.rule.form import Form
from allocator.ui.rule.formulas import render_help
from allocator.ui.rule.pools import columns, names
from allocator.ui.session.clauses import ColumnRow

MOST_SHOWN = 30  # recipients of a preview
DECIMALS = 4


def render_columns(form: Form) -> None:
    """Draws the columns there are, a card for each formula or new column, and the buttons that add one."""
    book = form.book
    data = [id for id in columns(form) if id not in {row.id for row in form.clauses.columns}]
    known = [names(form)(id) for id in data]
    if known:
        st.html(markup.block("hint", book.say("app.rule.columns_known", names=known)))
    for row in form.clauses.columns:
        with st.container(border=True, key=f"rule-card-{row.uid}", gap="small"):
            if row.values is None:
                _render_formula(form, row)
            else:
                _render_values(form, row)
            form.problems_of("columns", row)
            _render_preview(form, row)
    with st.container(horizontal=True, gap="small"):
        form.add("columns", book.say("app.rule.add_formula"))
        form.add("columns", book.say("app.rule.add_data"), data=True)


def _render_formula(form: Form, row: ColumnRow) -> None:
    book = form.book
    with form.line():
        form.text("columns", row, "name", book.say("app.rule.name"), at=("name", "id"), width=170)
        form.text("columns", row, "round", book.say("app.rule.decimals"), width=90, longest=4)
        form.basis("columns", row)
        form.remove("columns", row)
    with form.line():
        form.text(
            "columns",
            row,
            "formula",
            book.say("app.rule.formula"),
            width="stretch",
            longest=2000,
            holder=book.say("app.rule.formula_hint"),
        )
        render_help(form, "columns", row, "formula", presets=True)


def _render_values(form: Form, row: ColumnRow) -> None:
    book = form.book
    with form.line():
        form.text("columns", row, "name", book.say("app.rule.name"), at=("name", "id"), width=170)
        form.choice(
            "columns",
            row,
            "status",
            book.say("app.data.status"),
            STATUSES,
            lambda status: book.say(f"status.{status}"),
            width=150,
        )
        form.basis("columns", row)
        form.remove("columns", row)
    first = form.scenario.recipients[0].name
    form.text(
        "columns",
        row,
        "values",
        book.say("app.rule.values", count=len(form.scenario.recipients)),
        width="stretch",
        longest=200_000,
        tall=True,
        holder=book.say("app.rule.values_hint", name=first),
    )


def _render_preview(form: Form, row: ColumnRow) -> None:
    """The values of a column as it stands, a recipient a column; a formula that fails says why."""
    book, scenario = form.book, form.scenario
    if row.id not in {factor.id for factor in scenario.factors}:
        return
    shown = range(len(scenario.recipients))[:MOST_SHOWN]
    values = []
    try:
        for i, value in zip(shown, scenario.numbers(row.id, shown), strict=True):
            figure = "—" if value is None else book.number(round(Fraction(value), DECIMALS))
            values.append((book.text(scenario.recipients[i].name), figure))
    except AllocatorError as error:
        for problem in error.problems:
            st.html(markup.block("wrong", sentence(problem, book), role="alert"))
        return
    more = len(scenario.recipients) - MOST_SHOWN
    if more > 0:
        values.append((book.say("app.quick.others", count=more), "…"))
    st.html(markup.values(book.say("app.rule.preview"), values))
