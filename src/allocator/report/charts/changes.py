"""The data of the charts of several scenarios: changes from the base, all in one order and one unit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from allocator.core.allocation import Allocation
from allocator.core.exact import Number
from allocator.report.charts.data import MOST_NAMES, Row, Unit, chart_unit
from allocator.report.tables.base import Base, against
from allocator.report.tables.figures import recipient_names
from allocator.text import Phrasebook, money_scale


def change_rows(
    allocations: Sequence[Allocation], book: Phrasebook, base: Base | None = None
) -> list[tuple[Row, ...]]:
    """The rows of each scenario but the base: every recipient of any of them, all in the same order.

    The base is the first scenario, unless another base is given.  Who is missing in one has zero there.
    """
    held_to, others = against(allocations, base)
    names = recipient_names(allocations, book)
    return [
        tuple(
            Row(
                id,
                name,
                allocation.amounts.get(id, 0),
                held_to.amounts.get(id, 0),
                bool(allocation.scenario.assumed),
            )
            for id, name in names.items()
        )
        for _, allocation in others
    ]


def change_unit(allocations: Sequence[Allocation], rows: Iterable[Sequence[Row]], book: Phrasebook) -> Unit:
    """The unit in which the charts of all scenarios show changes."""
    fund = allocations[0].scenario.fund
    largest = [row.difference for part in rows for row in part]
    units = [a.scenario.fund.unit for a in allocations]
    whole: Number = next((unit for unit in units if money_scale(fund.currency, unit) == 1), units[0])
    return chart_unit(largest, fund.currency, whole, book)


def chart_alt(rows: Sequence[Row], letter: str, base: str, unit: Unit, book: Phrasebook) -> str:
    """The accessible name of one scenario's chart, without figures, which the table gives."""
    names: list[str] = [row.name for row in rows]
    if len(names) > MOST_NAMES:
        names = [book.say("chart.alt_many", count=len(names))]
    return book.say("compare.chart_alt", names=names, letter=letter, base=base, unit=unit.name)
