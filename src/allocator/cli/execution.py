"""The command `execution`: payments read and held against a scenario's allocation."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from allocator.cli.options import allocation_of, refuse, scenario_file
from allocator.cli.output import trace
from allocator.cli.parser import Parser, Usage
from allocator.cli.terminal import aligned, jsonable, print_csv, print_json
from allocator.core.allocation import Allocation
from allocator.core.errors import Problem, ScenarioError
from allocator.files.dates import cell_day
from allocator.report.tables.grid import Grid
from allocator.report.words.rule import status_lines
from allocator.text import say

if TYPE_CHECKING:  # loads pandas
    from allocator.analysis.execution import Execution


def parser(lang: str) -> Parser:
    """What `allocator execution` takes."""
    made = Parser("execution", lang, "file", "payments")
    made.option("--on", metavar="YYYY-MM-DD")
    made.option("--rules", metavar="FILE")
    made.option("--payees", action="store_true")
    return made


def command(options: Any, lang: str) -> int:
    """Holds payments against the allocation, and shows how far it is carried out."""
    file = scenario_file(options, "execution", lang)
    if options.payments is None:
        raise Usage(say("cli.missing_payments", lang, file=file))
    allocation = allocation_of(file)
    found = execute_file(allocation, file, options.payments, options.on, options.rules)
    show(found, allocation, options.format, lang, payees=options.payees)
    return 0


def execute_file(
    allocation: Allocation, file: str, payments: str, on: str | None, rules: str | None
) -> Execution:
    """The payments of a file up to a day, against the allocation of a scenario file.

    Raises ScenarioError with a sentence for each problem of an option or a file.
    """
    from allocator.analysis.execution import execute, payers, usual_day
    from allocator.files.execution.payments import load_payments
    from allocator.files.execution.rules import load_rules, rules_beside

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


def show(found: Execution, result: Allocation, form: str, lang: str, *, payees: bool) -> None:
    """The result of `allocator execution`."""
    from allocator.analysis.execution import assess
    from allocator.report.execution import assessment, tables, words

    if form == "json":
        reached = {"assessment": assessment.as_data(assess(found))}
        print_json(jsonable({**tables.as_data(found, payees=payees), **reached}))
        return
    scenario = result.scenario
    head = words.head(found, result, lang)
    plan, doubts = words.plan_lines(found, scenario, lang), words.doubt_lines(found, scenario, lang)
    below = [*words.closing(found, scenario, lang), *status_lines(scenario, lang), trace(result, lang)]
    progress = tables.progress_grid(found, scenario, lang)
    held = assess(found)
    outcome = [
        *assessment.target_lines(held, lang),
        *([assessment.score_line(held, lang)] if held.items else []),
    ]
    if found.rules.cited is not None:
        outcome.append(getattr(found.rules.cited, lang))
    if form == "csv":
        lines = words.doubt_sentences(found, scenario, lang)
        headers, rows = tables.progress_rows(found, scenario, lang)
        print_csv(headers, rows, [*head, *plan, *doubts, *lines, *outcome, *below])
        return
    blocks: list[str | Grid] = [*head, "", progress.caption, progress, *plan, ""]
    uses = tables.uses_grid(found, scenario, lang)
    blocks += [uses.caption, uses, *words.clause_lines(found, lang), "", *doubts]
    if found.doubtful:
        blocks += [tables.doubts_grid(found, scenario, lang, payees=payees)]
        if found.doubtful > tables.SHOWN:
            blocks.append(say("execution.doubts_first", lang, most=tables.SHOWN))
        if not payees:
            blocks.append(say("execution.left_out", lang))
    if held.items:
        targets = assessment.targets_grid(held, lang)
        blocks += ["", targets.caption, targets, *outcome]
    lines = []
    for block in [*blocks, ""]:
        lines += [block] if isinstance(block, str) else aligned(block, lang)
    print(*lines, *below, sep="\n")
