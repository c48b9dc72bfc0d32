"""Payments against the allocation, as tables and sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from allocator.allocation import Allocation
from allocator.analysis.execution import Doubt, Execution, Payer, Progress
from allocator.exact import Number, plain
from allocator.model import Scenario
from allocator.report.adding import adding_up
from allocator.report.grid import Grid, in_units, rough, unit_of
from allocator.report.sentences import so_many
from allocator.report.tabular import Role, Row
from allocator.text import money, money_unit, number, say

SHOWN = 200  # payments to be verified in a table: nobody reads on beyond that


def head(found: Execution, allocation: Allocation, lang: str) -> list[str]:
    """What is held against what, and how much is paid by the day."""
    scenario = allocation.scenario
    details = {"title": getattr(scenario.title, lang), "count": len(found.payers)}
    lines = [say("execution.against", lang, allocated=cash(found.allocated, scenario, lang), **details)]
    if allocation.differences is not None:
        off = [r.name for r in scenario.recipients if allocation.differences[r.id]]
        if off:
            lines.append(say("execution.against_differs", lang, names=off[:10]))
    if found.payments.illustrative:
        lines.append(say("execution.illustrative", lang))
    return [*lines, *paid_lines(found, scenario, lang)]


def paid_lines(found: Execution, scenario: Scenario, lang: str) -> list[str]:
    """How much is paid by the day, and what is not counted."""
    paid, left = found.now.total, plain(found.allocated - found.now.total)
    details = {
        "day": day_text(found.on, lang),
        "paid": cash(paid, scenario, lang),
        "rate": rate_text(found.rate, lang),
    }
    if left < 0:
        lines = [say("execution.head_over", lang, over=cash(-left, scenario, lang), **details)]
    else:
        lines = [say("execution.head", lang, left=cash(left, scenario, lang), **details)]
    if found.later:
        lines.append(say("execution.later", lang, count=found.later))
    return lines


def plan_lines(found: Execution, scenario: Scenario, lang: str) -> list[str]:
    """What on schedule means, and who is behind it by how much."""
    now, rules = found.now, found.rules
    day = day_text(found.on, lang)
    if now.planned is None:
        return [say("execution.plan_none", lang, day=day)]
    details: dict[str, object] = {"day": day, "planned": rate_text(now.planned, lang)}
    if rules.plan == "elapsed":
        details |= {"notice": day_text(rules.notice, lang), "end": day_text(rules.end, lang)}
    lines = [say(f"execution.plan_{rules.plan}", lang, **details)]
    due = scheduled(found, scenario)
    late = [
        say(
            "execution.late_one", lang, name=payer.name,
            by=rough(by, scenario, lang, 2, tabled=lag_shown(found, due, payer, scenario)),
            rate=rate_text(part(now.paid[payer.id], payer.allocated), lang),
        )
        for payer, by in found.late
    ]  # fmt: skip
    key = "late" if late else "late_none"
    return [
        *lines,
        say(f"execution.{key}", lang, count=len(late), names=say("execution.listed", lang).join(late)),
    ]


def clause_lines(found: Execution, lang: str) -> list[str]:
    """Which clause says of which uses whether they are permitted."""
    said: dict[str, list[str]] = {}
    for use in found.rules.uses:
        said.setdefault(getattr(use.clause, lang), []).append(getattr(use.name, lang))
    return [say("execution.clause", lang, clause=clause, names=names) for clause, names in said.items()]


def doubt_lines(found: Execution, scenario: Scenario, lang: str) -> list[str]:
    """How many payments are to be verified, and that none of them is a finding."""
    if not found.doubtful:
        return [say("execution.doubts_none", lang)]
    amount = cash(found.doubted(), scenario, lang)
    lines = [say("execution.doubts", lang, count=found.doubtful, amount=amount)]
    if found.counted(("not_permitted", "unlisted")):
        lines.append(say("execution.lists_open", lang))
    return lines


def doubt_sentences(found: Execution, scenario: Scenario, lang: str) -> list[str]:
    """A sentence for each payment to be verified, with its line."""
    return [
        say(
            "execution.doubt", lang, line=str(doubt.line), payer=doubt.payer.name,
            day=doubt.day.isoformat(), amount=cash(doubt.amount, scenario, lang),
            use=use_text(found, doubt.use, lang), reasons=reasons_text(doubt, scenario, lang),
        )
        for doubt in found.doubts()
    ]  # fmt: skip


def closing(found: Execution, scenario: Scenario, lang: str) -> list[str]:
    """That everything adds up."""
    paid, allocated = (cash(amount, scenario, lang) for amount in (found.now.total, found.allocated))
    return [say("execution.adds_up", lang, paid=paid, allocated=allocated)]


# --- tables ---------------------------------------------------------------------------------------


def progress_grid(found: Execution, scenario: Scenario, lang: str, *, last: bool = False) -> Grid:
    """What each payer was allocated and has paid at each checkpoint (or the last), and who is behind."""
    days = found.progress[-1:] if last else found.progress
    planned = found.now.planned is not None
    keys = ["allocated", *["paid_by"] * len(days), "rate"]
    keys += ["planned", "lag"] if planned else []
    headers = [heading("payer", lang), *_headings(keys, days, lang), heading("state", lang)]
    due = scheduled(found, scenario)

    def line(role: Role, name: str, members: Sequence[Payer], state: str = "") -> Row:
        allocated = _sum(payer.allocated for payer in members)
        paid = [_sum(p.paid[payer.id] for payer in members) for p in days]
        cells = [amount(allocated, scenario, lang), *(amount(x, scenario, lang) for x in paid)]
        cells.append(rate_text(part(paid[-1], allocated), lang) if allocated else "")
        if due:
            lag = _sum(lag_shown(found, due, payer, scenario) for payer in members)
            cells += [number(_sum(due[payer.id] for payer in members), lang, 2), number(lag, lang, 2)]
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
    numeric = (False, *[True] * len(keys), False)
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
    }


# --- words ----------------------------------------------------------------------------------------


def heading(key: str, lang: str, **details: object) -> str:
    """A heading of one of the tables."""
    return say(f"execution.heading.{key}", lang, **details)


def _headings(keys: Sequence[str], progress: Sequence[Progress], lang: str) -> list[str]:
    days = iter(progress)
    return [
        heading(key, lang, day=day_text(next(days).day, lang)) if key == "paid_by" else heading(key, lang)
        for key in keys
    ]


def list_of(found: Execution, use: str) -> str:
    """Which list a use is on: "permitted", "not_permitted" or "unlisted"."""
    rule = found.use_rule(use)
    return "unlisted" if rule is None else "permitted" if rule.permitted else "not_permitted"


def use_text(found: Execution, use: str, lang: str) -> str:
    """A use's name; one on neither list stays as it was written."""
    rule = found.use_rule(use)
    return use if rule is None else str(getattr(rule.name, lang))


def state_text(found: Execution, payer: Payer, lang: str) -> str:
    """Whether a payer is behind schedule."""
    behind = found.now.behind(payer)
    if not payer.allocated and not found.now.paid[payer.id]:
        return say("execution.state.none", lang)
    if found.now.paid[payer.id] > payer.allocated:
        return say("execution.state.above", lang)
    if found.now.paid[payer.id] == payer.allocated:
        return say("execution.state.paid", lang)
    if behind is None:
        return say("execution.state.none", lang)
    return say("execution.state.late" if behind else "execution.state.on_schedule", lang)


def reasons_text(doubt: Doubt, scenario: Scenario, lang: str) -> str:
    """Why a payment is to be verified."""
    over = cash(doubt.over, scenario, lang)
    details = {"over": over, "first": "" if doubt.first is None else str(doubt.first)}
    reasons = [say(f"execution.reason.{reason}", lang, **details) for reason in doubt.reasons]
    return say("execution.reasons", lang).join(reasons)


def day_text(day: date, lang: str) -> str:
    """A day in a sentence.

    >>> day_text(date(2023, 9, 30), "zh"), day_text(date(2023, 9, 30), "en")
    ('2023年9月30日', '30 September 2023')
    """
    month = say("execution.months.names", lang).split()[day.month - 1]
    return say("execution.months.day", lang, year=str(day.year), month=month, day=str(day.day))


def cash(value: Number, scenario: Scenario, lang: str) -> str:
    """An amount in a sentence."""
    return money(value, scenario.fund.currency, lang)


def amount(value: Number, scenario: Scenario, lang: str) -> str:
    """An amount in a table."""
    return number(in_units(value, scenario), lang)


def rate_text(value: Fraction, lang: str) -> str:
    """A part as percent; what is not quite all never shows as all of it."""
    shown = round(value * 100, 2)
    if value < 1 <= shown / 100:
        shown = Fraction(9999, 100)
    return number(shown, lang, 2)


def part(paid: Number, allocated: Number) -> Fraction:
    """A part of an amount; of nothing it is nothing."""
    return Fraction(paid) / allocated if allocated else Fraction(0)


def scheduled(found: Execution, scenario: Scenario) -> dict[str, Number]:
    """What each payer should have paid, in the shown unit, so that it adds up; empty without a plan."""
    planned = found.now.planned
    if planned is None:
        return {}
    due = [in_units(plain(planned * payer.allocated), scenario) for payer in found.payers]
    return {payer.id: x for payer, x in zip(found.payers, adding_up(due, 2), strict=True)}


def lag_shown(found: Execution, due: Mapping[str, Number], payer: Payer, scenario: Scenario) -> Number:
    """By how much less than scheduled a payer has paid, from the figures that are shown."""
    return max(0, plain(due[payer.id] - in_units(found.now.paid[payer.id], scenario)))


def _cents(value: Number | None) -> Number | None:
    return None if value is None else plain(round(Fraction(value), 2))


def _sum(values: Iterable[Number]) -> Number:
    return plain(sum(values, start=Fraction(0)))
