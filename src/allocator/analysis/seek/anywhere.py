"""The search where no bound is known: the whole rule is allocated for one change after another.

Changes are gone through by their size, as everywhere, and the first that meets the targets is the least.
Where there are too many, the nearest are looked at, then those that come ever nearer to the targets; what is
found so is verified and not proved to be the least.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from allocator.analysis.seek.answer import Impossible, clash_of
from allocator.analysis.seek.levers import Lever
from allocator.analysis.seek.moves import Levels, Moves, TooMany
from allocator.analysis.seek.targets import Target, measured
from allocator.core.allocation import Allocation
from allocator.core.engine import allocate
from allocator.core.errors import AllocatorError
from allocator.core.model import Scenario

if TYPE_CHECKING:
    import numpy as np

MOST_AMOUNTS = 120_000  # amounts of recipients in pools, allocated one after another
FEWEST = 300  # changes that are looked at whatever the size of the rule
BEAM, PATIENCE = 4, 3
Row = tuple[int, ...]


def most_tries(scenario: Scenario) -> int:
    """The number of changes that are gone through."""
    return max(FEWEST, MOST_AMOUNTS // (len(scenario.ids) * len(scenario.rules)))


class Tried:
    """Allocations of changed scenarios, each worked out once; None where one cannot be."""

    def __init__(
        self, scenario: Scenario, targets: Sequence[Target], make: Callable[[Row], Scenario]
    ) -> None:
        self.targets, self.make = targets, make
        self.most = most_tries(scenario)
        self.unit = Fraction(scenario.fund.unit)
        self.seen: dict[Row, Allocation | None] = {}

    def at(self, row: Row) -> Allocation | None:
        """The allocation after a change; raises TooMany after the most that are gone through."""
        if row not in self.seen:
            if len(self.seen) >= self.most:
                raise TooMany
            try:
                self.seen[row] = allocate(self.make(row))
            except AllocatorError:
                self.seen[row] = None
        return self.seen[row]

    def met(self, row: Row) -> Allocation | None:
        """The allocation if it meets all targets, else None; raises TooMany."""
        found = self.at(row)
        return found if found is not None and all(target.met(found) for target in self.targets) else None

    def missing(self, row: Row) -> float:
        """The units or places by which the targets are missed together; raises TooMany."""
        found = self.at(row)
        return float("inf") if found is None else sum(self._misses(target, found) for target in self.targets)

    def why(self) -> Impossible:
        """The reason why none of all that was gone through meets the targets: those that clash.

        For a single target that is not a rank, with the allocation that comes nearest to it.
        """
        all_ = {row: found for row, found in self.seen.items() if found is not None}

        def none(numbers: Sequence[int]) -> bool:
            some = [self.targets[n] for n in numbers]
            return not any(all(target.met(found) for target in some) for found in all_.values())

        clash, alone = clash_of(len(self.targets), none)
        nearest = None
        if len(clash) == 1 and self.targets[clash[0]].of != "rank" and all_:
            target = self.targets[clash[0]]
            order = [(self._misses(target, found), sum(map(abs, row)), row) for row, found in all_.items()]
            nearest = all_[min(order)[2]]
        return Impossible(clash, alone, nearest=nearest)

    def _misses(self, target: Target, found: Allocation) -> float:
        short = Fraction(measured(target, found)) - Fraction(target.value)
        short = abs(short) if target.relation == "==" else short if target.relation == "<=" else -short
        if target.of == "share":
            return float(max(short, Fraction(0)) * found.scenario.fund.amount / self.unit)
        return float(max(short, Fraction(0)) if target.of == "rank" else max(short, Fraction(0)) / self.unit)


class Anywhere:
    """Moves of a lever by their size, each allocated with the whole rule.

    ``steps`` is the size up to which all have been gone through.
    """

    def __init__(
        self,
        now: Allocation,
        targets: Sequence[Target],
        lever: Lever,
        moves: Moves,
        progress: Callable[[float], None] | None = None,
    ) -> None:
        self.moves, self.steps, self.progress = moves, 0, progress
        self.scenario = scenario = now.scenario
        self.tried = Tried(scenario, targets, lambda row: lever.changed(scenario, moves.weights(row)))

    def least(self) -> Allocation | None:
        """The first allocation that meets the targets, None where there is none; raises TooMany."""
        levels = Levels(self.moves, [])
        for steps in range(self.moves.most + 1):
            self.steps = steps
            for row in levels.level(steps):
                if self.progress is not None:
                    self.progress(min(1.0, len(self.tried.seen) / self.tried.most))
                found = self.tried.met(tuple(map(int, row)))
                if found is not None:
                    return found
        return None

    def otherwise(self) -> Allocation | None:
        """An allocation that meets the targets, sought among ever nearer ones, and drawn back; or None."""
        self.tried.most += most_tries(self.scenario)
        try:
            row = self._nearing()
        except TooMany:
            row = None
        if row is None:
            return None
        try:
            for back in self._backwards(row):
                row = back
        except TooMany:
            pass
        return self.tried.seen[row]

    def _nearing(self) -> Row | None:
        """A move that meets the targets: from the present one on, by exchanges of many sizes."""
        beam: list[Row] = [tuple(map(int, nearest_none(self.moves)))]
        least, waited = float("inf"), 0
        sizes = _sizes(self.moves.most)
        while waited < PATIENCE:
            rows = list(dict.fromkeys([*beam, *(r for row in beam for r in self._exchanges(row, sizes))]))
            for row in rows:
                if self.tried.met(row) is not None:
                    return row
            rows.sort(key=lambda row: (self.tried.missing(row), sum(map(abs, row)), row))
            beam = rows[:BEAM]
            missing = self.tried.missing(beam[0])
            waited = 0 if missing < least else waited + 1
            least = min(least, missing)
        return None

    def _exchanges(self, row: Row, sizes: Sequence[int]) -> Iterator[Row]:
        """The moves in which one gets so many steps from another, within the bounds."""
        low, high = self.moves.low, self.moves.high
        for size in sizes:
            for j in range(len(row)):
                for k in range(len(row)):
                    if j != k and row[j] + size <= high[j] and row[k] - size >= low[k]:
                        moved = list(row)
                        moved[j] += size
                        moved[k] -= size
                        yield tuple(moved)

    def _backwards(self, row: Row) -> Iterator[Row]:
        """Ever smaller moves that still meet the targets, each from the one before."""
        sizes = _sizes(self.moves.most)
        while True:
            nearer = (
                back
                for back in self._exchanges(row, sizes)
                if sum(map(abs, back)) < sum(map(abs, row)) and self.tried.met(back) is not None
            )
            found = next(nearer, None)
            if found is None:
                return
            row = found
            yield row


def _sizes(most: int) -> list[int]:
    """Sizes of exchanges, the largest first."""
    return [1 << power for power in reversed(range(max(most, 1).bit_length()))]


def nearest_none(moves: Moves) -> np.ndarray:
    """The allowed moves nearest to no move at all."""
    import numpy as np

    found = [min(max(0, low), high) for low, high in zip(moves.low, moves.high, strict=True)]
    for j, (low, high) in enumerate(zip(moves.low, moves.high, strict=True)):
        found[j] -= max(min(sum(found), found[j] - low), found[j] - high)
    return np.array(found)


class Line:
    """Steps of one clause, each allocated with the whole rule, the nearest first.

    Of two steps of one size the one down is the nearer.  ``steps`` is the size up to which all were gone
    through; ``proved`` says that those were all.
    """

    def __init__(
        self,
        scenario: Scenario,
        targets: Sequence[Target],
        make: Callable[[int], Scenario],
        ends: tuple[int, int],
    ) -> None:
        self.low, self.high = ends
        self.proved, self.steps = True, 0
        self.tried = Tried(scenario, targets, lambda row: make(row[0]))

    def first(self) -> Allocation | None:
        """The nearest allocation that meets the targets, as far as it was sought."""
        last = max(-self.low, self.high)
        for steps in range(min(last, self.tried.most // 4) + 1):
            self.steps = steps
            for at in self._both(steps):
                if (found := self.tried.met((at,))) is not None:
                    return found
        if self.steps == last:
            return None
        self.proved = False
        return self._further(last)

    def _both(self, steps: int) -> list[int]:
        return [at for at in dict.fromkeys((-steps, steps)) if self.low <= at <= self.high]

    def _further(self, last: int) -> Allocation | None:
        """Some of the steps beyond, and back from the first that meets the targets by halves."""
        tries = self.tried.most // 4
        wider = {self.steps + max(1, (last - self.steps) * n // tries) for n in range(1, tries + 1)}
        before = self.steps
        try:
            for steps in sorted(wider):
                for at in self._both(steps):
                    found = self.tried.met((at,))
                    if found is None:
                        continue
                    side, unmet, met = (-1 if at < 0 else 1), before, steps
                    while met - unmet > 1:
                        middle = (met + unmet) // 2
                        nearer = self.tried.met((side * middle,))
                        met, unmet = (middle, unmet) if nearer is not None else (met, middle)
                        found = nearer or found
                    return found
                before = steps
        except TooMany:
            return None
        return None
