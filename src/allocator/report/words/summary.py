"""What was read of a scenario, item by item, for whoever checks a file."""

from __future__ import annotations

from allocator.core.engine import METHOD_VERSION
from allocator.core.exact import Number, plain
from allocator.core.model import Scenario
from allocator.report.tables.office import weight_text
from allocator.report.words.rule import MOST_LIMITS, limit_clauses, limit_words
from allocator.text import kind_text, say
from allocator.text import money as money_text


def read_lines(scenario: Scenario, lang: str) -> list[tuple[str, str]]:
    """What was read: an item's name, and what it is."""
    fund = scenario.fund

    def money(amount: Number) -> str:
        return money_text(amount, fund.currency, lang)

    items: list[tuple[str, str | None]] = [
        ("title", getattr(scenario.title, lang)),
        ("fund", money(fund.amount)),
        ("reservations", f"{len(scenario.reservations)}: {money(scenario.reserved)}"),
        ("earmarks", f"{len(scenario.earmarks)}: {money(scenario.earmarked)}"),
        ("distributable", money(scenario.distributable)),
        ("unit", money(fund.unit)),
        ("rounding", say(f"check.{fund.rounding}", lang)),
        ("method", say(f"check.{scenario.kind}", lang)),
        ("coefficient", scenario.coefficient),
        ("recipients", _kinds(scenario, lang)),
    ]
    shown = [(say(f"check.{key}", lang), value) for key, value in items if value is not None]
    for factor in scenario.factors:
        status = say(f"status.{factor.status}", lang)
        if factor.id in scenario.weights:
            weight = weight_text(scenario.weights[factor.id], scenario.kind, lang)
            total = plain(sum((value for value in factor.values if value is not None), start=0))
            value = say(
                "check.factor_read", lang, name=factor.name, weight=weight, status=status, total=total
            )
            shown.append((say("check.factor", lang, id=factor.id), value))
        else:
            value = say("check.reference_read", lang, name=factor.name, status=status)
            shown.append((say("check.reference", lang, id=factor.id), value))
    shown.append((say("check.limits", lang), _limits(scenario, lang)))
    if scenario.published is not None:
        total = plain(sum(scenario.published.values(), start=0))
        by = plain(total - (fund.amount - scenario.reserved))
        key = "check.published_read" if by else "check.published_whole"
        shown.append((say("check.published", lang), say(key, lang, total=money(total), by=money(by))))
    if scenario.previous is not None:
        total = plain(sum(scenario.previous.values(), start=0))
        shown.append((say("check.previous", lang), money(total)))
    if scenario.provenance:
        shown.append((say("check.provenance", lang), str(len(scenario.provenance))))
    shown.append((say("check.method_version", lang), METHOD_VERSION))
    return [*shown, (say("check.digest", lang), scenario.digest)]


def _limits(scenario: Scenario, lang: str) -> str:
    """How many floors and caps there are, and what the first of them say."""
    if not scenario.limits:
        return "0"
    words = limit_words(scenario)
    clauses = [
        clause for limit in scenario.limits[:MOST_LIMITS] for clause in limit_clauses(limit, lang, words)
    ]
    return f"{len(scenario.limits)}: " + say("app.rule.join", lang).join(clauses)


def _kinds(scenario: Scenario, lang: str) -> str:
    counts: dict[str, int] = {}
    for recipient in scenario.recipients:
        counts[recipient.kind] = counts.get(recipient.kind, 0) + 1
    named = [f"{kind_text(kind, lang)} {count}" for kind, count in counts.items() if kind]
    return f"{len(scenario.recipients)}" + (f" ({', '.join(named)})" if named else "")
