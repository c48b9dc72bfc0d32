"""Projects and the factor values that they make, in tables and as data."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any

from allocator.analysis.projects import Counted, awards
from allocator.core.allocation import Allocation
from allocator.core.exact import Number, plain
from allocator.files.parsing import cell_text
from allocator.report.projects.words import Names, name_of, recipients_of
from allocator.report.tables.table import Row, Table, written
from allocator.report.words.statements import statements_as_data
from allocator.text import Phrasebook

MOST_BEHIND = 10  # projects of one recipient that are listed by name


def values_table(found: Counted, factors: Names, recipients: Names, book: Phrasebook) -> Table:
    """The value of every factor by recipient, and the number of projects that count."""
    counts = Counter(of for at, of in enumerate(found.register.recipients) if at not in found.refused)
    rows = [
        Row(
            "recipient",
            (
                str(at),
                name_of(recipients, of, book),
                *(book.number(found.values[id][of]) for id in found.rules.ids),
                str(counts[of]),
            ),
        )
        for at, of in enumerate(found.recipients, 1)
    ]
    sums = [plain(sum(found.values[id].values(), start=Fraction(0))) for id in found.rules.ids]
    cells = ("", book.say("table.total"), *(book.number(x) for x in sums), str(sum(counts.values())))
    rows.append(Row("total", cells))
    headers = (
        book.say("projects.heading.number"),
        book.say("projects.heading.recipient"),
        *(book.text(factors[id]) for id in found.rules.ids),
        book.say("projects.heading.counted"),
    )
    numeric = (False, False, *(True for _ in found.rules.ids), True)
    return written(book.say("projects.values_caption"), headers, numeric, tuple(rows))


def behind_table(found: Counted, factor: str, factors: Names, recipients: Names, book: Phrasebook) -> Table:
    """The projects behind a factor's values: each recipient's ten largest, and the others together."""
    register = found.register
    rows = []
    for of in found.recipients:
        own = found.behind(factor, of)
        for at, value in own[:MOST_BEHIND]:
            cells = (
                name_of(recipients, of, book),
                str(register.lines[at]),
                register.names[at],
                book.number(value),
            )
            rows.append(Row("recipient", cells))
        rest = own[MOST_BEHIND:]
        if rest:
            more = book.say("projects.behind_more", count=len(rest))
            together = plain(sum((value for _, value in rest), start=Fraction(0)))
            rows.append(Row("subtotal", (name_of(recipients, of, book), "", more, book.number(together))))
    headers = (
        book.say("projects.heading.recipient"),
        book.say("projects.heading.line"),
        book.say("projects.heading.project"),
        book.say("projects.heading.value"),
    )
    caption = book.say("projects.behind_caption", factor=book.text(factors[factor]))
    return written(caption, headers, (False, True, False, True), tuple(rows))


def awards_table(found: Counted, allocation: Allocation, book: Phrasebook) -> Table:
    """The part of its recipient's entitlement that each project brings, and the part that is no project's."""
    scenario = allocation.scenario
    names = recipients_of(scenario.recipients)
    register, worth = found.register, dict(awards(found, allocation))
    rows = []
    for of in scenario.ids:
        own = [at for at in worth if register.recipients[at] == of]
        for at in own[:MOST_BEHIND]:
            cells = (name_of(names, of, book), register.names[at], _cents(worth[at], book))
            rows.append(Row("recipient", cells))
        rest = own[MOST_BEHIND:]
        if rest:
            together = plain(sum((Fraction(worth[at]) for at in rest), start=Fraction(0)))
            more = book.say("projects.behind_more", count=len(rest))
            rows.append(Row("recipient", (name_of(names, of, book), more, _cents(together, book))))
        brought = sum((Fraction(worth[at]) for at in own), start=Fraction(0))
        left = Fraction(allocation.entitlements[of]) - brought
        if left:
            rest_name = book.say("projects.awards_rest")
            rows.append(Row("recipient", (name_of(names, of, book), rest_name, _cents(left, book))))
        cells = (
            name_of(names, of, book),
            book.say("table.total"),
            _cents(allocation.entitlements[of], book),
        )
        rows.append(Row("subtotal", cells))
    headers = (
        book.say("projects.heading.recipient"),
        book.say("projects.heading.project"),
        book.say("projects.heading.worth"),
    )
    return written(book.say("projects.awards_caption"), headers, (False, False, True), tuple(rows))


def _cents(amount: Number, book: Phrasebook) -> str:
    return book.number(amount, 2)


def as_data(found: Counted, book: Phrasebook, *, projects: bool = False) -> dict[str, Any]:
    """Values, refused and repeated projects as plain data; projects by their lines, figures as text.

    What single projects bring is included only with ``projects``.
    """
    register = found.register

    def behind(id: str) -> dict[str, dict[str, str]]:
        own = {of: found.behind(id, of) for of in found.recipients}
        return {of: {str(register.lines[at]): str(x) for at, x in pairs} for of, pairs in own.items()}

    return {
        "register": register.file,
        "rules": book.text(found.rules.title),
        "reference": found.rules.reference.isoformat(),
        "illustrative": register.illustrative,
        "statements": statements_as_data((*register.statements, *found.statements), book),
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
