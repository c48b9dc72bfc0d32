"""The values of a scenario file's keys: each kind as it is read, and as JSON Schema says it.

What is wrong is raised without its place, which `keys.read` knows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from allocator.core.errors import Problem, ScenarioError
from allocator.core.exact import LARGEST, Number, TooManyDecimals, exact, plain
from allocator.core.parts import AMOUNT_UNITS, Text, brief
from allocator.core.pools import NEEDED, REST

if TYPE_CHECKING:
    from allocator.core.formula import Formula


class Value(NamedTuple):
    """A kind of value: the function that reads one as written, and what JSON Schema says of it.

    ``read`` raises ScenarioError for what is no such value.  One of ``money`` is given the currency as well:
    a code, or blank where it is not money that is shared out.
    """

    read: Callable[..., Any]
    schema: Mapping[str, Any] = {}
    money: bool = False


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


def refusal(key: str, value: object) -> ScenarioError:
    """The error for a wrong value, which its sentence shows."""
    return ScenarioError(Problem(key, {"value": as_written(value)}))


def as_number(value: object) -> Number:
    """The number of a key, exactly; raises ScenarioError for anything else."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        try:
            return exact(value)
        except TooManyDecimals:
            raise refusal("decimals", value) from None
        except ValueError:
            pass
    raise refusal("type_number", value)


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


def _money(value: object, currency: str) -> Number:
    """An amount in the main unit; text may name yuan or 万元 where the currency is CNY."""
    if isinstance(value, str):
        try:
            amount = _amount(value, currency)
        except TooManyDecimals:
            raise refusal("cents", value) from None
        except ValueError:
            amount = None
        if amount is None and currency != "CNY" and amount_in_text(value, "CNY") is not None:
            key = "unit_currency" if currency else "unit_of"
            raise ScenarioError(Problem(key, {"value": value, "currency": currency}))
        if amount is None:
            raise refusal("type_money", value)
        return amount
    try:
        return as_number(value)
    except ScenarioError as error:
        many = error.problems[0].key == "decimals"  # far more than money has
        raise refusal("cents" if many else "type_money", value) from None


def _name(value: object) -> Text:
    parts = {"zh": value} if isinstance(value, str) else value
    if isinstance(value, dict) and value.keys() == {"zh", "en"}:
        blank = [key for key in ("zh", "en") if isinstance(value[key], str) and not value[key].strip()]
        if len(blank) == 1:
            raise ScenarioError(Problem("name_half", {"name": blank[0]}))
    if (
        not isinstance(parts, dict)
        or not parts
        or not parts.keys() <= {"zh", "en"}
        or not all(isinstance(part, str) and part.strip() for part in parts.values())
    ):
        raise refusal("type_name", value)
    return Text(**parts)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise refusal("type_text", value)
    return value


def _bool(value: object) -> bool:
    if not isinstance(value, bool):
        raise refusal("type_bool", value)
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not -LARGEST < value < LARGEST:
        raise refusal("type_whole", value)
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


def _weight(value: object, currency: str) -> Number:
    """A weight: a number, a fraction in text, "100/3", or for a fixed pool an amount in text, "50万元"."""
    amount = _amount_with_unit(value, currency) if isinstance(value, str) else None
    return _part(value) if amount is None else MoneyWeight(amount)


def _amount_with_unit(text: str, currency: str) -> Number | None:
    return amount_in_text(text, currency) if re.search(r"[^\d\s.,_/]", text) else None


def is_weight_in_text(value: object) -> bool:
    """True for a fraction or an amount in text, which only format 2 has for a weight."""
    if not isinstance(value, str):
        return False
    return _FRACTION.fullmatch(value) is not None or _amount_with_unit(value, "CNY") is not None


def _share_of_money(value: object, currency: str) -> Number | str:
    """The money of a pool: an amount, or one of two words."""
    if isinstance(value, str) and value in (NEEDED, REST):
        return value
    if isinstance(value, str) and not re.search(r"\d", value):
        raise refusal("pool_amount", value)
    return _money(value, currency)


def _formula(value: object) -> Formula:
    if not isinstance(value, str):
        raise refusal("type_text", value)
    from allocator.files.formulas import parse  # most scenarios have none

    return parse(value)


def _bound(value: object, currency: str) -> Any:
    """A floor or cap: an amount, or { formula = "…" }."""
    if isinstance(value, dict):
        if value.keys() != {"formula"}:
            raise refusal("type_bound", value)
        return _formula(value["formula"])
    return _money(value, currency)


def _signed(value: object, currency: str) -> Number:
    """An amount that may be below zero, in the main unit, as a number or as text with a unit."""
    if isinstance(value, str) and value.strip()[:1] in ("-", "−", "+"):
        amount = _money(value.strip()[1:], currency)
        return amount if value.strip()[0] == "+" else -amount
    return _money(value, currency)


def _date(value: object) -> date:
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise refusal("cell_date", value) from None


def _payer(value: object) -> object:
    """The one that pays for an adjustment: the word pro-rata, or a table that names one."""
    if isinstance(value, dict):
        if len(value) == 1 and value.keys() <= {"recipient", "reservation"}:
            (name,) = value.values()
            if isinstance(name, str) and name.strip():
                return dict(value)
        raise refusal("type_payer", value)
    if value != "pro-rata":
        raise refusal("type_payer", value)
    return value


def _coefficient(value: object) -> tuple[str, ...]:
    if isinstance(value, str) and value:
        return (value,)
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise refusal("type_coefficient", value)


def _recipients(value: object) -> str | tuple[str, ...]:
    if isinstance(value, str) and value:
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise refusal("type_recipients", value)


_PLAIN_TEXT = {"minLength": 1, "type": "string"}
_POSITIVE = {"minimum": 0, "type": "number"}
_NAME = {
    "additionalProperties": False,
    "minProperties": 1,
    "properties": {"zh": _PLAIN_TEXT, "en": _PLAIN_TEXT},
    "type": "object",
}
_WITH_FORMULA = {
    "additionalProperties": False,
    "properties": {"formula": _PLAIN_TEXT},
    "required": ["formula"],
    "type": "object",
}
_ONE_PARTY = {
    "additionalProperties": False,
    "maxProperties": 1,
    "minProperties": 1,
    "properties": {"recipient": _PLAIN_TEXT, "reservation": _PLAIN_TEXT},
    "type": "object",
}


def _any_of(*schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"anyOf": [*schemas]}


_ONE_OR_MORE = _any_of(_PLAIN_TEXT, {"items": _PLAIN_TEXT, "minItems": 1, "type": "array"})

# looked at before all else: the files of another version are another thing
VERSION = Value(int, {"description": "the version of the format", "enum": [1, 2], "type": "integer"})
TEXT = Value(_text, {"type": "string"})
BOOL = Value(_bool, {"type": "boolean"})
WHOLE = Value(_whole, {"type": "integer"})
NUMBER = Value(as_number, _POSITIVE)
MONEY = Value(_money, _any_of(_POSITIVE, _PLAIN_TEXT), money=True)
SIGNED = Value(_signed, _any_of({"type": "number"}, _PLAIN_TEXT), money=True)
BOUND = Value(_bound, _any_of(_POSITIVE, _PLAIN_TEXT, _WITH_FORMULA), money=True)
POOL_MONEY = Value(_share_of_money, _any_of(_POSITIVE, _PLAIN_TEXT), money=True)
WEIGHT = Value(_weight, _any_of(_POSITIVE, {"pattern": "/|元", "type": "string"}), money=True)
PART = Value(_part, _any_of(_POSITIVE, {"pattern": "/", "type": "string"}))
NAME = Value(_name, _any_of(_PLAIN_TEXT, _NAME))
FORMULA = Value(_formula, _PLAIN_TEXT)
RECIPIENTS = Value(_recipients, _ONE_OR_MORE)
COEFFICIENT = Value(_coefficient, _ONE_OR_MORE)
DATE = Value(_date, _any_of(_PLAIN_TEXT, {"format": "date"}))
PAYER = Value(_payer, _any_of({"enum": ["pro-rata"]}, _ONE_PARTY))


def one_of(*choices: str) -> Value:
    """The kind of a text with these choices; the core checks that it is one of them."""
    return Value(_text, {"enum": [*choices]})
