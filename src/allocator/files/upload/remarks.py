"""Descriptions of factors and remarks on single cells, as tables that people edit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from allocator.core.errors import Problem, ScenarioError
from allocator.core.model import Scenario
from allocator.core.naming import guess
from allocator.core.parts import STATUSES, Factor, Text, brief
from allocator.files.parsing import MOST_PROBLEMS, Row, is_error_cell
from allocator.files.scenario.placing import labelled, refused, trimmed
from allocator.files.scenario.tables import Finder, cell_remarks
from allocator.files.sheets.headings import (
    CELL_COLUMNS,
    FACTOR_COLUMNS,
    factor_finder,
    renamed,
    simple_header,
    status_of,
)


def with_factors(scenario: Scenario, header: Sequence[str], rows: Iterable[Row], file: str = "") -> Scenario:
    """The scenario with other descriptions of its factors; those without a row keep theirs."""
    described = describe(scenario, header, rows, file)
    all_there(described, scenario, file)
    new = {factor.id: factor for factor in described.values()}
    return replace(scenario, factors=tuple(new.get(f.id, f) for f in scenario.factors))


def with_cells(scenario: Scenario, header: Sequence[str], rows: Iterable[Row], file: str = "") -> Scenario:
    """The scenario with these remarks on single cells instead of its own.

    Raises ScenarioError with a sentence for each problem.
    """
    columns = simple_header(header, CELL_COLUMNS, ("recipient", "factor"), file)
    find, labels = factor_finder(scenario.factors), dict(zip(columns, header, strict=True))
    problems: list[Problem] = []
    lines: list[Row] = []
    for number, row in trimmed(rows, len(header)):
        cells = dict(zip(columns, row, strict=True))
        found = find(cells["factor"])
        if len(found) > 1:
            details = {"name": cells["factor"], "first": found[0], "second": found[1]}
            at = {"row": number, "column": labels["factor"]}
            problems.append(Problem("header_ambiguous", details, file, at))
        cells["factor"] = found[0] if found else cells["factor"]
        if "status" in cells:
            cells["status"] = status_of(cells["status"])
        lines.append((number, list(cells.values())))
    try:
        ids = [factor.id for factor in scenario.factors]
        remarks = cell_remarks(file, columns, lines, Finder(scenario.recipients), ids)
    except ScenarioError as error:
        problems += labelled(error, labels, file)
    if problems:
        raise ScenarioError(problems[:MOST_PROBLEMS])
    return replace(scenario, provenance=remarks)


def describe(
    scenario: Scenario, header: Sequence[str], rows: Iterable[Row], file: str
) -> dict[tuple[int, str], Factor]:
    """The factors that a table describes, by row and heading of the id; new factors have no values yet.

    Raises ScenarioError with a sentence for each problem.
    """
    columns = simple_header(header, FACTOR_COLUMNS, ("factor",), file)
    find, labels = factor_finder(scenario.factors), dict(zip(columns, header, strict=True))
    described: dict[tuple[int, str], Factor] = {}
    problems: list[Problem] = []
    seen: set[str] = set()
    for number, row in trimmed(rows, len(header)):
        if len(problems) >= MOST_PROBLEMS:
            break
        cells = dict(zip(columns, row, strict=True))
        here = len(problems)

        def refuse(column: str, key: str, number: int = number, **details: object) -> None:
            problems.append(Problem(key, details, file, {"row": number, "column": labels[column]}))

        name = cells.pop("factor")
        found = find(name)
        id = found[0] if found else name
        if not name:
            refuse("factor", "factor_blank")
        elif len(found) > 1:
            refuse("factor", "header_ambiguous", name=name, first=found[0], second=found[1])
        elif id in seen:
            refuse("factor", "factor_twice", name=name)
        seen.add(id)
        for column, cell in cells.items():
            if is_error_cell(cell):
                refuse(column, "cell_error", value=cell)
        year, status = cells.get("year", ""), status_of(cells.get("status", "assumed"))
        if year and not (year.isascii() and year.isdigit() and len(year) <= 4):
            refuse("year", "year", value=brief(year))
        if status not in STATUSES:
            refuse("status", "choice", value=status[:40], known=STATUSES)
        named = [column for column in ("name_zh", "name_en") if column in cells]
        if named and not any(cells[column] for column in named):
            refuse(named[0], "name_blank")
        for column in ("name_zh", "name_en", "unit", "definition", "source"):
            if cells.get(column):
                problems.extend(refused(partial(Text, cells[column]), number, labels[column], file))
        if len(problems) > here:
            continue
        try:
            old = Factor(id, ()) if not found else scenario.factor(id)
            described[number, labels["factor"]] = _described(old, cells)
        except ScenarioError as error:
            problems.extend(error.within(file, row=number, column=labels["factor"]).problems)
    if problems:
        raise ScenarioError(problems[:MOST_PROBLEMS])
    return described


def all_there(described: Mapping[tuple[int, str], Factor], scenario: Scenario, file: str) -> None:
    """Refuses descriptions of factors that the scenario does not have."""
    ids = [factor.id for factor in scenario.factors]
    problems: list[Problem] = []
    for (number, label), factor in described.items():
        if factor.id not in ids and len(problems) < MOST_PROBLEMS:
            details = {"name": factor.id, "guess": guess(factor.id, ids)}
            problems.append(Problem("factor_unknown", details, file, {"row": number, "column": label}))
    if problems:
        raise ScenarioError(problems)


def _described(old: Factor, cells: Mapping[str, str]) -> Factor:
    """The factor with what the cells say; a text that has not changed keeps its other language."""
    new: dict[str, Any] = {"name": renamed(old.name, cells.get("name_zh"), cells.get("name_en"))}
    for key in ("unit", "definition", "source"):
        if key in cells:
            text, before = " ".join(cells[key].split()), getattr(old, key)
            same = before is not None and text in (before.zh, before.en)
            new[key] = before if same else Text(text) if text else None
    if "year" in cells:
        new["year"] = int(cells["year"]) if cells["year"] else None
    if "status" in cells:
        new["status"] = status_of(cells["status"])
    return replace(old, **new)
