"""All data that fit a reading, as a cone: rows of a linear program in which every row is homogeneous.

The variables are x_ij, each factor's column in a scale of its own, and further unknowns:

- ``whole``  what each column adds up to (``shares``)
- ``scale``  what the scores add up to, over the multiplier k of the limits: the split is a_i = s_i / scale
- ``cut``    how far rounding lowers whoever it lowers most, −m
- ``held``   of a recipient at a limit, the score that the limit leaves
- ``values`` by factor, what one unit of the factor's values is in x

Every question is a ratio of two sums over them, so one of them may be fixed: ``anchor`` is 1.  ``box``
holds upper ends that are proved for that case: no data is lost by them.  All variables are at least 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy.sparse import csr_matrix

from allocator.analysis.audit.case import Case
from allocator.analysis.audit.facts import fact_rows, value_rows
from allocator.analysis.audit.rounding import Unrounded
from allocator.analysis.audit.rows import Row, Rows, add, matrix
from allocator.core.parts import wrong


@dataclass(frozen=True, eq=False)
class Cone:
    """The rows ``equal`` v = 0 and ``most`` v ≤ 0 over v ≥ 0, with v[anchor] = 1 and v ≤ box there.

    ``column[j]`` is the total of a factor.  ``slack`` are the variables by which the split, or what is known,
    may be missed, where asked for.  ``positive`` are sums that are above zero in all data, which rows alone
    cannot state; so are ``below``, where the split is not missed.  ``exact`` are the rows of ``equal`` and of
    ``most`` as they were before they became floats.  ``split_rows`` has for each row about a recipient's
    amount: True if it is in ``equal``, its number, the recipient's position, and −1 where it keeps the score
    down, else 1.
    """

    case: Case
    equal: csr_matrix
    most: csr_matrix
    box: np.ndarray
    anchor: int
    scale: int
    column: tuple[Row, ...]
    slack: tuple[int, ...]
    positive: tuple[Row, ...]
    below: tuple[Row, ...]
    exact: tuple[tuple[Row, ...], tuple[Row, ...]]
    split_rows: tuple[tuple[bool, int, int, int], ...]

    def cell(self, i: int, j: int) -> int:
        """The variable x_ij."""
        return i * len(self.case.factors) + j

    def score(self, i: int, weights: Sequence[Fraction]) -> dict[int, Fraction]:
        """s_i under these weights."""
        return _score(self.case, i, weights)

    def total_score(self, weights: Sequence[Fraction]) -> dict[int, Fraction]:
        """Σ s under these weights."""
        if self.case.shares and self.case.coefficients is None:
            return {self.anchor: sum(weights, Fraction(0))}
        if weights == self.case.weights and not self.case.limited:
            return {self.scale: Fraction(1)}
        return {k: x for i in range(len(self.case.ids)) for k, x in self.score(i, weights).items()}


def _score(case: Case, i: int, weights: Sequence[Fraction]) -> dict[int, Fraction]:
    c, size = case.coefficient(i), len(case.factors)
    return {i * size + j: c * weight for j, weight in enumerate(weights) if c and weight}


def _all_scores(case: Case) -> dict[int, Fraction]:
    return add(*((_score(case, i, case.weights), 1) for i in range(len(case.ids))))


def cone_of(case: Case, split: Unrounded | None, *, miss: str | None = None) -> Cone:
    """The cone of a reading, for one of the sets in which the amounts before rounding can lie.

    Without a set, that of the rule and the known facts.  ``miss`` "split" or "known" adds slack by which
    those rows may be missed.  Raises ScenarioError where no upper ends can be proved.
    """
    size, width = len(case.ids), len(case.factors)
    rows = Rows()
    cells = [[rows.variable(_cell_box(case, i, j)) for j in range(width)] for i in range(size)]
    if case.shares:
        whole = rows.variable(1)
        columns: list[Row] = [{whole: Fraction(1)}] * width
        for j in range(width):
            rows.row({**{cells[i][j]: Fraction(1) for i in range(size)}, whole: Fraction(-1)}, equal=True)
    else:
        columns = [{cells[i][j]: Fraction(1) for i in range(size)} for j in range(width)]
    same = case.shares and case.coefficients is None and not case.limited
    scale = whole if same else rows.variable(_scale_box(case))
    anchor = whole if case.shares else scale
    slack: list[int] = []
    below: list[Row] = []
    if split is not None:
        below = _split_rows(case, split, rows, scale, same, slack if miss == "split" else None)
    elif not same:
        rows.row(add((_all_scores(case), 1), ({scale: Fraction(1)}, -1)), equal=True)
    if case.shares and case.coefficients is None:
        scores: Row = {whole: Fraction(1)}
    else:
        scores = _all_scores(case) if case.limited else {scale: Fraction(1)}
    units = fact_rows(case, rows, columns, cells, scores, slack if miss == "known" else None)
    positive: list[Row] = [{unit: Fraction(1)} for unit in units]
    if scale != anchor:
        positive.append({scale: Fraction(1)})
    if not case.shares:
        shared = {case.factors.index(fact.factor) for fact in case.known if fact.of == "share"}
        positive += [columns[j] for j in sorted(shared)]
    return _cone(case, rows, anchor, scale, columns, slack, positive, below)


def values_cone(case: Case) -> Cone:
    """The cone of the known facts about values alone, with slack by which they may be missed."""
    rows, slack = Rows(), list[int]()
    one = value_rows(case, rows, slack)
    return _cone(case, rows, one, one, (), slack, ())


def _cone(
    case: Case,
    rows: Rows,
    anchor: int,
    scale: int,
    columns: Sequence[Row],
    slack: Sequence[int],
    positive: Sequence[Row],
    below: Sequence[Row] = (),
) -> Cone:
    return Cone(
        case,
        matrix(rows.equal, rows.count),
        matrix(rows.most, rows.count),
        np.array(rows.box),
        anchor,
        scale,
        tuple(columns),
        tuple(slack),
        tuple(positive),
        tuple(below),
        (tuple(rows.equal), tuple(rows.most)),
        tuple(rows.split),
    )


# --- upper ends -----------------------------------------------------------------------------------


def _cell_box(case: Case, i: int, j: int) -> Fraction | float:
    """The upper end of x_ij: a share is at most 1, and so is a value's part of the scores, if it has one."""
    if case.shares:
        return 1
    rate = case.coefficient(i) * case.weights[j]
    return 1 / rate if rate else np.inf


def _scale_box(case: Case) -> Fraction | int:
    """The upper end of the scale while the columns add up to 1, where limits part it from the scores.

    Whoever got more than zero and was not lifted to a floor has a score of at least scale · (a − u),
    and scores are at most 1.  Where all others stand at floors, no data is lost by ending at 1 over the
    least of these: from there on, floors hold whatever the scores.
    """
    if not case.limited or not case.shares:
        return 1
    rest_to = case.unrounded[0].rest_to
    free = [
        amount
        for i, (amount, at) in enumerate(zip(case.amounts, case.at, strict=True))
        if amount and at in (None, "cap") and i != rest_to
    ]
    if not free:
        left = case.unrounded[0].left
        if left > 0:  # somebody's score brings more than a floor: left ≤ Σ s · total / scale
            return Fraction(case.total, left)
        return case.total / Fraction(min(amount for amount in case.amounts if amount))
    most = max(free) - (0 if case.rounding == "exact" else Fraction(1, 2) if case.alone else 1)
    if not most:
        wrong("audit_scale", "reading")
    return Fraction(case.total) / most


# --- the split ------------------------------------------------------------------------------------


def _split_rows(
    case: Case, split: Unrounded, rows: Rows, scale: int, same: bool, slack: list[int] | None
) -> list[Row]:
    """Adds the rows by which scores give the published amounts after limits and rounding.

    Returns by how much those are below their upper ends who never reach them.
    """
    size, unit = len(case.ids), Fraction(1, case.total)
    top = Fraction(rows.box[scale])
    cut = None
    if split.shared:
        cut = rows.variable(top * unit)
        rows.row({cut: Fraction(1), scale: -unit})
    moved: dict[int, Fraction] = {}
    scores = [_score(case, i, case.weights) for i in range(size)]
    kept: list[Row] = []
    below: list[Row] = []
    for i in range(size):
        amount = {scale: Fraction(case.amounts[i]) / case.total}
        if slack is not None:
            up, down = rows.variable(top), rows.variable(top)
            slack += [up, down]
            rows.row(add(({down: Fraction(1)}, 1), (amount, -1)))
            amount |= {up: Fraction(1), down: Fraction(-1)}
            moved |= {up: Fraction(1), down: Fraction(-1)}
        kept.append(_held(case, split, rows, i, scores[i], amount, scale, cut, top, below))
    if moved and not case.sum_free:
        rows.row(moved, equal=True)
    if split.largest is not None:
        for i in range(size):
            if i == split.largest:
                continue
            above = add((scores[i], 1), (scores[split.largest], -1))
            if slack is not None:
                slack.append(rows.variable(top))
                above[slack[-1]] = Fraction(-1)
            rows.row(above)
    if not same and not split.exact:
        rows.row(add(*((held, 1) for held in kept), ({scale: Fraction(1)}, -1)), equal=True)
    return below


def _held(
    case: Case,
    split: Unrounded,
    rows: Rows,
    i: int,
    score: Row,
    amount: Row,
    scale: int,
    cut: int | None,
    top: Fraction,
    below: list[Row],
) -> Row:
    """Adds the rows of one recipient, and to ``below`` how far it is; returns its score after limits.

    Rounding at a limit is covered a little more widely than need be: a recipient at a floor, say, was either
    held there or rounded down to it, and both together make a larger set than either.
    """
    at, unit = case.at[i], Fraction(1, case.total)
    if split.exact or at == "both" or not split.moves[i]:
        if at == "floor":
            rows.row(add((score, 1), (amount, -1)), of=i, sign=-1)
        elif at == "cap":
            rows.row(add((amount, 1), (score, -1)), of=i, sign=1)
        elif at is None:
            rows.row(add((score, 1), (amount, -1)), equal=True, of=i, sign=-1)
        return amount
    if i in (split.largest, split.rest_to):
        return score
    held = score
    if at is not None:
        held = {rows.variable(top * (Fraction(case.amounts[i]) + 1) * unit): Fraction(1)}
        sign = 1 if at == "floor" else -1
        rows.row(add((score, sign), (held, -sign)), of=i, sign=-sign)
        rows.row(add((amount, sign), (held, -sign)), of=i, sign=sign)
    middle = amount if cut is None else add((amount, 1), ({cut: Fraction(1)}, -1))
    down, up = (Fraction(end[i], split.over) * unit for end in (split.down, split.up))
    if at != "floor":
        rows.row(add((middle, 1), ({scale: down}, -1), (held, -1)), of=i, sign=1)
    if at != "cap":
        rows.row(add((held, 1), (middle, -1), ({scale: up}, -1)), of=i, sign=-1)
        if split.below and split.below[i]:
            below.append(add((middle, 1), ({scale: up}, 1), (held, -1)))
    return held
