"""Exact quantiles: the least amount that at least so many of the draws do not exceed.

Where there are few units they follow from how often each amount occurs.  Else all draws of some recipients at
a time are worked out again and counted in cells: once a draw's cut is known, the amount of a recipient needs
nothing of the others, so that this is cheap; only noise is drawn anew for all.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil
from typing import Any

import numpy as np

from allocator.analysis.batch import brisk, own_copy
from allocator.analysis.batch.masks import Ints
from allocator.analysis.sweep.case import Case, Tell
from allocator.analysis.sweep.tally import Known, Plan, copied

LEVELS = (Fraction(1, 20), Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), Fraction(19, 20))
BYTES = 2**26  # amounts that are kept at once
CELLS = 2**24  # amounts that a task works out at least, unless that leaves too few to share
SHARED = 16
MOST = 256  # recipients at once
CELL_BITS = 11  # of the cells in which amounts are counted
FEW = 2**10  # amounts that are sorted
Whole = np.ndarray[Any, np.dtype[np.uint16 | np.uint32 | np.uint64]]


def groups_of(plan: Plan, least: Ints, most: Ints) -> list[tuple[int, int]]:
    """Recipients that are worked out together, from the first up to the last of each group.

    With noise as many as there is memory for, since all noise is drawn anew for each group; else few enough
    for several workers.
    """
    size = least.size
    fitting = max(1, BYTES // (plan.draws * np.dtype(_width(least, most)).itemsize))
    shared = min(MOST, max(-(-size // SHARED), CELLS // plan.draws))
    drawn_anew = isinstance(plan.case, Case) and plan.case.noise is not None
    step = fitting if drawn_anew else min(fitting, max(1, shared))
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
    plan: Plan,
    known: Sequence[Known],
    least: Ints,
    most: Ints,
    first: int,
    last: int,
    tell: Tell | None = None,
) -> Ints:
    """The quantiles of the recipients from first up to last, in units: levels × recipients.

    ``known`` is what is known of the blocks, ``least`` and ``most`` the ends of all amounts; ``tell`` is
    called with the draws of each batch.
    """
    low, high = least[first:last, None], most[first:last, None]
    counted = sum(int(np.count_nonzero(one.fits)) for one in known)
    kept = np.empty((last - first, counted), _width(low, high))
    at = 0
    with brisk():
        case: Any = copied(plan).case
        for units in case.again([*map(own_copy, known)], first, last, tell):
            end = at + units.shape[1]
            np.subtract(units, low, out=units)
            np.copyto(kept[:, at:end], units, casting="unsafe")
            at = end
    places = np.array([ceil(level * counted) - 1 for level in LEVELS])
    return np.asarray(np.array([_picked(row, places) for row in kept]).T + low.T)


def _picked(amounts: Whole, places: Ints) -> Ints:
    """The amounts at these places of the rising order: those in cells that counting finds, cells in cells.

    >>> _picked(np.array([7000, 5, 7000, 9], np.uint16), np.array([1, 2]))
    array([   9, 7000])
    """
    if amounts.size <= FEW:
        return np.sort(amounts)[places].astype(np.int64)
    low, high = amounts.min(), amounts.max()
    found = np.where(places < np.count_nonzero(amounts == low), int(low), int(high))
    between = places < amounts.size - np.count_nonzero(amounts == high)  # at a limit there may be most
    between &= found > low
    if not between.any():
        return found
    wide = max(0, int(high - low).bit_length() - CELL_BITS)
    cells = (amounts - low) >> wide
    upto = np.cumsum(np.bincount(cells.astype(np.intp)))
    at = np.where(between, np.searchsorted(upto, places, side="right"), -1)
    for cell in set(at[between].tolist()):
        here = at == cell
        if wide:
            inside = amounts[cells == cell]
            found[here] = _picked(inside, places[here] - (upto[cell] - inside.size))
        else:
            found[here] = int(low) + cell
    return found
