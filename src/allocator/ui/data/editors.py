"""The editors of the data page: what is typed stands until it is applied or discarded."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from allocator.analysis.differences import differences
from allocator.core.errors import ScenarioError
from allocator.core.model import Scenario
from allocator.core.parts import STATUSES
from allocator.files.sheets.headings import CELL_COLUMNS, FACTOR_COLUMNS, REGISTER, factor_headings
from allocator.files.upload import lists
from allocator.files.upload import read as upload
from allocator.report.words.differences import differences_in_words
from allocator.text import BOOKS, Phrasebook
from allocator.ui.components import markup
from allocator.ui.data.edits import Edits, Rows, Same, after, edits_of
from allocator.ui.session import state

TALLEST = 640  # pixels of an editor; beyond that it scrolls
ROW = 35
MANY = 8  # problems from which they scroll in a box of their own

NUMBER = "number"  # the column that counts the rows
Into = tuple[str, str, str]  # the editor, the scenario, and a digest of the data that filled the editor


class Editor(NamedTuple):
    """One of the tables: its sentences, the data that fills it, functions that write and read it."""

    name: str
    title: str
    about: str
    apply: str
    of: Callable[[Scenario], object]
    out: Callable[[Scenario, Phrasebook], tuple[list[str], list[list[str]]]]
    back: Callable[[Scenario, Sequence[str], Rows, str], Scenario]
    grows: bool


def _data(scenario: Scenario) -> object:
    columns = [(factor.id, factor.values) for factor in scenario.factors]
    return scenario.recipients, columns, scenario.published, scenario.previous


def _described(scenario: Scenario) -> object:
    return [replace(factor, values=()) for factor in scenario.factors]


def _described_rows(scenario: Scenario, book: Phrasebook) -> tuple[list[str], list[list[str]]]:
    return upload.factor_rows(scenario.factors, book)


EDITORS = {
    editor.name: editor
    for editor in (
        Editor(
            "table",
            "app.table_editor.table_title",
            "app.table_editor.table_about",
            "app.table_editor.table_apply",
            _data,
            upload.table_rows,
            partial(upload.with_table, numbered=True),
            True,
        ),
        Editor(
            "factors",
            "app.table_editor.factors_title",
            "app.table_editor.factors_about",
            "app.table_editor.factors_apply",
            _described,
            _described_rows,
            upload.with_factors,
            False,
        ),
        Editor(
            "cells",
            "app.table_editor.cells_title",
            "app.table_editor.cells_about",
            "app.table_editor.cells_apply",
            lambda s: s.provenance,
            upload.cell_rows,
            upload.with_cells,
            True,
        ),
        Editor(
            "aliases",
            "app.table_editor.aliases_title",
            "app.table_editor.aliases_about",
            "app.table_editor.aliases_apply",
            lambda s: s.recipients,
            lists.alias_rows,
            lists.with_aliases,
            False,
        ),
        Editor(
            "uses",
            "app.table_editor.uses_title",
            "app.table_editor.uses_about",
            "app.table_editor.uses_apply",
            lambda s: (s.uses, s.fund.currency, s.fund.unit),
            lists.use_rows,
            lists.with_uses,
            True,
        ),
    )
}


class Standing(NamedTuple):
    """An editor on the page: its key, and the rows that it was given when it was first drawn."""

    key: str
    rows: Rows


class Entered(NamedTuple):
    """The edits typed into an editor, and if they were refused: problems are shown until they are solved."""

    edits: Edits = Edits()
    refused: bool = False


@st.fragment
def render_editor(name: str, scenario: Scenario, slug: str, book: Phrasebook) -> None:
    """Draws an editor with its buttons.  Typing in a cell redraws only this part, not the page."""
    editor = EDITORS[name]
    title = book.say(editor.title)
    st.html(markup.heading(title) + markup.block("hint", book.say(editor.about)))
    render_outcome(name, book)
    try:
        header, rows = editor.out(scenario, book)
    except ScenarioError as error:
        render_problems(error, "app.table_editor.not_shown", book)
        return
    into = name, slug, _digest(editor.of(scenario))
    config = column_settings(name, header, scenario, book)
    same = _same(name, len(header), scenario, book)
    shown = _standing(into, rows, same, repr((book, header, config)))
    st.data_editor(
        frame_of(shown.rows, len(header)),
        key=shown.key,
        num_rows="dynamic" if editor.grows else "fixed",
        hide_index=True,
        height=min(TALLEST, ROW * (len(shown.rows) + 1 + editor.grows) + 3),
        column_config=config,
        alt=title,
        on_change=_keep,
        args=(into, shown, rows, len(header)),
    )
    typed = _entered(into)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        applied = st.button(book.say(editor.apply), key=f"apply-{name}-{slug}", type="primary")
        if typed.edits:
            label = book.say("app.table_editor.discard")
            st.button(label, key=f"discard-{name}-{slug}", on_click=_forget, args=(into,))
            st.html(markup.block("edited", book.say("app.table_editor.unapplied"), role="status"))
    if not applied and not typed.refused:
        return
    try:
        made = editor.back(scenario, header, typed.edits.on(rows), title)
    except ScenarioError as error:
        _put(into, typed._replace(refused=True))
        render_problems(error, "app.table_editor.refused", book)
        return
    if not applied:
        _put(into, typed._replace(refused=False))
    else:
        _forget(into)
        take_over(name, slug, scenario, made)
        st.rerun()


def frame_of(rows: Rows, width: int) -> pd.DataFrame:
    """Rows as an editor holds them: a column of their numbers, then one for each heading by position."""
    keys = [f"c{at}" for at in range(width)]
    frame = pd.DataFrame([cells for _, cells in rows], columns=keys, dtype=object)
    frame.insert(0, NUMBER, [str(number) for number, _ in rows])
    return frame


def column_settings(name: str, header: Sequence[str], scenario: Scenario, book: Phrasebook) -> dict[str, Any]:
    """The columns of an editor: text, so that figures stay exact, and lists where there is a choice."""
    number = st.column_config.TextColumn(book.say("table.number"), disabled=True, pinned=True, width=52)
    config: dict[str, Any] = {NUMBER: number}
    choices, figures, fixed = _roles(name, len(header), scenario, book)
    for at, label in enumerate(header):
        if at in choices:
            column = st.column_config.SelectboxColumn(label, options=choices[at])
        else:
            pinned = name == "table" and at == REGISTER.index(f"name_{book.language}")
            column = st.column_config.TextColumn(
                label, alignment="right" if at in figures else "left", disabled=at in fixed, pinned=pinned
            )
        config[f"c{at}"] = column
    return config


def _roles(
    name: str, width: int, scenario: Scenario, book: Phrasebook
) -> tuple[dict[int, list[str]], set[int], set[int]]:
    """The options of columns with a choice, the columns of figures, and the fixed ones, all by position."""
    statuses = [book.say(f"status.{status}") for status in STATUSES]
    if name == "table":
        return {}, set(range(len(REGISTER), width)), set()
    if name == "factors":
        return {FACTOR_COLUMNS.index("status"): statuses}, {FACTOR_COLUMNS.index("year")}, {0}
    if name == "aliases":
        return {}, set(), {0}
    if name == "uses":
        return {}, {width - 1}, set()
    choices = {
        "recipient": [book.text(r.name) for r in scenario.recipients],
        "factor": factor_headings(scenario, book),
        "status": statuses,
    }
    figures = {CELL_COLUMNS.index(column) for column in ("declared", "verified")}
    return {CELL_COLUMNS.index(column): options for column, options in choices.items()}, figures, set()


# --- what stands in them --------------------------------------------------------------------------


def _digest(content: object) -> str:
    return hashlib.sha256(repr(content).encode()).hexdigest()[:16]


def _entered(into: Into) -> Entered:
    made: Entered = st.session_state.get("data-typed", {}).get(into, Entered())
    return made


def _put(into: Into, typed: Entered) -> None:
    st.session_state["data-typed"] = {**st.session_state.get("data-typed", {}), into: typed}


def _keep(into: Into, shown: Standing, rows: list[list[str]], width: int) -> None:
    """Keeps the edits of an editor, before anything is drawn in its place."""
    now = after(shown.rows, st.session_state[shown.key], len(rows), width)
    _put(into, _entered(into)._replace(edits=edits_of(rows, now)))


def _forget(into: Into) -> None:
    """Puts an editor back to what the scenario says."""
    _put(into, Entered())
    st.session_state.pop(f"data-standing-{into[0]}", None)


def _standing(into: Into, rows: list[list[str]], same: Same, looks: str) -> Standing:
    """The editor on the page; where there is none, a new one with what was typed before.

    While it is there it must be given the same rows: the browser keeps what was typed beside them.
    """
    begun = f"{'-'.join(into)}-{_digest(looks)}"
    at = f"data-standing-{into[0]}"
    standing: Standing | None = st.session_state.get(at)
    if standing is None or standing.key.rpartition("-")[0] != begun or standing.key not in st.session_state:
        count = st.session_state.get("data-editors", 0) + 1
        st.session_state["data-editors"] = count
        standing = Standing(f"{begun}-{count}", _entered(into).edits.on(rows, same))
        st.session_state[at] = standing
    return standing


def _same(name: str, width: int, scenario: Scenario, book: Phrasebook) -> dict[int, dict[str, str]]:
    """The choices of the other languages in the words of this one, by column."""
    here, *_ = _roles(name, width, scenario, book)
    same: dict[int, dict[str, str]] = {}
    for other in BOOKS:
        for at, options in _roles(name, width, scenario, other)[0].items():
            words = {a: b for a, b in zip(options, here[at], strict=True) if a not in here[at]}
            same.setdefault(at, {}).update(words)
    return same


# --- what a person did ----------------------------------------------------------------------------


def take_over(where: str, slug: str, before: Scenario, after: Scenario, *, points: bool = True) -> None:
    """Puts the edited scenario on the screen, as one step, and keeps its changes to be shown at ``where``.

    Without ``points`` its own weights count, in place of those that the sliders were set to.
    """
    if after != before:
        state.set_scenario(slug, after, state.draft(slug).points if points else None)
    st.session_state["data-outcome"] = where, before, after


def render_outcome(where: str, book: Phrasebook) -> None:
    """Draws the changes of an edit, once, in the place where it was made."""
    made, before, after = st.session_state.get("data-outcome", ("", None, None))
    if made == where:
        del st.session_state["data-outcome"]
        st.html(markup.block("exact", outcome_sentence(before, after, book), role="status"))


def outcome_sentence(before: Scenario, after: Scenario, book: Phrasebook, *, done: bool = True) -> str:
    """The changes of an edit in words, or those that it would make if not ``done``."""
    if before == after:
        return book.say("app.table_editor.unchanged")
    changes = differences_in_words(differences(before, after), after, book, 6)
    key = "app.table_editor.changed" if done else "app.table_editor.would_change"
    return book.say(key, changes=book.join(changes))


def render_problems(error: ScenarioError, title: str, book: Phrasebook) -> None:
    """Draws every problem as a sentence, in a box that scrolls where there are many."""
    render_sentences(error.sentences(book), title, book)


def render_sentences(sentences: Sequence[str], title: str, book: Phrasebook) -> None:
    """Draws sentences on what is wrong, their number first."""
    head = book.say(title, count=len(sentences))
    st.html(markup.block("zero", head, role="alert"))
    with st.container(height=320 if len(sentences) > MANY else "content", border=len(sentences) > MANY):
        st.markdown("\n".join(f"{at}. {markup.in_markdown(s)}" for at, s in enumerate(sentences, 1)))
