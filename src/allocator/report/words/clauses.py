"""The rule of a scenario clause by clause, in an office's words, each with the provision that it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from allocator.core.allocation import Allocation
from allocator.core.exact import Number, plain
from allocator.core.model import Scenario
from allocator.core.parts import Earmark, Party, Text
from allocator.core.pools import NEEDED, REST, Pool
from allocator.core.split import Split
from allocator.report.words.corrections import (
    adjustment_lines,
    because,
    deduction_lines,
    rounding_lines,
    way_lines,
)
from allocator.report.words.formulas import in_names
from allocator.report.words.rule import limit_clauses, limit_words, percent, so_many, whom_words
from allocator.text import Phrasebook

MOST_LISTED = 200  # deductions, and adjustments, that a paper lists one by one


def in_clauses(scenario: Scenario) -> bool:
    """True for a rule that one sentence does not hold: with a clause of format 2, or with a provision named.

    >>> from allocator import load_scenario
    >>> in_clauses(load_scenario("scenarios/luzhou-2023/cap-zone.toml"))
    False
    """
    named = (scenario.limits, scenario.earmarks, scenario.factors)
    return bool(scenario.beyond or scenario.pools or any(part.basis for parts in named for part in parts))


def rule_clauses(allocation: Allocation, book: Phrasebook, only: str | None = None) -> list[str]:
    """办法逐条: a sentence for each clause, in the order in which the money goes through them.

    The fund and what comes off first, earmarks, pools with the money of each, who takes part and by what
    weights, indicators, column formulas, limits, money held already, rounding, adjustments.  With ``only`` a
    recipient's id, money held and adjustments are those of that one, and of the others the sum.
    """
    said = [
        *_fund(allocation, book),
        *_earmarks(allocation.scenario, book),
        *_pools(allocation, book),
        *_columns(allocation.scenario, book),
        *_limits(allocation.scenario, book),
        *_held(allocation.scenario, book, only),
        *_rounding(allocation, book),
        *_adjusted(allocation, book, only),
    ]
    return said if book.chinese else [line[:1].upper() + line[1:] for line in said]


def numbered_clauses(allocation: Allocation, book: Phrasebook, only: str | None = None) -> list[str]:
    """The clauses of a rule with their numbers; the one clause of a rule that has no more has none."""
    said = rule_clauses(allocation, book, only)
    if len(said) == 1:
        return said
    return [book.say("clauses.numbered", number=str(at), text=text) for at, text in enumerate(said, 1)]


def _fund(allocation: Allocation, book: Phrasebook) -> Iterator[str]:
    """The fund, what departments get first, what is left; and what of it was issued before."""
    scenario, currency = allocation.scenario, allocation.scenario.fund.currency
    key = "rule.fund" if isinstance(currency, str) else "clauses.total"
    parts = [book.say(key, amount=book.money(scenario.fund.amount, currency))]
    parts += [
        book.say("clauses.reserved", name=one.name, amount=book.money(one.amount, currency))
        for one in scenario.reservations
        if one.amount
    ]
    yield book.say("rule.sentence", clauses=book.say("rule.join").join(parts))
    if scenario.issued is not None:
        sums = (plain(sum(by.values(), start=Fraction())) for by in (scenario.issued, allocation.to_issue))
        issued, now = (book.money(max(amount, -amount), currency) for amount in sums)
        key = "clauses.issued" if scenario.fund.below_zero is None else "clauses.issued_recover"
        yield book.say(key, issued=issued, now=now)


def _earmarks(scenario: Scenario, book: Phrasebook) -> Iterator[str]:
    for earmark in scenario.earmarks:
        if earmark.amount:
            yield because(_earmark(earmark, scenario, book), earmark.reason, earmark.basis, book)


def _earmark(earmark: Earmark, scenario: Scenario, book: Phrasebook) -> str:
    names = {recipient.id: recipient.name for recipient in scenario.recipients}
    amount = book.money(earmark.amount, scenario.fund.currency)
    if earmark.recipients is None and earmark.where is None:
        key = "rule.earmark_shares" if earmark.also_shares else "rule.earmark"
        return book.say(key, name=names[earmark.recipient], amount=amount)
    among = earmark.recipients or (earmark.recipient,)
    whom = whom_words(among, earmark.where, book, limit_words(scenario))
    count = len(scenario.granted(earmark))
    total = book.money(plain(earmark.amount * count), scenario.fund.currency)
    key = "clauses.earmarks_shares" if earmark.also_shares else "clauses.earmarks"
    return book.say(key, whom=whom, amount=amount, count=count, total=total)


# --- pools ----------------------------------------------------------------------------------------


def _pools(allocation: Allocation, book: Phrasebook) -> Iterator[str]:
    """A clause for each pool, one for each indicator, and those on phasing in and on floors from gains."""
    scenario = allocation.scenario
    for split in allocation.splits:
        yield _pool(split, scenario, book)
    for indicator in scenario.indicators:
        parts = [
            book.say("rule.shares_weight", name=scenario.factor(id).name, weight=percent(part, book))
            for id, part in indicator.parts.items()
        ]
        said = book.say("clauses.indicator", name=indicator.name, parts=book.say("place.list").join(parts))
        yield because(said, None, indicator.basis, book)
    yield from way_lines(scenario, book)


def _pool(split: Split, scenario: Scenario, book: Phrasebook) -> str:
    pool = split.pool
    key = {"shares": "pools.shares", "scores": "pools.scores", "fixed": "pools.fixed"}[pool.kind]
    said = book.say(
        key,
        money=_money(split, scenario, book),
        weights=levels(pool, scenario, book),
        whom=_members(split, scenario, book),
    )
    if pool.coefficients:
        names = [scenario.factor(name).name for name in pool.coefficients]
        said += book.say("pools.coefficient", names=names)
    if pool.where is not None:
        said += book.say("pools.where", where=in_names(pool.where, scenario, book))
    if pool.kind == "fixed" and split.multiplier != 1:
        said += book.say("pools.scaled", multiplier=book.number(split.multiplier, 6))
    elif pool.over is not None:
        said += book.say("clauses.over")
    return because(said, None, pool.basis, book)


def _money(split: Split, scenario: Scenario, book: Phrasebook) -> str:
    """The money of a pool, as the rule gives it and as it comes out."""
    pool, fund = split.pool, scenario.fund
    amount = book.money(plain(split.total * Fraction(fund.unit)), fund.currency)
    if not pool.id:
        before = scenario.reserved or scenario.earmarked
        return book.say("clauses.pool_alone_rest" if before else "clauses.pool_alone", amount=amount)
    if pool.percent is not None:
        rate = percent(pool.percent, book)
        return book.say("clauses.pool_percent", name=pool.name, percent=rate, amount=amount)
    if pool.amount == REST:
        return book.say("clauses.pool_rest", name=pool.name, amount=amount)
    if pool.amount == NEEDED:
        return book.say("clauses.pool_needed", name=pool.name, amount=amount)
    given = book.money(pool.amount, fund.currency)  # type: ignore[arg-type]  # the two words are above
    if given != amount:
        return book.say("clauses.pool_within", name=pool.name, limit=given, amount=amount)
    return book.say("pools.named", name=pool.name, amount=amount)


def _members(split: Split, scenario: Scenario, book: Phrasebook) -> str:
    """Those who take part in a pool: how many, of which kind, or which."""
    named = split.pool.recipients
    count = so_many(scenario, len(split.members), book)
    if named == "all":
        return count
    if isinstance(named, str):
        return book.say("clauses.of_kind", kind=book.kind(named), count=count)
    whom = whom_words(named, None, book, limit_words(scenario))
    return whom if split.pool.where is None else book.say("clauses.of_these", whom=whom, count=count)


def levels(pool: Pool, scenario: Scenario, book: Phrasebook, *, parts: bool = True) -> str:
    """The weights of a pool as the rule gives them; with ``parts`` what an indicator's come to."""
    indicators = {indicator.id: indicator for indicator in scenario.indicators}
    effective = scenario.weighted[pool.id]
    said = []
    for id, weight in pool.weights.items():
        if not weight:
            continue
        if id not in indicators:
            said.append(_weight(scenario.factor(id).name, weight, pool, scenario, book))
            continue
        inner = [
            _weight(scenario.factor(part).name, effective[part], pool, scenario, book)
            for part in indicators[id].parts
            if effective[part]
        ]
        whole = _weight(indicators[id].name, weight, pool, scenario, book)
        listed = book.say("clauses.inner_list").join(inner)
        said.append(book.say("clauses.level", whole=whole, parts=listed) if parts else whole)
    return book.say("place.list").join(said)


def _weight(name: Text, weight: Number, pool: Pool, scenario: Scenario, book: Phrasebook) -> str:
    if pool.kind == "shares":
        return book.say("rule.shares_weight", name=name, weight=percent(weight, book))
    if pool.kind == "scores":
        return book.say("rule.scores_weight", name=name, weight=weight)
    return book.say("pools.each", name=name, amount=book.money(weight, scenario.fund.currency))


# --- columns, limits, rounding --------------------------------------------------------------------


def _columns(scenario: Scenario, book: Phrasebook) -> Iterator[str]:
    """The formula of each column that the amounts depend on, and the provision that a column rests on."""
    used = scenario.columns.used
    for factor in scenario.factors:
        if factor.id not in used:
            continue
        if factor.formula is not None:
            said = book.say(
                "clauses.column", name=factor.name, formula=in_names(factor.formula, scenario, book)
            )
            if factor.round is not None:
                said += book.say("clauses.rounded", count=factor.round)
            yield because(said, None, factor.basis, book)
        elif factor.basis is not None:
            yield because(book.say("clauses.data", name=factor.name), None, factor.basis, book)


def _limits(scenario: Scenario, book: Phrasebook) -> Iterator[str]:
    words = limit_words(scenario)
    for limit in scenario.limits:
        said = book.say("rule.join").join(limit_clauses(limit, book, words))
        yield because(said, None, limit.basis, book)


def _rounding(allocation: Allocation, book: Phrasebook) -> list[str]:
    fund = allocation.scenario.fund
    usual: Mapping[str, str] = {
        "largest-remainder": "rule.largest_remainder",
        "rest-to-largest": "rule.rest_to_largest",
    }
    if fund.rounding in usual:
        unit = book.money(fund.unit, fund.currency)
        return [book.say("rule.sentence", clauses=book.say(usual[fund.rounding], unit=unit))]
    return rounding_lines(allocation, book)


# --- money that is not new, and hands that correct ------------------------------------------------


def _held(scenario: Scenario, book: Phrasebook, only: str | None) -> list[str]:
    """The clauses on money held already; with ``only`` those of one, and the sum of the others'."""
    if only is None:
        return deduction_lines(scenario, book, MOST_LISTED)
    own = [one for one in scenario.deductions if one.recipient == only]
    others = [one for one in scenario.deductions if one.recipient != only]
    lines = deduction_lines(scenario, book, MOST_LISTED, own)
    if others and len(scenario.recipients) > 2:  # of two, the sum is the other's
        count = len({one.recipient for one in others})
        amount = plain(sum((one.amount for one in others), start=Fraction()))
        total = book.money(amount, scenario.fund.currency)
        lines.append(book.say("clauses.held_others", count=count, total=total))
    return lines


def _adjusted(allocation: Allocation, book: Phrasebook, only: str | None) -> list[str]:
    """The clauses on adjustments; with ``only`` those of one, and what the others' come to."""
    scenario = allocation.scenario
    if only is None:
        return adjustment_lines(scenario, book, MOST_LISTED)
    own = [
        one
        for one in scenario.adjustments
        if one.recipient == only or (isinstance(one.paid_by, Party) and one.paid_by.recipient == only)
    ]
    lines = adjustment_lines(scenario, book, MOST_LISTED, own)
    others = [by for id, by in allocation.adjustments.items() if id != only and by]
    if others and len(scenario.recipients) > 2:
        sums = hands_words(others, scenario.fund.currency, book)
        lines.append(book.say("clauses.adjusted_others", count=len(others), sums=sums))
    return lines


def hands_words(changes: Sequence[Number], currency: str, book: Phrasebook) -> str:
    """The sums of what hands added and took; of one alone where nothing was added, or taken."""
    more, less = (plain(sum((max(way * by, 0) for by in changes), start=0)) for way in (1, -1))
    key = "clauses.sums_both" if more and less else "clauses.sums_more" if more else "clauses.sums_less"
    return book.say(key, more=book.money(more, currency), less=book.money(less, currency))
