"""Tables, rows of a file and plain data of what a published split implies, with ranges rounded outward."""

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
from allocator.report.audit.verdict import correction_lines, premise, verdict_lines
from allocator.report.tables.figures import who
from allocator.report.tables.office import factor_heading
from allocator.report.tables.table import Column, Table
from allocator.report.words.ranges import SHARE_STEP, outward, shown_range, weights_text
from allocator.text import ZH, Phrasebook, money_scale

CENT = Fraction(1, 100)
_TOLD = {"gains": "audit.gains", "loses": "audit.loses", "same": "audit.same", "open": "audit.open"}


@dataclass(frozen=True)
class ShareTable(Table):
    """A table whose figures are all percent."""

    @property
    def unit(self) -> str:
        """The line above right of the table: 单位：%."""
        return self.book.say("table.unit", unit="%")


def _recipient_columns(scenario: Scenario, book: Phrasebook) -> tuple[Column, Column]:
    return (
        Column("number", book.say("table.number"), "text"),
        Column("recipient", who(scenario, book), "text"),
    )


def share_table(found: Findings, book: Phrasebook) -> Table | None:
    """The range of every recipient's share of each factor, in percent, rounded outward to two decimals."""
    scenario, shares = found.scenario, found.shares
    if shares is None:
        return None
    columns = [*_recipient_columns(scenario, book)]
    columns += [
        Column(factor, factor_heading(scenario, factor, book), "share") for factor in scenario.weights
    ]
    records = []
    for position, recipient in enumerate(scenario.recipients, 1):
        cells: list[Any] = [str(position), book.text(recipient.name)]
        for bounds in shares.values():
            if recipient.id not in bounds:
                cells.append(None)
                continue
            low, high = outward(bounds[recipient.id], SHARE_STEP)
            cells.append(
                book.number(low * 100)
                if low == high
                else f"{book.number(low * 100)}–{book.number(high * 100)}"
            )
        records.append(("recipient", tuple(cells)))
    scale = money_scale(scenario.fund.currency, scenario.fund.unit)
    return ShareTable(book, scenario.fund.currency, scale, tuple(columns), tuple(records))  # type: ignore[arg-type]


def amount_table(found: Findings, book: Phrasebook) -> Table | None:
    """The published amounts, the least and the most under other weights, and who gains or loses."""
    scenario, amounts, published = found.scenario, found.amounts, found.audit.case.before_adjustments
    if amounts is None:
        return None
    entitlements = amounts.of == "entitlement"
    low = book.say("audit.low_entitlement" if entitlements else "audit.low_amount")
    high = book.say("audit.high_entitlement" if entitlements else "audit.high_amount")
    columns = [
        *_recipient_columns(scenario, book),
        Column(
            "published",
            book.say("audit.before_adjustments" if scenario.adjustments else "table.published"),
            "money",
        ),
        Column("low", low, "money"),
        Column("high", high, "money"),
    ]
    if found.says is not None:
        columns.append(Column("says", book.say("audit.told"), "text"))
    records: list[Any] = []
    for position, recipient in enumerate(scenario.recipients, 1):
        id = recipient.id
        row = [str(position), book.text(recipient.name), published[id]]
        row += shown_range(amounts[id], scenario)
        if found.says is not None:
            row.append(book.say(_TOLD[found.says[id]]))
        records.append(("recipient", tuple(row)))
    for name, ends in (found.groups or {}).items():
        total = plain(sum((published[id] for id in (found.members or {})[name]), start=Fraction(0)))
        row = ["", name, total, *shown_range(ends, scenario)]
        records.append(("subtotal", (*row, *([""] if found.says is not None else []))))
    scale = money_scale(scenario.fund.currency, scenario.fund.unit)
    return Table(book, scenario.fund.currency, scale, tuple(columns), tuple(records))


def ranges(found: Findings, book: Phrasebook) -> Iterator[tuple[str, Table]]:
    """The tables, each after its introductory sentence, which names the reading."""
    details = {"premise": premise(found.audit, book)}
    shares, amounts = share_table(found, book), amount_table(found, book)
    if shares is not None:
        yield book.say("audit.shares_are", **details), shares
    if amounts is not None and found.amounts is not None and found.weights is not None:
        key = "audit.entitlements_are" if found.amounts.of == "entitlement" else "audit.amounts_are"
        weights = weights_text(found.weights, found.scenario, book)
        yield book.say(key, weights=weights, **details), amounts


def opening(found: Findings, book: Phrasebook) -> list[str]:
    """The lines above the tables: the reading, the reason for it, and the verdict."""
    lines = [book.say("audit.heading", title=found.title)]
    if found.reason is not None:
        lines.append(book.say("audit.reason", reason=found.reason))
    lines += [*verdict_lines(found.audit, book), *correction_lines(found.audit, book)]
    if found.fit is not None and found.shares is not None and found.scenario.beyond:
        lines.append(book.say("audit.data_there"))
    return lines


def closing(found: Findings, book: Phrasebook) -> list[str]:
    """The lines below the tables: findings in sentences, the fit of real data, the version and digest."""
    if found.shares is None:
        settled = found.audit.verdict.consistent is not None
        lines = [book.say("audit.no_ranges" if settled else "audit.no_ranges_unsettled")]
    else:
        lines = [*sentences(found, book), book.say("audit.not_data")]
    if found.fit is not None:
        lines += fit_lines(found.fit, found.audit.reading, found.data or found.scenario, book)
    return [*lines, book.say("cli.trace", version=METHOD_VERSION, digest=found.audit.reading.rule.digest)]


def remarks(found: Findings, book: Phrasebook) -> list[str]:
    """The lines above and below the tables together, which follow the rows of a file."""
    return [*opening(found, book), *closing(found, book)]


def rest(answers: Answers, book: Phrasebook) -> list[str]:
    """The lines below all readings: the best fit, nearest weights, the table, and readings not tested."""
    lines = [] if answers.nearest_fit is None else [answers.nearest_fit]
    for target, found in answers.nearest:
        lines += nearest_lines(answers.found[0].audit, target, found, book)
    if answers.table is not None:
        written = book.say("audit.table_written", file=answers.table)
        lines.append(written + ("" if book.chinese else " ") + table_sentence("data", book))
    for one in answers.untested:
        lines += untested_lines(one, book)
    return lines


def untested_lines(one: Untested, book: Phrasebook) -> list[str]:
    """The lines of a reading that is not tested."""
    lines = [book.say("audit.heading", title=one.title)]
    if one.reason is not None:
        lines.append(book.say("audit.reason", reason=one.reason))
    return [*lines, book.say("audit.needs", needs=one.needs), book.say("audit.needs_only")]


# --- files ----------------------------------------------------------------------------------------


def file_rows(found: Findings, book: Phrasebook) -> list[list[str]]:
    """A row for each range, in plain digits: reading, factor, recipient, published, low, high, outlook.

    Rows without a factor are amounts in the main unit, what was published less its adjustments; rows with
    one are shares in percent.
    """
    scenario, published = found.scenario, found.audit.case.before_adjustments
    names = {r.id: book.text(r.name) for r in scenario.recipients}
    title = book.text(found.title)
    rows = []
    for factor, bounds in (found.shares or {}).items():
        name = book.text(scenario.factor(factor).name)
        for id in bounds:
            ends = [_plain(end * 100) for end in outward(bounds[id], SHARE_STEP)]
            rows.append([title, name, names[id], "", *ends, ""])
    for id, pair in (found.amounts or {}).items():
        told = book.say(_TOLD[found.says[id]]) if found.says is not None else ""
        money = [_plain(end) for end in outward(pair, CENT)]
        rows.append([title, "", names[id], _plain(published[id]), *money, told])
    for name, pair in (found.groups or {}).items():
        total = sum((published[id] for id in (found.members or {})[name]), start=Fraction(0))
        rows.append([title, "", name, _plain(total), *(_plain(end) for end in outward(pair, CENT)), ""])
    return rows


def file_headers(answers: Answers, book: Phrasebook) -> list[str]:
    """The headings of the rows of `file_rows`."""
    adjusted = any(found.scenario.adjustments for found in answers.found)
    return [
        book.say("audit.column_reading"),
        book.say("audit.column_factor"),
        book.say("audit.column_name"),
        book.say("audit.column_before" if adjusted else "audit.column_published"),
        book.say("audit.column_low"),
        book.say("audit.column_high"),
        book.say("audit.column_told"),
    ]


def _plain(value: Number) -> str:
    return ZH.number(value).replace("−", "-")


def all_data(answers: Answers, book: Phrasebook) -> dict[str, Any]:
    """All answers as the JSON object of the command line."""
    return {
        "method_version": METHOD_VERSION,
        "readings": [as_data(one, book) for one in answers.found],
        "untested": [
            {"title": book.text(one.title), "needs": book.text(one.needs)} for one in answers.untested
        ],
        "nearest_fit": answers.nearest_fit,
        "nearest_weights": [
            {"recipients": list(target.recipients), target.side: _float(target.amount)} | nearest_data(found)
            for target, found in answers.nearest
        ],
        "table": answers.table,
    }


def as_data(found: Findings, book: Phrasebook) -> dict[str, Any]:
    """A reading as the JSON object of the command line: ranges as [low, high], rounded outward."""
    audit, scenario = found.audit, found.scenario
    verdict, currency = audit.verdict, scenario.fund.currency
    return {
        "title": book.text(found.title),
        "digest": audit.reading.rule.digest,
        "premise": premise(audit, book),
        "tolerance": audit.reading.tolerance,
        "currency": currency if isinstance(currency, str) else {"zh": currency.zh, "en": currency.en},
        "distributable": _float(scenario.distributable),
        **(
            {name: _by_id(getattr(audit.case, name)) for name in ("adjustments", "before_adjustments")}
            if scenario.adjustments
            else {}
        ),
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
        "verdict": verdict_lines(audit, book),
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
        "sentences": sentences(found, book),
        "fit": None if found.fit is None else fit_data(found.fit),
    }


def _by_id(amounts: Mapping[str, Number]) -> dict[str, float | int]:
    return {id: _float(amount) for id, amount in amounts.items()}


def _ranges(bounds: Mapping[str, Range], step: Fraction) -> dict[str, list[float | int]]:
    return {name: [_float(end) for end in outward(bounds[name], step)] for name in bounds}


def _float(value: Number) -> float | int:
    return value if isinstance(value, int) else float(value)
