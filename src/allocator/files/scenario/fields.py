"""The values of a scenario file's keys: each kind as pydantic reads it, and as its JSON Schema says it.

What is wrong is raised as the key of a sentence, which `schema.problem` gives its place.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import PlainValidator, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

from allocator.core.errors import ScenarioError
from allocator.core.exact import LARGEST, Number, TooManyDecimals, exact, plain
from allocator.core.parts import AMOUNT_UNITS, Text, brief
from allocator.core.pools import NEEDED, REST

if TYPE_CHECKING:
    from allocator.core.formula import Formula

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


def as_number(value: object) -> Number:
    """The number of a key, exactly; raises PydanticCustomError for anything else."""
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
            key = "unit_currency" if currency else "unit_of"
            raise _problem_as_pydantic(key, {"value": value, "currency": currency})
        if amount is None:
            raise _refuse("type_money", value)
        return amount
    try:
        return as_number(value)
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


_FRACTION = re.compile(r"\s*([0-9]{1,30}(?:\.[0-9]{1,30})?)\s*/\s*([0-9]{1,30})\s*")


def _part(value: object) -> Number:
    """A part of a hundred: a number, or a fraction in text, "100/3"."""
    found = _FRACTION.fullmatch(value) if isinstance(value, str) else None
    if found is not None and int(found[2]):
        return plain(Fraction(exact(found[1])) / int(found[2]))
    return as_number(value)


class MoneyWeight(Fraction):
    """A weight that was written as an amount with its unit, which only a fixed pool may have."""


def _weight(value: object, info: ValidationInfo) -> Number:
    """A weight: a number, a fraction in text, "100/3", or for a fixed pool an amount in text, "50万元"."""
    currency = info.context["currency"] if info.context else "CNY"
    amount = _amount_with_unit(value, currency) if isinstance(value, str) else None
    return _part(value) if amount is None else MoneyWeight(amount)


def _amount_with_unit(text: str, currency: str) -> Number | None:
    return amount_in_text(text, currency) if re.search(r"[^\d\s.,_/]", text) else None


def is_weight_in_text(value: object) -> bool:
    """True for a fraction or an amount in text, which only format 2 has for a weight."""
    if not isinstance(value, str):
        return False
    return _FRACTION.fullmatch(value) is not None or _amount_with_unit(value, "CNY") is not None


def _share_of_money(value: object, info: ValidationInfo) -> Number | str:
    """The money of a pool: an amount, or one of two words."""
    if isinstance(value, str) and value in (NEEDED, REST):
        return value
    if isinstance(value, str) and not re.search(r"\d", value):
        raise _problem_as_pydantic("pool_amount", {"value": as_written(value)})
    return _money(value, info)


def _formula(value: object) -> Formula:
    if not isinstance(value, str):
        raise _refuse("type_text", value)
    from allocator.files.formulas import parse  # most scenarios have none

    try:
        return parse(value)
    except ScenarioError as error:
        found = error.problems[0]
        details = {"key": found.key, "details": dict(found.details), "at": dict(found.at)}
        raise PydanticCustomError("text", "", details) from None


def _bound(value: object, info: ValidationInfo) -> Any:
    """A floor or cap: an amount, or { formula = "…" }."""
    if isinstance(value, dict):
        if value.keys() != {"formula"}:
            raise _refuse("type_bound", value)
        return _formula(value["formula"])
    return _money(value, info)


def _signed(value: object, info: ValidationInfo) -> Number:
    """An amount that may be below zero, in the main unit, as a number or as text with a unit."""
    if isinstance(value, str) and value.strip()[:1] in ("-", "−", "+"):
        amount = _money(value.strip()[1:], info)
        return amount if value.strip()[0] == "+" else -amount
    return _money(value, info)


def _date(value: object) -> date:
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise _problem_as_pydantic("cell_date", {"value": as_written(value)}) from None


def _payer(value: object) -> object:
    """The one that pays for an adjustment: the word pro-rata, or a table that names one."""
    if isinstance(value, dict):
        if len(value) == 1 and value.keys() <= {"recipient", "reservation"}:
            (name,) = value.values()
            if isinstance(name, str) and name.strip():
                return dict(value)
        raise _refuse("type_payer", value)
    if value != "pro-rata":
        raise _refuse("type_payer", value)
    return value


def _coefficient(value: object) -> tuple[str, ...]:
    if isinstance(value, str) and value:
        return (value,)
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise _refuse("type_coefficient", value)


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
AMoney = Annotated[
    Any, PlainValidator(_money), _schema(anyOf=[{"type": "number", "minimum": 0}, _PLAIN_TEXT])
]
ANumber = Annotated[Any, PlainValidator(as_number), _schema(type="number", minimum=0)]
AText = Annotated[Any, PlainValidator(_text), _schema(type="string")]
ABool = Annotated[Any, PlainValidator(_bool), _schema(type="boolean")]
AWhole = Annotated[Any, PlainValidator(_whole), _schema(type="integer")]
AName = Annotated[
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
ARecipients = Annotated[
    Any,
    PlainValidator(_recipients),
    _schema(anyOf=[_PLAIN_TEXT, {"type": "array", "items": _PLAIN_TEXT, "minItems": 1}]),
]


AWeight = Annotated[
    Any,
    PlainValidator(_weight),
    _schema(anyOf=[{"type": "number", "minimum": 0}, {"type": "string", "pattern": "/|元"}]),
]
APart = Annotated[
    Any,
    PlainValidator(_part),
    _schema(anyOf=[{"type": "number", "minimum": 0}, {"type": "string", "pattern": "/"}]),
]
APoolMoney = Annotated[
    Any, PlainValidator(_share_of_money), _schema(anyOf=[{"type": "number", "minimum": 0}, _PLAIN_TEXT])
]
AFormula = Annotated[Any, PlainValidator(_formula), _schema(**_PLAIN_TEXT)]
ACoefficient = Annotated[
    Any,
    PlainValidator(_coefficient),
    _schema(anyOf=[_PLAIN_TEXT, {"type": "array", "items": _PLAIN_TEXT, "minItems": 1}]),
]


ABound = Annotated[
    Any,
    PlainValidator(_bound),
    _schema(
        anyOf=[
            {"type": "number", "minimum": 0},
            _PLAIN_TEXT,
            {
                "type": "object",
                "properties": {"formula": _PLAIN_TEXT},
                "required": ["formula"],
                "additionalProperties": False,
            },
        ]
    ),
]
ASigned = Annotated[Any, PlainValidator(_signed), _schema(anyOf=[{"type": "number"}, _PLAIN_TEXT])]
ADate = Annotated[Any, PlainValidator(_date), _schema(anyOf=[_PLAIN_TEXT, {"format": "date"}])]
APayer = Annotated[
    Any,
    PlainValidator(_payer),
    _schema(
        anyOf=[
            {"enum": ["pro-rata"]},
            {
                "type": "object",
                "properties": {"recipient": _PLAIN_TEXT, "reservation": _PLAIN_TEXT},
                "additionalProperties": False,
                "minProperties": 1,
                "maxProperties": 1,
            },
        ]
    ),
]


def one_of(*choices: str) -> WithJsonSchema:
    """The JSON Schema of a key with these choices; the core checks that it is one of them."""
    return _schema(enum=list(choices))
