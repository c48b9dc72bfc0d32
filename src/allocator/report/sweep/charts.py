"""Charts of a random sweep: ranges with points, chances of more and less, ranks, and drivers.

Each frame holds the data for its marks (`heat_marks` for ranks and drivers); amounts are exact until then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import altair as alt
import pandas as pd

from allocator.analysis.concentration import outliers
from allocator.analysis.sweep import LEVELS, Drivers, Sweep
from allocator.core.exact import Number, exact
from allocator.report.charts.data import MOST_NAMES, Unit, chart_unit, text_width
from allocator.report.charts.marks import (
    AMOUNT,
    BAND,
    GAIN,
    HOLLOW,
    INK,
    LOSS,
    MANY,
    MUTED,
    chart_height,
    finish,
    names_axis,
    number_axis,
)
from allocator.report.sweep.words import against, chance_text, grouped_ranks, input_name, rank_text
from allocator.text import Phrasebook

WIDE, MIDDLE = "#c3d9ec", "#7fa9d1"
NAMES = 160  # pixels that the name of a column takes at most
SEEN = 0.005  # the part of 1 from which a cell shows its percent
_ALT = {
    "ranges": "sweep.alt_ranges",
    "chances": "sweep.alt_chances",
    "ranks": "sweep.alt_ranks",
    "drivers": "sweep.alt_drivers",
}


@dataclass(frozen=True)
class SweepRow:
    """One recipient: its quantiles in rising order between the least and the most, all in the main unit."""

    id: str
    name: str
    ends: tuple[Number, ...]
    base: Number
    present: Number
    hollow: bool = False


def sweep_rows(found: Sweep, book: Phrasebook) -> tuple[SweepRow, ...]:
    """One row per recipient, in listed order."""
    return tuple(
        SweepRow(
            r.id,
            book.text(r.name),
            (found.least[r.id], *(found.quantiles[level][r.id] for level in LEVELS), found.most[r.id]),
            found.base[r.id],
            found.present.amounts[r.id],
            bool(found.scenario.assumed),
        )
        for r in found.scenario.recipients
    )


def sweep_panels(rows: Sequence[SweepRow]) -> tuple[tuple[SweepRow, ...], ...]:
    """The rows that can share one axis, and apart from them the outliers; each in listed order."""
    above = set(outliers({row.id: max(row.ends[-1], row.base, row.present) for row in rows}))
    together = tuple(row for row in rows if row.id not in above)
    return tuple(part for part in (together, tuple(row for row in rows if row.id in above)) if part)


def sweep_unit(found: Sweep, book: Phrasebook) -> Unit:
    """The unit of the amounts that are drawn."""
    fund = found.scenario.fund
    return chart_unit([*found.most.values(), *found.base.values()], fund.currency, fund.unit, book)


# --- ranges ---------------------------------------------------------------------------------------


def interval_frame(rows: Sequence[SweepRow], unit: Unit, book: Phrasebook) -> pd.DataFrame:
    """Ranges and points of a panel in the shown unit; low and high are the ends of its axis."""

    def shown(values: Iterable[Number]) -> list[float]:
        return [float(Fraction(value) / unit.scale) for value in values]

    fields = ("least", "from", "quarter", "middle", "upper", "to", "most")
    drawn = {field: shown(row.ends[at] for row in rows) for at, field in enumerate(fields)}
    points = {"base": shown(row.base for row in rows), "present": shown(row.present for row in rows)}
    every = [value for values in (*drawn.values(), *points.values()) for value in values]
    low, high = min(every, default=0.0), max(every, default=1.0)
    margin = (high - low) * 0.04 or 1.0
    near = (high - low) * 0.25  # a point this far beyond the range leaves room for the text before it

    def span(low: Number, high: Number) -> str:
        ends = unit.text(low, book), unit.text(high, book)
        return ends[0] if low == high else "–".join(ends)

    return pd.DataFrame(
        {
            "name": [row.name for row in rows],
            **drawn,
            **points,
            "reach": [
                max(at for at in values if at <= values[0] + near)
                for values in zip(drawn["most"], *points.values(), strict=True)
            ],
            "text": [span(row.ends[1], row.ends[-2]) for row in rows],
            "middle_text": [span(row.ends[2], row.ends[-3]) for row in rows],
            "all_text": [span(row.ends[0], row.ends[-1]) for row in rows],
            "base_text": [unit.text(row.base, book) for row in rows],
            "hollow": [row.hollow for row in rows],
            "present_text": [unit.text(row.present, book) for row in rows],
            "low": max(0.0, low - margin),
            "high": high + margin,
        }
    )


def interval_marks(
    names: Sequence[str], book: Phrasebook, *, base: str, width: int, room: int
) -> alt.LayerChart:
    """A line from the least to the most, bands for 90 % and 50 % of the draws, a tick and a point.

    ``base`` says what the tick stands for; the point is the scenario's own amount, hollow where data is
    assumed; ``room`` is for the texts.
    """
    tooltip = [
        alt.Tooltip(f"{field}:N", title=title)
        for field, title in (
            ("name", book.say("chart.recipient")),
            ("text", book.say("sweep.chart_range")),
            ("middle_text", book.say("sweep.chart_middle")),
            ("all_text", book.say("sweep.chart_all")),
            ("present_text", book.say("sweep.chart_present")),
            ("base_text", base),
        )
    ]
    shape = alt.Chart().encode(y=names_axis(names, book, width), tooltip=tooltip)
    x = number_axis("least", book, room=room, zero=False)
    edge: dict[str, Any] = {"opacity": 1, "stroke": AMOUNT, "strokeWidth": 1}
    ends = shape.mark_point(opacity=0, size=0)
    return finish(
        [
            shape.mark_rule(color=MUTED, strokeWidth=1.5, opacity=1).encode(x=x, x2=alt.X2("most:Q")),
            shape.mark_bar(color=WIDE, size=BAND, **edge).encode(x=alt.X("from:Q"), x2=alt.X2("to:Q")),
            shape.mark_bar(color=MIDDLE, size=BAND, **edge).encode(
                x=alt.X("quarter:Q"), x2=alt.X2("upper:Q")
            ),
            shape.mark_tick(color=INK, thickness=3, size=22, opacity=1).encode(x=alt.X("base:Q")),
            shape.mark_point(size=80, color=AMOUNT, strokeWidth=2.5, opacity=1).encode(
                x=alt.X("present:Q"), fill=alt.FillValue(AMOUNT, condition=HOLLOW)
            ),
            shape.mark_text(align="left", dx=10, fontSize=13, color=INK).encode(
                x=alt.X("reach:Q"), text=alt.Text("text:N")
            ),
            ends.encode(x=alt.X("low:Q")),
            ends.encode(x=alt.X("high:Q")),
        ],
        len(names),
    )


# --- chances --------------------------------------------------------------------------------------


def chance_frame(found: Sweep, book: Phrasebook) -> pd.DataFrame:
    """Two rows for each recipient, in percent: the chance of more, and that of less with a minus."""
    rows = []
    for recipient in found.scenario.recipients:
        for side, sign, chances in (("more", 1, found.more), ("less", -1, found.less)):
            chance = chances[recipient.id]
            rows.append(
                {
                    "name": book.text(recipient.name),
                    "side": side,
                    "chance": float(chance) * 100 * sign,
                    "text": chance_text(found, chance, book),
                }
            )
    return pd.DataFrame(rows).assign(zero=0.0, low=-150.0, high=150.0)


def chance_marks(names: Sequence[str], book: Phrasebook, *, width: int) -> alt.LayerChart:
    """A bar to the right for more and one to the left for less, each with its percent and sampling error."""
    tooltip = [
        alt.Tooltip("name:N", title=book.say("chart.recipient")),
        alt.Tooltip("text:N", title="%"),
    ]
    shape = alt.Chart().encode(y=names_axis(names, book, width), tooltip=tooltip)
    more, less = book.say("sweep.chart_more"), book.say("sweep.chart_less")
    label = (
        f"datum.value == 100 ? '{more} 100%' : datum.value == -100 ? '{less} 100%' : "
        "abs(datum.value) > 100 ? '' : abs(datum.value) + '%'"
    )
    color = alt.Color("side:N", scale=alt.Scale(domain=["more", "less"], range=[GAIN, LOSS]), legend=None)
    x = number_axis("chance", book, ticks=6, labelExpr=label)
    text = shape.encode(x=alt.X("chance:Q"), text=alt.Text("text:N"))
    ends = shape.mark_point(opacity=0, size=0)
    return finish(
        [
            shape.mark_bar(size=13).encode(x=x, x2=alt.X2("zero:Q"), color=color),
            text.mark_text(align="left", dx=5, fontSize=12, color=INK).transform_filter(
                "datum.side == 'more'"
            ),
            text.mark_text(align="right", dx=-5, fontSize=12, color=INK).transform_filter(
                "datum.side == 'less'"
            ),
            ends.encode(x=alt.X("low:Q")),
            ends.encode(x=alt.X("high:Q")),
        ],
        len(names),
    )


# --- ranks and drivers ----------------------------------------------------------------------------


def rank_frame(found: Sweep, book: Phrasebook) -> pd.DataFrame:
    """A row for each recipient and rank, or group of ranks."""
    places, ranks = grouped_ranks(found)
    columns = [rank_text(place, book) for place in places]
    return _heat(
        [(book.text(r.name), [float(chance) for chance in ranks[r.id]]) for r in found.scenario.recipients],
        columns,
        book,
    )


def driver_frame(found: Sweep, driven: Drivers, book: Phrasebook) -> pd.DataFrame:
    """A row for each recipient and input: its part in the variance, of first order where there is noise."""
    parts = driven.first or driven.weights or {}
    inputs = list(next(iter(parts.values()), {}))
    columns = [input_name(found, input, book) for input in inputs]
    names = {r.id: book.text(r.name) for r in found.scenario.recipients}
    return _heat(
        [
            (names[id], [min(1.0, max(0.0, parts[id][input])) for input in inputs])
            for id in names
            if id in parts
        ],
        columns,
        book,
    )


def _heat(
    rows: Sequence[tuple[str, Sequence[float]]], columns: Sequence[str], book: Phrasebook
) -> pd.DataFrame:
    """Parts of 1 as cells of a heat map: in percent, with a text where it is large enough to show.

    Of many rows only the first keeps its empty cells, so that all columns are named.
    """
    cells = [
        {
            "name": name,
            "column": column,
            "part": part * 100,
            "text": _cell(part, book),
            "full": book.number(exact(round(part * 100, 2))),
            "dark": part > 0.85,  # where black text would have a contrast below 4.5 : 1
        }
        for at, (name, parts) in enumerate(rows)
        for column, part in zip(columns, parts, strict=True)
        if part or not at or len(rows) <= MANY
    ]
    return pd.DataFrame(cells, columns=["name", "column", "part", "text", "full", "dark"])


def _cell(part: float, book: Phrasebook) -> str:
    """A part of 1 in whole percent: 100 only for exactly 1, and "" for next to nothing."""
    if SEEN <= part < 1 - SEEN or part == 1:
        return book.number(exact(round(part * 100)))
    return ">99" if part > SEEN else ""


def heat_marks(
    names: Sequence[str], columns: Sequence[str], book: Phrasebook, *, heading: str, width: int
) -> alt.LayerChart:
    """A heat map whose cells show a percent and are darker the larger it is; ``heading`` names the columns.

    Names of columns are set upright where they would overlap.
    """
    widest = min(NAMES, max(map(text_width, columns), default=0)) + 8
    upright = f"width < {widest * len(columns)} ? "
    axis = alt.Axis(
        title=heading, orient="top", ticks=False, domain=False, labelColor=INK,
        titleColor=MUTED, titleFontWeight="normal", labelFontSize=12, labelLimit=NAMES, description=heading,
        labelAngle=alt.expr(f"{upright}-90 : 0"), labelAlign=alt.expr(f"{upright}'left' : 'center'"),
        labelBaseline=alt.expr(f"{upright}'middle' : 'bottom'"), labelOverlap=False,
    )  # fmt: skip
    tooltip = [
        alt.Tooltip("name:N", title=book.say("chart.recipient")),
        alt.Tooltip("column:N", title=heading),
        alt.Tooltip("full:N", title="%"),
    ]
    shape = alt.Chart().encode(
        x=alt.X("column:N", sort=list(columns), axis=axis),
        y=names_axis(names, book, width),
        tooltip=tooltip,
    )
    scale = alt.Scale(domain=[0, 100], range=["#ffffff", AMOUNT], interpolate="rgb")
    layers = [shape.mark_rect(stroke="#dde4ea").encode(color=alt.Color("part:Q", scale=scale, legend=None))]
    if len(names) <= MANY and len(columns) <= MANY:
        layers.append(
            shape.mark_text(fontSize=12).encode(
                text=alt.Text("text:N"),
                color=alt.ColorValue("#000000", condition={"test": "datum.dark", "value": "#ffffff"}),
            )
        )
    made: alt.LayerChart = finish(layers, len(names)).resolve_scale(color="independent")
    return made.properties(height=chart_height(len(names)) + widest)


# --- accessible names -----------------------------------------------------------------------------


def describe(kind: str, found: Sweep, names: Sequence[str], book: Phrasebook) -> str:
    """The accessible name of a chart of "ranges", "chances", "ranks" or "drivers"; no figures."""
    shown = names if len(names) <= MOST_NAMES else [book.say("chart.alt_many", count=len(names))]
    details = {"unit": sweep_unit(found, book).name, "base": against(found, book), "names": shown}
    return book.say(_ALT[kind], **details)
