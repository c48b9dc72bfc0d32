"""Allocate 测算: one screen; the rule, and beside it what it does, in a sentence and a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from allocator.analysis.audit import Audit, Range, possible_amounts, rule_behind
from allocator.analysis.finding import Finding, held_against
from allocator.core.allocation import Allocation
from allocator.core.engine import allocate
from allocator.core.errors import AllocatorError
from allocator.core.exact import Number
from allocator.core.model import Scenario
from allocator.report.audit.verdict import premise
from allocator.report.charts import data as chart_data
from allocator.report.charts import waterfall
from allocator.report.charts.data import Row, Unit
from allocator.report.charts.histogram import histogram
from allocator.report.charts.picture import picture
from allocator.report.method.chain import fund_grid
from allocator.report.tables.base import Base
from allocator.report.tables.grid import name_of, who
from allocator.report.tables.office import office_table
from allocator.report.words.finding import against_sentence, terms
from allocator.report.words.hints import hint_lines
from allocator.report.words.rule import rule_sentence
from allocator.report.words.title import finding_title
from allocator.text import say
from allocator.ui.allocate import chips, rule_form, why
from allocator.ui.components import markup, weights, widgets
from allocator.ui.components.picture import Heads, histogram_html, picture_html, render_row_presses
from allocator.ui.components.screen import foot_lines, readable
from allocator.ui.session import address, base, fund, state
from allocator.ui.session.weights import effective

MOST_DRAWN = 30  # rows of the picture where there are very many
VERY_MANY = 200
Possible = tuple[Audit, Mapping[str, Range]]


def render() -> None:
    """Draws the page."""
    lang = state.lang()
    scenario = readable(lang)
    if scenario is None:
        return
    slug = state.slug()
    # a drawer, on a window too narrow for two columns, that opens and closes without asking the server
    st.checkbox(say("app.weights.drawer", lang), key="drawer", on_change="ignore")
    with st.container(key="allocate"):
        with st.container(key="left", gap="small"):
            weights.render_weights(scenario, slug, lang)
            if len(scenario.factors) > 1:
                rule_form.render_exact_weights(scenario, slug, lang)
            chips.render_chips(scenario, slug, lang)
        with st.container(key="right", gap="small"):
            _render_results(scenario, slug, lang)
    if state.window() == "rule":
        rule_form.render_rule(scenario, slug, lang)


def _render_results(scenario: Scenario, slug: str, lang: str) -> None:
    standing = effective(scenario, state.draft(slug).points)
    if standing is None:  # what was allocated last stays, and the weights say that they are all zero
        standing = state.last_weights(slug) or dict(scenario.weights)
    try:
        allocation = allocate(replace(scenario, weights=standing))
    except AllocatorError as error:
        widgets.render_errors(error, lang)
        return
    state.keep_weights(slug, standing)
    address.write()
    known = base.names(slug, allocation.scenario, lang)
    against = base.chosen(slug, allocation.scenario, known, lang)
    found = None if against is None else held_against(allocation, against.held)
    st.html(markup.title(finding_title(allocation, found, lang)))
    possible = _possible(allocation, slug)
    amounts = allocation.amounts if against is None else against.amounts
    rows = chart_data.chart_rows(allocation, amounts, lang, possible[1] if possible else None)
    _render_legend(allocation, rows, against, found, known, slug, lang)
    _render_picture(allocation, rows, against, slug, lang)
    notes = [markup.block("hint", line) for line in note_lines(allocation, lang)]
    if notes:
        st.html(markup.lines(notes))
    _render_table(allocation, against, slug, lang)
    render_row_presses(lambda id: _open_steps(id, slug))
    _render_steps(allocation, slug, lang)
    with st.expander(say("app.rule.title", lang), key="fold-rule-sentence"):
        if found is not None and against is not None:
            st.html(markup.block("effect", effect_words(allocation, found, against.full, lang)))
        st.html(markup.block("rule", rule_sentence(allocation.scenario, lang)))
        for line in _reasons(allocation.scenario, lang):
            st.html(markup.block("hint", line))
        widgets.render_data(allocation.scenario, lang)
    _render_checks(allocation, rows, possible, against, lang)


def _render_table(allocation: Allocation, against: Base | None, slug: str, lang: str) -> None:
    """The office's table; of very many recipients only while it is unfolded, since it takes long to draw."""
    caption = say("app.table.caption", lang)

    def html() -> str:
        return markup.table(office_table(allocation, lang, against), caption)

    if len(allocation.amounts) <= VERY_MANY:
        st.html(html())
        return
    folded = st.expander(caption, key=f"table-{slug}", on_change="rerun")
    if folded.open:
        folded.html(html())


def effect_words(allocation: Allocation, found: Finding, against: str, lang: str) -> str:
    """What changes against the base in full, to be read or copied; and what a match is worth."""
    scenario = allocation.scenario
    sentence = against_sentence(found, against, scenario.distributable, terms([allocation], lang))
    if not (scenario.assumed and scenario.published is not None and found.equal):
        return sentence
    return ("" if lang == "zh" else " ").join([sentence, say("app.assumed.match", lang)])


def note_lines(allocation: Allocation, lang: str) -> list[str]:
    """What a person should know of this rule and data, a sentence each; mostly nothing."""
    scenario = allocation.scenario
    lines = list(hint_lines(scenario, lang))
    if allocation.tied:
        names = [r.name for r in scenario.recipients if r.id in allocation.tied]
        lines.append(say("app.effect.tied", lang, names=names))
    return lines


def _reasons(scenario: Scenario, lang: str) -> list[str]:
    names = {r.id: r.name for r in scenario.recipients}
    return [
        say("app.rule.reason", lang, name=names[earmark.recipient], reason=earmark.reason)
        for earmark in scenario.earmarks
        if earmark.reason
    ]


# --- the picture ----------------------------------------------------------------------------------


def _units(allocation: Allocation, rows: Sequence[Row], lang: str) -> tuple[Unit, Unit]:
    """One unit for amounts and one for changes; the same wherever the fund is shared out in it."""
    currency, whole = allocation.scenario.fund.currency, allocation.scenario.fund.unit
    unit = chart_data.chart_unit([row.largest for row in rows], currency, whole, lang)
    return unit, chart_data.chart_unit([row.difference for row in rows], currency, whole, lang)


def _render_legend(
    allocation: Allocation,
    rows: Sequence[Row],
    against: Base | None,
    found: Finding | None,
    known: Mapping[str, str],
    slug: str,
    lang: str,
) -> None:
    """What it is held against, which a person can choose, the unit, and what the marks are."""
    with st.container(key="legend", horizontal=True, vertical_alignment="center", gap="small"):
        if against is not None:
            st.selectbox(
                say("app.base.label", lang),
                list(known),
                format_func=lambda key: say("app.base.against", lang, name=known[key]),
                key=widgets.stand_at(f"pick-base-{slug}-{lang}", against.key),
                on_change=lambda: base.choose(st.session_state[f"pick-base-{slug}-{lang}"]),
                label_visibility="collapsed",
            )
        st.html(markup.legend(legend(allocation, rows, against, found, lang)))


def legend(
    allocation: Allocation, rows: Sequence[Row], against: Base | None, found: Finding | None, lang: str
) -> list[tuple[str, str]]:
    """The marks and their words; and in a word that all is as in the base, or that scales differ."""
    scenario = allocation.scenario
    mark = ("ring", "hollow") if scenario.assumed else ("dot", "solid")
    entries = [(mark[0], say(f"app.chart.legend_{mark[1]}", lang))]
    if against is not None:
        entries.append(("tick", against.name))
    if any(row.possible for row in rows):
        entries.append(("band", say("app.chart.legend_band", lang)))
    entries.append(("none", say("table.unit", lang, unit=_units(allocation, rows, lang)[0].name)))
    if len(chart_data.panels(rows)) > 1:
        entries.append(("none", say("app.chart.scales", lang)))
    if found is not None and found.equal and against is not None:
        entries.append(("equal", say("app.base.equal", lang, name=against.name)))
    return entries


def _possible(allocation: Allocation, slug: str) -> Possible | None:
    """Within what everybody's amount lies where the data is assumed, and the reading that says so."""
    scenario = allocation.scenario
    rule = rule_behind(scenario, fund.rules(slug)) if scenario.assumed else None
    return possible_amounts(allocation, rule) if rule is not None else None


def _render_search(against: Base | None, slug: str, lang: str) -> tuple[bool, str]:
    """Whether the largest changes stand first, and a part of the names that are looked for."""
    with st.container(key="search", horizontal=True, vertical_alignment="center", gap="medium"):
        wanted = st.text_input(
            say("app.chart.find", lang),
            key=f"find-{slug}",
            max_chars=40,
            placeholder=say("app.chart.find", lang),
            label_visibility="collapsed",
            width=260,
        )
        label = say("app.chart.order" if against else "app.chart.order_amount", lang)
        return st.toggle(label, key=f"order-{lang}"), wanted.strip().casefold()


def _size(by: Number) -> Number:
    return by if by > 0 else -by


def _render_picture(
    allocation: Allocation, rows: Sequence[Row], against: Base | None, slug: str, lang: str
) -> None:
    scenario = allocation.scenario
    unit, change_unit = _units(allocation, rows, lang)
    many, order, wanted = len(rows) > markup.MANY, False, ""
    rest: tuple[Number, ...] = ()
    if many:
        order, wanted = _render_search(against, slug, lang)
    if wanted:
        rows = tuple(row for row in rows if wanted in row.name.casefold())
        if not rows:
            st.html(markup.block("exact", say("app.chart.find_none", lang), role="status"))
            return
    if len(rows) > VERY_MANY:
        largest = sorted(rows, key=lambda row: -_size(row.difference if order and against else row.amount))
        kept = {row.id for row in largest[:MOST_DRAWN]}
        rest = tuple(row.amount for row in rows if row.id not in kept)
        rows = tuple(row for row in rows if row.id in kept)
        st.html(markup.block("scale", say("app.chart.largest", lang, count=MOST_DRAWN)))
    drawn = picture(rows, unit, change_unit, lang, compared=against is not None, order=order)
    heads = Heads(
        say("app.chart.caption", lang),
        who(scenario, lang),
        say("table.amount", lang),
        against.heading if against is not None else "",
        say("table.difference", lang)
        if change_unit == unit
        else say("app.chart.change_title", lang, unit=change_unit.name),
    )
    with st.container(height=markup.TALL if many else "content", border=many):
        st.html(picture_html(drawn, heads))
    if rest:
        spread = say("app.chart.rest", lang, count=len(rest))
        amount = say("app.chart.rest_amount", lang, unit=unit.name)
        counts = Heads(spread, say("app.chart.rest_count", lang), amount)
        st.html(markup.heading(spread, 3) + histogram_html(histogram(rest, unit, lang), counts))


# --- one recipient, and what is there to check ----------------------------------------------------


def _open_steps(id: str, slug: str) -> None:
    """Shows how an amount comes about, below the table."""
    state.set_picked(id)
    st.session_state[f"steps-{slug}"] = True


def _render_steps(allocation: Allocation, slug: str, lang: str) -> None:
    """How the amount of the recipient that was pressed or chosen comes about."""
    folded = st.expander(say("app.waterfall.title", lang), key=f"steps-{slug}", on_change="rerun")
    if not folded.open:
        return
    with folded:
        id = widgets.render_recipient_picker(allocation.scenario, lang)
        if id is not None:
            _render_steps_of(id, allocation, slug, lang)


def _render_steps_of(id: str, allocation: Allocation, slug: str, lang: str) -> None:
    scenario = allocation.scenario
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
    why.render_minutes(allocation, id, lang)
    why.render_change(allocation, id, slug, lang)


def _render_checks(
    allocation: Allocation,
    rows: Sequence[Row],
    possible: Possible | None,
    against: Base | None,
    lang: str,
) -> None:
    """For whoever checks: where figures come from, what bands mean, and the logarithmic picture."""
    folded = st.expander(say("app.page.checks", lang), key="checks", on_change="rerun")
    if not folded.open:
        return
    with folded:
        if possible is not None:
            about = say("app.chart.band_note", lang, premise=premise(possible[0], lang))
            st.html(markup.block("hint", about))
        if against is not None and st.toggle(say("app.chart.log", lang), key=f"log-{lang}"):
            unit, _ = _units(allocation, rows, lang)
            st.html(markup.block("scale", say("app.chart.log_note", lang)))
            drawn = chart_data.above_zero(rows)
            frame = chart_data.amount_frame(drawn, unit, lang)
            alt = chart_data.describe("amount", drawn, unit, lang, base=against.name)
            width = chart_data.names_width(rows)
            widgets.render_chart(
                "log", frame, lang, base=against.name, width=width, alt=alt, key=f"log-chart-{lang}"
            )
        st.html(markup.foot(foot_lines(allocation, lang)))
