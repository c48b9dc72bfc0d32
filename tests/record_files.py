"""Lists of records as offices keep them, made by the tests in every kind of file."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
import xlwt

Rows = Sequence[Sequence[object]]
KINDS = ("xlsx", "xls", "et", "ods", "csv", "tsv", "txt", "gb")
TEXTS = KINDS[4:]


def made(kind: str, rows: Rows, merged: Iterable[str] = (), more: Sequence[tuple[str, Rows]] = ()) -> bytes:
    """A file of a kind with these rows; ``more`` are further sheets, for workbooks."""
    sheets = [("清单", rows), *more]
    if kind in TEXTS:
        return text(kind, rows)
    if kind == "ods":
        return ods(sheets, merged)
    return xlsx(sheets, merged) if kind == "xlsx" else xls(sheets, merged)


def name(kind: str) -> str:
    return f"清单.{'csv' if kind == 'gb' else kind}"


def xlsx(sheets: Sequence[tuple[str, Rows]], merged: Iterable[str] = ()) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append([None if cell == "" else cell for cell in row])
    for area in merged:
        book.worksheets[0].merge_cells(area)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def xls(sheets: Sequence[tuple[str, Rows]], merged: Iterable[str] = ()) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    areas = [openpyxl.utils.range_boundaries(area) for area in merged]
    for number, (title, rows) in enumerate(sheets):
        sheet = book.add_sheet(title)
        for i, row in enumerate(rows):
            for j, cell in enumerate(row):
                if cell not in (None, ""):
                    style = day if isinstance(cell, date) else xlwt.Style.default_style
                    sheet.write(i, j, cell, style)
        for left, top, right, last in areas if number == 0 else ():
            sheet.merge(top - 1, last - 1, left - 1, right - 1)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def ods(sheets: Sequence[tuple[str, Rows]], merged: Iterable[str] = ()) -> bytes:
    space = "urn:oasis:names:tc:opendocument:xmlns"
    spaces = "".join(f' xmlns:{name}="{space}:{name}:1.0"' for name in ("office", "table", "text"))
    spans = {}
    for left, top, right, last in map(openpyxl.utils.range_boundaries, merged):
        spans[top, left] = (
            f' table:number-columns-spanned="{right - left + 1}" table:number-rows-spanned="{last - top + 1}"'
        )
    tables = []
    for number, (title, rows) in enumerate(sheets):
        lines = "".join(
            "<table:table-row>"
            + "".join(_ods_cell(c, "" if number else spans.get((i, j), "")) for j, c in enumerate(row, 1))
            + "</table:table-row>"
            for i, row in enumerate(rows, 1)
        )
        tables.append(f'<table:table table:name="{title}">{lines}</table:table>')
    content = (
        f"<office:document-content{spaces}><office:body><office:spreadsheet>{''.join(tables)}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as to:
        to.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        to.writestr("content.xml", content)
    return archive.getvalue()


def _ods_cell(value: object, span: str) -> str:
    if value in (None, ""):
        return f"<table:table-cell{span}/>"
    kinds: dict[type, str] = {str: "string", datetime: "date", date: "date"}
    kind = kinds.get(type(value), "float")
    held = {
        "string": "",
        "date": f' office:date-value="{str(value)[:10]}"',
        "float": f' office:value="{value}"',
    }
    shown = f"<text:p>{escape(str(value))}</text:p>"
    return f'<table:table-cell{span} office:value-type="{kind}"{held[kind]}>{shown}</table:table-cell>'


def text(kind: str, rows: Rows) -> bytes:
    """A text as a spreadsheet writes it: every line as wide as the widest."""
    mark, encoding = {
        "csv": (",", "utf-8-sig"), "tsv": ("\t", "utf-8"), "txt": ("\t", "utf-16"), "gb": (",", "gb18030"),
    }[kind]  # fmt: skip
    wide = max(map(len, rows))
    made = io.StringIO()
    writer = csv.writer(made, delimiter=mark)
    for row in rows:
        writer.writerow([_written(cell) for cell in row] + [""] * (wide - len(row)))
    return made.getvalue().encode(encoding)


def _written(cell: object) -> Any:
    if isinstance(cell, date):
        return f"{cell.year}/{cell.month}/{cell.day}"
    return "" if cell is None else cell
