"""Hints at data that is allowed but often not meant: rows like totals, coefficients of 0."""

from __future__ import annotations

from typing import NamedTuple

from allocator.core.exact import scaled
from allocator.core.model import Scenario


class LikeTotal(NamedTuple):
    """A recipient whose values are the sums of others' in every weighted factor.

    The others are the recipients from position ``first`` up to the one just above it; None: all others.
    """

    recipient: str
    first: int | None


def like_totals(scenario: Scenario) -> list[LikeTotal]:
    """The recipients with exactly the sum of two or more others in every weighted factor.

    The others are all that take part, or a run of rows right above; at least two of them have values.  A run
    counts only with two or more weighted factors: in one column of small numbers such sums arise by chance.

    >>> from allocator import load_scenario
    >>> like_totals(load_scenario("scenarios/luzhou-2023/published-rule.toml"))
    []
    """
    weighted = [scaled(scenario.column(id))[0] for id, weight in scenario.weights.items() if weight]
    rows = list(zip(*weighted, strict=True))
    sums = tuple(map(sum, weighted))
    none = (0,) * len(weighted)
    filled = sum(row != none for row in rows)
    found: list[LikeTotal] = []
    above, count = none, 0  # the sum of the rows above, and how many of them hold anything
    # by the sum of all rows before it: where a run starts, and how many before it hold anything
    starts = {above: (0, 0)}
    for at, row in enumerate(rows):
        if row != none:
            before = tuple(total - value for total, value in zip(above, row, strict=True))
            first, held = starts.get(before, (0, count))
            if filled > 2 and all(2 * value == total for value, total in zip(row, sums, strict=True)):
                found.append(LikeTotal(_id(scenario, at), None))
            elif len(weighted) > 1 and count - held > 1:
                found.append(LikeTotal(_id(scenario, at), scenario.participants[first]))
            above = tuple(total + value for total, value in zip(above, row, strict=True))
            count += 1
        starts[above] = at + 1, count
    return found


def zero_coefficients(scenario: Scenario) -> list[str]:
    """The ids of those whose coefficient is 0 though they have values of weighted factors."""
    if scenario.coefficient is None:
        return []
    weighted = [scenario.column(id) for id, weight in scenario.weights.items() if weight]
    coefficients = scenario.column(scenario.coefficient)
    return [
        _id(scenario, at)
        for at, coefficient in enumerate(coefficients)
        if not coefficient and any(column[at] for column in weighted)
    ]


def _id(scenario: Scenario, at: int) -> str:
    return scenario.recipients[scenario.participants[at]].id
