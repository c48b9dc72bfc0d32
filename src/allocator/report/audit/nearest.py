"""Other answers of an audit in words: the nearest weights, what follows for shares, a table that fits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from allocator.analysis.audit import Audit, Bounds, Nearest, Weighting
from allocator.core.exact import Number
from allocator.core.model import Scenario
from allocator.core.parts import Factor
from allocator.report.audit.verdict import premise
from allocator.report.tables.grid import Grid
from allocator.report.tables.grid import who as recipients_header
from allocator.report.tables.table import Row
from allocator.report.words.ranges import (
    SHARE_STEP,
    names_of,
    outward,
    span_text,
    total_text,
    weights_text,
    who,
)
from allocator.text import number, say


@dataclass(frozen=True)
class Target:
    """What is looked for: that these recipients together get less ("below") or more ("above") than this."""

    recipients: tuple[str, ...]
    side: str
    amount: Number


def nearest_lines(audit: Audit, target: Target, found: Nearest, lang: str) -> list[str]:
    """The nearest weights at which a target is possible and those at which it is certain, under a reading."""
    scenario = audit.reading.scenario
    names = who(scenario, target.recipients, lang)
    if len(target.recipients) > 1:
        names = say("audit.together", lang, names=names)
    size = say(f"audit.{target.side}", lang, amount=total_text(target.amount, scenario, lang))
    lines = []
    for key, weighting in (("possible", found.possible), ("certain", found.certain)):
        said = _weighting(f"audit.nearest_{key}", weighting, names, size, scenario, lang)
        lines.append(say("audit.under", lang, premise=premise(audit, lang), what=said))
    if found.certain is None and not audit.case.facts:
        lines.append(say("audit.nearest_same", lang))
    return lines


def _weighting(
    key: str, found: Weighting | None, names: object, target: str, scenario: Scenario, lang: str
) -> str:
    if found is None:
        return say(f"{key}_never", lang, names=names, target=target)
    span = span_text(found.range, scenario, lang)
    if not found.change:
        return say(f"{key}_now", lang, names=names, target=target, range=span)
    weights = weights_text(found.weights, scenario, lang)
    moved = say(f"audit.points_{scenario.kind}", lang, change=found.change)
    return say(key, lang, names=names, target=target, weights=weights, change=moved, range=span)


def nearest_data(found: Nearest) -> dict[str, Any]:
    """The same as plain data."""
    return {
        name: None
        if one is None
        else {
            "weights": {factor: float(weight) for factor, weight in one.weights.items()},
            "change": float(one.change),
            "range": [float(end) for end in outward(one.range, Fraction(1, 100))],
        }
        for name, one in (("possible", found.possible), ("certain", found.certain))
    }


def share_sentence(audit: Audit, shares: Mapping[str, Bounds], id: str, lang: str) -> str:
    """What follows for one recipient's shares of the factors, with all that is supposed for it."""
    line = share_line(audit, shares, id, lang)
    return say("audit.under", lang, premise=premise(audit, lang), what=line)


def share_line(audit: Audit, shares: Mapping[str, Bounds], id: str, lang: str) -> str:
    """What follows for one recipient's shares of the factors, where it is less than anything at all."""
    scenario = audit.reading.scenario
    name = names_of(scenario, [id])
    said = []
    for factor, bounds in shares.items():
        low, high = (end * 100 for end in outward(bounds[id], SHARE_STEP))
        if low > 0 or high < 100:
            key = "audit.share_exact" if low == high else "audit.share_of"
            said.append(say(key, lang, factor=scenario.factor(factor).name, low=low, high=high))
    key = "audit.share_line" if said else "audit.share_none"
    return say(key, lang, name=name, ranges=said)


def table_grid(scenario: Scenario, table: Sequence[Factor], lang: str, digits: int) -> Grid:
    """A table that fits, in percent of each factor."""
    rows = [
        Row(
            "recipient",
            (
                getattr(recipient.name, lang),
                *("—" if f.values[i] is None else number(f.values[i] or 0, lang, digits) for f in table),
            ),
        )
        for i, recipient in enumerate(scenario.recipients)
    ]
    totals = [sum((x for x in f.values if x is not None), start=Fraction(0)) for f in table]
    total = Row("total", (say("table.total", lang), *(number(t, lang, digits) for t in totals)))
    headers = (recipients_header(scenario, lang), *(getattr(f.name, lang) for f in table))
    numeric = (False, *(True for _ in table))
    return Grid(say("audit.table", lang), headers, numeric, (*rows, total), say("table.unit", lang, unit="%"))


def table_sentence(prior: str, lang: str) -> str:
    """That a table that fits is derived, closest to which prior ("equal" or "data"), and proves nothing."""
    return say("audit.table_derived", lang, prior=say(f"audit.prior_{prior}", lang))


def table_rows(scenario: Scenario, table: Sequence[Factor]) -> list[list[str]]:
    """A table that fits as the rows of a factors file, in plain digits."""
    rows = [["recipient", *(factor.id for factor in table)]]
    for i, id in enumerate(scenario.ids):
        values = [factor.values[i] for factor in table]
        if None not in values:
            rows.append([id, *(number(value or 0, "zh", 15).rstrip("0").rstrip(".") for value in values)])
    return rows
