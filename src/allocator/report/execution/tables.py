"""Payments against the allocation, as tables and as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from allocator.analysis.execution import Execution, Payer, Progress
from allocator.core.exact import Number, plain
from allocator.core.model import Scenario
from allocator.report.execution.words import (
    amount,
    day_text,
    lag_shown,
    list_of,
    part,
    rate_text,
    reasons_text,
    scheduled,
    state_text,
    use_text,
)
from allocator.report.tables.figures import unit_of
from allocator.report.tables.records import Role
from allocator.report.tables.table import Row, Table, total_of, written
from allocator.report.words.rule import so_many
from allocator.text import ZH, Phrasebook

SHOWN = 200  # payments to be verified that a table lists at most
_LISTS = {
    "permitted": "execution.list.permitted",
    "not_permitted": "execution.list.not_permitted",
    "unlisted": "execution.list.unlisted",
}


def progress_table(found: Execution, scenario: Scenario, book: Phrasebook, *, last: bool = False) -> Table:
    """Allocated and paid amounts of each payer at each checkpoint (or the last), and its state."""
    days = found.progress[-1:] if last else found.progress
    planned = found.now.planned is not None
    headers = [
        book.say("execution.heading.payer"),
        book.say("execution.heading.allocated"),
        *_paid_by(days, book),
        book.say("execution.heading.rate"),
    ]
    if planned:
        headers += [book.say("execution.heading.planned"), book.say("execution.heading.lag")]
    headers.append(book.say("execution.heading.state"))
    due = scheduled(found, scenario)

    def line(role: Role, name: str, members: Sequence[Payer], state: str = "") -> Row:
        allocated = total_of(payer.allocated for payer in members)
        paid = [total_of(p.paid[payer.id] for payer in members) for p in days]
        cells = [amount(allocated, scenario, book), *(amount(x, scenario, book) for x in paid)]
        cells.append(rate_text(part(paid[-1], allocated), book) if allocated else "")
        if due:
            lag = total_of(lag_shown(found, due, payer, scenario) for payer in members)
            cells += [book.number(total_of(due[payer.id] for payer in members), 2), book.number(lag, 2)]
        return Row(role, (name, *cells, state))

    departments = [payer for payer in found.payers if payer.department]
    recipients = [payer for payer in found.payers if not payer.department]
    rows = []
    for role, members, total in (
        ("reservation", departments, book.say("table.departments")),
        ("recipient", recipients, so_many(scenario, len(recipients), book)),
    ):
        rows += [line(role, book.text(p.name), [p], state_text(found, p, book)) for p in members]  # type: ignore[arg-type]
        if members and departments:
            rows.append(line("subtotal", total, members))
    rows.append(line("total", book.say("table.total"), found.payers))
    numeric = (False, *[True] * (len(headers) - 1))  # the state too, so that it stays on one line
    caption = book.say("execution.caption.progress")
    return written(caption, tuple(headers), numeric, tuple(rows), unit_of(scenario, book))


def progress_rows(
    found: Execution, scenario: Scenario, book: Phrasebook
) -> tuple[list[str], list[list[str]]]:
    """The progress for a file: money in the main unit, plain digits, for spreadsheets."""
    unit = book.money_unit(scenario.fund.currency, 1)

    def in_main(header: str) -> str:
        return book.say("table.header_unit", header=header, unit=unit)

    headers = [
        book.say("execution.heading.payer"),
        in_main(book.say("execution.heading.allocated")),
        *map(in_main, _paid_by(found.progress, book)),
        book.say("execution.heading.rate"),
        in_main(book.say("execution.heading.planned")),
        in_main(book.say("execution.heading.lag")),
        book.say("execution.heading.state"),
    ]
    rows = []
    for payer in found.payers:
        paid = [p.paid[payer.id] for p in found.progress]
        planned = found.now.planned
        due = None if planned is None else plain(planned * payer.allocated)
        figures = [
            payer.allocated,
            *paid,
            100 * part(paid[-1], payer.allocated),
            due,
            found.now.behind(payer),
        ]
        cells = [
            "" if x is None else ZH.number(plain(round(Fraction(x), 2))).replace("−", "-") for x in figures
        ]
        rows.append([book.text(payer.name), *cells, state_text(found, payer, book)])
    return headers, rows


def uses_table(found: Execution, scenario: Scenario, book: Phrasebook, *, last: bool = False) -> Table:
    """The amount paid for each use at each checkpoint (or the last), and the list that the use is on."""
    days = found.progress[-1:] if last else found.progress
    headers = [
        book.say("execution.heading.use"),
        book.say("execution.heading.list"),
        *_paid_by(days, book),
        book.say("execution.heading.share"),
    ]
    total = found.now.total
    rows = []
    for use in found.uses:
        paid = [p.by_use[use] for p in days]
        shares = rate_text(part(paid[-1], total), book) if total else ""
        cells = [*(amount(x, scenario, book) for x in paid), shares]
        listed = book.say(_LISTS[list_of(found, use)])
        rows.append(Row("recipient", (use_text(found, use, book), listed, *cells)))
    sums = [amount(p.total, scenario, book) for p in days]
    whole = book.number(100, 2) if total else ""
    rows.append(Row("total", (book.say("table.total"), "", *sums, whole)))
    numeric = (False, False, *[True] * (len(headers) - 2))
    caption = book.say("execution.caption.uses")
    return written(caption, tuple(headers), numeric, tuple(rows), unit_of(scenario, book))


def doubts_table(found: Execution, scenario: Scenario, book: Phrasebook, *, payees: bool = False) -> Table:
    """The payments to be verified with their lines, at most 200; payees and notes only on request."""
    headers = [
        book.say("execution.heading.line"),
        book.say("execution.heading.payer"),
        book.say("execution.heading.date"),
        book.say("execution.heading.amount"),
        book.say("execution.heading.use"),
        book.say("execution.heading.reasons"),
    ]
    numeric = [False, False, True, True, False, False]
    if payees:
        headers += [book.say("execution.heading.payee"), book.say("execution.heading.note")]
        numeric += [False, False]
    rows = [
        Row(
            "recipient",
            (
                str(doubt.line), book.text(doubt.payer.name), doubt.day.isoformat(),
                amount(doubt.amount, scenario, book), use_text(found, doubt.use, book),
                reasons_text(doubt, scenario, book), *([doubt.payee, doubt.note] if payees else []),
            ),
        )
        for doubt in found.doubts(SHOWN)
    ]  # fmt: skip
    caption = book.say("execution.caption.doubts")
    return written(caption, tuple(headers), tuple(numeric), tuple(rows), unit_of(scenario, book))


def as_data(found: Execution, *, payees: bool = False) -> dict[str, Any]:
    """The execution as plain data."""
    return {
        "on": found.on.isoformat(),
        "illustrative": found.payments.illustrative,
        "allocated": found.allocated,
        "paid": found.now.total,
        "payments_later": found.later,
        "checkpoints": [
            {
                "day": p.day.isoformat(),
                "planned_percent": None if p.planned is None else round(p.planned * 100, 4),
                "paid": dict(p.paid),
                "by_use": dict(p.by_use),
                "behind": {payer.id: _cents(p.behind(payer)) for payer in found.payers},
            }
            for p in found.progress
        ],
        "payers": {payer.id: {"name": payer.name.zh, "allocated": payer.allocated} for payer in found.payers},
        "uses": {use: list_of(found, use) for use in found.uses},
        "to_verify": [
            {
                "line": doubt.line,
                "payer": doubt.payer.id,
                "date": doubt.day.isoformat(),
                "amount": doubt.amount,
                "use": doubt.use,
                "reasons": list(doubt.reasons),
                **({"above": doubt.over} if doubt.over else {}),
                **({"same_as": doubt.first} if doubt.first is not None else {}),
                **({"payee": doubt.payee, "note": doubt.note} if payees else {}),
            }
            for doubt in found.doubts()
        ],
        "repeats": [{"line": line, "same_as": first} for line, first in found.payments.repeats.items()],
    }


def _paid_by(progress: Sequence[Progress], book: Phrasebook) -> list[str]:
    return [book.say("execution.heading.paid_by", day=day_text(p.day, book)) for p in progress]


def _cents(value: Number | None) -> Number | None:
    return None if value is None else plain(round(Fraction(value), 2))
