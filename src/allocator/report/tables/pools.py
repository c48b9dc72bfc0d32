"""Remarks on recipients of pools: the limits that they stand at, and conditions that they do not meet."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from allocator.core.allocation import Allocation
from allocator.core.exact import Number
from allocator.core.model import Scenario
from allocator.core.pools import Pool
from allocator.core.split import Rounded
from allocator.core.stages.take_part import named
from allocator.text import Phrasebook

MOST_FIGURES = 3  # figures of a condition that are shown beside who does not meet it


def at_limits(allocation: Allocation, book: Phrasebook) -> Mapping[str, list[str]]:
    """By recipient, the limits that it stands at, with the pool where there are several."""
    found: dict[str, list[str]] = {}
    for split in allocation.splits:
        standing = [(place, "table.at_" + end) for place, end in enumerate(split.at) if end]
        standing += [(place, "table.group_at_" + end) for place, end in split.grouped.items()]
        words = {key: book.say(key) for key in dict.fromkeys(key for _, key in standing)}
        if len(allocation.splits) > 1:
            words = {
                key: book.say("pools.at_limit", name=split.pool.name, at=said) for key, said in words.items()
            }
        for place, key in standing:
            found.setdefault(allocation.scenario.ids[split.members[place]], []).append(words[key])
    if allocation.overall is not None:
        _over_all(allocation, allocation.overall, found, book)
    return found


def _over_all(
    allocation: Allocation, overall: Rounded, found: dict[str, list[str]], book: Phrasebook
) -> None:
    """Adds the limits over all pools that recipients, or their groups, stand at."""
    own = {at: end for at, end in enumerate(overall.at) if end}
    for ends, floor, cap in (
        (own, "table.at_floor", "table.at_cap"),
        (overall.grouped, "table.group_at_floor", "table.group_at_cap"),
    ):
        for at, end in ends.items():
            said = book.say("pools.over_all", at=book.say(floor if end == "floor" else cap))
            found.setdefault(allocation.scenario.ids[overall.members[at]], []).append(said)


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
