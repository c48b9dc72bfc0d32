"""Limits 保底、封顶: the multiplier with which floors and caps hold, and what they leave to everybody.

a_i = min(max(k · e_i, floor_i), cap_i) with Σ a = D.  With money already held, a_i = clip(k · e_i − h_i).  Of
all ways to hold the limits this one has the least Σ (a − e)² / e.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import compress
from operator import truediv
from typing import NamedTuple

from allocator.core.exact import Number, scaled
from allocator.core.stages.bounds import Bounds, Limits
from allocator.core.stages.groups import Shared, outermost


class Limited(NamedTuple):
    """Amounts after limits and less what is held, in units over a denominator, and the λ = p/q of them."""

    amounts: Sequence[int]
    over: int
    p: int
    q: int

    @property
    def rate(self) -> Fraction:
        """λ, in units for each score."""
        return Fraction(self.p, self.q)


def hold(scores: Sequence[int], bounds: Bounds, total: int) -> Limited:
    """Shares out ``total`` units by scores within bounds that can hold (`check_feasible`)."""
    if not bounds.any:
        whole = sum(scores) or 1
        return Limited([total * s for s in scores], whole, total, whole)
    gross = _gross(scores, bounds)
    held = sum(gross.held)
    if bounds.groups:
        parts = outermost(bounds.groups, len(scores))
        found, rate = gross.amounts(parts, Fraction(total * gross.fine + held))
        return _net(found, gross, rate)
    p, q = find_multiplier(scores, gross.floors, gross.caps, total * gross.fine + held)
    return _between(gross, p, q)


def at_rate(scores: Sequence[int], bounds: Bounds, rate: Fraction) -> Limited:
    """The amounts at λ = rate, whatever they come to."""
    gross = _gross(scores, bounds)
    rate *= gross.fine
    if bounds.groups:
        return _net(gross.at(outermost(bounds.groups, len(scores)), rate), gross, rate)
    return _between(gross, rate.numerator, rate.denominator)


def _gross(scores: Sequence[int], bounds: Bounds) -> Shared:
    """The bounds with what is held on top, which nobody's entitlement need fall below."""
    if not bounds.held:
        return Shared(scores, bounds.floors, bounds.caps, (), 1)
    held, fine = scaled(bounds.held)
    floors = [(floor or 0) * fine + own for floor, own in zip(bounds.floors, held, strict=True)]
    caps = [None if cap is None else cap * fine + own for cap, own in zip(bounds.caps, held, strict=True)]
    return Shared(scores, floors, caps, held, fine)


def _net(found: dict[int, Fraction], gross: Shared, rate: Fraction) -> Limited:
    amounts, over = scaled([found[at] for at in range(len(gross.scores))])
    if gross.held:
        amounts = [amount - own * over for amount, own in zip(amounts, gross.held, strict=True)]
    rate /= gross.fine
    return Limited(amounts, over * gross.fine, rate.numerator, rate.denominator)


def _between(gross: Shared, numerator: int, over: int) -> Limited:
    """min(max(λ · s_i, floor_i), cap_i) − held_i with λ = numerator/over."""
    amounts = [
        max(numerator * score, (floor or 0) * over)
        if cap is None
        else min(max(numerator * score, (floor or 0) * over), cap * over)
        for score, floor, cap in zip(gross.scores, gross.floors, gross.caps, strict=True)
    ]
    if gross.held:
        amounts = [amount - own * over for amount, own in zip(amounts, gross.held, strict=True)]
    return Limited(amounts, over * gross.fine, numerator, over * gross.fine)


def from_gains(scores: Sequence[int], entitled: Number, bounds: Bounds, total: int) -> Limited:
    """Floors from gains: a_i = floor_i + s · max(0, e_i − h_i − floor_i) with Σ a = total; ``rate`` is s.

    ``entitled`` is Σ e in units; Σ floors is at most the total, so that somebody gains what they leave.

    >>> from_gains((95, 105, 130), 330, Bounds((103, 103, 103), (None,) * 3), 330).rate
    Fraction(21, 29)
    """
    whole = sum(scores) or 1
    held = bounds.held or [0] * len(scores)
    floors = [floor or 0 for floor in bounds.floors]
    rows = zip(scores, held, floors, strict=True)
    gains, over = scaled([max(Fraction(), Fraction(entitled) * s / whole - h - f) for s, h, f in rows])
    left, gained = total - sum(floors), sum(gains)
    if not left:
        return Limited(floors, 1, 0, 1)
    amounts = [floor * gained + left * gain for floor, gain in zip(floors, gains, strict=True)]
    return Limited(amounts, gained, left * over, gained)


def find_multiplier(scores: Sequence[int], floors: Limits, caps: Limits, total: int) -> tuple[int, int]:
    """λ = p/q with Σ min(max(λ s_i, floor_i), cap_i) = total, found exactly; k = λ Σs / total.

    The sum is piecewise linear in λ and never falls; its slope changes by ±s_i where λ s_i meets a floor
    or a cap.  Each round tries one near the middle of the bends still open and drops the half that it
    decides, so that the work halves from round to round (cf. the median search for continuous knapsacks,
    Kiwiel 2008).  Where everybody stands at a limit, any λ of an interval does: then the one with k nearest
    to 1.
    """
    # a bend: from λ = at/s on, the sum grows by λ s − at; a cap's have both below zero
    ats = [floor or 0 for s, floor in zip(scores, floors, strict=True) if s]
    ats += [-cap for s, cap in zip(scores, caps, strict=True) if s and cap is not None]
    sizes = [s for s in scores if s]
    sizes += [-s for s, cap in zip(scores, caps, strict=True) if s and cap is not None]
    # Python rounds a quotient correctly: bends with unequal ones are in that order, equal ones are looked at
    keys = list(map(truediv, ats, sizes))
    held = sum(floor or 0 for floor in floors)  # what the sum is at λ, less slope · λ
    slope = 0
    found: tuple[int, int] | None = None
    while keys and found is None:
        pivot = _middle(keys)
        key, p, q = keys[pivot], abs(ats[pivot]), abs(sizes[pivot])
        below = [other < key for other in keys]
        above = [other > key for other in keys]
        level = [pivot]
        if keys.count(key) > 1:
            level = []
            for i, other in enumerate(keys):
                if other == key:
                    apart = abs(ats[i]) * q - p * abs(sizes[i])
                    below[i], above[i] = apart < 0, apart > 0
                    level += [i] if not apart else []
        gain = slope + sum(compress(sizes, below))
        rest = held - sum(compress(ats, below))
        over = p * gain + q * (rest - total)  # q times what the sum at p/q has too much
        if over < 0:
            slope = gain + sum(sizes[i] for i in level)
            held = rest - sum(ats[i] for i in level)
        if over:
            still = below if over > 0 else above
            keys, ats, sizes = (list(compress(column, still)) for column in (keys, ats, sizes))
        else:
            found = p, q
    p, q = found or (total - held, slope or 1)
    return _nearest_to_one(scores, floors, caps, total, p, q)


def _middle(keys: Sequence[float]) -> int:
    """The position of one of the keys near their median: the median of a hundred of them."""
    some = range(0, len(keys), len(keys) // 100 + 1)
    return sorted(some, key=keys.__getitem__)[len(some) // 2]


def _nearest_to_one(
    scores: Sequence[int],
    floors: Limits,
    caps: Limits,
    total: int,
    p: int,
    q: int,
) -> tuple[int, int]:
    """The λ nearest to total / Σ s, where k is 1, of all that give the same amounts as p/q."""
    low: Fraction | None = None
    high: Fraction | None = None
    for s, floor, cap in zip(scores, floors, caps, strict=True):
        if not s or (cap is not None and (floor or 0) == cap):
            continue  # stands there whatever λ is
        if cap is not None and p * s >= cap * q:
            low = max(low or Fraction(0), Fraction(cap, s))
        elif p * s <= (floor or 0) * q:
            high = Fraction(floor or 0, s) if high is None else min(high, Fraction(floor or 0, s))
        else:
            return p, q  # somebody stands between the limits, so λ is unique
    one = Fraction(total, sum(scores) or 1)
    best = max(one, low) if low is not None else one
    best = min(best, high) if high is not None else best
    return best.numerator, best.denominator
