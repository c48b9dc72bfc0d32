"""Payments against the allocation, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from allocator.analysis.execution import Doubt, Execution, Payer, Payments
from allocator.core.allocation import Allocation
from allocator.core.exact import Number, plain
from allocator.core.model import Scenario
from allocator.report.tables.figures import in_units, rough
from allocator.report.tables.rounding import adding_up
from allocator.report.tables.table import total_of
from allocator.text import Phrasebook

MOST_REPEATS = 20  # rows that one sentence names at most


def head(found: Execution, allocation: Allocation, book: Phrasebook) -> list[str]:
    """The opening lines: the allocation that payments are compared with, and the sum paid by the day."""
    scenario = allocation.scenario
    details = {"title": book.text(scenario.title), "count": len(found.payers)}
    lines = [book.say("execution.against", allocated=cash(found.allocated, scenario, book), **details)]
    if allocation.differences is not None:
        off = [r.name for r in scenario.recipients if allocation.differences[r.id]]
        if off:
            lines.append(book.say("execution.against_differs", names=off[:10]))
    if found.payments.illustrative:
        lines.append(book.say("execution.illustrative"))
    return [*lines, *paid_lines(found, scenario, book)]


def paid_lines(found: Execution, scenario: Scenario, book: Phrasebook) -> list[str]:
    """Sentences on the sum paid by the day, and on the payments that are not counted."""
    paid, left = found.now.total, plain(found.allocated - found.now.total)
    details = {
        "day": day_text(found.on, book),
        "paid": cash(paid, scenario, book),
        "rate": rate_text(found.rate, book),
    }
    if left < 0:
        lines = [book.say("execution.head_over", over=cash(-left, scenario, book), **details)]
    else:
        lines = [book.say("execution.head", left=cash(left, scenario, book), **details)]
    if found.later:
        lines.append(book.say("execution.later", count=found.later))
    return lines


def published_rate(scenario: Scenario, book: Phrasebook) -> str:
    """The execution rate by the published uses, which are totals of the whole fund."""
    spent = total_of(use.amount for use in scenario.uses)
    rate = rate_text(part(spent, scenario.fund.amount), book)
    details = {"spent": cash(spent, scenario, book), "fund": cash(scenario.fund.amount, scenario, book)}
    return book.say("execution.published_rate", rate=rate, **details)


def plan_lines(found: Execution, scenario: Scenario, book: Phrasebook) -> list[str]:
    """Sentences on the schedule, and on who is behind it and by how much."""
    now, rules = found.now, found.rules
    day = day_text(found.on, book)
    if now.planned is None:
        return [book.say("execution.plan_none", day=day)]
    details: dict[str, object] = {"day": day, "planned": rate_text(now.planned, book)}
    if rules.plan == "elapsed":
        details |= {"notice": day_text(rules.notice, book), "end": day_text(rules.end, book)}
        lines = [book.say("execution.plan_elapsed", **details)]
    else:
        lines = [book.say("execution.plan_stated", **details)]
    due = scheduled(found, scenario)
    late = [
        book.say(
            "execution.late_one", name=payer.name,
            by=rough(by, scenario, book, 2, tabled=lag_shown(found, due, payer, scenario)),
            rate=rate_text(part(now.paid[payer.id], payer.allocated), book),
        )
        for payer, by in found.late
    ]  # fmt: skip
    key = "execution.late" if late else "execution.late_none"
    return [*lines, book.say(key, count=len(late), names=book.say("execution.listed").join(late))]


def clause_lines(found: Execution, book: Phrasebook) -> list[str]:
    """Sentences on the source of the rules, and on the uses that each clause is about."""
    source = found.rules.source
    lines = [] if source is None else [book.say("execution.source", source=source)]
    said: dict[str, list[str]] = {}
    for use in found.rules.uses:
        said.setdefault(book.text(use.clause), []).append(book.text(use.name))
    return [*lines, *(book.say("execution.clause", clause=key, names=uses) for key, uses in said.items())]


def doubt_lines(found: Execution, scenario: Scenario, book: Phrasebook) -> list[str]:
    """Sentences on payments to be verified (none is a finding), their sum, and rows that repeat others."""
    alike = repeat_lines(found.payments, book)
    if not found.doubtful:
        return [book.say("execution.doubts_none"), *alike]
    amount = cash(found.doubted(), scenario, book)
    lines = [book.say("execution.doubts", count=found.doubtful, amount=amount)]
    if found.counted(("not_permitted", "unlisted")):
        lines.append(book.say("execution.lists_open"))
    return [*lines, *alike]


def repeat_lines(payments: Payments, book: Phrasebook) -> list[str]:
    """The sentence on rows of the file, of any day, that repeat an earlier one in full; [] without any."""
    found = payments.repeats
    if not found:
        return []
    pairs = list(found.items())[:MOST_REPEATS]
    lines = [book.say("execution.repeat", line=str(line), first=str(first)) for line, first in pairs]
    key = "execution.repeats" if len(found) == len(pairs) else "execution.repeats_first"
    listed = book.say("execution.listed").join(lines)
    return [book.say(key, count=len(found), most=len(pairs), lines=listed)]


def doubt_sentences(found: Execution, scenario: Scenario, book: Phrasebook) -> list[str]:
    """A sentence for each payment to be verified, with its line."""
    return [
        book.say(
            "execution.doubt", line=str(doubt.line), payer=doubt.payer.name,
            day=doubt.day.isoformat(), amount=cash(doubt.amount, scenario, book),
            use=use_text(found, doubt.use, book), reasons=reasons_text(doubt, scenario, book),
        )
        for doubt in found.doubts()
    ]  # fmt: skip


def closing(found: Execution, scenario: Scenario, book: Phrasebook) -> list[str]:
    """The sentence that the payments add up; [] where they do not."""
    if not found.adds_up:
        return []
    paid, allocated = (cash(amount, scenario, book) for amount in (found.now.total, found.allocated))
    return [book.say("execution.adds_up", paid=paid, allocated=allocated)]


# --- words ----------------------------------------------------------------------------------------


def list_of(found: Execution, use: str) -> str:
    """The list that a use is on: "permitted", "not_permitted" or "unlisted"."""
    rule = found.use_rule(use)
    return "unlisted" if rule is None else "permitted" if rule.permitted else "not_permitted"


def use_text(found: Execution, use: str, book: Phrasebook) -> str:
    """A use's name; one on neither list stays as it was written."""
    rule = found.use_rule(use)
    return use if rule is None else str(book.text(rule.name))


def state_text(found: Execution, payer: Payer, book: Phrasebook) -> str:
    """The state of a payer: behind or on schedule, fully paid, above its allocation, or none."""
    behind = found.now.behind(payer)
    if not payer.allocated and not found.now.paid[payer.id]:
        return book.say("execution.state.none")
    if found.now.paid[payer.id] > payer.allocated:
        return book.say("execution.state.above")
    if found.now.paid[payer.id] == payer.allocated:
        return book.say("execution.state.paid")
    if behind is None:
        return book.say("execution.state.none")
    return book.say("execution.state.late" if behind else "execution.state.on_schedule")


def reasons_text(doubt: Doubt, scenario: Scenario, book: Phrasebook) -> str:
    """The reasons why a payment is to be verified, in words."""
    over = cash(doubt.over, scenario, book)
    details = {"over": over, "first": "" if doubt.first is None else str(doubt.first)}
    reasons = [book.say(f"execution.reason.{reason}", **details) for reason in doubt.reasons]
    return book.say("execution.reasons").join(reasons)


def day_text(day: date, book: Phrasebook) -> str:
    """A day in a sentence.

    >>> day_text(date(2023, 9, 30), Phrasebook("zh")), day_text(date(2023, 9, 30), Phrasebook("en"))
    ('2023年9月30日', '30 September 2023')
    """
    month = book.say("execution.months.names").split()[day.month - 1]
    return book.say("execution.months.day", year=str(day.year), month=month, day=str(day.day))


def cash(value: Number, scenario: Scenario, book: Phrasebook) -> str:
    """An amount in a sentence."""
    return book.money(value, scenario.fund.currency)


def amount(value: Number, scenario: Scenario, book: Phrasebook) -> str:
    """An amount in a table."""
    return book.number(in_units(value, scenario))


def rate_text(value: Fraction, book: Phrasebook) -> str:
    """A part of 1 in percent; less than 1 never shows as 100."""
    shown = round(value * 100, 2)
    if value < 1 <= shown / 100:
        shown = Fraction(9999, 100)
    return book.number(shown, 2)


def part(paid: Number, allocated: Number) -> Fraction:
    """The paid part of an allocated amount; 0 where nothing is allocated."""
    return Fraction(paid) / allocated if allocated else Fraction(0)


def scheduled(found: Execution, scenario: Scenario) -> dict[str, Number]:
    """The scheduled payment of each payer in the shown unit, rounded to add up; empty without a plan."""
    planned = found.now.planned
    if planned is None:
        return {}
    due = [in_units(plain(planned * payer.allocated), scenario) for payer in found.payers]
    return {payer.id: x for payer, x in zip(found.payers, adding_up(due, 2), strict=True)}


def lag_shown(found: Execution, due: Mapping[str, Number], payer: Payer, scenario: Scenario) -> Number:
    """The amount by which a payer is behind schedule, in the shown unit, from the figures as shown."""
    return max(0, plain(due[payer.id] - in_units(found.now.paid[payer.id], scenario)))
