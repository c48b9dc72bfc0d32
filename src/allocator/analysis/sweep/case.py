"""A scenario as arrays of double-precision numbers, and how its draws are laid out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from fractions import Fraction
from typing import Any, TypeVar

import numpy as np

from allocator.analysis.sweep.laws import Array, Draws, Law, check_factors, draws_of
from allocator.core.allocation import Allocation
from allocator.core.beyond import covers_format_1
from allocator.core.exact import Number, exact
from allocator.core.model import Scenario
from allocator.core.parts import wrong
from allocator.core.stages.feasible import check_feasible

BLOCK = 8192  # draws that share their random numbers: the same ones for any worker
ROOM = 2**19  # bytes of an array that stays in the processor's cache
LONG = 512  # recipients from which they, not the draws, lie side by side in memory
MOST_UNITS = 2**39  # so that sums over a block of draws are exact in double precision

D = TypeVar("D", bound=Any)


def own_copy(frozen: D) -> D:
    """The same with its arrays, and those of its parts, in memory of this process.

    Arrays from another process may lie across machine words, and numpy then takes half as long again.
    """
    moved: dict[str, Any] = {}
    for field in fields(frozen):
        value: Any = getattr(frozen, field.name)
        if isinstance(value, np.ndarray):
            moved[field.name] = value.copy()
        elif is_dataclass(value):
            moved[field.name] = own_copy(value)
    return replace(frozen, **moved)


@dataclass(frozen=True, eq=False)
class Case:
    """The arrays and settings of a scenario for the kernel; money in units.

    ``columns[j, i]`` is recipient i's share of factor j, or its value under ``scores``, with the coefficient;
    without noise also times ``total`` where the scores then need no scaling (``plain``).  ``noise[j]`` is the
    σ of factor j's lognormal noise.  ``floors`` and ``caps`` are None without limits; ``start`` is the
    multiplier that they have under the scenario's own weights.
    """

    seed: int
    draws: Draws
    columns: Array
    coefficient: Array | None
    total: float
    plain: bool
    shares: bool
    largest_remainder: bool
    floors: Array | None
    caps: Array | None
    start: float
    noise: Array | None

    @property
    def recipients(self) -> int:
        """The number of recipients that take part."""
        return int(self.columns.shape[1])

    @property
    def draws_last(self) -> bool:
        """True if arrays are recipients × draws; else they are draws × recipients."""
        return self.recipients <= LONG

    @property
    def width(self) -> int:
        """Draws that are worked out at once."""
        fitting = ROOM // (8 * self.recipients)
        least = 128 if self.draws_last else 16
        return int(min(4096, 2 ** int(np.log2(max(least, fitting)))))

    def random(self, block: int, stream: int = 0) -> np.random.Generator:
        """The random numbers of a block: stream 0 for the weights, 1 for the noise."""
        seeds = np.random.SeedSequence(self.seed, spawn_key=(block, stream))
        return np.random.Generator(np.random.Philox(seeds))

    def weights(self, block: int) -> Array:
        """The weights of a block's draws: factors × draws."""
        return self.draws.draw(self.random(block), BLOCK)


def case_of(present: Allocation, law: Law | None, noise: Mapping[str, Number], seed: int) -> Case:
    """The arrays of a scenario, by its allocation.

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
    shares = scenario.kind == "shares"
    columns = np.array(
        [_column(scenario, factor, used) for factor, used in zip(scenario.weights, draws.drawn, strict=True)]
    )
    spread = _spread(scenario, noise)
    coefficient = None
    if scenario.coefficient is not None:
        coefficient = np.array([float(c) for c in scenario.column(scenario.coefficient)])
        coefficient /= coefficient.max()
    if spread is None and coefficient is not None:
        columns, coefficient = columns * coefficient, None
    floors, caps = present.split.floor_units, present.split.cap_units
    limited = any(f is not None for f in floors) or any(c is not None for c in caps)
    if limited:
        scores = [int(any(column)) for column in columns[list(draws.drawn)].T]
        check_feasible(scenario, scores, floors, caps, total)
    plain = shares and scenario.coefficient is None and not limited and spread is None
    return Case(
        seed=seed,
        draws=draws,
        columns=columns * total if plain else columns,
        coefficient=coefficient,
        total=float(total),
        plain=plain,
        shares=shares,
        largest_remainder=scenario.fund.rounding == "largest-remainder",
        floors=np.array([float(f or 0) for f in floors]) if limited else None,
        caps=np.array([float(total if c is None else c) for c in caps]) if limited else None,
        start=float(present.split.multiplier),
        noise=spread,
    )


def _column(scenario: Scenario, factor: str, used: bool) -> list[float]:
    values = [Fraction(value or 0) for value in scenario.column(factor)]
    if scenario.kind == "scores":
        return [float(value) for value in values]
    whole = sum(values)
    if used and not whole:
        wrong("column_zero", "factors", {"column": factor}, name=factor)
    return [float(value / whole) if whole else 0.0 for value in values]


def _spread(scenario: Scenario, noise: Mapping[str, Number]) -> Array | None:
    """σ of the lognormal noise whose standard deviation is so many percent of a value: σ² = ln(1 + part²)."""
    check_factors(noise, scenario.weights, "noise")
    for percent in noise.values():
        if not 0 <= exact(percent) <= 100:
            wrong("sweep_noise", at={"option": "noise"}, value=percent)
    parts = np.array([float(noise.get(factor, 0)) / 100 for factor in scenario.weights])
    return np.sqrt(np.log1p(parts**2)) if parts.any() else None
