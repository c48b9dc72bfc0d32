"""What the data implies: each recipient's share of every column, and what single cells have to say."""

from __future__ import annotations

from fractions import Fraction

from allocator.core.allocation import Allocation
from allocator.core.exact import Number
from allocator.core.model import Scenario
from allocator.report.tables.grid import Grid, who
from allocator.report.tables.office import factor_heading
from allocator.report.tables.rounding import adding_up
from allocator.report.tables.table import Row
from allocator.text import number, say

MOST_REMARKS = 500  # of single cells that a page lists


def shares_table(scenario: Scenario, lang: str, allocation: Allocation | None = None) -> Grid:
    """占比: each recipient's share of every column among those that take part, adding up to 100 as shown.

    A column whose values add up to zero has no shares.  With an allocation of the scenario, the last column
    is the share of the split before limits.  "[2]" marks a cell that the second remark is about.
    """
    headers = [say("table.number", lang), who(scenario, lang)]
    columns: list[dict[str, str]] = []
    totals: list[str] = []
    marks = {(cell.recipient, cell.factor): at for at, cell in enumerate(scenario.provenance, 1)}
    taking = [scenario.ids[i] for i in scenario.participants]
    for factor in scenario.factors:
        marked = {id: marks[id, factor.id] for id in scenario.ids if (id, factor.id) in marks}
        weighted = factor.id in scenario.weights
        name = str(getattr(factor.name, lang))
        headers.append(factor_heading(scenario, factor.id, lang) if weighted else name)
        shown = _shares([x or 0 for x in scenario.column(factor.id)], lang)
        cells = dict(zip(taking, shown, strict=True))
        for id, at in marked.items():
            cells[id] = say("app.table_editor.marked", lang, text=cells.get(id, ""), mark=at).strip()
        columns.append(cells)
        totals.append(number(100, lang, 2) if any(shown) else "")
    if allocation is not None:
        shown = _shares([allocation.shares[id] for id in taking], lang)
        headers.append(say("app.table_editor.split_share", lang))
        columns.append(dict(zip(taking, shown, strict=True)))
        totals.append(number(100, lang, 2) if any(shown) else "")
    rows = [
        Row("recipient", (str(at), getattr(r.name, lang), *(column.get(r.id, "") for column in columns)))
        for at, r in enumerate(scenario.recipients, 1)
    ]
    rows.append(Row("total", ("", say("table.total", lang), *totals)))
    return Grid(
        say("app.table_editor.shares_title", lang),
        tuple(headers),
        (False, False, *[True] * len(columns)),
        tuple(rows),
        say("table.unit", lang, unit="%"),
    )


def _shares(values: list[Number], lang: str) -> list[str]:
    total = sum(values)
    if not total:
        return [""] * len(values)
    parts = adding_up([Fraction(100 * value) / total for value in values], 2)
    return [number(part, lang, 2) for part in parts]


def remarks_table(scenario: Scenario, lang: str) -> Grid:
    """单元格说明: what single cells have to say beyond their column, the first 500 of them."""
    names = {r.id: getattr(r.name, lang) for r in scenario.recipients}
    factors = {f.id: getattr(f.name, lang) for f in scenario.factors}
    rows = []
    for at, cell in enumerate(scenario.provenance[:MOST_REMARKS], 1):
        figures = ["" if x is None else number(x, lang) for x in (cell.declared, cell.verified)]
        words = (
            say(f"status.{cell.status}", lang) if cell.status else "",
            cell.provider,
            cell.confirmed_on.isoformat() if cell.confirmed_on else "",
            *figures,
            cell.note,
        )
        where = (f"[{at}]", names[cell.recipient], factors[cell.factor])
        rows.append(Row("recipient", (*where, *words)))
    keys = ("status", "provider", "confirmed_on", "declared", "verified", "note")
    headers = [say("app.table_editor.mark", lang), who(scenario, lang), say("workbook.factor", lang)]
    return Grid(
        say("app.table_editor.remarks_title", lang),
        (*headers, *(say(f"workbook.{key}", lang) for key in keys)),
        (*[False] * 6, True, True, False),
        tuple(rows),
    )
