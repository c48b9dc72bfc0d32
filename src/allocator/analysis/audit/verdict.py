"""The verdict on a published split and the suppositions about its data: they can hold together, or cannot.

Neither answer relies on the solver alone.  A figure above zero by weak duality (see programs.py) shows that
they cannot, and wherever one recipient or a group shows it, so do amounts that a reader can compare.  Data
that meets every row shows that they can.  Each set of amounts before rounding is possible, or proved
impossible, or not settled; the split fits when one of them is possible, and cannot when none is left.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from allocator.analysis.audit import margins
from allocator.analysis.audit.bounds import programs_of, rule_program
from allocator.analysis.audit.case import Case
from allocator.analysis.audit.merged import merged
from allocator.analysis.audit.ranges import MONEY_DIGITS, Ends, outward
from allocator.analysis.audit.rounding import most_of, unrounded
from allocator.core.exact import Frozen, Number, plain

if TYPE_CHECKING:
    from allocator.analysis.audit.pooled import Pooled
    from allocator.analysis.audit.programs import Program


@dataclass(frozen=True)
class Clash:
    """A clash of a reading with the published amounts: Σ multiplier · amount over these recipients.

    ``multipliers`` are 1 for a single recipient or a group.  By the rule and what is supposed alone, without
    the split, that sum is at least ``least`` and at most ``most``; ``published`` is the published one, and
    the amounts before rounding can lie ``rounding`` away from it, which does not reach into that range.
    """

    multipliers: Mapping[str, Number]
    published: Number
    least: Number
    most: Number
    rounding: Number


@dataclass(frozen=True)
class Verdict:
    """The verdict: ``consistent`` is True if the published split agrees with the reading 与该假设相容.

    None: that is not settled 未能判定; ``because`` is "pools" where nothing that is said of several pools'
    columns rules it out, which does not show that there are data.

    Where they cannot hold together 与该假设不能同时成立, ``because`` is "limits" (a published amount is
    outside its limits), "known" (what is known contradicts itself under the rule, whatever the split), "half"
    (somebody would have to be at a half, which is rounded up) or "split", and ``clashes`` show it, as far as
    single sums do.  ``change`` is the least total change of the published amounts, gains and losses added up,
    with which they would hold together, rounded down; None where it is not worked out (as with binding limits
    or the rest to the largest).

    It says only that the assumed reading differs from the practice followed, and judges no allocation.
    """

    consistent: bool | None
    because: str | None = None
    clashes: tuple[Clash, ...] = ()
    change: Number | None = None

    @property
    def allows(self) -> bool:
        """True where ranges can be given: data fits, or nothing said of several pools rules it out."""
        return bool(self.consistent) or (self.consistent is None and self.because == "pools")


@dataclass(frozen=True)
class _Missed:
    """The recipients moved in one way in which the split would hold, and their weights in the proof.

    ``half``: nobody need be moved, but somebody would have to be at a half that is rounded up.
    """

    moved: tuple[int, ...]
    weights: tuple[float, ...]
    half: bool = False


def judge(case: Case) -> tuple[Verdict, Case]:
    """The verdict on a reading, and the reading without the amounts before rounding that are ruled out."""
    verdict, found = _verdict_of(merged(case, ())[0])
    columns = case.reading.columns
    if columns is not None and case.reading.several and verdict.consistent:
        verdict = _of_pools(case, columns)
    return verdict, replace(case, unrounded=found.unrounded)


def _of_pools(case: Case, columns: Pooled) -> Verdict:
    """The verdict on several pools where nothing said of their columns rules the published split out.

    Columns of different factors are data.  Without facts, and each pool rounded so that it adds up, whole
    amounts for each pool that add up to the published ones are there or not, and are what rounding gives.
    """
    if case.rounding == "exact" or not columns.several:
        return Verdict(True) if columns.whole else Verdict(None, "pools")
    asked = bool(case.reading.known or case.reading.scored)
    if asked or case.rounding != "largest-remainder" or not columns.apart:
        return Verdict(None, "pools")
    whole = unrounded("exact", case.amounts, [True] * len(case.ids))
    verdict, _ = _verdict_of(merged(replace(case, rounding="exact", unrounded=whole), ())[0])
    return verdict


def _verdict_of(case: Case) -> tuple[Verdict, Case]:
    outside = tuple(_outside(case))
    if outside:
        return Verdict(False, "limits", outside), case
    barred = tuple(_barred(case))
    if barred:
        return Verdict(False, "split", barred), case
    if not case.facts:
        return Verdict(True), case  # data always exists for amounts before rounding, and so do these
    if margins.shares_apply(case):
        return _by_tables(case)
    settled = [_settled(program) for program in _known(case)]
    if any(isinstance(found, _Missed) for found in settled):
        return Verdict(False, "known"), case
    answers = [_settled(program) for program in programs_of(case, miss="split")]
    left = tuple(
        one for one, found in zip(case.unrounded, answers, strict=True) if not isinstance(found, _Missed)
    )
    if left:
        fits = True in answers and all(settled)
        return Verdict(True if fits else None), replace(case, unrounded=left)
    if any(isinstance(found, _Missed) and found.half for found in answers):
        return Verdict(False, "half"), case
    return _apart(case, answers), case


def _by_tables(case: Case) -> tuple[Verdict, Case]:
    """The verdict where the data are tables with known margins, which exist or do not."""
    from allocator.analysis.audit.pinned import pinned

    tables = pinned(case)
    if tables.contradicted:
        return Verdict(False, "known"), case
    fits = tables.fits()
    left = tuple(one for one, fit in zip(case.unrounded, fits, strict=True) if fit)
    if left:
        return Verdict(True), replace(case, unrounded=left)
    if None in fits:
        return Verdict(False, "half"), case
    return _apart(case, [_settled(program) for program in programs_of(case, miss="split")]), case


def _apart(case: Case, answers: Sequence[bool | _Missed]) -> Verdict:
    """The verdict on a split that cannot be: the clashes that show it, and what would have to change."""
    clashes: tuple[Clash, ...] = ()
    change = None
    if not case.limited:
        clashes = tuple(_clashes(case, [found for found in answers if isinstance(found, _Missed)]))
        if all(one.largest is None for one in case.unrounded):
            change = _change(case)
    return Verdict(False, "split", clashes, change)


def _known(case: Case) -> Iterator[Program]:
    """The programs of the known facts alone: of values by themselves, whose contradictions very small shares
    would hide; and of all facts under the rule.
    """
    from allocator.analysis.audit.cone import values_cone
    from allocator.analysis.audit.programs import Program

    yield Program(values_cone(case))
    yield rule_program(case, miss="known")


def _outside(case: Case) -> Iterator[Clash]:
    """The clashes of published amounts outside their limits, which rounding never breaks."""
    for id, amount, floor, cap in zip(case.ids, case.amounts, case.floors, case.caps, strict=True):
        if (floor is not None and amount < floor) or (cap is not None and amount > cap):
            ends = case.money(floor or 0), case.money(case.total if cap is None else cap)
            yield Clash(Frozen({id: 1}), case.money(amount), *ends, rounding=0)


def _barred(case: Case) -> Iterator[Clash]:
    """The clashes of amounts published for those with a coefficient of zero whom no floor lifts."""
    for i, (id, amount) in enumerate(zip(case.ids, case.amounts, strict=True)):
        if amount and case.coefficient(i) == 0 and case.at[i] not in ("floor", "both"):
            yield Clash(Frozen({id: 1}), case.money(amount), 0, 0, rounding=0)


def _settled(program: Program) -> bool | _Missed:
    """True where data meets all rows without slack, `_Missed` where none does, False if not settled."""
    from allocator.analysis.audit.programs import NEAR

    cone = program.cone
    objective = program.vector(dict.fromkeys(cone.slack, Fraction(1)))
    found = program.solve(objective)
    if found is None:
        return False
    duals, point = found
    if program.safe(objective, duals) <= 0:
        near = float(objective @ point) <= NEAR and program.meets(point)
        if not (near and all(program.reaches(row, point) for row in cone.positive)):
            return False
        at_half = program.at_end(cone.below, point)
        if any(program.never_above_zero(row) for row in at_half):
            return _Missed((), (0.0,) * len(cone.case.ids), half=True)
        return not at_half
    size = len(cone.case.ids)
    moved = (i for i in range(size) if any(point[k] > 0 for k in cone.slack[2 * i : 2 * i + 2]))
    weights = [0.0] * size
    for equal, at, i, sign in cone.split_rows:
        weights[i] += sign * duals[at + (0 if equal else program.equal.shape[0])]
    return _Missed(tuple(moved), tuple(weights))


def _change(case: Case) -> Number:
    """The least Σ |change| of the published amounts with which they would hold, rounded down."""
    (program,) = programs_of(case, miss="split")
    base = {program.cone.scale: Fraction(1)}
    row = dict.fromkeys(program.cone.slack, Fraction(1))
    least = program.least_ratio(row, base, program.least(base)).least
    amount = Fraction(max(least, 0.0)) * case.total * case.unit
    return plain(Fraction(math.floor(amount * MONEY_DIGITS), MONEY_DIGITS))


def _clashes(case: Case, missed: Iterable[_Missed]) -> Iterator[Clash]:
    """The clashes of every single recipient that shows one; else of a group; else of a weighted sum."""
    missed = list(missed)
    moved = sorted({i for found in missed for i in found.moved})
    alone = _Alone(case)
    single = [
        clash
        for i, ends in zip(moved, alone.singles(moved), strict=True)
        if (clash := _single(case, i, ends))
    ]
    if single:
        yield from single
        return
    for found in missed:
        for multipliers in _sums(found.weights):
            clash = _clash(case, multipliers, alone.sum(multipliers))
            if clash is not None:
                yield clash
                return


class _Alone:
    """The rule and what is known alone, without the split: the ends of sums of amounts, in parts of it."""

    def __init__(self, case: Case) -> None:
        self.case = case

    @cached_property
    def _base(self) -> tuple[Program, Mapping[int, Fraction], float]:
        program = rule_program(self.case)
        base = program.cone.total_score(self.case.weights)
        return program, base, program.least(base)

    def sum(self, multipliers: Mapping[int, Fraction]) -> Ends:
        """The least and the most of Σ multiplier · amount, rounded outward."""
        program, base, under = self._base
        row: dict[int, Fraction] = {}
        for i, times in multipliers.items():
            row |= {k: x * times for k, x in program.cone.score(i, self.case.weights).items()}
        least = program.least_ratio(row, base, under).least
        most = -program.least_ratio({k: -x for k, x in row.items()}, base, under).least
        sure = [sum(times for times in multipliers.values() if sign * times > 0) for sign in (-1, 1)]
        return Fraction(max(least, float(sure[0]))), Fraction(min(most, float(sure[1])))

    def singles(self, positions: Sequence[int]) -> list[Ends]:
        """The least and the most of each of these amounts."""
        if margins.amounts_apply(self.case):
            from allocator.analysis.audit.pinned import pinned

            return pinned(self.case).without_split(positions)
        return [self.sum({i: Fraction(1)}) for i in positions]


def _sums(shift: Sequence[float]) -> Iterator[dict[int, Fraction]]:
    """Groups that the dual values point at, those that weigh most first; at last the weighted sum itself."""
    order = sorted(range(len(shift)), key=lambda i: -shift[i])
    for size in range(2, len(order)):
        if abs(shift[order[size - 1]] - shift[order[size]]) > 1e-9:
            yield dict.fromkeys(sorted(order[:size]), Fraction(1))
    most = max(map(abs, shift), default=0)
    if most:
        yield {i: Fraction(round(1000 * value / most), 1000) for i, value in enumerate(shift)}


def _single(case: Case, i: int, ends: Ends) -> Clash | None:
    """The clash of one amount, if the published one is outside these ends."""
    if ends[0] * case.total <= case.amounts[i] <= ends[1] * case.total:
        return None  # seen at once: rounding only adds to it
    return _clash(case, {i: Fraction(1)}, ends)


def _clash(case: Case, multipliers: Mapping[int, Fraction], ends: Ends) -> Clash | None:
    """The clash of a sum of amounts, if the suppositions alone keep it off the published sum; else None."""
    published = sum((case.amounts[i] * times for i, times in multipliers.items()), Fraction(0))
    above = most_of(case, multipliers)
    below = -most_of(case, {i: -times for i, times in multipliers.items()})
    if ends[0] * case.total <= above and ends[1] * case.total >= below:
        return None
    sure = [
        sum((times for times in multipliers.values() if sign * times > 0), Fraction(0)) for sign in (-1, 1)
    ]
    low, high = outward(ends, (sure[0], sure[1]), MONEY_DIGITS, Fraction(case.money(case.total)))
    return Clash(
        Frozen({case.ids[i]: plain(times) for i, times in multipliers.items() if times}),
        case.money(published),
        plain(low),
        plain(high),
        rounding=case.money(max(above - published, published - below)),
    )
