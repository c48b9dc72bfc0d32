"""After the split 执行与绩效: payments against the allocation, what to verify, targets, the report."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import streamlit as st
from pathvalidate import sanitize_filename

from allocator.analysis.execution import (
    Assessment,
    Execution,
    Payments,
    Rules,
    Target,
    assess,
    execute,
    payers,
)
from allocator.core.allocation import Allocation
from allocator.core.errors import AllocatorError, ScenarioError
from allocator.core.model import Scenario
from allocator.files.execution.rules import rules_bytes
from allocator.files.execution.template import template
from allocator.report.execution import assessment as assessment_words
from allocator.report.execution import tables
from allocator.report.execution import words as execution_words
from allocator.report.papers.assessment import self_assessment
from allocator.report.papers.proposal import proposal
from allocator.report.tables.grid import in_units
from allocator.report.words.document import source_line, sums, uses_grid
from allocator.text import money_scale, money_unit, number, say
from allocator.ui.components import fields, markup, widgets
from allocator.ui.components.screen import foot_lines, render_screen
from allocator.ui.execution import inputs
from allocator.ui.report import preview
from allocator.ui.report.paper_files import word_file
from allocator.ui.session import state

MOST_NAMED = 3  # of those equally far behind
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def render() -> None:
    """Draws the page."""
    lang = state.lang()
    allocation = render_screen(lang)
    if allocation is None:
        return
    scenario, slug = allocation.scenario, state.slug()
    near = inputs.fund_files(slug)
    rules = _rules(near, slug, lang)
    answer = st.container()  # stands first, and follows from the files that are chosen below
    known = inputs.sources(near, slug)
    with st.expander(
        say("app.execution.payments", lang), key="fold-payments", expanded=rules is None or not known
    ):
        payments = _payments(allocation, near, slug, lang)
    if scenario.uses:
        with st.expander(say("app.execution.published", lang), key="fold-payments-published"):
            _render_published(scenario, rules, lang)
    with answer:
        if rules is None:
            st.html(markup.block("exact", say("app.execution.no_rules", lang), role="status"))
        elif payments is None:
            st.html(markup.block("exact", say("app.execution.no_payments", lang), role="status"))
        else:
            _render_found(allocation, rules, payments, slug, lang)
    st.html(markup.foot(foot_lines(allocation, lang)))


def _render_published(scenario: Scenario, rules: Rules | None, lang: str) -> None:
    """What was published of the spending: totals, and nothing made of them."""
    grid = uses_grid(scenario, lang)
    if grid is None:
        return
    lines = [*sums(scenario, lang)[1:], execution_words.published_rate(scenario, lang)]
    lines.append(say("app.execution.published_only", lang))
    if rules is not None and rules.cited is not None:
        lines.append(getattr(rules.cited, lang))
    lines.append(source_line(scenario, lang))
    table = f'<div class="al-narrow">{markup.table(grid, grid.caption, first=0)}</div>'
    st.html(markup.lines([table, *(markup.block("hint", line) for line in lines)]))


# --- files ----------------------------------------------------------------------------------------


def _rules(near: inputs.FundFiles, slug: str, lang: str) -> Rules | None:
    """The rules that payments are held against; what is wrong with them is said where they are given."""
    try:
        return inputs.rules(near, slug)
    except AllocatorError as error:
        widgets.render_problems(error, lang)
        return None


def _payments(allocation: Allocation, near: inputs.FundFiles, slug: str, lang: str) -> Payments | None:
    """Which payments are looked at: those of a file beside the scenario, or uploaded ones."""
    st.html(markup.block("hint", say("app.execution.payments_about", lang)))
    who = payers(allocation)
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    with right:
        st.download_button(
            say("app.execution.template", lang),
            lambda: template(allocation.scenario, who, lang),
            file_name=sanitize_filename(f"{say('app.execution.template_name', lang)}.xlsx"),
            mime=EXCEL, on_click="ignore", width="stretch", key="execution-template",
        )  # fmt: skip
    with left:
        inputs.render_upload("payments", slug, lang)
    if near.rules is None:
        inputs.render_upload("rules", slug, lang)
    else:
        st.html(markup.block("hint", say("app.execution.other_rules", lang)))
        inputs.render_upload("rules", slug, lang)
    sources = inputs.sources(near, slug)
    if not sources:
        return None
    source = fields.render_choice(
        f"execution-source-{inputs.fund_key(slug)}-{len(sources)}", say("app.execution.source", lang),
        sources, next(iter(sources)), lambda name: inputs.source_name(name, lang), lang,
    )  # fmt: skip
    try:
        return inputs.payments(sources[source], allocation.scenario, who)
    except ScenarioError as error:
        st.html(markup.block("zero", say("app.execution.refused", lang), role="alert"))
        widgets.render_problems(error, lang)
        return None


# --- what was found -------------------------------------------------------------------------------


def _render_found(allocation: Allocation, rules: Rules, payments: Payments, slug: str, lang: str) -> None:
    held, on = inputs.render_settings(rules, payments, slug, lang)
    if held is None:
        return
    found = execute(payers(allocation), payments, held, on)
    scenario = allocation.scenario
    parts = [markup.block("hint", line) for line in execution_words.head(found, allocation, lang)[:1]]
    if payments.illustrative:
        badge = say("app.execution.badge", lang)
        parts.append(markup.notice(badge, say("execution.illustrative", lang)))
    parts.append(markup.cards(_cards(found, scenario, lang), _mark(payments, lang)))
    lines = [
        line
        for line in execution_words.head(found, allocation, lang)[1:]
        if line != say("execution.illustrative", lang)
    ]
    lines += [
        *execution_words.plan_lines(found, scenario, lang),
        *execution_words.closing(found, scenario, lang),
    ]
    parts += [markup.block("effect", line) for line in lines]
    progress = tables.progress_grid(found, scenario, lang)
    uses = tables.uses_grid(found, scenario, lang)
    st.html(markup.lines(parts))
    _render_doubts(found, scenario, lang)
    st.html(markup.table(progress, progress.caption, first=0))
    with st.expander(uses.caption, key="fold-uses"):
        clauses = [markup.block("hint", line) for line in execution_words.clause_lines(found, lang)]
        st.html(markup.lines([markup.table(uses, uses.caption, first=0), *clauses]))
    with st.expander(say("app.execution.targets_title", lang), key="fold-targets"):
        assessment = _render_targets(found, slug, lang)
    with st.expander(say("app.execution.paper", lang), key="fold-self-assessment"):
        _render_paper(allocation, found, assessment, lang)


def _mark(payments: Payments, lang: str) -> str:
    return say("app.assumed.mark", lang) if payments.illustrative else ""


def _cards(found: Execution, scenario: Scenario, lang: str) -> list[tuple[str, str, str]]:
    """Paid, the part of it, who is behind, what is to be verified."""
    fund = scenario.fund
    unit = money_unit(fund.currency, money_scale(fund.currency, fund.unit), lang)
    paid = number(in_units(found.now.total, scenario), lang)
    left = number(in_units(found.allocated - found.now.total, scenario), lang)
    planned = found.now.planned
    about = (
        ""
        if planned is None
        else say("app.execution.planned", lang, rate=execution_words.rate_text(planned, lang))
    )
    late = found.late
    most = [payer.name for payer, lag in late if lag == late[0][1]][:MOST_NAMED]
    doubts = execution_words.cash(found.doubted(), scenario, lang)
    return [
        (say("app.execution.paid", lang, unit=unit), paid, say("app.execution.left", lang, left=left)),
        (say("app.execution.rate", lang), execution_words.rate_text(found.rate, lang), about),
        (
            say("app.execution.late", lang),
            "—" if planned is None else str(len(late)),
            say("app.execution.most", lang, names=most) if late else "",
        ),
        (
            say("app.execution.doubts", lang),
            number(found.doubtful, lang),
            say("app.execution.doubts_about", lang, amount=doubts),
        ),
    ]


def _render_doubts(found: Execution, scenario: Scenario, lang: str) -> None:
    st.html(
        markup.lines(
            [
                markup.heading(say("app.execution.doubts_title", lang)),
                *(
                    markup.block("effect", line)
                    for line in execution_words.doubt_lines(found, scenario, lang)
                ),
            ]
        )
    )
    if not found.doubtful:
        return
    payees = st.checkbox(say("app.execution.payees", lang), key="execution-payees")
    grid = tables.doubts_grid(found, scenario, lang, payees=payees)
    st.html(markup.table(grid, grid.caption))
    if found.doubtful > tables.SHOWN:
        st.html(markup.block("hint", say("execution.doubts_first", lang, most=tables.SHOWN)))


# --- targets --------------------------------------------------------------------------------------


def _render_targets(found: Execution, slug: str, lang: str) -> Assessment:
    """The indicators with what is entered for them; returns how they come out."""
    st.html(markup.block("hint", say("app.execution.targets_about", lang)))
    targets: tuple[Target, ...] = found.rules.targets
    if targets:
        targets = inputs.render_targets(targets, slug, lang)
    assessment = assess(found, targets)
    if assessment.items:
        grid = assessment_words.targets_grid(assessment, lang)
        st.html(markup.table(grid, grid.caption))
    lines = assessment_words.target_lines(assessment, lang)
    if assessment.items:
        lines.append(assessment_words.score_line(assessment, lang))
    st.html(markup.lines(markup.block("effect", line) for line in lines))
    if targets:
        st.download_button(
            say("app.execution.rules_file", lang),
            lambda: rules_bytes(replace(found.rules, targets=targets)),
            file_name="rules.toml", on_click="ignore", key="execution-rules-file",
        )  # fmt: skip
    return assessment


def _render_paper(allocation: Allocation, found: Execution, assessment: Assessment, lang: str) -> None:
    """The draft of the self-assessment report, to read and to download."""
    st.html(markup.block("hint", say("app.execution.paper_about", lang)))
    made = proposal([allocation.scenario], lang, date.today())
    paper = self_assessment(made, found, assessment)
    file = word_file(paper, made)
    st.download_button(
        markup.in_markdown(say("app.report.download", lang, name=file.name)), file.build, file.name,
        key="execution-paper", on_click="ignore",
    )  # fmt: skip
    with st.container(height=640, key="execution-preview"):
        st.html(preview.paper_html(paper))
