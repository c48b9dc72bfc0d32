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
    heading,
    lag_shown,
    list_of,
    part,
    rate_text,
    reasons_text,
    scheduled,
    state_text,
    use_text,
)
from allocator.report.tables.grid import Grid, unit_of
from allocator.report.tables.table import Role, Row, total_of
from allocator.report.words.rule import so_many
from allocator.text import money_unit, number, say

SHOWN = 200  # payments to be verified in a table: nobody reads on beyond that


def progress_grid(found: Execution, scenario: Scenario, lang: str, *, last: bool = False) -> Grid:
    """What each payer was allocated and has paid at each checkpoint (or the last), and who is behind."""
    days = found.progress[-1:] if last else found.progress
    planned = found.now.planned is not None
    keys = ["allocated", *["paid_by"] * len(days), "rate"]
    keys += ["planned", "lag"] if planned else []
    headers = [heading("payer", lang), *_headings(keys, days, lang), heading("state", lang)]
    due = scheduled(found, scenario)

    def line(role: Role, name: str, members: Sequence[Payer], state: str = "") -> Row:
        allocated = total_of(payer.allocated for payer in members)
        paid = [total_of(p.paid[payer.id] for payer in members) for p in days]
        cells = [amount(allocated, scenario, lang), *(amount(x, scenario, lang) for x in paid)]
        cells.append(rate_text(part(paid[-1], allocated), lang) if allocated else "")
        if due:
            lag = total_of(lag_shown(found, due, payer, scenario) for payer in members)
            cells += [number(total_of(due[payer.id] for payer in members), lang, 2), number(lag, lang, 2)]
        return Row(role, (name, *cells, state))

    departments = [payer for payer in found.payers if payer.department]
    recipients = [payer for payer in found.payers if not payer.department]
    rows = []
    for role, members, total in (
        ("reservation", departments, say("table.departments", lang)),
        ("recipient", recipients, so_many(scenario, len(recipients), lang)),
    ):
        rows += [line(role, getattr(p.name, lang), [p], state_text(found, p, lang)) for p in members]  # type: ignore[arg-type]
        if members and departments:
            rows.append(line("subtotal", total, members))
    rows.append(line("total", say("table.total", lang), found.payers))
    numeric = (False, *[True] * len(keys), True)  # the state too: it stays in one line
    caption = say("execution.caption.progress", lang)
    return Grid(caption, tuple(headers), numeric, tuple(rows), unit_of(scenario, lang))


def progress_rows(found: Execution, scenario: Scenario, lang: str) -> tuple[list[str], list[list[str]]]:
    """The progress for a file: money in the main unit, plain digits, for spreadsheets."""
    unit = money_unit(scenario.fund.currency, 1, lang)

    def in_main(key: str, **details: object) -> str:
        return say("table.header_unit", lang, header=heading(key, lang, **details), unit=unit)

    days = [in_main("paid_by", day=day_text(p.day, lang)) for p in found.progress]
    headers = [heading("payer", lang), in_main("allocated"), *days, heading("rate", lang)]
    headers += [in_main("planned"), in_main("lag"), heading("state", lang)]
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
            "" if x is None else number(plain(round(Fraction(x), 2)), "zh").replace("−", "-") for x in figures
        ]
        rows.append([getattr(payer.name, lang), *cells, state_text(found, payer, lang)])
    return headers, rows


def uses_grid(found: Execution, scenario: Scenario, lang: str, *, last: bool = False) -> Grid:
    """What was paid for each use at each checkpoint (or on the last day), and what the rule says of it."""
    days = found.progress[-1:] if last else found.progress
    keys = [*["paid_by"] * len(days), "share"]
    headers = [heading("use", lang), heading("list", lang), *_headings(keys, days, lang)]
    total = found.now.total
    rows = []
    for use in found.uses:
        paid = [p.by_use[use] for p in days]
        shares = rate_text(part(paid[-1], total), lang) if total else ""
        cells = [*(amount(x, scenario, lang) for x in paid), shares]
        listed = say(f"execution.list.{list_of(found, use)}", lang)
        rows.append(Row("recipient", (use_text(found, use, lang), listed, *cells)))
    sums = [amount(p.total, scenario, lang) for p in days]
    whole = number(100, lang, 2) if total else ""
    rows.append(Row("total", (say("table.total", lang), "", *sums, whole)))
    numeric = (False, False, *[True] * len(keys))
    caption = say("execution.caption.uses", lang)
    return Grid(caption, tuple(headers), numeric, tuple(rows), unit_of(scenario, lang))


def doubts_grid(found: Execution, scenario: Scenario, lang: str, *, payees: bool = False) -> Grid:
    """The payments to be verified with their lines, the first of very many; payees only where asked for."""
    keys = ["line", "payer", "date", "amount", "use", "reasons", *(["payee", "note"] if payees else [])]
    rows = [
        Row(
            "recipient",
            (
                str(doubt.line), getattr(doubt.payer.name, lang), doubt.day.isoformat(),
                amount(doubt.amount, scenario, lang), use_text(found, doubt.use, lang),
                reasons_text(doubt, scenario, lang), *([doubt.payee, doubt.note] if payees else []),
            ),
        )
        for doubt in found.doubts(SHOWN)
    ]  # fmt: skip
    numeric = tuple(key in ("date", "amount") for key in keys)
    headers = tuple(heading(key, lang) for key in keys)
    caption = say("execution.caption.doubts", lang)
    return Grid(caption, headers, numeric, tuple(rows), unit_of(scenario, lang))


def as_data(found: Execution, *, payees: bool = False) -> dict[str, Any]:
    """All of it as plain data."""
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


def _headings(keys: Sequence[str], progress: Sequence[Progress], lang: str) -> list[str]:
    days = iter(progress)
    return [
        heading(key, lang, day=day_text(next(days).day, lang)) if key == "paid_by" else heading(key, lang)
        for key in keys
    ]


def _cents(value: Number | None) -> Number | None:
    return None if value is None else plain(round(Fraction(value), 2))
