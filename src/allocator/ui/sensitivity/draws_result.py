"""What random draws gave: charts, each with its table folded away, and how to get the same figures again."""

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
from allocator.report.sweep import grids as sweep_grids
from allocator.report.sweep import words as sweep_words
from allocator.report.tables.grid import Grid
from allocator.report.words.rule import so_many
from allocator.text import say
from allocator.ui.components import markup, widgets

ROOM = 24  # pixels beside the longest text of a range


def render_sweep(found: Sweep, driven: Drivers, lang: str) -> None:
    """Everything that is shown of a sweep."""
    scenario = found.scenario
    names = [getattr(r.name, lang) for r in scenario.recipients]
    width = min(190, max(map(chart_data.text_width, names), default=0) + 8)
    st.html(
        markup.lines(
            [
                markup.block("hint", ("" if lang == "zh" else " ").join(sweep_words.head(found, lang))),
                markup.listing(sweep_words.verdicts(found, lang)),
            ]
        )
    )
    _ranges(found, names, width, lang)
    _table(sweep_grids.range_grid(found, lang), found, lang)
    for kind, about, frame, grid in _figures(found, driven, lang):
        title = markup.heading(say(f"app.sweep.{kind}", lang, base=sweep_words.against(found, lang)), 3)
        with widgets.chart_box(len(names)):
            st.html(markup.lines([title, markup.block("scale", say(f"app.sweep.about_{about}", lang))]))
            _chart(kind, frame, found, names, width, lang)
        _table(grid, found, lang)
    st.html(
        markup.lines(
            [markup.listing(sweep_words.notes(found, lang)), markup.trace(sweep_words.trace(found, lang))]
        )
    )


@lru_cache(maxsize=8)
def _figures(found: Sweep, driven: Drivers, lang: str) -> tuple[tuple[str, str, pd.DataFrame, Grid], ...]:
    """Of chances, ranks and drivers: the kind, what is said about it, its chart and its table."""
    return (
        ("chances", "chances", sweep_charts.chance_frame(found, lang), sweep_grids.chance_grid(found, lang)),
        ("ranks", "ranks", sweep_charts.rank_frame(found, lang), sweep_grids.rank_grid(found, lang)),
        (
            "drivers",
            "data" if found.noise else "weights",
            sweep_charts.driver_frame(found, driven, lang),
            sweep_grids.driver_grid(found, driven, lang),
        ),
    )


def _ranges(found: Sweep, names: list[str], width: int, lang: str) -> None:
    rows = sweep_charts.sweep_rows(found, lang)
    unit = sweep_charts.sweep_unit(found, lang)
    dots = ("ring", "hollow") if found.scenario.assumed else ("dot", "solid")
    marks = [(dots[0], say(f"app.chart.legend_{dots[1]}", lang))]
    if sweep_words.base_name(found) != "present":
        marks.append(("tick", say("app.chart.legend_tick", lang, base=sweep_words.against(found, lang))))
    marks += [(key, say(f"app.sweep.legend_{key}", lang)) for key in ("wide", "middle", "line")]
    st.html(markup.lines([markup.heading(say("app.sweep.ranges", lang), 3), markup.legend(marks)]))
    with widgets.chart_box(len(rows)):
        for part in sweep_charts.sweep_panels(rows):
            whom = so_many(found.scenario, len(part), lang)
            st.html(markup.heading(range_title(part, rows, unit.name, whom, lang), 3))
            frame = sweep_charts.interval_frame(part, unit, lang)
            _chart("ranges", frame, found, [row.name for row in part], width, lang, part[0].id)


def _chart(
    kind: str, frame: pd.DataFrame, found: Sweep, names: list[str], width: int, lang: str, which: str = ""
) -> None:
    base = sweep_words.against(found, lang)
    columns = tuple(dict.fromkeys(frame["column"])) if "column" in frame else ()
    room = max(map(chart_data.text_width, frame["text"])) + ROOM if kind == "ranges" else 0
    spec = _spec(kind, tuple(names), columns, lang, base, width, room)
    content = {**spec, "datasets": {"rows": frame}}
    alt = sweep_charts.describe(kind, found, names, lang)
    key = f"sweep-{kind}-{which}-{lang}"
    st.vega_lite_chart(content, width="stretch", theme=None, alt=alt, key=key)


@lru_cache(maxsize=64)
def _spec(
    kind: str, names: tuple[str, ...], columns: tuple[str, ...], lang: str, base: str, width: int, room: int
) -> dict[str, Any]:
    if kind == "ranges":
        return charts.spec(sweep_charts.interval_marks(names, lang, base=base, width=width, room=room))
    if kind == "chances":
        return charts.spec(sweep_charts.chance_marks(names, lang, width=width))
    heading = say("sweep.chart_rank" if kind == "ranks" else "sweep.chart_input", lang)
    return charts.spec(sweep_charts.heat_marks(names, columns, lang, heading=heading, width=width))


def _table(grid: Grid, found: Sweep, lang: str) -> None:
    key = "app.sweep.caption_assumed" if found.scenario.assumed else "app.sweep.caption"
    with st.expander(
        markup.in_markdown(say("app.sweep.table", lang, title=grid.caption)), key=f"fold-{grid.caption}"
    ):
        st.html(markup.table(grid, say(key, lang, title=grid.caption), first=0))
