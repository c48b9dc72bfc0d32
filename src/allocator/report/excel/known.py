"""The parts of a rule that the workbook has formulas for; anything else is refused when it is built."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from typing import Any, Never

from allocator.core.model import Scenario
from allocator.report.tables.base import KNOWN
from allocator.report.tables.letters import letter
from allocator.report.tables.table import Table

COMPARED = {"number", "recipient", *KNOWN}  # besides the columns of scenarios and their changes
LETTERS = {letter(at) for at in range(26)}
ROLES = {"recipient", "reservation", "subtotal", "total"}
CHOICES: dict[str, set[str | None]] = {
    "kind": {"shares", "scores"},
    "rounding": {"largest-remainder", "rest-to-largest"},
    "of": {None, "fund", "distributable", "previous"},
    "later_kind": {"shares", "scores", "fixed"},
    "later_rounding": {"largest-remainder", "rest-to-largest", "each-alone", "rest-to"},
}
LATER = {  # of rules of format 2
    "Scenario": {"pools", "indicators", "deductions", "adjustments", "issued"},
    "Fund": {"rest_to", "left", "below_zero"},
    "Factor": {"formula", "round", "text", "signed", "basis"},
    "Earmark": {"recipients", "where", "basis"},
    "Limit": {"where", "pool", "floor_formula", "cap_formula", "together", "basis"},
    "Pool": {
        "id",
        "kind",
        "weights",
        "amount",
        "percent",
        "name",
        "coefficients",
        "recipients",
        "where",
        "over",
        "floors",
        "phase_in",
        "basis",
    },
    "Indicator": {"id", "parts", "name", "basis"},
    "Deduction": {"recipient", "amount", "reason", "pool", "basis"},
    "Adjustment": {"recipient", "amount", "reason", "date", "paid_by", "basis"},
}
PARTS: dict[str, set[str]] = {
    "Scenario": {
        "title", "fund", "kind", "weights", "recipients", "factors", "coefficient", "reservations",
        "earmarks", "limits", "published", "previous", "provenance", "uses",
    },
    "Fund": {"amount", "currency", "unit", "rounding", "name", "source", "papers"},
    "Recipient": {"id", "name", "kind", "aliases"},
    "Factor": {"id", "values", "name", "unit", "definition", "year", "status", "source"},
    "Reservation": {"name", "amount"},
    "Earmark": {"recipient", "amount", "also_shares", "reason"},
    "Limit": {"recipients", "floor", "floor_rate", "cap", "cap_rate", "of", "by"},
}  # fmt: skip


def unknown(what: str, which: object) -> Never:
    """Raises LookupError, which names the part without a formula."""
    raise LookupError(f"the workbook has no formula for the {what} {which!r}")


def check_scenario(scenario: Scenario, *, later: bool = False) -> None:
    """Raises LookupError for any part of a rule that the workbook has no formulas for.

    ``later`` rules are those of format 2, whose clauses `covers` has been asked for already.
    """
    parts: list[Sequence[Any]] = [
        scenario.recipients, scenario.factors, scenario.reservations, scenario.earmarks, scenario.limits,
    ]  # fmt: skip
    if later:
        parts += [scenario.pools, scenario.indicators, scenario.deductions, scenario.adjustments]
    for part in (scenario, scenario.fund, *(thing for things in parts for thing in things)):
        _check_part(part, LATER if later else {})
    if later:
        for pool in scenario.rules:
            _check_choice("later_kind", pool.kind)
        _check_choice("later_rounding", scenario.fund.rounding)
        return
    _check_choice("kind", scenario.kind)
    _check_choice("rounding", scenario.fund.rounding)
    for limit in scenario.limits:
        _check_choice("of", limit.of)


def _check_part(part: Any, more: Mapping[str, set[str]]) -> None:
    """Raises LookupError if a field that the workbook does not know differs from its default."""
    name = type(part).__name__
    known = PARTS.get(name, set()) | more.get(name, set())
    for field in fields(part):
        if field.name in known:
            continue
        own = field.default if field.default_factory is MISSING else field.default_factory()
        if getattr(part, field.name) != own:
            unknown(type(part).__name__, field.name)


def _check_choice(name: str, value: str | None) -> None:
    if value not in CHOICES[name]:
        unknown(name, value)


def check_table(table: Table) -> None:
    """Raises LookupError for a kind of row of the office's table without formulas.

    Its columns are checked where their formulas are made, in printed.py.
    """
    _check_roles(table)


def check_comparison(table: Table) -> None:
    """The same for scenarios side by side: a column is a letter, or a letter less A or known amounts."""
    for column in table.columns:
        letter, minus, base = column.key.partition("-")
        less = not minus or base in ("A", *KNOWN)
        if column.key not in COMPARED and not (letter in LETTERS and less):
            unknown("column", column.key)
    _check_roles(table)


def _check_roles(table: Table) -> None:
    for role, _ in table.records:
        if role not in ROLES:
            unknown("kind of row", role)
