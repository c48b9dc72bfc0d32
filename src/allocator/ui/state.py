"""What the pages are set to, and the address that carries it: the only module that touches either.

The settings are the language, the scenario, what a person has made of each scenario, and which scenarios are
compared.  They are kept apart from the widgets' own state, which Streamlit forgets whenever a widget is not
drawn.  The address names all that is needed to show the same elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from allocator.errors import AllocatorError, ScenarioError
from allocator.exact import Number
from allocator.files import kept
from allocator.model import Scenario
from allocator.parts import lookup, plain_name
from allocator.text import LANGUAGES, say
from allocator.ui import shelf
from allocator.ui.draft import Draft, Trail
from allocator.ui.shelf import Found
from allocator.ui.weights import Points, effective, read_points, write_points

WEIGHT = "weight."
LONGEST = 4000  # characters of an address that are looked at
MOST_COMPARED = 6
Act = Callable[[str], None]
SCREEN = "screen"  # among the scenarios to compare, the one as it stands on the screen


# --- the settings ---------------------------------------------------------------------------------


def lang() -> str:
    """The language of the page."""
    return str(st.session_state.lang)


def set_lang(chosen: str) -> None:
    """Shows the page in another language."""
    st.session_state.lang = chosen
    acted()


def found() -> Found:
    """The scenarios that could be chosen when this run of the page began."""
    scenarios: Found = st.session_state.found
    return scenarios


def slug() -> str:
    """The scenario that is shown."""
    return str(st.session_state.slug)


def set_slug(chosen: str) -> None:
    """Shows another scenario."""
    st.session_state.slug = chosen
    acted()


def enter(page: str) -> None:
    """Notes which page is drawn.

    The controls of another page must be put where they stand anew, even where Streamlit knows their value:
    with the page it forgets them only after they were looked up.
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


def window() -> str | None:
    """Which window stands over the page, if any."""
    opened: str | None = st.session_state.get("window")
    return opened


def open_window(name: str) -> None:
    """Opens a window over the page; it stands until it is closed, whatever else is drawn anew."""
    st.session_state.window = name


def close_window() -> None:
    """Closes the window."""
    st.session_state.window = None


# --- what a person made of a scenario -------------------------------------------------------------


def trail(of: str) -> Trail:
    """The drafts of a scenario that can be read.

    Where its file has changed meanwhile, what was not touched follows the file; what was stays as it is.
    """
    scenario = found()[of]
    assert isinstance(scenario, Scenario)
    known: Trail | None = st.session_state.trails.get(of)
    if known is not None and (known.origin is scenario or known.origin == scenario):
        return known
    if known is not None and not known.untouched:
        return known
    opened = Trail(scenario, Draft(scenario), seen=_latest(of))
    _put(of, opened)
    return opened


def _latest(of: str) -> int | None:
    name = shelf.own_name(of)
    states = kept.history(name) if name is not None else ()
    return states[-1].number if states else None


def _put(of: str, steps: Trail) -> None:
    before: Trail | None = st.session_state.trails.get(of)
    if before is None or before.now.scenario is not steps.now.scenario:
        st.session_state.revision = st.session_state.get("revision", 0) + 1
    st.session_state.trails = {**st.session_state.trails, of: steps}


def revision() -> int:
    """A number that changes with every other scenario on the screen: forms filled from it bear it."""
    return int(st.session_state.get("revision", 0))


def outrun(of: str) -> bool:
    """Whether the file of an edited scenario has been changed by somebody else since it was opened."""
    return trail(of).origin != found()[of]


def draft(of: str) -> Draft:
    """A scenario as it stands now."""
    return trail(of).now


def set_points(of: str, chosen: Points | None) -> None:
    """Sets where a scenario's weights stand; None puts them back to its own."""
    steps = trail(of)
    _put(of, steps.to(replace(steps.now, points=None if chosen is None else dict(chosen))))
    acted()


def set_scenario(of: str, scenario: Scenario, points: Points | None = None) -> None:
    """Puts an edited scenario in the place of the one on the screen, and keeps it for a refresh."""
    steps = trail(of)
    _put(of, steps.to(Draft(scenario, points, _token(scenario, steps.origin))))
    acted()


def _token(scenario: Scenario, origin: Scenario) -> str | None:
    if scenario == origin:
        return ""
    try:
        return kept.put_draft(scenario)
    except ScenarioError:
        return None


def undo(of: str) -> None:
    """Takes the last step back."""
    _put(of, trail(of).back())
    acted()


def redo(of: str) -> None:
    """Does what was undone again."""
    _put(of, trail(of).again())
    acted()


def back_to_file(of: str) -> None:
    """Puts everything back to what the file says; that is a step too, and can be undone."""
    steps = trail(of)
    _put(of, steps.to(Draft(steps.origin)))
    acted()


def saved(name: str, scenario: Scenario, number: int) -> None:
    """Notes that what is on the screen is now the saved scenario of this name, and shows that."""
    of, before = shelf.OWN + name, slug()
    past: Trail | None = st.session_state.trails.get(before)
    steps = (*past.past, past.now) if past is not None and before == of else ()
    st.session_state.found = {**found(), of: scenario}
    _put(of, Trail(scenario, Draft(scenario), steps, (), number))
    if past is not None and before != of:  # the file it was made from is as it was
        _put(before, Trail(past.origin, Draft(past.origin), (), (), past.seen))
    set_slug(of)


def replaced(name: str, scenario: Scenario, number: int) -> None:
    """Notes that another state of a saved scenario is now the latest; undo leads to unsaved edits."""
    of = shelf.OWN + name
    known: Trail | None = st.session_state.trails.get(of)
    past = () if known is None or known.untouched else (*known.past, known.now)
    st.session_state.found = {**found(), of: scenario}
    _put(of, Trail(scenario, Draft(scenario), past, (), number))
    acted()


def unsaved(name: str) -> bool:
    """Whether a saved scenario has edits on the screen that are not saved."""
    known: Trail | None = st.session_state.trails.get(shelf.OWN + name)
    return known is not None and not known.untouched


def discarded(name: str) -> None:
    """Shows another scenario in the place of one that was deleted; what was made of it stays for an undo."""
    if slug() == shelf.OWN + name:
        set_slug(next(of for of in found() if of != slug()))


def renamed(name: str, new: str) -> None:
    """Goes on under the new name with what was made of a saved scenario."""
    of, to = shelf.OWN + name, shelf.OWN + new
    trails: dict[str, Trail] = st.session_state.trails
    st.session_state.trails = {to if key == of else key: steps for key, steps in trails.items()}
    if slug() == of:
        st.session_state.slug = to
    acted()


def on_screen(of: str) -> Scenario:
    """The scenario as it stands, its weights those that the allocation uses."""
    now = draft(of)
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
    """All that can be compared: key, label and scenario; the one on the screen first."""
    named: dict[str, tuple[str, Scenario]] = {}
    if isinstance(found()[slug()], Scenario):
        label = say("app.saved.on_screen", lang(), name=shelf.title(slug(), found(), lang()))
        named[SCREEN] = label, on_screen(slug())
    for of, scenario in found().items():
        if isinstance(scenario, Scenario):
            named[of] = shelf.title(of, found(), lang()), scenario
        for entry, frozen in shelf.frozen(of):
            label = say(
                "app.saved.frozen",
                lang(),
                name=shelf.own_name(of),
                stage=entry.stage,
                number=str(entry.number),
            )
            named[f"{of}/{entry.number}"] = label, frozen
    return named


def compared() -> list[str]:
    """The keys of the scenarios that are compared; the first is the base."""
    return list(st.session_state.get("compared", []))


def set_compared(keys: list[str]) -> None:
    """Compares these, the first being the base."""
    st.session_state.compared = keys[:MOST_COMPARED]
    acted()


# --- the address ----------------------------------------------------------------------------------


def open_address() -> list[str]:
    """Finds the scenarios, and takes the settings from the address where it was opened or changed there.

    Returns the keys of sentences that say what of it could not be used; what could not is left out.
    """
    state = st.session_state
    state.found = shelf.find()
    state.setdefault("trails", {})
    given = _given()
    used = state.pop("acted", False)
    first = next(iter(state.found), "")
    lost = ["gone"] if "slug" in state and state.slug not in state.found else []
    if lost:  # deleted or renamed in another window
        state.slug = first
    if "seen" in state and (used or given == state.seen):
        return lost
    if "seen" in state and not given:  # another page was chosen, which empties the address
        state.seen = {}
        return lost
    state.seen = given
    notices: list[str] = []
    if sum(len(key) + len(value) for key, values in given.items() for value in [key, *values]) > LONGEST:
        given, notices = {}, ["long"]

    def one(key: str) -> str:
        return given.get(key, [""])[-1]

    if one("lang") not in (*LANGUAGES, ""):
        notices.append("lang")
    state.lang = one("lang") if one("lang") in LANGUAGES else state.get("lang", _language_of_browser())
    if one("scenario") and one("scenario") not in state.found:
        notices.append("scenario")
    state.slug = one("scenario") if one("scenario") in state.found else first
    if "with" in given:
        state.compared = given["with"][:MOST_COMPARED]
    if "scenario" not in notices:  # else the rest was another scenario's
        notices += _open_draft(one("draft"), given)
    return notices


def _open_draft(token: str, given: Mapping[str, list[str]]) -> list[str]:
    """Takes over the edits and weights that an address carries; the keys of what could not be used."""
    of, notices = slug(), []
    scenario = found().get(of)
    if not isinstance(scenario, Scenario):
        return []
    if token:
        try:
            edited = kept.get_draft(token)
        except AllocatorError:
            edited = None
        if edited is None or edited.fund.name != scenario.fund.name:  # gone, or another scenario's
            notices.append("draft")
            token = ""
        else:
            scenario = edited
    weights = {k.removeprefix(WEIGHT): v[-1] for k, v in given.items() if k.startswith(WEIGHT)}
    try:
        points = read_points(scenario, weights)
    except ValueError:
        points = None
        notices.append("weights")
    _put(of, trail(of).to(Draft(scenario, points, token)))
    return notices


def address() -> dict[str, str | list[str]]:
    """What the address says to show the same elsewhere."""
    state = st.session_state
    wanted: dict[str, str | list[str]] = {"lang": state.lang, "scenario": state.slug}
    if isinstance(found().get(state.slug), Scenario):
        now = draft(state.slug)
        if now.token:
            wanted["draft"] = now.token
        wanted |= {f"{WEIGHT}{factor}": value for factor, value in write_points(now.points).items()}
    if state.get("compared"):
        wanted["with"] = compared()
    return wanted


def write_address() -> None:
    """Writes the settings into the address, if they differ from what it said."""
    state = st.session_state
    state.pop("acted", None)
    wanted = address()
    seen = {key: [value] if isinstance(value, str) else value for key, value in wanted.items()}
    if seen != state.seen:
        state.seen = seen
        st.query_params.from_dict(wanted)


def _given() -> dict[str, list[str]]:
    query: Any = st.query_params
    return {key: query.get_all(key) for key in query}


def _language_of_browser() -> str:
    locale = st.context.locale or "zh"
    return "zh" if locale.lower().startswith("zh") else "en"
