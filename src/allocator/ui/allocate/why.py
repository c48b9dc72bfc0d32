"""Why a recipient's amount differs between two scenarios: a sentence for the minutes, and a bar a clause."""

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
from allocator.report.tables.stages import stage_sentence
from allocator.text import say
from allocator.ui.components import markup, widgets
from allocator.ui.session import fund
from allocator.ui.session.remembered import remembering


def base_of(scenario: Scenario, slug: str) -> Scenario | None:
    """What the screen is held against: the scenario before it was edited, else the fund's first one."""
    first, *_, origin = fund.rules(slug)
    return next((one for one in (origin, first) if one.digest != scenario.digest), None)


def render_change(allocation: Allocation, id: str, slug: str, lang: str) -> None:
    """Why the amount on the screen is another one than before the edits, or under the published rule."""
    base = base_of(allocation.scenario, slug)
    if base is None:
        return
    title = say("app.why.title", lang, base=base.title)
    folded = st.expander(markup.in_markdown(title), key=f"why-{slug}", on_change="rerun")
    if not folded.open:
        return
    with folded:
        try:
            before = allocate(base)
        except AllocatorError as error:
            widgets.render_errors(error, lang)
            return
        render_why(before, allocation, id, lang, "why")


def render_minutes(allocation: Allocation, id: str, lang: str) -> None:
    """How the amount comes about, as one sentence to be copied."""
    st.html(markup.block("hint", say("app.why.minutes", lang)))
    st.code(stage_sentence(allocation, id, lang), language=None, wrap_lines=True)


def render_why(before: Allocation, after: Allocation, id: str, lang: str, key: str) -> None:
    """The sentence to be copied, the reasons as bars, and how they are reckoned."""
    try:
        account = _account(before.scenario, after.scenario)
    except ScenarioError as error:
        widgets.render_problems(error, lang)
        return
    if id not in account.found.differences:
        st.html(markup.block("hint", say("app.why.absent", lang)))
        return
    st.code(difference_sentence(account, id, lang), language=None, wrap_lines=True)
    rows = explain_charts.reason_rows(account, id, lang)
    if len(rows) > 1:
        fund = after.scenario.fund
        ends = [end for row in rows for end in (row.start, row.end)]
        unit = chart_data.chart_unit(ends, fund.currency, account.step, lang)
        st.html(markup.heading(say("app.why.bars", lang, unit=unit.name), 3))
        alt = explain_charts.reason_alt(account, id, unit, lang)
        frame = waterfall.waterfall_frame(rows, unit, lang)
        widgets.render_waterfall(frame, lang, alt=alt, key=key)
    st.html(markup.lines([markup.block("hint", line) for line in notes(account.found, lang)]))


@remembering(16)
def _account(before: Scenario, after: Scenario) -> Account:
    """Worked out once, whoever's amount is asked about.  Raises ScenarioError as `explain` does."""
    return Account(explain(allocate(before), allocate(after)))
