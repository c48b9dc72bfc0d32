"""The pieces of a line on which the same recipients stand at the same limits, and places on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from allocator.analysis.explain.prepared import Array

Linear = tuple[int, int]  # a + b · t
Place = tuple[int, int]  # of a line, in points: numerator and denominator, which is above zero


class Piece(NamedTuple):
    """The part of a line, low ≤ t ≤ high, on which the same recipients stand at the same limits.

    ``over`` are the scores of all those at none, ``left`` the units that they share; over (1, 0) where there
    are none.
    """

    low: Place
    high: Place
    over: Linear
    left: int


@dataclass(frozen=True)
class Stretch:
    """Some pieces in a row: ``mu`` at their ends, each with its size before what cancels in it.

    ``stands`` is what each stands at on the first piece, ``changes`` are those at the beginning of the
    others, as number of the piece, place, and what it stands at from there on.
    """

    pieces: Sequence[Piece]
    at: Array
    mu: Array
    size: Array
    stands: Array
    changes: Sequence[tuple[int, int, int]]

    def standing(self, place: int, piece: int) -> int:
        """The limit that somebody stands at on a piece."""
        found = None
        for number, stands in self._changes_of.get(place, ()):
            if number > piece:
                break
            found = stands
        return int(self.stands[place]) if found is None else found

    @cached_property
    def _changes_of(self) -> Mapping[int, Sequence[tuple[int, int]]]:
        found: dict[int, list[tuple[int, int]]] = {}
        for number, place, stands in self.changes:
            found.setdefault(place, []).append((number, stands))
        return found


def before(first: Place, second: Place) -> bool:
    """True where the first place comes before the second."""
    return first[0] * second[1] < second[0] * first[1]


def sooner(first: Place, second: Place) -> Place:
    """The place that comes first; of equal ones the one given first."""
    return second if before(second, first) else first
