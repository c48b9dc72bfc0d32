"""The figures behind the charts of a random sweep, as tables."""

from __future__ import annotations

from allocator.analysis.sweep import LEVELS, Drivers, Sweep
from allocator.core.exact import Number
from allocator.report.sweep.tables import level_text, money_columns
from allocator.report.sweep.words import (
    chance_headings,
    chance_text,
    grouped_ranks,
    input_name,
    part_text,
    rank_text,
)
from allocator.report.tables.figures import in_units, unit_of, who
from allocator.report.tables.table import Row, Table, written
from allocator.text import Phrasebook


def _grid(
    found: Sweep,
    caption: str,
    headers: list[str],
    cells: dict[str, list[str]],
    book: Phrasebook,
    unit: str = "",
) -> Table:
    rows = tuple(
        Row("recipient", (book.text(r.name), *cells[r.id]))
        for r in found.scenario.recipients
        if r.id in cells
    )
    return written(
        caption,
        (who(found.scenario, book), *headers),
        (False, *[True] * len(headers)),
        rows,
        unit,
    )


def range_table(found: Sweep, book: Phrasebook) -> Table:
    """The base, the scenario's own amounts, the mean, the extremes and the quantiles, in the shown unit."""
    columns = [(heading, amounts) for _, heading, amounts in money_columns(found, book)]
    columns += [(book.say("sweep.mean"), found.mean), (book.say("sweep.least"), found.least)]
    columns += [(level_text(level, book), found.quantiles[level]) for level in LEVELS]
    columns.append((book.say("sweep.most"), found.most))

    def shown(amount: Number) -> str:
        figure = in_units(amount, found.scenario)
        return book.number(figure, 0 if isinstance(figure, int) else 2)

    cells = {id: [shown(amounts[id]) for _, amounts in columns] for id in found.scenario.ids}
    caption, headers = book.say("sweep.table_ranges"), [heading for heading, _ in columns]
    return _grid(found, caption, headers, cells, book, unit_of(found.scenario, book))


def chance_table(found: Sweep, book: Phrasebook) -> Table:
    """The chances of more, of less and of just as much, with their sampling errors."""
    cells = {
        id: [
            chance_text(found, chance, book)
            for chance in (found.more[id], found.less[id], 1 - found.more[id] - found.less[id])
        ]
        for id in found.scenario.ids
    }
    headers = [*chance_headings(found, book)]
    return _grid(found, book.say("sweep.table_chances"), headers, cells, book)


def rank_table(found: Sweep, book: Phrasebook) -> Table:
    """The chance of each rank, or group of ranks, in percent."""
    places, ranks = grouped_ranks(found)
    cells = {
        id: [chance_text(found, chance, book) if chance else "—" for chance in row]
        for id, row in ranks.items()
    }
    headers = [book.say("sweep.column_rank", rank=rank_text(place, book)) for place in places]
    return _grid(found, book.say("sweep.table_ranks"), headers, cells, book)


def driver_table(found: Sweep, driven: Drivers, book: Phrasebook) -> Table:
    """Each input's part in the variance in percent: alone and, with noise, with all interactions."""
    parts = driven.first or driven.weights or {}
    inputs = list(next(iter(parts.values()), {}))

    def shown(id: str, input: str, *, together: bool = False) -> str:
        of = driven.total if together and driven.total is not None else parts
        return part_text(of[id][input], driven.error(id, input, together=together), book)

    cells = {
        id: [
            shown(id, input)
            if driven.total is None
            else book.say("sweep.alone_and_all", alone=shown(id, input), all=shown(id, input, together=True))
            for input in inputs
        ]
        for id in parts
    }
    headers = [input_name(found, input, book) for input in inputs]
    caption = "sweep.table_drivers_weights" if driven.total is None else "sweep.table_drivers_data"
    return _grid(found, book.say(caption), headers, cells, book)
