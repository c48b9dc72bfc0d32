"""Seek 目标测算: the least change that meets targets, and one click that puts it on the screen."""

from __future__ import annotations

import streamlit as st

from allocator.ui.components import markup, more
from allocator.ui.components.screen import foot_lines, render_screen
from allocator.ui.seek import panel
from allocator.ui.session import state


def render() -> None:
    """Draws the page."""
    book = state.book()
    allocation = render_screen(book, beyond=True)
    if allocation is None:
        return
    more.render_more(allocation, state.slug(), book)
    panel.render_seek(allocation, state.slug(), book)
    st.html(markup.foot(foot_lines(allocation, book)))
