"""The reasons why an amount differs between two scenarios: a sentence for the minutes, and bars."""

from __future__ import annotations

import streamlit as st

from allocator.analysis.explain import explain
from allocator.core.allocation import Allocation
from allocator.core.engine import allocate
from allocator.core.errors import AllocatorError, ScenarioError
from allocator.core.model import Scenario
from allocator.report.charts import data as chart_data
from allocator.report.charts import waterfall
from allocator.report.explain import charts as explain_charts
from allocator.report.explain.difference import Account, difference_sentence, notes
from allocator.report.tables.stages import stage_sentence, stage_sentences
from allocator.text import Phrasebook
from allocator.ui.components import markup, widgets
from allocator.ui.session import fund
from allocator.ui.session.remembered import remembering


def base_of(scenario: Scenario, slug: str) -> Scenario | None:
    """The scenario before it was edited, else the fund's first; None if neither differs from the screen."""
    rules = fund.rules(slug)  # one where the fund's first cannot be read
    return next((rule for rule in (rules[-1], rules[0]) if rule.digest != scenario.digest), None)


def render_change(allocation: Allocation, id: str, slug: str, book: Phrasebook) -> None:
    """Draws the reasons why the amount on the screen differs from that in the base, folded away."""
    base = base_of(allocation.scenario, slug)
    if base is None:
        return
    title = book.say("app.why.title", base=base.title)
    folded = st.expander(markup.in_markdown(title), key=f"why-{slug}", on_change="rerun")
    if not folded.open:
        return
    with folded:
        try:
            before = allocate(base)
        except AllocatorError as error:
            widgets.render_errors(error, book)
            return
        render_why(before, allocation, id, book, "why")


def render_minutes(allocation: Allocation, id: str, book: Phrasebook) -> None:
    """Draws the steps to the amount as one sentence to be copied."""
    st.html(markup.block("hint", book.say("app.why.minutes")))
    if allocation.scenario.beyond or allocation.scenario.pools:
        said = stage_sentences(allocation, book)[id]
    else:
        said = stage_sentence(allocation, id, book)
    st.code(said, language=None, wrap_lines=True)


def render_why(before: Allocation, after: Allocation, id: str, book: Phrasebook, key: str) -> None:
    """Draws the sentence to be copied, the reasons as bars, and notes on how they are worked out."""
    try:
        account = _account(before.scenario, after.scenario)
    except ScenarioError as error:
        widgets.render_problems(error, book)
        return
    if id not in account.found.differences:
        st.html(markup.block("hint", book.say("app.why.absent")))
        return
    st.code(difference_sentence(account, id, book), language=None, wrap_lines=True)
    rows = explain_charts.reason_rows(account, id, book)
    if len(rows) > 1:
        fund = after.scenario.fund
        ends = [end for row in rows for end in (row.start, row.end)]
        unit = chart_data.chart_unit(ends, fund.currency, account.step, book)
        st.html(markup.heading(book.say("app.why.bars", unit=unit.name), 3))
        alt = explain_charts.reason_alt(account, id, unit, book)
        frame = waterfall.waterfall_frame(rows, unit, book)
        widgets.render_waterfall(frame, book, alt=alt, key=key)
    st.html(markup.lines([markup.block("hint", line) for line in notes(account.found, book)]))


@remembering(16)
def _account(before: Scenario, after: Scenario) -> Account:
    """The reasons for all recipients, worked out once.  Raises ScenarioError as `explain` does."""
    return Account(explain(allocate(before), allocate(after)))
