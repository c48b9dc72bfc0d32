"""The command `run`: the allocation, stage by stage."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from allocator.analysis.finding import held_against
from allocator.cli.options import allocation_of, base_of, scenario_file
from allocator.cli.output import as_json, base_json, finding_json, money_writer, trace
from allocator.cli.parser import Parser, Usage
from allocator.cli.terminal import aligned, print_csv, print_json
from allocator.core.allocation import Allocation
from allocator.core.errors import Problem, ScenarioError
from allocator.report.tables.base import KNOWN, Base
from allocator.report.tables.grid import recipient_names
from allocator.report.tables.office import office_table
from allocator.report.words.comparing import match_sentence, same_currency
from allocator.report.words.finding import against_sentence, matched, terms
from allocator.report.words.hints import hint_lines
from allocator.report.words.rule import limit_lines, status_lines
from allocator.text import money as money_text
from allocator.text import number, say

MOST_NAMES = 4  # recipients that an error names


def parser(lang: str) -> Parser:
    """What `allocator run` takes."""
    made = Parser("run", lang, "file")
    made.option("--base", metavar="published|previous|FILE")
    return made


def command(options: Any, lang: str) -> int:
    """Allocates, and shows how."""
    file = scenario_file(options, "run", lang)
    result = allocation_of(file)
    show(result, options.format, lang, _base(options.base, file, result, lang))
    return 0


def _base(written: str | None, file: str, result: Allocation, lang: str) -> Base | None:
    """What ``--base`` names: amounts that the scenario states, or another scenario's file.

    Raises Usage for what is neither, ScenarioError for a scenario with other recipients or another currency.
    """
    if written is None or written in KNOWN:
        return base_of(written, [file], [result.scenario], lang)
    path = Path(written)
    if path.suffix.lower() != ".toml" and path.name == written:  # neither a file's name nor a path
        known = [*KNOWN, say("cli.base_file", lang)]
        raise Usage(say("cli.bad_choice", lang, option="--base", value=written[:80], known=known))
    made, own = allocation_of(written), result.scenario
    other = made.scenario
    try:
        same_currency(own, other)
    except ScenarioError as error:
        raise error.in_files({"": written}) from None
    apart = [id for id in (*own.ids, *other.ids) if (id in result.amounts) != (id in made.amounts)]
    if apart:
        names = recipient_names([result, made], lang)
        some = {"names": [names[id] for id in apart[:MOST_NAMES]], "count": len(apart)}
        raise ScenarioError(Problem("base_recipients", some, file=written))
    title = getattr(other.title, lang)
    return Base("scenario", title, say("cli.base_full", lang, title=title), made.amounts, made)


def _against(result: Allocation, base: Base | None, lang: str) -> list[str]:
    """What changes against the base that was asked for; nothing where none was."""
    if base is None:
        return []
    whole, words = result.scenario.distributable, terms([result], lang)
    match = match_sentence([result], lang, base)
    lines = [against_sentence(base.found(result), base.full, whole, words), *([match] if match else [])]
    if base.allocation is not None:
        digest = base.allocation.scenario.digest
        lines.append(say("cli.base_trace", lang, title=base.name, digest=digest))
    return lines


def show(result: Allocation, form: str, lang: str, base: Base | None = None) -> None:
    """The result of `allocator run`."""
    if form == "json":
        told = {} if base is None else {"base": {**base_json(base), **finding_json(base.found(result))}}
        print_json({**as_json(result, lang), **told})
        return
    table = office_table(result, lang, base)
    if form == "csv":
        headers, rows = table.plain_rows()
        below = [*status_lines(result.scenario, lang), *hint_lines(result.scenario, lang)]
        below += _against(result, base, lang)
        print_csv(headers, rows, [*below, trace(result, lang)])
        return
    scenario, money = result.scenario, money_writer(result.scenario, lang)
    lines = [getattr(scenario.title, lang)]
    parts = [
        say(f"cli.{name}", lang, amount=money(amount))
        for name, amount in (("reserved", scenario.reserved), ("earmarked", scenario.earmarked))
        if amount
    ]
    parts.append(say("cli.distributable", lang, amount=money(scenario.distributable)))
    lines += [
        say("cli.split", lang, fund=money(scenario.fund.amount), parts=parts),
        "",
        *aligned(table, lang),
        "",
    ]
    lines += [*status_lines(scenario, lang), *hint_lines(scenario, lang), *limit_lines(scenario, lang)]
    if result.multiplier != 1:
        lines.append(say("cli.multiplier", lang, multiplier=number(result.multiplier, lang, 6)))
    if result.tied:
        names = [r.name for r in scenario.recipients if r.id in result.tied]
        lines.append(say("cli.tied", lang, names=names))
    lines += _against(result, base, lang)
    if base is None and scenario.published is not None:
        lines.append(matched(held_against(result, scenario.published), terms([result], lang)))
    lines.append(trace(result, lang))
    total, fund = (
        money_text(amount, scenario.fund.currency, lang, in_full=True)
        for amount in (result.total, scenario.fund.amount)
    )
    lines.append(say("cli.sum", lang, total=total, fund=fund))
    print(*lines, sep="\n")
