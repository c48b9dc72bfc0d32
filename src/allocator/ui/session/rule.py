"""The rule of a scenario as a form of plain texts, and back.  No Streamlit.

Money stands in the shown unit (万元 where the split is in whole 万元), rates in percent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, TypeVar

from allocator.core.errors import Problem, ScenarioError
from allocator.core.exact import Number, exact, plain
from allocator.core.limits import Limit
from allocator.core.model import Scenario
from allocator.core.parts import Earmark, Reservation, Text, plain_name
from allocator.files.parsing import cell_number
from allocator.text import ZH, Phrasebook, money_scale
from allocator.ui.session.weights import DECIMALS, Points, check_point, effective, whole

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


@dataclass(frozen=True)
class EarmarkRow:
    """A fixed amount for one recipient."""

    recipient: str
    amount: str
    also_shares: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Bound:
    """One floor or cap: for whom, of what, how much."""

    kind: str = "floor"
    whom: str = "all"
    listed: tuple[str, ...] = ()
    figure: str = ""
    of: str = AMOUNT
    by: str = ""


@dataclass(frozen=True)
class Rule:
    """All of the rule but the weights."""

    fund: str
    unit: str
    rounding: str
    kind: str
    coefficient: str = ""
    reservations: tuple[tuple[str, str], ...] = ()
    earmarks: tuple[EarmarkRow, ...] = ()
    bounds: tuple[Bound, ...] = ()


def scale(scenario: Scenario) -> int:
    """The shown unit of money in the currency's main unit: 10,000 for 万元, else 1."""
    return money_scale(scenario.fund.currency, scenario.fund.unit)


def unit_name(scenario: Scenario, book: Phrasebook) -> str:
    """The name of the shown unit of money: 万元, 10k yuan, yuan, USD."""
    return book.money_unit(scenario.fund.currency, scale(scenario))


def rule_of(scenario: Scenario, book: Phrasebook) -> Rule:
    """The form filled with what the scenario says."""

    def money(amount: Number) -> str:
        return ZH.number(Fraction(amount) / scale(scenario))

    return Rule(
        fund=money(scenario.fund.amount),
        unit=money(scenario.fund.unit),
        rounding=scenario.fund.rounding,
        kind=scenario.kind,
        coefficient=scenario.coefficient or "",
        reservations=tuple((book.text(r.name), money(r.amount)) for r in scenario.reservations),
        earmarks=tuple(
            EarmarkRow(e.recipient, money(e.amount), e.also_shares, book.text(e.reason) if e.reason else "")
            for e in scenario.earmarks
        ),
        bounds=tuple(bound for limit in scenario.limits for bound in _bounds(limit, money)),
    )


def _bounds(limit: Limit, money: Callable[[Number], str]) -> Iterable[Bound]:
    whom = limit.recipients if isinstance(limit.recipients, str) else LISTED
    listed = () if isinstance(limit.recipients, str) else limit.recipients
    for kind, amount, rate in (
        ("floor", limit.floor, limit.floor_rate),
        ("cap", limit.cap, limit.cap_rate),
    ):
        if amount is not None:
            yield Bound(kind, whom, listed, money(amount))
        elif rate is not None:
            figure = ZH.number(Fraction(rate) * 100)
            yield Bound(kind, whom, listed, figure, str(limit.of), limit.by or "")


def with_rule(scenario: Scenario, rule: Rule, book: Phrasebook) -> Scenario:
    """The scenario under the rule of the form; what the form leaves as it was stays exactly as it was.

    Raises ScenarioError with every figure that cannot be read, each with its place as the form shows it, or
    with what does not fit together.
    """
    before, read = rule_of(scenario, book), _Reader(scenario, book)
    fund = scenario.fund
    changes: dict[str, Any] = {}
    if rule.fund != before.fund:
        changes["amount"] = read.money(rule.fund, "fund", "fund")
    if rule.unit != before.unit:
        changes["unit"] = read.money(rule.unit, "fund", "unit")
    new: dict[str, Any] = {}
    if rule.reservations != before.reservations:
        rows = [row for row in rule.reservations if any(text.strip() for text in row)]
        new["reservations"] = read.entries("reservation", rows, read.reservation)
    if rule.earmarks != before.earmarks:
        new["earmarks"] = read.entries("earmark", rule.earmarks, read.earmark)
    if rule.bounds != before.bounds:
        new["limits"] = read.entries("limit", rule.bounds, read.limit)
    if read.problems:
        raise ScenarioError(read.problems)
    if rule.kind != scenario.kind and rule.kind == "shares":
        new["weights"] = whole(scenario.weights)
    try:
        return replace(
            scenario,
            fund=replace(fund, rounding=rule.rounding, **changes),
            kind=rule.kind,
            coefficient=rule.coefficient or None,
            **new,
        )
    except ScenarioError as error:  # of the scenario as a whole, not of a place in a file
        raise error.in_fields({}) from None


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


class _Reader:
    """Reads figures and collects what is wrong with them."""

    def __init__(self, scenario: Scenario, book: Phrasebook) -> None:
        self.scenario, self.book = scenario, book
        self.problems: list[Problem] = []

    def figure(self, text: str, section: str, column: str, row: int | None = None) -> Number:
        """The number, or 0 after noting why there is none."""
        found = entered_number(text)
        if isinstance(found, str):
            at: dict[str, object] = {} if row is None else {"entry": row}
            at["column"] = self.book.say(f"app.edit.{column}", unit=unit_name(self.scenario, self.book))
            here = self.book.say(f"app.edit.{section}_title")
            self.problems.append(Problem(found, {"value": text[:40]}, here, at))
            return 0
        return found

    def money(self, text: str, section: str, column: str, row: int | None = None) -> Number:
        return exact(self.figure(text, section, column, row) * scale(self.scenario))

    def entries(self, section: str, rows: Iterable[R], make: Callable[[R, int], T]) -> list[T]:
        """The results of ``make`` for the rows; its problems are placed at the row."""
        made = []
        for place, row in enumerate(rows, 1):
            try:
                made.append(make(row, place))
            except ScenarioError as error:
                here = self.book.say(f"app.edit.{section}_title")
                self.problems += error.in_fields({}).within(here, entry=place).problems
        return made

    def reservation(self, row: tuple[str, str], number: int) -> Reservation:
        name, amount = row
        money = self.money(amount, "reservation", "amount", number)
        return Reservation(_text(name, (r.name for r in self.scenario.reservations), self.book), money)

    def earmark(self, row: EarmarkRow, number: int) -> Earmark:
        money = self.money(row.amount, "earmark", "amount", number)
        reasons = (e.reason for e in self.scenario.earmarks if e.reason)
        reason = _text(row.reason, reasons, self.book) if row.reason.strip() else None
        return Earmark(row.recipient, money, row.also_shares, reason)

    def limit(self, row: Bound, number: int) -> Limit:
        whom = row.listed if row.whom == LISTED else row.whom
        size: dict[str, Any]
        if row.of == AMOUNT:
            size = {row.kind: self.money(row.figure, "limit", "figure", number)}
        else:
            rate = exact(Fraction(self.figure(row.figure, "limit", "figure", number)) / 100)
            size = {f"{row.kind}_rate": rate, "of": row.of, "by": row.by or None}
        return Limit(whom, **size)


def _text(written: str, known: Iterable[Text], book: Phrasebook) -> Text:
    """The known text in both languages if it was not changed, else the text as written."""
    as_it_was = (text for text in known if book.text(text) == " ".join(written.split()))
    return next(as_it_was, None) or Text(written)


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
