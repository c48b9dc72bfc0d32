"""Version 1 of the scenario format: the tables of a TOML file, and the JSON Schema that editors read.

The tables below are the only definition of the keys; docs/scenario-format.md explains them.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

from allocator.core.errors import Problem, ScenarioError
from allocator.core.exact import LARGEST, Number, TooManyDecimals, exact
from allocator.core.naming import guess
from allocator.core.parts import AMOUNT_UNITS, Text, brief

FORMAT = 1


_AMOUNT = re.compile(r"\s*((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9][0-9_]*)(?:\.[0-9]+)?)\s*([^\d\s.,_].*?)?\s*")


def as_written(value: object) -> str:
    """A wrong value much as it looks in the file.

    >>> as_written(True), as_written({"zh": 1}), as_written([1, [2]])
    ('true', '{ zh = 1 }', '[1, [ … ]]')
    """
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_inner(item)}" for key, item in value.items())[:50] + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inner, value))[:50] + "]"
    return brief(value) if isinstance(value, str) else _inner(value)


def _inner(value: object) -> str:
    if isinstance(value, dict | list):  # not followed further, as it may be nested without end
        return "{ … }" if isinstance(value, dict) else "[ … ]"
    if isinstance(value, str):
        return f'"{brief(value)}"'
    return str(value).lower() if isinstance(value, bool) else brief(value)


def _refuse(key: str, value: object) -> PydanticCustomError:
    return PydanticCustomError(key, "{value}", {"value": as_written(value)})


def _problem_as_pydantic(key: str, details: dict[str, object]) -> PydanticCustomError:
    return PydanticCustomError("text", "", {"key": key, "details": details})


def _number(value: object) -> Number:
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        try:
            return exact(value)
        except TooManyDecimals:
            raise _problem_as_pydantic("decimals", {"value": as_written(value)}) from None
        except ValueError:
            pass
    raise _refuse("type_number", value)


def amount_in_text(text: str, currency: str) -> Number | None:
    """The amount in a text, in the main unit, or None; units of yuan count only if that is the currency.

    >>> amount_in_text("5,722万元", "CNY"), amount_in_text("5722万元", "USD")
    (57220000, None)
    """
    try:
        return _amount(text, currency)
    except ValueError:
        return None


def _amount(text: str, currency: str) -> Number | None:
    # no amount is longer, and the search takes quadratic time
    found = _AMOUNT.fullmatch(text if len(text) <= 100 else "")
    if found is None or (found[2] or "") not in AMOUNT_UNITS or (found[2] and currency != "CNY"):
        return None
    return exact(exact(re.sub("[,_]", "", found[1])) * AMOUNT_UNITS[found[2] or ""])


def _money(value: object, info: ValidationInfo) -> Number:
    """An amount in the main unit; text may name yuan or 万元 where the validation's context says CNY."""
    if isinstance(value, str):
        currency = info.context["currency"] if info.context else "CNY"
        try:
            amount = _amount(value, currency)
        except TooManyDecimals:
            raise _problem_as_pydantic("cents", {"value": brief(value)}) from None
        except ValueError:
            amount = None
        if amount is None and currency != "CNY" and amount_in_text(value, "CNY") is not None:
            raise _problem_as_pydantic("unit_currency", {"value": value, "currency": currency})
        if amount is None:
            raise _refuse("type_money", value)
        return amount
    try:
        return _number(value)
    except PydanticCustomError as error:
        if error.type == "text":  # a number with far more decimals than money has
            raise _problem_as_pydantic("cents", {"value": as_written(value)}) from None
        raise _refuse("type_money", value) from None


def _name(value: object) -> Text:
    parts = {"zh": value} if isinstance(value, str) else value
    if isinstance(value, dict) and value.keys() == {"zh", "en"}:
        blank = [key for key in ("zh", "en") if isinstance(value[key], str) and not value[key].strip()]
        if len(blank) == 1:
            raise _problem_as_pydantic("name_half", {"name": blank[0]})
    if (
        not isinstance(parts, dict)
        or not parts
        or not parts.keys() <= {"zh", "en"}
        or not all(isinstance(part, str) and part.strip() for part in parts.values())
    ):
        raise _refuse("type_name", value)
    try:
        return Text(**parts)
    except ScenarioError as error:
        found = error.problems[0]
        raise _problem_as_pydantic(found.key, dict(found.details)) from None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _refuse("type_text", value)
    return value


def _bool(value: object) -> bool:
    if not isinstance(value, bool):
        raise _refuse("type_bool", value)
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not -LARGEST < value < LARGEST:
        raise _refuse("type_whole", value)
    return value


def _recipients(value: object) -> str | tuple[str, ...]:
    if isinstance(value, str) and value:
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise _refuse("type_recipients", value)


def _schema(**schema: Any) -> WithJsonSchema:
    return WithJsonSchema(schema)


_PLAIN_TEXT = {"type": "string", "minLength": 1}
# The types are Any because pydantic would otherwise build validators of its own for them at every start.
_Money = Annotated[
    Any, PlainValidator(_money), _schema(anyOf=[{"type": "number", "minimum": 0}, _PLAIN_TEXT])
]
_Number = Annotated[Any, PlainValidator(_number), _schema(type="number", minimum=0)]
_Text = Annotated[Any, PlainValidator(_text), _schema(type="string")]
_Bool = Annotated[Any, PlainValidator(_bool), _schema(type="boolean")]
_Whole = Annotated[Any, PlainValidator(_whole), _schema(type="integer")]
_Name = Annotated[
    Any,
    PlainValidator(_name),
    _schema(
        anyOf=[
            _PLAIN_TEXT,
            {
                "type": "object",
                "properties": {"zh": _PLAIN_TEXT, "en": _PLAIN_TEXT},
                "additionalProperties": False,
                "minProperties": 1,
            },
        ]
    ),
]
_Recipients = Annotated[
    Any,
    PlainValidator(_recipients),
    _schema(anyOf=[_PLAIN_TEXT, {"type": "array", "items": _PLAIN_TEXT, "minItems": 1}]),
]


def _one_of(*choices: str) -> WithJsonSchema:
    return _schema(enum=list(choices))


class _Table(BaseModel):
    # defer_build: only ScenarioTable's validator is ever used, and building each costs start-up time
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class FundTable(_Table):
    """[fund]: all the money, and how it is split into whole units."""

    amount: _Money
    currency: _Text
    unit: _Money
    rounding: Annotated[_Text, _one_of("largest-remainder", "rest-to-largest")] = "largest-remainder"
    name: _Name | None = None
    source: _Name | None = None


class MethodTable(_Table):
    """[method]: what the weights multiply."""

    kind: Annotated[_Text, _one_of("shares", "scores")]
    coefficient: _Text | None = None


class DataTable(_Table):
    """[data]: the files; instead of factor data, a register of projects and the rules that make it."""

    factors: _Text = ""
    projects: _Text = ""
    rules: _Text = ""
    activities: _Text = ""
    recipients: _Text = ""
    published: _Text = ""
    previous: _Text = ""
    provenance: _Text = ""


class FactorTable(_Table):
    """[factor.ID]: what a column of the factor data is."""

    name: _Name | None = None
    unit: _Name | None = None
    definition: _Name | None = None
    year: _Whole | None = None
    status: Annotated[_Text, _one_of("published", "provided", "derived", "assumed", "example")] = "assumed"
    source: _Name | None = None


class ReservationTable(_Table):
    """[[reservation]]: comes off before anything is shared out."""

    name: _Name
    amount: _Money


class UseTable(_Table):
    """[[use]]: what part of the fund was spent on, as published; it decides no amount."""

    name: _Name
    amount: _Money


class EarmarkTable(_Table):
    """[[earmark]]: a fixed amount for one recipient."""

    recipient: _Text
    amount: _Money
    also_shares: _Bool = False
    reason: _Name | None = None


class LimitTable(_Table):
    """[[limit]]: a floor, a cap, or both."""

    recipients: _Recipients
    floor: _Money | None = None
    floor_rate: _Number | None = None
    cap: _Money | None = None
    cap_rate: _Number | None = None
    of: Annotated[_Text, _one_of("fund", "distributable", "previous")] | None = None
    by: _Text | None = None


class ScenarioTable(_Table):
    """A scenario file, after `extends` has been followed."""

    format: Annotated[Literal[1], Field(description="the version of the format")]
    title: _Name
    fund: FundTable
    method: MethodTable
    weights: dict[str, _Number]
    data: DataTable
    factor: dict[str, FactorTable] = {}
    reservation: list[ReservationTable] = []
    earmark: list[EarmarkTable] = []
    limit: list[LimitTable] = []
    use: list[UseTable] = []
    extends: _Text | None = None


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
}

_TABLES: dict[str, type[BaseModel]] = {
    "fund": FundTable,
    "method": MethodTable,
    "data": DataTable,
    "factor": FactorTable,
    "reservation": ReservationTable,
    "earmark": EarmarkTable,
    "limit": LimitTable,
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
        return Problem(
            "key_unknown", {"name": name, "guess": guess(name, table.model_fields)}, at=_above(path)
        )
    if type_ == "literal_error":
        return Problem("format", {"value": as_written(value)}, at=at)
    if type_ == "text":
        return Problem(details["key"], details["details"], at=at)
    if type_.startswith("type_"):
        return Problem(type_, details, at=at)
    if type_ == "list_type" or isinstance(place[-1], int):
        return Problem("type_array", {"name": path[0], "value": as_written(value)}, at=at)
    return Problem("type_table", {"name": ".".join(path), "value": as_written(value)}, at=at)


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
    schema["then"] = {"required": ["title", "fund", "method", "weights", "data"]}
    for name in ("FundTable", "MethodTable", "DataTable"):
        schema["$defs"][name].pop("required", None)
    return schema
