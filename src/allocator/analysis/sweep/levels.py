"""Exact quantiles: the least amount that at least so many of the draws do not exceed.

Where there are few units they follow from how often each amount occurs.  Else all draws of some recipients at
a time are worked out again and sorted: once a draw's cut is known, the amount of a recipient needs nothing of
the others, so that this is cheap; only noise is drawn anew for all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import ceil

import numpy as np

from allocator.analysis.batch import Cut, Kernel, brisk, own_copy
from allocator.analysis.batch.masks import Array, Ints
from allocator.analysis.sweep.case import BLOCK
from allocator.analysis.sweep.tally import Plan, Tell

LEVELS = (Fraction(1, 20), Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), Fraction(19, 20))
BYTES = 2**26  # amounts that are kept at once
CELLS = 2**24  # amounts that a task works out at least, unless that leaves too few to share
SHARED = 16
MOST = 256  # recipients at once
TILE = 2**16  # amounts that are worked out at once


def groups_of(plan: Plan, least: Ints, most: Ints) -> list[tuple[int, int]]:
    """Recipients that are worked out together, from the first up to the last of each group.

    With noise as many as there is memory for, since all noise is drawn anew for each group; else few enough
    for several workers.
    """
    size = least.size
    fitting = max(1, BYTES // (plan.draws * np.dtype(_width(least, most)).itemsize))
    shared = min(MOST, max(-(-size // SHARED), CELLS // plan.draws))
    step = fitting if plan.case.noise is not None else min(fitting, max(1, shared))
    return [(at, min(at + step, size)) for at in range(0, size, step)]


def _width(least: Ints, most: Ints) -> type[np.uint16] | type[np.uint32] | type[np.uint64]:
    """The shortest whole numbers that hold how far amounts are above the least one."""
    span = int((most - least).max(initial=0))
    return np.uint16 if span < 2**16 else np.uint32 if span < 2**32 else np.uint64


def levels_by_times(times: Ints) -> Ints:
    """The quantiles in units, levels × recipients, by how often each recipient gets so many units.

    >>> levels_by_times(np.array([[0, 1, 3]])).T
    array([[1, 1, 2, 2, 2]])
    """
    upto = np.cumsum(times, axis=1)
    return np.array([(upto < ceil(level * int(upto[0, -1]))).sum(axis=1) for level in LEVELS])


def levels_of(
    plan: Plan, cuts: Sequence[Cut], least: Ints, most: Ints, first: int, last: int, tell: Tell | None = None
) -> Ints:
    """The quantiles of the recipients from first up to last, in units: levels × recipients.

    ``cuts`` are those of the blocks, ``least`` and ``most`` the ends of all amounts; ``tell`` is called with
    the draws of each batch.
    """
    low, high = least[first:last, None], most[first:last, None]
    counted = sum(int(np.count_nonzero(cut.fits)) for cut in cuts)
    kept = np.empty((last - first, counted), _width(low, high))
    at = 0
    with brisk():
        for units in _amounts(own_copy(plan), [*map(own_copy, cuts)], first, last, tell):
            end = at + units.shape[1]
            np.subtract(units, low, out=kept[:, at:end], casting="unsafe")
            at = end
    kept.sort(axis=1)
    places = [ceil(level * counted) - 1 for level in LEVELS]
    return np.asarray((kept[:, places].astype(np.int64) + low).T)


def _amounts(plan: Plan, cuts: Sequence[Cut], first: int, last: int, tell: Tell | None) -> Iterator[Array]:
    """The units of some recipients, recipients × draws, in batches; draws that do not count are left out."""
    case = plan.case
    some = case.figures.of(first, last)
    width = case.figures.width
    if case.noise is None:  # nothing of the others is needed
        width = min(BLOCK, 2 ** int(np.log2(max(128, TILE // (last - first)))))
    kernel = Kernel(some, width, axis=0)
    everybody = kernel if case.noise is None else Kernel(case.figures, width)
    for block, cut in enumerate(cuts):
        weights, noise = case.weights(block), case.random(block, 1)
        for start in range(0, cut.shift.size, width):
            drawn = np.ascontiguousarray(weights[:, start : start + width])
            scores = case.scores(everybody, drawn, noise)
            if everybody is not kernel:
                own = scores[first:last] if everybody.axis == 0 else scores[:, first:last].T
                scores = kernel.first
                np.copyto(scores, own)
            here = cut.between(start, start + width)
            units = kernel.again(scores[:, : here.shift.size], here, first)
            yield units if here.fits.all() else units[:, here.fits]
            if tell is not None:
                tell(here.shift.size)
