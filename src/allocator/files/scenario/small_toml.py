"""Checks small TOML files beside a scenario, such as readings, by pydantic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, PlainValidator, ValidationError
from pydantic_core import PydanticCustomError

from allocator.core.errors import Problem, ScenarioError
from allocator.core.naming import guess
from allocator.files.dates import cell_day
from allocator.files.parsing import MOST_PROBLEMS, wrong
from allocator.files.scenario import fields, schema

Whole = TypeVar("Whole", bound=BaseModel)


# of every table of such a file: unknown keys are refused
STRICT = ConfigDict(extra="forbid", frozen=True, defer_build=True)


@dataclass(frozen=True)
class Form(Generic[Whole]):
    """The form of a kind of file: the whole, its [[lists]] of tables, an example for each needed key."""

    whole: type[Whole]
    tables: Mapping[str, type[BaseModel]]
    examples: Mapping[str, str]


def _day(value: object) -> date:
    found = cell_day(value) if isinstance(value, str) else value
    if isinstance(found, str):
        raise PydanticCustomError("text", "", {"key": found, "details": {"value": str(value)[:40]}})
    if type(found) is not date:
        raise PydanticCustomError(
            "text", "", {"key": "cell_date", "details": {"value": fields.as_written(value)}}
        )
    return found


Day = Annotated[Any, PlainValidator(_day)]  # written as a date, or as the text of one


def validated(path: Path, content: dict[str, Any], form: Form[Whole]) -> Whole:
    """The content of a file as a table; raises ScenarioError with a sentence for each problem found."""
    if "format" in content and (content["format"] != schema.FORMAT or isinstance(content["format"], bool)):
        wrong(path, "format", {"key": "format"}, value=fields.as_written(content["format"]))
    try:
        return form.whole.model_validate(content)
    except ValidationError as error:
        found = error.errors(include_url=False)[:MOST_PROBLEMS]
        raise ScenarioError(
            replace(_problem(form, one["type"], one["loc"], one["input"], one.get("ctx", {})), file=str(path))
            for one in found
        ) from None


def _problem(
    form: Form[Any], type_: str, place: tuple[int | str, ...], value: object, details: Mapping[str, Any]
) -> Problem:
    """The sentence for one error of pydantic, with the place as it looks in the file."""
    name = str(place[-1])
    at = _place(place)
    if type_ == "missing":
        return Problem("key_missing", {"name": name, "example": form.examples[name]}, at=_place(place[:-1]))
    if type_ == "extra_forbidden":
        table = form.tables[str(place[0])] if len(place) > 1 else form.whole
        return Problem("key_unknown", {"name": name, "guess": guess(name, table.model_fields)}, at=at)
    return replace(schema.problem(type_, place, value, dict(details)), at=at)


def _place(place: tuple[int | str, ...]) -> dict[str, object]:
    if not place:
        return {}
    if len(place) == 1 or not isinstance(place[1], int):
        return {"key": ".".join(map(str, place))}
    return {"key": ", ".join([f"[[{place[0]}]] {place[1] + 1}", *map(str, place[2:])])}
