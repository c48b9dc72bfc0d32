"""The Excel template for payments; `read_payments` reads it back."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime

from allocator.analysis.execution import Payer
from allocator.core.model import Scenario
from allocator.core.parts import STATUSES
from allocator.files.execution.payments import COLUMNS
from allocator.text import Phrasebook, money_scale

ROWS = 5_000  # that the lists cover
WIDTHS = {"recipient": 28, "use": 34, "payee": 24, "note": 30}


def template(scenario: Scenario, payers: Sequence[Payer], book: Phrasebook) -> bytes:
    """A workbook with headings, formats and a list of payers; the same scenario gives the same bytes."""
    import xlsxwriter  # slow to load, and only ever needed here

    content = io.BytesIO()
    workbook = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False})
    workbook.set_properties({"created": datetime(2000, 1, 1)})
    head = workbook.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1, "text_wrap": True})
    forms = {
        "date": workbook.add_format({"num_format": "yyyy-mm-dd"}),
        "amount": workbook.add_format({"num_format": "0.00####"}),
    }
    text = workbook.add_format({"num_format": "@"})
    sheet = workbook.add_worksheet(book.say("execution.sheet"))
    names = workbook.add_worksheet(book.say("execution.template.payers"))
    for row, payer in enumerate(payers):
        names.write_string(row, 0, book.text(payer.name))
    names.set_column(0, 0, 50)
    for at, column in enumerate(COLUMNS):
        sheet.write_string(0, at, _heading(column, scenario, book), head)
        sheet.set_column(at, at, WIDTHS.get(column, 14), forms.get(column, text))
    listed = f"='{book.say('execution.template.payers')}'!$A$1:$A${len(payers)}"
    sheet.data_validation(1, 0, ROWS, 0, {"validate": "list", "source": listed})
    statuses = [book.say(f"status.{status}") for status in STATUSES]
    sheet.data_validation(
        1, COLUMNS.index("status"), ROWS, COLUMNS.index("status"), {"validate": "list", "source": statuses}
    )
    sheet.freeze_panes(1, 1)
    notes = workbook.add_worksheet(book.say("execution.template.notes_sheet"))
    notes.set_column(0, 0, 110)
    wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
    for row, note in enumerate(book.say("execution.template.notes").strip().splitlines()):
        notes.write_string(row, 0, note, wrapped)
    workbook.close()
    return content.getvalue()


def _heading(column: str, scenario: Scenario, book: Phrasebook) -> str:
    name = book.say(f"execution.heading.{column}")
    if column != "amount":
        return name
    currency = scenario.fund.currency
    unit = currency
    if currency == "CNY":
        unit = book.money_unit(currency, money_scale(currency, scenario.fund.unit))
    return book.say("workbook.amount", header=name, unit=unit)
