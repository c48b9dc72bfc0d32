"""Weights as whole moves from the present ones, and all moves of one size in the order in which they count.

Of moves with the same Σ|change| those with the smallest largest change come first, and of these the ones
that leave the factor listed first the most, then the second, and so on.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from allocator.core.exact import Frozen, Number, exact, plain
from allocator.core.model import Scenario
from allocator.core.naming import guess
from allocator.core.parts import Text, brief, in_full, number_at, wrong

if TYPE_CHECKING:
    import numpy as np

FINEST = Fraction(1, 100)  # of a percentage point: as fine as weights are written
MOST_ROWS = 12_000_000  # partial moves looked at
MOST_KEPT = 3_000_000  # of one size, held at a time
BLOCK = 1 << 19


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
    """The allowed moves of weights in steps of so many percentage points, with some kept or bounded.

    Raises ScenarioError for a step below 0.01, for factors without a weight in the scenario, and where no
    weights are within the bounds.
    """
    nobody = set()
    if scenario.kind == "shares" and scenario.participants:  # nobody can have a share of it
        nobody = {factor for factor in scenario.weights if not any(scenario.column(factor))}
    total = sum(scenario.weights.values(), start=Fraction(0))
    size = points_of(step) * total / 100
    names = {factor: scenario.factor(factor).name for factor in scenario.weights}
    return moves_among(scenario.weights, size, names, step, keep, bounds, nobody)


def points_of(step: Number) -> Fraction:
    """A step in percentage points; raises ScenarioError for none, and for one below 0.01."""
    try:
        points = Fraction(exact(step))
    except ValueError:
        wrong("number", at={"option": "step"}, value=brief(step))
    if not FINEST <= points <= 100:
        wrong("seek_step", at={"option": "step"}, value=in_full(points))
    return points


def moves_among(
    values: Mapping[str, Number],
    size: Fraction,
    names: Mapping[str, Text],
    step: Number,
    keep: Sequence[str],
    bounds: Mapping[str, tuple[Number | None, Number | None]] | None,
    nobody: Set[str] = frozenset(),
    unknown: str = "audit_factor",
) -> Moves:
    """The allowed moves of some values in steps of this size, none below zero, their sum unchanged.

    ``nobody`` are those that must be zero, ``unknown`` is the sentence about a name that is none of them.
    Raises ScenarioError where none are within the bounds.
    """
    bounds, total = bounds or {}, sum(values.values(), start=Fraction(0))
    for option, named in (("keep", keep), ("bound", bounds)):
        for name in named:
            if name not in values:
                wrong(unknown, at={"option": option}, name=name, guess=guess(name, values))
            if option == "bound" and name in keep:
                wrong("seek_keep_bound", at={"option": option}, name=name)
    low, high, ends = [], [], []
    for name, value in values.items():
        least, most = bounds.get(name, (None, None))
        least = Fraction(0) if least is None else Fraction(number_at(least, "bound"))
        most = Fraction(total) if most is None else Fraction(number_at(most, "bound"))
        if least > most:
            wrong("audit_range", at={"option": "bound"}, low=least, high=most)
        if name in keep:
            least = most = Fraction(value)
        elif name in nobody:
            most = min(most, Fraction(0))
        most = min(most, total)
        ends.append((plain(least), plain(most)))
        low.append(math.ceil((least - value) / size))
        high.append(math.floor((most - value) / size))
        if low[-1] > high[-1]:
            wrong("seek_bound_step", at={"option": "bound"}, name=names[name], step=points_of(step))
    if sum(low) > 0 or sum(high) < 0:
        wrong("seek_bound_sum", at={"option": "bound"}, total=total)
    return Moves(tuple(values), tuple(values.values()), size, tuple(low), tuple(high), tuple(ends))


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

        Raises TooMany once that takes too long or too much memory.
        """
        import numpy as np

        size = len(self.moves.factors)
        found = _Partial(
            np.zeros((1, 0), dtype=np.int16),
            np.array([steps]),
            np.array([steps]),
            [np.zeros(1)] * len(self.forms),
        )
        found = found.at(self._possible(0, found))
        for j in range(size):
            if not len(found.rows):
                return np.zeros((0, size), dtype=np.int16)
            found = self._extended(j, found)
        rows = found.rows
        keys = [-rows[:, j] for j in reversed(range(size))]
        return np.asarray(rows[np.lexsort([*keys, abs(rows).max(axis=1, initial=0)])])

    def _extended(self, j: int, found: _Partial) -> _Partial:
        """The partial moves with all moves of factor j that can be completed."""
        import numpy as np

        left = len(self.moves.factors) - 1 - j
        least = np.maximum(self.moves.low[j], -found.down)
        most = np.minimum(self.moves.high[j], found.up)
        counts = np.maximum(most - least + 1, 0)
        both = (found.up > 0) & (found.down > 0)
        if (
            left == 1
        ):  # the last factor cannot move up and down: either this one takes all that goes up, or down
            counts = np.where(both, 2, counts)
        elif left == 0:
            counts = np.where(both, 0, np.minimum(counts, 1))
            least = found.up - found.down
        blocks = []
        ends = np.cumsum(counts)
        self.rows += int(ends[-1])
        if self.rows > MOST_ROWS:
            raise TooMany
        start = 0
        while start < len(counts):
            done = ends[start - 1] if start else 0
            stop = max(start + 1, int(np.searchsorted(ends, done + BLOCK, side="right")))
            of = np.repeat(np.arange(start, stop), counts[start:stop])
            nth = np.arange(len(of)) + done - (ends[of] - counts[of])
            move = least[of] + nth
            if left == 1:
                move = np.where(both[of], np.where(nth == 0, -found.down[of], found.up[of]), move)
            block = _Partial(
                np.column_stack([found.rows[of], move.astype(np.int16)]),
                found.up[of] - np.maximum(move, 0),
                found.down[of] + np.minimum(move, 0),
                [value[of] + c[j] * move for value, (c, _) in zip(found.values, self.forms, strict=True)],
            )
            kept = self._possible(j + 1, block)
            kept &= (move >= self.moves.low[j]) & (move <= self.moves.high[j])
            blocks.append(block.at(kept))
            start = stop
            if sum(len(block.rows) for block in blocks) > MOST_KEPT:
                raise TooMany
        return _Partial.joined(blocks)

    def _possible(self, j: int, found: _Partial) -> np.ndarray:
        """The mask of the partial moves that the factors from j on can complete."""
        import numpy as np

        up, down = found.up, found.down
        most_up, most_down, least_up, least_down = self.room[j]
        kept = (up <= most_up) & (down <= most_down) & (up >= least_up) & (down >= least_down)
        forms = zip(found.values, self.forms, self.best[j], self.slack, strict=True)
        for value, (_, least), (best_up, best_down), slack in forms:
            ends = np.minimum(up, len(best_up) - 1), np.minimum(down, len(best_down) - 1)
            kept = kept & (value + best_up[ends[0]] + best_down[ends[1]] >= least - slack)
        return np.asarray(kept)


@dataclass(frozen=True)
class _Partial:
    """Moves of the first factors, a row each: the steps that are left up and down, the forms so far."""

    rows: np.ndarray
    up: np.ndarray
    down: np.ndarray
    values: Sequence[np.ndarray]

    def at(self, kept: np.ndarray) -> _Partial:
        """Some of the rows."""
        values = [value[kept] for value in self.values]
        return _Partial(self.rows[kept], self.up[kept], self.down[kept], values)

    @classmethod
    def joined(cls, parts: Sequence[_Partial]) -> _Partial:
        """All rows of several."""
        import numpy as np

        columns = zip(*((part.rows, part.up, part.down, *part.values) for part in parts), strict=True)
        rows, up, down, *values = (np.concatenate(column) for column in columns)
        return cls(rows, up, down, values)


def _best(coefficients: np.ndarray, room: Sequence[int], most: int) -> np.ndarray:
    """The most that n steps can add, for n from 0 on: into the best factor first."""
    import numpy as np

    order = np.argsort(-coefficients, kind="stable")
    steps = np.repeat(coefficients[order], np.array(room, dtype=int)[order])[:most]
    return np.concatenate([[0.0], np.cumsum(steps)])
