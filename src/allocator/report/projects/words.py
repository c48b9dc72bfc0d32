"""Projects and the factor values that they make, as tables, sentences and data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from allocator.analysis.projects import (
    Change,
    Counted,
    FactorRule,
    Refusal,
    Rules,
    awards,
    changed,
    years_before,
)
from allocator.core.allocation import Allocation
from allocator.core.exact import Number, plain
from allocator.core.parts import AMOUNT_UNITS, Factor, Recipient, Text, plain_name
from allocator.files.parsing import cell_text
from allocator.report.tables.grid import Grid
from allocator.report.tables.table import Row
from allocator.text import money, number, say

SHOWN = 200  # projects of a list: nobody reads on beyond that
MOST_BEHIND = 10  # projects of one recipient that are listed by name

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
        whose = [_name(recipients, register.recipients[at], lang) for at in ats]
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
                recipient=_name(recipients, register.recipients[at], lang),
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


# --- tables -------------------------------------------------------------------------------------------


def values_grid(found: Counted, factors: Names, recipients: Names, lang: str) -> Grid:
    """The value of every factor by recipient, and how many projects count."""
    counts = Counter(of for at, of in enumerate(found.register.recipients) if at not in found.refused)
    rows = [
        Row(
            "recipient",
            (
                str(at),
                _name(recipients, of, lang),
                *(number(found.values[id][of], lang) for id in found.rules.ids),
                str(counts[of]),
            ),
        )
        for at, of in enumerate(found.recipients, 1)
    ]
    sums = [plain(sum(found.values[id].values(), start=Fraction(0))) for id in found.rules.ids]
    cells = ("", say("table.total", lang), *(number(x, lang) for x in sums), str(sum(counts.values())))
    rows.append(Row("total", cells))
    headers = (
        say("projects.heading.number", lang),
        say("projects.heading.recipient", lang),
        *(getattr(factors[id], lang) for id in found.rules.ids),
        say("projects.heading.counted", lang),
    )
    numeric = (False, False, *(True for _ in found.rules.ids), True)
    return Grid(say("projects.values_caption", lang), headers, numeric, tuple(rows))


def behind_grid(found: Counted, factor: str, factors: Names, recipients: Names, lang: str) -> Grid:
    """The projects behind a factor's values; of many of one recipient the largest, the others together."""
    register = found.register
    rows = []
    for of in found.recipients:
        own = found.behind(factor, of)
        for at, value in own[:MOST_BEHIND]:
            cells = (
                _name(recipients, of, lang),
                str(register.lines[at]),
                register.names[at],
                number(value, lang),
            )
            rows.append(Row("recipient", cells))
        rest = own[MOST_BEHIND:]
        if rest:
            more = say("projects.behind_more", lang, count=len(rest))
            together = plain(sum((value for _, value in rest), start=Fraction(0)))
            rows.append(Row("subtotal", (_name(recipients, of, lang), "", more, number(together, lang))))
    headers = (
        say("projects.heading.recipient", lang),
        say("projects.heading.line", lang),
        say("projects.heading.project", lang),
        say("projects.heading.value", lang),
    )
    caption = say("projects.behind_caption", lang, factor=getattr(factors[factor], lang))
    return Grid(caption, headers, (False, True, False, True), tuple(rows))


def awards_grid(found: Counted, allocation: Allocation, lang: str) -> Grid:
    """What each project brings of its recipient's entitlement, and what is no project's."""
    scenario = allocation.scenario
    names = recipients_of(scenario.recipients)
    register, worth = found.register, dict(awards(found, allocation))
    rows = []
    for of in scenario.ids:
        own = [at for at in worth if register.recipients[at] == of]
        for at in own[:MOST_BEHIND]:
            cells = (_name(names, of, lang), register.names[at], _cents(worth[at], lang))
            rows.append(Row("recipient", cells))
        rest = own[MOST_BEHIND:]
        if rest:
            together = plain(sum((Fraction(worth[at]) for at in rest), start=Fraction(0)))
            more = say("projects.behind_more", lang, count=len(rest))
            rows.append(Row("recipient", (_name(names, of, lang), more, _cents(together, lang))))
        brought = sum((Fraction(worth[at]) for at in own), start=Fraction(0))
        left = Fraction(allocation.entitlements[of]) - brought
        if left:
            rest_name = say("projects.awards_rest", lang)
            rows.append(Row("recipient", (_name(names, of, lang), rest_name, _cents(left, lang))))
        cells = (_name(names, of, lang), say("table.total", lang), _cents(allocation.entitlements[of], lang))
        rows.append(Row("subtotal", cells))
    headers = tuple(say(f"projects.heading.{key}", lang) for key in ("recipient", "project", "worth"))
    return Grid(say("projects.awards_caption", lang), headers, (False, False, True), tuple(rows))


def _cents(amount: Number, lang: str) -> str:
    return number(amount, lang, 2)


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
        recipient=_name(recipients, first.recipient, lang),
        name=first.name,
        moved=say("projects.reasons", lang).join(moved),
        why=why,
    )


# --- data ---------------------------------------------------------------------------------------------


def as_data(found: Counted, lang: str, *, projects: bool = False) -> dict[str, Any]:
    """Values, refused and repeated projects as plain data; projects by their lines, figures as text.

    What single projects bring is there only where ``projects`` asks for it.
    """
    register = found.register

    def behind(id: str) -> dict[str, dict[str, str]]:
        own = {of: found.behind(id, of) for of in found.recipients}
        return {of: {str(register.lines[at]): str(x) for at, x in pairs} for of, pairs in own.items()}

    return {
        "register": register.file,
        "rules": getattr(found.rules.title, lang),
        "reference": found.rules.reference.isoformat(),
        "illustrative": register.illustrative,
        "projects": len(register.names),
        "values": {id: {of: str(x) for of, x in by.items()} for id, by in found.values.items()},
        "refused": {
            str(register.lines[at]): [one.key for one in refusals] for at, refusals in found.refused.items()
        },
        "repeated": [[register.lines[at] for at in ats] for ats in register.repeated],
        "blank": dict(found.blanks),
        "gaps": dict(found.gaps),
        **({"behind": {id: behind(id) for id in found.brought}} if projects else {}),
    }


def factor_rows(found: Counted) -> list[list[str]]:
    """The factor values as the rows of a scenario's factor file, exact as decimals."""
    rows = [["recipient", *found.rules.ids]]
    for of in found.recipients:
        values = (found.values[id][of] for id in found.rules.ids)
        rows.append([of, *map(cell_text, values)])
    return rows


def day_text(day: date) -> str:
    """A day as the register writes it."""
    return day.isoformat()


def _name(names: Names, id: str, lang: str) -> str:
    return str(getattr(names[id], lang)) if id in names else id
