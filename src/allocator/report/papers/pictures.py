"""The charts of the app as pictures, each with the figures that it draws.

A picture says by itself what it shows, what its marks are, and what it was made from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pandas as pd

from allocator.analysis.explain import Swing, explain, swings
from allocator.core.allocation import Allocation
from allocator.core.exact import Number
from allocator.files.scenario.save import csv_bytes
from allocator.report.charts import data as chart_data
from allocator.report.charts import marks as charts
from allocator.report.charts import waterfall
from allocator.report.charts.changes import change_rows, change_unit
from allocator.report.charts.data import Unit
from allocator.report.explain import charts as explain_charts
from allocator.report.explain.difference import Account
from allocator.report.papers.drawn import MOST_STEPS, STEPS, SWINGS, beyond
from allocator.report.papers.parts import made_from
from allocator.report.papers.proposal import Proposal
from allocator.report.tables.base import against
from allocator.report.tables.letters import letter as letter_of
from allocator.report.words.rule import compared_with
from allocator.text import ZH, Phrasebook

FONT, LATIN = "Noto Sans SC", "Liberation Sans"  # the second comes with vl-convert and is drawn faster
WIDE, NARROW = 520, 380  # pixels of the two columns
POINTS = 5  # percentage points by which weights are moved
Rows = list[list[str]]


@dataclass(frozen=True)
class Picture:
    """A chart: name of its files, title, Vega-Lite, and its figures as rows below a heading row."""

    name: str
    title: str
    spec: Mapping[str, Any]
    rows: Rows

    def csv(self) -> bytes:
        """The figures of the chart as a CSV file."""
        return csv_bytes(self.rows)


def pictures(proposal: Proposal, *, every: bool = True) -> Iterator[Picture]:
    """The charts of a proposal: the amounts of the proposed option, and the changes of all from the base.

    With ``every`` also the amounts of the other options, those on a logarithmic axis, and a set for each of
    up to MOST_STEPS recipients.
    """
    for at, allocation in enumerate(proposal.allocations):
        proposed = at == proposal.proposed
        if every or proposed:
            yield amounts(proposal, at)
        if every and proposed and len(_panels(allocation, proposal)) > 1:
            yield log(proposal)
    if len(proposal.allocations) > 1:
        yield from changes(proposal)
    if every and len(proposal.chosen.amounts) <= MOST_STEPS:
        scenario, book = proposal.chosen.scenario, proposal.book
        for id in () if beyond(scenario, STEPS, book) else proposal.chosen.amounts:
            yield steps(proposal, id)
        if not beyond(scenario, SWINGS, book):
            yield from swinging(proposal)
        yield from reasons(proposal)


# --- the charts -----------------------------------------------------------------------------------


def amounts(proposal: Proposal, at: int) -> Picture:
    """The amounts of all recipients, beside the changes from the published amounts or the base."""
    allocation, book = proposal.allocations[at], proposal.book
    scenario = allocation.scenario
    rows = _rows(allocation, proposal)
    currency, step = scenario.fund.currency, scenario.fund.unit
    unit = chart_data.chart_unit([row.largest for row in rows], currency, step, book)
    by = chart_data.chart_unit([row.difference for row in rows], currency, step, book)
    against = _against(allocation, proposal)
    width, room = chart_data.names_width(rows), chart_data.figures_width(scenario, unit, book)
    names = [row.name for row in rows]
    marks = charts.amount_marks(names, book, base=against, width=width, room=room)
    # all recipients on one scale: in a picture the longer line must be the larger amount
    title = chart_data.panel_title(rows, rows, unit, book)
    views = [placed(marks, chart_data.amount_frame(rows, unit, book), title, WIDE)]
    if against is not None:
        marks = charts.change_marks(names, book, width=width, pick=False)
        title = book.say("chart.change_title", unit=by.name)
        views.append(placed(marks, chart_data.change_frame(rows, by, book, rows), title, NARROW))
    legend = [book.say("chart.legend_hollow" if scenario.assumed else "chart.legend_solid")]
    legend += [book.say("chart.legend_tick", base=against)] if against else []
    title = book.say("report.picture.amounts", option=proposal.option(at))
    spec = whole({"hconcat": views, "spacing": 24}, title, legend, proposal, [at])
    headers = [
        _amount_header(proposal, unit),
        *([f"{against} {unit.name}", _change_header(by, book)] if against else []),
    ]
    figures = [
        [
            row.name,
            _plain(row.amount, unit),
            *([_plain(row.base, unit), _plain(row.difference, by)] if against else []),
        ]
        for row in rows
    ]
    name = file_stem("report.picture.file_amounts", proposal, letter=_letter(proposal, at))
    return Picture(name, title, spec, [[book.say("chart.recipient"), *headers], *figures])


def log(proposal: Proposal) -> Picture:
    """The proposed amounts on one logarithmic axis, without zeros, for staff."""
    book, allocation = proposal.book, proposal.chosen
    rows = _rows(allocation, proposal)
    drawn = chart_data.above_zero(rows)
    fund = allocation.scenario.fund
    unit = chart_data.chart_unit([row.largest for row in rows], fund.currency, fund.unit, book)
    against = _against(allocation, proposal) or book.say("chart.amount")
    marks = charts.log_marks([r.name for r in drawn], book, base=against, width=chart_data.names_width(rows))
    view = placed(marks, chart_data.amount_frame(drawn, unit, book), unit.name, WIDE + NARROW)
    title = book.say("report.picture.log", option=proposal.option(proposal.proposed))
    spec = whole(view, title, [book.say("chart.log_note")], proposal, [proposal.proposed])
    figures = [[row.name, _plain(row.amount, unit), _plain(row.base, unit)] for row in drawn]
    headers = [book.say("chart.recipient"), _amount_header(proposal, unit), f"{against} {unit.name}"]
    return Picture(file_stem("report.picture.file_log", proposal), title, spec, [headers, *figures])


def changes(proposal: Proposal) -> Iterator[Picture]:
    """The changes of every scenario from the base, on one scale."""
    book = proposal.book
    held_to, _ = against(proposal.allocations, proposal.known)
    name = proposal.option(0) if proposal.known is None else held_to.full
    parts = change_rows(proposal.allocations, book, proposal.known)
    unit = change_unit(proposal.allocations, parts, book)
    everybody = [row for rows in parts for row in rows]
    for (at, _), rows in zip(proposal.compared, parts, strict=True):
        names = [row.name for row in rows]
        marks = charts.change_marks(names, book, width=chart_data.names_width(rows), pick=False)
        letter = letter_of(at)
        heading = book.say("compare.chart_of", letter=letter, base=held_to.name, unit=unit.name)
        view = placed(marks, chart_data.change_frame(rows, unit, book, everybody), heading, WIDE)
        title = book.say("report.picture.changes", option=proposal.option(at), base=name)
        of = [at] if held_to.allocation is None else [0, at]
        spec = whole(view, title, [book.say("compare.chart_note")], proposal, of)
        figures = [
            [row.name, _plain(row.base, unit), _plain(row.amount, unit), _plain(row.difference, unit)]
            for row in rows
        ]
        heads = [f"{held_to.heading} {unit.name}", f"{letter} {unit.name}", _change_header(unit, book)]
        file = file_stem("report.picture.file_changes", proposal, letter=letter)
        yield Picture(file, title, spec, [[book.say("chart.recipient"), *heads], *figures])


def steps(proposal: Proposal, id: str) -> Picture:
    """The waterfall of one recipient's amount."""
    book, allocation = proposal.book, proposal.chosen
    found = waterfall.waterfall_rows(allocation, id, book)
    title = book.say("report.picture.steps", name=proposal.names[id])
    return _steps(
        "report.picture.file_steps", found, title, proposal, proposal.names[id], [proposal.proposed]
    )


def reasons(proposal: Proposal) -> Iterator[Picture]:
    """The reasons for each recipient's change from the base, by scenario explained; none for a single reason.

    Amounts known without a rule have no reasons, and the pack says so.
    """
    book = proposal.book
    if proposal.known is not None:
        return
    for at in proposal.against:
        account = Account(explain(proposal.base, proposal.allocations[at]))
        if len(account.found.reasons) < 2:
            continue
        of = [0, at]
        other, option = map(proposal.option, of)
        for id in account.found.differences:
            name = account.name(id, book)
            title = book.say("report.picture.reasons", name=name, option=option, base=other)
            found = explain_charts.reason_rows(account, id, book)
            yield _steps("report.picture.file_reasons", found, title, proposal, name, of, letter_of(at))


def _steps(
    key: str,
    found: Sequence[waterfall.Step],
    title: str,
    proposal: Proposal,
    name: str,
    of: Sequence[int],
    letter: str = "",
) -> Picture:
    book, fund = proposal.book, proposal.chosen.scenario.fund
    ends = [end for step in found for end in (step.start, step.end)]
    unit = chart_data.chart_unit(ends, fund.currency, fund.unit, book)
    frame = waterfall.waterfall_frame(found, unit, book)
    names = list(frame["name"])
    marks = charts.waterfall_marks(names, book, width=waterfall.waterfall_width(names))
    spec = whole(placed(marks, frame, unit.name, WIDE), title, [], proposal, of)
    headers = [book.say("waterfall.step"), f"{book.say('waterfall.figure')} {unit.name}"]
    figures = [[step.name, _plain(step.change, unit)] for step in found]
    file = file_stem(key, proposal, name=name, letter=letter)
    return Picture(file, title, spec, [headers, *figures])


def swinging(proposal: Proposal) -> Iterator[Picture]:
    """The changes of each recipient's amount if each weight is a little lower or higher."""
    allocation = proposal.chosen
    if len([weight for weight in allocation.scenario.weights.values() if weight]) < 2:
        return
    found = swings(allocation.scenario, POINTS)
    sides = [side for one in found for side in (one.down, one.up) if side is not None]
    if sides:
        for id in allocation.amounts:
            yield _swing(proposal, id, found)


def _swing(proposal: Proposal, id: str, found: Sequence[Swing]) -> Picture:
    book, allocation = proposal.book, proposal.chosen
    fund = allocation.scenario.fund
    sides = [side for one in found for side in (one.down, one.up) if side is not None]
    by = [other.amounts[id] - allocation.amounts[id] for _, other in sides]
    unit = chart_data.chart_unit(by, fund.currency, fund.unit, book)
    frame = explain_charts.swing_frame(allocation, found, id, unit, book)
    names = list(dict.fromkeys(frame["name"]))
    width = min(190, max(map(chart_data.text_width, names)) + 8)
    view = placed(charts.tornado_marks(names, book, width=width), frame, unit.name, WIDE)
    title = book.say("report.picture.swing", name=proposal.names[id])
    notes = [explain_charts.amount_now(allocation, id, book), explain_charts.swing_note(POINTS, book)]
    spec = whole(view, title, notes, proposal, [proposal.proposed])
    headers = [book.say("sensitivity.factor"), book.say("sensitivity.weight"), _change_header(unit, book)]
    order = explain_charts.swing_order(found, id)
    figures = [
        [
            book.text(allocation.scenario.factor(one.factor).name),
            ZH.number(weight),
            _plain(other.amounts[id] - allocation.amounts[id], unit),
        ]
        for one in order
        for weight, other in filter(None, (one.down, one.up))
    ]
    file = file_stem("report.picture.file_swing", proposal, name=proposal.names[id])
    return Picture(file, title, spec, [headers, *figures])


# --- parts of them --------------------------------------------------------------------------------


def _rows(allocation: Allocation, proposal: Proposal) -> tuple[chart_data.Row, ...]:
    if proposal.known is not None:
        return chart_data.chart_rows(allocation, proposal.known.amounts, proposal.book)
    published = allocation.scenario.published
    base = published or {id: proposal.base.amounts.get(id, 0) for id in allocation.amounts}
    return chart_data.chart_rows(allocation, base, proposal.book)


def _panels(allocation: Allocation, proposal: Proposal) -> tuple[tuple[chart_data.Row, ...], ...]:
    base = allocation.scenario.published if proposal.known is None else proposal.known.amounts
    return chart_data.panels(chart_data.chart_rows(allocation, base or allocation.amounts, proposal.book))


def _against(allocation: Allocation, proposal: Proposal) -> str | None:
    """The name of the amounts that a picture compares with; None where there are none."""
    if proposal.known is not None:
        return proposal.known.heading
    if compared_with(allocation.scenario) == "published":
        return proposal.book.say("chart.published")
    return None if allocation is proposal.base else proposal.short(0)


def placed(marks: Any, frame: pd.DataFrame, title: str, width: int) -> dict[str, Any]:
    """A chart with its data, of a fixed width in pixels and without interaction."""
    view = charts.spec(marks)
    for key in ("config", "padding", "$schema"):
        view.pop(key, None)
    for layer in view["layer"]:
        layer.pop("params", None)
        written = layer["encoding"].get("text", {}).get("field")
        if written is not None and all(ord(c) < 0x2E80 for text in frame[written] for c in text):
            layer["mark"]["font"] = LATIN
        scale = layer.get("encoding", {}).get("x", {}).get("scale") or {}
        if isinstance(scale.get("range"), list):
            room = int(str(scale["range"][1]["expr"]).rpartition("-")[2])
            scale["range"] = [0, width - room]
    view.pop("params", None)
    heading = {"text": title, "anchor": "start", "fontSize": 13, "fontWeight": "normal", "offset": 8}
    return {**view, "data": {"values": frame.to_dict("records")}, "width": width, "title": heading}


def whole(
    view: Mapping[str, Any],
    title: str,
    notes: Sequence[str],
    proposal: Proposal,
    of: Sequence[int],
    mark: str | None = None,
) -> dict[str, Any]:
    """The whole picture: title, mark and legend, the chart, and a line on what it was made from."""
    book = proposal.book
    mark = proposal.mark if mark is None else mark
    head = {
        "text": title,
        "subtitle": [*([mark] if mark else []), *notes],
        "anchor": "start", "frame": "group", "fontSize": 17, "fontWeight": "normal", "color": charts.INK,
        "subtitleFontSize": 12, "subtitleColor": "#a01c1c" if mark else charts.MUTED, "offset": 14,
    }  # fmt: skip
    foot = book.say("report.picture.foot", **made_from(proposal, of))
    line = {
        "data": {"values": [{}]}, "width": 20, "height": 14, "view": {"stroke": None},
        "mark": {"type": "text", "align": "left", "x": 0, "fontSize": 11, "color": charts.MUTED,
                 "text": foot},
    }  # fmt: skip
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "title": head,
        "vconcat": [dict(view), line],
        "padding": 18,
        "background": "#ffffff",
        "config": {
            "font": FONT if book.chinese else f"{LATIN}, {FONT}",
            "axisX": {"labelFont": LATIN},
            "view": {"stroke": None},
            "concat": {"spacing": 16},
        },
    }


def _letter(proposal: Proposal, at: int) -> str:
    return letter_of(at) if len(proposal.allocations) > 1 else ""


def file_stem(key: str, proposal: Proposal, **details: str) -> str:
    """The name of a picture's files, from the sentence of this key."""
    named = proposal.book.say(key, **{"letter": "", "name": "", **details}).strip(" -")
    return proposal.book.say("report.illustrative_file", name=named) if proposal.illustrative else named


def _amount_header(proposal: Proposal, unit: Unit) -> str:
    return f"{proposal.book.say('chart.amount')} {unit.name}"


def _change_header(unit: Unit, book: Phrasebook) -> str:
    return f"{book.say('chart.change')} {unit.name}"


def _plain(amount: Number, unit: Unit) -> str:
    """A figure for a spreadsheet, in plain digits."""
    return ZH.number(Fraction(amount) / unit.scale).replace("−", "-")
