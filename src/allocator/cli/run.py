"""The command `run`: the allocation, stage by stage."""

from __future__ import annotations

from typing import Any

from allocator.analysis.finding import held_against
from allocator.cli.options import allocation_of, scenario_file
from allocator.cli.output import as_json, money_writer, trace
from allocator.cli.parser import Parser
from allocator.cli.terminal import aligned, print_csv, print_json
from allocator.core.allocation import Allocation
from allocator.report.tables.office import office_table
from allocator.report.words.finding import matched, terms
from allocator.report.words.hints import hint_lines
from allocator.report.words.rule import limit_lines, status_lines
from allocator.text import money as money_text
from allocator.text import number, say


def parser(lang: str) -> Parser:
    """What `allocator run` takes."""
    return Parser("run", lang, "file")


def command(options: Any, lang: str) -> int:
    """Allocates, and shows how."""
    show(allocation_of(scenario_file(options, "run", lang)), options.format, lang)
    return 0


def show(result: Allocation, form: str, lang: str) -> None:
    """The result of `allocator run`."""
    if form == "json":
        print_json(as_json(result, lang))
        return
    table = office_table(result, lang)
    if form == "csv":
        headers, rows = table.plain_rows()
        below = [*status_lines(result.scenario, lang), *hint_lines(result.scenario, lang)]
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
    if scenario.published is not None:
        lines.append(matched(held_against(result, scenario.published), terms([result], lang)))
    lines.append(trace(result, lang))
    total, fund = (
        money_text(amount, scenario.fund.currency, lang, in_full=True)
        for amount in (result.total, scenario.fund.amount)
    )
    lines.append(say("cli.sum", lang, total=total, fund=fund))
    print(*lines, sep="\n")
