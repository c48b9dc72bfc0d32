"""What docs/method.md says of a published split, as dense linear programs of their own.

Written from the document alone, with nothing of the program's: unknown are the shares x_ij, for each factor
(or for all) what one unit of its values is in shares, and where one number is common to all the cut of the
rounding.  Everything is homogeneous, and what is asked for is a ratio whose lower side is fixed at 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy.optimize import linprog

from allocator.analysis.audit import Known, Reading

FIRM = 1e-7  # nearer than that to not fitting, an oracle in floating point says nothing


@dataclass
class Oracle:
    """One set of rows: ``rows`` · v ≥ 0, ``equal`` · v = 0, v ≥ 0."""

    size: int
    rows: list[np.ndarray]
    equal: list[np.ndarray]
    ties: list[np.ndarray]  # must be above zero, not only at least
    positive: list[np.ndarray]

    def ratio(self, top: np.ndarray, base: np.ndarray, sign: int) -> float | None:
        """The least (sign 1) or the most (−1) of top / base; None where no data is found."""
        found = linprog(
            sign * top,
            -np.array(self.rows).reshape(-1, self.size),
            np.zeros(len(self.rows)),
            np.vstack([base, *self.equal]),
            np.r_[1.0, np.zeros(len(self.equal))],
            (0, None),
            method="highs",
        )
        return sign * found.fun if found.status == 0 else None

    def room(self, norm: np.ndarray) -> tuple[float, float]:
        """How far all rows together must be missed at the least, and by how much ties can be broken then."""
        rows, count = np.array(self.rows).reshape(-1, self.size), len(self.rows)
        both = np.array(self.equal).reshape(-1, self.size)
        equal = len(both)
        wide = np.hstack([rows, np.eye(count), np.zeros((count, 2 * equal))])
        close = np.hstack([both, np.zeros((equal, count)), np.eye(equal), -np.eye(equal)])
        first = np.r_[norm, np.zeros(count + 2 * equal)]
        found = linprog(
            np.r_[np.zeros(self.size), np.ones(count + 2 * equal)],
            -wide,
            np.zeros(count),
            np.vstack([first, close]),
            np.r_[1.0, np.zeros(equal)],
            (0, None),
        )
        assert found.status == 0, found.message
        if found.fun > FIRM or not (self.ties or self.positive):
            return found.fun, 1.0
        strict = np.array([*self.ties, *self.positive])
        found_ = linprog(
            np.r_[np.zeros(self.size), -1.0],
            np.vstack(
                [np.c_[-rows, np.zeros(count)], np.c_[-strict, np.ones(len(strict))]],
            ),
            np.zeros(count + len(strict)),
            np.c_[np.vstack([norm, *self.equal]), np.zeros(equal + 1)],
            np.r_[1.0, np.zeros(equal)],
            [(0, None)] * self.size + [(None, 1.0)],
        )
        return found.fun, -found_.fun if found_.status == 0 else 0.0


class Asked:
    """A reading as these programs: one for each who can have taken the rest of the rounding, else one."""

    def __init__(self, reading: Reading) -> None:
        scenario = reading.scenario
        self.reading, self.scenario = reading, scenario
        taking = [scenario.recipients[i] for i in scenario.participants]
        self.ids, self.factors = [r.id for r in taking], list(scenario.weights)
        n, m = len(self.ids), len(self.factors)
        self.n, self.m = n, m
        unit = Fraction(scenario.fund.unit)
        apart = dict.fromkeys(scenario.ids, Fraction(0))
        for earmark in scenario.earmarks:
            apart[earmark.recipient] += earmark.amount
        self.apart = apart
        changed = dict.fromkeys(scenario.ids, Fraction(0))
        for adjustment in scenario.adjustments:
            changed[adjustment.recipient] += adjustment.amount
            if adjustment.paid_by is not None and adjustment.paid_by.recipient:
                changed[adjustment.paid_by.recipient] -= adjustment.amount
        gave = {id: scenario.published[id] - changed[id] - apart[id] for id in self.ids}
        self.p = np.array([float(gave[id] / unit) for id in self.ids])
        self.total = float(scenario.distributable / unit)
        self.c = np.ones(n)
        if scenario.coefficient is not None:
            self.c = np.array([float(x) for x in scenario.column(scenario.coefficient)])
        self.shares = scenario.kind == "shares"
        self.width = n * m + m + 1  # x_ij; a unit of values by factor; the cut
        self.w = self.weights(scenario.weights)
        rounding = "exact" if reading.tolerance == "exact" else scenario.fund.rounding
        who = range(n) if rounding == "rest-to-largest" and n > 1 else [None]
        if rounding == "rest-to-largest" and n == 1:
            rounding = "exact"
        self.norm = self.score_sum(self.w) / max(1, self.w.max())
        for j in range(m):
            self.norm = self.norm + self.column(j)
        self.sets = [self.oracle(rounding, largest) for largest in who]

    def weights(self, given) -> np.ndarray:
        return np.array([float(given[f]) for f in self.factors])

    def cell(self, i: int, j: int) -> np.ndarray:
        found = np.zeros(self.width)
        found[i * self.m + j] = 1
        return found

    def column(self, j: int) -> np.ndarray:
        return sum(self.cell(i, j) for i in range(self.n))

    def score(self, i: int, w: np.ndarray) -> np.ndarray:
        return sum(self.c[i] * w[j] * self.cell(i, j) for j in range(self.m))

    def score_sum(self, w: np.ndarray) -> np.ndarray:
        return sum(self.score(i, w) for i in range(self.n))

    def oracle(self, rounding: str, largest: int | None) -> Oracle:
        n, m = self.n, self.m
        rows, equal, ties, positive = [], [], [], [self.score_sum(self.w)]
        if self.shares:
            equal += [self.column(j) - self.column(0) for j in range(1, m)]
        cut = np.zeros(self.width)
        cut[-1] = 1.0
        scores = self.score_sum(self.w)
        e = [self.score(i, self.w) * self.total for i in range(n)]  # times Σ s, as is all that follows
        if rounding == "largest-remainder":  # m = −cut, and the unit is 1
            for i in range(n):
                rows.append(e[i] - self.p[i] * scores + cut)
                rows.append((self.p[i] + 1) * scores - cut - e[i])
        elif rounding == "exact":
            equal += [e[i] - self.p[i] * scores for i in range(n)]
        elif rounding in (
            "each-alone",
            "rest-to",
        ):  # p − u/2 ≤ e < p + u/2; one that takes the rest has no ends
            target = self.scenario.fund.rest_to
            for i in range(n):
                if rounding == "rest-to" and target.recipient == self.ids[i]:
                    continue
                rows.append(e[i] - (self.p[i] - 0.5) * scores)
                rows.append((self.p[i] + 0.5) * scores - e[i])
                if self.c[i]:
                    ties.append((self.p[i] + 0.5) * scores - e[i])
        else:
            for i in range(n):
                if i == largest:
                    continue
                rows.append(e[i] - (self.p[i] - 0.5) * scores)
                rows.append((self.p[i] + 0.5) * scores - e[i])
                rows.append(e[largest] - e[i])
                if i < largest:
                    ties.append(e[largest] - e[i])
        money = self.total * float(self.scenario.fund.unit)

        def between(have: np.ndarray, low, high, base: np.ndarray) -> None:
            rows.append(have - float(low) * base)
            if high is not None:
                rows.append(float(high) * base - have)

        def unit_of(j: int) -> np.ndarray:
            """What one unit of a factor's values is in shares; with scores it is one for all."""
            found = np.zeros(self.width)
            found[n * m + (j if self.shares else 0)] = 1
            return found

        for scored in self.reading.scored:
            j = self.factors.index(scored.factor)
            if scored.low == scored.high:
                equal += [self.cell(i, j) - self.cell(0, j) for i in range(1, n)]
                continue
            positive.append(unit_of(j))
            for i in range(n):
                between(self.cell(i, j), scored.low, scored.high, unit_of(j))
        for known in self.reading.known:
            self._know(known, between, unit_of, money, positive)
        return Oracle(self.width, rows, equal, ties, positive)

    def _know(self, known: Known, between, unit_of, money, positive) -> None:
        j = self.factors.index(known.factor)
        ids = self.ids if known.recipients == "all" else known.recipients
        inside = [self.ids.index(id) for id in ids]
        have = sum(self.cell(i, j) for i in inside)
        if known.of == "share":
            between(have, known.low, known.high, self.column(j))
            positive.append(self.column(j))
        elif known.of == "value":
            between(have, known.low, known.high, unit_of(j))
            positive.append(unit_of(j))
        else:
            brings = sum(self.c[i] * self.w[j] * self.cell(i, j) for i in inside) * money
            between(brings, known.low, known.high, self.score_sum(self.w))

    # --- answers ----------------------------------------------------------------------------------

    def fits(self) -> tuple[bool | None, list[Oracle], bool]:
        """Whether any data fits (None: too near to tell), the sets in which some does, and whether all are
        clear of ties.
        """
        found, firm, answers = [], True, []
        for one in self.sets:
            missed, broken = one.room(self.norm)
            if missed > FIRM:
                answers.append(False if missed > 1e-5 else None)
                firm = firm and missed > 1e-5
            elif broken > 1e-6:
                answers.append(True)
                found.append(one)
            else:
                answers.append(None)
                firm = False
        verdict = True if True in answers else None if None in answers else False
        return verdict, found, firm

    def range(self, sets: list[Oracle], top: np.ndarray, base: np.ndarray) -> tuple[float, float] | None:
        ends = [[one.ratio(top, base, sign) for one in sets] for sign in (1, -1)]
        if any(end is None for side in ends for end in side):
            return None
        return min(ends[0]), max(ends[1])

    def share(self, sets: list[Oracle], factor: str, id: str) -> tuple[float, float] | None:
        j = self.factors.index(factor)
        return self.range(sets, self.cell(self.ids.index(id), j), self.column(j))

    def amount(self, sets: list[Oracle], weights, ids) -> tuple[float, float] | None:
        """Money, earmarks included."""
        w = self.weights(weights)
        members = [self.ids.index(id) for id in ids if id in self.ids]
        top = sum((self.score(i, w) for i in members), np.zeros(self.width))
        found = self.range(sets, top, self.score_sum(w))
        if found is None:
            return None
        apart = float(sum(self.apart[id] for id in ids))
        money = self.total * float(self.scenario.fund.unit)
        return found[0] * money + apart, found[1] * money + apart
