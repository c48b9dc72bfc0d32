"""A summary of a scenario, item by item, for checking its file."""

from __future__ import annotations

from allocator.core.allocation import Allocation
from allocator.core.engine import METHOD_VERSION
from allocator.core.exact import Number, plain
from allocator.core.model import Scenario
from allocator.report.tables.office import weight_text
from allocator.report.words.pools import pool_lines
from allocator.report.words.rule import MOST_LIMITS, limit_clauses, limit_words
from allocator.text import Phrasebook


def read_lines(allocation: Allocation, book: Phrasebook) -> list[tuple[str, str]]:
    """The items of a scenario that can be split, each as its name and its value in words."""
    scenario = allocation.scenario
    fund = scenario.fund

    def money(amount: Number) -> str:
        return book.money(amount, fund.currency)

    items: list[tuple[str, str | None]] = [
        ("check.title", book.text(scenario.title)),
        ("check.fund", money(fund.amount)),
        ("check.reservations", f"{len(scenario.reservations)}: {money(allocation.reserved)}"),
        ("check.earmarks", f"{len(scenario.earmarks)}: {money(scenario.earmarked)}"),
        ("check.distributable", money(scenario.distributable)),
        ("check.unit", money(fund.unit)),
        ("check.rounding", book.say(f"check.{fund.rounding}")),
        *_method(scenario, book),
        ("check.recipients", _kinds(scenario, book)),
    ]
    shown = [(book.say(key), value) for key, value in items if value is not None]
    shown += [(book.say("pools.check"), line) for line in pool_lines(allocation, book)]
    weights = {} if scenario.pools else scenario.weights
    for factor in scenario.factors:
        status = book.say(f"status.{factor.status}")
        if factor.formula is not None:
            details = {"name": factor.name, "formula": factor.formula.text, "status": status}
            shown.append((book.say("pools.formula", id=factor.id), book.say("pools.formula_read", **details)))
        elif factor.id in weights:
            weight = weight_text(weights[factor.id], scenario.kind, book)
            total = plain(sum((value for value in factor.values if value is not None), start=0))
            value = book.say("check.factor_read", name=factor.name, weight=weight, status=status, total=total)
            shown.append((book.say("check.factor", id=factor.id), value))
        elif factor in scenario.behind:
            value = book.say("pools.taken", name=factor.name, status=status)
            shown.append((book.say("check.reference", id=factor.id), value))
        else:
            value = book.say("check.reference_read", name=factor.name, status=status)
            shown.append((book.say("check.reference", id=factor.id), value))
    shown.append((book.say("check.limits"), _limits(scenario, book)))
    if scenario.deductions:
        held = plain(sum((one.amount for one in scenario.deductions), start=0))
        shown.append((book.say("check.deductions"), f"{len(scenario.deductions)}: {money(held)}"))
    if scenario.adjustments:
        moved = plain(sum((max(one.amount, 0) for one in scenario.adjustments), start=0))
        shown.append((book.say("check.adjustments"), f"{len(scenario.adjustments)}: {money(moved)}"))
    if scenario.issued is not None:
        shown.append((book.say("check.issued"), money(plain(sum(scenario.issued.values(), start=0)))))
    if scenario.published is not None:
        total = plain(sum(scenario.published.values(), start=0))
        by = plain(total - (fund.amount - scenario.reserved))
        key = "check.published_read" if by else "check.published_whole"
        shown.append((book.say("check.published"), book.say(key, total=money(total), by=money(by))))
    if scenario.previous is not None:
        total = plain(sum(scenario.previous.values(), start=0))
        shown.append((book.say("check.previous"), money(total)))
    if scenario.provenance:
        shown.append((book.say("check.provenance"), str(len(scenario.provenance))))
    # a rule that leaves money over is refused before it comes here, with the reason
    shown.append(
        (book.say("check.whole"), book.say("check.whole_read", amount=money(scenario.distributable)))
    )
    shown.append((book.say("check.method_version"), METHOD_VERSION))
    return [*shown, (book.say("check.digest"), scenario.digest)]


def _method(scenario: Scenario, book: Phrasebook) -> list[tuple[str, str | None]]:
    """The kind and the coefficient of a rule without pools; those of pools stand in their own lines."""
    if scenario.pools:
        return []
    return [
        ("check.method", book.say("check.shares" if scenario.kind == "shares" else "check.scores")),
        ("check.coefficient", scenario.coefficient),
    ]


def _limits(scenario: Scenario, book: Phrasebook) -> str:
    """The number of limits, and the first of them in words."""
    if not scenario.limits:
        return "0"
    words = limit_words(scenario)
    clauses = [
        clause for limit in scenario.limits[:MOST_LIMITS] for clause in limit_clauses(limit, book, words)
    ]
    return f"{len(scenario.limits)}: " + book.say("rule.join").join(clauses)


def _kinds(scenario: Scenario, book: Phrasebook) -> str:
    counts: dict[str, int] = {}
    for recipient in scenario.recipients:
        counts[recipient.kind] = counts.get(recipient.kind, 0) + 1
    named = [f"{book.kind(kind)} {count}" for kind, count in counts.items() if kind]
    return f"{len(scenario.recipients)}" + (f" ({', '.join(named)})" if named else "")
