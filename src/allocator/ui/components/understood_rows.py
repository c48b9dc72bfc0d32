"""A list of a sheet's rows, each with what it was taken for and what it can be made in place of that."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd
import streamlit as st

from allocator.files.sheets.grids.grid import Grid
from allocator.files.understanding.model import ROW_ROLES, Taken, Understanding
from allocator.text import Phrasebook
from allocator.ui.components import markup

TALLEST, ROW = 420, 35  # pixels of the list; beyond that it scrolls
LONGEST = 40  # characters of a row that are shown
ROLES = {
    "recipient": "app.start.row_recipient",
    "check": "app.start.row_check",
    "heading": "app.start.row_heading",
    "note": "app.start.row_note",
}
TAKEN = ROLES | {
    "weights": "app.start.row_weights",
    "section": "app.start.row_section",
    "asked": "app.start.row_open",
    "left": "app.start.row_note",
    "reserved": "app.start.choice_reservation",
    "title": "app.start.row_title",
    "units": "app.start.row_title",
    "numbers": "app.start.row_title",
}
Lines = list[tuple[str, str, str]]


class _Standing(NamedTuple):
    """The list on the page: its key, its rows, and the roles that it was filled with."""

    key: str
    of: str
    lines: Lines
    roles: Mapping[str, str]


def rows_of(of: str) -> Mapping[str, str]:
    """The roles that were chosen for rows, by their numbers."""
    chosen: Mapping[str, str] = st.session_state.get(f"rows-{of}", {})
    return chosen


def set_rows(of: str, roles: Mapping[str, str]) -> None:
    """Gives rows these roles, in place of those chosen before."""
    st.session_state[f"rows-{of}"] = dict(roles)


def render_rows(made: Understanding, grids: Sequence[Grid], of: str, book: Phrasebook) -> None:
    """Draws the rows of a sheet, folded away: the role of each can be changed beside it.

    One table that the browser scrolls, and not a list a row: a sheet may have thousands.
    """
    chosen = rows_of(of)
    if not made.rows and not chosen:
        return
    folded = st.expander(book.say("app.start.rows"), key=f"fold-rows-{of}", on_change="rerun")
    if not folded.open:
        return
    with folded:
        st.html(markup.block("hint", book.say("app.start.rows_about")))
        words = {role: book.say(key) for role, key in ROLES.items()}
        standing = _standing(_lines(made, grids, chosen, book), of, book)
        table = pd.DataFrame(standing.lines, columns=["at", "name", "taken"], dtype=object)
        table["role"] = [words.get(standing.roles.get(at, "")) for at, _, _ in standing.lines]
        column = st.column_config.TextColumn
        st.data_editor(
            table,
            key=standing.key,
            hide_index=True,
            height=min(TALLEST, ROW * (len(table) + 1) + 3),
            column_config={
                "at": column(book.say("app.start.rows_at"), disabled=True, pinned=True, width=52),
                "name": column(book.say("app.start.rows_name"), disabled=True),
                "taken": column(book.say("app.start.rows_taken"), disabled=True),
                "role": st.column_config.SelectboxColumn(
                    book.say("app.start.rows_role"), options=[words[role] for role in ROW_ROLES]
                ),
            },
            alt=book.say("app.start.rows"),
            placeholder="",
            on_change=_keep,
            args=(of, standing, {word: role for role, word in words.items()}),
        )


def _keep(of: str, standing: _Standing, roles: Mapping[str, str]) -> None:
    """Keeps the roles that were chosen in the list; a blank one leaves the row as it was taken."""
    chosen = dict(standing.roles)
    for place, cells in st.session_state[standing.key].get("edited_rows", {}).items():
        if "role" in cells:
            chosen.pop(standing.lines[int(place)][0], None)
            if cells["role"] in roles:
                chosen[standing.lines[int(place)][0]] = roles[cells["role"]]
    set_rows(of, chosen)


def _standing(lines: Lines, of: str, book: Phrasebook) -> _Standing:
    """The list on the page, or a new one; it keeps its rows while it is there, as the browser does.

    So neither the place that was scrolled to nor a choice is lost when another role is given.
    """
    known = repr((book.language, [line[:2] for line in lines]))
    digest = hashlib.sha256(known.encode()).hexdigest()[:16]
    at = f"rows-list-{of}"
    standing: _Standing | None = st.session_state.get(at)
    if standing is None or standing.of != digest or standing.key not in st.session_state:
        count = st.session_state.get("rows-lists", 0) + 1
        st.session_state["rows-lists"] = count
        standing = _Standing(f"list-rows-{of}-{count}", digest, lines, rows_of(of))
        st.session_state[at] = standing
    return standing


def _lines(made: Understanding, grids: Sequence[Grid], chosen: Mapping[str, str], book: Phrasebook) -> Lines:
    """The rows in the sheet's order: number, name or first words, and what each was taken for."""
    grid = next((grid for grid in grids if grid.name == made.sheet), None)
    cells = {} if grid is None else {str(number): cells for number, cells in grid.rows}
    taken = {each.at: each for each in made.rows}
    for at in chosen:
        taken.setdefault(at, Taken(at, "asked", "given"))

    def name(at: str) -> str:
        texts = (cell.text.strip() for cell in cells.get(at, ()))
        return " ".join((taken[at].name or " ".join(filter(None, texts))).split())[:LONGEST]

    order = sorted(taken, key=lambda at: (len(at), at))
    return [(at, book.visible(name(at)), book.say(TAKEN[taken[at].role])) for at in order]
