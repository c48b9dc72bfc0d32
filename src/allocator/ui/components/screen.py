"""What pages say alike of the scenario on the screen: that it can be read, what is assumed, and the foot."""

from __future__ import annotations

from allocator.core.allocation import Allocation
from allocator.core.engine import allocate
from allocator.core.errors import AllocatorError
from allocator.core.model import Scenario
from allocator.text import say
from allocator.ui.components import widgets
from allocator.ui.session import state


def readable(lang: str) -> Scenario | None:
    """The scenario as it stands; None where its file cannot be read, which is then said."""
    found = state.found()[state.slug()]
    if isinstance(found, AllocatorError):
        widgets.render_errors(found, lang)
        return None
    return state.draft(state.slug()).scenario


def render_screen(lang: str) -> Allocation | None:
    """The allocation of what is on the screen; None where there is none, which is then said."""
    if readable(lang) is None:
        return None
    try:
        return allocate(state.on_screen(state.slug()))
    except AllocatorError as error:
        widgets.render_errors(error, lang)
        return None


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
