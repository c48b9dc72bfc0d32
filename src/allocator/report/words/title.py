"""The title of a page: what an allocation does, in one line chosen by its finding."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from allocator.analysis.concentration import outliers
from allocator.analysis.finding import Finding, Side
from allocator.core.allocation import Allocation
from allocator.core.exact import Number, plain
from allocator.report.words.finding import Terms, share_text, terms, total_clause
from allocator.text import Phrasebook

MOST_NAMES = 3


def finding_title(allocation: Allocation, found: Finding | None, book: Phrasebook) -> str:
    """The title on the changes from the base; on the amounts where none changes or there is no base."""
    words = terms([allocation], book)
    if found is None or not (found.gains.ids or found.losses.ids):
        return _split(allocation, words)
    if found.more:
        return words.book.say("title.total", total=total_clause(found, words), counts=_counts(found, words))
    for key, one, others in (
        ("title.loser", found.losses, found.gains),
        ("title.gainer", found.gains, found.losses),
    ):
        if one.count == 1:
            return _from_one(key, one, others, allocation, found, words)
    said = words.book.say("title.moved", amount=_money(found.moved or 0, words), counts=_counts(found, words))
    return words.book.say("title.join").join([total_clause(found, words), said]) if found.fund_more else said


def _from_one(key: str, one: Side, others: Side, allocation: Allocation, found: Finding, words: Terms) -> str:
    """One recipient's loss goes to others, or its gain comes from others."""
    id = one.ids[0]
    every = others.count == len(found.changes) - 1
    whom = words.book.say("title.rest" if every else "title.some", count=others.count)
    first = _foremost(others, found.changes)
    amount = allocation.amounts.get(id, 0)
    said = words.book.say(
        key,
        name=words.names[id],
        amount=_money(amount, words),
        by=_money(one.most_by, words, sign=True),
        whom=words.names[others.ids[0]] if others.count == 1 else whom,
    )
    if others.count == 1 or not first:
        return said
    figures = [
        words.book.say("title.one", name=words.names[id], by=_money(found.changes[id], words, sign=True))
        for id in first
    ]
    key = "title.foremost" if others.count > len(first) else "title.others"
    return said + words.book.say(key, figures=words.book.show(figures))


def _split(allocation: Allocation, words: Terms) -> str:
    """The title on the amounts: those far above the others and the others, else the most and the least."""
    amounts = {id: amount for id, amount in allocation.amounts.items() if amount}
    whole = sum(allocation.amounts.values(), start=0)
    if not amounts:
        return words.book.say("title.nothing")
    above = outliers(amounts)
    if above and len(above) <= MOST_NAMES:
        sum_above = plain(sum(amounts[id] for id in above))
        return words.book.say(
            "title.apart" if len(above) == 1 else "title.apart_each",
            names=[words.names[id] for id in above],
            amount=_money(sum_above, words),
            share=share_text(Fraction(sum_above) / Fraction(whole), words.book),
            count=len(allocation.amounts) - len(above),
            rest=_money(plain(whole - sum_above), words),
        )
    most, least = max(amounts.values()), min(allocation.amounts.values())
    if most == least and len(amounts) > 1:
        return words.book.say("title.each", count=len(amounts), amount=_money(most, words))
    if most == least:
        return _end(allocation, most, words)
    return words.book.say(
        "title.between", most=_end(allocation, most, words), least=_end(allocation, least, words)
    )


def _end(allocation: Allocation, amount: Number, words: Terms) -> str:
    """Those with this amount, by name where they are few, and the amount."""
    ids = [id for id, given in allocation.amounts.items() if given == amount]
    names = words.book.show([words.names[id] for id in ids])
    if len(ids) > MOST_NAMES:
        names = words.book.say("title.some", count=len(ids))
    key = "title.end" if len(ids) == 1 else "title.end_each"
    return words.book.say(key, names=names, amount=_money(amount, words))


def _foremost(side: Side, changes: Mapping[str, Number]) -> list[str]:
    """The one or two with the largest changes, where no other's is as large."""
    sizes = {id: max(changes[id], -changes[id]) for id in side.ids}
    order = sorted(side.ids, key=lambda id: -sizes[id])
    for count in (2, 1):
        if len(order) == count or (len(order) > count and sizes[order[count - 1]] > sizes[order[count]]):
            return order[:count]
    return []


def _counts(found: Finding, words: Terms) -> str:
    return words.book.say("finding.counts", gains=found.gains.count, losses=found.losses.count)


def _money(amount: Number, words: Terms, *, sign: bool = False) -> str:
    return words.book.money(amount, words.currency, sign=sign)
