"""Amounts before rounding while weights move along a line, found piece by piece and slowly.

At a place amounts are clip(λ s_i, floor_i, cap_i) with Σ = D.  Who stands at a limit there does so as long as
the inequalities hold that say it, all of them linear in the place: that is a piece, on which each amount is
one linear function over another.  Everything is a fraction, every piece looks at everybody, and the next one
is found by halving.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from allocator import Scenario, allocate
from allocator.analysis.explain import Line

Linear = tuple[Fraction, Fraction]  # a + b · t


@dataclass(frozen=True)
class Piece:
    """Amounts for low ≤ t ≤ high with earmarks: by recipient a + b t over the a + b t of ``over``."""

    low: Fraction
    high: Fraction
    amounts: Mapping[str, Linear]
    over: Linear

    def at(self, points: Fraction) -> dict[str, Fraction]:
        """The amounts at a place."""
        over = self.over[0] + self.over[1] * points
        return {id: (a + b * points) / over for id, (a, b) in self.amounts.items()}


class Moved:
    """The amounts of a scenario along any line."""

    def __init__(self, scenario: Scenario) -> None:
        found = allocate(scenario)
        self.scenario, self.earmarks = scenario, found.earmarks
        self.ids = [scenario.ids[i] for i in scenario.participants]
        self.floors = {id: Fraction(found.floors[id] or 0) for id in self.ids}
        self.caps = {id: found.caps[id] for id in self.ids}
        self.total = Fraction(scenario.distributable)

    def scores(self, line: Line) -> dict[str, Linear]:
        """Each score as a + b t."""
        scenario, found = self.scenario, dict.fromkeys(self.ids, (Fraction(), Fraction()))
        for factor in line.start:
            values = [Fraction(x) for x in scenario.column(factor)]
            whole = (sum(values) or 1) if scenario.kind == "shares" else 1
            by = scenario.column(scenario.coefficient) if scenario.coefficient else [1] * len(values)
            for id, value, times in zip(self.ids, values, by, strict=True):
                own, (a, b) = value / whole * times, found[id]
                found[id] = a + line.start[factor] * own, b + line.step[factor] * own
        return found

    def multiplier(self, scores: Mapping[str, Fraction]) -> Fraction:
        """Some λ with which the amounts add up."""

        def amounts(rate: Fraction) -> Fraction:
            return sum((self.clip(id, rate * score) for id, score in scores.items()), start=Fraction())

        limits = [
            (limit or 0) / scores[id]
            for by in (self.floors, self.caps)
            for id, limit in by.items()
            if scores[id]
        ]
        bends = sorted({Fraction(), *limits})
        low, high = 0, len(bends)  # the sum at bends[low] is not above the total, that at bends[high] is
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if amounts(bends[middle]) > self.total else (middle, high)
        first = amounts(bends[low])
        if first == self.total:
            return bends[low]
        if high < len(bends):
            part = (self.total - first) / (amounts(bends[high]) - first)
            return bends[low] + (bends[high] - bends[low]) * part
        # beyond all bends only those without a cap go on
        free = sum(score for id, score in scores.items() if self.caps[id] is None)
        return bends[-1] + (self.total - first) / free

    def clip(self, id: str, amount: Fraction) -> Fraction:
        cap, more = self.caps[id], max(amount, self.floors[id])
        return more if cap is None else min(more, Fraction(cap))

    def pieces(self, line: Line) -> Iterator[Piece]:
        """The pieces from one end of a line to the other."""
        end, reached, scores = Fraction(line.most), Fraction(), self.scores(line)
        probe = min(end, Fraction(1)) / 64
        while reached < end:
            piece = self.around(scores, probe, end)
            if piece.low > reached:
                probe = (reached + piece.low) / 2
                continue
            if piece.high > reached:  # else two pieces meet at the probe
                yield Piece(reached, piece.high, piece.amounts, piece.over)
                reached = piece.high
            probe = reached + min(end - reached, Fraction(1)) / 64

    def around(self, scores: Mapping[str, Linear], at: Fraction, end: Fraction) -> Piece:
        """The piece around a place."""
        here = {id: a + b * at for id, (a, b) in scores.items()}
        rate = self.multiplier(here)
        floor = {id for id in self.ids if rate * here[id] <= self.floors[id]}
        cap = {
            id
            for id in self.ids
            if id not in floor and self.caps[id] is not None and rate * here[id] >= self.caps[id]
        }
        held = {id: self.floors[id] for id in floor} | {id: Fraction(self.caps[id]) for id in cap}
        free = [id for id in self.ids if id not in held]
        left = self.total - sum(held.values())
        over = sum(scores[id][0] for id in free), sum(scores[id][1] for id in free)
        if not free:
            over = Fraction(1), Fraction()
        holds: list[Linear] = []  # each says a + b t ≥ 0
        if free:
            for id in self.ids:
                above = {
                    limit: (left * scores[id][0] - limit * over[0], left * scores[id][1] - limit * over[1])
                    for limit in (self.floors[id], self.caps[id])
                    if limit is not None
                }
                a, b = above[self.floors[id]]
                holds.append((-a, -b) if id in floor else (a, b))
                if self.caps[id] is not None and id not in floor:
                    a, b = above[self.caps[id]]
                    holds.append((a, b) if id in cap else (-a, -b))
        for low in floor if not free else ():  # some λ leaves everybody where it is
            for high in cap:
                (a, b), (c, d), f, most = scores[low], scores[high], held[low], held[high]
                holds.append((f * c - most * a, f * d - most * b))
        amounts = {
            id: (left * scores[id][0], left * scores[id][1]) if id not in held else self.times(held[id], over)
            for id in self.ids
        }
        whole = {}
        for id, apart in self.earmarks.items():
            (a, b), (c, d) = amounts.get(id, (Fraction(), Fraction())), self.times(Fraction(apart), over)
            whole[id] = a + c, b + d
        low = max((-a / b for a, b in holds if b > 0), default=Fraction())
        high = min((-a / b for a, b in holds if b < 0), default=end)
        return Piece(max(low, Fraction()), min(high, end), whole, over)

    @staticmethod
    def times(amount: Fraction, over: Linear) -> Linear:
        return amount * over[0], amount * over[1]

    # --- questions ------------------------------------------------------------------------------------

    def first_level(self, line: Line, id: str, against: str | Fraction) -> Fraction | None:
        """The first place at which an amount equals another one."""
        for piece in self.pieces(line):
            other = piece.amounts[against] if isinstance(against, str) else self.times(against, piece.over)
            at = zero(piece, piece.amounts[id], other)
            if at is not None:
                return at
        return None

    def first_meeting(self, line: Line) -> tuple[Fraction, tuple[str, str] | None]:
        """The first place at which neighbours in rank draw level, or level ones part, and the first two."""
        order: list[str] = []
        for piece in self.pieces(line):
            of = piece.amounts
            if not order:
                order = sorted(of, key=lambda id: -of[id][0])
                level = {pair: of[pair[0]][0] == of[pair[1]][0] for pair in pairwise(order)}
            found = []
            for pair, same in level.items():
                at = zero(piece, *(of[id] for id in pair))
                if same:
                    at = piece.low if of[pair[0]] != of[pair[1]] else None
                if at is not None:
                    found.append((at, pair))
            if found:
                return min(found, key=lambda meeting: meeting[0])
        return Fraction(line.most), None


def zero(piece: Piece, one: Linear, other: Linear) -> Fraction | None:
    """The first place of a piece at which two are equal and there is something to share out by."""
    a, b = one[0] - other[0], one[1] - other[1]
    if not b:
        return None if a else piece.low
    at = -a / b
    within = piece.low <= at <= piece.high
    return at if within and piece.over[0] + piece.over[1] * at else None
