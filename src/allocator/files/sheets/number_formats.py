"""Finds the number formats of a workbook that show a percentage, and columns in which only some cells do.

A cell that shows 2.74 % holds 0.0274; beside a cell that holds 2.74 it would count as a hundredth of it.
The reader of workbooks (calamine) does not report number formats, so they are read from the parts themselves.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from allocator.core.errors import Problem
from allocator.files.parsing import Row, cell_number
from allocator.files.sheets.xml import parse

Place = tuple[int, int]

_BUILT_IN = {"9": "0%", "10": "0.00%"}  # all other percentages are defined in the file
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_SHOWN = 5  # cells that a sentence names of each kind


@lru_cache(1000)
def shows_percent(code: str) -> bool:
    """True if a number format multiplies by a hundred, and does not only write the sign.

    >>> shows_percent("0.00%"), shows_percent('0.00"%"'), shows_percent("0\\\\%"), shows_percent("0%;-0%")
    (True, False, False, True)
    """
    return "%" in _LITERAL.sub("", code)


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


def style_codes(styles: bytes) -> dict[str, str]:
    """The codes of number formats, by the style numbers of cells; plain ones are left out.

    Raises as `xml.parse` does.
    """
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

    parse(styles, start, end)
    return found
