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
from allocator.report.tables.figures import in_units
from allocator.report.words.document import source_line, sums, uses_table
from allocator.report.words.statements import statement_lines
from allocator.text import Phrasebook, money_scale
from allocator.ui.components import fields, markup, uploads, widgets
from allocator.ui.components.screen import foot_lines, render_screen
from allocator.ui.execution import inputs
from allocator.ui.report import preview
from allocator.ui.report.paper_files import word_file
from allocator.ui.session import state

MOST_NAMED = 3  # of those equally far behind
FEW = 8  # sentences on how a file was read, before the rest is folded away
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def render() -> None:
    """Draws the page."""
    book = state.book()
    allocation = render_screen(book)
    if allocation is None:
        return
    scenario, slug = allocation.scenario, state.slug()
    near = inputs.fund_files(slug)
    rules = _rules(near, slug, book)
    answer = st.container()  # comes first, filled from the files that are chosen below
    known = inputs.sources(near, slug)
    with st.expander(
        book.say("app.execution.payments"), key="fold-payments", expanded=rules is None or not known
    ):
        payments = _payments(allocation, near, slug, book)
    if scenario.uses:
        with st.expander(book.say("app.execution.published"), key="fold-payments-published"):
            _render_published(scenario, rules, book)
    with answer:
        if rules is None:
            st.html(markup.block("exact", book.say("app.execution.no_rules"), role="status"))
        elif payments is None:
            st.html(markup.block("exact", book.say("app.execution.no_payments"), role="status"))
        else:
            _render_found(allocation, rules, payments, slug, book)
    st.html(markup.foot(foot_lines(allocation, book)))


def _render_published(scenario: Scenario, rules: Rules | None, book: Phrasebook) -> None:
    """Draws the published totals of the spending, their rate, and their source."""
    grid = uses_table(scenario, book)
    if grid is None:
        return
    lines = [*sums(scenario, book)[1:], execution_words.published_rate(scenario, book)]
    lines.append(book.say("app.execution.published_only"))
    if rules is not None and rules.cited is not None:
        lines.append(book.text(rules.cited))
    lines.append(source_line(scenario, book))
    table = f'<div class="al-narrow">{markup.table(grid, grid.caption, first=0)}</div>'
    st.html(markup.lines([table, *(markup.block("hint", line) for line in lines)]))


# --- files ----------------------------------------------------------------------------------------


def _rules(near: inputs.FundFiles, slug: str, book: Phrasebook) -> Rules | None:
    """The rules that payments are held against; where they are wrong, says so and returns None."""
    try:
        return inputs.rules(near, slug)
    except AllocatorError as error:
        widgets.render_problems(error, book)
        return None


def _payments(allocation: Allocation, near: inputs.FundFiles, slug: str, book: Phrasebook) -> Payments | None:
    """Draws the choice of payments, beside the scenario or uploaded; returns them, None if there are none."""
    st.html(markup.block("hint", book.say("app.execution.payments_about")))
    who = payers(allocation)
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    with right:
        st.download_button(
            book.say("app.execution.template"),
            lambda: template(allocation.scenario, who, book),
            file_name=sanitize_filename(f"{book.say('app.execution.template_name')}.xlsx"),
            mime=EXCEL, on_click="ignore", width="stretch", key="execution-template",
        )  # fmt: skip
    with left:
        inputs.render_upload("payments", slug, book)
    if near.rules is None:
        inputs.render_upload("rules", slug, book)
    else:
        st.html(markup.block("hint", book.say("app.execution.other_rules")))
        inputs.render_upload("rules", slug, book)
    sources = inputs.sources(near, slug)
    if not sources:
        return None
    source = fields.render_choice(
        f"execution-source-{inputs.fund_key(slug)}-{len(sources)}", book.say("app.execution.source"),
        sources, next(iter(sources)), lambda name: inputs.source_name(name, book), book,
    )  # fmt: skip
    file = sources[source]
    if isinstance(file, uploads.Given):
        uploads.render_sheets(file.digest, book)
    try:
        return inputs.payments(file, allocation.scenario, who)
    except ScenarioError as error:
        if isinstance(file, uploads.Given):
            uploads.ask_sheet(file.digest, error)
        st.html(markup.block("zero", book.say("app.execution.refused"), role="alert"))
        widgets.render_problems(error, book)
        return None


# --- what was found -------------------------------------------------------------------------------


def _render_found(
    allocation: Allocation, rules: Rules, payments: Payments, slug: str, book: Phrasebook
) -> None:
    held, on = inputs.render_settings(rules, payments, slug, book)
    if held is None:
        return
    found = execute(payers(allocation), payments, held, on)
    scenario = allocation.scenario
    parts = [markup.block("hint", line) for line in execution_words.head(found, allocation, book)[:1]]
    if payments.illustrative:
        badge = book.say("app.execution.badge")
        parts.append(markup.notice(badge, book.say("execution.illustrative")))
    parts.append(markup.cards(_cards(found, scenario, book), _mark(payments, book)))
    lines = [
        line
        for line in execution_words.head(found, allocation, book)[1:]
        if line != book.say("execution.illustrative")
    ]
    lines += [
        *execution_words.plan_lines(found, scenario, book),
        *execution_words.closing(found, scenario, book),
    ]
    parts += [markup.block("effect", line) for line in lines]
    if read_as := statement_lines(payments.statements, payments.file, book):
        more = book.say("app.projects.more", count=len(read_as) - FEW)
        parts += [markup.heading(book.say("sheets.title.treated"), 3), markup.listing(read_as, FEW, more)]
    progress = tables.progress_table(found, scenario, book)
    uses = tables.uses_table(found, scenario, book)
    st.html(markup.lines(parts))
    _render_doubts(found, scenario, book)
    st.html(markup.table(progress, progress.caption, first=0))
    with st.expander(uses.caption, key="fold-uses"):
        clauses = [markup.block("hint", line) for line in execution_words.clause_lines(found, book)]
        st.html(markup.lines([markup.table(uses, uses.caption, first=0), *clauses]))
    with st.expander(book.say("app.execution.targets_title"), key="fold-targets"):
        assessment = _render_targets(found, slug, book)
    with st.expander(book.say("app.execution.paper"), key="fold-self-assessment"):
        _render_paper(allocation, found, assessment, book)


def _mark(payments: Payments, book: Phrasebook) -> str:
    return book.say("assumed.mark") if payments.illustrative else ""


def _cards(found: Execution, scenario: Scenario, book: Phrasebook) -> list[tuple[str, str, str]]:
    """The headline figures: paid, execution rate, payers behind schedule, payments to be verified."""
    fund = scenario.fund
    unit = book.money_unit(fund.currency, money_scale(fund.currency, fund.unit))
    paid = book.number(in_units(found.now.total, scenario))
    left = book.number(in_units(found.allocated - found.now.total, scenario))
    planned = found.now.planned
    about = (
        ""
        if planned is None
        else book.say("app.execution.planned", rate=execution_words.rate_text(planned, book))
    )
    late = found.late
    most = [payer.name for payer, lag in late if lag == late[0][1]][:MOST_NAMED]
    doubts = execution_words.cash(found.doubted(), scenario, book)
    return [
        (book.say("app.execution.paid", unit=unit), paid, book.say("app.execution.left", left=left)),
        (book.say("app.execution.rate"), execution_words.rate_text(found.rate, book), about),
        (
            book.say("app.execution.late"),
            "—" if planned is None else str(len(late)),
            book.say("app.execution.most", names=most) if late else "",
        ),
        (
            book.say("app.execution.doubts"),
            book.number(found.doubtful),
            book.say("app.execution.doubts_about", amount=doubts),
        ),
    ]


def _render_doubts(found: Execution, scenario: Scenario, book: Phrasebook) -> None:
    st.html(
        markup.lines(
            [
                markup.heading(book.say("app.execution.doubts_title")),
                *(
                    markup.block("effect", line)
                    for line in execution_words.doubt_lines(found, scenario, book)
                ),
            ]
        )
    )
    if not found.doubtful:
        return
    payees = st.checkbox(book.say("app.execution.payees"), key="execution-payees")
    grid = tables.doubts_table(found, scenario, book, payees=payees)
    st.html(markup.table(grid, grid.caption))
    if found.doubtful > tables.SHOWN:
        st.html(markup.block("hint", book.say("execution.doubts_first", most=tables.SHOWN)))


# --- targets --------------------------------------------------------------------------------------


def _render_targets(found: Execution, slug: str, book: Phrasebook) -> Assessment:
    """Draws the indicators and the entries for them; returns the assessment."""
    st.html(markup.block("hint", book.say("app.execution.targets_about")))
    targets: tuple[Target, ...] = found.rules.targets
    if targets:
        targets = inputs.render_targets(targets, slug, book)
    assessment = assess(found, targets)
    if assessment.items:
        grid = assessment_words.targets_table(assessment, book)
        st.html(markup.table(grid, grid.caption))
    lines = assessment_words.target_lines(assessment, book)
    if assessment.items:
        lines.append(assessment_words.score_line(assessment, book))
    st.html(markup.lines(markup.block("effect", line) for line in lines))
    if targets:
        st.download_button(
            book.say("app.execution.rules_file"),
            lambda: rules_bytes(replace(found.rules, targets=targets)),
            file_name="rules.toml", on_click="ignore", key="execution-rules-file",
        )  # fmt: skip
    return assessment


def _render_paper(allocation: Allocation, found: Execution, assessment: Assessment, book: Phrasebook) -> None:
    """Draws the draft of the self-assessment report, to read and to download."""
    st.html(markup.block("hint", book.say("app.execution.paper_about")))
    made = proposal([allocation.scenario], book, date.today())
    paper = self_assessment(made, found, assessment)
    file = word_file(paper, made)
    st.download_button(
        markup.in_markdown(book.say("app.report.download", name=file.name)), file.build, file.name,
        key="execution-paper", on_click="ignore",
    )  # fmt: skip
    with st.container(height=640, key="execution-preview"):
        st.html(preview.paper_html(paper))
