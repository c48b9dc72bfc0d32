"""Saved scenarios 已存方案: the user's own, the history of each, and its stages."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from allocator.core.errors import AllocatorError
from allocator.core.model import Scenario
from allocator.files.saved import store
from allocator.files.saved.store import Chain, State
from allocator.report.words.differences import differences_in_words
from allocator.text import Phrasebook
from allocator.ui.components import markup, widgets
from allocator.ui.saved import windows
from allocator.ui.session import catalogue, follow, state

FEW = 4  # changes of a state that are shown at once
ACTS = {"rename": "app.kept.rename", "duplicate": "app.kept.duplicate", "freeze": "app.kept.freeze"}
MOST_TRASH = 20  # deleted scenarios that are listed


def render() -> None:
    """Draws the page."""
    book = state.book()
    _render_discarded(book)
    names = store.kept()
    if names:
        _render_kept(_pick(names, book), book)
    else:
        st.html(markup.block("effect", book.say("app.kept.none")))
    _render_trash(book)


def _render_kept(name: str, book: Phrasebook) -> None:
    """Draws one saved scenario: its buttons and its history."""
    try:
        states, chain = store.history(name), store.chain(name)
    except AllocatorError as error:
        widgets.render_problems(error, book)
        return
    _render_acts(name, states, book)
    st.html(markup.block("hint", book.say("app.kept.folder", path=str(store.path_of(name)))))
    st.html(markup.heading(book.say("app.kept.history")))
    if any(entry.stage for entry in states):
        st.html(markup.block("hint", book.say("app.kept.frozen_about")))
    st.html(markup.lines(_chain_lines(states, chain, book)))
    for entry in reversed(states):
        _render_state(name, entry, states[-1], chain, book)


def _chain_lines(states: tuple[State, ...], chain: Chain, book: Phrasebook) -> list[str]:
    """The lines on the chain of saves: gaps, an unprotected end, or that all is in order."""
    wrong = [
        book.say("app.kept.gap_one" if low == high else "app.kept.gap_more", first=str(low), last=str(high))
        for low, high in chain.missing
    ]
    lines = [markup.block("zero", sentence, role="alert") for sentence in wrong]
    if chain.loose:
        lines.append(markup.block("exact", book.say("app.kept.loose")))
    found = chain.before | chain.unrecorded | chain.changed
    if states and not lines and not found and all(map(store.sound, states)):
        lines.append(markup.block("hint", book.say("app.kept.chained")))
    return lines


def _pick(names: list[str], book: Phrasebook) -> str:
    """The saved scenario whose history is shown: the last picked, that on the screen, or the first."""
    wanted = st.session_state.get("kept-name") or catalogue.own_name(state.slug())
    if wanted not in names:
        if st.session_state.get("kept-name"):
            st.html(markup.block("zero", book.say("app.kept.gone", name=wanted), role="alert"))
        wanted = names[0]
    key = widgets.stand_at("pick-kept", wanted)
    st.selectbox(book.say("app.kept.pick"), names, key=key, on_change=_picked)
    st.session_state["kept-name"] = wanted
    return str(wanted)


def _picked() -> None:
    st.session_state["kept-name"] = st.session_state["pick-kept"]


def _render_discarded(book: Phrasebook) -> None:
    """Draws the scenario that was just deleted, with a button to undo that."""
    known: store.Discarded | None = st.session_state.get("discarded")
    if known is not None:
        with st.container(horizontal=True, vertical_alignment="center"):
            sentence = book.say("app.kept.discarded", name=known.name)
            st.html(markup.block("total-scaled", sentence, role="status"))
            label = book.say("app.kept.undo_discard")
            st.button(label, key="kept-undo", on_click=_undo_discard, args=(known.token,))
    refused = st.session_state.pop("refused", None)
    if refused is not None:
        widgets.render_problems(refused, book)


def _render_trash(book: Phrasebook) -> None:
    """Draws what was deleted in this visit or earlier, folded away; each can be taken back."""
    found = store.discarded()
    if not found:
        return
    with st.expander(book.say("app.kept.trash", count=len(found)), key="kept-trash"):
        st.html(markup.block("hint", book.say("app.kept.trash_about", path=str(store.trash()))))
        for known in found[:MOST_TRASH]:
            label = book.say("app.kept.take_back", name=known.name, when=_minute(known.when))
            key = f"kept-take-back-{known.token}"
            st.button(markup.in_markdown(label), key=key, on_click=_undo_discard, args=(known.token,))
        if len(found) > MOST_TRASH:
            more = book.say("app.kept.trash_more", count=len(found) - MOST_TRASH)
            st.html(markup.block("hint", more))


def _minute(when: datetime) -> str:
    return f"{when.astimezone():%Y-%m-%d %H:%M}"


def _render_acts(name: str, states: tuple[State, ...], book: Phrasebook) -> None:
    """Draws the buttons: open, rename, duplicate, freeze, compare frozen states, delete."""
    frozen = [f"{catalogue.OWN}{name}/{entry.number}" for entry in states if entry.stage]
    with st.container(horizontal=True, gap="small", key="kept-acts"):
        if st.button(book.say("app.kept.open"), key=f"kept-open-{name}", type="primary"):
            state.set_slug(catalogue.OWN + name)
            st.switch_page(st.session_state.pages["allocate"])
        for window, label in ACTS.items() if states else ():
            seen = (window, name, states[-1].number)
            st.button(book.say(label), key=f"kept-{window}", on_click=windows.open_window, args=seen)
        if len(frozen) > 1 and st.button(book.say("app.kept.compare"), key="kept-compare"):
            state.set_compared(frozen[-state.MOST_COMPARED :])
            st.switch_page(st.session_state.pages["compare"])
        st.button(book.say("app.kept.discard"), key="kept-discard", on_click=_discard, args=(name,))
    windows.render_window(name, book)


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


def _render_state(name: str, entry: State, latest: State, chain: Chain, book: Phrasebook) -> None:
    """Draws one save: number, time, person, reason and changes; and a button that restores it."""
    when = _minute(entry.when) if entry.when else "—"
    head = book.say("app.kept.state", number=str(entry.number), when=when, who=entry.who or "—")
    with st.container(border=True, key=f"state-{entry.number}"):
        badge = book.say("app.kept.frozen", stage=entry.stage) if entry.stage else ""
        st.html(markup.state_head(head, badge))
        if entry.why:
            st.html(markup.block("effect", entry.why))
        for line in _changes(entry, chain, book):
            st.html(line)
        if entry.number in chain.before:
            st.html(markup.block("hint", book.say("app.kept.before_chain")))
        if entry.number in chain.unrecorded:
            st.html(markup.block("hint", book.say("app.kept.unrecorded")))
        if entry is latest:
            st.html(markup.block("hint", book.say("app.kept.latest")))
        else:
            label = book.say("app.kept.restore", number=str(entry.number))
            seen = (windows.RESTORE, name, latest.number, entry.number)
            st.button(label, key=f"restore-{entry.number}", on_click=windows.open_window, args=seen)


def _changes(entry: State, chain: Chain, book: Phrasebook) -> list[str]:
    """The changes of a state in words, the first few and the rest folded away; or that it was damaged."""
    if not store.sound(entry):
        return [markup.block("zero", book.say("app.kept.unsound"), role="alert")]
    if entry.number in chain.changed:
        return [markup.block("zero", book.say("app.kept.changed_since"), role="alert")]
    try:
        scenario: Scenario = catalogue.load(entry.path)
    except AllocatorError as error:
        return [markup.block("zero", sentence, role="alert") for sentence in error.sentences(book)]
    if scenario.digest != entry.digest:
        return [markup.block("zero", book.say("app.kept.other_digest"), role="alert")]
    if entry.number == 1:
        return [markup.block("hint", book.say("app.kept.first"))]
    sentences = differences_in_words(entry.changes, scenario, book)
    if entry.more:
        sentences.append(book.say("app.kept.more", count=entry.more))
    if not sentences:
        return [markup.block("hint", book.say("app.kept.same"))]
    return [markup.listing(sentences, FEW, book.say("app.kept.all_changes", count=len(sentences)))]
