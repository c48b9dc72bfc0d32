"""Gains and losses with their reasons, in sentences for a meeting: one for all whom one reason moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from allocator.analysis.explain import explain
from allocator.analysis.finding import held_against
from allocator.core.allocation import Allocation
from allocator.core.exact import Number, plain
from allocator.report.explain.difference import Account, because, change_text, clause_name
from allocator.report.papers.blocks import Block, Words
from allocator.report.papers.parts import sentence
from allocator.report.papers.proposal import Proposal
from allocator.report.tables.base import PREVIOUS, PUBLISHED
from allocator.report.tables.figures import scale_of
from allocator.report.tables.stages import in_words, stage_figures, stage_name
from allocator.text import Phrasebook

ALIKE = 3  # the least who share a reason that stand in one sentence
MOST_SAID = 15  # the most recipients with a sentence each, on either side
_UNEXPLAINED = {PUBLISHED: "report.gains.unknown", PREVIOUS: "report.gains.unknown_previous"}


def gains_and_losses(proposal: Proposal) -> list[Block]:
    """The gains and losses with their reasons, a sentence for each recipient."""
    blocks: list[Block] = []
    if proposal.known is not None:
        option = proposal.short(proposal.proposed)
        blocks.append(
            sentence("report.gains.against", proposal, "subhead", option=option, base=proposal.known.full)
        )
        return blocks + _against_amounts(proposal, proposal.known.amounts, _UNEXPLAINED[proposal.known.key])
    for at in proposal.against:
        option, base = proposal.short(at), proposal.short(0)
        blocks.append(sentence("report.gains.against", proposal, "subhead", option=option, base=base))
        blocks += _sides(proposal, proposal.allocations[at], proposal.base)
    if not proposal.against:
        published = proposal.chosen.scenario.published
        if published is None:
            last = proposal.reference  # last year's amounts, which the tables show
            if last is None:
                return [sentence("report.gains.no_base", proposal)]
            return _against_amounts(proposal, last.amounts, _UNEXPLAINED[last.key])
        blocks += _against_amounts(proposal, published, "report.gains.unknown")
    return blocks


def _sides(proposal: Proposal, allocation: Allocation, base: Allocation) -> list[Block]:
    book = proposal.book
    account = Account(explain(base, allocation))
    found = account.found.differences
    blocks: list[Block] = []
    for key, ids in (
        ("report.gains.gaining", [id for id, by in found.items() if by > 0]),
        ("report.gains.losing", [id for id, by in found.items() if by < 0]),
    ):
        if not ids:
            continue
        blocks.append(sentence(key, proposal, "lead", count=len(ids)))
        blocks += _sentences(account, largest(ids, found), proposal)
        if len(ids) > MOST_SAID:
            blocks.append(sentence("report.gains.more", proposal, count=len(ids) - MOST_SAID))
    same = [account.name(id, book) for id, by in found.items() if not by]
    if same:
        key = "report.gains.same" if len(same) <= MOST_SAID else "report.gains.same_many"
        blocks.append(sentence(key, proposal, names=same, count=len(same)))
    return blocks or [sentence("report.gains.nothing", proposal)]


def _sentences(account: Account, ids: Sequence[str], proposal: Proposal) -> list[Block]:
    """The sentences on these: one for all that one and the same reason moves, one each for the others."""
    book, found = proposal.book, account.found
    alike: dict[str, list[str]] = {}
    for id in ids:
        names = [
            clause_name(reason, found, book)
            for reason, part in zip(found.reasons, account.parts, strict=True)
            if part[id]
        ]
        if len(names) == 1 and not _mainly(found.before, found.after, id, book):
            alike.setdefault(names[0], []).append(id)
    grouped = {reason: some for reason, some in alike.items() if len(some) >= ALIKE}
    blocks: list[Block] = []
    for reason, some in grouped.items():
        figures = [
            book.say(
                "title.one",
                name=account.name(id, book),
                by=book.money(found.differences[id], found.after.scenario.fund.currency, sign=True),
            )
            for id in some
        ]
        blocks.append(sentence("report.gains.alike", proposal, "item", figures=figures, reason=reason))
    told = {id for some in grouped.values() for id in some}
    return [*blocks, *(Words("item", _moved(account, id, proposal)) for id in ids if id not in told)]


def _moved(account: Account, id: str, proposal: Proposal) -> str:
    """The sentence on a recipient's change: before, after, the reasons, and the main step behind it."""
    found, book = account.found, proposal.book
    reasons = [
        clause_name(reason, found, book)
        for reason, part in zip(found.reasons, account.parts, strict=True)
        if part[id]
    ]
    if len(reasons) == 1:
        key = "report.gains.moved_once"
    else:
        key = "report.gains.moved" if reasons else "report.gains.moved_alone"
    return book.say(
        key,
        name=account.name(id, book),
        before=proposal.cash(found.before.amounts.get(id, 0)),
        after=proposal.cash(found.after.amounts.get(id, 0)),
        change=change_text(found.differences[id], found.before.scenario.fund.currency, book),
        reason=reasons[0] if reasons else "",
        reasons=because(account, id, book),
        mainly=_mainly(found.before, found.after, id, book),
    )


def _mainly(before: Allocation, after: Allocation, id: str, book: Phrasebook) -> str:
    """The factor or coefficient that adds most to an amount's change; "" where none does, or units differ."""
    scenario = after.scenario
    scale = scale_of(scenario)
    if len(before.splits) > 1 or len(after.splits) > 1:
        return ""  # the reasons say already through which pool
    if scale != scale_of(before.scenario) or not {id} <= before.amounts.keys() & after.amounts.keys():
        return ""
    old = {(stage.kind, stage.factor): by[id] for stage, by in stage_figures(before, scale)}
    new = {(stage.kind, stage.factor): (stage, by[id]) for stage, by in stage_figures(after, scale)}
    change = after.amounts[id] - before.amounts[id]
    steps = [
        (plain(Fraction(by) - old.get(key, 0)), stage)
        for key, (stage, by) in new.items()
        if stage.kind in ("factor", "coefficient") and (by - old.get(key, 0)) * change > 0
    ]
    if not steps:
        return ""
    by, stage = max(steps, key=lambda step: Fraction(step[0]) * (1 if change > 0 else -1))
    amount = in_words(max(by, -by), scenario, book)
    details = {
        "name": stage_name(stage, scenario, book),
        "change": book.say("explain.more" if by > 0 else "explain.less", amount=amount),
    }
    return book.say(
        "report.gains.mainly_factor" if stage.kind == "factor" else "report.gains.mainly", **details
    )


def _against_amounts(proposal: Proposal, amounts: Mapping[str, Number], why: str) -> list[Block]:
    """The largest changes from amounts known without a rule; ``why`` is the key of the sentence above."""
    chosen, book = proposal.chosen, proposal.book
    differences = held_against(chosen, amounts).changes
    moved = [id for id, by in differences.items() if by]
    if not moved:
        return [sentence("report.gains.nothing", proposal)]
    currency = chosen.scenario.fund.currency
    blocks: list[Block] = [sentence(why, proposal, "lead")]
    for id in largest(moved, differences):
        line = book.say(
            "report.gains.moved_alone",
            name=proposal.names[id],
            before=proposal.cash(amounts[id]),
            after=proposal.cash(chosen.amounts[id]),
            change=change_text(differences[id], currency, book),
        )
        blocks.append(Words("item", line))
    if len(moved) > MOST_SAID:
        blocks.append(sentence("report.gains.more", proposal, count=len(moved) - MOST_SAID))
    return blocks


def largest(ids: Sequence[str], changes: Mapping[str, Number], most: int = MOST_SAID) -> list[str]:
    """The recipients with the largest changes, at most so many, in listed order."""
    some = sorted(ids, key=lambda id: -abs(Fraction(changes[id])))[:most]
    return [id for id in ids if id in set(some)]
