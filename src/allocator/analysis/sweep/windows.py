"""Exact quantiles in bounded memory: amounts counted in bins, then in finer ones where a quantile lies."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any

import numpy as np

from allocator.analysis.sweep.laws import Array
from allocator.analysis.sweep.limiting import bounded
from allocator.analysis.sweep.masks import Ints, part_of, places_of

LEVELS = (Fraction(1, 20), Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), Fraction(19, 20))
CELLS = 2**22  # counts that are kept at once, of four bytes
MOST_BINS = 2**13
_ONE = np.int32(1)
Counts = np.ndarray[Any, np.dtype[np.int32]]


@dataclass(frozen=True, eq=False)
class Windows:
    """For some recipients (columns) one or several windows (rows): bins of 2^shift units from ``lows`` on.

    ``under`` is how many draws are known to lie below each window.
    """

    who: Ints
    lows: Ints
    shifts: Ints
    under: Ints
    bins: int

    @property
    def rounds(self) -> int:
        """The number of rounds of counting from these to single amounts, as far as can be foreseen."""
        finer = int(np.log2(_bins(len(LEVELS) * self.who.size)))
        return 1 - (-int(self.shifts.max()) // finer)


def first_windows(least: Ints, most: Ints, total: int) -> Windows:
    """One window each, around what a first block of draws gave; the whole money where that is few units."""
    size = least.size
    bins, nothing = _bins(size), np.zeros((1, size), np.int64)
    if total < bins:
        return Windows(np.arange(size), nothing, nothing, nothing, bins)
    margin = (most - least) // 4 + 1
    low = np.maximum(least - margin, 0)
    shifts = _shifts(most + margin + 1 - low, bins)
    return Windows(np.arange(size), low[None, :], shifts[None, :], nothing, bins)


def narrowed(
    windows: Windows, counts: Counts, draws: int, least: Ints, most: Ints, levels: Ints
) -> Windows | None:
    """Windows for those whose quantiles are not single amounts yet, None when all are; fills in ``levels``.

    The quantile of a level is the least amount that at least that part of the draws does not exceed.
    """
    size, who = windows.bins, windows.who
    upto = np.cumsum(counts[:, :, :-1], axis=2, dtype=np.int64)
    upto += windows.under[:, :, None]
    lows, ends, under = [], [], []
    for row, level in enumerate(LEVELS):
        at = min(row, len(counts) - 1)
        low, width = windows.lows[at], np.int64(1) << windows.shifts[at]
        bin_ = (upto[at] < ceil(level * draws)).sum(axis=1)  # none before, and one more than bins after
        start = low + (bin_ - 1) * width
        lows.append(np.where(bin_ == 0, least[who], start))
        ends.append(np.where(bin_ == 0, low, np.where(bin_ > size, most[who] + 1, start + width)))
        under.append(np.where(bin_ == 0, 0, upto[at][np.arange(who.size), bin_ - 1]))
    low, end, below = np.array(lows), np.array(ends), np.array(under)
    levels[:, who] = low
    open_ = np.flatnonzero((end - low > 1).any(axis=0))
    if not open_.size:
        return None
    low, end, bins = low[:, open_], end[:, open_], _bins(len(LEVELS) * open_.size)
    return Windows(who[open_], low, _shifts(end - low, bins), below[:, open_], bins)


def _bins(windows: int) -> int:
    return int(min(MOST_BINS, 2 ** int(np.log2(max(64, CELLS // windows)))))


def _shifts(span: Ints, bins: int) -> Ints:
    """The least s with span ≤ bins · 2^s."""
    shifts = np.zeros(span.shape, np.int64)
    while True:
        large = span > (np.int64(bins) << shifts)
        if not large.any():
            return shifts
        shifts += large


class Counter:
    """A task's counts, windows × recipients × bins with one before and one after, and room to count in."""

    def __init__(self, windows: Windows, axis: int, shape: tuple[int, int]) -> None:
        self.windows, self.axis, self.size = windows, axis, windows.bins + 2
        self.everybody = windows.who.size == shape[axis]
        shape = (windows.who.size, shape[1]) if axis == 0 else (shape[0], windows.who.size)
        self.counts = np.zeros((*windows.lows.shape, self.size), np.int32)
        self.across = (slice(None), None) if axis == 0 else (None, slice(None))
        self.starts = np.arange(windows.who.size) * self.size
        self.scales = 0.5**windows.shifts
        self.room, self.cells = np.empty(shape), np.empty(shape, np.intp)
        self.mask, self.other = np.empty(shape, bool), np.empty(shape, bool)
        self.taken = np.empty(0 if self.everybody else shape)

    def add_all(self, units: Array) -> None:
        """Adds these draws to the counts of the first window, which most of them fall into."""
        room, cells = part_of(self.room, units), part_of(self.cells, units)
        scale, low = self.scales[0], self.windows.lows[0]
        np.multiply(units, scale[self.across], out=room)
        np.add(room, (self.starts + 1 - low * scale)[self.across], out=room)
        first = self.starts.astype(float)[self.across]
        bounded(room, first, first + (self.size - 1), self.axis, room)
        np.copyto(cells, room, casting="unsafe")  # what is left of a bin falls away
        np.add.at(self.counts[0].reshape(-1), cells.reshape(-1), _ONE)

    def add_few(self, units: Array) -> None:
        """Adds these draws to the counts of all windows, which few of them fall into."""
        if not self.everybody:
            size, draws = self.windows.who.size, units.shape[1 - self.axis]
            shape = (size, draws) if self.axis == 0 else (draws, size)
            taken = self.taken.reshape(-1)[: size * draws].reshape(shape)
            # "clip" only because numpy would otherwise make room for all of it anew
            units = np.take(units, self.windows.who, axis=self.axis, out=taken, mode="clip")
        room, mask, other = (part_of(part, units) for part in (self.room, self.mask, self.other))
        spans = (self.windows.bins << self.windows.shifts).astype(float)
        for row, low in enumerate(self.windows.lows):
            np.subtract(units, low.astype(float)[self.across], out=room)
            np.less(room, spans[row][self.across], out=mask)
            np.greater_equal(room, 0, out=other)
            np.logical_and(mask, other, out=mask)
            found = places_of(mask)
            who = found // units.shape[1] if self.axis == 0 else found % units.shape[1]
            bins = (room.reshape(-1)[found] * self.scales[row][who]).astype(np.intp)
            np.add.at(self.counts[row].reshape(-1), self.starts[who] + 1 + bins, _ONE)
