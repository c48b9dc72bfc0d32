"""What the file of a reading may hold, and a reading written as such a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, PlainValidator, ValidationError
from pydantic_core import PydanticCustomError

from allocator.analysis.audit import Reading
from allocator.errors import Problem, ScenarioError
from allocator.files import format as toml
from allocator.files.reading import MOST_PROBLEMS, wrong
from allocator.files.writing import toml_bytes
from allocator.parts import Text, nearest

EXAMPLES = {
    "format": "format = 1",
    "title": 'title = { zh = "…", en = "…" }',
    "scenario": 'scenario = "../scenario.toml"',
    "factor": 'factor = "tax"',
    "recipients": 'recipients = "all"',
    "low": "low = 60",
    "high": "high = 100",
}


@dataclass(frozen=True)
class NamedReading:
    """假设口径: a reading with its name, where it was read, and why anybody would suppose so.

    ``needs`` is the data that it would take to test it, where split and weights alone cannot.
    """

    title: Text
    file: str
    reading: Reading
    reason: Text | None = None
    needs: Text | None = None


def _recipients(value: object) -> tuple[str, ...]:
    names = [value] if isinstance(value, str) else value
    if isinstance(names, list) and names and all(isinstance(name, str) and name.strip() for name in names):
        return tuple(names)
    raise PydanticCustomError(
        "text", "", {"key": "reading_recipients", "details": {"value": toml.as_written(value)}}
    )


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class ScoredTable(_Table):
    """[[scored]]: everybody's value of a factor lies between two scores."""

    factor: toml._Text
    low: toml._Number
    high: toml._Number


class KnownTable(_Table):
    """[[known]]: what some recipients have of a factor, together."""

    factor: toml._Text
    recipients: Annotated[Any, PlainValidator(_recipients)]
    low: toml._Number | None = None
    high: toml._Number | None = None
    of: toml._Text = "share"


class ReadingTable(_Table):
    """A reading's file."""

    format: int
    title: toml._Name
    scenario: toml._Text | None = None
    reason: toml._Name | None = None
    needs: toml._Name | None = None
    tolerance: toml._Text = "rounded"
    scored: list[ScoredTable] = []
    known: list[KnownTable] = []


_TABLES: dict[str, type[BaseModel]] = {"scored": ScoredTable, "known": KnownTable}


def validated(path: Path, content: dict[str, Any]) -> ReadingTable:
    """The content of a file as a table; raises ScenarioError with a sentence for each problem found."""
    if "format" in content and (content["format"] != toml.FORMAT or isinstance(content["format"], bool)):
        wrong(path, "format", {"key": "format"}, value=toml.as_written(content["format"]))
    try:
        return ReadingTable.model_validate(content)
    except ValidationError as error:
        found = error.errors(include_url=False)[:MOST_PROBLEMS]
        raise ScenarioError(
            replace(_problem(one["type"], one["loc"], one["input"], one.get("ctx", {})), file=str(path))
            for one in found
        ) from None


def _problem(type_: str, place: tuple[int | str, ...], value: object, details: Mapping[str, Any]) -> Problem:
    """The sentence for one error of pydantic, with the place as it looks in the file."""
    name = str(place[-1])
    at = _place(place)
    if type_ == "missing":
        return Problem("key_missing", {"name": name, "example": EXAMPLES[name]}, at=_place(place[:-1]))
    if type_ == "extra_forbidden":
        table = _TABLES[str(place[0])] if len(place) > 1 else ReadingTable
        near, known = nearest(name, table.model_fields), list(table.model_fields)
        key = "key_unknown" if near else "key_unknown_list"
        return Problem(key, {"name": name, "near": near} if near else {"name": name, "known": known}, at=at)
    return replace(toml.problem(type_, place, value, dict(details)), at=at)


def _place(place: tuple[int | str, ...]) -> dict[str, object]:
    if not place:
        return {}
    if len(place) == 1 or not isinstance(place[1], int):
        return {"key": ".".join(map(str, place))}
    return {"key": ", ".join([f"[[{place[0]}]] {place[1] + 1}", *map(str, place[2:])])}


def reading_bytes(named: NamedReading, scenario: str | None = None) -> bytes:
    """A reading as a TOML file, which reads back as the same; ``scenario`` is the file that it names."""
    reading = named.reading
    content: dict[str, Any] = {"format": toml.FORMAT, "title": _said(named.title)}
    if scenario is not None:
        content["scenario"] = scenario
    for key, text in (("reason", named.reason), ("needs", named.needs)):
        if text is not None:
            content[key] = _said(text)
    if reading.tolerance != "rounded":
        content["tolerance"] = reading.tolerance
    content["scored"] = [{"factor": s.factor, "low": s.low, "high": s.high} for s in reading.scored]
    content["known"] = [
        {
            "factor": k.factor,
            "recipients": k.recipients if isinstance(k.recipients, str) else list(k.recipients),
            "low": k.low,
            **({} if k.high is None else {"high": k.high}),
            "of": k.of,
        }
        for k in reading.known
    ]
    return toml_bytes({key: value for key, value in content.items() if value != []})


def _said(text: Text) -> str | dict[str, str]:
    return text.zh if text.zh == text.en else {"zh": text.zh, "en": text.en}
