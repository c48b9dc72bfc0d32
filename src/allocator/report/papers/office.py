"""The formal papers: the draft request 请示 and the annex to the notice 下达通知附表.

Neither can be made from assumed data.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from allocator.core.errors import Problem, ScenarioError
from allocator.report.papers.blocks import Attached, Block, NewPage, Paper, Words, part_of, texts
from allocator.report.papers.parts import (
    MOST_ROWS,
    cash,
    effect_words,
    paper,
    sentence,
    source_line,
    titled,
    trace,
    whole_table,
)
from allocator.report.papers.proposal import Proposal
from allocator.report.papers.ruling import annexes_by_pool, effects, long_table, rule_words
from allocator.report.tables.figures import unit_of, who
from allocator.report.tables.table import Row, Table, written
from allocator.report.words.rule import so_many, status_lines
from allocator.text import money_scale

TARGETS = (
    "report.notice.quantity",
    "report.notice.quality",
    "report.notice.time",
    "report.notice.benefit",
    "report.notice.satisfaction",
)


def request(proposal: Proposal) -> Paper:
    """关于审定…分配方案的请示, with its table; raises ScenarioError where data is assumed."""
    proposal = _alone(proposal)
    book, chosen = proposal.book, proposal.chosen
    scenario = chosen.scenario
    details = _details(proposal)
    key = "report.request.amounts_reserved" if chosen.reserved else "report.request.amounts"
    blocks: list[Block] = [
        sentence("report.request.code", proposal, "code"),
        sentence("report.request.title", proposal, "title", **details),
        sentence("report.request.to", proposal, "address"),
        sentence("report.request.opening", proposal, **details),
        sentence("report.request.money", proposal, "head"),
        Words("text", source_line(proposal)),
        sentence("report.request.rule", proposal, "head"),
        *rule_words(chosen, book),
        sentence("report.request.proposed", proposal, "head"),
        sentence(key, proposal, **details),
    ]
    if len(chosen.amounts) <= MOST_ROWS:
        parts = [
            book.say("report.request.amount", name=proposal.names[id], amount=cash(amount, proposal))
            for id, amount in chosen.amounts.items()
        ]
        blocks.append(sentence("report.request.each", proposal, amounts=parts))
    blocks += [
        sentence("report.request.explained", proposal, "head"),
        *texts("text", effect_words(proposal)),
        *effects(chosen, book),
        *texts("text", status_lines(scenario, book)),
        sentence("report.request.approve", proposal),
        Attached(book.say("report.attached"), (book.say("report.table_caption", **details),)),
        sentence("report.request.signed", proposal, "signed"),
        sentence("report.blank_day", proposal, "signed"),
        sentence("report.request.contact", proposal),
        NewPage(wide=True),
        sentence("report.annex", proposal, "annex"),
        *titled(whole_table(proposal)),
        *annexes_by_pool(proposal),
        *trace(proposal, said=True),
    ]
    return paper(
        "request", proposal, blocks, name=book.say("report.file.request"), flows=long_table(proposal)
    )


def notice(proposal: Proposal) -> Paper:
    """The two tables that go with the notice; raises ScenarioError where data is assumed."""
    proposal = _alone(proposal)
    details = _details(proposal)
    caption = proposal.book.say("report.notice.amounts", **details)
    blocks: list[Block] = [
        sentence("report.annex_number", proposal, "annex", number="1"),
        *titled(_issued(proposal, caption)),
        Words("small", source_line(proposal)),
        NewPage(wide=True),
        sentence("report.annex_number", proposal, "annex", number="2"),
        *titled(_targets(proposal)),
        sentence("report.notice.fill", proposal, "small"),
        *trace(proposal),
    ]
    name = proposal.book.say("report.file.notice")
    return paper("notice", proposal, blocks, name=name, flows=long_table(proposal))


def _details(proposal: Proposal) -> dict[str, Any]:
    scenario = proposal.chosen.scenario
    split = sum(proposal.chosen.amounts.values())
    return {
        "fund": proposal.fund_name,
        "amount": cash(scenario.fund.amount, proposal),
        "reserved": cash(proposal.chosen.reserved, proposal),
        "split": cash(split, proposal),
        "whom": so_many(scenario, len(scenario.recipients), proposal.book),
    }


def _alone(proposal: Proposal) -> Proposal:
    """The proposal with the proposed scenario alone; raises ScenarioError where data is assumed."""
    if proposal.illustrative:
        raise ScenarioError(Problem("report_assumed"))
    return proposal.alone


def _issued(proposal: Proposal, caption: str) -> Table:
    """The table of the amounts, under the heading that they have once issued."""
    table = part_of(proposal.table, caption, ("number", "recipient", "amount", "issued", "to_issue", "note"))
    if proposal.chosen.scenario.issued is not None:
        return table  # its headings tell the year's amounts from what is issued now
    number, recipient, amount, note = table.columns
    named = replace(amount, header=proposal.book.say("report.notice.amount"))
    return replace(table, columns=(number, recipient, named, note))


def _targets(proposal: Proposal) -> Table:
    """The table of targets 绩效目标表, to be filled in: only the amounts are known here."""
    book, scenario = proposal.book, proposal.chosen.scenario
    scale = money_scale(scenario.fund.currency, scenario.fund.unit)
    unit = book.money_unit(scenario.fund.currency, scale)
    blank = book.say("report.blank")
    shown = part_of(proposal.table, "", ("number", "recipient", "amount"))
    rows = tuple(
        Row(row.role, (*row.cells, *(blank if row.role == "recipient" else "" for _ in TARGETS)))
        for row in shown.rows
        if row.role in ("recipient", "total") and (row.role == "recipient" or not scenario.reserved)
    )
    headers = (
        book.say("table.number"),
        who(scenario, book),
        book.say("table.header_unit", header=book.say("report.notice.amount"), unit=unit),
        *map(book.say, TARGETS),
    )
    caption = book.say("report.notice.targets", fund=proposal.fund_name)
    numeric = (False, False, True, *(False for _ in TARGETS))
    return written(caption, headers, numeric, rows, unit_of(scenario, book))
