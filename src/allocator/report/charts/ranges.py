"""Charts of possible ranges: a band from the least to the most, and nothing in between.

No point, no middle and no shading: nothing distinguishes the values between the ends of a range.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

import altair as alt
import pandas as pd

from allocator.analysis.audit import Range
from allocator.analysis.concentration import outliers
from allocator.core.exact import Number
from allocator.core.model import Scenario
from allocator.report.charts.data import Unit, chart_unit, round_up
from allocator.report.charts.marks import BAND, INK, POSSIBLE, finish, names_axis, number_axis
from allocator.report.words.ranges import SHARE_STEP, outward
from allocator.text import Phrasebook

TRACK, EDGE = "#eef2f6", "#5f8fbf"
WHOLE_FROM = 1000  # shown units, from which on labels have no decimals


class Named(Protocol):
    """A row of a chart, as titles need it."""

    @property
    def name(self) -> str: ...


@dataclass(frozen=True)
class RangeRow:
    """One recipient's range: money in the main unit, or parts of 1; ``mark`` is the published amount."""

    id: str
    name: str
    low: Number
    high: Number
    mark: Number | None = None


def amount_rows(scenario: Scenario, bounds: Mapping[str, Range], book: Phrasebook) -> tuple[RangeRow, ...]:
    """The range of each recipient's amount with the published amount, in listed order."""
    published = scenario.published or {}
    return tuple(
        RangeRow(r.id, book.text(r.name), *bounds[r.id], published[r.id]) for r in scenario.recipients
    )


def share_rows(scenario: Scenario, bounds: Mapping[str, Range], book: Phrasebook) -> tuple[RangeRow, ...]:
    """The range of each share of a factor, rounded outward, for the recipients that take part."""
    return tuple(
        RangeRow(r.id, book.text(r.name), *outward(bounds[r.id], SHARE_STEP))
        for r in scenario.recipients
        if r.id in bounds
    )


def range_panels(rows: Sequence[RangeRow]) -> tuple[tuple[RangeRow, ...], ...]:
    """The rows that can share one axis, and separately the outliers; each in listed order."""
    above = set(outliers({row.id: max(row.high, row.mark or 0) for row in rows}))
    together = tuple(row for row in rows if row.id not in above)
    return tuple(part for part in (together, tuple(row for row in rows if row.id in above)) if part)


def amount_unit(rows: Sequence[RangeRow], scenario: Scenario, book: Phrasebook) -> Unit:
    """The unit of the amounts that are drawn."""
    fund = scenario.fund
    return chart_unit([max(row.high, row.mark or 0) for row in rows], fund.currency, fund.unit, book)


def amount_frame(rows: Sequence[RangeRow], unit: Unit, book: Phrasebook) -> pd.DataFrame:
    """The data of a panel of ranges of money, in the shown unit; low and high are the ends of its axis.

    Figures are rounded outward: to two decimals, or to whole units from a thousand on.
    """
    marks = [row.mark or 0 for row in rows]
    tops = [float(Fraction(max(row.high, mark)) / unit.scale) for row, mark in zip(rows, marks, strict=True)]
    step = Fraction(unit.scale, 1 if max(tops, default=0.0) >= WHOLE_FROM else 100)
    ends = [[Fraction(end) / unit.scale for end in outward((row.low, row.high), step)] for row in rows]
    return pd.DataFrame(
        {
            "name": [row.name for row in rows],
            "least": [float(Fraction(row.low) / unit.scale) for row in rows],
            "most": [float(Fraction(row.high) / unit.scale) for row in rows],
            "mark": [float(Fraction(mark) / unit.scale) for mark in marks],
            "reach": tops,
            "text": [_span(book.number(low), book.number(high)) for low, high in ends],
            "mark_text": [unit.text(mark, book) for mark in marks],
            "low": 0.0,
            "high": round_up(max(tops, default=0.0)) * 1.4,
        }
    )


def share_frame(rows: Sequence[RangeRow], book: Phrasebook) -> pd.DataFrame:
    """The data of a panel of ranges of shares, in percent of the factor."""
    ends = [(row.low * 100, row.high * 100) for row in rows]
    texts = [_span(book.number(low), book.number(high)) for low, high in ends]
    return pd.DataFrame(
        {
            "name": [row.name for row in rows],
            "least": [float(low) for low, _ in ends],
            "most": [float(high) for _, high in ends],
            "reach": 100.0,
            "text": [book.say("rule.percent", value=text) for text in texts],
            "low": 0.0,
            "high": 158.0,
        }
    )


def _span(low: str, high: str) -> str:
    return low if low == high else f"{low}–{high}"


def amount_marks(names: Sequence[str], book: Phrasebook, *, width: int) -> alt.LayerChart:
    """A band for each range and a tick for the published amount; draws an `amount_frame`."""
    tooltip = [
        alt.Tooltip("name:N", title=book.say("chart.recipient")),
        alt.Tooltip("text:N", title=book.say("chart.possible")),
        alt.Tooltip("mark_text:N", title=book.say("chart.published")),
    ]
    shape = alt.Chart().encode(y=names_axis(names, book, width), tooltip=tooltip)
    ticks = shape.mark_tick(color=INK, thickness=3, size=18, opacity=1).encode(x=alt.X("mark:Q"))
    return _banded(shape, number_axis("least", book), [ticks], names)


def share_marks(names: Sequence[str], book: Phrasebook, *, width: int) -> alt.LayerChart:
    """A band for each range on a track from 0 to 100 percent; draws a `share_frame`."""
    tooltip = [
        alt.Tooltip("name:N", title=book.say("chart.recipient")),
        alt.Tooltip("text:N", title=book.say("chart.possible")),
    ]
    shape = alt.Chart().encode(y=names_axis(names, book, width), tooltip=tooltip)
    percents = "datum.value > 100 ? '' : datum.label + '%'"
    x = number_axis("least", book, ticks=8, labelExpr=percents)
    tracks = shape.mark_bar(color=TRACK, size=BAND, opacity=1).encode(x=alt.X("low:Q"), x2=alt.X2("reach:Q"))
    return _banded(shape, x, [], names, under=[tracks])


def _banded(
    shape: alt.Chart,
    x: alt.X,
    over: Sequence[alt.Chart],
    names: Sequence[str],
    under: Sequence[alt.Chart] = (),
) -> alt.LayerChart:
    ends = shape.mark_point(opacity=0, size=0)
    bands = shape.mark_bar(color=POSSIBLE, size=BAND, opacity=1, stroke=EDGE, strokeWidth=1)
    texts = shape.mark_text(align="left", dx=10, fontSize=13, color=INK).encode(
        x=alt.X("reach:Q"), text=alt.Text("text:N")
    )
    drawn = bands.encode(x=x, x2=alt.X2("most:Q"))
    return finish(
        [*under, drawn, *over, texts, ends.encode(x=alt.X("low:Q")), ends.encode(x=alt.X("high:Q"))],
        len(names),
    )


def range_title(part: Sequence[Named], rows: Sequence[Named], unit: str, whom: str, book: Phrasebook) -> str:
    """The title of a panel of ranges, worded like that of a panel of amounts."""
    if len(part) == len(rows):
        return book.say("chart.panel_all", unit=unit)
    if len(part) > len(rows) - len(part):
        return book.say("chart.panel_together", whom=whom, unit=unit)
    return book.say("chart.panel_apart", names=[row.name for row in part], unit=unit)
