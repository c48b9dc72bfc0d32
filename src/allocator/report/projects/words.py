"""Projects and the factor values they make, in sentences: what counts, by which rules, what others change."""

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
from allocator.text import money, number, say

SHOWN = 200  # projects of a list: nobody reads on beyond that

Names = Mapping[str, Text]


def recipients_of(recipients: Iterable[Recipient]) -> dict[str, Text]:
    """What recipients are called, by id."""
    return {recipient.id: recipient.name for recipient in recipients}


def factors_of(found: Counted, factors: Iterable[Factor] = ()) -> dict[str, Text]:
    """What the factors are called: as the scenario says, else by their ids."""
    return {id: Text(id) for id in found.rules.ids} | {f.id: f.name for f in factors}


# --- what was done ------------------------------------------------------------------------------------


def head(found: Counted, factors: Names, lang: str) -> list[str]:
    """How many projects count, and under which rules."""
    register, rules = found.register, found.rules
    count, out = len(register.names), len(found.refused)
    title = getattr(rules.title, lang)
    lines = [
        say(
            "projects.head",
            lang,
            register=register.file,
            count=count,
            counted=count - out,
            title=title,
            refused=out,
        )
    ]
    if register.illustrative:
        lines.append(say("projects.illustrative", lang))
    return [*lines, *rule_lines(found, factors, lang)]


def rule_lines(found: Counted, factors: Names, lang: str) -> list[str]:
    """The rules, a sentence each."""
    rules = found.rules
    reference = day_text(rules.reference)
    first = day_text(years_before(rules.reference, rules.years))
    lines = [say("projects.rule", lang, reference=reference, years=rules.years, first=first)]
    for industries, years in rules.longer:
        first = day_text(years_before(rules.reference, years))
        lines.append(say("projects.longer", lang, industries=list(industries), years=years, first=first))
    for column, least in rules.minimums:
        text = _in_unit(least, rules.units.get(column), lang)
        lines.append(say("projects.minimum", lang, column=getattr(column, lang), least=text))
    for column, values in rules.excluded:
        lines.append(say("projects.excluded", lang, column=getattr(column, lang), values=list(values)))
    for id in rules.ids:
        name = getattr(factors[id], lang)
        lines.append(say("projects.factor", lang, name=name, how=how_made(rules, id, lang)))
    key = "source" if rules.source else "year"
    lines.append(say(f"projects.{key}", lang, year=str(rules.year), source=rules.source))
    if rules.provincial:
        lines.append(say("projects.provincial", lang))
    return lines


def how_made(rules: Rules, factor: str, lang: str) -> str:
    """How the rules make a factor, in words: of which column and years, or by points."""
    for rule in rules.factors:
        if rule.id == factor:
            return _how(rule, rules.units, lang)
    columns = [getattr(point.column, lang) for point in rules.points if point.factor == factor]
    how = say("projects.how_points", lang, columns=columns)
    if rules.score_most is not None:
        how += say("projects.score_most", lang, most=number(rules.score_most, lang))
    return how


def _how(rule: FactorRule, units: Mapping[Text, str], lang: str) -> str:
    period = say("projects.period_all", lang)
    if rule.first is not None:
        period = say("projects.period", lang, first=str(rule.first), last=str(rule.last))
    how = say(
        f"projects.how_{rule.how}",
        lang,
        column=getattr(rule.column, lang) if rule.column else "",
        period=period,
    )
    if rule.cap is None or rule.column is None:
        return how
    return how + say("projects.cap", lang, cap=_in_unit(rule.cap, units.get(rule.column), lang))


def _in_unit(value: Number, unit: str | None, lang: str) -> str:
    """A figure of the rules with its unit, where they say it."""
    if unit is None:
        return number(value, lang)
    scale = AMOUNT_UNITS.get(unit.strip())
    if scale is None or not unit.strip():
        return say("projects.in_unit", lang, value=value, unit=unit)
    return money(plain(Fraction(value) * scale), "CNY", lang)


def notes(found: Counted, factors: Names, recipients: Names, lang: str, *, named: bool = True) -> list[str]:
    """What to look at: repeated projects, blank figures, missing evidence, unknown industries.

    Not ``named``, projects go by their rows alone, as in what is handed on.
    """
    register, rules = found.register, found.rules
    lines = []
    for ats in register.repeated[:SHOWN]:
        whose = [name_of(recipients, register.recipients[at], lang) for at in ats]
        lines.append(
            say(
                "projects.repeated" if named else "projects.repeated_rows",
                lang,
                lines=[str(register.lines[at]) for at in ats],
                name=register.names[ats[0]],
                recipients=list(dict.fromkeys(whose)),
            )
        )
    for id, count in found.blanks.items():
        lines.append(say("projects.blanks", lang, name=getattr(factors[id], lang), count=count))
    for id, count in found.gaps.items():
        lines.append(say("projects.gaps", lang, name=getattr(factors[id], lang), count=count))
    known = {plain_name(industry) for industry in set(register.industries)}
    for industries, _ in rules.longer:
        lines += [
            say("projects.unused", lang, industry=name)
            for name in industries
            if plain_name(name) not in known
        ]
    bare = sum(not noted for at, noted in enumerate(register.evidence) if at not in found.refused)
    if bare:
        lines.append(say("projects.no_evidence", lang, count=bare))
    return lines


def refused_lines(found: Counted, recipients: Names, lang: str, *, named: bool = True) -> list[str]:
    """The projects that do not count, each with its line and its reasons; not ``named``, their rows alone."""
    if not found.refused:
        return []
    if not named:
        rows = [str(found.register.lines[at]) for at in sorted(found.refused)]
        more = [say("projects.first_only", lang, most=SHOWN)] if len(rows) > SHOWN else []
        return [*more, say("projects.refused_rows", lang, count=len(rows), lines=rows[:SHOWN])]
    lines = [say("projects.refused_title", lang, count=len(found.refused))]
    if len(found.refused) > SHOWN:
        lines.append(say("projects.first_only", lang, most=SHOWN))
    register = found.register
    for at in sorted(found.refused)[:SHOWN]:
        lines.append(
            say(
                "projects.refused",
                lang,
                line=str(register.lines[at]),
                name=register.names[at],
                recipient=name_of(recipients, register.recipients[at], lang),
                reasons=reasons(found.refused[at], lang),
            )
        )
    return lines


def reasons(refusals: Sequence[Refusal], lang: str) -> str:
    """Why a project does not count, in words."""
    said = [
        say(f"projects.reason.{one.key}", lang, **{k: _shown(v, lang) for k, v in one.details.items()})
        for one in refusals
    ]
    return say("projects.reasons", lang).join(said)


def _shown(value: object, lang: str) -> object:
    if isinstance(value, date):
        return day_text(value)
    if isinstance(value, Text):
        return getattr(value, lang)
    return number(value, lang) if isinstance(value, int | Fraction) else value


# --- what other rules change --------------------------------------------------------------------------


def change_lines(before: Counted, after: Counted, factors: Names, recipients: Names, lang: str) -> list[str]:
    """The projects that make the difference between two counts of the same factors, a sentence each."""
    by_project: dict[tuple[str, str, str, int], list[tuple[str, Change]]] = {}
    for factor in after.rules.ids:
        for change in changed(before, after, factor) if factor in before.rules.ids else ():
            key = change.recipient, change.code, change.name, change.order
            by_project.setdefault(key, []).append((factor, change))
    if not by_project:
        return []
    lines = [say("projects.changes_title", lang, count=len(by_project))]
    if len(by_project) > SHOWN:
        lines.append(say("projects.first_only", lang, most=SHOWN))
    other = {rule for rule in after.rules.factors if rule not in before.rules.factors}
    counted_otherwise = {rule.id for rule in other}
    lines += [
        _change(found, counted_otherwise, factors, recipients, lang)
        for found in list(by_project.values())[:SHOWN]
    ]
    if (before.rules.provincial or after.rules.provincial) and before.rules != after.rules:
        lines.append(say("projects.provincial", lang))
    return lines


def _change(
    found: Sequence[tuple[str, Change]],
    counted_otherwise: Collection[str],
    factors: Names,
    recipients: Names,
    lang: str,
) -> str:
    first = found[0][1]
    if not all(first.listed):
        why = say("projects.change_gone" if first.listed[0] else "projects.change_new", lang)
    elif first.refused_before:
        why = say("projects.change_in", lang, reasons=reasons(first.refused_before, lang))
    elif first.refused_after:
        why = say("projects.change_out", lang, reasons=reasons(first.refused_after, lang))
    else:
        by_rule = any(factor in counted_otherwise for factor, _ in found)
        why = say("projects.change_rule" if by_rule else "projects.change_figures", lang)
    moved = [
        say(
            "projects.moved",
            lang,
            factor=getattr(factors[factor], lang),
            before=number(change.before, lang),
            after=number(change.after, lang),
        )
        for factor, change in found
    ]
    return say(
        "projects.change",
        lang,
        recipient=name_of(recipients, first.recipient, lang),
        name=first.name,
        moved=say("projects.reasons", lang).join(moved),
        why=why,
    )


def day_text(day: date) -> str:
    """A day as the register writes it."""
    return day.isoformat()


def name_of(names: Names, id: str, lang: str) -> str:
    """What a recipient is called, by its id where no name is known."""
    return str(getattr(names[id], lang)) if id in names else id
