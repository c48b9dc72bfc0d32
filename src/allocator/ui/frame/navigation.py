"""The row of pages below the top line, in the order of the work; less used ones are under "more"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from allocator.text import Phrasebook
from allocator.ui.help.tasks import task_of

FIRST = ("data", "allocate", "compare", "report", "execution")
MORE = ("new", "seek", "sensitivity", "published", "saved", "rule", "method", "help")


def render_navigation(pages: Mapping[str, Any], here: str, book: Phrasebook) -> None:
    """Draws a link to each main page, the current one marked, the list of the others, a question mark."""
    with st.container(key="pages", horizontal=True, gap="medium", vertical_alignment="center", wrap=False):
        for name in FIRST:
            _link(pages, name, here, book)
        label = book.say("app.nav.more")
        if here in MORE:
            label = book.say("app.nav.more_here", page=book.say(f"app.nav.{here}"))
        # a list of its own for each page: what was opened on one does not stand over the next
        with (
            st.container(key="pages-more", width="content"),
            st.popover(label, key=f"pages-more-{here}", type="tertiary"),
        ):
            for name in MORE:
                _link(pages, name, here, book)
        label = book.say("help.this_page")
        st.button(
            label, key="help-here", icon=":material/help:", help=label, type="tertiary",
            on_click=_explain, args=(here,),
        )  # fmt: skip


def _explain(here: str) -> None:
    """Turns to the page Help, at the task of this page."""
    st.session_state.help = task_of(here).name
    st.session_state.turn_to = "help"


def _link(pages: Mapping[str, Any], name: str, here: str, book: Phrasebook) -> None:
    with st.container(key=f"page-{name}{'-here' if name == here else ''}", width="content"):
        st.page_link(pages[name], label=book.say(f"app.nav.{name}"))
