"""Several scenarios against one of them: what moves, in sentences, figures and rows for charts.

The allocations come in one order; A, B, C, … stand for them.  A is the base, unless another one is given:
then all of them are held against that.
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
from allocator.report.tables.grid import recipient_names
from allocator.report.tables.letters import lettered
from allocator.report.words.finding import lettered_sentence, terms
from allocator.text import money_scale, money_unit, number, say, show

MOST_NAMES = 4


def same_currency(base: Scenario, other: Scenario) -> None:
    """Raises the ScenarioError that says so where two scenarios cannot be compared."""
    known = sorted({base.fund.currency, other.fund.currency})
    if len(known) > 1:
        raise ScenarioError(Problem("currencies", {"known": known}))


def change_sentences(allocations: Sequence[Allocation], lang: str, base: Base | None = None) -> list[str]:
    """One sentence for each but the base: how much moves or sums differ, how many gain and lose, who most."""
    held_to, others = against(allocations, base)
    words = terms(allocations, lang)
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


def match_sentence(allocations: Sequence[Allocation], lang: str, base: Base | None) -> str:
    """What a match with the published amounts is worth where data is assumed; "" where nothing matches."""
    held_to, others = against(allocations, base)
    met = held_to.key == PUBLISHED and any(
        allocation.scenario.assumed and held_to.found(allocation).equal for _, allocation in others
    )
    return say("app.assumed.match", lang) if met else ""


def recipient_sentences(allocations: Sequence[Allocation], lang: str, base: Base | None = None) -> list[str]:
    """Whom a scenario has that the base does not have, and the reverse; nothing where they are the same."""
    held_to, others = against(allocations, base)
    names = recipient_names(allocations, lang)
    said = []
    for letter, allocation in others:
        new = [names[id] for id in allocation.scenario.ids if id not in held_to.amounts]
        gone = [names[id] for id in held_to.amounts if id not in allocation.amounts]
        parts = [
            say(f"app.compare.{key}", lang, names=some[:MOST_NAMES], count=len(some))
            for key, some in (("only_other", new), ("only_base", gone))
            if some
        ]
        if parts:
            clauses = say("app.compare.join", lang).join(parts)
            said.append(
                say("app.compare.recipients", lang, letter=letter, base=held_to.full, clauses=clauses)
            )
    return said


def assumed_sentence(allocations: Sequence[Allocation], lang: str) -> str:
    """Which of the scenarios rest on assumed data; "" where none does."""
    letters = [letter for letter, a in lettered(allocations) if a.scenario.assumed]
    return say("app.compare.assumed", lang, letters=letters) if letters else ""


def headline(
    allocations: Sequence[Allocation], titles: Sequence[str], lang: str, base: Base | None = None
) -> tuple[list[str], list[list[str]]]:
    """Headings and a row a scenario: money moved, change of the sum, how many gain and lose, who has most.

    Amounts that are no scenario's have the first row, where they are the base.
    """
    held_to, others = against(allocations, base)
    compared = dict(others)
    fund = allocations[0].scenario.fund
    scale = min(money_scale(fund.currency, a.scenario.fund.unit) for a in allocations)
    unit = money_unit(fund.currency, scale, lang)
    names = recipient_names(allocations, lang)
    headers = [
        say(f"app.compare.{key}", lang, unit=unit)
        for key in ("scenario", "money", "sum", "gaining", "losing", "top")
    ]
    blank = ["", "", ""]
    rows = []
    if base is not None:
        largest = _largest(held_to.amounts, names, lang)
        rows.append([held_to.heading, say("app.compare.base_known", lang), *blank, largest])
    for (letter, allocation), title in zip(lettered(allocations), titles, strict=False):
        found = held_to.found(allocation)
        moved = "—" if found.moved is None else number(Fraction(found.moved) / scale, lang)
        more = number(Fraction(found.more) / scale, lang, sign=True)
        row = [named(letter, title, lang), moved, more, str(found.gains.count), str(found.losses.count)]
        if letter not in compared:
            row[1:] = [say("app.compare.base", lang), *blank]
        rows.append([*row, _largest(allocation.amounts, names, lang)])
    return headers, rows


def named(letter: str, title: str, lang: str) -> str:
    """A scenario with its letter."""
    return say("app.compare.named", lang, letter=letter, title=title)


def _largest(amounts: Mapping[str, Number], names: Mapping[str, str], lang: str) -> str:
    """Who has most, all of them where several have, and what part of all money."""
    found = concentration(amounts)
    if found.top is None or found.largest_share is None:
        return say("app.compare.no_money", lang)
    share = say("app.rule.percent", lang, value=number(found.largest_share * 100, lang, 1))
    most = [names[id] for id, amount in amounts.items() if amount == amounts[found.top]]
    if len(most) == 1:
        return say("app.compare.largest", lang, name=most[0], share=share)
    who = show(most, lang)
    if len(most) > MOST_NAMES:
        who = say("app.rule.and_more", lang, names=most[:MOST_NAMES], count=len(most))
    return say("app.compare.largest_each", lang, names=who, share=share)


def concentration_rows(allocations: Sequence[Allocation], lang: str) -> tuple[list[str], list[list[str]]]:
    """Headings and a row a scenario: letter, the largest's part, Herfindahl-Hirschman index, Gini."""
    headers = [say(f"app.compare.{key}", lang) for key in ("letter", "top", "hhi", "gini")]
    names = recipient_names(allocations, lang)
    rows = []
    for letter, allocation in lettered(allocations):
        found = concentration(allocation.amounts)
        figures = ["" if x is None else number(x, lang, 3) for x in (found.hhi, found.gini)]
        rows.append([letter, _largest(allocation.amounts, names, lang), *figures])
    return headers, rows
