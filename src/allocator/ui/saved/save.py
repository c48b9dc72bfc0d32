"""Saving the scenario on the screen: name, person, reason, and if wanted the stage at which it is frozen."""

from __future__ import annotations

import getpass

import streamlit as st

from allocator.core.errors import AllocatorError
from allocator.files.saved import store
from allocator.text import Phrasebook
from allocator.ui.components import markup, widgets
from allocator.ui.session import catalogue, follow, state
from allocator.ui.session.weights import shown, whole

LONGEST_WHY = 300
STAGES = (
    "app.saving.stage_draft",
    "app.saving.stage_finance",
    "app.saving.stage_districts",
    "app.saving.stage_meeting",
    "app.saving.stage_issued",
)


def render_dialog(slug: str, book: Phrasebook) -> None:
    """Draws the form, if it was opened."""
    if state.window() == "save":
        widgets.render_window(book.say("app.saving.title"), _render, slug, book)


def _render(slug: str, book: Phrasebook) -> None:
    own = catalogue.own_name(slug)
    now = state.draft(slug)
    standing = shown(now.scenario, now.points)
    if now.scenario.kind == "shares" and sum(standing.values()) != 100:
        _render_scaling(slug, standing, book)
        return
    with st.form(f"saving-{slug}", border=False):
        name = st.text_input(book.say("app.saving.name"), own or "", key=f"saving-name-{slug}", max_chars=300)
        who, why = render_who_why("saving", book)
        stage = render_stage(f"saving-stage-{slug}-{book.language}", book)
        if not st.form_submit_button(book.say("app.saving.save"), type="primary"):
            return
    try:
        save(slug, name, who=who, why=why, stage=stage)
    except AllocatorError as error:
        widgets.render_problems(error, book)
        return
    state.close_window()
    st.rerun()


def _render_scaling(slug: str, standing: dict, book: Phrasebook) -> None:  # type: ignore[type-arg]
    """Says that weights must add up to 100, and what they would be scaled to."""
    written = "/".join(str(value) for value in whole(standing).values()) if any(standing.values()) else ""
    if not written:
        st.html(markup.block("zero", book.say("app.weights.zero"), role="alert"))
        return
    total = sum(standing.values())
    st.html(markup.block("notice", book.say("app.saving.scale", total=total, weights=written)))
    label = book.say("app.weights.write")
    st.button(
        label, key=f"saving-write-{slug}", on_click=state.set_points, args=(slug, dict(whole(standing)))
    )


def render_who_why(key: str, book: Phrasebook) -> tuple[str, str]:
    """Draws the fields for the person and the reason; returns both."""
    why = st.text_input(book.say("app.saving.why"), key=f"{key}-why", max_chars=LONGEST_WHY)
    who = st.text_input(book.say("app.saving.who"), _who_now(), key=f"{key}-who", max_chars=60)
    return who, why


def render_stage(key: str, book: Phrasebook, empty: str = "app.saving.stage_none") -> str:
    """Draws the choice of a stage, or of a name of one's own; returns it, "" for none."""
    words = [book.say(stage) for stage in STAGES]
    picked = st.selectbox(
        book.say("app.saving.stage"),
        words,
        index=None,
        key=key,
        accept_new_options=True,
        placeholder=book.say(empty),
        help=book.say("app.saving.stage_help"),
    )
    return str(picked or "")


def _who_now() -> str:
    """The name of the person: as last entered in this visit, else the system's user name."""
    known = st.session_state.get("who")
    if known is None:
        try:
            known = getpass.getuser()
        except (OSError, KeyError):
            known = ""
    return str(known)


def clean(name: str) -> str:
    """The name under which a scenario is kept; raises ScenarioError if what was typed cannot be one."""
    return store.check_name(" ".join(name.split()))


def save(slug: str, name: str, *, who: str, why: str, stage: str) -> None:
    """Saves what is on the screen under a name, and shows that from now on; raises ScenarioError."""
    name = clean(name)
    again = catalogue.own_name(slug) == name
    scenario = store.titled(name, state.on_screen(slug))
    after = state.trail(slug).seen if again else None
    number = store.keep(name, scenario, who=who, why=why, stage=stage, after=after).number
    st.session_state.who = who
    follow.saved(name, catalogue.load(store.path_of(name)), number)
