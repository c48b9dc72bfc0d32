"""Rows that a filter hides count, rows that somebody hid are asked about; no hidden duplicate passes."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest
import xlwt

from allocator.files.sheets.grids.files import grids_of
from allocator.files.understanding.model import Options, Understanding
from allocator.files.understanding.understand import understand_grids
from allocator.text import LANGUAGES, Phrasebook

ROWS = [["区县", "投资", "税收"], ["甲县", 1, 2], ["乙区", 3, 4], ["丙县", 30, 40], ["丁县", 5, 6]]


def xlsx(rows: list[list[object]], *, filtered: bool) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    sheet.row_dimensions[4].hidden = True
    if filtered:
        sheet.auto_filter.ref = "A1:C5"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def ods(rows: list[list[object]], *, filtered: bool) -> bytes:
    def cell(value: object) -> str:
        kind = "string" if isinstance(value, str) else "float"
        number = "" if isinstance(value, str) else f' office:value="{value}"'
        text = f"<text:p>{value}</text:p>"
        return f'<table:table-cell office:value-type="{kind}"{number}>{text}</table:table-cell>'

    hidden = f' table:visibility="{"filter" if filtered else "collapse"}"'
    lines = "".join(
        f"<table:table-row{hidden if at == 4 else ''}>{''.join(map(cell, row))}</table:table-row>"
        for at, row in enumerate(rows, 1)
    )
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{names} office:version="1.2">'
        f'<office:body><office:spreadsheet><table:table table:name="表">{lines}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as parts:
        parts.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        parts.writestr("content.xml", content)
    return made.getvalue()


FORMATS = {"a.xlsx": xlsx, "a.ods": ods}


def understood(name: str, rows: list[list[object]], *, filtered: bool, **options: str) -> Understanding:
    content = FORMATS[name](rows, filtered=filtered)
    return understand_grids(name, grids_of(name, content), Options(**options), None)


@pytest.mark.parametrize("name", FORMATS)
def test_rows_of_a_filter_count_and_that_is_said(name: str) -> None:
    made = understood(name, ROWS, filtered=True)
    assert made.is_settled and list(made.values) == ["甲县", "乙区", "丙县", "丁县"]
    assert made.values["丙县"] == {"投资": "30", "税收": "40"}
    (said,) = (each for each in made.treated if each.key == "rows_filtered")
    assert all("4" in said.sentence(Phrasebook(lang)) for lang in LANGUAGES)
    left = understood(name, ROWS, filtered=True, hidden="leave")
    assert list(left.values) == ["甲县", "乙区", "丁县"]


@pytest.mark.parametrize("name", FORMATS)
def test_rows_that_somebody_hid_are_asked_about(name: str) -> None:
    made = understood(name, ROWS, filtered=False)
    assert [each.key for each in made.decisions] == ["hidden_rows"]


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("filtered", [True, False])
def test_a_hidden_duplicate_does_not_pass(name: str, filtered: bool) -> None:
    rows = [row if row[0] != "丙县" else ["乙区", 30, 40] for row in ROWS]
    made = understood(name, rows, filtered=filtered)
    assert [(each.key, each.at) for each in made.problems] == [("recipient_twice", "A4")]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("hidden", [True, False])
def test_an_old_workbook_does_not_tell_a_filter_from_a_hand_and_says_so(lang: str, hidden: bool) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("表")
    for at, row in enumerate(ROWS):
        for column, value in enumerate(row):
            sheet.write(at, column, value)
    sheet.row(3).hidden = hidden
    content = io.BytesIO()
    book.save(content)
    made = understand_grids("a.xls", grids_of("a.xls", content.getvalue()), Options(), None)
    said = [each.sentence(Phrasebook(lang)) for each in made.treated if each.key == "unseen_filters"]
    assert [each.key for each in made.decisions] == (["hidden_rows"] if hidden else [])
    assert len(said) == hidden and all("4" in sentence for sentence in said)
