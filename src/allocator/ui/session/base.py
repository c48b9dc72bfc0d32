"""What the screen is held against: one base for finding, picture and table, chosen by a person once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from allocator.core.allocation import Allocation
from allocator.core.engine import allocate
from allocator.core.errors import AllocatorError
from allocator.core.exact import Number
from allocator.core.model import Scenario
from allocator.files.saved import store
from allocator.text import say
from allocator.ui.session import catalogue, fund, state
from allocator.ui.session.remembered import remembering

PUBLISHED, PREVIOUS, BEFORE = "published", "previous", "before"


@dataclass(frozen=True)
class Base:
    """Amounts by recipient to hold others against, and the allocation that they are of, if any.

    ``name`` is what a list or legend calls them, ``full`` what a sentence does.
    """

    key: str
    name: str
    full: str
    amounts: Mapping[str, Number]
    allocation: Allocation | None = None

    @property
    def shown(self) -> tuple[str, Mapping[str, Number]] | None:
        """What the office's table shows besides what it always does: the heading, and the amounts."""
        return None if self.key in (PUBLISHED, PREVIOUS) else (self.name, self.amounts)

    @property
    def held(self) -> Allocation | Mapping[str, Number]:
        """What a finding holds against: an allocation tells more than its amounts."""
        return self.allocation or self.amounts


def names(slug: str, scenario: Scenario, lang: str) -> dict[str, str]:
    """What a scenario can be held against, the usual one first, by key."""
    found = {}
    for key, amounts in ((PUBLISHED, scenario.published), (PREVIOUS, scenario.previous)):
        if amounts is not None:
            found[key] = say(f"app.base.{key}", lang)
    before = _before(slug)
    if before is not None and _comparable(before, scenario):
        own = catalogue.own_name(slug) is not None
        found[BEFORE] = say("app.base.before" if own else "app.base.file", lang)
    for other, known in fund.near(slug).items():
        if _comparable(known, scenario):
            found[other] = catalogue.title(other, state.found(), lang)
    return found


def chosen(slug: str, scenario: Scenario, lang: str) -> Base | None:
    """The base that was chosen, where this scenario has it, else the usual one; None where there is none."""
    known = names(slug, scenario, lang)
    usual = [key for key in (PUBLISHED, PREVIOUS, BEFORE) if key in known]
    for key in [wanted()] if wanted() in known else usual:
        found = _base(key, known[key], _full(key, known[key], slug, lang), slug, scenario)
        if found is not None:
            return found
    return None


def _full(key: str, name: str, slug: str, lang: str) -> str:
    """What a sentence calls it."""
    if key == BEFORE and catalogue.own_name(slug) is None:
        return say("app.effect.file", lang)
    known = key in (PUBLISHED, PREVIOUS, BEFORE)
    return say(f"app.effect.{key}", lang) if known else say("app.effect.other", lang, name=name)


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


def _base(key: str, name: str, full: str, slug: str, scenario: Scenario) -> Base | None:
    if key == PUBLISHED:
        return Base(key, name, full, scenario.published or {})
    if key == PREVIOUS:
        return Base(key, name, full, scenario.previous or {})
    other = _before(slug) if key == BEFORE else state.found().get(key)
    try:
        made = _allocated(other) if isinstance(other, Scenario) else None
    except AllocatorError:
        return None
    return None if made is None else Base(key, name, full, made.amounts, made)


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
