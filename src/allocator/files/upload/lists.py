"""Other names of recipients, and uses of the fund, as tables that people edit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from allocator.core.errors import Problem, ScenarioError
from allocator.core.exact import exact
from allocator.core.many import lookup
from allocator.core.model import Scenario
from allocator.core.parts import Text, Use
from allocator.files.parsing import MOST_PROBLEMS, Row, cell_number, cell_text
from allocator.files.scenario.placing import trimmed
from allocator.files.sheets.headings import Table
from allocator.text import Phrasebook, money_scale


def alias_rows(scenario: Scenario, book: Phrasebook) -> Table:
    """The recipients in listed order, each with its aliases in one cell."""
    header = [book.say("workbook.cell_recipient"), book.say("workbook.aliases")]
    return header, [[str(book.text(r.name)), "; ".join(r.aliases)] for r in scenario.recipients]


def with_aliases(scenario: Scenario, header: Sequence[str], rows: Iterable[Row], file: str = "") -> Scenario:
    """The scenario with these aliases; rows belong to its recipients by their numbers.

    Raises ScenarioError with each that cannot be one, or that two recipients would have.
    """
    made, problems = list(scenario.recipients), []
    for number, row in trimmed(rows, len(header)):
        parts = (part.strip() for part in re.split("[;；]", row[1]))
        try:
            aliases = tuple(dict.fromkeys(filter(None, parts)))
            made[number - 1] = replace(made[number - 1], aliases=aliases)
        except ScenarioError as error:
            problems += _placed(error, file, number, header[1])
    if not problems:
        try:
            lookup(made)
        except ScenarioError as error:
            second = error.problems[0].details["second"]
            problems = _placed(error, file, [r.id for r in made].index(str(second)) + 1, header[1])
    if problems:
        raise ScenarioError(problems[:MOST_PROBLEMS])
    return replace(scenario, recipients=tuple(made))


def use_rows(scenario: Scenario, book: Phrasebook) -> Table:
    """The uses of the fund: names in both languages, and amounts in the shown unit."""
    scale = money_scale(scenario.fund.currency, scenario.fund.unit)
    unit = book.money_unit(scenario.fund.currency, scale)
    amount = book.say("workbook.amount", header=book.say("workbook.use_amount"), unit=unit)
    rows = [
        [u.name.zh, "" if u.name.en == u.name.zh else u.name.en, cell_text(exact(Fraction(u.amount) / scale))]
        for u in scenario.uses
    ]
    return [book.say("workbook.use"), book.say("workbook.name_en"), amount], rows


def with_uses(scenario: Scenario, header: Sequence[str], rows: Iterable[Row], file: str = "") -> Scenario:
    """The scenario with these uses; raises ScenarioError with each name or amount that cannot be one."""
    scale = money_scale(scenario.fund.currency, scenario.fund.unit)
    made: list[Use] = []
    problems: list[Problem] = []
    for number, row in trimmed(rows, len(header)):
        zh, en, written = row
        value = cell_number(written)
        if isinstance(value, str):
            at = {"row": number, "column": header[2]}
            problems.append(Problem(value, {"value": written[:40]}, file, at))
        try:
            name = Text(zh, en)
        except ScenarioError as error:
            problems += _placed(error, file, number, header[0])
            continue
        if not isinstance(value, str):
            try:
                made.append(Use(name, exact(Fraction(value) * scale)))
            except ScenarioError as error:
                problems += _placed(error, file, number, header[2])
    if problems:
        raise ScenarioError(problems[:MOST_PROBLEMS])
    return replace(scenario, uses=tuple(made))


def _placed(error: ScenarioError, file: str, row: int, column: str) -> list[Problem]:
    """The problems with the place in the table in place of that in a scenario file."""
    return [replace(p, file=file, at={"row": row, "column": column}) for p in error.problems]
