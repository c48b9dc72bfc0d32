"""The way along a course with limits, from one crossing to the next.

How it is found stands at the head of `course`, and in `held` where nobody is between the limits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import compress
from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from allocator.analysis.explain.held import Held, Near
from allocator.analysis.explain.leaping import Lines
from allocator.analysis.explain.pieces import Linear, Piece, Place, Stretch, before, sooner
from allocator.analysis.explain.prepared import CAP, DOUBT, FLOOR, FREE, Array, doubles
from allocator.analysis.explain.turning import Rows, leaving, turned

if TYPE_CHECKING:
    from allocator.analysis.explain.course import Course

AROUND = 112  # straight lines above and below the place reached that a box takes in
FIRST = 6  # so many of them in the first box, since what is looked for is often near; then twice as many
WORTHWHILE = 4  # crossings gone over at once, below which it is quicker to go from one to the next
NEAR = 1 + 2.0**-30  # two places that differ by more, relatively, are apart whatever they were rounded by
NARROW = 2.0**-20  # a box goes on at least by this part to each side

End = tuple[float, float, float]  # t, μ there, and its size before what cancels in it
# a place; scores and units of those between their limits after it; who changes there, and to what
_Step = tuple[Place, tuple[Linear, int], tuple[int, int]]


@dataclass
class _Reached:
    """The part of a stretch that has been followed."""

    stands: Array
    pieces: list[Piece] = field(default_factory=list)
    ends: list[End] = field(default_factory=list)
    changes: list[tuple[int, int, int]] = field(default_factory=list)


class _Box(NamedTuple):
    """The lines within a box, with how far the course is on its side of each, gap + slope · t, and errors."""

    lines: Sequence[int]
    side: Array
    gap: Array
    slope: Array
    error: Array


class Walk:
    """The place reached on a course, and what everybody stands at there.

    ``coming`` are those whose score is zero at the beginning alone, and who can move between two limits.
    More than the floors and less than the caps is shared out.
    """

    def __init__(self, course: Course, coming: Sequence[int]) -> None:
        self.course, prepared = course, course.prepared
        self.rows = Rows(course.a, course.b, prepared.floors, prepared.caps)
        self.bends = prepared.bends
        self.owner, self.kind = self.bends.owner, self.bends.kind
        self.alpha = course.alpha[self.owner] / self.bends.size
        self.beta = course.beta[self.owner] / self.bends.size
        self.error = DOUBT * (np.abs(self.alpha) + np.abs(self.beta) * course.most)
        self.stands = leaving(self.rows, prepared.start, coming)
        free, *held = ((self.stands == end).tolist() for end in (FREE, FLOOR, CAP))
        self.free = sum(free)
        self.over: Linear = sum(compress(course.a, free)), sum(compress(course.b, free))
        floors, caps = (
            sum(limit or 0 for limit in compress(side, at))
            for side, at in zip((self.rows.floors, self.rows.caps), held, strict=True)
        )
        self.left = prepared.total - floors - caps
        self.low: Place = 0, 1
        self.around, self.wide = min(FIRST, AROUND), course.most / 16
        self.reached = _Reached(self.stands.copy())
        self.held = Held(self.bends, self.rows, Near(self.alpha, self.beta, self.error))
        mu = course.slope(self.over, self.left)[0] if self.free else self.held.between(self.stands)
        self.here: End = 0.0, mu, mu

    def stretches(self) -> Iterator[Stretch]:
        """The course, box by box."""
        while self.low != self.course.end:
            if self.free:
                self._follow()
            else:
                self._all_held()
            done, self.reached = self.reached, _Reached(self.stands.copy())
            if done.pieces:
                at, mu, size = np.array(done.ends).T
                yield Stretch(done.pieces, at, mu, size, done.stands, done.changes)

    # --- at a place -------------------------------------------------------------------------------

    def _arrive(self, high: Place, here: End) -> None:
        """Ends a piece, unless nothing lies between its ends."""
        if here[0] > self.here[0] * NEAR or before(self.low, high):
            reached = self.reached
            if not reached.pieces:
                reached.ends.append(self.here)
            reached.pieces.append(Piece(self.low, high, self.over if self.free else (1, 0), self.left))
            reached.ends.append(here)
        self.low, self.here = high, here

    def _switch(self, crossed: Sequence[int]) -> list[int]:
        """Puts those whose lines are crossed here to where they stand from here on; these are returned."""
        just = {self.bends.owners[k]: self.bends.kinds[k] for k in crossed}
        first = next(iter(just))
        stood = {i: int(self.stands[i]) for i in just}
        if len(just) == 1 and self.free > (stood[first] == FREE):
            just[first] = just[first] if stood[first] == FREE else FREE
        else:
            over = self.over
            for i, stands in stood.items():
                if stands == FREE:
                    over = over[0] - self.rows.a[i], over[1] - self.rows.b[i]
            just = turned(self.rows, self.low, over, just)
        changed = [i for i, stands in just.items() if stood[i] != stands]
        for i in changed:
            self._count(i, stood[i], -1)
            self._count(i, just[i], 1)
            self._put(i, just[i])
        return changed

    def _put(self, i: int, stands: int) -> None:
        """Puts somebody at a limit or at none, from here on."""
        self.stands[i] = stands
        if self.reached.pieces:
            self.reached.changes.append((len(self.reached.pieces), i, stands))
        else:
            self.reached.stands[i] = stands

    def _count(self, i: int, stands: int, sign: int) -> None:
        """Counts somebody in, or out again."""
        if stands == FREE:
            self.free += sign
            self.over = self.over[0] + sign * self.rows.a[i], self.over[1] + sign * self.rows.b[i]
        else:
            self.left -= sign * (self.rows.floors[i] if stands == FLOOR else self.rows.caps[i] or 0)

    # --- somebody is between the limits -----------------------------------------------------------

    def _follow(self) -> None:
        """Goes on to the end of a box, or until nobody is between the limits."""
        inside, right, low, high = self._box()
        bends, numbers = inside.tolist(), dict[int, int]()
        kind = self.kind[inside]
        # 1 for a line below the course, -1 above it: its owner stands at that limit, or does not
        side = np.where(kind == FLOOR, 1, -1) * np.where(self.stands[self.owner[inside]] == kind, 1, -1)
        lines = Lines(
            self.alpha[inside], self.beta[inside], self.error[inside], self.bends.size[inside], kind, side
        )
        crossings, leaping = 0, True
        with np.errstate(divide="ignore", invalid="ignore"):
            while self.free:
                if leaping:
                    leapt = self._leap(lines, bends, (right, low, high))
                    crossings += leapt
                    leaping = leapt >= WORTHWHILE
                mu = self.course.slope(self.over, self.left)
                box = _Box(
                    bends, side, side * (mu[0] - lines.alpha), side * (mu[1] - lines.beta), lines.error
                )
                place, crossed = self._next(box, mu, self._leave(mu, right, low, high))
                t = place[0] / place[1]
                self._arrive(place, (t, mu[0] + mu[1] * t, abs(mu[0]) + abs(mu[1]) * t))
                if not crossed or self.low == self.course.end:
                    break
                crossings += 1
                numbers = numbers or {k: at for at, k in enumerate(bends)}
                for i in self._switch(crossed):
                    for k in self.bends.of[i]:
                        if k in numbers:
                            below = (self.bends.kinds[k] == FLOOR) == (self.stands[i] == self.bends.kinds[k])
                            side[numbers[k]] = 1 if below else -1
        self.around *= 2
        if crossings:  # a box without was too small
            self.around = min(self.around, AROUND)

    def _leap(self, lines: Lines, bends: Sequence[int], edges: tuple[float, float, float]) -> int:
        """Goes over as many crossings as double precision foretells and confirms; how many these are."""
        course, (right, low, high) = self.course, edges
        first, then = course.slope(self.over, self.left)
        order = lines.foretold((first * self.left, then * self.left, float(self.left)), right)
        ahead = self._ahead(lines, bends, order.tolist())
        if not ahead:
            return 0
        order, before_each = order[: len(ahead)], [(self.over, self.left), *(step[1] for step in ahead)]
        at = np.array([points / over for (points, over), _, _ in ahead])
        times = np.array([course.times / left for _, left in before_each[:-1]])
        parts = (doubles([over[n] for over, _ in before_each[:-1]], course.over, 1) * times for n in (0, 1))
        firsts, thens = parts
        mu, size = firsts + thens * at, np.abs(firsts) + np.abs(thens) * at
        inside = (at < right) & (mu - DOUBT * size >= low) & (mu + DOUBT * size <= high)
        many = lines.confirmed(order, (at, mu, size))
        many = many if inside[:many].all() else int(inside.argmin())
        ends = zip(at.tolist(), mu.tolist(), size.tolist(), strict=True)
        for (place, state, (i, stands)), here in zip(ahead[:many], ends, strict=False):
            self._arrive(place, here)
            self.free += 1 if stands == FREE else -1
            self.over, self.left = state
            self._put(i, stands)
        lines.side[order[:many]] *= -1
        return many

    def _ahead(self, lines: Lines, bends: Sequence[int], order: Sequence[int]) -> list[_Step]:
        """The places of some crossings one after the other, and the course after each, in whole numbers."""
        (first, then), left, free, found = self.over, self.left, self.free, list[_Step]()
        sides = lines.side.tolist()
        for at in order:
            k, side = bends[at], sides[at]
            i, kind, limit = self.bends.owners[k], self.bends.kinds[k], self.bends.limit[k]
            a, b = self.rows.a[i], self.rows.b[i]
            over = side * (left * b - limit * then)
            if over <= 0:
                break
            place = side * (limit * first - left * a), over
            if not found and not before(self.low, place):
                break
            if (side > 0) == (kind == FLOOR):  # it comes from its limit
                first, then, left, free = first + a, then + b, left + limit, free + 1
                stands = FREE
            else:
                first, then, left, free = first - a, then - b, left - limit, free - 1
                stands = kind
            if not free or left <= 0:
                break
            found.append((place, ((first, then), left), (i, stands)))
        return found

    def _box(self) -> tuple[Array, float, float, float]:
        """The lines that enter a box around the place reached, its right end, lower end and upper one."""
        t, mu, _ = self.here
        while True:
            right = min(t + self.wide, self.course.most)
            first, then = self.alpha + self.beta * t, self.alpha + self.beta * right
            least, most = np.minimum(first, then) - self.error, np.maximum(first, then) + self.error
            below, above = most[most < mu], least[least > mu]
            across = len(least) - len(below) - len(above)
            if across <= 2 * self.around or self.wide <= self.course.most * NARROW:
                break
            self.wide /= 2
        if across < self.around:
            self.wide *= 2
        low, high, keep = -np.inf, np.inf, self.around
        if len(below) > keep:
            low = min(float(np.partition(below, len(below) - keep)[len(below) - keep]), mu * (1 - NARROW))
        if len(above) > keep:
            high = max(float(np.partition(above, keep - 1)[keep - 1]), mu * (1 + NARROW))
        return np.nonzero((most >= low) & (least <= high))[0], right, low, high

    def _leave(self, mu: tuple[float, float], right: float, low: float, high: float) -> float:
        """The place up to which μ(t) certainly stays within the box."""
        here, leave = self.here[0], right
        edge = low if mu[1] < 0 else high
        if mu[1] and isfinite(edge):
            leave = max(here, min(leave, (edge - mu[0]) / mu[1]))
            for part in (1.0, 1 - NARROW, 0.99, 0.5, 0.0):  # not quite to the edge
                near = here + (leave - here) * part
                value, error = mu[0] + mu[1] * near, DOUBT * (abs(mu[0]) + abs(mu[1]) * near)
                if low <= value - error and value + error <= high:
                    return near
            return here
        return leave

    def _next(self, box: _Box, mu: tuple[float, float], leave: float) -> tuple[Place, list[int]]:
        """The place of the next crossing and the lines through it; none of them where the box ends first."""
        place: Place = self.course.end if leave >= self.course.most else leave.as_integer_ratio()
        if leave <= self.here[0] * NEAR and before(place, self.low):
            place = self.low
        meets, picked = box.gap / -box.slope, -1
        meets[~(box.slope < 0)] = np.inf
        while len(meets):
            at = int(meets.argmin())
            if not meets[at] < leave:
                break
            first, then = self._above(box.lines[at], int(box.side[at]))
            if then < 0:
                place, picked = sooner(place, (first, -then)), at
                break
            meets[at] = np.inf
        while True:
            t = place[0] / place[1]
            doubtful = box.gap + box.slope * t < box.error + DOUBT * (abs(mu[0]) + abs(mu[1]) * t)
            found = np.nonzero(doubtful)[0].tolist()
            if found == [picked] and place == (first, -then):  # nothing is near the line that was picked
                return place, [box.lines[picked]]
            through, crossed, next_one = [], False, place
            for at in found:
                first, then = self._above(box.lines[at], int(box.side[at]))
                value = first * place[1] + then * place[0]
                if value < 0:
                    next_one = sooner(next_one, (first, -then))
                elif not value:
                    through.append(box.lines[at])
                    crossed = crossed or then < 0
            if next_one is place:
                return place, through if crossed else []
            place, picked = next_one, -1

    def _above(self, k: int, side: int) -> Linear:
        """The distance of the course from a line on its side, times something: a + b t, not below 0 here."""
        i, limit = self.bends.owners[k], self.bends.limit[k] * side
        left = self.left * side
        return limit * self.over[0] - left * self.rows.a[i], limit * self.over[1] - left * self.rows.b[i]

    # --- everybody is held ------------------------------------------------------------------------

    def _all_held(self) -> None:
        """Goes on to where the highest line of a floor meets the lowest line of a cap."""
        place, meeting, line = self.held.end(self.stands, self.course.end)
        t = place[0] / place[1]
        alpha, beta = float(self.alpha[line]), float(self.beta[line])
        self._arrive(place, (t, alpha + beta * t, abs(alpha) + abs(beta) * t))
        if meeting and self.low != self.course.end:
            self._switch(meeting)
