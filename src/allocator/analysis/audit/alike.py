"""Answers of programs about one recipient, made into those about another.

Recipients of whom little is known are much alike, and so are the answers about them.  Dual values prove some
bound whatever they are, so those of one answer are tried for the next with both recipients in each other's
place.  Data comes of other data by exchanges: with y_ij = w_j x_ij, recipients i and k come to y_ij + d_j and
y_kj − d_j, where

    −min(down_ij, up_kj) ≤ d_j ≤ min(up_ij, down_kj),     Σ d ≤ min(rise_i, fall_k)

if y_ij can rise by up_ij and fall by down_ij, and the amount of i by rise_i and fall_i.  Columns keep their
sums, and rows of others theirs.  The most of Σ r_j d_j with r ≥ 0 is found factor by factor in the order of
r; to bring Σ r_j y_ij down, of −y.  Where data reaches a bound, both are what a program would have found.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from allocator.analysis.audit.case import Case
from allocator.analysis.audit.cone import Cone
from allocator.analysis.audit.rows import Row

MOST_EXCHANGES = 16
FITS = 1e-13  # in parts of the anchor: how far data made so may miss rows
LEAST = 1e-16  # what is less is nothing but rounding


def alike_apply(case: Case) -> bool:
    """True if amounts are sums of shares times weights, and rows say no more of them than their ends."""
    return case.shares and case.coefficients is None and not case.limited


@dataclass(frozen=True)
class Question:
    """A sum over the cells of one recipient: its position, and the times of each factor's by position."""

    of: int
    times: tuple[tuple[int, Fraction], ...]


@dataclass(frozen=True, eq=False)
class _Rooms:
    """The room of each y_ij, and of the amount of each recipient, to rise and fall while all else stays."""

    up: Any
    down: Any
    rise: Any
    fall: Any

    def turned(self) -> _Rooms:
        """The same of −y."""
        return _Rooms(self.down, self.up, self.fall, self.rise)


class Alike:
    """The rows of a cone by recipient; needs `alike_apply`."""

    def __init__(self, cone: Cone) -> None:
        case = cone.case
        self.cone = cone
        self.shape = len(case.ids), len(case.factors)
        self.size = len(case.ids) * len(case.factors)
        self.rates = np.array([float(weight) for weight in case.weights])
        self.per = np.divide(1.0, self.rates, out=np.zeros_like(self.rates), where=self.rates > 0)
        cells = cone.most[:, : self.size]
        self.alone = np.nonzero(np.diff(cells.indptr) == 1)[0]  # the rows with a single cell
        first = cells.indptr[self.alone]
        self.cells, self.times = cells.indices[first], cells.data[first]
        moving = [(sign, i, at) for equal, at, i, sign in cone.split_rows if not equal]
        self.moving = {side: np.array([pair for sign, *pair in moving if sign == side]) for side in (1, -1)}
        self.still = [i for equal, _, i, _ in cone.split_rows if equal]

    def question(self, row: Row) -> Question | None:
        """A row as a sum over the cells of one recipient, if it is one."""
        width = self.shape[1]
        of = {k // width if k < self.size else None for k in row}
        if len(of) != 1 or None in of or min(row.values()) < 0:
            return None
        return Question(min(row) // width, tuple(sorted((k % width, x) for k, x in row.items() if x)))

    # --- dual values ------------------------------------------------------------------------------

    @cached_property
    def _places(self) -> list[dict[object, int]]:
        """The rows in which each recipient stands alone, by their kind: the same for all recipients."""
        found: list[dict[object, int]] = [{} for _ in range(self.shape[0])]
        number, width = 0, self.shape[1]
        for side in self.cone.exact:
            for row in side:
                own = {k // width for k in row if k < self.size}
                if len(own) == 1:
                    signs = tuple(sorted((k % width, x > 0) for k, x in row.items() if k < self.size))
                    others = tuple(k for k in row if k >= self.size and k != self.cone.anchor)
                    found[own.pop()][side is self.cone.exact[0], signs, others] = number
                number += 1
        return found

    def duals(self, duals: np.ndarray, i: int, k: int) -> np.ndarray:
        """The same dual values with two recipients in each other's place."""
        found = duals.copy()
        one, other = self._places[i], self._places[k]
        for kind in {*one, *other}:
            for to, of in ((one, other), (other, one)):
                if kind in to:
                    found[to[kind]] = duals[of[kind]] if kind in of else 0.0
        return found

    # --- data -------------------------------------------------------------------------------------

    def data(
        self, point: np.ndarray, question: Question, sign: int, end: float, near: float
    ) -> np.ndarray | None:
        """Data made of this by exchanges, in which sign times the sum is as near to its end; None without."""
        i, found = question.of, point.copy()
        table = found[: self.size].reshape(self.shape)
        times = np.zeros(self.shape[1])
        times[[j for j, _ in question.times]] = [float(x) for _, x in question.times]
        rates = times * self.per
        order = np.argsort(-rates, kind="stable")
        for _ in range(MOST_EXCHANGES):
            left = sign * float(times @ table[i]) - end
            if left <= near:
                return found if self._fits(found) else None
            rooms = self._rooms(found) if sign < 0 else self._rooms(found).turned()
            less, more = np.minimum(rooms.down[i], rooms.up), np.minimum(rooms.up[i], rooms.down)
            less[i] = more[i] = 0.0
            room = (less + more)[:, order]
            there = less.sum(axis=1) + np.minimum(rooms.rise[i], rooms.fall)
            filled = np.clip(there[:, None] - np.cumsum(room, axis=1) + room, 0.0, room)
            gains = filled @ rates[order] - less @ rates
            k = int(np.argmax(gains))
            if gains[k] < LEAST:
                return None
            moved = -less[k]
            moved[order] += filled[k]
            moved *= min(1.0, left / gains[k]) * -sign * self.per
            table[i] += moved
            table[k] -= moved
        return None

    def _rooms(self, point: np.ndarray) -> _Rooms:
        cells, box = point[: self.size], self.cone.box[: self.size]
        left = np.maximum(-(self.cone.most @ point), 0.0)
        rooms = {1: np.maximum(box - cells, 0.0), -1: np.maximum(cells, 0.0)}
        moves = {side: np.full(self.shape[0], np.inf) for side in (1, -1)}
        for side in (1, -1):
            some = side * self.times > 0
            np.minimum.at(rooms[side], self.cells[some], left[self.alone[some]] / abs(self.times[some]))
            if len(self.moving[-side]):
                np.minimum.at(moves[side], self.moving[-side][:, 0], left[self.moving[-side][:, 1]])
            moves[side][self.still] = 0.0
        up, down = (rooms[side].reshape(self.shape) * self.rates for side in (1, -1))
        return _Rooms(up, down, moves[1], moves[-1])

    def _fits(self, point: np.ndarray) -> bool:
        off = abs(self.cone.equal @ point), self.cone.most @ point, -point, point - self.cone.box
        return all(float(np.max(one, initial=0.0)) <= FITS for one in off)
