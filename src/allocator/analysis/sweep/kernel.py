"""Many draws at once: scores, limits, whole units, in double precision.

Scores are added up factor by factor, element by element, so that the last bit of a figure never depends on
how draws are grouped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np

from allocator.analysis.sweep.case import Case
from allocator.analysis.sweep.laws import Array
from allocator.analysis.sweep.limiting import bounded, multipliers
from allocator.analysis.sweep.masks import Bools
from allocator.analysis.sweep.rounding import FEW, edges, settled


class Whole(NamedTuple):
    """Amounts in whole units, with masks of the draws that could be allocated and of those with near ties."""

    units: Array
    fits: Bools
    near: Bools


@contextmanager
def brisk() -> Iterator[None]:
    """Keeps numpy from copying values that it broadcasts over short rows into buffers first."""
    before = np.setbufsize(16)
    try:
        yield
    finally:
        np.setbufsize(before)


class Kernel:
    """Works out draws in arrays allocated once; the arrays it returns are overwritten by the next ones.

    All are recipients × draws or draws × recipients, as the case lays them out.
    """

    def __init__(self, case: Case, width: int) -> None:
        size = case.recipients
        self.case = case
        self.axis = 0 if case.draws_last else 1
        shape = (size, width) if case.draws_last else (width, size)
        self.first, self.second, self.third = (np.empty(shape) for _ in range(3))
        self.sorted = np.empty((size + 1, width) if size <= FEW else (width, size), dtype=np.float32)
        self.slack = case.total * (len(case.columns) + 4) * 2.0**-50  # how far off an amount may be

    def across(self, values: Array) -> Array:
        """Values of recipients, laid out against draws."""
        return values[..., :, None] if self.axis == 0 else values[..., None, :]

    def along(self, values: Array) -> Array:
        """Values of draws, laid out against recipients."""
        return values[..., None, :] if self.axis == 0 else values[..., :, None]

    def amounts(self, weights: Array, normal: Callable[[int, Array], object]) -> Whole:
        """Whole units for these weights (factors × draws); ``normal`` fills in factor j's noise."""
        scores = self.scores(weights) if self.case.noise is None else self.noisy_scores(weights, normal)
        return self.rounded(*self.entitlements(scores))

    def scores(self, weights: Array) -> Array:
        """Σ_j w_j x_ij of every draw."""
        columns, drawn, room = self.across(self.case.columns), self.along(weights), self.second
        np.multiply(columns[0], drawn[0], out=self.first)
        for column, weight in zip(columns[1:], drawn[1:], strict=True):
            np.multiply(column, weight, out=room)
            np.add(self.first, room, out=self.first)
        return self.first

    def noisy_scores(self, weights: Array, normal: Callable[[int, Array], object]) -> Array:
        """The same with values times exp(σ z − σ²/2), whose mean is 1; shares are of the noisy column."""
        case, room = self.case, self.second
        assert case.noise is not None
        self.first.fill(0)
        for j, (column, sigma) in enumerate(zip(self.across(case.columns), case.noise, strict=True)):
            weight = weights[j]
            if sigma:
                normal(j, room)
                np.multiply(room, sigma, out=room)
                np.subtract(room, sigma**2 / 2, out=room)
                np.exp(room, out=room)
                np.multiply(room, column, out=room)
                if case.shares:
                    weight = weight / np.maximum(np.add.reduce(room, axis=self.axis), 1e-300)
                np.multiply(room, self.along(weight), out=room)
            else:
                np.multiply(column, self.along(weight), out=room)
            np.add(self.first, room, out=self.first)
        if case.coefficient is not None:
            np.multiply(self.first, self.across(case.coefficient), out=self.first)
        return self.first

    def entitlements(self, scores: Array) -> tuple[Array, Bools]:
        """The scores times the multiplier, within the limits, in units; and a mask of the draws with one."""
        case = self.case
        if case.plain:
            return scores, np.ones(scores.shape[1 - self.axis], dtype=bool)
        with np.errstate(all="ignore"):
            multiplier = case.total / np.add.reduce(scores, axis=self.axis)
        if case.floors is None or case.caps is None:
            fits = np.isfinite(multiplier)
            multiplier[~fits] = 0
            return np.multiply(scores, self.along(multiplier), out=scores), fits
        floors, caps = self.across(case.floors), self.across(case.caps)
        multiplier = multipliers(
            scores, multiplier * case.start, case.total, floors, caps, self.axis, self.second
        )
        fits = np.isfinite(multiplier)
        multiplier[~fits] = 0
        np.multiply(scores, self.along(multiplier), out=scores)
        return bounded(scores, floors, caps, self.axis, scores), fits

    def rounded(self, exact: Array, fits: Bools) -> Whole:
        """Whole units that add up to the total in every draw."""
        if not self.case.largest_remainder:
            return self._rest_to_largest(exact, fits)
        total, axis = self.case.total, self.axis
        units, remainders = self.second, self.third
        np.floor(exact, out=units)
        np.subtract(exact, units, out=remainders)
        count = np.rint(total - np.add.reduce(units, axis=axis)).astype(np.int64)
        least, below = edges(remainders, count, self.sorted, axis)
        # added to all of them, this takes just those from ``least`` on to the next whole unit
        shift = np.where(count > 0, 1 - (least.astype(np.float64) + below) / 2, 0.0)
        np.add(exact, self.along(shift), out=units)
        np.floor(units, out=units)
        off = np.flatnonzero((np.add.reduce(units, axis=axis) != total) & fits)
        if off.size and axis == 0:
            units[:, off] = settled(exact[:, off].T, total).T
        elif off.size:
            units[off] = settled(exact[off], total)
        near = (least - below <= 2.0**-22 + self.slack) & (count > 0) & fits
        return Whole(units, fits, near)

    def _rest_to_largest(self, exact: Array, fits: Bools) -> Whole:
        units, above, case = self.second, self.third, self.case
        np.add(exact, 0.5 + self.slack, out=above)  # what is half a unit in truth counts as that
        np.floor(above, out=units)
        np.subtract(above, units, out=above)  # how far past the last half each stands
        near = np.minimum(above, 1 - above).min(axis=self.axis) <= 2 * self.slack
        rest = case.total - np.add.reduce(units, axis=self.axis)
        largest = np.argmax(exact, axis=self.axis)
        draws = np.arange(largest.size)
        place = (largest, draws) if self.axis == 0 else (draws, largest)
        units[place] += rest
        low = np.zeros(case.recipients) if case.floors is None else case.floors
        high = np.full(case.recipients, np.inf) if case.caps is None else case.caps
        near &= fits
        fits = fits & (units[place] >= low[largest]) & (units[place] <= high[largest])
        return Whole(units, fits, near)
