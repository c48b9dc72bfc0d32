"""A reading and the verdict on it, in words.

A verdict is no finding against anybody, and says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from allocator.analysis.audit import Audit, Clash, Known, Scored
from allocator.core.exact import Number, plain
from allocator.core.model import Scenario
from allocator.report.words.ranges import (
    amount_text,
    figure,
    names_of,
    short_weights,
    shown_range,
    total_text,
    who,
)
from allocator.text import money, money_scale, money_unit, number, say

MOST_FACTS = 4


def premise(audit: Audit, lang: str) -> str:
    """What a reading supposes, to go after "if": the split's way of working, and all that is assumed."""
    reading, scenario = audit.reading, audit.reading.scenario
    total = total_text(scenario.distributable, scenario, lang)
    weights = short_weights(scenario.weights, lang)
    parts = [say(f"audit.{scenario.kind}", lang, amount=total, weights=weights)]
    apart = [e.recipient for e in scenario.earmarks if e.amount]
    if apart:
        amount = total_text(scenario.earmarked, scenario, lang)
        parts.append(say("audit.earmarks", lang, amount=amount, names=names_of(scenario, apart)))
    if scenario.coefficient is not None:
        parts.append(say("audit.coefficient", lang, name=scenario.factor(scenario.coefficient).name))
    if scenario.limits:
        parts.append(say("audit.limits", lang))
    parts += [scored_text(scored, scenario, lang) for scored in reading.scored[:MOST_FACTS]]
    parts += [known_text(known, scenario, lang) for known in reading.known[:MOST_FACTS]]
    more = sum(max(0, len(facts) - MOST_FACTS) for facts in (reading.scored, reading.known))
    if more:
        parts.append(say("audit.more_facts", lang, count=more))
    if reading.tolerance == "exact":
        parts.append(say("audit.unrounded", lang))
    first = say("audit.comma", lang).join(parts[:-1])
    return say("audit.and", lang).join(part for part in (first, parts[-1]) if part)


def scored_text(scored: Scored, scenario: Scenario, lang: str) -> str:
    """That everybody was scored between two figures."""
    key = "audit.equal" if scored.equal else "audit.scored"
    name = scenario.factor(scored.factor).name
    return say(key, lang, name=name, low=scored.low, high=scored.high)


def known_text(known: Known, scenario: Scenario, lang: str) -> str:
    """What is known of some recipients' part of a factor."""

    def shown(end: Number | None) -> str:
        if end is None:
            return ""
        if known.of == "part":
            return money(end, scenario.fund.currency, lang)
        return (
            say("audit.percent", lang, value=plain(end * 100)) if known.of == "share" else number(end, lang)
        )

    if known.high is None:
        key = "known_least"
    elif known.low == known.high:
        key = "known_equal"
    else:
        key = "known_range" if known.low else "known_most"
    size = say(f"audit.{key}", lang, low=shown(known.low), high=shown(known.high))
    if known.recipients == "all":
        whom: object = say("audit.everybody", lang)
    else:
        whom = who(scenario, tuple(known.recipients), lang)
        if len(known.recipients) > 1:
            whom = say("audit.together", lang, names=whom)
    name = scenario.factor(known.factor).name
    return say(f"audit.known_{known.of}", lang, names=whom, factor=name, size=size)


def verdict_lines(audit: Audit, lang: str) -> list[str]:
    """The verdict on a reading, what shows it, how far the figures are, and what it does not say; or that it
    is not settled.
    """
    verdict, scenario, assumed = audit.verdict, audit.reading.scenario, premise(audit, lang)
    if verdict.consistent:
        return [say("audit.consistent", lang, premise=assumed), say("audit.consistent_only", lang)]
    if verdict.consistent is None:
        return [say("audit.unsettled", lang, premise=assumed)]
    lines = [say("audit.inconsistent", lang, premise=assumed)]
    if verdict.because == "known":
        lines.append(say("audit.contradiction", lang))
    lines += _clash_lines(audit, lang)
    if verdict.change:
        change = amount_text(shown_range((verdict.change, verdict.change), scenario).low, scenario, lang)
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
                amount=figure(c.published, scenario, lang),
            )
            for c in clashes
        ]
        if several is not None:
            plainly = set(first.multipliers.values()) == {1}
            terms = [
                names[id] if plainly else say("audit.term", lang, times=times, name=names[id])
                for id, times in first.multipliers.items()
            ]
            published = figure(first.published, scenario, lang)
            got = [say("audit.sum" if plainly else "audit.weighted", lang, names=terms, amount=published)]
        key = "limit" if audit.verdict.because == "limits" else "alone" if alone and factors else "assumed"
        what = say(
            f"audit.{key}_{'least' if below else 'most'}",
            lang,
            factors=factors,
            amount=figure(end, scenario, lang),
        )
        rounding = shown_range((0, max(clash.rounding for clash in clashes)), scenario).high
        if rounding:
            what += say("audit.rounding", lang, amount=figure(rounding, scenario, lang))
        yield say(f"audit.{split}", lang, unit=unit, got=got, what=what)
