"""The command `check`: shows the input as read, and tests the rule against the published amounts."""

from __future__ import annotations

import sys
from typing import Any

from allocator.cli.options import allocation_of, scenario_file
from allocator.cli.output import unit_json
from allocator.cli.parser import Parser, Usage
from allocator.cli.terminal import jsonable, pad, print_csv, print_json, width
from allocator.core.allocation import Allocation
from allocator.core.errors import Problem, ScenarioError
from allocator.core.exact import Number, exact, plain
from allocator.core.model import Scenario
from allocator.core.parts import Text
from allocator.report.words.hints import hint_lines
from allocator.report.words.rule import status_lines
from allocator.report.words.summary import read_lines
from allocator.text import Phrasebook


def parser(book: Phrasebook) -> Parser:
    """The command-line parser of `allocator check`."""
    made = Parser("check", book, "file")
    made.option("--expect-published", action="store_true")
    made.option("--within", metavar="AMOUNT")
    return made


def command(options: Any, book: Phrasebook) -> int:
    """Allocates, and prints the input as read; status 1 if published amounts are expected and differ."""
    file = scenario_file(options, "check", book)
    within = _within(options, book)
    allocation = allocation_of(file)
    differences = allocation.differences
    if options.expect_published and differences is None:
        raise ScenarioError(Problem("no_published", {}, file))
    off: list[Text] | None = None
    if options.expect_published and differences is not None:
        recipients = allocation.scenario.recipients
        off = [r.name for r in recipients if not -within <= differences[r.id] <= within]
    show(allocation, file, options.format, book, as_published=None if off is None else not off)
    if off is None:
        return 0
    if off:
        print(book.say("cli.not_published", count=len(off), names=off[:10]), file=sys.stderr)
        return 1
    key = "cli.as_published_within" if within else "cli.as_published"
    print(book.say(key, within=within), file=sys.stderr)
    return 0


def _within(options: Any, book: Phrasebook) -> Number:
    """The amount by which a result may differ from the published one; 0 unless asked otherwise."""
    if options.within is None:
        return 0
    if not options.expect_published:
        raise Usage(book.say("cli.within_alone"))
    try:
        within = exact(options.within)
    except ValueError:
        within = -1
    if within < 0:
        raise Usage(book.say("cli.bad_amount", value=options.within))
    return within


def show(result: Allocation, file: str, form: str, book: Phrasebook, *, as_published: bool | None) -> None:
    """Prints the input as read; ``as_published`` is None where nobody asked about the published amounts."""
    scenario = result.scenario
    if form == "json":
        print_json(_checked_json(result, file, book, as_published))
        return
    lines = read_lines(result, book)
    if form == "csv":
        print_csv([book.say("check.item"), book.say("check.value")], [list(line) for line in lines])
        return
    widest = max(width(item) for item, _ in lines)
    print(*(pad(item, widest) + "  " + shown for item, shown in lines), sep="\n")
    below = [*status_lines(scenario, book), *hint_lines(scenario, book)]
    print(*below, book.say("cli.ok", file=file), sep="\n")


def _rule(scenario: Scenario) -> dict[str, Any]:
    """The rule as JSON: method, coefficient and weights, or these for each pool by its id."""
    rules = {
        pool.id: {
            "method": pool.kind,
            "coefficient": _coefficient(pool.coefficients),
            "weights": {f: float(weight) for f, weight in scenario.weighted[pool.id].items()},
        }
        for pool in scenario.rules
    }
    return {"pools": rules} if scenario.pools else rules[""]


def _coefficient(names: tuple[str, ...]) -> str | list[str] | None:
    return (names[0] if len(names) == 1 else list(names)) if names else None


def _checked_json(
    result: Allocation, file: str, book: Phrasebook, as_published: bool | None
) -> dict[str, Any]:
    scenario = result.scenario
    published = None if scenario.published is None else plain(sum(scenario.published.values(), start=0))
    return {
        "file": file,
        "ok": as_published is not False,
        "as_published": as_published,
        "title": book.text(scenario.title),
        "currency": unit_json(scenario.fund.currency),
        "fund": jsonable(scenario.fund.amount),
        "reserved": jsonable(result.reserved),
        "earmarked": jsonable(scenario.earmarked),
        "distributable": jsonable(scenario.distributable),
        "unit": jsonable(scenario.fund.unit),
        "rounding": scenario.fund.rounding,
        **_rule(scenario),
        "data": {factor.id: factor.status for factor in scenario.factors},
        "recipients": len(scenario.recipients),
        "limits": len(scenario.limits),
        **{
            name: len(getattr(scenario, name))
            for name in ("deductions", "adjustments")
            if getattr(scenario, name)
        },
        "published": jsonable(published),
        "method_version": result.method_version,
        "digest": scenario.digest,
    }
