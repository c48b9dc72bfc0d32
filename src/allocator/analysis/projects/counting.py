"""Factor values from a register of projects, and the reasons why projects do not count.

A project counts when it was signed within the rule's years before the reference day, reaches every minimum
and is not excluded.  A factor's value is then, over a recipient's projects that count,

    x_i = Σ_p min(v_p, cap),   v_p = Σ_y figure_py   or   max_y figure_py   or   1 (number of projects),

with y over the factor's years; a scorecard's is Σ_k min(points_k · count_ik, most_k), up to its own maximum.
Figures are exact: integers over a power of ten for each column.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any

from allocator.analysis.projects.register import FactorRule, Figures, Register, Rules
from allocator.core.allocation import Allocation
from allocator.core.exact import MOST_DECIMALS, Frozen, Number, plain
from allocator.core.parts import Text, plain_name
from allocator.core.statement import Statement


@dataclass(frozen=True)
class Refusal:
    """A reason why a project does not count: the key of its sentence, and the details that fill it in."""

    key: str
    details: Mapping[str, object]


@dataclass(frozen=True)
class Change:
    """A project that brings a recipient's factor a different value under other rules, and the reasons."""

    name: str
    code: str
    recipient: str
    before: Number
    after: Number
    refused_before: tuple[Refusal, ...]
    refused_after: tuple[Refusal, ...]
    order: int = 0  # among several of the same name and recipient
    listed: tuple[bool, bool] = (True, True)  # whether the register has it, before and after


@dataclass(frozen=True)
class Counted:
    """因素值测算: the values of factors, the projects behind each, and those that do not count."""

    register: Register
    rules: Rules
    recipients: tuple[str, ...]
    refused: Mapping[int, tuple[Refusal, ...]]  # by position
    brought: Mapping[str, tuple[int, tuple[int, ...]]]  # factor: places, and what each project brings
    scores: Mapping[str, Mapping[str, Number]]  # factor of a scorecard: value by recipient
    blanks: Mapping[str, int]  # factor: projects that count and have no figure
    gaps: Mapping[str, int]  # factor: projects that count and lack one of a year since they were signed
    statements: tuple[Statement, ...] = ()  # on how the scorecard was read; a register has its own

    @cached_property
    def values(self) -> Mapping[str, Mapping[str, Number]]:
        """The value of every factor by recipient."""
        found: dict[str, Mapping[str, Number]] = {}
        for id in self.rules.ids:
            sums: dict[str, Number] = dict.fromkeys(self.recipients, 0)
            if id in self.brought:
                places, brings = self.brought[id]
                whole = dict.fromkeys(self.recipients, 0)
                for recipient, value in zip(self.register.recipients, brings, strict=True):
                    if value:
                        whole[recipient] += value
                sums = {of: plain(Fraction(value, 10**places)) for of, value in whole.items()}
            scored = self.scores.get(id, {})
            found[id] = Frozen({of: plain(sums[of] + scored.get(of, 0)) for of in self.recipients})
        return Frozen(found)

    @cached_property
    def _behind(self) -> Mapping[str, Mapping[str, list[tuple[int, int]]]]:
        found: dict[str, dict[str, list[tuple[int, int]]]] = {}
        for factor, (_, brings) in self.brought.items():
            by = found[factor] = {}
            for at, (of, value) in enumerate(zip(self.register.recipients, brings, strict=True)):
                if value:
                    by.setdefault(of, []).append((at, value))
            for own in by.values():
                own.sort(key=lambda pair: (-pair[1], pair[0]))
        return found

    def behind(self, factor: str, recipient: str) -> list[tuple[int, Number]]:
        """The positions of the projects behind a cell, and what each brings, the largest first."""
        if factor not in self.brought:
            return []
        over = 10 ** self.brought[factor][0]
        return [(at, plain(Fraction(value, over))) for at, value in self._behind[factor].get(recipient, [])]


def counted(
    register: Register,
    rules: Rules,
    recipients: Sequence[str],
    activities: Mapping[Text, Mapping[str, Number]] | None = None,
    statements: Iterable[Statement] = (),
) -> Counted:
    """Factor values of a register under the rules; ``activities`` are counts for the scorecard, by column.

    ``statements`` say how the scorecard was read.  Every column that the rules name must be there.

    >>> own = Register("", ("p", "q"), ("", ""), ("a", "b"), ("", ""), (date(2019, 5, 1), date(2015, 5, 1)),
    ...                (2, 3), {}, {Text("tax"): Figures(1, {2021: (15, 7), 2022: (25, 9)})})
    >>> tax = FactorRule("tax", "best-year", Text("tax"))
    >>> best = Rules(Text("best"), 2022, date(2022, 12, 31), 5, (tax,))
    >>> counted(own, best, ("a", "b")).values["tax"]
    {'a': Fraction(5, 2), 'b': 0}
    """
    refused = _refusals(register, rules)
    brought: dict[str, tuple[int, tuple[int, ...]]] = {}
    blanks: dict[str, int] = {}
    gaps = {rule.id: gap for rule in rules.factors if (gap := _gaps(register, rule, refused))}
    for rule in rules.factors:
        places, values = _values(register, rule)
        blank = 0
        brings = []
        for at, value in enumerate(values):
            if at in refused:
                brings.append(0)
            elif value is None:
                blank += 1
                brings.append(0)
            else:
                brings.append(value)
        if rule.cap is not None:
            cap = Fraction(rule.cap)
            more = max(places, _places(cap))
            most, shift = int(cap * 10**more), 10 ** (more - places)
            brings, places = [min(value * shift, most) for value in brings], more
        brought[rule.id] = places, tuple(brings)
        if blank:
            blanks[rule.id] = blank
    return Counted(
        register,
        rules,
        tuple(recipients),
        Frozen(refused),
        Frozen(brought),
        Frozen(_scores(rules, recipients, activities or {})),
        Frozen(blanks),
        Frozen(gaps),
        tuple(statements),
    )


def changed(before: Counted, after: Counted, factor: str) -> list[Change]:
    """The projects that bring a factor a different value after than before, the largest difference first.

    Projects are matched by recipient and code, or name where there is no code; several with the same by
    their order.
    """
    old, new = _by_project(before, factor), _by_project(after, factor)
    found = []
    for key in {**old, **new}:
        (was, at_old), (now, at_new) = old.get(key, (0, None)), new.get(key, (0, None))
        if was != now:
            of = after.register if at_new is not None else before.register
            at = at_new if at_new is not None else at_old
            assert at is not None
            found.append(
                Change(
                    of.names[at],
                    of.codes[at],
                    of.recipients[at],
                    was,
                    now,
                    () if at_old is None else before.refused.get(at_old, ()),
                    () if at_new is None else after.refused.get(at_new, ()),
                    key[-1],
                    (at_old is not None, at_new is not None),
                )
            )
    return sorted(found, key=lambda change: -abs(Fraction(change.after) - Fraction(change.before)))


def awards(found: Counted, allocation: Allocation) -> list[tuple[int, Number]]:
    """Each project's part of its recipient's entitlement, by position, the largest first.

    With contribution c_ij of factor j to recipient i and a project's part x_pj of x_ij, a project is worth
    Σ_j c_ij · x_pj / x_ij.  The projects of a recipient add up to its entitlement less what a scorecard
    brings, which is nobody's project; floors, caps and rounding come after that, and only for recipients.
    """
    worth: dict[int, Fraction] = {}
    for factor, (places, brings) in found.brought.items():
        contributions = allocation.contributions.get(factor, {})
        over = {
            of: Fraction(contributions[of]) / (Fraction(value) * 10**places)
            for of, value in found.values[factor].items()
            if value and contributions.get(of)
        }
        for at, (of, value) in enumerate(zip(found.register.recipients, brings, strict=True)):
            if value and of in over:
                worth[at] = worth.get(at, Fraction(0)) + value * over[of]
    return [(at, plain(worth[at])) for at in sorted(worth, key=lambda at: (-worth[at], at))]


# --- when a project counts ----------------------------------------------------------------------------


def years_before(day: date, years: int) -> date:
    """The same day so many years earlier: 28 February where there was no 29th, and never before year 1.

    >>> years_before(date(2024, 2, 29), 5)
    datetime.date(2019, 2, 28)
    """
    if years >= day.year:
        return date.min
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _refusals(register: Register, rules: Rules) -> dict[int, tuple[Refusal, ...]]:
    firsts = {industry: rules.window(industry) for industry in set(register.industries)}
    days = {industry: years_before(rules.reference, years) for industry, years in firsts.items()}
    later = (Refusal("later", {"reference": rules.reference}),)
    earlier = {of: (Refusal("earlier", {"years": firsts[of], "first": days[of]}),) for of in firsts}
    found: dict[int, tuple[Refusal, ...]] = {}
    for at, (day, industry) in enumerate(zip(register.signed, register.industries, strict=True)):
        if day > rules.reference:
            found[at] = later
        elif day < days[industry]:
            found[at] = earlier[industry]
    for column, names in rules.excluded:
        plain_names, texts = {plain_name(name) for name in names}, register.texts[column]
        out = {
            text: (Refusal("excluded", {"column": column, "value": text}),)
            for text in set(texts)
            if plain_name(text) in plain_names
        }
        for at, text in enumerate(texts) if out else ():
            if text in out:
                found[at] = found.get(at, ()) + out[text]
    for column, least in rules.minimums:
        figures = register.figures[column]
        places, values = _totals(figures.places, _chosen(figures))
        wanted = math.ceil(Fraction(least) * 10**places)  # figures are whole at this scale
        for at, value in enumerate(values):
            if (value or 0) < wanted:
                details: dict[str, object] = {"column": column, "least": least}
                if value is not None:
                    details["value"] = plain(Fraction(value, 10**places))
                reason = Refusal("blank" if value is None else "small", details)
                found[at] = (*found.get(at, ()), reason)
    return found


# --- what a project brings -----------------------------------------------------------------------------


def _chosen(figures: Figures, rule: FactorRule | None = None) -> list[tuple[int | None, ...]]:
    """The columns of the years that the rule takes, or of all."""
    return [
        values for year, values in figures.years.items() if year is None or rule is None or rule.takes(year)
    ]


def _totals(places: int, columns: Sequence[tuple[int | None, ...]]) -> tuple[int, list[int | None]]:
    if len(columns) == 1:
        return places, list(columns[0])
    if full := _full(columns):
        return places, list(map(sum, zip(*full, strict=True)))
    return places, [
        None if all(value is None for value in row) else sum(value or 0 for value in row)
        for row in zip(*columns, strict=True)
    ]


def _full(columns: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The columns where no figure is blank, for which there are quicker ways; nothing where one is."""
    return [] if any(None in column for column in columns) else list(columns)


def _values(register: Register, rule: FactorRule) -> tuple[int, list[int | None]]:
    """The decimals, and each project's value if it counts, before the cap; None where it is blank."""
    if rule.how == "count":
        return 0, [1] * len(register.names)
    assert rule.column is not None  # checked when the rule was made
    figures = register.figures[rule.column]
    columns = _chosen(figures, rule)
    if rule.how == "best-year" and len(columns) > 1:
        if full := _full(columns):
            return figures.places, list(map(max, *full))
        return figures.places, [
            max((value for value in row if value is not None), default=None)
            for row in zip(*columns, strict=True)
        ]
    return _totals(figures.places, columns)


def _gaps(register: Register, rule: FactorRule, refused: Mapping[int, object]) -> int:
    """The number of projects that count, with figures of some years and a blank since the year of signing."""
    if rule.column is None:
        return 0
    years = [
        (year, values)
        for year, values in register.figures[rule.column].years.items()
        if year is not None and rule.takes(year)
    ]
    bare = {
        at
        for year, values in years
        for at, value in enumerate(values)
        if value is None and at not in refused and register.signed[at].year <= year
    }
    return sum(any(values[at] is not None for _, values in years) for at in bare)


def _scores(
    rules: Rules, recipients: Iterable[str], activities: Mapping[Text, Mapping[str, Number]]
) -> dict[str, Mapping[str, Number]]:
    scores: dict[str, dict[str, Number]] = {}
    for item in rules.points:
        own = scores.setdefault(item.factor, dict.fromkeys(recipients, 0))
        for of in own:
            own[of] = plain(Fraction(own[of] + min(item.each * activities[item.column][of], item.most)))
    most = rules.score_most
    if most is not None:
        return {factor: Frozen({of: min(s, most) for of, s in own.items()}) for factor, own in scores.items()}
    return {factor: Frozen(own) for factor, own in scores.items()}


def _by_project(found: Counted, factor: str) -> dict[tuple[str, str, int], tuple[Number, int]]:
    """Each project's value for a factor, and its position, by recipient, code or name, and order."""
    register = found.register
    places, brings = found.brought.get(factor, (0, (0,) * len(register.names)))
    seen: dict[tuple[str, str], int] = {}
    made = {}
    for at, value in enumerate(brings):
        key = register.recipients[at], plain_name(register.codes[at] or register.names[at])
        seen[key] = seen.get(key, -1) + 1
        made[*key, seen[key]] = (plain(Fraction(value, 10**places)) if value else 0), at
    return made


def _places(number: Fraction) -> int:
    """The number of decimals of a decimal number."""
    return next(places for places in range(MOST_DECIMALS + 1) if (number * 10**places).denominator == 1)
