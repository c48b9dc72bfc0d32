"""The multiplier under which limited amounts add up, of many draws at once."""

from __future__ import annotations

import numpy as np

from allocator.analysis.batch.masks import Array

ROUNDS = 100  # of the secant method, which needs four to eight
CLOSE = 2.0**-50  # what may be left over, in parts of the money


def bounded(values: Array, low: Array, high: Array, axis: int, out: Array) -> Array:
    """min(max(value, low), high), ends laid out against draws: the faster way for either layout."""
    if axis == 0:
        return np.clip(values, low, high, out=out)
    np.maximum(values, low, out=out)
    return np.minimum(out, high, out=out)


@np.errstate(all="ignore")
def multipliers(
    scores: Array, first: Array, total: float, floors: Array, caps: Array, axis: int, room: Array
) -> Array:
    """k with Σ min(max(k · s, floor), cap) = total for each draw, near ``first``; NaN where there is none.

    The sum never falls as k grows and is straight between its bends, so the secant through two tries meets
    it, at the latest when both lie within one piece.  Tries that leave the bracket halve it instead.
    ``floors`` and ``caps`` are laid out against draws; ``room`` is as large as the scores.
    """
    found = np.full(first.size, np.nan)
    left, before = np.arange(first.size), first
    over_before = _over(scores, before, total, floors, caps, axis, room)
    low = np.where(over_before < 0, before, 0.0)
    high = np.where(over_before > 0, before, np.inf)
    k = before * (1 - over_before / total)  # where everybody grows with it
    for _ in range(ROUNDS):
        over = _over(scores, k, total, floors, caps, axis, room)
        low = np.where(over < 0, np.maximum(low, k), low)
        high = np.where(over > 0, np.minimum(high, k), high)
        tried = k - over * ((k - before) / (over - over_before))
        middle = np.where(np.isinf(high), 2 * k, (low + high) / 2)
        tried = np.where((tried > low) & (tried < high), tried, middle)
        done = (np.abs(over) <= CLOSE * total) | (tried == k)
        found[left[done]] = k[done]
        open_ = np.flatnonzero(~done)
        if not open_.size:
            break
        if open_.size * 2 < left.size:  # the few that are left go on by themselves
            scores = np.ascontiguousarray(np.take(scores, open_, axis=1 - axis))
            room = np.empty_like(scores)
            left = left[open_]
            k, over, tried, low, high = (np.take(a, open_) for a in (k, over, tried, low, high))
        before, over_before, k = k, over, tried
    return found


def _over(
    scores: Array, multiplier: Array, total: float, floors: Array, caps: Array, axis: int, room: Array
) -> Array:
    np.multiply(scores, multiplier[None, :] if axis == 0 else multiplier[:, None], out=room)
    return np.asarray(np.add.reduce(bounded(room, floors, caps, axis, room), axis=axis)) - total
