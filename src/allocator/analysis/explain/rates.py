"""Exchange rates of factors: what a percentage point of weight moved from one to another changes.

All pairs go from the same scores: s + (x_k − x_j) for a point from j to k.  Double precision finds the
multiplier and what everybody stands at; that this holds is checked in whole numbers, and then λ = left / Σ s
is exact.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import permutations

import numpy as np

from allocator.analysis.explain.guided import guessed, in_doubt
from allocator.analysis.explain.lines import has_data
from allocator.analysis.explain.prepared import DOUBT, FLOOR, FREE, Array, Prepared, doubles, stood
from allocator.core.allocation import Allocation
from allocator.core.errors import InfeasibleError
from allocator.core.exact import Number, plain, scaled
from allocator.core.stages.feasible import check_feasible, check_rest
from allocator.core.stages.limit import find_multiplier
from allocator.core.stages.round import whole_units

Way = tuple[str, str]  # from a factor to another


def moved_points(allocation: Allocation) -> Iterator[tuple[Way, Changes, bool]]:
    """The changes that a point brings everybody, for every two factors; True where the formula gives them."""
    scenario = allocation.scenario
    point = Fraction(sum(scenario.weights.values()), 100)
    giving = {factor for factor, weight in scenario.weights.items() if weight and weight >= point}
    taking = {factor for factor in scenario.weights if has_data(scenario, factor)}
    pairs = [(j, k) for j, k in permutations(scenario.weights, 2) if j in giving and k in taking]
    if not pairs:
        return
    points = Points(Prepared(scenario))
    formula = scenario.kind == "shares" and scenario.coefficient is None
    for giver, taker in pairs:
        moved = points.moved((giver, taker), formula=formula)
        if moved is not None:
            yield (giver, taker), Changes(points, moved[0]), moved[1]


@dataclass(frozen=True, eq=False)
class Shared:
    """Amounts before rounding: λ = p/q and what each stands at, by place, under weights moved by a point.

    ``way`` is the giver and the taker of the point; None under the weights as they stand.
    """

    way: Way | None
    p: int
    q: int
    stands: Array


class Changes(Mapping[str, Number]):
    """Each recipient's change from the amounts as they are, before rounding, in the currency's main unit."""

    def __init__(self, points: Points, moved: Shared) -> None:
        self._points, self._moved = points, moved

    def __getitem__(self, id: str) -> Number:
        return self._points.change(self._moved, id)

    def __iter__(self) -> Iterator[str]:
        return iter(self._points.prepared.scenario.ids)

    def __hash__(self) -> int:
        return hash(frozenset(self.items()))

    def __len__(self) -> int:
        return len(self._points.prepared.scenario.ids)

    def __repr__(self) -> str:
        return repr(dict(self))

    def floats(self) -> dict[str, float]:
        """The changes as floats: those nearest to the exact ones, which are not worked out one by one."""
        return self._points.floats(self._moved)


class Points:
    """A scenario of which any factor gives a percentage point to any other.

    ``scores`` under the weights as they stand, and in ``brings`` what a point of each factor adds to them,
    are whole numbers over one denominator.
    """

    def __init__(self, prepared: Prepared) -> None:
        self.prepared = prepared
        weights = prepared.scenario.weights
        point = Fraction(sum(weights.values()), 100)
        (now, each), _ = scaled([Fraction(1, prepared.weights_over), point])
        self.scores = prepared.combined([now], [prepared.now])
        self.brings = {f: prepared.combined([each], [prepared.columns[f]]) for f in weights}
        self.whole, self.times = sum(self.scores) or 1, prepared.total or 1
        self.near = prepared.near_now
        self.near_brings = {f: doubles(brings, self.whole, self.times) for f, brings in self.brings.items()}
        self.floors, self.caps = (side[:-1] for side in prepared.near_limits)
        start = prepared.start
        self.now = Shared(None, start.p, start.q * now, start.stands)
        self._nobody_held = np.full(len(start.stands), FREE, dtype=np.int8)

    @cached_property
    def unlimited(self) -> bool:
        """True if no limit changes anything under the weights as they stand."""
        return not self.prepared.bounds.any or self._holding(None, self._nobody_held) is not None

    def moved(self, way: Way, *, formula: bool) -> tuple[Shared, bool] | None:
        """The amounts after a point has moved, and True where the formula gives them; None without any.

        ``formula`` says that amounts without limits are linear in the weights.
        """
        if not self.scores:
            return Shared(way, 0, 1, self.now.stands), False
        unlimited = self._holding(way, self._nobody_held) if self.unlimited else None
        if unlimited is not None and formula:
            return unlimited, True
        try:
            found = unlimited or self._guided(way) or self._exactly(way)
            if found is not None and self.prepared.scenario.fund.rounding != "largest-remainder":
                self._check_rest(found)
        except InfeasibleError:
            return None
        return None if found is None else (found, False)

    def score(self, way: Way | None, i: int) -> int:
        """Somebody's score."""
        if way is None:
            return self.scores[i]
        return self.scores[i] + self.brings[way[1]][i] - self.brings[way[0]][i]

    def change(self, moved: Shared, id: str) -> Number:
        """A recipient's change, in the currency's main unit."""
        i = self.prepared.places.get(id)
        if i is None:
            _ = self.prepared.earmarks[id]  # known, and apart
            return 0
        unit = Fraction(self.prepared.scenario.fund.unit)
        return plain(unit * (self._amount(moved, i) - self._amount(self.now, i)))

    def floats(self, moved: Shared) -> dict[str, float]:
        """The changes of all as floats: a quotient of whole numbers is rounded once, to the nearest."""
        unit, now = Fraction(self.prepared.scenario.fund.unit), self.now
        times, over = unit.numerator, unit.denominator * moved.q * now.q
        found = dict.fromkeys(self.prepared.scenario.ids, 0.0)
        for id, i in self.prepared.places.items():
            change = self._amount_over(moved, i) * now.q - self._amount_over(now, i) * moved.q
            found[id] = times * change / over
        return found

    def _amount(self, shared: Shared, i: int) -> Fraction:
        return Fraction(self._amount_over(shared, i), shared.q)

    def _amount_over(self, shared: Shared, i: int) -> int:
        """Somebody's amount in units, times ``shared.q``."""
        stands = shared.stands[i]
        if stands == FREE:
            return shared.p * self.score(shared.way, i)
        return self._held(i, stands) * shared.q

    def _held(self, i: int, stands: int) -> int:
        if stands == FREE:
            return 0
        return self.prepared.floors[i] if stands == FLOOR else self.prepared.caps[i] or 0

    # --- what everybody stands at ---------------------------------------------------------------------

    def _guided(self, way: Way) -> Shared | None:
        """The amounts as double precision finds them, where whole numbers confirm it."""
        scores, total = self._near(way)[0], float(self.prepared.total)
        rate = self.now.p * self.whole / (self.now.q * self.times)
        stands = guessed(scores, (self.floors, self.caps), total, rate)
        return None if stands is None else self._holding(way, stands)

    def _exactly(self, way: Way) -> Shared | None:
        """The amounts as the engine finds them; None where nobody has a score."""
        prepared = self.prepared
        scores = [self.score(way, i) for i in range(len(self.scores))]
        if not any(scores):
            return None
        check_feasible(prepared.scenario, scores, prepared.bounds.floors, prepared.caps, prepared.total)
        p, q = find_multiplier(scores, prepared.floors, prepared.caps, prepared.total)
        rows = zip(scores, prepared.floors, prepared.caps, strict=True)
        return Shared(way, p, q, np.array([stood(p * s, q, f, c) for s, f, c in rows], dtype=np.int8))

    def _near(self, way: Way | None) -> tuple[Array, Array]:
        """The scores in double precision, and bounds on their errors."""
        if way is None:
            return self.near, DOUBT * self.near
        giver, taker = (self.near_brings[factor] for factor in way)
        return self.near + taker - giver, DOUBT * (self.near + taker + giver)

    def _holding(self, way: Way | None, stands: Array) -> Shared | None:
        """The amounts with everybody standing so; None where that does not hold."""
        held, over = self._totals(way, stands)
        p = self.prepared.total - held
        if p < 0 or over <= 0:
            return None
        if self.prepared.bounds.any and not self._holds(way, stands, p, over):
            return None
        return Shared(way, p, over, stands)

    def _holds(self, way: Way | None, stands: Array, p: int, q: int) -> bool:
        """True if with λ = p/q everybody stands so, or just at a limit."""
        scores, errors = self._near(way)
        rate = p * self.whole / (q * self.times)
        amounts = rate * scores
        errors = DOUBT * amounts + rate * errors
        for i in in_doubt(amounts, errors, (self.floors, self.caps), stands):
            floor, cap = self.prepared.floors[i], self.prepared.caps[i]
            amount = p * self.score(way, i)
            most = amount if cap is None else cap * q
            if stands[i] == FREE:
                if not floor * q <= amount <= most:
                    return False
            elif amount > floor * q if stands[i] == FLOOR else amount < most:
                return False
        return True

    def _sum(self, stands: Array) -> tuple[int, int, dict[str, int]]:
        """The units that limits give, and the scores and brings of the others."""
        free = [int(i) for i in np.nonzero(stands == FREE)[0]]
        held = sum(self._held(int(i), stands[i]) for i in np.nonzero(stands != FREE)[0])
        brings = {f: sum(column[i] for i in free) for f, column in self.brings.items()}
        return held, sum(self.scores[i] for i in free), brings

    @cached_property
    def _sums_now(self) -> tuple[int, int, dict[str, int]]:
        return self._sum(self.now.stands)

    @cached_property
    def _sums_of_all(self) -> tuple[int, int, dict[str, int]]:
        return self._sum(self._nobody_held)

    def _totals(self, way: Way | None, stands: Array) -> tuple[int, int]:
        """The units that limits give and the scores of the others, by the difference from known sums."""
        nobody_held = stands is self._nobody_held
        known = stands if nobody_held else self.now.stands
        held, over, brings = self._sums_of_all if nobody_held else self._sums_now
        if way is not None:
            over += brings[way[1]] - brings[way[0]]
        for at in np.nonzero(known != stands)[0]:
            i = int(at)
            held += self._held(i, stands[i]) - self._held(i, known[i])
            over += (int(stands[i] == FREE) - int(known[i] == FREE)) * self.score(way, i)
        return held, over

    def _check_rest(self, found: Shared) -> None:
        """Raises InfeasibleError where rounding takes an amount past a limit."""
        prepared, scenario = self.prepared, self.prepared.scenario
        amounts = [
            found.p * self.score(found.way, i) if stands == FREE else self._held(i, stands) * found.q
            for i, stands in enumerate(found.stands)
        ]
        units, _ = whole_units(amounts, found.q, prepared.total, scenario.fund.rounding)
        check_rest(scenario, units, prepared.bounds, scenario.participants)
