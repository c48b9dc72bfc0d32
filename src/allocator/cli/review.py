"""The command `review`: holds issued amounts against the rule."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from allocator.analysis.review import Review, review
from allocator.cli.options import allocation_of, refuse, scenario_file
from allocator.cli.output import trace
from allocator.cli.parser import Parser
from allocator.cli.terminal import aligned, jsonable, print_csv, print_json
from allocator.core.allocation import Allocation
from allocator.core.exact import Number
from allocator.core.model import Scenario
from allocator.files.scenario.tables import Finder, read_amounts
from allocator.report.words.review import review_lines, review_table
from allocator.report.words.rule import status_lines
from allocator.text import Phrasebook

STATED = ("published", "issued")  # amounts that a scenario itself may state


def parser(book: Phrasebook) -> Parser:
    """The command-line parser of `allocator review`."""
    made = Parser("review", book, "file")
    made.option("--issued", metavar="FILE")
    return made


def command(options: Any, book: Phrasebook) -> int:
    """Prints the review; status 1 if an issued amount differs and no adjustment explains it."""
    file = scenario_file(options, "review", book)
    allocation = allocation_of(file)
    found = review(allocation, _issued(options.issued, allocation.scenario))
    show(found, allocation, options.format, book)
    return 0 if found.agrees else 1


def _issued(written: str | None, scenario: Scenario) -> Mapping[str, Number]:
    """The issued amounts: of a CSV file, or those that the scenario states as published or issued."""
    if written is None or written in STATED:
        stated = {name: getattr(scenario, name) for name in STATED if written in (None, name)}
        found = next((amounts for amounts in stated.values() if amounts is not None), None)
        if found is None:
            refuse("--issued", "review_issued", value=written or STATED[0])
        return dict(found)
    currency = scenario.fund.currency if isinstance(scenario.fund.currency, str) else ""
    return read_amounts(Path(written), Finder(scenario.recipients), currency)


def show(found: Review, allocation: Allocation, form: str, book: Phrasebook) -> None:
    """Prints the review in the form asked for."""
    lines = review_lines(found, allocation, book)
    if form == "json":
        print_json(_as_json(found, lines))
        return
    table = review_table(found, allocation, book)
    below = [*status_lines(allocation.scenario, book), trace(allocation, book)]
    if form == "csv":
        rows = [list(row.cells) for row in table.rows] if table is not None else []
        print_csv(list(table.headers) if table is not None else [], rows, [*lines, *below])
        return
    print(*lines, *([""] if table is not None else []), sep="\n")
    if table is not None:
        print(*aligned(table, book), "", sep="\n")
    print(*below, sep="\n")


def _as_json(found: Review, lines: list[str]) -> dict[str, Any]:
    return {
        "agrees": found.agrees,
        "finding": lines,
        "recipients": [
            {
                "id": row.id,
                "rule": jsonable(row.rule),
                "adjustment": jsonable(row.adjustment),
                "amount": jsonable(row.amount),
                "issued": jsonable(row.issued),
                "difference": jsonable(row.difference),
                "state": row.state,
            }
            for row in found.rows
        ],
        "unknown": {id: jsonable(amount) for id, amount in found.unknown.items()},
    }
