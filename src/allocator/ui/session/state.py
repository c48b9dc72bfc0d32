"""The settings of the pages.

They are the language, the scenario, the edits of each scenario, and the scenarios that are
compared.  They are kept apart from the widgets' own state, which Streamlit forgets whenever a widget is not
drawn.  The module ``address`` carries them over a refresh, and elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import streamlit as st

from allocator.core.errors import ScenarioError
from allocator.core.exact import Number
from allocator.core.many import lookup
from allocator.core.model import Scenario
from allocator.core.parts import plain_name
from allocator.files.saved import store
from allocator.text import Phrasebook
from allocator.ui.session import catalogue
from allocator.ui.session.catalogue import Scenarios
from allocator.ui.session.draft import Draft, Trail
from allocator.ui.session.weights import Points, effective, standing

MOST_COMPARED = 6
Act = Callable[[str], None]
SCREEN = "screen"  # among the scenarios to compare, the one as it stands on the screen


# --- the settings ---------------------------------------------------------------------------------


def book() -> Phrasebook:
    """The phrasebook of the page's language."""
    return Phrasebook(st.session_state.lang)


def set_language(chosen: str) -> None:
    """Shows the page in another language."""
    st.session_state.lang = chosen
    acted()


def find() -> bool:
    """Looks for the scenarios that can be chosen now; returns True if the one that was shown is gone.

    Then the first one is shown in its place.
    """
    state = st.session_state
    state.found = catalogue.find()
    state.setdefault("trails", {})
    if "slug" not in state or state.slug in state.found:
        return False
    state.slug = next(iter(state.found), "")
    return True


def found() -> Scenarios:
    """The scenarios that could be chosen when this run of the page began."""
    scenarios: Scenarios = st.session_state.found
    return scenarios


def slug() -> str:
    """The scenario that is shown."""
    return str(st.session_state.slug)


def set_slug(chosen: str) -> None:
    """Shows another scenario."""
    st.session_state.slug = chosen
    acted()


def show(language: str, of: str) -> None:
    """Shows a scenario in a language as an address says; not noted as a person's action."""
    st.session_state.lang, st.session_state.slug = language, of


def enter(page: str) -> None:
    """Notes the page that is drawn; on a change, closes the window and resets controls.

    Streamlit forgets the controls of the page before only after they were looked up, so their values must be
    set anew even where it seems to know them.
    """
    state = st.session_state
    if state.get("page") != page:
        state.page = page
        close_window()
        for key in [key for key in state if str(key).startswith(("pick-", "weight-"))]:
            del state[key]


def acted() -> None:
    """Notes that a person used the page in this run, so that the settings, not the address, hold."""
    st.session_state.acted = True


def used() -> bool:
    """True if a person used the page since this was last asked."""
    return bool(st.session_state.pop("acted", False))


def window() -> str | None:
    """The name of the window over the page, or None."""
    opened: str | None = st.session_state.get("window")
    return opened


def open_window(name: str) -> None:
    """Opens a window over the page; it stays until it is closed or another page is drawn."""
    st.session_state.window = name


def close_window() -> None:
    """Closes the window."""
    st.session_state.window = None


# --- what a person made of a scenario -------------------------------------------------------------


def trail(of: str) -> Trail:
    """The drafts of a scenario that can be read.

    If its file has changed meanwhile, an unedited scenario follows the file; an edited one stays as it is.
    """
    scenario = found()[of]
    assert isinstance(scenario, Scenario)
    known: Trail | None = st.session_state.trails.get(of)
    if known is not None and (known.origin is scenario or known.origin == scenario):
        return known
    if known is not None and not known.untouched:
        return known
    opened = Trail(scenario, Draft(scenario), seen=_latest(of))
    put(of, opened)
    return opened


def trail_from(of: str, number: str) -> Trail:
    """The drafts of a saved scenario from its state of this number on, or those already there.

    Edits of that state are then not taken for edits of what others have saved since.  Raises
    ScenarioError or ValueError where there is no such state.
    """
    name = catalogue.own_name(of)
    if of in st.session_state.trails or number == str(_latest(of)):
        return trail(of)
    if name is None:
        raise ValueError("not a saved scenario")
    origin = store.load_state(name, int(number))
    return Trail(origin, Draft(origin), seen=int(number))


def edited() -> dict[str, Trail]:
    """The trails of scenarios with unsaved edits, including scenarios that are gone by now."""
    trails: dict[str, Trail] = st.session_state.trails
    return {of: steps for of, steps in trails.items() if not steps.untouched}


def _latest(of: str) -> int | None:
    name = catalogue.own_name(of)
    states = store.history(name) if name is not None else ()
    return states[-1].number if states else None


def put(of: str, steps: Trail) -> None:
    """Replaces the drafts of a scenario; the current one, if edited, is kept on disk."""
    before: Trail | None = st.session_state.trails.get(of)
    if before is None or before.now.scenario is not steps.now.scenario:
        st.session_state.revision = st.session_state.get("revision", 0) + 1
        steps = replace(steps, now=replace(steps.now, token=_token(steps.now.scenario, steps.origin)))
    st.session_state.trails = {**st.session_state.trails, of: steps}


def _token(scenario: Scenario, origin: Scenario) -> str | None:
    if scenario == origin:
        return ""
    try:
        return store.put_draft(scenario)
    except ScenarioError as error:
        st.session_state.unkept = error
        return None


def revision() -> int:
    """A number that changes whenever another scenario is put on the screen; forms filled from it bear it."""
    return int(st.session_state.get("revision", 0))


def outrun(of: str) -> bool:
    """True if the file of an edited scenario has changed since it was opened."""
    return trail(of).origin != found()[of]


def draft(of: str) -> Draft:
    """A scenario as it stands now."""
    return trail(of).now


def set_points(of: str, chosen: Points | None, gesture: str = "") -> None:
    """Sets the points of a scenario's weights; None puts them back to its own.

    All that one ``gesture`` sets, the drag of a slider for instance, is one step to undo.
    """
    steps = trail(of)
    draft = replace(steps.now, points=None if chosen is None else dict(chosen))
    goes_on = bool(gesture) and st.session_state.get("gesture") == (of, gesture) and bool(steps.past)
    st.session_state.gesture = (of, gesture)
    put(of, steps.over(draft) if goes_on else steps.to(draft))
    acted()


def set_scenario(of: str, scenario: Scenario, points: Points | None = None) -> None:
    """Puts an edited scenario on the screen in place of the one before, and keeps it for a refresh."""
    steps = trail(of)
    put(of, steps.to(Draft(scenario, points)))
    acted()


def undo(of: str) -> None:
    """Takes the last step back."""
    put(of, trail(of).back())
    acted()


def redo(of: str) -> None:
    """Does what was undone again."""
    put(of, trail(of).again())
    acted()


def back_to_file(of: str) -> None:
    """Puts everything back to what the file says, as a step that can be undone."""
    steps = trail(of)
    put(of, steps.to(Draft(steps.origin)))
    acted()


def unsaved(name: str) -> bool:
    """True if a saved scenario has unsaved edits on the screen."""
    return catalogue.OWN + name in edited()


def on_screen(of: str) -> Scenario:
    """The scenario as it stands, its weights those that the allocation uses."""
    now = draft(of)
    if now.scenario.pools:
        return standing(now.scenario, now.points) or now.scenario
    weights = effective(now.scenario, now.points) or last_weights(of) or now.scenario.weights
    return now.scenario if weights == now.scenario.weights else replace(now.scenario, weights=weights)


def last_weights(of: str) -> dict[str, Number] | None:
    """The weights of the last allocation that was made of a scenario, for when there can be none now."""
    made: Mapping[str, dict[str, Number]] = st.session_state.get("made", {})
    return made.get(of)


def keep_weights(of: str, weights: Mapping[str, Number]) -> None:
    """Keeps the weights of an allocation that was made."""
    st.session_state.made = {**st.session_state.get("made", {}), of: dict(weights)}


def picked(scenario: Scenario) -> str | None:
    """The recipient whose steps are shown, if one of this scenario's was picked."""
    known = lookup(scenario.recipients)
    return known.get(plain_name(st.session_state.get("picked", "")))


def set_picked(name: str) -> None:
    """Shows the steps of the recipient with this id or name; "" shows none."""
    st.session_state.picked = name
    acted()


# --- what is compared -----------------------------------------------------------------------------


def choices() -> dict[str, tuple[str, Scenario]]:
    """The label and scenario of all that can be compared, by key; the one on the screen first."""
    named: dict[str, tuple[str, Scenario]] = {}
    if isinstance(found()[slug()], Scenario):
        label = book().say("app.saved.on_screen", name=catalogue.title(slug(), found(), book()))
        named[SCREEN] = label, on_screen(slug())
    for of, scenario in found().items():
        if isinstance(scenario, Scenario):
            named[of] = catalogue.title(of, found(), book()), scenario
        for entry, frozen in catalogue.frozen(of):
            label = book().say(
                "app.saved.frozen",
                name=catalogue.own_name(of),
                stage=entry.stage,
                number=str(entry.number),
            )
            named[f"{of}/{entry.number}"] = label, frozen
    return named


def altered(known: Mapping[str, tuple[str, Scenario]]) -> bool:
    """True if, among the choices, the scenario on the screen differs from its file."""
    return SCREEN in known and known[SCREEN][1] != known[slug()][1]


def compared() -> list[str]:
    """The keys of the scenarios that are compared; the first is the base."""
    return list(st.session_state.get("compared", []))


def compare(keys: list[str]) -> None:
    """Sets the scenarios to compare as an address says; not noted as a person's action."""
    st.session_state.compared = keys[:MOST_COMPARED]


def set_compared(keys: list[str]) -> None:
    """Compares these, the first being the base."""
    compare(keys)
    acted()
