"""The draft of the self-assessment report 绩效自评报告: what is known filled in, the rest left blank."""

from __future__ import annotations

from dataclasses import replace

from allocator.analysis.execution import Assessed, Assessment, Execution
from allocator.report.execution import assessment as assessment_words
from allocator.report.execution import tables
from allocator.report.execution import words as execution_words
from allocator.report.papers.blocks import Block, Paper, Words, texts
from allocator.report.papers.parts import MOST_ROWS, cash, paper, sentence, source_line, trace
from allocator.report.papers.proposal import Proposal
from allocator.report.tables.grid import Grid
from allocator.report.words.rule import rule_sentence, so_many
from allocator.text import say

GROUPS = ("general", "special", "individual")


def self_assessment(proposal: Proposal, found: Execution, assessment: Assessment) -> Paper:
    """The six parts of the report; payees and notes of payments never stand in it."""
    chosen, lang = proposal.chosen, proposal.lang
    scenario = chosen.scenario
    fund = {
        "fund": proposal.fund_name,
        "amount": cash(scenario.fund.amount, proposal),
        "reserved": cash(scenario.reserved, proposal),
        "split": cash(sum(chosen.amounts.values()), proposal),
        "whom": so_many(scenario, len(scenario.recipients), lang),
    }
    blocks: list[Block] = [
        sentence("assessment.title", proposal, "title", **fund),
        sentence("assessment.overview", proposal, "head"),
        sentence("assessment.fund_reserved" if scenario.reserved else "assessment.fund", proposal, **fund),
        Words("text", source_line(proposal)),
        Words("text", rule_sentence(scenario, lang)),
        *_rule(found, lang),
        sentence("assessment.aims", proposal),
        sentence("assessment.work", proposal, "head"),
        sentence("assessment.basis", proposal, **_basis(found, lang)),
        *texts("text", execution_words.closing(found, scenario, lang)),
        sentence("assessment.work_blank", proposal),
        sentence("assessment.indicators", proposal, "head"),
    ]
    for group in GROUPS:
        blocks.append(Words("subhead", say(f"execution.group.{group}", lang)))
        items = [item for item in assessment.items if item.target.group == group]
        blocks += texts("text", [_sentence(item, lang) for item in items])
        if group == "special":
            blocks += _money(found, proposal)
        elif not items:
            blocks.append(sentence("assessment.blank", proposal))
    if assessment.items:
        blocks.append(assessment_words.targets_grid(assessment, lang, assessment_words.KEYS[1:-1]))
    blocks += [sentence("assessment.conclusion", proposal, "head"), *_conclusion(found, assessment, proposal)]
    blocks += [sentence("assessment.problems", proposal, "head"), *_problems(found, assessment, proposal)]
    blocks += [
        sentence("assessment.suggestions", proposal, "head"),
        sentence("assessment.suggestions_blank", proposal),
        sentence("assessment.signed", proposal, "signed"),
        sentence("blank_day", proposal, "signed"),
        *trace(proposal),
    ]
    blocks = _tables_numbered(blocks, lang)
    if not found.payments.illustrative:
        return paper("assessment", proposal, blocks)
    name = say("report.file.assessment", lang)
    if not proposal.illustrative:  # else the name says so already
        name = say("report.illustrative_file", lang, name=name)
    return paper("assessment", proposal, blocks, name=name, mark=say("report.assessment.mark", lang))


def _tables_numbered(blocks: list[Block], lang: str) -> list[Block]:
    """The tables counted, 表1, 表2, …, as a report does."""
    count, made = 0, []
    for block in blocks:
        if isinstance(block, Grid):
            count += 1
            caption = say("report.assessment.table", lang, number=str(count), name=block.caption)
            block = replace(block, caption=caption)
        made.append(block)
    return made


def _rule(found: Execution, lang: str) -> list[Block]:
    """The uses that the rule names, on either list."""
    lines = []
    for key, permitted in (("permitted", True), ("not_permitted", False)):
        names = [getattr(use.name, lang) for use in found.rules.uses if use.permitted == permitted]
        if names:
            lines.append(say(f"report.assessment.{key}", lang, names=names))
    if found.rules.source is not None:
        lines.append(say("report.assessment.source", lang, source=found.rules.source))
    return [*texts("text", lines)]


def _basis(found: Execution, lang: str) -> dict[str, object]:
    return {
        "day": execution_words.day_text(found.on, lang),
        "count": len(found.payments.table) - found.later,
        "days": [execution_words.day_text(p.day, lang) for p in found.progress],
    }


def _sentence(item: Assessed, lang: str) -> str:
    """An indicator: what it should be, what it is, whether it is reached."""
    evidence = item.target.evidence
    details = {
        "name": item.target.name,
        "value": assessment_words.target_text(item.target, lang),
        "figure": assessment_words.figure_text(item, lang),
        "state": say(f"execution.reached.{item.state}", lang),
    }
    if item.value is None:
        details |= {"figure": say("report.blank", lang), "state": say("report.blank", lang)}
    key = "indicator" if evidence is None else "indicator_evidence"
    return say(f"report.assessment.{key}", lang, evidence=evidence, **details)


def _money(found: Execution, proposal: Proposal) -> list[Block]:
    """What was paid by whom and for what, with its tables."""
    lang, scenario = proposal.lang, proposal.chosen.scenario
    blocks: list[Block] = [*texts("text", execution_words.paid_lines(found, scenario, lang))]
    blocks += texts("text", execution_words.plan_lines(found, scenario, lang))
    if len(found.payers) <= MOST_ROWS:
        blocks.append(tables.progress_grid(found, scenario, lang, last=True))
    blocks.append(tables.uses_grid(found, scenario, lang, last=True))
    return blocks


def _conclusion(found: Execution, assessment: Assessment, proposal: Proposal) -> list[Block]:
    lang = proposal.lang
    lines = [assessment_words.score_line(assessment, lang)] if assessment.items else []
    lines += assessment_words.target_lines(assessment, lang)
    if found.rules.cited is not None:
        lines.append(getattr(found.rules.cited, lang))
    return [*texts("text", lines), sentence("assessment.conclusion_blank", proposal)]


def _problems(found: Execution, assessment: Assessment, proposal: Proposal) -> list[Block]:
    """What the payments give to look at; whether it is a problem is for those who know."""
    lang, scenario = proposal.lang, proposal.chosen.scenario
    blocks: list[Block] = [sentence("assessment.problems_lead", proposal)]
    blocks += texts("text", execution_words.plan_lines(found, scenario, lang)[1:])
    blocks += texts("text", execution_words.doubt_lines(found, scenario, lang))
    if found.doubtful:
        blocks.append(tables.doubts_grid(found, scenario, lang))
    return [*blocks, sentence("assessment.problems_blank", proposal)]
