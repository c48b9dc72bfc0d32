"""Versions 1 and 2 of the scenario format: the tables of a TOML file, and their JSON Schema for editors.

The tables below are the only definition of the keys; docs/scenario-format.md explains them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from allocator.core.errors import Problem
from allocator.core.naming import guess
from allocator.files.scenario.fields import (
    ABool,
    ABound,
    ACoefficient,
    ADate,
    AFormula,
    AMoney,
    AName,
    ANumber,
    APart,
    APayer,
    APoolMoney,
    ARecipients,
    ASigned,
    AText,
    AWeight,
    AWhole,
    as_written,
    one_of,
)

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


class _Table(BaseModel):
    # defer_build: only ScenarioTable's validator is ever used, and building each costs start-up time
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class TargetTable(_Table):
    """{ recipient = "…" } or { reservation = "…" }: who takes or pays (format 2)."""

    recipient: AText = ""
    reservation: AText = ""


class FundTable(_Table):
    """[fund]: all the money, and how it is split into whole units."""

    amount: AMoney
    currency: AText | None = None
    unit: AMoney
    rounding: Annotated[AText, one_of("largest-remainder", "rest-to-largest", "each-alone", "rest-to")] = (
        "largest-remainder"
    )
    name: AName | None = None
    source: AName | None = None
    of: AName | None = None
    rest_to: TargetTable | None = None
    left: TargetTable | None = None
    below_zero: Annotated[AText, one_of("recover")] | None = None
    papers: Annotated[AText, one_of("cn", "plain")] | None = None


class MethodTable(_Table):
    """[method]: what the weights multiply."""

    kind: Annotated[AText, one_of("shares", "scores", "fixed")]
    coefficient: ACoefficient | None = None
    recipients: ARecipients | None = None
    where: AFormula | None = None
    over: Annotated[AText, one_of("scale")] | None = None
    floors: Annotated[AText, one_of("from-gains")] | None = None
    phase_in: ANumber | None = None
    basis: AName | None = None


class PoolTable(_Table):
    """[pool.ID]: a part of the money with a rule of its own (format 2)."""

    kind: Annotated[AText, one_of("shares", "scores", "fixed")]
    weights: dict[str, AWeight]
    name: AName | None = None
    amount: APoolMoney | None = None
    percent: APart | None = None
    coefficient: ACoefficient | None = None
    recipients: ARecipients | None = None
    where: AFormula | None = None
    over: Annotated[AText, one_of("scale")] | None = None
    floors: Annotated[AText, one_of("from-gains")] | None = None
    basis: AName | None = None


class IndicatorTable(_Table):
    """[indicator.ID]: factors that are weighted together (format 2)."""

    parts: dict[str, APart]
    name: AName | None = None
    basis: AName | None = None


class DataTable(_Table):
    """[data]: the files; instead of factor data, a register of projects and the rules that make it."""

    factors: AText = ""
    projects: AText = ""
    rules: AText = ""
    activities: AText = ""
    recipients: AText = ""
    published: AText = ""
    previous: AText = ""
    issued: AText = ""
    provenance: AText = ""


class FactorTable(_Table):
    """[factor.ID]: what a column of the factor data is."""

    name: AName | None = None
    unit: AName | None = None
    definition: AName | None = None
    year: AWhole | None = None
    status: Annotated[AText, one_of("published", "provided", "derived", "assumed", "example")] | None = None
    source: AName | None = None
    formula: AFormula | None = None
    round: AWhole | None = None
    text: ABool = False
    basis: AName | None = None


class ReservationTable(_Table):
    """[[reservation]]: comes off before anything is shared out."""

    name: AName
    amount: AMoney


class UseTable(_Table):
    """[[use]]: what part of the fund was spent on, as published; it decides no amount."""

    name: AName
    amount: AMoney


class EarmarkTable(_Table):
    """[[earmark]]: a fixed amount for one recipient."""

    recipient: AText | None = None
    amount: AMoney
    also_shares: ABool = False
    reason: AName | None = None
    recipients: ARecipients | None = None
    where: AFormula | None = None
    basis: AName | None = None


class LimitTable(_Table):
    """[[limit]]: a floor, a cap, or both."""

    recipients: ARecipients
    floor: ABound | None = None
    floor_rate: ANumber | None = None
    cap: ABound | None = None
    cap_rate: ANumber | None = None
    of: Annotated[AText, one_of("fund", "distributable", "previous")] | None = None
    by: AText | None = None
    where: AFormula | None = None
    together: ABool = False
    pool: AText | None = None
    basis: AName | None = None


class DeductionTable(_Table):
    """[[deduction]]: money that a recipient holds already, which counts as allocated (format 2)."""

    recipient: AText
    amount: AMoney
    reason: AName | None = None
    pool: AText | None = None
    basis: AName | None = None


class AdjustmentTable(_Table):
    """[[adjustment]]: more or less for one recipient, by hand and with its reason (format 2)."""

    recipient: AText
    amount: ASigned
    reason: AName
    date: ADate | None = None
    paid_by: APayer | None = None
    basis: AName | None = None


class ScenarioTable(_Table):
    """A scenario file, after `extends` has been followed."""

    format: Annotated[Literal[1, 2], Field(description="the version of the format")]
    title: AName
    fund: FundTable
    method: MethodTable | None = None
    weights: dict[str, AWeight] | None = None
    data: DataTable
    pool: dict[str, PoolTable] = {}
    indicator: dict[str, IndicatorTable] = {}
    factor: dict[str, FactorTable] = {}
    reservation: list[ReservationTable] = []
    earmark: list[EarmarkTable] = []
    limit: list[LimitTable] = []
    deduction: list[DeductionTable] = []
    adjustment: list[AdjustmentTable] = []
    use: list[UseTable] = []
    extends: AText | None = None


_EXAMPLES = {
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

_TABLES: dict[str, type[BaseModel]] = {
    "fund": FundTable,
    "method": MethodTable,
    "data": DataTable,
    "factor": FactorTable,
    "pool": PoolTable,
    "indicator": IndicatorTable,
    "reservation": ReservationTable,
    "earmark": EarmarkTable,
    "limit": LimitTable,
    "deduction": DeductionTable,
    "adjustment": AdjustmentTable,
    "use": UseTable,
}


def problem(type_: str, place: tuple[int | str, ...], value: object, details: dict[str, Any]) -> Problem:
    """The sentence for one error of pydantic; list positions count from 1."""
    path = [str(part + 1) if isinstance(part, int) else part for part in place]
    at = {"key": ".".join(path)}
    name = path[-1]
    if type_ == "missing":
        return Problem("key_missing", {"name": name, "example": _EXAMPLES[name]}, at=_above(path))
    if type_ == "extra_forbidden":
        table = _TABLES[path[0]] if len(path) > 1 else ScenarioTable
        table = TargetTable if path[0] == "fund" and len(path) > 2 else table
        return Problem(
            "key_unknown", {"name": name, "guess": guess(name, table.model_fields)}, at=_above(path)
        )
    if type_ == "literal_error":
        return Problem("format_known", {"value": as_written(value)}, at=at)
    if type_ == "text":
        return Problem(details["key"], details["details"], at=at | details.get("at", {}))
    if type_.startswith("type_"):
        return Problem(type_, details, at=at)
    if type_ == "list_type" or isinstance(place[-1], int):
        return Problem("type_array", {"name": path[0], "value": as_written(value)}, at=at)
    return Problem("type_table", {"name": ".".join(path), "value": as_written(value)}, at=at)


def missing_rule(content: Mapping[str, Any]) -> list[Problem]:
    """The problems of a scenario without a currency, or with neither a method and weights nor pools."""
    fund, found = content.get("fund"), []
    if isinstance(fund, dict) and "currency" not in fund and "of" not in fund:
        details = {"name": "currency", "example": _EXAMPLES["currency"]}
        found.append(Problem("key_missing", details, at={"key": "fund"}))
    if isinstance(fund, dict) and "currency" in fund and "of" in fund:
        found.append(Problem("of_and_currency", at={"key": "fund.of"}))
    missing = [name for name in ("method", "weights") if name not in content and not content.get("pool")]
    return [
        *found,
        *(Problem("key_missing", {"name": name, "example": _EXAMPLES[name]}) for name in missing),
    ]


def _above(path: list[str]) -> dict[str, object]:
    return {"key": ".".join(path[:-1])} if len(path) > 1 else {}


def scenario_schema() -> dict[str, Any]:
    """The JSON Schema of a scenario file, for editors that complete and check TOML.

    A file with `extends` need only hold what it changes, so nothing but `format` is required of it.
    """
    schema = ScenarioTable.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["required"] = ["format"]
    schema["if"] = {"not": {"required": ["extends"]}}
    schema["then"] = {
        "required": ["title", "fund", "data"],
        "anyOf": [{"required": ["method", "weights"]}, {"required": ["pool"]}],
    }
    for name in ("FundTable", "MethodTable", "DataTable", "PoolTable", "IndicatorTable"):
        schema["$defs"][name].pop("required", None)
    schema["$defs"]["PoolTable"]["properties"]["remove"] = {"const": True}
    return schema
