"""Versions 1 and 2 of the scenario format: the tables of a TOML file.

The tables below are the only definition of the keys; docs/scenario-format.md explains them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from allocator.core.errors import Problem
from allocator.files.scenario.fields import (
    BOOL,
    BOUND,
    COEFFICIENT,
    DATE,
    FORMULA,
    MONEY,
    NAME,
    NUMBER,
    PART,
    PAYER,
    POOL_MONEY,
    RECIPIENTS,
    SIGNED,
    TEXT,
    VERSION,
    WEIGHT,
    WHOLE,
    one_of,
)
from allocator.files.scenario.keys import Array, ByName, Mistake, Table, needed, optional

FORMAT = 1  # of a scenario that needs no more, and of all other files
FORMATS = (1, 2)
# the keys that only a file of format 2 may have, by table
SECOND = {
    "": ("pool", "indicator", "deduction", "adjustment"),
    "fund": ("of", "rest_to", "left", "below_zero"),
    "method": ("recipients", "where", "over", "floors", "phase_in", "basis"),
    "factor": ("formula", "round", "text", "basis"),
    "earmark": ("recipients", "where", "basis"),
    "limit": ("where", "together", "pool", "basis"),
    "data": ("issued",),
}


class TargetTable(Table):
    """{ recipient = "…" } or { reservation = "…" }: who takes or pays (format 2)."""

    recipient = optional(TEXT, "")
    reservation = optional(TEXT, "")


class FundTable(Table):
    """[fund]: all the money, and how it is split into whole units."""

    amount = needed(MONEY)
    currency = optional(TEXT)
    unit = needed(MONEY)
    rounding = optional(
        one_of("largest-remainder", "rest-to-largest", "each-alone", "rest-to"), "largest-remainder"
    )
    name = optional(NAME)
    source = optional(NAME)
    of = optional(NAME)
    rest_to: TargetTable | None = optional(TargetTable)
    left: TargetTable | None = optional(TargetTable)
    below_zero = optional(one_of("recover"))
    papers = optional(one_of("cn", "plain"))


class MethodTable(Table):
    """[method]: what the weights multiply."""

    kind = needed(one_of("shares", "scores", "fixed"))
    coefficient = optional(COEFFICIENT)
    recipients = optional(RECIPIENTS)
    where = optional(FORMULA)
    over = optional(one_of("scale"))
    floors = optional(one_of("from-gains"))
    phase_in = optional(NUMBER)
    basis = optional(NAME)


class PoolTable(Table):
    """[pool.ID]: a part of the money with a rule of its own (format 2)."""

    kind = needed(one_of("shares", "scores", "fixed"))
    weights = needed(ByName(WEIGHT))
    name = optional(NAME)
    amount = optional(POOL_MONEY)
    percent = optional(PART)
    coefficient = optional(COEFFICIENT)
    recipients = optional(RECIPIENTS)
    where = optional(FORMULA)
    over = optional(one_of("scale"))
    floors = optional(one_of("from-gains"))
    basis = optional(NAME)


class IndicatorTable(Table):
    """[indicator.ID]: factors that are weighted together (format 2)."""

    parts = needed(ByName(PART))
    name = optional(NAME)
    basis = optional(NAME)


class DataTable(Table):
    """[data]: the files; instead of factor data, a register of projects and the rules that make it."""

    factors = optional(TEXT, "")
    projects = optional(TEXT, "")
    rules = optional(TEXT, "")
    activities = optional(TEXT, "")
    recipients = optional(TEXT, "")
    published = optional(TEXT, "")
    previous = optional(TEXT, "")
    issued = optional(TEXT, "")
    provenance = optional(TEXT, "")


class FactorTable(Table):
    """[factor.ID]: what a column of the factor data is."""

    name = optional(NAME)
    unit = optional(NAME)
    definition = optional(NAME)
    year = optional(WHOLE)
    status = optional(one_of("published", "provided", "derived", "assumed", "example"))
    source = optional(NAME)
    formula = optional(FORMULA)
    round = optional(WHOLE)
    text = optional(BOOL, False)
    basis = optional(NAME)


class ReservationTable(Table):
    """[[reservation]]: comes off before anything is shared out."""

    name = needed(NAME)
    amount = needed(MONEY)


class UseTable(Table):
    """[[use]]: what part of the fund was spent on, as published; it decides no amount."""

    name = needed(NAME)
    amount = needed(MONEY)


class EarmarkTable(Table):
    """[[earmark]]: a fixed amount for one recipient."""

    recipient = optional(TEXT)
    amount = needed(MONEY)
    also_shares = optional(BOOL, False)
    reason = optional(NAME)
    recipients = optional(RECIPIENTS)
    where = optional(FORMULA)
    basis = optional(NAME)


class LimitTable(Table):
    """[[limit]]: a floor, a cap, or both."""

    recipients = needed(RECIPIENTS)
    floor = optional(BOUND)
    floor_rate = optional(NUMBER)
    cap = optional(BOUND)
    cap_rate = optional(NUMBER)
    of = optional(one_of("fund", "distributable", "previous"))
    by = optional(TEXT)
    where = optional(FORMULA)
    together = optional(BOOL, False)
    pool = optional(TEXT)
    basis = optional(NAME)


class DeductionTable(Table):
    """[[deduction]]: money that a recipient holds already, which counts as allocated (format 2)."""

    recipient = needed(TEXT)
    amount = needed(MONEY)
    reason = optional(NAME)
    pool = optional(TEXT)
    basis = optional(NAME)


class AdjustmentTable(Table):
    """[[adjustment]]: more or less for one recipient, by hand and with its reason (format 2)."""

    recipient = needed(TEXT)
    amount = needed(SIGNED)
    reason = needed(NAME)
    date = optional(DATE)
    paid_by = optional(PAYER)
    basis = optional(NAME)


class ScenarioTable(Table):
    """A scenario file, after `extends` has been followed."""

    format = needed(VERSION)
    title = needed(NAME)
    fund: FundTable = needed(FundTable)
    method: MethodTable | None = optional(MethodTable)
    weights = optional(ByName(WEIGHT))
    data: DataTable = needed(DataTable)
    pool: Mapping[str, PoolTable] = optional(ByName(PoolTable), {})
    indicator: Mapping[str, IndicatorTable] = optional(ByName(IndicatorTable), {})
    factor: Mapping[str, FactorTable] = optional(ByName(FactorTable), {})
    reservation: Sequence[ReservationTable] = optional(Array(ReservationTable), ())
    earmark: Sequence[EarmarkTable] = optional(Array(EarmarkTable), ())
    limit: Sequence[LimitTable] = optional(Array(LimitTable), ())
    deduction: Sequence[DeductionTable] = optional(Array(DeductionTable), ())
    adjustment: Sequence[AdjustmentTable] = optional(Array(AdjustmentTable), ())
    use: Sequence[UseTable] = optional(Array(UseTable), ())
    extends = optional(TEXT)


EXAMPLES = {
    "format": "format = 1",
    "title": 'title = { zh = "…", en = "…" }',
    "fund": "[fund]",
    "method": "[method]",
    "weights": "[weights]",
    "data": "[data]",
    "amount": "amount = 57_220_000",
    "currency": 'currency = "CNY"',
    "unit": "unit = 10_000",
    "kind": 'kind = "shares"',
    "factors": 'factors = "factors.csv"',
    "name": 'name = "…"',
    "recipient": 'recipient = "…"',
    "recipients": 'recipients = "all"',
    "reason": 'reason = "…"',
    "parts": "parts = { … = 60, … = 40 }",
}


def problem(mistake: Mistake) -> Problem:
    """The problem at its dotted key: the table's for a key that is missing or unknown; positions from 1."""
    path = [str(part + 1) if isinstance(part, int) else part for part in mistake.place]
    return mistake.at(".".join(path[:-1] if mistake.problem.key in ("key_missing", "key_unknown") else path))


def missing_rule(content: Mapping[str, Any]) -> list[Problem]:
    """The problems of a scenario without a currency, or with neither a method and weights nor pools."""
    fund, found = content.get("fund"), []
    if isinstance(fund, dict) and "currency" not in fund and "of" not in fund:
        details = {"name": "currency", "example": EXAMPLES["currency"]}
        found.append(Problem("key_missing", details, at={"key": "fund"}))
    if isinstance(fund, dict) and "currency" in fund and "of" in fund:
        found.append(Problem("of_and_currency", at={"key": "fund.of"}))
    missing = [name for name in ("method", "weights") if name not in content and not content.get("pool")]
    return [
        *found,
        *(Problem("key_missing", {"name": name, "example": EXAMPLES[name]}) for name in missing),
    ]
