"""Reads and writes the settings in the page's address; no other module does.

They are what is needed to show the same elsewhere: language, scenario, its edits, the readings of its split
that are shown, the scenarios compared, and the base.  The address bar also carries, under one token, the
edits of other scenarios, so that a refresh loses nothing; a link to pass on does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from allocator.core.errors import AllocatorError, ScenarioError
from allocator.core.model import Scenario
from allocator.files.saved import store
from allocator.text import LANGUAGES
from allocator.ui.session import base, catalogue, readings, state
from allocator.ui.session.draft import Draft, Trail
from allocator.ui.session.weights import read_points, write_points

WEIGHT = "weight."
LONGEST = 4000  # characters; a longer address is ignored
Settings = Mapping[str, str]  # what an address says of one scenario


# --- reading --------------------------------------------------------------------------------------


def read() -> list[str]:
    """Finds the scenarios, and takes the settings from the address if it was just opened or changed.

    Returns the keys of sentences on what could not be used and is left out.
    """
    gone = ["app.address.gone"] if state.find() else []  # deleted or renamed in another window
    given, seen = _given(), st.session_state.get("seen")
    used = state.used()
    if seen is not None and not given:  # another page was chosen, which empties the address
        st.session_state.seen = {}
    elif seen is None or (given != seen and not used):
        gone = _take(given, begins=seen is None)
    return gone + _come_back()


def _take(given: Mapping[str, list[str]], *, begins: bool) -> list[str]:
    """Sets everything as an address says; edits of other scenarios only at the beginning of a visit."""
    st.session_state.seen = given
    notices: list[str] = []
    if sum(len(key) + len(value) for key, values in given.items() for value in [key, *values]) > LONGEST:
        given, notices = {}, ["app.address.long"]
    said = {key: values[-1] for key, values in given.items() if values}
    language, slug = said.get("lang", ""), said.get("scenario", "")
    if language not in (*LANGUAGES, ""):
        notices.append("app.address.lang")
    if slug and slug not in state.found():
        notices.append("app.address.scenario")
    state.show(
        language if language in LANGUAGES else st.session_state.get("lang", _language_of_browser()),
        slug if slug in state.found() else next(iter(state.found()), ""),
    )
    if "with" in given:
        state.compare(given["with"])
    if "base" in said:
        base.want(said["base"])
    if "per" in said:
        base.want_column(said["per"])
    if "reading" in given:
        readings.show(state.slug(), given["reading"])
    if begins and said.get("work"):
        try:
            st.session_state.away = store.get_work(said["work"])
        except AllocatorError:
            notices.append("app.address.work")
        notices += _come_back()
    mine = {key: value for key, value in said.items() if key in ("draft", "state") or key.startswith(WEIGHT)}
    if not slug or _readable(slug):
        notices += _open(state.slug(), mine)
    elif mine and (slug in state.found() or catalogue.own_name(slug) is not None):
        st.session_state.away = {**_away(), slug: mine}
    return notices


def _away() -> dict[str, Settings]:
    """The edits of scenarios that cannot be shown: these may be repaired, or taken back from the trash."""
    away: dict[str, Settings] = st.session_state.get("away", {})
    return away


def _come_back() -> list[str]:
    """Puts such edits on the screen once their scenarios can be shown; returns the key of any notice."""
    away, notices = _away(), []
    for of in [of for of in away if _readable(of)]:
        notices += ["app.address.work"] if _open(of, away[of]) else []
        away = {other: said for other, said in away.items() if other != of}
    st.session_state.away = away
    return notices[:1]


def _open(of: str, said: Settings) -> list[str]:
    """Puts the edits of a scenario on its screen; returns the keys of what could not be used."""
    if not _readable(of):
        return []
    notices: list[str] = []
    try:
        steps = state.trail_from(of, said["state"]) if said.get("state") else state.trail(of)
    except (AllocatorError, ValueError):
        steps = state.trail(of)
        notices.append("app.address.state")
    scenario = steps.origin
    if said.get("draft"):
        try:
            edited = store.get_draft(said["draft"])
        except AllocatorError:
            edited = None
        if edited is None or edited.fund.name != scenario.fund.name:  # gone, or another scenario's
            notices.append("app.address.draft")
        else:
            scenario = edited
    weights = {k.removeprefix(WEIGHT): value for k, value in said.items() if k.startswith(WEIGHT)}
    try:
        points = read_points(scenario, weights)
    except ValueError:
        points = None
        notices.append("app.address.weights")
    state.put(of, steps.to(Draft(scenario, points)))
    return notices


def _readable(of: str) -> bool:
    return isinstance(state.found().get(of), Scenario)


def _given() -> dict[str, list[str]]:
    query: Any = st.query_params
    return {key: query.get_all(key) for key in query}


def _language_of_browser() -> str:
    locale = st.context.locale or "zh"
    return "zh" if locale.lower().startswith("zh") else "en"


# --- writing --------------------------------------------------------------------------------------


def shown() -> dict[str, str | list[str]]:
    """The settings that show the same elsewhere."""
    slug = state.slug()
    wanted: dict[str, str | list[str]] = {"lang": state.book().language, "scenario": slug}
    if _readable(slug):
        wanted |= _settings(slug, state.trail(slug))
    if readings.shown(slug):
        wanted["reading"] = readings.shown(slug)
    if base.wanted():
        wanted["base"] = base.wanted()
    if base.column():
        wanted["per"] = base.column()
    if state.compared():
        wanted["with"] = state.compared()
    return wanted


def write() -> None:
    """Writes the settings into the address, if they differ from what it said."""
    state.used()  # what a person did is now written
    wanted = shown()
    work = _work()
    if work:
        wanted["work"] = work
    seen = {key: [value] if isinstance(value, str) else value for key, value in wanted.items()}
    if seen != st.session_state.seen:
        st.session_state.seen = seen
        st.query_params.from_dict(wanted)


def unkept() -> str | None:
    """The key of the warning that edits would be lost on a refresh; None if none would."""
    if _work() is not None and None not in [steps.now.token for steps in state.edited().values()]:
        return None
    why: AllocatorError | None = st.session_state.get("unkept")
    full = why is not None and any(problem.key == "kept_full" for problem in why.problems)
    return "app.toolbar.unkept_full" if full else "app.toolbar.unkept"


def _settings(of: str, steps: Trail) -> dict[str, str]:
    """The settings in an address for the edits of a scenario; empty where there are none."""
    said = {"draft": steps.now.token} if steps.now.token else {}
    said |= {f"{WEIGHT}{factor}": value for factor, value in write_points(steps.now.points).items()}
    if said and steps.seen is not None:
        said["state"] = str(steps.seen)
    return said


def _work() -> str | None:
    """The token of the edits of scenarios that are not shown; "" for none, None if they could not be kept.

    They are kept anew whenever another draft is on the screen, so that their drafts stay among the newest.
    """
    slug = state.slug()
    work = {of: _settings(of, steps) for of, steps in state.edited().items() if of != slug}
    work |= {of: dict(said) for of, said in _away().items()}
    if not work:
        return ""
    draft = state.trail(slug).now.token if _readable(slug) else ""
    known: tuple[object, str] | None = st.session_state.get("work")
    if known is None or known[0] != (work, draft):
        try:
            known = (work, draft), store.put_work(work)
        except ScenarioError as error:
            st.session_state.unkept = error
            return None
        st.session_state.work = known
    return known[1]
