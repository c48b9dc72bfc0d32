"""The rule of a scenario, and what a change does, in one sentence each."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from allocator.analysis.finding import Finding
from allocator.core.allocation import Allocation
from allocator.core.exact import Number
from allocator.core.model import Scenario
from allocator.core.parts import Limit, Text
from allocator.report.words.finding import against_sentence, terms
from allocator.text import kind_text, money, number, say, show

MOST_NAMES = 4
MOST_LIMITS = 20


def percent(value: Number, lang: str) -> str:
    """A percentage with at most two decimals, and a mark where that rounds it.

    >>> percent(40, "zh"), percent(Fraction(100, 3), "en")
    ('40%', '≈33.33 %')
    """
    rounded = round(Fraction(value), 2)
    text = number(rounded, lang)
    return say("app.rule.percent" if rounded == value else "app.rule.about_percent", lang, value=text)


def rule_sentence(scenario: Scenario, lang: str) -> str:
    """办法: fund, what comes off first, the weights, limits and rounding, with the scenario's figures."""
    currency, fund = scenario.fund.currency, scenario.fund
    clauses = [say("app.rule.fund", lang, amount=money(fund.amount, currency, lang))]
    if scenario.reserved:
        clauses.append(say("app.rule.reserved", lang, amount=money(scenario.reserved, currency, lang)))
    clauses += _earmarks(scenario, lang)
    rest = "rest" if scenario.reserved or scenario.earmarked else "all"
    whom = so_many(scenario, len(scenario.participants), lang)
    clauses.append(
        say(
            f"app.rule.{scenario.kind}_{rest}",
            lang,
            amount=money(scenario.distributable, currency, lang),
            recipients=whom,
            weights=weights_words(scenario, lang),
        )
    )
    if scenario.coefficient is not None:
        clauses.append(say("app.rule.coefficient", lang, name=scenario.factor(scenario.coefficient).name))
    words = limit_words(scenario)
    clauses += [clause for limit in scenario.limits for clause in limit_clauses(limit, lang, words)]
    unit = money(fund.unit, currency, lang)
    clauses.append(say(f"app.rule.{fund.rounding.replace('-', '_')}", lang, unit=unit))
    return say("app.rule.sentence", lang, clauses=say("app.rule.join", lang).join(clauses))


def can_differ(scenario: Scenario) -> bool:
    """Whether there is anything to compare with: published amounts, or weights that can be other ones."""
    return scenario.published is not None or len(scenario.weights) > 1


def so_many(scenario: Scenario, count: int, lang: str) -> str:
    """9个区县（园区）, or plainly so many recipients where the fund is not a Chinese one."""
    where = "local" if scenario.fund.currency == "CNY" else "other"
    return say(f"app.rule.recipients_{where}", lang, count=count)


def effect_sentence(allocation: Allocation, found: Finding, lang: str) -> str:
    """What the scenario changes against what it is held against: how much, for how many, for whom most."""
    against = say(f"app.effect.{compared_with(allocation.scenario)}", lang)
    return against_sentence(found, against, allocation.scenario.distributable, terms([allocation], lang))


def compared_with(scenario: Scenario) -> str:
    """ "published", or "file" where nothing was published and the scenario as in its file stands for it."""
    return "file" if scenario.published is None else "published"


def status_lines(scenario: Scenario, lang: str) -> list[str]:
    """Where the factor data comes from, factors of one status and source together."""
    groups: dict[tuple[str, str], list[Text]] = {}
    for id in scenario.weights:
        factor = scenario.factor(id)
        source = getattr(factor.source, lang) if factor.source else ""
        groups.setdefault((factor.status, source), []).append(factor.name)
    lines = [
        say(
            "cli.status_source" if source else "cli.status",
            lang,
            names=names,
            status=say(f"status.{status}", lang),
            source=source,
        )
        for (status, source), names in groups.items()
    ]
    assumed = [factor.name for factor in scenario.assumed]
    return [*lines, *([say("cli.assumed", lang, names=assumed)] if assumed else [])]


def _earmarks(scenario: Scenario, lang: str) -> list[str]:
    names = {r.id: r.name for r in scenario.recipients}
    return [
        say(
            "app.rule.earmark_shares" if earmark.also_shares else "app.rule.earmark",
            lang,
            name=names[earmark.recipient],
            amount=money(earmark.amount, scenario.fund.currency, lang),
        )
        for earmark in scenario.earmarks
        if earmark.amount
    ]


def weights_words(scenario: Scenario, lang: str) -> str:
    """The weights that count, each with its factor."""
    said = []
    for id, weight in scenario.weights.items():
        if weight:
            name = scenario.factor(id).name
            text = percent(weight, lang) if scenario.kind == "shares" else number(weight, lang)
            said.append(say(f"app.rule.{scenario.kind}_weight", lang, name=name, weight=text))
    return say("place.list", lang).join(said)


def limit_clauses(limit: Limit, lang: str, words: LimitWords) -> list[str]:
    """What a floor or cap says, a clause each."""
    if limit.recipients == "all":
        whom = say("app.rule.each", lang)
    elif isinstance(limit.recipients, str):
        whom = say("app.rule.each_kind", lang, kind=kind_text(limit.recipients, lang))
    else:
        whom = show([words.recipient(id) for id in limit.recipients[:MOST_NAMES]], lang)
        if len(limit.recipients) > MOST_NAMES:
            whom = say("app.rule.and_more", lang, names=whom, count=len(limit.recipients))
    # a limit is on everybody by himself, which a list of names alone would not say
    many = "s" if not isinstance(limit.recipients, str) and len(limit.recipients) > 1 else ""
    clauses = []
    for kind, amount, rate in (
        ("floor", limit.floor, limit.floor_rate),
        ("cap", limit.cap, limit.cap_rate),
    ):
        if amount is not None:
            size = money(amount, words.currency, lang)
        elif rate is not None:
            base = say(f"app.rule.of_{limit.of}", lang)
            if limit.by is not None:
                base = say("app.rule.by", lang, base=base, name=words.factor(limit.by))
            size = say("app.rule.rate", lang, rate=percent(rate * 100, lang), base=base)
        else:
            continue
        clauses.append(say(f"app.rule.{kind}{many}", lang, whom=whom, size=size))
    return clauses


def limit_lines(scenario: Scenario, lang: str) -> list[str]:
    """What floors and caps there are, whom for and how much, for whoever reads a table of amounts."""
    words = limit_words(scenario)
    shown = [c for limit in scenario.limits[:MOST_LIMITS] for c in limit_clauses(limit, lang, words)]
    left = len(scenario.limits) - MOST_LIMITS
    lines = [say("cli.limits", lang, clauses=say("app.rule.join", lang).join(shown))] if shown else []
    return [*lines, *([say("cli.limits_more", lang, count=left)] if left > 0 else [])]


class LimitWords(NamedTuple):
    """What a limit's ids are called, and the currency of its amounts."""

    recipient: Callable[[str], object]
    factor: Callable[[str], object]
    currency: str


def limit_words(scenario: Scenario) -> LimitWords:
    """The words of a scenario for its own limits."""
    names = {r.id: r.name for r in scenario.recipients}
    return LimitWords(names.__getitem__, lambda id: scenario.factor(id).name, scenario.fund.currency)
