"""Many draws at once: scores, limits, whole units, in double precision.

Scores are added up factor by factor, element by element, so that the last bit of a figure never depends on
how draws, or recipients, are grouped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from allocator.analysis.batch.figures import Figures
from allocator.analysis.batch.limiting import bounded, multipliers
from allocator.analysis.batch.masks import Array, Bools, Ints
from allocator.analysis.batch.rounding import NONE, Ties, edges, room_for, ties_of

APART = 8  # numbers between the rows of an array that is read by columns


@dataclass(frozen=True, eq=False)
class Cut:
    """The way to the whole units of draws, each by itself, once the scores are known.

    ``multiplier`` times the scores, within the limits, plus ``shift``, rounded down; it is NaN for draws that
    cannot be allocated.  By the largest remainder a few draws are settled by ``ties`` instead.  Else
    ``largest`` has the ``rest`` on top.
    """

    multiplier: Array
    shift: Array
    ties: Ties = NONE
    largest: Ints | None = None
    rest: Array | None = None

    @property
    def fits(self) -> Bools:
        """The mask of the draws that could be allocated."""
        return ~np.isnan(self.multiplier)

    def between(self, start: int, end: int) -> Cut:
        """The cut of the draws from one up to another."""
        here = slice(start, end)
        largest = None if self.largest is None else self.largest[here]
        rest = None if self.rest is None else self.rest[here]
        return Cut(self.multiplier[here], self.shift[here], self.ties.between(start, end), largest, rest)

    @staticmethod
    def joined(parts: Sequence[Cut]) -> Cut:
        """The cuts of draws one after the other."""
        starts = np.cumsum([0, *(part.shift.size for part in parts)])

        def all_of(name: str) -> Any:
            return np.concatenate([getattr(part, name) for part in parts])

        ties = Ties(
            np.concatenate([part.ties.at + start for part, start in zip(parts, starts, strict=False)]),
            *(np.concatenate([getattr(part.ties, of) for part in parts]) for of in ("edge", "last", "less")),
        )
        rests = (None, None) if parts[0].largest is None else (all_of("largest"), all_of("rest"))
        return Cut(all_of("multiplier"), all_of("shift"), ties, *rests)


class Whole(NamedTuple):
    """Amounts in whole units, with the mask of the draws that have near ties, and what settled them."""

    units: Array
    near: Bools
    cut: Cut

    @property
    def fits(self) -> Bools:
        """The mask of the draws that could be allocated."""
        return self.cut.fits


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

    All are recipients × draws or draws × recipients, as ``axis`` says, else as the figures lay them out.
    """

    def __init__(self, figures: Figures, width: int, axis: int | None = None) -> None:
        size = figures.recipients
        self.figures = figures
        self.axis = figures.axis if axis is None else axis
        shape = (size, width) if self.axis == 0 else (width, size)
        self.first, self.second = np.empty(shape), np.empty(shape)
        # columns of rows whose length is a power of two fall into the same few lines of the cache
        self.third = np.empty((shape[0], shape[1] + APART))[:, : shape[1]]
        self.sorted = room_for(size, width)
        self.slack = figures.total * (len(figures.columns) + 4) * 2.0**-50  # how far off an amount may be

    def across(self, values: Array) -> Array:
        """Values of recipients, laid out against draws."""
        return values[..., :, None] if self.axis == 0 else values[..., None, :]

    def along(self, values: Array) -> Array:
        """Values of draws, laid out against recipients."""
        return values[..., None, :] if self.axis == 0 else values[..., :, None]

    def amounts(self, weights: Array) -> Whole:
        """Whole units for these weights (factors × draws)."""
        return self.rounded(*self.entitlements(self.scores(weights)))

    def scores(self, weights: Array) -> Array:
        """Σ_j w_j x_ij of every draw."""
        columns, drawn = self.across(self.figures.columns), self.along(weights)
        whole, room = self.first, self.second
        np.multiply(columns[0], drawn[0], out=whole)
        for column, weight in zip(columns[1:], drawn[1:], strict=True):
            np.multiply(column, weight, out=room)
            np.add(whole, room, out=whole)
        return whole

    def noisy_scores(self, weights: Array, sigmas: Array, normal: Callable[[int, Array], object]) -> Array:
        """The same with values times exp(σ z − σ²/2), whose mean is 1; shares are of the noisy column.

        ``sigmas`` are by factor; ``normal`` fills in the z of a factor by its position.  The coefficient has
        to be apart from the columns.
        """
        figures, room = self.figures, self.second
        self.first.fill(0)
        for j, (column, sigma) in enumerate(zip(self.across(figures.columns), sigmas, strict=True)):
            weight = weights[j]
            if sigma:
                normal(j, room)
                np.multiply(room, sigma, out=room)
                np.subtract(room, sigma**2 / 2, out=room)
                np.exp(room, out=room)
                np.multiply(room, column, out=room)
                if figures.shares:
                    weight = weight / np.maximum(np.add.reduce(room, axis=self.axis), 1e-300)
                np.multiply(room, self.along(weight), out=room)
            else:
                np.multiply(column, self.along(weight), out=room)
            np.add(self.first, room, out=self.first)
        if figures.coefficient is not None:
            np.multiply(self.first, self.across(figures.coefficient), out=self.first)
        return self.first

    def entitlements(self, scores: Array) -> tuple[Array, Array]:
        """The scores times the multiplier, within the limits, in units; and the multipliers, NaN for none."""
        figures = self.figures
        if figures.plain:
            return scores, np.ones(scores.shape[1 - self.axis])
        with np.errstate(all="ignore"):
            multiplier = figures.total / np.add.reduce(scores, axis=self.axis)
        if figures.floors is None or figures.caps is None:
            multiplier[~np.isfinite(multiplier)] = np.nan
            return self._within(scores, multiplier), multiplier
        floors, caps = self.across(figures.floors), self.across(figures.caps)
        multiplier = multipliers(
            scores, multiplier * figures.start, figures.total, floors, caps, self.axis, self.second
        )
        multiplier[~np.isfinite(multiplier)] = np.nan
        return self._within(scores, multiplier), multiplier

    def _within(self, scores: Array, multiplier: Array) -> Array:
        """The scores times the multiplier, or nothing where there is none, within the limits; in place."""
        figures = self.figures
        np.multiply(scores, self.along(np.where(np.isnan(multiplier), 0, multiplier)), out=scores)
        if figures.floors is None or figures.caps is None:
            return scores
        return bounded(scores, self.across(figures.floors), self.across(figures.caps), self.axis, scores)

    def rounded(self, exact: Array, multiplier: Array) -> Whole:
        """Whole units that add up to the total in every draw."""
        if not self.figures.largest_remainder:
            return self._rest_to_largest(exact, multiplier)
        total, axis = self.figures.total, self.axis
        units, remainders = self.second, self.third
        np.floor(exact, out=units)
        np.subtract(exact, units, out=remainders)
        count = (total - np.add.reduce(units, axis=axis)).astype(np.int64)
        least, below = edges(remainders, count, self.sorted, axis)
        # added to all of them, this takes just those from ``least`` on to the next whole unit
        shift = least.astype(np.float64)
        shift += below.astype(np.float64)
        shift *= -0.5
        shift += 1
        np.add(exact, self.along(shift), out=units)
        np.floor(units, out=units)
        near, ties = least - below <= 2.0**-22 + self.slack, NONE
        # others add up: what goes up and what does not lie farther apart than float can err
        if near.any() or count.min() < 0 or count.max() > self.figures.recipients:
            fits = ~np.isnan(multiplier)
            off = np.flatnonzero((np.add.reduce(units, axis=axis) != total) & fits)
            if off.size:
                shift[off] = 0
                ties = ties_of(off, exact[:, off].T if axis == 0 else exact[off], total)
                self._settle(exact, units, ties)
            near &= fits & (count > 0)
        return Whole(units, near, Cut(multiplier, shift, ties))

    def _rest_to_largest(self, exact: Array, multiplier: Array) -> Whole:
        figures = self.figures
        units, above = self.second, self.third
        half = 0.5 + self.slack  # what is half a unit in truth counts as that
        np.add(exact, half, out=above)
        np.floor(above, out=units)
        np.subtract(above, units, out=above)  # how far past the last half each stands
        near = np.minimum(above, 1 - above).min(axis=self.axis) <= 2 * self.slack
        rest = figures.total - np.add.reduce(units, axis=self.axis)
        largest = np.argmax(exact, axis=self.axis)
        draws = np.arange(largest.size)
        place = (largest, draws) if self.axis == 0 else (draws, largest)
        units[place] += rest
        top = exact[place]
        exact[place] = -np.inf  # to find the next
        near |= (rest != 0) & (top - exact.max(axis=self.axis) <= 2 * self.slack)
        exact[place] = top
        low = np.zeros(figures.recipients) if figures.floors is None else figures.floors
        high = np.full(figures.recipients, np.inf) if figures.caps is None else figures.caps
        near &= ~np.isnan(multiplier)
        broken = (units[place] < low[largest]) | (units[place] > high[largest])
        shift = np.full_like(rest, half)
        return Whole(units, near, Cut(np.where(broken, np.nan, multiplier), shift, NONE, largest, rest))

    def again(self, scores: Array, cut: Cut, first: int = 0) -> Array:
        """The whole units of these scores by a known cut, for the recipients from ``first`` on alone."""
        exact = scores if self.figures.plain else self._within(scores, cut.multiplier)
        units = self.second[:, : cut.shift.size] if self.axis == 0 else self.second[: cut.shift.size]
        np.add(exact, self.along(cut.shift), out=units)
        np.floor(units, out=units)
        self._settle(exact, units, cut.ties, first)
        if cut.largest is not None and cut.rest is not None:
            inside = np.flatnonzero((cut.largest >= first) & (cut.largest < first + self.figures.recipients))
            largest = cut.largest[inside] - first
            units[(largest, inside) if self.axis == 0 else (inside, largest)] += cut.rest[inside]
        return units

    def _settle(self, exact: Array, units: Array, ties: Ties, first: int = 0) -> None:
        """Settles the draws that have ties, in place."""
        if not ties.at.size:
            return
        if self.axis == 0:
            units[:, ties.at] = ties.settle(exact[:, ties.at].T, first).T
        else:
            units[ties.at] = ties.settle(exact[ties.at], first)
