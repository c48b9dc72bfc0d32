"""Floors and caps, money that is held already, and corrections by hand."""

from __future__ import annotations

import streamlit as st

from allocator.ui.components import markup
from allocator.ui.rule.form import Form
from allocator.ui.rule.formulas import render_help
from allocator.ui.rule.pools import columns, names, render_whom
from allocator.ui.session.clauses import FORMULA, PRO_RATA, SELF, AdjustmentRow, DeductionRow, LimitRow
from allocator.ui.session.rule import AMOUNT, unit_name

ENDS = {"cap": "app.edit.bound_cap", "floor": "app.edit.bound_floor"}
OF = {
    "distributable": "app.edit.of_distributable",
    "fund": "app.edit.of_fund",
    "previous": "app.edit.of_previous",
    AMOUNT: "app.edit.of_amount",
    FORMULA: "app.rule.of_formula",
}
WAYS = {"each": "app.rule.each", "together": "app.rule.together"}


def render_limits(form: Form) -> None:
    """Draws a card for each floor or cap, and the button that adds one."""
    for row in form.clauses.limits:
        with st.container(border=True, key=f"rule-card-{row.uid}", gap="small"):
            _render_limit(form, row)
    form.add("limits", form.book.say("app.edit.add_limit"))


def _render_limit(form: Form, row: LimitRow) -> None:
    book, unit = form.book, unit_name(form.scenario, form.book)
    with form.line():
        _render_pool(form, "limits", row, overall=True)
        form.choice(
            "limits",
            row,
            "end",
            book.say("app.edit.bound"),
            [*ENDS],
            lambda o: book.say(ENDS[o]),
            at=(),
            width=100,
        )
        render_whom(form, "limits", row, book.say("app.edit.whom"))
        _render_way(form, row)
        form.remove("limits", row)
    offered = [of for of in OF if of != "previous" or form.scenario.previous is not None]
    with form.line():
        form.choice(
            "limits",
            row,
            "of",
            book.say("app.edit.of"),
            offered,
            lambda of: book.say(OF[of]),
            at=("of",),
            width=210,
        )
        sizes = tuple(f"{row.end}{way}" for way in ("", "_rate", "_formula"))
        key = "app.edit.figure_money" if row.of == AMOUNT else "app.edit.figure_rate"
        if row.of == FORMULA:
            form.text(
                "limits",
                row,
                "figure",
                book.say("app.rule.formula"),
                at=sizes,
                width="stretch",
                longest=2000,
            )
            render_help(form, "limits", row, "figure", words=True)
        else:
            form.text("limits", row, "figure", book.say(key, unit=unit), at=sizes, width=120)
        if row.of in ("fund", "distributable"):
            said = names(form)
            form.choice(
                "limits",
                row,
                "by",
                book.say("app.edit.by"),
                ["", *columns(form)],
                lambda id: said(id) if id else book.say("app.edit.by_none"),
                width=190,
            )
    with form.line():
        form.text("limits", row, "where", book.say("app.rule.where"), width="stretch", longest=2000)
        render_help(form, "limits", row, "where")
        form.basis("limits", row)
    form.problems_of("limits", row)


def _render_way(form: Form, row: LimitRow) -> None:
    """The choice between a limit for each and one for all together."""
    book = form.book
    key = f"rule-{form.slug}-{row.uid}-way-{book.language}"
    st.session_state[key] = "together" if row.together else "each"

    def chosen() -> None:
        form.put("limits", row, together=st.session_state[key] == "together")

    with st.container(width=100, gap=None):
        st.selectbox(
            book.say("app.rule.way"),
            [*WAYS],
            format_func=lambda o: book.say(WAYS[o]),
            key=key,
            on_change=chosen,
        )
        form.problems("limits", row, ["together"])


def _render_pool(form: Form, section: str, row: LimitRow | DeductionRow, *, overall: bool = False) -> None:
    """The choice of the pool that a clause is of, where there are several."""
    book = form.book
    called = {pool.id: pool.name for pool in form.clauses.pools if pool.id}
    if not called:
        return
    if overall and len(called) > 1:
        called["all"] = book.say("app.rule.pool_all")
    form.choice(
        section, row, "pool", book.say("app.rule.pool"), [*called], lambda id: called.get(id, id), width=135
    )


def render_deductions(form: Form) -> None:
    """Draws a row for each deduction, and the button that adds one."""
    book, unit = form.book, unit_name(form.scenario, form.book)
    people = {r.id: book.text(r.name) for r in form.scenario.recipients}
    for row in form.clauses.deductions:
        with st.container(border=True, key=f"rule-card-{row.uid}", gap="small"):
            with form.line():
                _render_pool(form, "deductions", row)
                label = book.say("app.rule.recipient")
                form.choice("deductions", row, "recipient", label, [*people], people.__getitem__, width=170)
                form.text("deductions", row, "amount", book.say("app.edit.amount", unit=unit), width=120)
                form.text("deductions", row, "reason", book.say("app.edit.reason"), width=200)
                form.basis("deductions", row)
                form.remove("deductions", row)
            form.problems_of("deductions", row)
    form.add("deductions", book.say("app.rule.add_deduction"))


def render_adjustments(form: Form) -> None:
    """Draws a row for each adjustment, and the button that adds one."""
    book = form.book
    for row in form.clauses.adjustments:
        with st.container(border=True, key=f"rule-card-{row.uid}", gap="small"):
            _render_adjustment(form, row)
            form.problems_of("adjustments", row)
    form.add("adjustments", book.say("app.rule.add_adjustment"))
    if form.clauses.adjustments:
        st.html(markup.block("hint", book.say("app.rule.adjustment_about")))


def _render_adjustment(form: Form, row: AdjustmentRow) -> None:
    book, unit = form.book, unit_name(form.scenario, form.book)
    people = {r.id: book.text(r.name) for r in form.scenario.recipients}
    payers = {PRO_RATA: book.say("app.rule.paid_pro_rata"), SELF: book.say("app.rule.paid_self")}
    payers |= {f"recipient:{id}": name for id, name in people.items() if id != row.recipient}
    payers |= {f"reservation:{r.name.zh}": book.text(r.name) for r in form.scenario.reservations}
    with form.line():
        label = book.say("app.rule.recipient")
        form.choice("adjustments", row, "recipient", label, [*people], people.__getitem__, width=150)
        form.text(
            "adjustments",
            row,
            "amount",
            book.say("app.rule.adjustment_amount", unit=unit),
            width=150,
            holder=book.say("app.rule.adjustment_hint"),
        )
        form.choice(
            "adjustments",
            row,
            "paid_by",
            book.say("app.rule.paid_by"),
            [*payers],
            lambda key: payers.get(key, key.partition(":")[2]),
            width=210,
        )
        form.remove("adjustments", row)
    with form.line():
        form.text("adjustments", row, "reason", book.say("app.rule.reason_needed"), width="stretch")
        form.text(
            "adjustments",
            row,
            "date",
            book.say("app.rule.date"),
            width=130,
            longest=20,
            holder=book.say("app.rule.date_hint"),
        )
        form.basis("adjustments", row)
