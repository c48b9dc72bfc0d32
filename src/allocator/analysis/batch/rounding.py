"""The remainders that get a unit: the least of them and the next below, of many draws at once.

Remainders are sorted in single precision, which is enough to tell nearly all of them apart; where two are as
near as that, the amounts do not add up and `ties_of` sorts them in full.  Few recipients are sorted by a
network of comparisons over all draws, more of them draw by draw.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from allocator.analysis.batch.masks import Array, Bools, Ints

FEW = 16  # recipients up to which a network is faster
Singles = np.ndarray[Any, np.dtype[np.float32]]


def edges(remainders: Array, count: Ints, room: Singles, axis: int) -> tuple[Singles, Singles]:
    """The ``count``-th largest remainder of each draw, and the next: above all for none, zero after the last.

    ``room`` is for the sorted ones: recipients + 1 × draws for few, else draws × recipients.
    """
    size = remainders.shape[axis]
    if size <= FEW:
        order = _by_network(remainders if axis == 0 else remainders.T, room)
        place = np.arange(count.size)

        def pick(at: Ints) -> Singles:
            return np.asarray(np.take(room, order[at] * room.shape[1] + place))

    else:
        np.copyto(room, remainders.T if axis == 0 else remainders, casting="same_kind")
        room.sort(axis=1)
        starts = np.arange(count.size) * size

        def pick(at: Ints) -> Singles:
            return np.asarray(np.take(room, starts + at))

    least = pick(np.minimum(np.maximum(size - count, 0), size - 1))
    below = pick(np.minimum(np.maximum(size - count - 1, 0), size - 1))
    least[count <= 0] = 2
    below[count >= size] = 0
    return least, below


def _by_network(remainders: Array, room: Singles) -> Ints:
    """Sorts each draw's remainders into ``room``; returns its rows in rising order."""
    size = len(remainders)
    np.copyto(room[:size], remainders, casting="same_kind")
    rows, spare = list(range(size)), size
    for a, b in network(size):
        low, high = room[rows[a]], room[rows[b]]
        np.minimum(low, high, out=room[spare])
        np.maximum(low, high, out=high)
        rows[a], spare = spare, rows[a]
    return np.array(rows)


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
