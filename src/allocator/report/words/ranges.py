"""Ranges and amounts implied by a published split, as sentences write them: rounded outward."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

from allocator.analysis.audit import Range
from allocator.core.exact import Number, plain
from allocator.core.model import Scenario
from allocator.core.parts import Text
from allocator.report.tables.office import weight_text
from allocator.text import Phrasebook, money_scale

MOST_NAMES = 12
SHARE_STEP = Fraction(1, 10_000)  # shares are shown in percent with two decimals
MILLION = 10**6


def outward(ends: Sequence[Number], step: Number) -> Range:
    """The range in whole steps, rounded outward.

    >>> outward((Fraction(1, 3), Fraction(1, 3)), Fraction(1, 100))
    Range(low=Fraction(33, 100), high=Fraction(17, 50))
    """
    low, high = ends
    return Range(
        plain(math.floor(low / Fraction(step)) * step), plain(math.ceil(high / Fraction(step)) * step)
    )


def shown_range(ends: Sequence[Number], scenario: Scenario) -> Range:
    """A range of money as tables show it: two decimals of the shown unit, rounded outward."""
    scale = money_scale(scenario.fund.currency, scenario.fund.unit)
    return outward(ends, Fraction(scale, 100))


def span_text(ends: Sequence[Number], scenario: Scenario, book: Phrasebook) -> str:
    """A range of money in a sentence, rounded outward; in English from 10 million on in millions.

    An end that four decimals of a million give exactly is written so, any other with two.
    """
    currency = scenario.fund.currency
    if book.chinese or ends[1] < 10 * MILLION:
        low, high = shown_range(ends, scenario)
        if low == high:
            return book.say("audit.exactly", amount=amount_text(low, scenario, book))
        return book.say("audit.span", low=figure(low, scenario, book), high=amount_text(high, scenario, book))
    texts = [
        book.number((end if end % 100 == 0 else outward((end, end), 10_000)[side]) / Fraction(MILLION))
        for side, end in enumerate(ends)
    ]
    unit = book.money_unit(currency, 1)
    key = "audit.exactly_million" if texts[0] == texts[1] else "audit.span_million"
    return book.say(key, low=texts[0], high=texts[1], unit=unit)


def figure(amount: Number, scenario: Scenario, book: Phrasebook) -> str:
    """An amount in the shown unit, without the unit's name."""
    return book.number(Fraction(amount) / money_scale(scenario.fund.currency, scenario.fund.unit))


def amount_text(amount: Number, scenario: Scenario, book: Phrasebook) -> str:
    """An amount in the shown unit, with the unit's name."""
    currency = scenario.fund.currency
    if currency != "CNY":
        return book.money(amount, currency)
    unit = book.money_unit(currency, money_scale(currency, scenario.fund.unit))
    return book.say("audit.amount", value=figure(amount, scenario, book), unit=unit)


def total_text(amount: Number, scenario: Scenario, book: Phrasebook) -> str:
    """A whole sum: 56.02 million yuan where that is exact."""
    if not book.chinese and amount >= MILLION and amount % 100 == 0:
        unit = book.money_unit(scenario.fund.currency, 1)
        return book.say("audit.million", value=Fraction(amount) / MILLION, unit=unit)
    return book.money(amount, scenario.fund.currency)


def names_of(scenario: Scenario, ids: Sequence[str]) -> list[Text]:
    """The names of these recipients, in listed order."""
    wanted = set(ids)
    return [recipient.name for recipient in scenario.recipients if recipient.id in wanted]


def who(scenario: Scenario, ids: Sequence[str], book: Phrasebook) -> object:
    """The names of recipients, their number where there are more than twelve, or that it is nobody."""
    if len(ids) > MOST_NAMES:
        return book.say("audit.so_many", count=len(ids))
    return names_of(scenario, ids) or book.say("audit.nobody")


def weights_text(weights: Mapping[str, Number], scenario: Scenario, book: Phrasebook) -> str:
    """Weights as a sentence names them."""
    parts = [
        book.say(
            "audit.weight",
            name=scenario.factor(factor).name,
            weight=weight_text(weight, scenario.kind, book),
        )
        for factor, weight in weights.items()
    ]
    return book.say("place.list").join(parts)


def short_weights(weights: Mapping[str, Number], book: Phrasebook) -> str:
    """Weights as people quote them, in the scenario's order: 40/40/10/10."""
    return "/".join(book.number(round(Fraction(weight), 2)) for weight in weights.values())
