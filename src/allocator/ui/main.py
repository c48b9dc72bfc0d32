"""The frame of the pages: title, icon, language, navigation."""

from __future__ import annotations

import gc
import json
from functools import cache
from pathlib import Path
from types import ModuleType

import streamlit as st

from allocator.text import say, texts
from allocator.ui.allocate import page as allocate
from allocator.ui.audit import page as audit
from allocator.ui.compare import page as compare
from allocator.ui.components import inside, markup
from allocator.ui.data import page as data
from allocator.ui.execution import page as execution
from allocator.ui.frame.navigation import render_navigation
from allocator.ui.frame.top import render_alerts, render_top
from allocator.ui.method import page as method
from allocator.ui.new_fund import page as new_fund
from allocator.ui.report import page as report
from allocator.ui.saved import page as saved
from allocator.ui.seek import page as seek
from allocator.ui.sensitivity import page as sensitivity
from allocator.ui.session import address, state

HERE = Path(__file__).parent
TAGS = {"zh": "zh-CN", "en": "en"}
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
    "method": method,
    "new": new_fund,
}


def main() -> None:
    """Draws the page that the address names."""
    notices = address.read()
    lang = state.lang()
    pages = [
        st.Page(module.render, title=say(f"app.nav.{name}", lang), url_path=name, default=name == "allocate")
        for name, module in PAGES.items()
    ]
    st.session_state.pages = dict(zip(PAGES, pages, strict=True))
    page = st.navigation(pages, position="hidden")
    state.enter(page.url_path)
    title = say("app.page.tab", lang, page=page.title, title=say("app.page.title", lang))
    st.set_page_config(page_title=title, page_icon=HERE / "icon.png", layout="wide")
    # after the icon: a run that does not name it takes it away
    wanted = st.session_state.pop("turn_to", None)
    if wanted is not None:
        st.switch_page(st.session_state.pages[wanted])
    st.html(f"<style>{_style()}</style>")
    st.html(f"<script>{_script(lang)}</script>", unsafe_allow_javascript=True)
    if notices:
        sentences = [say(f"app.address.{key}", lang) for key in notices]
        st.html(markup.block("zero", " ".join(sentences), role="alert"))
    if not state.found():
        st.error(say("app.page.no_scenarios", lang))
        return
    name = page.url_path or "allocate"
    render_top(name, lang)
    render_navigation(st.session_state.pages, name, lang)
    st.html(markup.heading(page.title, 1))
    render_alerts(lang)
    page.run()
    address.write()
    _rest()


@cache
def _rest() -> None:
    """Spares what is loaded by now from the search for garbage that Streamlit makes after every drawing.

    That search took most of the time of a slider's step.
    """
    gc.collect()
    gc.freeze()


@cache
def _script(lang: str) -> str:
    """The page's own script with the words of the language in it."""
    words = inside.in_words(texts(f"app.{lang}")["app"]["frame"]) | {"tag": TAGS[lang]}
    script = inside.placed((HERE / "page.js").read_text("utf-8"))
    return script.replace("__WORDS__", json.dumps(words, ensure_ascii=False))


@cache
def _style() -> str:
    return inside.placed((HERE / "style.css").read_text("utf-8"))
