"""Keeps the screen in step with a saved scenario: saved, restored, frozen, renamed, deleted."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from allocator.core.model import Scenario
from allocator.files.saved import store
from allocator.ui.session import catalogue, state
from allocator.ui.session.draft import Draft, Trail


def _known(of: str) -> Trail | None:
    steps: Trail | None = st.session_state.trails.get(of)
    return steps


def _before(name: str, number: int) -> int | None:
    """The number of the state before this one, or None; numbers of removed states are not used again."""
    return max((state.number for state in store.history(name) if state.number < number), default=None)


def saved(name: str, scenario: Scenario, number: int) -> None:
    """Shows the scenario just saved under this name; the one it was made from is as in its file again."""
    of, before = catalogue.OWN + name, state.slug()
    past = _known(before)
    steps = (*past.past, past.now) if past is not None and before == of else ()
    st.session_state.found = {**state.found(), of: scenario}
    state.put(of, Trail(scenario, Draft(scenario), steps, (), number))
    if past is not None and before != of:  # the file it was made from is as it was
        state.put(before, Trail(past.origin, Draft(past.origin), (), (), past.seen))
    state.set_slug(of)


def restored(name: str, scenario: Scenario, number: int) -> None:
    """Puts the restored state of a saved scenario on its screen; undo leads back to unsaved edits."""
    of = catalogue.OWN + name
    known = _known(of)
    past = () if known is None or known.untouched else (*known.past, known.now)
    st.session_state.found = {**state.found(), of: scenario}
    state.put(of, Trail(scenario, Draft(scenario), past, (), number))
    state.acted()


def frozen(name: str, number: int) -> None:
    """Notes that the latest state of a saved scenario was kept once more; the screen stays as it is."""
    known = _known(catalogue.OWN + name)
    if known is not None and known.seen == _before(name, number):
        state.put(catalogue.OWN + name, replace(known, seen=number))
    state.acted()


def discarded(name: str) -> None:
    """Shows another scenario in place of a deleted one, whose edits stay for an undo."""
    if state.slug() == catalogue.OWN + name:
        state.set_slug(next((of for of in state.found() if of != state.slug()), ""))


def renamed(name: str, new: str, number: int | None) -> None:
    """Moves the edits of a saved scenario to its new name; edits of its latest state also take its title.

    ``number`` is that of the state which the renaming added.
    """
    of, to = catalogue.OWN + name, catalogue.OWN + new
    trails: dict[str, Trail] = st.session_state.trails
    st.session_state.trails = {key: steps for key, steps in trails.items() if key != of}
    steps = trails.get(of)
    if steps is not None and number is not None and steps.seen == _before(new, number):
        steps = steps.each(lambda draft: replace(draft, scenario=store.titled(new, draft.scenario)))
        steps = replace(steps, origin=store.load_state(new, number), seen=number)
    if steps is not None:
        state.put(to, steps)
    if state.slug() == of:
        state.set_slug(to)
    state.acted()
