"""The form of targets, read into what the search takes.  No Streamlit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from allocator.analysis.seek import Lever, Target
from allocator.core.errors import Problem, ScenarioError
from allocator.core.exact import Number, plain
from allocator.core.model import Scenario
from allocator.report.tables.figures import scale_of
from allocator.text import Phrasebook
from allocator.ui.session.rule import entered_number, signed_money


@dataclass(frozen=True)
class TargetRow:
    """One row of the form as typed: recipients, what of them, relation, and figure."""

    who: tuple[str, ...]
    of: str
    relation: str
    figure: str


def targets_of(scenario: Scenario, rows: Sequence[TargetRow], book: Phrasebook) -> list[Target]:
    """The targets of a filled form; figures are in the shown unit, shares in percent.

    Raises ScenarioError with a sentence for everything that is wrong, placed by the row.
    """
    found: list[Target] = []
    problems: list[Problem] = []
    place = book.say("app.seek.targets")
    names = {r.id: book.text(r.name) for r in scenario.recipients}
    for at, row in enumerate(rows, 1):
        try:
            value = _figure(scenario, row)
            found.append(Target(row.of, row.who, row.relation, value))
        except ScenarioError as error:
            for p in error.problems:
                called = {"name": [names[id] for id in row.who]} if p.details.get("name") == row.who else {}
                problems.append(Problem(p.key, {**p.details, **called}, place, {"entry": at}))
    if problems:
        raise ScenarioError(problems)
    return found


def _figure(scenario: Scenario, row: TargetRow) -> Number:
    text = row.figure.strip()
    if row.of == "difference":
        return signed_money(scenario, text)
    value = entered_number(text.removeprefix("+"))
    if isinstance(value, str):
        raise ScenarioError(Problem(value, {"value": text[:40]}))
    if row.of == "rank":
        return value
    size = Fraction(1, 100) if row.of == "share" else Fraction(scale_of(scenario))
    return plain(value * size)


def bounds_of(
    scenario: Scenario, lever: Lever, typed: Mapping[str, tuple[str, str]], book: Phrasebook
) -> dict[str, tuple[Number | None, Number | None]]:
    """The least and the most of each weight, or pool in the shown unit; what is left blank does not bind.

    Raises ScenarioError with a sentence for every figure that is wrong.
    """
    found: dict[str, tuple[Number | None, Number | None]] = {}
    problems: list[Problem] = []
    place = book.say("app.seek.bounds")
    size = Fraction(1) if lever.in_percent(scenario) else Fraction(scale_of(scenario))
    for factor, ends in typed.items():
        read: list[Number | None] = []
        for text in (end.strip() for end in ends):
            value = entered_number(text.removesuffix("%").strip()) if text else None
            if isinstance(value, str):
                at = {"column": book.text(lever.name(scenario, factor))}
                problems.append(Problem(value, {"value": text[:40]}, place, at))
                value = None
            read.append(value if value is None else plain(value * size))
        if any(end is not None for end in read):
            found[factor] = read[0], read[1]
    if problems:
        raise ScenarioError(problems)
    return found
