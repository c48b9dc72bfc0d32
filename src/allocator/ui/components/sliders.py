"""Sliders that move the picture while they are dragged; Streamlit's own report only when released."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import streamlit as st

HERE = Path(__file__).parent
LONGEST_GESTURE = 60


class Slider(NamedTuple):
    """One slider: factor, name, value in percent, and the effective weight in words where that differs."""

    id: str
    name: str
    value: int
    used: str = ""


def render_sliders(
    rows: Sequence[Slider], of: str, moved: Callable[[dict[str, int], str], None], key: str
) -> None:
    """Draws sliders for ``of``; ``moved`` is called with the values of all and the gesture that moved one."""

    def stepped() -> None:
        step = read_step(st.session_state[key].get("step"), [row.id for row in rows], of)
        if step is not None:
            moved(*step)

    said = st.session_state.get(key) or {}
    step = said.get("step") or {}
    data = {"of": of, "rows": [row._asdict() for row in rows], "heard": step.get("sent", "")}
    _component()(key=key, data=data, on_step_change=stepped)


def read_step(said: Any, ids: Sequence[str], of: str) -> tuple[dict[str, int], str] | None:
    """The values and the gesture in a browser's message; None if it is not valid for these sliders.

    >>> read_step({"of": "x", "points": {"a": 40, "b": 60}, "gesture": "7"}, ["a", "b"], "x")
    ({'a': 40, 'b': 60}, '7')
    >>> read_step({"of": "x", "points": {"a": 400, "b": 60}, "gesture": "7"}, ["a", "b"], "x")
    """
    if not isinstance(said, Mapping) or said.get("of") != of:
        return None
    points, gesture = said.get("points"), said.get("gesture")
    if not isinstance(points, Mapping) or set(points) != set(ids) or not isinstance(gesture, str):
        return None
    whole = {id: points[id] for id in ids}
    if not all(type(value) in (int, float) and value in range(101) for value in whole.values()):
        return None
    return {id: int(value) for id, value in whole.items()}, gesture[:LONGEST_GESTURE]


@cache
def _component() -> Any:
    return st.components.v2.component(
        "allocator_sliders",
        html='<div class="al-sliders"></div>',
        js=(HERE / "sliders.js").read_text("utf-8"),
        isolate_styles=False,
    )
