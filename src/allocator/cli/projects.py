"""The command `factors`: factor values worked out of a register of projects."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from allocator.analysis.projects import Counted
from allocator.core.model import Scenario
from allocator.files.load import load_scenario
from allocator.files.projects.register import load_counted
from allocator.files.scenario.save import csv_bytes, put_file
from allocator.report.projects.words import factor_rows


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
