"""Finds the beginning of a table: the lines above, its one to three rows of headings, and its first row."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from allocator.files.dates import cell_day
from allocator.files.sheets.grids.grid import DATE, TEXT, Cell
from allocator.files.understanding.figures import FIGURE, MISSING, is_word, is_year, kind_of
from allocator.files.understanding.view import View
from allocator.files.understanding.vocabulary import (
    closed,
    heading_of,
    is_numeral,
    is_preamble,
    is_recipient_heading,
    is_unit,
    is_weights,
    tidy,
    unit_in,
)  # fmt: skip

MOST_HEADINGS = 3
_COUNTS = (FIGURE, MISSING)
LOOKED_AT = 300  # lines searched for the beginning of a table
_COUNTED = ("甲", "乙", "栏次", "列次", "列号", "序号", "行次", "栏目", "a", "")


@dataclass(frozen=True)
class Column:
    """A column by its heading: the parts of it from above, its unit and its weight.

    ``written`` is the heading as the sheet has it, where it stands in one row and has its unit with it.
    """

    at: int
    parts: tuple[str, ...] = ()
    unit: str = ""
    weight: str = ""
    written: str = ""

    @property
    def name(self) -> str:
        """The whole heading.

        >>> Column(2, ("贡献情况", "投资贡献值")).name
        '贡献情况 / 投资贡献值'
        """
        return " / ".join(self.parts)

    @property
    def last(self) -> str:
        return self.parts[-1] if self.parts else ""


@dataclass(frozen=True)
class Head:
    """A table's beginning: its columns, its first line, its rows of headings, and the lines above.

    ``above`` holds the kinds of lines above the table's own, by their numbers; ``weights`` and ``unit`` are
    what such lines state.
    """

    columns: tuple[Column, ...]
    first: int
    rows: tuple[int, ...]
    above: Mapping[int, str] = field(default_factory=dict)
    weights: tuple[int, tuple[Cell, ...]] | None = None
    unit: str = ""


def head_of(
    view: View,
    is_known: Callable[[str], bool] | None,
    given: Mapping[int, str] | None = None,
    is_heading: Callable[[str], bool] | None = None,
) -> Head | None:
    """The beginning of a sheet's table; None where it holds none.

    ``given`` holds the roles that somebody gave lines, by their numbers.  A list of records has known
    headings, by which its beginning is found: ``is_heading`` tells them.
    """
    lines, given = view.lines[:LOOKED_AT], given or {}

    def begins(number: int, cells: Sequence[Cell]) -> bool:
        role = given.get(number)
        return _is_row(cells, is_known) if role is None else role in ("recipient", "check")

    sure = -1  # the line that certainly is one of headings
    if is_heading is None:
        first = next((at for at, (number, cells) in enumerate(lines) if begins(number, cells)), None)
    else:
        sure, first = _below_headings(lines, is_heading)
    if first is None:
        return None
    wide = {top: (left, right) for top, left, _, right in view.merged if right > left}
    rows: list[int] = []
    above: dict[int, str] = {}
    weights = units = None
    at = first
    for at in range(first - 1, -1, -1):
        number, cells = lines[at]
        if given.get(number) == "note":
            continue
        named = given.get(number) == "heading"
        kind = "heading" if named else _kind(cells, wide.get(number), bool(rows))
        if at <= sure:
            kind = "heading" if at == sure or (kind == "heading" and not _is_aside(cells)) else "title"
        elif sure >= 0 and kind not in ("numbers", "units"):
            kind = "heading"
        near = named or _follows(lines, at, rows, given)
        if kind == "heading" and len(rows) < MOST_HEADINGS and near:
            rows.insert(0, at)
        elif rows and kind == "weights":
            weights = weights or (number, cells)
            above[number] = kind
        elif rows or kind == "title":
            if rows:
                break
            above[number] = "section"
        else:
            above[number] = kind
            weights = (number, cells) if kind == "weights" else weights
            units = cells if kind == "units" else units
    if not rows:
        return None
    top = rows[0]
    above |= {lines[i][0]: "title" for i in range(top)}
    if weights is None:  # they may be among the headings
        weights = next((lines[i] for i in rows if _says(lines[i][1], is_weights)), None)
    unit = next((said for i in range(top) if (said := _unit_above(lines[i][1])) is not None), "")
    columns = _columns(view, [lines[i] for i in rows], units)
    between = [(i, lines[i][0]) for i in range(rows[-1] + 1, first)]
    apart = (i for i, number in between if above.get(number) == "section" or given.get(number) == "note")
    end = min([first, *apart])
    return Head(columns, end, tuple(lines[i][0] for i in rows), above, weights, unit)


def _below_headings(
    lines: Sequence[tuple[int, tuple[Cell, ...]]], is_heading: Callable[[str], bool]
) -> tuple[int, int | None]:
    """The line with most known headings and the first line below all headings; None where none has two."""
    counts = [len({c.text for c in cells if c.kind == TEXT and is_heading(c.text)}) for _, cells in lines]
    best = max(range(len(counts)), key=lambda at: (counts[at], -at), default=0)
    if not counts or counts[best] < 2:
        return -1, None
    known = {at for at, cell in enumerate(lines[best][1]) if cell.kind == TEXT and is_heading(cell.text)}
    first = best + 1
    while first < len(lines) and first - best <= MOST_HEADINGS + 1:
        cells, next_to = lines[first][1], lines[first][0] - lines[first - 1][0] == 1
        lower = next_to and _continues(cells, known, is_heading)
        if not lower and _kind(cells, None, True) not in ("numbers", "units"):
            break
        first += 1
    return best, first


def _continues(cells: Sequence[Cell], known: Collection[int], is_heading: Callable[[str], bool]) -> bool:
    """True if a line holds the lower parts of headings: only years stand under a heading that is known."""
    filled = [(at, cell) for at, cell in enumerate(cells) if cell.kind]
    if any(at in known and not is_year(cell) for at, cell in filled) or _has_values(cells):
        return False
    return any(is_year(cell) or (cell.kind == TEXT and is_heading(cell.text)) for _, cell in filled)


def _is_aside(cells: Sequence[Cell]) -> bool:
    """True if a line above headings is none of them: it says a unit, a day, or who has filled it in."""
    said = (cell for cell in cells if cell.kind == TEXT and not is_year(cell))
    return _has_values(cells) or any(unit_in(cell.text) or is_preamble(cell.text) for cell in said)


def _has_values(cells: Sequence[Cell]) -> bool:
    """True if a line holds a day, or a figure that is no year."""
    return any(
        cell.kind == DATE
        or (cell.kind == TEXT and not isinstance(cell_day(cell.text[:40]), str))
        or (kind_of(cell) == FIGURE and not is_year(cell))
        for cell in cells
        if cell.kind
    )


def _is_row(cells: Sequence[Cell], is_known: Callable[[str], bool] | None) -> bool:
    """True if a line is one of a table's rows: it has a name, and a figure or something in place of one."""
    texts = [cell.text for cell in cells if is_word(cell)]
    if is_known is not None and any(map(is_known, texts)):
        return not _says(cells, is_weights)
    others = [cell for cell in cells if cell.kind and (cell.kind != TEXT or kind_of(cell) in _COUNTS)]
    if not texts or not others or _says(cells, is_weights):
        return False
    if all(is_preamble(text) or is_unit(text) for text in texts) or _is_counted(cells):
        return False
    if any(map(is_recipient_heading, texts)):
        return not all(is_year(cell) or kind_of(cell) == MISSING for cell in others)
    return not (len(others) == sum(map(is_year, others)) and len(texts) > 1)


def _says(cells: Sequence[Cell], what: Callable[[str], bool]) -> bool:
    return any(cell.kind == TEXT and what(cell.text) for cell in cells)


def _is_counted(cells: Sequence[Cell]) -> bool:
    """True if a line numbers the columns: 甲, 1, 2, 3."""
    filled = [cell for cell in cells if cell.kind]
    numbers = [int(cell.text) for cell in filled if cell.text.isdecimal() and len(cell.text) < 4]
    labels = [closed(cell.text) for cell in filled if not cell.text.isdecimal()]
    counted = numbers and numbers == list(range(numbers[0], numbers[0] + len(numbers))) and numbers[0] < 3
    plain = all(label in _COUNTED or any(c in label for c in "=+×÷") for label in labels)
    return bool(counted) and plain and len(numbers) > 1


def _kind(cells: Sequence[Cell], wide: tuple[int, int] | None, below: bool) -> str:
    """The kind of a line above the rows: "heading", "weights", "units", "numbers" or "title"."""
    filled = [cell for cell in cells if cell.kind]
    if _says(cells, is_weights) and any(kind_of(cell) == FIGURE for cell in filled):
        return "weights"
    if _is_counted(cells):
        return "numbers"
    labels = ("单位", "计量单位", "unit", "units")
    measured = [cell for cell in filled if closed(cell.text) not in labels]
    if measured and all(is_unit(closed(cell.text).strip("()[]")) for cell in measured):
        return "units" if len(filled) > 1 or not unit_in(filled[0].text) else "title"
    years = len(filled) > 1 and all(map(is_year, filled))  # the lower parts of headings, and no date
    if not years and all(is_preamble(cell.text) for cell in filled):
        return "title"
    if not below and len([cell for cell in filled if not is_numeral(cell.text)]) < 2 <= len(filled):
        return "title"  # 一、市辖区, its number in a column of its own
    if len(filled) < 2:
        grouped = wide is not None and wide[1] > wide[0] and wide[0] > 0 and below
        return "heading" if grouped else "title"
    return "heading"


def _follows(
    lines: Sequence[tuple[int, tuple[Cell, ...]]], at: int, rows: Sequence[int], given: Mapping[int, str]
) -> bool:
    """True if a line is directly above the headings that are known already, but for notes, or none are."""
    if not rows:
        return True
    between = range(lines[at][0] + 1, lines[rows[0]][0])
    return all(given.get(number) == "note" for number in between)


def _unit_above(cells: Sequence[Cell]) -> str | None:
    for cell in cells:
        if cell.kind == TEXT and (said := unit_in(cell.text)) is not None:
            return said
    return None


def _columns(
    view: View, rows: Sequence[tuple[int, tuple[Cell, ...]]], units: Sequence[Cell] | None
) -> tuple[Column, ...]:
    texts = [_spread(view, number, cells) for number, cells in rows]
    for upper, (number, _) in enumerate(rows[:-1]):
        if not any(top <= number <= last and right > left for top, left, last, right in view.merged):
            _fill(texts, upper)
    made = []
    for at in range(view.width):
        parts: list[str] = []
        unit = weight = measured = ""
        for line in texts:
            if not line[at]:
                continue
            found = heading_of(line[at])
            unit, weight = found.unit or unit, found.weight or weight
            if found.name and found.name not in parts[-1:]:
                parts.append(found.name)
        if units is not None and at < len(units) and is_unit(closed(units[at].text).strip("()")):
            unit = measured = closed(units[at].text).strip("()")
        whole = dict.fromkeys(line[at] for line in texts if line[at])
        written = next(iter(whole)) if len(whole) == 1 and not measured else ""
        made.append(Column(at, tuple(parts), unit, weight, written))
    return tuple(made)


def _spread(view: View, number: int, cells: Sequence[Cell]) -> list[str]:
    """The texts of a line of headings; those of merged cells in each column and row that they cover."""
    texts = [tidy(cell.text) for cell in cells] + [""] * (view.width - len(cells))
    for top, left, last, right in view.merged:
        if top <= number <= last and left < view.width:
            source = next((row for at, row in view.lines[:LOOKED_AT] if at == top), ())
            text = tidy(source[left].text) if left < len(source) else ""
            for column in range(left, min(right + 1, view.width)):
                texts[column] = text
    return texts


def _fill(texts: list[list[str]], upper: int) -> None:
    """Repeats a group's heading over its columns; without merged cells it is above the first only."""
    line, group = texts[upper], ""
    for at, text in enumerate(line):
        below = any(lower[at] for lower in texts[upper + 1 :])
        if at and any(higher[at] != higher[at - 1] for higher in texts[:upper]):
            group = ""
        if text:
            group = text if below else ""
        elif below and group:
            line[at] = group
        else:
            group = ""
