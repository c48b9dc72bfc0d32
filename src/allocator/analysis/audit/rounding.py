"""The sets of amounts before rounding that can have come out as the published ones.

They are stated here alone.  Verdicts, ranges, groups, nearest weights and the rows of the linear programs
all use these sets, so that another way of rounding is one more case of `unrounded`:

- largest remainder: e_i − p_i lies between m and m + 1 with one m for all.  That is exact up to ties: those
  raised have a remainder of at least the cut m + 1, the others at most.
- the rest to the largest: one set for each recipient that can have taken it, in which e_i lies within half a
  unit of p_i for all others, and nobody is above that recipient.
- each alone: p_i − 1/2 ≤ e_i < p_i + 1/2 for everybody, halves being rounded up.  Nothing makes the published
  amounts add up to what was shared out: e does, p need not.
- the rest to one that is named: the same for all others, and that one takes what they leave.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import lcm
from typing import TYPE_CHECKING

from allocator.core.exact import Number, scaled

if TYPE_CHECKING:
    from allocator.analysis.audit.case import Case


@dataclass(frozen=True)
class Unrounded:
    """A set of amounts before rounding, in units: m − down_i ≤ over · (e_i − p_i) ≤ m + up_i.

    All e are at least 0 and Σ e = Σ p + ``left``, which is above or below zero only where each amount is
    rounded by itself.  m is one unknown for all from −1 to 0 where ``shared`` (``over`` is 1 then), else
    zero. ``largest`` has no ends of its own, but nobody is above it.  Nor has ``rest_to``: its ends here are
    what the others leave it.  ``moves`` is False for those with a coefficient of zero, who cannot differ.
    ``down`` is no more than there is.  ``below`` is True for those who never reach their upper end.
    """

    amounts: tuple[Number, ...]
    moves: tuple[bool, ...]
    down: tuple[int, ...]
    up: tuple[int, ...]
    over: int = 1
    shared: bool = False
    largest: int | None = None
    left: int = 0
    rest_to: int | None = None
    below: tuple[bool, ...] = ()

    @property
    def exact(self) -> bool:
        """True if the amounts are exactly the published ones."""
        return not self.shared and self.largest is None and not any(self.up)

    @property
    def clear(self) -> bool:
        """True if nobody can reach the largest, whatever the amounts, so that only the ends count."""
        if self.largest is None:
            return True
        least = self.over * self.amounts[self.largest] - sum(self.up)
        ends = enumerate(zip(self.amounts, self.up, strict=True))
        return all(self.over * p + up <= least for i, (p, up) in ends if i != self.largest)


def unrounded(
    rounding: str,
    amounts: Sequence[Number],
    moves: Sequence[bool],
    left: int = 0,
    rest_to: int | None = None,
    pools: Sequence[int] | None = None,
) -> tuple[Unrounded, ...]:
    """The sets that together hold all amounts before rounding, each of them possible; no data is looked at.

    ``rounding`` is that of the fund, or "exact".  ``left`` units are what each alone leaves, and ``rest_to``
    is the position of the one that takes what is left.  ``pools`` are the pools that each amount is the sum
    of, each of them rounded by itself: then the sets hold all amounts before rounding, and more.

    >>> [one.largest for one in unrounded("rest-to-largest", (21, 21, 1, 19), (True,) * 4)]
    [0, 1]
    >>> [one.largest for one in unrounded("rest-to-largest", (19, 21, 21, 1), (True,) * 4)]
    [0, 1, 2]
    >>> unrounded("each-alone", (1, 0), (True, True), left=1)[0].up
    (1, 1)
    """
    taken, movable, size = tuple(amounts), tuple(moves), len(amounts)
    nothing = (0,) * size
    if rounding == "exact" or sum(movable) < 2:
        return (Unrounded(taken, movable, nothing, nothing),)
    counts = [1] * size if pools is None else list(pools)
    if rounding == "largest-remainder" and max(counts) > 1:  # each pool moves it by less than a unit
        most = tuple(count if move else 0 for count, move in zip(counts, movable, strict=True))
        least = tuple(min(count, int(amount)) for count, amount in zip(most, taken, strict=True))
        return (Unrounded(taken, movable, least, most),)
    if rounding == "largest-remainder":
        return (Unrounded(taken, movable, nothing, tuple(map(int, movable)), shared=True),)
    down = [int(move and amount > 0) for move, amount in zip(movable, taken, strict=True)]
    if rounding in ("each-alone", "rest-to"):
        up = [count if move else 0 for count, move in zip(counts, movable, strict=True)]
        below = list(movable) if max(counts) == 1 else [False] * size
        down = [min(up_, int(2 * amount)) for up_, amount in zip(up, taken, strict=True)]
        if rest_to is not None:
            others = sum(down) - down[rest_to]
            down[rest_to], up[rest_to], below[rest_to] = 2 * int(taken[rest_to]), others, False
        ends = tuple(down), tuple(up)
        return (Unrounded(taken, movable, *ends, over=2, left=left, rest_to=rest_to, below=tuple(below)),)
    found = []
    for i in _largest(taken, movable, down):
        less, more = ((*side[:i], 0, *side[i + 1 :]) for side in (down, list(map(int, movable))))
        found.append(Unrounded(taken, movable, less, more, over=2, largest=i))
    return tuple(found)


def _largest(amounts: Sequence[Number], moves: Sequence[bool], down: Sequence[int]) -> list[int]:
    """The positions that can have been the largest before rounding: with all others as low as can be, nobody
    is above it, and those level with it come after it in the list.
    """
    room, found = sum(down), []
    lows = [2 * amount - less for amount, less in zip(amounts, down, strict=True)]
    top = max(lows)
    for i, move in enumerate(moves):
        most = 2 * amounts[i] + room - down[i]
        others = [k for k, low in enumerate(lows) if low == most and k != i]
        if move and most >= top and not any(k < i for k in others):
            found.append(i)
    return found


def is_simple(case: Case) -> bool:
    """True if the ranges below hold together for any group: always, unless the largest is in doubt."""
    return len(case.unrounded) == 1 and case.unrounded[0].clear


def single_ranges(case: Case) -> tuple[list[int], list[int], int]:
    """For each recipient the least and the most before rounding, in units, as integers over one number.

    Needs is_simple.
    """
    (one,) = case.unrounded
    if one.exact:
        amounts, over = scaled(one.amounts)
        return list(amounts), list(amounts), over
    units = [int(amount) for amount in one.amounts]
    if one.shared:
        size = sum(one.moves)
        positive = sum(1 for amount, move in zip(units, one.moves, strict=True) if amount and move)
        over = lcm(size, positive, positive + 1)
        fall = over * (size - 1) // size
        rise = {True: over * (positive - 1) // positive, False: over * positive // (positive + 1)}
        pairs = list(zip(units, one.moves, strict=True))
        low = [amount * over - (fall if amount and move else 0) for amount, move in pairs]
        high = [amount * over + (rise[amount > 0] if move else 0) for amount, move in pairs]
        return low, high, over
    falls, rises = sum(one.down), sum(one.up)
    low, high = [], []
    for i, (amount, down, up) in enumerate(zip(units, one.down, one.up, strict=True)):
        if i == one.largest:  # takes what all others leave
            less, more = rises, falls
        elif one.largest is not None:  # has its room
            less, more = down, up
        else:
            left = one.over * one.left
            less, more = min(down, rises - up - left), min(up, falls - down + left)
        low.append(max(0, one.over * amount - less))
        high.append(one.over * amount + more)
    return low, high, one.over


def group_range(case: Case, members: Iterable[int]) -> tuple[Fraction, Fraction]:
    """The least and the most that a group had together before rounding, in units; needs is_simple."""
    (one,) = case.unrounded
    inside = set(members)
    published = Fraction(sum(one.amounts[i] for i in inside))
    if not inside or len(inside) == len(one.amounts):
        whole = published + one.left if inside else published
        return whole, whole
    outside = set(range(len(one.amounts))) - inside
    return published + one.left - _reach(one, outside), published + _reach(one, inside)


def _reach(one: Unrounded, inside: set[int]) -> Fraction:
    """The most that a group's sum can have been above the published one, in units.

    For one m, with g members and q others that got something: at a given m the group is at most g (m + 1)
    and, seen from the others, −q m above its amounts; the least of both is largest where they are equal,
    g q / (g + q) units.
    """
    if one.shared:
        g = sum(1 for i in inside if one.moves[i])
        others = (one.moves[i] and i not in inside for i in range(len(one.amounts)))
        q = sum(1 for amount, other in zip(one.amounts, others, strict=True) if amount and other)
        return Fraction(g * q, g + q) if q else Fraction(0)
    ends = list(enumerate(zip(one.up, one.down, strict=True)))
    rises = sum(up for i, (up, _) in ends if i in inside)
    falls = sum(down for i, (_, down) in ends if i not in inside)
    if one.largest is not None:
        return Fraction(falls if one.largest in inside else rises, one.over)
    return Fraction(min(rises, falls + one.over * one.left), one.over)


def most_of(case: Case, multipliers: Mapping[int, Fraction]) -> Fraction:
    """An upper bound of Σ π_i e_i before rounding, in units; exact except for the order of the amounts."""
    factors = [multipliers.get(i, Fraction(0)) for i in range(len(case.ids))]
    published = Fraction(sum(factor * amount for factor, amount in zip(factors, case.amounts, strict=True)))
    return published + max((_weighted(one, factors) for one in case.unrounded), default=Fraction(0))


def _weighted(one: Unrounded, factors: Sequence[Fraction]) -> Fraction:
    """The most of Σ π d over the differences d = e − p.

    Σ π d = Σ (π − ν) d + ν · left for any ν, as Σ d = left, and the least over ν of what each d can add to
    that is the most of the sum.  With a largest, which has no ends, ν is its own π.  For one m the right side
    is at its most the larger of two sums, one falling and one rising in ν; both are tried where they bend and
    where they cross.
    """
    movable = [i for i, move in enumerate(one.moves) if move]
    bends = sorted({factors[i] for i in movable})
    if one.exact or len(bends) < 2:
        return bends[0] * one.left if bends else Fraction(0)
    if not one.shared:
        tried = bends if one.largest is None else [factors[one.largest]]
        sums = (
            sum((factors[i] - v) * (one.up[i] if factors[i] > v else -one.down[i]) for i in movable)
            + v * one.over * one.left
            for v in tried
        )
        return min(Fraction(found) for found in sums) / one.over

    def above(v: Fraction) -> Fraction:
        return sum((factors[i] - v for i in movable if factors[i] > v), Fraction(0))

    def below(v: Fraction) -> Fraction:
        return sum((v - factors[i] for i in movable if one.amounts[i] and factors[i] < v), Fraction(0))

    best = min(max(above(v), below(v)) for v in bends)
    for left, right in pairwise(bends):
        fall, rise = above(left) - above(right), below(right) - below(left)
        if above(left) > below(left) and above(right) < below(right):
            v = left + (right - left) * (above(left) - below(left)) / (fall + rise)
            best = min(best, max(above(v), below(v)))
    return best
