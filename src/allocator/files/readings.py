"""Readings: a scenario file and what is supposed about the unpublished data behind its published split.

A reading is a small TOML file; facts may also stand in a CSV file.  docs/scenario-format.md explains both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, PlainValidator, ValidationError
from pydantic_core import PydanticCustomError

from allocator.analysis.audit import Known, Reading, Scored
from allocator.errors import Problem, ScenarioError
from allocator.exact import Number
from allocator.files import format as toml
from allocator.files.reading import MOST_PROBLEMS, beside, cell_number, read_csv, read_toml, wrong
from allocator.files.scenario import load_scenario
from allocator.files.tables import Finder, need
from allocator.model import Scenario
from allocator.parts import Text, nearest

Fact = TypeVar("Fact", Known, Scored)
FOLDER = "readings"
MOST_FACTS = 5_000  # each is a row of the linear programs
_COLUMNS = ("recipient", "factor", "low", "high", "of")
_EXAMPLES = {
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
    """假设口径: a reading with its name, where it was read, and why anybody would suppose so."""

    title: Text
    file: str
    reading: Reading
    reason: Text | None = None


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
    scenario: toml._Text
    reason: toml._Name | None = None
    tolerance: toml._Text = "rounded"
    scored: list[ScoredTable] = []
    known: list[KnownTable] = []


_TABLES: dict[str, type[BaseModel]] = {"scored": ScoredTable, "known": KnownTable}


def load_reading(path: str | Path) -> NamedReading:
    """The reading in a TOML file, with the scenario that it names.

    The scenario lies in the folder of the reading or below; a reading in a folder `readings` may also name
    one of the folder above.  Raises ScenarioError with a sentence for each problem found.

    >>> load_reading("scenarios/luzhou-2023/readings/1-one-pass.toml").reading.tolerance
    'rounded'
    """
    path = Path(path)
    table = _validated(path, read_toml(path))
    if len(table.scored) + len(table.known) > MOST_FACTS:
        wrong(path, "reading_many", most=MOST_FACTS)
    root = path.parent
    if path.absolute().parent.name == FOLDER:
        root = path.absolute().parent.parent
    file = beside(path, table.scenario, root, "scenario")
    scenario = load_scenario(file)
    find = Finder(scenario.recipients)
    scored, known = [], []
    for at, entry in enumerate(table.scored, 1):
        with _placing(path, f"[[scored]] {at}"):
            scored.append(checked(scenario, Scored(entry.factor, entry.low, entry.high)))
    for at, fact in enumerate(table.known, 1):
        with _placing(path, f"[[known]] {at}"):
            known.append(checked(scenario, _known(find, **dict(fact))))
    try:
        reading = Reading(scenario, tuple(known), tuple(scored), table.tolerance)
    except ScenarioError as error:
        raise error.in_files({"reading": str(path), "scenario": str(file)}) from None
    return NamedReading(table.title, str(path), reading, table.reason)


def checked(scenario: Scenario, fact: Fact) -> Fact:
    """The fact, if the scenario has its factor and its recipients; raises ScenarioError where it has not."""
    if isinstance(fact, Known):
        Reading(scenario, known=(fact,))
    else:
        Reading(scenario, scored=(fact,))
    return fact


def read_known(path: str | Path, scenario: Scenario) -> tuple[Known, ...]:
    """Facts from a CSV file: `recipient` (several with `;` between, or "all"), `factor`, `low`, `high`, `of`.

    A blank low or high is none; `of` may be left out.  Raises ScenarioError with a sentence for each problem.
    """
    path = Path(path)
    header, rows = read_csv(path)
    need(path, header, ("recipient", "factor"), _COLUMNS)
    if len(rows) > MOST_FACTS:
        wrong(path, "reading_many", most=MOST_FACTS)
    find = Finder(scenario.recipients)
    facts: list[Known] = []
    problems: list[Problem] = []
    for number, row in rows:
        cells = dict(zip(header, row, strict=True))
        ends: dict[str, Any] = {}
        here = len(problems)
        for column in ("low", "high"):
            cell = cells.get(column, "")
            value = cell_number(cell) if cell else None
            if isinstance(value, str):
                at = {"row": number, "column": column}
                problems.append(Problem(value, {"value": cell[:40]}, str(path), at))
            else:
                ends[column] = value
        names = tuple(name.strip() for name in re.split("[;；]", cells["recipient"]) if name.strip())
        if not names:
            at = {"row": number, "column": "recipient"}
            problems.append(Problem("recipient_blank", {}, str(path), at))
        if not cells["factor"]:
            problems.append(Problem("factor_blank", {}, str(path), {"row": number, "column": "factor"}))
        if len(problems) == here:
            try:
                fact = _known(find, cells["factor"], names, cells.get("of") or "share", **ends)
                facts.append(checked(scenario, fact))
            except ScenarioError as error:
                problems += [replace(p, file=str(path), at={"row": number}) for p in error.problems]
        if len(problems) >= MOST_PROBLEMS:
            break
    if problems:
        raise ScenarioError(problems[:MOST_PROBLEMS])
    return tuple(facts)


def _known(
    find: Finder,
    factor: str,
    recipients: tuple[str, ...],
    of: str,
    low: Number | None = None,
    high: Number | None = None,
) -> Known:
    if low is None and high is None:
        raise ScenarioError(Problem("reading_open"))
    ids = "all" if recipients == ("all",) else find.ids(recipients, "recipients")
    return Known(factor, ids, 0 if low is None else low, high, of)


@contextmanager
def _placing(path: Path, key: str) -> Iterator[None]:
    """What is wrong with an entry names the file and the entry."""
    try:
        yield
    except ScenarioError as error:
        raise ScenarioError(replace(p, file=str(path), at={"key": key}) for p in error.problems) from None


def _validated(path: Path, content: dict[str, Any]) -> ReadingTable:
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
        return Problem("key_missing", {"name": name, "example": _EXAMPLES[name]}, at=_place(place[:-1]))
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
