"""Each floor and cap of a scenario as a formula: the recipients it holds for, and its whole units."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from allocator.core.limits import Limit
from allocator.core.model import Scenario
from allocator.report.excel.data import Data
from allocator.report.excel.exact import ExactCells
from allocator.report.excel.inputs import Inputs
from allocator.report.excel.integers import MOST, decimals, scale_of


class Rule(NamedTuple):
    """One side of one limit: its cell among the inputs, and the positions of the recipients it holds for."""

    inputs: Inputs

    number: int
    side: str
    limit: Limit
    cell: str
    whom: frozenset[int]


class InUnits(NamedTuple):
    """A limit of one recipient in whole units; ``tight`` is the test if its rounding is in doubt, or ""."""

    formula: str
    value: int
    tight: str


def rules_of(scenario: Scenario, inputs: Inputs) -> list[Rule]:
    """The floors and caps of a scenario, one by one."""
    rules = []
    for number, (limit, cells) in enumerate(zip(scenario.limits, inputs.limits, strict=True), 1):
        whom = frozenset(i for i in scenario.participants if _holds(limit, scenario, i))
        for side, cell in (("floor", cells.floor), ("cap", cells.cap)):
            if cell is not None:
                rules.append(Rule(inputs, number, side, limit, cell, whom))
    return rules


def _holds(limit: Limit, scenario: Scenario, i: int) -> bool:
    if isinstance(limit.recipients, str):
        return limit.recipients in ("all", scenario.recipients[i].kind)
    return scenario.ids[i] in limit.recipients


def in_units(scenario: Scenario, rule: Rule, i: int, cells: ExactCells, data: Data) -> InUnits:
    """A limit of one recipient in whole units: floors rounded up, caps down.

    A product below 10^14 is so close that correcting it by a 10^-14th part decides rightly if it is whole.
    """
    formula, exact, size = _amount(scenario, rule, i, cells, data)
    formula = rule.inputs.read(formula)
    if rule.side == "floor":
        text, value = f"-INT(-({formula})*(1-1E-14))", -(-exact // 1)
    else:
        text, value = f"INT(({formula})*(1+1E-14))", exact // 1
    off = f"ABS({formula}-ROUND({formula},0))"
    if size >= MOST:
        return InUnits(text, int(value), f"IF(AND({off}>0,{off}<1E-13*{formula}),1,0)")
    if getattr(rule.limit, rule.side) is not None:  # an amount is whole in hundredths, whatever is typed
        return InUnits(text, int(value), "")
    # typed rates and data may have more digits than those exported
    return InUnits(
        text, int(value), f"IF({rule.inputs.changed}=0,0,IF(AND({off}>0,{off}<1E-13*{formula}),1,0))"
    )


def _amount(
    scenario: Scenario, rule: Rule, i: int, cells: ExactCells, data: Data
) -> tuple[str, Fraction, Fraction]:
    """A limit in units before it is made whole: the formula, its value, the size of the numbers in it."""
    limit, unit, cents = rule.limit, Fraction(scenario.fund.unit), scale_of(scenario) * 100
    amount = getattr(limit, rule.side)
    if amount is not None:
        return f"ROUND({rule.cell}*{cents},0)/{cells.unit}", amount / unit, Fraction(amount) * 100
    rate = Fraction(getattr(limit, f"{rule.side}_rate"))
    if limit.of == "previous":
        assert data.previous is not None and scenario.previous is not None
        base = f"ROUND({data.page.at(data.first + i, data.previous)}*{cents},0)"
        whole = Fraction(scenario.previous[scenario.ids[i]])
    else:
        base = cells.fund if limit.of == "fund" else cells.distributable
        whole = Fraction(scenario.fund.amount if limit.of == "fund" else scenario.distributable)
    formula, exact = f"{rule.cell}*{base}", rate * whole / unit
    size = rate * 10 ** decimals(rate) * whole * 100
    if limit.by is not None:
        column = data.columns[limit.by]
        everybody = total_by(data, limit.by)
        own = scenario.factor(limit.by).values[i] or 0
        part = Fraction(own) / sum(x for x in scenario.column(limit.by) if x is not None)
        formula = f"IF({everybody}=0,0,{formula}*{data.page.at(data.first + i, column)}/{everybody})"
        exact, size = exact * part, size * part.denominator
    return f"{formula}/{cells.unit}", exact, size


def total_by(data: Data, id: str) -> str:
    """The formula of a column's sum over the recipients that take part."""
    if data.taking is None:
        return f"SUM({data.column(id)})"
    return f"SUMPRODUCT({data.column(id)},{data.page.down(data.taking, data.first, data.last)})"
