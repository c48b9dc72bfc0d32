"""LibreOffice for tests: it opens workbooks, computes every formula anew and saves them, or makes PDF."""

from __future__ import annotations

import html
import io
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import xlrd
from processes import finished, running

# threads that wait for each other take the processor too
ONE = {"MAX_CONCURRENCY": "1", "SC_IMPORT_THREADS": "1"}
POISON = "987654.25"  # stands in place of every cached value, so that none can pass for a computed one
# heights, widths, colours and paper, in the part of a sheet
LOOKS = (
    r' spans="[^"]*"| ht="[^"]*"| customHeight="1"'
    r"|<(?:sheetFormatPr|pageMargins|pageSetup|printOptions)[^>]*/>"
    r"|<(sheetPr|cols|mergeCells|conditionalFormatting|dataValidations|headerFooter)\b.*?</\1>"
)
# 0: compute everything on opening; without it, LibreOffice believes the values that it finds
ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""  # noqa: E501


class Absent(Exception):
    """LibreOffice is not on this machine."""


def program() -> str:
    """Where LibreOffice is; raises Absent."""
    found = shutil.which("soffice")
    if found is None:
        raise Absent("soffice is not on the path: install libreoffice-calc, -writer and -impress")
    return found


def computed(files: Mapping[str, bytes]) -> dict[str, openpyxl.Workbook]:
    """The workbooks with the values that LibreOffice finds for their formulas, all in one run of it.

    They are handed over as xls: it holds every number to its last bit, and is written in half the time that
    xlsx takes, with its sixteen thousand columns a sheet.
    """
    made = converted({name: _bare(content) for name, content in files.items()}, "xls")
    return {name: _values(content) for name, content in made.items()}


def _bare(content: bytes) -> bytes:
    """The workbook without what is repeated on every page, without number formats and without looks.

    LibreOffice parts pages by the first as it opens, which takes longer than all formulas; in an xls it
    takes a text that a formula gives in a cell with a number's format for a nought; and it works heights
    out, and writes them for every row that a sheet could have.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        said, styles = old.read("xl/workbook.xml").decode(), old.read("xl/styles.xml").decode()
    said = re.sub(r'<definedName name="_xlnm\.Print_\w+"[^>]*>[^<]*</definedName>', "", said)
    said = said.replace("<definedNames></definedNames>", "")
    styles = re.sub(r'(<xf )numFmtId="\d+"', r'\1numFmtId="0"', styles)
    bare = {name: re.sub(LOOKS, "", part) for name, part in sheets_of(content).items()}
    return _with(content, {"xl/workbook.xml": said, "xl/styles.xml": styles, **bare})


def _values(content: bytes) -> openpyxl.Workbook:
    """What stands in the cells of an xls, as openpyxl says it of an xlsx."""
    old, book = xlrd.open_workbook(file_contents=content), openpyxl.Workbook()
    book.remove(book.active)
    for page in old.sheets():
        sheet = book.create_sheet(page.name)
        for row in range(page.nrows):
            for column, cell in enumerate(page.row(row)):
                value = cell.value
                if cell.ctype == xlrd.XL_CELL_ERROR:
                    value = xlrd.error_text_from_code[value]
                elif cell.ctype == xlrd.XL_CELL_BOOLEAN:
                    value = bool(value)
                elif cell.ctype == xlrd.XL_CELL_NUMBER and value.is_integer():
                    value = int(value)
                if value != "":
                    made = sheet.cell(row + 1, column + 1, value)
                    if made.data_type == "f":  # a text that begins with the sign of equality
                        made.data_type = "s"
    return book


def _with(content: bytes, parts: Mapping[str, str]) -> bytes:
    """The file with other texts in some of its parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as new:
        for name in old.namelist():
            new.writestr(name, parts.get(name, old.read(name)))
    return made.getvalue()


def converted(files: Mapping[str, bytes], to: str) -> dict[str, bytes]:
    """The files, all converted by one run of LibreOffice with a profile of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "profile" / "user").mkdir(parents=True)
        (folder / "profile" / "user" / "registrymodifications.xcu").write_text(ALWAYS, "utf-8")
        (folder / "in").mkdir()
        named = {file: file if Path(file).suffix else f"{file}.xlsx" for file in files}
        for file, content in files.items():
            (folder / "in" / named[file]).write_bytes(content)
        command = [
            program(), "--headless", "--norestore", f"-env:UserInstallation=file://{folder}/profile",
            "--convert-to", to, "--outdir", str(folder / "out"),
            *(str(folder / "in" / named[file]) for file in files),
        ]  # fmt: skip
        # its processes write into the profile, which may not be removed before they have all ended
        with (folder / "said").open("w+b") as log:
            with running(command, stdout=log, stderr=log, env=os.environ | ONE) as made:
                finished(made, lambda: sorted(folder.glob("out/*")))
            log.seek(0)
            said = log.read().decode(errors="replace")
        kind = to.partition(":")[0]
        found = {file: folder / "out" / f"{Path(named[file]).stem}.{kind}" for file in files}
        missing = [file for file, path in found.items() if not path.exists()]
        assert not missing, f"LibreOffice did not convert {missing}: {said[-1000:]}"
        return {file: path.read_bytes() for file, path in found.items()}


def poisoned(content: bytes) -> bytes:
    """The workbook with a wrong value cached beside every formula."""
    found = r'(<c r="[A-Z]+\d+"(?: s="\d+")?)(?: t="\w+")?>(<f>[^<]*</f>)<v>[^<]*</v>'
    return _with(
        content,
        {name: re.sub(found, rf"\1>\2<v>{POISON}</v>", said) for name, said in sheets_of(content).items()},
    )


def sheets_of(content: bytes) -> dict[str, str]:
    """The text of every sheet's part of the file, in the order of the sheets."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return {name: book.read(name).decode() for name in book.namelist() if "/worksheets/sheet" in name}


def opened(content: bytes, *, values: bool = True) -> openpyxl.Workbook:
    """The workbook with its values, or with its formulas."""
    return openpyxl.load_workbook(io.BytesIO(content), data_only=values)


@lru_cache(maxsize=4)
def looked_at(content: bytes) -> openpyxl.Workbook:
    """The workbook with its formulas, not to be changed: opened once while it is asked for again."""
    return opened(content, values=False)


def formulas(content: bytes) -> list[str]:
    """Every formula of the workbook, without the sign of equality, straight from its sheets."""
    sheets = sheets_of(content).values()
    return [html.unescape(text) for sheet in sheets for text in re.findall(r"<f[^>]*>([^<]*)</f>", sheet)]


def edited(content: bytes, changes: Mapping[tuple[str, str], float | str | None]) -> bytes:
    """The workbook with something else in some cells, by sheet and cell, as a person would type it.

    All else stays as it was written, with a wrong value cached beside every formula.
    """
    book, content = looked_at(content), poisoned(content)
    parts = sheets_of(content)
    for (sheet, cell), value in changes.items():
        assert book[sheet][cell].data_type == "n", f"{sheet}!{cell} is no figure"
        assert not book[sheet][cell].protection.locked, f"{sheet}!{cell} is not meant to be changed"
        part = f"xl/worksheets/sheet{book.sheetnames.index(sheet) + 1}.xml"
        parts[part], count = re.subn(
            rf'<c r="{cell}"( s="\d+")(?:/>|><v>[^<]*</v></c>)',
            lambda found, at=cell, new=value: f'<c r="{at}"{found[1]}{_typed(new)}',
            parts[part],
        )
        assert count == 1, f"{sheet}!{cell} is not found"
    return _with(content, parts)


def _typed(value: float | str | None) -> str:
    """The end of a cell's element that holds this."""
    if value is None:
        return "/>"
    if isinstance(value, str):
        if value.startswith("="):
            return f"><f>{escape(value[1:])}</f></c>"
        return f' t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f"><v>{value!r}</v></c>"
