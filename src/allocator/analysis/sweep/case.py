"""A scenario's figures for a sweep, and how its draws are laid out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from allocator.analysis.batch import Figures, Kernel, figures_of
from allocator.analysis.batch.masks import Array
from allocator.analysis.sweep.laws import Draws, Law, check_factors, draws_of
from allocator.core.allocation import Allocation
from allocator.core.beyond import covers_format_1
from allocator.core.exact import Number, exact
from allocator.core.model import Scenario
from allocator.core.parts import wrong

BLOCK = 8192  # draws that share their random numbers: the same ones for any worker
MOST_UNITS = 2**39  # so that sums over a block of draws are exact in double precision


@dataclass(frozen=True, eq=False)
class Case:
    """The figures of a rule, the law of its draws, and the σ of each factor's lognormal noise."""

    seed: int
    draws: Draws
    figures: Figures
    noise: Array | None

    def random(self, block: int, stream: int = 0) -> np.random.Generator:
        """The random numbers of a block: stream 0 for the weights, 1 for the noise."""
        seeds = np.random.SeedSequence(self.seed, spawn_key=(block, stream))
        return np.random.Generator(np.random.Philox(seeds))

    def weights(self, block: int) -> Array:
        """The weights of a block's draws: factors × draws."""
        return self.draws.draw(self.random(block), BLOCK)

    def scores(self, kernel: Kernel, weights: Array, random: np.random.Generator) -> Array:
        """The scores under these weights, with noise from these random numbers where there is any."""
        if self.noise is None:
            return kernel.scores(weights)
        return kernel.noisy_scores(weights, self.noise, lambda _, room: random.standard_normal(out=room))


def case_of(present: Allocation, law: Law | None, noise: Mapping[str, Number], seed: int) -> Case:
    """The case of a scenario, by its allocation.

    Raises ScenarioError for what cannot be drawn, InfeasibleError where the limits cannot all hold.
    """
    covers_format_1(present.scenario, "beyond.surface.sweep")
    scenario = present.scenario
    draws = draws_of(law, scenario.weights)
    total = sum(present.split.units)
    if not total:
        wrong("sweep_nothing")
    if total > MOST_UNITS:
        wrong("sweep_units", count=total, most=MOST_UNITS)
    spread = _spread(scenario, noise)
    return Case(seed, draws, figures_of(present, draws.drawn, apart=spread is not None), spread)


def _spread(scenario: Scenario, noise: Mapping[str, Number]) -> Array | None:
    """σ of the lognormal noise whose standard deviation is so many percent of a value: σ² = ln(1 + part²)."""
    check_factors(noise, scenario.weights, "noise")
    for percent in noise.values():
        if not 0 <= exact(percent) <= 100:
            wrong("sweep_noise", at={"option": "noise"}, value=percent)
    parts = np.array([float(noise.get(factor, 0)) / 100 for factor in scenario.weights])
    return np.sqrt(np.log1p(parts**2)) if parts.any() else None
