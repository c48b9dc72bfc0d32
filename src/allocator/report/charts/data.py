"""What the charts of an allocation draw: rows, panels, scales and the words beside them.

Amounts are exact in the rows and become floats only in the frames, on the way into a chart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

import pandas as pd

from allocator.analysis.concentration import outliers
from allocator.core.allocation import Allocation
from allocator.core.exact import Number, exact
from allocator.core.model import Scenario
from allocator.text import money_scale, money_unit, number, say

MOST_NAMES = 12  # that a chart's accessible name lists


class Named(Protocol):
    """A row of a chart."""

    @property
    def name(self) -> str: ...


@dataclass(frozen=True)
class Row:
    """One recipient in a chart: amounts in the currency's main unit, exact.

    ``possible`` is the least and the most that the amount could be whatever the unpublished data.
    """

    id: str
    name: str
    amount: Number
    base: Number
    hollow: bool
    possible: tuple[Number, Number] | None = None

    @property
    def largest(self) -> Number:
        """The largest figure that is drawn."""
        return max(self.amount, self.base, self.possible[1] if self.possible else 0)

    @property
    def difference(self) -> Number:
        """增减: amount − base."""
        return exact(self.amount - self.base)


@dataclass(frozen=True)
class Unit:
    """What one shown unit is in the currency's main unit, and its name."""

    scale: int
    name: str

    def text(self, amount: Number, lang: str, *, sign: bool = False) -> str:
        """The amount in this unit: whole where it is whole, else with two decimals."""
        shown = Fraction(amount) / self.scale
        return number(shown, lang, 0 if shown.denominator == 1 else 2, sign=sign)


def chart_rows(
    allocation: Allocation,
    base: Mapping[str, Number],
    lang: str,
    possible: Mapping[str, tuple[Number, Number]] | None = None,
) -> tuple[Row, ...]:
    """One row per recipient in listed order; hollow where weighted factors are assumed."""
    amounts, hollow = allocation.amounts, bool(allocation.scenario.assumed)
    return tuple(
        Row(r.id, getattr(r.name, lang), amounts[r.id], base[r.id], hollow, (possible or {}).get(r.id))
        for r in allocation.scenario.recipients
    )


def panels(rows: Sequence[Row]) -> tuple[tuple[Row, ...], ...]:
    """The rows that can share one axis, and apart from them the outliers; each in listed order."""
    above = set(outliers({row.id: row.largest for row in rows}))
    together = tuple(row for row in rows if row.id not in above)
    apart = tuple(row for row in rows if row.id in above)
    return tuple(part for part in (together, apart) if part)


def chart_unit(amounts: Iterable[Number], currency: str, rounding_unit: Number, lang: str) -> Unit:
    """万元 where the split is in 万元; else millions where an amount reaches ten million."""
    scale = money_scale(currency, rounding_unit)
    largest = max((abs(Fraction(amount)) for amount in amounts), default=Fraction())
    if scale == 1 and largest >= 10_000_000:
        if currency == "CNY":
            return Unit(10_000, money_unit(currency, 10_000, lang))
        return Unit(1_000_000, say("app.chart.million", lang, unit=money_unit(currency, 1, lang)))
    return Unit(scale, money_unit(currency, scale, lang))


def round_up(value: float) -> float:
    """The next of 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten.

    >>> round_up(170), round_up(5000), round_up(0)
    (200.0, 5000.0, 1.0)
    """
    if value <= 0:
        return 1.0
    power = 10.0 ** (len(str(int(value))) - 1) if value >= 1 else 10.0 ** -len(str(int(1 / value)))
    return next(
        step * power for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10, 20) if step * power >= value * (1 - 1e-9)
    )


def amount_domain(rows: Iterable[Row], unit: Unit) -> tuple[float, float]:
    """From zero to beyond every amount and every base."""
    top = max((float(row.largest / Fraction(unit.scale)) for row in rows), default=0.0)
    return 0.0, round_up(top) * 1.04


def change_domain(rows: Iterable[Row], unit: Unit) -> tuple[float, float]:
    """One scale for all panels, with zero in it and room for the figures at the bars' ends."""
    changes = [float(Fraction(row.difference) / unit.scale) for row in rows]
    low, high = min([0.0, *changes]), max([0.0, *changes])
    room = 0.3 * (high - low) or 1.0
    return low - room, high + room


def amount_frame(rows: Sequence[Row], unit: Unit, lang: str) -> pd.DataFrame:
    """What a panel of amounts draws, in the shown unit; low and high are the ends of its axis."""
    low, high = amount_domain(rows, unit)
    ends = [row.possible or (row.amount, row.amount) for row in rows]
    return pd.DataFrame(
        {
            "least": [float(Fraction(end[0]) / unit.scale) for end in ends],
            "most": [float(Fraction(end[1]) / unit.scale) for end in ends],
            "possible_text": [
                say(
                    "app.chart.possible_from", lang, low=unit.text(end[0], lang), high=unit.text(end[1], lang)
                )
                for end in ends
            ],
            "name": [row.name for row in rows],
            "amount": [float(Fraction(row.amount) / unit.scale) for row in rows],
            "base": [float(Fraction(row.base) / unit.scale) for row in rows],
            "hollow": [row.hollow for row in rows],
            "amount_text": [unit.text(row.amount, lang) for row in rows],
            "base_text": [unit.text(row.base, lang) for row in rows],
            "low": low,
            "high": high,
        }
    )


def change_frame(rows: Sequence[Row], unit: Unit, lang: str, of: Sequence[Row]) -> pd.DataFrame:
    """What a panel of changes draws, in the shown unit; low and high span the changes of all panels' rows."""
    changes = [row.difference for row in rows]
    low, high = change_domain(of, unit)
    return pd.DataFrame(
        {
            "name": [row.name for row in rows],
            "change": [float(Fraction(change) / unit.scale) for change in changes],
            "zero": 0.0,
            "direction": ["gain" if c > 0 else "loss" if c < 0 else "same" for c in changes],
            "change_text": [unit.text(change, lang, sign=True) for change in changes],
            "low": low,
            "high": high,
        }
    )


def above_zero(rows: Iterable[Row]) -> tuple[Row, ...]:
    """The rows that a logarithmic axis can show."""
    return tuple(row for row in rows if row.amount > 0 and row.base > 0)


def names_width(rows: Iterable[Named]) -> int:
    """The width that the names of all panels take, so that their axes begin at one place."""
    return min(190, max((text_width(row.name) for row in rows), default=0) + 8)


def figures_width(scenario: Scenario, unit: Unit, lang: str) -> int:
    """The width that a column of amounts takes: nobody gets more than the fund, whatever the weights."""
    whole = Fraction(scenario.fund.unit) % unit.scale == 0
    longest = number(Fraction(scenario.fund.amount) / unit.scale, lang, 0 if whole else 2)
    return max(text_width(longest), text_width(say("app.chart.amount", lang))) + 16


def panel_title(part: Sequence[Row], rows: Sequence[Row], unit: Unit, lang: str, *, whom: str = "") -> str:
    """What stands over a panel: who is in it, the unit, and that the other panel's scale differs."""
    if len(part) == len(rows):
        return say("app.chart.panel_all", lang, unit=unit.name)
    if len(part) > len(rows) - len(part):
        return say("app.chart.panel_together", lang, whom=whom or str(len(part)), unit=unit.name)
    return say("app.chart.panel_apart", lang, names=[row.name for row in part], unit=unit.name)


def describe(kind: str, rows: Sequence[Row], unit: Unit, lang: str, *, base: str | None) -> str:
    """A chart's accessible name.

    It holds no figures, which every mark and the table give, so that it stays when they change.
    """
    names = [row.name for row in rows]
    shown = names if len(names) <= MOST_NAMES else [say("app.chart.alt_many", lang, count=len(names))]
    form = f"alt_{kind}" if base else "alt_alone"
    return say(f"app.chart.{form}", lang, unit=unit.name, base=base or "", names=shown)


def text_width(text: str) -> int:
    """About how many pixels a text takes in a chart."""
    return sum(13 if ord(c) > 0x2E7F else 7 for c in text)
