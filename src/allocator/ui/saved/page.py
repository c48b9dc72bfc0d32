"""Saved scenarios 已存方案: what the user keeps, the history of each, and its way through the offices."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from allocator.core.errors import AllocatorError
from allocator.core.model import Scenario
from allocator.files.saved import store
from allocator.files.saved.store import Chain, State
from allocator.report.words.differences import differences_in_words
from allocator.text import say
from allocator.ui.components import markup, widgets
from allocator.ui.saved import windows
from allocator.ui.session import catalogue, follow, state

FEW = 4  # changes of a state that are shown at once
ACTS = ("rename", "duplicate", "freeze")
MOST_TRASH = 20  # deleted scenarios that are listed


def render() -> None:
    """Draws the page."""
    lang = state.lang()
    _render_discarded(lang)
    names = store.kept()
    if names:
        _render_kept(_pick(names, lang), lang)
    else:
        st.html(markup.block("effect", say("app.kept.none", lang)))
    _render_trash(lang)


def _render_kept(name: str, lang: str) -> None:
    """One saved scenario: what can be done with it, and its history."""
    try:
        states, chain = store.history(name), store.chain(name)
    except AllocatorError as error:
        widgets.render_problems(error, lang)
        return
    _render_acts(name, states, lang)
    st.html(markup.block("hint", say("app.kept.folder", lang, path=str(store.path_of(name)))))
    st.html(markup.heading(say("app.kept.history", lang)))
    if any(entry.stage for entry in states):
        st.html(markup.block("hint", say("app.kept.frozen_about", lang)))
    st.html(markup.lines(_chain_lines(states, chain, lang)))
    for entry in reversed(states):
        _render_state(name, entry, states[-1], chain, lang)


def _chain_lines(states: tuple[State, ...], chain: Chain, lang: str) -> list[str]:
    """What the records of all saves say of one another."""
    wrong = [
        say(f"app.kept.{'gap_one' if low == high else 'gap_more'}", lang, first=str(low), last=str(high))
        for low, high in chain.missing
    ]
    lines = [markup.block("zero", sentence, role="alert") for sentence in wrong]
    if chain.loose:
        lines.append(markup.block("exact", say("app.kept.loose", lang)))
    found = chain.before | chain.unrecorded | chain.changed
    if states and not lines and not found and all(map(store.sound, states)):
        lines.append(markup.block("hint", say("app.kept.chained", lang)))
    return lines


def _pick(names: list[str], lang: str) -> str:
    """The saved scenario whose history is shown: the one picked last, else the one on the screen."""
    wanted = st.session_state.get("kept-name") or catalogue.own_name(state.slug())
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
    """After a deletion: what was deleted, and the way back."""
    known: store.Discarded | None = st.session_state.get("discarded")
    if known is not None:
        with st.container(horizontal=True, vertical_alignment="center"):
            sentence = say("app.kept.discarded", lang, name=known.name)
            st.html(markup.block("total-scaled", sentence, role="status"))
            label = say("app.kept.undo_discard", lang)
            st.button(label, key="kept-undo", on_click=_undo_discard, args=(known.token,))
    refused = st.session_state.pop("refused", None)
    if refused is not None:
        widgets.render_problems(refused, lang)


def _render_trash(lang: str) -> None:
    """What was deleted, in this visit or an earlier one, folded away; each can be taken back."""
    found = store.discarded()
    if not found:
        return
    with st.expander(say("app.kept.trash", lang, count=len(found)), key="kept-trash"):
        st.html(markup.block("hint", say("app.kept.trash_about", lang, path=str(store.trash()))))
        for known in found[:MOST_TRASH]:
            label = say("app.kept.take_back", lang, name=known.name, when=_minute(known.when))
            key = f"kept-take-back-{known.token}"
            st.button(markup.in_markdown(label), key=key, on_click=_undo_discard, args=(known.token,))
        if len(found) > MOST_TRASH:
            more = say("app.kept.trash_more", lang, count=len(found) - MOST_TRASH)
            st.html(markup.block("hint", more))


def _minute(when: datetime) -> str:
    return f"{when.astimezone():%Y-%m-%d %H:%M}"


def _render_acts(name: str, states: tuple[State, ...], lang: str) -> None:
    """Open, rename, duplicate, freeze, compare what is frozen, delete."""
    frozen = [f"{catalogue.OWN}{name}/{entry.number}" for entry in states if entry.stage]
    with st.container(horizontal=True, gap="small", key="kept-acts"):
        if st.button(say("app.kept.open", lang), key=f"kept-open-{name}", type="primary"):
            state.set_slug(catalogue.OWN + name)
            st.switch_page(st.session_state.pages["allocate"])
        for window in ACTS if states else ():
            label = say(f"app.kept.{window}", lang)
            seen = (window, name, states[-1].number)
            st.button(label, key=f"kept-{window}", on_click=windows.open_window, args=seen)
        if len(frozen) > 1 and st.button(say("app.kept.compare", lang), key="kept-compare"):
            state.set_compared(frozen[-state.MOST_COMPARED :])
            st.switch_page(st.session_state.pages["compare"])
        st.button(say("app.kept.discard", lang), key="kept-discard", on_click=_discard, args=(name,))
    windows.render_window(name, lang)


def _discard(name: str) -> None:
    """Puts a scenario into the trash, from where it can be taken back."""
    try:
        st.session_state.discarded = store.discard(name)
    except AllocatorError as error:
        st.session_state.refused = error
        return
    st.session_state["kept-name"] = None
    follow.discarded(name)


def _undo_discard(token: str) -> None:
    """Takes a scenario back from the trash."""
    try:
        name = store.undo_discard(token)
    except AllocatorError as error:
        st.session_state.refused = error
        return
    last: store.Discarded | None = st.session_state.get("discarded")
    if last is not None and last.token == token:
        st.session_state.discarded = None
    st.session_state["kept-name"] = name


def _render_state(name: str, entry: State, latest: State, chain: Chain, lang: str) -> None:
    """One save: which, when, who, why, what changed; and the way back to it."""
    when = _minute(entry.when) if entry.when else "—"
    head = say("app.kept.state", lang, number=str(entry.number), when=when, who=entry.who or "—")
    with st.container(border=True, key=f"state-{entry.number}"):
        badge = say("app.kept.frozen", lang, stage=entry.stage) if entry.stage else ""
        st.html(markup.state_head(head, badge))
        if entry.why:
            st.html(markup.block("effect", entry.why))
        for line in _changes(entry, chain, lang):
            st.html(line)
        for found, key in ((chain.before, "before_chain"), (chain.unrecorded, "unrecorded")):
            if entry.number in found:
                st.html(markup.block("hint", say(f"app.kept.{key}", lang)))
        if entry is latest:
            st.html(markup.block("hint", say("app.kept.latest", lang)))
        else:
            label = say("app.kept.restore", lang, number=str(entry.number))
            seen = (windows.RESTORE, name, latest.number, entry.number)
            st.button(label, key=f"restore-{entry.number}", on_click=windows.open_window, args=seen)


def _changes(entry: State, chain: Chain, lang: str) -> list[str]:
    """What a state changed, in words: the first few, and the rest folded away; or that it was damaged."""
    if not store.sound(entry):
        return [markup.block("zero", say("app.kept.unsound", lang), role="alert")]
    if entry.number in chain.changed:
        return [markup.block("zero", say("app.kept.changed_since", lang), role="alert")]
    try:
        scenario: Scenario = catalogue.load(entry.path)
    except AllocatorError as error:
        return [markup.block("zero", sentence, role="alert") for sentence in error.sentences(lang)]
    if scenario.digest != entry.digest:
        return [markup.block("zero", say("app.kept.other_digest", lang), role="alert")]
    if entry.number == 1:
        return [markup.block("hint", say("app.kept.first", lang))]
    sentences = differences_in_words(entry.changes, scenario, lang)
    if entry.more:
        sentences.append(say("app.kept.more", lang, count=entry.more))
    if not sentences:
        return [markup.block("hint", say("app.kept.same", lang))]
    return [markup.listing(sentences, FEW, say("app.kept.all_changes", lang, count=len(sentences)))]
