"""A paper for one recipient: its own figures and sentence, and only totals of the others."""

from __future__ import annotations

from allocator.analysis.explain import explain
from allocator.core.exact import plain
from allocator.report.explain.difference import Account, because, change_text
from allocator.report.method.steps import method_steps
from allocator.report.papers.blocks import Block, Paper, Words
from allocator.report.papers.losing import rule_of
from allocator.report.papers.parts import paper, sentence, trace
from allocator.report.papers.proposal import Proposal
from allocator.report.papers.ruling import FEWEST, rule_words, steps_of, values_of
from allocator.report.tables.figures import in_units, is_money, name_of, unit_of
from allocator.report.tables.stages import stage_sentences
from allocator.report.tables.table import Row, Table, written
from allocator.report.words.clauses import in_clauses


def district(proposal: Proposal, id: str) -> Paper:
    """The paper for the recipient with this id; raises KeyError if the proposed scenario does not have it."""
    book, chosen = proposal.book, proposal.chosen
    name = proposal.names[id]
    blocks: list[Block] = [
        sentence("report.district.title", proposal, "title", name=name, fund=proposal.fund_name),
        Words("callout", book.join(_result(proposal, id))),
        sentence("report.district.rule", proposal, "head"),
        *rule_words(chosen, book, id),
    ]
    if in_clauses(chosen.scenario):
        blocks.append(sentence("report.district.steps", proposal, "head"))
        blocks += [values_of(proposal, id), *steps_of(proposal, id)]
    elif len(chosen.scenario.members[chosen.scenario.rules[0].id]) == FEWEST - 1:
        blocks.append(values_of(proposal, id))
    else:
        blocks.append(sentence("report.district.steps", proposal, "head"))
        blocks.append(Words("text", stage_sentences(chosen, book)[id]))
        blocks += next(step for step in method_steps(chosen, id, book) if step.key == "formula").grids
    if len(chosen.amounts) != FEWEST - 1:  # of two, the others together are the other one
        blocks += [sentence(_others_key(proposal), proposal, "head"), _others(proposal, id)]
    blocks += trace(proposal.alone, rules=False)
    return paper("district", proposal, blocks, name=book.say("report.file.district", name=name), compact=True)


def _result(proposal: Proposal, id: str) -> list[str]:
    """The amount, what of it was issued before, and the change from the base with its reasons."""
    book, chosen, base = proposal.book, proposal.chosen, proposal.reference
    scenario, amount = chosen.scenario, chosen.amounts[id]
    lines = [book.say("report.district.amount", name=proposal.names[id], amount=proposal.cash(amount))]
    if scenario.issued is not None:
        issued, now = proposal.cash(scenario.issued[id]), proposal.cash(chosen.to_issue[id])
        lines.append(book.say("report.brief.issued", issued=issued, now=now))
    if base is not None and id in base.amounts:
        by = plain(amount - base.amounts[id])
        change = change_text(by, scenario.fund.currency, book)
        before, called = proposal.cash(base.amounts[id]), proposal.reference_name
        lines.append(book.say("report.district.against", base=called, before=before, change=change))
        rule = rule_of(base, proposal)
        if rule is not None and by:
            reasons = because(Account(explain(rule, chosen)), id, book)
            lines += [book.say("report.brief.reasons", parts=reasons)] if reasons else []
    return lines


def _others_key(proposal: Proposal) -> str:
    """The key of the heading over the whole fund, which need not be money."""
    money = is_money(proposal.chosen.scenario)
    return "report.district.others" if money else "report.district.others_other"


def _others(proposal: Proposal, id: str) -> Table:
    """The amounts of this recipient, of the others together and of departments, adding up to the fund."""
    chosen, book = proposal.chosen, proposal.book
    scenario, amounts = chosen.scenario, chosen.amounts
    others = plain(sum(amounts.values()) - amounts[id])
    lines = [("recipient", name_of(chosen, id, book), amounts[id])]
    if len(amounts) > 1:
        lines.append(("recipient", book.say("report.district.rest", count=len(amounts) - 1), others))
    if chosen.reserved:
        lines.append(("recipient", book.say("table.departments"), chosen.reserved))
    lines.append(("total", book.say("table.total"), chosen.total))
    rows = tuple(Row(role, (text, book.number(in_units(x, scenario)))) for role, text, x in lines)  # type: ignore[arg-type]
    headers = (book.say("report.district.item"), book.say("table.amount"))
    return written("", headers, (False, True), rows, unit_of(scenario, book))
