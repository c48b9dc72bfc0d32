"""The counts of a scorecard, a row for each recipient."""

from __future__ import annotations

from collections.abc import Sequence

from allocator.analysis.projects import Rules
from allocator.core.errors import Problem, ScenarioError
from allocator.core.exact import Number
from allocator.core.many import lookup
from allocator.core.parts import Recipient, Text, plain_name
from allocator.core.statement import Statement
from allocator.files.parsing import MOST_PROBLEMS, Body
from allocator.files.projects.columns import by_names, headings
from allocator.files.scenario.tables import Finder, read_columns
from allocator.files.sheets.columns import Cells
from allocator.files.sheets.spreadsheet import LARGEST_UPLOAD_MB
from allocator.files.understanding.names import Recipients
from allocator.files.understanding.record_names import Matcher
from allocator.files.understanding.record_rows import Placed
from allocator.files.understanding.records import Form, records_in
from allocator.files.understanding.vocabulary import tidy
from allocator.text import both

MOST_ROWS = 200_000


def read_activities(
    name: str,
    content: bytes,
    rules: Rules,
    recipients: Sequence[Recipient],
    most_mb: int = LARGEST_UPLOAD_MB,
    said: list[Statement] | None = None,
) -> dict[Text, dict[str, Number]]:
    """The counts of a scorecard: column, then recipient; statements on how it was read are added to ``said``.

    Raises ScenarioError.
    """
    cells = records_in(name, content, _form(rules), most_mb, MOST_ROWS)
    header, places, problems = _columns(cells, rules)
    problems += [*cells.problems, *(p for at in places.values() for p in cells.doubts.get(at, ()))]
    if problems:
        raise ScenarioError(problems[:MOST_PROBLEMS])
    keep = [at for at, heading in enumerate(header) if heading]
    whose = keep.index(header.index("recipient"))
    rows = [
        (int(line), [str(cells.columns[at][row]).strip() for at in keep])
        for row, line in enumerate(cells.lines)
    ]
    statements = [*cells.statements]
    _match(rows, whose, recipients, cells.file, statements)
    find, header_kept = Finder(recipients), [header[at] for at in keep]
    read = read_columns(cells.file, header_kept, Body.of(rows, len(keep)), find)
    if said is not None:
        said += statements
    wanted = dict.fromkeys(item.column for item in rules.points)
    return {
        column: dict(zip(find.recipients.ids, read[header[places[column]]], strict=True)) for column in wanted
    }


def _form(rules: Rules) -> Form:
    known, wanted = headings(), by_names(item.column for item in rules.points)

    def is_heading(text: str) -> bool:
        plain = plain_name(tidy(text)) if len(text) < 200 else ""
        return known.get(plain) == "recipient" or plain in wanted

    def placed(header: Sequence[str]) -> Placed:
        _, places, problems = _columns(Cells("", header, (), (), {}), rules)
        needed = {str(at): at for at in places.values()}
        own = {at for column, at in places.items() if column == _recipient()}
        missing = sum(1 for problem in problems if problem.key == "header_missing")
        return Placed(needed, missing, frozenset(), frozenset(needed.values()) - own, frozenset(own))

    return Form("projects.activities", is_heading, placed)


def _columns(cells: Cells, rules: Rules) -> tuple[list[str], dict[Text, int], list[Problem]]:
    """The headings of the columns that are read, "" for all others; their positions, and the problems."""
    known, wanted, whose = headings(), by_names(item.column for item in rules.points), _recipient()
    header: list[str] = []
    places: dict[Text, int] = {}
    problems: list[Problem] = []
    at_top = {**cells.at, "row": cells.top}
    for at, text in enumerate(cells.header):
        plain = plain_name(text)
        own = [whose] if known.get(plain) == "recipient" else wanted.get(plain, [])
        header.append("recipient" if own == [whose] else text if own else "")
        for column in own:
            if places.setdefault(column, at) != at:
                twice = {"first": cells.header[places[column]], "second": text}
                problems.append(Problem("header_double", twice, cells.file, at_top))
    columns = list(dict.fromkeys(item.column for item in rules.points))
    for missing in [column for column in (whose, *columns) if column not in places]:
        details = {"name": missing, "known": [whose, *columns][:20]}
        problems.append(Problem("header_missing", details, cells.file, at_top))
    return header, places, problems


def _match(
    rows: Sequence[tuple[int, list[str]]],
    whose: int,
    recipients: Sequence[Recipient],
    file: str,
    statements: list[Statement],
) -> None:
    """Puts ids in place of names that are written in another way than the list of recipients has them."""
    names, matcher = lookup(recipients), Matcher(Recipients(recipients))
    for number, row in rows:
        text = row[whose]
        if not text or plain_name(text) in names:
            continue
        found = matcher.matched(text)
        if isinstance(found, Problem):
            raise ScenarioError(Problem(found.key, found.details, file, {"row": number}))
        if found is not None:
            row[whose], name = found
            details = {"written": text, "name": name, "count": 1}
            statements.append(Statement("records_read_as", str(number), details))


def _recipient() -> Text:
    return Text(*both("projects.heading.recipient"))
