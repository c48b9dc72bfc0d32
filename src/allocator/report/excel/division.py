"""Units, quotients and remainders of every recipient, as the workbook's formulas find them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from allocator.core.allocation import Allocation
from allocator.core.exact import Number
from allocator.report.excel.integers import LEAST, Integers


@dataclass(frozen=True)
class Division:
    """Units times score over a divisor, by position in the scenario; the divisor goes in two steps.

    ``states`` is "floor" or "cap" for a recipient at a limit, else "". One that takes no part has a remainder
    of minus the divisor, so that it comes last in every order.
    """

    to_share: int
    over: Number
    high: int
    low: int
    close: Number
    states: tuple[str, ...]
    takes: tuple[bool, ...]
    steps: tuple[tuple[Number, Number], ...]
    whole: tuple[int, ...]
    rest: tuple[Number, ...]
    total: int
    by_remainder: bool

    @cached_property
    def nearest(self) -> tuple[int, ...]:
        """Every amount to the nearest unit, halves up."""
        return tuple(
            w + (2 * r >= self.over) if takes else 0
            for w, r, takes in zip(self.whole, self.rest, self.takes, strict=True)
        )

    @property
    def short(self) -> int:
        """The units that are left over (negative: short) after each amount is rounded by itself."""
        return self.total - sum(self.whole if self.by_remainder else self.nearest)

    @cached_property
    def order(self) -> list[int]:
        """Positions by falling remainder, equal ones as listed."""
        return sorted(range(len(self.rest)), key=self.rest.__getitem__, reverse=True)

    @property
    def cut(self) -> tuple[Number, Number]:
        """The smallest remainder that gets a unit, the largest that gets none; zeros if all or none do."""
        if not 0 < self.short < len(self.rest):
            return 0, 0
        return self.rest[self.order[self.short - 1]], self.rest[self.order[self.short]]

    @cached_property
    def largest(self) -> int:
        """The position of the first of the largest amounts."""
        return max(range(len(self.rest)), key=lambda i: (self.whole[i], self.rest[i], -i))

    @property
    def near(self) -> int:
        """The number of rounding decisions in doubt, within a margin of ``close``; 0 with whole numbers."""
        if not self.close:
            return 0
        if self.by_remainder:
            cut, after = self.cut
            return int(0 < self.short < len(self.rest) and cut - after <= self.close)
        taking = [i for i, takes in enumerate(self.takes) if takes]
        wide = 2 * self.close
        halves = any(-wide <= 2 * self.rest[i] - self.over <= wide for i in taking)
        most, rest = self.whole[self.largest], self.rest[self.largest]
        equal = [i for i in taking if self.whole[i] == most and self.rest[i] >= rest - self.close]
        return int(halves) + int(bool(self.short) and len(equal) > 1)


def closeness(allocation: Allocation) -> int:
    """The error bound of a remainder, in steps of a decimal, for this number of recipients and factors."""
    return len(allocation.scenario.ids) + 2 * len(allocation.scenario.weights) + 12


def states(allocation: Allocation, found: Integers) -> tuple[str, ...]:
    """The state of each recipient, by position: "floor", "cap", or "" between limits and without any."""
    at = [""] * len(allocation.scenario.ids)
    if not allocation.scenario.limits:
        return tuple(at)
    level = Fraction(allocation.split.multiplier) * found.total / found.score if found.score else Fraction(0)
    split = allocation.split
    for i, floor, cap in zip(split.members, split.floor_units, split.cap_units, strict=True):
        wanted = level * found.scores[i]
        if not found.scores[i] or wanted <= (floor or 0):
            at[i] = "floor"
        elif cap is not None and wanted >= cap:
            at[i] = "cap"
    return tuple(at)


def division(allocation: Allocation, found: Integers) -> Division:
    """The division of an allocation."""
    scenario = allocation.scenario
    at = states(allocation, found)
    held = [0] * len(at)
    for i, floor, cap in zip(
        scenario.participants, allocation.split.floor_units, allocation.split.cap_units, strict=True
    ):
        held[i] = (floor or 0) if at[i] == "floor" else (cap or 0) if at[i] == "cap" else 0
    takes = [i in set(scenario.participants) for i in range(len(at))]
    free = [i for i, state in enumerate(at) if takes[i] and not state]
    over: Number = (sum((found.scores[i] for i in free), start=0) if free else 0) or 1
    to_share = found.total - sum(held) if free else 0
    high, low = divmod(to_share, found.split)
    steps, whole, rest = _quotients(found, to_share, high, over, at, held, takes)
    return Division(
        to_share=to_share,
        over=over,
        high=high,
        low=low,
        close=0 if found.exact else to_share * over * closeness(allocation) * LEAST,
        states=at,
        takes=tuple(takes),
        steps=steps,
        whole=whole,
        rest=rest,
        total=found.total,
        by_remainder=scenario.fund.rounding == "largest-remainder",
    )


def _quotients(
    found: Integers,
    to_share: int,
    high: int,
    over: Number,
    at: Sequence[str],
    held: Sequence[int],
    takes: Sequence[bool],
) -> tuple[tuple[tuple[Number, Number], ...], tuple[int, ...], tuple[Number, ...]]:
    steps: list[tuple[Number, Number]] = []
    whole: list[int] = []
    rest: list[Number] = []
    for score, state, limit, taking in zip(found.scores, at, held, takes, strict=True):
        first, quotient, remainder = Fraction(0), limit, Fraction(0)
        if not taking:
            remainder = -Fraction(over)
        elif not state:
            first = Fraction(high * score // over)
            quotient = int(to_share * score // over)
            remainder = Fraction(to_share * score - quotient * over)
        steps.append((first, high * score - first * over if taking and not state else 0))
        whole.append(quotient)
        rest.append(remainder)
    return tuple(steps), tuple(whole), tuple(rest)
