"""Words, formulas and tables as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from allocator.core.allocation import Allocation
from allocator.core.exact import Number, plain
from allocator.core.model import Scenario
from allocator.report.tables.table import Row
from allocator.text import money, money_scale, money_unit, number, say, with_unit

MOST_DECIMALS = 10  # of a factor that a reader may multiply with


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


def about(value: Number, lang: str, places: int, *, exactly: Number | None = None, sign: bool = False) -> str:
    """A figure with at most so many decimals, and a mark where that rounds it (or what it stands for).

    >>> about(Fraction(1, 3), "en", 2), about(Fraction(1, 2), "en", 2)
    ('≈0.33', '0.5')
    """
    rounded = round(Fraction(value), places)
    whole = value if exactly is None else exactly
    text = number(rounded, lang, places, sign=sign)
    return ("" if rounded == whole else "≈") + (text.rstrip("0").rstrip(".") if "." in text else text)


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


def rough(
    amount: Number, scenario: Scenario, lang: str, places: int = 4, *, tabled: Number | None = None
) -> str:
    """An amount of a calculation in a sentence, with a mark where it is rounded: ≈170.1327万元.

    English writes yuan in full, as other sentences do.  ``tabled`` is what the office's table shows for it.
    """
    currency = scenario.fund.currency
    if currency != "CNY" and (amount * 100).denominator == 1:
        return money(amount, currency, lang)
    scale = _scale_in_words(scenario, lang)
    figure = rough_figure(amount, scenario, lang, places, tabled=tabled)
    text = about(figure, lang, places, exactly=plain(Fraction(amount) / scale))
    return with_unit(text, currency, scale, lang)


def rough_figure(
    amount: Number, scenario: Scenario, lang: str, places: int = 4, *, tabled: Number | None = None
) -> Number:
    """The figure that `rough` writes."""
    scale = _scale_in_words(scenario, lang)
    if tabled is not None and scale == scale_of(scenario):
        return tabled
    return round(Fraction(amount) / scale, places)


def _scale_in_words(scenario: Scenario, lang: str) -> int:
    return scale_of(scenario) if lang == "zh" else 1


def decimals(factor: Number, times: Number, makes: Number, least: int, places: int = 2) -> int | None:
    """With how many decimals a factor must be written so that the product comes out as it is written.

    That is in the last of its ``places``, or one off where that one was moved so that a sum adds up; None
    where ten decimals are not enough.

    >>> decimals(Fraction(1, 3), 1000, Fraction(33333, 100), 2), decimals(Fraction(1, 3), 10**12, 0, 2)
    (5, None)
    """
    for off in (Fraction(1, 2), 1):
        for count in range(least, MOST_DECIMALS + 1):
            if abs(round(Fraction(factor), count) * times - makes) * 10**places <= off:
                return count
    return None


def who(scenario: Scenario, lang: str) -> str:
    """The heading over recipients: districts, counties and parks only where the fund is a Chinese one."""
    return say("table.recipient" if scenario.fund.currency == "CNY" else "table.recipient_other", lang)


def name_of(allocation: Allocation, id: str, lang: str) -> str:
    """A recipient's name."""
    scenario = allocation.scenario
    return str(getattr(scenario.recipients[scenario.ids.index(id)].name, lang))


def recipient_names(allocations: Iterable[Allocation], lang: str) -> dict[str, str]:
    """The names of all recipients of any of them by id, in listed order; with the id where two are alike."""
    names: dict[str, str] = {}
    for allocation in allocations:
        for recipient in allocation.scenario.recipients:
            names.setdefault(recipient.id, getattr(recipient.name, lang))
    times = Counter(names.values())
    return {id: name if times[name] == 1 else f"{name} ({id})" for id, name in names.items()}
