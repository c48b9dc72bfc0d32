"""Data 基础数据: the table, the factors and the remarks on cells; to see, to edit in place, to upload."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st
from pathvalidate import sanitize_filename

from allocator.allocation import Allocation
from allocator.analysis.differences import differences
from allocator.engine import allocate
from allocator.errors import AllocatorError, ScenarioError
from allocator.files import upload, workbook
from allocator.files.datatable import CELL_COLUMNS, FACTOR_COLUMNS, REGISTER, factor_headings
from allocator.model import Scenario
from allocator.parts import STATUSES
from allocator.report.data_table import MOST_REMARKS, remarks_table, shares_table
from allocator.report.differences import said
from allocator.text import say
from allocator.ui import markup, shelf, state, toolbar, widgets
from allocator.ui.pages.allocate import assumed_sentence, foot_lines

TALLEST = 640  # pixels of an editor; beyond that it scrolls
ROW = 35
TRANSPORT = 20  # MB that the browser may send: what is too large is then said in a sentence of our own
MANY = 8  # problems from which they scroll in a box of their own

NUMBER = "number"  # the column that counts the rows
_NUMBER = re.compile("[1-9][0-9]{0,6}")
Rows = list[tuple[int, list[str]]]


class Editor(NamedTuple):
    """One of the three tables: how it is written out and read back."""

    name: str
    out: Callable[[Scenario, str], tuple[list[str], list[list[str]]]]
    back: Callable[[Scenario, Sequence[str], Rows, str], Scenario]
    grows: bool


EDITORS = {
    editor.name: editor
    for editor in (
        Editor("table", upload.table_rows, upload.with_table, True),
        Editor("factors", lambda s, lang: upload.factor_rows(s.factors, lang), upload.with_factors, False),
        Editor("cells", upload.cell_rows, upload.with_cells, True),
    )
}


def render() -> None:
    """Draws the page."""
    lang = state.lang()
    scenario = widgets.render_scenario_picker(lang)
    if scenario is None:
        return
    slug = state.slug()
    toolbar.render_toolbar(slug, lang)
    if scenario.assumed:
        st.html(markup.notice(say("app.assumed.badge", lang), assumed_sentence(scenario, lang)))
    allocation = _allocation(slug, lang)
    _render_editor("table", scenario, slug, lang)
    _render_upload(scenario, slug, lang)
    grid = shares_table(allocation.scenario if allocation else scenario, lang, allocation)
    about = markup.block("hint", say("app.table_editor.shares_about", lang))
    st.html(markup.lines([f"<div>{markup.table(grid, grid.caption)}</div>", about]))
    if scenario.provenance:
        _render_remarks(scenario, lang)
    _render_editor("factors", scenario, slug, lang)
    with st.expander(say("app.table_editor.cells_fold", lang)):
        _render_editor("cells", scenario, slug, lang)
    if allocation is not None:
        st.html(markup.foot(foot_lines(allocation, lang)))
    state.write_address()


def _allocation(slug: str, lang: str) -> Allocation | None:
    """The allocation of the data as it stands; where there can be none, says why."""
    try:
        return allocate(state.on_screen(slug))
    except AllocatorError as error:
        st.html(markup.block("zero", " ".join(error.sentences(lang)), role="alert"))
        return None


# --- what a person did ----------------------------------------------------------------------------


def take_over(where: str, slug: str, before: Scenario, after: Scenario) -> None:
    """Puts the edited scenario on the screen, as one step, and keeps what there is to say of it there."""
    if after != before:
        state.set_scenario(slug, after, state.draft(slug).points)
    st.session_state["data-outcome"] = where, before, after


def _render_outcome(where: str, lang: str) -> None:
    """What an edit changed, once, in the place where it was made."""
    made, before, after = st.session_state.get("data-outcome", ("", None, None))
    if made == where:
        del st.session_state["data-outcome"]
        st.html(markup.block("exact", outcome_sentence(before, after, lang), role="status"))


def outcome_sentence(before: Scenario, after: Scenario, lang: str) -> str:
    """What an edit changed, in words."""
    if before == after:
        return say("app.table_editor.unchanged", lang)
    changes = said(differences(before, after), after, lang, 6)
    return say("app.table_editor.changed", lang, changes=("" if lang == "zh" else " ").join(changes))


def render_problems(error: ScenarioError, title: str, lang: str) -> None:
    """Every problem as a sentence, in a box that scrolls where there are many."""
    sentences = error.sentences(lang)
    head = say(f"app.table_editor.{title}", lang, count=len(sentences))
    st.html(markup.block("zero", head, role="alert"))
    with st.container(height=320 if len(sentences) > MANY else "content", border=len(sentences) > MANY):
        st.markdown("\n".join(f"{at}. {markup.in_markdown(s)}" for at, s in enumerate(sentences, 1)))


# --- the editors ----------------------------------------------------------------------------------


def frame_of(rows: list[list[str]], width: int) -> pd.DataFrame:
    """Rows of text as an editor holds them: a column that counts, then one for each heading by position."""
    keys = [f"c{at}" for at in range(width)]
    frame = pd.DataFrame(rows, columns=keys, dtype=object)
    frame.insert(0, NUMBER, [str(at) for at in range(1, len(rows) + 1)])
    return frame


def rows_of(frame: pd.DataFrame) -> Rows:
    """The rows of an editor with their numbers; added ones count on, and those left blank are not there."""
    rows: Rows = []
    numbers = [int(n) if isinstance(n, str) and _NUMBER.fullmatch(n) else None for n in frame[NUMBER]]
    last = max((n for n in numbers if n), default=0)
    for number, (_, *values) in zip(numbers, frame.itertuples(index=False), strict=True):
        cells = [value.strip() if isinstance(value, str) else "" for value in values]
        if number is None:
            last += 1
        if number or any(cells):
            rows.append((number or last, cells))
    return rows


def _render_editor(name: str, scenario: Scenario, slug: str, lang: str) -> None:
    editor = EDITORS[name]
    title = say(f"app.table_editor.{name}_title", lang)
    st.html(markup.heading(title) + markup.block("hint", say(f"app.table_editor.{name}_about", lang)))
    _render_outcome(name, lang)
    try:
        header, rows = editor.out(scenario, lang)
    except ScenarioError as error:
        render_problems(error, "not_shown", lang)
        return
    # keyed by what it was filled from: it starts anew when that changes, and else keeps what was typed, also
    # while other parts of the scenario change
    filled = hashlib.sha256(repr((header, rows)).encode()).hexdigest()[:16]
    key = f"{name}-{slug}-{lang}-{filled}"
    with st.form(f"form-{key}"):
        frame = st.data_editor(
            frame_of(rows, len(header)),
            key=key,
            num_rows="dynamic" if editor.grows else "fixed",
            hide_index=True,
            height=min(TALLEST, ROW * (len(rows) + 1 + editor.grows) + 3),
            column_config=column_config(name, header, scenario, lang),
            alt=title,
        )
        applied = st.form_submit_button(say(f"app.table_editor.{name}_apply", lang), type="primary")
    if not applied:
        return
    try:
        after = editor.back(scenario, header, rows_of(frame), title)
    except ScenarioError as error:
        render_problems(error, "refused", lang)
        return
    take_over(name, slug, scenario, after)
    st.rerun()


def column_config(name: str, header: Sequence[str], scenario: Scenario, lang: str) -> dict[str, Any]:
    """How an editor shows its columns: text so that figures stay exact, lists where there is a choice."""
    number = st.column_config.TextColumn(say("table.number", lang), disabled=True, pinned=True, width=52)
    config: dict[str, Any] = {NUMBER: number}
    choices, figures, fixed = _roles(name, len(header), scenario, lang)
    for at, label in enumerate(header):
        if at in choices:
            column = st.column_config.SelectboxColumn(label, options=choices[at])
        else:
            pinned = name == "table" and at == REGISTER.index(f"name_{lang}")
            column = st.column_config.TextColumn(
                label, alignment="right" if at in figures else "left", disabled=at in fixed, pinned=pinned
            )
        config[f"c{at}"] = column
    return config


def _roles(
    name: str, width: int, scenario: Scenario, lang: str
) -> tuple[dict[int, list[str]], set[int], set[int]]:
    """By position: columns to choose in, and from what; columns of figures; and those that stay."""
    statuses = [say(f"status.{status}", lang) for status in STATUSES]
    if name == "table":
        return {}, set(range(len(REGISTER), width)), set()
    if name == "factors":
        return {FACTOR_COLUMNS.index("status"): statuses}, {FACTOR_COLUMNS.index("year")}, {0}
    choices = {
        "recipient": [getattr(r.name, lang) for r in scenario.recipients],
        "factor": factor_headings(scenario, lang),
        "status": statuses,
    }
    figures = {CELL_COLUMNS.index(column) for column in ("declared", "verified")}
    return {CELL_COLUMNS.index(column): options for column, options in choices.items()}, figures, set()


def _render_remarks(scenario: Scenario, lang: str) -> None:
    count = len(scenario.provenance)
    with st.expander(say("app.table_editor.remarks_fold", lang, count=count)):
        grid = remarks_table(scenario, lang)
        st.html(markup.table(grid, grid.caption))
        if count > MOST_REMARKS:
            st.html(markup.block("hint", say("app.table_editor.remarks_more", lang, most=MOST_REMARKS)))


# --- upload and template --------------------------------------------------------------------------


def _render_upload(scenario: Scenario, slug: str, lang: str) -> None:
    st.html(
        markup.heading(say("app.table_editor.upload_title", lang))
        + markup.block("hint", say("app.table_editor.upload_about", lang))
    )
    _render_outcome("upload", lang)
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    with right:
        title = shelf.title(slug, state.found(), lang)
        st.download_button(
            say("app.table_editor.template", lang),
            lambda: workbook.template(scenario, lang),
            file_name=sanitize_filename(
                f"{say('app.table_editor.template_name', lang, title=title[:60])}.xlsx", replacement_text="-"
            ),
            mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            on_click="ignore",
            width="stretch",
        )
    with left:
        given = st.file_uploader(
            say("app.table_editor.upload_label", lang), key=f"upload-{slug}", max_upload_size=TRANSPORT
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
        render_problems(refused, "upload_refused", lang)
