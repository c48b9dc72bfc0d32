"""Hints at data that is allowed but often not meant: rows like totals, coefficients of 0."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from allocator.core.exact import Number
from allocator.core.model import Scenario
from allocator.core.pools import Pool


class LikeTotal(NamedTuple):
    """A recipient whose values are the sums of others' in every weighted factor.

    The others are the recipients from position ``first`` up to the one just above it; None: all others.
    """

    recipient: str
    first: int | None


def like_totals(scenario: Scenario) -> list[LikeTotal]:
    """The recipients with exactly the sum of two or more others in every column that the weights rest on.

    The others are all that take part, or a run of rows right above; at least two of them have values.  A run
    counts only with two or more weighted factors: in one column of small numbers such sums arise by chance.

    >>> from allocator import load_scenario
    >>> like_totals(load_scenario("scenarios/luzhou-2023/published-rule.toml"))
    []
    """
    weighted = _given(scenario)
    rows = _packed(weighted)
    whole = sum(rows)
    filled = len(rows) - rows.count(0)
    found: list[LikeTotal] = []
    above = count = 0  # the sum of the rows above, and how many of them hold anything
    # by the sum of all rows before it: where a run starts, and how many before it hold anything
    starts = {above: (0, 0)}
    for at, row in enumerate(rows):
        if row:
            first, held = starts.get(above - row, (0, count))
            if filled > 2 and 2 * row == whole:
                found.append(LikeTotal(_id(scenario, at), None))
            elif len(weighted) > 1 and count - held > 1:
                found.append(LikeTotal(_id(scenario, at), scenario.participants[first]))
            above += row
            count += 1
        starts[above] = at + 1, count
    return found


def _packed(columns: Sequence[Sequence[int]]) -> list[int]:
    """The rows of columns, each as one integer with room for every value: they add and compare as one.

    Sums and differences of rows are equal as integers only where they are in every column, as long as no
    column's comes to more than three times the sum of all sizes in it.

    >>> _packed([[1, 2, 3], [0, 1, 1]])
    [64, 129, 193]
    """
    if not columns:
        return []
    room = max(sum(map(abs, column)) for column in columns).bit_length() + 3
    rows = list(columns[0])
    for column in columns[1:]:
        rows = [(row << room) + value for row, value in zip(rows, column, strict=True)]
    return rows


def _given(scenario: Scenario) -> list[Sequence[int]]:
    """The columns of data behind the weights, of those who take part; without text and what is blank.

    Each is in integers over one denominator.
    """
    if not scenario.beyond:
        ids = [id for id, weight in scenario.weights.items() if weight]
    else:
        ids = [f.id for f in scenario.behind if not f.text and not _blank(scenario.column(f.id))]
    return [scenario.scaled(id, scenario.participants).numerators for id in ids]


def _blank(column: Sequence[Number | None]) -> bool:
    return any(value is None for value in column)


class ZeroCoefficient(NamedTuple):
    """Those whose coefficient in a pool is 0 though they have values of its weighted factors, by id."""

    pool: Pool
    column: str
    recipients: tuple[str, ...]


def zero_coefficients(scenario: Scenario) -> list[ZeroCoefficient]:
    """The coefficients of 0 that take everything from recipients with values, pool by pool.

    Their values still count in the totals of the others' shares: who is to be left out does not take part.
    """
    found = []
    for pool in scenario.rules:
        members = scenario.members[pool.id]
        weights = scenario.weighted[pool.id]
        if not pool.coefficients:
            continue
        weighted = [scenario.numbers(id, members) for id, weight in weights.items() if weight]
        for name in pool.coefficients:
            zero = tuple(
                scenario.ids[i]
                for at, (i, coefficient) in enumerate(
                    zip(members, scenario.numbers(name, members), strict=True)
                )
                if not coefficient and any(column[at] for column in weighted)
            )
            if zero:
                found.append(ZeroCoefficient(pool, name, zero))
    return found


def in_no_pool(scenario: Scenario) -> list[str]:
    """The ids of those that are not only earmarked for and yet take part in no pool: they get 0."""
    somewhere = {i for members in scenario.members.values() for i in members}
    return [scenario.ids[i] for i in scenario.participants if i not in somewhere]


def _id(scenario: Scenario, at: int) -> str:
    return scenario.recipients[scenario.participants[at]].id
