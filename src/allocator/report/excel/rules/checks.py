"""The checks of a rule of format 2, each of which must read 0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from allocator.core.allocation import Allocation
from allocator.report.excel.checks import Checks, hints_of, lay_out
from allocator.report.excel.integers import scale_of
from allocator.report.excel.open_cells import broken_cents
from allocator.report.excel.pen import Page
from allocator.report.excel.printed import Printed
from allocator.report.excel.rules.data import RuleData
from allocator.report.excel.rules.inputs import RuleInputs
from allocator.report.excel.rules.money import Money, Pools
from allocator.report.excel.rules.pool import PoolSheet, Result
from allocator.report.excel.rules.sums import Sums


def write_checks(
    page: Page,
    allocation: Allocation,
    inputs: RuleInputs,
    data: RuleData,
    money: Money,
    pools: Pools,
    sheets: Mapping[str, PoolSheet],
    results: Mapping[str, Result],
    sums: Sums,
    printed: Printed,
    near: Sequence[str],
    row: int,
) -> Checks:
    """Writes the sheet from a row on."""
    scenario = allocation.scenario
    scale = scale_of(scenario)
    cents = [(cell.text, scale * 100) for cell in (inputs.fund, *inputs.reservations, *inputs.grants)]
    cents += [(cell.text, scale * 100) for cell in (*inputs.deductions, *inputs.adjustments)]
    cents += [
        (inputs.pools[p.id].text, scale * 100)
        for p in scenario.pools
        if p.id in inputs.pools and p.percent is None
    ]
    cents.append((inputs.unit.text, 100))
    cents += [
        (data.page.down(column, data.first, data.last), scale * 100)
        for column in (data.previous, data.issued)
        if column is not None
    ]
    weights = [inputs.sums[p.id] for p in scenario.rules if p.kind == "shares"]
    weights += [inputs.sums[f"indicator {i.id}"] for i in scenario.indicators]
    tests = {
        "excel.checks.is_inputs": inputs.blank,
        "excel.rules.is_undetermined": inputs.undetermined,
        "excel.checks.is_zero": inputs.read(f"IF({inputs.fund.text}=0,1,0)+IF({inputs.unit.text}=0,1,0)"),
        "excel.checks.is_cents": inputs.read("+".join(broken_cents(*pair) for pair in cents)),
    }
    if inputs.doubts is not None:
        tests["excel.checks.is_sizes"] = f'COUNTIF({inputs.doubts},"?*")'
    if weights:
        off = "+".join(f"ABS(ROUND({one.text}-100,9))" for one in weights)
        tests["excel.rules.is_weights"] = inputs.read(off)
    tests["excel.checks.is_money"] = f"MIN(0,{money.distributable.text})"
    tests["excel.checks.is_unit"] = f"{money.distributable.text}-{money.total.text}*{money.unit.text}"
    tests |= pools.tests
    wrong = [one for sheet in sheets.values() for one in sheet.wrong]
    if wrong:
        tests["excel.rules.is_bounds"] = "+".join(wrong)
    empty = [
        f"IF(AND({result.taken.text}>0,{result.scores.whole.text}=0),1,0)" for result in results.values()
    ]
    tests["excel.rules.is_score"] = "+".join(empty)
    crossed = [_crossed(sheets[id], result) for id, result in results.items() if result.bounds is not None]
    if crossed:
        tests["excel.checks.is_crossed"] = "+".join(crossed)
        tests["excel.checks.is_limits"] = "+".join(
            f"SUMPRODUCT(--({result.divided.text}<{low}))+SUMPRODUCT(--({result.divided.text}>{high}))"
            for result, low, high in ((result, *_ends(sheets[id], result)) for id, result in results.items())
            if result.bounds is not None
        )
    tests |= sums.tests
    amount = printed.page.at(printed.total_row, printed.columns["amount"])
    tests["excel.checks.is_fund"] = inputs.read(f"ROUND({amount}-{inputs.fund.text},6)")
    tests["excel.checks.is_exported"] = f"IF({inputs.changed}=0,{sums.differ},0)"
    exact = "*".join(f"({result.scores.exact.text}=1)" for result in results.values())
    near_values = "+".join([*(result.near.text for result in results.values()), *near, *sums.near]) or "0"
    whole = int(all(result.scores.exact.value for result in results.values()))
    hints = hints_of((near_values, 0), (f"IF({exact}=1,1,0)", whole), inputs)
    return lay_out(page, tests, hints, inputs, row, inputs.blank)


def _ends(sheet: PoolSheet, result: Result) -> tuple[str, str]:
    """The floors and caps of what is divided first, in units of what is paid."""
    if result.bounds is None:
        return "", ""
    if sheet.grouping is not None:
        return sheet.floor_range.text, sheet.cap_range.text
    return result.bounds.floor_range.text, result.bounds.cap_range.text


def _crossed(sheet: PoolSheet, result: Result) -> str:
    """The units by which limits cannot hold."""
    scores, (floor, cap) = sheet.score_range.text, _ends(sheet, result)
    found = f"SUMPRODUCT(--({floor}>{cap}))"
    high = f"SUMPRODUCT(({scores}>0)*{cap})+SUMPRODUCT(({scores}=0)*{floor})"
    sums = f"MAX(0,SUM({floor})-{result.taken.text})+MAX(0,{result.taken.text}-({high}))"
    if sheet.pool.kind == "fixed":
        assert result.scaled is not None
        return f"{found}+IF({result.scaled.text}=1,{sums},0)"
    return f"{found}+{sums}"
