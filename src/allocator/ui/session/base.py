"""The base that the screen is held against: one for finding, picture and table, chosen by a person once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from allocator.core.allocation import Allocation
from allocator.core.engine import allocate
from allocator.core.errors import AllocatorError
from allocator.core.model import Scenario
from allocator.files.saved import store
from allocator.report.tables.base import KNOWN, PREVIOUS, PUBLISHED, Base, known, known_keys, known_name
from allocator.text import Phrasebook
from allocator.ui.session import catalogue, fund, state
from allocator.ui.session.remembered import remembering

BEFORE = "before"


def names(slug: str, scenario: Scenario, book: Phrasebook) -> dict[str, str]:
    """The names of the bases that a scenario can be held against, by key, the usual one first."""
    found = {key: known_name(key, book) for key in known_keys([scenario])}
    before = _before(slug)
    if before is not None and _comparable(before, scenario):
        own = catalogue.own_name(slug) is not None
        found[BEFORE] = book.say("app.base.before" if own else "app.base.file")
    for other, near in fund.near(slug).items():
        if _comparable(near, scenario):
            found[other] = catalogue.title(other, state.found(), book)
    return found


def chosen(slug: str, scenario: Scenario, there: Mapping[str, str], book: Phrasebook) -> Base | None:
    """The chosen base, if this scenario has it, else the usual one; None where there is none to allocate.

    ``there`` is what `names` gives for the scenario.
    """
    usual = [key for key in (PUBLISHED, PREVIOUS, BEFORE) if key in there]
    for key in [wanted()] if wanted() in there else usual:
        found = known(key, [scenario], book) if key in KNOWN else _other(key, there[key], slug, book)
        if found is not None:
            return found
    return None


def common(scenarios: Sequence[Scenario], book: Phrasebook) -> Base | None:
    """The chosen amounts as the base, if these scenarios state them alike; None for the first scenario."""
    key = wanted()
    return known(key, scenarios, book) if key in known_keys(scenarios) else None


def not_common(scenarios: Sequence[Scenario], book: Phrasebook) -> str:
    """The name of the chosen amounts, if these scenarios do not state them alike; else ""."""
    key = wanted()
    return known_name(key, book) if key in KNOWN and key not in known_keys(scenarios) else ""


def _full(key: str, name: str, slug: str, book: Phrasebook) -> str:
    """The name of a base in a sentence."""
    if key == BEFORE and catalogue.own_name(slug) is None:
        return book.say("effect.file")
    return book.say("effect.before") if key == BEFORE else book.say("effect.other", name=name)


def wanted() -> str:
    """The key of the base that was chosen; "" leaves it to the scenario."""
    return str(st.session_state.get("base", ""))


def want(key: str) -> None:
    """Sets the base as an address says; not noted as a person's action."""
    st.session_state.base = key


def choose(key: str) -> None:
    """Sets the base as a person chose it."""
    want(key)
    state.acted()


def column() -> str:
    """The column per unit of which the page Compare shows amounts; "" leaves it to the scenario."""
    return str(st.session_state.get("per", ""))


def want_column(id: str) -> None:
    """Sets the column as an address says; not noted as a person's action."""
    st.session_state.per = id


def choose_column(id: str) -> None:
    """Sets the column as a person chose it."""
    want_column(id)
    state.acted()


def _other(key: str, name: str, slug: str, book: Phrasebook) -> Base | None:
    """A scenario as the base; None where it cannot be allocated."""
    other = _before(slug) if key == BEFORE else state.found().get(key)
    try:
        made = allocated(other) if isinstance(other, Scenario) else None
    except AllocatorError:
        return None
    return None if made is None else Base(key, name, _full(key, name, slug, book), made.amounts, made)


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
def allocated(scenario: Scenario) -> Allocation:
    """The allocation of a scenario, remembered; raises what `allocate` raises."""
    return allocate(scenario)
