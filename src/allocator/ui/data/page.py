"""Data 基础数据: the table, the factors and the remarks on cells; to see, to edit in place, to upload."""

from __future__ import annotations

import streamlit as st
from pathvalidate import sanitize_filename

from allocator.core.allocation import Allocation
from allocator.core.engine import allocate
from allocator.core.errors import AllocatorError, ScenarioError
from allocator.core.model import Scenario
from allocator.files.upload import read as upload
from allocator.files.upload import template as workbook
from allocator.report.tables.data import MOST_REMARKS, remarks_table, shares_table
from allocator.report.words.hints import hint_lines
from allocator.text import Phrasebook
from allocator.ui.components import markup, uploads
from allocator.ui.components.screen import foot_lines, readable
from allocator.ui.data import office_sheet
from allocator.ui.data.editors import render_editor, render_outcome, take_over
from allocator.ui.data.projects import render_projects
from allocator.ui.data.titles import render_titles
from allocator.ui.session import catalogue, state

TRANSPORT = 20  # MB that the browser may send: our own sentence refuses what is too large


def render() -> None:
    """Draws the page."""
    book = state.book()
    scenario = readable(book)
    if scenario is None:
        return
    slug = state.slug()
    st.html(markup.lines([markup.block("hint", line) for line in hint_lines(scenario, book)]))
    allocation = _allocation(slug, book)
    render_titles(scenario, slug, book)
    render_editor("table", scenario, slug, book)
    _render_upload(scenario, slug, book)
    render_projects(scenario, slug, book)
    grid = shares_table(allocation.scenario if allocation else scenario, book, allocation)
    about = markup.block("hint", book.say("app.table_editor.shares_about"))
    st.html(markup.lines([f"<div>{markup.table(grid, grid.caption)}</div>", about]))
    if scenario.provenance:
        _render_remarks(scenario, book)
    render_editor("factors", scenario, slug, book)
    with st.expander(book.say("app.table_editor.cells_fold"), key="fold-cells"):
        render_editor("cells", scenario, slug, book)
    _render_folded("aliases", book.say("app.table_editor.aliases_fold"), scenario, slug, book)
    _render_folded("uses", book.say("app.table_editor.uses_fold"), scenario, slug, book)
    if allocation is not None:
        st.html(markup.foot(foot_lines(allocation, book)))


def _render_folded(name: str, title: str, scenario: Scenario, slug: str, book: Phrasebook) -> None:
    """Draws an editor that few need, folded away; its outcome is seen when it is open."""
    folded = st.expander(title, key=f"fold-{name}", on_change="rerun")
    if folded.open:
        with folded:
            render_editor(name, scenario, slug, book)


def _allocation(slug: str, book: Phrasebook) -> Allocation | None:
    """The allocation of the data as it stands; where there can be none, says why."""
    try:
        return allocate(state.on_screen(slug))
    except AllocatorError as error:
        st.html(markup.block("zero", " ".join(error.sentences(book)), role="alert"))
        return None


def _render_remarks(scenario: Scenario, book: Phrasebook) -> None:
    count = len(scenario.provenance)
    with st.expander(book.say("app.table_editor.remarks_fold", count=count), key="fold-remarks"):
        grid = remarks_table(scenario, book)
        st.html(markup.table(grid, grid.caption))
        if count > MOST_REMARKS:
            st.html(markup.block("hint", book.say("app.table_editor.remarks_more", most=MOST_REMARKS)))


# --- upload and template --------------------------------------------------------------------------


def _render_upload(scenario: Scenario, slug: str, book: Phrasebook) -> None:
    st.html(
        markup.heading(book.say("app.table_editor.upload_title"))
        + markup.block("hint", book.say("app.table_editor.upload_about"))
    )
    render_outcome("upload", book)
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    with right:
        title = catalogue.title(slug, state.found(), book)
        st.download_button(
            book.say("app.table_editor.template"),
            lambda: workbook.template(scenario, book),
            file_name=sanitize_filename(
                f"{book.say('app.table_editor.template_name', title=title[:60])}.xlsx", replacement_text="-"
            ),
            mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            on_click="ignore",
            width="stretch",
        )
    with left:
        given = st.file_uploader(
            book.say("app.table_editor.upload_label"), key=f"upload-{slug}", max_upload_size=TRANSPORT
        )
    if given is None:
        return
    # Streamlit hands the same file over at every drawing: it is dealt with once
    dealt: dict[str, ScenarioError | None] = st.session_state.setdefault("data-uploads", {})
    if given.file_id not in dealt:
        try:
            after = upload.read(given.name, given.getvalue(), scenario)
        except ScenarioError as error:
            dealt[given.file_id] = error
        else:
            dealt[given.file_id] = None
            take_over("upload", slug, scenario, after)
            st.rerun()
    refused = dealt[given.file_id]
    if refused is not None:
        file = uploads.once(  # hashed once, and not at every drawing
            f"file-{slug}",
            given.file_id,
            lambda: uploads.given_of(given.name, given.getvalue(), given.file_id),
        )
        office_sheet.render_office_sheet(file, refused, scenario, slug, book)
