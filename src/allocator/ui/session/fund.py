"""The scenarios of the fund that is on the screen."""

from __future__ import annotations

from allocator.core.model import Scenario
from allocator.ui.session import catalogue, state


def slugs(slug: str) -> tuple[str, ...]:
    """The scenarios of the same fund, in the order of the list; the first holds the published rule."""
    return next(g.slugs for g in catalogue.groups(state.found(), state.lang()) if slug in g.slugs)


def near(slug: str) -> dict[str, Scenario]:
    """The other scenarios of the same fund, whose weights can be taken over with one click."""
    others = {other: state.found()[other] for other in slugs(slug) if other != slug}
    return {other: scenario for other, scenario in others.items() if isinstance(scenario, Scenario)}


def rules(slug: str) -> list[Scenario]:
    """Those by whose rule a published split may have been made: the fund's first, then its own file."""
    first = state.found()[slugs(slug)[0]]
    return [*([first] if isinstance(first, Scenario) else []), state.trail(slug).origin]
