"""The rule of a scenario, and what a change does, in one sentence each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from allocator.analysis.finding import Finding
from allocator.core.allocation import Allocation
from allocator.core.beyond import covers_format_1
from allocator.core.exact import Number
from allocator.core.limits import Limit
from allocator.core.model import Scenario
from allocator.core.parts import Text
from allocator.core.pools import Pool
from allocator.report.words.finding import against_sentence, terms
from allocator.report.words.formulas import in_names
from allocator.text import Phrasebook

if TYPE_CHECKING:
    from allocator.core.formula import Formula

MOST_NAMES = 4
MOST_LIMITS = 20
_BASES: Mapping[str | None, str] = {
    "fund": "rule.of_fund",
    "distributable": "rule.of_distributable",
    "previous": "rule.of_previous",
}


def percent(value: Number, book: Phrasebook) -> str:
    """A percentage with at most two decimals, and a mark where that rounds it.

    >>> percent(40, Phrasebook("zh")), percent(Fraction(100, 3), Phrasebook("en"))
    ('40%', '≈33.33 %')
    """
    rounded = round(Fraction(value), 2)
    text = book.number(rounded)
    return book.say("rule.percent" if rounded == value else "rule.about_percent", value=text)


def rule_sentence(scenario: Scenario, book: Phrasebook) -> str:
    """办法: fund, what comes off first, the weights, limits and rounding, with the scenario's figures."""
    covers_format_1(scenario, "beyond.surface.papers")
    currency, fund = scenario.fund.currency, scenario.fund
    clauses = [book.say("rule.fund", amount=book.money(fund.amount, currency))]
    if scenario.reserved:
        clauses.append(book.say("rule.reserved", amount=book.money(scenario.reserved, currency)))
    clauses += _earmarks(scenario, book)
    rest = scenario.reserved or scenario.earmarked
    if scenario.kind == "shares":
        key = "rule.shares_rest" if rest else "rule.shares_all"
    else:
        key = "rule.scores_rest" if rest else "rule.scores_all"
    whom = so_many(scenario, len(scenario.participants), book)
    clauses.append(
        book.say(
            key,
            amount=book.money(scenario.distributable, currency),
            recipients=whom,
            weights=weights_words(scenario, book),
        )
    )
    if scenario.coefficient is not None:
        clauses.append(book.say("rule.coefficient", name=scenario.factor(scenario.coefficient).name))
    words = limit_words(scenario)
    clauses += [clause for limit in scenario.limits for clause in limit_clauses(limit, book, words)]
    unit = book.money(fund.unit, currency)
    largest = fund.rounding == "largest-remainder"
    clauses.append(book.say("rule.largest_remainder" if largest else "rule.rest_to_largest", unit=unit))
    return book.say("rule.sentence", clauses=book.say("rule.join").join(clauses))


def can_differ(scenario: Scenario) -> bool:
    """True if there is anything to compare with: published amounts, or more than one weight to vary."""
    return scenario.published is not None or len(scenario.weights) > 1


def so_many(scenario: Scenario, count: int, book: Phrasebook) -> str:
    """A number of recipients: 9个区县（园区）, or just of recipients where the fund is not a Chinese one."""
    local = scenario.fund.currency == "CNY"
    if count == 1:
        return book.say("rule.recipient_local" if local else "rule.recipient_other")
    return book.say("rule.recipients_local" if local else "rule.recipients_other", count=count)


def effect_sentence(allocation: Allocation, found: Finding, book: Phrasebook) -> str:
    """The sentence on a scenario's effect: how much changes, for how many, and for whom most."""
    issued = compared_with(allocation.scenario) == "published"
    against = book.say("effect.published" if issued else "effect.file")
    return against_sentence(found, against, allocation.scenario.distributable, terms([allocation], book))


def compared_with(scenario: Scenario) -> str:
    """ "published", or "file" where nothing was published and the scenario as in its file stands for it."""
    return "file" if scenario.published is None else "published"


def status_lines(scenario: Scenario, book: Phrasebook) -> list[str]:
    """Sentences on status and source of the factor data, factors with the same ones together."""
    groups: dict[tuple[str, str], list[Text]] = {}
    for factor in scenario.behind:
        source = book.text(factor.source) if factor.source else ""
        groups.setdefault((factor.status, source), []).append(factor.name)
    lines = [
        book.say(
            "cli.status_source" if source else "cli.status",
            names=names,
            status=book.say(f"status.{status}"),
            source=source,
        )
        for (status, source), names in groups.items()
    ]
    assumed = [factor.name for factor in scenario.assumed]
    return [*lines, *([book.say("cli.assumed", names=assumed)] if assumed else [])]


def _earmarks(scenario: Scenario, book: Phrasebook) -> list[str]:
    names = {r.id: r.name for r in scenario.recipients}
    return [
        book.say(
            "rule.earmark_shares" if earmark.also_shares else "rule.earmark",
            name=names[earmark.recipient],
            amount=book.money(earmark.amount, scenario.fund.currency),
        )
        for earmark in scenario.earmarks
        if earmark.amount
    ]


def weights_words(scenario: Scenario, book: Phrasebook, pool: Pool | None = None) -> str:
    """The weights that are not zero, indicators handed down, each with its factor; of a pool if given."""
    if pool is None:
        (pool,) = scenario.rules
    said = []
    for id, weight in scenario.weighted[pool.id].items():
        if weight:
            name = scenario.factor(id).name
            if pool.kind == "shares":
                said.append(book.say("rule.shares_weight", name=name, weight=percent(weight, book)))
            elif pool.kind == "scores":
                said.append(book.say("rule.scores_weight", name=name, weight=weight))
            else:
                amount = book.money(weight, scenario.fund.currency)
                said.append(book.say("pools.each", name=name, amount=amount))
    return book.say("place.list").join(said)


def limit_clauses(limit: Limit, book: Phrasebook, words: LimitWords) -> list[str]:
    """The clauses of a limit, one for its floor and one for its cap."""
    whom = whom_words(limit.recipients, limit.where, book, words, together=limit.together)
    # a limit holds for each recipient by itself, which a list of names alone would not say
    many = not isinstance(limit.recipients, str) and len(limit.recipients) > 1 and not limit.together
    if limit.together and not isinstance(limit.recipients, str):
        whom = book.say("rule.together", whom=whom)
    clauses = []
    floor, cap = ("rule.floors", "rule.caps") if many else ("rule.floor", "rule.cap")
    if limit.together:
        floor, cap = "rule.floor_together", "rule.cap_together"
    for key, amount, rate, formula in (
        (floor, limit.floor, limit.floor_rate, limit.floor_formula),
        (cap, limit.cap, limit.cap_rate, limit.cap_formula),
    ):
        if amount is not None:
            size = book.money(amount, words.currency)
        elif rate is not None:
            base = book.say(_BASES[limit.of])
            if limit.by is not None:
                base = book.say("rule.by", base=base, name=words.factor(limit.by))
            size = book.say("rule.rate", rate=percent(rate * 100, book), base=base)
        elif formula is not None:
            size = book.say("rule.formula", formula=words.condition(formula, book))
        else:
            continue
        clauses.append(book.say(key, whom=whom, size=size))
    if limit.pool == "all":
        clauses = [book.say("rule.over_all", clause=clause) for clause in clauses]
    elif limit.pool is not None:
        pool = words.pool(limit.pool)
        clauses = [book.say("pools.in_pool", pool=pool, clause=clause) for clause in clauses]
    return clauses


def whom_words(
    recipients: str | tuple[str, ...],
    where: Formula | None,
    book: Phrasebook,
    words: LimitWords,
    *,
    together: bool = False,
) -> str:
    """The recipients that a clause is for: all, a kind or names, with the condition that they meet."""
    if recipients == "all":
        whom = book.say("rule.together_all" if together else "rule.each")
    elif isinstance(recipients, str):
        key = "rule.together_kind" if together else "rule.each_kind"
        whom = book.say(key, kind=book.kind(recipients))
    else:
        whom = book.show([words.recipient(id) for id in recipients[:MOST_NAMES]])
        if len(recipients) > MOST_NAMES:
            whom = book.say("rule.and_more", names=whom, count=len(recipients))
    if where is not None:
        whom = book.say("pools.meeting", whom=whom, where=words.condition(where, book))
    return whom


def limit_lines(scenario: Scenario, book: Phrasebook) -> list[str]:
    """Sentences on the floors and caps, for readers of a table of amounts."""
    words = limit_words(scenario)
    shown = [c for limit in scenario.limits[:MOST_LIMITS] for c in limit_clauses(limit, book, words)]
    left = len(scenario.limits) - MOST_LIMITS
    # each clause says 每个 or 合计; where all are of the one kind, the sentence says so at once
    key = "cli.limits_both" if any(limit.together for limit in scenario.limits) else "cli.limits"
    lines = [book.say(key, clauses=book.say("rule.join").join(shown))] if shown else []
    return [*lines, *([book.say("cli.limits_more", count=left)] if left > 0 else [])]


class LimitWords(NamedTuple):
    """The names for a limit's ids, and the currency of its amounts."""

    recipient: Callable[[str], object]
    factor: Callable[[str], object]
    currency: str
    pool: Callable[[str], object] = str
    condition: Callable[[Formula, Phrasebook], str] = lambda where, book: where.text


def limit_words(scenario: Scenario) -> LimitWords:
    """The words of a scenario for its own limits."""
    names = {r.id: r.name for r in scenario.recipients}
    pools = {pool.id: pool.name for pool in scenario.pools}
    return LimitWords(
        names.__getitem__,
        lambda id: scenario.factor(id).name,
        scenario.fund.currency,
        pools.__getitem__,
        lambda where, book: in_names(where, scenario, book),
    )
