"""A register of projects and the counts of a scorecard, from CSV files or Excel workbooks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from allocator.analysis.projects import Counted, Figures, Register, Rules, counted
from allocator.core.errors import Problem, ScenarioError
from allocator.core.exact import MOST_DECIMALS, Number
from allocator.core.naming import names_of, nearest, unknown_recipient
from allocator.core.parts import AMOUNT_UNITS, Recipient, Text, lookup, plain_name
from allocator.core.totals import is_total
from allocator.files.parsing import MOST_PROBLEMS, cell_number, file_bytes, uncollected
from allocator.files.projects.rules import load_factor_rules
from allocator.files.scenario.tables import Finder, read_columns
from allocator.files.sheets.columns import Cells, Reader, cells_of, day_in, distinct, status_in
from allocator.files.sheets.spreadsheet import LARGEST_UPLOAD_MB, shown_name
from allocator.text import BOOKS, both

FIXED = ("project", "code", "recipient", "industry", "signed", "evidence", "status")
NEEDED = ("project", "recipient", "signed")
LARGEST_MB = 50  # of a file named on the command line
MOST_ROWS = 200_000
# the name of a column, a year before or after it, and a unit in brackets
_YEAR = r"((?:19|20)[0-9]{2}) ?(?:年度?)?"
_AFTER = re.compile(rf"(.+?)[ _-]?{_YEAR} ?(?:\(([^()]*)\))?")
_BEFORE = re.compile(rf"{_YEAR}[ _-]?([^\d ].*?) ?(?:\(([^()]*)\))?")
_PLAIN = re.compile(r"(.*?) ?(?:\(([^()]*)\))?")


def load_register(path: str | Path, rules: Rules, recipients: Sequence[Recipient] | None = None) -> Register:
    """The projects in a file.  Raises ScenarioError with a sentence for each problem."""
    path = Path(path)
    content = file_bytes(path, LARGEST_MB)
    try:
        return read_register(path.name, content, rules, recipients, LARGEST_MB)
    except ScenarioError as error:
        raise error.in_files({shown_name(path.name): str(path)}) from None


@uncollected()
def read_register(
    name: str,
    content: bytes,
    rules: Rules,
    recipients: Sequence[Recipient] | None = None,
    most_mb: int = LARGEST_UPLOAD_MB,
) -> Register:
    """The projects in an uploaded file, of these recipients or, if none are given, of those that it names.

    Raises ScenarioError with a sentence for each problem.
    """
    cells = cells_of(name, content, "projects.sheet", most_mb, MOST_ROWS)
    places = _header(cells, rules)
    header = cells.header
    labels = {column: header[at] for column, at in places.fixed.items()}
    reader = Reader(cells.file, cells.at, cells.lines, labels)

    def texts(column: str, blank: str | None = None) -> list[str]:
        if column not in places.fixed:
            return [""] * len(cells.lines)
        codes, found = reader.texts(column, cells.columns[places.fixed[column]], blank)
        return list(np.array(found, dtype=object)[codes])

    names, codes, industries = texts("project", "project_blank"), texts("code"), texts("industry")
    evidence = [bool(text) for text in texts("evidence")]
    ids = _recipients(reader, cells.columns[places.fixed["recipient"]], recipients)
    signed = reader.values("signed", cells.columns[places.fixed["signed"]], day_in, "object").tolist()
    illustrative = False
    if "status" in places.fixed:
        column = cells.columns[places.fixed["status"]]
        illustrative = bool(reader.values("status", column, status_in, "int32").any())
    words = {}
    for named, at in places.texts.items():
        reader.labels = {**reader.labels, named.zh: header[at]}
        positions, found = reader.texts(named.zh, cells.columns[at], None)
        words[named] = tuple(np.array(found, dtype=object)[positions])
    figures = {
        column: _figures(reader, cells, years, places.units.get(column, ""))
        for column, years in places.figures.items()
    }
    if reader.problems:
        raise ScenarioError(sorted(reader.problems, key=lambda p: int(str(p.at["row"])))[:MOST_PROBLEMS])
    return Register(
        cells.file,
        tuple(names),
        tuple(codes),
        tuple(ids),
        tuple(industries),
        tuple(signed),
        tuple(cells.lines.tolist()),
        words,
        figures,
        tuple(evidence),
        illustrative,
    )


def read_activities(
    name: str, content: bytes, rules: Rules, recipients: Sequence[Recipient], most_mb: int = LARGEST_UPLOAD_MB
) -> dict[Text, dict[str, Number]]:
    """The counts of a scorecard: column, then recipient.  Raises ScenarioError."""
    cells = cells_of(name, content, "projects.activities", most_mb, MOST_ROWS)
    known = headings()
    wanted = _by_names(item.column for item in rules.points)
    whose = Text(*both("projects.heading.recipient"))
    header: list[str] = []
    places: dict[Text, int] = {}
    problems: list[Problem] = []
    for at, text in enumerate(cells.header):
        plain = plain_name(text)
        own = [whose] if known.get(plain) == "recipient" else wanted.get(plain, [])
        header.append("recipient" if own == [whose] else text if own else "")
        for column in own:
            if places.setdefault(column, at) != at:
                twice = {"first": cells.header[places[column]], "second": text}
                problems.append(Problem("header_double", twice, cells.file, {**cells.at, "row": 1}))
    columns = list(dict.fromkeys(item.column for item in rules.points))
    for missing in [column for column in (whose, *columns) if column not in places]:
        details = {"name": missing, "known": [whose, *columns][:20]}
        problems.append(Problem("header_missing", details, cells.file, {**cells.at, "row": 1}))
    problems += [cells.mixed[at] for at in places.values() if at in cells.mixed]
    if problems:
        raise ScenarioError(problems[:MOST_PROBLEMS])
    keep = [at for at, heading in enumerate(header) if heading]
    rows = [
        (int(line), [str(cells.columns[at][row]).strip() for at in keep])
        for row, line in enumerate(cells.lines)
    ]
    read = read_columns(cells.file, [header[at] for at in keep], rows, Finder(tuple(recipients)))
    return {column: read[header[places[column]]] for column in columns}


def load_counted(
    register: str | Path,
    rules: str | Path,
    activities: str | Path | None = None,
    recipients: Sequence[Recipient] | None = None,
) -> Counted:
    """The factor values from the files of a register, its rules and a scorecard.  Raises ScenarioError."""
    made = load_factor_rules(rules)
    projects = load_register(register, made, recipients)
    if recipients is None:
        recipients = [Recipient(name) for name in dict.fromkeys(projects.recipients)]
    counts: dict[Text, dict[str, Number]] = {}
    if made.points and activities is None:
        raise ScenarioError(
            Problem("projects_activities", {"names": [p.column for p in made.points]}, str(rules))
        )
    if made.points and activities is not None:
        path = Path(activities)
        try:
            counts = read_activities(path.name, file_bytes(path, LARGEST_MB), made, recipients, LARGEST_MB)
        except ScenarioError as error:
            raise error.in_files({shown_name(path.name): str(path)}) from None
    return counted(projects, made, [r.id for r in recipients], counts)


def read_counted(
    register: tuple[str, bytes],
    rules: Rules,
    activities: tuple[str, bytes] | None,
    recipients: Sequence[Recipient],
    most_mb: int = LARGEST_UPLOAD_MB,
) -> Counted:
    """The factor values from an uploaded register and scorecard, each with its name.

    ``most_mb`` is the largest size of the register.  Raises ScenarioError with the problems of both.
    """
    problems: list[Problem] = []
    projects: Register | None = None
    counts: dict[Text, dict[str, Number]] = {}
    try:
        projects = read_register(*register, rules, recipients, most_mb)
    except ScenarioError as error:
        problems += error.problems
    if rules.points and activities is None:
        problems.append(Problem("projects_activities", {"names": [p.column for p in rules.points]}))
    if rules.points and activities is not None:
        try:
            counts = read_activities(*activities, rules, recipients)
        except ScenarioError as error:
            problems += error.problems
    if projects is None or problems:
        raise ScenarioError(problems[:MOST_PROBLEMS])
    return counted(projects, rules, [r.id for r in recipients], counts)


# --- headings ---------------------------------------------------------------------------------------


@cache
def headings() -> dict[str, str]:
    """All headings of the fixed columns, in either language, and the column that each means."""
    found: dict[str, str] = {}
    for column in FIXED:
        keys = (f"projects.heading.{column}", f"projects.also.{column}")
        written = [column, *(book.say(key) for key in keys for book in BOOKS)]
        for text in written:
            found |= {plain_name(name): column for name in re.split("[,，]", text)}
    return found


@dataclass(frozen=True)
class _Places:
    """The position of each column; of figures by year."""

    fixed: Mapping[str, int]
    texts: Mapping[Text, int]
    figures: Mapping[Text, Mapping[int | None, int]]
    units: Mapping[Text, str]


def _header(cells: Cells, rules: Rules) -> _Places:
    """The positions of the columns that are read; other columns are ignored."""
    known = headings()
    fixed: dict[str, int] = {}
    words = _by_names(column for column, _ in rules.excluded)
    wanted = _by_names(rules.columns)
    texts: dict[Text, int] = {}
    figures: dict[Text, dict[int | None, int]] = {column: {} for column in rules.columns}
    units: dict[Text, dict[str, str]] = {}
    bases: dict[str, str] = {}  # a heading without year and unit, and the heading as written
    problems: list[Problem] = []

    def refuse(key: str, **details: object) -> None:
        problems.append(Problem(key, details, cells.file, {**cells.at, "row": 1}))

    for at, text in enumerate(cells.header):
        plain = plain_name(text)
        base, year, unit = _parts(plain)
        bases.setdefault(base, text)
        if plain in known:
            if known[plain] in fixed:
                refuse("header_double", first=cells.header[fixed[known[plain]]], second=text)
            fixed.setdefault(known[plain], at)
        for column in words.get(plain, ()):
            texts.setdefault(column, at)
        for column in wanted.get(plain) or wanted.get(base) or ():
            when = None if plain in wanted else year
            if when in figures[column]:
                refuse("header_double", first=cells.header[figures[column][when]], second=text)
            figures[column].setdefault(when, at)
            units.setdefault(column, {}).setdefault(unit, text)
    for name in (*NEEDED, *(["industry"] if rules.longer else [])):
        if name not in fixed:
            heading = Text(*both(f"projects.heading.{name}"))
            refuse("header_missing", name=heading, known=list(cells.header)[:20])
    bare = [column for column, _ in rules.excluded if column not in texts]
    for column in dict.fromkeys([*bare, *(column for column, years in figures.items() if not years)]):
        near = nearest(column.zh, bases) or nearest(column.en, bases)
        if near:
            refuse("projects_header_near", name=column, near=bases[near])
        else:
            refuse("header_missing", name=column, known=list(cells.header)[:20])
    for column, years in figures.items():
        if None in years and len(years) > 1:
            refuse("projects_years_both", name=column)
        if len(units.get(column, {})) > 1:
            refuse("projects_units", names=list(units[column].values())[:10])
        elif any(
            unit and not _same_unit(rules.units.get(column, unit), unit) for unit in units.get(column, ())
        ):
            refuse("projects_unit", name=next(iter(units[column].values())), unit=rules.units[column])
    for rule in rules.factors:
        if (
            rule.column is not None
            and rule.first is not None
            and rule.last is not None
            and figures.get(rule.column)
        ):
            missing = [year for year in range(rule.first, rule.last + 1) if year not in figures[rule.column]]
            if missing:
                refuse("projects_year_missing", name=rule.column, years=missing[:10])
    problems += [cells.mixed[at] for years in figures.values() for at in years.values() if at in cells.mixed]
    if problems:
        raise ScenarioError(problems[:MOST_PROBLEMS])
    return _Places(fixed, texts, figures, {c: next(iter(found)) for c, found in units.items()})


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


def _same_unit(one: str, other: str) -> bool:
    """True if two units are the same, such as 万元 and 10k yuan."""
    a, b = plain_name(one), plain_name(other)
    return a == b or (bool(a and b) and a in AMOUNT_UNITS and AMOUNT_UNITS[a] == AMOUNT_UNITS.get(b))


def _by_names(columns: Iterable[Text]) -> dict[str, list[Text]]:
    """The columns by either of their names; the rules may write one column in several ways."""
    found: dict[str, list[Text]] = {}
    for column in dict.fromkeys(columns):
        for name in {plain_name(column.zh), plain_name(column.en)}:
            found.setdefault(name, []).append(column)
    return found


# --- cells ------------------------------------------------------------------------------------------


def _recipients(reader: Reader, cells: Sequence[str], recipients: Sequence[Recipient] | None) -> list[str]:
    if recipients is None:
        codes, found = reader.texts("recipient", cells, "recipient_blank")
        for at, text in enumerate(found):
            if is_total(text) and len(reader.problems) < MOST_PROBLEMS:
                reader.refuse("recipient", codes == at, "recipient_total", name=text)
        first: dict[str, str] = {}  # of a name written in several ways, the first
        written = [first.setdefault(plain_name(text), text) for text in found]
        return list(np.array(written, dtype=object)[codes])
    names, known = lookup(recipients), names_of(recipients)

    def read(text: str) -> str | Problem:
        if not text:
            return Problem("recipient_blank")
        found = names.get(plain_name(text))
        if found is not None:
            return found
        return unknown_recipient(text[:100], known)

    made: list[str] = reader.values("recipient", cells, read, "object").tolist()
    return made


def _figures(reader: Reader, cells: Cells, years: Mapping[int | None, int], unit: str) -> Figures:
    """The figures of a column as integers over one power of ten; None for blank cells."""
    read: dict[int | None, tuple[Any, list[tuple[int, int] | None]]] = {}
    for year in sorted(years, key=lambda year: year or 0):
        label = cells.header[years[year]]
        codes, texts = distinct(cells.columns[years[year]])
        numbers: list[tuple[int, int] | None] = []
        for at, text in enumerate(texts):
            number = _decimal(text) if text else None
            if isinstance(number, str):
                if len(reader.problems) < MOST_PROBLEMS:
                    reader.labels = {**reader.labels, label: label}
                    reader.refuse(label, codes == at, number, value=text[:40])
                number = None
            numbers.append(number)
        read[year] = codes, numbers
    places = max((n[1] for _, numbers in read.values() for n in numbers if n is not None), default=0)
    shift = [10 ** (places - p) for p in range(places + 1)]
    return Figures(
        places,
        {
            year: tuple(
                np.array([None if n is None else n[0] * shift[n[1]] for n in numbers], dtype=object)[codes]
            )
            for year, (codes, numbers) in read.items()
        },
        unit,
    )


def _decimal(text: str) -> tuple[int, int] | str:
    """The digits of a figure as a whole number and the number of decimals, or the key of the problem.

    >>> _decimal("12.50"), _decimal("1,234"), _decimal("5%")
    ((1250, 2), (1234, 0), 'cell_percent')
    """
    whole, _, decimals = text.partition(".")
    if text.isascii() and whole.isdigit() and (decimals.isdigit() or "." not in text) and len(text) <= 30:
        return int(whole + decimals), len(decimals)
    number = cell_number(text)
    if isinstance(number, str):
        return number
    places = next(p for p in range(MOST_DECIMALS + 1) if (Fraction(number) * 10**p).denominator == 1)
    return int(number * 10**places), places
