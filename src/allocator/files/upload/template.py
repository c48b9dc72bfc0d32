"""The Excel template for a scenario's tables."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from allocator.core.beyond import covers_format_1
from allocator.core.model import Scenario
from allocator.core.parts import STATUSES, Factor
from allocator.files.sheets.headings import (
    CELL_COLUMNS,
    FACTOR_COLUMNS,
    REGISTER,
    Table,
    cell_rows,
    factor_rows,
    table_rows,
)
from allocator.text import Phrasebook

SPARE = 200  # rows below the last one that the input rules and lists cover too


def template(scenario: Scenario, book: Phrasebook) -> bytes:
    """The workbook of a scenario: notes, data, factors, remarks on single cells; `upload.read` reads it back.

    Raises ScenarioError where a heading could not be told from another, or a number has no decimal form.
    """
    covers_format_1(scenario, "beyond.surface.upload")
    return workbook(table_rows(scenario, book), scenario.factors, cell_rows(scenario, book), book)


def workbook(
    data: Table, factors: Sequence[Factor], cells: Table, book: Phrasebook, remarks: str = ""
) -> bytes:
    """The workbook of these tables; ``remarks`` stand above the notes.

    The data may begin with the columns of the register or with the recipients' ids alone.
    """
    import xlsxwriter  # slow to load, and only ever needed here

    content = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    workbook = xlsxwriter.Workbook(content, {"in_memory": True, **plain})
    workbook.set_properties({"created": datetime(2000, 1, 1)})  # the same tables give the same bytes
    styles = {
        "head": workbook.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1, "text_wrap": True}),
        "fixed": workbook.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1}),
        "text": workbook.add_format({"num_format": "@", "border": 1, "locked": False}),
        "number": workbook.add_format({"num_format": "0.##########", "border": 1, "locked": False}),
        "whole": workbook.add_format({"num_format": "0", "border": 1, "locked": False}),
    }
    names = {
        "notes": book.say("workbook.sheet_notes"),
        "data": book.say("workbook.sheet_data"),
        "factors": book.say("workbook.sheet_factors"),
        "cells": book.say("workbook.sheet_cells"),
    }
    sheets = {role: workbook.add_worksheet(name) for role, name in names.items()}

    header, rows = data
    first = len(REGISTER) if len(header) >= len(REGISTER) + len(factors) else 1
    last = len(rows) + SPARE
    kinds = ["fixed", *["text"] * (first - 1), *["number"] * (len(header) - first)]
    _table(sheets["data"], data, kinds, styles)
    for position, factor in enumerate(factors, first):
        sheets["data"].write_comment(0, position, _about(factor, book), {"x_scale": 2, "y_scale": 1.5})
    at_least = {
        "validate": "decimal",
        "criteria": ">=",
        "value": 0,
        "error_message": book.say("workbook.bare"),
    }
    if len(header) > first:
        sheets["data"].data_validation(1, first, last, len(header) - 1, at_least)
    sheets["data"].freeze_panes(1, first)
    sheets["data"].activate()

    statuses = _list([book.say(f"status.{status}") for status in STATUSES], book)
    about = factor_rows(factors, book)
    _table(sheets["factors"], about, _kinds(FACTOR_COLUMNS), styles)
    status = FACTOR_COLUMNS.index("status")
    sheets["factors"].data_validation(1, status, len(about[1]) + SPARE, status, statuses)
    sheets["factors"].freeze_panes(1, 1)

    _table(sheets["cells"], cells, _kinds(CELL_COLUMNS), styles)
    last_cell = len(cells[1]) + SPARE
    called = 0 if first == 1 else REGISTER.index(f"name_{book.language}")
    lists = {
        "recipient": _list(_range(names["data"], 1, called, last, called), book),
        "factor": _list(_range(names["data"], 0, first, 0, first + len(factors) - 1), book),
        "status": statuses,
        "declared": at_least,
        "verified": at_least,
    }
    for column, rule in lists.items():
        position = CELL_COLUMNS.index(column)
        sheets["cells"].data_validation(1, position, last_cell, position, rule)
    sheets["cells"].freeze_panes(1, 2)

    sheets["notes"].set_column(0, 0, 110)
    wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
    notes = [*remarks.strip().splitlines(), *book.say("workbook.notes").strip().splitlines()]
    for row, note in enumerate(notes):
        sheets["notes"].write_string(row, 0, note, wrapped)
    workbook.close()
    return content.getvalue()


def _table(sheet: Any, table: Table, kinds: Sequence[str], styles: dict[str, Any]) -> None:
    """Writes a table: a number as one where Excel holds it exactly, everything else as text."""
    header, rows = table
    for column, text in enumerate(header):
        sheet.write_string(0, column, text, styles["head"])
        longest = max([len(text.encode("gbk", "replace")), *(len(row[column]) for row in rows[:200])])
        sheet.set_column(column, column, min(max(12, longest + 2), 40))
    for number, row in enumerate(rows, 1):
        for column, (text, kind) in enumerate(zip(row, kinds, strict=True)):
            if not text:
                sheet.write_blank(number, column, None, styles[kind])
            elif kind in ("fixed", "text"):
                sheet.write_string(number, column, text, styles[kind])
            elif _is_held(text):
                value = float(text)
                sheet.write_number(number, column, value, styles["whole" if value.is_integer() else "number"])
            else:
                sheet.write_string(number, column, text, styles["text"])


def _kinds(columns: Sequence[str]) -> list[str]:
    numbers = ("year", "declared", "verified")
    return ["number" if column in numbers else "text" for column in columns]


def _is_held(text: str) -> bool:
    """True if 15 digits hold the number, which is as many as Excel keeps.

    >>> _is_held("0.1"), _is_held("1234567890123456")
    (True, False)
    """
    return len(text.replace(".", "").strip("0")) <= 15


def _about(factor: Factor, book: Phrasebook) -> str:
    """The remark on a factor's heading: its name, unit, definition and year."""
    lines = [book.text(factor.name)]
    for key, said in (
        ("workbook.unit", factor.unit),
        ("workbook.definition", factor.definition),
        ("workbook.year", None if factor.year is None else str(factor.year)),  # without thousands
    ):
        if said is not None:
            lines.append(book.say("workbook.remark", name=book.say(key), said=said))
    return "\n".join(lines)[:2000]


def _list(source: list[str] | str, book: Phrasebook) -> dict[str, Any]:
    return {"validate": "list", "source": source, "error_message": book.say("workbook.choose")}


def _range(sheet: str, row: int, column: int, last_row: int, last_column: int) -> str:
    """A reference to cells of another sheet."""
    from xlsxwriter.utility import xl_range_abs

    return f"='{sheet}'!{xl_range_abs(row, column, last_row, last_column)}"
