"""Plain papers, for funds that are not those of a Chinese office: the schedule and the consultation.

The brief and the statement for one recipient are the same for all funds.
"""

from __future__ import annotations

from dataclasses import replace

from allocator.report.papers.blocks import Block, NewPage, Paper, Words, texts
from allocator.report.papers.brief import money_line, recommendation
from allocator.report.papers.deciding import options_table
from allocator.report.papers.losing import losing_lines
from allocator.report.papers.parts import (
    differs,
    paper,
    sentence,
    short_table,
    titled,
    trace,
    whole_table,
)
from allocator.report.papers.proposal import Proposal
from allocator.report.papers.ruling import annexes_by_pool, effects, rule_words
from allocator.report.words.rule import status_lines


def schedule(proposal: Proposal) -> Paper:
    """The schedule of allocations: every amount, the rule that it comes from, and who approves it."""
    proposal = proposal.alone
    book, chosen = proposal.book, proposal.chosen
    blocks: list[Block] = [
        sentence("report.schedule.title", proposal, "title", fund=proposal.fund_name),
        Words("text", money_line(proposal)),
        sentence("report.schedule.rule", proposal, "head"),
        *rule_words(chosen, book),
        *effects(chosen, book),
        sentence("report.schedule.approved", proposal, "head"),
        sentence("report.schedule.approved_by", proposal),
        NewPage(wide=True),
        *titled(whole_table(proposal)),
        *annexes_by_pool(proposal),
        *trace(proposal, rules=False),
    ]
    return paper("schedule", proposal, blocks, name=book.say("report.file.schedule"), flows=True)


def consultation(proposal: Proposal) -> Paper:
    """The consultation summary: what is proposed, how it was worked out, and what recipients are asked."""
    book, chosen = proposal.book, proposal.chosen
    several = len(proposal.allocations) > 1
    blocks: list[Block] = [
        sentence("report.consultation.title", proposal, "title", fund=proposal.fund_name),
        sentence("report.consultation.open", proposal, "subtitle"),
        sentence("report.consultation.proposed", proposal, "head"),
        Words("text", recommendation(proposal)),
        Words("text", money_line(proposal)),
        sentence("report.consultation.rule", proposal, "head"),
        *rule_words(chosen, book),
        *effects(chosen, book),
    ]
    if several:
        blocks.append(replace(options_table(proposal), caption=book.say("report.consultation.options")))
        if proposal.proposed:
            blocks.append(Words("text", differs(proposal, proposal.proposed)))
    why = losing_lines(proposal)
    if why:
        blocks += [sentence("report.brief.why", proposal, "head"), *texts("text", why)]
    blocks += [
        sentence("report.consultation.data", proposal, "head"),
        *texts("text", dict.fromkeys(line for s in proposal.scenarios for line in status_lines(s, book))),
        sentence("report.consultation.asked", proposal, "head"),
        *texts("item", map(book.say, QUESTIONS)),
        sentence("report.consultation.reply", proposal),
        sentence("report.consultation.replies", proposal, "head"),
        sentence("report.consultation.replies_blank", proposal, count=len(chosen.amounts)),
    ]
    table = short_table(proposal)
    if table is None:
        amounts = titled(whole_table(proposal))
    else:
        amounts = [sentence("report.consultation.amounts", proposal, "title"), table]
    blocks += [NewPage(wide=table is None), *amounts, *trace(proposal, rules=False, data=False)]
    return paper("consultation", proposal, blocks, name=book.say("report.file.consultation"), flows=True)


QUESTIONS = (
    "report.consultation.asked_data",
    "report.consultation.asked_rule",
    "report.consultation.asked_amount",
)
