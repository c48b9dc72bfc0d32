"""A table that fits: of all data that gives the published split, the closest to a prior."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from allocator.analysis.audit.asking import Audit, fitting_case
from allocator.analysis.audit.case import Case
from allocator.core.engine import plan
from allocator.core.exact import Number, plain
from allocator.core.parts import Factor, number_at, wrong

ROUNDS = 20_000
NEAR = 1e-13
MOST_DIGITS = 15


def consistent_table(
    audit: Audit, prior: Mapping[str, Mapping[str, Any]] | None = None, *, digits: int = 2
) -> tuple[Factor, ...]:
    """Factor shares in percent with so many decimals that give the published split, closest to a prior.

    ``prior`` is values by factor and recipient; without one, all equal.  Iterative proportional fitting
    (Deming & Stephan 1940) of y_ij = w_j x_ij to the rows a_i and the columns w_j finds the table that fits
    with the least relative entropy to the prior.  Rounding it keeps every column at exactly 100, and
    `plan` gives exactly the published amounts from what comes out.  Status is "derived": that it
    matches proves nothing, since it was made to match.

    Raises ScenarioError for ``scores``, limits or known data, for a prior whose zeros leave no way to
    fit, and when so few decimals cannot give the split.
    """
    case = fitting_case(audit)
    if not case.shares or case.limited or case.facts or case.reading.several:
        wrong("audit_table_scope", "reading")
    if type(digits) is not int or not 0 <= digits <= MOST_DIGITS:
        wrong("audit_table_digits", at={"option": "digits"}, value=str(digits)[:40], most=MOST_DIGITS)
    shares = _fitted(case, _prior(case, prior))
    columns = _rounded(case, shares, digits)
    taking = dict(zip(case.scenario.participants, range(len(case.ids)), strict=True))
    made = []
    for j, id in enumerate(case.factors):
        values: list[Number | None] = [None] * len(case.scenario.ids)
        for i, at in taking.items():
            values[i] = plain(Fraction(columns[j][at], 10**digits))
        old = case.scenario.factor(id)
        made.append(Factor(id, tuple(values), old.name, old.unit, old.definition, old.year, "derived"))
    kept = [factor for factor in case.scenario.factors if factor.id not in case.factors]
    given = plan(replace(case.scenario, factors=(*made, *kept))).amounts
    published = case.scenario.published
    assert published is not None
    missed = [
        recipient.name
        for recipient in case.scenario.recipients
        if given[recipient.id] != published[recipient.id]
    ]
    if missed:
        wrong("audit_table_coarse", "reading", digits=digits, names=missed[:10])
    return tuple(made)


def _prior(case: Case, prior: Mapping[str, Mapping[str, Any]] | None) -> Any:
    import numpy as np

    if prior is None:
        return np.ones((len(case.ids), len(case.factors)))
    for factor in case.factors:
        missing = [id for id in case.ids if id not in prior.get(factor, {})]
        if missing:
            names = [r.name for r in case.scenario.recipients if r.id in missing]
            wrong("cell_blank", "prior", {"column": factor}, names=names[:10])
    columns = [[float(number_at(prior[factor][id], factor)) for id in case.ids] for factor in case.factors]
    table = np.array(columns).T
    largest = table.max(axis=0)
    return table / np.where(largest > 0, largest, 1.0)


def _fitted(case: Case, prior: Any) -> Any:
    """Shares x_ij by scaling rows and columns in turn until both margins are met."""
    import numpy as np

    weights = np.array([float(w) for w in case.weights])
    coefficients = [case.coefficient(i) for i in range(len(case.ids))]
    rows = [Fraction(a) / c if c else None for a, c in zip(_entitled(case), coefficients, strict=True)]
    whole = sum((row for row in rows if row is not None), Fraction(0))
    open_ = np.array([row is None for row in rows])
    wanted = np.array([float((row or 0) / whole) for row in rows])
    table = prior * np.where(open_, 0.0, 1.0)[:, None] * weights
    for _ in range(ROUNDS):
        sums = table.sum(axis=1)
        table *= np.where(sums > 0, wanted / np.where(sums > 0, sums, 1.0), 0.0)[:, None]
        totals = table.sum(axis=0)
        table *= np.where(totals > 0, weights / np.where(totals > 0, totals, 1.0), 0.0)
        off = max(np.abs(table.sum(axis=1) - wanted).max(), np.abs(table.sum(axis=0) - weights).max())
        if off <= NEAR:
            break
    else:
        wrong("audit_table_zeros", "prior")
    unweighted = np.where(prior.sum(axis=0) > 0, prior, 1.0)
    unweighted = unweighted / unweighted.sum(axis=0)
    return np.where(weights > 0, table / np.where(weights > 0, weights, 1.0), unweighted)


def _entitled(case: Case) -> list[Fraction]:
    """Amounts before rounding that add up to the total; what each alone left goes to where there is room."""
    (one,) = case.unrounded if case.alone else (None,)
    if one is None or not one.left:
        return [Fraction(amount) for amount in case.amounts]
    ends = one.up if one.left > 0 else one.down
    part = Fraction(one.left, sum(ends))
    return [amount + part * end for amount, end in zip(case.amounts, ends, strict=True)]


def _rounded(case: Case, shares: Any, digits: int) -> list[list[int]]:
    """Each column in whole steps of the last decimal that add up to 100 %, the heaviest column first: the
    next one gives back the part of a recipient's amount that one rounds away.
    """
    whole = 100 * 10**digits
    columns: list[list[int]] = [[] for _ in case.factors]
    owed = [Fraction(0)] * len(case.ids)
    for j in sorted(range(len(case.factors)), key=lambda j: -case.weights[j]):
        weight = case.weights[j]
        values = [Fraction(float(x)) for x in shares[:, j]]
        total = sum(values, Fraction(0))
        ideal = [value / total * whole for value in values]
        wanted = [
            max(Fraction(0), value + (owe / weight if weight and value else 0))
            for value, owe in zip(ideal, owed, strict=True)
        ]
        scale = sum(wanted, Fraction(0))
        wanted = [value * whole / scale for value in wanted]
        steps = [math.floor(value) for value in wanted]
        by_rest = sorted(range(len(steps)), key=lambda i: steps[i] - wanted[i])
        for i in by_rest[: whole - sum(steps)]:
            steps[i] += 1
        columns[j] = steps
        owed = [owe + weight * (value - step) for owe, value, step in zip(owed, ideal, steps, strict=True)]
    return columns
