"""Demands without limits as linear forms in the weights, and sums of them that rule more out at once.

U · S_G / S ≤ bound + slack is (bound + slack) · S − U · S_G ≥ 0, and S_G and S are linear in the weights,
with a coefficient and for scores too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import mul

from allocator.analysis.goal.extremes import best_weights
from allocator.analysis.goal.measure import points, rounding_slack
from allocator.analysis.goal.moves import Moves
from allocator.analysis.goal.targets import Demand
from allocator.model import Scenario


@dataclass(frozen=True)
class Form:
    """Σ coefficient_j · w_j ≥ 0: what weights must fulfil that meet a demand, whatever rounding does."""

    coefficients: tuple[Fraction, ...]

    def at(self, weights: Sequence[Fraction]) -> Fraction:
        """Its value at these weights."""
        return sum((c * w for c, w in zip(self.coefficients, weights, strict=True)), start=Fraction(0))

    def in_moves(self, moves: Moves) -> tuple[list[float], float]:
        """The same of moves: coefficients and what their sum must be at least."""
        present = self.at([Fraction(w) for w in moves.present])
        return [float(c) for c in self.coefficients], float(-present / moves.step)


def forms_of(scenario: Scenario, demands: Sequence[Demand]) -> list[Form]:
    """The forms of all demands that have one; with limits none has."""
    if scenario.limits:
        return []
    table = points(scenario)
    wholes = [sum(row, start=Fraction(0)) for row in table]
    units = Fraction(scenario.distributable) / Fraction(scenario.fund.unit)
    found = []
    for demand in demands:
        if demand.rival is not None:
            continue
        parts = [sum((row[i] for i in demand.members), start=Fraction(0)) for row in table]
        edge = demand.bound + demand.side * rounding_slack(scenario, len(demand.members))
        found.append(
            _scaled([demand.side * (edge * s - units * n) for s, n in zip(wholes, parts, strict=True)])
        )
    return found


def _scaled(coefficients: Sequence[Fraction]) -> Form:
    largest = max(map(abs, coefficients)) or Fraction(1)
    return Form(tuple(c / largest for c in coefficients))


def ruled_out(forms: Sequence[Form], moves: Moves) -> bool:
    """Whether one of these forms is below zero at all allowed weights, exactly."""
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
    if solved.status == 2:  # then what they miss together is to be least
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
