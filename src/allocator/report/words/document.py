"""The arithmetic of what was published: where the fund went, what it was spent on, and whether it adds up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from allocator.core.exact import Number, plain
from allocator.core.model import Scenario
from allocator.report.tables.grid import Grid, in_units, unit_of
from allocator.report.tables.table import Role, Row
from allocator.report.words.rule import so_many
from allocator.text import money, number, say

Line = tuple[Role, str, Number]


def fund_grid(scenario: Scenario, lang: str) -> Grid:
    """Every published amount with its part of the fund; needs a published split."""
    published = scenario.published or {}
    lines: list[Line] = [("reservation", getattr(r.name, lang), r.amount) for r in scenario.reservations]
    if lines:
        lines.append(("subtotal", say("table.departments", lang), scenario.reserved))
    lines += [("recipient", getattr(r.name, lang), published[r.id]) for r in scenario.recipients]
    whom = so_many(scenario, len(scenario.recipients), lang)
    lines.append(("subtotal", whom, _sum(published.values())))
    lines.append(("total", say("table.total", lang), plain(_sum(published.values()) + scenario.reserved)))
    return _grid("fund", lines, scenario, lang)


def uses_grid(scenario: Scenario, lang: str) -> Grid | None:
    """What the fund was spent on, where the scenario says so."""
    if not scenario.uses:
        return None
    lines: list[Line] = [("recipient", getattr(use.name, lang), use.amount) for use in scenario.uses]
    lines.append(("total", say("table.total", lang), _sum(use.amount for use in scenario.uses)))
    return _grid("uses", lines, scenario, lang)


def sums(scenario: Scenario, lang: str) -> list[str]:
    """Whether what was published adds up, a sentence each."""
    fund, currency = scenario.fund.amount, scenario.fund.currency
    split = _sum((scenario.published or {}).values())
    details = {
        "split": money(split, currency, lang),
        "reserved": money(scenario.reserved, currency, lang),
        "fund": money(fund, currency, lang),
    }
    key = "parts" if scenario.reserved else "parts_alone"
    lines = [_sentence(key, plain(split + scenario.reserved - fund), currency, lang, **details)]
    if scenario.uses:
        spent = _sum(use.amount for use in scenario.uses)
        details = {"spent": money(spent, currency, lang), "fund": details["fund"]}
        lines.append(_sentence("uses", plain(spent - fund), currency, lang, **details))
    return lines


def source_line(scenario: Scenario, lang: str) -> str:
    """Where the published figures are from, as far as the scenario says."""
    source = scenario.fund.source
    return say("app.published.source" if source else "app.published.unsourced", lang, source=source)


def _sentence(key: str, by: Number, currency: str, lang: str, **details: str) -> str:
    ends = "equal" if not by else "more" if by > 0 else "less"
    return say(f"app.published.{key}_{ends}", lang, by=money(max(by, -by), currency, lang), **details)


def _sum(amounts: Iterable[Number]) -> Number:
    return plain(sum(amounts, start=Fraction(0)))


def _grid(key: str, lines: Sequence[Line], scenario: Scenario, lang: str) -> Grid:
    """Every part of the fund rounded by itself: equal amounts have equal parts, also where the sum is off."""
    rows = [
        Row(
            role,
            (
                name,
                number(in_units(amount, scenario), lang),
                say(
                    "app.rule.percent",
                    lang,
                    value=number(Fraction(100 * amount) / scenario.fund.amount, lang, 1),
                ),
            ),
        )
        for role, name, amount in lines
    ]
    headers = tuple(say(f"app.published.{name}", lang) for name in (f"{key}_item", "amount", "part"))
    caption = say(f"app.published.{key}_caption", lang)
    return Grid(caption, headers, (False, True, True), tuple(rows), unit_of(scenario, lang))
