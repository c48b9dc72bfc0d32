"""The command `audit`: its options, and the readings that it audits."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from allocator.analysis.audit import Audit, Nearest, Reading, Scored, audit, consistent_table, nearest_weights
from allocator.analysis.audit.table import MOST_DIGITS
from allocator.cli.options import Progress, factor_id, groups, number, parts, refuse, scenario_file
from allocator.cli.parser import Parser
from allocator.cli.terminal import aligned, print_csv, print_json
from allocator.core.errors import within
from allocator.core.exact import Number
from allocator.core.model import Scenario
from allocator.files.audit.readings import checked, load_reading, read_known
from allocator.files.audit.schema import NamedReading
from allocator.files.load import load_scenario
from allocator.files.scenario.save import csv_bytes, put_file
from allocator.files.scenario.tables import Finder
from allocator.report.audit import tables
from allocator.report.audit.findings import Answers, Findings, Untested, findings
from allocator.report.audit.fit import fits, nearest_line, real
from allocator.report.audit.nearest import Target, table_rows
from allocator.text import Phrasebook


def parser(book: Phrasebook) -> Parser:
    """The command-line parser of `allocator audit`."""
    made = Parser("audit", book, "file")
    made.option("--weights", metavar="FACTOR=WEIGHT,…")
    made.option("--known", metavar="CSV")
    made.option("--scores", metavar="FACTOR=LOW:HIGH", action="append", default=[])
    made.option("--group", metavar="NAME=A,B,…", action="append", default=[])
    made.option("--reading", metavar="FILE", nargs="+", action="extend", default=[])
    made.option("--tolerance", metavar="rounded|exact", default="rounded")
    made.option("--below", metavar="NAME=AMOUNT")
    made.option("--above", metavar="NAME=AMOUNT")
    made.option("--table", metavar="CSV")
    made.option("--digits", metavar="NUMBER")
    return made


def command(options: Any, book: Phrasebook) -> int:
    """Audits the scenario and the readings, and prints the findings."""
    file = scenario_file(options, "audit", book)
    asked = Asked(
        options.weights,
        options.known,
        options.scores,
        options.group,
        options.tolerance,
        options.below,
        options.above,
        options.table,
        options.digits,
    )
    show(answers(file, options.reading, asked, book), options.format, book)
    return 0


@dataclass(frozen=True)
class Asked:
    """The options as they were written."""

    weights: str | None = None
    known: str | None = None
    scores: Sequence[str] = ()
    groups: Sequence[str] = ()
    tolerance: str = "rounded"
    below: str | None = None
    above: str | None = None
    table: str | None = None
    digits: str | None = None


def answers(file: str, readings: Sequence[str], asked: Asked, book: Phrasebook) -> Answers:
    """The findings under the scenario's own reading with the options applied, then under the others.

    Options about facts, targets and tables apply to the first reading only; weights, groups and the
    tolerance to all.  Raises ScenarioError, with the file or the option that is wrong.
    """
    if asked.groups and asked.weights is None:
        refuse("--group", "reading_group_alone")
    if asked.digits is not None and asked.table is None:
        refuse("--digits", "reading_digits_alone")
    scenario = load_scenario(file)
    with within(file):
        plain = Reading(scenario)  # refuses one without published amounts, before any option is read
    data, scenario = scenario, plain.scenario  # whose factors are the columns of its pools
    weights = None if asked.weights is None else _weights(asked.weights, scenario)
    if weights is not None and plain.columns is not None and plain.several:
        weights = plain.columns.weights(weights)  # as they stand in the rule: in percent of their pools
    known = () if asked.known is None else read_known(asked.known, scenario)
    scored = tuple(fact for written in asked.scores for fact in _scored(written, scenario))
    named = [load_reading(name) for name in readings]  # all are read before anything is worked out
    targets = [
        _target(written, side, scenario)
        for side, written in (("below", asked.below), ("above", asked.above))
        if written is not None
    ]
    with within(file):
        reading = replace(plain, known=known, scored=scored)
    with within(option="tolerance"):
        own = NamedReading(scenario.title, file, replace(reading, tolerance=asked.tolerance))
    if asked.tolerance == "exact":
        named = [replace(one, reading=replace(one.reading, tolerance="exact")) for one in named]
    tested = [own, *(one for one in named if one.needs is None)]
    held = fits({one.file: one.reading for one in tested}, data) if real(data) else {}
    found = [replace(_found(one, weights, asked, book), fit=held.get(one.file), data=data) for one in tested]
    nearest: list[tuple[Target, Nearest]] = []
    for target in targets:
        with within(file):
            ends = {target.side: target.amount}
            nearest.append((target, nearest_weights(found[0].audit, target.recipients, **ends)))
    table = None if asked.table is None else _table(found[0].audit, asked, file)
    titles = {one.file: one.title for one in tested}
    return Answers(
        tuple(found),
        tuple(Untested(one.title, one.needs, one.reason) for one in named if one.needs is not None),
        nearest_line(titles, held, book) if len(held) > 1 else None,
        tuple(nearest),
        table,
    )


def _found(
    named: NamedReading, weights: Mapping[str, Number] | None, asked: Asked, book: Phrasebook
) -> Findings:
    with within(named.file), Progress("audit.progress", book) as progress:
        sums = groups(asked.groups, named.reading.scenario)
        return findings(named.title, audit(named.reading), weights, sums, named.reason, progress)


def _target(written: str, side: str, scenario: Scenario) -> Target:
    """A target as it is written: ftz=45000000; several recipients with `;` between."""
    names, sign, amount = (piece.strip() for piece in written.partition("="))
    value, option = number(amount), f"--{side}"
    if not sign or not names or value is None:
        refuse(option, "reading_target", value=written[:80], name=option)
    find = Finder(scenario.recipients)
    with within(option=side):
        ids = tuple(find.id(name.strip(), "") for name in re.split("[;；]", names))
    return Target(ids, side, value)


def _table(found: Audit, asked: Asked, file: str) -> str:
    """Writes a table that fits, closest to the scenario's own values, and returns its path."""
    scenario, path = found.reading.scenario, Path(str(asked.table))
    digits = asked.digits or "2"
    if not (digits.isascii() and digits.isdigit() and len(digits) < 4):
        refuse("--digits", "audit_table_digits", value=digits[:40], most=MOST_DIGITS)
    prior = {id: dict(zip(scenario.ids, scenario.factor(id).values, strict=True)) for id in scenario.weights}
    with within(file):
        made = consistent_table(found, prior, digits=int(digits))
    put_file(path, csv_bytes(table_rows(scenario, made)))
    return str(path)


def _weights(written: str, scenario: Scenario) -> dict[str, Number]:
    """Weights by factor: investment=30,tax=50."""
    found: dict[str, Number] = {}
    for part in parts(written):
        name, sign, weight = (piece.strip() for piece in part.partition("="))
        value = number(weight)
        if not sign or not name or value is None:
            refuse("--weights", "reading_weights", value=written[:80])
        factor = factor_id(name, scenario, "--weights")
        if factor in found:
            refuse("--weights", "reading_weights", value=written[:80])
        found[factor] = value
    return found


def _scored(written: str, scenario: Scenario) -> list[Scored]:
    """Scores by factor: effort=60:100."""
    found = []
    for part in parts(written):
        name, sign, ends = (piece.strip() for piece in part.partition("="))
        low, colon, high = re.sub("[：–~]", ":", ends).partition(":")
        least, most = number(low), number(high)
        if not sign or not colon or least is None or most is None:
            refuse("--scores", "reading_scores", value=written[:80])
        factor = factor_id(name, scenario, "--scores")
        with within(option="scores"):
            found.append(checked(scenario, Scored(factor, least, most)))
    return found


def show(found: Answers, form: str, book: Phrasebook) -> None:
    """Prints the result of `allocator audit`, each reading by itself."""
    rest = tables.rest(found, book)
    if form == "json":
        print_json(tables.all_data(found, book))
        return
    if form == "csv":
        rows = [row for one in found.found for row in tables.file_rows(one, book)]
        remarks = [line for one in found.found for line in tables.remarks(one, book)]
        print_csv(tables.file_headers(found, book), rows, [*remarks, *rest])
        return
    lines = []
    for one in found.found:
        lines += tables.opening(one, book)
        for head, table in tables.ranges(one, book):
            lines += ["", head, *aligned(table, book)]
        lines += ["", *tables.closing(one, book), ""]
    print(*lines, *rest, *([""] if rest else []), sep="\n", end="")
