"""Builds the sheets of a rule of format 2 in the order in which their figures become known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from allocator.core.allocation import Allocation
from allocator.core.model import Scenario
from allocator.core.pools import NEEDED, REST
from allocator.report.excel.checks import Checks
from allocator.report.excel.inputs import LABEL
from allocator.report.excel.integers import scale_of
from allocator.report.excel.pen import Page
from allocator.report.excel.printed import write_comparison, write_table
from allocator.report.excel.rules.checks import write_checks
from allocator.report.excel.rules.columns import Columns
from allocator.report.excel.rules.data import write_data
from allocator.report.excel.rules.groups import divisible
from allocator.report.excel.rules.inputs import settle, write_inputs
from allocator.report.excel.rules.money import Pools, write_money
from allocator.report.excel.rules.pool import PoolSheet, Result
from allocator.report.excel.rules.summary import write_summary
from allocator.report.excel.rules.sums import write_sums
from allocator.report.excel.rules.table import RuleFigures, Shown
from allocator.report.excel.rules.term import Term
from allocator.report.excel.words import list_notes, write_sources
from allocator.report.tables.base import Base
from allocator.report.tables.letters import letter
from allocator.report.tables.office import office_table
from allocator.text import Phrasebook

COVERED = (
    "pools", "fixed", "indicators", "formulas", "texts", "conditions", "taking", "coefficients", "earmarks",
    "units", "roundings", "deductions", "issued", "adjustments", "bounds", "basis",
)  # fmt: skip


def covered(scenario: Scenario) -> tuple[str, ...]:
    """The kinds of clauses of a rule that the workbook computes exactly."""
    also = ["groups"] if divisible(scenario) else []
    also += [] if scenario.deductions else ["gains"]
    also += [] if "groups" in scenario.beyond else ["phase_in"]
    return (*COVERED, *also)


START = 4
CALLED = {  # the keys of a sheet's name and of the title above it; None: the scenario's own title
    "summary": ("excel.sheet.summary", None),
    "table": ("excel.sheet.table", None),
    "inputs": ("excel.sheet.inputs", "excel.title.inputs"),
    "data": ("excel.sheet.data", "excel.title.data"),
    "formulas": ("excel.rules.sheet_formulas", "excel.rules.title_formulas"),
    "money": ("excel.rules.sheet_money", "excel.rules.title_money"),
    "sums": ("excel.rules.sheet_sums", "excel.rules.title_sums"),
    "compare": ("excel.sheet.compare", "excel.title.compare"),
    "checks": ("excel.sheet.checks", "excel.title.checks"),
    "sources": ("excel.sheet.sources", "excel.title.sources"),
    "notes": ("excel.sheet.notes", "excel.title.notes"),
    "shown": ("excel.sheet.shown", "excel.title.shown"),
}


class Built(NamedTuple):
    """The checks, and for the frame of the workbook heading rows and panes by sheet."""

    checks: Checks
    frozen: Mapping[str, tuple[int, int]]
    repeated: Mapping[str, tuple[int, int]]


def sheet_names(scenario: Scenario) -> list[str]:
    """The keys of the sheets in their order; a pool's is "pool" and its number."""
    names = ["summary", "table", "inputs", "data", "formulas", "money"]
    names += [f"pool {number}" for number in range(1, len(scenario.rules) + 1)]
    names += ["sums", "compare", "checks", "sources", "notes"]
    return names + (["shown"] if len(scenario.rules) == 1 else [])


def sheet_called(name: str, scenario: Scenario, book: Phrasebook) -> tuple[str, str | None]:
    """The name of a sheet and the title above it; None: the scenario's own title."""
    kind, _, number = name.partition(" ")
    if kind == "pool":
        pool = scenario.rules[int(number) - 1]
        if len(scenario.rules) == 1:
            own = book.text(pool.name) if pool.id else book.say("excel.title.stages")
            return book.say("excel.sheet.stages"), own
        own = book.say("excel.rules.title_pool", number=number, name=pool.name)
        return book.say("excel.rules.sheet_pool", number=number), own
    tab, above = CALLED[kind]
    return book.say(tab), book.say(above) if above else None


def build(
    pages: Mapping[str, Page],
    allocations: Sequence[Allocation],
    live: int,
    base: Base | None,
    on: date | None,
    mark: str,
) -> Built:
    """Writes every sheet."""
    allocation = allocations[live]
    scenario, book = allocation.scenario, pages["summary"].book
    table = office_table(allocation, book, base)
    data = write_data(pages["data"], allocation, START)
    inputs = write_inputs(pages["inputs"], allocation, data, START)
    columns = Columns(pages["formulas"], allocation, data, inputs, START)
    money = write_money(pages["money"], allocation, columns, inputs, START)
    pools = Pools(pages["money"], allocation, inputs, money, START)
    pools.divide()
    sheets: dict[str, PoolSheet] = {}
    results: dict[str, Result] = {}
    numbers = {split.pool.id: number for number, split in enumerate(allocation.splits, 1)}
    order = sorted(allocation.splits, key=lambda split: split.pool.amount == REST and bool(scenario.pools))
    for split in order:
        pool = split.pool
        if pool.amount == REST and scenario.pools:
            pools.rest(pool)
        page = pages[f"pool {numbers[pool.id]}"]
        sheet = sheets[pool.id] = PoolSheet(page, allocation, split, columns, inputs, money, START)
        sheet.begin(None if pool.amount == NEEDED else pools.given[pool.id])
        if pool.kind == "fixed":
            pools.needs(pool, sheet.comes_to())
        else:
            pools.settle(pool)
        results[pool.id] = sheet.divide(pools.taken[pool.id])
    pools.close()
    results = {split.pool.id: results[split.pool.id] for split in allocation.splits}
    bad = [one for sheet in sheets.values() for one in sheet.bad]
    settle(pages["inputs"], inputs, [*bad, *sorted(columns.undetermined), *money.bad])
    issued: list[Term] = []
    if data.issued is not None:
        assert scenario.issued is not None
        issued = [
            Term(data.page.at(data.first + i, data.issued), scenario.issued[id] / scale_of(scenario))
            for i, id in enumerate(scenario.ids)
        ]
    sums = write_sums(pages["sums"], allocation, results, inputs, money, issued, START)
    shown = None
    if "shown" in pages:
        (result,) = results.values()
        shown = Shown(pages["shown"], allocation, table, result, START).write()
    figures = RuleFigures(allocation, inputs, data, results, sums, shown, pages["table"], money.apart)
    printed = write_table(pages["table"], allocation, table, figures, START)
    if scenario.conditions:  # remarks then say which figure fails
        pages["table"].widths[printed.columns["note"]] = 44
    reserved = "+".join(f"{one.text}*{scale_of(scenario) * 100}" for one in sums.reservations) or "0"
    write_comparison(
        pages["compare"], allocations, live, base, inputs, data, printed, f"({reserved})", START,
        sums.undistributed.text,
    )  # fmt: skip
    near = [*columns.near, *money.near]
    checks = write_checks(
        pages["checks"], allocation, inputs, data, money, pools, sheets, results, sums, printed, near, START
    )
    write_summary(
        pages["summary"], allocation, base, table, inputs, data, money, results, printed, checks, on, START
    )
    write_sources(pages["sources"], allocation, allocations, inputs, START)
    list_notes(pages["notes"], note_keys(scenario, bool(mark)), letter(live), START)
    pages["money"].widths[LABEL] = 44
    frozen = {name: (sheet.frame.first, 2) for name, sheet in _by_page(sheets, numbers).items()}
    repeated = {
        name: (sheet.frame.head, sheet.frame.total_row) for name, sheet in _by_page(sheets, numbers).items()
    }
    frozen |= {"table": (6, 2), "data": (6, 2), "formulas": (6, 2), "checks": (5, 0), "sources": (5, 0)}
    repeated |= {"table": (5, 5), "data": (4, 5), "formulas": (4, 5), "checks": (4, 4), "sources": (4, 4)}
    return Built(checks, frozen, repeated)


def _by_page(sheets: Mapping[str, PoolSheet], numbers: Mapping[str, int]) -> dict[str, PoolSheet]:
    return {f"pool {numbers[id]}": sheet for id, sheet in sheets.items()}


def note_keys(scenario: Scenario, illustrative: bool) -> list[str]:
    """The keys of the notes that apply."""
    rounding = {
        "largest-remainder": "excel.notes.largest_remainder",
        "rest-to-largest": "excel.notes.rest_to_largest",
        "each-alone": "excel.rules.notes_each_alone",
        "rest-to": "excel.rules.notes_rest_to",
    }[scenario.fund.rounding]
    keys = ["excel.rules.notes", rounding]
    keys += ["excel.notes.limits"] if scenario.limits else []
    return keys + (["excel.notes.assumed"] if illustrative else [])
