"""Words, formulas and tables as text, and figures rounded so that they add up as shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from allocator.allocation import Allocation
from allocator.engine import largest_remainder
from allocator.exact import Number, plain, scaled
from allocator.model import Scenario
from allocator.report.table import Row
from allocator.text import money, money_scale, money_unit, number, say


@dataclass(frozen=True)
class Grid:
    """A table as it is shown: ``unit`` stands above right, ``numeric`` says which columns hold figures."""

    caption: str
    headers: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[Row, ...]
    unit: str = ""


@dataclass(frozen=True)
class Step:
    """One step of the method: what stands above the formula, the formula, tables, what stands below."""

    key: str
    title: str
    lines: tuple[str, ...]
    formula: tuple[str, ...] = ()
    grids: tuple[Grid, ...] = ()
    after: tuple[str, ...] = ()


def adding_up(values: Sequence[Number], places: int) -> list[Number]:
    """The values rounded to so many decimals by the largest remainder, so that they add up as shown.

    Their sum is the sum of the values, rounded.

    >>> adding_up([Fraction(1, 3), Fraction(1, 3), Fraction(1, 3)], 1)
    [Fraction(2, 5), Fraction(3, 10), Fraction(3, 10)]
    """
    if not values:
        return []
    numerators, over = scaled([value * 10**places for value in values])
    units, _ = largest_remainder(numerators, over, round(Fraction(sum(numerators), over)))
    return [plain(Fraction(unit, 10**places)) for unit in units]


def about(value: Number, lang: str, places: int, *, exactly: Number | None = None, sign: bool = False) -> str:
    """A figure with at most so many decimals, and a mark where that rounds it (or what it stands for).

    >>> about(Fraction(1, 3), "en", 2), about(Fraction(1, 2), "en", 2)
    ('≈0.33', '0.5')
    """
    rounded = round(Fraction(value), places)
    whole = value if exactly is None else exactly
    return ("" if rounded == whole else "≈") + number(rounded, lang, sign=sign)


def percent_cell(part: Number, lang: str, places: int = 4, *, exactly: Number | None = None) -> str:
    """A percentage of a calculation: ≈3.0345%."""
    return say("app.rule.percent", lang, value=about(part, lang, places, exactly=exactly))


def scale_of(scenario: Scenario) -> int:
    """How many of the main unit one shown unit of money is."""
    return money_scale(scenario.fund.currency, scenario.fund.unit)


def unit_of(scenario: Scenario, lang: str) -> str:
    """The line above right of a table of money: 单位：万元."""
    return say("table.unit", lang, unit=money_unit(scenario.fund.currency, scale_of(scenario), lang))


def in_units(amount: Number, scenario: Scenario) -> Number:
    """An amount in the shown unit."""
    return plain(Fraction(amount) / scale_of(scenario))


def rough(amount: Number, scenario: Scenario, lang: str, places: int = 4) -> str:
    """An amount of a calculation in a sentence, with a mark where it is rounded: ≈170.1327万元.

    English writes yuan in full, as other sentences do.
    """
    currency = scenario.fund.currency
    if currency != "CNY" and (amount * 100).denominator == 1:
        return money(amount, currency, lang)
    scale = scale_of(scenario) if lang == "zh" else 1
    key = "money.amount" if currency == "CNY" else "money.foreign"
    text = about(plain(Fraction(amount) / scale), lang, places)
    return say(key, lang, value=text, unit=money_unit(currency, scale, lang))


def who(scenario: Scenario, lang: str) -> str:
    """The heading over recipients: districts, counties and parks only where the fund is a Chinese one."""
    return say("table.recipient" if scenario.fund.currency == "CNY" else "table.recipient_other", lang)


def name_of(allocation: Allocation, id: str, lang: str) -> str:
    """A recipient's name."""
    scenario = allocation.scenario
    return str(getattr(scenario.recipients[scenario.ids.index(id)].name, lang))
