"""The workbook of results: every figure computed by formulas, from the inputs to the rounded amounts."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from allocator.core.allocation import Allocation
from allocator.core.beyond import covers
from allocator.core.errors import Problem, ScenarioError
from allocator.core.model import Scenario
from allocator.core.parts import Factor
from allocator.report.tables.base import Base
from allocator.text import Phrasebook

if TYPE_CHECKING:
    from allocator.report.excel.pen import Page

__all__ = ["workbook"]


class _Called(NamedTuple):
    """The keys of a sheet's name and of the title above it; None: the scenario's own title."""

    name: str
    title: str | None


SHEETS = {
    "summary": _Called("excel.sheet.summary", None),
    "table": _Called("excel.sheet.table", None),
    "inputs": _Called("excel.sheet.inputs", "excel.title.inputs"),
    "data": _Called("excel.sheet.data", "excel.title.data"),
    "shares": _Called("excel.sheet.shares", "excel.title.shares"),
    "stages": _Called("excel.sheet.stages", "excel.title.stages"),
    "limits": _Called("excel.sheet.limits", "excel.title.limits"),
    "compare": _Called("excel.sheet.compare", "excel.title.compare"),
    "checks": _Called("excel.sheet.checks", "excel.title.checks"),
    "sources": _Called("excel.sheet.sources", "excel.title.sources"),
    "notes": _Called("excel.sheet.notes", "excel.title.notes"),
    "shown": _Called("excel.sheet.shown", "excel.title.shown"),
    "exact": _Called("excel.sheet.exact", "excel.title.exact"),
}


def workbook(
    allocations: Sequence[Allocation],
    book: Phrasebook,
    *,
    on: date | None = None,
    live: int = 0,
    base: Base | None = None,
) -> bytes:
    """The workbook of one allocation, with all of them side by side; the same input gives the same bytes.

    Its formulas compute the one at ``live``; the first is the base, and letters are as in other papers. With
    a ``base`` of amounts that all of them state, everything is compared with those.

    After changes to weights, fund, reservations, earmarks, unit, limits or factor data it gives the amounts
    of `allocate`, and a cell warns if remainders are too close to tell apart.  ``on`` is the date that it
    shows.  Raises ScenarioError when the currencies differ or for a clause of format 2, LookupError for a
    column or a part of a rule that it has no formulas for.  On its exactness see docs/method.md.
    """
    import xlsxwriter  # slow to load, and only ever needed here

    from allocator.report.excel.checks import write_checks
    from allocator.report.excel.data import write_data
    from allocator.report.excel.exact import write_exact
    from allocator.report.excel.inputs import write_inputs
    from allocator.report.excel.integers import integers
    from allocator.report.excel.known import check_scenario
    from allocator.report.excel.limits import write_limits
    from allocator.report.excel.pen import ROW, Ink, Page
    from allocator.report.excel.printed import PlainFigures, write_comparison, write_table
    from allocator.report.excel.rules.build import build, covered, sheet_called, sheet_names
    from allocator.report.excel.rules.grid import TooLong
    from allocator.report.excel.shares import write_shares
    from allocator.report.excel.sheet import Sheet
    from allocator.report.excel.shown import write_shown
    from allocator.report.excel.stages import write_stages
    from allocator.report.excel.summary import write_summary
    from allocator.report.excel.words import write_notes, write_sources
    from allocator.report.tables.letters import letter
    from allocator.report.tables.office import compare_table, office_table

    allocation = allocations[live]
    scenario = allocation.scenario
    covers(scenario, "beyond.surface.workbook", also=covered(scenario))
    later = bool(scenario.pools or scenario.beyond)
    check_scenario(scenario, later=later)
    compare_table(allocations, book, base)  # refuses what cannot be compared before anything is drawn
    content = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    workbook = xlsxwriter.Workbook(content, {"in_memory": True, **plain})
    title = book.text(scenario.title)
    created = datetime(2000, 1, 1) if on is None else datetime(on.year, on.month, on.day)
    workbook.set_properties({"title": title[:200], "created": created})
    workbook.set_calc_mode("auto")
    ink = Ink(workbook, book)
    mark = _mark(allocations, book)
    if later:
        pages, titles = {}, {}
        for name in sheet_names(scenario):
            tab, above = sheet_called(name, scenario, book)
            titles[name] = above
            pages[name] = Page(workbook.add_worksheet(tab, Sheet), tab, ink)
            pages[name].sheet.set_default_row(ROW)
        try:
            built = build(pages, allocations, live, base, on, mark)
        except TooLong:
            raise ScenarioError(Problem("sheet_formula_long", {"title": scenario.title})) from None
        _finish(pages, titles, title, mark, built.checks.state, built.frozen, built.repeated)
        workbook.close()
        return content.getvalue()
    names = [name for name in SHEETS if name != "limits" or scenario.limits]
    pages = {}
    for name in names:
        called = book.say(SHEETS[name].name)
        pages[name] = Page(workbook.add_worksheet(called, Sheet), called, ink, single=name == "limits")
        pages[name].sheet.set_default_row(ROW)

    found = integers(allocation)
    table = office_table(allocation, book, base)
    start = dict.fromkeys(names, 4)
    data = write_data(pages["data"], allocation, start["data"])
    inputs = write_inputs(pages["inputs"], allocation, data, start["inputs"])
    cells = write_exact(pages["exact"], allocation, found, inputs, data, start["exact"])
    write_shares(pages["shares"], allocation, found, cells, start["shares"])
    limits = (
        write_limits(pages["limits"], allocation, found, inputs, data, cells, start["limits"])
        if scenario.limits
        else None
    )
    stages = write_stages(pages["stages"], allocation, found, inputs, cells, limits, start["stages"])
    shown = write_shown(pages["shown"], allocation, table, cells, stages, start["shown"])
    figures = PlainFigures(allocation, inputs, data, limits, stages, shown, pages["table"])
    printed = write_table(pages["table"], allocation, table, figures, start["table"])
    write_comparison(
        pages["compare"], allocations, live, base, inputs, data, printed, cells.reserved, start["compare"]
    )
    checks = write_checks(
        pages["checks"], allocation, found, inputs, data, cells, limits, stages, printed, start["checks"]
    )
    write_summary(
        pages["summary"], allocation, base, table, inputs, data, stages, printed, checks, on, start["summary"]
    )
    write_sources(pages["sources"], allocation, allocations, inputs, start["sources"])
    write_notes(pages["notes"], allocation, letter(live), bool(mark), start["notes"])
    at_limits = limits.first if limits else 0
    frozen = {
        "table": (6, 2), "data": (6, 2), "shares": (7, 2), "shown": (7, 2), "checks": (5, 0),
        "sources": (5, 0), "stages": (stages.first, 2), "limits": (at_limits, 2), "exact": (0, 1),
    }  # fmt: skip
    repeated = {
        "table": (5, 5), "data": (4, 5), "shares": (4, 6), "shown": (4, 6), "checks": (4, 4),
        "sources": (4, 4), "stages": (stages.first - 3, stages.first - 1),
        "limits": (at_limits - 2, at_limits - 1),
    }  # fmt: skip
    titles = {name: book.say(above) if (above := SHEETS[name].title) else None for name in pages}
    _finish(pages, titles, title, mark, checks.state, frozen, repeated)
    workbook.close()
    return content.getvalue()


def _finish(
    pages: Mapping[str, Page], titles: Mapping[str, str | None], title: str, mark: str, state: str,
    frozen: Mapping[str, tuple[int, int]], repeated: Mapping[str, tuple[int, int]],
) -> None:  # fmt: skip
    """Writes what stands above every sheet, and sets widths and print set-up."""
    book = pages["summary"].book
    first = book.say("excel.checks.is_unit")
    longest = book.say("excel.state_fails", count=1, first=first) + book.say("excel.also_changed", count=1)
    said = state, book.say("excel.state_same"), longest
    short_mark = book.say("excel.mark_short") if mark else ""
    for name, page in pages.items():
        page.lead(titles[name] or title, mark, said, printed=name == "table")
        page.finish(repeated.get(name), frozen.get(name), short_mark, 2)
    pages["summary"].sheet.fit_to_pages(1, 1)
    for name in ("summary", "table", "notes"):
        pages[name].sheet.hide_gridlines(2)
    pages["summary"].sheet.activate()


def _mark(allocations: Sequence[Allocation], book: Phrasebook) -> str:
    """The mark on every sheet where figures rest on assumed or example data; "" where none do."""
    names = {
        book.text(factor.name): None for allocation in allocations for factor in made_up(allocation.scenario)
    }
    return book.say("excel.mark", names=list(names)) if names else ""


def made_up(scenario: Scenario) -> list[Factor]:
    """The columns that decide amounts, or could with other weights, and are assumed in part or whole."""
    used = {*scenario.weights, scenario.coefficient, *(limit.by for limit in scenario.limits)}
    if scenario.columns or scenario.pools:
        used = {*scenario.columns.used}
    statuses = ("assumed", "example")
    cells = {cell.factor for cell in scenario.provenance if cell.status in statuses}
    return [
        f
        for f in scenario.factors
        if f.id in used and f.formula is None and (f.status in statuses or f.id in cells)
    ]
