"""The command `factors`: factor values worked out of a register of projects."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from allocator.analysis.projects import Counted
from allocator.cli.terminal import aligned, print_csv, print_json
from allocator.core.model import Scenario
from allocator.files.load import load_scenario
from allocator.files.projects.register import load_counted
from allocator.files.scenario.save import csv_bytes, put_file
from allocator.report.projects import words as said
from allocator.report.projects.words import factor_rows
from allocator.text import say


@dataclass(frozen=True)
class Asked:
    """What the options say, as they were written."""

    activities: str | None = None
    scenario: str | None = None
    values: str | None = None


def worked_out(register: str, rules: str, asked: Asked) -> tuple[Counted, Scenario | None]:
    """The factor values, and the scenario whose recipients were taken; writes them where that is asked for.

    Raises ScenarioError with a sentence for each problem of a file.
    """
    scenario = None if asked.scenario is None else load_scenario(asked.scenario)
    recipients = None if scenario is None else scenario.recipients
    found = load_counted(register, rules, asked.activities, recipients)
    if asked.values is not None:
        put_file(Path(asked.values), csv_bytes(factor_rows(found)))
    return found, scenario


def show(found: Counted, scenario: Scenario | None, form: str, lang: str, *, projects: bool) -> None:
    """The result of `allocator factors`."""
    if form == "json":
        print_json(said.as_data(found, lang, projects=projects))
        return
    factors = said.factors_of(found, scenario.factors if scenario else ())
    recipients = said.recipients_of(scenario.recipients if scenario else ())
    head = said.head(found, factors, lang)
    grid = said.values_grid(found, factors, recipients, lang)
    named = projects or form == "table"  # what is handed on holds nothing of single companies unasked
    notes = said.notes(found, factors, recipients, lang, named=named)
    below = [*notes, *said.refused_lines(found, recipients, lang, named=named)]
    if form == "csv":
        rows = said.factor_rows(found)
        print_csv(
            rows[0], rows[1:], [*head, *below, *([] if named else [say("projects.confidential", lang)])]
        )
        return
    lines = [*head, "", *aligned(grid, lang), *below]
    for id in found.brought if projects else ():
        behind = said.behind_grid(found, id, factors, recipients, lang)
        lines += ["", behind.caption, *aligned(behind, lang)]
    print(*lines, sep="\n")
