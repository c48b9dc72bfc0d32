"""The command `factors`: factor values worked out of a register of projects."""

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
from allocator.text import say

if TYPE_CHECKING:  # loads pandas
    from allocator.analysis.projects import Counted


def parser(lang: str) -> Parser:
    """What `allocator factors` takes."""
    made = Parser("factors", lang, "register", "factor_rules")
    made.option("--activities", metavar="FILE")
    made.option("--scenario", metavar="FILE")
    made.option("--projects", action="store_true")
    made.option("--values", metavar="CSV")
    return made


def command(options: Any, lang: str) -> int:
    """Counts the projects, and shows the factor values that they make."""
    if options.register is None or options.factor_rules is None:
        raise Usage(say("cli.missing_register", lang))
    asked = Asked(options.activities, options.scenario, options.values)
    counted, scenario = count_projects(options.register, options.factor_rules, asked)
    show(counted, scenario, options.format, lang, projects=options.projects)
    if options.values is not None:
        print(say("projects.written", lang, file=options.values), file=sys.stderr)
    return 0


@dataclass(frozen=True)
class Asked:
    """What the options say, as they were written."""

    activities: str | None = None
    scenario: str | None = None
    values: str | None = None


def count_projects(register: str, rules: str, asked: Asked) -> tuple[Counted, Scenario | None]:
    """The factor values, and the scenario whose recipients were taken; writes them where that is asked for.

    Raises ScenarioError with a sentence for each problem of a file.
    """
    from allocator.files.projects.register import load_counted
    from allocator.report.projects.tables import factor_rows

    scenario = None if asked.scenario is None else load_scenario(asked.scenario)
    recipients = None if scenario is None else scenario.recipients
    found = load_counted(register, rules, asked.activities, recipients)
    if asked.values is not None:
        put_file(Path(asked.values), csv_bytes(factor_rows(found)))
    return found, scenario


def show(found: Counted, scenario: Scenario | None, form: str, lang: str, *, projects: bool) -> None:
    """The result of `allocator factors`."""
    from allocator.report.projects import tables, words

    if form == "json":
        print_json(tables.as_data(found, lang, projects=projects))
        return
    factors = words.factors_of(found, scenario.factors if scenario else ())
    recipients = words.recipients_of(scenario.recipients if scenario else ())
    head = words.head(found, factors, lang)
    grid = tables.values_grid(found, factors, recipients, lang)
    named = projects or form == "table"  # what is handed on holds nothing of single companies unasked
    notes = words.notes(found, factors, recipients, lang, named=named)
    below = [*notes, *words.refused_lines(found, recipients, lang, named=named)]
    if form == "csv":
        rows = tables.factor_rows(found)
        print_csv(
            rows[0], rows[1:], [*head, *below, *([] if named else [say("projects.confidential", lang)])]
        )
        return
    lines = [*head, "", *aligned(grid, lang), *below]
    for id in found.brought if projects else ():
        behind = tables.behind_grid(found, id, factors, recipients, lang)
        lines += ["", behind.caption, *aligned(behind, lang)]
    print(*lines, sep="\n")
