"""What a published split tells under a reading, as sentences in both languages.

Ranges are rounded outward, and every sentence names the reading that it holds under.  A verdict is no finding
against anybody.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from allocator.analysis.audit import (
    Audit,
    Bounds,
    Clash,
    Known,
    Range,
    amount_bounds,
    factor_share_bounds,
    outlook,
)
from allocator.exact import Number, plain
from allocator.model import Scenario
from allocator.parts import Text
from allocator.report.table import weight_text
from allocator.text import money, money_scale, money_unit, number, say

MOST_FACTS, MOST_NAMES = 4, 12
MILLION = 10**6
SAYS = ("gains", "loses", "same", "open")


@dataclass(frozen=True)
class Findings:
    """What is found under one reading: the ranges of factor shares and, for other weights, of amounts.

    Both are None where no data fits the reading; amounts also without other weights.  ``groups`` are ranges
    of sums, by name, and ``says`` who gains or loses, None where limits may have bound.
    """

    title: Text
    audit: Audit
    shares: Mapping[str, Bounds] | None = None
    reason: Text | None = None
    weights: Mapping[str, Number] | None = None
    amounts: Bounds | None = None
    members: Mapping[str, Sequence[str]] | None = None
    groups: Mapping[str, Range] | None = None
    says: Mapping[str, str] | None = None

    @property
    def scenario(self) -> Scenario:
        """The scenario that is read."""
        return self.audit.reading.scenario


def findings(
    title: Text,
    audit: Audit,
    weights: Mapping[str, Number] | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
    reason: Text | None = None,
    progress: Callable[[float], None] | None = None,
) -> Findings:
    """All that is asked of a published split under one reading.  ``groups`` go with ``weights``.

    Raises ScenarioError for weights or groups that cannot be.
    """
    if not audit.verdict.consistent:
        return Findings(title, audit, reason=reason)
    shares = factor_share_bounds(audit, progress=progress)
    if weights is None:
        return Findings(title, audit, shares, reason)
    says = None
    if audit.entitlements_only:
        amounts = amount_bounds(audit, weights, progress=progress)
    else:
        seen = outlook(audit, weights, progress=progress)
        amounts, says = seen.bounds, seen.says
    sums: dict[str, Range] = {}
    if groups:
        some = audit.reading.scenario.ids[:1]
        found = amount_bounds(audit, weights, recipients=some, groups=groups, progress=progress)
        sums = {name: found[name] for name in groups}
    whole = {**audit.reading.scenario.weights, **weights}
    return Findings(title, audit, shares, reason, whole, amounts, groups or {}, sums, says)


# --- figures --------------------------------------------------------------------------------------


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
            return say("audit.exactly", lang, amount=_amount(low, scenario, lang))
        return say("audit.span", lang, low=_figure(low, scenario, lang), high=_amount(high, scenario, lang))
    texts = [
        number((end if end % 100 == 0 else outward((end, end), 10_000)[side]) / Fraction(MILLION), lang)
        for side, end in enumerate(ends)
    ]
    unit = money_unit(currency, 1, lang)
    key = "audit.exactly_million" if texts[0] == texts[1] else "audit.span_million"
    return say(key, lang, low=texts[0], high=texts[1], unit=unit)


def _figure(amount: Number, scenario: Scenario, lang: str) -> str:
    return number(Fraction(amount) / money_scale(scenario.fund.currency, scenario.fund.unit), lang)


def _amount(amount: Number, scenario: Scenario, lang: str) -> str:
    """An amount in the shown unit, which it names."""
    currency = scenario.fund.currency
    if currency != "CNY":
        return money(amount, currency, lang)
    unit = money_unit(currency, money_scale(currency, scenario.fund.unit), lang)
    return say("audit.amount", lang, value=_figure(amount, scenario, lang), unit=unit)


def _total(amount: Number, scenario: Scenario, lang: str) -> str:
    """A whole sum: 56.02 million yuan where that is exact."""
    if lang == "en" and amount >= MILLION and amount % 100 == 0:
        unit = money_unit(scenario.fund.currency, 1, lang)
        return say("audit.million", lang, value=Fraction(amount) / MILLION, unit=unit)
    return money(amount, scenario.fund.currency, lang)


def _names(scenario: Scenario, ids: Sequence[str]) -> list[Text]:
    wanted = set(ids)
    return [recipient.name for recipient in scenario.recipients if recipient.id in wanted]


def _who(scenario: Scenario, ids: Sequence[str], lang: str) -> object:
    """Names, or how many where these are too many to be read aloud."""
    if len(ids) > MOST_NAMES:
        return say("audit.so_many", lang, count=len(ids))
    return _names(scenario, ids) or say("audit.nobody", lang)


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


# --- sentences ------------------------------------------------------------------------------------


def premise(audit: Audit, lang: str) -> str:
    """What a reading supposes, to go after "if": the split's way of working, and all that is assumed."""
    reading, scenario = audit.reading, audit.reading.scenario
    total = _total(scenario.distributable, scenario, lang)
    weights = short_weights(scenario.weights, lang)
    parts = [say(f"audit.{scenario.kind}", lang, amount=total, weights=weights)]
    apart = [e.recipient for e in scenario.earmarks if e.amount]
    if apart:
        amount = _total(scenario.earmarked, scenario, lang)
        parts.append(say("audit.earmarks", lang, amount=amount, names=_names(scenario, apart)))
    if scenario.coefficient is not None:
        parts.append(say("audit.coefficient", lang, name=scenario.factor(scenario.coefficient).name))
    if scenario.limits:
        parts.append(say("audit.limits", lang))
    for scored in reading.scored[:MOST_FACTS]:
        name = scenario.factor(scored.factor).name
        key = "audit.equal" if scored.low == scored.high else "audit.scored"
        parts.append(say(key, lang, name=name, low=scored.low, high=scored.high))
    parts += [_fact(known, scenario, lang) for known in reading.known[:MOST_FACTS]]
    more = sum(max(0, len(facts) - MOST_FACTS) for facts in (reading.scored, reading.known))
    if more:
        parts.append(say("audit.more_facts", lang, count=more))
    if reading.tolerance == "exact":
        parts.append(say("audit.unrounded", lang))
    first = say("audit.comma", lang).join(parts[:-1])
    return say("audit.and", lang).join(part for part in (first, parts[-1]) if part)


def _fact(known: Known, scenario: Scenario, lang: str) -> str:
    def shown(end: Number | None) -> str:
        if end is None:
            return ""
        if known.of == "part":
            return money(end, scenario.fund.currency, lang)
        return (
            say("audit.percent", lang, value=plain(end * 100)) if known.of == "share" else number(end, lang)
        )

    key = "known_least" if known.high is None else "known_equal" if known.low == known.high else "known_range"
    size = say(f"audit.{key}", lang, low=shown(known.low), high=shown(known.high))
    if known.recipients == "all":
        who: object = say("audit.everybody", lang)
    else:
        who = _who(scenario, tuple(known.recipients), lang)
        if len(known.recipients) > 1:
            who = say("audit.together", lang, names=who)
    name = scenario.factor(known.factor).name
    return say(f"audit.known_{known.of}", lang, names=who, factor=name, size=size)


def _under(audit: Audit, what: str, lang: str) -> str:
    return say("audit.under", lang, premise=premise(audit, lang), what=what)


def verdict_lines(audit: Audit, lang: str) -> list[str]:
    """The verdict on a reading, what shows it, how far the figures are, and what it does not say."""
    verdict, scenario, assumed = audit.verdict, audit.reading.scenario, premise(audit, lang)
    if verdict.consistent:
        return [say("audit.consistent", lang, premise=assumed), say("audit.consistent_only", lang)]
    lines = [say("audit.inconsistent", lang, premise=assumed)]
    if verdict.because == "known":
        lines.append(say("audit.contradiction", lang))
    lines += _clash_lines(audit, lang)
    if verdict.change:
        change = _amount(shown_range((verdict.change, verdict.change), scenario).low, scenario, lang)
        lines.append(say("audit.change", lang, amount=change))
    return [*lines, say("audit.only", lang)]


def _clash_lines(audit: Audit, lang: str) -> Iterator[str]:
    """What shows that a reading does not fit; recipients with one and the same figure together."""
    scenario, reading = audit.reading.scenario, audit.reading
    alike: dict[tuple[Any, ...], list[Clash]] = {}
    for number_, clash in enumerate(audit.verdict.clashes):
        single = len(clash.multipliers) == 1
        low, high = shown_range((clash.least, clash.most), scenario)
        below = clash.published < clash.least
        alike.setdefault((below, low if below else high, None if single else number_), []).append(clash)
    facts = {scored.factor for scored in reading.scored} | {known.factor for known in reading.known}
    alone = scenario.kind == "shares" and scenario.coefficient is None and not scenario.limits
    factors = [scenario.factor(id).name for id in scenario.weights if id in facts]
    currency = scenario.fund.currency
    unit = money_unit(currency, money_scale(currency, scenario.fund.unit), lang)
    taking = {scenario.ids[i] for i in scenario.participants}
    split = "clash_split" if any(e.recipient in taking for e in scenario.earmarks) else "clash"
    for (below, end, several), clashes in alike.items():
        first = clashes[0]
        names = {r.id: getattr(r.name, lang) for r in scenario.recipients}
        got = [
            say(
                "audit.got",
                lang,
                name=names[next(iter(c.multipliers))],
                amount=_figure(c.published, scenario, lang),
            )
            for c in clashes
        ]
        if several is not None:
            plainly = set(first.multipliers.values()) == {1}
            terms = [
                names[id] if plainly else say("audit.term", lang, times=times, name=names[id])
                for id, times in first.multipliers.items()
            ]
            figure = _figure(first.published, scenario, lang)
            got = [say("audit.sum" if plainly else "audit.weighted", lang, names=terms, amount=figure)]
        key = "limit" if audit.verdict.because == "limits" else "alone" if alone and factors else "assumed"
        what = say(
            f"audit.{key}_{'least' if below else 'most'}",
            lang,
            factors=factors,
            amount=_figure(end, scenario, lang),
        )
        rounding = shown_range((0, max(clash.rounding for clash in clashes)), scenario).high
        if rounding:
            what += say("audit.rounding", lang, amount=_figure(rounding, scenario, lang))
        yield say(f"audit.{split}", lang, unit=unit, got=got, what=what)


def sentences(found: Findings, lang: str) -> list[str]:
    """What other weights would bring, to be read aloud: to the largest, to groups; who gains, who loses."""
    audit, scenario = found.audit, found.scenario
    if found.amounts is None or found.weights is None:
        return []
    weights = short_weights(found.weights, lang)
    amounts, published = found.amounts, scenario.published or {}
    taking = [scenario.ids[i] for i in scenario.participants]
    lines = []
    apart = [id for id in scenario.ids if id not in taking and published[id]]
    for id in apart[:MOST_FACTS]:
        amount = _total(published[id], scenario, lang)
        lines.append(say("audit.stays", lang, names=_names(scenario, [id]), amount=amount))
    key = f"audit.range_{amounts.of}"
    largest = max(taking, key=lambda id: published[id])
    asked: list[tuple[object, Sequence[Number]]] = [(_names(scenario, [largest]), amounts[largest])]
    for name, ends in (found.groups or {}).items():
        members = _who(scenario, (found.members or {})[name], lang)
        asked.append((say("audit.group", lang, name=name, names=members), ends))
    lines += [
        say(key, lang, weights=weights, names=names, range=span_text(ends, scenario, lang))
        for names, ends in asked
    ]
    if found.says is not None:
        told = {
            word: _who(scenario, [id for id, says in found.says.items() if says == word], lang)
            for word in SAYS
        }
        lines.append(say("audit.outlook", lang, weights=weights, **told))
    return [_under(audit, line, lang) for line in lines]
