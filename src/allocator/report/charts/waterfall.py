"""How one recipient's amount comes about, step by step, and beside it the published one.

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
from allocator.report.tables.grid import scale_of
from allocator.report.tables.stages import stage_figures, stage_name
from allocator.text import say

Kind = Literal[
    "factor", "coefficient", "limits", "rounding", "earmark", "amount", "published", "difference",
    "reason", "change",
]  # fmt: skip
LINE = 160  # pixels that a name takes before it goes on in the next line
MOST_LINES = 3


@dataclass(frozen=True)
class Step:
    """A bar from ``start`` to ``end``, in the currency's main unit; hollow where assumed data decides it."""

    kind: Kind
    name: str
    start: Number
    end: Number
    hollow: bool = False
    figure: Number | None = None  # what is shown of the change, where that is rounded to add up

    @property
    def change(self) -> Number:
        """What the step adds; for the amounts themselves, all of it."""
        return plain(Fraction(self.end) - self.start)


def waterfall_rows(allocation: Allocation, id: str, lang: str) -> tuple[Step, ...]:
    """The stages of `analysis.explain.stages`, which add up to the amount as do their figures; the amount.

    Where a published amount is known it follows, in one piece, and last the difference.  A step without
    effect is left out where the scenario has nothing of its kind.  Raises KeyError for an unknown id.
    """
    scenario = allocation.scenario
    hollow = bool(scenario.assumed)
    steps: list[Step] = []
    at: Number = 0

    scale = scale_of(scenario)
    for stage, figures in stage_figures(allocation, scale):
        if stage.kind == "rounding" and not any(stage.amounts.values()):
            continue
        end = plain(at + Fraction(stage.amounts[id]))
        drawn = hollow and stage.kind != "earmark"
        name = stage_name(stage, scenario, lang)
        steps.append(Step(stage.kind, name, at, end, drawn, plain(figures[id] * scale)))
        at = end
    amount = allocation.amounts[id]
    steps.append(Step("amount", say("app.waterfall.amount", lang), 0, amount, hollow))
    if scenario.published is not None:
        published = scenario.published[id]
        steps.append(Step("published", say("app.waterfall.published", lang), 0, published))
        steps.append(Step("difference", say("app.waterfall.difference", lang), published, amount, hollow))
    return tuple(steps)


def waterfall_frame(steps: Sequence[Step], unit: Unit, lang: str) -> pd.DataFrame:
    """What `charts.waterfall_marks` draws, in the shown unit; low and high are the ends of the axis.

    ``name`` is broken into lines and different for every step, ``full`` is all of it.
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
            "name": waterfall_names(steps, lang),
            "full": [step.name for step in steps],
            "start": [scaled(step.start) for step in steps],
            "end": [scaled(step.end) for step in steps],
            "reach": [scaled(top) for top in tops],
            "text": [_figure(step, unit, lang) for step in steps],
            "direction": [
                "total" if one else "gain" if step.change > 0 else "loss" if step.change < 0 else "same"
                for step, one in zip(steps, of_one, strict=True)
            ],
            "hollow": [step.hollow for step in steps],
            # a thread leads from the end of each bar to the next one, as far as the amount
            "begins": [0 < at < last or step.kind == "difference" for at, step in enumerate(steps)],
            "leads": [at < last or step.kind == "published" for at, step in enumerate(steps)],
            "low": low,
            "high": high,
        }
    )


def waterfall_names(steps: Sequence[Step], lang: str) -> list[str]:
    """The steps' names in lines of few characters, numbered where two are alike."""
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
            name = shown + say("app.waterfall.again", lang, number=again)
        names.append(name)
    return names


def waterfall_width(names: Sequence[str]) -> int:
    """The width that the names take."""
    return max((text_width(line) for name in names for line in name.split("\n")), default=0) + 8


def waterfall_alt(steps: Sequence[Step], name: str, unit: Unit, lang: str) -> str:
    """The chart's accessible name: whose amount, and that the steps are in it; no figures."""
    return say("app.waterfall.alt", lang, name=name, steps=[step.name for step in steps], unit=unit.name)


def _figure(step: Step, unit: Unit, lang: str) -> str:
    if step.kind in ("amount", "published"):
        return unit.text(step.end, lang)
    figure = step.change if step.figure is None else step.figure
    text = unit.text(figure, lang, sign=True)
    tiny = step.change and not round(Fraction(figure) / unit.scale, 2)
    return say("app.waterfall.tiny", lang) if tiny else text
