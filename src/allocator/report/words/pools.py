"""The pools of a rule in words: the money of each, who shares in it, and by what."""

from __future__ import annotations

from allocator.core.allocation import Allocation
from allocator.core.model import Scenario
from allocator.core.split import Split
from allocator.report.words.formulas import in_names
from allocator.report.words.rule import so_many, weights_words
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
    line = book.say(key, money=line, weights=weights_words(scenario, book, pool), whom=whom)
    if pool.coefficients:
        names = [scenario.factor(name).name for name in pool.coefficients]
        line += book.say("pools.coefficient", names=names)
    if pool.where is not None:
        line += book.say("pools.where", where=in_names(pool.where, scenario, book))
    if pool.kind == "fixed" and split.multiplier != 1:
        line += book.say("pools.scaled", multiplier=book.number(split.multiplier, 6))
    if pool.basis is not None:
        line += book.say("pools.basis", basis=pool.basis)
    return line + book.say("pools.end")
