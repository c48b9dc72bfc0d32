"""The tables of a new fund: one, or those of several offices that are joined by the recipients' names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import streamlit as st

from allocator.core.errors import ScenarioError
from allocator.core.model import Scenario
from allocator.files.sheets.grids.files import grids_of
from allocator.files.sheets.grids.grid import Grid
from allocator.files.understanding.joined import (
    MISSING,
    TWICE,
    asked,
    complete,
    joined,
    label_of,
    names_of,
    recipients_of,
)
from allocator.files.understanding.model import Understanding
from allocator.files.understanding.understand import understand_grids
from allocator.text import Phrasebook
from allocator.ui.components import markup, understood, uploads, widgets
from allocator.ui.session import remembered

OF = "new"  # the key under which the files of this page are kept; those after the first have a number
ALL = "new-all"  # that of what the files have in common


class Tables(NamedTuple):
    """The understanding of all files as one, and of each with its sheets."""

    made: Understanding
    each: tuple[tuple[Understanding, tuple[Grid, ...]], ...]


def render_tables(files: Sequence[uploads.Given], like: Scenario | None, book: Phrasebook) -> Tables | None:
    """Draws the questions on each file and on what they have in common; None where one cannot be read."""
    read: list[tuple[Understanding, tuple[Grid, ...]]] = []
    for at, file in enumerate(files):
        of = OF if not at else f"{OF}-{at + 1}"
        if st.session_state.get(f"sheet-{of}") != (file.id, file.digest):
            st.session_state[f"sheet-{of}"] = file.id, file.digest
            understood.begin(of)
        if len(files) > 1:
            st.html(markup.heading(label_of(at + 1, file.name), 3))
        names = like or (names_of([made for made, _ in read]) if read else None)
        try:
            made, grids = _understood(file, of, names, len(files) > 1)
        except ScenarioError as error:
            widgets.render_errors(error, book)
            return None
        if len(files) > 1:
            made = asked(made, may_leave=like is None)
        understood.render_questions(made, of, book)
        understood.render_roles(made, grids, of, book)
        read.append((made, grids))
    if len(read) == 1:
        return Tables(read[0][0], tuple(read))
    made = _joined([made for made, _ in read], like)
    _render_common(made, book)
    return Tables(made, tuple(read))


def _understood(
    file: uploads.Given, of: str, names: Scenario | None, several: bool
) -> tuple[Understanding, tuple[Grid, ...]]:
    """The understanding of a file and its sheets; of several, each brings columns of its own."""
    grids = uploads.once(f"start-grids-{of}", file.digest, lambda: tuple(grids_of(file.name, file.content)))
    options = replace(understood.options_of(of), other_factors=several and names is not None)
    key = file.digest, options, remembered.shown(names) if names else None
    made = uploads.once(
        f"start-understood-{of}", key, lambda: understand_grids(file.name, grids, options, names)
    )
    return made, grids


def _joined(parts: Sequence[Understanding], like: Scenario | None) -> Understanding:
    """The tables as one, with the answers that were given, and a question for each column that is missing."""
    ids = recipients_of(parts, like)
    missing = {}
    for number in range(1, len(parts) + 1):
        answers = understood.answers_of(OF if number == 1 else f"{OF}-{number}")
        for (key, _, _), (choice, _) in answers.items():
            if key == MISSING:
                missing[number] = choice
    chosen = {
        str(statement.details["id"]): choice for choice, statement in understood.answers_of(ALL).values()
    }
    made = joined(parts, ids, chosen, missing)
    return made if like is None else complete(made, like)


def _render_common(made: Understanding, book: Phrasebook) -> None:
    """Draws what is asked, refused or was found of the files together, and not of one of them."""
    for statement in made.problems:
        if statement.key == "joined_double":
            st.html(markup.block("zero", understood.in_words(statement, book), role="alert"))
    common = [each for each in made.decisions if each.key in (TWICE, "factor_missing")]
    understood.render_questions(replace(made, decisions=tuple(common)), ALL, book)


def render_statements(tables: Tables, book: Phrasebook) -> None:
    """Draws how the table was taken, or of several files how they were joined."""
    alone = len(tables.each) == 1
    understood.render_statements(tables.made if alone else replace(tables.made, problems=()), book)


def render_sheets(tables: Tables, book: Phrasebook) -> None:
    """Draws the sheets, coloured by their roles; each of several files below what was found in it."""
    for number, (made, grids) in enumerate(tables.each, 1):
        if len(tables.each) > 1:
            st.html(markup.heading(label_of(number, made.file)))
            understood.render_statements(made, book)
        understood.render_sheet(made, grids, book)
