"""The weights nearest to the present ones at which something becomes certain, or possible.

Certain: for all data that fits, X · Σ s′ − s′_G ≥ 0, and that is linear in the data and in the weights.  It
holds for all data if and only if it is a sum of the cone's rows (Farkas), so weights and dual values
together are one linear program.

Possible: the least that a group can get is a quasi-concave function of the weights (the least of ratios of
linear ones), so within a given distance it is least at a corner of what lies within it.  These are few: all
that is taken goes to one factor, and all factors that give are emptied but one.  Along each such way the
first weights at which it is possible are found by halving.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from allocator.analysis.audit import closed
from allocator.analysis.audit.asking import Audit, amount_bounds
from allocator.analysis.audit.bounds import programs_of
from allocator.analysis.audit.case import Case
from allocator.analysis.audit.ranges import Range
from allocator.analysis.audit.reading import check_recipients
from allocator.core.exact import Frozen, Number, plain
from allocator.core.parts import number_at, wrong

if TYPE_CHECKING:
    import numpy as np

    from allocator.analysis.audit.programs import Program

MOST_FACTORS = 8
TRIES = 5


@dataclass(frozen=True)
class Weighting:
    """Weights, the sum of all changes against the present ones, and the range at them, earmarks included."""

    weights: Mapping[str, Number]
    change: Number
    range: Range


@dataclass(frozen=True)
class Nearest:
    """The nearest weights at which a target is certain and those at which it is possible; None: none are."""

    certain: Weighting | None
    possible: Weighting | None


def nearest_weights(
    audit: Audit,
    recipients: str | Sequence[str],
    *,
    below: Number | None = None,
    above: Number | None = None,
    step: Number | None = None,
) -> Nearest:
    """The weights nearest to the present ones, by Σ |change|, at which these recipients together get less
    than ``below``, or more than ``above``: for certain, whatever the data under the reading, and possibly.

    The amounts are before rounding, and entitlements under binding limits.  Weights move in whole steps,
    of 0.01 percentage points (``scores``: of a ten-thousandth of their sum) unless given.  Raises
    ScenarioError for more than eight factors, and where no data fits the reading.
    """
    ids = (recipients,) if isinstance(recipients, str) else tuple(recipients)
    check_recipients(audit.case.scenario, ids)
    assert (below is None) != (above is None)
    if len(audit.case.factors) > MOST_FACTORS:
        wrong("audit_factors", "reading", most=MOST_FACTORS)
    total = sum(audit.case.scenario.weights.values(), start=0)
    step = Fraction(total) / 10_000 if step is None else Fraction(number_at(step, "step"))
    if not step:
        wrong("zero", at={"option": "step"})
    edge = number_at(below if above is None else above, "below" if above is None else "above")
    asked = _Asked(audit, ids, Fraction(edge), 1 if above is None else -1, step)
    return Nearest(asked.certain(), asked.possible())


@dataclass(frozen=True)
class _Asked:
    """A target: what ``ids`` get is less than ``edge`` (``side`` 1) or more (−1)."""

    audit: Audit
    ids: tuple[str, ...]
    edge: Fraction
    side: int
    step: Fraction

    @property
    def case(self) -> Case:
        return self.audit.case

    def at(self, moves: Sequence[int]) -> Weighting:
        """The weights after these moves, in steps."""
        present = self.case.scenario.weights
        changes = [move * self.step for move in moves]
        weights = {f: plain(w + change) for (f, w), change in zip(present.items(), changes, strict=True)}
        together = "\n"  # no recipient is called so
        found = amount_bounds(self.audit, weights, recipients=(), groups={together: self.ids})[together]
        return Weighting(Frozen(weights), plain(sum(map(abs, changes), Fraction(0))), found)

    def holds(self, found: Weighting, certain: bool) -> bool:
        """True if the target is certain at these weights or, with ``certain`` False, possible."""
        low, high = found.range
        if self.side > 0:
            return (high if certain else low) < self.edge
        return (low if certain else high) > self.edge

    def certain(self) -> Weighting | None:
        still = self.at([0] * len(self.case.factors))
        if self.holds(still, True):
            return still
        if closed.amounts_apply(self.case):
            return None  # all factors shared out as the money was gives the same amounts under any weights
        margin = 1e-9
        for _ in range(TRIES):
            moves = self._program(margin)
            if moves is None:
                return None
            found = self.at(moves)
            if self.holds(found, True):
                return found
            margin *= 10  # the solver's tolerance was in the way
        return wrong("audit_unanswered", "reading")

    def _program(self, margin: float) -> list[int] | None:
        """The fewest moves at which it is certain by this margin, in parts of the split.

        Variables: the moves, their sizes, then for each program the dual values y of its rows.  With w′ = w +
        step · moves and target T w′ = ±(X · Σ s′ − s′_G), row by row of the data, T w′ − Aᵀy ≥ 0.
        """
        import numpy as np
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import block_diag, bmat, csr_matrix

        case = self.case
        size, present = len(case.factors), case.scenario.weights
        total = sum(present.values(), start=0)
        apart = sum((case.earmarks[id] for id in self.ids), start=0)
        edge = Fraction(self.edge - apart) / case.unit / case.total - self.side * Fraction(margin)
        programs = programs_of(case)
        targets = np.vstack([self._target(program, edge) for program in programs])
        transposed = block_diag([program.transposed for program in programs])
        eye, ones = np.eye(size), csr_matrix(np.ones((1, size)))
        rows = bmat(
            [
                [ones, None, None],
                [eye, -eye, None],
                [-eye, -eye, None],
                [csr_matrix(-float(self.step / total) * targets), None, transposed],
            ]
        )
        high = np.r_[np.zeros(1 + 2 * size), targets @ np.array([float(w) for w in case.weights])]
        low = np.r_[0.0, np.full(len(high) - 1, -np.inf)]
        room = np.array([int(Fraction(w) / self.step) for w in present.values()], dtype=float)
        signs = np.concatenate(
            [np.repeat([np.inf, 0.0], [p.equal.shape[0], p.most.shape[0]]) for p in programs]
        )
        found = milp(
            np.r_[np.zeros(size), np.ones(size), np.zeros(len(signs))],
            integrality=np.r_[np.ones(size), np.zeros(size + len(signs))],
            constraints=LinearConstraint(rows.tocsr(), low, high),
            bounds=Bounds(
                np.r_[-room, np.zeros(size), np.full(len(signs), -np.inf)],
                np.r_[np.full(2 * size, room.sum()), signs],
            ),
            options={"mip_rel_gap": 0},
        )
        if found.x is None:
            if found.status != 2:  # not that there are none
                wrong("audit_unanswered", "reading")
            return None
        return [round(move) for move in found.x[:size]]

    def _target(self, program: Program, edge: Fraction) -> np.ndarray:
        """T: what each weight adds to ±(X · Σ s′ − s′_G), by variable of the cone."""
        import numpy as np

        cone, size = program.cone, len(self.case.factors)
        members = [self.case.position[id] for id in self.ids if id in self.case.position]
        columns = []
        for j in range(size):
            one = tuple(Fraction(int(j == k)) for k in range(size))
            row = {k: self.side * edge * x for k, x in cone.total_score(one).items()}
            for i in members:
                for k, x in cone.score(i, one).items():
                    row[k] = row.get(k, Fraction(0)) - self.side * x
            columns.append(program.vector(row))
        return np.stack(columns, axis=1)

    def possible(self) -> Weighting | None:
        size = len(self.case.factors)
        room = [int(Fraction(w) / self.step) for w in self.case.scenario.weights.values()]
        best = self.at([0] * size)
        if self.holds(best, False):
            return best
        found: Weighting | None = None
        limit = sum(room) + 1
        # ways still to be tried: where each begins, who receives, who is emptied by then, who gives next
        ways: list[tuple[int, int, tuple[int, ...], int]] = []
        for a in range(size):
            for b in range(size):
                if a != b and room[b]:
                    heappush(ways, (0, a, (), b))
        tried: set[tuple[int, tuple[int, ...]]] = set()
        while ways and ways[0][0] + 1 < limit:
            start, a, emptied, b = heappop(ways)

            def moves(
                taken: int, start: int = start, a: int = a, emptied: tuple[int, ...] = emptied, b: int = b
            ) -> list[int]:
                by = [-room[j] if j in emptied else 0 for j in range(size)]
                by[a], by[b] = taken, start - taken
                return by

            end = min(start + room[b], limit - 1)
            first = _first(lambda taken: self.at(moves(taken)), lambda w: self.holds(w, False), start, end)
            if first is not None:
                limit, found = first
                continue
            after = tuple(sorted((*emptied, b)))
            if end == start + room[b] and (a, after) not in tried:
                tried.add((a, after))
                for c in range(size):
                    if c != a and c not in after and room[c]:
                        heappush(ways, (end, a, after, c))
        return found


def _first(
    at: Callable[[int], Weighting], holds: Callable[[Weighting], bool], low: int, high: int
) -> tuple[int, Weighting] | None:
    """The first of (low, high] at which it holds, if it does at the end and from some point on."""
    found = at(high)
    if not holds(found):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        here = at(middle)
        if holds(here):
            high, found = middle, here
        else:
            low = middle
    return high, found
