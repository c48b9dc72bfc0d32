"""Allocate 分配测算: weights on one side, what they do on the other, always beside what was decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from allocator.analysis.audit import possible_amounts, rule_behind
from allocator.analysis.finding import Finding, held_against
from allocator.core.allocation import Allocation
from allocator.core.engine import allocate
from allocator.core.errors import AllocatorError
from allocator.core.exact import Number
from allocator.core.model import Scenario
from allocator.report.audit.verdict import premise
from allocator.report.charts import data as chart_data
from allocator.report.charts import waterfall
from allocator.report.method.chain import fund_grid
from allocator.report.tables.grid import name_of
from allocator.report.tables.office import office_table
from allocator.report.words.finding import headline, terms
from allocator.report.words.hints import hint_lines
from allocator.report.words.rule import can_differ, compared_with, effect_sentence, rule_sentence, so_many
from allocator.text import money_scale, say
from allocator.ui.allocate import rule_form, why
from allocator.ui.components import markup, widgets
from allocator.ui.components.screen import assumed_sentence, foot_lines
from allocator.ui.saved import toolbar
from allocator.ui.session import address, catalogue, fund, state
from allocator.ui.session.weights import effective, presets


def render() -> None:
    """Draws the page."""
    lang = state.lang()
    scenario = widgets.render_scenario_picker(lang)
    if scenario is not None:
        slug = state.slug()
        _panel(scenario, slug, fund.near(slug), lang)


@st.fragment
def _panel(scenario: Scenario, slug: str, near: Mapping[str, Scenario], lang: str) -> None:
    """Controls and results; a slider redraws this and nothing else."""
    if state.draft(slug).scenario is not scenario:  # undone or redone: all of the page is about another
        st.rerun()
    toolbar.render_toolbar(slug, lang)
    rule_form.render_rule(scenario, slug, lang)
    points, results = state.draft(slug).points, st.container()
    if len(scenario.weights) > 1:
        controls, results = st.columns([1, 2.9], gap="large")
        with controls, st.container(key="controls"):
            titles = {other: catalogue.title(other, state.found(), lang) for other in near}
            offered = presets(scenario, state.trail(slug).origin, near)
            widgets.render_weights(scenario, slug, offered, titles, lang)
            rule_form.render_exact_weights(scenario, slug, lang)
    elif len(scenario.factors) > 1:
        with results:
            rule_form.render_exact_weights(scenario, slug, lang)
    address.write()
    weights = effective(scenario, points)
    if weights is None:
        weights = state.last_weights(slug) or dict(scenario.weights)
    try:
        allocation = allocate(replace(scenario, weights=weights))
        base = scenario.published or allocate(scenario).amounts
    except AllocatorError as error:
        with results:
            widgets.render_errors(error, lang)
        return
    state.keep_weights(slug, weights)
    with results:
        _results(allocation, base, rule_behind(scenario, fund.rules(slug)), slug, lang)
    caption = "app.table.caption_assumed" if allocation.scenario.assumed else "app.table.caption"
    st.html(markup.table(office_table(allocation, lang), say(caption, lang)))
    widgets.render_data(scenario, lang)
    st.html(markup.foot(foot_lines(allocation, lang)))


def _results(
    allocation: Allocation, base: Mapping[str, Number], rule: Scenario | None, slug: str, lang: str
) -> None:
    st.html(markup.lines(words(allocation, base, lang)))
    _charts(allocation, base, rule, lang)
    _steps(allocation, slug, lang)


def words(allocation: Allocation, base: Mapping[str, Number], lang: str) -> list[str]:
    """What stands above the charts: what is assumed, the rule, the headline figures and the effect."""
    scenario = allocation.scenario
    parts = []
    if scenario.assumed:
        badge = say("app.assumed.badge", lang)
        parts.append(markup.notice(badge, assumed_sentence(scenario, lang)))
    parts += [markup.block("hint", line) for line in hint_lines(scenario, lang)]
    parts.append(markup.block("rule", rule_sentence(scenario, lang)))
    names = {r.id: r.name for r in scenario.recipients}
    for earmark in scenario.earmarks:
        if earmark.reason:
            said = {"name": names[earmark.recipient], "reason": earmark.reason}
            parts.append(markup.block("hint", say("app.rule.reason", lang, **said)))
    if len(scenario.weights) == 1:
        name = scenario.factor(next(iter(scenario.weights))).name
        parts.append(markup.block("hint", say("app.weights.single", lang, name=name)))
    if can_differ(scenario):
        if scenario.published is None:
            parts.append(markup.block("hint", say("app.effect.file_note", lang)))
        found = held_against(allocation, base)
        mark = say("app.assumed.mark", lang) if scenario.assumed else ""
        scale = money_scale(scenario.fund.currency, scenario.fund.unit)
        figures = headline(found, scenario.distributable, scale, terms([allocation], lang))
        parts.append(markup.cards(figures, mark))
        parts.append(markup.block("effect", effect_words(allocation, found, lang)))
    return parts


def effect_words(allocation: Allocation, found: Finding, lang: str) -> str:
    """What changes, and what a match or a tie is worth."""
    scenario = allocation.scenario
    said = [effect_sentence(allocation, found, lang)]
    if scenario.assumed and scenario.published is not None and found.equal:
        said.append(say("app.assumed.match", lang))
    if allocation.tied:
        names = [r.name for r in scenario.recipients if r.id in allocation.tied]
        said.append(say("app.effect.tied", lang, names=names))
    return ("" if lang == "zh" else " ").join(said)


def _charts(allocation: Allocation, base: Mapping[str, Number], rule: Scenario | None, lang: str) -> None:
    scenario = allocation.scenario
    currency, whole = scenario.fund.currency, scenario.fund.unit
    possible = possible_amounts(allocation, rule) if rule is not None and scenario.assumed else None
    rows = chart_data.chart_rows(allocation, base, lang, possible[1] if possible else None)
    parts = chart_data.panels(rows)
    unit = chart_data.chart_unit([row.largest for row in rows], currency, whole, lang)
    change_unit = chart_data.chart_unit([row.difference for row in rows], currency, whole, lang)
    against = say(f"app.chart.{compared_with(scenario)}", lang) if can_differ(scenario) else None
    st.html(chart_head(scenario, against, lang, premise(possible[0], lang) if possible else None))
    width, room = chart_data.names_width(rows), chart_data.figures_width(scenario, unit, lang)
    with widgets.chart_box(len(rows)):
        left, right = st.columns([1.35, 1], gap="small") if against else (st.container(), None)
        with left:
            for part in parts:
                whom = so_many(scenario, len(part), lang)
                st.html(markup.heading(chart_data.panel_title(part, rows, unit, lang, whom=whom), 3))
                frame = chart_data.amount_frame(part, unit, lang)
                alt = chart_data.describe("amount", part, unit, lang, base=against)
                key = f"amount-{part[0].id}-{lang}"
                widgets.render_chart(
                    "amount",
                    frame,
                    lang,
                    base=against,
                    width=width,
                    room=room,
                    alt=alt,
                    key=key,
                    possible=bool(possible),
                )
        if right is not None:
            title = markup.heading(say("app.chart.change_title", lang, unit=change_unit.name), 3)
            with right:
                for part in parts:
                    st.html(title)
                    frame = chart_data.change_frame(part, change_unit, lang, rows)
                    alt = chart_data.describe("change", part, change_unit, lang, base=against)
                    key = f"change-{part[0].id}-{lang}"
                    widgets.render_chart("change", frame, lang, width=width, alt=alt, key=key)
    if len(parts) > 1:
        st.html(markup.block("scale", say("app.chart.scale_note", lang)))
        if st.toggle(say("app.chart.log", lang), key=f"log-{lang}"):
            title = markup.heading(chart_data.panel_title(rows, rows, unit, lang), 3)
            st.html(title + markup.block("scale", say("app.chart.log_note", lang)))
            drawn = chart_data.above_zero(rows)
            frame = chart_data.amount_frame(drawn, unit, lang)
            alt = chart_data.describe("amount", drawn, unit, lang, base=against)
            widgets.render_chart(
                "log", frame, lang, base=against, width=width, alt=alt, key=f"log-chart-{lang}"
            )


def _steps(allocation: Allocation, slug: str, lang: str) -> None:
    """How the amount of the recipient that was clicked or chosen comes about."""
    scenario = allocation.scenario
    id = widgets.render_recipient_picker(scenario, lang)
    if id is None:
        return
    steps = waterfall.waterfall_rows(allocation, id, lang)
    amounts = [end for step in steps for end in (step.start, step.end)]
    unit = chart_data.chart_unit(amounts, scenario.fund.currency, scenario.fund.unit, lang)
    grid = fund_grid(allocation, id, lang)
    left, right = st.columns([1, 1.25], gap="medium")
    left.html(markup.table(grid, grid.caption, first=0))
    with right:
        st.html(markup.heading(say("app.waterfall.bars", lang, unit=unit.name), 3))
        alt = waterfall.waterfall_alt(steps, name_of(allocation, id, lang), unit, lang)
        widgets.render_waterfall(waterfall.waterfall_frame(steps, unit, lang), lang, alt=alt, key="waterfall")
    if scenario.published is not None:
        st.html(markup.block("hint", say("app.waterfall.only_totals", lang)))
    why.render_minutes(allocation, id, lang)
    why.render_change(allocation, id, slug, lang)


def chart_head(scenario: Scenario, against: str | None, lang: str, possible: str | None = None) -> str:
    """The heading of the charts, and what their marks are; no ticks where nothing can be compared.

    ``possible`` is the premise under which the bands are drawn.
    """
    title = "title" if scenario.published is not None else "title_other" if against else "title_alone"
    dots = ("ring", "hollow") if scenario.assumed else ("dot", "solid")
    entries = [(dots[0], say(f"app.chart.legend_{dots[1]}", lang))]
    if against:
        entries.append(("tick", say("app.chart.legend_tick", lang, base=against)))
    about = ""
    if possible is not None:
        entries.append(("band", say("app.chart.legend_band", lang)))
        about = markup.block("scale", say("app.chart.band_note", lang, premise=possible))
    return markup.heading(say(f"app.chart.{title}", lang)) + markup.legend(entries) + about
