"""Reads large tables by columns: each different text is looked at once, so a million rows take seconds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from allocator.core.errors import Problem, ScenarioError
from allocator.core.parts import STATUSES, Text, check_text, plain_name
from allocator.files.csv_file import csv_columns
from allocator.files.dates import cell_day
from allocator.files.parsing import MOST_PROBLEMS, headed, is_error_cell, wrong
from allocator.files.sheets.headings import status_of
from allocator.files.sheets.number_formats import mixed
from allocator.files.sheets.spreadsheet import Sheet, read_sheets, shown_name
from allocator.text import both

LONGEST = 500  # characters of a text


@dataclass(frozen=True)
class Cells:
    """A table as text: its file, headings, columns of text, the line of every row, and the sheet.

    ``mixed`` holds, by position, the problems of columns in which only some cells show a percentage, for
    whoever reads the column.
    """

    file: str
    header: Sequence[str]
    columns: Sequence[Sequence[str]]
    lines: Any
    at: Mapping[str, str]
    mixed: Mapping[int, Problem] = field(default_factory=dict)


def cells_of(name: str, content: bytes, sheet: str, most_mb: int, most_rows: int) -> Cells:
    """The table in a CSV file or a workbook: its only sheet, else the one called by the text of this key.

    Raises ScenarioError with a sentence for each problem.
    """
    file = shown_name(name)
    if file.lower().endswith(".csv") and len(content) <= most_mb * 2**20:
        try:
            quick = _whole_csv(file, content, most_rows)
        except ScenarioError:
            quick = None  # the careful reading below names what is wrong
        if quick is not None:
            return quick
    found = _sheet(file, read_sheets(name, content, most_mb, most_rows), sheet)
    at = {"sheet": found.name} if found.name else {}
    if found.merged:
        wrong(file, "sheet_merged", at, names=found.merged[:10])
    header, rows = headed(file, found.lines)
    lines = np.array([number for number, _ in rows], dtype="int64")
    columns = list(zip(*(row for _, row in rows), strict=True))
    return Cells(file, header, columns, lines, at, mixed(found.lines, found.percents, file, at))


def _whole_csv(file: str, content: bytes, most_rows: int) -> Cells | None:
    """The table of a CSV file in which every line is complete; None for any other."""
    columns = None if b"\0" in content else csv_columns(content, most_rows)
    if not columns or len(columns[0]) < 2 or len(columns[0]) > most_rows:
        return None
    header = [column.pop(0).strip() for column in columns]
    return None if "" in header else Cells(file, header, columns, np.arange(2, len(columns[0]) + 2), {})


def _sheet(file: str, sheets: Sequence[Sheet], called: str) -> Sheet:
    name = Text(*both(called))
    names = {plain_name(name.zh), plain_name(name.en)}
    seen = [sheet for sheet in sheets if not sheet.hidden]
    found = seen if len(seen) == 1 else [sheet for sheet in seen if plain_name(sheet.name) in names]
    if not seen:
        wrong(file, "sheet_none")
    if len(found) != 1:
        wrong(file, "sheet_missing", name=name, found=[sheet.name for sheet in seen][:10])
    return found[0]


class Reader:
    """Reads columns by their different texts, and collects problems with their rows."""

    def __init__(self, file: str, at: Mapping[str, str], lines: Any, labels: Mapping[str, str]) -> None:
        self.file, self.at, self.lines, self.labels = file, at, lines, labels
        self.problems: list[Problem] = []

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
            values.append(found)
        return np.array(values, dtype=dtype)[codes]

    def texts(self, column: str, cells: Sequence[str], blank: str | None) -> tuple[Any, tuple[str, ...]]:
        """The column's texts as positions in a list; ``blank`` is the key of the sentence for blank cells."""
        codes, texts = distinct(cells)
        sound = len(texts) > 1000 and "" not in texts and _all_sound(texts)
        for at, text in enumerate(() if sound else texts):
            found = _text(text, blank)
            if found is not None:
                self.refuse(column, codes == at, found.key, **found.details)
            if len(self.problems) >= MOST_PROBLEMS:
                break
        return codes.astype("int32"), tuple(texts)

    def refuse(self, column: str, where: Any, key: str, **details: object) -> None:
        """Notes a problem for each of the rows."""
        for line in self.lines[where][:MOST_PROBLEMS].tolist():
            at = {**self.at, "row": line, "column": self.labels.get(column, column)}
            self.problems.append(Problem(key, details, self.file, at))


def distinct(cells: Sequence[str]) -> tuple[Any, list[str]]:
    """The position of each cell's text among the different texts, and these, without spaces around them."""
    codes, found = pd.factorize(np.array(cells, dtype=object))
    texts = found.tolist()
    trimmed = [text.strip() for text in texts]
    if trimmed == texts:
        return codes, texts
    again, fewer = pd.factorize(np.array(trimmed, dtype=object))
    return again[codes], fewer.tolist()


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
