"""Saved scenarios 已存方案: what the user keeps, the history of each, and its way through the offices."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from allocator.errors import AllocatorError
from allocator.files import kept
from allocator.files.kept import State
from allocator.model import Scenario
from allocator.report.differences import said
from allocator.text import say
from allocator.ui import markup, saving, shelf, state, widgets

FEW = 4  # changes of a state that are shown at once


def render() -> None:
    """Draws the page."""
    lang = state.lang()
    _render_discarded(lang)
    names = kept.kept()
    state.write_address()
    if not names:
        st.html(markup.block("effect", say("app.kept.none", lang)))
        return
    name = _pick(names, lang)
    try:
        states = kept.history(name)
    except AllocatorError as error:
        widgets.render_problems(error, lang)
        return
    _render_acts(name, states, lang)
    st.html(markup.block("hint", say("app.kept.folder", lang, path=str(kept.path_of(name)))))
    st.html(markup.heading(say("app.kept.history", lang)))
    if any(entry.stage for entry in states):
        st.html(markup.block("hint", say("app.kept.frozen_about", lang)))
    for entry in reversed(states):
        _render_state(name, entry, states[-1], lang)


def _pick(names: list[str], lang: str) -> str:
    """The saved scenario whose history is shown: the one picked last, else the one on the screen."""
    wanted = st.session_state.get("kept-name") or shelf.own_name(state.slug())
    if wanted not in names:
        if st.session_state.get("kept-name"):
            st.html(markup.block("zero", say("app.kept.gone", lang, name=wanted), role="alert"))
        wanted = names[0]
    key = widgets.stand_at("pick-kept", wanted)
    st.selectbox(say("app.kept.pick", lang), names, key=key, on_change=_picked)
    st.session_state["kept-name"] = wanted
    return str(wanted)


def _picked() -> None:
    st.session_state["kept-name"] = st.session_state["pick-kept"]


def _render_discarded(lang: str) -> None:
    """After deletions: what was deleted in this visit, and the way back."""
    for token in reversed(st.session_state.get("discarded", [])):
        name = token.rpartition("-")[0]
        with st.container(horizontal=True, vertical_alignment="center"):
            st.html(markup.block("total-scaled", say("app.kept.discarded", lang, name=name), role="status"))
            label = say("app.kept.undo_discard", lang)
            st.button(label, key=f"kept-undo-{token}", on_click=_undo_discard, args=(token,))
    refused = st.session_state.pop("refused", None)
    if refused is not None:
        widgets.render_problems(refused, lang)


def _render_acts(name: str, states: tuple[State, ...], lang: str) -> None:
    """Open, rename, duplicate, freeze, compare what is frozen, delete."""
    frozen = [f"{shelf.OWN}{name}/{entry.number}" for entry in states if entry.stage]
    with st.container(horizontal=True, gap="small", key="kept-acts"):
        if st.button(say("app.kept.open", lang), key=f"kept-open-{name}", type="primary"):
            state.set_slug(shelf.OWN + name)
            st.switch_page(st.session_state.pages["allocate"])
        for name_of in WINDOWS if states else ():
            label = say(f"app.kept.{name_of}", lang)
            seen = (name_of, name, states[-1].number)
            st.button(label, key=f"kept-{name_of}", on_click=_open, args=seen)
        if len(frozen) > 1 and st.button(say("app.kept.compare", lang), key="kept-compare"):
            state.set_compared(frozen[-state.MOST_COMPARED :])
            st.switch_page(st.session_state.pages["compare"])
        st.button(say("app.kept.discard", lang), key="kept-discard", on_click=_discard, args=(name,))
    form = WINDOWS.get(state.window() or "")
    if form is not None:
        widgets.render_window(say(f"app.kept.{state.window()}_title", lang, name=name), form, name, lang)


def _discard(name: str) -> None:
    """Puts a scenario into the trash, from where it can be taken back."""
    try:
        token = kept.discard(name)
    except AllocatorError as error:
        st.session_state.refused = error
        return
    st.session_state.discarded = [*st.session_state.get("discarded", []), token]
    st.session_state["kept-name"] = None
    state.discarded(name)


def _undo_discard(token: str) -> None:
    """Takes a scenario back from the trash."""
    try:
        name = kept.undo_discard(token)
    except AllocatorError as error:
        st.session_state.refused = error
        return
    st.session_state.discarded = [other for other in st.session_state.discarded if other != token]
    st.session_state["kept-name"] = name


def _open(window: str, name: str, latest: int) -> None:
    """Opens a window for a scenario, and notes the latest state of it that the person has seen."""
    st.session_state["kept-name"] = name
    st.session_state.seen_state = latest
    state.open_window(window)


def _try(act: Callable[[], object], lang: str) -> bool:
    """Does it, or says why it cannot be done and keeps what was typed."""
    try:
        act()
    except AllocatorError as error:
        widgets.render_problems(error, lang)
        return False
    return True


def _rename(name: str, lang: str) -> None:
    with st.form("kept-rename-form", border=False):
        new = st.text_input(say("app.saving.name", lang), name, max_chars=300)
        if not st.form_submit_button(say("app.kept.rename", lang), type="primary"):
            return
    new = " ".join(new.split())
    if _try(lambda: kept.rename(name, new), lang):
        state.renamed(name, new)
        st.session_state["kept-name"] = new
        state.close_window()
        st.rerun()


def _duplicate(name: str, lang: str) -> None:
    with st.form("kept-duplicate-form", border=False):
        new = st.text_input(say("app.saving.name", lang), max_chars=300)
        who = st.text_input(say("app.saving.who", lang), saving.who_now(), max_chars=60)
        if not st.form_submit_button(say("app.kept.duplicate", lang), type="primary"):
            return
    new = " ".join(new.split())
    why = say("app.kept.duplicate_of", lang, name=name)
    if _try(lambda: kept.duplicate(name, new, who=who, why=why), lang):
        st.session_state.who = who
        state.set_slug(shelf.OWN + new)
        st.session_state["kept-name"] = new
        state.close_window()
        st.rerun()


def _freeze(name: str, lang: str) -> None:
    """Keeps the latest state once more, under a stage."""
    latest = int(st.session_state.seen_state)
    if state.unsaved(name):
        st.html(markup.block("zero", say("app.kept.freeze_unsaved", lang, number=str(latest))))
    with st.form("kept-freeze-form", border=False):
        stage = saving.render_stage(f"kept-freeze-stage-{lang}", lang)
        why = st.text_input(say("app.saving.why", lang), max_chars=500)
        who = st.text_input(say("app.saving.who", lang), saving.who_now(), max_chars=60)
        if not st.form_submit_button(say("app.kept.freeze_do", lang), type="primary"):
            return
    if not stage.strip():
        st.error(say("app.kept.freeze_stage", lang))
        return
    if _try(lambda: _keep_again(name, latest, latest, who=who, why=why, stage=stage), lang):
        st.session_state.who = who
        state.close_window()
        st.rerun()


def _keep_again(name: str, number: int, latest: int, *, who: str, why: str, stage: str = "") -> None:
    """Keeps a state once more as the latest one; raises ScenarioError where somebody else has saved since."""
    made = kept.keep(name, kept.load_state(name, number), who=who, why=why, stage=stage, after=latest)
    state.replaced(name, shelf.load(kept.path_of(name)), made.number)


def _restore(name: str, number: int, latest: int, lang: str) -> None:
    """Goes back to an earlier state, by adding it once more."""
    why = say("app.kept.restored", lang, number=str(number))
    try:
        _keep_again(name, number, latest, who=saving.who_now(), why=why)
    except AllocatorError as error:
        st.session_state.refused = error


def _render_state(name: str, entry: State, latest: State, lang: str) -> None:
    """One save: which, when, who, why, what changed; and the way back to it."""
    when = f"{entry.when.astimezone():%Y-%m-%d %H:%M}" if entry.when else "—"
    head = say("app.kept.state", lang, number=str(entry.number), when=when, who=entry.who or "—")
    with st.container(border=True, key=f"state-{entry.number}"):
        badge = say("app.kept.frozen", lang, stage=entry.stage) if entry.stage else ""
        st.html(markup.state_head(head, badge))
        if entry.why:
            st.html(markup.block("effect", entry.why))
        for line in _changes(name, entry, lang):
            st.html(line)
        if entry is latest:
            st.html(markup.block("hint", say("app.kept.latest", lang)))
        else:
            label = say("app.kept.restore", lang, number=str(entry.number))
            seen = (name, entry.number, latest.number, lang)
            st.button(label, key=f"restore-{entry.number}", on_click=_restore, args=seen)


def _changes(name: str, entry: State, lang: str) -> list[str]:
    """What a state changed, in words: the first few, and the rest folded away; or that it was damaged."""
    if not kept.sound(entry):
        return [markup.block("zero", say("app.kept.unsound", lang), role="alert")]
    if entry.number == 1:
        return [markup.block("hint", say("app.kept.first", lang))]
    try:
        scenario: Scenario = shelf.load(entry.path)
    except AllocatorError as error:
        return [markup.block("zero", sentence, role="alert") for sentence in error.sentences(lang)]
    sentences = said(entry.changes, scenario, lang)
    if entry.more:
        sentences.append(say("app.kept.more", lang, count=entry.more))
    if not sentences:
        return [markup.block("hint", say("app.kept.same", lang))]
    return [markup.listing(sentences, FEW, say("app.kept.all_changes", lang, count=len(sentences)))]


WINDOWS: dict[str, Callable[[str, str], None]] = {
    "rename": _rename,
    "duplicate": _duplicate,
    "freeze": _freeze,
}
