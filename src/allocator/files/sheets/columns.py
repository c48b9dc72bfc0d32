"""Reads large tables by columns: each different text is looked at once, so a million rows take seconds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from allocator.core.errors import Problem, ScenarioError
from allocator.core.parts import STATUSES, Text, check_text
from allocator.core.statement import Statement
from allocator.files.csv_file import csv_columns
from allocator.files.dates import cell_day
from allocator.files.parsing import MOST_PROBLEMS, is_error_cell
from allocator.files.sheets.headings import status_of
from allocator.files.sheets.spreadsheet import shown_name
from allocator.text import both

LONGEST = 500  # characters of a text


@dataclass(frozen=True)
class Cells:
    """A table as text: its file, headings, columns of text, the line of every row, and the sheet.

    ``doubts`` holds, by position, the problems of columns that do not hold what they show, for whoever reads
    the column; ``top`` is the row of the headings, ``unit`` the unit that stands above the table, and
    ``statements`` say how it was taken.
    """

    file: str
    header: Sequence[str]
    columns: Sequence[Sequence[str]]
    lines: Any
    at: Mapping[str, str]
    doubts: Mapping[int, Sequence[Problem]] = field(default_factory=dict)
    problems: Sequence[Problem] = ()
    top: int = 1
    unit: str = ""
    statements: Sequence[Statement] = ()


def whole_csv(name: str, content: bytes, most_mb: int, most_rows: int) -> Cells | None:
    """The table of a CSV file in which every line is complete; None for any other file.

    It is read in a third of the time of others.
    """
    file = shown_name(name)
    if not file.lower().endswith(".csv") or len(content) > most_mb * 2**20 or b"\0" in content:
        return None
    try:
        columns = csv_columns(content, most_rows)
    except ScenarioError:
        return None
    if not columns or len(columns[0]) < 2 or len(columns[0]) > most_rows + 1:
        return None
    header = [column.pop(0).strip() for column in columns]
    return None if "" in header else Cells(file, header, columns, np.arange(2, len(columns[0]) + 2), {})


class ReadAs(NamedTuple):
    """The value of a text, and the name that the text is read as."""

    value: Any
    name: object


class Reader:
    """Reads columns by their different texts, and collects problems with their rows, and statements."""

    def __init__(self, cells: Cells, labels: Mapping[str, str]) -> None:
        self.file, self.at, self.lines, self.labels = cells.file, cells.at, cells.lines, labels
        self.problems = list(cells.problems)
        self.statements = list(cells.statements)

    def values(
        self,
        column: str,
        cells: Sequence[str],
        read: Callable[[str], Any],
        dtype: str,
        at_once: Callable[[list[str]], Any] = lambda _: None,
    ) -> Any:
        """The column's values; a text that cannot be read is a problem of every row that has it.

        ``at_once`` reads all different texts together, or returns None.
        """
        codes, texts = distinct(cells)
        if (together := at_once(texts)) is not None:
            return together[codes]
        values: list[Any] = []
        for at, text in enumerate(texts):
            found = read(text)
            if isinstance(found, Problem):
                self.refuse(column, codes == at, found.key, **found.details)
                if len(self.problems) >= MOST_PROBLEMS:  # nobody reads more, and the rest may take for ever
                    return np.zeros(len(codes), dtype=dtype)
                found = 0
            elif isinstance(found, ReadAs):
                if len(self.statements) < MOST_PROBLEMS:
                    self.read_as(codes == at, text, found.name)
                found = found.value
            values.append(found)
        return np.array(values, dtype=dtype)[codes]

    def texts(self, column: str, cells: Sequence[str], blank: str | None) -> tuple[Any, tuple[str, ...]]:
        """The column's texts as positions in a list; ``blank`` is the key of the sentence for blank cells."""
        codes, texts = distinct(cells)
        filled = texts if blank is not None or "" not in texts else [text for text in texts if text]
        sound = len(texts) > 1000 and "" not in filled and _all_sound(filled)
        for at, text in enumerate(() if sound else texts):
            found = _text(text, blank)
            if found is not None:
                self.refuse(column, codes == at, found.key, **found.details)
            if len(self.problems) >= MOST_PROBLEMS:
                break
        return codes.astype("int32"), tuple(texts)

    def read_as(self, where: Any, text: str, name: object) -> None:
        """Notes that a text of these rows is read as a name."""
        lines = self.lines[where]
        details = {"written": text, "name": name, "count": len(lines)}
        self.statements.append(Statement("records_read_as", str(int(lines[0])), details))

    def sound(self) -> None:
        """Raises the ScenarioError with the problems, in the order of their rows."""
        if self.problems:
            found = sorted(self.problems, key=lambda p: int(str(p.at.get("row", 0))))
            raise ScenarioError(found[:MOST_PROBLEMS])

    def refuse(self, column: str, where: Any, key: str, **details: object) -> None:
        """Notes a problem for each of the rows."""
        for line in self.lines[where][:MOST_PROBLEMS].tolist():
            at = {**self.at, "row": line, "column": self.labels.get(column, column)}
            self.problems.append(Problem(key, details, self.file, at))


def distinct(cells: Sequence[str]) -> tuple[Any, list[str]]:
    """The position of each cell's text among the different texts, and these, without spaces around them."""
    codes, texts = _places(cells)
    trimmed = list(map(str.strip, texts))
    if trimmed == texts:
        return codes, texts
    again, fewer = _places(trimmed)
    return again[codes], fewer


def _places(cells: Sequence[str]) -> tuple[Any, list[str]]:
    texts = list(dict.fromkeys(cells))
    if len(texts) == len(cells):
        return np.arange(len(texts)), texts
    place = dict(zip(texts, range(len(texts)), strict=True))
    return np.fromiter(map(place.__getitem__, cells), dtype=np.intp, count=len(cells)), texts


def day_in(text: str) -> date | Problem:
    """The date in a cell, or the Problem."""
    found = cell_day(text)
    return Problem(found, {"value": text[:40]}) if isinstance(found, str) else found


def status_in(text: str) -> int | Problem:
    """1 where a cell says that its row is assumed or an example, else 0."""
    if status_of(text) in ("assumed", "example"):
        return 1
    if not text or status_of(text) in STATUSES:
        return 0
    known = [Text(*both(f"status.{status}")) for status in STATUSES]
    return Problem("choice", {"value": text[:40], "known": known})


def _all_sound(texts: Sequence[str]) -> bool:
    """True if all texts are printable, not too long, and begin with no sign of a formula or an error."""
    return (
        "".join(texts).isprintable()
        and max(map(len, texts)) <= LONGEST
        and {text[0] for text in texts}.isdisjoint("=+-@＝＋－＠#")
    )


def _text(text: str, blank: str | None) -> Problem | None:
    if not text:
        return None if blank is None else Problem(blank)
    if is_error_cell(text):
        return Problem("cell_error", {"value": text})
    try:
        check_text(text, LONGEST)
    except ScenarioError as error:
        return error.problems[0]
    return None
