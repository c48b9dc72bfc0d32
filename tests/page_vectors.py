"""Random rules with what `allocate` makes of them, for the page's script to work out again."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

from random_cases import random_case, scenario_of

from allocator import Scenario, allocate
from allocator.analysis.finding import find
from allocator.core.errors import AllocatorError
from allocator.report.html.rule import Columns, rule_of
from allocator.report.html.script import joined
from allocator.report.html.words import languages, sentences
from allocator.report.words.title import finding_title
from allocator.text import BOOKS

# the engine of the page, with a function that works out a list of vectors
ENGINE = (
    '(() => {\n"use strict";\n'
    + joined("allocate", "opened", "finding", "own", "sha256")
    + (Path(__file__).parent / "page_vectors.js").read_text("utf-8")
    + "})();"
)


def scenarios(seed: int) -> Iterator[Scenario]:
    """Scenarios with limits, ties, zeros, both roundings, coefficients and values of 27 digits."""
    rnd = Random(seed)
    while True:
        case = random_case(rnd)
        if rnd.random() < 0.15:
            for column in case["values"].values():
                column.update({id: rnd.randint(0, 10**27) for id in column})
        try:
            yield scenario_of(case)
        except AllocatorError:
            continue  # what the model refuses never comes into a page


def vector(scenario: Scenario) -> tuple[dict[str, Any], dict[str, Any]]:
    """A rule as the script reads it, and what `allocate` makes of it."""
    columns = Columns()
    rule = rule_of(scenario, columns)
    asked = {"rule": rule, "columns": columns.all}
    try:
        found = allocate(scenario)
    except AllocatorError as error:
        return asked, {"refused": error.problems[0].key}
    members = [scenario.ids[i] for i in scenario.members[scenario.rules[0].id]]
    return asked, {
        "amounts": [str(amount) for amount in found.amounts.values()],
        "tied": [scenario.position[id] for id in found.tied],
        "at": [[scenario.position[id], at] for id, at in found.at.items() if at],
        "multiplier": str(found.split.multiplier),
        "entitlements": [str(found.entitlements[id]) for id in members],
        "limited": [str(found.limited[id]) for id in members],
        "factors": [[str(by[id]) for by in found.contributions.values()] for id in members],
    }


def vectors(count: int, seed: int) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """So many of them; of those that cannot be allocated not more than an eighth."""
    made: list[tuple[dict[str, Any], dict[str, Any]]] = []
    refused = 0
    for scenario in scenarios(seed):
        asked, wanted = vector(scenario)
        if "refused" in wanted:
            refused += 1
            if 8 * refused > count:
                continue
        made.append((asked, wanted))
        if len(made) == count:
            break
    return made


def titles(count: int, seed: int) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """Amounts held against others, and the title of each in every language."""
    rnd = Random(seed)
    for scenario in scenarios(seed):
        try:
            found = allocate(scenario)
        except AllocatorError:
            continue
        ids, unit = scenario.ids, scenario.fund.unit
        base = dict(found.amounts)
        for _ in range(rnd.choice((0, 1, 1, 2, 5))):
            from_, to = rnd.choice(ids), rnd.choice(ids)
            base[from_] -= unit
            base[to] += unit * rnd.choice((1, 1, 1, 2))
        funds = rnd.choice(((None, None), (scenario.fund.amount, scenario.fund.amount - unit), (5, 5)))
        wanted = [finding_title(found, find(found.amounts, base, *funds), book) for book in BOOKS]
        asked = {
            "amounts": [str(amount) for amount in found.amounts.values()],
            "base": [str(amount) for amount in base.values()],
            "funds": [None if fund is None else str(fund) for fund in funds],
            "names": [{book.language: book.text(r.name) for book in BOOKS} for r in scenario.recipients],
        }
        yield asked, wanted
        count -= 1
        if not count:
            return


LANGUAGE = {"languages": languages(), "texts": {book.language: sentences(book) for book in BOOKS}}
ONE = Fraction(1)
