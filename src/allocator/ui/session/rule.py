"""Figures and weights as they are typed, in the shown unit of money.  No Streamlit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TypeVar

from allocator.core.errors import Problem, ScenarioError
from allocator.core.exact import Number, plain
from allocator.core.model import Scenario
from allocator.core.parts import plain_name
from allocator.files.parsing import cell_number
from allocator.text import ZH, Phrasebook, money_scale
from allocator.ui.session.weights import DECIMALS, Points, check_point, effective

R = TypeVar("R")
T = TypeVar("T")
AMOUNT = "amount"  # what a bound is of, where it is not a rate
LISTED = "listed"  # whom a bound is for, where that is not all or a kind
# problems of a figure, worded for a field instead of a cell of a spreadsheet
FIELD = {
    "cell_unit": "figure_unit",
    "cell_percent": "figure_unit",
    "cell_scientific": "figure_digits",
    "cell_time": "figure_digits",
    "cell_error": "figure_digits",
}


def scale(scenario: Scenario) -> int:
    """The shown unit of money in the currency's main unit: 10,000 for 万元, else 1."""
    return money_scale(scenario.fund.currency, scenario.fund.unit)


def unit_name(scenario: Scenario, book: Phrasebook) -> str:
    """The name of the shown unit of money: 万元, 10k yuan, yuan, USD."""
    return book.money_unit(scenario.fund.currency, scale(scenario))


def entered_number(text: str) -> Number | str:
    """The number in a field, or the key of the sentence that says why there is none, worded for a field.

    >>> entered_number("1,200"), entered_number("1200元"), entered_number("1.2e3")
    (1200, 'figure_unit', 'figure_digits')
    """
    found = cell_number(text)
    return FIELD.get(found, found) if isinstance(found, str) else found


def signed_money(scenario: Scenario, text: str) -> Number:
    """The money in a field of the shown unit, which may be less than nothing; in the main unit.

    Raises ScenarioError with a sentence worded for a field.
    """
    text = text.strip()
    negative = text[:1] in ("-", "−", "－")
    value = entered_number(text[1:] if negative else text.removeprefix("+").removeprefix("＋"))
    if isinstance(value, str):
        raise ScenarioError(Problem(value, {"value": text[:40]}))
    return plain((-value if negative else value) * Fraction(scale(scenario)))


# --- weights entered exactly ----------------------------------------------------------------------


def weights_of(scenario: Scenario, points: Points | None) -> dict[str, str]:
    """The weight of every column as text; blank where it has none, or one that six decimals cannot write."""
    used = effective(scenario, points) or scenario.weights
    return {
        f.id: (ZH.number(used[f.id]) if (used[f.id] * 10**DECIMALS).denominator == 1 else "")
        if f.id in used
        else ""
        for f in scenario.factors
    }


def with_weights(
    scenario: Scenario, written: Mapping[str, str], book: Phrasebook
) -> tuple[Scenario, Points | None]:
    """The scenario and the points under weights entered exactly; a blank one has no weight.

    Where the same columns have weights as before, only the points change.  Raises ScenarioError.
    """
    names = {factor.id: book.text(factor.name) for factor in scenario.factors}
    points = entered_weights(names, scenario.kind, written, book)
    if set(points) == set(scenario.weights):
        return scenario, None if points == dict(scenario.weights) else points
    return replace(scenario, weights=points), None


def entered_weights(
    names: Mapping[str, str], kind: str, written: Mapping[str, str], book: Phrasebook
) -> dict[str, Number]:
    """The weights as they were written, by factor; a blank one has none.

    Raises ScenarioError with each that cannot be one, by the factor's name, or where percents are not 100.
    """
    problems: list[Problem] = []
    points: dict[str, Number] = {}
    here = book.say("app.edit.weights_title")
    for id, name in names.items():
        text = written.get(id, "").strip()
        if not text:
            continue
        at = {"column": name}
        found = entered_number(text.removesuffix("%").strip() if kind == "shares" else text)
        if isinstance(found, str):
            problems.append(Problem(found, {"value": text[:40]}, here, at))
            continue
        try:
            points[id] = check_point(found, kind)
        except ValueError:
            problems.append(Problem("weight_entered", {"value": text[:40], "places": DECIMALS}, here, at))
    if problems:
        raise ScenarioError(problems)
    total = sum(points.values(), start=0)
    if kind == "shares" and total != 100:
        raise ScenarioError(Problem("weights_entered_sum", {"total": total}, here))
    return points


def kinds(scenario: Scenario) -> list[str]:
    """The kinds of those that take part, each once."""
    taking = [scenario.recipients[i].kind for i in scenario.participants]
    return [kind for kind in dict.fromkeys(taking) if kind and plain_name(kind) != "all"]
