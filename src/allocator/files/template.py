"""A new scenario folder for people to fill in: TOML with remarks, CSV files, the factor table for Excel."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from allocator.files.format import FORMAT, scenario_schema
from allocator.files.writing import csv_bytes, put_files, recipient_rows, tables, toml_bytes
from allocator.model import Scenario
from allocator.text import say

_WEIGHTS = {"investment": 40, "tax": 40, "employment": 10, "effort": 10}


def new_folder(folder: Path, lang: str, like: Scenario | None = None) -> Path:
    """Makes the folder and returns the path of its scenario file.

    With ``like`` it takes over everything but the factor values and what was published, so that nothing in
    the new folder passes for data.  Raises ScenarioError where the folder holds something already.
    """
    if like is None:
        content, recipients = _blank(lang)
    else:
        content = tables(like, ["recipients.csv", "factors.csv"])
        recipients = recipient_rows(like)
        for table in content["factor"].values():  # what is said of the old data is not said of the new
            table.pop("year", None)
            table |= {"definition": "…", "status": "assumed", "source": "…"}
        content["title"] = "…"
        content["fund"]["source"] = "…"
        if any(limit.get("of") == "previous" for limit in content.get("limit", ())):
            content["data"]["previous"] = "previous.csv"
    columns = list(content["factor"]) if like is None else [factor.id for factor in like.factors]
    cells = [["recipient", *columns], *([row[0], *("" for _ in columns)] for row in recipients[1:])]
    remarks = {key: say(f"new.{key}", lang) for key in ("fund", "method", "data", "factor", "reservation")}
    remarks[""] = say("new.head", lang)
    files = {
        "scenario.schema.json": json.dumps(scenario_schema(), indent=2).encode() + b"\n",
        "recipients.csv": csv_bytes(recipients),
        "factors.csv": csv_bytes(cells),
        "factors.xlsx": _workbook(cells, lang),
    }
    if "previous" in content["data"]:
        files["previous.csv"] = csv_bytes(
            [["recipient", "amount"], *([row[0], ""] for row in recipients[1:])]
        )
    files["scenario.toml"] = b"#:schema ./scenario.schema.json\n" + toml_bytes(content, remarks)
    put_files(folder, files)
    return folder / "scenario.toml"


def _blank(lang: str) -> tuple[dict[str, Any], list[list[str]]]:
    """The tables and recipients of a scenario that is all to be filled in: the amount 0 is refused."""
    content = {
        "format": FORMAT,
        "title": say("new.title", lang),
        "fund": {"name": "…", "amount": 0, "currency": "CNY", "unit": 10_000, "source": "…"},
        "method": {"kind": "shares"},
        "weights": dict(_WEIGHTS),
        "data": {"recipients": "recipients.csv", "factors": "factors.csv"},
        "factor": {
            id: {
                "name": {"zh": say(f"new.{id}", "zh"), "en": say(f"new.{id}", "en")},
                "unit": "…",
                "definition": "…",
                "status": "assumed",
                "source": "…",
            }
            for id in _WEIGHTS
        },
        "reservation": [{"name": say("new.department", lang), "amount": 0}],
    }
    rows = [["recipient", "name_zh", "name_en", "kind", "aliases"]]
    for n in (1, 2, 3):
        names = [say("new.recipient", name, number=n) for name in ("zh", "en")]
        rows.append([f"r{n}", *names, "district", ""])
    return content, rows


def _workbook(cells: list[list[str]], lang: str) -> bytes:
    """The factor table as an Excel sheet to fill in, and a sheet that says how."""
    import xlsxwriter  # only this command needs it

    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False})
    head = book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1, "locked": True})
    blank = book.add_format({"num_format": "0.##########", "border": 1, "locked": False})
    sheet = book.add_worksheet(say("new.sheet_data", lang))
    for row, line in enumerate(cells):
        for column, cell in enumerate(line):
            if row and column:
                sheet.write_blank(row, column, None, blank)
            else:
                sheet.write_string(row, column, cell, head)
    last_row, last_column = len(cells) - 1, len(cells[0]) - 1
    rule = {"validate": "decimal", "criteria": ">=", "value": 0, "error_message": say("new.bare", lang)}
    if last_column:
        sheet.data_validation(1, 1, last_row, last_column, rule)
    sheet.set_column(0, last_column, 18)
    sheet.freeze_panes(1, 1)
    notes = book.add_worksheet(say("new.sheet_notes", lang))
    notes.set_column(0, 0, 90)
    for row, note in enumerate(say("new.notes", lang).strip().splitlines()):
        notes.write_string(row, 0, note)
    book.close()
    return content.getvalue()
