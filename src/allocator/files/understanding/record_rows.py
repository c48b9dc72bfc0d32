"""Tells the records of a list from its other rows: totals, sections, notes, repeated headings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from allocator.files.parsing import MOST_PROBLEMS
from allocator.files.sheets.columns import distinct
from allocator.files.sheets.grids.plain import text_cell
from allocator.files.understanding.figures import FIGURE, MISSING, REFUSED, is_word, kind_of
from allocator.files.understanding.vocabulary import (
    closed,
    is_average,
    is_note,
    is_numbered,
    is_numeral,
    is_preamble,
    is_section,
    is_total_row,
    part_of,
    tidy,
)  # fmt: skip

_MOST_ODD = 100_000  # rows looked at one by one; any further ones count as records, and are refused as such
_LONG = 24  # characters of a text that is no name
_SHORT = 12  # characters of the name of a total without figures
NOTES, SECTIONS, HEADINGS, AVERAGES = (
    "records_notes", "records_sections", "records_headings", "records_averages",
)  # fmt: skip
Filled = Sequence[tuple[int, str]]  # positions and texts of a row's cells that are not blank


@dataclass(frozen=True)
class Placed:
    """The columns of a list that are read, by position.

    ``needed`` are those that every record fills, ``days`` those of them with its day; ``lacking`` counts the
    needed columns that are not there.
    """

    needed: Mapping[str, int]
    lacking: int = 0
    days: frozenset[int] = frozenset()
    figures: frozenset[int] = frozenset()
    texts: frozenset[int] = frozenset()


@dataclass
class Sorted:
    """The rows of a list: which are records, the totals with their position and name, and the others.

    ``left`` are the rows that are left out, by the key of the statement, ``breaks`` the positions of sections
    among the rows, ``refused`` the rows that cannot be told, each with the key of the sentence.
    """

    records: Any
    totals: list[tuple[int, str]] = field(default_factory=list)
    left: dict[str, list[int]] = field(default_factory=dict)
    breaks: list[int] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)


def sorted_rows(
    lines: Any,
    columns: Sequence[Sequence[str]],
    placed: Placed,
    above: Collection[str],
    is_heading: Callable[[str], bool],
    merged: Sequence[tuple[int, int, int, int]] = (),
) -> Sorted:
    """The rows of a list by what they are; ``above`` are the words in its headings and above them."""
    wide = {top for top, left, _, right in merged if right > left}
    odd = np.zeros(len(lines), dtype=bool)
    for at in placed.needed.values():
        odd |= _odd_in(columns[at], at, placed, above, is_heading)
    if placed.lacking:  # without its columns, only a row with next to nothing in it is no record
        odd |= np.ones(len(lines), dtype=bool)
    found = Sorted(~odd, left={NOTES: [], SECTIONS: [], HEADINGS: [], AVERAGES: []})
    where = np.flatnonzero(odd)
    full = np.flatnonzero(~odd)
    last = int(full[-1]) if len(full) else len(lines)
    texts = [np.array(column, dtype=object)[where].tolist() for column in columns]
    looked = 0
    for at, row in zip(where.tolist(), zip(*texts, strict=True), strict=False):
        if not any(map(str.strip, row)):
            continue
        looked += 1
        if looked > _MOST_ODD:
            found.records[at] = True
        else:
            filled = [(i, text) for i, cell in enumerate(row) if (text := cell.strip())]
            line = _Line(at, int(lines[at]), filled, at > last, int(lines[at]) in wide)
            _sort(line, found, placed, above, is_heading)
    return found


def _odd_in(
    column: Sequence[str], at: int, placed: Placed, above: Collection[str], is_heading: Callable[[str], bool]
) -> Any:
    """The rows that have nothing in a needed column, or what is no record's."""
    codes, texts = distinct(column)

    def is_odd(text: str) -> bool:
        if not text:
            return True
        if at in placed.days:
            return is_missing(text) or closed(text) in above or is_heading(text)
        return not placed.days and (closed(text) in above or is_total_row(text))

    if at in placed.days or not placed.days:
        odd = [is_odd(text) for text in texts]
    else:
        odd = [not text for text in texts]
    return np.array(odd, dtype=bool)[codes] if odd else np.zeros(0, dtype=bool)


class _Line(NamedTuple):
    """A row that may be no record: ``below`` the last one, ``wide`` where a cell is merged over columns."""

    at: int
    number: int
    filled: Filled
    below: bool
    wide: bool


def _sort(
    line: _Line,
    found: Sorted,
    placed: Placed,
    above: Collection[str],
    is_heading: Callable[[str], bool],
) -> None:
    at, number, filled = line.at, line.number, line.filled
    words = [tidy(text) for _, text in filled if is_word(text_cell(text))]
    label = words[0] if words else ""
    has_day = any(i in placed.days and not is_missing(text) for i, text in filled)
    has_figures = any(
        i in placed.figures and kind_of(text_cell(text)) in (FIGURE, REFUSED) for i, text in filled
    )
    if all(closed(text) in above for _, text in filled):
        found.left[HEADINGS].append(number)
    elif len(words) > 1 and len([word for word in words if is_heading(word)]) * 2 > len(filled):
        _refuse(found, number, "second_list")
    elif not has_figures and words and all(is_note(word) or is_preamble(word) for word in words):
        found.left[NOTES].append(number)
    elif has_day:
        found.records[at] = True
    elif (total := next((word for word in words if is_total_row(word)), None)) and (
        has_figures or len(total) <= _SHORT
    ):
        found.totals.append((at, total))
        found.breaks.append(at)
    elif label and is_average(label) and has_figures:
        found.left[AVERAGES].append(number)
    elif label and is_numbered(label) and has_figures and len(words) == 1:
        found.totals.append((at, label))  # the heading of a section with the sums of it
        found.breaks.append(at)
    elif label and part_of(label) is not None and has_figures:
        _refuse(found, number, "record_part")
    elif not has_figures and words and _is_note(line, words[0]):
        found.left[NOTES].append(number)
    elif not has_figures and words and _is_section(line, words):
        found.left[SECTIONS].append(number)
        found.breaks.append(at)
    elif len(filled) == 1 and placed.days:
        _refuse(found, number, "record_unclear")
    else:
        found.records[at] = True


def _refuse(found: Sorted, number: int, key: str) -> None:
    if len(found.refused) < MOST_PROBLEMS:
        found.refused.append((number, key))


def _is_note(line: _Line, word: str) -> bool:
    """True if a word that stands alone in its row is a note: below all records, or long, or a sentence."""
    alone = len(line.filled) == 1
    return alone and (line.below or len(word) > _LONG or any(c in word for c in "。；;，"))


def _is_section(line: _Line, words: Sequence[str]) -> bool:
    first = line.filled[0][1]
    if len(line.filled) == 1:
        return line.wide or is_section(words[0])
    return len(line.filled) == 2 and is_numeral(first) and not first.isdecimal()


def is_missing(text: str) -> bool:
    """True if a text stands for nothing: it is blank, or a mark such as — or /."""
    return kind_of(text_cell(text)) == MISSING
