"""The lines along which weights move: one to another, or one by itself while the others keep proportions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from allocator.core.exact import Number, plain
from allocator.core.model import Scenario


@dataclass(frozen=True)
class Line:
    """Weights w_j(t) = start_j + t · step_j for 0 ≤ t ≤ most, t in percentage points; Σ step = 0.

    A percentage point is a hundredth of all weights together, which for "shares" is one percent.
    """

    start: Mapping[str, Number]
    step: Mapping[str, Number]
    most: Number

    def weights(self, points: Number) -> dict[str, Number]:
        """The weights after so many points.

        >>> Line({"a": 40, "b": 60}, {"a": 1, "b": -1}, 60).weights(5)
        {'a': 45, 'b': 55}
        """
        return {j: plain(Fraction(w) + Fraction(points) * self.step[j]) for j, w in self.start.items()}


def exchange(scenario: Scenario, giver: str, taker: str) -> Line | None:
    """The line from one factor's weight to another's; None where the first has none or the second no data."""
    weights = scenario.weights
    if giver == taker or not weights[giver] or not has_data(scenario, taker):
        return None
    point = Fraction(sum(weights.values()), 100)
    step = {j: plain(point * ((j == taker) - (j == giver))) for j in weights}
    return Line(weights, step, plain(weights[giver] / point))


def alone(scenario: Scenario, factor: str, *, up: bool) -> Line | None:
    """The line on which one weight changes and the others keep their proportions; None where it cannot."""
    weights = scenario.weights
    total = Fraction(sum(weights.values()))
    own, rest = weights[factor], total - weights[factor]
    if not rest or not (rest if up else own) or not has_data(scenario, factor):
        return None
    point = total / 100 if up else -total / 100
    step = {j: plain(point if j == factor else -point * w / rest) for j, w in weights.items()}
    return Line(weights, step, plain((rest if up else own) / (total / 100)))


def has_data(scenario: Scenario, factor: str) -> bool:
    """True if a weight on this factor can be used: for "shares" somebody must have some of it."""
    if scenario.kind != "shares":
        return True
    own = scenario.factor(factor)
    if own.formula is not None:
        return any(scenario.column(factor))
    return any(own.values[i] for i in scenario.participants)  # in no need of them all
