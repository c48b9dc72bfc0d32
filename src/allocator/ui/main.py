"""The frame of the pages: title, icon, language, navigation."""

from __future__ import annotations

import gc
import json
from functools import cache
from pathlib import Path
from types import ModuleType

import streamlit as st

from allocator.text import Phrasebook
from allocator.ui.allocate import page as allocate
from allocator.ui.audit import page as audit
from allocator.ui.compare import page as compare
from allocator.ui.components import inside, markup
from allocator.ui.data import page as data
from allocator.ui.execution import page as execution
from allocator.ui.frame.navigation import render_navigation
from allocator.ui.frame.top import render_alerts, render_top
from allocator.ui.help import page as help_page
from allocator.ui.method import page as method
from allocator.ui.new_fund import page as new_fund
from allocator.ui.report import page as report
from allocator.ui.rule import page as rule
from allocator.ui.saved import page as saved
from allocator.ui.seek import page as seek
from allocator.ui.sensitivity import page as sensitivity
from allocator.ui.session import address, state

HERE = Path(__file__).parent
PAGES: dict[str, ModuleType] = {
    "data": data,
    "allocate": allocate,
    "compare": compare,
    "report": report,
    "execution": execution,
    "seek": seek,
    "sensitivity": sensitivity,
    "published": audit,
    "saved": saved,
    "rule": rule,
    "method": method,
    "new": new_fund,
    "help": help_page,
}


def main() -> None:
    """Draws the page that the address names."""
    notices = address.read()
    book = state.book()
    pages = [
        st.Page(module.render, title=book.say(f"app.nav.{name}"), url_path=name, default=name == "allocate")
        for name, module in PAGES.items()
    ]
    st.session_state.pages = dict(zip(PAGES, pages, strict=True))
    page = st.navigation(pages, position="hidden")
    state.enter(page.url_path)
    title = book.say("app.page.tab", page=page.title, title=book.say("app.page.title"))
    st.set_page_config(page_title=title, page_icon=HERE / "icon.png", layout="wide")
    # after the icon: a run that sets none removes it
    wanted = st.session_state.pop("turn_to", None)
    if wanted is not None:
        st.switch_page(st.session_state.pages[wanted])
    st.html(f"<style>{_style()}</style>")
    st.html(f"<script>{_script(book)}</script>", unsafe_allow_javascript=True)
    if notices:
        sentences = [book.say(key) for key in notices]
        st.html(markup.block("zero", " ".join(sentences), role="alert"))
    if not state.found():
        st.error(book.say("app.page.no_scenarios"))
        return
    name = page.url_path or "allocate"
    render_top(name, book)
    render_navigation(st.session_state.pages, name, book)
    st.html(markup.heading(page.title, 1))
    render_alerts(book)
    page.run()
    address.write()
    _rest()


@cache
def _rest() -> None:
    """Exempts what is loaded by now from the garbage collection that Streamlit runs after every drawing.

    It took most of the time of a slider's step.
    """
    gc.collect()
    gc.freeze()


@cache
def _script(book: Phrasebook) -> str:
    """The page's own script with the words of the language in it."""
    words = inside.in_words(book.words("app.frame")) | {"tag": book.say("language.tag")}
    script = inside.placed((HERE / "page.js").read_text("utf-8"))
    return script.replace("__WORDS__", json.dumps(words, ensure_ascii=False))


@cache
def _style() -> str:
    return inside.placed((HERE / "style.css").read_text("utf-8"))
