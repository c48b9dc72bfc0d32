"""The values of controls, kept apart from them: Streamlit forgets them when the page or language changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal, TypeVar

import streamlit as st

from allocator.text import Phrasebook

T = TypeVar("T")


def keep(key: str, value: object) -> None:
    """Keeps the value of a control."""
    st.session_state.chosen = {**st.session_state.get("chosen", {}), key: value}


def known(key: str, otherwise: T) -> T:
    """The value of a control when it was last drawn, else ``otherwise``."""
    value: T = st.session_state.get("chosen", {}).get(key, otherwise)
    return value


def render_choice(
    key: str,
    label: str,
    options: Iterable[T],
    first: T,
    name: Callable[[T], str],
    book: Phrasebook,
    *,
    width: int | Literal["stretch"] = "stretch",
) -> T:
    """Draws a list at its last value, else at ``first``, else at its first option; returns the choice."""
    offered = list(options)
    before = known(key, first)
    at = offered.index(before) if before in offered else 0
    picked: Any = st.selectbox(
        label,
        offered,
        at,
        format_func=name,
        key=f"{key}-{book.language}",
        width=width,
    )
    keep(key, picked)
    chosen: T = picked
    return chosen
