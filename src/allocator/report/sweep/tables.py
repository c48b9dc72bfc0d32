"""What a random sweep found as a table, as rows of a file and as plain data."""

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
    chance_text,
    head,
    input_name,
    main_driver,
    rank_text,
    remarks,
    usual_rank,
)
from allocator.report.tables.table import Column, Role, Table, total_of
from allocator.text import money_scale, money_unit, number, say

SHOWN = (Fraction(1, 20), Fraction(19, 20))  # the levels that the table shows; files have all of them


def level_text(level: Fraction, lang: str) -> str:
    """A level in words: 5 % at most."""
    return say("sweep.level", lang, percent=level * 100)


def money_columns(found: Sweep, lang: str) -> list[tuple[str, str, Mapping[str, Number]]]:
    """What amounts are held against and those of the scenario: key, heading, amounts."""
    base = base_name(found)
    columns = [("present", say("sweep.present", lang), found.present.amounts)]
    if base != "present":
        heading = say("table.published" if base == "published" else "sweep.base", lang)
        columns.insert(0, ("base", heading, found.base))
    return columns


def sweep_table(found: Sweep, driven: Drivers, lang: str) -> Table:
    """Each recipient's amounts, range, chances of more and less, usual rank, and what drives it most."""
    scenario, base = found.scenario, base_name(found)
    who = "recipient" if scenario.fund.currency == "CNY" else "recipient_other"
    stages = [
        (Column(key, heading, "money"), amounts) for key, heading, amounts in money_columns(found, lang)
    ]
    stages.append((Column("mean", say("sweep.mean", lang), "stage", "mean"), found.mean))
    stages += [
        (Column(f"level-{level}", level_text(level, lang), "money"), found.quantiles[level])
        for level in SHOWN
    ]
    columns = [
        Column("number", say("table.number", lang), "text"),
        Column("recipient", say(f"table.{who}", lang), "text"),
        *(column for column, _ in stages),
        *(Column(key, say(f"sweep.{key}_{base}", lang), "written") for key in ("more", "less")),
        Column("rank", say("sweep.rank", lang), "written"),
        Column("driver", say("sweep.driver", lang), "text"),
    ]
    records: list[tuple[Role, tuple[Any, ...]]] = []
    for position, recipient in enumerate(scenario.recipients, 1):
        id = recipient.id
        words = (
            chance_text(found, found.more[id], lang),
            chance_text(found, found.less[id], lang),
            usual_rank(found, id, lang),
            main_driver(found, driven, id, lang),
        )
        figures = (amounts[id] for _, amounts in stages)
        records.append(("recipient", (str(position), getattr(recipient.name, lang), *figures, *words)))
    totals = (
        None if column.key.startswith("level") else total_of(amounts.values()) for column, amounts in stages
    )
    records.append(("total", ("", say("table.total", lang), *totals, "", "", "", "")))
    scale = money_scale(scenario.fund.currency, scenario.fund.unit)
    return Table(lang, scenario.fund.currency, scale, tuple(columns), tuple(records))


def file_headers(found: Sweep, driven: Drivers, lang: str) -> list[str]:
    """The headings of a file: everything that is known of a recipient in one row."""
    base, unit = base_name(found), money_unit(found.scenario.fund.currency, 1, lang)
    who = "recipient" if found.scenario.fund.currency == "CNY" else "recipient_other"
    money = [heading for _, heading, _ in money_columns(found, lang)]
    money += [say(f"sweep.{key}", lang) for key in ("mean", "least")]
    money += [*(level_text(level, lang) for level in found.quantiles), say("sweep.most", lang)]
    headings = [say(f"table.{who}", lang)]
    headings += [say("table.header_unit", lang, header=heading, unit=unit) for heading in money]
    for key in ("more", "less"):
        headings += [say(f"sweep.{key}_{base}", lang), say("sweep.error", lang)]
    headings += [say("sweep.column_rank", lang, rank=rank_text(place, lang)) for place in found.places]
    for kind, parts in _driver_parts(driven):
        for input in next(iter(parts.values()), {}):
            headings.append(say(f"sweep.column_{kind}", lang, name=input_name(found, input, lang)))
    return headings


def file_rows(found: Sweep, driven: Drivers, lang: str) -> list[list[str]]:
    """A row for each recipient, money in the main unit, chances and parts in percent, in plain digits."""
    rows = []
    for recipient in found.scenario.recipients:
        id = recipient.id
        row = [getattr(recipient.name, lang)]
        row += [_plain(amounts[id]) for _, _, amounts in money_columns(found, lang)]
        row += [number(found.mean[id], "zh", 2), _plain(found.least[id])]
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
    return number(amount, "zh").replace("−", "-")


def _percent(part: Number) -> str:
    return number(part * 100, "zh", 4).replace("−", "-")


def as_data(found: Sweep, driven: Drivers, lang: str) -> dict[str, Any]:
    """The JSON object of the command line; chances and parts of the variance are parts of 1."""
    scenario = found.scenario
    return {
        "title": getattr(scenario.title, lang),
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
        "sentences": [*head(found, lang), *remarks(found, lang)],
        "base": base_name(found),
        "moved": None if found.moved is None else float(found.moved),
        "gained": float(found.gained),
        "lost": float(found.lost),
        "ranks": [list(place) for place in found.places],
        "recipients": [
            {
                "id": r.id,
                "name": getattr(r.name, lang),
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
