"""The data of the charts of an allocation: rows, panels, scales and the words beside them.

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
from allocator.text import Phrasebook, money_scale

MOST_NAMES = 12  # the most that a chart's accessible name lists


class Named(Protocol):
    """A row of a chart."""

    @property
    def name(self) -> str: ...


@dataclass(frozen=True)
class Row:
    """One recipient in a chart: amounts in the currency's main unit, exact.

    ``possible`` is the least and the most that the amount could be, whatever the unpublished data.
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
    """A shown unit of money: its size in the currency's main unit, and its name."""

    scale: int
    name: str

    def text(self, amount: Number, book: Phrasebook, *, sign: bool = False) -> str:
        """The amount in this unit: whole where it is whole, else with two decimals."""
        shown = Fraction(amount) / self.scale
        return book.number(shown, 0 if shown.denominator == 1 else 2, sign=sign)


def chart_rows(
    allocation: Allocation,
    base: Mapping[str, Number],
    book: Phrasebook,
    possible: Mapping[str, tuple[Number, Number]] | None = None,
) -> tuple[Row, ...]:
    """One row per recipient in listed order; hollow where weighted factors are assumed."""
    amounts, hollow = allocation.amounts, bool(allocation.scenario.assumed)
    return tuple(
        Row(r.id, book.text(r.name), amounts[r.id], base[r.id], hollow, (possible or {}).get(r.id))
        for r in allocation.scenario.recipients
    )


def panels(rows: Sequence[Row]) -> tuple[tuple[Row, ...], ...]:
    """The rows that can share one axis, and separately the outliers; each in listed order."""
    above = set(outliers({row.id: row.largest for row in rows}))
    together = tuple(row for row in rows if row.id not in above)
    apart = tuple(row for row in rows if row.id in above)
    return tuple(part for part in (together, apart) if part)


def chart_unit(amounts: Iterable[Number], currency: str, rounding_unit: Number, book: Phrasebook) -> Unit:
    """The unit of the split; where that is the main unit, from ten million on 万元 (CNY) or millions."""
    scale = money_scale(currency, rounding_unit)
    largest = max((abs(Fraction(amount)) for amount in amounts), default=Fraction())
    if scale == 1 and largest >= 10_000_000:
        if currency == "CNY":
            return Unit(10_000, book.money_unit(currency, 10_000))
        return Unit(1_000_000, book.say("chart.million", unit=book.money_unit(currency, 1)))
    return Unit(scale, book.money_unit(currency, scale))


def round_up(value: float) -> float:
    """The value rounded up to 1, 1.5, 2, 3, 4, 5, 6 or 8 times a power of ten; 1 for zero or less.

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
    """The ends of an axis of amounts, from zero to beyond every amount and base, in the shown unit."""
    top = max((float(row.largest / Fraction(unit.scale)) for row in rows), default=0.0)
    return 0.0, round_up(top) * 1.04


def change_domain(rows: Iterable[Row], unit: Unit) -> tuple[float, float]:
    """The ends of an axis of changes in the shown unit, with zero in it and room for the bars' figures."""
    changes = [float(Fraction(row.difference) / unit.scale) for row in rows]
    low, high = min([0.0, *changes]), max([0.0, *changes])
    room = 0.3 * (high - low) or 1.0
    return low - room, high + room


def amount_frame(rows: Sequence[Row], unit: Unit, book: Phrasebook) -> pd.DataFrame:
    """The data of a panel of amounts, in the shown unit; low and high are the ends of its axis."""
    low, high = amount_domain(rows, unit)
    ends = [row.possible or (row.amount, row.amount) for row in rows]
    return pd.DataFrame(
        {
            "least": [float(Fraction(end[0]) / unit.scale) for end in ends],
            "most": [float(Fraction(end[1]) / unit.scale) for end in ends],
            "possible_text": [
                book.say("chart.possible_from", low=unit.text(end[0], book), high=unit.text(end[1], book))
                for end in ends
            ],
            "name": [row.name for row in rows],
            "amount": [float(Fraction(row.amount) / unit.scale) for row in rows],
            "base": [float(Fraction(row.base) / unit.scale) for row in rows],
            "hollow": [row.hollow for row in rows],
            "amount_text": [unit.text(row.amount, book) for row in rows],
            "base_text": [unit.text(row.base, book) for row in rows],
            "low": low,
            "high": high,
        }
    )


def change_frame(rows: Sequence[Row], unit: Unit, book: Phrasebook, of: Sequence[Row]) -> pd.DataFrame:
    """The data of a panel of changes, in the shown unit; low and high span the changes of ``of``."""
    changes = [row.difference for row in rows]
    low, high = change_domain(of, unit)
    return pd.DataFrame(
        {
            "name": [row.name for row in rows],
            "change": [float(Fraction(change) / unit.scale) for change in changes],
            "zero": 0.0,
            "direction": ["gain" if c > 0 else "loss" if c < 0 else "same" for c in changes],
            "change_text": [unit.text(change, book, sign=True) for change in changes],
            "low": low,
            "high": high,
        }
    )


def above_zero(rows: Iterable[Row]) -> tuple[Row, ...]:
    """The rows that a logarithmic axis can show."""
    return tuple(row for row in rows if row.amount > 0 and row.base > 0)


def names_width(rows: Iterable[Named]) -> int:
    """The width in pixels of the names of all panels, so that their axes begin at one place; at most 190."""
    return min(190, max((text_width(row.name) for row in rows), default=0) + 8)


def figures_width(scenario: Scenario, unit: Unit, book: Phrasebook) -> int:
    """The width in pixels of a column of amounts, enough for the whole fund, whatever the weights."""
    whole = Fraction(scenario.fund.unit) % unit.scale == 0
    longest = book.number(Fraction(scenario.fund.amount) / unit.scale, 0 if whole else 2)
    return max(text_width(longest), text_width(book.say("chart.amount"))) + 16


def panel_title(
    part: Sequence[Row], rows: Sequence[Row], unit: Unit, book: Phrasebook, *, whom: str = ""
) -> str:
    """The title of a panel: its recipients, the unit, and a note if the other panel has another scale."""
    if len(part) == len(rows):
        return book.say("chart.panel_all", unit=unit.name)
    if len(part) > len(rows) - len(part):
        return book.say("chart.panel_together", whom=whom or str(len(part)), unit=unit.name)
    return book.say("chart.panel_apart", names=[row.name for row in part], unit=unit.name)


def describe(kind: str, rows: Sequence[Row], unit: Unit, book: Phrasebook, *, base: str | None) -> str:
    """A chart's accessible name.

    It has no figures, which every mark and the table give, so that it stays the same when they change.
    """
    names = [row.name for row in rows]
    shown = names if len(names) <= MOST_NAMES else [book.say("chart.alt_many", count=len(names))]
    key = "chart.alt_amount" if kind == "amount" else "chart.alt_change"
    return book.say(key if base else "chart.alt_alone", unit=unit.name, base=base or "", names=shown)


def text_width(text: str) -> int:
    """The approximate width of a text in a chart, in pixels."""
    return sum(13 if ord(c) > 0x2E7F else 7 for c in text)
