"""The page's frame: title, icon, language and the pages."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from allocator.text import say
from allocator.ui import markup, state, widgets
from allocator.ui.pages import allocate

HERE = Path(__file__).parent
TAGS = {"zh": "zh-CN", "en": "en"}


def main() -> None:
    """Draws the page that the address names."""
    found = state.readable(state.shelf())
    notices = state.open_address(found)
    lang = state.lang()
    st.set_page_config(page_title=say("app.page.title", lang), page_icon=HERE / "icon.png", layout="wide")
    st.html(HERE / "style.css")
    tag = f"<script>document.documentElement.lang = '{TAGS[lang]}'</script>"
    st.html(tag, unsafe_allow_javascript=True)
    title, switch = st.columns([5, 1], vertical_alignment="bottom")
    subtitle = markup.block("subtitle", say("app.page.subtitle", lang))
    title.html(markup.heading(say("app.page.title", lang), 1) + subtitle)
    with switch, st.container(horizontal_alignment="right"):
        widgets.render_language(lang)
    if notices:
        sentences = [say(f"app.address.{key}", lang) for key in notices]
        st.html(markup.block("zero", " ".join(sentences), role="alert"))
    if not found:
        st.error(say("app.page.no_scenarios", lang))
        return

    def render() -> None:
        allocate.render(found)

    page = st.Page(render, title=say("app.page.tab", lang), url_path="allocate", default=True)
    st.navigation([page], position="hidden").run()


if __name__ == "__main__":
    main()
