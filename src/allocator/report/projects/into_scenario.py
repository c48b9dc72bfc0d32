"""Compares the factor values of a register with those of a scenario, and puts them in their place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from allocator.analysis.projects import Counted
from allocator.core.allocation import Allocation
from allocator.core.exact import plain
from allocator.core.model import Scenario
from allocator.core.parts import Factor, Text, plain_name
from allocator.report.projects.words import Names, how_made
from allocator.report.tables.figures import in_units, unit_of, who
from allocator.report.tables.table import Row, Table, written
from allocator.text import EN, ZH, Phrasebook, both


def shared_factors(found: Counted, scenario: Scenario) -> tuple[str, ...]:
    """The ids of the factors that both the register's rules and the scenario have."""
    known = {factor.id for factor in scenario.factors}
    return tuple(id for id in found.rules.ids if id in known)


def changed_factors(found: Counted, scenario: Scenario) -> tuple[str, ...]:
    """The shared factors whose values differ; a missing value counts as zero."""
    ids = scenario.ids
    return tuple(
        id
        for id in shared_factors(found, scenario)
        if any(
            (value or 0) != found.values[id][of]
            for of, value in zip(ids, scenario.factor(id).values, strict=True)
        )
    )


def with_values(found: Counted, scenario: Scenario) -> Scenario:
    """The scenario with the register's factor values, and with their unit, definition, status and source.

    Remarks on single cells of those factors are dropped, since they are about the old figures.  The
    recipients must be those of the register.
    """
    taken = shared_factors(found, scenario)
    return replace(
        scenario,
        factors=tuple(
            _with_values(found, factor, scenario.ids) if factor.id in taken else factor
            for factor in scenario.factors
        ),
        provenance=tuple(cell for cell in scenario.provenance if cell.factor not in taken),
    )


def _with_values(found: Counted, factor: Factor, ids: Sequence[str]) -> Factor:
    values = found.values[factor.id]
    title = found.rules.title
    source = Text(
        *(
            book.say(
                "projects.factor_source",
                title=book.text(title),
                year=str(found.rules.year),
                register=found.register.file,
            )
            for book in (ZH, EN)
        )
    )
    return replace(
        factor,
        values=tuple(
            None if old is None and not values[of] else values[of]
            for of, old in zip(ids, factor.values, strict=True)
        ),
        unit=_unit(found, factor),
        definition=Text(*(how_made(found.rules, factor.id, book) for book in (ZH, EN))),
        year=found.rules.year,
        status="example" if found.register.illustrative else "derived",
        source=source,
    )


def _unit(found: Counted, factor: Factor) -> Text | None:
    """The unit of a factor: points, projects, or that in the heading of the register's column, if any.

    Where the heading gives the factor's own unit, in either language, that is kept with both languages.
    """
    rule = next((rule for rule in found.rules.factors if rule.id == factor.id), None)
    if rule is None or rule.column is None:
        key = "projects.points" if rule is None else "projects.projects"
        return Text(*both(key))
    written = found.register.figures[rule.column].unit
    own = factor.unit
    if own and plain_name(written) in (plain_name(own.zh), plain_name(own.en)):
        return own
    return Text(written) if written else None


def held_table(found: Counted, scenario: Scenario, factors: Names, book: Phrasebook) -> Table:
    """The register's value of each factor beside the one on the screen, by recipient."""
    taken = shared_factors(found, scenario)
    own = {id: scenario.factor(id).values for id in taken}
    rows = []
    for at, recipient in enumerate(scenario.recipients):
        cells = [str(at + 1), book.text(recipient.name)]
        for id in found.rules.ids:
            cells.append(book.number(found.values[id][recipient.id]))
            if id in own:
                value = own[id][at]
                cells.append("" if value is None else book.number(value))
        rows.append(Row("recipient", tuple(cells)))
    total = ["", book.say("table.total")]
    headers = [book.say("projects.heading.number"), who(scenario, book)]
    for id in found.rules.ids:
        name = book.text(factors[id])
        headers.append(book.say("projects.by_register", name=name))
        total.append(book.number(plain(sum(map(Fraction, found.values[id].values()), start=Fraction(0)))))
        if id in own:
            headers.append(book.say("projects.on_screen", name=name))
            whole = plain(sum((Fraction(value or 0) for value in own[id]), start=Fraction(0)))
            total.append(book.number(whole))
    rows.append(Row("total", tuple(total)))
    numeric = (False, False, *[True] * (len(headers) - 2))
    return written(book.say("projects.held_caption"), tuple(headers), numeric, tuple(rows))


def compared_table(before: Allocation, after: Allocation, book: Phrasebook) -> Table:
    """Each recipient's amount before and after, and the change; both allocations are of one scenario."""
    scenario = before.scenario
    pairs = {of: (before.amounts[of], after.amounts[of]) for of in scenario.ids}
    sums = [plain(sum((Fraction(pair[at]) for pair in pairs.values()), start=Fraction(0))) for at in (0, 1)]
    rows = []
    for at, recipient in enumerate(scenario.recipients, 1):
        rows.append(_amounts(str(at), book.text(recipient.name), pairs[recipient.id], scenario, book))
    rows.append(_amounts("", book.say("table.total"), sums, scenario, book))
    headers = (
        book.say("projects.heading.number"),
        who(scenario, book),
        book.say("projects.amount_before"),
        book.say("projects.amount_after"),
        book.say("projects.amount_change"),
    )
    return written(
        book.say("projects.amounts_caption"),
        headers,
        (False, False, True, True, True),
        tuple(rows),
        unit_of(scenario, book),
    )


def _amounts(at: str, name: str, pair: Sequence[int | Fraction], scenario: Scenario, book: Phrasebook) -> Row:
    old, new = pair
    cells = (
        *(book.number(in_units(amount, scenario)) for amount in pair),
        book.number(in_units(plain(Fraction(new) - Fraction(old)), scenario), sign=True),
    )
    return Row("recipient" if at else "total", (at, name, *cells))


def score_lines(before: Counted, after: Counted, factors: Names, book: Phrasebook) -> list[str]:
    """Sentences on scores that change under the other rules, and on factors that only one of them makes."""
    lines = []
    for id in after.rules.ids:
        if id not in before.rules.ids or (id not in before.scores and id not in after.scores):
            continue
        count = sum(before.values[id][of] != after.values[id][of] for of in after.recipients)
        if count:
            lines.append(book.say("projects.scored", name=book.text(factors[id]), count=count))
    apart = [id for id in factors if (id in before.rules.ids) != (id in after.rules.ids)]
    if apart:
        lines.append(book.say("projects.one_only", names=[book.text(factors[id]) for id in apart]))
    return lines
