"""Figures by subset of factors that depend on one number m: lines, and what is straight between bends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, eq=False)
class Lines:
    """``start`` + ``slope`` · m, for each row and subset, or for all rows alike."""

    start: Any
    slope: Any

    def __add__(self, other: Lines) -> Lines:
        return Lines(self.start + other.start, self.slope + other.slope)

    def __sub__(self, other: Lines) -> Lines:
        return Lines(self.start - other.start, self.slope - other.slope)

    def __neg__(self) -> Lines:
        return Lines(-self.start, -self.slope)

    def values(self, over: Any, under: Any) -> Any:
        """The values at m = over / under, times under."""
        return self.start * under + self.slope * over

    def reversed(self) -> Lines:
        """The same by the other factors: subsets are numbers with a bit for each factor, in order."""
        return Lines(self.start[:, ::-1], self.slope[:, ::-1])


def smaller(one: Lines, other: Lines, over: Any, under: Any) -> Lines:
    """Of each two lines the one that is lower at m = over / under."""
    less = other.values(over, under) < one.values(over, under)
    return Lines(np.where(less, other.start, one.start), np.where(less, other.slope, one.slope))


def raised(lines: Lines, j: int, most: int, least: int) -> Lines:
    """For each subset the line of the one without factor j and ``most`` more, or with it and ``least`` less.

    >>> raised(Lines(np.array([[0, 5]]), np.array([[0, 1]])), 0, 3, 1).start.tolist()
    [[4, 3]]
    """
    size = lines.start.shape[-1]
    subsets = np.arange(size)
    other = subsets ^ (1 << j)
    extra = np.array([-least, most], dtype=lines.start.dtype)[subsets >> j & 1]
    return Lines(lines.start[..., other] + extra, lines.slope[..., other])


@dataclass(frozen=True, eq=False)
class Pieces:
    """For each subset a figure in straight pieces: ``start`` + ``slope`` · m, up to its first bend.

    ``bends`` holds for subsets that have any their places in order and the sums of these up to there; past
    each of them the slope is more by ``turn``.
    """

    start: Any
    slope: Any
    bends: dict[int, tuple[Any, Any]]
    turn: int

    def at(self, floor: Any) -> Lines:
        """The pieces at each m, given as m rounded down, a column of them."""
        if not self.bends:
            return Lines(self.start[None, :], self.slope[None, :])
        start, slope = (np.repeat(side[None, :], len(floor), axis=0) for side in (self.start, self.slope))
        for subset, (places, sums) in self.bends.items():
            passed = np.searchsorted(places, floor[:, 0], side="right")
            start[:, subset] -= self.turn * sums[passed]
            slope[:, subset] += self.turn * passed
        return Lines(start, slope)


def gathered(found: Sequence[tuple[Any, Any]]) -> dict[int, tuple[Any, Any]]:
    """By subset its bends in order, and the sums of those up to each; from pairs of subsets and bends."""
    if not found:
        return {}
    subsets = np.concatenate([subset for subset, _ in found])
    places = np.concatenate([place for _, place in found])
    order = np.argsort(places, kind="stable")
    order = order[np.argsort(subsets[order], kind="stable")]
    which, starts = np.unique(subsets[order], return_index=True)
    parts = np.split(places[order], starts[1:]) if len(which) else []
    sums = (np.concatenate([part[:1] * 0, np.cumsum(part)]) for part in parts)
    return {int(subset): pair for subset, pair in zip(which, zip(parts, sums, strict=True), strict=True)}
