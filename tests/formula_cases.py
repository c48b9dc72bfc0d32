"""Small tables for tests of formulas, and a formula's value in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import pytest

from allocator.core.errors import Problem, ScenarioError
from allocator.core.formula import ColumnFormula, Table, Words, column, truths, values
from allocator.files.formulas import parse

NAMES = ("甲区", "乙县", "丙园区", "丁县")
# four recipients; every figure of a test's result is worked out from these by hand
DATA: dict[str, Sequence[int | Fraction | str | None]] = {
    "a": (6, 3, 0, 1),
    "b": (4, 5, 2, 8),
    "c": (Fraction(1, 2), Fraction(-5, 2), 10, 3),
    "same": (7, 7, 7, 7),
    "税收2023": (110, 90, 100, 0),
    "税收2022": (100, 100, 100, 50),
    "2021 tax": (1, 2, 3, 4),
    "people's": (9, 8, 7, 6),
    "grade": ("优", "良", "Good", "gOOD"),
    "gap": (1, None, 3, 4),
    "note": ("x", "", None, "y"),
}
WORDS = Words({"fund": 1000, "distributable": 800}, {"previous": (10, 20, 30, 40)})


def table(formulas: Mapping[str, str] | None = None, **changes: Any) -> Table:
    """The small table with these formulas; ``changes`` replace its other fields."""
    made = {name: ColumnFormula(parse(text)) for name, text in (formulas or {}).items()}
    fields = {"columns": DATA, "formulas": made, "words": WORDS} | changes
    return Table(NAMES, **fields)


def one(text: str, row: int = 0, **changes: Any) -> int | Fraction:
    """A formula's value for one recipient of the small table."""
    (value,) = values(parse(text), table(**changes), [row], words=changes.get("words", WORDS))
    return value


def all_of(text: str, **changes: Any) -> tuple[int | Fraction, ...]:
    """A formula's values for all recipients of the small table."""
    return values(parse(text), table(**changes), range(len(NAMES)), words=changes.get("words", WORDS))


def true_for(text: str, among: Sequence[int] | None = None, rows: Sequence[int] = range(4)) -> list[int]:
    """The positions of those rows that meet a condition."""
    found = truths(parse(text), table(), rows, among)
    return [row for row, true in zip(rows, found, strict=True) if true]


def problem(action: Any, *arguments: Any, **named: Any) -> Problem:
    """The first thing that an action finds wrong; it must find something."""
    with pytest.raises(ScenarioError) as caught:
        action(*arguments, **named)
    return caught.value.problems[0]


__all__ = ["NAMES", "all_of", "column", "one", "problem", "table", "true_for"]
