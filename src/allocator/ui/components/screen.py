"""What pages say alike of the scenario on the screen: what is assumed, the rule, and the foot."""

from __future__ import annotations

import streamlit as st

from allocator.core.allocation import Allocation
from allocator.core.engine import allocate
from allocator.core.errors import AllocatorError
from allocator.core.model import Scenario
from allocator.report.words.rule import rule_sentence
from allocator.text import say
from allocator.ui.components import markup, widgets
from allocator.ui.session import state


def render_screen(lang: str) -> Allocation | None:
    """The pickers, what is assumed, and the rule; returns the allocation of what is on the screen, if any."""
    if widgets.render_scenario_picker(lang) is None:
        return None
    scenario = state.on_screen(state.slug())
    try:
        allocation = allocate(scenario)
    except AllocatorError as error:
        widgets.render_errors(error, lang)
        return None
    if scenario.assumed:
        st.html(markup.notice(say("app.assumed.badge", lang), assumed_sentence(scenario, lang)))
    st.html(markup.block("rule", rule_sentence(scenario, lang)))
    return allocation


def assumed_sentence(scenario: Scenario, lang: str) -> str:
    """That the data is assumed, which factors', and what the file says of its source."""
    names = [factor.name for factor in scenario.assumed]
    sources = list(dict.fromkeys(getattr(f.source, lang) for f in scenario.assumed if f.source))
    if not sources:
        return say("app.assumed.data_unsourced", lang, names=names)
    return say("app.assumed.data", lang, names=names, source=sources)


def foot_lines(allocation: Allocation, lang: str) -> list[str]:
    """Source, status of the data, digest and method version."""
    scenario = allocation.scenario
    statuses = list(dict.fromkeys(scenario.factor(f).status for f, w in scenario.weights.items() if w))
    shown = [say(f"status.{status}", lang) for status in statuses]
    lines = [
        say("app.foot.status", lang, status=shown),
        say("app.foot.digest", lang, digest=scenario.digest.removeprefix("sha256:")[:12]),
        say("app.foot.method", lang, version=allocation.method_version),
    ]
    if scenario.fund.source:
        lines.insert(0, say("app.foot.source", lang, source=getattr(scenario.fund.source, lang)))
    return lines
