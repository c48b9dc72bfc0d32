"""The brief 简报 of one or two pages, for anyone."""

from __future__ import annotations

from allocator.report.papers.blocks import Block, Paper, Words, texts
from allocator.report.papers.parts import effect_words, option_words, paper, sentence, short_table, trace
from allocator.report.papers.proposal import Proposal
from allocator.report.papers.ruling import effects, rule_words


def brief(proposal: Proposal) -> Paper:
    """The brief: the question, the rule, the table, gains and losses, the status of the data."""
    book, chosen = proposal.book, proposal.chosen
    table = short_table(proposal)
    blocks: list[Block] = [
        sentence("report.brief.title", proposal, "title", fund=proposal.fund_name),
        sentence("report.brief.asked", proposal, "head"),
        sentence(
            "report.brief.about", proposal, fund=proposal.fund_name, option=proposal.option(proposal.proposed)
        ),
        sentence("report.brief.rule", proposal, "head"),
        *rule_words(chosen, book),
        sentence("report.brief.result", proposal, "head"),
        sentence("report.many_rows", proposal, count=len(chosen.amounts)) if table is None else table,
        *effects(chosen, book),
    ]
    told = option_words(proposal)
    # with known amounts as the base, the sentences on the options say that already
    effect = effect_words(proposal) if proposal.known is None or not told else []
    changes = [*texts("text", effect), *told]
    if changes:
        blocks += [sentence("report.brief.changes", proposal, "head"), *changes]
    blocks.append(sentence("report.brief.data", proposal, "head"))
    key = "report.data.assumed" if proposal.illustrative else "report.data.not_assumed"
    blocks.append(Words("text", book.say(key)))
    name = book.say("report.file.brief")
    return paper("brief", proposal, [*blocks, *trace(proposal, said=True)], name=name, flows=True)
