"""Weights as whole moves from the present ones, and all moves of one size in the order in which they count.

Of moves with the same Σ|change| those with the smallest largest change come first, and of these the ones
that leave the factor listed first the most, then the second, and so on.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from allocator.exact import Frozen, Number, exact, plain
from allocator.model import Scenario
from allocator.parts import brief, in_full, nearest, number_at, wrong

if TYPE_CHECKING:
    import numpy as np

FINEST = Fraction(1, 100)  # of a percentage point: as fine as weights are written
MOST_ROWS = 4_000_000


class TooMany(Exception):
    """More moves than can be gone through."""


@dataclass(frozen=True)
class Moves:
    """The moves that are allowed: factor j by ``low[j]`` to ``high[j]`` steps, all of them adding up to zero.

    ``ends`` are the least and the most weight of each factor, whether or not that is whole steps away.
    ``step`` is the weight of one step.  For scores, where weights are multipliers, a percentage point is a
    hundredth of their sum, and the sum is kept: only their proportions count.
    """

    factors: tuple[str, ...]
    present: tuple[Number, ...]
    step: Fraction
    low: tuple[int, ...]
    high: tuple[int, ...]
    ends: tuple[tuple[Number, Number], ...]

    def weights(self, moves: Iterable[int]) -> Mapping[str, Number]:
        """The weights after these moves."""
        changed = zip(self.factors, self.present, moves, strict=True)
        return Frozen({factor: plain(w + int(move) * self.step) for factor, w, move in changed})

    @property
    def most(self) -> int:
        """The most that can be moved, in steps up (and as many down)."""
        return min(sum(max(high, 0) for high in self.high), -sum(min(low, 0) for low in self.low))


def moves_of(
    scenario: Scenario,
    step: Number = 1,
    keep: Sequence[str] = (),
    bounds: Mapping[str, tuple[Number | None, Number | None]] | None = None,
) -> Moves:
    """The moves in steps of so many percentage points; weights kept or bounded.

    Raises ScenarioError for a step below 0.01, for factors without a weight in the scenario, and where no
    weights are within the bounds.
    """
    bounds = bounds or {}
    total = sum(scenario.weights.values(), start=Fraction(0))
    try:
        points = Fraction(exact(step))
    except ValueError:
        wrong("number", "step", value=brief(step))
    if not FINEST <= points <= 100:
        wrong("seek_step", "step", value=in_full(points))
    size = points * total / 100
    for place, named in (("keep", keep), ("bound", bounds)):
        for name in named:
            if name not in scenario.weights:
                near = nearest(name, scenario.weights) or next(iter(scenario.weights))
                wrong("audit_factor", place, name=name, near=near)
            if place == "bound" and name in keep:
                wrong("seek_keep_bound", place, name=name)
    low, high, ends = [], [], []
    for factor, weight in scenario.weights.items():
        least, most = bounds.get(factor, (None, None))
        least = Fraction(0) if least is None else Fraction(number_at(least, "bound"))
        most = Fraction(total) if most is None else Fraction(number_at(most, "bound"))
        if least > most:
            wrong("audit_range", "bound", low=least, high=most)
        if factor in keep:
            least = most = Fraction(weight)
        elif scenario.kind == "shares" and scenario.participants and not any(scenario.column(factor)):
            most = min(most, Fraction(0))  # nobody can have a share of it
        most = min(most, total)
        ends.append((plain(least), plain(most)))
        low.append(math.ceil((least - weight) / size))
        high.append(math.floor((most - weight) / size))
        if low[-1] > high[-1]:
            wrong("seek_bound_step", "bound", name=scenario.factor(factor).name, step=points)
    if sum(low) > 0 or sum(high) < 0:
        wrong("seek_bound_sum", "bound", total=total)
    return Moves(
        tuple(scenario.weights), tuple(scenario.weights.values()), size, tuple(low), tuple(high), tuple(ends)
    )


class Levels:
    """All allowed moves that take so many steps up and as many down, if they can fulfil every linear form.

    A form (coefficients, least) stands for Σ coefficient · move ≥ least.  Factor by factor, in listed order,
    what no completion can bring to its least is dropped: the most that the remaining factors can add is that
    of the best ones, which a table holds by the steps that are left.
    """

    def __init__(self, moves: Moves, forms: Sequence[tuple[Sequence[float], float]]) -> None:
        import numpy as np

        self.moves, self.forms, self.rows = moves, forms, 0
        size, most = len(moves.factors), moves.most
        self.room = [
            (
                sum(max(high, 0) for high in moves.high[j:]),
                -sum(min(low, 0) for low in moves.low[j:]),
                sum(max(low, 0) for low in moves.low[j:]),
                -sum(min(high, 0) for high in moves.high[j:]),
            )
            for j in range(size + 1)
        ]
        self.best = [
            [
                (
                    _best(np.array(c[j:]), [max(high, 0) for high in moves.high[j:]], most),
                    _best(-np.array(c[j:]), [-min(low, 0) for low in moves.low[j:]], most),
                )
                for c, _ in forms
            ]
            for j in range(size + 1)
        ]
        # what summing in float can lose, many times over
        self.slack = [1e-9 * max(map(abs, c), default=0.0) * (most + 1) for c, _ in forms]

    def level(self, steps: int) -> np.ndarray:
        """The moves that take this many steps up, in the order in which they count.

        Raises TooMany once more than MOST_ROWS partial moves have been looked at.
        """
        import numpy as np

        size = len(self.moves.factors)
        rows = np.zeros((1, 0), dtype=np.int16)
        up, down = np.array([steps]), np.array([steps])
        values = [np.zeros(1) for _ in self.forms]
        kept = self._possible(0, up, down, values)
        for j in range(size):
            if not kept.all():
                rows, up, down = rows[kept], up[kept], down[kept]
                values = [value[kept] for value in values]
            least = np.maximum(self.moves.low[j], -down)
            most = np.minimum(self.moves.high[j], up)
            counts = np.maximum(most - least + 1, 0)
            total = int(counts.sum())
            self.rows += total
            if self.rows > MOST_ROWS:
                raise TooMany
            of = np.repeat(np.arange(len(counts)), counts)
            move = least[of] + np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts)
            rows = np.column_stack([rows[of], move.astype(np.int16)])
            up, down = up[of] - np.maximum(move, 0), down[of] + np.minimum(move, 0)
            values = [value[of] + c[j] * move for value, (c, _) in zip(values, self.forms, strict=True)]
            kept = self._possible(j + 1, up, down, values)
        rows = rows[kept]
        keys = [-rows[:, j] for j in reversed(range(size))]
        return np.asarray(rows[np.lexsort([*keys, abs(rows).max(axis=1, initial=0)])])

    def _possible(self, j: int, up: np.ndarray, down: np.ndarray, values: Sequence[np.ndarray]) -> np.ndarray:
        """Which rows the factors from j on can complete."""
        import numpy as np

        most_up, most_down, least_up, least_down = self.room[j]
        kept = (up <= most_up) & (down <= most_down) & (up >= least_up) & (down >= least_down)
        forms = zip(values, self.forms, self.best[j], self.slack, strict=True)
        for value, (_, least), (best_up, best_down), slack in forms:
            ends = np.minimum(up, len(best_up) - 1), np.minimum(down, len(best_down) - 1)
            kept = kept & (value + best_up[ends[0]] + best_down[ends[1]] >= least - slack)
        return np.asarray(kept)


def _best(coefficients: np.ndarray, room: Sequence[int], most: int) -> np.ndarray:
    """The most that n steps can add, for n from 0 on: into the best factor first."""
    import numpy as np

    order = np.argsort(-coefficients, kind="stable")
    steps = np.repeat(coefficients[order], np.array(room, dtype=int)[order])[:most]
    return np.concatenate([[0.0], np.cumsum(steps)])
