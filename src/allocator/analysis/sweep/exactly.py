"""Draws of rules that the kernel does not cover: each is allocated exactly, with what was drawn.

The weights of every pool that shares by weights are drawn by the law, to nine decimals; noise is on the data
behind the rule, to twelve digits, and column formulas and conditions are worked out anew from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, gcd, lcm, log10
from typing import Any

import numpy as np

from allocator.analysis.batch.masks import Array, Bools, Ints
from allocator.analysis.sweep.laws import BLOCK, Draws, Law, Within, check_factors, draws_of, random_of
from allocator.core.allocation import Allocation
from allocator.core.engine import plan
from allocator.core.errors import AllocatorError
from allocator.core.exact import Number, plain
from allocator.core.model import Scenario
from allocator.core.parts import Factor, wrong

FINE = 10**9  # the parts that drawn weights are rounded to
DIGITS = 12  # of a value with noise
WIDTH = 64  # draws after which progress is told


@dataclass(frozen=True, eq=False)
class Kept:
    """The amounts of draws, in units: recipients × draws that count; and the mask of all."""

    units: Ints
    fits: Bools


@dataclass(frozen=True, eq=False)
class Exactly:
    """A rule for exact draws: the laws of its pools' weights, and the σ of each factor's noise.

    ``unit`` is the money that amounts are counted in: what divides all that can be paid out.
    """

    scenario: Scenario
    seed: int
    draws: tuple[tuple[str, Draws], ...]
    noise: Mapping[str, float]
    unit: Number
    total: float

    axis = 0
    width = WIDTH

    @property
    def recipients(self) -> int:
        """The number of recipients, all of which are counted."""
        return len(self.scenario.recipients)

    def batches(
        self, block: int, wanted: int, tell: Callable[[int], object] | None
    ) -> Iterator[tuple[Array, Bools, Kept]]:
        """The amounts of a block's draws that count, in batches; none of them is in doubt."""
        weights = [
            (pool, draws.draw(random_of(self.seed, block, 10 + at), BLOCK))
            for at, (pool, draws) in enumerate(self.draws)
        ]
        random = random_of(self.seed, block, 1)
        for start in range(0, wanted, WIDTH):
            here = range(start, min(start + WIDTH, wanted))
            found = [self._amounts({p: w[:, at] for p, w in weights}, random) for at in here]
            fits = np.array([amounts is not None for amounts in found])
            kept = [amounts for amounts in found if amounts is not None]
            units = np.array(kept, dtype=np.int64).reshape(len(kept), self.recipients).T
            yield np.ascontiguousarray(units, dtype=float), np.zeros(len(here), bool), Kept(units, fits)
            if tell is not None:
                tell(len(here))

    def again(
        self, known: Sequence[Kept], first: int, last: int, tell: Callable[[int], object] | None
    ) -> Iterator[Array]:
        """The units of some recipients, recipients × draws, in batches, as they are kept."""
        for kept in known:
            yield kept.units[first:last].astype(float)
            if tell is not None:
                tell(kept.fits.size)

    def _amounts(self, weights: Mapping[str, Array], random: np.random.Generator) -> list[int] | None:
        """Everybody's amount under these weights, and with noise; None where it cannot be allocated."""
        noisy = {factor: random.standard_normal(self.recipients) for factor in self.noise}
        try:
            found = plan(self._drawn(weights, noisy))
        except AllocatorError:
            return None
        unit = Fraction(self.unit)
        return [int(Fraction(amount) / unit) for amount in found.amounts.values()]

    def _drawn(self, weights: Mapping[str, Array], noisy: Mapping[str, Array]) -> Scenario:
        scenario = self.scenario
        pools = tuple(
            replace(pool, weights=_whole(pool.weights, weights[pool.id])) if pool.id in weights else pool
            for pool in scenario.pools
        )
        factors = tuple(
            _noisy(factor, self.noise[factor.id], noisy[factor.id]) if factor.id in noisy else factor
            for factor in scenario.factors
        )
        return replace(scenario, pools=pools, factors=factors)


def _whole(weights: Mapping[str, Number], parts: Array) -> dict[str, Number]:
    """Drawn weights in percent, to nine decimals, adding up to 100."""
    units = [int(part) for part in np.rint(parts * FINE)]
    units[int(np.argmax(parts))] += FINE - sum(units)
    return {factor: plain(Fraction(n * 100, FINE)) for factor, n in zip(weights, units, strict=True)}


def _noisy(factor: Factor, sigma: float, normal: Array) -> Factor:
    """The column with each value times exp(σ z − σ²/2)."""
    values: list[Any] = []
    for value, z in zip(factor.values, np.exp(sigma * normal - sigma**2 / 2), strict=True):
        if not value or isinstance(value, str):
            values.append(value)
            continue
        changed = float(value) * float(z)
        scale = 10 ** max(0, DIGITS - ceil(log10(abs(changed) + 1e-300)))
        values.append(plain(Fraction(round(changed * scale), scale)))
    return replace(factor, values=tuple(values))


def exactly(present: Allocation, law: Law | None, noise: Mapping[str, Number], seed: int) -> Exactly:
    """The rule of an allocation for exact draws.  Raises ScenarioError for what cannot be drawn."""
    given = present.scenario
    pools = tuple(replace(pool, weights=given.weighted[pool.id]) for pool in given.rules)
    scenario = replace(given, pools=pools, indicators=(), kind="", weights={}, coefficient=None)
    weighted = [pool for pool in pools if pool.kind in ("shares", "scores")]
    if isinstance(law, Within) and isinstance(law.points, Mapping):
        check_factors(law.points, [factor for pool in weighted for factor in pool.weights], "points")
    data = {f.id for f in given.behind if f.formula is None and not f.text}
    check_factors(noise, data, "noise")
    for percent in noise.values():
        if not 0 <= percent <= 100:
            wrong("sweep_noise", at={"option": "noise"}, value=percent)
    amounts = [given.fund.unit, *given_amounts(given)]
    over = lcm(*(Fraction(x).denominator for x in amounts))
    unit = Fraction(gcd(*(int(x * over) for x in amounts)), over)
    total = float(Fraction(sum(present.amounts.values(), start=Fraction(0))) / unit)
    draws = [(pool.id, draws_of(_own(law, pool.weights), pool.weights)) for pool in weighted]
    return Exactly(
        scenario,
        seed,
        tuple((pool, own) for pool, own in draws if own.alpha or own.low),  # others keep their weights
        {factor: float(np.sqrt(np.log1p((float(noise[factor]) / 100) ** 2))) for factor in noise},
        plain(unit),
        total,
    )


def given_amounts(scenario: Scenario) -> list[Number]:
    """The fixed amounts that come on top of whole units: earmarks, what is held, adjustments."""
    amounts = [amount for _, amount, _ in scenario.grants]
    amounts += [adjustment.amount for adjustment in scenario.adjustments]
    amounts += [deduction.amount for deduction in scenario.deductions]
    return [amount for amount in amounts if amount]


def _own(law: Law | None, weights: Mapping[str, Number]) -> Law | None:
    """The law for one pool: points of its own factors alone."""
    if isinstance(law, Within) and isinstance(law.points, Mapping):
        return Within({factor: x for factor, x in law.points.items() if factor in weights})
    return law
