"""An office's own sheet in place of the template: its understanding, the questions, and taking it over."""

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
from allocator.text import BOOKS, Phrasebook
from allocator.ui.components import markup, understood, uploads
from allocator.ui.data.editors import outcome_sentence, render_problems, render_sentences, take_over
from allocator.ui.data.instead import render_instead, render_offer
from allocator.ui.session.other_factors import with_other_factors
from allocator.ui.session.remembered import shown


def render_office_sheet(
    file: uploads.Given, refused: ScenarioError, scenario: Scenario, slug: str, book: Phrasebook
) -> None:
    """Draws a file that is no filled-in template: its understanding as a table, or why it cannot be used.

    ``refused`` is the error of the reader of templates.
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
        render_problems(refused, "app.table_editor.upload_refused", book)
        return
    instead = understood.is_instead(of)
    keeps = not instead
    # the program's own template names each cell by its row and heading
    closed = not _is_template(grids) or instead or not understood.is_open(made, of, keeps=keeps)
    if not closed or not (made.values or made.decisions or options.rows):
        render_problems(refused, "app.table_editor.upload_refused", book)
        _offer_new_fund(file, book)
        return
    if made.problems:
        said = [understood.in_words(each, book) for each in made.problems]
        render_sentences(
            [f"{file.name}: {sentence}" for sentence in said], "app.table_editor.upload_refused", book
        )
    st.html(markup.block("exact", understood.summary(made, book), role="status"))
    render_offer(made, of, book)
    understood.render_questions(made, of, book, keeps=keeps)
    weights, decided = render_instead(scenario, made, of, book) if instead and made.factors else ({}, {})
    understood.render_roles(made, grids, of, book)
    understood.render_statements(replace(made, problems=()), book)
    if understood.is_open(made, of, keeps=keeps):
        _offer_new_fund(file, book)
    elif not instead or any(weights.values()):
        try:
            if instead:
                after = with_other_factors(scenario, made, weights, decided, book)
            else:
                after = with_values(scenario, made, book)
        except ScenarioError as error:  # figures that are valid singly but not together
            title = "app.table_editor.still" if instead else "app.table_editor.upload_refused"
            render_problems(error, title, book)
        else:
            _render_effect(scenario, after, book)
            if st.button(book.say("app.table_editor.take_sheet"), key=f"take-{of}", type="primary"):
                st.session_state["data-uploads"][file.id] = None  # dealt with
                take_over("upload", slug, scenario, after, points=not instead)
                st.rerun()
    understood.render_sheet(made, grids, book)


def _is_template(grids: Sequence[Grid]) -> bool:
    """True if these are the sheets of the workbook that the page gives to fill in."""
    names = {grid.name for grid in grids}
    parts = ("workbook.sheet_data", "workbook.sheet_notes")
    return any({book.say(part) for part in parts} <= names for book in BOOKS)


def _render_effect(before: Scenario, after: Scenario, book: Phrasebook) -> None:
    """Draws the changes that taking the sheet over would make, in the data and in the amounts."""
    st.html(markup.block("effect", outcome_sentence(before, after, book, done=False)))
    try:
        old, new = allocate(before), allocate(after)
    except AllocatorError as error:
        st.html(markup.block("zero", " ".join(error.sentences(book)), role="alert"))
        return
    found = held_against(new, old)
    base = book.say("app.table_editor.as_now")
    words = terms([new], book)
    st.html(markup.block("effect", against_sentence(found, base, after.distributable, words)))


def _offer_new_fund(file: uploads.Given, book: Phrasebook) -> None:
    """Draws a button that begins a new fund with the file, for another fund's table or other factors."""
    if st.button(book.say("app.table_editor.new_fund"), key="sheet-new-fund"):
        uploads.keep_several("start", "new", (file,))
        understood.begin("new")
        st.switch_page(st.session_state.pages["new"])
