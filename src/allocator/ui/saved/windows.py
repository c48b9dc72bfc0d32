"""The windows for a saved scenario: rename, duplicate, freeze, restore."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from allocator.core.errors import AllocatorError
from allocator.files.saved import store
from allocator.text import Phrasebook
from allocator.ui.components import markup, widgets
from allocator.ui.saved import save
from allocator.ui.session import catalogue, follow, state

RESTORE = "restore"


def open_window(window: str, name: str, latest: int, number: int = 0) -> None:
    """Opens a window for a scenario, and notes the latest state of it that the person has seen.

    ``number`` is the state to restore.
    """
    st.session_state["kept-name"] = name
    st.session_state.seen_state = latest
    st.session_state.restoring = number
    state.open_window(window)


def render_window(name: str, book: Phrasebook) -> None:
    """Draws the window that was opened, if any."""
    window = state.window() or ""
    if window in FORMS:
        number = str(st.session_state.restoring)
        title, form = FORMS[window]
        widgets.render_window(book.say(title, name=name, number=number), form, name, book)


def _finish(act: Callable[[], None], who: str, book: Phrasebook) -> None:
    """Runs ``act`` and closes the window, or says why it cannot be done and keeps what was typed."""
    try:
        act()
    except AllocatorError as error:
        widgets.render_problems(error, book)
        return
    st.session_state.who = who
    state.close_window()
    st.rerun()


def _because(what: str, why: str, book: Phrasebook) -> str:
    """The reason to be recorded: the act, and what was typed for it, if anything."""
    return book.say("app.kept.because", what=what, why=why) if why.strip() else what


def _render_rename(name: str, book: Phrasebook) -> None:
    with st.form("kept-rename-form", border=False):
        typed = st.text_input(book.say("app.saving.name"), name, max_chars=300)
        who, why = save.render_who_why("kept-rename", book)
        if not st.form_submit_button(book.say("app.kept.rename"), type="primary"):
            return

    def act() -> None:
        new = save.clean(typed)
        what = book.say("app.kept.renamed", name=name, new=new)
        added = store.rename(name, new, who=who, why=_because(what, why, book))
        follow.renamed(name, new, added.number if added else None)
        st.session_state["kept-name"] = new

    _finish(act, who, book)


def _render_duplicate(name: str, book: Phrasebook) -> None:
    if state.unsaved(name):
        st.html(markup.block("zero", book.say("app.kept.duplicate_unsaved")))
    with st.form("kept-duplicate-form", border=False):
        typed = st.text_input(book.say("app.saving.name"), max_chars=300)
        who, why = save.render_who_why("kept-duplicate", book)
        if not st.form_submit_button(book.say("app.kept.duplicate"), type="primary"):
            return

    def act() -> None:
        new = save.clean(typed)
        what = book.say("app.kept.duplicate_of", name=name)
        store.duplicate(name, new, who=who, why=_because(what, why, book))
        state.set_slug(catalogue.OWN + new)
        st.session_state["kept-name"] = new

    _finish(act, who, book)


def _render_freeze(name: str, book: Phrasebook) -> None:
    """Keeps the latest state once more, under a stage."""
    latest = int(st.session_state.seen_state)
    if state.unsaved(name):
        st.html(markup.block("zero", book.say("app.kept.freeze_unsaved", number=str(latest))))
    with st.form("kept-freeze-form", border=False):
        stage = save.render_stage(f"kept-freeze-stage-{book.language}", book, "app.saving.stage_pick")
        who, why = save.render_who_why("kept-freeze", book)
        if not st.form_submit_button(book.say("app.kept.freeze_do"), type="primary"):
            return
    if not stage.strip():
        st.error(book.say("app.kept.freeze_stage"))
        return

    def act() -> None:
        scenario = store.load_state(name, latest)
        made = store.keep(name, scenario, who=who, why=why, stage=stage, after=latest)
        follow.frozen(name, made.number)

    _finish(act, who, book)


def _render_restore(name: str, book: Phrasebook) -> None:
    """Goes back to an earlier state, by adding it once more."""
    latest, number = int(st.session_state.seen_state), int(st.session_state.restoring)
    st.html(markup.block("hint", book.say("app.kept.restore_about", number=str(number))))
    if state.unsaved(name):
        st.html(markup.block("zero", book.say("app.kept.restore_unsaved", number=str(number))))
    with st.form("kept-restore-form", border=False):
        who, why = save.render_who_why("kept-restore", book)
        if not st.form_submit_button(book.say("app.kept.restore_do"), type="primary"):
            return

    def act() -> None:
        what = book.say("app.kept.restored", number=str(number))
        made = store.restore(name, number, who=who, why=_because(what, why, book), after=latest)
        follow.restored(name, catalogue.load(store.path_of(name)), made.number)

    _finish(act, who, book)


FORMS: dict[str, tuple[str, Callable[[str, Phrasebook], None]]] = {
    "rename": ("app.kept.rename_title", _render_rename),
    "duplicate": ("app.kept.duplicate_title", _render_duplicate),
    "freeze": ("app.kept.freeze_title", _render_freeze),
    RESTORE: ("app.kept.restore_title", _render_restore),
}
