"""The forms for weights entered exactly and for the rest of the rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from allocator.core.engine import allocate
from allocator.core.errors import AllocatorError
from allocator.core.model import Scenario
from allocator.text import Phrasebook
from allocator.ui.components import markup, widgets
from allocator.ui.session import state
from allocator.ui.session.rule import (
    AMOUNT,
    LISTED,
    Bound,
    EarmarkRow,
    Rule,
    kinds,
    rule_of,
    unit_name,
    weights_of,
    with_rule,
    with_weights,
)

Rows = dict[str, list[int]]
ROUNDING = {
    "largest-remainder": "app.edit.rounding_largest_remainder",
    "rest-to-largest": "app.edit.rounding_rest_to_largest",
}
KIND = {"shares": "app.edit.kind_shares", "scores": "app.edit.kind_scores"}
BOUND = {"floor": "app.edit.bound_floor", "cap": "app.edit.bound_cap"}
OF = {
    AMOUNT: "app.edit.of_amount",
    "fund": "app.edit.of_fund",
    "distributable": "app.edit.of_distributable",
    "previous": "app.edit.of_previous",
}


def render_exact_weights(scenario: Scenario, slug: str, book: Phrasebook) -> None:
    """Draws a form with a field for the weight of each factor, folded away."""
    folded = st.expander(book.say("app.edit.weights_title"), key=f"exact-{slug}", on_change="rerun")
    if not folded.open:
        return
    points = state.draft(slug).points
    filled = weights_of(scenario, points)
    stamp = f"{slug}-{state.revision()}-{'/'.join(filled.values())}"
    with folded, st.form(f"exact-form-{slug}", border=False):
        shares = scenario.kind == "shares"
        hint = book.say("app.edit.weights_hint" if shares else "app.edit.weights_hint_scores")
        st.html(markup.block("hint", hint))
        written = {
            factor.id: st.text_input(
                markup.in_markdown(book.text(factor.name)),
                filled[factor.id],
                key=f"exact-{stamp}-{factor.id}",
                max_chars=20,
            )
            for factor in scenario.factors
        }
        if not st.form_submit_button(book.say("app.edit.apply")):
            return
        try:
            changed, points = with_weights(scenario, written, book)
        except AllocatorError as error:
            widgets.render_problems(error, book)
            return
    if changed is scenario:
        state.set_points(slug, points)
    else:
        state.set_scenario(slug, changed)
    st.rerun()


def render_rule(scenario: Scenario, slug: str, book: Phrasebook) -> None:
    """Draws everything of the rule but the weights, in a window over the page."""
    title = markup.in_markdown(book.say("app.edit.title"))
    st.dialog(title, width="large", on_dismiss=state.close_window)(_form)(scenario, slug, book)


def _form(scenario: Scenario, slug: str, book: Phrasebook) -> None:
    """Draws the fields; adding or removing a row redraws only the window."""
    stamp = f"rule-{slug}-{state.revision()}"
    before = rule_of(scenario, book)
    rows: Rows = st.session_state.setdefault(
        stamp,
        {
            "reservation": list(range(len(before.reservations))),
            "earmark": list(range(len(before.earmarks))),
            "limit": list(range(len(before.bounds))),
        },
    )
    st.html(markup.block("hint", book.say("app.edit.hint")))
    st.page_link(st.session_state.pages["rule"], label=book.say("app.rule.whole"))
    written = _render_fields(scenario, before, stamp, rows, book)
    with st.container(horizontal=True):
        apply = st.button(book.say("app.edit.apply"), key=f"{stamp}-apply", type="primary")
        st.button(book.say("app.edit.discard"), key=f"{stamp}-discard", on_click=_discard, args=(stamp,))
    if not apply:
        return
    if written == before:
        st.html(markup.block("hint", book.say("app.edit.unchanged"), role="status"))
        return
    try:
        changed = with_rule(scenario, written, book)
    except AllocatorError as error:
        widgets.render_problems(error, book)
        return
    points = state.draft(slug).points if changed.kind == scenario.kind else None
    try:
        allocate(changed)
    except AllocatorError as error:
        widgets.render_problems(error, book)
        return
    state.set_scenario(slug, changed, points)
    state.close_window()
    st.rerun()


def _discard(stamp: str) -> None:
    """Forgets what was typed, so that the fields are filled anew."""
    for key in [key for key in st.session_state if str(key).startswith(stamp)]:
        del st.session_state[key]


def _render_fields(scenario: Scenario, before: Rule, stamp: str, rows: Rows, book: Phrasebook) -> Rule:
    unit = unit_name(scenario, book)

    def text(key: str, value: str, title: str) -> str:
        return str(st.text_input(book.say(title, unit=unit), value, key=f"{stamp}-{key}", max_chars=200))

    def choose(key: str, title: str, options: Sequence[str], value: str, label: Callable[[str], str]) -> str:
        # each language has a list of its own, which takes over what was chosen in the other
        chosen = st.session_state.get(f"{stamp}-{key}", value)
        at = options.index(chosen) if chosen in options else 0
        words = book.say(title, unit=unit)
        picked = st.selectbox(words, options, at, format_func=label, key=f"{stamp}-{key}-{book.language}")
        st.session_state[f"{stamp}-{key}"] = picked
        return str(picked)

    left, right = st.columns(2, gap="large")
    with left:
        st.html(markup.heading(book.say("app.edit.fund_title")))
        with _fields():
            fund = text("fund", before.fund, "app.edit.fund")
            per = text("unit", before.unit, "app.edit.unit")
            rounding = choose(
                "rounding",
                "app.edit.rounding",
                tuple(ROUNDING),
                before.rounding,
                lambda one: book.say(ROUNDING[one]),
            )
    with right:
        st.html(markup.heading(book.say("app.edit.method_title")))
        with _fields():
            kind = choose("kind", "app.edit.kind", [*KIND], before.kind, lambda one: book.say(KIND[one]))
            columns = ["", *(f.id for f in scenario.factors)]
            coefficient = choose(
                "coefficient",
                "app.edit.coefficient",
                columns,
                before.coefficient,
                _column_label(scenario, "app.edit.none", book),
            )
    names = {r.id: book.text(r.name) for r in scenario.recipients}
    ids = list(names)

    st.html(markup.heading(book.say("app.edit.reservation_title")))
    reservations = []
    for place, row in enumerate(rows["reservation"], 1):
        old = before.reservations[row] if row < len(before.reservations) else ("", "")
        with _fields():
            name = text(f"r{row}-name", old[0], "app.edit.name")
            reservations.append((name, text(f"r{row}-amount", old[1], "app.edit.amount")))
            _render_remove(stamp, "reservation", row, place, book)
    _render_add(stamp, "reservation", "app.edit.add_reservation", book)

    st.html(markup.heading(book.say("app.edit.earmark_title")))
    earmarks = []
    for place, row in enumerate(rows["earmark"], 1):
        mark = before.earmarks[row] if row < len(before.earmarks) else EarmarkRow(ids[0], "")
        with _fields():
            whom = choose(f"e{row}-whom", "app.edit.recipient", ids, mark.recipient, names.__getitem__)
            amount = text(f"e{row}-amount", mark.amount, "app.edit.amount")
            reason = text(f"e{row}-reason", mark.reason, "app.edit.reason")
            also = st.checkbox(book.say("app.edit.also_shares"), mark.also_shares, key=f"{stamp}-e{row}-also")
            _render_remove(stamp, "earmark", row, place, book)
        earmarks.append(EarmarkRow(whom, amount, also, reason))
    _render_add(stamp, "earmark", "app.edit.add_earmark", book)

    st.html(markup.heading(book.say("app.edit.limit_title")))
    bounds = []
    for place, row in enumerate(rows["limit"], 1):
        old_bound = before.bounds[row] if row < len(before.bounds) else Bound()
        with _fields():
            bounds.append(
                _render_bound(scenario, old_bound, row, names, choose, text, f"{stamp}-l{row}", book)
            )
            _render_remove(stamp, "limit", row, place, book)
    _render_add(stamp, "limit", "app.edit.add_limit", book)
    return Rule(
        fund.strip(),
        per.strip(),
        rounding,
        kind,
        coefficient,
        tuple(reservations),
        tuple(earmarks),
        tuple(bounds),
    )


def _fields() -> Any:
    """Fields side by side, that wrap where the window is narrow."""
    return st.container(horizontal=True, vertical_alignment="bottom", gap="small")


def _render_bound(
    scenario: Scenario,
    old: Bound,
    row: int,
    names: dict[str, str],
    choose: Callable[..., str],
    text: Callable[..., str],
    key: str,
    book: Phrasebook,
) -> Bound:
    def whom_label(option: str) -> str:
        if option == "all":
            return book.say("app.edit.whom_all")
        if option == LISTED:
            return book.say("app.edit.whom_listed")
        return book.say("app.edit.whom_kind", kind=book.kind(option))

    whoms = list(dict.fromkeys(["all", *kinds(scenario), LISTED, old.whom]))
    kind = choose(f"l{row}-kind", "app.edit.bound", [*BOUND], old.kind, lambda one: book.say(BOUND[one]))
    whom = choose(f"l{row}-whom", "app.edit.whom", whoms, old.whom, whom_label)
    listed: Sequence[str] = ()
    if whom == LISTED:
        taking = [scenario.recipients[i].id for i in scenario.participants]
        listed = st.multiselect(
            book.say("app.edit.listed"),
            taking,
            [id for id in st.session_state.get(f"{key}-listed", old.listed) if id in taking],
            format_func=names.__getitem__,
            key=f"{key}-listed-{book.language}",
            select_all=False,
            wrap=True,
        )
        st.session_state[f"{key}-listed"] = listed
    bases = [of for of in OF if of != "previous" or scenario.previous is not None]
    of = choose(f"l{row}-of", "app.edit.of", bases, old.of, lambda one: book.say(OF[one]))
    size = "app.edit.figure_money" if of == AMOUNT else "app.edit.figure_rate"
    figure = text(f"l{row}-figure", old.figure, size)
    by = ""
    if of in ("fund", "distributable"):
        columns = ["", *(f.id for f in scenario.factors)]
        none = _column_label(scenario, "app.edit.by_none", book)
        by = choose(f"l{row}-by", "app.edit.by", columns, old.by, none)
    return Bound(kind, whom, tuple(listed), figure.strip(), of, by)


def _column_label(scenario: Scenario, none: str, book: Phrasebook) -> Callable[[str], str]:
    names = {f.id: book.text(f.name) for f in scenario.factors}
    return lambda id: names[id] if id else book.say(none)


def _render_remove(stamp: str, kind: str, row: int, place: int, book: Phrasebook) -> None:
    def remove() -> None:
        rows: Rows = st.session_state[stamp]
        st.session_state[stamp] = {**rows, kind: [other for other in rows[kind] if other != row]}

    label = book.say("app.edit.remove", number=place)
    st.button(label, key=f"{stamp}-{kind}-{row}-remove", on_click=remove)


def _render_add(stamp: str, kind: str, label: str, book: Phrasebook) -> None:
    def add() -> None:
        rows: Rows = st.session_state[stamp]
        st.session_state[stamp] = {**rows, kind: [*rows[kind], _fresh(stamp)]}

    st.button(book.say(label), key=f"{stamp}-{kind}-add", on_click=add)


def _fresh(stamp: str) -> int:
    """A number for a row that no row of this form has had."""
    count = int(st.session_state.get(f"{stamp}-fresh", 10**6)) + 1
    st.session_state[f"{stamp}-fresh"] = count
    return count
