"""Reads small TOML files beside a scenario, such as readings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from allocator.core.errors import Problem, ScenarioError
from allocator.files.dates import cell_day
from allocator.files.parsing import MOST_PROBLEMS, wrong
from allocator.files.scenario import fields, keys, schema

T = TypeVar("T", bound=keys.Table)


def _day(value: object) -> date:
    found = cell_day(value) if isinstance(value, str) else value
    if isinstance(found, str):
        raise fields.refusal(found, value)
    if type(found) is not date:
        raise fields.refusal("cell_date", value)
    return found


DAY = fields.Value(_day)  # written as a date, or as the text of one


def validated(path: Path, content: Mapping[str, Any], table: type[T], examples: Mapping[str, str]) -> T:
    """The content of a file as a table; raises ScenarioError with a sentence for each problem found.

    ``examples`` show how each needed key is written.
    """
    if "format" in content and (content["format"] != schema.FORMAT or isinstance(content["format"], bool)):
        wrong(path, "format", {"key": "format"}, value=fields.as_written(content["format"]))
    found, mistakes = keys.read(table, content, examples)
    if mistakes:
        raise ScenarioError(_problem(path, mistake) for mistake in mistakes[:MOST_PROBLEMS])
    return found


def _problem(path: Path, mistake: keys.Mistake) -> Problem:
    """The problem with its place as it looks in the file: the table's for a key that is missing."""
    place = mistake.place[:-1] if mistake.problem.key == "key_missing" else mistake.place
    if len(place) > 1 and isinstance(place[1], int):
        key = ", ".join([f"[[{place[0]}]] {place[1] + 1}", *map(str, place[2:])])
    else:
        key = ".".join(map(str, place))
    return replace(mistake.at(key), file=str(path))
