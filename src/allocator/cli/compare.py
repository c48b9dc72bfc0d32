"""The command `compare`: several allocations side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from allocator.cli.options import base_of, plan_of
from allocator.cli.output import base_json, finding_json, statuses, traces, undistributed_json, unit_json
from allocator.cli.parser import Parser, Usage
from allocator.cli.terminal import aligned, jsonable, print_csv, print_json
from allocator.core.allocation import Allocation
from allocator.files.scenario.once import Once
from allocator.report.tables.base import Base, against
from allocator.report.tables.office import compare_table
from allocator.report.words.comparing import match_sentence
from allocator.report.words.finding import short, terms
from allocator.report.words.rule import status_lines
from allocator.text import Phrasebook


def parser(book: Phrasebook) -> Parser:
    """The command-line parser of `allocator compare`."""
    made = Parser("compare", book, "files")
    made.option("--base", metavar="published|previous")
    return made


def command(options: Any, book: Phrasebook) -> int:
    """Allocates each scenario, and prints them side by side; status 1 if something is undistributed."""
    if not 2 <= len(options.files) <= 26:
        raise Usage(book.say("cli.missing_files"))
    once = Once()
    results = [plan_of(file, once) for file in options.files]
    base = base_of(options.base, options.files, [result.scenario for result in results], book)
    show(results, options.files, options.format, book, base)
    return 1 if any(result.undistributed for result in results) else 0


def show(
    results: Sequence[Allocation], files: Sequence[str], form: str, book: Phrasebook, base: Base | None = None
) -> None:
    """Prints the scenarios in one table; the first is the base unless one is given."""
    table = compare_table(results, book, base, shares=base is not None)
    held_to, others = against(results, base)
    if form == "json":
        print_json(
            {
                "currency": unit_json(results[0].scenario.fund.currency),
                "method_version": results[0].method_version,
                **({} if base is None else {"base": base_json(base)}),
                "scenarios": [
                    {
                        "file": file,
                        "title": book.text(result.scenario.title),
                        "digest": result.scenario.digest,
                        "fund": jsonable(result.scenario.fund.amount),
                        "reserved": jsonable(result.reserved),
                        **undistributed_json(result),
                        "amounts": jsonable(result.amounts),
                        **finding_json(held_to.found(result)),
                        "data": statuses(result.scenario),
                    }
                    for file, result in zip(files, results, strict=True)
                ],
                "published": jsonable(results[0].scenario.published),
            }
        )
        return
    letters = [column.key for column in table.columns if column.kind == "money" and len(column.key) == 1]
    titles = {
        letter: book.text(result.scenario.title) for letter, result in zip(letters, results, strict=True)
    }
    if form == "csv":
        headers, rows = table.plain_rows()
        named = [
            f"{titles[key]} {header}" if (key := column.key.partition("-")[0]) in titles else header
            for column, header in zip(table.columns, headers, strict=True)
        ]
        print_csv(named, rows, _remarks(titles, results, book))
        return
    lines = [
        book.say("cli.letter", letter=letter, title=title, file=file)
        for (letter, title), file in zip(titles.items(), files, strict=True)
    ]
    lines += ["", *aligned(table, book), ""]
    words = terms(results, book)
    for letter, result in others:
        what = short(held_to.found(result), words)
        lines.append(book.say("cli.against_a", letter=letter, base=held_to.full, what=what))
    lines += [match] if (match := match_sentence(results, book, base)) else []
    print(*lines, *_remarks(titles, results, book), sep="\n")


def _remarks(letters: Iterable[str], results: Sequence[Allocation], book: Phrasebook) -> list[str]:
    """The lines below a comparison: the status of the data, and the input of each column."""
    said = dict.fromkeys(line for result in results for line in status_lines(result.scenario, book))
    return [*said, traces(letters, results, book)]
