"""Payments against the allocation, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from allocator.analysis.execution import Doubt, Execution, Payer, Payments
from allocator.core.allocation import Allocation
from allocator.core.exact import Number, plain
from allocator.core.model import Scenario
from allocator.report.tables.grid import in_units, rough
from allocator.report.tables.rounding import adding_up
from allocator.report.tables.table import total_of
from allocator.text import money, number, say

MOST_REPEATS = 20  # rows that are named in one sentence


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


def published_rate(scenario: Scenario, lang: str) -> str:
    """The execution rate that the published uses make, which are totals of the whole fund."""
    spent = total_of(use.amount for use in scenario.uses)
    rate = rate_text(part(spent, scenario.fund.amount), lang)
    details = {"spent": cash(spent, scenario, lang), "fund": cash(scenario.fund.amount, scenario, lang)}
    return say("execution.published_rate", lang, rate=rate, **details)


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
    """What the rules rest on, and which clause says of which uses whether they are permitted."""
    source = found.rules.source
    lines = [] if source is None else [say("execution.source", lang, source=source)]
    said: dict[str, list[str]] = {}
    for use in found.rules.uses:
        said.setdefault(getattr(use.clause, lang), []).append(getattr(use.name, lang))
    return [*lines, *(say("execution.clause", lang, clause=key, names=uses) for key, uses in said.items())]


def doubt_lines(found: Execution, scenario: Scenario, lang: str) -> list[str]:
    """How many payments are to be verified, that none of them is a finding, and which rows are alike."""
    alike = repeat_lines(found.payments, lang)
    if not found.doubtful:
        return [say("execution.doubts_none", lang), *alike]
    amount = cash(found.doubted(), scenario, lang)
    lines = [say("execution.doubts", lang, count=found.doubtful, amount=amount)]
    if found.counted(("not_permitted", "unlisted")):
        lines.append(say("execution.lists_open", lang))
    return [*lines, *alike]


def repeat_lines(payments: Payments, lang: str) -> list[str]:
    """Which rows of the file, of any day, say the same in everything as an earlier one."""
    found = payments.repeats
    if not found:
        return []
    pairs = list(found.items())[:MOST_REPEATS]
    lines = [say("execution.repeat", lang, line=str(line), first=str(first)) for line, first in pairs]
    key = "repeats" if len(found) == len(pairs) else "repeats_first"
    listed = say("execution.listed", lang).join(lines)
    return [say(f"execution.{key}", lang, count=len(found), most=len(pairs), lines=listed)]


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
    """That everything adds up, where it does."""
    if not found.adds_up:
        return []
    paid, allocated = (cash(amount, scenario, lang) for amount in (found.now.total, found.allocated))
    return [say("execution.adds_up", lang, paid=paid, allocated=allocated)]


# --- words ----------------------------------------------------------------------------------------


def heading(key: str, lang: str, **details: object) -> str:
    """A heading of one of the tables."""
    return say(f"execution.heading.{key}", lang, **details)


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
