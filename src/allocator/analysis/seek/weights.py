"""The least change of the weights at which all targets are met.

Moves are gone through by their size: by Σ|change|, then by the largest single change, then in listed order.
Linear forms and float rule out what cannot meet the targets, with room for all that rounding can do; what is
left is verified by ``allocate``, and the first that it confirms is the least.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from allocator.analysis.seek.answer import Answer, Impossible, clash_of
from allocator.analysis.seek.anywhere import nearest_none
from allocator.analysis.seek.extremes import reach
from allocator.analysis.seek.forms import Form, forms_of, held, joined, ruled_out
from allocator.analysis.seek.measure import Measure
from allocator.analysis.seek.moves import Levels, Moves, TooMany, moves_of
from allocator.analysis.seek.targets import Demand, Target, check_targets, demands, earmarked, measured
from allocator.core.allocation import Allocation
from allocator.core.engine import allocate
from allocator.core.errors import AllocatorError
from allocator.core.exact import Number, plain
from allocator.core.model import Scenario

if TYPE_CHECKING:
    import numpy as np

MOST_CELLS = 150_000_000  # amounts worked out in float
MOST_VERIFIED = 5_000
BLOCK = 1 << 18
BEAM, PATIENCE = 40, 10


def seek_weights(
    scenario: Scenario,
    targets: Sequence[Target],
    *,
    step: Number = 1,
    keep: Sequence[str] = (),
    bounds: Mapping[str, tuple[Number | None, Number | None]] | None = None,
    progress: Callable[[float], None] | None = None,
) -> Answer:
    """The weights nearest to the present ones, by Σ|change|, under which all targets are met.

    Weights move in steps of so many percentage points.  Among equals the smallest largest single change
    decides, then listed order: the factor listed first keeps the most.  What counts are the amounts of
    ``allocate``.  ``keep`` names factors whose weight stays, ``bounds`` gives the least and the most of
    others.  Raises ScenarioError for targets and bounds that cannot be, InfeasibleError where the present
    limits cannot all hold.

    >>> from allocator import load_scenario
    >>> from allocator.analysis.seek.targets import Target
    >>> scenario = load_scenario("scenarios/luzhou-2023/published-rule.toml")
    >>> answer = seek_weights(scenario, [Target("amount", ("ftz",), "<=", 48_000_000)])
    >>> answer.change, answer.found.amounts["ftz"]
    (66, 48000000)
    """
    check_targets(scenario, targets)
    moves = moves_of(scenario, step, keep, bounds)
    now = allocate(scenario)
    search = _Search(now, tuple(targets), moves, progress)
    try:
        found = search.least()
    except TooMany:
        return search.otherwise(now)
    if found is None:
        return Answer(search.targets, now, None, None, True, impossible=search.why(), moves=moves)
    return Answer(search.targets, now, found, change_of(found, scenario), True, moves=moves)


def change_of(found: Allocation, scenario: Scenario) -> Number:
    """Σ|w′ − w|."""
    weights = found.scenario.weights
    changes = [abs(Fraction(weights[factor] - w)) for factor, w in scenario.weights.items()]
    return plain(sum(changes, start=0))


class _Search:
    """Moves by their size, until one is verified."""

    def __init__(
        self,
        now: Allocation,
        targets: tuple[Target, ...],
        moves: Moves,
        progress: Callable[[float], None] | None = None,
    ) -> None:
        scenario = now.scenario
        self.now, self.scenario, self.targets, self.moves = now, scenario, targets, moves
        self.progress = progress
        self.demands: list[Demand] = demands(scenario, targets)
        self.measure = Measure(now, self.demands)
        self.forms: list[Form] = forms_of(scenario, self.demands, moves)
        self.forms += joined(self.forms, moves)
        self.levels = Levels(moves, [form.in_moves(moves) for form in self.forms])
        self.cells = self.verified = self.steps = 0

    def least(self) -> Allocation | None:
        """The first allocation that meets the targets, or None when there is none; raises TooMany.

        Moves are gone through one by one, and from where there are too many of them by integer programs.
        """
        try:
            return self.first()
        except TooMany:
            from allocator.analysis.seek.programs import Programs

            forms = [form.in_moves(self.moves) for form in self.forms]
            programs = Programs(self.moves, forms, self.measure.ranks(self.moves))
            for steps in range(self.steps, self.moves.most + 1):
                self.steps = steps
                self._tell()
                found = self._verified(programs.level(steps))
                if found is not None:
                    return found
            return None

    def _verified(self, level: Iterator[Sequence[int]]) -> Allocation | None:
        import numpy as np

        for moves in level:
            if self.measure.may_meet(self.weights(np.array([moves])))[1][0]:
                found = self.verify(moves)
                if found is not None:
                    return found
        return None

    def _tell(self) -> None:
        if self.progress is not None:
            self.progress(self.steps / (self.moves.most + 1))

    def first(self) -> Allocation | None:
        """The first allocation among moves gone through one by one, None for none; raises TooMany."""
        if ruled_out(self.forms, self.moves):
            return None
        for steps in range(self.moves.most + 1):
            self.steps = steps
            self._tell()
            for block, _, left in self.measured(self.levels.level(steps)):
                for moves in block[left]:
                    self.verified += 1
                    if self.verified > MOST_VERIFIED:
                        raise TooMany
                    found = self.verify(moves)
                    if found is not None:
                        return found
        return None

    def measured(self, rows: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """The moves in blocks, with what they miss and which of them float does not rule out."""
        size = max(1, BLOCK // (len(self.scenario.recipients) + len(self.demands)))
        for start in range(0, len(rows), size):
            block = rows[start : start + size]
            self.cells += block.shape[0] * len(self.scenario.recipients)
            if self.cells > MOST_CELLS:
                raise TooMany
            yield block, *self.measure.may_meet(self.weights(block))

    def weights(self, rows: np.ndarray) -> np.ndarray:
        """Rows of moves as rows of weights, in float."""
        import numpy as np

        present = np.array([float(w) for w in self.moves.present])
        return np.maximum(present + rows * float(self.moves.step), 0.0)

    def verify(self, moves: Sequence[int] | np.ndarray) -> Allocation | None:
        """The allocation after these moves if it meets all targets, else None."""
        found = self._allocated(self.moves.weights(moves))
        return found if found is not None and all(target.met(found) for target in self.targets) else None

    def _allocated(self, weights: Mapping[str, Number]) -> Allocation | None:
        """The allocation under these weights; None where nobody has a score or limits clash."""
        try:
            return allocate(replace(self.scenario, weights=weights))
        except AllocatorError:
            return None

    # --- when there are too many ------------------------------------------------------------------

    def otherwise(self, now: Allocation) -> Answer:
        """An answer that is not proved to be the least, searched for among the weights that come nearest."""
        import numpy as np

        searched = plain(2 * self.steps * self.moves.step)
        size = len(self.moves.factors)
        low, high = np.array(self.moves.low), np.array(self.moves.high)
        one = np.eye(size, dtype=int)
        exchanges = (one[:, None, :] - one[None, :, :]).reshape(-1, size)
        exchanges = exchanges[exchanges.any(axis=1)]
        rows = nearest_none(self.moves)[None, :]
        best: Allocation | None = None
        least, waited = float("inf"), 0
        while waited < PATIENCE:
            weights = self.weights(rows)
            for moves in rows[self.measure.may_meet(weights)[1]][:BEAM]:
                best = best or self.verify(moves)
            if best is not None or not len(exchanges):
                break
            rows = np.unique((rows[:, None, :] + exchanges[None, :, :]).reshape(-1, size), axis=0)
            rows = rows[((rows >= low) & (rows <= high)).all(axis=1)]
            missing, _ = self.measure.may_meet(self.weights(rows))
            waited = waited + 1 if missing.min() >= least else 0
            least = min(least, float(missing.min()))
            rows = rows[np.lexsort([abs(rows).sum(axis=1), missing])[:BEAM]]
        change = None if best is None else change_of(best, self.scenario)
        return Answer(self.targets, now, best, change, False, searched, moves=self.moves)

    # --- why not ----------------------------------------------------------------------------------

    def why(self) -> Impossible:
        """The targets that clash, their reaches, and the allocation that comes nearest to a single one."""
        clash, alone = clash_of(len(self.targets), lambda rest: self.part(rest)._none())
        parts = [self.part([n]) for n in clash] if alone else [self.part(clash)]
        always = all(ruled_out(part.forms, self.moves) for part in parts)
        reaches = {
            n: reach(self.scenario, self.targets[n].recipients, self.moves)
            for n in clash
            if self.targets[n].of != "rank"
        }
        limits = self._limits(clash)
        nearest = parts[0]._nearest() if len(clash) == 1 and not limits else None
        return Impossible(clash, alone, always, reaches, nearest, limits)

    def _limits(self, clash: Sequence[int]) -> dict[int, Number]:
        """The targets that floors or caps rule out by themselves, and the amounts that these come to."""
        found: dict[int, Number] = {}
        for demand in self.demands:
            if demand.target not in clash or demand.rival is not None or not self.scenario.limits:
                continue
            least, most = held(self.scenario, demand)
            apart = earmarked(self.scenario, self.targets[demand.target].recipients)
            if demand.bound < least if demand.side > 0 else demand.bound > most:
                units = least if demand.side > 0 else most
                found[demand.target] = plain(units * self.scenario.fund.unit + apart)
        return found

    def part(self, numbers: Sequence[int]) -> _Search:
        """The same for some of the targets only."""
        return _Search(self.now, tuple(self.targets[n] for n in numbers), self.moves)

    def _none(self) -> bool:
        """True if it is certain that no allocation meets the targets."""
        try:
            return self.least() is None
        except TooMany:
            return False

    def _nearest(self) -> Allocation | None:
        """The allocation that comes nearest to a single target, before rounding; None for a rank."""
        (target,) = self.targets
        if target.of == "rank":
            return None
        if not self.scenario.limits:
            ends = reach(self.scenario, target.recipients, self.moves)
            low = self._allocated(ends.low_weights)
            if target.relation == "<=" or low is None or measured(target, low) > target.value:
                return low
            return self._allocated(ends.high_weights)
        return self._closest()

    def _closest(self) -> Allocation | None:
        """The same among all moves; None where there are too many."""
        levels, best, least = Levels(self.moves, []), None, float("inf")
        try:
            for steps in range(self.moves.most + 1):
                for block, missing, _ in self.measured(levels.level(steps)):
                    if missing.min() < least:
                        best, least = block[missing.argmin()], missing.min()
        except TooMany:
            return None
        return None if best is None else self._allocated(self.moves.weights(best))
