"""Report 成果导出: the scenarios, the proposed one, a preview of each paper, its files, and the pack."""

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
from allocator.report.papers.layouts import MOST
from allocator.report.papers.layouts import fields as own
from allocator.report.papers.meeting import meeting
from allocator.report.papers.office import notice, request
from allocator.report.papers.parts import trace_lines
from allocator.report.papers.plain import consultation, schedule
from allocator.report.papers.proposal import Proposal, ReadingAsked, Version, one_fund, proposal, versions_of
from allocator.report.papers.slides import deck
from allocator.report.papers.worksheet import worksheet
from allocator.text import EN, LANGUAGES, ZH, Phrasebook
from allocator.ui.components import markup, widgets
from allocator.ui.components.choice import Choices, labels, render_choice, usual
from allocator.ui.report import preview, travelling
from allocator.ui.report.paper_files import Offered, files_of, slides_file
from allocator.ui.session import base, catalogue, state

PAPERS = {  # with their name and what they are for
    "brief": ("app.report.brief", "app.report.brief_about"),
    "meeting": ("app.report.meeting", "app.report.meeting_about"),
    "request": ("app.report.request", "app.report.request_about"),
    "notice": ("app.report.notice", "app.report.notice_about"),
    "schedule": ("app.report.schedule", "app.report.schedule_about"),
    "consultation": ("app.report.consultation", "app.report.consultation_about"),
    "slides": ("app.report.slides", "app.report.slides_about"),
    "district": ("app.report.district", "app.report.district_about"),
    "worksheet": ("app.report.worksheet", "app.report.worksheet_about"),
    "internal": ("app.report.internal", "app.report.internal_about"),
}
OFFICIAL, PLAIN = ("meeting", "request", "notice"), ("schedule", "consultation")  # instead of each other
Build = Callable[[Proposal], Any]
WRITERS: Mapping[str, Build] = {
    "brief": brief,
    "meeting": meeting,
    "request": request,
    "notice": notice,
    "schedule": schedule,
    "consultation": consultation,
    "worksheet": worksheet,
}


def render() -> None:
    """Draws the page."""
    book, choices = state.book(), state.choices()
    keys = [key for key in state.compared() if key in choices] or on_screen(choices, state.slug())
    keys = render_choice(keys, choices, book.say("app.report.choose"), book)
    if not keys:
        st.html(markup.block("effect", book.say("app.report.none"), role="status"))
        return
    try:
        made = _proposal(keys, choices, book)
    except AllocatorError as error:
        widgets.render_problems(error, book)
        return
    if made.illustrative:
        st.html(markup.notice(book.say("assumed.badge"), book.say("app.report.assumed")))
    _render_papers(made, book)
    travelling.render(made, book)
    _render_pack(made, book)
    st.html(markup.foot(line for part in trace_lines(replace(made, book=book)) for line in part))


def on_screen(choices: Choices, slug: str) -> list[str]:
    """The keys of the papers' scenarios by default: the one on the screen, and its file if it was edited.

    Where both cannot be in one paper, since the fund itself was edited, the one on the screen alone.
    """
    if slug not in choices:
        return usual(choices, slug)[:1]
    if not state.altered(choices):
        return [slug]
    both = [slug, state.SCREEN]
    return both if one_fund([choices[key][1] for key in both]) else both[1:]


def _proposal(keys: Sequence[str], choices: Choices, book: Phrasebook) -> Proposal:
    """Draws the choice of the proposed scenario, language and day; returns the proposal."""
    names = labels(choices)
    columns = st.columns([2.2, 1, 1])
    first = keys.index(state.SCREEN) if state.SCREEN in keys and state.altered(choices) else 0
    proposed = columns[0].selectbox(
        book.say("app.report.proposed"), list(keys), first, format_func=names.__getitem__,
        key=f"report-proposed-{book.language}-{'/'.join(keys)}",
    )  # fmt: skip
    spoken = columns[1].selectbox(
        book.say("app.report.lang"), LANGUAGES, index=LANGUAGES.index(book.language),
        format_func=lambda name: Phrasebook(name).say("language.name"), key=f"report-lang-{book.language}",
    )  # fmt: skip
    on = columns[2].date_input(
        book.say("app.report.date"), date.today(), format="YYYY-MM-DD", key="report-date"
    )
    details = st.checkbox(book.say("app.report.details"), key="report-details")
    scenarios = [titled(key, choices, book) for key in keys]
    at = keys.index(proposed) if proposed in keys else 0
    day = on if isinstance(on, date) else date.today()
    known = base.common(scenarios, book)
    if gone := base.not_common(scenarios, book):
        st.html(markup.block("zero", book.say("app.report.base_gone", name=gone), role="status"))
    return proposal(
        scenarios, Phrasebook(spoken), day, proposed=at, readings=_readings(scenarios), details=details,
        base=None if known is None else known.key, versions=_versions(keys[at], scenarios[at], book),
    )  # fmt: skip


def _versions(key: str, scenario: Scenario, book: Phrasebook) -> list[Version]:
    """The frozen states of what is proposed, with their stages and reasons, and what is proposed itself."""
    frozen = catalogue.frozen(state.slug() if key == state.SCREEN else key)
    kept = ((one.stage, one.why, before) for one, before in frozen)
    return versions_of(kept, scenario, book, base.allocated)


def titled(key: str, choices: Choices, book: Phrasebook) -> Scenario:
    """The scenario under its title in papers, which may hold several with the same title.

    An edited one does not have the bare title of its file, which may state weights or limits.
    """
    label, scenario = choices[key]
    if key == state.SCREEN:
        said = "app.report.edited" if state.altered(choices) else "app.saved.on_screen"
        names = (other.say(said, name=other.text(scenario.title)) for other in (ZH, EN))
        return replace(scenario, title=Text(*names))
    return scenario if label == book.text(scenario.title) else replace(scenario, title=Text(label))


def _readings(scenarios: Sequence[Scenario]) -> list[ReadingAsked]:
    """The readings shown for the scenario on the screen, if they are of the split in these papers."""
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


def _render_papers(made: Proposal, book: Phrasebook) -> None:
    st.html(markup.heading(book.say("app.report.papers")))
    left, right = st.columns([1.4, 1])
    offered = [one for one in PAPERS if one not in (OFFICIAL if made.plain else PLAIN)]
    kind = left.selectbox(
        book.say("app.report.paper"), offered, format_func=lambda one: book.say(PAPERS[one][0]),
        key=f"report-paper-{book.language}{'-plain' if made.plain else ''}",
    )  # fmt: skip
    id = ""
    if kind == "district":
        names = {r.id: book.text(r.name) for r in made.chosen.scenario.recipients}
        with right:
            id = st.selectbox(
                book.say("app.report.whose"), list(names), format_func=names.__getitem__,
                key=f"report-whose-{book.language}-{'/'.join(names)[:200]}",
            )  # fmt: skip
    st.html(markup.block("hint", book.say(PAPERS[kind][1])))
    try:
        html, files = _one(made, kind, id, book)
    except ScenarioError as error:
        st.html(markup.block("exact", " ".join(error.sentences(book)), role="status"))
        return
    if not files:
        st.html(markup.block("exact", book.say("app.report.nothing_published"), role="status"))
        return
    with st.container(horizontal=True):
        for file in files:
            label = book.say("app.report.download", name=file.name)
            st.download_button(
                markup.in_markdown(label), file.build, file.name, on_click="ignore",
                key=f"report-file-{kind}-{id}-{file.name.rpartition('.')[2]}",
            )  # fmt: skip
    with st.container(height=640, key="report-preview"):
        st.html(html)


def _one(made: Proposal, kind: str, id: str, book: Phrasebook) -> tuple[str, tuple[Offered, ...]]:
    """The preview of a paper, and its files, built on demand; none where there is nothing to write."""
    if kind == "slides":
        shown = deck(made)
        return preview.deck_html(shown), (slides_file(shown, made),)
    if kind == "internal":
        note = internal(made, _held(made, book))
        return ("", ()) if note is None else (preview.paper_html(note), files_of(note, made))
    paper = district(made, id) if kind == "district" else WRITERS[kind](made)
    return preview.paper_html(paper), files_of(paper, made)


def _held(made: Proposal, book: Phrasebook) -> list[Held]:
    """The findings under each reading, worked out once for a proposal, whatever its day."""
    asked = replace(made, on=date.min)
    known: tuple[Proposal, list[Held]] | None = st.session_state.get("report-held")
    if known is None or known[0] != asked:
        with _progress("app.report.reading", book) as show:
            known = asked, held(made, show)
        st.session_state["report-held"] = known
    return known[1]


# --- the pack -------------------------------------------------------------------------------------


def _render_pack(made: Proposal, book: Phrasebook) -> None:
    st.html(
        markup.heading(book.say("app.report.pack")) + markup.block("hint", book.say("app.report.pack_about"))
    )
    inside = st.checkbox(book.say("app.report.inside"), key="report-inside")
    every = st.checkbox(book.say("app.report.pictures"), key="report-pictures")
    layouts = _layouts(made, book)
    asked = made, inside, every, tuple(layouts.items())
    if st.button(book.say("app.report.make"), type="primary", key="report-make"):
        try:
            with _progress("app.report.making", book) as show:
                packed = pack.pack(made, show, with_inside=inside, every_picture=every, layouts=layouts)
                st.session_state.packed = asked, packed
        except AllocatorError as error:  # no space to draw pictures
            widgets.render_problems(error, book)
            return
    known: tuple[object, pack.Pack] | None = st.session_state.get("packed")
    if known is None or known[0] != asked:
        return
    found = known[1]
    for sentence in found.left_out[int(made.illustrative) :]:  # what assumed data forbids is stated above
        st.html(markup.block("exact", sentence, role="status"))
    _download(found.archive, book.say("app.report.download_pack", name=found.archive.name), "primary")
    files = {file.name: file for file in (*found.files, *found.inside)}
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    with left:
        label = book.say("app.report.file", count=len(files))
        name = st.selectbox(label, list(files), key=f"report-single-{book.language}")
    with right:
        _download(files[name], book.say("app.report.download_one"), "secondary")


def _layouts(made: Proposal, book: Phrasebook) -> dict[str, bytes]:
    """Draws the office's own layouts, each filled on the spot; returns those that could be, by name."""
    with st.expander(book.say("app.report.layouts")):
        st.html(markup.block("hint", book.say("app.report.layouts_about", **own.examples(book))))
        added = st.file_uploader(
            book.say("app.report.layouts_add"), "docx", accept_multiple_files=True, key="report-layouts"
        )
        found: dict[str, bytes] = {}
        for at, one in enumerate(added[:MOST]):
            try:
                file = _filled(one.name, one.getvalue(), made)
            except ScenarioError as error:
                widgets.render_problems(error, book)
                continue
            found[one.name] = one.getvalue()
            name = file.name.rpartition("/")[2]
            label = markup.in_markdown(book.say("app.report.download", name=name))
            st.download_button(label, file.content, name, key=f"report-layout-{at}", on_click="ignore")
    return found


def _filled(name: str, layout: bytes, made: Proposal) -> pack.File:
    """The filled layout, kept until the layout or the proposal changes."""
    kept: list[tuple[object, pack.File]] = st.session_state.setdefault("report-filled", [])
    asked = name, layout, made
    for before, file in kept:
        if before == asked:
            return file
    file = pack.of_layout(name, layout, made)
    st.session_state["report-filled"] = [*kept[1 - MOST :], (asked, file)]
    return file


def _download(file: pack.File, label: str, kind: Any) -> None:
    st.download_button(
        markup.in_markdown(label), file.content, file.name.rpartition("/")[2], key=f"report-get-{kind}",
        type=kind, on_click="ignore",
    )  # fmt: skip


@contextmanager
def _progress(key: str, book: Phrasebook) -> Iterator[Callable[[float], None]]:
    """Shows a progress bar, and removes it at the end."""
    bar = st.progress(0.0, book.say(key, percent=0))

    def show(part: float) -> None:
        done = min(1.0, max(0.0, part))
        bar.progress(done, book.say(key, percent=int(100 * done)))

    try:
        yield show
    finally:
        bar.empty()
