"""Other answers of an audit in words: the nearest weights, the ranges of shares, a table that fits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from allocator.analysis.audit import Audit, Bounds, Nearest, Weighting
from allocator.core.exact import Number
from allocator.core.model import Scenario
from allocator.core.parts import Factor
from allocator.report.audit.verdict import of_money, premise
from allocator.report.tables.figures import who as recipients_header
from allocator.report.tables.table import Row, Table, written
from allocator.report.words.ranges import (
    SHARE_STEP,
    names_of,
    outward,
    span_text,
    total_text,
    weights_text,
    who,
)
from allocator.text import ZH, Phrasebook

# after other weights, already now, and never
_POSSIBLE = "audit.nearest_possible", "audit.nearest_possible_now", "audit.nearest_possible_never"
_CERTAIN = "audit.nearest_certain", "audit.nearest_certain_now", "audit.nearest_certain_never"


@dataclass(frozen=True)
class Target:
    """A target of an audit: that these recipients together get less ("below") or more ("above") than this."""

    recipients: tuple[str, ...]
    side: str
    amount: Number


def nearest_lines(audit: Audit, target: Target, found: Nearest, book: Phrasebook) -> list[str]:
    """The nearest weights at which a target is possible and those at which it is certain, under a reading."""
    scenario = audit.reading.scenario
    names = who(scenario, target.recipients, book)
    if len(target.recipients) > 1:
        names = book.say("audit.together", names=names)
    side = "audit.below" if target.side == "below" else "audit.above"
    size = book.say(side, amount=total_text(target.amount, scenario, book))
    lines = []
    for keys, weighting in ((_POSSIBLE, found.possible), (_CERTAIN, found.certain)):
        said = _weighting(keys, weighting, names, size, scenario, book)
        lines.append(book.say("audit.under", premise=premise(audit, book), what=said))
    if found.certain is None and not audit.case.facts:
        lines.append(of_money("audit.nearest_same", "audit.nearest_same_not_money", scenario, book))
    return lines


def _weighting(
    keys: tuple[str, str, str],
    found: Weighting | None,
    names: object,
    target: str,
    scenario: Scenario,
    book: Phrasebook,
) -> str:
    then, now, never = keys
    if found is None:
        return book.say(never, names=names, target=target)
    span = span_text(found.range, scenario, book)
    if not found.change:
        return book.say(now, names=names, target=target, range=span)
    weights = weights_text(found.weights, scenario, book)
    points = "audit.points_shares" if scenario.kind == "shares" else "audit.points_scores"
    moved = book.say(points, change=found.change)
    return book.say(then, names=names, target=target, weights=weights, change=moved, range=span)


def nearest_data(found: Nearest) -> dict[str, Any]:
    """The nearest weights as plain data, with ranges rounded outward."""
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


def share_sentence(audit: Audit, shares: Mapping[str, Bounds], id: str, book: Phrasebook) -> str:
    """The ranges of one recipient's factor shares, in a sentence that names the reading."""
    line = share_line(audit, shares, id, book)
    return book.say("audit.under", premise=premise(audit, book), what=line)


def share_line(audit: Audit, shares: Mapping[str, Bounds], id: str, book: Phrasebook) -> str:
    """The ranges of one recipient's factor shares, as far as they are narrower than 0 % to 100 %."""
    scenario = audit.reading.scenario
    name = names_of(scenario, [id])
    said = []
    for factor, bounds in shares.items():
        low, high = (end * 100 for end in outward(bounds[id], SHARE_STEP))
        if low > 0 or high < 100:
            key = "audit.share_exact" if low == high else "audit.share_of"
            said.append(book.say(key, factor=scenario.factor(factor).name, low=low, high=high))
    key = "audit.share_line" if said else "audit.share_none"
    return book.say(key, name=name, ranges=said)


def fitting_table(scenario: Scenario, table: Sequence[Factor], book: Phrasebook, digits: int) -> Table:
    """A table that fits, in percent of each factor."""
    rows = [
        Row(
            "recipient",
            (
                book.text(recipient.name),
                *("—" if f.values[i] is None else book.number(f.values[i] or 0, digits) for f in table),
            ),
        )
        for i, recipient in enumerate(scenario.recipients)
    ]
    totals = [sum((x for x in f.values if x is not None), start=Fraction(0)) for f in table]
    total = Row("total", (book.say("table.total"), *(book.number(t, digits) for t in totals)))
    headers = (recipients_header(scenario, book), *(book.text(f.name) for f in table))
    numeric = (False, *(True for _ in table))
    return written(
        book.say("audit.table"),
        headers,
        numeric,
        (*rows, total),
        book.say("table.unit", unit="%"),
    )


def table_sentence(prior: str, book: Phrasebook) -> str:
    """The remark that a table that fits is derived from a prior ("equal" or "data") and proves nothing."""
    said = book.say("audit.prior_equal" if prior == "equal" else "audit.prior_data")
    return book.say("audit.table_derived", prior=said)


def table_rows(scenario: Scenario, table: Sequence[Factor]) -> list[list[str]]:
    """A table that fits as the rows of a factors file, in plain digits."""
    rows = [["recipient", *(factor.id for factor in table)]]
    for i, id in enumerate(scenario.ids):
        values = [factor.values[i] for factor in table]
        if None not in values:
            rows.append([id, *(ZH.number(value or 0, 15).rstrip("0").rstrip(".") for value in values)])
    return rows
