"""Demands as linear forms in the weights, and sums of them that rule more out at once.

U · S_G / S ≤ bound + slack is (bound + slack) · S − U · S_G ≥ 0, and S_G and S are linear in the weights,
with a coefficient and for scores too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import mul

from allocator.analysis.seek.extremes import best_weights
from allocator.analysis.seek.measure import points, rounding_slack
from allocator.analysis.seek.moves import Moves
from allocator.analysis.seek.targets import Demand
from allocator.core.model import Scenario
from allocator.core.stages.bounds import limits_in_units


@dataclass(frozen=True)
class Form:
    """Σ coefficient_j · w_j ≥ 0: true of all weights that meet a demand, whatever rounding does."""

    coefficients: tuple[Fraction, ...]

    def at(self, weights: Sequence[Fraction]) -> Fraction:
        """Its value at these weights."""
        return sum((c * w for c, w in zip(self.coefficients, weights, strict=True)), start=Fraction(0))

    def in_moves(self, moves: Moves) -> tuple[list[float], float]:
        """The same for moves: the coefficients and the least that the sum must be."""
        present = self.at([Fraction(w) for w in moves.present])
        return [float(c) for c in self.coefficients], float(-present / moves.step)


def forms_of(scenario: Scenario, demands: Sequence[Demand], moves: Moves) -> list[Form]:
    """The forms of all demands that have one: not ranks, and with limits only those of a single recipient."""
    table = points(scenario)
    wholes = [sum(row, start=Fraction(0)) for row in table]
    units = Fraction(scenario.distributable) / Fraction(scenario.fund.unit)
    found: list[Form] = []
    for demand in demands:
        if demand.rival is not None:
            continue
        edge = demand.bound + demand.side * rounding_slack(scenario, len(demand.members))
        if scenario.limits:
            found += _limited(scenario, demand, edge, table, moves)
            continue
        parts = [sum((row[i] for i in demand.members), start=Fraction(0)) for row in table]
        found.append(
            _scaled([demand.side * (edge * s - units * n) for s, n in zip(wholes, parts, strict=True)])
        )
    return found


def held(scenario: Scenario, demand: Demand) -> tuple[int, int]:
    """The least and the most units that its members can get within their floors and caps."""
    floors, caps = limits_in_units(scenario)
    units = int(scenario.distributable / Fraction(scenario.fund.unit))
    tops = [caps[i] for i in demand.members]
    most = units if None in tops else min(units, sum(cap or 0 for cap in tops))
    return sum(floors[i] or 0 for i in demand.members), most


def _limited(
    scenario: Scenario, demand: Demand, edge: Fraction, table: Sequence[Sequence[Fraction]], moves: Moves
) -> list[Form]:
    """The same with limits, for a single recipient i: a_i ≤ T < cap_i says λ ≤ T / s_i.

    Then U ≤ Σ_k min(max(T s_k / s_i, floor_k), cap_k), and of each term T s_k + floor_k s_i, or else
    cap_k s_i, is no less; any choice gives a form.  Likewise a_i ≥ T > floor_i, where T s_k (without a cap)
    or floor_k s_i is no more.
    """
    least, most = held(scenario, demand)
    if (demand.bound < least) if demand.side > 0 else (demand.bound > most):
        return [Form(tuple(-sum(row, start=Fraction(0)) for row in table))]  # never
    if len(demand.members) != 1 or not least <= edge <= most:  # met by all weights
        return []
    (i,) = demand.members
    floors, caps = limits_in_units(scenario)
    units = int(scenario.distributable / Fraction(scenario.fund.unit))
    mine = [row[i] for row in table]
    corners = [[Fraction(w) for w in moves.present]]
    corners += [best_weights([side * x for x in mine], moves) for side in (1, -1)]
    found = []
    for weights in corners:
        scores = [
            sum((w * row[k] for w, row in zip(weights, table, strict=True)), Fraction(0))
            for k in range(len(floors))
        ]
        once = -units  # what is added for s_i
        chosen = []  # whose T s_k is added
        for k, (floor, cap_k) in enumerate(zip(floors, caps, strict=True)):
            wanted, lowest = edge * scores[k], (floor or 0) * scores[i]
            if k == i:
                chosen.append(k)
            elif demand.side > 0 and cap_k is not None and cap_k * scores[i] < wanted + lowest:
                once += cap_k
            elif demand.side > 0:
                once += floor or 0
                chosen.append(k)
            elif cap_k is None and wanted >= lowest:
                chosen.append(k)
            else:
                once += floor or 0
        coefficients = [
            demand.side * (edge * sum((row[k] for k in chosen), Fraction(0)) + once * row[i]) for row in table
        ]
        form = _scaled(coefficients)
        if form not in found:
            found.append(form)
    return found


def _scaled(coefficients: Sequence[Fraction]) -> Form:
    largest = max(map(abs, coefficients)) or Fraction(1)
    return Form(tuple(c / largest for c in coefficients))


def ruled_out(forms: Sequence[Form], moves: Moves) -> bool:
    """True if one of these forms is below zero at all allowed weights, exactly."""
    return any(form.at(best_weights(form.coefficients, moves)) < 0 for form in forms)


def joined(forms: Sequence[Form], moves: Moves) -> list[Form]:
    """A sum of the forms that by itself needs as many steps as all of them together, or that cannot be.

    Its multipliers are dual values of a linear program, solved in float; whatever they are, a sum of forms
    with multipliers of zero or more is a form, so nothing depends on the solver.
    """
    if len(forms) < 2:
        return []
    import numpy as np
    from scipy.optimize import linprog

    found = [form.in_moves(moves) for form in forms]
    rows, least = np.array([c for c, _ in found]), np.array([b for _, b in found])
    size = len(moves.factors)
    bounds = [(max(low, 0), max(high, 0)) for low, high in zip(moves.low, moves.high, strict=True)]
    bounds += [(-min(high, 0), -min(low, 0)) for low, high in zip(moves.low, moves.high, strict=True)]
    balance = np.r_[np.ones(size), -np.ones(size)][None, :]
    solved = linprog(
        np.ones(2 * size), -np.hstack([rows, -rows]), -least, balance, [0.0], bounds, method="highs"
    )
    if solved.status == 2:  # infeasible: minimise what they miss together
        missing = np.hstack([np.hstack([rows, -rows]), np.ones((len(forms), 1)) * max(1.0, abs(least).max())])
        solved = linprog(
            np.r_[np.zeros(2 * size), 1.0], -missing, -least, np.c_[balance, 0.0], [0.0],
            [*bounds, (0, None)], method="highs",
        )  # fmt: skip
    if solved.x is None:
        return []
    multipliers = [max(Fraction(0), Fraction(float(-y))) for y in solved.ineqlin.marginals]
    if not any(multipliers):
        return []
    columns = zip(*(form.coefficients for form in forms), strict=True)
    return [_scaled([sum(map(mul, multipliers, column), start=Fraction(0)) for column in columns])]
