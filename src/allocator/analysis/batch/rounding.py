"""The remainders that get a unit: the least of them and the next below, of many draws at once.

Remainders are held in single precision, which is enough to tell nearly all of them apart; where two are as
near as that, the amounts may not add up and `ties_of` sorts them in full.  Few recipients are sorted by a
network of comparisons over all draws, more of them draw by draw, and of many only those about the cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from allocator.analysis.batch.masks import Array, Bools, Ints

FEW = 16  # recipients up to which a network is faster
MANY = 500  # recipients beyond which it is faster to look for the cut first
HALF = np.float32(0.5)
Singles = np.ndarray[Any, np.dtype[np.float32]]


def room_for(size: int, width: int) -> Singles:
    """Room for the remainders of so many recipients, between a 0 and a 1 that stand for none.

    Recipients × draws and a spare row for few, else draws × recipients.
    """
    room = np.empty((size + 3, width) if size <= FEW else (width, size + 2), np.float32)
    by_place = room if size <= FEW else room.T
    by_place[0], by_place[size + 1] = 0, 1
    return room


def edges(remainders: Array, count: Ints, room: Singles, axis: int) -> tuple[Singles, Singles]:
    """The ``count``-th largest remainder of each draw, and the next: 1 before the first, 0 after the last.

    ``room`` is that of `room_for`.
    """
    size = remainders.shape[axis]
    place = size + 1 - count
    if size <= FEW:
        start = _by_network(remainders if axis == 0 else remainders.T, room)
        draws = np.arange(count.size)
        least, below = (np.take(start, at, mode="clip") for at in (place, place - 1))
        return np.take(room, least + draws), np.take(room, below + draws)
    np.copyto(room[:, 1:-1], remainders.T if axis == 0 else remainders, casting="same_kind")
    place = np.clip(place, 1, size + 1)
    return _about_half(room, count, place) if size > MANY else _sorted(room, place)


def _sorted(room: Singles, place: Ints) -> tuple[Singles, Singles]:
    """The remainders at these places and before them, by sorting all of each draw, in place."""
    room.sort(axis=1)
    at = np.arange(place.size) * room.shape[1] + place
    return np.take(room, at), np.take(room, at - 1)


def _about_half(room: Singles, count: Ints, place: Ints) -> tuple[Singles, Singles]:
    """The same by sorting only those between a half and where the cut must about be.

    Remainders lie evenly between 0 and 1, but for those of amounts that limits hold, which are 0, and add up
    to ``count``: about 2 · ``count`` are not 0, and a half is near the cut.  It is so many places off as
    there are too many or too few above a half.  Draws in which it lies farther off are sorted.
    """
    draws, size = room.shape
    inside = room >= HALF
    off = np.array([np.count_nonzero(row) for row in inside]) - 1 - count
    reach = 8 + 5 * np.sqrt(np.abs(off))  # how evenly so many lie, five times over
    whole = 2 * np.maximum(count, 1)
    low, high = (
        (0.5 + end / whole).astype(np.float32)[:, None]
        for end in (np.minimum(off - reach, 0), np.maximum(off + reach, 0))
    )
    np.greater_equal(room, low, out=inside)
    inside &= room < high
    found = np.flatnonzero(inside)
    sizes = np.diff(np.searchsorted(found, np.arange(draws + 1) * size))
    kept = np.full((draws, int(sizes.max()) + 1), 2, np.float32)
    kept[np.arange(kept.shape[1]) < sizes[:, None]] = np.take(room, found)
    kept.sort(axis=1)
    at = (kept >= HALF).argmax(axis=1) + off
    lost = np.flatnonzero((at < 1) | (at >= sizes))
    at[lost] = 0
    least, below = kept[np.arange(draws), at], kept[np.arange(draws), at - 1]
    if lost.size:
        least[lost], below[lost] = _sorted(room[lost], place[lost])
    return least, below


def _by_network(remainders: Array, room: Singles) -> Ints:
    """Sorts each draw's remainders into ``room``; returns where its rows start, in rising order."""
    size = len(remainders)
    np.copyto(room[1 : size + 1], remainders, casting="same_kind")
    lines = list(room)
    steps, order = _steps(size)
    for low, high, spare in steps:
        np.fmin(lines[low], lines[high], lines[spare])
        np.fmax(lines[low], lines[high], lines[high])
    return np.asarray(order * room.shape[1])


@cache
def _steps(size: int) -> tuple[list[tuple[int, int, int]], Ints]:
    """The rows of each comparison, with the one that takes the lesser; and all rows in rising order."""
    steps, rows = [], list(range(size + 3))
    for a, b in network(size):
        steps.append((rows[a + 1], rows[b + 1], rows[-1]))
        rows[a + 1], rows[-1] = rows[-1], rows[a + 1]
    return steps, np.array(rows[:-1])


@cache
def network(size: int) -> tuple[tuple[int, int], ...]:
    """Comparisons that sort so many (odd-even merge sort, Batcher 1968).

    >>> network(3)
    ((0, 1), (0, 2), (1, 2))
    """
    found, p = [], 1
    while p < size:
        k = p
        while k:
            for j in range(k % p, size - k, 2 * k):
                found += [
                    (i + j, i + j + k)
                    for i in range(min(k, size - j - k))
                    if (i + j) // (2 * p) == (i + j + k) // (2 * p)
                ]
            k //= 2
        p *= 2
    return tuple(found)


@dataclass(frozen=True, eq=False)
class Ties:
    """The draws whose remainders single precision could not tell apart, by position ``at``, and their cut.

    One unit more for those with a remainder above ``edge``, or equal to it and no later than ``last``; where
    ``less``, one unit less for those below it, or equal to it and no earlier, that have one.
    """

    at: Ints
    edge: Array
    last: Ints
    less: Bools

    def between(self, start: int, end: int) -> Ties:
        """Those from a position up to another, counted from there."""
        some = (self.at >= start) & (self.at < end)
        return Ties(self.at[some] - start, self.edge[some], self.last[some], self.less[some])

    def settle(self, exact: Array, first: int = 0) -> Array:
        """The whole units of these draws (draws × recipients), for the recipients from ``first`` on."""
        units = np.floor(exact)
        rest, edge, last = exact - units, self.edge[:, None], self.last[:, None]
        places = np.arange(first, first + exact.shape[1])
        early = (rest > edge) | ((rest == edge) & (places <= last))
        late = ((rest < edge) | ((rest == edge) & (places >= last))) & (units > 0)
        return np.asarray(np.where(self.less[:, None], units - late, units + early))


NONE = Ties(np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.int64), np.zeros(0, bool))


def ties_of(at: Ints, exact: Array, total: float) -> Ties:
    """The ties of some draws (draws × recipients): one unit each to the largest, then in listed order.

    Where whole amounts came out a hair too large, the last in that order have one less.
    """
    units = np.floor(exact)
    order = np.argsort(units - exact, axis=1, kind="stable")
    short = np.rint(total - units.sum(axis=1)).astype(np.int64)
    rows = np.arange(at.size)
    last = order[rows, np.maximum(short - 1, 0)]
    for row in np.flatnonzero(short < 0):
        having = [int(i) for i in order[row, ::-1] if units[row, i] > 0]
        last[row] = having[-short[row] - 1]
    edge = np.where(short == 0, 2.0, exact[rows, last] - units[rows, last])
    return Ties(at, edge, last.astype(np.int64), short < 0)
