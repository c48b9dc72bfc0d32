"""Saving what is on the screen: a name, who, why, and if wanted the stage at which it is frozen."""

from __future__ import annotations

import getpass

import streamlit as st

from allocator.core.errors import AllocatorError
from allocator.files.saved import store
from allocator.text import say
from allocator.ui.components import markup, widgets
from allocator.ui.session import catalogue, follow, state
from allocator.ui.session.weights import shown, whole

LONGEST_WHY = 300
STAGES = ("draft", "finance", "districts", "meeting", "issued")


def render_dialog(slug: str, lang: str) -> None:
    """The form, where it was opened."""
    if state.window() == "save":
        widgets.render_window(say("app.saving.title", lang), _render, slug, lang)


def _render(slug: str, lang: str) -> None:
    own = catalogue.own_name(slug)
    now = state.draft(slug)
    standing = shown(now.scenario, now.points)
    if now.scenario.kind == "shares" and sum(standing.values()) != 100:
        _render_scaling(slug, standing, lang)
        return
    with st.form(f"saving-{slug}", border=False):
        name = st.text_input(
            say("app.saving.name", lang), own or "", key=f"saving-name-{slug}", max_chars=300
        )
        who, why = render_who_why("saving", lang)
        stage = render_stage(f"saving-stage-{slug}-{lang}", lang)
        if not st.form_submit_button(say("app.saving.save", lang), type="primary"):
            return
    try:
        save(slug, name, who=who, why=why, stage=stage)
    except AllocatorError as error:
        widgets.render_problems(error, lang)
        return
    state.close_window()
    st.rerun()


def _render_scaling(slug: str, standing: dict, lang: str) -> None:  # type: ignore[type-arg]
    """A scenario's weights add up to 100: says so, and what they would be."""
    written = "/".join(str(value) for value in whole(standing).values()) if any(standing.values()) else ""
    if not written:
        st.html(markup.block("zero", say("app.weights.zero", lang), role="alert"))
        return
    total = sum(standing.values())
    st.html(markup.block("notice", say("app.saving.scale", lang, total=total, weights=written)))
    label = say("app.weights.write", lang)
    st.button(
        label, key=f"saving-write-{slug}", on_click=state.set_points, args=(slug, dict(whole(standing)))
    )


def render_who_why(key: str, lang: str) -> tuple[str, str]:
    """The fields for who does something to a scenario and why; returns both."""
    why = st.text_input(say("app.saving.why", lang), key=f"{key}-why", max_chars=LONGEST_WHY)
    who = st.text_input(say("app.saving.who", lang), _who_now(), key=f"{key}-who", max_chars=60)
    return who, why


def render_stage(key: str, lang: str, empty: str = "stage_none") -> str:
    """The stage of the way through the offices, or a name of one's own; "" is none."""
    words = [say(f"app.saving.stage_{stage}", lang) for stage in STAGES]
    picked = st.selectbox(
        say("app.saving.stage", lang),
        words,
        index=None,
        key=key,
        accept_new_options=True,
        placeholder=say(f"app.saving.{empty}", lang),
        help=say("app.saving.stage_help", lang),
    )
    return str(picked or "")


def _who_now() -> str:
    """Who saves: as last entered in this visit, else the name that the system knows."""
    known = st.session_state.get("who")
    if known is None:
        try:
            known = getpass.getuser()
        except (OSError, KeyError):
            known = ""
    return str(known)


def clean(name: str) -> str:
    """A name as a scenario is kept under it; raises ScenarioError where it cannot be one."""
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
