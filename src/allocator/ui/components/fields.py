"""What stands in controls, kept apart from them: with the page or the language Streamlit forgets it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal, TypeVar

import streamlit as st

T = TypeVar("T")


def keep(key: str, value: object) -> None:
    """Notes what a control stands at."""
    st.session_state.chosen = {**st.session_state.get("chosen", {}), key: value}


def known(key: str, otherwise: T) -> T:
    """What a control stood at when it was drawn last."""
    value: T = st.session_state.get("chosen", {}).get(key, otherwise)
    return value


def render_choice(
    key: str,
    label: str,
    options: Iterable[T],
    first: T,
    name: Callable[[T], str],
    lang: str,
    *,
    width: int | Literal["stretch"] = "stretch",
) -> T:
    """A list that stands where it stood last, else at ``first``, as long as that can be chosen."""
    offered = list(options)
    before = known(key, first)
    at = offered.index(before) if before in offered else 0
    picked: Any = st.selectbox(
        label,
        offered,
        at,
        format_func=name,
        key=f"{key}-{lang}",
        width=width,
    )
    keep(key, picked)
    chosen: T = picked
    return chosen
