"""The formal papers: the draft request 请示, and the notice 下达通知 with its two annexes.

Neither can be made from assumed data, nor for a fund whose papers are plain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from allocator.core.errors import Problem, ScenarioError
from allocator.core.exact import plain
from allocator.core.parts import Factor
from allocator.report.papers.blocks import Attached, Block, NewPage, Paper, Words, part_of, texts
from allocator.report.papers.parts import (
    MOST_ROWS,
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
from allocator.report.tables.figures import is_money
from allocator.report.tables.office import office_table
from allocator.report.tables.table import Row, Table, written
from allocator.report.words.rule import so_many, status_lines

# the indicators of a table of targets 区域绩效目标表, level by level
TARGETS = (
    ("report.notice.costs", ("report.notice.cost_economy", "report.notice.cost_society",
                             "report.notice.cost_nature")),
    ("report.notice.output", ("report.notice.quantity", "report.notice.quality", "report.notice.time")),
    ("report.notice.benefit", ("report.notice.economy", "report.notice.society", "report.notice.nature")),
    ("report.notice.satisfaction", ("report.notice.served",)),
)  # fmt: skip
LEVELS = (
    "report.notice.level_first",
    "report.notice.level_second",
    "report.notice.level_third",
    "report.notice.value",
)
SUBJECT = "科目"  # in the name of a column of words: what the money is booked under


def request(proposal: Proposal) -> Paper:
    """关于审定…分配方案的请示, with its table; raises ScenarioError where data is assumed."""
    proposal = _alone(proposal)
    book, chosen = proposal.book, proposal.chosen
    scenario = chosen.scenario
    details = _details(proposal)
    key = "report.request.amounts_reserved" if chosen.reserved else "report.request.amounts"
    blocks: list[Block] = [
        sentence("report.request.filed", proposal, "filed"),
        sentence("report.request.title", proposal, "title", **details),
        sentence("report.request.to", proposal, "address"),
        sentence("report.request.opening", proposal, **details),
        sentence(
            "report.request.money" if is_money(scenario) else "report.request.money_other",
            proposal,
            "head",
        ),
        Words("text", source_line(proposal)),
        sentence("report.request.rule", proposal, "head"),
        *rule_words(chosen, book),
        sentence("report.request.proposed", proposal, "head"),
        sentence(key, proposal, **details),
    ]
    if len(chosen.amounts) <= MOST_ROWS:
        parts = [
            book.say("report.request.amount", name=proposal.names[id], amount=proposal.cash(amount))
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
        *trace(proposal, source=False, rules=False, data=False),
    ]
    return paper(
        "request", proposal, blocks, name=book.say("report.file.request"), flows=long_table(proposal)
    )


def notice(proposal: Proposal) -> Paper:
    """下达通知（代拟稿）: basis, money, targets, two annexes; raises ScenarioError where data is assumed."""
    proposal = _alone(proposal)
    book, scenario, details = proposal.book, proposal.chosen.scenario, _details(proposal)
    amounts, targets = (
        book.say(key, **details) for key in ("report.notice.amounts", "report.notice.targets")
    )
    subjects = [factor for factor in scenario.factors if _is_subject(factor)]
    heads = ("report.notice.money", "report.notice.use")
    use = "report.notice.use_by_subject" if subjects else "report.notice.use_blank"
    if not is_money(scenario):
        heads, use = ("report.notice.money_other", "report.notice.use_of_other"), "report.notice.use_other"
    blocks: list[Block] = [
        sentence("report.request.code", proposal, "code"),
        sentence("report.notice.title", proposal, "title", **details),
        sentence("report.notice.draft", proposal, "subtitle"),
        sentence("report.notice.to", proposal, "address"),
        Words("text", _opening(proposal, details)),
        sentence(heads[0], proposal, "head"),
        Words("text", book.join(_money(proposal, details))),
        sentence(heads[1], proposal, "head"),
        sentence(use, proposal),
        sentence("report.notice.performance", proposal, "head"),
        sentence("report.notice.perform", proposal),
        sentence("report.notice.others", proposal),
        Attached(book.say("report.attached"), (amounts, targets)),
        sentence("report.request.signed", proposal, "signed"),
        sentence("report.blank_day", proposal, "signed"),
        sentence("report.request.contact", proposal),
        NewPage(),
        sentence("report.annex_number", proposal, "annex", number="1"),
        *titled(_issued(proposal, amounts, subjects)),
        NewPage(),
        sentence("report.annex_number", proposal, "annex", number="2"),
        *titled(_targets(proposal, targets)),
        sentence("report.notice.fill", proposal, "small"),
        *trace(proposal),
    ]
    name = proposal.book.say("report.file.notice")
    return paper("notice", proposal, blocks, name=name, flows=len(scenario.recipients) > MOST_ROWS)


def _is_subject(factor: Factor) -> bool:
    """True for a column of words that says under which heading the money is booked."""
    return factor.text and SUBJECT in factor.name.zh


def _opening(proposal: Proposal, details: dict[str, Any]) -> str:
    """The sentence on what the notice rests on, and on what it gives."""
    source = proposal.chosen.scenario.fund.source
    if is_money(proposal.chosen.scenario):
        key = "report.notice.opening" if source else "report.notice.opening_unsourced"
    else:
        key = "report.notice.opening_other" if source else "report.notice.opening_other_unsourced"
    return proposal.book.say(key, source=source, **details)


def _money(proposal: Proposal, details: dict[str, Any]) -> list[str]:
    """The money of this notice, with what of it was issued before."""
    book, chosen = proposal.book, proposal.chosen
    if is_money(proposal.chosen.scenario):
        key = "report.notice.whole_reserved" if chosen.reserved else "report.notice.whole"
    else:
        key = "report.notice.whole_other_reserved" if chosen.reserved else "report.notice.whole_other"
    lines = [book.say(key, **details)]
    if chosen.scenario.issued is not None:
        issued, now = (
            proposal.cash(plain(sum(by.values(), start=0)))
            for by in (chosen.scenario.issued, chosen.to_issue)
        )
        lines.append(book.say("report.brief.issued", issued=issued, now=now))
    return lines


def _details(proposal: Proposal) -> dict[str, Any]:
    scenario = proposal.chosen.scenario
    split = sum(proposal.chosen.amounts.values())
    return {
        "fund": proposal.fund_name,
        "amount": proposal.cash(scenario.fund.amount),
        "reserved": proposal.cash(proposal.chosen.reserved),
        "split": proposal.cash(split),
        "whom": so_many(scenario, len(scenario.recipients), proposal.book),
    }


def _alone(proposal: Proposal) -> Proposal:
    """The proposal with the proposed scenario alone.

    Raises ScenarioError where data is assumed, and for a fund whose papers are not those of a Chinese office.
    """
    if proposal.plain:
        raise ScenarioError(Problem("report_plain"))
    if proposal.illustrative:
        raise ScenarioError(Problem("report_assumed"))
    return proposal.alone


def _issued(proposal: Proposal, caption: str, subjects: Sequence[Factor]) -> Table:
    """The table of the amounts, under the heading that they have once issued, with their subjects.

    How equal remainders were rounded is for the working paper.
    """
    table, chosen = proposal.table, proposal.chosen
    if chosen.tied:
        table = office_table(chosen, proposal.book, proposal.known, ties=False)
    table = part_of(table, caption, ("number", "recipient", "amount", "issued", "to_issue", "note"))
    if proposal.chosen.scenario.issued is None:  # else its headings tell the year's amounts from those of now
        key = "report.notice.amount" if is_money(proposal.chosen.scenario) else "report.notice.amount_other"
        amount = replace(table.columns[2], header=proposal.book.say(key))
        table = replace(table, columns=(*table.columns[:2], amount, *table.columns[3:]))
    if not subjects:
        return table
    words = [iter(factor.values) for factor in subjects]
    rows = [
        Row(
            row.role,
            (
                *row.cells[:-1],
                *(str(next(w) or "") if row.role == "recipient" else "" for w in words),
                row.cells[-1],
            ),
        )
        for row in table.rows
    ]
    headers = (*table.headers[:-1], *(proposal.book.text(f.name) for f in subjects), table.headers[-1])
    numeric = (*table.numeric[:-1], *(False for _ in subjects), False)
    return written(caption, headers, numeric, rows, table.unit)


def _targets(proposal: Proposal, caption: str) -> Table:
    """The table of targets 区域绩效目标表, to be filled in: nothing of it is known here."""
    book = proposal.book
    blank = book.say("report.blank")
    rows = [Row("recipient", (book.say("report.notice.aim"), "", blank, ""))]
    for first, under in TARGETS:
        for at, second in enumerate(under):
            rows.append(Row("recipient", ("" if at else book.say(first), book.say(second), blank, blank)))
    headers = map(book.say, LEVELS)
    return written(caption, tuple(headers), (False,) * 4, rows)
