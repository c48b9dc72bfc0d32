"""The places of problems in a table: rows and headings as people see them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from allocator.core.errors import Problem, ScenarioError
from allocator.files.parsing import Row


def placed(error: ScenarioError, file: Path | str, at: Mapping[str, object]) -> list[Problem]:
    """The problems of a row with its file and place."""
    return [replace(p, file=str(file), at={**at, **p.at}) for p in error.problems]


def labelled(error: ScenarioError, labels: Mapping[str, str], file: str) -> list[Problem]:
    """The problems with the headings that people see, and the file's name."""
    found = []
    for p in error.problems:
        at = dict(p.at)
        if at.get("column") in labels:
            at["column"] = labels[str(at["column"])]
        found.append(replace(p, file=file, at=at))
    return found


def refused(make: Callable[[], object], number: int, label: str, file: str) -> list[Problem]:
    """The problems that making something of a cell raises, with its place."""
    try:
        make()
    except ScenarioError as error:
        return placed(error, file, {"row": number, "column": label})
    return []


def trimmed(rows: Iterable[Row], width: int) -> list[Row]:
    """The rows that are not blank, with stripped cells and as wide as the header."""
    trimmed = [(n, ([cell.strip() for cell in row] + [""] * width)[:width]) for n, row in rows]
    return [(number, row) for number, row in trimmed if any(row)]
