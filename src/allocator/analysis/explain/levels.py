"""The places of a line where amounts draw level: the first of each of many pairs, or the first of all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cmp_to_key, partial
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from allocator.analysis.explain.course import Course
from allocator.analysis.explain.lines import Line
from allocator.analysis.explain.pieces import Linear, Place, Stretch, before
from allocator.analysis.explain.prepared import CAP, DOUBT, FLOOR, FREE, Array, Prepared
from allocator.core.exact import Number, scaled
from allocator.core.model import Scenario

Bounds = tuple[Array, Array]  # the least and the most that each can be


class Gap(NamedTuple):
    """An amount in rounding units less another: of two places among those that take part, None for nobody.

    ``more`` is what comes on top: earmarks, less an amount that the first is held against.
    """

    one: int | None
    other: int | None
    more: Fraction


class Gaps:
    """Some gaps, which are the same whatever line the weights move along."""

    def __init__(self, prepared: Prepared, gaps: Sequence[Gap]) -> None:
        self.prepared, self.gaps = prepared, gaps
        nobody = len(prepared.floors)
        self.one = np.array([nobody if gap.one is None else gap.one for gap in gaps], dtype=int)
        self.other = np.array([nobody if gap.other is None else gap.other for gap in gaps], dtype=int)
        self.more = np.array([float(gap.more) for gap in gaps])
        self._more = [gap.more.as_integer_ratio() for gap in gaps]
        self._pairs = any(gap.other is not None for gap in gaps)

    def doubtful(self, course: Course, stretch: Stretch, open_: Array) -> list[tuple[int, int]]:
        """The pieces of a stretch, with gaps, on which it is not certain that one keeps its sign throughout.

        ``open_`` are the numbers of the gaps that are looked at.  A gap times the scores of those at no limit
        is linear on a piece, so that a sign that is certain at both ends is certain between them.
        """
        one, other = self._of(open_, partial(course.amounts_on, stretch))
        low, high = self._bounds(one, other, self.more[open_])
        near = open_[~(low > 0) & ~(high < 0)]
        if not len(near):
            return []
        one, other = self._of(near, partial(course.amounts, stretch.at, stretch.mu, stretch.size))
        low, high = self._bounds(one, other, self.more[near])
        sure = ((low[:-1] > 0) & (low[1:] > 0)) | ((high[:-1] < 0) & (high[1:] < 0))
        return [(int(piece), int(near[at])) for piece, at in np.argwhere(~sure)]

    def _of(self, gaps: Array, amounts: Callable[[Array], Bounds]) -> tuple[Bounds, Bounds]:
        """Bounds on the amounts of both in some gaps."""
        ones = amounts(self.one[gaps])
        return ones, amounts(self.other[gaps]) if self._pairs else (np.zeros(1), np.zeros(1))

    def _bounds(self, one: Bounds, other: Bounds, more: Array) -> Bounds:
        with np.errstate(invalid="ignore"):
            low, high = one[0] - other[1] + more, one[1] - other[0] + more
            low = low - DOUBT * (one[0] + np.where(np.isinf(other[1]), 0, other[1]) + np.abs(more))
            high = high + DOUBT * (other[0] + np.where(np.isinf(one[1]), 0, one[1]) + np.abs(more))
        return low, high

    def form(self, course: Course, stretch: Stretch, number: int, piece: int) -> Linear:
        """A gap on a piece, times the scores of those at no limit and a whole number above zero: a + b t."""
        one, other, _ = self.gaps[number]
        a, b = self._amount(course, stretch, one, piece)
        if other is not None:
            c, d = self._amount(course, stretch, other, piece)
            a, b = a - c, b - d
        (more, by), over = self._more[number], stretch.pieces[piece].over
        return by * a + more * over[0], by * b + more * over[1]

    def _amount(self, course: Course, stretch: Stretch, who: int | None, piece: int) -> Linear:
        if who is None:
            return 0, 0
        over, stands = stretch.pieces[piece].over, stretch.standing(who, piece)
        if stands == FREE:
            left = stretch.pieces[piece].left
            return left * course.a[who], left * course.b[who]
        held = self.prepared.floors[who] if stands == FLOOR else self.prepared.caps[who] or 0
        return held * over[0], held * over[1]

    def zero(self, course: Course, stretch: Stretch, number: int, piece: int) -> Place | None:
        """The first place of a piece at which a gap is zero, and anything can be shared out.

        At the end of a line nobody may have a score: there every amount would be nothing over nothing.
        """
        a, b = self.form(course, stretch, number, piece)
        where = stretch.pieces[piece]
        if not b:
            return None if a else where.low
        place = (-a, b) if b > 0 else (a, -b)
        if before(place, where.low) or before(where.high, place):
            return None
        return place if where.over[0] * place[1] + where.over[1] * place[0] else None


def held_against(scenario: Scenario, against: Mapping[str, str | Number]) -> Gaps:
    """The gaps between recipients and another recipient, or an amount."""
    prepared = Prepared(scenario)
    of, apart = prepared.places, prepared.earmarks
    return Gaps(
        prepared,
        [
            Gap(of.get(id), of.get(other), apart[id] - apart[other])
            if isinstance(other, str)
            else Gap(of.get(id), None, apart[id] - prepared.in_units(other))
            for id, other in against.items()
        ],
    )


def first_levels(gaps: Gaps, line: Line) -> dict[int, Place]:
    """The first place on a line at which each gap is zero, by its number; one that never is is left out."""
    course, found = Course(gaps.prepared, line), dict[int, Place]()
    open_ = np.full(len(gaps.gaps), fill_value=True)
    for stretch in course.stretches():
        for piece, number in gaps.doubtful(course, stretch, np.nonzero(open_)[0]):
            if number not in found:
                place = gaps.zero(course, stretch, number, piece)
                if place is not None:
                    found[number] = place
                    open_[number] = False
        if len(found) == len(gaps.gaps):
            break
    return found


# --- ranks ----------------------------------------------------------------------------------------


class Ranks:
    """Recipients by amount before rounding, largest first, equal ones as listed, and their gaps to the next.

    ``level`` are the numbers of the gaps that are zero under the weights as they stand, ``apart`` the others.
    """

    def __init__(self, scenario: Scenario) -> None:
        prepared = Prepared(scenario)
        start, places, earmarks = prepared.start, prepared.places, prepared.earmarks
        more, over = scaled(list(earmarks.values()))
        amounts = []
        for id, apart in zip(earmarks, more, strict=True):
            amount = 0
            if id in places:
                i = places[id]
                held = {FLOOR: prepared.floors[i], CAP: prepared.caps[i] or 0}
                amount = held.get(int(start.stands[i]), 0) * start.q
                if start.stands[i] == FREE:
                    amount = start.p * prepared.now[i]
            amounts.append(amount * over + apart * start.q)
        order = sorted(range(len(amounts)), key=lambda i: -amounts[i])
        ids = list(earmarks)
        self.pairs = [(ids[i], ids[m]) for i, m in pairwise(order)]
        of = places.get
        self.gaps = Gaps(
            prepared, [Gap(of(one), of(other), earmarks[one] - earmarks[other]) for one, other in self.pairs]
        )
        level = [amounts[i] == amounts[m] for i, m in pairwise(order)]
        self.level = [number for number, same in enumerate(level) if same]
        self.apart = np.array([number for number, same in enumerate(level) if not same], dtype=int)
        self._of: dict[int, list[int]] = {}  # the level gaps of a place
        for number in self.level:
            for who in self.gaps.gaps[number][:2]:
                if who is not None:
                    self._of.setdefault(who, []).append(number)

    def first_meeting(self, line: Line) -> tuple[Place, tuple[str, str]] | None:
        """The first place on a line where two that differ draw level or two level ones part, and those two.

        Only neighbours can be the first.  Of several at one place the highest in rank.
        """
        course = Course(self.gaps.prepared, line)
        loose, stands = set(self.level), None
        for stretch in course.stretches():
            doubtful: dict[int, list[int]] = {}
            for piece, number in self.gaps.doubtful(course, stretch, self.apart):
                doubtful.setdefault(piece, []).append(number)
            changed: dict[int, list[int]] = {}
            if stands is not None:
                changed[0] = [int(i) for i in np.nonzero(stands != stretch.stands)[0]]
            for piece, who, _ in stretch.changes:
                changed.setdefault(piece, []).append(who)
            for piece, where in enumerate(stretch.pieces):
                meetings = [
                    (place, number)
                    for number in doubtful.get(piece, ())
                    if (place := self.gaps.zero(course, stretch, number, piece)) is not None
                ]
                # level ones can part only where one of them changes its form, or where they meet by chance
                look = loose.union(*(self._of.get(who, ()) for who in changed.get(piece, ())))
                for number in look:
                    if any(self.gaps.form(course, stretch, number, piece)):
                        meetings.append((where.low, number))
                    elif self._tied(course, stretch, number, piece):
                        loose.discard(number)
                    else:
                        loose.add(number)
                if meetings:
                    place, number = min(meetings, key=cmp_to_key(_in_order))
                    return place, self.pairs[number]
            stands = stretch.stands.copy()
            for piece, who, now in stretch.changes:
                if piece < len(stretch.pieces):
                    stands[who] = now
        return None

    def _tied(self, course: Course, stretch: Stretch, number: int, piece: int) -> bool:
        """True for level ones that stay level as long as both stand where they do."""
        one, other, more = self.gaps.gaps[number]
        free = [who is not None and stretch.standing(who, piece) == FREE for who in (one, other)]
        if not any(free):
            return True
        if one is None or other is None or not all(free) or more:
            return False
        return course.a[one] == course.a[other] and course.b[one] == course.b[other]


def _in_order(first: tuple[Place, int], second: tuple[Place, int]) -> int:
    if before(first[0], second[0]):
        return -1
    return 1 if before(second[0], first[0]) else first[1] - second[1]
