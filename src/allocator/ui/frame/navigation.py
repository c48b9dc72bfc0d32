"""The row of pages below the top line, in the order of the work; what is wanted less stands behind "more"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from allocator.text import say

FIRST = ("data", "allocate", "compare", "report", "execution")
MORE = ("new", "seek", "sensitivity", "published", "saved", "method")


def render_navigation(pages: Mapping[str, Any], here: str, lang: str) -> None:
    """Draws a link a page, the present one marked, and the list of the others."""
    with st.container(key="pages", horizontal=True, gap="medium", vertical_alignment="center", wrap=False):
        for name in FIRST:
            _link(pages, name, here, lang)
        label = say("app.nav.more", lang)
        if here in MORE:
            label = say("app.nav.more_here", lang, page=say(f"app.nav.{here}", lang))
        with st.popover(label, key="pages-more", type="tertiary"):
            for name in MORE:
                _link(pages, name, here, lang)


def _link(pages: Mapping[str, Any], name: str, here: str, lang: str) -> None:
    with st.container(key=f"page-{name}{'-here' if name == here else ''}", width="content"):
        st.page_link(pages[name], label=say(f"app.nav.{name}", lang))
