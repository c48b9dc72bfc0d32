"""Readings: a scenario file and what is supposed about the unpublished data behind its published split.

A reading is a small TOML file; facts may also stand in a CSV file.  docs/scenario-format.md explains both.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from allocator.analysis.audit import Known, Reading, Scored
from allocator.core.errors import Problem, ScenarioError, within
from allocator.core.exact import Number
from allocator.core.model import Scenario
from allocator.core.parts import brief
from allocator.files.audit.schema import EXAMPLES, NamedReading, ReadingTable
from allocator.files.csv_file import read_csv
from allocator.files.load import load_scenario
from allocator.files.parsing import MOST_PROBLEMS, cell_number, path_next_to, read_toml, sound, toml_of, wrong
from allocator.files.scenario.small_toml import validated
from allocator.files.scenario.tables import Finder, need

Fact = TypeVar("Fact", Known, Scored)
FOLDER = "readings"
MOST_FACTS = 5_000  # each is a row of the linear programs
_COLUMNS = ("recipient", "factor", "low", "high", "of")


def load_reading(path: str | Path) -> NamedReading:
    """The reading in a TOML file, with the scenario that it names.

    The scenario lies in the folder of the reading or below; a reading in a folder `readings` may also name
    one of the folder above.  Raises ScenarioError with a sentence for each problem found.

    >>> load_reading("scenarios/luzhou-2023/readings/1-one-pass.toml").reading.tolerance
    'rounded'
    """
    path = Path(path)
    table = validated(path, read_toml(path), ReadingTable, EXAMPLES)
    if table.scenario is None:
        wrong(path, "key_missing", name="scenario", example=EXAMPLES["scenario"])
    root = path.parent
    if path.absolute().parent.name == FOLDER:
        root = path.absolute().parent.parent
    file = path_next_to(path, table.scenario, root, "scenario")
    try:
        return _made(path, table, load_scenario(file))
    except ScenarioError as error:
        raise error.in_files({"reading": str(path), "scenario": str(file)}) from None


def read_reading(
    name: str, content: bytes, scenario: Scenario, others: Mapping[str, Scenario] | None = None
) -> NamedReading:
    """The reading in an uploaded TOML file.

    It is of ``scenario`` unless it names another one: one of ``others``, by its file's name.  Raises
    ScenarioError with a sentence for each problem found.
    """
    path = Path(name)
    table = validated(path, toml_of(path, sound(path, content)), ReadingTable, EXAMPLES)
    if table.scenario is not None:
        known = others or {}
        stem = re.split(r"[/\\]", table.scenario)[-1].removesuffix(".toml")
        if stem not in known:
            wrong(path, "reading_scenario", {"key": "scenario"}, name=brief(table.scenario), known=[*known])
        scenario = known[stem]
    try:
        return _made(path, table, scenario)
    except ScenarioError as error:
        raise error.in_files({"reading": name, "scenario": name}) from None


def _made(path: Path, table: ReadingTable, scenario: Scenario) -> NamedReading:
    if len(table.scored) + len(table.known) > MOST_FACTS:
        wrong(path, "reading_many", most=MOST_FACTS)
    find = Finder(scenario.recipients)
    scored, known = [], []
    for at, entry in enumerate(table.scored, 1):
        with within(path, key=f"scored.{at}"):
            scored.append(checked(scenario, Scored(entry.factor, entry.low, entry.high)))
    for at, fact in enumerate(table.known, 1):
        with within(path, key=f"known.{at}"):
            known.append(checked(scenario, _known(find, **vars(fact))))
    if table.needs is not None and (scored or known):
        wrong(path, "reading_needs", {"key": "needs"})
    reading = Reading(scenario, tuple(known), tuple(scored), table.tolerance)
    return NamedReading(table.title, str(path), reading, table.reason, table.needs)


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
    header, body = read_csv(path)
    need(path, header, ("recipient", "factor"), _COLUMNS)
    if len(body.numbers) > MOST_FACTS:
        wrong(path, "reading_many", most=MOST_FACTS)
    find = Finder(scenario.recipients)
    facts: list[Known] = []
    problems: list[Problem] = []
    for number, row in body.rows:
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
                fact = _known(
                    find, cells["factor"], names, cells.get("of") or "share", **ends, place="recipient"
                )
                facts.append(checked(scenario, fact))
            except ScenarioError as error:
                problems += error.within(path, row=number).problems
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
    place: str = "recipients",
) -> Known:
    if low is None and high is None:
        raise ScenarioError(Problem("reading_open"))
    ids = "all" if recipients == ("all",) else find.ids(recipients, place)
    return Known(factor, ids, 0 if low is None else low, high, of)
