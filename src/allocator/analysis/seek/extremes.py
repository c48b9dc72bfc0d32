"""The least and the most that some recipients can get under any allowed weights, exactly.

Before limits and rounding they get D · Σ w_j N_j / Σ w_j S_j, with N_j and S_j what one of weight brings them
and everybody.  A ratio of linear functions is largest at a corner of what is allowed; under all weights that
is all weight on one factor, so that for shares the extremes are the smallest and the largest factor share.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from allocator.analysis.seek.measure import points
from allocator.analysis.seek.moves import Moves
from allocator.analysis.seek.targets import earmarked, members
from allocator.core.exact import Frozen, Number, plain
from allocator.core.model import Scenario


@dataclass(frozen=True)
class Reach:
    """The least and the most that recipients can get, before limits and rounding, earmarks included.

    ``low_weights`` and ``high_weights`` are weights at which they get that.
    """

    low: Number
    high: Number
    low_weights: Mapping[str, Number]
    high_weights: Mapping[str, Number]


def reach(scenario: Scenario, recipients: Sequence[str], moves: Moves) -> Reach:
    """The least and the most that these recipients together can get within the bounds of the moves.

    Weights may be any there, not only whole steps away.

    >>> from allocator import load_scenario
    >>> from allocator.analysis.seek.moves import moves_of
    >>> scenario = load_scenario("scenarios/luzhou-2023/published-rule.toml")
    >>> reach(scenario, ["ftz"], moves_of(scenario)).low  # 80.94 % of 56,020,000
    45342588
    """
    table = points(scenario)
    chosen = members(scenario, recipients)
    parts = [sum((row[i] for i in chosen), start=Fraction(0)) for row in table]
    wholes = [sum(row, start=Fraction(0)) for row in table]
    apart = earmarked(scenario, recipients)

    def end(side: int) -> tuple[Number, Mapping[str, Number]]:
        weights = best_weights(wholes, moves)  # allowed, and not without any score where that can be helped
        best, ratio = weights, None
        while True:
            whole = _dot(weights, wholes)
            found = _dot(weights, parts) / whole if whole else Fraction(0)
            if ratio is not None and (not whole or side * found <= side * ratio):
                break
            best, ratio = weights, found
            gains = [side * (n - found * s) for n, s in zip(parts, wholes, strict=True)]
            weights = best_weights(gains, moves)
        return plain(apart + scenario.distributable * ratio), Frozen(
            dict(zip(moves.factors, map(plain, best), strict=True))
        )

    (low, low_weights), (high, high_weights) = end(-1), end(1)
    return Reach(low, high, low_weights, high_weights)


def best_weights(gains: Sequence[Fraction], moves: Moves) -> list[Fraction]:
    """The weights within the bounds of the moves at which Σ gain · weight is largest."""
    weights = [Fraction(low) for low, _ in moves.ends]
    left = sum(moves.present, start=Fraction(0)) - sum(weights, start=Fraction(0))
    for j in sorted(range(len(gains)), key=lambda j: -gains[j]):
        more = min(left, moves.ends[j][1] - weights[j])
        weights[j] += more
        left -= more
    return weights


def _dot(weights: Sequence[Fraction], values: Sequence[Fraction]) -> Fraction:
    return sum((w * x for w, x in zip(weights, values, strict=True)), start=Fraction(0))
