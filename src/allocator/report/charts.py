"""Charts of an allocation: what each recipient gets, and by how much that differs from a base.

Each is a pure function that gives a chart without data, to be drawn with a frame of `chart_data`: whatever
moves with the weights is data, so that a page need not make the chart anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from allocator.text import say

INK, MUTED, LINE = "#1b2733", "#4a5866", "#dde4ea"
AMOUNT, GAIN, LOSS = "#1f5f99", "#0f6b5c", "#a8471f"
FONTS = (
    "'Source Sans', 'Source Han Sans SC', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', "
    "'Segoe UI', Arial, sans-serif"
)
MANY = 20  # rows from which they stand closer


def amount_marks(names: Sequence[str], lang: str, *, base: str | None, width: int) -> alt.LayerChart:
    """A point for each amount and a tick for each base on a linear axis; draws an `amount_frame`.

    ``base`` says what the ticks stand for (None: there is nothing to compare with, and no ticks), ``width``
    is that of the names.
    """
    x = _axis("amount", lang)
    shape = alt.Chart().encode(y=_names(names, width), tooltip=_tooltip(lang, "amount", base))
    ends = shape.mark_point(opacity=0, size=0)
    rules = shape.mark_rule(color=AMOUNT, opacity=0.35, strokeWidth=2).encode(x=x, x2="low:Q")
    texts = shape.mark_text(align="left", dx=12, fontSize=13, color=INK).encode(
        x="reach:Q", text="amount_text:N"
    )
    points = _points(shape, base is not None)
    return _finish([rules, *points, texts, ends.encode(x="low:Q"), ends.encode(x="high:Q")], len(names))


def change_marks(names: Sequence[str], lang: str, *, width: int) -> alt.LayerChart:
    """Bars for amount − base with sign and figure at each end; draws a `change_frame`."""
    shape = alt.Chart().encode(y=_names(names, width), tooltip=_tooltip(lang, "change", None))
    ends = shape.mark_point(opacity=0, size=0)
    sign = "(datum.value > 0 ? '+' : '') + datum.label"
    bars = shape.mark_bar(size=13).encode(
        x=_axis("change", lang, labelExpr=sign),
        x2="zero:Q",
        color=alt.Color(
            "direction:N",
            scale=alt.Scale(domain=["gain", "loss", "same"], range=[GAIN, LOSS, MUTED]),
            legend=None,
        ),
    )
    text = shape.encode(x="change:Q", text="change_text:N")
    labels = [
        text.mark_text(align="left", dx=5, fontSize=13, color=INK).transform_filter("datum.change >= 0"),
        text.mark_text(align="right", dx=-5, fontSize=13, color=INK).transform_filter("datum.change < 0"),
    ]
    return _finish([bars, *labels, ends.encode(x="low:Q"), ends.encode(x="high:Q")], len(names))


def log_marks(names: Sequence[str], lang: str, *, base: str, width: int) -> alt.LayerChart:
    """All recipients on one logarithmic axis, for staff who ask; draws an `amount_frame` without zeros."""
    axis = alt.Axis(title=None, orient="top", gridColor=LINE, tickCount=5, format=_plain(lang))
    x = alt.X("base:Q", scale=alt.Scale(type="log", nice=True, zero=False), axis=axis)
    shape = alt.Chart().encode(y=_names(names, width), tooltip=_tooltip(lang, "amount", base))
    rules = shape.mark_rule(color=AMOUNT, strokeWidth=2, opacity=0.5).encode(x=x, x2="amount:Q")
    return _finish([rules, *_points(shape, True)], len(names))


def spec(marks: alt.LayerChart) -> dict[str, Any]:
    """The chart in Vega-Lite, to be drawn with a frame given beside it as the data set "rows".

    Altair names an empty data set in each layer, which would hide the frame.
    """
    content: dict[str, Any] = marks.to_dict()
    for part in content["layer"]:
        part.pop("data", None)
    return {**content, "data": {"name": "rows"}}


def _points(shape: alt.Chart, with_base: bool) -> list[alt.Chart]:
    ticks = shape.mark_tick(color=INK, thickness=3, size=18, opacity=1).encode(x="base:Q")
    points = shape.mark_point(size=95, strokeWidth=2.5, opacity=1, color=AMOUNT).encode(
        x="amount:Q",
        fill=alt.condition("datum.hollow", alt.value("#ffffff"), alt.value(AMOUNT)),
    )
    return [ticks, points] if with_base else [points]


def _tooltip(lang: str, figure: str, base: str | None) -> list[alt.Tooltip]:
    shown = [
        ("name", say("app.chart.recipient", lang)),
        (f"{figure}_text", say(f"app.chart.{figure}", lang)),
    ]
    if base is not None:
        shown.append(("base_text", base))
    return [alt.Tooltip(f"{field}:N", title=title) for field, title in shown]


def _names(names: Sequence[str], width: int) -> alt.Y:
    axis = alt.Axis(
        title=None, labelOverlap=False, labelLimit=width, minExtent=width, maxExtent=width, labelPadding=8,
        ticks=False, domain=False, labelFontSize=13, labelColor=INK,
    )  # fmt: skip
    return alt.Y("name:N", sort=list(names), axis=axis)


def _plain(lang: str) -> str:
    """How an axis writes numbers: English with thousands separators, Chinese without."""
    return "~f" if lang == "zh" else ",~f"


def _axis(field: str, lang: str, **more: Any) -> alt.X:
    """A linear axis that ends where the invisible marks at low and high stand.

    The ends are data, not part of the chart, so that a new amount changes nothing but data and the page
    need not draw the chart anew.
    """
    grid: Any = alt.condition("datum.value === 0", alt.value(MUTED), alt.value(LINE))
    axis = alt.Axis(title=None, orient="top", labelColor=MUTED, labelFontSize=12, ticks=False, domain=False,
                    gridColor=grid, format=_plain(lang), tickCount=5, labelFlush=False, **more)  # fmt: skip
    return alt.X(f"{field}:Q", scale=alt.Scale(nice=False, zero=True), axis=axis)


def chart_height(count: int) -> int:
    """The height of a stretched chart of so many rows, its axis included."""
    return count * (30 if count <= MANY else 22) + 34


def _finish(layers: list[alt.Chart], count: int) -> alt.LayerChart:
    chart: alt.LayerChart = (
        alt.LayerChart(layer=layers)
        .properties(height=chart_height(count), padding={"left": 2, "right": 2, "top": 2, "bottom": 2})
        .configure(font=FONTS, background="#ffffff")
        .configure_view(stroke=None)
    )
    return chart
