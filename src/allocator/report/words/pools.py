"""The pools of a rule in words: the money of each, who shares in it, by what, and who does not and why."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from allocator.core.allocation import Allocation, Split
from allocator.core.exact import Number
from allocator.core.model import Scenario
from allocator.core.pools import Pool
from allocator.core.stages.take_part import named
from allocator.report.words.rule import percent, so_many
from allocator.text import Phrasebook

MOST_FIGURES = 3  # figures of a condition that are shown beside who does not meet it


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


def at_limits(allocation: Allocation, book: Phrasebook) -> Mapping[str, list[str]]:
    """By recipient, the limits that it stands at, with the pool where there are several."""
    found: dict[str, list[str]] = {}
    for split in allocation.splits:
        for i, at in zip(split.members, split.at, strict=True):
            if at:
                said = book.say("table.at_floor" if at == "floor" else "table.at_cap")
                if len(allocation.splits) > 1:
                    said = book.say("pools.at_limit", name=split.pool.name, at=said)
                found.setdefault(allocation.scenario.ids[i], []).append(said)
    return found


def unmet_words(scenario: Scenario, book: Phrasebook) -> Mapping[str, list[str]]:
    """By recipient, a remark for each pool that names it and whose condition it fails, with the figures."""
    found: dict[str, list[str]] = {}
    for pool in scenario.pools:
        if pool.where is None:
            continue
        taking = set(scenario.members[pool.id])
        for i in named(scenario, scenario.participants, pool.recipients):
            if i not in taking:
                figures = _figures(scenario, pool, i, book)
                key = "pools.unmet_in" if pool.id else "pools.unmet"
                said = book.say(key, name=book.text(pool.name), figures=figures)
                found.setdefault(scenario.ids[i], []).append(said)
    return found


def _figures(scenario: Scenario, pool: Pool, at: int, book: Phrasebook) -> str:
    """The figures of a recipient that a pool's condition looks at."""
    said = []
    columns = {factor.id: factor for factor in scenario.factors}
    for name in (pool.where.names if pool.where is not None else ())[:MOST_FIGURES]:
        value: Number | str | None
        if name in columns:
            value = scenario.numbers(name, (at,))[0]
            shown = book.text(columns[name].name)
        else:  # last year's amount
            value, shown = (scenario.previous or {}).get(scenario.ids[at]), book.say("table.previous")
        text = (
            value
            if isinstance(value, str)
            else "—"
            if value is None
            else book.number(round(Fraction(value), 6))
        )
        said.append(book.say("pools.figure", name=shown, value=text))
    return book.say("place.list").join(said)
