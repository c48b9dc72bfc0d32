"""The command `execution`: compares payments with a scenario's allocation."""

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
from allocator.report.tables.table import Table
from allocator.report.words.rule import status_lines
from allocator.report.words.statements import statement_lines, statements_as_data
from allocator.text import Phrasebook

if TYPE_CHECKING:  # loads pandas
    from allocator.analysis.execution import Execution


def parser(book: Phrasebook) -> Parser:
    """The command-line parser of `allocator execution`."""
    made = Parser("execution", book, "file", "payments")
    made.option("--on", metavar="YYYY-MM-DD")
    made.option("--rules", metavar="FILE")
    made.option("--sheet", metavar="NAME")
    made.option("--payees", action="store_true")
    return made


def command(options: Any, book: Phrasebook) -> int:
    """Compares payments with the allocation, and prints the execution."""
    file = scenario_file(options, "execution", book)
    if options.payments is None:
        raise Usage(book.say("cli.missing_payments", file=file))
    allocation = allocation_of(file)
    found = execute_file(allocation, file, options.payments, options.on, options.rules, options.sheet)
    show(found, allocation, options.format, book, payees=options.payees)
    return 0


def execute_file(
    allocation: Allocation,
    file: str,
    payments: str,
    on: str | None,
    rules: str | None,
    sheet: str | None = None,
) -> Execution:
    """The execution: the payments of a file up to a day, compared with a scenario's allocation.

    ``sheet`` is the one to read where several hold payments.  Raises ScenarioError with a sentence for each
    problem of an option or a file.
    """
    from allocator.analysis.execution import execute, payers, usual_day
    from allocator.files.execution.payments import load_payments
    from allocator.files.execution.rules import load_rules, rules_next_to

    day = None if on is None else _day(on)
    path = rules_next_to(file) if rules is None else Path(rules)
    if rules is None and not path.is_file():
        raise ScenarioError(Problem("execution_rules", {}, str(path)))
    held = load_rules(path)
    who = payers(allocation)
    paid = load_payments(payments, allocation.scenario, who, sheet)
    return execute(who, paid, held, day or usual_day(paid, held))


def _day(written: str) -> date:
    found = cell_day(written)
    if isinstance(found, str):
        refuse("--on", "execution_on", value=written[:80])
    return found


def show(found: Execution, result: Allocation, form: str, book: Phrasebook, *, payees: bool) -> None:
    """Prints the result of `allocator execution`."""
    from allocator.analysis.execution import assess
    from allocator.report.execution import assessment, tables, words

    if form == "json":
        reached = {"assessment": assessment.as_data(assess(found))}
        statements = {"statements": statements_as_data(found.payments.statements, book)}
        print_json(jsonable({**tables.as_data(found, payees=payees), **statements, **reached}))
        return
    scenario, paid = result.scenario, found.payments
    head = [*words.head(found, result, book), *statement_lines(paid.statements, paid.file, book)]
    plan, doubts = words.plan_lines(found, scenario, book), words.doubt_lines(found, scenario, book)
    below = [*words.closing(found, scenario, book), *status_lines(scenario, book), trace(result, book)]
    progress = tables.progress_table(found, scenario, book)
    held = assess(found)
    outcome = [
        *assessment.target_lines(held, book),
        *([assessment.score_line(held, book)] if held.items else []),
    ]
    if found.rules.cited is not None:
        outcome.append(book.text(found.rules.cited))
    if form == "csv":
        lines = words.doubt_sentences(found, scenario, book)
        headers, rows = tables.progress_rows(found, scenario, book)
        print_csv(headers, rows, [*head, *plan, *doubts, *lines, *outcome, *below])
        return
    blocks: list[str | Table] = [*head, "", progress.caption, progress, *plan, ""]
    uses = tables.uses_table(found, scenario, book)
    blocks += [uses.caption, uses, *words.clause_lines(found, book), "", *doubts]
    if found.doubtful:
        blocks += [tables.doubts_table(found, scenario, book, payees=payees)]
        if found.doubtful > tables.SHOWN:
            blocks.append(book.say("execution.doubts_first", most=tables.SHOWN))
        if not payees:
            blocks.append(book.say("execution.left_out"))
    if held.items:
        targets = assessment.targets_table(held, book)
        blocks += ["", targets.caption, targets, *outcome]
    lines = []
    for block in [*blocks, ""]:
        lines += [block] if isinstance(block, str) else aligned(block, book)
    print(*lines, *below, sep="\n")
