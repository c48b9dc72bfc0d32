"""What follows under one reading: ranges of money under other weights, ranges of factor shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import pandas as pd
import streamlit as st

from allocator.analysis.audit import Audit
from allocator.core.errors import AllocatorError
from allocator.core.exact import Number
from allocator.core.model import Scenario
from allocator.report.audit.findings import Findings, sentences
from allocator.report.audit.tables import amount_table, share_table
from allocator.report.charts import data as chart_data
from allocator.report.charts import marks
from allocator.report.charts import ranges as range_charts
from allocator.report.tables.office import weight_text
from allocator.report.words.ranges import short_weights
from allocator.report.words.rule import so_many
from allocator.text import say
from allocator.ui.components import markup, weights, widgets
from allocator.ui.session import address, state
from allocator.ui.session.readings import Choice, findings_of, is_kept, quick
from allocator.ui.session.weights import effective

SCROLL = 40  # rows from which charts scroll in a box of their own
ABREAST = 2  # charts of factor shares in one row
FEW = 4  # sentences before the rest is folded away
MOST_CHARTS = 4  # of factor shares that are shown at once


def render_amounts(choice: Choice, checked: Audit, scenario: Scenario, slug: str, lang: str) -> None:
    """Weights on one side, the range of everybody's money on the other."""
    st.html(markup.heading(say("app.published.weights_title", lang)))
    controls, results = st.columns([1, 2.9], gap="large")
    with controls, st.container(key="controls"):
        weights.render_weights(scenario, slug, lang)
        groups = _groups(checked, slug, lang)
    address.write()
    standing = effective(scenario, state.draft(slug).points)
    standing = standing or state.last_weights(slug) or dict(scenario.weights)
    state.keep_weights(slug, standing)
    with results:
        if asked_for(checked, standing, groups, "amounts", lang):
            found = findings_of(choice, checked, standing, groups)
            if isinstance(found, AllocatorError):
                widgets.render_problems(found, lang)
            else:
                _amounts(found, lang)


def asked_for(
    checked: Audit,
    weights: Mapping[str, Number] | None,
    groups: Mapping[str, tuple[str, ...]],
    what: str,
    lang: str,
) -> bool:
    """Whether ranges are to be worked out now: those that take long only when asked for."""
    if quick(checked) or is_kept(checked, weights, groups):
        return True
    st.html(markup.block("hint", say("app.published.work_out_about", lang)))
    return st.button(say("app.published.work_out", lang), key=f"work-out-{what}", type="primary")


def _groups(checked: Audit, slug: str, lang: str) -> dict[str, tuple[str, ...]]:
    scenario = checked.reading.scenario
    names = {r.id: getattr(r.name, lang) for r in scenario.recipients}
    key = f"together-{slug}-{lang}"
    chosen = st.multiselect(
        say("app.published.together", lang),
        list(names),
        format_func=names.__getitem__,
        key=key,
        placeholder=say("app.published.together_hint", lang),
    )
    ids = tuple(id for id in scenario.ids if id in chosen)
    return {say("app.published.together_name", lang): ids} if len(ids) > 1 else {}


def _amounts(found: Findings, lang: str) -> None:
    scenario, amounts, weights = found.scenario, found.amounts, found.weights
    if amounts is None or weights is None:
        return
    tried = short_weights(weights, lang)
    rows = range_charts.amount_rows(scenario, amounts, lang)
    unit = range_charts.amount_unit(rows, scenario, lang)
    st.html(markup.lines(heads(found, lang)))
    width = chart_data.names_width(rows)
    with _box(len(rows)):
        for part in range_charts.range_panels(rows):
            whom = so_many(scenario, len(part), lang)
            st.html(markup.heading(range_charts.range_title(part, rows, unit.name, whom, lang), 3))
            frame = range_charts.amount_frame(part, unit, lang)
            alt = say(
                "app.published.amounts_alt", lang, names=_listed(part, lang), weights=tried, unit=unit.name
            )
            _chart("amount", frame, lang, width, alt, f"range-{part[0].id}-{lang}")
    said = sentences(found, lang)
    more = say("app.published.aloud_more", lang, count=len(said) - FEW)
    aloud = markup.heading(say("app.published.aloud", lang), 3)
    st.html(markup.lines([aloud, markup.listing(said, FEW, more)]))
    table = amount_table(found, lang)
    if table is not None:
        caption = say("app.published.amounts_caption", lang, weights=tried)
        with st.expander(caption, key="fold-amount-ranges"):
            st.html(markup.table(table, caption))


def heads(found: Findings, lang: str) -> list[str]:
    """What stands above the chart of money: what the marks are, whose weights are tried."""
    rule = found.scenario
    about = say("app.published.weights_about", lang, weights=short_weights(rule.weights, lang))
    parts = [markup.block("hint", about), markup.legend(_marks(("band", "tick"), lang))]
    if found.weights == rule.weights:
        parts.append(markup.block("exact", say("app.published.unchanged", lang), role="status"))
    if found.says is None:
        parts.append(markup.block("exact", say("app.published.limits_note", lang)))
    return parts


def _marks(names: Sequence[str], lang: str) -> list[tuple[str, str]]:
    return [(name, say(f"app.published.legend_{name}", lang)) for name in names]


@st.fragment
def render_shares(choice: Choice, checked: Audit, lang: str) -> None:
    """The range of everybody's share of each factor, a chart for each; of many factors one at a time."""
    scenario = checked.reading.scenario
    st.html(
        markup.lines(
            [
                markup.heading(say("app.published.shares_title", lang)),
                markup.block("hint", say("app.published.shares_about", lang)),
                markup.legend(_marks(("band", "track"), lang)),
            ]
        )
    )
    if not asked_for(checked, None, {}, "shares", lang):
        return
    found = findings_of(choice, checked, None, {})
    if isinstance(found, AllocatorError) or found.shares is None:
        return
    shown = list(found.shares)
    if len(shown) > MOST_CHARTS:
        names = {factor: getattr(scenario.factor(factor).name, lang) for factor in shown}
        label = say("app.published.shares_factor", lang)
        key = f"share-factor-{state.slug()}-{lang}"
        shown = [st.selectbox(label, shown, format_func=names.__getitem__, key=key)]
    rows = {factor: range_charts.share_rows(scenario, found.shares[factor], lang) for factor in shown}
    width = chart_data.names_width(rows[shown[0]])
    with _box(len(rows[shown[0]])):
        for start in range(0, len(shown), ABREAST):
            columns = st.columns(min(ABREAST, len(shown)), gap="medium")
            for column, factor in zip(columns, shown[start:], strict=False):
                with column:
                    _share_chart(factor, rows[factor], scenario, width, lang)
    table = share_table(found, lang)
    if table is not None:
        with st.expander(say("app.published.shares_table", lang), key="fold-share-ranges"):
            st.html(markup.table(table, say("app.published.shares_caption", lang)))


def _share_chart(
    factor: str, rows: Sequence[range_charts.RangeRow], scenario: Scenario, width: int, lang: str
) -> None:
    name = getattr(scenario.factor(factor).name, lang)
    weight = weight_text(scenario.weights[factor], scenario.kind, lang)
    st.html(markup.heading(say("app.published.shares_of", lang, name=name, weight=weight), 3))
    alt = say("app.published.shares_alt", lang, factor=name, names=_listed(rows, lang))
    _chart("share", range_charts.share_frame(rows, lang), lang, width, alt, f"share-{factor}-{lang}")


def _listed(rows: Sequence[range_charts.RangeRow], lang: str) -> object:
    if len(rows) > chart_data.MOST_NAMES:
        return say("app.chart.alt_many", lang, count=len(rows))
    return [row.name for row in rows]


def _box(rows: int) -> Any:
    many = rows > SCROLL
    return st.container(height=640 if many else "content", border=many)


def _chart(kind: str, frame: pd.DataFrame, lang: str, width: int, alt: str, key: str) -> None:
    spec = _spec(kind, tuple(frame["name"]), lang, width)
    content = {**spec, "datasets": {"rows": frame}}
    st.vega_lite_chart(content, width="stretch", theme=None, alt=alt, key=key)


@lru_cache(maxsize=64)
def _spec(kind: str, names: tuple[str, ...], lang: str, width: int) -> dict[str, Any]:
    draw = range_charts.amount_marks if kind == "amount" else range_charts.share_marks
    return marks.spec(draw(names, lang, width=width))
