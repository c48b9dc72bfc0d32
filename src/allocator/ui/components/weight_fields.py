"""Fields in which the weights of a table's columns are written, two or three abreast."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from allocator.text import Phrasebook
from allocator.ui.components import markup

LONGEST = 20  # characters of a weight


def render_weight_fields(
    factors: Mapping[str, str],
    first: Mapping[str, object],
    key: str,
    label: str,
    book: Phrasebook,
    *,
    abreast: int = 2,
) -> dict[str, str]:
    """Draws a field for the weight of each column, at first as in ``first``; returns what is written.

    ``label`` is the key of the sentence beside a field, ``key`` that of the fields.
    """
    fields = list(factors.items())
    written = {}
    for start in range(0, len(fields), abreast):
        for column, (id, name) in zip(st.columns(abreast), fields[start : start + abreast], strict=False):
            at = f"{key}-{id}"
            if at not in st.session_state:
                st.session_state[at] = str(first.get(id, ""))
            with column:
                shown = markup.in_markdown(book.say(label, name=name))
                written[id] = st.text_input(shown, key=at, max_chars=LONGEST)
    return written
