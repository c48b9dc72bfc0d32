"""Tables as offices keep them, made by the tests: the figures that must come out are those put in here."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from xml.sax.saxutils import escape

import xlsxwriter

from allocator import load_scenario
from allocator.files.understanding.model import Options, Understanding
from allocator.files.understanding.understand import understand

ROOT = Path(__file__).parent.parent.parent
RULE = ROOT / "scenarios" / "luzhou-2023" / "published-rule.toml"
LUZHOU = load_scenario(RULE)
NAMES = [recipient.name.zh for recipient in LUZHOU.recipients]
IDS = list(LUZHOU.ids)
HEADS = [factor.name.zh for factor in LUZHOU.factors]
FACTORS = [factor.id for factor in LUZHOU.factors]
VALUES = [[Fraction(1237 + 911 * i + 77 * j + 13 * i * j, 1) for j in range(4)] for i in range(len(NAMES))]
PERCENT, MONEY, SCALED = "0.00%", '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "0!.0,"


def plain(heading: str = "区县（园区）") -> list[list[object]]:
    """The plainest table: a row of headings and a row for each recipient."""
    return [[heading, *HEADS], *([name, *map(int, row)] for name, row in zip(NAMES, VALUES, strict=True))]


def sums() -> list[int]:
    return [int(sum(column)) for column in zip(*VALUES, strict=True)]


def xlsx(
    *sheets: Sequence[Sequence[object]],
    names: Sequence[str] = (),
    merged: Iterable[str] = (),
    formats: dict[tuple[int, int], str] | None = None,
    hidden_columns: Iterable[int] = (),
    hidden_rows: Iterable[int] = (),
    at: tuple[int, int] = (0, 0),
) -> bytes:
    """A workbook; a text that begins with = is a formula without a value."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True})
    for number, rows in enumerate(sheets):
        sheet = book.add_worksheet(names[number] if names else None)
        styles = {code: book.add_format({"num_format": code}) for code in set((formats or {}).values())}
        for i, row in enumerate(rows):
            for j, value in enumerate(row):
                style = styles.get((formats or {}).get((i, j), ""))
                where = i + at[0], j + at[1]
                if isinstance(value, str) and value.startswith("="):
                    sheet.write_formula(*where, value, style, "")
                elif isinstance(value, str):
                    sheet.write_string(*where, value, style)
                elif value is not None:
                    sheet.write_number(*where, float(value), style)
        for area in merged:
            first = area.partition(":")[0]
            column, line = ord(first[0]) - 65, int(first[1:]) - 1
            text = rows[line - at[0]][column - at[1]]
            sheet.merge_range(area, text)
        for column in hidden_columns:
            sheet.set_column(column, column, None, None, {"hidden": True})
        for line in hidden_rows:
            sheet.set_row(line, None, None, {"hidden": True})
    book.close()
    return made.getvalue()


def text(rows: Sequence[Sequence[object]], mark: str = ",", encoding: str = "utf-8-sig") -> bytes:
    def cell(value: object) -> str:
        return f'"{value}"' if mark in str(value) or "\n" in str(value) else str(value)

    quoted = [[cell(value) for value in row] for row in rows]
    return "\r\n".join(mark.join(row) for row in quoted).encode(encoding)


def ods(rows: Sequence[Sequence[object]], columns: str = "", extra: str = "", sheets: str = "") -> bytes:
    """An OpenDocument spreadsheet, its values as such programs write them."""
    space = "urn:oasis:names:tc:opendocument:xmlns"
    spaces = "".join(f' xmlns:{name}="{space}:{name}:1.0"' for name in ("office", "table", "text"))
    lines = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
    table = f'<table:table table:name="表">{columns}{lines}{extra}</table:table>{sheets}'
    content = (
        f"<office:document-content{spaces}><office:body><office:spreadsheet>{table}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    return made.getvalue()


def _ods_cell(value: object) -> str:
    if value in (None, ""):
        return "<table:table-cell/>"
    kind = "string" if isinstance(value, str) else "float"
    number = "" if kind == "string" else f' office:value="{value}"'
    shown = f"<text:p>{escape(str(value))}</text:p>"
    return f'<table:table-cell office:value-type="{kind}"{number}>{shown}</table:table-cell>'


def xls(rows: Sequence[Sequence[object]], formats: dict[tuple[int, int], str] | None = None) -> bytes:
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("表")
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            style = xlwt.easyxf(num_format_str=(formats or {}).get((i, j), "General"))
            if value not in (None, ""):
                sheet.write(i, j, value, style)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def read(content: bytes, name: str = "a.xlsx", *, alone: bool = False, **options: object) -> Understanding:
    """What is understood, against the scenario of Luzhou, or ``alone``."""
    return understand(name, content, Options(**options), None if alone else LUZHOU)  # type: ignore[arg-type]


def figures(made: Understanding) -> dict[str, list[Fraction | None]]:
    return {
        id: [Fraction(row[factor]) if factor in row else None for factor in made.factors]
        for id, row in made.values.items()
    }


def expected() -> dict[str, list[Fraction]]:
    return dict(zip(IDS, VALUES, strict=True))


def keys(made: Understanding, part: str) -> list[str]:
    return [statement.key for statement in getattr(made, part)]
