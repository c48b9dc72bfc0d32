"""What a published split tells under a reading, as tables, rows of a file and plain data, rounded outward."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from allocator.analysis.audit import Range
from allocator.core.engine import METHOD_VERSION
from allocator.core.exact import Number, plain
from allocator.core.model import Scenario
from allocator.report.audit.findings import Answers, Findings, Untested, sentences
from allocator.report.audit.fit import fit_data, fit_lines
from allocator.report.audit.nearest import nearest_data, nearest_lines, table_sentence
from allocator.report.audit.verdict import premise, verdict_lines
from allocator.report.tables.office import factor_heading
from allocator.report.tables.table import Column, Table
from allocator.report.words.ranges import SHARE_STEP, outward, shown_range, weights_text
from allocator.text import money_scale, number, say

CENT = Fraction(1, 100)


@dataclass(frozen=True)
class ShareTable(Table):
    """A table whose figures are all percent."""

    @property
    def unit(self) -> str:
        """The line above right of the table: 单位：%."""
        return say("table.unit", self.lang, unit="%")


def _recipient_columns(scenario: Scenario, lang: str) -> tuple[Column, Column]:
    who = "recipient" if scenario.fund.currency == "CNY" else "recipient_other"
    return (
        Column("number", say("table.number", lang), "text"),
        Column("recipient", say(f"table.{who}", lang), "text"),
    )


def share_table(found: Findings, lang: str) -> Table | None:
    """The range of every recipient's share of each factor, in percent, rounded outward to two decimals."""
    scenario, shares = found.scenario, found.shares
    if shares is None:
        return None
    columns = [*_recipient_columns(scenario, lang)]
    columns += [
        Column(factor, factor_heading(scenario, factor, lang), "share") for factor in scenario.weights
    ]
    records = []
    for position, recipient in enumerate(scenario.recipients, 1):
        cells: list[Any] = [str(position), getattr(recipient.name, lang)]
        for bounds in shares.values():
            if recipient.id not in bounds:
                cells.append(None)
                continue
            low, high = outward(bounds[recipient.id], SHARE_STEP)
            cells.append(
                number(low * 100, lang)
                if low == high
                else f"{number(low * 100, lang)}–{number(high * 100, lang)}"
            )
        records.append(("recipient", tuple(cells)))
    scale = money_scale(scenario.fund.currency, scenario.fund.unit)
    return ShareTable(lang, scenario.fund.currency, scale, tuple(columns), tuple(records))  # type: ignore[arg-type]


def amount_table(found: Findings, lang: str) -> Table | None:
    """Beside the published amounts the least and the most under other weights, and who gains or loses."""
    scenario, amounts, published = found.scenario, found.amounts, found.scenario.published
    if amounts is None or published is None:
        return None
    columns = [
        *_recipient_columns(scenario, lang),
        Column("published", say("table.published", lang), "money"),
        Column("low", say(f"audit.low_{amounts.of}", lang), "money"),
        Column("high", say(f"audit.high_{amounts.of}", lang), "money"),
    ]
    if found.says is not None:
        columns.append(Column("says", say("audit.told", lang), "text"))
    records: list[Any] = []
    for position, recipient in enumerate(scenario.recipients, 1):
        id = recipient.id
        row = [str(position), getattr(recipient.name, lang), published[id]]
        row += shown_range(amounts[id], scenario)
        if found.says is not None:
            row.append(say(f"audit.{found.says[id]}", lang))
        records.append(("recipient", tuple(row)))
    for name, ends in (found.groups or {}).items():
        total = plain(sum((published[id] for id in (found.members or {})[name]), start=Fraction(0)))
        row = ["", name, total, *shown_range(ends, scenario)]
        records.append(("subtotal", (*row, *([""] if found.says is not None else []))))
    scale = money_scale(scenario.fund.currency, scenario.fund.unit)
    return Table(lang, scenario.fund.currency, scale, tuple(columns), tuple(records))


def ranges(found: Findings, lang: str) -> Iterator[tuple[str, Table]]:
    """The tables, each with the sentence that stands above it and names the reading."""
    details = {"premise": premise(found.audit, lang)}
    shares, amounts = share_table(found, lang), amount_table(found, lang)
    if shares is not None:
        yield say("audit.shares_are", lang, **details), shares
    if amounts is not None and found.amounts is not None and found.weights is not None:
        key = "entitlements_are" if found.amounts.of == "entitlement" else "amounts_are"
        weights = weights_text(found.weights, found.scenario, lang)
        yield say(f"audit.{key}", lang, weights=weights, **details), amounts


def opening(found: Findings, lang: str) -> list[str]:
    """What stands above the tables: the reading, why anybody would suppose so, the verdict."""
    lines = [say("audit.heading", lang, title=found.title)]
    if found.reason is not None:
        lines.append(say("audit.reason", lang, reason=found.reason))
    return [*lines, *verdict_lines(found.audit, lang)]


def closing(found: Findings, lang: str) -> list[str]:
    """What stands below the tables: sentences to be read aloud, what was not used, what it was made from."""
    if found.shares is None:
        settled = found.audit.verdict.consistent is not None
        lines = [say("audit.no_ranges" if settled else "audit.no_ranges_unsettled", lang)]
    else:
        lines = [*sentences(found, lang), say("audit.not_data", lang)]
    if found.fit is not None:
        lines += fit_lines(found.fit, found.audit.reading, found.data or found.scenario, lang)
    return [*lines, say("cli.trace", lang, version=METHOD_VERSION, digest=found.scenario.digest)]


def remarks(found: Findings, lang: str) -> list[str]:
    """All that stands around the tables, to go below the rows of a file."""
    return [*opening(found, lang), *closing(found, lang)]


def rest(answers: Answers, lang: str) -> list[str]:
    """What goes below all readings: the best fit, nearest weights, the table, and what is only named."""
    lines = [] if answers.nearest_fit is None else [answers.nearest_fit]
    for target, found in answers.nearest:
        lines += nearest_lines(answers.found[0].audit, target, found, lang)
    if answers.table is not None:
        written = say("audit.table_written", lang, file=answers.table)
        lines.append(written + ("" if lang == "zh" else " ") + table_sentence("data", lang))
    for one in answers.untested:
        lines += untested_lines(one, lang)
    return lines


def untested_lines(one: Untested, lang: str) -> list[str]:
    """A reading that is only named."""
    lines = [say("audit.heading", lang, title=one.title)]
    if one.reason is not None:
        lines.append(say("audit.reason", lang, reason=one.reason))
    return [*lines, say("audit.needs", lang, needs=one.needs), say("audit.needs_only", lang)]


# --- files ----------------------------------------------------------------------------------------


def file_rows(found: Findings, lang: str) -> list[list[str]]:
    """A row for each range, in plain digits: reading, factor, recipient, published, low, high, what is told.

    Without a factor a row is of money, in the main unit; with one, of shares in percent.
    """
    scenario, published = found.scenario, found.scenario.published or {}
    names = {r.id: getattr(r.name, lang) for r in scenario.recipients}
    title = getattr(found.title, lang)
    rows = []
    for factor, bounds in (found.shares or {}).items():
        name = getattr(scenario.factor(factor).name, lang)
        for id in bounds:
            ends = [_plain(end * 100) for end in outward(bounds[id], SHARE_STEP)]
            rows.append([title, name, names[id], "", *ends, ""])
    for id, pair in (found.amounts or {}).items():
        told = say(f"audit.{found.says[id]}", lang) if found.says is not None else ""
        money = [_plain(end) for end in outward(pair, CENT)]
        rows.append([title, "", names[id], _plain(published[id]), *money, told])
    for name, pair in (found.groups or {}).items():
        total = sum((published[id] for id in (found.members or {})[name]), start=Fraction(0))
        rows.append([title, "", name, _plain(total), *(_plain(end) for end in outward(pair, CENT)), ""])
    return rows


def file_headers(lang: str) -> list[str]:
    """The headings of these rows."""
    return [
        say(f"audit.column_{key}", lang)
        for key in ("reading", "factor", "name", "published", "low", "high", "told")
    ]


def _plain(value: Number) -> str:
    return number(value, "zh").replace("−", "-")


def all_data(answers: Answers, lang: str) -> dict[str, Any]:
    """All answers as the JSON object of the command line."""
    return {
        "method_version": METHOD_VERSION,
        "readings": [as_data(one, lang) for one in answers.found],
        "untested": [
            {"title": getattr(one.title, lang), "needs": getattr(one.needs, lang)} for one in answers.untested
        ],
        "nearest_fit": answers.nearest_fit,
        "nearest_weights": [
            {"recipients": list(target.recipients), target.side: _float(target.amount)} | nearest_data(found)
            for target, found in answers.nearest
        ],
        "table": answers.table,
    }


def as_data(found: Findings, lang: str) -> dict[str, Any]:
    """A reading as the JSON object of the command line: ranges as [low, high], rounded outward."""
    audit, scenario = found.audit, found.scenario
    verdict = audit.verdict
    return {
        "title": getattr(found.title, lang),
        "digest": scenario.digest,
        "premise": premise(audit, lang),
        "tolerance": audit.reading.tolerance,
        "currency": scenario.fund.currency,
        "distributable": _float(scenario.distributable),
        "consistent": verdict.consistent,
        "because": verdict.because,
        "clashes": [
            {
                "multipliers": {id: _float(times) for id, times in clash.multipliers.items()},
                "published": _float(clash.published),
                "least": _float(outward((clash.least,) * 2, CENT).low),
                "most": _float(outward((clash.most,) * 2, CENT).high),
                "rounding": _float(outward((clash.rounding,) * 2, CENT).high),
            }
            for clash in verdict.clashes
        ],
        "change": None if verdict.change is None else _float(outward((verdict.change,) * 2, CENT).low),
        "verdict": verdict_lines(audit, lang),
        "shares": None
        if found.shares is None
        else {factor: _ranges(bounds, SHARE_STEP / 100) for factor, bounds in found.shares.items()},
        "weights": None
        if found.weights is None
        else {factor: _float(weight) for factor, weight in found.weights.items()},
        "of": None if found.amounts is None else found.amounts.of,
        "amounts": None if found.amounts is None else _ranges(found.amounts, CENT),
        "groups": None if found.groups is None else _ranges(found.groups, CENT),
        "outlook": None if found.says is None else dict(found.says),
        "sentences": sentences(found, lang),
        "fit": None if found.fit is None else fit_data(found.fit),
    }


def _ranges(bounds: Mapping[str, Range], step: Fraction) -> dict[str, list[float | int]]:
    return {name: [_float(end) for end in outward(bounds[name], step)] for name in bounds}


def _float(value: Number) -> float | int:
    return value if isinstance(value, int) else float(value)
