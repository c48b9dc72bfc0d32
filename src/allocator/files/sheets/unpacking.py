"""Makes a workbook safe for its reader: scans its parts, and rebuilds it from them.

The reader (calamine) takes a sheet's last cell for its size and copies a text into every cell that has it, so
a few kilobytes can exhaust the memory.  It also shows a formula that was never calculated, and one that
failed, as blank.  So the unpacked size is added up first, and such cells are noted.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from xml.parsers import expat

from allocator.files.parsing import wrong
from allocator.files.sheets.archive import Archive, opened, unpacked
from allocator.files.sheets.cells import MOST_MERGED, MOST_UNSEEN, Part, look
from allocator.files.sheets.number_formats import style_codes
from allocator.files.sheets.xml import Book, TooMuch, book, check_runs, lengths

MOST_ROWS = 5_000  # more recipients than any fund has, and as many as the page can show
MOST_COLUMNS = 200
MOST_TAGS = 4_000_000  # about as many as fit into the largest upload; some seconds of scanning
MOST_CELLS = 4_000_000  # of all sheets from their first cell to the last, including blank ones
MOST_CHARACTERS = 30_000_000  # of all cells; a shared text counts for each
_MOST_OTHER_TAGS = 1_000_000  # of formats, names and the like

_BOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def unpack(
    file: str, content: bytes, notable: Callable[[str], bool], most_rows: int = MOST_ROWS
) -> tuple[bytes, list[Part]]:
    """The workbook rebuilt from its cells, texts and formats, and the scan of each sheet.

    The scan notes the cells in formats that are ``notable``.  The workbook is not compressed, and its sheets
    are named by their number from 0.  Raises ScenarioError for anything that is not one within the limits.
    """
    archive = opened(file, content)
    if _BOOK not in archive.parts:
        wrong(file, "upload_not_xlsx")
    try:
        said, xml = _parts(archive)
        shared = lengths(xml[said.strings]) if xml[said.strings] else ()
        styles = style_codes(xml[said.styles]) if xml[said.styles] else {}
        codes = {style: code for style, code in styles.items() if notable(code)}
        sheets = []
        for listed in said.sheets:
            sheets.append(Part(listed.name, listed.state != "visible"))
            look(xml[listed.part], shared, codes, sheets[-1])
            _check(file, sheets, most_rows)
    except TooMuch as error:
        wrong(file, error.key, limit=error.limit)
    except (expat.ExpatError, ValueError, LookupError, OverflowError):
        wrong(file, "upload_broken")
    return _packed(said, xml), sheets


def _parts(archive: Archive) -> tuple[Book, dict[str, bytes]]:
    """The list of the workbook's sheets, and the parts that hold its cells, texts and formats."""
    file = archive.file
    head = [unpacked(archive, name) for name in (_BOOK, _RELATIONS)]
    for part in head:
        _count(file, part.count(b"<"), _MOST_OTHER_TAGS)
    said = book(*head)
    names = [sheet.part for sheet in said.sheets]
    if any(name not in archive.parts for name in names):
        raise LookupError("a sheet that is not there")
    xml = {name: unpacked(archive, name) for name in [*names, said.strings, said.styles]}
    _count(file, xml[said.styles].count(b"<"), _MOST_OTHER_TAGS)
    _count(file, sum(part.count(b"<") for part in xml.values()), MOST_TAGS)
    for part in xml.values():
        check_runs(part)
    return said, xml


def _count(file: str, found: int, most: int) -> None:
    if found > most:
        wrong(file, "upload_cells", limit=MOST_CELLS)


def _check(file: str, sheets: list[Part], most_rows: int) -> None:
    """Refuses sheets that are too large for the reader, the last one alone or all together."""
    last = sheets[-1]
    if last.rows > most_rows or last.columns > MOST_COLUMNS:
        wrong(file, "sheet_large", {"sheet": last.name}, rows=most_rows, columns=MOST_COLUMNS)
    _count(file, sum(sheet.rows * sheet.columns for sheet in sheets), MOST_CELLS)
    for found, key, most in (
        (sum(sheet.characters for sheet in sheets), "upload_characters", MOST_CHARACTERS),
        (sum(len(sheet.merged) for sheet in sheets), "upload_merged", MOST_MERGED),
        (sum(len(sheet.unseen) for sheet in sheets), "upload_unseen", MOST_UNSEEN),
    ):
        if found > most:
            wrong(file, key, limit=most)


def _packed(said: Book, xml: dict[str, bytes]) -> bytes:
    """The rebuilt workbook: every path to a part is ours, so only scanned parts are read."""
    days = ' date1904="1"' if said.from_1904 else ""
    numbers = range(len(said.sheets))
    listed = "".join(f'<sheet name="{i}" sheetId="{i + 1}" r:id="r{i}"/>' for i in numbers)
    ways = {f"r{i}": ("worksheet", f"worksheets/sheet{i}.xml") for i in numbers}
    parts = {f"xl/worksheets/sheet{i}.xml": sheet.part for i, sheet in enumerate(said.sheets)}
    for kind, name in (("sharedStrings", said.strings), ("styles", said.styles)):
        if xml[name]:
            ways[kind] = kind, f"{kind}.xml"
            parts[f"xl/{kind}.xml"] = name
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as to:
        _put(to, "_rels/.rels", _ways({"r": ("officeDocument", _BOOK)}))
        head = f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><workbookPr{days}/><sheets>'
        _put(to, _BOOK, f"{head}{listed}</sheets></workbook>".encode())
        _put(to, _RELATIONS, _ways(ways))
        for name, part in parts.items():
            _put(to, name, xml.pop(part))  # released once written, or it would all be held twice
    return made.getvalue()


def _ways(to: dict[str, tuple[str, str]]) -> bytes:
    each = "".join(
        f'<Relationship Id="{id}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for id, (kind, target) in to.items()
    )
    return f'<Relationships xmlns="{_PACKAGE}">{each}</Relationships>'.encode()


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name), content)
