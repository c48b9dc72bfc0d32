"""Ranges and amounts of what a published split implies, as sentences write them: rounded outward."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

from allocator.analysis.audit import Range
from allocator.core.exact import Number, plain
from allocator.core.model import Scenario
from allocator.core.parts import Text
from allocator.report.tables.office import weight_text
from allocator.text import money, money_scale, money_unit, number, say

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


def span_text(ends: Sequence[Number], scenario: Scenario, lang: str) -> str:
    """A range of money in a sentence, rounded outward: English in millions where it goes that far.

    An end that four decimals of a million write in full is written so, any other with two.
    """
    currency = scenario.fund.currency
    if lang == "zh" or ends[1] < 10 * MILLION:
        low, high = shown_range(ends, scenario)
        if low == high:
            return say("audit.exactly", lang, amount=amount_text(low, scenario, lang))
        return say(
            "audit.span", lang, low=figure(low, scenario, lang), high=amount_text(high, scenario, lang)
        )
    texts = [
        number((end if end % 100 == 0 else outward((end, end), 10_000)[side]) / Fraction(MILLION), lang)
        for side, end in enumerate(ends)
    ]
    unit = money_unit(currency, 1, lang)
    key = "audit.exactly_million" if texts[0] == texts[1] else "audit.span_million"
    return say(key, lang, low=texts[0], high=texts[1], unit=unit)


def figure(amount: Number, scenario: Scenario, lang: str) -> str:
    """An amount in the shown unit, without its name."""
    return number(Fraction(amount) / money_scale(scenario.fund.currency, scenario.fund.unit), lang)


def amount_text(amount: Number, scenario: Scenario, lang: str) -> str:
    """An amount in the shown unit, which it names."""
    currency = scenario.fund.currency
    if currency != "CNY":
        return money(amount, currency, lang)
    unit = money_unit(currency, money_scale(currency, scenario.fund.unit), lang)
    return say("audit.amount", lang, value=figure(amount, scenario, lang), unit=unit)


def total_text(amount: Number, scenario: Scenario, lang: str) -> str:
    """A whole sum: 56.02 million yuan where that is exact."""
    if lang == "en" and amount >= MILLION and amount % 100 == 0:
        unit = money_unit(scenario.fund.currency, 1, lang)
        return say("audit.million", lang, value=Fraction(amount) / MILLION, unit=unit)
    return money(amount, scenario.fund.currency, lang)


def names_of(scenario: Scenario, ids: Sequence[str]) -> list[Text]:
    """The names of these recipients, in listed order."""
    wanted = set(ids)
    return [recipient.name for recipient in scenario.recipients if recipient.id in wanted]


def who(scenario: Scenario, ids: Sequence[str], lang: str) -> object:
    """Names, or how many where these are too many to be read aloud."""
    if len(ids) > MOST_NAMES:
        return say("audit.so_many", lang, count=len(ids))
    return names_of(scenario, ids) or say("audit.nobody", lang)


def weights_text(weights: Mapping[str, Number], scenario: Scenario, lang: str) -> str:
    """Weights as a sentence names them."""
    parts = [
        say(
            "audit.weight",
            lang,
            name=scenario.factor(factor).name,
            weight=weight_text(weight, scenario.kind, lang),
        )
        for factor, weight in weights.items()
    ]
    return say("place.list", lang).join(parts)


def short_weights(weights: Mapping[str, Number], lang: str) -> str:
    """Weights as people quote them, in the scenario's order: 40/40/10/10."""
    return "/".join(number(round(Fraction(weight), 2), lang) for weight in weights.values())
