"""The line on top: which fund and scenario, what is assumed, whether it is saved, what can be done."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

import streamlit as st

from allocator.core.model import Scenario
from allocator.files.saved import store
from allocator.text import LANGUAGES, say
from allocator.ui.components import markup, widgets
from allocator.ui.components.screen import assumed_sentence
from allocator.ui.saved import save
from allocator.ui.session import address, catalogue, state

NEW = "+"  # in the list of funds: another one
NEXT = dict(zip(LANGUAGES, (*LANGUAGES[1:], LANGUAGES[0]), strict=True))


def render_top(page: str, lang: str) -> None:
    """Draws the line, and the windows that its buttons open; over a new fund it says nothing of another."""
    slug, is_new = state.slug(), page == "new"
    scenario = None if is_new else state.found().get(slug)
    with st.container(key="top", horizontal=True, vertical_alignment="center", gap="small", wrap=False):
        st.html(f'<p class="al-brand">{markup.escape(say("app.page.name", lang))}</p>', width="content")
        with st.container(key="top-pickers", horizontal=True, gap="small", width="stretch", wrap=False):
            _render_pickers(slug, is_new, lang)
            if isinstance(scenario, Scenario):
                _render_assumed(state.draft(slug).scenario, lang)
                _render_stage(slug, lang)
        with st.container(key="top-acts", horizontal=True, gap="small", width="content", wrap=False):
            if isinstance(scenario, Scenario):
                _render_acts(slug, lang)
            _render_language(lang)
    if isinstance(scenario, Scenario):
        _render_windows(slug, lang)


def _render_pickers(slug: str, is_new: bool, lang: str) -> None:
    """Fund and scenario, one list each; a new fund has no scenarios yet."""
    groups = {group.key: group for group in catalogue.groups(state.found(), lang)}
    here = next(group for group in groups.values() if slug in group.slugs)
    fund_key = widgets.stand_at(f"pick-fund-{lang}", NEW if is_new else here.key)

    def pick() -> None:
        chosen = st.session_state[fund_key]
        if chosen == NEW:
            st.session_state.turn_to = "new"
        else:
            state.set_slug(groups[chosen].slugs[0])
            if is_new:
                st.session_state.turn_to = "allocate"

    st.selectbox(
        say("app.page.fund", lang),
        [*groups, NEW],
        format_func=lambda g: say("app.start.new", lang) if g == NEW else groups[g].name,
        key=fund_key,
        on_change=pick,
        label_visibility="collapsed",
    )
    names = {of: widgets.scenario_name(of, lang) for of in here.slugs}
    if len(names) > 1 and not is_new:
        key = widgets.stand_at(f"pick-{here.key}-{lang}", slug)
        st.selectbox(
            say("app.page.scenario", lang),
            here.slugs,
            format_func=names.__getitem__,
            key=key,
            on_change=lambda: state.set_slug(st.session_state[key]),
            label_visibility="collapsed",
        )


def _render_assumed(scenario: Scenario, lang: str) -> None:
    """The one place that says what is assumed, from where it is, and what that means."""
    if not scenario.assumed:
        return
    with st.popover(say("app.assumed.badge", lang), key="assumed", icon=":material/info:"):
        st.html(markup.block("effect", assumed_sentence(scenario, lang)))


def _render_stage(slug: str, lang: str) -> None:
    """Whether what is on the screen is saved, which save it is, and at which stage it was kept."""
    name = catalogue.own_name(slug)
    if not state.trail(slug).untouched:
        text, kind = say("app.toolbar.edited", lang), "edited"
    elif name is not None:
        latest = store.history(name)[-1:]
        if not latest:
            return
        key = "saved_stage" if latest[0].stage else "saved_number"
        text = say(f"app.toolbar.{key}", lang, number=str(latest[0].number), stage=latest[0].stage)
        kind = "total-ok"
    else:
        return
    st.html(markup.block(kind, text, role="status"), width="content")


def _render_acts(slug: str, lang: str) -> None:
    steps = state.trail(slug)
    acts: tuple[tuple[str, Callable[[str], None], bool, str], ...] = (
        ("undo", state.undo, not steps.past, ":material/undo:"),
        ("redo", state.redo, not steps.future, ":material/redo:"),
        ("back", state.back_to_file, steps.untouched, ":material/restart_alt:"),
    )
    with st.container(key="top-steps", horizontal=True, gap=None, width="content", wrap=False):
        for name, act, disabled, icon in acts:
            label = say(f"app.toolbar.{name}", lang)
            st.button(
                label, key=f"{name}-{slug}", on_click=act, args=(slug,), disabled=disabled, icon=icon,
                help=label, type="tertiary",
            )  # fmt: skip
    for name in ("save", "link"):
        label = say(f"app.toolbar.{name}", lang)
        st.button(label, key=f"{name}-{slug}", on_click=state.open_window, args=(name,))
    if st.button(say("app.toolbar.make", lang), key=f"make-{slug}", type="primary"):
        st.switch_page(st.session_state.pages["report"])


def _render_language(lang: str) -> None:
    other = NEXT[lang]
    st.button(
        widgets.LANGUAGE_NAMES[other], key="language", on_click=state.set_lang, args=(other,), type="tertiary"
    )


def _render_windows(slug: str, lang: str) -> None:
    save.render_dialog(slug, lang)
    if state.window() == "link":
        widgets.render_window(say("app.toolbar.link_title", lang), _render_link, slug, lang)


def render_alerts(lang: str) -> None:
    """What a person would lose, or has been overtaken in."""
    slug = state.slug()
    unkept = address.unkept()
    if unkept is not None:
        st.html(markup.block("zero", say(f"app.toolbar.{unkept}", lang), role="alert"))
    if (
        isinstance(state.found().get(slug), Scenario)
        and not state.trail(slug).untouched
        and state.outrun(slug)
    ):
        st.html(markup.block("zero", say("app.toolbar.outrun", lang), role="alert"))


def _render_link(slug: str, lang: str) -> None:
    here = urlsplit(st.context.url or "")
    path, query = here.path or "/", urlencode(address.shown(), doseq=True)
    st.html(markup.block("hint", say("app.toolbar.link_about", lang)))
    st.code(f"{here.scheme}://{here.netloc}{path}?{query}", language=None, wrap_lines=True)
