"""A paper for one recipient: its own figures and sentence, and only totals of the others."""

from __future__ import annotations

from allocator.analysis.explain import explain
from allocator.core.exact import plain
from allocator.report.explain.difference import Account, change_text, difference_sentences
from allocator.report.method.steps import method_steps
from allocator.report.papers.blocks import Block, Paper, Words
from allocator.report.papers.parts import cash, paper, sentence, trace
from allocator.report.papers.proposal import Proposal
from allocator.report.papers.ruling import rule_words, steps_of, values_of
from allocator.report.tables.base import Base
from allocator.report.tables.figures import in_units, name_of, unit_of
from allocator.report.tables.stages import stage_sentences
from allocator.report.tables.table import Row, Table, written
from allocator.report.words.clauses import in_clauses


def district(proposal: Proposal, id: str) -> Paper:
    """The paper for the recipient with this id; raises KeyError if the proposed scenario does not have it."""
    book, chosen = proposal.book, proposal.chosen
    name = proposal.names[id]
    blocks: list[Block] = [
        sentence("report.district.title", proposal, "title", name=name, fund=proposal.fund_name),
        sentence("report.district.result", proposal, "head"),
        Words("text", stage_sentences(chosen, book)[id]),
    ]
    if proposal.known is not None:
        blocks.append(_held_against(proposal, proposal.known, id))
    elif proposal.proposed and id in proposal.base.amounts:
        account = Account(explain(proposal.base, chosen))
        blocks.append(Words("text", difference_sentences(account, book)[id]))
    blocks += [
        _own(proposal, id),
        sentence("report.district.rule", proposal, "head"),
        *rule_words(chosen, book, id),
    ]
    if in_clauses(chosen.scenario):
        blocks += [values_of(proposal, id), *steps_of(proposal, id)]
    else:
        blocks += next(step for step in method_steps(chosen, id, book) if step.key == "formula").grids
    blocks += [
        sentence(_others_key(proposal), proposal, "head"),
        _others(proposal, id),
        *trace(proposal.alone, said=True),
    ]
    return paper("district", proposal, blocks, name=book.say("report.file.district", name=name))


def _others_key(proposal: Proposal) -> str:
    """The key of the heading over the whole fund, which need not be money."""
    money = isinstance(proposal.chosen.scenario.fund.currency, str)
    return "report.district.others" if money else "report.district.others_other"


def _held_against(proposal: Proposal, base: Base, id: str) -> Words:
    """The recipient's amount in the base, which is known without a rule, and the change from it."""
    by = proposal.chosen.amounts[id] - base.amounts[id]
    return sentence(
        "report.district.against",
        proposal,
        base=base.full,
        before=cash(base.amounts[id], proposal),
        change=change_text(by, proposal.chosen.scenario.fund.currency, proposal.book),
    )


def _own(proposal: Proposal, id: str) -> Table:
    """The recipient's row of the office's table, one line per column, without the factors' columns."""
    table, book = proposal.table, proposal.book
    at = proposal.chosen.scenario.ids.index(id) + 1
    row = next(r for r in table.rows if r.role == "recipient" and r.cells[0] == str(at))
    cells = [
        Row("recipient", (header, cell))
        for column, header, cell in zip(table.columns, table.headers, row.cells, strict=True)
        if column.kind != "text" and column.adds != "factors"  # they stand in the calculation below
    ]
    if row.cells[-1]:
        cells.append(Row("recipient", (table.headers[-1], row.cells[-1])))
    headers = (book.say("report.district.item"), book.say("report.district.figure"))
    caption = book.say("report.district.own", name=proposal.names[id])
    return written(caption, headers, (False, True), tuple(cells), table.unit)


def _others(proposal: Proposal, id: str) -> Table:
    """The amounts of this recipient, of the others together and of departments, adding up to the fund."""
    chosen, book = proposal.chosen, proposal.book
    scenario, amounts = chosen.scenario, chosen.amounts
    others = plain(sum(amounts.values()) - amounts[id])
    lines = [
        ("recipient", name_of(chosen, id, book), amounts[id]),
        ("recipient", book.say("report.district.rest", count=len(amounts) - 1), others),
    ]
    if chosen.reserved:
        lines.append(("recipient", book.say("table.departments"), chosen.reserved))
    lines.append(("total", book.say("table.total"), chosen.total))
    rows = tuple(Row(role, (text, book.number(in_units(x, scenario)))) for role, text, x in lines)  # type: ignore[arg-type]
    headers = (book.say("report.district.item"), book.say("table.amount"))
    return written("", headers, (False, True), rows, unit_of(scenario, book))
