"""The sheet of checks, each of which must read 0, and what else there is to know about the figures."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from allocator.allocation import Allocation
from allocator.report.excel.exact import ExactCells
from allocator.report.excel.inputs import Inputs
from allocator.report.excel.integers import Integers, scale_of
from allocator.report.excel.limits import LimitsCells, multiplier_test
from allocator.report.excel.pen import Page
from allocator.report.excel.printed import Printed
from allocator.report.excel.stages import Stages
from allocator.text import say


class Checks(NamedTuple):
    """References to what the checks come to."""

    failed: str
    near: str
    exact: str


def write_checks(
    page: Page,
    allocation: Allocation,
    found: Integers,
    inputs: Inputs,
    cells: ExactCells,
    limits: LimitsCells | None,
    stages: Stages,
    printed: Printed,
    row: int,
) -> Checks:
    """Writes the sheet from a row on."""
    scenario, lang = allocation.scenario, page.lang

    def told(key: str) -> str:
        return say(f"excel.checks.{key}", lang)

    tests = {
        "inputs": "+".join(f'ROWS({block})-COUNT({block})+COUNTIF({block},"<0")' for block in inputs.blocks),
    }
    if scenario.kind == "shares":
        tests["weights"] = f"ROUND({inputs.weights_total}-100,9)"
    tests |= {
        "score": f"IF({cells.score}>0,0,1)" if scenario.participants else "0",
        "columns": "+".join(
            f"IF(AND({weight}>0,{total}=0),1,0)"
            for weight, total in zip(inputs.weights, cells.sums, strict=True)
        )
        if scenario.kind == "shares" and scenario.participants
        else "0",
        "money": f"MIN(0,{cells.distributable})",
        "unit": f"{cells.distributable}-{cells.total}*{cells.unit}",
        "shares": f"ROUND({stages.total('share')}-IF({cells.score}=0,0,1),9)",
        "units": f"{stages.total('units')}-{cells.total}",
        "negative": f"SUMPRODUCT(--({stages.down('units')}<0))",
        "fund": f"ROUND({printed.page.at(printed.total_row, printed.columns['amount'])}-{inputs.fund},6)",
    }
    if limits is not None:
        first = limits.first
        last = first + len(scenario.ids) - 1
        floor, cap = (limits.page.down(c, first, last) for c in (limits.floor, limits.cap))
        units = stages.down("units")
        tests["crossed"] = limits.impossible
        tests["limits"] = f"SUMPRODUCT(--({units}<{floor}))+SUMPRODUCT(--({units}>{cap}))"
        tests["multiplier"] = multiplier_test(limits, cells, last)
        tests["limited"] = (
            f"ROUND({stages.total('limited')}-{cells.distributable}/{scale_of(scenario) * 100},4)"
        )
    tests["exported"] = (
        f"IF({inputs.changed}=0,SUMPRODUCT(--({stages.down('amount')}<>{stages.down('exported')})),0)"
    )
    heads = ("number", "check", "value", "state")
    for column, key in enumerate(heads):
        page.text(
            row, column, told(key) if key != "number" else say("table.number", lang), "head", wide=False
        )
    r = row + 1
    for number, (key, formula) in enumerate(tests.items(), 1):
        page.number(r, 0, number, "middle", "0")
        page.text(r, 1, told(f"is_{key}"), "text", wide=False)
        page.formula(r, 2, formula, 0, "figure", "General")
        here = page.at(r, 2, here=True)
        state = f'IF(ISERROR({here}),"{told("wrong")}",IF({here}=0,"{told("right")}","{told("wrong")}"))'
        page.formula(r, 3, state, told("right"), "middle")
        page.height(r, told(f"is_{key}"), 78)
        r += 1
    here = page.down(2, row + 1, r - 1, here=True)
    page.text(r, 0, "", "total")
    page.text(r, 1, told("all"), "total", wide=False)
    page.formula(r, 2, f"ROWS({here})-COUNTIF({here},0)", 0, "total", "0")
    failed = page.at(r, 2)
    page.formula(
        r,
        3,
        f'IF({page.at(r, 2, here=True)}=0,"{told("right")}","{told("wrong")}")',
        told("right"),
        "total",
        align="center",
    )
    r += 2
    page.text(r, 1, told("section_hints"), "section", wide=False)
    r += 1
    hints: dict[str, tuple[str, int | Fraction]] = {
        "near": (stages.near, stages.near_value),
        "exact": (cells.exact, int(found.exact)),
        "changed": (inputs.changed, 0),
    }
    at: dict[str, str] = {}
    for key, (cell, value) in hints.items():
        page.text(r, 1, told(f"hint_{key}"), "text", wide=False)
        page.formula(r, 2, cell, value, "figure", "0")
        words = [told(f"{key}_{state}") for state in ("none", "some")]
        page.merged(r, 3, 4, "", "text")
        page.formula(
            r,
            3,
            f'IF({page.at(r, 2, here=True)}=0,"{words[0]}","{words[1]}")',
            words[0 if not value else 1],
            "text",
        )
        page.height(r, max(words, key=len), 74)
        at[key] = page.at(r, 2)
        r += 1
    page.widths |= {0: 6, 1: 78, 2: 16, 3: 14, 4: 60}
    return Checks(failed, at["near"], at["exact"])
