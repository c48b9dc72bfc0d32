"""Ranges under one reading: of amounts under other weights, and of factor shares."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import pandas as pd
import streamlit as st

from allocator.analysis.audit import Audit
from allocator.core.errors import AllocatorError
from allocator.core.model import Scenario
from allocator.report.audit.findings import Findings, sentences
from allocator.report.audit.tables import amount_table, share_table
from allocator.report.charts import data as chart_data
from allocator.report.charts import marks
from allocator.report.charts import ranges as range_charts
from allocator.report.tables.office import weight_text
from allocator.report.words.ranges import short_weights
from allocator.report.words.rule import so_many
from allocator.text import Phrasebook
from allocator.ui.audit.waiting import render_findings
from allocator.ui.components import markup, weights, widgets
from allocator.ui.session import address, state
from allocator.ui.session.readings import Choice
from allocator.ui.session.weights import effective

SCROLL = 40  # rows from which charts scroll in a box of their own
ABREAST = 2  # charts of factor shares in one row
FEW = 4  # sentences before the rest is folded away
MOST_CHARTS = 4  # of factor shares that are shown at once


def render_amounts(choice: Choice, checked: Audit, scenario: Scenario, slug: str, book: Phrasebook) -> None:
    """Draws the weights on one side, the range of each recipient's amount on the other."""
    st.html(markup.heading(book.say("published.weights_title")))
    controls, results = st.columns([1, 2.9], gap="large")
    with controls, st.container(key="controls"):
        weights.render_weights(scenario, slug, book)
        groups = _groups(checked, slug, book)
    address.write()
    standing = effective(scenario, state.draft(slug).points)
    standing = standing or state.last_weights(slug) or dict(scenario.weights)
    state.keep_weights(slug, standing)
    with results:
        found = render_findings(choice, checked, standing, groups, "amounts", book)
        if isinstance(found, AllocatorError):
            widgets.render_problems(found, book)
        elif found is not None:
            _amounts(found, book)


def _groups(checked: Audit, slug: str, book: Phrasebook) -> dict[str, tuple[str, ...]]:
    scenario = checked.reading.scenario
    names = {r.id: book.text(r.name) for r in scenario.recipients}
    key = f"together-{slug}-{book.language}"
    chosen = st.multiselect(
        book.say("published.together"),
        list(names),
        format_func=names.__getitem__,
        key=key,
        placeholder=book.say("published.together_hint"),
    )
    ids = tuple(id for id in scenario.ids if id in chosen)
    return {book.say("published.together_name"): ids} if len(ids) > 1 else {}


def _amounts(found: Findings, book: Phrasebook) -> None:
    scenario, amounts, weights = found.scenario, found.amounts, found.weights
    if amounts is None or weights is None:
        return
    tried = short_weights(weights, book)
    rows = range_charts.amount_rows(scenario, amounts, book)
    unit = range_charts.amount_unit(rows, scenario, book)
    st.html(markup.lines(heads(found, book)))
    width = chart_data.names_width(rows)
    with _box(len(rows)):
        for part in range_charts.range_panels(rows):
            whom = so_many(scenario, len(part), book)
            st.html(markup.heading(range_charts.range_title(part, rows, unit.name, whom, book), 3))
            frame = range_charts.amount_frame(part, unit, book)
            alt = book.say("published.amounts_alt", names=_listed(part, book), weights=tried, unit=unit.name)
            _chart("amount", frame, book, width, alt, f"range-{part[0].id}-{book.language}")
    said = sentences(found, book)
    more = book.say("published.aloud_more", count=len(said) - FEW)
    aloud = markup.heading(book.say("published.aloud"), 3)
    st.html(markup.lines([aloud, markup.listing(said, FEW, more)]))
    table = amount_table(found, book)
    if table is not None:
        caption = book.say("published.amounts_caption", weights=tried)
        with st.expander(caption, key="fold-amount-ranges"):
            st.html(markup.table(table, caption))


def heads(found: Findings, book: Phrasebook) -> list[str]:
    """The notes above the chart of amounts: the rule's weights, the legend, and remarks that apply."""
    rule = found.scenario
    about = book.say("published.weights_about", weights=short_weights(rule.weights, book))
    marked = [("band", book.say("published.legend_band")), ("tick", book.say("published.legend_tick"))]
    parts = [markup.block("hint", about), markup.legend(marked)]
    if found.weights == rule.weights:
        parts.append(markup.block("exact", book.say("published.unchanged"), role="status"))
    if found.says is None:
        parts.append(markup.block("exact", book.say("published.limits_note")))
    return parts


@st.fragment
def render_shares(choice: Choice, checked: Audit, book: Phrasebook) -> None:
    """Draws the ranges of factor shares, a chart for each factor; of many factors one at a time."""
    scenario = checked.reading.scenario
    about = "audit.pools_columns" if checked.reading.several else "published.shares_about"
    marked = [("band", book.say("published.legend_band")), ("track", book.say("published.legend_track"))]
    st.html(
        markup.lines(
            [
                markup.heading(book.say("published.shares_title")),
                markup.block("hint", book.say(about)),
                markup.legend(marked),
            ]
        )
    )
    found = render_findings(choice, checked, None, {}, "shares", book)
    if found is None or isinstance(found, AllocatorError) or found.shares is None:
        return
    shown = list(found.shares)
    if len(shown) > MOST_CHARTS:
        names = {factor: book.text(scenario.factor(factor).name) for factor in shown}
        label = book.say("published.shares_factor")
        key = f"share-factor-{state.slug()}-{book.language}"
        shown = [st.selectbox(label, shown, format_func=names.__getitem__, key=key)]
    rows = {factor: range_charts.share_rows(scenario, found.shares[factor], book) for factor in shown}
    width = chart_data.names_width(rows[shown[0]])
    with _box(len(rows[shown[0]])):
        for start in range(0, len(shown), ABREAST):
            columns = st.columns(min(ABREAST, len(shown)), gap="medium")
            for column, factor in zip(columns, shown[start:], strict=False):
                with column:
                    _share_chart(factor, rows[factor], scenario, width, book)
    table = share_table(found, book)
    if table is not None:
        with st.expander(book.say("published.shares_table"), key="fold-share-ranges"):
            st.html(markup.table(table, book.say("published.shares_caption")))


def _share_chart(
    factor: str, rows: Sequence[range_charts.RangeRow], scenario: Scenario, width: int, book: Phrasebook
) -> None:
    name = book.text(scenario.factor(factor).name)
    weight = weight_text(scenario.weights[factor], scenario.kind, book)
    st.html(markup.heading(book.say("published.shares_of", name=name, weight=weight), 3))
    alt = book.say("published.shares_alt", factor=name, names=_listed(rows, book))
    _chart("share", range_charts.share_frame(rows, book), book, width, alt, f"share-{factor}-{book.language}")


def _listed(rows: Sequence[range_charts.RangeRow], book: Phrasebook) -> object:
    if len(rows) > chart_data.MOST_NAMES:
        return book.say("chart.alt_many", count=len(rows))
    return [row.name for row in rows]


def _box(rows: int) -> Any:
    many = rows > SCROLL
    return st.container(height=640 if many else "content", border=many)


def _chart(kind: str, frame: pd.DataFrame, book: Phrasebook, width: int, alt: str, key: str) -> None:
    spec = _spec(kind, tuple(frame["name"]), book, width)
    content = {**spec, "datasets": {"rows": frame}}
    st.vega_lite_chart(content, width="stretch", theme=None, alt=alt, key=key)


@lru_cache(maxsize=64)
def _spec(kind: str, names: tuple[str, ...], book: Phrasebook, width: int) -> dict[str, Any]:
    draw = range_charts.amount_marks if kind == "amount" else range_charts.share_marks
    return marks.spec(draw(names, book, width=width))
