"""Many crossings at once: double precision foretells a row of them, to be confirmed.

With A + B t the scores of those between their limits and L what they share, μ(t) = (A + B t) / L.  Where
a line is crossed its owner comes in between the limits or goes: that adds so much to A, B and L.  In which
order lines are crossed is found by rounds: each is met on the piece that the order of the last round puts
before it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from allocator.analysis.explain.prepared import DOUBT, FLOOR, Array

ROUNDS = 12  # of finding the order; it takes three or four

Ahead = tuple[float, float, float]  # A, B and L


class Lines(NamedTuple):
    """Some straight lines, limit · μ = score: α + β t with bounds on errors, their limits and kinds.

    ``side`` is 1 where the course lies above a line, -1 where it lies below.
    """

    alpha: Array
    beta: Array
    error: Array
    size: Array
    kind: Array
    side: Array

    def foretold(self, now: Ahead, right: float) -> Array:
        """The lines in the order in which they seem to be crossed from a state of the course on."""
        # the owner is held at a floor's line that lies below the course, at a cap's that lies above it
        sign = np.where(self.kind == FLOOR, self.side, -self.side)
        steps = np.array([sign * self.alpha * self.size, sign * self.beta * self.size, sign * self.size])
        sums, rank = np.array(now)[:, None], np.zeros(len(sign), dtype=int)
        order = np.zeros(0, dtype=int)
        with np.errstate(divide="ignore", invalid="ignore"):
            for _ in range(ROUNDS):
                first, then = (sums[:2] / sums[2])[:, rank]
                slope = self.side * (self.beta - then)
                meets = np.where(slope > 0, self.side * (first - self.alpha) / slope, np.inf)
                met = np.nonzero(meets < right)[0]
                last, order = order, met[np.argsort(meets[met])]
                if np.array_equal(last, order):
                    break
                sums = np.cumsum(np.column_stack([now, steps[:, order]]), axis=1)
                rank = np.full(len(sign), len(order))
                rank[order] = np.arange(len(order))
        return order

    def confirmed(self, order: Array, ends: tuple[Array, Array, Array]) -> int:
        """The number of crossings that certainly come in this order, with no other between them.

        ``ends`` are their places, μ there and its size before what cancels in it.  What is linear and on one
        side of a line at both ends of a piece is so between them.
        """
        rank = np.full(len(self.side), len(order))
        rank[order] = np.arange(len(order))
        near = np.nonzero(self._near(ends) | (rank < len(order)))[0]
        at, mu, size = (each[:, None] for each in ends)
        number, rank = np.arange(len(order))[:, None], rank[near]
        gaps = mu - self.alpha[near] - self.beta[near] * at
        gaps *= np.where(rank < number, -self.side[near], self.side[near])
        sure = (gaps > self.error[near] + DOUBT * size) | (rank == number)
        good = sure.all(axis=1)
        return len(order) if good.all() else int(good.argmin())

    def _near(self, ends: tuple[Array, Array, Array]) -> Array:
        """The lines that the course may touch at one of these places, for all that its chord says."""
        at, mu, size = ends
        slope = (mu[-1] - mu[0]) / (at[-1] - at[0]) if at[-1] > at[0] else 0.0
        bend = np.abs(mu - mu[0] - slope * (at - at[0])).max()
        gaps = (
            self.side * (height - self.alpha - self.beta * t)
            for t, height in zip(at[[0, -1]], mu[[0, -1]], strict=True)
        )
        near: Array = np.minimum(*gaps) <= bend + self.error + 4 * DOUBT * size.max()
        return near
