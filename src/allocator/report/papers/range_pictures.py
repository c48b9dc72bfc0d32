"""The charts of possible ranges as pictures; they go with the internal note and with nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from allocator.report.audit.findings import Findings
from allocator.report.charts import data as chart_data
from allocator.report.charts import ranges as range_charts
from allocator.report.papers.internal import Held
from allocator.report.papers.pictures import MOST_STEPS, WIDE, Picture, file_stem, placed, whole
from allocator.report.papers.proposal import Proposal
from allocator.report.tables.office import weight_text
from allocator.report.words.ranges import short_weights
from allocator.report.words.rule import so_many
from allocator.text import say, show

ABREAST = 2  # charts of shares in a line
FEW = 3  # recipients from which on a heading gives their number and not their names


def ranges(proposal: Proposal, readings: Sequence[Held]) -> Iterator[Picture]:
    """Every reading's charts: ranges of money under each other weights, and of the shares of each factor."""
    many = len(readings) > 1
    for number, one in enumerate(readings, 1):
        for found in one.found:
            if found.amounts is not None:
                yield from _amounts(found, proposal, str(number) * many)
        if one.found and one.found[0].shares and len(one.found[0].scenario.recipients) <= MOST_STEPS:
            yield _shares(one.found[0], proposal, str(number) * many)


def mark(proposal: Proposal) -> str:
    """What stands on everything that is internal."""
    marks = [say("report.internal.mark", proposal.lang), proposal.mark]
    return say("report.marks", proposal.lang).join(filter(None, marks))


def _amounts(found: Findings, proposal: Proposal, number: str) -> Iterator[Picture]:
    """A picture of those who can share one scale, and one of the outliers: no picture has two scales."""
    lang, scenario = proposal.lang, found.scenario
    weights = short_weights(found.weights or {}, lang)
    rows = range_charts.amount_rows(scenario, found.amounts or {}, lang)
    unit = range_charts.amount_unit(rows, scenario, lang)
    title = say("report.picture.ranges", lang, reading=getattr(found.title, lang), weights=weights)
    notes = [say(f"app.published.legend_{key}", lang) for key in ("band", "tick")]
    head = [say(f"app.chart.{key}", lang) for key in ("recipient", "possible", "published")]
    heads = [head[0], f"{head[1]} {unit.name}", f"{head[2]} {unit.name}"]
    parts = range_charts.range_panels(rows)
    for part in parts:
        names = [row.name for row in part]
        marks = range_charts.amount_marks(names, lang, width=chart_data.names_width(rows))
        frame = range_charts.amount_frame(part, unit, lang)
        whom = show(names, lang) if len(names) < FEW else so_many(scenario, len(part), lang)
        heading = say("report.slide.panel", lang, whom=whom, unit=unit.name)
        view = placed(marks, frame, heading, WIDE)
        spec = whole(view, title, notes, proposal, [0], mark=mark(proposal))
        key = "ranges" if len(parts) == 1 else "ranges_of"
        file = file_stem(key, proposal, number=number, weights=weights.replace("/", "-"), whom=whom)
        cells = zip(frame["name"], frame["text"], frame["mark_text"], strict=True)
        yield Picture(file, title, spec, [heads, *(list(line) for line in cells)])


def _shares(found: Findings, proposal: Proposal, number: str) -> Picture:
    lang, scenario = proposal.lang, found.scenario
    charts: list[dict[str, Any]] = []
    figures = []
    for factor, bounds in (found.shares or {}).items():
        rows = range_charts.share_rows(scenario, bounds, lang)
        named = getattr(scenario.factor(factor).name, lang)
        marks = range_charts.share_marks([row.name for row in rows], lang, width=chart_data.names_width(rows))
        frame = range_charts.share_frame(rows, lang)
        weight = weight_text(scenario.weights[factor], scenario.kind, lang)
        charts.append(
            placed(marks, frame, say("app.published.shares_of", lang, name=named, weight=weight), 380)
        )
        figures += [[named, *cells] for cells in zip(frame["name"], frame["text"], strict=True)]
    lines = [{"hconcat": charts[at : at + ABREAST], "spacing": 24} for at in range(0, len(charts), ABREAST)]
    title = say("report.picture.shares", lang, reading=getattr(found.title, lang))
    notes = [say(f"app.published.legend_{key}", lang) for key in ("band", "track")]
    spec = whole({"vconcat": lines, "spacing": 18}, title, notes, proposal, [0], mark=mark(proposal))
    keys = ("sensitivity.factor", "app.chart.recipient", "app.chart.possible")
    return Picture(
        file_stem("shares", proposal, number=number),
        title,
        spec,
        [[say(key, lang) for key in keys], *figures],
    )
