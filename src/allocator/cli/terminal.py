"""Writes results to a terminal, and as JSON and CSV."""

from __future__ import annotations

import csv
import itertools
import json
import sys
import textwrap
import unicodedata
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from allocator.core.exact import exact
from allocator.text import ZH, Phrasebook

if TYPE_CHECKING:
    from allocator.report.tables.table import Table


def jsonable(value: Any) -> Any:
    """Money as an exact JSON number, or as text with two decimals where no float is exact."""
    if isinstance(value, Mapping):
        return {key: jsonable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [jsonable(item) for item in value]
    if not isinstance(value, Fraction):
        return value
    return float(value) if exact(float(value)) == value else ZH.number(value, 2).replace("−", "-")


def print_json(content: object) -> None:
    """Prints plain data as JSON."""
    print(json.dumps(content, ensure_ascii=False, indent=2))


def print_csv(headers: Sequence[str], rows: Sequence[Sequence[str]], remarks: Sequence[str] = ()) -> None:
    """Prints CSV that Excel opens with Chinese intact (UTF-8 with a BOM), with remarks below the figures."""
    sys.stdout.write("\ufeff")
    below = [["", remark, *[""] * (len(headers) - 2)] for remark in ("", *remarks)] if remarks else []
    ends = "\r\n" if sys.platform != "win32" else "\n"
    csv.writer(sys.stdout, lineterminator=ends).writerows([headers, *rows, *below])


def aligned(table: Table | Table, book: Phrasebook) -> list[str]:
    """The table as lines of equal width; a Chinese character is two columns wide."""
    heads = _stacked([_wrapped(header, book) for header in table.headers])
    bodies = [(row.role, _stacked([textwrap.wrap(cell, 34) for cell in row.cells])) for row in table.rows]
    lines = [*heads, *(line for _, body in bodies for line in body)]
    widths = [max(map(width, column)) for column in zip(*lines, strict=True)]

    def line(cells: Sequence[str]) -> str:
        columns = zip(cells, widths, table.numeric, strict=True)
        return "  ".join(pad(cell, width, right=right) for cell, width, right in columns).rstrip()

    rule = "─" * (sum(widths) + 2 * (len(widths) - 1))
    unit = [pad(table.unit, len(rule), right=True)] if table.unit else []
    shown = [*unit, rule, *map(line, heads), rule]
    for role, body in bodies:
        shown += [*([rule] if role == "total" else []), *map(line, body)]
    return [*shown, rule]


def _stacked(cells: Sequence[Sequence[str]]) -> list[list[str]]:
    """Turns cells of several lines into lines of cells."""
    return [list(line) for line in itertools.zip_longest(*cells, fillvalue="")]


def _wrapped(header: str, book: Phrasebook) -> list[str]:
    """A heading over several lines: English at words, Chinese before a bracket and after six characters."""
    if book.chinese:
        name, bracket, rest = header.partition("（")
        return [*(name[at : at + 6] for at in range(0, len(name), 6)), *([bracket + rest] if rest else [])]
    return textwrap.wrap(header, 14, break_long_words=False)


def width(text: str) -> int:
    """The number of columns that a text takes; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def pad(text: str, wide: int, *, right: bool = False) -> str:
    """The text padded with blanks to a width, on the left if ``right``."""
    blanks = " " * (wide - width(text))
    return blanks + text if right else text + blanks
