"""The pools of a rule in words: the money of each, who shares in it, and by what."""

from __future__ import annotations

from allocator.core.allocation import Allocation, Split
from allocator.core.model import Scenario
from allocator.core.pools import Pool
from allocator.report.words.rule import percent, so_many
from allocator.text import Phrasebook


def pool_lines(allocation: Allocation, book: Phrasebook) -> list[str]:
    """A sentence on each pool; none for a rule that format 1 can say."""
    scenario = allocation.scenario
    if not scenario.pools:
        return []
    return [_line(scenario, split, book) for split in allocation.splits]


def _line(scenario: Scenario, split: Split, book: Phrasebook) -> str:
    pool, fund = split.pool, scenario.fund
    amount = book.money(split.total * fund.unit, fund.currency)
    line = amount if not pool.id else book.say("pools.named", name=pool.name, amount=amount)
    key = {"shares": "pools.shares", "scores": "pools.scores", "fixed": "pools.fixed"}[pool.kind]
    whom = so_many(scenario, len(split.members), book)
    line = book.say(key, money=line, weights=pool_weights(scenario, pool, book), whom=whom)
    if pool.coefficients:
        names = [scenario.factor(name).name for name in pool.coefficients]
        line += book.say("pools.coefficient", names=names)
    if pool.where is not None:
        line += book.say("pools.where", where=pool.where.text)
    if pool.kind == "fixed" and split.multiplier != 1:
        line += book.say("pools.scaled", multiplier=book.number(split.multiplier, 6))
    if pool.basis is not None:
        line += book.say("pools.basis", basis=pool.basis)
    return line + book.say("pools.end")


def pool_weights(scenario: Scenario, pool: Pool, book: Phrasebook) -> str:
    """The weights of a pool's factors that are not zero, indicators handed down, each with its factor."""
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
