"""Factor values of a register held against those of a scenario, and put in their place."""

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
from allocator.report.tables.grid import Grid, in_units, unit_of, who
from allocator.report.tables.table import Row
from allocator.text import LANGUAGES, number, say


def shared_factors(found: Counted, scenario: Scenario) -> tuple[str, ...]:
    """The factors that the register makes and the scenario has."""
    known = {factor.id for factor in scenario.factors}
    return tuple(id for id in found.rules.ids if id in known)


def changed_factors(found: Counted, scenario: Scenario) -> tuple[str, ...]:
    """Those of them whose values differ; a value that is not given counts as none."""
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
    """The scenario with the register's values of its factors, what they are and where they come from.

    Remarks on single cells of those factors speak of the figures before, and go.  The recipients must be
    those of the register.
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
            say(
                "app.projects.source",
                lang,
                title=getattr(title, lang),
                year=str(found.rules.year),
                register=found.register.file,
            )
            for lang in LANGUAGES
        )
    )
    return replace(
        factor,
        values=tuple(
            None if old is None and not values[of] else values[of]
            for of, old in zip(ids, factor.values, strict=True)
        ),
        unit=_unit(found, factor),
        definition=Text(*(how_made(found.rules, factor.id, lang) for lang in LANGUAGES)),
        year=found.rules.year,
        status="example" if found.register.illustrative else "derived",
        source=source,
    )


def _unit(found: Counted, factor: Factor) -> Text | None:
    """The unit in the heading of the register's column; points and projects are counted, else none is known.

    The factor's own is kept where the heading says the same: in both languages.
    """
    rule = next((rule for rule in found.rules.factors if rule.id == factor.id), None)
    if rule is None or rule.column is None:
        key = "app.projects.points" if rule is None else "app.projects.projects"
        return Text(*(say(key, lang) for lang in LANGUAGES))
    written = found.register.figures[rule.column].unit
    own = factor.unit
    if own and plain_name(written) in (plain_name(own.zh), plain_name(own.en)):
        return own
    return Text(written) if written else None


def held_grid(found: Counted, scenario: Scenario, factors: Names, lang: str) -> Grid:
    """The register's value of each factor beside the one on the screen, by recipient."""
    taken = shared_factors(found, scenario)
    own = {id: scenario.factor(id).values for id in taken}
    rows = []
    for at, recipient in enumerate(scenario.recipients):
        cells = [str(at + 1), getattr(recipient.name, lang)]
        for id in found.rules.ids:
            cells.append(number(found.values[id][recipient.id], lang))
            if id in own:
                value = own[id][at]
                cells.append("" if value is None else number(value, lang))
        rows.append(Row("recipient", tuple(cells)))
    total = ["", say("table.total", lang)]
    headers = [say("projects.heading.number", lang), who(scenario, lang)]
    for id in found.rules.ids:
        name = getattr(factors[id], lang)
        headers.append(say("app.projects.by_register", lang, name=name))
        total.append(number(plain(sum(map(Fraction, found.values[id].values()), start=Fraction(0))), lang))
        if id in own:
            headers.append(say("app.projects.on_screen", lang, name=name))
            whole = plain(sum((Fraction(value or 0) for value in own[id]), start=Fraction(0)))
            total.append(number(whole, lang))
    rows.append(Row("total", tuple(total)))
    numeric = (False, False, *[True] * (len(headers) - 2))
    return Grid(say("app.projects.held_caption", lang), tuple(headers), numeric, tuple(rows))


def amounts_grid(before: Allocation, after: Allocation, lang: str) -> Grid:
    """What each recipient's amount becomes under other rules; all of the same scenario."""
    scenario = before.scenario
    pairs = {of: (before.amounts[of], after.amounts[of]) for of in scenario.ids}
    sums = [plain(sum((Fraction(pair[at]) for pair in pairs.values()), start=Fraction(0))) for at in (0, 1)]
    rows = []
    for at, recipient in enumerate(scenario.recipients, 1):
        rows.append(_amounts(str(at), getattr(recipient.name, lang), pairs[recipient.id], scenario, lang))
    rows.append(_amounts("", say("table.total", lang), sums, scenario, lang))
    headers = (
        say("projects.heading.number", lang),
        who(scenario, lang),
        *(say(f"app.projects.{key}", lang) for key in ("amount_before", "amount_after", "amount_change")),
    )
    return Grid(
        say("app.projects.amounts_caption", lang),
        headers,
        (False, False, True, True, True),
        tuple(rows),
        unit_of(scenario, lang),
    )


def _amounts(at: str, name: str, pair: Sequence[int | Fraction], scenario: Scenario, lang: str) -> Row:
    old, new = pair
    cells = (
        *(number(in_units(amount, scenario), lang) for amount in pair),
        number(in_units(plain(Fraction(new) - Fraction(old)), scenario), lang, sign=True),
    )
    return Row("recipient" if at else "total", (at, name, *cells))


def score_lines(before: Counted, after: Counted, factors: Names, lang: str) -> list[str]:
    """Scorecards that come out otherwise under the other rules, and factors that only one of them makes."""
    lines = []
    for id in after.rules.ids:
        if id not in before.rules.ids or (id not in before.scores and id not in after.scores):
            continue
        count = sum(before.values[id][of] != after.values[id][of] for of in after.recipients)
        if count:
            lines.append(say("app.projects.scored", lang, name=getattr(factors[id], lang), count=count))
    apart = [id for id in factors if (id in before.rules.ids) != (id in after.rules.ids)]
    if apart:
        lines.append(say("app.projects.one_only", lang, names=[getattr(factors[id], lang) for id in apart]))
    return lines
