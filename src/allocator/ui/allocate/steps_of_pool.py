"""The steps to one recipient's amount where a rule has pools, or other clauses of format 2."""

from __future__ import annotations

from collections.abc import Sequence

from allocator.core.allocation import Allocation
from allocator.report.charts.data import Unit
from allocator.report.charts.waterfall import Step
from allocator.report.tables.figures import name_of
from allocator.report.tables.table import Row, Table, written
from allocator.text import Phrasebook
from allocator.ui.components.fields import render_choice

ALL = ""


def render_pool(allocation: Allocation, slug: str, book: Phrasebook) -> str | None:
    """Draws the choice of the pool whose steps are shown; None is what each of them gives."""
    names = {ALL: book.say("waterfall.all_pools")}
    names |= {split.pool.id: book.text(split.pool.name) for split in allocation.splits}
    label = book.say("waterfall.pool")
    chosen = render_choice(f"steps-pool-{slug}", label, names, ALL, names.__getitem__, book, width=320)
    return chosen or None


def steps_table(
    steps: Sequence[Step], allocation: Allocation, id: str, unit: Unit, book: Phrasebook
) -> Table:
    """The steps as a table: what each adds, and what they come to."""
    ends = ("amount", "published")

    def row(step: Step) -> Row:
        figure = step.end if step.kind in ends else step.change if step.figure is None else step.figure
        text = unit.text(figure, book, sign=step.kind not in ends)
        return Row("total" if step.kind == "amount" else "recipient", (step.name, text))

    headers = book.say("method.item"), book.say("method.simulated")
    caption = book.say("method.fund_table", name=name_of(allocation, id, book))
    return written(caption, headers, (False, True), tuple(map(row, steps)), unit.name)
