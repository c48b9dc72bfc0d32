"""Sentences on findings: each sentence that compares amounts is chosen here, by the kind of finding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from allocator.analysis.finding import Finding, Side
from allocator.core.allocation import Allocation
from allocator.core.exact import Number
from allocator.report.tables.figures import recipient_names
from allocator.text import Phrasebook

MOST_NAMES = 4
MOST_LISTED = 10  # of those whose amounts are not as published


class _Form(NamedTuple):
    """The keys of the sentences for one form of finding."""

    against: str
    lettered: str
    short: str


_FORMS = {
    "equal": _Form("finding.against.equal", "finding.lettered.equal", "finding.short.equal"),
    "same": _Form("finding.against.same", "finding.lettered.same", "finding.short.same"),
    "same_total": _Form(
        "finding.against.same_total", "finding.lettered.same_total", "finding.short.same_total"
    ),
    "moved": _Form("finding.against.moved", "finding.lettered.moved", "finding.short.moved"),
    "moved_total": _Form(
        "finding.against.moved_total", "finding.lettered.moved_total", "finding.short.moved_total"
    ),
    "total": _Form("finding.against.total", "finding.lettered.total", "finding.short.total"),
}
_PHRASES = {
    "equal": "finding.phrase.equal",
    "same": "finding.phrase.same",
    "moved": "finding.phrase.moved",
    "more": "finding.phrase.more",
    "less": "finding.phrase.less",
}


_FUND = ("finding.fund_more", "finding.fund_less", "finding.fund_same")
_FUND_OTHER = ("finding.fund_more_other", "finding.fund_less_other", "finding.fund_same_other")
_SUM = ("finding.sum_more", "finding.sum_less", "finding.sum_same")


class Terms(NamedTuple):
    """The recipients' names by id, the currency, and the reader's language."""

    names: Mapping[str, str]
    currency: str
    book: Phrasebook


def terms(allocations: Sequence[Allocation], book: Phrasebook) -> Terms:
    """The terms for sentences on these allocations; the first one's currency is that of all."""
    return Terms(recipient_names(allocations, book), allocations[0].scenario.fund.currency, book)


# --- sentences ------------------------------------------------------------------------------------


def against_sentence(found: Finding, against: str, whole: Number, words: Terms) -> str:
    """The sentences on changes from something named, the published split for instance.

    ``whole`` is the money shared out, of which the money moved is a part.
    """
    said = [_full(_of_form(found).against, found, whole, words, against=against)]
    apart = (*found.only_here, *found.only_there)
    said += [words.book.say("finding.apart", names=_names(apart, words))] if apart else []
    return _joined([*said, *_unknown(found, words)], words)


def lettered_sentence(found: Finding, letter: str, base: str, whole: Number, words: Terms) -> str:
    """The sentences on changes of the scenario of this letter from the base of this name."""
    said = _full(_of_form(found).lettered, found, whole, words, letter=letter, base=base)
    return _joined([said, *_unknown(found, words)], words)


def short(found: Finding, words: Terms) -> str:
    """The changes in a few words, to follow the name of what they are compared with."""
    part = Fraction(found.moved or 0) / Fraction(found.base_total or 1)
    return words.book.say(
        _of_form(found).short,
        amount=_money(found.moved or 0, words),
        share=share_text(part, words.book),
        total=total_clause(found, words),
        counts=_counts(found, words),
    )


def phrase(found: Finding, who: str, words: Terms) -> str:
    """The effect of an option on the money, in the fewest words."""
    size = _size(found.more) if found.moved is None else found.moved
    return words.book.say(_PHRASES[found.kind], who=who, amount=_money(size, words))


def total_clause(found: Finding, words: Terms) -> str:
    """The clause on a larger or smaller fund or sum of recipients; "" where neither differs.

    The fund alone is named where all of its difference goes to recipients.
    """
    fund, more = found.fund_more, found.more
    whole = _FUND if isinstance(words.currency, str) else _FUND_OTHER
    if fund is None or fund == more:
        parts = [(_SUM if fund is None else whole, more)] if more else []
    else:
        parts = [(whole, fund), (_SUM, more)]
    said = [
        words.book.say(larger if by > 0 else smaller if by < 0 else same, amount=_money(_size(by), words))
        for (larger, smaller, same), by in parts
    ]
    return words.book.say("finding.clause_join").join(said)


def matched(found: Finding, words: Terms) -> str:
    """The sentence that every amount is the published one, or on how many and whose are not."""
    if found.equal:
        return words.book.say("cli.as_published")
    changed = [words.names[id] for id, by in found.changes.items() if by]
    if not changed:  # and yet the lists differ, or an amount is not known
        return against_sentence(found, words.book.say("effect.published"), 0, words)
    key = "cli.not_published" if len(changed) <= MOST_LISTED else "cli.not_published_many"
    return words.book.say(key, count=len(changed), names=changed[:MOST_LISTED])


# --- figures --------------------------------------------------------------------------------------


def share_text(part: Fraction, book: Phrasebook) -> str:
    """A part of some money in percent to one decimal; a part above zero never shows as 0 %."""
    if 0 < part < Fraction(1, 1000):
        return book.say("finding.tiny_share")
    return book.say("finding.percent", value=book.number(100 * part, 1 if part else 0))


# --- parts ----------------------------------------------------------------------------------------


def _size(by: Number) -> Number:
    return by if by > 0 else -by


def _money(amount: Number, words: Terms, *, sign: bool = False) -> str:
    return words.book.money(amount, words.currency, sign=sign)


def _part(amount: Number, whole: Number) -> Fraction:
    return Fraction(amount) / Fraction(whole) if whole else Fraction(0)


def _of_form(found: Finding) -> _Form:
    """The sentences for a finding; "_total" adds a fund that differs while recipients' sums do not."""
    if found.more:
        return _FORMS["total"]
    return _FORMS[f"{found.kind}_total" if found.fund_more else found.kind]


def _full(key: str, found: Finding, whole: Number, words: Terms, **who: str) -> str:
    return words.book.say(
        key,
        amount=_money(found.moved or 0, words),
        share=share_text(_part(found.moved or 0, whole), words.book),
        total=total_clause(found, words),
        counts=_counts(found, words),
        extremes=words.book.say("finding.extreme_join").join(_extremes(found, words)),
        **who,
    )


def _counts(found: Finding, words: Terms) -> str:
    """The clause on how many gain and lose; where sums differ and there are both, with both totals."""
    both = found.moved is None and found.gains.ids and found.losses.ids
    return words.book.say(
        "finding.counts_both" if both else "finding.counts",
        gains=found.gains.count,
        losses=found.losses.count,
        gained=_money(found.gains.amount, words),
        lost=_money(found.losses.amount, words),
    )


def _extremes(found: Finding, words: Terms) -> list[str]:
    """The clauses on those who gain most and those who lose most; several are named together."""
    return [
        _extreme(each if len(side.most) > 1 else one, side, words)
        for one, each, side in (
            ("finding.gain_most", "finding.gain_most_each", found.gains),
            ("finding.loss_most", "finding.loss_most_each", found.losses),
        )
        if side.ids
    ]


def _extreme(key: str, side: Side, words: Terms) -> str:
    amount = _money(side.most_by, words, sign=True)
    return words.book.say(key, names=_names(side.most, words), amount=amount)


def _unknown(found: Finding, words: Terms) -> list[str]:
    some = found.unknown
    return [words.book.say("finding.unknown", count=len(some), names=_names(some, words))] if some else []


def _names(ids: Sequence[str], words: Terms) -> str:
    names = words.book.show([words.names[id] for id in ids[:MOST_NAMES]])
    if len(ids) <= MOST_NAMES:
        return names
    return words.book.say("finding.and_more", names=names, count=len(ids))


def _joined(sentences: Sequence[str], words: Terms) -> str:
    return words.book.say("finding.sentence_join").join(sentences)
