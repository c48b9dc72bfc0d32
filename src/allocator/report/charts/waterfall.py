"""The waterfall of one recipient's amount, step by step, followed by the published amount.

Amounts are exact in the steps and become floats only in the frame, on the way into a chart.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from typing import Literal

import pandas as pd

from allocator.core.allocation import Allocation
from allocator.core.exact import Number, plain
from allocator.report.charts.data import Unit, round_up, text_width
from allocator.report.tables.figures import scale_of
from allocator.report.tables.stages import stage_figures, stage_name
from allocator.text import Phrasebook

Kind = Literal[
    "factor", "coefficient", "phase_in", "limits", "scale", "deduction", "rounding", "earmark",
    "adjustment", "amount", "published", "difference", "reason", "change",
]  # fmt: skip
LINE = 160  # pixels of a name before it continues on the next line
MOST_LINES = 3


@dataclass(frozen=True)
class Step:
    """A bar from ``start`` to ``end``, in the currency's main unit; hollow where it rests on assumed data."""

    kind: Kind
    name: str
    start: Number
    end: Number
    hollow: bool = False
    figure: Number | None = None  # the change as shown, where it is rounded to add up

    @property
    def change(self) -> Number:
        """The change that the step makes, end − start; for the amounts themselves, all of it."""
        return plain(Fraction(self.end) - self.start)


def waterfall_rows(
    allocation: Allocation, id: str, book: Phrasebook, pool: str | None = None
) -> tuple[Step, ...]:
    """The steps to a recipient's amount, its stages, and then the amount.

    Stages and their shown figures add up to the amount.  The published amount follows, if known, and last
    the difference.  Rounding is left out if it changes nobody's amount.  With several pools the steps are
    what each gives, or the stages of one ``pool`` to what that gives.  Raises KeyError for an unknown id.
    """
    scenario = allocation.scenario
    hollow = bool(scenario.assumed)
    if len(allocation.splits) > 1 and pool is None:
        return _of_pools(allocation, id, hollow, book)
    steps: list[Step] = []
    at: Number = 0

    scale = scale_of(scenario)
    for stage, figures in stage_figures(allocation, scale, pool):
        if stage.kind == "rounding" and not any(stage.amounts.values()):
            continue
        end = plain(at + Fraction(stage.amounts[id]))
        drawn = hollow and stage.kind != "earmark"
        name = stage_name(stage, scenario, book)
        steps.append(Step(stage.kind, name, at, end, drawn, plain(figures[id] * scale)))
        at = end
    if pool is not None:
        name = next(book.text(one.name) for one in scenario.pools if one.id == pool)
        return (*steps, Step("amount", name, 0, allocation.pools[pool][id], hollow))
    return (*steps, *_ends(allocation, id, hollow, book))


def _of_pools(allocation: Allocation, id: str, hollow: bool, book: Phrasebook) -> tuple[Step, ...]:
    """A step for each pool, for limits over all of them, for earmarks and adjustments, and the amount."""
    scenario = allocation.scenario
    parts: list[tuple[Kind, str, Number]] = [
        ("factor", book.text(pool.name), allocation.pools[pool.id][id]) for pool in scenario.pools
    ]
    if allocation.overall is not None:
        given = sum(Fraction(amount) for _, _, amount in parts)
        before = Fraction(allocation.before_adjustments[id]) - allocation.earmarks[id]
        parts.append(("limits", book.say("waterfall.over_all"), plain(before - given)))
    if scenario.earmarks:
        parts.append(("earmark", book.say("stage.earmark"), allocation.earmarks[id]))
    if scenario.adjustments:
        parts.append(("adjustment", book.say("stage.adjustment"), allocation.adjustments[id]))
    steps, at = [], Fraction()
    for kind, name, change in parts:
        end = at + Fraction(change)
        steps.append(Step(kind, name, plain(at), plain(end), hollow and kind != "earmark"))
        at = end
    return (*steps, *_ends(allocation, id, hollow, book))


def _ends(allocation: Allocation, id: str, hollow: bool, book: Phrasebook) -> list[Step]:
    """The amount, and where it is known the published one with the difference."""
    scenario, amount = allocation.scenario, allocation.amounts[id]
    steps = [Step("amount", book.say("waterfall.amount"), 0, amount, hollow)]
    if scenario.published is not None:
        published = scenario.published[id]
        steps.append(Step("published", book.say("waterfall.published"), 0, published))
        steps.append(Step("difference", book.say("waterfall.difference"), published, amount, hollow))
    return steps


def waterfall_frame(steps: Sequence[Step], unit: Unit, book: Phrasebook) -> pd.DataFrame:
    """The data of `marks.waterfall_marks`, in the shown unit; low and high are the ends of the axis.

    ``name`` is broken into lines and different for every step; ``full`` is the full name.
    """
    tops = [max(step.start, step.end) for step in steps]
    bottom = min((min(step.start, step.end) for step in steps), default=0)
    high = round_up(float(max(tops, default=0) / Fraction(unit.scale))) * 1.2
    low = -round_up(float(-bottom / Fraction(unit.scale))) * 1.2 if bottom < 0 else 0.0
    of_one = [step.kind in ("amount", "published") for step in steps]
    last = max((at for at, step in enumerate(steps) if step.kind in ("amount", "change")), default=0)

    def scaled(amount: Number) -> float:
        return float(Fraction(amount) / unit.scale)

    return pd.DataFrame(
        {
            "name": waterfall_names(steps, book),
            "full": [step.name for step in steps],
            "start": [scaled(step.start) for step in steps],
            "end": [scaled(step.end) for step in steps],
            "reach": [scaled(top) for top in tops],
            "text": [_figure(step, unit, book) for step in steps],
            "direction": [
                "total" if one else "gain" if step.change > 0 else "loss" if step.change < 0 else "same"
                for step, one in zip(steps, of_one, strict=True)
            ],
            "hollow": [step.hollow for step in steps],
            # a thread leads from the end of each bar to the next one, up to the amount
            "begins": [0 < at < last or step.kind == "difference" for at, step in enumerate(steps)],
            "leads": [at < last or step.kind == "published" for at, step in enumerate(steps)],
            "low": low,
            "high": high,
        }
    )


def waterfall_names(steps: Sequence[Step], book: Phrasebook) -> list[str]:
    """The steps' names broken into short lines, numbered where two are equal."""
    names: list[str] = []
    for step in steps:
        letters = LINE * len(step.name) // max(1, text_width(step.name))
        lines = textwrap.wrap(step.name, letters)
        if len(lines) > MOST_LINES:
            lines = [*lines[: MOST_LINES - 1], lines[MOST_LINES - 1][: letters - 1] + "…"]
        name = shown = "\n".join(lines)
        for again in count(2):
            if name not in names:
                break
            name = shown + book.say("waterfall.again", number=again)
        names.append(name)
    return names


def waterfall_width(names: Sequence[str]) -> int:
    """The width of the names in pixels."""
    return max((text_width(line) for name in names for line in name.split("\n")), default=0) + 8


def waterfall_alt(steps: Sequence[Step], name: str, unit: Unit, book: Phrasebook) -> str:
    """The chart's accessible name: the recipient, the steps and the unit, without figures."""
    return book.say("waterfall.alt", name=name, steps=[step.name for step in steps], unit=unit.name)


def _figure(step: Step, unit: Unit, book: Phrasebook) -> str:
    if step.kind in ("amount", "published"):
        return unit.text(step.end, book)
    figure = step.change if step.figure is None else step.figure
    text = unit.text(figure, book, sign=True)
    tiny = step.change and not round(Fraction(figure) / unit.scale, 2)
    return book.say("waterfall.tiny") if tiny else text
