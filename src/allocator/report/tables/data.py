"""Tables of the data: each recipient's share of every column, and the remarks on single cells."""

from __future__ import annotations

from fractions import Fraction

from allocator.core.allocation import Allocation
from allocator.core.exact import Number
from allocator.core.model import Scenario
from allocator.report.tables.figures import who
from allocator.report.tables.office import factor_heading
from allocator.report.tables.rounding import adding_up
from allocator.report.tables.table import Row, Table, written
from allocator.text import Phrasebook

MOST_REMARKS = 500  # of single cells that a page lists


def shares_table(scenario: Scenario, book: Phrasebook, allocation: Allocation | None = None) -> Table:
    """占比: each recipient's share of every column among those that take part, adding up to 100 as shown.

    A column whose values add up to zero has no shares.  With an allocation of the scenario, the last column
    is the share of the split before limits.  "[2]" marks a cell that the second remark is about.
    """
    headers = [book.say("table.number"), who(scenario, book)]
    columns: list[dict[str, str]] = []
    totals: list[str] = []
    marks = {(cell.recipient, cell.factor): at for at, cell in enumerate(scenario.provenance, 1)}
    taking = [scenario.ids[i] for i in scenario.participants]
    for factor in scenario.factors:
        marked = {id: marks[id, factor.id] for id in scenario.ids if (id, factor.id) in marks}
        weighted = factor.id in scenario.weights
        name = str(book.text(factor.name))
        headers.append(factor_heading(scenario, factor.id, book) if weighted else name)
        shown = _shares([x or 0 for x in scenario.column(factor.id)], book)
        cells = dict(zip(taking, shown, strict=True))
        for id, at in marked.items():
            cells[id] = book.say("data.marked", text=cells.get(id, ""), mark=at).strip()
        columns.append(cells)
        totals.append(book.number(100, 2) if any(shown) else "")
    if allocation is not None:
        shown = _shares([allocation.shares[id] for id in taking], book)
        headers.append(book.say("data.split_share"))
        columns.append(dict(zip(taking, shown, strict=True)))
        totals.append(book.number(100, 2) if any(shown) else "")
    rows = [
        Row("recipient", (str(at), book.text(r.name), *(column.get(r.id, "") for column in columns)))
        for at, r in enumerate(scenario.recipients, 1)
    ]
    rows.append(Row("total", ("", book.say("table.total"), *totals)))
    return written(
        book.say("data.shares_title"),
        tuple(headers),
        (False, False, *[True] * len(columns)),
        tuple(rows),
        book.say("table.unit", unit="%"),
    )


def _shares(values: list[Number], book: Phrasebook) -> list[str]:
    total = sum(values)
    if not total:
        return [""] * len(values)
    parts = adding_up([Fraction(100 * value) / total for value in values], 2)
    return [book.number(part, 2) for part in parts]


def remarks_table(scenario: Scenario, book: Phrasebook) -> Table:
    """单元格说明: the remarks on single cells, the first 500 of them."""
    names = {r.id: book.text(r.name) for r in scenario.recipients}
    factors = {f.id: book.text(f.name) for f in scenario.factors}
    rows = []
    for at, cell in enumerate(scenario.provenance[:MOST_REMARKS], 1):
        figures = ["" if x is None else book.number(x) for x in (cell.declared, cell.verified)]
        words = (
            book.say(f"status.{cell.status}") if cell.status else "",
            cell.provider,
            cell.confirmed_on.isoformat() if cell.confirmed_on else "",
            *figures,
            cell.note,
        )
        where = (f"[{at}]", names[cell.recipient], factors[cell.factor])
        rows.append(Row("recipient", (*where, *words)))
    headers = [
        book.say("data.mark"),
        who(scenario, book),
        book.say("workbook.factor"),
        book.say("workbook.status"),
        book.say("workbook.provider"),
        book.say("workbook.confirmed_on"),
        book.say("workbook.declared"),
        book.say("workbook.verified"),
        book.say("workbook.note"),
    ]
    return written(
        book.say("data.remarks_title"),
        tuple(headers),
        (*[False] * 6, True, True, False),
        tuple(rows),
    )
