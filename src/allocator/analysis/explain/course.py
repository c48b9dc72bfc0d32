"""The course of the amounts while weights move along a line: where somebody reaches or leaves a limit.

With μ = 1/λ an amount is clip(s_i / μ, floor_i, cap_i) and μ(t) = (A + B t) / L, where A + B t is the sum of
the scores of those between their limits and L what the others leave: a broken line.  Recipient i stands at
its floor as long as μ(t) lies above the straight line s_i(t) / floor_i, at its cap as long as it lies below
s_i(t) / cap_i.  So the course is followed from one crossing of these straight lines to the next.  Only those
that enter a box around the place reached can be crossed within it, and only these are looked at there.

Between two crossings all is linear, so that what holds at both ends holds between them.  Double precision
picks the next crossing; where it is and that nothing comes before it is decided in whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from allocator.analysis.explain.lines import Line
from allocator.analysis.explain.pieces import Linear, Piece, Place, Stretch
from allocator.analysis.explain.prepared import CAP, DOUBT, FLOOR, FREE, Array, Prepared, doubles
from allocator.analysis.explain.walk import Walk


class Course:
    """The scores a + b t of all along a line, by place, and how the amounts go along it.

    Its arrays are the same in double precision, with a last entry for nobody, who gets nothing.
    """

    def __init__(self, prepared: Prepared, line: Line) -> None:
        self.prepared, self.line = prepared, line
        self.a, self.b = prepared.along(line)
        most = Fraction(line.most)
        self.end: Place = most.numerator, most.denominator
        self.most = float(most)
        self.sums = sum(self.a), sum(self.b)
        self.over, self.times = self.sums[0] or 1, prepared.total or 1
        self.alpha = np.append(prepared.near_now, 0.0)  # the same but for a factor that cancels
        self.beta = np.append(doubles(self.b, self.over, self.times), 0.0)
        self.floors, self.caps = prepared.near_limits

    def stretches(self) -> Iterator[Stretch]:
        """The course from t = 0 to the end of the line.

        Raises InfeasibleError where the limits cannot all hold at its beginning.
        """
        if not self.prepared.bounds.any:
            yield self._whole(self.sums, self.prepared.total, np.full(len(self.a), FREE, dtype=np.int8))
        else:
            yield from self._bounded()

    def _whole(self, over: Linear, left: int, stands: Array) -> Stretch:
        at = np.array([0.0, self.most])
        pieces = [Piece((0, 1), self.end, over, left)]
        if left:
            first, then = self.slope(over, left)
            return Stretch(pieces, at, first + then * at, abs(first) + abs(then) * at, stands, [])
        mu = np.full(2, 0.0 if CAP in stands else np.inf)  # at the caps, or nothing above the floors
        return Stretch(pieces, at, mu, np.zeros(2), stands, [])

    def slope(self, over: Linear, left: int) -> tuple[float, float]:
        """μ as first + then · t."""
        times = self.times / left
        return over[0] / self.over * times, over[1] / self.over * times

    def _bounded(self) -> Iterator[Stretch]:
        prepared = self.prepared
        _ = prepared.start  # the limits can hold
        coming = [i for i in prepared.without_score if self.b[i] and prepared.floors[i] != prepared.caps[i]]
        if prepared.total == prepared.least or (prepared.total == prepared.most and not coming):
            # everybody is held there all along
            kind = FLOOR if prepared.total == prepared.least else CAP
            stands = np.where(np.array(prepared.now, dtype=object) != 0, kind, FLOOR).astype(np.int8)
            yield self._whole((1, 0), 0, stands)
        else:
            yield from Walk(self, coming).stretches()

    def amounts(self, at: Array, mu: Array, size: Array, who: Array) -> tuple[Array, Array]:
        """Bounds on the amounts of some, in units, at places of the course: places × recipients."""
        alpha, beta, t = self.alpha[who], self.beta[who], at[:, None]
        scores, errors = alpha + beta * t, DOUBT * (np.abs(alpha) + np.abs(beta) * t)
        return self.shared((scores - errors, scores + errors), (mu - DOUBT * size, mu + DOUBT * size), who)

    def amounts_on(self, stretch: Stretch, who: Array) -> tuple[Array, Array]:
        """Bounds on the amounts of some, in units, on a whole stretch."""
        alpha, beta = self.alpha[who], self.beta[who]
        first, then = (alpha + beta * t for t in (stretch.at[0], stretch.at[-1]))
        errors = DOUBT * (np.abs(alpha) + np.abs(beta) * stretch.at[-1])
        low, high = stretch.mu - DOUBT * stretch.size, stretch.mu + DOUBT * stretch.size
        scores = np.minimum(first, then) - errors, np.maximum(first, then) + errors
        least, most = self.shared(scores, (low.min(keepdims=True), high.max(keepdims=True)), who)
        return least[0], most[0]

    def shared(self, scores: tuple[Array, Array], mu: tuple[Array, Array], who: Array) -> tuple[Array, Array]:
        """Bounds on clip(s / μ, floor, cap) from bounds on scores and on μ; no numbers without them."""
        floors, caps = self.floors[who], self.caps[who]
        low, high = (bound[:, None] for bound in mu)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            least = np.clip(scores[0] / high, floors, caps)
            most = np.clip(np.where(low > 0, scores[1] / low, np.inf), floors, caps)
        return least, most
