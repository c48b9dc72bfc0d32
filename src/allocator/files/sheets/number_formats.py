"""Finds the cells of a workbook that show a percentage, and columns in which only some do.

A cell that shows 2.74 % holds 0.0274; beside a cell that holds 2.74 it would count as a hundredth of it.
The reader of workbooks (calamine) does not report number formats, so they are read from the parts themselves:
only from those that `unpacking` has counted and found without document types.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from xml.parsers import expat

from allocator.core.errors import Problem
from allocator.files.parsing import Row, cell_number
from allocator.files.sheets.cells import number_of

Place = tuple[int, int]

_BOOK, _RELATIONS, _STYLES = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"
_BUILT_IN = {"9": "0%", "10": "0.00%"}  # all other percentages are defined in the file
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_CELL = re.compile("([A-Za-z]{1,3})([0-9]{1,7})")
_TRUE = ("1", "true")
_AREA = re.compile(r"\$?[A-Z]+\$?(\d{1,7}):\$?[A-Z]+\$?(\d{1,7})")
_MOST_HIDDEN = 16_384  # columns, as many as Excel has
_SHOWN = 5  # cells that a sentence names of each kind


@dataclass
class Layout:
    """The layout of a sheet: number formats, hidden rows and columns, all counted from 1.

    ``filtered_rows`` are those that a filter hides, and not among the hidden ones.
    """

    formats: dict[Place, str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    filtered_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)


@lru_cache(1000)
def shows_percent(code: str) -> bool:
    """True if a number format multiplies by a hundred, and does not only write the sign.

    >>> shows_percent("0.00%"), shows_percent('0.00"%"'), shows_percent("0\\\\%"), shows_percent("0%;-0%")
    (True, False, False, True)
    """
    return "%" in _LITERAL.sub("", code)


def percent_cells(workbook: bytes) -> list[frozenset[Place]]:
    """The rows and columns, from 1, of the cells that show a percentage, for each sheet in its order.

    ``workbook`` is one that `unpacking.unpack` gave.
    """
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        names = {name.lower(): name for name in archive.namelist()}

        def part(name: str) -> bytes:
            return archive.read(names[name.lower()]) if name.lower() in names else b""

        paths = _sheets(part(_BOOK), part(_RELATIONS))
        styles = {key for key, code in style_codes(part(_STYLES)).items() if shows_percent(code)}
        if not styles:
            return [frozenset()] * len(paths)
        return [frozenset(layout(part(path), dict.fromkeys(styles, "%")).formats) for path in paths]


def layouts(workbook: bytes, notable: Callable[[str], bool]) -> list[Layout]:
    """The layout of each sheet of a workbook that `unpacking.unpack` gave, with its notable formats."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        names = {name.lower(): name for name in archive.namelist()}

        def part(name: str) -> bytes:
            return archive.read(names[name.lower()]) if name.lower() in names else b""

        codes = {key: code for key, code in style_codes(part(_STYLES)).items() if notable(code)}
        return [layout(part(path), codes) for path in _sheets(part(_BOOK), part(_RELATIONS))]


def mixed(
    lines: Sequence[Row], percents: Collection[Place], file: str, at: Mapping[str, object]
) -> dict[int, Problem]:
    """The problem of each column, from 0, in which some numbers are percentages and some are not.

    The first line is the header.  Zeros count as neither, since they are zero either way.
    """
    columns = {column - 1 for _, column in percents}
    found: dict[int, Problem] = {}
    for column in sorted(columns):
        kinds: dict[bool, list[str]] = {True: [], False: []}
        for number, row in lines[1:]:
            value = cell_number(row[column]) if column < len(row) else "cell_empty"
            if not isinstance(value, str) and value:
                kinds[(number, column + 1) in percents].append(f"{letters(column)}{number}")
        if all(kinds.values()):
            header = lines[0][1][column] if column < len(lines[0][1]) else ""
            where = {**at, **({"column": header} if header else {})}
            shown, plain = kinds[True], kinds[False]
            details = {
                "shown": shown[:_SHOWN],
                "many": len(shown),
                "plain": plain[:_SHOWN],
                "others": len(plain),
            }
            found[column] = Problem("cells_percent", details, file, where)
    return found


@lru_cache(1000)
def letters(column: int) -> str:
    """The letters of a column, counted from 0.

    >>> letters(0), letters(27)
    ('A', 'AB')
    """
    found, column = "", column + 1
    while column:
        column, letter = divmod(column - 1, 26)
        found = chr(65 + letter) + found
    return found


# --- parts ------------------------------------------------------------------------------------------

Start = Callable[[str, dict[str, str]], None]


def _parse(xml: bytes, start: Start, end: Callable[[str], None] | None = None) -> None:
    """Calls back for every element by its name without prefix."""
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, given: start(name.rpartition(":")[2], given)
    if end is not None:
        parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
    if xml:
        parser.Parse(xml, True)


def _sheets(book: bytes, relations: bytes) -> list[str]:
    """The path of each sheet's part, "" where there is none."""
    targets: dict[str, str] = {}
    paths: list[str] = []

    def relation(name: str, given: dict[str, str]) -> None:
        if name == "Relationship":
            targets[given["Id"]] = posixpath.normpath(posixpath.join("/xl", given["Target"])).lstrip("/")

    def sheet(name: str, given: dict[str, str]) -> None:
        if name == "sheet":
            id = next((v for key, v in given.items() if key.rpartition(":")[2] == "id" and ":" in key), "")
            paths.append(targets.get(id, ""))

    _parse(relations, relation)
    _parse(book, sheet)
    return paths


def style_codes(styles: bytes) -> dict[str, str]:
    """The codes of number formats, by the style numbers of cells; plain ones are left out."""
    codes, found = dict(_BUILT_IN), {}
    inside, count = False, 0

    def start(name: str, given: dict[str, str]) -> None:
        nonlocal inside, count
        if name == "numFmt":
            codes[given.get("numFmtId", "")] = given.get("formatCode", "")
        elif name == "cellXfs":
            inside = True
        elif name == "xf" and inside:
            if given.get("numFmtId", "0") in codes:
                found[str(count)] = codes[given.get("numFmtId", "0")]
            count += 1

    def end(name: str) -> None:
        nonlocal inside
        inside = inside and name != "cellXfs"

    _parse(styles, start, end)
    return found


def layout(sheet: bytes, codes: Mapping[str, str]) -> Layout:
    """The layout of a sheet: its number cells in one of these formats, and its hidden rows and columns."""
    found = Layout()
    row = column = 0

    def start(name: str, given: dict[str, str]) -> None:
        nonlocal row, column
        if name == "row":
            row, column = int(given.get("r", row + 1)), 0
            if given.get("hidden") in _TRUE:
                found.hidden_rows.add(row)
        elif name == "autoFilter":  # stands after the rows
            area = _AREA.fullmatch(given.get("ref", ""))
            if area is not None:
                filtered = {row for row in found.hidden_rows if int(area[1]) <= row <= int(area[2])}
                found.hidden_rows -= filtered
                found.filtered_rows |= filtered
        elif name == "col" and given.get("hidden") in _TRUE:
            found.hidden_columns.update(range(int(given["min"]), min(int(given["max"]), _MOST_HIDDEN) + 1))
        elif name == "c":
            place = _CELL.fullmatch(given.get("r", ""))
            if place is None:
                column += 1
            else:
                row, column = int(place[2]), number_of(place[1])
            code = codes.get(given.get("s", ""))
            if code is not None and given.get("t", "n") == "n":
                found.formats[row, column] = code

    _parse(sheet, start)
    return found
