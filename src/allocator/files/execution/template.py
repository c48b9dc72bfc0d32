"""The Excel workbook that payments are filled in with; `read_payments` takes it back."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime

from allocator.analysis.execution import Payer
from allocator.core.model import Scenario
from allocator.core.parts import STATUSES
from allocator.files.execution.payments import COLUMNS
from allocator.text import money_scale, money_unit, say

ROWS = 5_000  # that the formats and lists hold for
WIDTHS = {"recipient": 28, "use": 34, "payee": 24, "note": 30}


def template(scenario: Scenario, payers: Sequence[Payer], lang: str) -> bytes:
    """Headings, the payers as a list, dates as dates; the same scenario gives the same bytes."""
    import xlsxwriter  # slow to load, and only ever needed here

    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"created": datetime(2000, 1, 1)})
    head = book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1, "text_wrap": True})
    forms = {
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "amount": book.add_format({"num_format": "0.00####"}),
    }
    text = book.add_format({"num_format": "@"})
    sheet = book.add_worksheet(say("execution.sheet", lang))
    names = book.add_worksheet(say("execution.template.payers", lang))
    for row, payer in enumerate(payers):
        names.write_string(row, 0, getattr(payer.name, lang))
    names.set_column(0, 0, 50)
    for at, column in enumerate(COLUMNS):
        sheet.write_string(0, at, _heading(column, scenario, lang), head)
        sheet.set_column(at, at, WIDTHS.get(column, 14), forms.get(column, text))
    listed = f"='{say('execution.template.payers', lang)}'!$A$1:$A${len(payers)}"
    sheet.data_validation(1, 0, ROWS, 0, {"validate": "list", "source": listed})
    statuses = [say(f"status.{status}", lang) for status in STATUSES]
    sheet.data_validation(
        1, COLUMNS.index("status"), ROWS, COLUMNS.index("status"), {"validate": "list", "source": statuses}
    )
    sheet.freeze_panes(1, 1)
    notes = book.add_worksheet(say("execution.template.notes_sheet", lang))
    notes.set_column(0, 0, 110)
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for row, note in enumerate(say("execution.template.notes", lang).strip().splitlines()):
        notes.write_string(row, 0, note, wrapped)
    book.close()
    return content.getvalue()


def _heading(column: str, scenario: Scenario, lang: str) -> str:
    name = say(f"execution.heading.{column}", lang)
    if column != "amount":
        return name
    currency = scenario.fund.currency
    unit = currency
    if currency == "CNY":
        unit = money_unit(currency, money_scale(currency, scenario.fund.unit), lang)
    return say("workbook.amount", lang, header=name, unit=unit)
