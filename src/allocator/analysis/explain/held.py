"""The part of a course on which nobody is between the limits: μ is any value between two broken lines.

Those at a floor stand there as long as μ lies above their lines, those at a cap as long as it lies below
theirs: up to where the highest of the ones meets the lowest of the others.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from allocator.analysis.explain.pieces import Linear, Place
from allocator.analysis.explain.prepared import CAP, FLOOR, Array, Bends
from allocator.analysis.explain.turning import Rows


class Near(NamedTuple):
    """The straight lines of all limits, α + β t in double precision, with bounds on their errors."""

    alpha: Array
    beta: Array
    error: Array


class Held:
    """The lines of the limits at which everybody stands."""

    def __init__(self, bends: Bends, rows: Rows, near: Near) -> None:
        self.bends, self.rows = bends, rows
        self.alpha, self.beta, self.error = near

    def between(self, stands: Array) -> float:
        """Some μ at the beginning."""
        held = stands[self.bends.owner] == self.bends.kind
        floors = self.alpha[held & (self.bends.kind == FLOOR)]
        return float(floors.max() if len(floors) else self.alpha[held].min())

    def end(self, stands: Array, end: Place) -> tuple[Place, list[int], int]:
        """The place up to which everybody is held, the lines that meet there, and one through it.

        No lines meet where the course ends first.
        """
        held = stands[self.bends.owner] == self.bends.kind
        floors, caps = (np.nonzero(held & (self.bends.kind == kind))[0] for kind in (FLOOR, CAP))
        place, meeting = end, list[int]()
        # the gap between both is convex in t: from its far end these steps come down to where it is zero
        while len(floors) and len(caps):
            highest, lowest = self._outermost(floors, place, 1), self._outermost(caps, place, -1)
            i, m = highest[0], lowest[0]
            (a, b), (c, d) = self._score(i), self._score(m)
            first, then = (
                a * self.bends.limit[m] - c * self.bends.limit[i],
                b * self.bends.limit[m] - d * self.bends.limit[i],
            )
            gap = first * place[1] + then * place[0]
            if gap <= 0:
                meeting = [*highest, *lowest] if not gap else []
                break
            place = -first, then
        return place, meeting, (meeting or list(floors) or list(caps))[0]

    def _outermost(self, lines: Array, at: Place, sign: int) -> list[int]:
        """Of some lines all that are highest (sign 1) or lowest (-1) at a place."""
        t = at[0] / at[1]
        values = sign * (self.alpha[lines] + self.beta[lines] * t)
        best = (values - self.error[lines]).max()
        found: list[int] = []
        for k in lines[values + self.error[lines] >= best].tolist():
            if found:
                gap = sign * (
                    self._height(k, at) * self.bends.limit[found[0]]
                    - self._height(found[0], at) * self.bends.limit[k]
                )
                if gap < 0:
                    continue
                if gap > 0:
                    found = []
            found.append(k)
        return found

    def _height(self, k: int, at: Place) -> int:
        a, b = self._score(k)
        return a * at[1] + b * at[0]

    def _score(self, k: int) -> Linear:
        """The score of a line's owner, as a + b t."""
        i = self.bends.owners[k]
        return self.rows.a[i], self.rows.b[i]
