"""A scenario's figures for a sweep, and how its draws are laid out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from allocator.analysis.batch import Cut, Figures, Kernel, figures_of
from allocator.analysis.batch.masks import Array, Bools
from allocator.analysis.sweep.laws import BLOCK, Draws, Law, check_factors, draws_of, random_of
from allocator.core.allocation import Allocation
from allocator.core.beyond import covers_format_1
from allocator.core.exact import Number, exact
from allocator.core.model import Scenario
from allocator.core.parts import wrong

Tell = Callable[[int], object]
TILE = 2**16  # amounts of some recipients that are worked out at once
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
        return random_of(self.seed, block, stream)

    def weights(self, block: int) -> Array:
        """The weights of a block's draws: factors × draws."""
        return self.draws.draw(self.random(block), BLOCK)

    @property
    def recipients(self) -> int:
        """The number of recipients that are counted: those that take part."""
        return self.figures.recipients

    @property
    def total(self) -> float:
        """The money, in units."""
        return self.figures.total

    @property
    def axis(self) -> int:
        """The axis of the recipients."""
        return self.figures.axis

    @property
    def width(self) -> int:
        """Draws that are worked out at once."""
        return self.figures.width if self.noise is None else self.figures.noisy_width

    def batches(self, block: int, wanted: int, tell: Tell | None) -> Iterator[tuple[Array, Bools, Cut]]:
        """The amounts of a block's draws that count, in batches, with the near ties and the cuts of all."""
        kernel, width = self._kernel, self.width
        weights, noise = self.weights(block), self.random(block, 1)
        for start in range(0, wanted, width):
            drawn = np.ascontiguousarray(weights[:, start : start + width])
            units, near, cut = kernel.rounded(*kernel.entitlements(self.scores(kernel, drawn, noise)))
            here = min(width, wanted - start)
            cut = cut.between(0, here)
            yield _kept(units, cut.fits, kernel.axis), near[:here], cut
            if tell is not None:
                tell(here)

    @cached_property
    def _kernel(self) -> Kernel:
        return Kernel(self.figures, self.width)

    def again(self, known: Sequence[Cut], first: int, last: int, tell: Tell | None) -> Iterator[Array]:
        """The units of some recipients, recipients × draws, in batches; without draws that do not count.

        ``known`` are the cuts of the blocks.
        """
        some = self.figures.of(first, last)
        width = self.width
        if self.noise is None:  # nothing of the others is needed
            width = min(BLOCK, 2 ** int(np.log2(max(128, TILE // (last - first)))))
        kernel = Kernel(some, width, axis=0)
        everybody = kernel if self.noise is None else self._kernel
        for block, cut in enumerate(known):
            weights, noise = self.weights(block), self.random(block, 1)
            for start in range(0, cut.shift.size, width):
                drawn = np.ascontiguousarray(weights[:, start : start + width])
                scores = self.scores(everybody, drawn, noise)
                if everybody is not kernel:
                    own = scores[first:last] if everybody.axis == 0 else scores[:, first:last].T
                    scores = kernel.first
                    np.copyto(scores, own)
                here = cut.between(start, start + width)
                units = kernel.again(scores[:, : here.shift.size], here, first)
                yield units if here.fits.all() else units[:, here.fits]
                if tell is not None:
                    tell(here.shift.size)

    def scores(self, kernel: Kernel, weights: Array, random: np.random.Generator) -> Array:
        """The scores under these weights, with noise from these random numbers where there is any."""
        if self.noise is None:
            return kernel.scores(weights)
        return kernel.noisy_scores(weights, self.noise, lambda _, room: random.standard_normal(out=room))


def _kept(units: Array, fits: Bools, axis: int) -> Array:
    """The draws that count; the mask may be shorter than there are draws."""
    if fits.size == units.shape[1 - axis] and fits.all():
        return units
    kept = np.flatnonzero(fits)
    return np.ascontiguousarray(units[:, kept] if axis == 0 else units[kept])


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
