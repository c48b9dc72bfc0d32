"""What the charts of several scenarios draw: changes against the base, all in one order and one unit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from allocator.core.allocation import Allocation
from allocator.core.exact import Number
from allocator.report.charts.data import MOST_NAMES, Row, Unit, chart_unit
from allocator.report.tables.base import Base, against
from allocator.report.tables.grid import recipient_names
from allocator.text import money_scale, say


def change_rows(
    allocations: Sequence[Allocation], lang: str, base: Base | None = None
) -> list[tuple[Row, ...]]:
    """For each but the base, a row for every recipient of any of them, all in the same order.

    The base is the first of them, unless another one is given.
    """
    held_to, others = against(allocations, base)
    names = recipient_names(allocations, lang)
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


def change_unit(allocations: Sequence[Allocation], rows: Iterable[Sequence[Row]], lang: str) -> Unit:
    """The unit in which the charts of all scenarios show changes."""
    fund = allocations[0].scenario.fund
    largest = [row.difference for part in rows for row in part]
    units = [a.scenario.fund.unit for a in allocations]
    whole: Number = next((unit for unit in units if money_scale(fund.currency, unit) == 1), units[0])
    return chart_unit(largest, fund.currency, whole, lang)


def chart_alt(rows: Sequence[Row], letter: str, base: str, unit: Unit, lang: str) -> str:
    """The accessible name of one scenario's chart: no figures, which the table gives."""
    names: list[str] = [row.name for row in rows]
    if len(names) > MOST_NAMES:
        names = [say("app.chart.alt_many", lang, count=len(names))]
    return say("app.compare.chart_alt", lang, names=names, letter=letter, base=base, unit=unit.name)
