"""The laws that weights are drawn by: around the scenario's, anywhere, or within so many points of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from allocator.analysis.batch.masks import Array
from allocator.core.exact import Number, exact
from allocator.core.naming import guess
from allocator.core.parts import wrong


@dataclass(frozen=True)
class Around:
    """Dirichlet(concentration · w): mean w, variance w_j (1 − w_j) / (concentration + 1), w in parts of 1.

    The larger the concentration, the nearer to the scenario's weights; 100 is about ± 5 points at 40 %.
    Raises ScenarioError unless it is above zero and at most a million.
    """

    concentration: Number = 100

    def __post_init__(self) -> None:
        object.__setattr__(self, "concentration", exact(self.concentration))
        if not 0 < self.concentration <= 10**6:
            wrong("sweep_concentration", at={"option": "around"}, value=self.concentration)


@dataclass(frozen=True)
class Anywhere:
    """Any weights at all: uniform over all that add up to 100, Dirichlet(1, …, 1)."""


@dataclass(frozen=True)
class Within:
    """Uniform over the weights within so many points of the scenario's (and from 0 to 100).

    ``points`` for all factors, or by factor; factors not named keep their weight.  Raises ScenarioError for
    points below zero or above 100.
    """

    points: Number | Mapping[str, Number] = 5

    def __post_init__(self) -> None:
        given = self.points.values() if isinstance(self.points, Mapping) else [self.points]
        for value in given:
            if not 0 <= exact(value) <= 100:
                wrong("sweep_points", at={"option": "points"}, value=value)


Law = Around | Anywhere | Within


BLOCK = 8192  # draws that share their random numbers: the same ones for any worker


def random_of(seed: int, block: int, stream: int = 0) -> np.random.Generator:
    """The random numbers of a block of draws, a stream for each thing that is drawn."""
    seeds = np.random.SeedSequence(seed, spawn_key=(block, stream))
    return np.random.Generator(np.random.Philox(seeds))


@dataclass(frozen=True)
class Draws:
    """A law for given weights, ready to be drawn from; ``low`` and ``high`` only under `Within`.

    ``alpha`` are a Dirichlet's; ``tilt`` is the rate of the exponentials from which a slice is drawn.
    """

    base: tuple[float, ...]
    alpha: tuple[float, ...] = ()
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    tilt: float = 0.0

    @property
    def drawn(self) -> tuple[bool, ...]:
        """True for each factor that can have a weight above zero."""
        return tuple(most > 0 for most in self.high or self.alpha or self.base)

    def draw(self, random: np.random.Generator, count: int) -> Array:
        """So many draws of the weights, in parts of 1: factors × draws, columns adding up to 1."""
        if self.alpha:
            return _dirichlet(self.alpha, random, count)
        if self.low:
            return _slice(self, random, count)
        return np.repeat(np.array(self.base)[:, None], count, axis=1)


def draws_of(law: Law | None, weights: Mapping[str, Number]) -> Draws:
    """The law for these weights; None leaves them as they are.  Raises ScenarioError for unknown factors."""
    total = sum(weights.values(), start=Fraction(0))
    base = tuple(float(weight / total) for weight in weights.values())
    if law is None or len(weights) == 1:
        return Draws(base)
    if isinstance(law, Around):
        return Draws(base, alpha=tuple(float(law.concentration * w / total) for w in weights.values()))
    if isinstance(law, Anywhere):
        return Draws(base, alpha=(1.0,) * len(base))
    points = law.points if isinstance(law.points, Mapping) else dict.fromkeys(weights, law.points)
    check_factors(points, weights, "points")
    low, high = ends({factor: exact(points.get(factor, 0)) for factor in weights}, weights)
    if sum(bottom < top for bottom, top in zip(low, high, strict=True)) < 2:
        return Draws(base)
    return Draws(base, low=low, high=high, tilt=_tilt(np.array(low), np.array(high)))


def ends(
    points: Mapping[str, Number], weights: Mapping[str, Number]
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The least and the most that each weight can be, in parts of 1, with all near enough and adding up to 1.

    >>> ends({"a": 5, "b": 50}, {"a": 40, "b": 60})
    ((0.35, 0.55), (0.45, 0.65))
    """
    total = sum(weights.values(), start=Fraction(0))
    parts = {factor: weight * Fraction(100) / total for factor, weight in weights.items()}
    low = {factor: max(Fraction(0), parts[factor] - points[factor]) for factor in weights}
    high = {factor: min(Fraction(100), parts[factor] + points[factor]) for factor in weights}
    least, most = sum(low.values()), sum(high.values())
    return (
        tuple(float(max(low[f], 100 - most + high[f]) / 100) for f in weights),
        tuple(float(min(high[f], 100 - least + low[f]) / 100) for f in weights),
    )


def check_factors(named: Iterable[str], weights: Collection[str], option: str) -> None:
    """Raises ScenarioError unless all of these factors are among those with a weight, or with data."""
    for factor in named:
        if factor not in weights:
            wrong("audit_factor", at={"option": option}, name=factor, guess=guess(factor, weights))


def covariance(draws: Draws) -> Array | None:
    """The covariance of a Dirichlet's weights, (m_j δ_jk − m_j m_k) / (Σ α + 1); None for other laws."""
    if not draws.alpha:
        return None
    alpha = np.array(draws.alpha)
    total = alpha.sum()
    mean = alpha / total
    return np.asarray((np.diag(mean) - np.outer(mean, mean)) / (total + 1))


def _dirichlet(alpha: tuple[float, ...], random: np.random.Generator, count: int) -> Array:
    if all(a == 1 for a in alpha):
        drawn = random.standard_exponential((len(alpha), count))
    else:
        drawn = random.standard_gamma(np.array(alpha)[:, None], (len(alpha), count))
        # a gamma of a tiny shape may be zero for all factors at once: then one of them has all of the weight
        lost = np.flatnonzero(drawn.sum(axis=0) <= 0)
        if lost.size:
            chosen = random.choice(len(alpha), lost.size, p=np.array(alpha) / sum(alpha))
            drawn[chosen, lost] = 1.0
    return _over_sum(drawn)


def _over_sum(drawn: Array) -> Array:
    """The columns over their sums, which are added up in listed order."""
    total = drawn[0].copy()
    for row in drawn[1:]:
        total += row
    drawn /= total
    return drawn


# --- the slice of the simplex ---------------------------------------------------------------------
#
# Uniform weights of which each lies between its ends and all add up to 1.  Exponentials of one common rate,
# each cut off at its ends, have on that slice the density exp(rate · Σ w), which is constant there.  So all
# but the widest are drawn so, the widest is what is left, and it is taken with the chance that its own
# cut-off exponential gives it.  With the rate at which the expected sum is 1 the sum falls there often: by
# the central limit theorem the chance is of the order of 1/√factors, however small or cornered the slice.


def _mean(low: Array, high: Array, rate: float) -> float:
    """The sum of the means of exponentials cut off at their ends."""
    width = high - low
    x = rate * width
    with np.errstate(all="ignore"):
        inside = np.where(np.abs(x) < 1e-4, 0.5 + x / 12, 1 / -np.expm1(-x) - 1 / x)
    return float((low + width * inside).sum())


def _tilt(low: Array, high: Array) -> float:
    """The rate at which the expected sum is 1: found within some factors / width, as the ends are tight."""
    from scipy.optimize import brentq

    reach = 1.0
    scale = float((high - low).max())
    while not _mean(low, high, -reach / scale) <= 1 <= _mean(low, high, reach / scale):
        reach *= 4
    return float(brentq(lambda rate: _mean(low, high, rate) - 1, -reach / scale, reach / scale))


def _slice(draws: Draws, random: np.random.Generator, count: int) -> Array:
    low, high = np.array(draws.low), np.array(draws.high)
    last = int(np.argmax(high - low))
    others = [j for j in range(len(low)) if j != last]
    low_, width = low[others][:, None], (high - low)[others][:, None]
    peak = high[last] if draws.tilt > 0 else low[last]
    found = np.empty((len(low), count))
    have = 0
    while have < count:
        uniform = random.random((len(others) + 1, count))
        drawn = low_ + width * _cut_exponential(uniform[:-1], draws.tilt * width)
        rest = 1 - drawn[0]
        for row in drawn[1:]:
            rest -= row
        taken = (rest >= low[last]) & (rest <= high[last])
        taken &= uniform[-1] <= np.exp(draws.tilt * (rest - peak), where=taken, out=np.zeros(count))
        chosen = np.flatnonzero(taken)[: count - have]
        found[others, have : have + chosen.size] = drawn[:, chosen]
        found[last, have : have + chosen.size] = rest[chosen]
        have += chosen.size
    return found


def _cut_exponential(uniform: Array, rate: Array) -> Array:
    """Draws from 0 to 1 with a density of exp(rate · x), by the inverse of its distribution."""
    with np.errstate(all="ignore"):
        # for positive rates mirrored, so that nothing overflows
        size = np.abs(rate)
        drawn = -np.log1p(uniform * np.expm1(-size)) / size
        mirrored = np.where(rate > 0, 1 - drawn, drawn)
    return np.asarray(np.where(size < 1e-9, uniform, mirrored))
