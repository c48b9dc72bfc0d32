"""Checks tables that people upload or edit and puts them into a scenario, all or nothing."""

from __future__ import annotations

from dataclasses import replace

from allocator.core.beyond import covers_format_1
from allocator.core.errors import Problem, ScenarioError
from allocator.core.model import Scenario
from allocator.core.parts import Factor, plain_name
from allocator.files.parsing import MOST_PROBLEMS, Row, headed, wrong
from allocator.files.sheets.headings import REGISTER, cell_rows, factor_rows, table_rows, text_of, words
from allocator.files.sheets.number_formats import mixed
from allocator.files.sheets.spreadsheet import Sheet, read_sheets, shown_name
from allocator.files.upload.apply import with_table
from allocator.files.upload.remarks import all_there, describe, with_cells, with_factors
from allocator.text import BOOKS

# the same tables, out and in, for the page's editor
__all__ = ["cell_rows", "factor_rows", "read", "table_rows", "with_cells", "with_factors", "with_table"]

# the names of the sheets by role, in the order in which they are read
ROLES = {
    "factors": "workbook.sheet_factors",
    "data": "workbook.sheet_data",
    "cells": "workbook.sheet_cells",
}


def read(name: str, content: bytes, scenario: Scenario) -> Scenario:
    """The scenario with the tables of an uploaded file, .xlsx or .csv, in place of its own.

    A CSV file holds the data table.  A workbook's sheets are recognised by name; a single sheet is the
    data.  Raises ScenarioError with every problem found, each with file, sheet, row and column.
    """
    covers_format_1(scenario, "beyond.surface.upload")
    file = shown_name(name)
    sheets = _sheets(file, read_sheets(name, content))
    problems: list[Problem] = []
    described: dict[tuple[int, str], Factor] = {}
    made: Scenario | None = None
    for role, sheet in sheets.items():
        try:
            header, rows = _headed(file, sheet, role)
            if role == "factors":
                described = describe(scenario, header, rows, file)
            elif role == "data":
                made = with_table(scenario, header, rows, file, described=[*described.values()])
            else:
                made = with_cells(made or scenario, header, rows, file)
        except ScenarioError as error:
            found = _on_sheet(error, sheet)
            if role == "cells" and problems:  # additions of the other sheets are not known
                found = [p for p in found if p.key not in ("recipient_unknown", "column_unknown")]
            problems += found
    if not problems and made is not None:
        try:
            all_there(described, made, file)
        except ScenarioError as error:
            problems += _on_sheet(error, sheets["factors"])
    if problems or made is None:
        raise ScenarioError(problems[:MOST_PROBLEMS])
    return made


# --- sheets -----------------------------------------------------------------------------------------


def _sheets(file: str, sheets: list[Sheet]) -> dict[str, Sheet]:
    """The sheets by role, recognised by name; a single sheet is the data."""
    names = {plain_name(book.say(key)): role for role, key in ROLES.items() for book in BOOKS}
    found: dict[str, Sheet] = {}
    problems: list[Problem] = []
    for sheet in sheets:
        role = names.get(plain_name(sheet.name))
        if role is None:
            continue
        if sheet.hidden:
            problems.append(Problem("sheet_hidden", {}, file, {"sheet": sheet.name}))
        elif role in found:
            details = {"first": found[role].name, "second": sheet.name}
            problems.append(Problem("sheet_twice", details, file))
        else:
            found[role] = sheet
    if problems:
        raise ScenarioError(problems)
    seen = [sheet for sheet in sheets if not sheet.hidden]
    if not seen:
        wrong(file, "sheet_none")
    if len(seen) == 1:
        found = found or {"data": seen[0]}
    if "data" not in found:
        others = [sheet.name for sheet in seen][:10]
        wrong(file, "sheet_missing", name=text_of("workbook.sheet_data"), found=others)
    return {role: found[role] for role in ROLES if role in found}


def _headed(file: str, sheet: Sheet, role: str) -> tuple[list[str], list[Row]]:
    """The header and the rows of a sheet; refuses merged cells and headings in more than one row."""
    problems: list[Problem] = []
    if sheet.merged:
        problems.append(Problem("sheet_merged", {"names": sheet.merged[:10]}, file))
    if role == "data" and sheet.lines and sheet.lines[0][0] == 1:
        row = _second_header(sheet.lines)
        if row is not None:
            problems.append(Problem("header_rows", {}, file, {"row": row}))
    problems += mixed(sheet.lines, sheet.percents, file, {}).values()
    if problems:
        raise ScenarioError(problems)
    return headed(file, sheet.lines, may_be_empty=role != "data")


def _second_header(lines: list[Row]) -> int | None:
    """The number of the row that seems to hold headings or a title beside the one row that should."""

    def place(row: list[str]) -> int | None:
        own = (i for i, cell in enumerate(row) if words(REGISTER).get(plain_name(cell)) == "recipient")
        return next(own, None)

    header, *others = lines[:4]
    at = place(header[1])
    if at is None:
        return header[0] if any(place(row) is not None for _, row in others) else None
    if not others:
        return None
    number, row = others[0]
    if at < len(row) and row[at] and place(row) == at:
        return number
    # units or parts of headings below the headings
    texts = [cell for cell in row if cell]
    bare = at < len(row) and not row[at] and texts and not any(c.isdigit() for cell in texts for c in cell)
    return number if bare else None


def _on_sheet(error: ScenarioError, sheet: Sheet) -> list[Problem]:
    """The problems with the sheet's name, in the words for a spreadsheet's cells."""
    if not sheet.name:
        return list(error.problems)
    keys = {"cell_formula": "cell_unvalued"}
    placed = error.within(sheet=sheet.name).problems
    return [replace(p, key=keys.get(p.key, p.key)) for p in placed]
