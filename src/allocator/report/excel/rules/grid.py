"""Writing terms into the cells of a sheet, and the references to what has been written."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from allocator.report.excel.pen import Page
from allocator.report.excel.rules.term import Term

LONGEST = 8_000  # characters of a formula that Excel takes


class TooLong(Exception):
    """A formula is longer than Excel takes."""


def put(
    page: Page, row: int, column: int, made: Term, style: str = "figure", number: str = "0", **more: Any
) -> Term:
    """Writes a term; returns the reference to its cell.  Raises TooLong."""
    text = made.text
    if '"' not in text:  # on its own sheet a reference needs no name of it
        text = text.replace(f"{page.quoted}!", "")
    if len(text) > LONGEST:
        raise TooLong(row, column)
    page.formula(row, column, text, shown(made.value), style, number, **more)
    return Term(page.at(row, column), made.value)


def shown(value: Any) -> Any:
    """The value as it stands in a cell: an error is shown as a dash until it is worked out."""
    if isinstance(value, float) and math.isnan(value):
        return "—"
    return int(value) if isinstance(value, bool) else value


def cells(page: Page, column: int, first: int, made: Sequence[Term]) -> Term:
    """The range of terms that stand one below the other."""
    last = first + len(made) - 1
    return Term(page.down(column, first, last), tuple(one.value for one in made))


def across(page: Page, row: int, first: int, made: Sequence[Term]) -> Term:
    """The range of terms that stand side by side."""
    last = first + len(made) - 1
    return Term(page.along(row, first, last), tuple(one.value for one in made))
