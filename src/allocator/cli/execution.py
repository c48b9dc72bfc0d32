"""The command `execution`: payments read and held against a scenario's allocation."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from allocator.analysis.execution import Execution, execute, payers, usual_day
from allocator.cli.options import refuse
from allocator.core.allocation import Allocation
from allocator.core.errors import Problem, ScenarioError
from allocator.files.dates import cell_day
from allocator.files.execution.payments import load_payments
from allocator.files.execution.rules import load_rules, rules_beside


def executed(
    allocation: Allocation, file: str, payments: str, on: str | None, rules: str | None
) -> Execution:
    """The payments of a file up to a day, against the allocation of a scenario file.

    Raises ScenarioError with a sentence for each problem of an option or a file.
    """
    day = None if on is None else _day(on)
    path = rules_beside(file) if rules is None else Path(rules)
    if rules is None and not path.is_file():
        raise ScenarioError(Problem("execution_rules", {}, str(path)))
    held = load_rules(path)
    who = payers(allocation)
    paid = load_payments(payments, allocation.scenario, who)
    return execute(who, paid, held, day or usual_day(paid, held))


def _day(written: str) -> date:
    found = cell_day(written)
    if isinstance(found, str):
        refuse("--on", "execution_on", value=written[:80])
    return found
