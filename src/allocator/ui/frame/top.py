"""The top line: fund and scenario, assumed data, state of saving, and buttons."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

import streamlit as st

from allocator.core.model import Scenario
from allocator.files.saved import store
from allocator.text import BOOKS, Phrasebook
from allocator.ui.components import markup, widgets
from allocator.ui.components.screen import assumed_sentence
from allocator.ui.saved import save
from allocator.ui.session import address, catalogue, state

NEW = "+"  # in the list of funds, the entry for a new one
NEXT = dict(zip(BOOKS, (*BOOKS[1:], BOOKS[0]), strict=True))


def render_top(page: str, book: Phrasebook) -> None:
    """Draws the line, and the windows that its buttons open; for a new fund it shows no other scenario."""
    slug, is_new = state.slug(), page == "new"
    scenario = None if is_new else state.found().get(slug)
    with st.container(key="top", horizontal=True, vertical_alignment="center", gap="small", wrap=False):
        st.html(f'<p class="al-brand">{markup.escape(book.say("app.page.name"))}</p>', width="content")
        with st.container(key="top-pickers", horizontal=True, gap="small", width="stretch", wrap=False):
            _render_pickers(slug, is_new, book)
            if isinstance(scenario, Scenario):
                _render_assumed(state.draft(slug).scenario, book)
                _render_stage(slug, book)
        with st.container(key="top-acts", horizontal=True, gap="small", width="content", wrap=False):
            if isinstance(scenario, Scenario):
                _render_acts(slug, book)
            _render_language(book)
    if isinstance(scenario, Scenario):
        _render_windows(slug, book)


def _render_pickers(slug: str, is_new: bool, book: Phrasebook) -> None:
    """Draws fund and scenario, one list each; a new fund has no scenarios yet."""
    groups = {group.key: group for group in catalogue.groups(state.found(), book)}
    here = next(group for group in groups.values() if slug in group.slugs)
    fund_key = widgets.stand_at(f"pick-fund-{book.language}", NEW if is_new else here.key)

    def pick() -> None:
        chosen = st.session_state[fund_key]
        if chosen == NEW:
            st.session_state.turn_to = "new"
        else:
            state.set_slug(groups[chosen].slugs[0])
            if is_new:
                st.session_state.turn_to = "allocate"

    st.selectbox(
        book.say("app.page.fund"),
        [*groups, NEW],
        format_func=lambda g: book.say("app.start.new") if g == NEW else groups[g].name,
        key=fund_key,
        on_change=pick,
        label_visibility="collapsed",
    )
    names = {of: widgets.scenario_name(of, book) for of in here.slugs}
    if len(names) > 1 and not is_new:
        key = widgets.stand_at(f"pick-scenario-{here.key}-{book.language}", slug)
        st.selectbox(
            book.say("app.page.scenario"),
            here.slugs,
            format_func=names.__getitem__,
            key=key,
            on_change=lambda: state.set_slug(st.session_state[key]),
            label_visibility="collapsed",
        )


def _render_assumed(scenario: Scenario, book: Phrasebook) -> None:
    """Draws the note on assumed data: its factors and its source."""
    if not scenario.assumed:
        return
    with st.popover(book.say("assumed.badge"), key="assumed", icon=":material/info:"):
        st.html(markup.block("effect", assumed_sentence(scenario, book)))


def _render_stage(slug: str, book: Phrasebook) -> None:
    """Draws the state of saving: unsaved edits, or the number and the stage of the latest save."""
    name = catalogue.own_name(slug)
    if not state.trail(slug).untouched:
        text, kind = book.say("app.toolbar.edited"), "edited"
    elif name is not None:
        latest = store.history(name)[-1:]
        if not latest:
            return
        key = "app.toolbar.saved_stage" if latest[0].stage else "app.toolbar.saved_number"
        text = book.say(key, number=str(latest[0].number), stage=latest[0].stage)
        kind = "total-ok"
    else:
        return
    st.html(markup.block(kind, text, role="status"), width="content")


def _render_acts(slug: str, book: Phrasebook) -> None:
    steps = state.trail(slug)
    acts: tuple[tuple[str, str, Callable[[str], None], bool, str], ...] = (
        ("undo", "app.toolbar.undo", state.undo, not steps.past, ":material/undo:"),
        ("redo", "app.toolbar.redo", state.redo, not steps.future, ":material/redo:"),
        ("back", "app.toolbar.back", state.back_to_file, steps.untouched, ":material/restart_alt:"),
    )
    with st.container(key="top-steps", horizontal=True, gap=None, width="content", wrap=False):
        for name, said, act, disabled, icon in acts:
            label = book.say(said)
            st.button(
                label, key=f"{name}-{slug}", on_click=act, args=(slug,), disabled=disabled, icon=icon,
                help=label, type="tertiary",
            )  # fmt: skip
    for name, said in (("save", "app.toolbar.save"), ("link", "app.toolbar.link")):
        st.button(book.say(said), key=f"{name}-{slug}", on_click=state.open_window, args=(name,))
    if st.button(book.say("app.toolbar.make"), key=f"make-{slug}", type="primary"):
        st.switch_page(st.session_state.pages["report"])


def _render_language(book: Phrasebook) -> None:
    other = NEXT[book]
    name = other.say("language.name")
    st.button(name, key="language", on_click=state.set_language, args=(other.language,), type="tertiary")


def _render_windows(slug: str, book: Phrasebook) -> None:
    save.render_dialog(slug, book)
    if state.window() == "link":
        widgets.render_window(book.say("app.toolbar.link_title"), _render_link, slug, book)


def render_alerts(book: Phrasebook) -> None:
    """Draws alerts: edits that a refresh would lose, and a file that changed while it was edited."""
    slug = state.slug()
    unkept = address.unkept()
    if unkept is not None:
        st.html(markup.block("zero", book.say(unkept), role="alert"))
    if (
        isinstance(state.found().get(slug), Scenario)
        and not state.trail(slug).untouched
        and state.outrun(slug)
    ):
        st.html(markup.block("zero", book.say("app.toolbar.outrun"), role="alert"))


def _render_link(slug: str, book: Phrasebook) -> None:
    here = urlsplit(st.context.url or "")
    path, query = here.path or "/", urlencode(address.shown(), doseq=True)
    st.html(markup.block("hint", book.say("app.toolbar.link_about")))
    st.code(f"{here.scheme}://{here.netloc}{path}?{query}", language=None, wrap_lines=True)
