"""The answer to targets as a table, rows of a file and plain data."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from allocator.analysis.compare import changes
from allocator.analysis.seek import Answer, measured
from allocator.core.exact import Number, exact, plain
from allocator.report.seek.words import CENT, sentences, target_text
from allocator.report.tables.table import Column, Table, total_of
from allocator.report.words.ranges import outward
from allocator.text import ZH, Phrasebook, money_scale


def amounts_table(answer: Answer, book: Phrasebook) -> Table | None:
    """Each recipient's amount now and then, the change, and the published amount; None without an answer."""
    if answer.found is None:
        return None
    scenario = answer.scenario
    local = scenario.fund.currency == "CNY"
    names = {recipient.id: book.text(recipient.name) for recipient in scenario.recipients}
    columns = [
        Column("number", book.say("table.number"), "text"),
        Column("recipient", book.say("table.recipient" if local else "table.recipient_other"), "text"),
        Column("now", book.say("seek.now"), "money"),
        Column("then", book.say("seek.then"), "money"),
        Column("change", book.say("seek.change"), "change"),
    ]
    stages: list[Mapping[str, Number]] = [
        answer.now.amounts,
        answer.found.amounts,
        changes(answer.found, answer.now.amounts),
    ]
    if scenario.published is not None:
        columns.append(Column("published", book.say("table.published"), "money"))
        stages.append(scenario.published)
    records: list[Any] = [
        ("recipient", (str(position), names[id], *(stage[id] for stage in stages)))
        for position, id in enumerate(names, 1)
    ]
    sums = [total_of(stage.values()) for stage in stages]
    before, after = answer.now.reserved, answer.found.reserved
    blank = [None] * (len(stages) - 3)
    if before or after:
        recipients = book.say("table.recipients" if local else "table.recipients_other")
        records.append(("subtotal", ("", recipients, *sums)))
        reserved = [before, after, plain(after - before), *blank]
        records.append(("subtotal", ("", book.say("table.departments"), *reserved)))
    totals = [plain(sums[0] + before), plain(sums[1] + after), plain(sums[2] + after - before)]
    rest = blank if before or after else sums[3:]
    records.append(("total", ("", book.say("table.total"), *totals, *rest)))
    scale = money_scale(scenario.fund.currency, scenario.fund.unit)
    return Table(book, scenario.fund.currency, scale, tuple(columns), tuple(records))


def as_data(answer: Answer, book: Phrasebook) -> dict[str, Any]:
    """The answer as the JSON object of the command line: shares as parts of 1, reaches rounded outward."""
    scenario, found, impossible = answer.scenario, answer.found, answer.impossible
    data: dict[str, Any] = {
        "title": book.text(scenario.title),
        "digest": scenario.digest,
        "method_version": answer.now.method_version,
        "currency": scenario.fund.currency,
        "targets": [
            {
                "of": target.of,
                "recipients": list(target.recipients),
                "relation": target.relation,
                "value": _plain(target.value),
                "now": _plain(measured(target, answer.now)),
                "then": None if found is None else _plain(measured(target, found)),
            }
            for target in answer.targets
        ],
        "met": found is not None,
        "proved": answer.proved,
        "searched": _plain(answer.searched),
        "change": _plain(answer.change),
        "weights": None,
        "clause": None,
        "amounts": None,
        "found_digest": None if found is None else found.scenario.digest,
        "impossible": None,
        "data": {factor.id: factor.status for factor in scenario.behind},
        "sentences": sentences(answer, book),
    }
    if scenario.pools and answer.clause is None:
        data["lever"] = {"kind": answer.lever.kind, "of": answer.lever.of or None}
    if answer.clause is None and answer.after is not None:
        data["weights"] = {
            id: {"now": _plain(value), "then": _plain(answer.after[id])}
            for id, value in answer.before.items()
        }
    if answer.clause is not None:
        data["clause"] = {
            "kind": answer.clause.kind,
            "number": answer.clause.number + 1,
            "now": _plain(answer.clause.value(scenario)),
            "then": None if found is None else _plain(answer.clause.value(found.scenario)),
        }
    if found is not None:
        data["amounts"] = {
            id: {"now": _plain(amount), "then": _plain(found.amounts[id])}
            for id, amount in answer.now.amounts.items()
        }
    if impossible is not None:
        data["impossible"] = {
            "clash": [number_ + 1 for number_ in impossible.clash],
            "alone": impossible.alone,
            "always": impossible.always,
            "limits": {str(number_ + 1): _plain(amount) for number_, amount in impossible.limits.items()},
            "nearest": None
            if impossible.nearest is None
            else _plain(measured(answer.targets[impossible.clash[0]], impossible.nearest)),
            "reaches": [
                {
                    "target": number_ + 1,
                    "low": _plain(outward((reach.low,) * 2, CENT).low),
                    "high": _plain(outward((reach.high,) * 2, CENT).high),
                    "low_weights": {f: _plain(w) for f, w in reach.low_weights.items()},
                    "high_weights": {f: _plain(w) for f, w in reach.high_weights.items()},
                }
                for number_, reach in impossible.reaches.items()
            ],
        }
    return data


def _plain(value: Number | None) -> Any:
    """A JSON number where that is exact, else text with six decimals."""
    if not isinstance(value, Fraction):
        return value
    return float(value) if exact(float(value)) == value else ZH.number(value).replace("−", "-")


def reach_rows(answer: Answer, book: Phrasebook) -> tuple[list[str], list[list[str]]]:
    """Headings and rows for a file where targets clash: the least and the most that each can reach."""
    headers = [book.say(key) for key in ("seek.column_target", "seek.column_low", "seek.column_high")]
    rows = [
        [
            target_text(answer.targets[number_], answer.scenario, book),
            *(ZH.number(end).replace("−", "-") for end in outward((reach.low, reach.high), CENT)),
        ]
        for number_, reach in (answer.impossible.reaches if answer.impossible else {}).items()
    ]
    return headers, rows


def trace(answer: Answer, book: Phrasebook) -> str:
    """The method version and the digests of the input before and after the change."""
    if answer.found is None or not answer.change:
        digest = answer.scenario.digest
        return book.say("cli.trace", version=answer.now.method_version, digest=digest)
    digests = [a.scenario.digest.removeprefix("sha256:")[:12] for a in (answer.now, answer.found)]
    inputs = [
        book.say("seek.digest", which=book.say(key), digest=digest)
        for key, digest in zip(("seek.now", "seek.then"), digests, strict=True)
    ]
    return book.say("cli.traces", version=answer.now.method_version, inputs=inputs)
