"""Further questions under one reading: how far weights would have to move, and a table that fits."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from allocator.analysis.audit import Audit, Nearest, consistent_table, nearest_weights
from allocator.core.errors import AllocatorError
from allocator.core.exact import Number, exact
from allocator.core.model import Scenario
from allocator.core.parts import Factor
from allocator.files.scenario.save import csv_bytes
from allocator.report.audit.nearest import Target, fitting_table, nearest_lines, table_rows, table_sentence
from allocator.report.tables.figures import scale_of
from allocator.text import Phrasebook
from allocator.ui.components import markup, widgets
from allocator.ui.session import remembered
from allocator.ui.session.readings import key_of, work_once

SIDES = {"below": "published.below", "above": "published.above"}
PRIORS = {"equal": "audit.prior_equal", "data": "audit.prior_data"}
MOST_DIGITS = 6


def amount_of(written: str, scale: int) -> Number | None:
    """An amount in the main unit from text in the shown unit; None if it is not a number of zero or more.

    >>> amount_of("4,500", 10_000), amount_of("much", 1)
    (45000000, None)
    """
    try:
        value = exact(written.strip().replace(",", ""))
    except ValueError:
        return None
    return value * scale if len(written) <= 30 and value >= 0 else None


def render_nearest(checked: Audit, slug: str, book: Phrasebook) -> None:
    """Draws a form (recipient, below or above, amount) and its answer, which stays until the next one."""
    st.html(markup.block("hint", book.say("published.nearest_about")))
    _nearest(checked, slug, book)


@st.fragment
def _nearest(checked: Audit, slug: str, book: Phrasebook) -> None:
    scenario = checked.reading.scenario
    names = {r.id: book.text(r.name) for r in scenario.recipients}
    published = scenario.published or {}
    largest = max(checked.case.ids, key=lambda id: published[id])
    unit = book.money_unit(scenario.fund.currency, scale_of(scenario))
    asked = f"nearest-asked-{slug}"
    with st.form(f"nearest-{slug}-{book.language}"):
        left, middle, right = st.columns([2, 1, 1.4])
        who = left.selectbox(
            book.say("published.nearest_who"),
            list(names),
            index=list(names).index(largest),
            format_func=names.__getitem__,
        )
        side = middle.selectbox(
            book.say("published.nearest_side"),
            list(SIDES),
            format_func=lambda one: book.say(SIDES[one]),
        )
        written = right.text_input(book.say("published.nearest_amount", unit=unit), max_chars=30)
        if st.form_submit_button(book.say("published.nearest_go")):
            amount = amount_of(written, scale_of(scenario))
            if amount is None:
                st.session_state.pop(asked, None)
                st.error(markup.in_markdown(book.say("published.number_wrong", value=written)))
            else:
                st.session_state[asked] = Target((str(who),), str(side), amount)
    target: Target | None = st.session_state.get(asked)
    if target is None or target.recipients[0] not in names:
        return

    def work(progress: Callable[[float], None]) -> Nearest | AllocatorError:
        try:
            return nearest_weights(checked, target.recipients, **{target.side: target.amount})
        except AllocatorError as error:
            return error

    found = work_once(("nearest", key_of(checked.reading), target), work)
    if isinstance(found, AllocatorError):
        widgets.render_problems(found, book)
    else:
        st.html(markup.listing(nearest_lines(checked, target, found, book)))


def render_table(checked: Audit, scenario: Scenario, slug: str, book: Phrasebook) -> None:
    """Draws a table that fits, closest to a prior, once it is asked for; always marked as derived."""
    st.html(markup.block("hint", book.say("published.table_about")))
    _table(checked, scenario, slug, book)


@st.fragment
def _table(checked: Audit, scenario: Scenario, slug: str, book: Phrasebook) -> None:
    asked = f"table-asked-{slug}"
    with st.form(f"table-{slug}-{book.language}"):
        left, right = st.columns([2, 1])
        prior = left.selectbox(
            book.say("published.table_prior"),
            list(PRIORS),
            format_func=lambda one: book.say(PRIORS[one]),
        )
        digits = right.selectbox(book.say("published.table_digits"), range(MOST_DIGITS + 1), index=2)
        if st.form_submit_button(book.say("published.table_go")):
            st.session_state[asked] = str(prior), int(digits)
    if asked not in st.session_state:
        return
    start, places = st.session_state[asked]

    def work(progress: Callable[[float], None]) -> tuple[Factor, ...] | AllocatorError:
        try:
            return consistent_table(checked, values(scenario) if start == "data" else None, digits=places)
        except AllocatorError as error:
            return error

    data = remembered.shown(scenario) if start == "data" else None
    found = work_once(("table", key_of(checked.reading), data, places), work)
    if isinstance(found, AllocatorError):
        widgets.render_problems(found, book)
        return
    rule = checked.reading.scenario
    grid = fitting_table(rule, found, book, places)
    note = markup.notice(book.say("published.derived"), table_sentence(start, book))
    st.html(markup.lines([note, f"<div>{markup.table(grid, grid.caption, first=0)}</div>"]))
    st.download_button(
        book.say("published.table_download"),
        csv_bytes(table_rows(rule, found)),
        file_name=f"{book.say('published.table_file')}.csv",
        mime="text/csv",
        on_click="ignore",
        key=f"table-download-{slug}",
    )


def values(scenario: Scenario) -> dict[str, dict[str, Number]]:
    """A scenario's factor values, to start a table from."""
    return {
        id: {
            of: value
            for of, value in zip(scenario.ids, scenario.factor(id).values, strict=True)
            if value is not None
        }
        for id in scenario.weights
    }
