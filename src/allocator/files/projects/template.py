"""The Excel templates for a register of projects and for the counts of a scorecard."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from allocator.analysis.projects import Rules
from allocator.core.parts import STATUSES, Recipient, Text
from allocator.files.projects.columns import FIXED
from allocator.text import Phrasebook

ROWS = 5_000  # that the lists cover
EXAMPLES = 2  # rows that show how to fill it in


def register_template(rules: Rules, recipients: Sequence[Recipient], book: Phrasebook) -> bytes:
    """A workbook with headings from the rules and marked examples; the same rules give the same bytes."""

    def fill(workbook: Any, sheet: Any, head: Any) -> None:
        forms = {"signed": workbook.add_format({"num_format": "yyyy-mm-dd"})}
        text, figure = (
            workbook.add_format({"num_format": "@"}),
            workbook.add_format({"num_format": "0.##########"}),
        )
        texts = [column for column, _ in rules.excluded]
        figures = _figures(rules)
        before, after = FIXED[:5], FIXED[5:]
        columns = [
            *((book.say(f"projects.heading.{name}"), name) for name in before),
            *((heading(column, year, book), "figure") for column, year in figures),
            *((book.text(column), "text") for column in texts),
            *((book.say(f"projects.heading.{name}"), name) for name in after),
        ]
        for at, (title, kind) in enumerate(columns):
            sheet.write_string(0, at, title, head)
            form = figure if kind == "figure" else forms.get(kind, text)
            sheet.set_column(at, at, 26 if kind in ("project", "evidence") else 15, form)
        named = [book.text(r.name) for r in recipients]
        statuses = [book.say(f"status.{status}") for status in STATUSES]
        for name, key, options in (
            ("recipient", "projects.heading.recipient", named),
            ("status", "projects.heading.status", statuses),
        ):
            at = [kind for _, kind in columns].index(name)
            listed = _list(workbook, options, book.say(key))
            sheet.data_validation(1, at, ROWS, at, {"validate": "list", "source": listed})
        least = dict(rules.minimums)
        for row in range(1, EXAMPLES + 1):
            cells = {
                "project": book.say("projects.template_example", number=row),
                "code": f"EX-{row:03}",
                "recipient": named[(row - 1) % len(named)],
                "industry": rules.longer[0][0][0] if rules.longer else "",
                "status": book.say("status.example"),
            }
            day = datetime.combine(rules.reference, datetime.min.time()) - timedelta(days=200 * row)
            numbers = iter([float(least.get(column, 100)) * (row + 1) for column, _ in figures])
            for at, (_, kind) in enumerate(columns):
                if kind == "signed":
                    sheet.write_datetime(row, at, day, forms["signed"])
                elif kind == "figure":
                    sheet.write_number(row, at, next(numbers), figure)
                elif cells.get(kind):
                    sheet.write_string(row, at, cells[kind], text)
        sheet.freeze_panes(1, 1)

    return _book("projects.sheet", "projects.template_notes", fill, book)


def activities_template(rules: Rules, recipients: Sequence[Recipient], book: Phrasebook) -> bytes:
    """A workbook with a row for each recipient and a column for each item of the scorecard."""

    def fill(workbook: Any, sheet: Any, head: Any) -> None:
        items = dict.fromkeys(item.column for item in rules.points)
        titles = [book.say("projects.heading.recipient"), *(book.text(column) for column in items)]
        for at, title in enumerate(titles):
            sheet.write_string(0, at, title, head)
            sheet.set_column(at, at, 18 if at else 28)
        for row, recipient in enumerate(recipients, 1):
            sheet.write_string(row, 0, book.text(recipient.name))
        sheet.freeze_panes(1, 1)

    return _book("projects.activities", "projects.activities_notes", fill, book)


def heading(column: Text, year: int | None, book: Phrasebook) -> str:
    """The heading of a column of figures, as it is read back, with its year: 税收2022, Tax 2022."""
    name = str(book.text(column))
    if year is None:
        return name
    return f"{name}{year}" if book.chinese else f"{name} {year}"


def _figures(rules: Rules) -> list[tuple[Text, int | None]]:
    """The columns of figures, each with every year that the rules need, or None without years."""
    found: list[tuple[Text, int | None]] = []
    for column in rules.columns:
        spans = [
            (rule.first, rule.last)
            for rule in rules.factors
            if rule.column == column and rule.first is not None and rule.last is not None
        ]
        years = sorted({year for first, last in spans for year in range(first, last + 1)})
        found += [(column, year) for year in years] or [(column, None)]
    return found


def _list(workbook: Any, options: Sequence[str], title: str) -> str:
    """Writes the options of a column to a hidden sheet, and returns the reference to them."""
    sheet = workbook.add_worksheet(title)
    sheet.hide()
    for row, option in enumerate(options):
        sheet.write_string(row, 0, option)
    return f"='{title}'!$A$1:$A${len(options)}"


def _book(called: str, noted: str, fill: Callable[[Any, Any, Any], None], book: Phrasebook) -> bytes:
    """A workbook of one sheet to fill in and one of notes."""
    import xlsxwriter  # slow to load, and only ever needed here

    content = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    workbook = xlsxwriter.Workbook(content, {"in_memory": True, **plain})
    workbook.set_properties({"created": datetime(2000, 1, 1)})
    head = workbook.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1, "text_wrap": True})
    sheet = workbook.add_worksheet(book.say(called))
    notes = workbook.add_worksheet(book.say("workbook.sheet_notes"))
    fill(workbook, sheet, head)
    notes.set_column(0, 0, 110)
    wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
    for row, note in enumerate(book.say(noted).strip().splitlines()):
        notes.write_string(row, 0, note, wrapped)
    workbook.close()
    return content.getvalue()
