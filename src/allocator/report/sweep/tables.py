"""Results of a random sweep as a table, as rows of a file and as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from allocator.analysis.sweep import Drivers, Sweep
from allocator.analysis.sweep.drivers import Parts
from allocator.core.engine import METHOD_VERSION
from allocator.core.exact import Number, exact
from allocator.report.sweep.words import (
    base_name,
    chance_headings,
    chance_text,
    head,
    input_name,
    main_driver,
    rank_text,
    remarks,
    usual_rank,
)
from allocator.report.tables.figures import who
from allocator.report.tables.records import Role
from allocator.report.tables.table import Column, Table, total_of
from allocator.text import ZH, Phrasebook, money_scale

SHOWN = (Fraction(1, 20), Fraction(19, 20))  # the levels that the table shows; files have all of them
_DRIVERS = {
    "weight": "sweep.column_weight",
    "first": "sweep.column_first",
    "first_error": "sweep.column_first_error",
    "total": "sweep.column_total",
    "total_error": "sweep.column_total_error",
}


def level_text(level: Fraction, book: Phrasebook) -> str:
    """A level in words: 5 % at most."""
    return book.say("sweep.level", percent=level * 100)


def money_columns(found: Sweep, book: Phrasebook) -> list[tuple[str, str, Mapping[str, Number]]]:
    """The columns of the base, if it differs, and of the scenario's own amounts: key, heading, amounts."""
    base = base_name(found)
    columns = [("present", book.say("sweep.present"), found.present.amounts)]
    if base != "present":
        heading = book.say("table.published" if base == "published" else "sweep.base")
        columns.insert(0, ("base", heading, found.base))
    return columns


def sweep_table(found: Sweep, driven: Drivers, book: Phrasebook) -> Table:
    """Each recipient's amounts, range, chances of more and less, usual rank, and main driver."""
    scenario = found.scenario
    more, less, _ = chance_headings(found, book)
    stages = [
        (Column(key, heading, "money"), amounts) for key, heading, amounts in money_columns(found, book)
    ]
    stages.append((Column("mean", book.say("sweep.mean"), "stage", "mean"), found.mean))
    stages += [
        (Column(f"level-{level}", level_text(level, book), "money"), found.quantiles[level])
        for level in SHOWN
    ]
    columns = [
        Column("number", book.say("table.number"), "text"),
        Column("recipient", who(scenario, book), "text"),
        *(column for column, _ in stages),
        Column("more", more, "written"),
        Column("less", less, "written"),
        Column("rank", book.say("sweep.rank"), "written"),
    ]
    columns += [] if found.exactly else [Column("driver", book.say("sweep.driver"), "text")]
    records: list[tuple[Role, tuple[Any, ...]]] = []
    for position, recipient in enumerate(scenario.recipients, 1):
        id = recipient.id
        words = (
            chance_text(found, found.more[id], book),
            chance_text(found, found.less[id], book),
            usual_rank(found, id, book),
            *([] if found.exactly else [main_driver(found, driven, id, book)]),
        )
        figures = (amounts[id] for _, amounts in stages)
        records.append(("recipient", (str(position), book.text(recipient.name), *figures, *words)))
    totals = (
        None if column.key.startswith("level") else total_of(amounts.values()) for column, amounts in stages
    )
    records.append(
        ("total", ("", book.say("table.total"), *totals, *[""] * (len(columns) - len(stages) - 2)))
    )
    scale = money_scale(scenario.fund.currency, scenario.fund.unit)
    return Table(book, scenario.fund.currency, scale, tuple(columns), tuple(records))


def file_headers(found: Sweep, driven: Drivers, book: Phrasebook) -> list[str]:
    """The headings of a file with one row for each recipient."""
    unit = book.money_unit(found.scenario.fund.currency, 1)
    money = [heading for _, heading, _ in money_columns(found, book)]
    money += [book.say("sweep.mean"), book.say("sweep.least")]
    money += [*(level_text(level, book) for level in found.quantiles), book.say("sweep.most")]
    headings = [who(found.scenario, book)]
    headings += [book.say("table.header_unit", header=heading, unit=unit) for heading in money]
    more, less, _ = chance_headings(found, book)
    headings += [more, book.say("sweep.error"), less, book.say("sweep.error")]
    headings += [book.say("sweep.column_rank", rank=rank_text(place, book)) for place in found.places]
    for kind, parts in _driver_parts(driven):
        for input in next(iter(parts.values()), {}):
            headings.append(book.say(_DRIVERS[kind], name=input_name(found, input, book)))
    return headings


def file_rows(found: Sweep, driven: Drivers, book: Phrasebook) -> list[list[str]]:
    """A row for each recipient, money in the main unit, chances and parts in percent, in plain digits."""
    rows = []
    for recipient in found.scenario.recipients:
        id = recipient.id
        row = [book.text(recipient.name)]
        row += [_plain(amounts[id]) for _, _, amounts in money_columns(found, book)]
        row += [ZH.number(found.mean[id], 2), _plain(found.least[id])]
        row += [_plain(amounts[id]) for amounts in found.quantiles.values()]
        row.append(_plain(found.most[id]))
        for chances in (found.more, found.less):
            row += [_percent(chances[id]), _percent(exact(found.error(chances[id])))]
        row += [_percent(chance) for chance in found.ranks[id]]
        for _, parts in _driver_parts(driven):
            inputs = next(iter(parts.values()), {})
            row += [_percent(exact(parts[id][input])) if id in parts else "" for input in inputs]
        rows.append(row)
    return rows


def _driver_parts(driven: Drivers) -> list[tuple[str, Parts]]:
    """Parts by their kind; those that are estimates are followed by their sampling errors."""
    kinds = (
        ("weight", driven.weights),
        ("first", driven.first),
        ("first_error", driven.first_error),
        ("total", driven.total),
        ("total_error", driven.total_error),
    )
    return [(kind, parts) for kind, parts in kinds if parts is not None]


def _plain(amount: Number) -> str:
    return ZH.number(amount).replace("−", "-")


def _percent(part: Number) -> str:
    return ZH.number(part * 100, 4).replace("−", "-")


def as_data(found: Sweep, driven: Drivers, book: Phrasebook) -> dict[str, Any]:
    """The JSON object of the command line; chances and parts of the variance are parts of 1."""
    scenario = found.scenario
    return {
        "title": book.text(scenario.title),
        "digest": scenario.digest,
        "method_version": METHOD_VERSION,
        "currency": scenario.fund.currency,
        "draws": found.draws,
        "counted": found.counted,
        "excluded": found.excluded,
        "near_ties": found.near,
        "seed": found.seed,
        "numpy": found.numpy,
        "result": found.digest,
        "sentences": [*head(found, book), *remarks(found, book)],
        "base": base_name(found),
        "moved": None if found.moved is None else float(found.moved),
        "gained": float(found.gained),
        "lost": float(found.lost),
        "ranks": [list(place) for place in found.places],
        "recipients": [
            {
                "id": r.id,
                "name": book.text(r.name),
                "base": _float(found.base[r.id]),
                "present": _float(found.present.amounts[r.id]),
                "mean": float(found.mean[r.id]),
                "least": _float(found.least[r.id]),
                "quantiles": {f"{float(q):g}": _float(of[r.id]) for q, of in found.quantiles.items()},
                "most": _float(found.most[r.id]),
                "more": float(found.more[r.id]),
                "more_error": found.error(found.more[r.id]),
                "less": float(found.less[r.id]),
                "less_error": found.error(found.less[r.id]),
                "ranks": [float(chance) for chance in found.ranks[r.id]],
                **{
                    f"drivers_{kind}": {input or "weights": part for input, part in parts[r.id].items()}
                    for kind, parts in _driver_parts(driven)
                    if r.id in parts
                },
            }
            for r in scenario.recipients
        ],
    }


def _float(amount: Number) -> int | float:
    return amount if isinstance(amount, int) else float(amount)
