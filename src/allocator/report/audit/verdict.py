"""A reading and the verdict on it, in words.

A verdict is no finding against anybody, and says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from allocator.analysis.audit import Audit, Clash, Known, Scored
from allocator.core.exact import Number, plain
from allocator.core.model import Scenario
from allocator.core.stages.divide import divide
from allocator.report.tables.figures import is_money
from allocator.report.words.ranges import (
    amount_text,
    figure,
    names_of,
    short_weights,
    shown_range,
    total_text,
    who,
)
from allocator.text import Phrasebook, money_scale

MOST_FACTS = 4
_KNOWN = {"share": "audit.known_share", "value": "audit.known_value", "part": "audit.known_part"}


def premise(audit: Audit, book: Phrasebook) -> str:
    """The assumptions of a reading as a clause to follow "if": the rule, and all that is supposed."""
    reading, scenario = audit.reading, audit.reading.scenario
    total = total_text(scenario.distributable, scenario, book)
    weights = short_weights(scenario.weights, book)
    key = "audit.shares" if scenario.kind == "shares" else "audit.scores"
    parts = [book.say(key, amount=total, weights=weights)]
    if reading.several:
        parts = [book.say("audit.pools", amount=total, pools=_pools(audit, book))]
    elif reading.columns is not None:
        parts += _one_pool(audit, book)
    apart = [e.recipient for e in scenario.earmarks if e.amount]
    if apart:
        amount = total_text(scenario.earmarked, scenario, book)
        parts.append(book.say("audit.earmarks", amount=amount, names=names_of(scenario, apart)))
    if scenario.coefficient is not None:
        parts.append(book.say("audit.coefficient", name=scenario.factor(scenario.coefficient).name))
    if reading.rule.limits:
        parts.append(book.say("audit.limits"))
    if audit.case.alone:
        parts.append(_rounding(scenario, book))
    if scenario.adjustments:
        parts.append(book.say("audit.adjusted"))
    parts += [scored_text(scored, scenario, book) for scored in reading.scored[:MOST_FACTS]]
    parts += [known_text(known, scenario, book) for known in reading.known[:MOST_FACTS]]
    more = sum(max(0, len(facts) - MOST_FACTS) for facts in (reading.scored, reading.known))
    if more:
        parts.append(book.say("audit.more_facts", count=more))
    if reading.tolerance == "exact":
        parts.append(book.say("audit.unrounded"))
    first = book.say("audit.comma").join(parts[:-1])
    return book.say("audit.and").join(part for part in (first, parts[-1]) if part)


def _pools(audit: Audit, book: Phrasebook) -> str:
    """The pools, each with its money and weights, and who takes part where that is not everybody."""
    rule, columns = audit.reading.rule, audit.reading.scenario
    money = divide(rule, lambda pool, given: 0).taken
    said = []
    for pool in rule.pools:
        amount = total_text(plain(Fraction(money[pool.id]) * rule.fund.unit), rule, book)
        weights = short_weights({f: w for f, w in rule.weighted[pool.id].items() if w}, book)
        parts = [book.say("audit.pool", name=pool.name, amount=amount, weights=weights)]
        members = rule.members[pool.id]
        if len(members) < len(columns.participants):
            parts.append(book.say("audit.taking", names=who(rule, [rule.ids[i] for i in members], book)))
        said.append(book.say("audit.comma").join(parts))
    return book.say("audit.pools_join").join(said)


def _one_pool(audit: Audit, book: Phrasebook) -> Iterator[str]:
    """The clauses on who takes part in the one pool, and on what is held already."""
    rule = audit.reading.rule
    (pool,) = rule.rules
    members = rule.members[pool.id]
    if len(members) < len(rule.participants):
        yield book.say("audit.taking", names=who(rule, [rule.ids[i] for i in members], book))
    if rule.deductions:
        yield book.say("audit.held", amount=_held(rule, book))


def _held(rule: Scenario, book: Phrasebook) -> str:
    return total_text(plain(sum((d.amount for d in rule.deductions), start=Fraction(0))), rule, book)


def _rounding(scenario: Scenario, book: Phrasebook) -> str:
    """The clause on amounts that are each rounded by themselves, and on who takes the rest."""
    fund = scenario.fund
    unit = book.money(fund.unit, fund.currency)
    if fund.rest_to is None:
        return book.say("audit.alone", unit=unit)
    whom: object = names_of(scenario, [fund.rest_to.recipient])
    if fund.rest_to.reservation:
        whom = next(r.name for r in scenario.reservations if r.name.zh == fund.rest_to.reservation)
    return book.say("audit.rest_to", unit=unit, name=whom)


def correction_lines(audit: Audit, book: Phrasebook) -> list[str]:
    """The lines on adjustments, which are off everywhere, and on what rounding each alone left."""
    case, scenario = audit.case, audit.reading.scenario
    lines = [book.say("audit.pools_columns")] if audit.reading.several and audit.verdict.allows else []
    if audit.reading.rule.deductions:
        lines.append(book.say("audit.held_back", amount=_held(audit.reading.rule, book)))
    if scenario.adjustments:
        changes = [by for by in case.adjustments.values() if by]
        up, down = (plain(sum(max(sign * by, 0) for by in changes)) for sign in (1, -1))
        more, less = (total_text(size, scenario, book) for size in (up, down))
        reasons = list(dict.fromkeys(one.reason for one in scenario.adjustments))
        said = (
            reasons[:MOST_FACTS]
            if len(reasons) <= MOST_FACTS
            else book.say("audit.reasons", count=len(reasons))
        )
        details = {"count": len(changes), "more": more, "less": less, "reasons": said}
        lines.append(book.say("audit.adjustments", **details))
    given = plain(sum(case.amounts))
    left = plain(case.total - given)
    if case.alone and left:
        sizes: dict[str, Number] = {
            "sum": case.money(given),
            "total": scenario.distributable,
            "left": case.money(max(left, -left)),
        }
        details = {name: total_text(size, scenario, book) for name, size in sizes.items()}
        lines.append(book.say("audit.left" if left > 0 else "audit.over", **details))
    return lines


def of_money(key: str, otherwise: str, scenario: Scenario, book: Phrasebook) -> str:
    """A sentence that speaks of money, or the other one where something else is shared out."""
    return book.say(key if is_money(scenario) else otherwise)


def scored_text(scored: Scored, scenario: Scenario, book: Phrasebook) -> str:
    """The clause that everybody was scored between two figures, or alike."""
    key = "audit.equal" if scored.equal else "audit.scored"
    name = scenario.factor(scored.factor).name
    return book.say(key, name=name, low=scored.low, high=scored.high)


def known_text(known: Known, scenario: Scenario, book: Phrasebook) -> str:
    """The clause on a known part of a factor that some recipients have."""

    def shown(end: Number | None) -> str:
        if end is None:
            return ""
        if known.of == "part":
            return book.money(end, scenario.fund.currency)
        return book.say("audit.percent", value=plain(end * 100)) if known.of == "share" else book.number(end)

    if known.high is None:
        key = "audit.known_least"
    elif known.low == known.high:
        key = "audit.known_equal"
    else:
        key = "audit.known_range" if known.low else "audit.known_most"
    size = book.say(key, low=shown(known.low), high=shown(known.high))
    if known.recipients == "all":
        whom: object = book.say("audit.everybody")
    else:
        whom = who(scenario, tuple(known.recipients), book)
        if len(known.recipients) > 1:
            whom = book.say("audit.together", names=whom)
    name = scenario.factor(known.factor).name
    return book.say(_KNOWN[known.of], names=whom, factor=name, size=size)


def verdict_lines(audit: Audit, book: Phrasebook) -> list[str]:
    """The verdict on a reading, the evidence, how far off the figures are, and what it does not mean.

    Where it is not settled, the only line says so.
    """
    verdict, scenario, assumed = audit.verdict, audit.reading.scenario, premise(audit, book)
    if verdict.consistent:
        only = of_money("audit.consistent_only", "audit.consistent_only_not_money", scenario, book)
        return [book.say("audit.consistent", premise=assumed), only]
    if verdict.allows:
        return [book.say("audit.pools_open", premise=assumed), book.say("audit.pools_wide")]
    if verdict.consistent is None:
        return [book.say("audit.unsettled", premise=assumed)]
    lines = [book.say("audit.inconsistent", premise=assumed)]
    if verdict.because == "known":
        lines.append(book.say("audit.contradiction"))
    if verdict.because == "half":
        lines.append(book.say("audit.half"))
    lines += _clash_lines(audit, book)
    if verdict.change:
        change = amount_text(shown_range((verdict.change, verdict.change), scenario).low, scenario, book)
        lines.append(book.say("audit.change", amount=change))
    return [*lines, of_money("audit.only", "audit.only_not_money", scenario, book)]


def _clash_lines(audit: Audit, book: Phrasebook) -> Iterator[str]:
    """Sentences on why a reading does not fit; recipients with the same figure share one."""
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
    unit = book.money_unit(currency, money_scale(currency, scenario.fund.unit))
    taking = {scenario.ids[i] for i in scenario.participants}
    apart = any(e.recipient in taking for e in scenario.earmarks)
    split = "audit.clash_split" if apart else "audit.clash"
    if scenario.adjustments:
        split = "audit.clash_split_adjusted" if apart else "audit.clash_adjusted"
    for (below, end, several), clashes in alike.items():
        first = clashes[0]
        names = {r.id: book.text(r.name) for r in scenario.recipients}
        got = [
            book.say(
                "audit.got",
                name=names[next(iter(c.multipliers))],
                amount=figure(c.published, scenario, book),
            )
            for c in clashes
        ]
        if several is not None:
            plainly = set(first.multipliers.values()) == {1}
            terms = [
                names[id] if plainly else book.say("audit.term", times=times, name=names[id])
                for id, times in first.multipliers.items()
            ]
            published = figure(first.published, scenario, book)
            got = [book.say("audit.sum" if plainly else "audit.weighted", names=terms, amount=published)]
        if audit.verdict.because == "limits":
            key = "audit.limit_least" if below else "audit.limit_most"
        elif alone and factors:
            key = "audit.alone_least" if below else "audit.alone_most"
        else:
            key = "audit.assumed_least" if below else "audit.assumed_most"
        what = book.say(key, factors=factors, amount=figure(end, scenario, book))
        rounding = shown_range((0, max(clash.rounding for clash in clashes)), scenario).high
        if rounding:
            what += book.say("audit.rounding", amount=figure(rounding, scenario, book))
        yield book.say(split, unit=unit, got=got, what=what)
