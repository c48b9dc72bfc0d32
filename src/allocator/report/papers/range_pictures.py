"""The charts of possible ranges as pictures, which go only with the internal note."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from allocator.report.audit.findings import Findings
from allocator.report.charts import data as chart_data
from allocator.report.charts import ranges as range_charts
from allocator.report.papers.drawn import MOST_STEPS
from allocator.report.papers.internal import Held
from allocator.report.papers.pictures import WIDE, Picture, file_stem, placed, whole
from allocator.report.papers.proposal import Proposal
from allocator.report.tables.office import weight_text
from allocator.report.words.ranges import short_weights
from allocator.report.words.rule import so_many

ABREAST = 2  # charts of shares side by side
FEW = 3  # from so many recipients on, a heading gives their number instead of their names


def ranges(proposal: Proposal, readings: Sequence[Held]) -> Iterator[Picture]:
    """The charts of every reading: ranges of money under each other set of weights, and of factor shares."""
    many = len(readings) > 1
    for number, one in enumerate(readings, 1):
        for found in one.found:
            if found.amounts is not None:
                yield from _amounts(found, proposal, str(number) * many)
        if one.found and one.found[0].shares and len(one.found[0].scenario.recipients) <= MOST_STEPS:
            yield _shares(one.found[0], proposal, str(number) * many)


def mark(proposal: Proposal) -> str:
    """The mark on everything internal, with that of assumed data where there is any."""
    marks = [proposal.book.say("report.internal.mark"), proposal.mark]
    return proposal.book.say("report.marks").join(filter(None, marks))


def _amounts(found: Findings, proposal: Proposal, number: str) -> Iterator[Picture]:
    """A picture of the recipients that can share one scale, and one of the outliers."""
    book, scenario = proposal.book, found.scenario
    weights = short_weights(found.weights or {}, book)
    rows = range_charts.amount_rows(scenario, found.amounts or {}, book)
    unit = range_charts.amount_unit(rows, scenario, book)
    title = book.say("report.picture.ranges", reading=book.text(found.title), weights=weights)
    notes = [book.say("published.legend_band"), book.say("published.legend_tick")]
    heads = [
        book.say("chart.recipient"),
        f"{book.say('chart.possible')} {unit.name}",
        f"{book.say('chart.published')} {unit.name}",
    ]
    parts = range_charts.range_panels(rows)
    for part in parts:
        names = [row.name for row in part]
        marks = range_charts.amount_marks(names, book, width=chart_data.names_width(rows))
        frame = range_charts.amount_frame(part, unit, book)
        whom = book.show(names) if len(names) < FEW else so_many(scenario, len(part), book)
        heading = book.say("report.slide.panel", whom=whom, unit=unit.name)
        view = placed(marks, frame, heading, WIDE)
        spec = whole(view, title, notes, proposal, [0], mark=mark(proposal))
        key = "report.picture.file_ranges" if len(parts) == 1 else "report.picture.file_ranges_of"
        file = file_stem(key, proposal, number=number, weights=weights.replace("/", "-"), whom=whom)
        cells = zip(frame["name"], frame["text"], frame["mark_text"], strict=True)
        yield Picture(file, title, spec, [heads, *(list(line) for line in cells)])


def _shares(found: Findings, proposal: Proposal, number: str) -> Picture:
    book, scenario = proposal.book, found.scenario
    charts: list[dict[str, Any]] = []
    figures = []
    for factor, bounds in (found.shares or {}).items():
        rows = range_charts.share_rows(scenario, bounds, book)
        named = book.text(scenario.factor(factor).name)
        marks = range_charts.share_marks([row.name for row in rows], book, width=chart_data.names_width(rows))
        frame = range_charts.share_frame(rows, book)
        weight = weight_text(scenario.weights[factor], scenario.kind, book)
        charts.append(placed(marks, frame, book.say("published.shares_of", name=named, weight=weight), 380))
        figures += [[named, *cells] for cells in zip(frame["name"], frame["text"], strict=True)]
    lines = [{"hconcat": charts[at : at + ABREAST], "spacing": 24} for at in range(0, len(charts), ABREAST)]
    title = book.say("report.picture.shares", reading=book.text(found.title))
    notes = [book.say("published.legend_band"), book.say("published.legend_track")]
    spec = whole({"vconcat": lines, "spacing": 18}, title, notes, proposal, [0], mark=mark(proposal))
    keys = ("sensitivity.factor", "chart.recipient", "chart.possible")
    return Picture(
        file_stem("report.picture.file_shares", proposal, number=number),
        title,
        spec,
        [[book.say(key) for key in keys], *figures],
    )
