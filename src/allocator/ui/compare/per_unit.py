"""Amounts per unit of a chosen column: 人均、每万元税收."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from allocator.core.allocation import Allocation
from allocator.report.tables.base import Base
from allocator.report.words.per_unit import Held, columns
from allocator.text import Phrasebook
from allocator.ui.components import markup, widgets
from allocator.ui.session import base


def render_per_unit(allocations: Sequence[Allocation], chosen: Base | None, book: Phrasebook) -> None:
    """Draws a sentence and, folded away, the table and the choice of the column.

    A column with a weight decides the amounts itself and says little about them: its sentence is folded too.
    """
    there = {factor.id: factor for factor in columns(allocations[0].scenario)}
    if not there:
        return
    wanted = base.column() if base.column() in there else next(iter(there))
    held = Held(tuple(allocations), chosen, there[wanted], book)
    shown = held.grid()
    sentence, title = markup.block("effect", held.sentence()), book.say("per_unit.title")
    apart = not allocations[0].scenario.weights.get(wanted, 0)
    if apart:
        st.html(markup.heading(title) + sentence)
    with st.expander(shown.caption if apart else title, key="fold-per-unit"):
        if not apart:
            st.html(sentence)
        key = widgets.stand_at(f"per-unit-{book.language}-{'/'.join(there)[:200]}", wanted)
        st.selectbox(
            book.say("per_unit.column"),
            list(there),
            format_func=lambda id: book.say("table.header_unit", header=there[id].name, unit=there[id].unit),
            key=key,
            on_change=lambda: base.choose_column(st.session_state[key]),
        )
        st.html(markup.table(shown, shown.caption))
        st.html(markup.lines(markup.block("hint", line) for line in held.notes()))
