"""A register of projects and the counts of a scorecard, from CSV files or Excel workbooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from allocator.analysis.projects import Counted, Figures, Register, Rules, counted
from allocator.core.errors import Problem, ScenarioError
from allocator.core.exact import MOST_DECIMALS, Number
from allocator.core.many import lookup
from allocator.core.naming import names_of, unknown_recipient
from allocator.core.parts import Recipient, Text, plain_name
from allocator.core.statement import Statement
from allocator.core.totals import any_total, is_total
from allocator.files.parsing import MOST_PROBLEMS, cell_number, digits, file_bytes, uncollected
from allocator.files.projects.columns import form_of, places_in
from allocator.files.projects.rules import load_factor_rules
from allocator.files.projects.scorecard import MOST_ROWS, read_activities
from allocator.files.sheets.columns import Cells, ReadAs, Reader, day_in, distinct, status_in, whole_csv
from allocator.files.sheets.spreadsheet import LARGEST_UPLOAD_MB, shown_name
from allocator.files.understanding.names import Recipients, plain_form
from allocator.files.understanding.record_names import Matcher
from allocator.files.understanding.records import records_in
from allocator.files.understanding.vocabulary import closed, tidy

LARGEST_MB = 50  # of a file named on the command line


def load_register(
    path: str | Path, rules: Rules, recipients: Sequence[Recipient] | None = None, sheet: str | None = None
) -> Register:
    """The projects in a file.  Raises ScenarioError with a sentence for each problem."""
    path = Path(path)
    content = file_bytes(path, LARGEST_MB)
    try:
        return read_register(path.name, content, rules, recipients, LARGEST_MB, sheet)
    except ScenarioError as error:
        raise error.in_files({shown_name(path.name): str(path)}) from None


@uncollected()
def read_register(
    name: str,
    content: bytes,
    rules: Rules,
    recipients: Sequence[Recipient] | None = None,
    most_mb: int = LARGEST_UPLOAD_MB,
    sheet: str | None = None,
) -> Register:
    """The projects in an uploaded file, of these recipients or, if none are given, of those that it names.

    ``sheet`` is the one to read where several hold a register.  Raises ScenarioError with a sentence for each
    problem.
    """
    plain, form = whole_csv(name, content, most_mb, MOST_ROWS), form_of(rules)
    if plain is not None and not form.placed(plain.header).lacking:
        with suppress(ScenarioError):  # what is no plain table of records is understood below
            return _made(plain, rules, recipients)
    return _made(records_in(name, content, form, most_mb, MOST_ROWS, sheet, plain), rules, recipients)


def _made(cells: Cells, rules: Rules, recipients: Sequence[Recipient] | None) -> Register:
    """The register in columns of text."""
    places, problems = places_in(cells, rules)
    header = cells.header
    labels = {column: header[at] for column, at in places.fixed.items()}
    reader = Reader(cells, labels)
    reader.problems += problems
    for years in places.figures.values():
        reader.problems += [problem for at in years.values() for problem in cells.doubts.get(at, ())]

    def texts(column: str, blank: str | None = None) -> list[str]:
        if column not in places.fixed:
            return [""] * len(cells.lines)
        codes, found = reader.texts(column, cells.columns[places.fixed[column]], blank)
        if column == "project":
            _refuse_totals(reader, codes, found)
        return list(np.array(found, dtype=object)[codes])

    names, codes, industries = texts("project", "project_blank"), texts("code"), texts("industry")
    evidence = [bool(text) for text in texts("evidence")]
    ids: list[str] = []
    signed: list[Any] = []
    if "recipient" in places.fixed:
        ids = _recipients(reader, cells.columns[places.fixed["recipient"]], recipients)
    if "signed" in places.fixed:
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
    reader.sound()
    if places.unread:
        reader.statements.append(Statement("columns_unread", details={"names": list(places.unread)}))
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
        tuple(reader.statements),
    )


def load_counted(
    register: str | Path,
    rules: str | Path,
    activities: str | Path | None = None,
    recipients: Sequence[Recipient] | None = None,
    sheet: str | None = None,
) -> Counted:
    """The factor values from the files of a register, its rules and a scorecard.  Raises ScenarioError."""
    made = load_factor_rules(rules)
    projects = load_register(register, made, recipients, sheet)
    if recipients is None:
        recipients = [Recipient(name) for name in dict.fromkeys(projects.recipients)]
    counts: dict[Text, dict[str, Number]] = {}
    said: list[Statement] = []
    if made.points and activities is None:
        raise ScenarioError(
            Problem("projects_activities", {"names": [p.column for p in made.points]}, str(rules))
        )
    if made.points and activities is not None:
        path = Path(activities)
        try:
            content = file_bytes(path, LARGEST_MB)
            counts = read_activities(path.name, content, made, recipients, LARGEST_MB, said)
        except ScenarioError as error:
            raise error.in_files({shown_name(path.name): str(path)}) from None
    return counted(projects, made, [r.id for r in recipients], counts, said)


def read_counted(
    register: tuple[str, bytes],
    rules: Rules,
    activities: tuple[str, bytes] | None,
    recipients: Sequence[Recipient],
    most_mb: int = LARGEST_UPLOAD_MB,
    sheet: str | None = None,
) -> Counted:
    """The factor values from an uploaded register and scorecard, each with its name.

    ``most_mb`` is the largest size of the register, ``sheet`` the one to read where several hold one.  Raises
    ScenarioError with the problems of both.
    """
    problems: list[Problem] = []
    projects: Register | None = None
    counts: dict[Text, dict[str, Number]] = {}
    said: list[Statement] = []
    try:
        projects = read_register(*register, rules, recipients, most_mb, sheet)
    except ScenarioError as error:
        problems += error.problems
    if rules.points and activities is None:
        problems.append(Problem("projects_activities", {"names": [p.column for p in rules.points]}))
    if rules.points and activities is not None:
        try:
            counts = read_activities(*activities, rules, recipients, said=said)
        except ScenarioError as error:
            problems += error.problems
    if projects is None or problems:
        raise ScenarioError(problems[:MOST_PROBLEMS])
    return counted(projects, rules, [r.id for r in recipients], counts, said)


# --- cells ------------------------------------------------------------------------------------------


def _refuse_totals(reader: Reader, codes: Any, texts: Sequence[str]) -> None:
    """Refuses entries with a day and the name of a total: nobody knows which of both they are."""
    for at, text in enumerate(texts if any_total(texts) else ()):
        if is_total(text) and len(reader.problems) < MOST_PROBLEMS:
            reader.refuse("project", codes == at, "record_total", name=text[:100])


def _recipients(reader: Reader, cells: Sequence[str], recipients: Sequence[Recipient] | None) -> list[str]:
    if recipients is None:
        return _as_written(reader, cells)
    names, known, matcher = lookup(recipients), names_of(recipients), Matcher(Recipients(recipients))

    def read(text: str) -> str | ReadAs | Problem:
        if not text:
            return Problem("recipient_blank")
        found = names.get(plain_name(text))
        if found is not None:
            return found
        match = matcher.matched(text)
        if match is None or isinstance(match, Problem):
            return match or unknown_recipient(text[:100], known)
        return ReadAs(*match)

    made: list[str] = reader.values("recipient", cells, read, "object").tolist()
    return made


def _as_written(reader: Reader, cells: Sequence[str]) -> list[str]:
    """The recipients by the names in the file; one that is written in several ways has its first name."""
    codes, found = reader.texts("recipient", cells, "recipient_blank")
    first: dict[str, str] = {}
    written = []
    for at, text in enumerate(found):
        if is_total(text) and len(reader.problems) < MOST_PROBLEMS:
            reader.refuse("recipient", codes == at, "recipient_total", name=text)
        plain = plain_form(tidy(text))
        written.append(first.setdefault(closed(plain), plain))
        if written[-1] != text:
            reader.read_as(codes == at, text, written[-1])
    return list(np.array(written, dtype=object)[codes])


def _figures(reader: Reader, cells: Cells, years: Mapping[int | None, int], unit: str) -> Figures:
    """The figures of a column as integers over one power of ten; None for blank cells."""
    read: dict[int | None, tuple[Any, list[int | None], list[int]]] = {}  # digits and decimals of each text
    for year in sorted(years, key=lambda year: year or 0):
        label, column = cells.header[years[year]], cells.columns[years[year]]
        if (plain := _plain(column)) is not None:
            read[year] = slice(None), *plain
            continue
        codes, texts = distinct(column)
        read[year] = codes, [], []
        for at, text in enumerate(texts):
            number = _decimal(text) if text else None
            if isinstance(number, str):
                if len(reader.problems) < MOST_PROBLEMS:
                    reader.labels = {**reader.labels, label: label}
                    reader.refuse(label, codes == at, number, value=text[:40])
                number = None
            read[year][1].append(None if number is None else number[0])
            read[year][2].append(0 if number is None else number[1])
    places = max((max(decimals, default=0) for _, _, decimals in read.values()), default=0)
    shift = [10 ** (places - p) for p in range(places + 1)]
    found = {}
    for year, (codes, whole, decimals) in read.items():
        if min(decimals, default=places) < places:
            whole = [None if n is None else n * shift[p] for n, p in zip(whole, decimals, strict=True)]
        found[year] = tuple(np.array(whole, dtype=object)[codes])
    return Figures(places, found, unit)


def _plain(cells: Sequence[str]) -> tuple[list[int | None], list[int]] | None:
    """The digits and decimals of a column whose cells are all ordinary numbers or blank; None of another."""
    filled = [cell for cell in cells if cell]
    found = digits(filled)
    if found is None:
        return None
    if len(filled) == len(cells):
        return list(found[0]), found[1]
    whole, decimals = map(iter, found)
    return [next(whole) if cell else None for cell in cells], [
        next(decimals) if cell else 0 for cell in cells
    ]


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
