"""A new scenario folder for people to fill in: TOML with remarks, CSV files, the factor table for Excel."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from allocator.core.model import Scenario
from allocator.core.parts import Factor, Text
from allocator.files.scenario.json_schema import scenario_schema
from allocator.files.scenario.save import csv_bytes, put_files, recipient_rows, tables, toml_bytes
from allocator.files.scenario.schema import FORMAT
from allocator.files.sheets.headings import CELL_COLUMNS, heading
from allocator.files.upload.template import workbook
from allocator.text import EN, ZH, Phrasebook, both

_WEIGHTS = {"investment": 40, "tax": 40, "employment": 10, "effort": 10}
_NAMES = {
    "investment": "new.investment",
    "tax": "new.tax",
    "employment": "new.employment",
    "effort": "new.effort",
}


def new_folder(folder: Path, book: Phrasebook, like: Scenario | None = None) -> Path:
    """Makes the folder and returns the path of its scenario file.

    With ``like`` it copies the rule, recipients and factors, but no factor values, sources, published or
    previous amounts, so that nothing in it passes for data.  Raises ScenarioError where the folder holds
    something already.
    """
    if like is None:
        content, recipients = _blank(book)
    else:
        content = tables(like, ["recipients.csv", "factors.csv"])
        recipients = recipient_rows(like)
        for table in content["factor"].values():  # remarks on the old data do not hold for the new
            table.pop("year", None)
            if "formula" not in table:
                table |= {"definition": "…", "status": "assumed", "source": "…"}
        content["title"] = "…"
        content["fund"]["source"] = "…"
        if _takes_previous(like):
            content["data"]["previous"] = "previous.csv"
    columns = list(content["factor"])
    if like is not None:
        columns = [factor.id for factor in like.factors if factor.formula is None]
    cells = [["recipient", *columns], *([row[0], *("" for _ in columns)] for row in recipients[1:])]
    remarks = {
        "": book.say("new.head"),
        "fund": book.say("new.fund"),
        "method": book.say("new.method"),
        "data": book.say("new.data"),
        "factor": book.say("new.factor"),
        "reservation": book.say("new.reservation"),
    }
    files = {
        "scenario.schema.json": json.dumps(scenario_schema(), indent=2).encode() + b"\n",
        "recipients.csv": csv_bytes(recipients),
        "factors.csv": csv_bytes(cells),
        "factors.xlsx": _workbook(cells, content["factor"], book),
    }
    if "previous" in content["data"]:
        files["previous.csv"] = csv_bytes(
            [["recipient", "amount"], *([row[0], ""] for row in recipients[1:])]
        )
    files["scenario.toml"] = b"#:schema ./scenario.schema.json\n" + toml_bytes(content, remarks)
    put_files(folder, files)
    return folder / "scenario.toml"


def _takes_previous(scenario: Scenario) -> bool:
    """True where a limit, a formula or a condition goes by last year's amounts."""
    formulas = [*scenario.conditions.values(), *(f.formula for f in scenario.factors if f.formula)]
    named = any("previous" in (*formula.names, *formula.columns) for formula in formulas)
    return any(limit.of == "previous" for limit in scenario.limits) or (
        named and scenario.previous is not None
    )


def _blank(book: Phrasebook) -> tuple[dict[str, Any], list[list[str]]]:
    """The tables and recipients of a blank scenario; its amount of 0 is refused until it is filled in."""
    content = {
        "format": FORMAT,
        "title": book.say("new.title"),
        "fund": {"name": "…", "amount": 0, "currency": "CNY", "unit": 10_000, "source": "…"},
        "method": {"kind": "shares"},
        "weights": dict(_WEIGHTS),
        "data": {"recipients": "recipients.csv", "factors": "factors.csv"},
        "factor": {
            id: {
                "name": {"zh": ZH.say(key), "en": EN.say(key)},
                "unit": "…",
                "definition": "…",
                "status": "assumed",
                "source": "…",
            }
            for id, key in _NAMES.items()
        },
        "reservation": [{"name": book.say("new.department"), "amount": 0}],
    }
    rows = [["recipient", "name_zh", "name_en", "kind", "aliases"]]
    for n in (1, 2, 3):
        names = both("new.recipient", number=n)
        rows.append([f"r{n}", *names, "district", ""])
    return content, rows


def _workbook(cells: list[list[str]], described: dict[str, Any], book: Phrasebook) -> bytes:
    """The workbook of the app's Data page; its data sheet is factors.csv, so that it can be saved as that."""
    header, *rows = cells
    factors = []
    for id in header[1:]:
        about = dict(described.get(id, {}))
        names = {key: _text(about[key]) for key in ("name", "unit", "definition", "source") if key in about}
        factors.append(Factor(id, (), **about | names))
    remarks = [heading(column, CELL_COLUMNS, book) for column in CELL_COLUMNS]
    return workbook((header, rows), factors, (remarks, []), book, book.say("new.notes"))


def _text(value: str | dict[str, str]) -> Text:
    return Text(**value) if isinstance(value, dict) else Text(value)
