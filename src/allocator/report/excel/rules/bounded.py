"""The columns of who stands at a floor or cap, and of what each gains above its floor."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from allocator.core.exact import scaled
from allocator.report.excel.rules.scores import Scores
from allocator.report.excel.rules.term import (
    Term,
    common_divisor,
    least,
    most,
    product_sum,
    size,
    total,
    when,
)

if TYPE_CHECKING:
    from allocator.report.excel.rules.pool import PoolSheet


def limits(sheet: PoolSheet, gross: Term) -> tuple[list[Term], list[Term], Term, Term]:
    """Writes who stands at a limit; returns that, what is left for the others, and their scores."""
    frame, say, scores = sheet.frame, sheet.book.say, sheet.scores
    floor, cap, each = sheet.floor_range, sheet.cap_range, sheet.score_range

    known = _Excess(sheet.floors, sheet.caps, sheet.each_score, gross)

    def excess(side: Sequence[Term]) -> list[Term]:
        low_cells, high_cells, all_scores = (Term(one.text, 0) for one in (floor, cap, each))
        found = []
        for i, value in enumerate(known.of(side)):
            s = Term(sheet.each_score[i].text, 0)
            wanted, low, high = Term(side[i].text, 0) * all_scores, low_cells * s, high_cells * s
            between = (wanted > low) * (wanted < high) * (wanted - low)
            made = product_sum(low + between + (wanted >= high) * (high - low)) - gross * s
            found.append(Term(made.text, value, made.level))
        return found

    floor_excess, cap_excess = excess(sheet.floors), excess(sheet.caps)
    floors, _ = frame.column(
        say("excel.limits.at_floor_sum"), say("excel.limits.at_floor_sum_how"), lambda i: floor_excess[i]
    )
    caps, _ = frame.column(
        say("excel.limits.at_cap_sum"), say("excel.limits.at_cap_sum_how"), lambda i: cap_excess[i]
    )
    takes = sheet.takes

    def at_floor(i: int) -> object:
        s = sheet.each_score[i]
        made = when(s.equals(0), 1, when(floors[i] >= 0, 1, 0))
        if sheet.scaled is not None:
            direct = when(s * sheet.times <= sheet.floors[i] * sheet.over, 1, 0)
            made = when(sheet.scaled.equals(1), made, direct)
        return when(takes[i].equals(1), made, 0)

    at_floors, floor_flags = frame.column(
        say("excel.limits.at_floor"), say("excel.limits.at_floor_how"), at_floor, "0"
    )

    def at_cap(i: int) -> object:
        made = when(caps[i] <= 0, 1, 0)
        if sheet.scaled is not None:
            direct = when(scores.each[i] * sheet.times >= sheet.caps[i] * sheet.over, 1, 0)
            made = when(sheet.scaled.equals(1), made, direct)
        return when(takes[i].equals(1), when(at_floors[i].equals(1), 0, made), 0)

    at_caps, cap_flags = frame.column(say("excel.limits.at_cap"), say("excel.limits.at_cap_how"), at_cap, "0")
    bound = product_sum(floor_flags * floor) + product_sum(cap_flags * cap)
    free = product_sum((1 - floor_flags - cap_flags) * each)
    doubt = size(gross * sheet.by_whole) * (sheet.size + 12) * term_error(scores)
    within = frame.column(
        say("excel.limits.near"),
        say("excel.limits.near_how"),
        lambda i: Term(
            f"IF({scores.exact.text}=1,0,"
            f"IF({sheet.each_score[i].text}>0,IF(MIN(ABS({floors[i].text}),ABS({caps[i].text}))<={doubt.text},1,0),0))",
            0,
        ),
        "0",
        added=True,
    )[1]
    sheet.near.append(f"SUM({within.text})")
    nobody = free.equals(0)
    return at_floors, at_caps, when(nobody, 0, gross - bound), when(nobody, 1, free)


def gains(sheet: PoolSheet, gross: Term) -> tuple[list[Term], Term, Term]:
    """Writes what each gains above its floor; returns who gains nothing, what is left, and all gains.

    Gains are in units times the sum of scores: N · s − floor · S, where that is above zero.
    """
    frame, say, scores = sheet.frame, sheet.book.say, sheet.scores
    raw, raw_range = frame.column(
        say("excel.rules.gain_raw"),
        say("excel.rules.gain_how"),
        lambda i: when(
            sheet.takes[i].equals(1),
            most(0, gross * sheet.by[i] - sheet.floors[i] * sheet.by_whole),
            0,
        ),
        added=True,
    )
    shared = common_divisor(raw_range)
    gains, gain_range = frame.column(
        say("excel.rules.gain"),
        say("excel.rules.gain_reduced"),
        lambda i: when(scores.exact.equals(1), raw[i] / shared, raw[i]),
        added=True,
    )
    sheet.each_score, sheet.score_range = gains, gain_range
    left = gross - total(sheet.floor_range)
    at_floor, _ = frame.column(
        say("excel.limits.at_floor"),
        say("excel.limits.at_floor_how"),
        lambda i: when(sheet.takes[i].equals(1), when(least(gains[i], left) <= 0, 1, 0), 0),
        "0",
    )
    all_ = total(gain_range)
    return at_floor, left, when(all_.equals(0), 1, all_)


def term_error(scores: Scores) -> Term:
    """The part by which products of scores may be wrong."""
    return Term(f"(1E-15+{scores.error.text})", 0)


class _Excess:
    """The sum that all need beyond what there is, times a score, at the λ that just brings one to a bound.

    Every recipient is compared with every other, so bounds and scores are made whole numbers once.
    """

    def __init__(
        self, floors: Sequence[Term], caps: Sequence[Term], scores: Sequence[Term], gross: Term
    ) -> None:
        self.ours = [Fraction(one.value) for one in scores]
        self.gross = Fraction(gross.value)
        self.scores, self.of_scores = scaled(self.ours)
        bounds, self.of_bounds = scaled([Fraction(one.value) for one in (*floors, *caps)])
        self.floors, self.caps = bounds[: len(floors)], bounds[len(floors) :]

    def of(self, side: Sequence[Term]) -> list[Fraction]:
        """The excess of each recipient at these bounds of its own."""
        found = []
        rows = list(zip(self.scores, self.floors, self.caps, strict=True))
        for bend, s, own in zip(side, self.scores, self.ours, strict=True):
            at = int(bend.value * self.of_bounds)
            needed = sum(max(min(at * score, cap * s), floor * s) for score, floor, cap in rows)
            found.append(Fraction(needed, self.of_scores * self.of_bounds) - self.gross * own)
        return found
