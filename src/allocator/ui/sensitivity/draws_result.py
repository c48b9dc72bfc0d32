"""The result of random draws: charts, each with its table folded away, and how to reproduce the figures."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pandas as pd
import streamlit as st

from allocator.analysis.sweep import Drivers, Sweep
from allocator.report.charts import data as chart_data
from allocator.report.charts import marks as charts
from allocator.report.charts.ranges import range_title
from allocator.report.sweep import charts as sweep_charts
from allocator.report.sweep import figures as sweep_grids
from allocator.report.sweep import words as sweep_words
from allocator.report.tables.table import Table
from allocator.report.words.rule import so_many
from allocator.text import Phrasebook
from allocator.ui.components import markup, widgets

ROOM = 24  # pixels beside the longest text of a range


def render_sweep(found: Sweep, driven: Drivers, book: Phrasebook) -> None:
    """Shows the whole result of a sweep."""
    scenario = found.scenario
    names = [book.text(r.name) for r in scenario.recipients]
    width = min(190, max(map(chart_data.text_width, names), default=0) + 8)
    st.html(
        markup.lines(
            [
                markup.block("hint", book.join(sweep_words.head(found, book))),
                markup.listing(sweep_words.verdicts(found, book)),
            ]
        )
    )
    _ranges(found, names, width, book)
    _table(sweep_grids.range_table(found, book), found, book)
    for kind, said, about, frame, grid in _figures(found, driven, book):
        title = markup.heading(book.say(said, base=sweep_words.against(found, book)), 3)
        with widgets.chart_box(len(names)):
            st.html(markup.lines([title, markup.block("scale", book.say(about))]))
            _chart(kind, frame, found, names, width, book)
        _table(grid, found, book)
    st.html(
        markup.lines(
            [markup.listing(sweep_words.notes(found, book)), markup.trace(sweep_words.trace(found, book))]
        )
    )


@lru_cache(maxsize=8)
def _figures(
    found: Sweep, driven: Drivers, book: Phrasebook
) -> tuple[tuple[str, str, str, pd.DataFrame, Table], ...]:
    """The kind, title, explanation, chart data and table of each of chances, ranks and drivers."""
    shown = (
        (
            "chances",
            "app.sweep.chances",
            "app.sweep.about_chances",
            sweep_charts.chance_frame(found, book),
            sweep_grids.chance_table(found, book),
        ),
        (
            "ranks",
            "app.sweep.ranks",
            "app.sweep.about_ranks",
            sweep_charts.rank_frame(found, book),
            sweep_grids.rank_table(found, book),
        ),
    )
    if found.exactly:  # without drivers
        return shown
    return (
        *shown,
        (
            "drivers",
            "app.sweep.drivers",
            "app.sweep.about_data" if found.noise else "app.sweep.about_weights",
            sweep_charts.driver_frame(found, driven, book),
            sweep_grids.driver_table(found, driven, book),
        ),
    )


def _ranges(found: Sweep, names: list[str], width: int, book: Phrasebook) -> None:
    rows = sweep_charts.sweep_rows(found, book)
    unit = sweep_charts.sweep_unit(found, book)
    assumed = found.scenario.assumed
    mark, key = ("ring", "chart.legend_hollow") if assumed else ("dot", "chart.legend_solid")
    marks = [(mark, book.say(key))]
    if sweep_words.base_name(found) != "present":
        marks.append(("tick", book.say("chart.legend_tick", base=sweep_words.against(found, book))))
    marks += [
        ("wide", book.say("app.sweep.legend_wide")),
        ("middle", book.say("app.sweep.legend_middle")),
        ("line", book.say("app.sweep.legend_line")),
    ]
    st.html(markup.lines([markup.heading(book.say("app.sweep.ranges"), 3), markup.legend(marks)]))
    with widgets.chart_box(len(rows)):
        for part in sweep_charts.sweep_panels(rows):
            whom = so_many(found.scenario, len(part), book)
            st.html(markup.heading(range_title(part, rows, unit.name, whom, book), 3))
            frame = sweep_charts.interval_frame(part, unit, book)
            _chart("ranges", frame, found, [row.name for row in part], width, book, part[0].id)


def _chart(
    kind: str,
    frame: pd.DataFrame,
    found: Sweep,
    names: list[str],
    width: int,
    book: Phrasebook,
    which: str = "",
) -> None:
    base = sweep_words.against(found, book)
    columns = tuple(dict.fromkeys(frame["column"])) if "column" in frame else ()
    room = max(map(chart_data.text_width, frame["text"])) + ROOM if kind == "ranges" else 0
    spec = _spec(kind, tuple(names), columns, book, base, width, room)
    content = {**spec, "datasets": {"rows": frame}}
    alt = sweep_charts.describe(kind, found, names, book)
    key = f"sweep-{kind}-{which}-{book.language}"
    st.vega_lite_chart(content, width="stretch", theme=None, alt=alt, key=key)


@lru_cache(maxsize=64)
def _spec(
    kind: str,
    names: tuple[str, ...],
    columns: tuple[str, ...],
    book: Phrasebook,
    base: str,
    width: int,
    room: int,
) -> dict[str, Any]:
    if kind == "ranges":
        return charts.spec(sweep_charts.interval_marks(names, book, base=base, width=width, room=room))
    if kind == "chances":
        return charts.spec(sweep_charts.chance_marks(names, book, width=width))
    heading = book.say("sweep.chart_rank" if kind == "ranks" else "sweep.chart_input")
    return charts.spec(sweep_charts.heat_marks(names, columns, book, heading=heading, width=width))


def _table(grid: Table, found: Sweep, book: Phrasebook) -> None:
    key = "app.sweep.caption_assumed" if found.scenario.assumed else "app.sweep.caption"
    with st.expander(
        markup.in_markdown(book.say("app.sweep.table", title=grid.caption)), key=f"fold-{grid.caption}"
    ):
        st.html(markup.table(grid, book.say(key, title=grid.caption), first=0))
