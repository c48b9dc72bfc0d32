"""The limits that recipients stand at after a place where several reach or leave one at once.

At a place t* let the multiplier go on as λ* (1 + y ε) for ε more points.  The amount of somebody between the
limits then changes by λ* (b_i + y s_i) ε; that of somebody just at a floor by as much where this is above
zero, of somebody just at a cap where it is below.  All changes add up to zero, which gives y.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cmp_to_key
from typing import NamedTuple

import numpy as np

from allocator.analysis.explain.prepared import CAP, FLOOR, FREE, Array, Start
from allocator.core.stages.bounds import Limits


class Rows(NamedTuple):
    """Scores a + b t, floors (0 without) and caps (None without) in units, by place."""

    a: Sequence[int]
    b: Sequence[int]
    floors: Sequence[int]
    caps: Limits


def turned(rows: Rows, at: tuple[int, int], free: tuple[int, int], just: Mapping[int, int]) -> dict[int, int]:
    """Finds the limit that each of those ``just`` at one stands at, right after the place ``at`` of a line.

    ``free`` are the scores of all that are between their limits there, as a + b t; ``just`` gives the limit
    by place.

    >>> rows = Rows((50, 30, 20), (0, -1, 1), (0, 30, 20), (None, None, None))
    >>> turned(rows, (0, 1), (50, 0), {1: FLOOR, 2: FLOOR}) == {1: FLOOR, 2: FREE}
    True
    """
    points, over = at
    scores = {i: rows.a[i] * over + rows.b[i] * points for i in just}
    level = free[0] * over + free[1] * points + sum(scores[i] for i, end in just.items() if end == CAP)
    rest = free[1] + sum(rows.b[i] for i, end in just.items() if end == CAP)
    found = {i: FLOOR if end == FLOOR else FREE for i, end in just.items()}

    def by_bend(i: int, m: int) -> int:  # y at which somebody's own change is zero: −b / s
        first, second = -rows.b[i] * scores[m], -rows.b[m] * scores[i]
        return (first > second) - (first < second)

    for i in sorted(just, key=cmp_to_key(by_bend)):
        if rest * scores[i] >= level * rows.b[i]:  # the sum of all changes is no longer below zero there
            break
        if just[i] == FLOOR:
            found[i], level, rest = FREE, level + scores[i], rest + rows.b[i]
        else:
            found[i], level, rest = CAP, level - scores[i], rest - rows.b[i]
    return found


def leaving(rows: Rows, start: Start, coming: Sequence[int]) -> Array:
    """Finds the limit that each stands at right after the beginning of a line.

    ``coming`` are those whose score is zero at the beginning alone, and who can move between two limits.
    """
    stands, just = start.stands.copy(), start.just
    # from a score of zero they rise at once, unless a floor holds them
    rising = [i for i in coming if not rows.floors[i]]
    stands[rising] = FREE
    free = [*start.free, *rising]
    if not start.free:
        if not rising:  # everybody is held, with any λ of an interval
            return stands
        # somebody has to leave a cap for those who rise: λ is the least that there is
        p, q = 0, 1
        for i in np.nonzero(stands == CAP)[0].tolist():
            cap, score = rows.caps[i] or 0, rows.a[i]
            if rows.floors[i] != cap and cap * q > p * score:
                p, q = cap, score
        just = _just(rows, stands, p, q)
    over = sum(rows.a[i] for i in free), sum(rows.b[i] for i in free)
    for i, stood in turned(rows, (0, 1), over, just).items():
        stands[i] = stood
    return stands


def _just(rows: Rows, stands: Array, p: int, q: int) -> dict[int, int]:
    """Those that are exactly at a limit which they can leave with λ = p/q, and which one."""
    found = {}
    for i, (score, floor, cap) in enumerate(zip(rows.a, rows.floors, rows.caps, strict=True)):
        held = floor if stands[i] == FLOOR else cap or 0
        if stands[i] != FREE and score and floor != cap and p * score == held * q:
            found[i] = int(stands[i])
    return found
