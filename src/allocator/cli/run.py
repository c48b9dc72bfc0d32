"""The command `run`: the allocation, stage by stage."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from allocator.analysis.finding import held_against
from allocator.cli.options import base_of, plan_of, scenario_file
from allocator.cli.output import as_json, base_json, finding_json, money_writer, trace
from allocator.cli.parser import Parser, Usage
from allocator.cli.terminal import aligned, print_csv, print_json
from allocator.core.allocation import Allocation
from allocator.core.errors import Problem, ScenarioError, within
from allocator.report.tables.base import KNOWN, Base
from allocator.report.tables.figures import recipient_names
from allocator.report.tables.office import office_table
from allocator.report.words.comparing import match_sentence, same_currency
from allocator.report.words.corrections import correction_lines, money_undistributed
from allocator.report.words.finding import against_sentence, matched, terms
from allocator.report.words.hints import hint_lines
from allocator.report.words.pools import pool_lines
from allocator.report.words.rule import limit_lines, status_lines
from allocator.text import Phrasebook

MOST_NAMES = 4  # recipients that an error names


def parser(book: Phrasebook) -> Parser:
    """The command-line parser of `allocator run`."""
    made = Parser("run", book, "file")
    made.option("--base", metavar="published|previous|FILE")
    return made


def command(options: Any, book: Phrasebook) -> int:
    """Allocates, and prints the amounts stage by stage; status 1 if something is left undistributed."""
    file = scenario_file(options, "run", book)
    result = plan_of(file)
    show(result, options.format, book, _base(options.base, file, result, book))
    return 1 if result.undistributed else 0


def _base(written: str | None, file: str, result: Allocation, book: Phrasebook) -> Base | None:
    """The base that ``--base`` names: amounts that the scenario states, or another scenario's file.

    Raises Usage for what is neither, ScenarioError for a scenario with other recipients or another currency.
    """
    if written is None or written in KNOWN:
        return base_of(written, [file], [result.scenario], book)
    path = Path(written)
    if path.suffix.lower() != ".toml" and path.name == written:  # neither a file's name nor a path
        known = [*KNOWN, book.say("cli.base_file")]
        raise Usage(book.say("cli.bad_choice", option="--base", value=written[:80], known=known))
    made, own = plan_of(written), result.scenario
    other = made.scenario
    with within(written):
        same_currency(own, other)
    apart = [id for id in (*own.ids, *other.ids) if (id in result.amounts) != (id in made.amounts)]
    if apart:
        names = recipient_names([result, made], book)
        some = {"names": [names[id] for id in apart[:MOST_NAMES]], "count": len(apart)}
        raise ScenarioError(Problem("base_recipients", some, file=written))
    title = book.text(other.title)
    return Base("scenario", title, book.say("cli.base_full", title=title), made.amounts, made)


def _against(result: Allocation, base: Base | None, book: Phrasebook) -> list[str]:
    """The lines on the changes against the base; none if there is no base."""
    if base is None:
        return []
    whole, words = result.scenario.distributable, terms([result], book)
    match = match_sentence([result], book, base)
    lines = [against_sentence(base.found(result), base.full, whole, words), *([match] if match else [])]
    if base.allocation is not None:
        digest = base.allocation.scenario.digest
        lines.append(book.say("cli.base_trace", title=base.name, digest=digest))
    return lines


def show(result: Allocation, form: str, book: Phrasebook, base: Base | None = None) -> None:
    """Prints the result of `allocator run`."""
    if form == "json":
        told = {} if base is None else {"base": {**base_json(base), **finding_json(base.found(result))}}
        print_json({**as_json(result, book), **told})
        return
    table = office_table(result, book, base)
    if form == "csv":
        headers, rows = table.plain_rows()
        below = [*status_lines(result.scenario, book), *hint_lines(result.scenario, book)]
        below += [*pool_lines(result, book), *correction_lines(result, book)]
        below += _against(result, base, book)
        print_csv(headers, rows, [*below, trace(result, book)])
        return
    scenario, money = result.scenario, money_writer(result.scenario, book)
    lines = [book.text(scenario.title)]
    parts = [
        book.say(key, amount=money(amount))
        for key, amount in (("cli.reserved", result.reserved), ("cli.earmarked", scenario.earmarked))
        if amount
    ]
    parts.append(book.say("cli.distributable", amount=money(scenario.distributable)))
    lines += [
        book.say("cli.split", fund=money(scenario.fund.amount), parts=parts),
        "",
        *aligned(table, book),
        "",
    ]
    lines += [*status_lines(scenario, book), *hint_lines(scenario, book), *limit_lines(scenario, book)]
    lines += [*pool_lines(result, book), *correction_lines(result, book)]
    if not scenario.pools and result.split.multiplier != 1:
        lines.append(book.say("cli.multiplier", multiplier=book.number(result.split.multiplier, 6)))
    if result.tied:
        names = [r.name for r in scenario.recipients if r.id in result.tied]
        lines.append(book.say("cli.tied", names=names))
    lines += _against(result, base, book)
    if base is None and scenario.published is not None:
        lines.append(matched(held_against(result, scenario.published), terms([result], book)))
    lines.append(trace(result, book))
    total, fund, left = (
        book.money(amount, scenario.fund.currency, in_full=True)
        for amount in (result.total, scenario.fund.amount, money_undistributed(result))
    )
    key = (
        "cli.sum_left" if result.undistributed > 0 else "cli.sum_over" if result.undistributed else "cli.sum"
    )
    lines.append(book.say(key, total=total, fund=fund, left=left))
    print(*lines, sep="\n")
