"""The picture of amounts as a table with marks drawn in its cells; everything from files escaped.

Rows align by themselves, every figure is text, and it prints.  Pressing a row gives its recipient.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

import streamlit as st

from allocator.report.charts.histogram import Bin
from allocator.report.charts.picture import Mark, Panel, Picture

HERE = Path(__file__).parent
CROWDED = 12  # rows above which they stand closer


class Heads(NamedTuple):
    """The headings of the columns; without a base the last two are not drawn."""

    caption: str
    who: str
    amount: str
    base: str = ""
    change: str = ""


def picture_html(shown: Picture, heads: Heads) -> str:
    """The picture as an HTML table."""
    compared = bool(heads.base)
    rows = sum(len(panel.marks) for panel in shown.panels)
    head = f'<th scope="col">{escape(heads.who)}</th><th scope="col" colspan="2">{escape(heads.amount)}</th>'
    if compared:
        head += f'<th scope="col" class="al-n">{escape(heads.base)}</th>'
        head += f'<th scope="col" colspan="2">{escape(heads.change)}</th>'
    body = "".join(_panel(panel, shown.zero, compared) for panel in shown.panels)
    close = " al-close" if rows > CROWDED else ""
    return (
        f'<table class="al-picture{close}"><caption class="al-sr">{escape(heads.caption)}</caption>'
        f"<thead><tr>{head}</tr></thead>{body}</table>"
    )


def _panel(panel: Panel, zero: float | None, compared: bool) -> str:
    ticks = "".join(f'<i style="left:{at}%">{escape(text)}</i>' for at, text in panel.ticks)
    grid = _lines([at for at, _ in panel.ticks], "#e8edf2")
    rest = '<td colspan="3"></td>' if compared else ""
    axis = (
        f'<tr class="al-axis" aria-hidden="true"><td></td><td class="al-track"><div>{ticks}</div></td>'
        f"<td></td>{rest}</tr>"
    )
    lines = f"--al-grid:{grid};--al-zero:{_lines([] if zero is None else [zero], '#7d8b98')}"
    rows = "".join(_row(mark, compared) for mark in panel.marks)
    return f'<tbody style="{lines}">{axis}{rows}</tbody>'


def _lines(places: Sequence[float], colour: str) -> str:
    """Upright lines at these percentages, as a background that all rows share.

    An element for each line of each row would be most of what the browser draws anew at every step.
    """
    stops = []
    for at in places:
        left = f"calc({at}% - 1px)" if at > 99 else f"{at}%"
        right = "100%" if at > 99 else f"calc({at}% + 1px)"
        stops.append(f"transparent {left},{colour} {left},{colour} {right},transparent {right}")
    return f"linear-gradient(90deg,{','.join(stops)})" if stops else "none"


def _row(mark: Mark, compared: bool) -> str:
    drawn = ""
    if mark.band is not None:
        left, right = mark.band
        drawn += f'<b class="al-band" style="left:{left}%;width:{round(right - left, 2)}%"></b>'
    drawn += f'<b class="al-stem" style="width:{mark.amount}%"></b>'
    if mark.base is not None:
        drawn += f'<b class="al-base" style="left:{mark.base}%"></b>'
    drawn += f'<b class="al-point{" al-hollow" if mark.hollow else ""}" style="left:{mark.amount}%"></b>'
    name = escape(mark.name)
    cells = (
        f'<th scope="row"><button type="button" data-row="{escape(mark.id)}">{name}</button></th>'
        f'<td class="al-track" aria-hidden="true"><div>{drawn}</div></td>'
        f'<td class="al-n al-strong">{escape(mark.amount_text)}</td>'
    )
    if compared:
        bar = ""
        if mark.bar is not None:
            left, right = mark.bar
            bar = f'<b class="al-bar" style="left:{left}%;width:{round(right - left, 2)}%"></b>'
        cells += (
            f'<td class="al-n">{escape(mark.base_text)}</td>'
            f'<td class="al-n al-{mark.direction}">{escape(mark.change_text)}</td>'
            f'<td class="al-track al-{mark.direction}" aria-hidden="true"><div>{bar}</div></td>'
        )
    return f"<tr>{cells}</tr>"


def histogram_html(shown: Sequence[Bin], heads: Heads) -> str:
    """A histogram as an HTML table, a bar per row; ``heads.who`` is the heading of the counts."""
    head = f'<th scope="col">{escape(heads.amount)}</th><th scope="col" colspan="2">{escape(heads.who)}</th>'
    rows = "".join(
        f'<tr><th scope="row">{escape(each.text)}</th><td class="al-n al-strong">{each.count}</td>'
        f'<td class="al-track" aria-hidden="true"><div>{_count(each)}</div></td></tr>'
        for each in shown
    )
    return (
        f'<table class="al-picture al-close al-histogram"><caption class="al-sr">{escape(heads.caption)}'
        f"</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _count(each: Bin) -> str:
    return f'<b class="al-bar al-count" style="left:0;width:{each.part}%"></b>' if each.count else ""


def render_row_presses(pressed: Callable[[str], None], key: str = "rows") -> None:
    """Listens for a press on a row of the page; ``pressed`` is called with its recipient's id."""

    def heard() -> None:
        id = (st.session_state.get(key) or {}).get("pressed")
        if isinstance(id, str):
            pressed(id)

    _component()(key=key, data={}, on_pressed_change=heard)


@cache
def _component() -> Any:
    return st.components.v2.component("allocator_rows", html="", js=(HERE / "rows.js").read_text("utf-8"))
