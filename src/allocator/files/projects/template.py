"""The Excel workbooks that a register of projects and the counts of a scorecard are filled in with."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from allocator.analysis.projects import Rules
from allocator.core.parts import STATUSES, Recipient, Text
from allocator.files.projects.register import FIXED
from allocator.text import say

ROWS = 5_000  # that the formats and lists hold for
EXAMPLES = 2  # rows that show how to fill it in


def register_template(rules: Rules, recipients: Sequence[Recipient], lang: str) -> bytes:
    """Headings as the rules name them, and rows of examples marked so; the same rules give the same bytes."""

    def fill(book: Any, sheet: Any, head: Any) -> None:
        forms = {"signed": book.add_format({"num_format": "yyyy-mm-dd"})}
        text, figure = book.add_format({"num_format": "@"}), book.add_format({"num_format": "0.##########"})
        texts = [column for column, _ in rules.excluded]
        figures = _figures(rules)
        before, after = FIXED[:5], FIXED[5:]
        columns = [
            *((say(f"projects.heading.{name}", lang), name) for name in before),
            *((heading(column, year, lang), "figure") for column, year in figures),
            *((getattr(column, lang), "text") for column in texts),
            *((say(f"projects.heading.{name}", lang), name) for name in after),
        ]
        for at, (title, kind) in enumerate(columns):
            sheet.write_string(0, at, title, head)
            form = figure if kind == "figure" else forms.get(kind, text)
            sheet.set_column(at, at, 26 if kind in ("project", "evidence") else 15, form)
        named = [getattr(r.name, lang) for r in recipients]
        statuses = [say(f"status.{status}", lang) for status in STATUSES]
        for name, options in (("recipient", named), ("status", statuses)):
            at = [kind for _, kind in columns].index(name)
            listed = _list(book, options, say(f"projects.heading.{name}", lang))
            sheet.data_validation(1, at, ROWS, at, {"validate": "list", "source": listed})
        least = dict(rules.minimums)
        for row in range(1, EXAMPLES + 1):
            cells = {
                "project": say("app.projects.template_example", lang, number=row),
                "code": f"EX-{row:03}",
                "recipient": named[(row - 1) % len(named)],
                "industry": rules.longer[0][0][0] if rules.longer else "",
                "status": say("status.example", lang),
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

    return _book("projects.sheet", "app.projects.template_notes", fill, lang)


def activities_template(rules: Rules, recipients: Sequence[Recipient], lang: str) -> bytes:
    """A row for each recipient and a column for each item of the scorecard."""

    def fill(book: Any, sheet: Any, head: Any) -> None:
        items = dict.fromkeys(item.column for item in rules.points)
        titles = [say("projects.heading.recipient", lang), *(getattr(column, lang) for column in items)]
        for at, title in enumerate(titles):
            sheet.write_string(0, at, title, head)
            sheet.set_column(at, at, 18 if at else 28)
        for row, recipient in enumerate(recipients, 1):
            sheet.write_string(row, 0, getattr(recipient.name, lang))
        sheet.freeze_panes(1, 1)

    return _book("projects.activities", "app.projects.activities_notes", fill, lang)


def heading(column: Text, year: int | None, lang: str) -> str:
    """The heading of a column of figures of a year, as it is read back: 税收2022, Tax 2022."""
    name = str(getattr(column, lang))
    if year is None:
        return name
    return f"{name}{year}" if lang == "zh" else f"{name} {year}"


def _figures(rules: Rules) -> list[tuple[Text, int | None]]:
    """The columns of figures, by the years that any of the rules wants of them."""
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


def _list(book: Any, options: Sequence[str], title: str) -> str:
    """A sheet of its own for what a column may hold; how the column refers to it."""
    sheet = book.add_worksheet(title)
    sheet.hide()
    for row, option in enumerate(options):
        sheet.write_string(row, 0, option)
    return f"='{title}'!$A$1:$A${len(options)}"


def _book(called: str, noted: str, fill: Callable[[Any, Any, Any], None], lang: str) -> bytes:
    """A workbook of one sheet to fill in and one of notes."""
    import xlsxwriter  # slow to load, and only ever needed here

    content = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(content, {"in_memory": True, **plain})
    book.set_properties({"created": datetime(2000, 1, 1)})
    head = book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1, "text_wrap": True})
    sheet = book.add_worksheet(say(called, lang))
    notes = book.add_worksheet(say("workbook.sheet_notes", lang))
    fill(book, sheet, head)
    notes.set_column(0, 0, 110)
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for row, note in enumerate(say(noted, lang).strip().splitlines()):
        notes.write_string(row, 0, note, wrapped)
    book.close()
    return content.getvalue()
