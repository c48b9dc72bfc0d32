"""Losses and their reasons in a few lines: grouped, what offsets with its sign, trifles left out."""

from __future__ import annotations

from collections.abc import Mapping

from allocator.analysis.explain import explain
from allocator.core.allocation import Allocation
from allocator.core.exact import Number, plain
from allocator.report.explain.difference import Account, clause_name
from allocator.report.papers.proposal import Proposal
from allocator.report.tables.base import Base
from allocator.text import Phrasebook

MOST_NAMED = 4  # of those who lose


def losing_lines(proposal: Proposal) -> list[str]:
    """The losses against the base and their reasons; [] where there is no base or nothing changes.

    Of a base that is amounts alone the reasons are known where an option gives exactly these amounts.
    """
    base, chosen, book = proposal.reference, proposal.chosen, proposal.book
    if base is None:
        return []
    found = base.found(chosen)
    if not found.losses.ids:
        return [book.say("report.brief.nobody", count=found.gains.count)] if found.gains.ids else []
    cash = proposal.cash
    unit = chosen.scenario.fund.unit
    if found.losses.most_by >= -unit:
        lost = cash(found.losses.amount)
        return [book.say("report.brief.all_small", count=found.losses.count, amount=lost, unit=cash(unit))]
    losses = {id: found.changes[id] for id in found.losses.ids}
    order = sorted(losses, key=lambda id: losses[id])
    figures = [book.say("title.one", name=proposal.name(id), by=cash(losses[id], sign=True))
               for id in order[:MOST_NAMED]]  # fmt: skip
    if len(order) == 1:
        (id,) = order
        before, after = cash(base.amounts.get(id, 0)), cash(chosen.amounts.get(id, 0))
        lines = [book.say("report.brief.one", name=proposal.name(id), before=before, after=after)]
    else:
        key = "report.brief.some" if len(order) <= MOST_NAMED else "report.brief.some_most"
        lost = cash(found.losses.amount)
        lines = [book.say(key, count=len(order), amount=lost, figures=figures)]
    return [*lines, *_reasons(proposal, base, losses)]


def _reasons(proposal: Proposal, base: Base, losses: Mapping[str, Number]) -> list[str]:
    """The reasons of all losses together, of which those below the rounding unit are not explained."""
    book, chosen = proposal.book, proposal.chosen
    before = rule_of(base, proposal)
    if before is None:
        return [book.say("report.brief.unknown", base=proposal.reference_name)]
    unit = chosen.scenario.fund.unit
    large = [id for id, by in losses.items() if -by > unit]
    small = len(losses) - len(large)
    account = Account(explain(before, chosen))
    lines = _grouped(account, large, proposal)
    if small:
        lines.append(book.say("report.brief.small", count=small, unit=proposal.cash(unit)))
    return lines


def rule_of(base: Base, proposal: Proposal) -> Allocation | None:
    """The allocation of the base: its own, or that of an option which gives exactly its amounts."""
    if base.allocation is not None:
        return base.allocation
    same = (one for one in proposal.allocations if dict(one.amounts) == dict(base.amounts))
    return next((one for one in same if one is not proposal.chosen), None)


def _grouped(account: Account, ids: list[str], proposal: Proposal) -> list[str]:
    """A sentence on what each reason takes from these together, and on whom it gives that to."""
    book, found = proposal.book, account.found
    sums: dict[str, Number] = {}
    for reason, part in zip(found.reasons, account.parts, strict=True):
        name = clause_name(reason, found, book)
        sums[name] = plain(sums.get(name, 0) + sum((part[id] for id in ids), start=0))
    sums = {name: by for name, by in sums.items() if by}
    if not sums:
        return []
    if len(sums) == 1:
        ((name, by),) = sums.items()
        gaining = [id for id, change in found.differences.items() if change > 0]
        total = plain(sum(found.differences.values(), start=0))
        others = len(gaining) == len(found.differences) - len(ids)
        if total or not gaining:
            return [book.say("report.brief.reason", name=name)]
        whom = book.say("title.rest" if others else "title.some", count=len(gaining))
        return [book.say("report.brief.reason_to", name=name, amount=proposal.cash(-by), whom=whom)]
    parts = [_part(name, by, proposal, book) for name, by in sorted(sums.items(), key=lambda one: one[1])]
    whole = plain(sum(sums.values(), start=0))
    both = min(sums.values()) < 0 < max(sums.values())
    key = "report.brief.reasons_both" if both else "report.brief.reasons"
    joined = book.say("explain.then").join(parts)
    return [book.say(key, parts=joined, amount=proposal.cash(max(whole, -whole)))]


def _part(name: str, by: Number, proposal: Proposal, book: Phrasebook) -> str:
    key = "report.brief.part_more" if by > 0 else "report.brief.part_less"
    return book.say(key, name=name, amount=proposal.cash(max(by, -by)))
