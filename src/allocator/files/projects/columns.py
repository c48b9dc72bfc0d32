"""The columns of a register of projects: what each heading means, by itself and by the rules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from allocator.analysis.projects import Rules
from allocator.core.errors import Problem
from allocator.core.naming import nearest
from allocator.core.parts import AMOUNT_UNITS, Text, plain_name
from allocator.files.sheets.columns import Cells
from allocator.files.understanding.record_names import spellings
from allocator.files.understanding.record_rows import Placed
from allocator.files.understanding.records import Form
from allocator.files.understanding.vocabulary import tidy
from allocator.text import both

FIXED = ("project", "code", "recipient", "industry", "signed", "evidence", "status")
NEEDED = ("project", "recipient", "signed")
# the name of a column, a year before or after it, and a unit in brackets
_YEAR = r"((?:19|20)[0-9]{2}) ?(?:年度?)?"
_AFTER = re.compile(rf"(.+?)[ _-]?{_YEAR} ?(?:\(([^()]*)\))?")
_BEFORE = re.compile(rf"{_YEAR}[ _-]?([^\d ].*?) ?(?:\(([^()]*)\))?")
_PLAIN = re.compile(r"(.*?) ?(?:\(([^()]*)\))?")


@cache
def headings() -> dict[str, str]:
    """All headings of the fixed columns, in either language, and the column that each means."""
    return spellings({column: (f"projects.heading.{column}", f"projects.also.{column}") for column in FIXED})


@dataclass(frozen=True)
class Places:
    """The position of each column; of figures by year.  ``unread`` are the headings of all others."""

    fixed: Mapping[str, int]
    texts: Mapping[Text, int]
    figures: Mapping[Text, Mapping[int | None, int]]
    units: Mapping[Text, str]
    unread: Sequence[str]


def form_of(rules: Rules) -> Form:
    """The form of a register, by the rules that it is read for."""
    known, wanted = headings(), by_names([*rules.columns, *(column for column, _ in rules.excluded)])

    def is_heading(text: str) -> bool:
        plain = plain_name(tidy(text)) if len(text) < 200 else ""
        return plain in known or plain in wanted or _parts(plain)[0] in wanted

    def placed(header: Sequence[str]) -> Placed:
        places, _ = places_in(Cells("", header, (), (), {}), rules)
        figures = frozenset(at for years in places.figures.values() for at in years.values())
        needed = {name: places.fixed[name] for name in NEEDED if name in places.fixed}
        days = frozenset(at for name, at in needed.items() if name == "signed")
        texts = frozenset([*places.fixed.values(), *places.texts.values()]) - figures
        return Placed(needed, len(NEEDED) - len(needed), days, figures, texts)

    return Form("projects.sheet", is_heading, placed)


def places_in(cells: Cells, rules: Rules) -> tuple[Places, list[Problem]]:
    """The positions of the columns that are read, and the problems of the headings."""
    known = headings()
    fixed: dict[str, int] = {}
    words = by_names(column for column, _ in rules.excluded)
    wanted = by_names(rules.columns)
    texts: dict[Text, int] = {}
    figures: dict[Text, dict[int | None, int]] = {column: {} for column in rules.columns}
    units: dict[Text, dict[str, str]] = {}
    bases: dict[str, str] = {}  # a heading without year and unit, and the heading as written
    used: set[int] = set()
    problems: list[Problem] = []

    def note(key: str, **details: object) -> None:
        problems.append(Problem(key, details, cells.file, {**cells.at, "row": cells.top}))

    for at, text in enumerate(cells.header):
        plain = plain_name(text)
        base, year, unit = _parts(plain)
        bases.setdefault(base, text)
        if plain in known:
            if known[plain] in fixed:
                note("header_double", first=cells.header[fixed[known[plain]]], second=text)
            fixed.setdefault(known[plain], at)
            used.add(at)
        for column in words.get(plain, ()):
            texts.setdefault(column, at)
            used.add(at)
        for column in wanted.get(plain) or wanted.get(base) or ():
            when = None if plain in wanted else year
            if when in figures[column]:
                note("header_double", first=cells.header[figures[column][when]], second=text)
            figures[column].setdefault(when, at)
            units.setdefault(column, {}).setdefault(_unit(unit, rules.units.get(column), cells.unit), text)
            used.add(at)
    for name in (*NEEDED, *(["industry"] if rules.longer else [])):
        if name not in fixed:
            heading = Text(*both(f"projects.heading.{name}"))
            note("header_missing", name=heading, known=[name for name in cells.header if name][:20])
    bare = [column for column, _ in rules.excluded if column not in texts]
    for column in dict.fromkeys([*bare, *(column for column, years in figures.items() if not years)]):
        near = nearest(column.zh, bases) or nearest(column.en, bases)
        if near:
            note("projects_header_near", name=column, near=bases[near])
        else:
            note("header_missing", name=column, known=[name for name in cells.header if name][:20])
    for column, years in figures.items():
        if None in years and len(years) > 1:
            note("projects_years_both", name=column)
        said = units.get(column, {})
        if len(said) > 1:
            note("projects_units", names=list(said.values())[:10])
        elif (unit := next(iter(said), "")) and not _same_unit(rules.units.get(column, unit), unit):
            written = said[unit] if _parts(plain_name(said[unit]))[2] else f"{said[unit]}（{unit}）"
            note("projects_unit", name=written, unit=rules.units[column])
    for rule in rules.factors:
        if (
            rule.column is not None
            and rule.first is not None
            and rule.last is not None
            and figures.get(rule.column)
        ):
            missing = [year for year in range(rule.first, rule.last + 1) if year not in figures[rule.column]]
            if missing:
                note("projects_year_missing", name=rule.column, years=missing[:10])
    unread = [text for at, text in enumerate(cells.header) if text and at not in used]
    measured = {column: next(iter(found)) for column, found in units.items()}
    return Places(fixed, texts, figures, measured, unread), problems


def _parts(heading: str) -> tuple[str, int | None, str]:
    """The name, the year and the unit in a heading of figures.

    >>> _parts("税收2022(万元)"), _parts("2022年度税收"), _parts("jobs")
    (('税收', 2022, '万元'), ('税收', 2022, ''), ('jobs', None, ''))
    """
    if found := _AFTER.fullmatch(heading):
        base, year, unit = found.groups()
    elif found := _BEFORE.fullmatch(heading):
        year, base, unit = found.groups()
    else:
        found = _PLAIN.fullmatch(heading)
        base, year, unit = (found[1], None, found[2]) if found else (heading, None, None)
    return base, None if year is None else int(year), (unit or "").strip()


def _unit(written: str, ruled: str | None, above: str) -> str:
    """The unit of a column: its own, else the one above the table where the rules say that it is of money.

    >>> _unit("", "万元", "元"), _unit("", "人", "元"), _unit("万元", "万元", "元")
    ('元', '', '万元')
    """
    is_money = bool(ruled and above) and {plain_name(ruled or ""), above} <= AMOUNT_UNITS.keys()
    return written or (above if is_money else "")


def _same_unit(one: str, other: str) -> bool:
    """True if two units are the same, such as 万元 and 10k yuan."""
    a, b = plain_name(one), plain_name(other)
    return a == b or (bool(a and b) and a in AMOUNT_UNITS and AMOUNT_UNITS[a] == AMOUNT_UNITS.get(b))


def by_names(columns: Iterable[Text]) -> dict[str, list[Text]]:
    """The columns by either of their names; the rules may write one column in several ways."""
    found: dict[str, list[Text]] = {}
    for column in dict.fromkeys(columns):
        for name in {plain_name(column.zh), plain_name(column.en)}:
            found.setdefault(name, []).append(column)
    return found
