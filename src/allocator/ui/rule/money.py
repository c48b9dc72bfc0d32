"""The money of the whole fund, its rounding, and what comes off before the pools."""

from __future__ import annotations

import streamlit as st

from allocator.core.parts import ROUNDINGS
from allocator.ui.components import markup
from allocator.ui.rule.form import Form
from allocator.ui.rule.pools import render_whom
from allocator.ui.session.rule import unit_name

ROUNDING = {
    "largest-remainder": "app.edit.rounding_largest_remainder",
    "rest-to-largest": "app.edit.rounding_rest_to_largest",
    "each-alone": "app.rule.rounding_each_alone",
    "rest-to": "app.rule.rounding_rest_to",
}


def render_money(form: Form) -> None:
    """Draws the fields of the fund, of departments and of earmarks."""
    _render_fund(form)
    st.html(markup.heading(form.book.say("app.edit.reservation_title")))
    _render_reservations(form)
    st.html(markup.heading(form.book.say("app.edit.earmark_title")))
    _render_earmarks(form)


def _render_fund(form: Form) -> None:
    book, row, scenario = form.book, form.clauses.fund, form.scenario
    unit = unit_name(scenario, book)
    takers = {"": book.say("app.rule.takes_nobody")} if row.rounding == "each-alone" else {}
    if row.rounding == "rest-to":
        takers |= {f"recipient:{r.id}": book.text(r.name) for r in scenario.recipients}
    takers |= {f"reservation:{r.name.zh}": book.text(r.name) for r in scenario.reservations}

    def rounded() -> None:
        rounding = st.session_state[key]
        takes = row.takes
        if rounding == "rest-to" and not takes:
            takes = f"recipient:{scenario.ids[0]}"
        elif rounding != "rest-to" and not (rounding == "each-alone" and takes.startswith("reservation:")):
            takes = ""
        form.put("fund", row, rounding=rounding, takes=takes)

    key = f"rule-{form.slug}-fund-rounding-{book.language}"
    with form.line():
        form.text("fund", row, "amount", book.say("app.edit.fund", unit=unit), width=150)
        form.text("fund", row, "unit", book.say("app.edit.unit", unit=unit), width=130)
        with st.container(width=280, gap=None):
            st.session_state[key] = row.rounding
            st.selectbox(
                book.say("app.edit.rounding"),
                ROUNDINGS,
                format_func=lambda one: book.say(ROUNDING[one]),
                key=key,
                on_change=rounded,
            )
            form.problems("fund", row, ["rounding"])
        if row.rounding in ("each-alone", "rest-to"):
            label = book.say("app.rule.takes")
            form.choice(
                "fund", row, "takes", label, [*takers], lambda o: takers.get(o, o), at=("rest_to", "left")
            )


def _render_reservations(form: Form) -> None:
    book, unit = form.book, unit_name(form.scenario, form.book)
    for row in form.clauses.reservations:
        with form.line():
            form.text("reservations", row, "name", book.say("app.edit.name"), width=300)
            form.text("reservations", row, "amount", book.say("app.edit.amount", unit=unit), width=130)
            form.remove("reservations", row)
        form.problems_of("reservations", row)
    form.add("reservations", book.say("app.edit.add_reservation"))


def _render_earmarks(form: Form) -> None:
    book, unit = form.book, unit_name(form.scenario, form.book)
    for row in form.clauses.earmarks:
        with st.container(border=True, key=f"rule-card-{row.uid}", gap="small"):
            with form.line():
                render_whom(form, "earmarks", row, book.say("app.edit.recipient"), each=True)
                form.text("earmarks", row, "amount", book.say("app.edit.amount", unit=unit), width=120)
                form.tick("earmarks", row, "also_shares", book.say("app.edit.also_shares"))
                form.remove("earmarks", row)
            with form.line():
                form.text("earmarks", row, "reason", book.say("app.edit.reason"), width=200)
                form.text("earmarks", row, "where", book.say("app.rule.where"), width="stretch", longest=2000)
                form.basis("earmarks", row)
            form.problems_of("earmarks", row)
    form.add("earmarks", book.say("app.edit.add_earmark"))
