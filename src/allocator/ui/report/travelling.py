"""The page that travels, on the page Report: its edition, what it holds, its file, and itself to present."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from allocator.report.html import leader, recipient
from allocator.report.papers.pack import file_name
from allocator.report.papers.proposal import Proposal
from allocator.text import Phrasebook
from allocator.ui.components import markup

EDITIONS = {"leader": "app.report.page_leader", "recipient": "app.report.page_recipient"}
TALL = 860  # pixels of the page shown here


def render(made: Proposal, book: Phrasebook) -> None:
    """Draws the choice of edition, the sentence on what the file holds, the button, and the page on wish."""
    st.html(
        markup.heading(book.say("app.report.page")) + markup.block("hint", book.say("app.report.page_about"))
    )
    left, right = st.columns([1.4, 1], vertical_alignment="bottom")
    edition = left.selectbox(
        book.say("app.report.page_edition"), list(EDITIONS), format_func=lambda one: book.say(EDITIONS[one]),
        key=f"report-page-{book.language}",
    )  # fmt: skip
    with right:
        if edition == "leader":
            data = not st.checkbox(book.say("app.report.page_no_data"), key="report-page-no-data")
            build: Callable[[], bytes] = partial(leader.leader_page, made, data=data)
            holds = leader.contains(made, book, data=data)
            name = made.book.say("html.file.leader")
        else:
            id = _whose(made, book)
            build = partial(recipient.recipient_page, made, id)
            holds = recipient.contains(made, id, book)
            name = made.book.say("html.file.recipient", name=made.names[id])
    if made.illustrative:
        name = made.book.say("report.illustrative_file", name=name)
    file = file_name(name, ".html")
    st.html(markup.block("exact", holds))
    st.download_button(
        markup.in_markdown(book.say("app.report.download", name=file)), build, file, "text/html",
        key=f"report-get-page-{edition}", on_click="ignore",
    )  # fmt: skip
    if edition == "leader" and st.toggle(book.say("app.report.page_show"), key="report-page-show"):
        st.iframe(build().decode(), height=TALL, alt=book.say("app.report.page_show"))


def _whose(made: Proposal, book: Phrasebook) -> str:
    """Draws the choice of the recipient; returns its id."""
    names = {r.id: book.text(r.name) for r in made.chosen.scenario.recipients}
    return st.selectbox(
        book.say("app.report.whose"), list(names), format_func=names.__getitem__,
        key=f"report-page-whose-{book.language}-{'/'.join(names)[:200]}",
    )  # fmt: skip
