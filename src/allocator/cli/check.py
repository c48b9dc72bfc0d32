"""The command `check`: what was read."""

from __future__ import annotations

from typing import Any

from allocator.cli.terminal import jsonable, pad, print_csv, print_json, width
from allocator.core.allocation import Allocation
from allocator.core.exact import plain
from allocator.report.words.hints import hint_lines
from allocator.report.words.rule import status_lines
from allocator.report.words.summary import read_lines
from allocator.text import say


def show(result: Allocation, file: str, form: str, lang: str, *, as_published: bool | None) -> None:
    """The result of `allocator check`: what was read; None where nobody asked about the published amounts."""
    scenario = result.scenario
    if form == "json":
        print_json(_checked_json(result, file, lang, as_published))
        return
    lines = read_lines(scenario, lang)
    if form == "csv":
        print_csv([say("check.item", lang), say("check.value", lang)], [list(line) for line in lines])
        return
    widest = max(width(item) for item, _ in lines)
    print(*(pad(item, widest) + "  " + shown for item, shown in lines), sep="\n")
    below = [*status_lines(scenario, lang), *hint_lines(scenario, lang)]
    print(*below, say("cli.ok", lang, file=file), sep="\n")


def _checked_json(result: Allocation, file: str, lang: str, as_published: bool | None) -> dict[str, Any]:
    scenario = result.scenario
    published = None if scenario.published is None else plain(sum(scenario.published.values(), start=0))
    return {
        "file": file,
        "ok": as_published is not False,
        "as_published": as_published,
        "title": getattr(scenario.title, lang),
        "currency": scenario.fund.currency,
        "fund": jsonable(scenario.fund.amount),
        "reserved": jsonable(scenario.reserved),
        "earmarked": jsonable(scenario.earmarked),
        "distributable": jsonable(scenario.distributable),
        "unit": jsonable(scenario.fund.unit),
        "rounding": scenario.fund.rounding,
        "method": scenario.kind,
        "coefficient": scenario.coefficient,
        "weights": {factor: float(weight) for factor, weight in scenario.weights.items()},
        "data": {factor.id: factor.status for factor in scenario.factors},
        "recipients": len(scenario.recipients),
        "limits": len(scenario.limits),
        "published": jsonable(published),
        "method_version": result.method_version,
        "digest": scenario.digest,
    }
