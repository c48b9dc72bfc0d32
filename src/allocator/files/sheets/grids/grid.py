"""A sheet as stored in its file: every cell with its text, its kind and its number format."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from allocator.files.sheets.number_formats import shows_percent

NUMBER, TEXT, DATE, ERROR, FORMULA, TRUTH, BLANK = "number", "text", "date", "error", "formula", "truth", ""

_SCALED = re.compile(r"[0#?],+(?![0#?,])|[0#?]!?\.[0#?]+,|\\\.|!\.")
_WORDS = re.compile(r'"([^"]*)"')


class Cell(NamedTuple):
    """A cell: its exact text, its kind, and its number format where that changes what a reader sees.

    ``kind`` is one of the names above; FORMULA is a formula without a value.
    """

    text: str = ""
    kind: str = BLANK
    format: str = ""


EMPTY = Cell()
MOST_CELLS = 1_500_000  # of all sheets, so that they fit into memory with all that is made of them


@dataclass(frozen=True)
class Grid:
    """A sheet: its rows that are not blank, each with its number and its cells from column A on.

    ``merged`` are first row, first column, last row, last column of merged cells; all count from 1.
    ``unseen`` are the keys of what a file of this kind does not show.  ``hidden_rows`` were hidden by
    somebody, ``filtered_rows`` by a filter.
    """

    name: str
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]
    hidden: bool = False
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    unseen: tuple[str, ...] = ()
    filtered_rows: frozenset[int] = frozenset()


@lru_cache(1_000)
def is_scaled(code: str) -> bool:
    """True if a number format scales the number down, such as to thousands or ten thousands.

    >>> is_scaled("#,##0,"), is_scaled("0!.0,"), is_scaled("#,##0.00")
    (True, True, False)
    """
    first = code.partition(";")[0]
    return _SCALED.search(re.sub(r'"[^"]*"|_.|\*.|\[[^\]]*\]', "", first)) is not None


@lru_cache(1_000)
def words_of(code: str) -> str:
    """The words that a number format writes beside the number.

    >>> words_of('#,##0"万元"'), words_of("0.00")
    ('万元', '')
    """
    return "".join(_WORDS.findall(code.partition(";")[0])).strip()


def is_notable(code: str) -> bool:
    """True if a number format makes the number look like another one, or names its unit."""
    return shows_percent(code) or is_scaled(code) or bool(words_of(code))
