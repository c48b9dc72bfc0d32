"""What `seek` is held against: all weights, one after another, with nothing but the allocation itself."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product
from random import Random

import numpy as np

from allocator import Allocation, Scenario, allocate
from allocator.analysis.seek import Target, measured
from allocator.core.errors import AllocatorError


def key(moves: Sequence[int]) -> tuple[int, int, list[int]]:
    """By this all moves are compared: Σ|change|, the largest single change, what the first factor keeps."""
    return sum(map(abs, moves)), max(map(abs, moves)), [-move for move in moves]


def with_moves(scenario: Scenario, moves: Sequence[int], step: Fraction) -> Scenario:
    """The scenario after these moves; a step is a part of the sum of all weights."""
    total = sum(scenario.weights.values(), start=Fraction(0))
    changed = zip(scenario.weights.items(), moves, strict=True)
    return replace(scenario, weights={factor: w + step * total * move for (factor, w), move in changed})


def brute(
    scenario: Scenario,
    targets: Sequence[Target],
    points: int,
    bounds: Mapping[str, tuple[int, int]] | None = None,
) -> Allocation | None:
    """The nearest weights in steps of so many points that meet the targets, by allocating all of them."""
    step = Fraction(points, 100)
    total = sum(scenario.weights.values(), start=Fraction(0))
    ranges = []
    for factor, weight in scenario.weights.items():
        low, high = (bounds or {}).get(factor, (0, total))
        ranges.append(
            [
                move
                for move in range(-100 // points - 1, 100 // points + 2)
                if low <= weight + step * total * move <= high
            ]
        )
    best = None
    for moves in product(*ranges):
        if sum(moves) or (best is not None and key(moves) >= best[0]):
            continue
        try:
            found = allocate(with_moves(scenario, moves, step))
        except AllocatorError:
            continue
        if all(target.met(found) for target in targets):
            best = key(moves), found
    return None if best is None else best[1]


def whole_weights() -> np.ndarray:
    """All 176,851 weights of four factors in whole percentage points."""
    a, b, c = np.meshgrid(*[np.arange(101)] * 3, indexing="ij")
    rows = np.column_stack([part.ravel() for part in (a, b, c, 100 - a - b - c)])
    return rows[rows[:, 3] >= 0].astype(np.int64)


def amounts_of(weights: np.ndarray, columns: Sequence[Sequence[int]], total: int, shares: bool) -> np.ndarray:
    """Whole units by the largest remainder, by row of weights: integers only, written from docs/method.md.

    The columns are of whole numbers, and for shares all add up to the same.
    """
    table = np.array(columns, dtype=np.int64)
    assert not shares or len(set(table.sum(axis=1))) == 1
    scores = weights @ table
    over = scores.sum(axis=1, keepdims=True)
    units, remainders = np.divmod(total * scores, over)
    short = total - units.sum(axis=1)
    order = np.argsort(-remainders, axis=1, kind="stable")
    places = np.argsort(order, axis=1, kind="stable")
    return units + (places < short[:, None])


def nearest(weights: np.ndarray, met: np.ndarray, present: Sequence[int]) -> list[int] | None:
    """Of the rows that are met the one that counts as the nearest to the present weights."""
    rows = weights[met]
    if not len(rows):
        return None
    moves = rows - np.array(present)
    keys = [*(-rows[:, j] for j in reversed(range(rows.shape[1])))]
    order = np.lexsort([*keys, abs(moves).max(axis=1), abs(moves).sum(axis=1)])
    return rows[order[0]].tolist()


def random_targets(rnd: Random, scenario: Scenario) -> list[Target]:
    """Targets at or near to what other weights bring, so that many can just be met or just not."""
    total = sum(scenario.weights.values(), start=Fraction(0))
    cuts = sorted(rnd.randint(0, 20) for _ in list(scenario.weights)[1:])
    parts = [b - a for a, b in zip([0, *cuts], [*cuts, 20], strict=True)]
    weights = {factor: part * total / 20 for factor, part in zip(scenario.weights, parts, strict=True)}
    try:
        there = allocate(replace(scenario, weights=weights))
    except AllocatorError:
        there = allocate(scenario)
    targets = []
    for _ in range(rnd.choice((1, 1, 2, 3))):
        of = rnd.choice(("amount", "amount", "share", "rank", "difference"))
        if scenario.published is None and of == "difference":
            of = "amount"
        size = 1 if of == "rank" else rnd.choice((1, 1, min(2, len(scenario.ids))))
        ids = tuple(rnd.sample(scenario.ids, size))
        relation = rnd.choice(("<=", ">=", "<=", ">=", "=="))
        value = measured(Target(of, ids, relation, 1), there)
        if of == "amount" and relation != "==":
            value = max(0, value + rnd.choice((0, 0, 1, -1, 5)) * scenario.fund.unit)
        targets.append(Target(of, ids, relation, value))
    return targets
