"""The multiplier of limits as double precision finds it, and whole numbers confirm it.

With λ = left / Σ s over those between their limits an amount is clip(λ s_i, floor_i, cap_i).  Who stands at
which limit decides everything: that is guessed, then λ is exact, and it is the one if everybody stands so.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress

import numpy as np

from allocator.analysis.explain.prepared import CAP, DOUBT, FLOOR, FREE, Array, doubles, stood
from allocator.core.stages.bounds import Bounds
from allocator.core.stages.limit import Limited, hold

ROUNDS = 40  # of finding the multiplier; it takes three or four

Limits = tuple[Array, Array]  # floors, 0 without one, and caps, without end where there is none


def guessed(scores: Array, limits: Limits, total: float, rate: float) -> Array | None:
    """The limit that each stands at where ``total`` is shared out, by Newton's method from some λ."""
    (floors, caps), before = limits, None
    for _ in range(ROUNDS):
        amounts = rate * scores
        low = amounts <= floors
        high = ~low & (amounts >= caps)
        stands = np.where(low, FLOOR, np.where(high, CAP, FREE)).astype(np.int8)
        if before is not None and (stands == before).all():
            return stands
        over = scores[stands == FREE].sum()
        rate = (total - floors[low].sum() - caps[high].sum()) / over if over > 0 else 0.0
        if rate <= 0:
            return None
        before = stands
    return None


def in_doubt(amounts: Array, errors: Array, limits: Limits, stands: Array) -> list[int]:
    """The places of which λ s_i and bounds on its errors do not make certain that they stand so."""
    floors, caps = limits
    free = ((amounts - errors > floors) | (floors == 0)) & (amounts + errors < caps)
    held = np.where(stands == FLOOR, amounts + errors < floors, amounts - errors > caps)
    found: list[int] = np.nonzero(~np.where(stands == FREE, free, held))[0].tolist()
    return found


class Guided:
    """A `hold` for many rules that are like one another: what it knows of the last one it uses again."""

    def __init__(self) -> None:
        self._rate = 1.0  # the part of an entitlement that is paid between the limits
        self._scores: tuple[Sequence[int], int, Array] = (), 1, np.zeros(0)
        self._bounds: tuple[Bounds | None, Limits, Limits] = None, (np.zeros(0),) * 2, (np.zeros(0),) * 2

    def hold(self, scores: Sequence[int], bounds: Bounds, total: int) -> Limited:
        """The same as `hold`, to the last integer."""
        if not bounds.any or bounds.groups or bounds.held:
            return hold(scores, bounds, total)
        return self._confirmed(scores, bounds, total) or hold(scores, bounds, total)

    def _confirmed(self, scores: Sequence[int], bounds: Bounds, total: int) -> Limited | None:
        """The amounts; None where somebody with a score is just at a limit, or everybody at one."""
        if self._scores[0] is not scores:
            whole = sum(scores) or 1
            self._scores = scores, whole, doubles(scores, whole, 1)
        if self._bounds[0] is not bounds:
            self._bounds = bounds, *_limits(bounds)
        (_, whole, near), (_, (floors, caps), limits) = self._scores, self._bounds
        stands = guessed(near, limits, float(total), self._rate * total)
        if stands is None:
            return None
        held = np.where(stands == FLOOR, floors, np.where(stands == CAP, caps, 0)).tolist()
        free = (stands == FREE).tolist()
        p, q = total - sum(held), sum(compress(scores, free))
        if p <= 0 or q <= 0:
            return None
        amounts = near * (p * whole / q)
        for i in in_doubt(amounts, DOUBT * amounts, limits, stands):
            if scores[i] and stands[i] != _apart(p * scores[i], q, bounds.floors[i] or 0, bounds.caps[i]):
                return None
        self._rate = p * whole / (q * total)
        rows = zip(scores, free, held, strict=True)
        return Limited([p * score if is_free else limit * q for score, is_free, limit in rows], q, p, q)


def _limits(bounds: Bounds) -> tuple[Limits, Limits]:
    """Floors and caps as whole numbers, 0 where there is none, and in double precision."""
    floors, caps = ([limit or 0 for limit in side] for side in (bounds.floors, bounds.caps))
    near = [np.inf if cap is None else float(cap) for cap in bounds.caps]
    whole = np.array(floors, dtype=object), np.array(caps, dtype=object)
    return whole, (np.array(floors, dtype=float), np.array(near))


def _apart(amount: int, over: int, floor: int, cap: int | None) -> int | None:
    """The limit at which an amount, over a denominator, comes to stand; None where it is just at one."""
    if amount == floor * over or (cap is not None and amount == cap * over):
        return None
    return stood(amount, over, floor, cap)
