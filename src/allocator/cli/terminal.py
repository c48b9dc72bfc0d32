"""Writes results to a terminal, and as JSON and CSV."""

from __future__ import annotations

import csv
import itertools
import json
import math
import re
import sys
import textwrap
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import repeat
from operator import add, sub
from typing import TYPE_CHECKING, Any

from allocator.core.exact import exact
from allocator.text import ZH, Phrasebook

if TYPE_CHECKING:
    from allocator.report.tables.table import Table


def jsonable(value: Any) -> Any:
    """Money as an exact JSON number, or as text with two decimals where no float is exact."""
    if value is None or type(value) in (int, str):
        return value
    if isinstance(value, Mapping):
        return {key: jsonable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [jsonable(item) for item in value]
    if not isinstance(value, Fraction):
        return value
    return float(value) if exact(float(value)) == value else ZH.number(value, 2).replace("−", "-")


def print_json(content: object) -> None:
    """Prints plain data as JSON."""
    print(_indented(content, "\n"))


_text = json.encoder.encode_basestring  # as it stands behind ``ensure_ascii=False``


def _indented(value: Any, line: str) -> str:
    """Plain data as `json.dumps` writes it with an indent of two, but sooner; ``line`` begins a line."""
    kind = type(value)
    if kind is str:
        return _text(value)
    if kind is int or (kind is float and math.isfinite(value)):
        return repr(value)
    inside = line + "  "
    if isinstance(value, dict) and value:
        items = [f"{_text(str(key))}: {_indented(item, inside)}" for key, item in value.items()]
        return f"{{{inside}{f',{inside}'.join(items)}{line}}}"
    if isinstance(value, list | tuple) and value:
        items = [_indented(item, inside) for item in value]
        return f"[{inside}{f',{inside}'.join(items)}{line}]"
    return json.dumps(value, ensure_ascii=False)


def print_csv(headers: Sequence[str], rows: Sequence[Sequence[str]], remarks: Sequence[str] = ()) -> None:
    """Prints CSV that Excel opens with Chinese intact (UTF-8 with a BOM), with remarks below the figures."""
    sys.stdout.write("\ufeff")
    below = [["", remark, *[""] * (len(headers) - 2)] for remark in ("", *remarks)] if remarks else []
    ends = "\r\n" if sys.platform != "win32" else "\n"
    csv.writer(sys.stdout, lineterminator=ends).writerows([headers, *rows, *below])


def aligned(table: Table, book: Phrasebook) -> list[str]:
    """The table as lines of equal width; a Chinese character is two columns wide."""
    heads = _stacked([_wrapped(header, book) for header in table.headers])
    bodies, totals = _lines(table)
    padded, widths = [], []
    for at, (body, right) in enumerate(zip(bodies, table.numeric, strict=True)):
        above = [line[at] for line in heads]
        widths.append(max(_widest(above), _widest(body)))
        padded.append([*_padded(above, widths[-1], right=right), *_padded(body, widths[-1], right=right)])
    lines = list(map(str.rstrip, map("  ".join, zip(*padded, strict=True))))
    rule = "─" * (sum(widths) + 2 * (len(widths) - 1))
    shown = [pad(table.unit, len(rule), right=True)] if table.unit else []
    shown += [rule, *lines[: len(heads)], rule]
    done = len(heads)
    for total in totals:
        shown += [*lines[done : len(heads) + total], rule]
        done = len(heads) + total
    return [*shown, *lines[done:], rule]


_LONGEST_CELL = 34


def _lines(table: Table) -> tuple[list[list[str]], list[int]]:
    """The columns of a table line by line, long cells wrapped, and at which lines a row of totals begins."""
    columns, roles = list(table.shown), table.roles
    figures = [len(cells.rows) == len(cells.texts) for cells in table.cells]  # and no text
    odd: set[int] = set()  # rows with a cell that is to be wrapped
    for column, plain in zip(columns, figures, strict=True):
        if not _simple(column, plain=plain):
            odd.update(at for at, cell in enumerate(column) if cell and not _simple([cell], plain=plain))
    if not odd and (any(figures) or all(map(any, zip(*columns, strict=True)))):
        return columns, [at for at, role in enumerate(roles) if role == "total"]
    lines: list[Sequence[str]] = []
    totals = []
    for at, (role, row) in enumerate(zip(roles, zip(*columns, strict=True), strict=True)):
        if role == "total":
            totals.append(len(lines))
        if at in odd:
            lines += _stacked([textwrap.wrap(cell, _LONGEST_CELL) for cell in row])
        elif any(row):
            lines.append(row)
    return [list(column) for column in zip(*lines, strict=True)] or [[] for _ in columns], totals


def _simple(cells: Sequence[str], *, plain: bool) -> bool:
    """True where wrapping would leave all of them as they are; ``plain`` are figures, without blanks."""
    if max(map(len, cells), default=0) > _LONGEST_CELL:
        return False
    if plain:
        return True
    text = "\n".join((*cells, ""))
    return " \n" not in text and text.replace("\n", "").isprintable()


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
    return _widest([text])


def _widest(texts: Sequence[str]) -> int:
    """The number of columns that the widest of the texts takes."""
    return max(map(add, map(len, texts), _doubles(texts)), default=0)


def _doubles(texts: Sequence[str]) -> Iterable[int]:
    """The number of characters in each text that are two columns wide.

    Looked up once for each character that they are written in.
    """
    text = "\n".join(texts)
    chars = set() if text.isascii() else set(text) - {"\n"}
    single = {c for c in chars if unicodedata.east_asian_width(c) not in "WF"}
    if single == chars:
        return repeat(0)
    double = re.sub(f"[{re.escape(''.join(single))}]+", "", text).split("\n") if single else texts
    if len(double) != len(texts):  # a text of several lines
        return [sum(_doubles(one.split("\n"))) for one in texts]
    return map(len, double)


def pad(text: str, wide: int, *, right: bool = False) -> str:
    """The text padded with blanks to a width, on the left if ``right``."""
    return _padded([text], wide, right=right)[0]


def _padded(texts: Sequence[str], wide: int, *, right: bool) -> list[str]:
    """Texts padded with blanks to a width, on the left if ``right``."""
    return list(map(str.rjust if right else str.ljust, texts, map(sub, repeat(wide), _doubles(texts))))
