"""The places of problems in a table: rows and headings as people see them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from allocator.core.errors import Problem, ScenarioError
from allocator.core.parts import plain_name
from allocator.files.parsing import Row


def labelled(error: ScenarioError, labels: Mapping[str, str], file: str) -> list[Problem]:
    """The problems with the headings that people see, and the file's name."""
    found = []
    for p in error.problems:
        at = dict(p.at)
        if at.get("column") in labels:
            at["column"] = labels[str(at["column"])]
        found.append(replace(p, at=at).within(file))
    return found


def in_rows(
    error: ScenarioError, rows: Iterable[Row], column: int, names: Mapping[str, str], ids: Sequence[str]
) -> ScenarioError:
    """The error with the row of a table for each entry of a factor: ``column`` holds the recipients' names.

    ``names`` are the ids by `plain_name`, ``ids`` the recipients in the order of the entries.
    """
    numbers = {names.get(plain_name(row[column]), ""): number for number, row in rows}
    found = []
    for p in error.problems:
        at = dict(p.at)
        entry = at.get("entry")
        if p.part == "factors" and isinstance(entry, int) and ids[entry - 1] in numbers:
            at = {"row": numbers[ids[entry - 1]]} | {k: v for k, v in at.items() if k != "entry"}
        found.append(replace(p, at=at))
    return ScenarioError(found)


def refused(make: Callable[[], object], number: int, label: str, file: str) -> list[Problem]:
    """The problems that making something of a cell raises, with its place."""
    try:
        make()
    except ScenarioError as error:
        return list(error.within(file, row=number, column=label).problems)
    return []


def trimmed(rows: Iterable[Row], width: int) -> list[Row]:
    """The rows that are not blank, with stripped cells and as wide as the header."""
    trimmed = [(n, ([cell.strip() for cell in row] + [""] * width)[:width]) for n, row in rows]
    return [(number, row) for number, row in trimmed if any(row)]
