"""Comparison of several scenarios with a base: what moves, in sentences, figures and rows for tables.

The allocations are lettered A, B, C, … in the order given.  A is the base, unless another one is given:
then all of them are compared with that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from allocator.analysis.concentration import concentration
from allocator.core.allocation import Allocation
from allocator.core.errors import Problem, ScenarioError
from allocator.core.exact import Number
from allocator.core.model import Scenario
from allocator.report.tables.base import PUBLISHED, Base, against
from allocator.report.tables.figures import recipient_names
from allocator.report.tables.letters import lettered
from allocator.report.words.finding import lettered_sentence, terms
from allocator.text import Phrasebook, money_scale

MOST_NAMES = 4


def same_currency(base: Scenario, other: Scenario) -> None:
    """Raises ScenarioError where two scenarios cannot be compared, since their currencies differ."""
    known = sorted({base.fund.currency, other.fund.currency}, key=str)
    if len(known) > 1:
        raise ScenarioError(Problem("currencies", {"known": known}))


def change_sentences(
    allocations: Sequence[Allocation], book: Phrasebook, base: Base | None = None
) -> list[str]:
    """One sentence for each but the base: how much moves or sums differ, how many gain and lose, who most."""
    held_to, others = against(allocations, base)
    words = terms(allocations, book)
    return [
        lettered_sentence(
            held_to.found(allocation),
            letter,
            held_to.full,
            (held_to.allocation or allocation).scenario.distributable,
            words,
        )
        for letter, allocation in others
    ]


def match_sentence(allocations: Sequence[Allocation], book: Phrasebook, base: Base | None) -> str:
    """The caveat that a match with the published amounts proves nothing on assumed data; "" without one."""
    held_to, others = against(allocations, base)
    met = held_to.key == PUBLISHED and any(
        allocation.scenario.assumed and held_to.found(allocation).equal for _, allocation in others
    )
    return book.say("assumed.match") if met else ""


def recipient_sentences(
    allocations: Sequence[Allocation], book: Phrasebook, base: Base | None = None
) -> list[str]:
    """Sentences on recipients that only a scenario or only the base has; [] where they are the same."""
    held_to, others = against(allocations, base)
    names = recipient_names(allocations, book)
    said = []
    for letter, allocation in others:
        new = [names[id] for id in allocation.scenario.ids if id not in held_to.amounts]
        gone = [names[id] for id in held_to.amounts if id not in allocation.amounts]
        parts = [
            book.say(key, names=some[:MOST_NAMES], count=len(some))
            for key, some in (("compare.only_other", new), ("compare.only_base", gone))
            if some
        ]
        if parts:
            clauses = book.say("compare.join").join(parts)
            said.append(book.say("compare.recipients", letter=letter, base=held_to.full, clauses=clauses))
    return said


def assumed_sentence(allocations: Sequence[Allocation], book: Phrasebook) -> str:
    """The sentence naming the scenarios that rest on assumed data; "" where none does."""
    letters = [letter for letter, a in lettered(allocations) if a.scenario.assumed]
    return book.say("compare.assumed", letters=letters) if letters else ""


def headline(
    allocations: Sequence[Allocation], titles: Sequence[str], book: Phrasebook, base: Base | None = None
) -> tuple[list[str], list[list[str]]]:
    """Headings and a row for each scenario: money moved, change of the sum, gains and losses, who has most.

    A base that is no scenario has the first row.
    """
    held_to, others = against(allocations, base)
    compared = dict(others)
    fund = allocations[0].scenario.fund
    scale = min(money_scale(fund.currency, a.scenario.fund.unit) for a in allocations)
    unit = book.money_unit(fund.currency, scale)
    names = recipient_names(allocations, book)
    headers = [
        book.say("compare.scenario"),
        book.say("compare.money", unit=unit),
        book.say("compare.sum", unit=unit),
        book.say("compare.gaining"),
        book.say("compare.losing"),
        book.say("compare.top"),
    ]
    blank = ["", "", ""]
    rows = []
    if base is not None:
        largest = _largest(held_to.amounts, names, book)
        rows.append([held_to.heading, book.say("compare.base_known"), *blank, largest])
    for (letter, allocation), title in zip(lettered(allocations), titles, strict=False):
        found = held_to.found(allocation)
        moved = "—" if found.moved is None else book.number(Fraction(found.moved) / scale)
        more = book.number(Fraction(found.more) / scale, sign=True)
        row = [named(letter, title, book), moved, more, str(found.gains.count), str(found.losses.count)]
        if letter not in compared:
            row[1:] = [book.say("compare.base"), *blank]
        rows.append([*row, _largest(allocation.amounts, names, book)])
    return headers, rows


def named(letter: str, title: str, book: Phrasebook) -> str:
    """A scenario with its letter."""
    return book.say("compare.named", letter=letter, title=title)


def _largest(amounts: Mapping[str, Number], names: Mapping[str, str], book: Phrasebook) -> str:
    """The recipient with most, or all of them where several tie, and its part of all money."""
    found = concentration(amounts)
    if found.top is None or found.largest_share is None:
        return book.say("compare.no_money")
    share = book.say("rule.percent", value=book.number(found.largest_share * 100, 1))
    most = [names[id] for id, amount in amounts.items() if amount == amounts[found.top]]
    if len(most) == 1:
        return book.say("compare.largest", name=most[0], share=share)
    who = book.show(most)
    if len(most) > MOST_NAMES:
        who = book.say("rule.and_more", names=most[:MOST_NAMES], count=len(most))
    return book.say("compare.largest_each", names=who, share=share)


def concentration_rows(
    allocations: Sequence[Allocation], book: Phrasebook
) -> tuple[list[str], list[list[str]]]:
    """Headings and a row for each scenario: letter, the largest's part, Herfindahl-Hirschman index, Gini."""
    headers = [book.say(key) for key in ("compare.letter", "compare.top", "compare.hhi", "compare.gini")]
    names = recipient_names(allocations, book)
    rows = []
    for letter, allocation in lettered(allocations):
        found = concentration(allocation.amounts)
        figures = ["" if x is None else book.number(x, 3) for x in (found.hhi, found.gini)]
        rows.append([letter, _largest(allocation.amounts, names, book), *figures])
    return headers, rows
