"""Report 成果导出: which scenarios, which is proposed, what each paper says, every file and one pack."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st

from allocator.core.errors import AllocatorError, ScenarioError
from allocator.core.model import Scenario
from allocator.core.parts import Text
from allocator.files.audit.schema import NamedReading
from allocator.report.papers import pack
from allocator.report.papers.brief import brief
from allocator.report.papers.district import district
from allocator.report.papers.internal import Held, held, internal
from allocator.report.papers.meeting import meeting
from allocator.report.papers.office import notice, request
from allocator.report.papers.parts import trace_lines
from allocator.report.papers.proposal import Proposal, ReadingAsked, one_fund, proposal
from allocator.report.papers.slides import deck
from allocator.text import LANGUAGES, say
from allocator.ui.components import markup, widgets
from allocator.ui.components.choice import Choices, labels, render_choice, usual
from allocator.ui.report import preview
from allocator.ui.report.paper_files import Offered, slides_file, word_file
from allocator.ui.session import base, state

PAPERS = ("brief", "meeting", "request", "notice", "slides", "district", "internal")
Build = Callable[[Proposal], Any]
WRITERS: Mapping[str, Build] = {"brief": brief, "meeting": meeting, "request": request, "notice": notice}


def render() -> None:
    """Draws the page."""
    lang, choices = state.lang(), state.choices()
    keys = [key for key in state.compared() if key in choices] or on_screen(choices, state.slug())
    keys = render_choice(keys, choices, say("app.report.choose", lang), lang)
    if not keys:
        st.html(markup.block("effect", say("app.report.none", lang), role="status"))
        return
    try:
        made = _proposal(keys, choices, lang)
    except AllocatorError as error:
        widgets.render_problems(error, lang)
        return
    if made.illustrative:
        st.html(markup.notice(say("app.assumed.badge", lang), say("app.report.assumed", lang)))
    _render_papers(made, lang)
    _render_pack(made, lang)
    st.html(markup.foot(line for part in trace_lines(replace(made, lang=lang)) for line in part))


def on_screen(choices: Choices, slug: str) -> list[str]:
    """What the papers are of unless chosen: the scenario on the screen, beside its file if edited.

    Where both cannot stand in one paper, since the fund itself was edited, the one on the screen alone.
    """
    if slug not in choices:
        return usual(choices, slug)[:1]
    if not state.altered(choices):
        return [slug]
    both = [slug, state.SCREEN]
    return both if one_fund([choices[key][1] for key in both]) else both[1:]


def _proposal(keys: Sequence[str], choices: Choices, lang: str) -> Proposal:
    """What is chosen: the scenarios, the proposed one, language and day of the papers."""
    names = labels(choices)
    columns = st.columns([2.2, 1, 1])
    first = keys.index(state.SCREEN) if state.SCREEN in keys and state.altered(choices) else 0
    proposed = columns[0].selectbox(
        say("app.report.proposed", lang), list(keys), first, format_func=names.__getitem__,
        key=f"report-proposed-{lang}-{'/'.join(keys)}",
    )  # fmt: skip
    spoken = columns[1].selectbox(
        say("app.report.lang", lang), LANGUAGES, index=LANGUAGES.index(lang),
        format_func=widgets.LANGUAGE_NAMES.__getitem__, key=f"report-lang-{lang}",
    )  # fmt: skip
    on = columns[2].date_input(
        say("app.report.date", lang), date.today(), format="YYYY-MM-DD", key="report-date"
    )
    details = st.checkbox(say("app.report.details", lang), key="report-details")
    scenarios = [titled(key, choices, lang) for key in keys]
    at = keys.index(proposed) if proposed in keys else 0
    day = on if isinstance(on, date) else date.today()
    known = base.common(scenarios, lang)
    if gone := base.not_common(scenarios, lang):
        st.html(markup.block("zero", say("app.report.base_gone", lang, name=gone), role="status"))
    return proposal(
        scenarios, spoken, day, proposed=at, readings=_readings(scenarios), details=details,
        base=None if known is None else known.key,
    )  # fmt: skip


def titled(key: str, choices: Choices, lang: str) -> Scenario:
    """The scenario under the name that papers give it: they hold several with one title.

    What was edited does not go by the bare name of its file, whose weights or limits that may state.
    """
    label, scenario = choices[key]
    if key == state.SCREEN:
        said = "app.report.edited" if state.altered(choices) else "app.saved.on_screen"
        names = (say(said, other, name=getattr(scenario.title, other)) for other in LANGUAGES)
        return replace(scenario, title=Text(*names))
    return scenario if label == getattr(scenario.title, lang) else replace(scenario, title=Text(label))


def _readings(scenarios: Sequence[Scenario]) -> list[ReadingAsked]:
    """The readings that are shown for the scenario on the screen, where they are of the split here."""
    from allocator.ui.session import readings

    slug = state.slug()
    published = next((s.published for s in scenarios if s.published is not None), None)
    if published is None or not isinstance(state.found()[slug], Scenario):
        return []
    if state.draft(slug).scenario.published != published:
        return []
    found = readings.choices(slug).readings
    wanted: list[NamedReading] = [found[key].named for key in readings.shown(slug) if key in found]
    return [ReadingAsked(one.title, one.reading, one.reason) for one in wanted if one.needs is None]


# --- single papers --------------------------------------------------------------------------------


def _render_papers(made: Proposal, lang: str) -> None:
    st.html(markup.heading(say("app.report.papers", lang)))
    left, right = st.columns([1.4, 1])
    kind = left.selectbox(
        say("app.report.paper", lang), PAPERS, format_func=lambda key: say(f"app.report.{key}", lang),
        key=f"report-paper-{lang}",
    )  # fmt: skip
    id = ""
    if kind == "district":
        names = {r.id: getattr(r.name, lang) for r in made.chosen.scenario.recipients}
        with right:
            id = st.selectbox(
                say("app.report.whose", lang), list(names), format_func=names.__getitem__,
                key=f"report-whose-{lang}-{'/'.join(names)[:200]}",
            )  # fmt: skip
    st.html(markup.block("hint", say(f"app.report.{kind}_about", lang)))
    try:
        html, file = _one(made, kind, id, lang)
    except ScenarioError as error:
        st.html(markup.block("exact", " ".join(error.sentences(lang)), role="status"))
        return
    if file is None:
        st.html(markup.block("exact", say("app.report.nothing_published", lang), role="status"))
        return
    label = say("app.report.download", lang, name=file.name)
    st.download_button(
        markup.in_markdown(label), file.build, file.name, key=f"report-file-{kind}-{id}",
        on_click="ignore",
    )  # fmt: skip
    with st.container(height=640, key="report-preview"):
        st.html(html)


def _one(made: Proposal, kind: str, id: str, lang: str) -> tuple[str, Offered | None]:
    """How a paper reads, and its file, built once it is asked for; None where there is nothing to tell."""
    if kind == "slides":
        shown = deck(made)
        return preview.deck_html(shown), slides_file(shown, made)
    if kind == "internal":
        note = internal(made, _held(made, lang))
        return ("", None) if note is None else (preview.paper_html(note), word_file(note, made))
    paper = district(made, id) if kind == "district" else WRITERS[kind](made)
    return preview.paper_html(paper), word_file(paper, made)


def _held(made: Proposal, lang: str) -> list[Held]:
    """What follows under each reading, worked out once for one proposal; the day does not matter to it."""
    asked = replace(made, on=date.min)
    known: tuple[Proposal, list[Held]] | None = st.session_state.get("report-held")
    if known is None or known[0] != asked:
        with _progress("app.report.reading", lang) as show:
            known = asked, held(made, show)
        st.session_state["report-held"] = known
    return known[1]


# --- the pack -------------------------------------------------------------------------------------


def _render_pack(made: Proposal, lang: str) -> None:
    st.html(
        markup.heading(say("app.report.pack", lang))
        + markup.block("hint", say("app.report.pack_about", lang))
    )
    inside = st.checkbox(say("app.report.inside", lang), key="report-inside")
    asked = made, inside
    if st.button(say("app.report.make", lang), type="primary", key="report-make"):
        try:
            with _progress("app.report.making", lang) as show:
                st.session_state.packed = asked, pack.pack(made, show, with_inside=inside)
        except AllocatorError as error:  # no room to draw pictures in
            widgets.render_problems(error, lang)
            return
    known: tuple[object, pack.Pack] | None = st.session_state.get("packed")
    if known is None or known[0] != asked:
        return
    found = known[1]
    for sentence in found.left_out[int(made.illustrative) :]:  # what data forbids is said above
        st.html(markup.block("exact", sentence, role="status"))
    _download(found.archive, say("app.report.download_pack", lang, name=found.archive.name), "primary")
    files = {file.name: file for file in (*found.files, *found.inside)}
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    with left:
        label = say("app.report.file", lang, count=len(files))
        name = st.selectbox(label, list(files), key=f"report-single-{lang}")
    with right:
        _download(files[name], say("app.report.download_one", lang), "secondary")


def _download(file: pack.File, label: str, kind: Any) -> None:
    st.download_button(
        markup.in_markdown(label), file.content, file.name.rpartition("/")[2], key=f"report-get-{kind}",
        type=kind, on_click="ignore",
    )  # fmt: skip


@contextmanager
def _progress(key: str, lang: str) -> Iterator[Callable[[float], None]]:
    """A bar that says how far it is; it is gone at the end."""
    bar = st.progress(0.0, say(key, lang, percent=0))

    def show(part: float) -> None:
        done = min(1.0, max(0.0, part))
        bar.progress(done, say(key, lang, percent=int(100 * done)))

    try:
        yield show
    finally:
        bar.empty()
