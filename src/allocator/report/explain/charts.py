"""Data for the charts of an explanation: a change by its reasons, and a weight lower or higher.

Amounts are exact in the steps and become floats only in the frames, on the way into a chart.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pandas as pd

from allocator.analysis.explain import Swing
from allocator.core.allocation import Allocation
from allocator.core.exact import Number, plain
from allocator.report.charts.data import Unit, round_up
from allocator.report.charts.waterfall import Step
from allocator.report.explain.difference import Account, clause_name
from allocator.report.explain.sensitivity import factor_name
from allocator.report.tables.figures import name_of
from allocator.report.tables.office import weight_text
from allocator.report.tables.table import heading
from allocator.text import Phrasebook


def reason_rows(account: Account, id: str, book: Phrasebook) -> tuple[Step, ...]:
    """The steps for `waterfall.waterfall_frame`: each reason from where the last one ended, then the change.

    They begin at zero, which stands for the amount of the base.  Raises KeyError for an unknown id.
    """
    found = account.found
    hollow = bool(found.before.scenario.assumed or found.after.scenario.assumed)
    steps: list[Step] = []
    at: Number = 0
    for reason, part in zip(found.reasons, account.parts, strict=True):
        end = plain(at + Fraction(part[id]))
        steps.append(Step("reason", heading(clause_name(reason, found, book)), at, end, hollow))
        at = end
    return (*steps, Step("change", book.say("explain.change"), 0, found.differences[id], hollow))


def reason_alt(account: Account, id: str, unit: Unit, book: Phrasebook) -> str:
    """The chart's accessible name: the recipient, the base and the names of the steps; no figures."""
    steps = [step.name for step in reason_rows(account, id, book)]
    base = account.found.before.scenario.title
    return book.say("explain.alt", name=account.name(id, book), base=base, steps=steps, unit=unit.name)


# --- up and down ----------------------------------------------------------------------------------


def swing_order(found: Sequence[Swing], id: str) -> tuple[Swing, ...]:
    """The swings sorted by how much a recipient's amount differs between the two sides, largest first."""

    def span(swing: Swing) -> Number:
        amounts = [side[1].amounts[id] for side in (swing.down, swing.up) if side is not None]
        return max(amounts) - min(amounts) if len(amounts) > 1 else 0

    return tuple(sorted(found, key=lambda swing: -span(swing)))


def swing_frame(
    allocation: Allocation, found: Sequence[Swing], id: str, unit: Unit, book: Phrasebook
) -> pd.DataFrame:
    """The data for `marks.tornado_marks`: a row for each side of each factor, in the shown unit.

    ``change`` is from the amount under the scenario's own weights, ``side`` is "down" or "up", ``text``
    gives the weight and the change; hollow where factor data is assumed; low and high are the axis ends.
    """
    scenario = allocation.scenario
    base = Fraction(allocation.amounts[id])
    rows = []
    for swing in swing_order(found, id):
        name = factor_name(scenario, swing.factor, book)
        for side, moved in (("down", swing.down), ("up", swing.up)):
            if moved is None:
                continue
            other = moved[1]
            change = plain(other.amounts[id] - base)
            weight = weight_text(other.scenario.weights[swing.factor], scenario.kind, book)
            rows.append(
                {
                    "name": name,
                    "side": side,
                    "change": float(Fraction(change) / unit.scale),
                    "zero": 0.0,
                    "direction": "gain" if change > 0 else "loss" if change < 0 else "same",
                    "hollow": bool(scenario.assumed),
                    "weight": weight,
                    "amount_text": unit.text(other.amounts[id], book),
                    "text": book.say(
                        "sensitivity.swing_text", weight=weight, change=unit.text(change, book, sign=True)
                    ),
                }
            )
    reach = round_up(max((abs(row["change"]) for row in rows), default=0.0)) * 2  # type: ignore[arg-type]
    return pd.DataFrame(rows).assign(low=-reach, high=reach)


def swing_note(points: Number, book: Phrasebook) -> str:
    """The note on the chart: the points by which each weight moves, and how the others make up for it."""
    return book.say("sensitivity.swing_note", points=points)


def swing_title(
    allocation: Allocation, found: Sequence[Swing], id: str, points: Number, book: Phrasebook
) -> str:
    """The title: the weight that changes a recipient's amount most, and the change; or that none does."""
    name, fund = name_of(allocation, id, book), allocation.scenario.fund
    moved = [
        (side[1].amounts[id] - allocation.amounts[id], swing, side[0], up)
        for swing in found
        for up, side in ((False, swing.down), (True, swing.up))
        if side is not None
    ]
    by, swing, least, up = max(moved, key=lambda one: abs(Fraction(one[0])))
    if not by:
        return book.say("sensitivity.swing_none", name=name, points=points)
    return book.say(
        "sensitivity.swing_most_up" if up else "sensitivity.swing_most_down",
        name=name,
        points=points,
        factor=factor_name(allocation.scenario, swing.factor, book),
        moved=least,
        change=book.money(plain(by), fund.currency, sign=True),
    )


def swing_alt(allocation: Allocation, found: Sequence[Swing], id: str, unit: Unit, book: Phrasebook) -> str:
    """The chart's accessible name: the recipient and the factors; no figures."""
    names = [factor_name(allocation.scenario, swing.factor, book) for swing in swing_order(found, id)]
    return book.say(
        "sensitivity.swing_alt", name=name_of(allocation, id, book), factors=names, unit=unit.name
    )


def amount_now(allocation: Allocation, id: str, book: Phrasebook) -> str:
    """The sentence on the amount at which the chart's bars begin."""
    amount = book.money(allocation.amounts[id], allocation.scenario.fund.currency)
    return book.say("sensitivity.swing_base", name=name_of(allocation, id, book), amount=amount)
