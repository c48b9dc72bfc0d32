"""What the screen is held against: one base for finding, picture and table, chosen by a person once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from allocator.core.allocation import Allocation
from allocator.core.engine import allocate
from allocator.core.errors import AllocatorError
from allocator.core.model import Scenario
from allocator.files.saved import store
from allocator.report.tables.base import KNOWN, PREVIOUS, PUBLISHED, Base, known, known_keys, known_name
from allocator.text import say
from allocator.ui.session import catalogue, fund, state
from allocator.ui.session.remembered import remembering

BEFORE = "before"


def names(slug: str, scenario: Scenario, lang: str) -> dict[str, str]:
    """What a scenario can be held against, the usual one first, by key."""
    found = {key: known_name(key, lang) for key in known_keys([scenario])}
    before = _before(slug)
    if before is not None and _comparable(before, scenario):
        own = catalogue.own_name(slug) is not None
        found[BEFORE] = say("app.base.before" if own else "app.base.file", lang)
    for other, near in fund.near(slug).items():
        if _comparable(near, scenario):
            found[other] = catalogue.title(other, state.found(), lang)
    return found


def chosen(slug: str, scenario: Scenario, there: Mapping[str, str], lang: str) -> Base | None:
    """The base that was chosen, where this scenario has it, else the usual one; None where there is none.

    ``there`` is what `names` gives for the scenario.
    """
    usual = [key for key in (PUBLISHED, PREVIOUS, BEFORE) if key in there]
    for key in [wanted()] if wanted() in there else usual:
        found = known(key, [scenario], lang) if key in KNOWN else _other(key, there[key], slug, lang)
        if found is not None:
            return found
    return None


def common(scenarios: Sequence[Scenario], lang: str) -> Base | None:
    """The amounts that were chosen, where these scenarios state them alike; None is the first of them."""
    key = wanted()
    return known(key, scenarios, lang) if key in known_keys(scenarios) else None


def not_common(scenarios: Sequence[Scenario], lang: str) -> str:
    """What amounts are called that were chosen and that these scenarios do not state alike; else ""."""
    key = wanted()
    return known_name(key, lang) if key in KNOWN and key not in known_keys(scenarios) else ""


def _full(key: str, name: str, slug: str, lang: str) -> str:
    """What a sentence calls it."""
    if key == BEFORE and catalogue.own_name(slug) is None:
        return say("app.effect.file", lang)
    return say("app.effect.before", lang) if key == BEFORE else say("app.effect.other", lang, name=name)


def wanted() -> str:
    """The key of the base that was chosen; "" leaves it to the scenario."""
    return str(st.session_state.get("base", ""))


def want(key: str) -> None:
    """Holds against this one as an address wants it, without a person's doing anything."""
    st.session_state.base = key


def choose(key: str) -> None:
    """Holds against this one from now on."""
    want(key)
    state.acted()


def column() -> str:
    """The column whose units amounts are held against on the page Compare; "" leaves it to the scenario."""
    return str(st.session_state.get("per", ""))


def want_column(id: str) -> None:
    """Holds against this column as an address wants it, without a person's doing anything."""
    st.session_state.per = id


def choose_column(id: str) -> None:
    """Holds against this column from now on."""
    want_column(id)
    state.acted()


def _other(key: str, name: str, slug: str, lang: str) -> Base | None:
    """A scenario as the base; None where it cannot be allocated."""
    other = _before(slug) if key == BEFORE else state.found().get(key)
    try:
        made = _allocated(other) if isinstance(other, Scenario) else None
    except AllocatorError:
        return None
    return None if made is None else Base(key, name, _full(key, name, slug, lang), made.amounts, made)


def _before(slug: str) -> Scenario | None:
    """A scenario as it was: before it was edited, else the state that was saved before the latest."""
    steps = state.trail(slug)
    if not steps.untouched:
        return steps.origin
    name = catalogue.own_name(slug)
    states = store.history(name) if name is not None else ()
    if len(states) < 2:
        return None
    try:
        return catalogue.load(states[-2].path)
    except AllocatorError:
        return None


def _comparable(one: Scenario, other: Scenario) -> bool:
    return set(one.ids) == set(other.ids) and one.fund.currency == other.fund.currency


@remembering(64)
def _allocated(scenario: Scenario) -> Allocation:
    return allocate(scenario)
