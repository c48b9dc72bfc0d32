"""What the page is set to, and the address that carries it: the only module that touches either.

The settings are the language, the scenario, and for each scenario the points of its weights.  They are kept
apart from the widgets' own state, which Streamlit forgets whenever a widget is not drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import streamlit as st

from allocator.errors import AllocatorError
from allocator.exact import Number
from allocator.files.scenario import load_scenario
from allocator.files.shelf import scenario_files
from allocator.model import Scenario
from allocator.text import LANGUAGES
from allocator.ui.weights import Points, read_points, write_points

WEIGHT = "weight."
LONGEST = 4000  # characters of an address that are looked at


def shelf() -> dict[str, Path]:
    """The scenarios that can be picked, by slug (``luzhou-2023/published-rule``), in the shelf's order."""
    return {f"{path.parent.name}/{path.stem}": path for path in scenario_files()}


def load(path: Path) -> Scenario:
    """The scenario of a file; raises ScenarioError, which names the file without its folders."""
    stamp = tuple(sorted(_stamp(p) for p in path.parent.rglob("*") if p.suffix in (".toml", ".csv")))
    try:
        return _load(str(path), stamp)
    except AllocatorError as error:
        problems = [replace(p, file=Path(p.file).name if p.file else "") for p in error.problems]
        raise type(error)(problems) from None


def _stamp(path: Path) -> tuple[str, int, int]:
    """What changes when a file does; zeros for one that is gone or may not be looked at."""
    try:
        found = path.stat()
    except OSError:
        return str(path), 0, 0
    return str(path), found.st_mtime_ns, found.st_size


@st.cache_resource(max_entries=200, show_spinner=False)
def _load(path: str, stamp: object) -> Scenario:
    return load_scenario(path)


def readable(files: Mapping[str, Path]) -> dict[str, Scenario | AllocatorError]:
    """Every scenario of the shelf, or the error in its place."""
    found: dict[str, Scenario | AllocatorError] = {}
    for slug, path in files.items():
        try:
            found[slug] = load(path)
        except AllocatorError as error:
            found[slug] = error
    return found


# --- the settings ---------------------------------------------------------------------------------


def lang() -> str:
    """The language of the page."""
    return str(st.session_state.lang)


def set_lang(chosen: str) -> None:
    """Shows the page in another language."""
    st.session_state.lang = chosen
    acted()


def slug() -> str:
    """The scenario that is shown."""
    return str(st.session_state.slug)


def set_slug(chosen: str) -> None:
    """Shows another scenario."""
    st.session_state.slug = chosen
    acted()


def points(of: str) -> Points | None:
    """The points that a scenario's weights are set to, or None for the file's own weights."""
    kept: Mapping[str, Points] = st.session_state.points
    return kept.get(of)


def set_points(of: str, chosen: Points | None) -> None:
    """Sets a scenario's weights, or with None puts them back to the file's."""
    kept = {key: value for key, value in st.session_state.points.items() if key != of}
    st.session_state.points = kept if chosen is None else {**kept, of: dict(chosen)}
    acted()


def last_weights(of: str) -> dict[str, Number] | None:
    """The weights of the last allocation that was made of a scenario, for when there can be none now."""
    made: Mapping[str, dict[str, Number]] = st.session_state.get("made", {})
    return made.get(of)


def keep_weights(of: str, weights: Mapping[str, Number]) -> None:
    """Keeps the weights of an allocation that was made."""
    st.session_state.made = {**st.session_state.get("made", {}), of: dict(weights)}


def acted() -> None:
    """Notes that a person used the page in this run, so that the settings, not the address, hold."""
    st.session_state.acted = True


# --- the address ----------------------------------------------------------------------------------


def open_address(found: Mapping[str, Scenario | AllocatorError]) -> list[str]:
    """Takes the settings from the address, where it was opened or changed there.

    Returns the keys of sentences that say what of it could not be used; what could not is left out.
    """
    state = st.session_state
    given: dict[str, str] = st.query_params.to_dict()
    used = state.pop("acted", False)
    first = next(iter(found), "")
    if "slug" in state and state.slug not in found:
        state.slug = first
    if "seen" in state and (used or given == state.seen):
        return []
    state.seen = given
    notices: list[str] = []
    if sum(len(k) + len(v) for k, v in given.items()) > LONGEST:
        given, notices = {}, ["long"]
    chosen = given.get("lang", "")
    if chosen and chosen not in LANGUAGES:
        notices.append("lang")
    state.lang = chosen if chosen in LANGUAGES else state.get("lang", _language_of_browser())
    chosen = given.get("scenario", "")
    if chosen and chosen not in found:
        notices.append("scenario")
    state.slug = chosen if chosen in found else first
    state.setdefault("points", {})
    scenario = found.get(state.slug)
    weights = {key.removeprefix(WEIGHT): value for key, value in given.items() if key.startswith(WEIGHT)}
    if "scenario" in notices:  # the weights were another scenario's
        weights = {}
    try:
        read = read_points(scenario, weights) if isinstance(scenario, Scenario) else None
    except ValueError:
        read = None
        notices.append("weights")
    kept = {key: value for key, value in state.points.items() if key != state.slug}
    state.points = kept if read is None else {**kept, state.slug: read}
    return notices


def write_address() -> None:
    """Writes the settings into the address, if they differ from what it said."""
    state = st.session_state
    state.pop("acted", None)
    weights = write_points(state.points.get(state.slug))
    wanted = {"lang": state.lang, "scenario": state.slug}
    wanted |= {f"{WEIGHT}{factor}": value for factor, value in weights.items()}
    if wanted != state.seen:
        state.seen = wanted
        st.query_params.from_dict(wanted)


def _language_of_browser() -> str:
    locale = st.context.locale or "zh"
    return "zh" if locale.lower().startswith("zh") else "en"
