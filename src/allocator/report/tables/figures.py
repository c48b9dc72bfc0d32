"""Words, formulas and tables as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction

from allocator.core.allocation import Allocation
from allocator.core.exact import Number, plain
from allocator.core.model import Scenario
from allocator.text import Phrasebook, money_scale

MOST_DECIMALS = 10  # of a factor that a reader may multiply by


def about(
    value: Number, book: Phrasebook, places: int, *, exactly: Number | None = None, sign: bool = False
) -> str:
    """A figure with at most so many decimals, marked ≈ where that is not its exact value (``exactly``).

    >>> about(Fraction(1, 3), Phrasebook("en"), 2), about(Fraction(1, 2), Phrasebook("en"), 2)
    ('≈0.33', '0.5')
    """
    rounded = round(Fraction(value), places)
    whole = value if exactly is None else exactly
    text = book.number(rounded, places, sign=sign)
    return ("" if rounded == whole else "≈") + (text.rstrip("0").rstrip(".") if "." in text else text)


def percent_cell(part: Number, book: Phrasebook, places: int = 4, *, exactly: Number | None = None) -> str:
    """A percentage of a calculation: ≈3.0345%."""
    return book.say("rule.percent", value=about(part, book, places, exactly=exactly))


def scale_of(scenario: Scenario) -> int:
    """The number of main units in one shown unit of money."""
    return money_scale(scenario.fund.currency, scenario.fund.unit)


def unit_of(scenario: Scenario, book: Phrasebook) -> str:
    """The line above right of a table of money: 单位：万元."""
    return book.say("table.unit", unit=book.money_unit(scenario.fund.currency, scale_of(scenario)))


def in_units(amount: Number, scenario: Scenario) -> Number:
    """An amount in the shown unit."""
    return plain(Fraction(amount) / scale_of(scenario))


def rough(
    amount: Number, scenario: Scenario, book: Phrasebook, places: int = 4, *, tabled: Number | None = None
) -> str:
    """An amount of a calculation in a sentence, with a mark where it is rounded: ≈170.1327万元.

    English writes yuan in full, as other sentences do.  ``tabled`` is what the office's table shows for it.
    """
    currency = scenario.fund.currency
    if currency != "CNY" and (amount * 100).denominator == 1:
        return book.money(amount, currency)
    scale = _scale_in_words(scenario, book)
    figure = rough_figure(amount, scenario, book, places, tabled=tabled)
    text = about(figure, book, places, exactly=plain(Fraction(amount) / scale))
    return book.amount(text, currency, scale)


def rough_figure(
    amount: Number, scenario: Scenario, book: Phrasebook, places: int = 4, *, tabled: Number | None = None
) -> Number:
    """The figure that `rough` writes."""
    scale = _scale_in_words(scenario, book)
    if tabled is not None and scale == scale_of(scenario):
        return tabled
    return round(Fraction(amount) / scale, places)


def _scale_in_words(scenario: Scenario, book: Phrasebook) -> int:
    return scale_of(scenario) if book.chinese else 1


def decimals(factor: Number, times: Number, makes: Number, least: int, places: int = 2) -> int | None:
    """The number of decimals with which a factor must be written so that the product comes out as shown.

    The product must round to its ``places``, or at least be no more than one off there, as after a rounding
    so that sums add up; None where ten decimals are not enough.

    >>> decimals(Fraction(1, 3), 1000, Fraction(33333, 100), 2), decimals(Fraction(1, 3), 10**12, 0, 2)
    (5, None)
    """
    for off in (Fraction(1, 2), 1):
        for count in range(least, MOST_DECIMALS + 1):
            if abs(round(Fraction(factor), count) * times - makes) * 10**places <= off:
                return count
    return None


def is_money(scenario: Scenario) -> bool:
    """False where what is shared out is counted in a unit of its own, such as mu of land."""
    return isinstance(scenario.fund.currency, str)


def who(scenario: Scenario, book: Phrasebook) -> str:
    """The heading over recipients: districts, counties and parks only where the fund is a Chinese one."""
    return book.say("table.recipient" if scenario.fund.currency == "CNY" else "table.recipient_other")


def name_of(allocation: Allocation, id: str, book: Phrasebook) -> str:
    """A recipient's name."""
    scenario = allocation.scenario
    return str(book.text(scenario.recipients[scenario.ids.index(id)].name))


def recipient_names(allocations: Iterable[Allocation], book: Phrasebook) -> dict[str, str]:
    """The names of all recipients of these allocations by id, in listed order; equal names bear the id."""
    names: dict[str, str] = {}
    for allocation in allocations:
        scenario = allocation.scenario
        own = book.texts(recipient.name for recipient in scenario.recipients)
        names = {**names, **dict(zip(scenario.ids, own, strict=True)), **names}  # the first name counts
    times = Counter(names.values())
    return {id: name if times[name] == 1 else f"{name} ({id})" for id, name in names.items()}
