"""The rule of a scenario as the page's script reads it: plain lists and texts, every number as written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from allocator.core.exact import Number, is_decimal
from allocator.core.limits import Limit
from allocator.core.model import Scenario
from allocator.core.stages.take_part import named
from allocator.text import LANGUAGES, Phrasebook

Plain = dict[str, Any]


class Columns:
    """Columns of numbers, each held once however many options of a page use it."""

    def __init__(self) -> None:
        self.all: list[list[str | None]] = []
        self._known: dict[tuple[str | None, ...], int] = {}

    def put(self, values: Iterable[Number | None]) -> int:
        """The position of a column with these values."""
        column = tuple(None if value is None else written(value) for value in values)
        if column not in self._known:
            self._known[column] = len(self.all)
            self.all.append(list(column))
        return self._known[column]


def written(number: Number) -> str:
    """A number as text, exactly: as a decimal where that ends, else as a fraction.

    >>> from fractions import Fraction
    >>> written(12), written(Fraction(-5, 4)), written(Fraction(1, 3))
    ('12', '-1.25', '1/3')
    """
    if number.denominator == 1:
        return str(number.numerator)
    if not is_decimal(number):
        return f"{number.numerator}/{number.denominator}"
    places = 0
    while (number * 10**places).denominator != 1:
        places += 1
    digits = f"{abs(int(number * 10**places)):0{places + 1}}"
    return f"{'-' if number < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def computed(scenario: Scenario) -> bool:
    """True for a rule that the page's script works out: one pool of shares or scores, with limits on each."""
    return not scenario.beyond and scenario.fund.rounding in ("largest-remainder", "rest-to-largest")


def rule_of(scenario: Scenario, columns: Columns) -> Plain:
    """The rule of a scenario that is `computed`, with its data; positions are those of its recipients."""
    (pool,) = scenario.rules
    members = scenario.members[pool.id]
    weights = scenario.weighted[pool.id]
    used = [id for id in weights if all(scenario.factor(id).values[i] is not None for i in members)]
    coefficient = next(iter(pool.coefficients), None)
    earmarks = dict.fromkeys(scenario.ids, 0)
    for recipient, amount, _ in scenario.grants:
        earmarks[recipient] += amount  # type: ignore[assignment]
    return {
        "fund": written(scenario.fund.amount),
        "distributable": written(scenario.distributable),
        "unit": written(scenario.fund.unit),
        "rounding": scenario.fund.rounding,
        "kind": pool.kind,
        "members": list(members),
        "factors": [_factor(scenario, id, columns) for id in used],
        "weights": [written(weights[id]) for id in used],
        "coefficient": None if coefficient is None else _factor(scenario, coefficient, columns),
        "earmarks": columns.put(earmarks.values()),
        "limits": [_limit(scenario, limit, members, columns) for limit in scenario.limits],
        "previous": None if scenario.previous is None else columns.put(scenario.previous.values()),
    }


def _factor(scenario: Scenario, id: str, columns: Columns) -> Plain:
    factor = scenario.factor(id)
    return {
        "name": in_languages(factor.name),
        "values": columns.put(factor.values),
        "assumed": factor.status in ("assumed", "example"),
    }


def _limit(scenario: Scenario, limit: Limit, members: Sequence[int], columns: Columns) -> Plain:
    who = "all" if limit.recipients == "all" else named(scenario, members, limit.recipients)
    found: Plain = {"who": who}
    if isinstance(limit.recipients, str) and who != "all":
        found["called"] = {lang: Phrasebook(lang).kind(limit.recipients) for lang in LANGUAGES}
    if limit.of is not None:
        found["of"] = limit.of
    if limit.by is not None:
        factor = scenario.factor(limit.by)
        found |= {"by": columns.put(factor.values), "by_name": in_languages(factor.name)}
    for end, amount, rate in (
        ("floor", limit.floor, limit.floor_rate),
        ("cap", limit.cap, limit.cap_rate),
    ):
        if amount is not None:
            found[end] = {"amount": written(amount)}
        elif rate is not None:
            found[end] = {"rate": written(rate)}
    return found


def in_languages(named: object) -> Mapping[str, str]:
    """A name in every language of the program."""
    return {lang: Phrasebook(lang).text(named) for lang in LANGUAGES}
