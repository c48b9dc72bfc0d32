"""The paper for the standing meeting 常务会议汇报材料."""

from __future__ import annotations

from allocator.report.papers.blocks import Block, NewPage, Paper, Words, texts
from allocator.report.papers.gains import gains_and_losses
from allocator.report.papers.parts import (
    comparison_table,
    differs,
    effect_words,
    match_words,
    paper,
    sentence,
    titled,
    trace,
    whole_table,
)
from allocator.report.papers.proposal import Proposal
from allocator.report.papers.ruling import annexes_by_pool, effects, long_table, rule_words
from allocator.report.words.comparing import change_sentences
from allocator.report.words.rule import status_lines


def meeting(proposal: Proposal) -> Paper:
    """The meeting paper: question, options, proposal, gains and losses with reasons, decision."""
    book, fund = proposal.book, proposal.chosen.scenario.fund
    name, several = proposal.option(proposal.proposed), len(proposal.allocations) > 1
    details = {"fund": proposal.fund_name, "amount": proposal.cash(fund.amount), "option": name}
    blocks: list[Block] = [
        sentence("report.meeting.title", proposal, "title", **details),
        sentence("report.meeting.subtitle", proposal, "subtitle"),
        sentence("report.meeting.asked", proposal, "head"),
        sentence("report.meeting.asked_many" if several else "report.meeting.asked_one", proposal,
             count=len(proposal.allocations), **details),
    ]  # fmt: skip
    blocks += _options(proposal) if several else [
        sentence("report.meeting.rule", proposal, "head"),
        *rule_words(proposal.chosen, book),
    ]  # fmt: skip
    blocks += [
        sentence("report.meeting.proposed", proposal, "head"),
        sentence("report.meeting.propose", proposal, **details),
        *texts("text", effect_words(proposal)),
        *effects(proposal.chosen, book),
        sentence("report.meeting.reason", proposal),
        sentence(
            "report.meeting.gains" if fund.currency == "CNY" else "report.meeting.gains_other",
            proposal,
            "head",
        ),
        *gains_and_losses(proposal),
        sentence("report.meeting.data", proposal, "head"),
        *texts("text", dict.fromkeys(line for s in proposal.scenarios for line in status_lines(s, book))),
        sentence("report.meeting.decide", proposal, "head"),
        sentence("report.meeting.decide_first", proposal, **details),
        sentence("report.meeting.decide_second", proposal),
        sentence("report.meeting.signed", proposal, "signed"),
        sentence("report.blank_day", proposal, "signed"),
        *trace(proposal, rules=False, data=False),  # options and data stand above
        NewPage(wide=True),
        sentence("report.annex_one", proposal, "annex"),
        *titled(whole_table(proposal)),
        *annexes_by_pool(proposal),
    ]
    return paper(
        "meeting", proposal, blocks, name=book.say("report.file.meeting"), flows=long_table(proposal)
    )


def _options(proposal: Proposal) -> list[Block]:
    book = proposal.book
    moved = change_sentences(proposal.allocations, book, proposal.known)
    said = {at: text for (at, _), text in zip(proposal.compared, moved, strict=True)}
    blocks: list[Block] = [sentence("report.meeting.options", proposal, "head")]
    for at, allocation in enumerate(proposal.allocations):
        blocks.append(Words("subhead", proposal.option(at)))
        if not at:
            blocks += rule_words(allocation, book)
        else:
            blocks.append(Words("text", differs(proposal, at)))
        blocks += texts("text", [said[at]] if at in said else [])
    return [*blocks, *texts("text", match_words(proposal)), comparison_table(proposal)]
