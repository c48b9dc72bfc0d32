"""Shared parts on the scenario on the screen: reading it, its allocation, assumed data, and the foot."""

from __future__ import annotations

from allocator.core.allocation import Allocation
from allocator.core.beyond import covers_format_1
from allocator.core.engine import allocate
from allocator.core.errors import AllocatorError, ScenarioError
from allocator.core.model import Scenario
from allocator.text import Phrasebook
from allocator.ui.components import widgets
from allocator.ui.session import state


def readable(book: Phrasebook, *, beyond: bool = False) -> Scenario | None:
    """The scenario as it stands; where its file cannot be read, says so and returns None.

    The same for a scenario of format 2, unless the page can show one (``beyond``).
    """
    found = state.found()[state.slug()]
    if isinstance(found, AllocatorError):
        widgets.render_errors(found, book)
        return None
    scenario = state.draft(state.slug()).scenario
    if not beyond:
        try:
            covers_format_1(scenario, "beyond.surface.page")
        except ScenarioError as error:
            widgets.render_errors(error, book)
            return None
    return scenario


def render_screen(book: Phrasebook, *, beyond: bool = False) -> Allocation | None:
    """The allocation of what is on the screen; where there is none, says why and returns None.

    ``beyond`` as in `readable`.
    """
    if readable(book, beyond=beyond) is None:
        return None
    try:
        return allocate(state.on_screen(state.slug()))
    except AllocatorError as error:
        widgets.render_errors(error, book)
        return None


def assumed_sentence(scenario: Scenario, book: Phrasebook) -> str:
    """The sentence that data is assumed: of which factors, and the source that the file gives."""
    names = [factor.name for factor in scenario.assumed]
    sources = list(dict.fromkeys(book.text(f.source) for f in scenario.assumed if f.source))
    if not sources:
        return book.say("assumed.data_unsourced", names=names)
    return book.say("assumed.data", names=names, source=sources)


def foot_lines(allocation: Allocation, book: Phrasebook) -> list[str]:
    """Source, status of the data, digest and method version."""
    scenario = allocation.scenario
    statuses = list(dict.fromkeys(factor.status for factor in scenario.resting_on))
    shown = [book.say(f"status.{status}") for status in statuses]
    lines = [
        book.say("app.foot.status", status=shown),
        book.say("app.foot.digest", digest=scenario.digest.removeprefix("sha256:")[:12]),
        book.say("app.foot.method", version=allocation.method_version),
    ]
    if scenario.fund.source:
        lines.insert(0, book.say("app.foot.source", source=book.text(scenario.fund.source)))
    return lines
