"""What stands over the work on a scenario: undo, redo, back to the file, save, link."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

import streamlit as st

from allocator.text import say
from allocator.ui.components import markup, widgets
from allocator.ui.saved import save
from allocator.ui.session import address, state


def render_toolbar(slug: str, lang: str) -> None:
    """The buttons, and whether what is on the screen is saved."""
    steps = state.trail(slug)
    edited = not steps.untouched
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="toolbar"):
        _button("undo", slug, lang, state.undo, disabled=not steps.past)
        _button("redo", slug, lang, state.redo, disabled=not steps.future)
        _button(
            "back",
            slug,
            lang,
            state.back_to_file,
            disabled=not edited,
            help=say("app.toolbar.back_help", lang),
        )
        label = say("app.toolbar.save", lang)
        st.button(label, key=f"save-{slug}", type="primary", on_click=state.open_window, args=("save",))
        label = say("app.toolbar.link", lang)
        st.button(label, key=f"link-{slug}", on_click=state.open_window, args=("link",))
        if edited:
            st.html(markup.block("edited", say("app.toolbar.edited", lang), role="status"))
    save.render_dialog(slug, lang)
    if state.window() == "link":
        widgets.render_window(say("app.toolbar.link_title", lang), _render_link, slug, lang)
    unkept = address.unkept()
    if unkept is not None:
        st.html(markup.block("zero", say(f"app.toolbar.{unkept}", lang), role="alert"))
    if edited and state.outrun(slug):
        st.html(markup.block("zero", say("app.toolbar.outrun", lang), role="alert"))


def _button(
    name: str, slug: str, lang: str, act: state.Act, *, disabled: bool, help: str | None = None
) -> None:
    label = say(f"app.toolbar.{name}", lang)
    st.button(label, key=f"{name}-{slug}", on_click=act, args=(slug,), disabled=disabled, help=help)


def _render_link(slug: str, lang: str) -> None:
    here = urlsplit(st.context.url or "")
    path, query = here.path or "/", urlencode(address.shown(), doseq=True)
    st.html(markup.block("hint", say("app.toolbar.link_about", lang)))
    st.code(f"{here.scheme}://{here.netloc}{path}?{query}", language=None, wrap_lines=True)
