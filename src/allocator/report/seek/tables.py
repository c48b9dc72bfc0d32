"""What it would take, as a table, rows of a file and plain data."""

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
from allocator.text import money_scale, number, say


def amounts_table(answer: Answer, lang: str) -> Table | None:
    """Everybody's amount now and then, and the change; beside the published one where there is one."""
    if answer.found is None:
        return None
    scenario = answer.scenario
    local = scenario.fund.currency == "CNY"
    names = {recipient.id: getattr(recipient.name, lang) for recipient in scenario.recipients}
    columns = [
        Column("number", say("table.number", lang), "text"),
        Column("recipient", say("table.recipient" if local else "table.recipient_other", lang), "text"),
        Column("now", say("seek.now", lang), "money"),
        Column("then", say("seek.then", lang), "money"),
        Column("change", say("seek.change", lang), "change"),
    ]
    stages: list[Mapping[str, Number]] = [
        answer.now.amounts,
        answer.found.amounts,
        changes(answer.found, answer.now.amounts),
    ]
    if scenario.published is not None:
        columns.append(Column("published", say("table.published", lang), "money"))
        stages.append(scenario.published)
    records: list[Any] = [
        ("recipient", (str(position), names[id], *(stage[id] for stage in stages)))
        for position, id in enumerate(names, 1)
    ]
    sums = [total_of(stage.values()) for stage in stages]
    before, after = scenario.reserved, answer.found.scenario.reserved
    blank = [None] * (len(stages) - 3)
    if before or after:
        recipients = say("table.recipients" if local else "table.recipients_other", lang)
        records.append(("subtotal", ("", recipients, *sums)))
        reserved = [before, after, plain(after - before), *blank]
        records.append(("subtotal", ("", say("table.departments", lang), *reserved)))
    totals = [plain(sums[0] + before), plain(sums[1] + after), plain(sums[2] + after - before)]
    rest = blank if before or after else sums[3:]
    records.append(("total", ("", say("table.total", lang), *totals, *rest)))
    scale = money_scale(scenario.fund.currency, scenario.fund.unit)
    return Table(lang, scenario.fund.currency, scale, tuple(columns), tuple(records))


def as_data(answer: Answer, lang: str) -> dict[str, Any]:
    """The answer as the JSON object of the command line: money exact, shares as parts of 1."""
    scenario, found, impossible = answer.scenario, answer.found, answer.impossible
    data: dict[str, Any] = {
        "title": getattr(scenario.title, lang),
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
        "data": {factor: scenario.factor(factor).status for factor in scenario.weights},
        "sentences": sentences(answer, lang),
    }
    if answer.clause is None and found is not None:
        data["weights"] = {
            factor: {"now": _plain(weight), "then": _plain(found.scenario.weights[factor])}
            for factor, weight in scenario.weights.items()
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
    """A JSON number that says it exactly, else text with two decimals."""
    if not isinstance(value, Fraction):
        return value
    return float(value) if exact(float(value)) == value else number(value, "zh").replace("−", "-")


def reach_rows(answer: Answer, lang: str) -> tuple[list[str], list[list[str]]]:
    """Headings and rows for a file where nothing does it: the least and the most for targets that clash."""
    headers = [say(f"seek.column_{key}", lang) for key in ("target", "low", "high")]
    rows = [
        [
            target_text(answer.targets[number_], answer.scenario, lang),
            *(number(end, "zh").replace("−", "-") for end in outward((reach.low, reach.high), CENT)),
        ]
        for number_, reach in (answer.impossible.reaches if answer.impossible else {}).items()
    ]
    return headers, rows


def trace(answer: Answer, lang: str) -> str:
    """Method version and the digests of the input as it is, and as it would be."""
    if answer.found is None or not answer.change:
        digest = answer.scenario.digest
        return say("cli.trace", lang, version=answer.now.method_version, digest=digest)
    digests = [a.scenario.digest.removeprefix("sha256:")[:12] for a in (answer.now, answer.found)]
    inputs = [
        say("seek.digest", lang, which=say(f"seek.{key}", lang), digest=digest)
        for key, digest in zip(("now", "then"), digests, strict=True)
    ]
    return say("cli.traces", lang, version=answer.now.method_version, inputs=inputs)
