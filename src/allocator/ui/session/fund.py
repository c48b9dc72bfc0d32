"""The scenarios of the fund that is on the screen."""

from __future__ import annotations

from allocator.core.model import Scenario
from allocator.ui.session import catalogue, state


def slugs(slug: str) -> tuple[str, ...]:
    """The slugs of the same fund's scenarios, in the order of the list."""
    return next(g.slugs for g in catalogue.groups(state.found(), state.book()) if slug in g.slugs)


def near(slug: str) -> dict[str, Scenario]:
    """The other scenarios of the same fund, whose weights can be taken over with one click."""
    others = {other: state.found()[other] for other in slugs(slug) if other != slug}
    return {other: scenario for other, scenario in others.items() if isinstance(scenario, Scenario)}


def rules(slug: str) -> list[Scenario]:
    """The scenarios whose rule may have made a published split: the fund's first, and this one's file."""
    first = state.found()[slugs(slug)[0]]
    return [*([first] if isinstance(first, Scenario) else []), state.trail(slug).origin]
