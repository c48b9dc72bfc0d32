"""Charts of an allocation: each recipient's amount, and its difference from a base.

Each is a pure function that returns a chart without data, to be drawn with a frame of `charts.data`: all
that changes with the weights is data, so that a page need not make the chart again.

Each channel is given as its own class, ``alt.X("low:Q")``: from a text alone Altair looks for it among all
classes that it has, anew each time, which took most of the time to make a chart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
from altair.utils import schemapi

from allocator.text import Phrasebook

# Unchecked as it is put together: checking takes a third of the time to a chart, and tests check each kind.
schemapi.disable_debug_mode()

INK, MUTED, LINE = "#1b2733", "#4a5866", "#dde4ea"
AMOUNT, GAIN, LOSS = "#1f5f99", "#0f6b5c", "#a8471f"
POSSIBLE = "#c3d9ec"  # also in style.css
FONTS = (
    "'Source Sans', 'Source Han Sans SC', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', "
    "'Segoe UI', Arial, sans-serif"
)
PICKED = "picked"  # the selection with the row that was clicked
BAND = 14  # height of a range
MANY = 20  # the most rows before they are drawn closer
HOLLOW = {"test": "datum.hollow", "value": "#ffffff"}  # a filling where assumed data decides


def amount_marks(
    names: Sequence[str],
    book: Phrasebook,
    *,
    base: str | None,
    width: int,
    room: int,
    possible: bool = False,
) -> alt.LayerChart:
    """A point for each amount and a tick for each base on a linear axis; draws an `amount_frame`.

    ``base`` is the name of the ticks (None: nothing to compare with, and no ticks), ``width`` that of the
    names in pixels; with ``possible`` a band behind each point shows its range.  The amounts are written in
    a column of their own, ``room`` pixels wide, under a heading: beside a point they could be read as the
    tick's.
    """
    x = number_axis("amount", book, room=room)
    tooltip = _tooltip(book, "amount_text", "chart.amount", base)
    if possible:
        tooltip.append(alt.Tooltip("possible_text:N", title=book.say("chart.possible")))
    shape = alt.Chart().encode(y=names_axis(names, book, width), tooltip=tooltip)
    bands = [
        shape.mark_bar(color=POSSIBLE, size=BAND, opacity=1).encode(x=alt.X("least:Q"), x2=alt.X2("most:Q"))
    ]
    ends = shape.mark_point(opacity=0, size=0)
    rules = shape.mark_rule(color=AMOUNT, opacity=0.35, strokeWidth=2).encode(x=x, x2=alt.X2("low:Q"))
    points = _points(shape, base is not None)
    ends_of_axis = [ends.encode(x=alt.X("low:Q")), ends.encode(x=alt.X("high:Q"))]
    figures = _figures(shape, "amount_text", book.say("chart.amount"))
    behind = [_lines(shape), *(bands if possible else [])]
    return finish([*behind, rules, *points, *figures, *ends_of_axis, _rows(shape)], len(names))


def change_marks(names: Sequence[str], book: Phrasebook, *, width: int, pick: bool = True) -> alt.LayerChart:
    """Bars for amount − base with sign and figure at each end; draws a `change_frame`.

    With ``pick`` a row can be picked.
    """
    shape = alt.Chart().encode(
        y=names_axis(names, book, width), tooltip=_tooltip(book, "change_text", "chart.change", None)
    )
    ends = shape.mark_point(opacity=0, size=0)
    sign = "(datum.value > 0 ? '+' : '') + datum.label"
    bars = shape.mark_bar(size=13).encode(
        x=number_axis("change", book, ticks=3, labelExpr=sign),
        x2=alt.X2("zero:Q"),
        color=alt.Color(
            "direction:N",
            scale=alt.Scale(domain=["gain", "loss", "same"], range=[GAIN, LOSS, MUTED]),
            legend=None,
        ),
    )
    text = shape.encode(x=alt.X("change:Q"), text=alt.Text("change_text:N"))
    labels = [
        text.mark_text(align="left", dx=5, fontSize=13, color=INK).transform_filter("datum.change >= 0"),
        text.mark_text(align="right", dx=-5, fontSize=13, color=INK).transform_filter("datum.change < 0"),
    ]
    ends_of_axis = [ends.encode(x=alt.X("low:Q")), ends.encode(x=alt.X("high:Q"))]
    return finish([bars, *labels, *ends_of_axis, *([_rows(shape)] if pick else [])], len(names))


def log_marks(names: Sequence[str], book: Phrasebook, *, base: str, width: int) -> alt.LayerChart:
    """All recipients on one logarithmic axis, for staff; draws an `amount_frame` without zeros."""
    axis = alt.Axis(title=None, orient="top", gridColor=LINE, tickCount=5, format=_plain(book),
                    description=book.say("chart.axis_figures"))  # fmt: skip
    x = alt.X("base:Q", scale=alt.Scale(type="log", nice=True, zero=False), axis=axis)
    shape = alt.Chart().encode(
        y=names_axis(names, book, width), tooltip=_tooltip(book, "amount_text", "chart.amount", base)
    )
    rules = shape.mark_rule(color=AMOUNT, strokeWidth=2, opacity=0.5).encode(x=x, x2=alt.X2("amount:Q"))
    ticks, points = _points(shape, True)
    return finish([rules, ticks, points.add_params(_picked())], len(names))


def waterfall_marks(names: Sequence[str], book: Phrasebook, *, width: int) -> alt.LayerChart:
    """A bar for each step, starting at the end of the bar above; draws a `waterfall.waterfall_frame`.

    ``names`` are those of the frame, which may have several lines.
    """
    lines = max((name.count("\n") + 1 for name in names), default=1)
    row = max(30, 10 + 16 * lines)
    y = names_axis(names, book, width, labelExpr="split(datum.label, '\\n')", labelLineHeight=15)
    figures = [
        alt.Tooltip("full:N", title=book.say("waterfall.step")),
        alt.Tooltip("text:N", title=book.say("waterfall.figure")),
    ]
    shape = alt.Chart().encode(y=y, tooltip=figures, description=_description("full", "text"))
    ends = shape.mark_point(opacity=0, size=0)
    bars = _framed(shape, number_axis("start", book), "end:Q")
    # half a row each and a little more, so that the threads of two neighbours meet between their bars
    threads = [
        shape.mark_tick(thickness=1, size=row / 2 + 4, color=MUTED, opacity=1, yOffset=offset)
        .encode(x=alt.X(f"{field}:Q"))
        .transform_filter(f"datum.{where}")
        for field, where, offset in (("start", "begins", -row / 4), ("end", "leads", row / 4))
    ]
    texts = shape.mark_text(align="left", dx=6, fontSize=13, color=INK).encode(
        x=alt.X("reach:Q"), text=alt.Text("text:N")
    )
    parts = [
        *threads,
        bars,
        texts,
        ends.encode(x=alt.X("low:Q")),
        ends.encode(x=alt.X("high:Q")),
    ]
    return finish(parts, len(names), height=len(names) * row + 34)


def tornado_marks(names: Sequence[str], book: Phrasebook, *, width: int) -> alt.LayerChart:
    """Two bars for each factor, for a lower and a higher weight; draws an `explain_charts.swing_frame`.

    The upper bar is that of the lower weight; the tooltip of each gives the weight and the change.
    """
    figures = [
        alt.Tooltip("name:N", title=book.say("sensitivity.factor")),
        alt.Tooltip("weight:N", title=book.say("sensitivity.weight")),
        alt.Tooltip("amount_text:N", title=book.say("table.amount")),
        alt.Tooltip("text:N", title=book.say("explain.change")),
    ]
    side = alt.YOffset("side:N", sort=["down", "up"])
    y = names_axis(names, book, width)
    shape = alt.Chart().encode(y=y, yOffset=side, tooltip=figures, description=_description("name", "text"))
    sign = "(datum.value > 0 ? '+' : '') + datum.label"
    bars = _framed(shape, number_axis("change", book, ticks=3, labelExpr=sign), "zero:Q")
    text = shape.encode(x=alt.X("change:Q"), text=alt.Text("text:N"))
    parts = [
        bars,
        text.mark_text(align="left", dx=6, fontSize=12, color=INK).transform_filter("datum.change >= 0"),
        text.mark_text(align="right", dx=-6, fontSize=12, color=INK).transform_filter("datum.change < 0"),
        *(shape.mark_point(opacity=0, size=0).encode(x=alt.X(f"{end}:Q")) for end in ("low", "high")),
    ]
    return finish(parts, len(names), height=len(names) * 52 + 34)


def _framed(shape: alt.Chart, x: alt.X, end: str) -> alt.Chart:
    """Bars in the colour of their direction, hollow where assumed data decides them."""
    scale = alt.Scale(domain=["gain", "loss", "same", "total"], range=[GAIN, LOSS, MUTED, AMOUNT])
    direction: dict[str, Any] = {"field": "direction", "type": "nominal", "scale": scale, "legend": None}
    bars: alt.Chart = shape.mark_bar(size=15, strokeWidth=1.5).encode(
        x=x,
        x2=alt.X2(end),
        stroke=alt.Stroke(**direction),
        fill=alt.condition("datum.hollow", alt.value("#ffffff"), alt.Fill(**direction)),
    )
    return bars


def _description(*fields: str) -> alt.DescriptionValue:
    """The text of a mark for screen readers: the values of these fields, without the chart's own words."""
    return alt.DescriptionValue(alt.ExprRef(" + ' ' + ".join(f"datum.{field}" for field in fields)))


def spec(marks: alt.LayerChart) -> dict[str, Any]:
    """The chart in Vega-Lite, to be drawn with a frame given beside it as the data set "rows".

    Altair names an empty data set in each layer, which would hide the frame.
    """
    content: dict[str, Any] = marks.to_dict(validate=False)
    for part in content["layer"]:
        part.pop("data", None)
    return {**content, "data": {"name": "rows"}}


def _rows(shape: alt.Chart) -> alt.Chart:
    """An invisible bar over each row: pointing anywhere at it shows the figures, and a click picks it."""
    whole: alt.Chart = shape.mark_bar(opacity=0, cursor="pointer").encode(
        x=alt.XValue(0), x2=alt.X2Value("width")
    )
    return whole.add_params(_picked())


def _figures(shape: alt.Chart, field: str, heading: str) -> list[alt.Chart]:
    """A column of figures at the right edge, with a heading above it."""
    edge = alt.XValue("width")
    head = alt.Chart().mark_text(
        align="right", fontSize=12, fontWeight="bold", color=AMOUNT, baseline="alphabetic"
    )
    return [
        shape.mark_text(align="right", fontSize=13, color=AMOUNT).encode(x=edge, text=alt.Text(f"{field}:N")),
        head.encode(x=edge, y=alt.YValue(-5), text=alt.TextValue(heading)).transform_aggregate(
            rows="count()"
        ),
    ]


def _lines(shape: alt.Chart) -> alt.Chart:
    """A faint line in each row that leads towards its figure at the right edge."""
    lines: alt.Chart = shape.mark_rule(color=LINE).encode(x=alt.X("low:Q"), x2=alt.X2("high:Q"))
    return lines


def _picked() -> alt.Parameter:
    return alt.selection_point(name=PICKED, fields=["name"], on="click")


def _points(shape: alt.Chart, with_base: bool) -> list[alt.Chart]:
    ticks = shape.mark_tick(color=INK, thickness=3, size=18, opacity=1).encode(x=alt.X("base:Q"))
    points = shape.mark_point(size=95, strokeWidth=2.5, opacity=1, color=AMOUNT).encode(
        x=alt.X("amount:Q"),
        fill=alt.FillValue(AMOUNT, condition=HOLLOW),
    )
    return [ticks, points] if with_base else [points]


def _tooltip(book: Phrasebook, field: str, key: str, base: str | None) -> list[alt.Tooltip]:
    shown = [("name", book.say("chart.recipient")), (field, book.say(key))]
    if base is not None:
        shown.append(("base_text", base))
    return [alt.Tooltip(f"{field}:N", title=title) for field, title in shown]


def names_axis(names: Sequence[str], book: Phrasebook, width: int, **more: Any) -> alt.Y:
    """The axis of names, in the order given."""
    axis = alt.Axis(
        title=None, labelOverlap=False, labelLimit=width, minExtent=width, maxExtent=width, labelPadding=8,
        ticks=False, domain=False, labelFontSize=13, labelColor=INK,
        description=book.say("chart.axis_names"), **more,
    )  # fmt: skip
    return alt.Y("name:N", sort=list(names), axis=axis)


def _plain(book: Phrasebook) -> str:
    """The number format of an axis: English with thousands separators, Chinese without."""
    return "~f" if book.chinese else ",~f"


def number_axis(
    field: str, book: Phrasebook, *, ticks: int = 5, room: int = 0, zero: bool = True, **more: Any
) -> alt.X:
    """A linear axis whose ends are set by the invisible marks at low and high.

    It leaves ``room`` pixels at its right, and includes zero unless ``zero`` is False.  The ends are data,
    not part of the chart, so that a new amount changes only data and the page need not draw the chart again.
    """
    many: Any = alt.expr(f"clamp(floor((width - {room}) / 70), 2, {ticks})") if room else ticks
    grid: Any = alt.condition("datum.value === 0", alt.value(MUTED), alt.value(LINE))
    axis = alt.Axis(title=None, orient="top", labelColor=MUTED, labelFontSize=12, ticks=False, domain=False,
                    gridColor=grid, format=_plain(book), tickCount=many, labelFlush=False, labelBound=10,
                    labelSeparation=8,
                    description=book.say("chart.axis_figures"), **more)  # fmt: skip
    scale = alt.Scale(nice=False, zero=zero)
    if room:
        scale["range"] = [0, alt.expr(f"width - {room}")]
    return alt.X(f"{field}:Q", scale=scale, axis=axis)


def chart_height(count: int) -> int:
    """The height in pixels of a stretched chart of so many rows, its axis included."""
    return count * (30 if count <= MANY else 22) + 34


def finish(layers: list[alt.Chart], count: int, *, height: int | None = None) -> alt.LayerChart:
    """The layers as one chart of so many rows."""
    return alt.LayerChart(  # all at once, since each property set later would copy every layer
        layer=layers,
        height=chart_height(count) if height is None else height,
        padding={"left": 2, "right": 2, "top": 2, "bottom": 2},
        config=alt.Config(font=FONTS, background="#ffffff", view=alt.ViewConfig(stroke=None)),
    )
