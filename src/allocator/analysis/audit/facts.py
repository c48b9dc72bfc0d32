"""Known or supposed facts about the data, as rows: sums of cells between two multiples of a base."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from allocator.analysis.audit.case import Case
from allocator.analysis.audit.reading import Known
from allocator.analysis.audit.rows import Row, Rows, add
from allocator.core.parts import wrong

_Value = tuple[list[int], Fraction, Fraction | None]  # the sum of these cells lies between
_Range = tuple[Row, Fraction, Fraction | None, Row]  # low · base ≤ sum ≤ high · base


def fact_rows(
    case: Case,
    rows: Rows,
    columns: Sequence[Row],
    cells: Sequence[Sequence[int]],
    scores: Row,
    slack: list[int] | None,
) -> list[int]:
    """Adds the rows of a reading's facts, in the cells x_ij; with ``slack``, each may be missed.

    Raises ScenarioError where their numbers are too far apart for the solver.

    Values are x over one more variable, the size of one unit in x: a variable of the factor for ``shares``,
    of all factors for ``scores``.  Returns those variables.
    """
    ranges = _alike(case, cells)
    for fact in case.known:
        j = case.factors.index(fact.factor)
        low, high = Fraction(fact.low), None if fact.high is None else Fraction(fact.high)
        members = _members(case, fact)
        if fact.of == "share":
            ranges.append(({cells[i][j]: Fraction(1) for i in members}, low, high, columns[j]))
        elif fact.of == "part":
            money = case.total * Fraction(case.unit)
            rates = {cells[i][j]: case.coefficient(i) * case.weights[j] for i in members}
            ranges.append((rates, low / money, None if high is None else high / money, scores))
    by_value = _values(case, cells)
    common, units = None, []
    if by_value and not case.shares:
        common = rows.variable(_value_box(rows, [fact for facts in by_value.values() for fact in facts]))
    for facts in by_value.values():
        values = rows.variable(_value_box(rows, facts)) if common is None else common
        units.append(values)
        ranges += _in_values(facts, values)
        for where, _, high in facts:
            for cell in where:
                if high is not None and rows.box[cell] == np.inf:
                    rows.box[cell] = float(high) * rows.box[values] * (1 + 1e-15)
    _add_ranges(rows, ranges, slack)
    if not np.isfinite(rows.box).all():
        wrong("audit_scale", "reading")
    return list(dict.fromkeys(units))


def value_rows(case: Case, rows: Rows, slack: list[int]) -> int:
    """Adds the rows of what is known of values alone, whatever they add up to; returns the variable 1.

    They only show contradictions: no value need be above the largest figure named.
    """
    cells = [[rows.variable(1) for _ in case.factors] for _ in case.ids]
    one = rows.variable(1)
    _add_ranges(rows, _alike(case, cells), slack)
    for facts in _values(case, cells).values():
        _add_ranges(rows, _in_values(facts, one), slack)
    return one


def _alike(case: Case, cells: Sequence[Sequence[int]]) -> list[_Range]:
    """The ranges of equal scores; the figure itself is not known."""
    factors = [case.factors.index(scored.factor) for scored in case.reading.scored if scored.equal]
    first, one = cells[0], Fraction(1)
    return [({row[j]: one}, one, one, {first[j]: one}) for j in factors for row in cells[1:]]


def _values(case: Case, cells: Sequence[Sequence[int]]) -> dict[int, list[_Value]]:
    """The known facts about values, by factor, in parts of the largest figure: the factor's own for
    ``shares``, that of all factors for ``scores``.
    """
    found: dict[int, list[_Value]] = {}
    for scored in case.reading.scored:
        if scored.equal:
            continue
        j = case.factors.index(scored.factor)
        ends = Fraction(scored.low), Fraction(scored.high)
        found.setdefault(j, []).extend(([row[j]], *ends) for row in cells)
    for fact in case.known:
        if fact.of == "value":
            j = case.factors.index(fact.factor)
            high = None if fact.high is None else Fraction(fact.high)
            where = [cells[i][j] for i in _members(case, fact)]
            found.setdefault(j, []).append((where, Fraction(fact.low), high))
    tops = {j: max(low if high is None else high for _, low, high in facts) for j, facts in found.items()}
    if not case.shares:
        tops = dict.fromkeys(tops, max(tops.values(), default=Fraction(1)))
    return {
        j: [(where, low / top, None if high is None else high / top) for where, low, high in facts]
        for (j, facts), top in zip(found.items(), (top or 1 for top in tops.values()), strict=True)
    }


def _in_values(facts: Sequence[_Value], values: int) -> list[_Range]:
    base = {values: Fraction(1)}
    return [({cell: Fraction(1) for cell in where}, low, high, base) for where, low, high in facts]


def _add_ranges(rows: Rows, ranges: Sequence[_Range], slack: list[int] | None) -> None:
    for total, low, high, base in ranges:
        for row in (
            *([add((base, low), (total, -1))] if low else []),
            *([add((total, 1), (base, -high))] if high is not None else []),
        ):
            if slack is not None:
                reach = 1 + sum(float(x) * rows.box[k] for k, x in row.items() if x > 0)
                slack.append(rows.variable(reach))
                row[slack[-1]] = Fraction(-1)
            rows.row(row)


def _members(case: Case, fact: Known) -> list[int]:
    if fact.recipients == "all":
        return list(range(len(case.ids)))
    return [case.position[id] for id in fact.recipients]


def _value_box(rows: Rows, facts: Sequence[_Value]) -> float:
    """The upper end of one unit of the values in x: as much as the lower figures leave room for.

    Without any lower figure, no data is lost by ending where no upper one matters any more.
    """
    rooms = [sum(rows.box[cell] for cell in where) / float(low) for where, low, _ in facts if low]
    if rooms:
        return min(rooms) * (1 + 1e-12)
    ends = [
        max(rows.box[cell] for cell in where) * len(where) / float(high) for where, _, high in facts if high
    ]
    return max(ends, default=1.0) * (1 + 1e-12)
