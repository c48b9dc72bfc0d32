"""Sentences on projects and factor values: what counts, by which rules, and what other rules change."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction

from allocator.analysis.projects import (
    Change,
    Counted,
    FactorRule,
    Refusal,
    Rules,
    changed,
    years_before,
)
from allocator.core.exact import Number, plain
from allocator.core.parts import AMOUNT_UNITS, Factor, Recipient, Text, plain_name
from allocator.report.words.statements import statement_lines
from allocator.text import Phrasebook

SHOWN = 200  # projects that a list names at most

_HOWS = {"sum": "projects.how_sum", "best-year": "projects.how_best-year", "count": "projects.how_count"}

Names = Mapping[str, Text]


def recipients_of(recipients: Iterable[Recipient]) -> dict[str, Text]:
    """The names of recipients by id."""
    return {recipient.id: recipient.name for recipient in recipients}


def factors_of(found: Counted, factors: Iterable[Factor] = ()) -> dict[str, Text]:
    """The names of the factors by id: those of the scenario, else the ids themselves."""
    return {id: Text(id) for id in found.rules.ids} | {f.id: f.name for f in factors}


# --- what was done ------------------------------------------------------------------------------------


def head(found: Counted, factors: Names, book: Phrasebook) -> list[str]:
    """Sentences on the number of projects that count, and on the rules."""
    register, rules = found.register, found.rules
    count, out = len(register.names), len(found.refused)
    title = book.text(rules.title)
    lines = [
        book.say(
            "projects.head",
            register=register.file,
            count=count,
            counted=count - out,
            title=title,
            refused=out,
        )
    ]
    if register.illustrative:
        lines.append(book.say("projects.illustrative"))
    return [*lines, *rule_lines(found, factors, book)]


def read_lines(found: Counted, book: Phrasebook) -> list[str]:
    """Sentences on how the register and the scorecard were read."""
    scorecard = book.say("projects.activities")
    own = statement_lines(found.register.statements, found.register.file, book)
    return [*own, *statement_lines(found.statements, scorecard, book)]


def rule_lines(found: Counted, factors: Names, book: Phrasebook) -> list[str]:
    """The rules, a sentence each."""
    rules = found.rules
    reference = day_text(rules.reference)
    first = day_text(years_before(rules.reference, rules.years))
    lines = [book.say("projects.rule", reference=reference, years=rules.years, first=first)]
    for industries, years in rules.longer:
        first = day_text(years_before(rules.reference, years))
        lines.append(book.say("projects.longer", industries=list(industries), years=years, first=first))
    for column, least in rules.minimums:
        text = _in_unit(least, rules.units.get(column), book)
        lines.append(book.say("projects.minimum", column=book.text(column), least=text))
    for column, values in rules.excluded:
        lines.append(book.say("projects.excluded", column=book.text(column), values=list(values)))
    for id in rules.ids:
        name = book.text(factors[id])
        lines.append(book.say("projects.factor", name=name, how=how_made(rules, id, book)))
    key = "projects.source" if rules.source else "projects.year"
    lines.append(book.say(key, year=str(rules.year), source=rules.source))
    if rules.provincial:
        lines.append(book.say("projects.provincial"))
    return lines


def how_made(rules: Rules, factor: str, book: Phrasebook) -> str:
    """The definition of a factor by the rules, in words: its column and years, or its points."""
    for rule in rules.factors:
        if rule.id == factor:
            return _how(rule, rules.units, book)
    columns = [book.text(point.column) for point in rules.points if point.factor == factor]
    how = book.say("projects.how_points", columns=columns)
    if rules.score_most is not None:
        how += book.say("projects.score_most", most=book.number(rules.score_most))
    return how


def _how(rule: FactorRule, units: Mapping[Text, str], book: Phrasebook) -> str:
    period = book.say("projects.period_all")
    if rule.first is not None:
        period = book.say("projects.period", first=str(rule.first), last=str(rule.last))
    how = book.say(
        _HOWS[rule.how],
        column=book.text(rule.column) if rule.column else "",
        period=period,
    )
    if rule.cap is None or rule.column is None:
        return how
    return how + book.say("projects.cap", cap=_in_unit(rule.cap, units.get(rule.column), book))


def _in_unit(value: Number, unit: str | None, book: Phrasebook) -> str:
    """A figure of the rules with its unit, where they say it."""
    if unit is None:
        return book.number(value)
    scale = AMOUNT_UNITS.get(unit.strip())
    if scale is None or not unit.strip():
        return book.say("projects.in_unit", value=value, unit=unit)
    return book.money(plain(Fraction(value) * scale), "CNY")


def notes(
    found: Counted, factors: Names, recipients: Names, book: Phrasebook, *, named: bool = True
) -> list[str]:
    """Sentences on things to check: repeated projects, blank figures, missing evidence, unused industries.

    Unless ``named``, projects are identified by their rows alone, for documents that are passed on.
    """
    register, rules = found.register, found.rules
    lines = []
    for ats in register.repeated[:SHOWN]:
        whose = [name_of(recipients, register.recipients[at], book) for at in ats]
        lines.append(
            book.say(
                "projects.repeated" if named else "projects.repeated_rows",
                lines=[str(register.lines[at]) for at in ats],
                name=register.names[ats[0]],
                recipients=list(dict.fromkeys(whose)),
            )
        )
    for id, count in found.blanks.items():
        lines.append(book.say("projects.blanks", name=book.text(factors[id]), count=count))
    for id, count in found.gaps.items():
        lines.append(book.say("projects.gaps", name=book.text(factors[id]), count=count))
    known = {plain_name(industry) for industry in set(register.industries)}
    for industries, _ in rules.longer:
        lines += [
            book.say("projects.unused", industry=name) for name in industries if plain_name(name) not in known
        ]
    bare = sum(not noted for at, noted in enumerate(register.evidence) if at not in found.refused)
    if bare:
        lines.append(book.say("projects.no_evidence", count=bare))
    return lines


def refused_lines(found: Counted, recipients: Names, book: Phrasebook, *, named: bool = True) -> list[str]:
    """The projects that do not count, each with its line and its reasons; unless ``named``, only the rows."""
    if not found.refused:
        return []
    if not named:
        rows = [str(found.register.lines[at]) for at in sorted(found.refused)]
        more = [book.say("projects.first_only", most=SHOWN)] if len(rows) > SHOWN else []
        return [*more, book.say("projects.refused_rows", count=len(rows), lines=rows[:SHOWN])]
    lines = [book.say("projects.refused_title", count=len(found.refused))]
    if len(found.refused) > SHOWN:
        lines.append(book.say("projects.first_only", most=SHOWN))
    register = found.register
    for at in sorted(found.refused)[:SHOWN]:
        lines.append(
            book.say(
                "projects.refused",
                line=str(register.lines[at]),
                name=register.names[at],
                recipient=name_of(recipients, register.recipients[at], book),
                reasons=reasons(found.refused[at], book),
            )
        )
    return lines


def reasons(refusals: Sequence[Refusal], book: Phrasebook) -> str:
    """The reasons why a project does not count, in words."""
    said = [
        book.say(f"projects.reason.{one.key}", **{k: _shown(v, book) for k, v in one.details.items()})
        for one in refusals
    ]
    return book.say("projects.reasons").join(said)


def _shown(value: object, book: Phrasebook) -> object:
    if isinstance(value, date):
        return day_text(value)
    if isinstance(value, Text):
        return book.text(value)
    return book.number(value) if isinstance(value, int | Fraction) else value


# --- what other rules change --------------------------------------------------------------------------


def change_lines(
    before: Counted, after: Counted, factors: Names, recipients: Names, book: Phrasebook
) -> list[str]:
    """The projects that make the difference between two counts of the same factors, a sentence each."""
    by_project: dict[tuple[str, str, str, int], list[tuple[str, Change]]] = {}
    for factor in after.rules.ids:
        for change in changed(before, after, factor) if factor in before.rules.ids else ():
            key = change.recipient, change.code, change.name, change.order
            by_project.setdefault(key, []).append((factor, change))
    if not by_project:
        return []
    lines = [book.say("projects.changes_title", count=len(by_project))]
    if len(by_project) > SHOWN:
        lines.append(book.say("projects.first_only", most=SHOWN))
    other = {rule for rule in after.rules.factors if rule not in before.rules.factors}
    counted_otherwise = {rule.id for rule in other}
    lines += [
        _change(found, counted_otherwise, factors, recipients, book)
        for found in list(by_project.values())[:SHOWN]
    ]
    if (before.rules.provincial or after.rules.provincial) and before.rules != after.rules:
        lines.append(book.say("projects.provincial"))
    return lines


def _change(
    found: Sequence[tuple[str, Change]],
    counted_otherwise: Collection[str],
    factors: Names,
    recipients: Names,
    book: Phrasebook,
) -> str:
    first = found[0][1]
    if not all(first.listed):
        why = book.say("projects.change_gone" if first.listed[0] else "projects.change_new")
    elif first.refused_before:
        why = book.say("projects.change_in", reasons=reasons(first.refused_before, book))
    elif first.refused_after:
        why = book.say("projects.change_out", reasons=reasons(first.refused_after, book))
    else:
        by_rule = any(factor in counted_otherwise for factor, _ in found)
        why = book.say("projects.change_rule" if by_rule else "projects.change_figures")
    moved = [
        book.say(
            "projects.moved",
            factor=book.text(factors[factor]),
            before=book.number(change.before),
            after=book.number(change.after),
        )
        for factor, change in found
    ]
    return book.say(
        "projects.change",
        recipient=name_of(recipients, first.recipient, book),
        name=first.name,
        moved=book.say("projects.reasons").join(moved),
        why=why,
    )


def day_text(day: date) -> str:
    """A day as the register writes it."""
    return day.isoformat()


def name_of(names: Names, id: str, book: Phrasebook) -> str:
    """The name of a recipient, or its id where no name is known."""
    return str(book.text(names[id])) if id in names else id
