"""Allocate 测算: the rule, and beside it its result as a sentence, a picture and a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from allocator.analysis.audit import Audit, Range, covering, possible_amounts, rule_behind
from allocator.analysis.finding import Finding, held_against
from allocator.core.allocation import Allocation
from allocator.core.engine import plan, undistributed
from allocator.core.errors import AllocatorError, ScenarioError
from allocator.core.exact import Number
from allocator.core.model import Scenario
from allocator.report.audit.verdict import premise
from allocator.report.charts import data as chart_data
from allocator.report.charts import waterfall
from allocator.report.charts.data import Row, Unit
from allocator.report.charts.histogram import histogram
from allocator.report.charts.picture import picture
from allocator.report.method.chain import fund_table
from allocator.report.tables.base import Base
from allocator.report.tables.figures import name_of, who
from allocator.report.tables.office import office_table
from allocator.report.words.corrections import correction_lines
from allocator.report.words.finding import against_sentence, terms
from allocator.report.words.hints import hint_lines
from allocator.report.words.pools import pool_lines
from allocator.report.words.rule import limit_lines, rule_sentence
from allocator.report.words.title import finding_title
from allocator.text import Phrasebook
from allocator.ui.allocate import chips, exact_weights, steps_of_pool, why
from allocator.ui.components import markup, weights, widgets
from allocator.ui.components.more import render_more
from allocator.ui.components.picture import Heads, histogram_html, picture_html, render_row_presses
from allocator.ui.components.screen import foot_lines, readable
from allocator.ui.session import address, base, fund, state
from allocator.ui.session.remembered import remembering
from allocator.ui.session.weights import standing

MOST_DRAWN = 30  # rows of the picture where there are very many
VERY_MANY = 200  # of which only those are drawn
MOST_UNFOLDED = 100  # recipients of a table that is there without being asked for
Possible = tuple[Audit, Mapping[str, Range]]


def render() -> None:
    """Draws the page."""
    book = state.book()
    scenario = readable(book, beyond=True)
    if scenario is None:
        return
    slug = state.slug()
    # a drawer, on a window too narrow for two columns, that opens and closes without asking the server
    st.checkbox(book.say("app.weights.drawer"), key="drawer", on_change="ignore")
    with st.container(key="allocate"):
        with st.container(key="left", gap="small"):
            if scenario.pools:
                weights.render_pools(scenario, slug, book)
            else:
                weights.render_weights(scenario, slug, book)
            if len(scenario.factors) > 1 and not scenario.pools:
                exact_weights.render_exact_weights(scenario, slug, book)
            chips.render_chips(scenario, slug, book)
        with st.container(key="right", gap="small"):
            _render_results(scenario, slug, book)


def _render_results(scenario: Scenario, slug: str, book: Phrasebook) -> None:
    try:
        # where all points are zero, what was allocated last stays, and the weights say so
        allocation = plan(standing(scenario, state.draft(slug).points) or state.on_screen(slug))
    except AllocatorError as error:
        widgets.render_errors(error, book)
        return
    state.keep_weights(slug, allocation.scenario.weights)
    address.write()
    known = base.names(slug, allocation.scenario, book)
    against = base.chosen(slug, allocation.scenario, known, book)
    found = None if against is None else held_against(allocation, against.held)
    st.html(markup.title(finding_title(allocation, found, book)))
    possible = _possible(allocation, slug)
    amounts = allocation.amounts if against is None else against.amounts
    rows = chart_data.chart_rows(allocation, amounts, book, possible[1] if possible else None)
    _render_legend(allocation, rows, against, found, known, slug, book)
    _render_picture(allocation, rows, against, slug, book)
    notes = [markup.block("hint", line) for line in note_lines(allocation, book)]
    if notes:
        st.html(markup.lines(notes))
    _render_table(allocation, against, slug, book)
    if allocation.undistributed:
        widgets.render_errors(ScenarioError(undistributed(allocation)), book)
    render_row_presses(lambda id: _open_steps(id, slug))
    _render_steps(allocation, slug, book)
    with st.expander(book.say("rule.title"), key="fold-rule-sentence"):
        if found is not None and against is not None:
            st.html(markup.block("effect", effect_words(allocation, found, against.full, book)))
        st.html(markup.lines(markup.block("rule", line) for line in rule_lines(allocation, book)))
        for line in _reasons(allocation.scenario, book):
            st.html(markup.block("hint", line))
        widgets.render_data(allocation.scenario, book)
    _render_checks(allocation, rows, possible, against, book)


def _render_table(allocation: Allocation, against: Base | None, slug: str, book: Phrasebook) -> None:
    """The office's table; of many recipients only while it is unfolded, since it takes long to draw."""
    caption = book.say("app.table.caption")

    def html() -> str:
        return markup.table(office_table(allocation, book, against), caption)

    if len(allocation.amounts) <= MOST_UNFOLDED:
        st.html(html())
        return
    folded = st.expander(caption, key=f"table-{slug}", on_change="rerun")
    if folded.open:
        folded.html(html())


def effect_words(allocation: Allocation, found: Finding, against: str, book: Phrasebook) -> str:
    """The changes against the base in full, as a sentence; with assumed data also the caution on a match."""
    scenario = allocation.scenario
    sentence = against_sentence(found, against, scenario.distributable, terms([allocation], book))
    if not (scenario.assumed and scenario.published is not None and found.equal):
        return sentence
    return book.join([sentence, book.say("assumed.match")])


def note_lines(allocation: Allocation, book: Phrasebook) -> list[str]:
    """Notes on this rule and its data, a sentence each; usually none."""
    scenario = allocation.scenario
    lines = list(hint_lines(scenario, book))
    if allocation.tied:
        names = [r.name for r in scenario.recipients if r.id in allocation.tied]
        lines.append(book.say("effect.tied", names=names))
    return lines


def _reasons(scenario: Scenario, book: Phrasebook) -> list[str]:
    names = {r.id: r.name for r in scenario.recipients}
    return [
        book.say("rule.reason", name=names[earmark.recipient], reason=earmark.reason)
        for earmark in scenario.earmarks
        if earmark.reason and earmark.recipients is None
    ]


def rule_lines(allocation: Allocation, book: Phrasebook) -> list[str]:
    """The rule in words: one sentence where format 1 can say it, else one on each pool and clause."""
    scenario = allocation.scenario
    if not scenario.beyond and not scenario.pools:
        return [rule_sentence(scenario, book)]
    return [*pool_lines(allocation, book), *limit_lines(scenario, book), *correction_lines(allocation, book)]


# --- the picture ----------------------------------------------------------------------------------


def _units(allocation: Allocation, rows: Sequence[Row], book: Phrasebook) -> tuple[Unit, Unit]:
    """The units of amounts and of changes; the same where the split is in whole 万元."""
    currency, whole = allocation.scenario.fund.currency, allocation.scenario.fund.unit
    unit = chart_data.chart_unit([row.largest for row in rows], currency, whole, book)
    return unit, chart_data.chart_unit([row.difference for row in rows], currency, whole, book)


def _render_legend(
    allocation: Allocation,
    rows: Sequence[Row],
    against: Base | None,
    found: Finding | None,
    known: Mapping[str, str],
    slug: str,
    book: Phrasebook,
) -> None:
    """Draws the choice of the base, and the legend of the picture."""
    with st.container(key="legend", horizontal=True, vertical_alignment="center", gap="small"):
        if against is not None:
            st.selectbox(
                book.say("app.base.label"),
                list(known),
                format_func=lambda key: book.say("app.base.against", name=known[key]),
                key=widgets.stand_at(f"pick-base-{slug}-{book.language}", against.key),
                on_change=lambda: base.choose(st.session_state[f"pick-base-{slug}-{book.language}"]),
                label_visibility="collapsed",
            )
        st.html(markup.legend(legend(allocation, rows, against, found, book)))


def legend(
    allocation: Allocation, rows: Sequence[Row], against: Base | None, found: Finding | None, book: Phrasebook
) -> list[tuple[str, str]]:
    """The marks and their words, the unit, and notes where scales differ or all is as in the base."""
    scenario = allocation.scenario
    mark, key = ("ring", "chart.legend_hollow") if scenario.assumed else ("dot", "chart.legend_solid")
    entries = [(mark, book.say(key))]
    if against is not None:
        entries.append(("tick", against.name))
    if any(row.possible for row in rows):
        entries.append(("band", book.say("chart.legend_band")))
    entries.append(("none", book.say("table.unit", unit=_units(allocation, rows, book)[0].name)))
    if len(chart_data.panels(rows)) > 1:
        entries.append(("none", book.say("chart.scales")))
    if found is not None and found.equal and against is not None:
        entries.append(("equal", book.say("app.base.equal", name=against.name)))
    return entries


def _possible(allocation: Allocation, slug: str) -> Possible | None:
    """The possible ranges of amounts and their reading, if the data is assumed and there are any."""
    scenario = allocation.scenario
    if scenario.beyond or scenario.pools or not scenario.assumed:
        return None
    rule = rule_behind(scenario, fund.rules(slug))
    if rule is None:
        return None
    # under the rule's weights it is the same scenario at every step of a slider
    found = _covering(replace(scenario, weights=dict(rule.weights)), rule)
    amounts = None if found is None else possible_amounts(allocation, found)
    return None if found is None or amounts is None else (found, amounts)


_covering = remembering(16)(covering)


def _render_search(against: Base | None, slug: str, book: Phrasebook) -> tuple[bool, str]:
    """Draws the search; returns True if the largest are to come first, and the part of a name to look for."""
    with st.container(key="search", horizontal=True, vertical_alignment="center", gap="medium"):
        wanted = st.text_input(
            book.say("chart.find"),
            key=f"find-{slug}",
            max_chars=40,
            placeholder=book.say("chart.find"),
            label_visibility="collapsed",
            width=260,
        )
        label = book.say("chart.order" if against else "chart.order_amount")
        return st.toggle(label, key=f"order-{book.language}"), wanted.strip().casefold()


def _size(by: Number) -> Number:
    return by if by > 0 else -by


def _render_picture(
    allocation: Allocation, rows: Sequence[Row], against: Base | None, slug: str, book: Phrasebook
) -> None:
    scenario = allocation.scenario
    unit, change_unit = _units(allocation, rows, book)
    many, order, wanted = len(rows) > markup.MANY, False, ""
    rest: tuple[Number, ...] = ()
    if many:
        order, wanted = _render_search(against, slug, book)
    if wanted:
        rows = tuple(row for row in rows if wanted in row.name.casefold())
        if not rows:
            st.html(markup.block("exact", book.say("chart.find_none"), role="status"))
            return
    if len(rows) > VERY_MANY:
        largest = sorted(rows, key=lambda row: -_size(row.difference if order and against else row.amount))
        kept = {row.id for row in largest[:MOST_DRAWN]}
        rest = tuple(row.amount for row in rows if row.id not in kept)
        rows = tuple(row for row in rows if row.id in kept)
        st.html(markup.block("scale", book.say("chart.largest", count=MOST_DRAWN)))
    drawn = picture(rows, unit, change_unit, book, compared=against is not None, order=order)
    heads = Heads(
        book.say("chart.caption"),
        who(scenario, book),
        book.say("table.amount"),
        against.heading if against is not None else "",
        book.say("table.difference")
        if change_unit == unit
        else book.say("chart.change_title", unit=change_unit.name),
    )
    with st.container(height=markup.TALL if many else "content", border=many):
        st.html(picture_html(drawn, heads))
    if rest:
        spread = book.say("chart.rest", count=len(rest))
        amount = book.say("chart.rest_amount", unit=unit.name)
        counts = Heads(spread, book.say("chart.rest_count"), amount)
        st.html(markup.heading(spread, 3) + histogram_html(histogram(rest, unit, book), counts))


# --- one recipient, and what is there to check ----------------------------------------------------


def _open_steps(id: str, slug: str) -> None:
    """Shows the steps to a recipient's amount, below the table."""
    state.set_picked(id)
    st.session_state[f"steps-{slug}"] = True


def _render_steps(allocation: Allocation, slug: str, book: Phrasebook) -> None:
    """Draws the steps to the amount of the recipient that was pressed or chosen, folded away."""
    folded = st.expander(book.say("waterfall.title"), key=f"steps-{slug}", on_change="rerun")
    if not folded.open:
        return
    with folded:
        id = widgets.render_recipient_picker(allocation.scenario, book)
        if id is not None:
            _render_steps_of(id, allocation, slug, book)


def _render_steps_of(id: str, allocation: Allocation, slug: str, book: Phrasebook) -> None:
    scenario = allocation.scenario
    pool = steps_of_pool.render_pool(allocation, slug, book) if len(allocation.splits) > 1 else None
    steps = waterfall.waterfall_rows(allocation, id, book, pool)
    amounts = [end for step in steps for end in (step.start, step.end)]
    unit = chart_data.chart_unit(amounts, scenario.fund.currency, scenario.fund.unit, book)
    if scenario.beyond or scenario.pools:
        grid = steps_of_pool.steps_table(steps, allocation, id, unit, book)
    else:
        grid = fund_table(allocation, id, book)
    left, right = st.columns([1, 1.25], gap="medium")
    left.html(markup.table(grid, grid.caption, first=0))
    with right:
        st.html(markup.heading(book.say("waterfall.bars", unit=unit.name), 3))
        alt = waterfall.waterfall_alt(steps, name_of(allocation, id, book), unit, book)
        widgets.render_waterfall(waterfall.waterfall_frame(steps, unit, book), book, alt=alt, key="waterfall")
    why.render_minutes(allocation, id, book)
    why.render_change(allocation, id, slug, book)
    title = markup.in_markdown(book.say("app.seek.more_of", name=name_of(allocation, id, book)))
    folded = st.expander(title, key=f"more-{slug}", on_change="rerun")
    if folded.open:
        with folded:
            render_more(allocation, slug, book, id)


def _render_checks(
    allocation: Allocation,
    rows: Sequence[Row],
    possible: Possible | None,
    against: Base | None,
    book: Phrasebook,
) -> None:
    """Draws the checks, folded away: the meaning of bands, the logarithmic picture, and sources."""
    folded = st.expander(book.say("app.page.checks"), key="checks", on_change="rerun")
    if not folded.open:
        return
    with folded:
        if possible is not None:
            about = book.say("chart.band_note", premise=premise(possible[0], book))
            st.html(markup.block("hint", about))
        if against is not None and st.toggle(book.say("chart.log"), key=f"log-{book.language}"):
            unit, _ = _units(allocation, rows, book)
            st.html(markup.block("scale", book.say("chart.log_note")))
            drawn = chart_data.above_zero(rows)
            frame = chart_data.amount_frame(drawn, unit, book)
            alt = chart_data.describe("amount", drawn, unit, book, base=against.name)
            width = chart_data.names_width(rows)
            widgets.render_chart(
                "log", frame, book, base=against.name, width=width, alt=alt, key=f"log-chart-{book.language}"
            )
        st.html(markup.foot(foot_lines(allocation, book)))
