"""The draft of the self-assessment report 绩效自评报告: known parts filled in, the rest left blank."""

from __future__ import annotations

from dataclasses import replace

from allocator.analysis.execution import Assessed, Assessment, Execution
from allocator.report.execution import assessment as assessment_words
from allocator.report.execution import tables
from allocator.report.execution import words as execution_words
from allocator.report.papers.blocks import Block, Paper, Words, texts
from allocator.report.papers.parts import MOST_ROWS, paper, sentence, source_line, trace
from allocator.report.papers.proposal import Proposal
from allocator.report.tables.table import Table
from allocator.report.words.rule import rule_sentence, so_many
from allocator.text import Phrasebook


def self_assessment(proposal: Proposal, found: Execution, assessment: Assessment) -> Paper:
    """The report in six parts; it never contains payees or notes of payments."""
    chosen, book = proposal.chosen, proposal.book
    scenario = chosen.scenario
    fund = {
        "fund": proposal.fund_name,
        "amount": proposal.cash(scenario.fund.amount),
        "reserved": proposal.cash(scenario.reserved),
        "split": proposal.cash(sum(chosen.amounts.values())),
        "whom": so_many(scenario, len(scenario.recipients), book),
    }
    blocks: list[Block] = [
        sentence("report.assessment.title", proposal, "title", **fund),
        sentence("report.assessment.overview", proposal, "head"),
        sentence(
            "report.assessment.fund_reserved" if scenario.reserved else "report.assessment.fund",
            proposal,
            **fund,
        ),
        Words("text", source_line(proposal)),
        Words("text", rule_sentence(scenario, book)),
        *_rule(found, book),
        sentence("report.assessment.aims", proposal),
        sentence("report.assessment.work", proposal, "head"),
        sentence("report.assessment.basis", proposal, **_basis(found, book)),
        *texts("text", execution_words.closing(found, scenario, book)),
        sentence("report.assessment.work_blank", proposal),
        sentence("report.assessment.indicators", proposal, "head"),
    ]
    for group, key in (
        ("general", "execution.group.general"),
        ("special", "execution.group.special"),
        ("individual", "execution.group.individual"),
    ):
        blocks.append(Words("subhead", book.say(key)))
        items = [item for item in assessment.items if item.target.group == group]
        blocks += texts("text", [_sentence(item, book) for item in items])
        if group == "special":
            blocks += _money(found, proposal)
        elif not items:
            blocks.append(sentence("report.assessment.blank", proposal))
    if assessment.items:
        blocks.append(assessment_words.targets_table(assessment, book, assessment_words.KEYS[1:-1]))
    blocks += [
        sentence("report.assessment.conclusion", proposal, "head"),
        *_conclusion(found, assessment, proposal),
    ]
    blocks += [
        sentence("report.assessment.problems", proposal, "head"),
        *_problems(found, assessment, proposal),
    ]
    blocks += [
        sentence("report.assessment.suggestions", proposal, "head"),
        sentence("report.assessment.suggestions_blank", proposal),
        sentence("report.assessment.signed", proposal, "signed"),
        sentence("report.blank_day", proposal, "signed"),
        *trace(proposal),
    ]
    blocks = _tables_numbered(blocks, book)
    name = book.say("report.file.assessment")
    if not found.payments.illustrative:
        return paper("assessment", proposal, blocks, name=name)
    if not proposal.illustrative:  # else the name says so already
        name = book.say("report.illustrative_file", name=name)
    return paper("assessment", proposal, blocks, name=name, mark=book.say("report.assessment.mark"))


def _tables_numbered(blocks: list[Block], book: Phrasebook) -> list[Block]:
    """The blocks with their tables numbered 表1, 表2, …."""
    count, made = 0, []
    for block in blocks:
        if isinstance(block, Table):
            count += 1
            caption = book.say("report.assessment.table", number=str(count), name=block.caption)
            block = replace(block, caption=caption)
        made.append(block)
    return made


def _rule(found: Execution, book: Phrasebook) -> list[Block]:
    """The uses that the rule names as permitted and as not permitted, and its source."""
    lines = []
    for key, permitted in (("report.assessment.permitted", True), ("report.assessment.not_permitted", False)):
        names = [book.text(use.name) for use in found.rules.uses if use.permitted == permitted]
        if names:
            lines.append(book.say(key, names=names))
    if found.rules.source is not None:
        lines.append(book.say("report.assessment.source", source=found.rules.source))
    return [*texts("text", lines)]


def _basis(found: Execution, book: Phrasebook) -> dict[str, object]:
    return {
        "day": execution_words.day_text(found.on, book),
        "count": len(found.payments.table) - found.later,
        "days": [execution_words.day_text(p.day, book) for p in found.progress],
    }


def _sentence(item: Assessed, book: Phrasebook) -> str:
    """The sentence on an indicator: its target, its figure, and whether it is reached."""
    evidence = item.target.evidence
    details = {
        "name": item.target.name,
        "value": assessment_words.target_text(item.target, book),
        "figure": assessment_words.figure_text(item, book),
        "state": book.say(f"execution.reached.{item.state}"),
    }
    if item.value is None:
        details |= {"figure": book.say("report.blank"), "state": book.say("report.blank")}
    if evidence is None:
        return book.say("report.assessment.indicator", **details)
    return book.say("report.assessment.indicator_evidence", evidence=evidence, **details)


def _money(found: Execution, proposal: Proposal) -> list[Block]:
    """The payments by payer and by use, with their tables."""
    book, scenario = proposal.book, proposal.chosen.scenario
    blocks: list[Block] = [*texts("text", execution_words.paid_lines(found, scenario, book))]
    blocks += texts("text", execution_words.plan_lines(found, scenario, book))
    if len(found.payers) <= MOST_ROWS:
        blocks.append(tables.progress_table(found, scenario, book, last=True))
    blocks.append(tables.uses_table(found, scenario, book, last=True))
    return blocks


def _conclusion(found: Execution, assessment: Assessment, proposal: Proposal) -> list[Block]:
    book = proposal.book
    lines = [assessment_words.score_line(assessment, book)] if assessment.items else []
    lines += assessment_words.target_lines(assessment, book)
    if found.rules.cited is not None:
        lines.append(book.text(found.rules.cited))
    return [*texts("text", lines), sentence("report.assessment.conclusion_blank", proposal)]


def _problems(found: Execution, assessment: Assessment, proposal: Proposal) -> list[Block]:
    """Payers behind schedule and payments to be verified; whoever assesses decides what is a problem."""
    book, scenario = proposal.book, proposal.chosen.scenario
    blocks: list[Block] = [sentence("report.assessment.problems_lead", proposal)]
    blocks += texts("text", execution_words.plan_lines(found, scenario, book)[1:])
    blocks += texts("text", execution_words.doubt_lines(found, scenario, book))
    if found.doubtful:
        blocks.append(tables.doubts_table(found, scenario, book))
    return [*blocks, sentence("report.assessment.problems_blank", proposal)]
