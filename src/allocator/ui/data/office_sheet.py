"""An office's own sheet in place of the template: what it was taken for, what is asked, and one step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from allocator.analysis.finding import held_against
from allocator.core.engine import allocate
from allocator.core.errors import AllocatorError, ScenarioError
from allocator.core.model import Scenario
from allocator.files.sheets.grids.files import grids_of
from allocator.files.sheets.grids.grid import Grid
from allocator.files.understanding.folder import with_values
from allocator.files.understanding.understand import understand_grids
from allocator.report.words.finding import against_sentence, terms
from allocator.text import LANGUAGES, say
from allocator.ui.components import markup, understood, uploads
from allocator.ui.data.editors import outcome_sentence, render_problems, render_sentences, take_over
from allocator.ui.session.remembered import shown


def render_office_sheet(
    file: uploads.Given, refused: ScenarioError, scenario: Scenario, slug: str, lang: str
) -> None:
    """A file that is no filled-in template: understood as a table, or why it cannot be used.

    ``refused`` is what the reader of templates says of it.
    """
    of = f"data-{slug}"
    if st.session_state.get(f"sheet-{of}") != file.id:
        st.session_state[f"sheet-{of}"] = file.id
        understood.begin(of)
    options = understood.options_of(of)
    try:
        grids = uploads.once(f"grids-{of}", file.digest, lambda: tuple(grids_of(file.name, file.content)))
        key = (file.digest, options, shown(scenario))
        made = uploads.once(
            f"understood-{of}", key, lambda: understand_grids(file.name, grids, options, scenario)
        )
    except ScenarioError:
        render_problems(refused, "upload_refused", lang)
        return
    # the program's own template names each cell by its row and heading
    if (_is_template(grids) and understood.is_open(made, of)) or not (made.values or made.decisions):
        render_problems(refused, "upload_refused", lang)
        _offer_new_fund(file, lang)
        return
    if made.problems:
        said = [understood.in_words(each, lang) for each in made.problems]
        render_sentences([f"{file.name}: {sentence}" for sentence in said], "upload_refused", lang)
    st.html(markup.block("exact", understood.summary(made, lang), role="status"))
    understood.render_questions(made, of, lang, keeps=True)
    understood.render_columns(made, of, lang)
    understood.render_statements(replace(made, problems=()), lang)
    if not understood.is_open(made, of):
        try:
            after = with_values(scenario, made, lang)
        except ScenarioError as error:  # what each figure may be and all together may not
            render_problems(error, "upload_refused", lang)
            return
        _render_effect(scenario, after, lang)
        if st.button(say("app.table_editor.take_sheet", lang), key=f"take-{of}", type="primary"):
            st.session_state["data-uploads"][file.id] = None  # dealt with
            take_over("upload", slug, scenario, after)
            st.rerun()
    else:
        _offer_new_fund(file, lang)
    understood.render_sheet(made, grids, lang)


def _is_template(grids: Sequence[Grid]) -> bool:
    """Whether these are the sheets of the workbook that the page gives to fill in."""
    names = {grid.name for grid in grids}
    parts = ("workbook.sheet_data", "workbook.sheet_notes")
    return any({say(part, lang) for part in parts} <= names for lang in LANGUAGES)


def _render_effect(before: Scenario, after: Scenario, lang: str) -> None:
    """What taking the sheet over would change, in the data and in the amounts."""
    st.html(markup.block("effect", outcome_sentence(before, after, lang, done=False)))
    try:
        old, new = allocate(before), allocate(after)
    except AllocatorError as error:
        st.html(markup.block("zero", " ".join(error.sentences(lang)), role="alert"))
        return
    found = held_against(new, old)
    base = say("app.table_editor.as_now", lang)
    words = terms([new], lang)
    st.html(markup.block("effect", against_sentence(found, base, after.distributable, words)))


def _offer_new_fund(file: uploads.Given, lang: str) -> None:
    """Another fund's table, or other factors: the way to a new fund, with the file there already."""
    if st.button(say("app.table_editor.new_fund", lang), key="sheet-new-fund"):
        uploads.keep("start", "new", file)
        understood.begin("new")
        st.switch_page(st.session_state.pages["new"])
