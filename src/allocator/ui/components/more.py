"""Somebody gets more: the form, the three ways side by side, and what is done with one of them.

The pages of targets and of one recipient's steps show the same; what was asked on one stands on the other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import streamlit as st

from allocator.analysis.seek import More, more_for
from allocator.core.allocation import Allocation
from allocator.core.engine import allocate
from allocator.core.errors import AllocatorError, ScenarioError
from allocator.core.exact import Number
from allocator.core.model import Scenario
from allocator.core.parts import Party
from allocator.files.saved import store
from allocator.files.saved.home import LONGEST_NAME, LONGEST_NAME_BYTES
from allocator.report.seek.more import (
    WAYS,
    more_table,
    more_title,
    option_name,
    way_lines,
    way_title,
)
from allocator.report.words.corrections import party_name
from allocator.text import Phrasebook
from allocator.ui.components import background, markup, widgets
from allocator.ui.components.fields import keep, known, render_choice
from allocator.ui.session import state
from allocator.ui.session.rule import signed_money, unit_name


class Asked(NamedTuple):
    """A question that was asked: of whom, how much more, why, and who pays."""

    scenario: Scenario
    recipient: str
    amount: Number
    reason: str
    payer: Party | None


@st.fragment
def render_more(allocation: Allocation, slug: str, book: Phrasebook, recipient: str | None = None) -> None:
    """Draws the form and the answers; ``recipient`` is who gets more, else that is chosen."""
    scenario = allocation.scenario
    if state.on_screen(slug) != scenario:
        st.rerun()
    about = markup.block("hint", book.say("app.seek.more_about"))
    title = markup.heading(book.say("app.seek.more_heading")) if recipient is None else ""
    st.html(title + about)
    key = f"more-asked-{slug}"
    try:
        asked = _render_asked(scenario, slug, book, recipient)
    except ScenarioError as error:
        st.session_state.pop(key, None)
        widgets.render_problems(error, book)
        return
    if asked is not None:
        st.session_state[key] = asked
    wanted: Asked | None = st.session_state.get(key)
    if wanted is None or wanted.scenario != scenario or recipient not in (None, wanted.recipient):
        return
    _render_answer(wanted, slug, book, recipient is not None)


def _render_asked(scenario: Scenario, slug: str, book: Phrasebook, recipient: str | None) -> Asked | None:
    """Draws the form; returns the question once it is asked."""
    names = {r.id: book.text(r.name) for r in scenario.recipients}
    parties = {f"r:{id}": Party(id) for id in names if id != recipient}
    parties |= {f"d:{r.name.zh}": Party(reservation=r.name.zh) for r in scenario.reservations}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        who = recipient
        if who is None:
            first = state.picked(scenario) or next(iter(names))
            label = book.say("app.seek.more_who")
            who = render_choice(f"more-{slug}-who", label, names, first, names.__getitem__, book)
        label = book.say("app.seek.more_figure", unit=unit_name(scenario, book))
        figure = st.text_input(
            label, known(f"more-{slug}-figure", ""), key=f"more-figure-{slug}-{book.language}", max_chars=40
        )
        called = {id: party_name(party, scenario, book) for id, party in parties.items()}
        called = {"": book.say("app.seek.more_nobody"), **called}
        label = book.say("app.seek.more_payer")
        payer = render_choice(f"more-{slug}-payer", label, called, "", called.__getitem__, book)
        first = known(f"more-{slug}-why", book.say("seek.more_reason"))
        why = st.text_input(
            book.say("app.seek.more_why"), first, key=f"more-why-{slug}-{book.language}", max_chars=200
        )
    keep(f"more-{slug}-figure", figure)
    keep(f"more-{slug}-why", why)
    if not st.button(book.say("app.seek.more_go"), key=f"more-go-{slug}", type="primary"):
        return None
    return Asked(scenario, who, signed_money(scenario, figure), why, parties.get(payer))


def _render_answer(asked: Asked, slug: str, book: Phrasebook, here: bool) -> None:
    """Draws the ways; ``here`` is the page that an answer is put on."""

    def work(progress: Callable[[float], None]) -> More | AllocatorError:
        try:
            now = allocate(asked.scenario)
            return more_for(
                now, asked.recipient, asked.amount, asked.reason, payer=asked.payer, progress=progress
            )
        except AllocatorError as error:
            return error

    found = background.awaited(
        ("more", asked),
        work,
        lambda percent: book.say("audit.progress", percent=percent),
        book.say("app.seek.cancel"),
        f"more-cancel-{slug}",
        lambda: st.session_state.pop(f"more-asked-{slug}", None),
    )
    if isinstance(found, AllocatorError):
        widgets.render_problems(found, book)
    elif found is not None:
        _render_ways(found, slug, book, here)


def _render_ways(more: More, slug: str, book: Phrasebook, here: bool) -> None:
    """Draws the ways side by side, and the table of everybody's changes."""
    ways = [way for way in WAYS if way != "paid" or more.payer is not None]
    st.html(markup.heading(more_title(more, book), 3))
    for way, column in zip(ways, st.columns(len(ways)), strict=True):
        with column:
            st.html(
                markup.heading(way_title(more, way, book), 4) + markup.listing(way_lines(more, way, book))
            )
            if way in more.found:
                _render_acts(more, way, slug, book, here)
    if more.found:
        st.html(markup.table(more_table(more, book), book.say("app.seek.more_table")))


def _render_acts(more: More, way: str, slug: str, book: Phrasebook, here: bool) -> None:
    """Draws what can be done with an answer: put it on the screen, or keep it."""
    scenario = more.found[way].scenario
    label = book.say("app.seek.more_take_here" if here else "app.seek.more_take")
    with st.container(horizontal=True, gap="small"):
        taken = st.button(label, key=f"more-take-{way}-{slug}")
        to_keep = st.button(book.say("app.seek.more_keep"), key=f"more-keep-{way}-{slug}")
    if taken:
        state.set_scenario(slug, scenario, state.draft(slug).points if way != "ruled" else None)
        st.session_state.pop(f"more-asked-{slug}", None)
        if here:
            st.rerun()
        st.switch_page(st.session_state.pages["allocate"])
    if to_keep:
        try:
            name = _kept(option_name(more, way, book), scenario)
        except AllocatorError as error:
            widgets.render_problems(error, book)
            return
        st.html(markup.block("effect", book.say("app.seek.more_kept", name=name)))


def _kept(name: str, scenario: Scenario) -> str:
    """Keeps an answer under this name, or with a number behind it where that is taken; returns the name."""
    name, taken = store.check_name(_fitting(name)), set(store.kept())
    free = next(one for one in (name, *(f"{name} {n}" for n in range(2, 1000))) if one not in taken)
    who = str(st.session_state.get("who") or "")
    store.keep(free, store.titled(free, scenario), who=who, after=None)
    return free


def _fitting(name: str) -> str:
    """The name, cut where it would be too long with a number behind it."""
    room, size = LONGEST_NAME - 4, LONGEST_NAME_BYTES - 4
    if len(name) <= room and len(name.encode()) <= size:
        return name
    while len(name) >= room or len(name.encode()) >= size - 3:
        name = name[:-1]
    return f"{name.rstrip()}…"
