"""The command `explain`: explains the amounts of one scenario, or the difference between two."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from allocator.analysis.explain import explain
from allocator.analysis.projects import Counted
from allocator.cli.options import plan_of, scenario_file
from allocator.cli.output import as_json, trace, traces
from allocator.cli.parser import Parser
from allocator.cli.terminal import aligned, jsonable, print_csv, print_json
from allocator.core.allocation import Allocation
from allocator.core.beyond import covers_format_1
from allocator.core.errors import Problem, ScenarioError
from allocator.files.load import load_counted
from allocator.report.explain import difference, sensitivity
from allocator.report.explain.difference import Account
from allocator.report.projects.words import change_lines
from allocator.report.tables.office import office_table
from allocator.report.tables.stages import stage_sentences, stage_table
from allocator.report.tables.table import Table
from allocator.report.words.corrections import correction_lines
from allocator.report.words.pools import pool_lines
from allocator.report.words.rule import limit_lines, status_lines
from allocator.text import Phrasebook


def parser(book: Phrasebook) -> Parser:
    """The command-line parser of `allocator explain`."""
    made = Parser("explain", book, "file")
    made.option("--against", metavar="FILE")
    return made


def command(options: Any, book: Phrasebook) -> int:
    """Explains the amounts of a scenario, or their differences from those of another."""
    file = scenario_file(options, "explain", book)
    allocation = plan_of(file)
    if options.against is None:
        show(explain_amounts(allocation, file, book), [allocation], options.format, book)
    else:
        base = plan_of(options.against)
        output = explain_difference(allocation, base, file, options.against, book)
        show(output, [base, allocation], options.format, book)
    return 0


@dataclass(frozen=True)
class Output:
    """The output: blocks for a terminal, rows and remarks for CSV, plain data for JSON."""

    blocks: Callable[[], Sequence[str | Table | Table]]
    filed: Callable[[], tuple[list[str], list[list[str]]]]
    remarks: Callable[[], Sequence[str]]
    data: Callable[[], dict[str, Any]]


def explain_amounts(allocation: Allocation, file: str, book: Phrasebook) -> Output:
    """Explains the amounts of one scenario, and the changes that moving weight would bring."""

    beyond = _not_covered(allocation, book)

    def blocks() -> list[str | Table | Table]:
        title = book.text(allocation.scenario.title)
        found: list[str | Table | Table] = [book.say("explain.heading", title=title, file=file), ""]
        for pool in _pools(allocation):
            found += [stage_table(allocation, book, pool=pool), ""]
        found += [*pool_lines(allocation, book), *limit_lines(allocation.scenario, book)]
        found += [*correction_lines(allocation, book), *sentences()]
        if beyond:
            return [*found, "", *beyond, ""]
        for lines, table in sensitivity.tables(allocation, book):
            found += ["", *lines, *([] if table is None else [table])]
        return [*found, ""]

    def sentences() -> list[str]:
        return [book.say("explain.words"), *stage_sentences(allocation, book).values()]

    def data() -> dict[str, Any]:
        said = {"sentences": stage_sentences(allocation, book)}
        return {**said, "refused": beyond} if beyond else {**said, **sensitivity.as_data(allocation)}

    def filed() -> tuple[list[str], list[list[str]]]:
        if len(allocation.splits) > 1:  # a table for each pool has other columns
            return office_table(allocation, book).plain_rows()
        return stage_table(allocation, book, filed=True).plain_rows()

    return Output(blocks, filed, lambda: [*sentences(), *beyond], data)


def _pools(allocation: Allocation) -> list[str | None]:
    """The pools to show one after the other; None for a rule of one."""
    return [split.pool.id for split in allocation.splits] if len(allocation.splits) > 1 else [None]


def _not_covered(allocation: Allocation, book: Phrasebook) -> list[str]:
    """The sentence that says so where moving weight is not covered; else none."""
    try:
        covers_format_1(allocation.scenario, "beyond.surface.sensitivity")
    except ScenarioError as error:
        return error.sentences(book)
    return []


def explain_difference(
    after: Allocation, before: Allocation, file: str, against: str, book: Phrasebook
) -> Output:
    """Explains the difference between the amounts of a scenario file and of another, which is the base.

    Raises ScenarioError, with the file that is wrong; also where both are the same file.
    """
    if Path(file).resolve() == Path(against).resolve():
        raise ScenarioError(Problem("explain_itself", {}, against))
    try:
        account = Account(explain(before, after))
    except ScenarioError as error:
        raise error.within(against) from None

    counts = _counts(file, against)

    def projects() -> list[str]:
        if counts is None:
            return []
        factors = {f.id: f.name for a in (before, after) for f in a.scenario.factors}
        recipients = {r.id: r.name for a in (before, after) for r in a.scenario.recipients}
        return change_lines(*counts, factors, recipients, book)

    def opening() -> list[str]:
        return [
            book.say("explain.heading", title=after.scenario.title, file=file),
            book.say("explain.against", title=before.scenario.title, file=against),
        ]

    def closing() -> list[str]:
        sentences = difference.difference_sentences(account, book).values()
        return [
            *difference.notes(account.found, book),
            *projects(),
            book.say("explain.words"),
            *sentences,
        ]

    def blocks() -> list[str | Table | Table]:
        differs = difference.what_differs(account.found, book)
        named = [book.say("explain.differs"), *differs, ""] if differs else []
        table = difference.difference_table(account, book)
        return [*opening(), "", *named, table, "", *closing(), ""]

    def data() -> dict[str, Any]:
        return {
            "currency": after.scenario.fund.currency,
            "method_version": after.method_version,
            **{
                name: {"file": path, "title": book.text(a.scenario.title), "digest": a.scenario.digest}
                for name, a, path in (("scenario", after, file), ("base", before, against))
            },
            "new": list(account.found.new),
            "gone": list(account.found.gone),
            "data_together": account.found.together,
            "reasons": difference.reason_data(account, book),
            "recipients": difference.recipient_data(account, book),
            **({} if counts is None else {"projects": projects()}),
        }

    table = difference.difference_table(account, book)
    return Output(blocks, table.plain_rows, lambda: [*opening(), *closing()], data)


def _counts(file: str, against: str) -> tuple[Counted, Counted] | None:
    """The counted registers of the base and of the scenario; None unless both have one."""
    after, before = load_counted(file), load_counted(against)
    return None if after is None or before is None else (before, after)


def show(output: Output, results: Sequence[Allocation], form: str, book: Phrasebook) -> None:
    """Prints the explanation of one allocation, or of two of which the first is the base."""
    if form == "json":
        data = output.data()
        print_json(jsonable({**(as_json(results[0], book) if len(results) == 1 else {}), **data}))
        return
    statuses = dict.fromkeys(line for result in results for line in status_lines(result.scenario, book))
    if len(results) == 1:
        inputs = [trace(results[0], book)]
    else:
        names = (book.say("explain.before"), book.say("explain.after"))
        inputs = [traces(names, results, book)]
    if form == "csv":
        print_csv(*output.filed(), [*output.remarks(), *statuses, *inputs])
        return
    lines: list[str] = []
    for block in output.blocks():
        lines += [block] if isinstance(block, str) else aligned(block, book)
    print(*lines, *statuses, *inputs, sep="\n")
