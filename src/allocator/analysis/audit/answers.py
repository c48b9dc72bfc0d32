"""The least and the most of many ratios over the same programs, with as few of them solved as may be."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from allocator.analysis.audit.alike import FITS, Alike, Question, alike_apply
from allocator.analysis.audit.programs import NEAR, Answer, Program
from allocator.analysis.audit.ranges import End, Ends
from allocator.analysis.audit.rows import Row, matrix

THREADS = 4  # the solver lets others run meanwhile
KEPT = 8  # answers that are tried for the next: those of two kinds of recipients, or more, take turns
_Task = tuple[int, int, int]  # the number of a ratio, 1 for its least and −1 for its most, the program


def solve_ranges(
    programs: Sequence[Program],
    rows: Sequence[Row],
    bases: Sequence[Row],
    sure: Sequence[Ends],
    progress: Callable[[float], None] | None = None,
) -> list[tuple[End, End]]:
    """The least and the most of each row over its base, over all of these programs together.

    An end that is ``sure`` without any program, or that is proved as one about somebody else was, is given
    and not solved for where some data comes as near to it.  One that nothing proves is given as −∞ or ∞.
    What is solved at the same time learns nothing of each other, so the ends are the same in every run.
    """
    found = [_Asked(program, rows, bases) for program in programs]
    tasks = [
        (number, sign, at) for number in range(len(rows)) for sign in (1, -1) for at in range(len(found))
    ]
    ends: list[tuple[End, End]] = [(np.inf, -np.inf)] * len(rows)
    done = 0

    def keep(task: _Task, end: End) -> None:
        nonlocal done
        number, sign, _ = task
        low, high = ends[number]
        ends[number] = (min(low, end), high) if sign > 0 else (low, max(high, end))
        done += 1
        if progress is not None:
            progress(done / len(tasks))

    def solve(task: _Task) -> Answer:
        number, sign, at = task
        return found[at].solve(number, sign)

    left = tasks[::-1]
    with ThreadPoolExecutor(THREADS) as threads:
        while left:
            open_: list[_Task] = []
            while left and len(open_) < THREADS:
                task = left.pop()
                end = _without(found, task, sure)
                if end is None:
                    open_.append(task)
                else:
                    keep(task, end)
            for task, answer in zip(open_, threads.map(solve, open_), strict=True):
                number, sign, at = task
                found[at].learn(number, sign, answer)
                keep(task, sign * answer.least)
    return ends


def _without(found: Sequence[_Asked], task: _Task, sure: Sequence[Ends]) -> End | None:
    """An end for which no program need be solved, if it is one."""
    number, sign, at = task
    end, own = sure[number][sign < 0], found[at]
    least = sign * float(end)
    if any(one.seen[sign][number] <= least + FITS for one in found):
        return end
    bound, gap = own.bound(number, sign)
    if bound <= least:
        return end if own.reaches(number, sign, least, FITS) else None
    return sign * bound if own.reaches(number, sign, bound, gap + FITS) else None


@dataclass(frozen=True, eq=False)
class _Found:
    """An answer about one recipient, and how far its bound is from its data."""

    question: Question
    point: np.ndarray
    duals: np.ndarray
    gap: float


class _Asked:
    """A program with all its questions, and what its answers have shown so far."""

    def __init__(self, program: Program, rows: Sequence[Row], bases: Sequence[Row]) -> None:
        self.program, self.rows, self.bases = program, rows, bases
        self.sums, self.under = (matrix(which, program.width) for which in (rows, bases))
        distinct = {id(base): base for base in bases}
        self.base_least = {key: program.least(base) for key, base in distinct.items()}
        self.seen = {sign: np.full(len(rows), np.inf) for sign in (1, -1)}
        self.alike = Alike(program.cone) if alike_apply(program.cone.case) else None
        self.questions = [self.alike.question(row) if self.alike else None for row in rows]
        self.last: dict[int, deque[_Found]] = {sign: deque(maxlen=KEPT) for sign in (1, -1)}

    def solve(self, number: int, sign: int) -> Answer:
        """A lower bound of sign times the ratio."""
        row = {k: sign * x for k, x in self.rows[number].items()}
        base = self.bases[number]
        return self.program.least_ratio(row, base, self.base_least[id(base)])

    def learn(self, number: int, sign: int, answer: Answer) -> None:
        """Keeps what an answer shows of other questions."""
        if answer.point is None or answer.duals is None:
            return
        gap, question = sign * self._see(answer.point)[number] - answer.least, self.questions[number]
        if question is not None and gap <= NEAR:
            duals = np.where(self.program.alone, 0.0, answer.duals)
            self.last[sign].appendleft(_Found(question, answer.point, duals, gap))

    def bound(self, number: int, sign: int) -> tuple[float, float]:
        """The best lower bound of sign times the ratio by answers that are alike, else −∞; and its gap."""
        question, best = self.questions[number], (-np.inf, 0.0)
        if self.alike is None or question is None:
            return best
        objective = sign * self.program.vector(self.rows[number])
        for last in self.last[sign]:
            if last.question.times == question.times:
                duals = self.alike.duals(last.duals, question.of, last.question.of)
                best = max(best, (self.program.safe(objective, duals), last.gap))
        return best

    def reaches(self, number: int, sign: int, end: float, near: float) -> bool:
        """True if data found so far, or made of that, brings sign times the ratio as near to this end."""
        if self.seen[sign][number] <= end + near:
            return True
        question = self.questions[number]
        if self.alike is None or question is None:
            return False
        for last in (*self.last[sign], *self.last[-sign]):
            made = self.alike.data(last.point, question, sign, end, near)
            if made is not None:
                self._see(made)
                return True
        return False

    def _see(self, point: np.ndarray) -> np.ndarray:
        with np.errstate(divide="ignore", invalid="ignore"):
            ratios: np.ndarray = (self.sums @ point) / (self.under @ point)
        for side in (1, -1):
            np.fmin(self.seen[side], side * ratios, out=self.seen[side])
        return ratios
