"""The settings of the weights on a page: slider points, what they mean, presets, the address.  No Streamlit.

Points are what a person sets: percent for kind "shares", whole unless entered exactly, multipliers for kind
"scores", by factor.  None stands for the scenario's own weights.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from allocator.core.exact import Number, exact, scaled
from allocator.core.model import Scenario
from allocator.core.pools import Pool
from allocator.core.stages.round import largest_remainder
from allocator.text import ZH, Phrasebook

Points = Mapping[str, Number]
MOST = 10**6  # the largest multiplier that the page takes
DECIMALS = 6  # that a weight entered exactly may have


def to_hundred(points: Points) -> dict[str, Number]:
    """The points scaled to exactly 100 percent; raises ValueError when all are zero.

    >>> to_hundred({"a": 60, "b": 50})
    {'a': Fraction(600, 11), 'b': Fraction(500, 11)}
    """
    total = sum(points.values(), start=0)
    if not total:
        raise ValueError("all weights are zero")
    return {factor: exact(Fraction(100 * value) / total) for factor, value in points.items()}


def whole(weights: Points) -> dict[str, int]:
    """Whole percent that add up to 100, by the largest remainder.

    >>> whole({"a": 60, "b": 50})
    {'a': 55, 'b': 45}
    """
    numerators, over = scaled(list(to_hundred(weights).values()))
    percents, _ = largest_remainder(numerators, over, 100)
    return dict(zip(weights, percents, strict=True))


def effective(scenario: Scenario, points: Points | None) -> dict[str, Number] | None:
    """The weights that the allocation uses, or None where all points are zero."""
    if points is None or dict(points) == dict(scenario.weights):
        return dict(scenario.weights)
    if not any(points.values()):
        return None
    return to_hundred(points) if scenario.kind == "shares" else dict(points)


def slid(scenario: Scenario) -> Mapping[str, Number]:
    """The weights that points can be set for, by key: a factor, or of pools ``pool.factor``.

    Of pools these are the weights that are shares of more than one factor or indicator.
    """
    if not scenario.pools:
        return scenario.weights
    pools = (pool for pool in scenario.pools if pool.kind == "shares" and len(pool.weights) > 1)
    return {key_of(pool, name): weight for pool in pools for name, weight in pool.weights.items()}


def key_of(pool: Pool, name: str) -> str:
    """The key of a factor's or indicator's weight in a pool."""
    return f"{pool.id}.{name}" if pool.id else name


def of_pool(pool: Pool, points: Points) -> dict[str, Number]:
    """The points of a pool's weights, by factor or indicator; none where it has none."""
    return {name: points[key_of(pool, name)] for name in pool.weights if key_of(pool, name) in points}


def standing(scenario: Scenario, points: Points | None) -> Scenario | None:
    """The scenario under the points, or None where all points of its weights, or of a pool's, are zero."""
    if not scenario.pools:
        weights = effective(scenario, points)
        same = weights == dict(scenario.weights)
        return scenario if same else None if weights is None else replace(scenario, weights=weights)
    pools = []
    for pool in scenario.pools:
        own = of_pool(pool, points or {})
        if own and not any(own.values()):
            return None
        same = not own or own == dict(pool.weights)
        pools.append(pool if same else replace(pool, weights=to_hundred(own)))
    return scenario if tuple(pools) == scenario.pools else replace(scenario, pools=tuple(pools))


def shown(scenario: Scenario, points: Points | None) -> dict[str, Number]:
    """The values of the controls: the points, else the scenario's weights, as whole percent for "shares"."""
    standing = scenario.weights if points is None else points
    return dict(whole(standing) if has_fractions(scenario, points) else standing)


def has_fractions(scenario: Scenario, points: Points | None = None) -> bool:
    """True if weights in percent are not whole, so that the sliders cannot show them exactly."""
    standing = scenario.weights if points is None else points
    return scenario.kind == "shares" and any(w.denominator != 1 for w in standing.values())


def as_written(weight: Number, book: Phrasebook) -> str:
    """A weight exactly: as a decimal where six places are enough, else as a fraction.

    >>> as_written(exact("33.4"), Phrasebook("en")), as_written(Fraction(100, 3), Phrasebook("en"))
    ('33.4', '100/3')
    """
    return book.number(weight) if (weight * 10**6).denominator == 1 else str(weight)


@dataclass(frozen=True)
class Preset:
    """Points to choose with one click; ``key`` is "file", "equal", or the slug of another scenario."""

    key: str
    points: Points | None
    weights: Mapping[str, Number]

    def summary(self, book: Phrasebook) -> str:
        """The weights in short: 40/40/10/10."""
        return "/".join(book.number(round(Fraction(w), 2)) for w in self.weights.values())


def presets(scenario: Scenario, file: Scenario, others: Mapping[str, Scenario] | None = None) -> list[Preset]:
    """The file's weights, equal ones, and those of other scenarios with the same factors, each once.

    ``file`` is what the scenario was before its rule was edited.
    """
    count = len(scenario.weights)
    same = 1 if scenario.kind == "scores" else max(1, 100 // count)
    candidates: list[tuple[str, Points | None]] = []

    def offer(key: str, other: Scenario) -> None:
        fits = other.kind == scenario.kind and set(other.weights) == set(scenario.weights)
        if fits and dict(other.weights) == dict(scenario.weights):
            candidates.append((key, None))
        elif fits and not has_fractions(other):
            candidates.append((key, {factor: other.weights[factor] for factor in scenario.weights}))

    offer("file", file)
    candidates.append(("equal", dict.fromkeys(scenario.weights, same)))
    for slug, other in (others or {}).items():
        offer(slug, other)
    kept: list[Preset] = []
    for key, points in candidates:
        weights = effective(scenario, points) or {}
        if all(weights != other.weights for other in kept):
            kept.append(Preset(key, points, weights))
    return kept


def read_points(scenario: Scenario, given: Mapping[str, str]) -> Points | None:
    """Points from an address, None where it names none; raises ValueError unless it names all, rightly."""
    if not given:
        return None
    if set(given) != set(slid(scenario)):
        raise ValueError("other factors")
    points: dict[str, Number] = {}
    for factor in slid(scenario):
        text = given[factor]
        if len(text) > 24 or not text.isascii():
            raise ValueError("not a weight")
        points[factor] = check_point(exact(text), scenario.kind or "shares")
    return points


def check_point(value: Number, kind: str) -> Number:
    """The value, unless it is beyond what the page takes; raises ValueError."""
    if not 0 <= value <= (100 if kind == "shares" else MOST) or (value * 10**DECIMALS).denominator != 1:
        raise ValueError("not a weight")
    return value


def write_points(points: Points | None) -> dict[str, str]:
    """Points as an address carries them."""
    return {factor: ZH.number(value) for factor, value in (points or {}).items()}
