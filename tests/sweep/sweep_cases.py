"""What tests of sweeps share: draws worked out one by one, densely and exactly."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from allocator import Allocation, Scenario, allocate
from allocator.analysis.batch import Kernel, brisk
from allocator.analysis.sweep.case import Case, case_of
from allocator.analysis.sweep.laws import BLOCK
from allocator.analysis.sweep.sweeping import Sweep


def all_units(found: Sweep) -> np.ndarray:
    """Every draw's whole units, draws × recipients that take part, those left out as NaN."""
    case = case_of(found.present, found.law, found.noise, found.seed)
    rows, width = [], case.width
    with brisk():
        kernel = Kernel(case.figures, width)
        for block in range(-(-found.draws // BLOCK)):
            weights, noise = case.weights(block), case.random(block, 1)
            for start in range(0, BLOCK, width):
                drawn = np.ascontiguousarray(weights[:, start : start + width])
                whole = kernel.rounded(*kernel.entitlements(case.scores(kernel, drawn, noise)))
                units = (whole.units.T if kernel.axis == 0 else whole.units).copy()
                units[~whole.fits] = np.nan
                rows.append(units)
    return np.concatenate(rows)[: found.draws]


def with_drawn(scenario: Scenario, weights: np.ndarray) -> Scenario:
    """The scenario under weights as they were drawn, taken exactly and brought to 100 %."""
    exact = [Fraction(float(weight)) for weight in weights]
    return replace(
        scenario,
        weights={f: w * 100 / sum(exact) for f, w in zip(scenario.weights, exact, strict=True)},
    )


def kernel_of(scenario: Scenario, law: Any, width: int, noise: Any = None) -> tuple[Case, Kernel, np.ndarray]:
    """A case, its kernel and the first weights."""
    case = case_of(allocate(scenario), law, noise or {}, 1)
    return case, Kernel(case.figures, width), np.ascontiguousarray(case.weights(0)[:, :width])


def exact_limited(allocation: Allocation) -> list[Fraction]:
    """Amounts after limits, in units, before rounding."""
    return [Fraction(units, allocation.split.limited_over) for units in allocation.split.limited_units]
