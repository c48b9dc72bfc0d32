"""Bounds by linear programs, safe against the solver's rounding.

A solver's answer is a float that may lie inside the true range.  Only its dual values are used:
whatever they are, r = c − Aᵀy, the boxes and weak duality give a bound that holds (Neumaier & Shcherbina,
Mathematical Programming 99, 2004).  Here r is worked out in float with an upper figure for its error added:
each of its k terms and their sum is off by less than 2⁻⁵² of what the terms add up to in size, so (k + 8) of
these cover the entries' own rounding too.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csc_matrix, csr_matrix, vstack

from allocator.analysis.audit.cone import Cone
from allocator.analysis.audit.rows import Row

EPS = 2.0**-52
NEAR = 1e-9  # in parts of the anchor: how far data may miss rows and still count as meeting them
LEAST_BASE = 1e-6
NEAR_FRACTIONS = 10**6  # the largest denominator that a dual value is taken for
OPTIONS = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}


class Answer(NamedTuple):
    """A lower bound, data that comes near it and the dual values that prove it, where any were found."""

    least: float
    point: np.ndarray | None = None
    duals: np.ndarray | None = None


class Program:
    """A cone, laid out for the solver once for all questions."""

    def __init__(self, cone: Cone) -> None:
        self.cone = cone
        self.width = len(cone.box)
        self.equal, self.most = csc_matrix(cone.equal), csc_matrix(cone.most)
        both = vstack([cone.equal, cone.most])
        self.transposed = csr_matrix(both.T)
        self.sizes = csr_matrix(abs(both).T)
        self.slip = (np.diff(self.transposed.indptr) + 8) * EPS
        self.alone, self.low, self.high = _ends_of_one(cone)
        self.fixed = np.stack([np.zeros(self.width), cone.box], axis=1)
        self.fixed[cone.anchor] = 1.0
        self.free = np.stack([np.zeros(self.width), np.full(self.width, np.inf)], axis=1)
        self.unmissed = self.fixed.copy()
        self.unmissed[list(cone.slack), 1] = 0.0

    def vector(self, row: Row) -> np.ndarray:
        """A sum over the variables, as the solver takes it."""
        found = np.zeros(self.width)
        for k, x in row.items():
            found[k] = float(x)
        return found

    def solve(
        self, objective: np.ndarray, base: np.ndarray | None = None, bounds: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray] | None:
        """Dual values and the point of the least objective · v, with base · v = 1 or else the anchor at 1.

        Without a base, other ``bounds`` of the variables may be given.
        """
        equal, right = self.equal, np.zeros(self.equal.shape[0])
        bounds = self.fixed if bounds is None else bounds
        if base is not None:
            equal = vstack([csr_matrix(base), equal], format="csc")
            right, bounds = np.r_[1.0, right], self.free
        zeros = np.zeros(self.most.shape[0])
        for method in ("highs-ds", "highs-ipm"):
            found: Any = linprog(
                objective, self.most, zeros, equal, right, bounds, method=method, options=OPTIONS
            )
            if found.status == 0:
                most = np.minimum(found.ineqlin.marginals, 0.0)
                return np.concatenate([found.eqlin.marginals, most]), found.x
        return None

    def safe(self, objective: np.ndarray, duals: np.ndarray) -> float:
        """A lower bound of objective · v, with the anchor at 1, by these duals."""
        rest = objective - self.transposed @ duals
        size = np.abs(objective) + self.sizes @ np.abs(duals)
        rest = rest - self.slip * size
        terms = rest * np.where(rest < 0, self.high, self.low)
        terms[self.cone.anchor] = rest[self.cone.anchor]
        return float(terms.sum() - (self.width + 8) * EPS * np.abs(terms).sum())

    def meets(self, point: np.ndarray) -> bool:
        """True if this data meets every row, to within `NEAR`, and the anchor is at 1."""
        off = [abs(self.equal @ point), self.most @ point, -point, [abs(point[self.cone.anchor] - 1)]]
        return all(float(np.max(one, initial=0.0)) <= NEAR for one in off)

    def reaches(self, row: Row, point: np.ndarray) -> bool:
        """True if this sum, zero only on the edge that closes the cone, is above zero in some data."""
        objective = self.vector(row)
        if objective @ point > NEAR:
            return True
        found = self.solve(-objective)
        return found is not None and self.meets(found[1]) and bool(objective @ found[1] > NEAR)

    def at_end(self, rows: Sequence[Row], point: np.ndarray) -> list[Row]:
        """Those of these distances from upper ends that are not found above zero in any data that fits.

        Each is half a unit at the most, so where that is next to nothing less of it will do.  All that are
        above zero in some data are so together: the data may be mixed.
        """
        least = min(NEAR, 1e-3 / self.cone.case.total)
        sums = [(row, self.vector(row)) for row in rows]
        left = [(row, one) for row, one in sums if one @ point <= least]
        if len(left) > 1:
            found = self.solve(-np.sum([one for _, one in left], axis=0), bounds=self.unmissed)
            if found is not None and self.meets(found[1]):
                left = [(row, one) for row, one in left if one @ found[1] <= least]
        return [row for row, one in left if not self._reached(one, least)]

    def _reached(self, objective: np.ndarray, least: float) -> bool:
        found = self.solve(-objective, bounds=self.unmissed)
        return found is not None and self.meets(found[1]) and bool(objective @ found[1] > least)

    def never_above_zero(self, row: Row) -> bool:
        """True if this sum is proved to be zero or less in all data that fits, in exact numbers.

        The solver's dual values y, as near fractions, are the proof if −row − Aᵀy ≥ 0: A v = 0, or A v ≤ 0
        with y ≤ 0, and v ≥ 0.  Variables by which something may be missed are zero.
        """
        found = self.solve(-self.vector(row), bounds=self.unmissed)
        if found is None:
            return False
        equal, most = self.cone.exact
        near = [Fraction(float(y)).limit_denominator(NEAR_FRACTIONS) for y in found[0]]
        duals = [*near[: len(equal)], *(min(y, Fraction(0)) for y in near[len(equal) :])]
        rest = {k: -x for k, x in row.items()}
        for one, y in zip((*equal, *most), duals, strict=True):
            if y:
                for k, x in one.items():
                    rest[k] = rest.get(k, Fraction(0)) - y * x
        missed = set(self.cone.slack)
        return all(x >= 0 for k, x in rest.items() if k not in missed)

    def least(self, row: Row) -> float:
        """A lower bound of this sum, with the anchor at 1; −∞ where the solver finds no answer."""
        if row == {self.cone.anchor: 1}:
            return 1.0
        return self.least_ratio(row, {self.cone.anchor: Fraction(1)}, 1.0).least

    def least_ratio(self, row: Row, base: Row, base_least: float) -> Answer:
        """A lower bound of row / base; −∞ where the solver finds no answer.

        The base is never below ``base_least`` with the anchor at 1.  Where it can be next to nothing, the
        answer is proved for all data in which it is at least `LEAST_BASE`; the solver's program, with the
        base at 1, holds the rest too.
        """
        objective, under = self.vector(row), self.vector(base)
        anchored = base.keys() == {self.cone.anchor}
        base_least = max(base_least, LEAST_BASE)
        found = self.solve(objective, None if anchored else under)
        if found is None:
            return Answer(-np.inf)
        duals, point = found
        if anchored:
            return Answer(self.safe(objective, duals), point, duals)
        ratio = float(duals[0])
        # row − ratio · base is at least this, so the ratio is off by at most that over the least base
        size = np.abs(objective) + abs(ratio) * np.abs(under)
        short = self.safe(objective - ratio * under, duals[1:]) - 4 * EPS * float(size @ self.cone.box)
        return Answer(ratio + min(0.0, short) / base_least * (1 + 4 * EPS), point, duals)


def _ends_of_one(cone: Cone) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The rows that are ends of one variable, and the least and the most of each with the anchor at 1."""
    low, high = np.zeros(len(cone.box)), cone.box.copy()
    equal, most = cone.exact
    alone = np.zeros(len(equal) + len(most), dtype=bool)
    for number, row in enumerate(most, len(equal)):
        others = [k for k in row if k != cone.anchor]
        if len(others) == 1 and row[others[0]]:
            (k,) = others
            end = -row.get(cone.anchor, Fraction(0)) / row[k]
            alone[number] = True
            if row[k] > 0:
                high[k] = min(high[k], np.nextafter(float(end), np.inf))
            else:
                low[k] = max(low[k], np.nextafter(float(end), -np.inf))
    return alone, low, high
