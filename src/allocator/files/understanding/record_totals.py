"""Holds the totals of a list of records against the sums of the records that they stand for."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from itertools import accumulate
from typing import Any

import numpy as np

from allocator.core.errors import Problem
from allocator.core.statement import Statement
from allocator.files.parsing import MOST_PROBLEMS
from allocator.files.sheets.columns import distinct
from allocator.files.sheets.grids.plain import text_cell
from allocator.files.understanding.checks import is_part, off_by
from allocator.files.understanding.figures import EXACT, FIGURE, figure_of, plain_text
from allocator.files.understanding.record_rows import Placed, Sorted
from allocator.files.understanding.vocabulary import is_numbered

_MOST_RUNS = 50  # of the parts of a list above or below a total that it may stand for
_SHOWN = 10


def held_totals(
    found: Sorted, lines: Any, columns: Sequence[Sequence[str]], header: Sequence[str], placed: Placed
) -> tuple[list[Problem], list[Statement]]:
    """The problems of totals that differ from their sums, and statements about all others."""
    if not found.totals:
        return [], []
    with localcontext(EXACT):
        sums = {at: _Sums.of(columns[at], found.records) for at in sorted(placed.figures)}
        before = np.concatenate([[0], np.cumsum(found.records)])
        breaks = sorted({0, int(before[-1]), *(int(before[at]) for at in found.breaks)})
        problems: list[Problem] = []
        agreed: list[str] = []
        bare: list[str] = []
        opened: list[str] = []
        for row, name in found.totals:
            shown = {at: value for at in sums if (value := amount_in(columns[at][row])) is not None}
            number = int(lines[row])
            if not shown:
                bare.append(str(number))
                continue
            runs = _runs(int(before[row]), breaks, name, several=len(found.totals) > 1)
            known = {at: value for at, value in shown.items() if sums[at].is_known}
            if len(known) < len(shown):
                opened.append(str(number))
            if any(_agrees(known, sums, run) for run in runs):
                agreed += [str(number)] if known else []
            elif len(problems) < MOST_PROBLEMS:
                problems += _differs(known, sums, runs[0], number, name, header)
    said = [
        Statement(key, details={"rows": rows[:_SHOWN], "count": len(rows)})
        for key, rows in (("totals_agreed", agreed), ("totals_bare", bare), ("totals_open", opened))
        if rows
    ]
    return problems, said


@dataclass(frozen=True)
class _Sums:
    """The sums of a column from its first record to each of them; not known where a figure cannot be read."""

    up_to: Sequence[Decimal]
    is_known: bool

    @classmethod
    def of(cls, column: Sequence[str], records: Any) -> _Sums:
        codes, texts = distinct(np.array(column, dtype=object)[records])
        values = [amount_in(text) for text in texts]
        is_known = all(value is not None or not text for value, text in zip(values, texts, strict=True))
        plain = [value or Decimal(0) for value in values]
        return cls(list(accumulate((plain[code] for code in codes.tolist()), initial=Decimal(0))), is_known)

    def between(self, run: tuple[int, int]) -> Decimal:
        return self.up_to[run[1]] - self.up_to[run[0]]


def amount_in(text: str) -> Decimal | None:
    """The figure in a text, which may be below zero; None where there is none.

    >>> amount_in("-1,234.5"), amount_in("合计"), amount_in("")
    (Decimal('-1234.5'), None, None)
    """
    text = text.strip()
    sign = text[:1] in ("-", "−", "－") and text[1:2].isdigit()
    figure = figure_of(text_cell(text[1:] if sign else text))
    if figure.kind != FIGURE or figure.unit or figure.percent:
        return None
    return -figure.value if sign else figure.value


def _runs(at: int, breaks: Sequence[int], name: str, *, several: bool) -> list[tuple[int, int]]:
    """The runs of records that a total may stand for, the likeliest first."""
    place = bisect_left(breaks, at)
    above = [(start, at) for start in breaks[max(place - _MOST_RUNS, 0) : place]]
    after = bisect_right(breaks, at)
    below = [(at, end) for end in breaks[after : after + _MOST_RUNS]]
    whole = [(0, breaks[-1])]
    if is_numbered(name):
        return [*below, *above[::-1], *whole]
    if is_part(name):
        return [*above[::-1], *below, *whole]
    return [*whole, *above[::-1], *below] if several else whole


def _agrees(shown: Mapping[int, Decimal], sums: Mapping[int, _Sums], run: tuple[int, int]) -> bool:
    return all(not off_by(value, sums[at].between(run)) for at, value in shown.items())


def _differs(
    shown: Mapping[int, Decimal],
    sums: Mapping[int, _Sums],
    run: tuple[int, int],
    number: int,
    name: str,
    header: Sequence[str],
) -> list[Problem]:
    made = []
    for at, value in shown.items():
        total = sums[at].between(run)
        off = off_by(value, total)
        if off:
            details = {
                "name": name,
                "shown": plain_text(value),
                "should": plain_text(total),
                "difference": plain_text(off),
                "count": run[1] - run[0],
            }
            made.append(Problem("total_differs", details, at={"row": number, "column": header[at]}))
    return made
