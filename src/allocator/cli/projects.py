"""The command `factors`: factor values from a register of projects."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from allocator.cli.parser import Parser, Usage
from allocator.cli.terminal import aligned, print_csv, print_json
from allocator.core.model import Scenario
from allocator.files.load import load_scenario
from allocator.files.scenario.save import csv_bytes, put_file
from allocator.text import Phrasebook

if TYPE_CHECKING:  # loads pandas
    from allocator.analysis.projects import Counted


def parser(book: Phrasebook) -> Parser:
    """The command-line parser of `allocator factors`."""
    made = Parser("factors", book, "register", "factor_rules")
    made.option("--activities", metavar="FILE")
    made.option("--scenario", metavar="FILE")
    made.option("--sheet", metavar="NAME")
    made.option("--projects", action="store_true")
    made.option("--values", metavar="CSV")
    return made


def command(options: Any, book: Phrasebook) -> int:
    """Counts the projects, and prints the factor values that they give."""
    if options.register is None or options.factor_rules is None:
        raise Usage(book.say("cli.missing_register"))
    asked = Asked(options.activities, options.scenario, options.values, options.sheet)
    counted, scenario = count_projects(options.register, options.factor_rules, asked)
    show(counted, scenario, options.format, book, projects=options.projects)
    if options.values is not None:
        print(book.say("projects.written", file=options.values), file=sys.stderr)
    return 0


@dataclass(frozen=True)
class Asked:
    """The options as they were written."""

    activities: str | None = None
    scenario: str | None = None
    values: str | None = None
    sheet: str | None = None


def count_projects(register: str, rules: str, asked: Asked) -> tuple[Counted, Scenario | None]:
    """The factor values, and the scenario whose recipients were used; writes the values to a file if asked.

    Raises ScenarioError with a sentence for each problem of a file.
    """
    from allocator.files.projects.register import load_counted
    from allocator.report.projects.tables import factor_rows

    scenario = None if asked.scenario is None else load_scenario(asked.scenario)
    recipients = None if scenario is None else scenario.recipients
    found = load_counted(register, rules, asked.activities, recipients, asked.sheet)
    if asked.values is not None:
        put_file(Path(asked.values), csv_bytes(factor_rows(found)))
    return found, scenario


def show(found: Counted, scenario: Scenario | None, form: str, book: Phrasebook, *, projects: bool) -> None:
    """Prints the result of `allocator factors`."""
    from allocator.report.projects import tables, words

    if form == "json":
        print_json(tables.as_data(found, book, projects=projects))
        return
    factors = words.factors_of(found, scenario.factors if scenario else ())
    recipients = words.recipients_of(scenario.recipients if scenario else ())
    head = [*words.head(found, factors, book), *words.read_lines(found, book)]
    grid = tables.values_table(found, factors, recipients, book)
    named = projects or form == "table"  # output that is passed on names no companies unless asked
    notes = words.notes(found, factors, recipients, book, named=named)
    below = [*notes, *words.refused_lines(found, recipients, book, named=named)]
    if form == "csv":
        rows = tables.factor_rows(found)
        print_csv(rows[0], rows[1:], [*head, *below, *([] if named else [book.say("projects.confidential")])])
        return
    lines = [*head, "", *aligned(grid, book), *below]
    for id in found.brought if projects else ():
        behind = tables.behind_table(found, id, factors, recipients, book)
        lines += ["", behind.caption, *aligned(behind, book)]
    print(*lines, sep="\n")
