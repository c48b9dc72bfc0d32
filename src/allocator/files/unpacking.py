"""What an Excel workbook is made of, looked through before its reader sees it.

The reader (calamine) takes a sheet's last cell for its size: one cell in the last row and column of a sheet
of a few kilobytes ends the whole program for want of memory.  It also shows a formula that was never worked
out, and one that failed, as blank.  So each part is unpacked up to a limit, its cells are counted, and what
the reader would not tell is noted.
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from xml.parsers import expat

from allocator.files.reading import wrong

MOST_ROWS = 5_000  # more recipients than any fund has, and what the page still bears
MOST_COLUMNS = 200
LARGEST_UNPACKED_MB = 60
MOST_PARTS = 1_000
MOST_TAGS = 4_000_000  # about what fits into the largest upload, and some seconds of looking through
_DEEPEST = 100

_BOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_DOCTYPE = re.compile(b"<!doctype", re.IGNORECASE)
_CELL = re.compile("([A-Za-z]{1,3})([0-9]{1,7})")


@dataclass
class Part:
    """A sheet as it stands in the file: its filled area, and the cells that the reader shows as blank."""

    rows: int = 0
    columns: int = 0
    unseen: dict[tuple[int, int], str] = field(default_factory=dict)


def unpack(file: str, content: bytes, most_rows: int = MOST_ROWS) -> tuple[bytes, dict[str, Part]]:
    """The workbook with nothing but its XML, not compressed, and its sheets by name.

    Raises ScenarioError for whatever is no workbook of bearable size.
    """
    parts = _parts(file, content)
    if sum(xml.count(b"<") for xml in parts.values()) > MOST_TAGS:
        wrong(file, "upload_bomb", limit=LARGEST_UNPACKED_MB, parts=MOST_PARTS)
    if not any(name.lower() == _BOOK for name in parts):
        wrong(file, "upload_not_xlsx")
    if any(_DOCTYPE.search(xml) for xml in parts.values()):  # no program writes one, and entities need one
        wrong(file, "upload_broken")
    try:
        sheets = {name: _look(xml) for name, xml in parts.items() if b"sheetData" in xml}
        names = _sheet_names(parts)
    except (expat.ExpatError, ValueError, LookupError):
        wrong(file, "upload_broken")
    shown = {path.lower(): name for name, path in names}
    for path, part in sheets.items():
        if part.rows > most_rows or part.columns > MOST_COLUMNS:
            sheet = shown.get(path.lower())
            at = {} if sheet is None else {"sheet": sheet}
            wrong(file, "sheet_large", at, rows=most_rows, columns=MOST_COLUMNS)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:  # what is read is what was looked through, byte for byte
        for name, xml in parts.items():
            archive.writestr(zipfile.ZipInfo(name), xml)
    by_path = {path.lower(): part for path, part in sheets.items()}
    return packed.getvalue(), {name: by_path.get(path.lower(), Part()) for name, path in names}


def _parts(file: str, content: bytes) -> dict[str, bytes]:
    """The XML parts by their names; no more than the limit is ever unpacked."""
    parts: dict[str, bytes] = {}
    left = LARGEST_UNPACKED_MB * 2**20
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_PARTS:
                wrong(file, "upload_bomb", limit=LARGEST_UNPACKED_MB, parts=MOST_PARTS)
            for entry in entries:
                if entry.flag_bits & 1:
                    wrong(file, "upload_old")
                name = entry.filename.replace("\\", "/")
                if not name.lower().endswith((".xml", ".rels")) or name in parts:
                    continue
                if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    wrong(file, "upload_broken")
                with archive.open(entry) as part:
                    parts[name] = part.read(left + 1)
                left -= len(parts[name])
                if left < 0:
                    wrong(file, "upload_bomb", limit=LARGEST_UNPACKED_MB, parts=MOST_PARTS)
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, OSError, ValueError):
        wrong(file, "upload_broken")
    return parts


def _sheet_names(parts: dict[str, bytes]) -> list[tuple[str, str]]:
    """The sheets' names, each with the path of its part."""
    lower = {name.lower(): xml for name, xml in parts.items()}
    targets: dict[str, str] = {}
    names: list[tuple[str, str]] = []

    def relation(name: str, given: dict[str, str]) -> None:
        if _local(name) == "Relationship":
            targets[given["Id"]] = posixpath.normpath(posixpath.join("/xl", given["Target"])).lstrip("/")

    def sheet(name: str, given: dict[str, str]) -> None:
        if _local(name) == "sheet":
            ids = [value for key, value in given.items() if _local(key) == "id" and ":" in key]
            names.append((given["name"], targets.get(ids[0], "") if ids else ""))

    for path, handler in ((_RELATIONS, relation), (_BOOK, sheet)):
        parser = expat.ParserCreate()
        parser.StartElementHandler = handler
        parser.Parse(lower.get(path, b""), True)
    return names


def _look(xml: bytes) -> Part:
    """Counts the filled cells of a part, and notes formulas without a value and with an error for one."""
    part = Part()
    row = column = depth = 0
    kind, formula, value, filled = "", None, "", False
    inside = ""

    def start(name: str, given: dict[str, str]) -> None:
        nonlocal row, column, depth, kind, formula, value, filled, inside
        depth += 1
        if depth > _DEEPEST:
            raise ValueError("nested without end")
        name = _local(name)
        if name == "row":
            row, column = int(given.get("r", row + 1)), 0
        elif name == "c":
            place = _CELL.fullmatch(given.get("r", ""))
            if place is None and "r" in given:
                raise ValueError("not a place in a sheet")
            column = column + 1 if place is None else _number(place[1])
            row = row if place is None else int(place[2])
            kind, formula, value, filled = given.get("t", ""), None, "", False
        elif name in ("f", "v", "is"):
            filled, inside = True, name
            formula = "" if name == "f" else formula

    def text(data: str) -> None:
        nonlocal formula, value
        if inside == "v":
            value = (value + data)[:100]
        elif inside == "f":
            formula = ((formula or "") + data)[:100]

    def end(name: str) -> None:
        nonlocal depth, inside
        depth -= 1
        name = _local(name)
        if name == inside:
            inside = ""
        elif name == "c" and filled:
            part.rows, part.columns = max(part.rows, row), max(part.columns, column)
            if kind == "e":
                part.unseen[row, column] = value
            elif formula is not None and not value and kind != "str":
                part.unseen[row, column] = "=" + formula

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.CharacterDataHandler = text
    parser.EndElementHandler = end
    parser.Parse(xml, True)
    return part


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _number(letters: str) -> int:
    """The number of a column.

    >>> _number("A"), _number("AA")
    (1, 27)
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number
