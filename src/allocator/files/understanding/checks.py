"""Compares rows of totals with their sums, and finds rows that look like totals without the name."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from itertools import accumulate
from operator import mul

from allocator.files.sheets.grids.grid import Cell
from allocator.files.understanding.draft import Draft
from allocator.files.understanding.figures import FIGURE, MISSING, figure_of, kind_of, plain_text, value_in
from allocator.files.understanding.model import Check
from allocator.files.understanding.rows import (
    ASKED,
    CHECK,
    DEDUCTED,
    GIVEN,
    LEFT,
    RECIPIENT,
    RESERVED,
    SECTION,
    Row,
    has_no_value,
)
from allocator.files.understanding.view import View
from allocator.files.understanding.vocabulary import closed

_PART = ("小计", "分计", "subtotal")
_NOISE = Decimal("1e-9")  # error of a sum that a spreadsheet has kept in binary
_LEAST_RUN = 2
_MIX, _MODULUS = 1_000_003, 2**31 - 1
_CERTAINLY = ("match", GIVEN)  # why a row is a recipient, whatever its figures are
_CERTAIN = 6  # digits in all; with more, an equal sum is hardly chance

Columns = Mapping[str, int]  # factors, each with its column


def values_of(row: Row, columns: Columns) -> list[Decimal]:
    """The figures of a row, 0 where there is none."""
    return [value_in(row.cell(at)) for at in columns.values()]


def checks_of(view: View, rows: Sequence[Row], columns: Columns, draft: Draft) -> tuple[Check, ...]:
    """Every row of totals with the sums that it should show; one that differs is refused."""
    if not any(row.role == CHECK for row in rows):
        return ()
    counted = [row for row in rows if _is_counted(row)]
    others = [row for row in rows if row.role == RESERVED or (row.role == LEFT and row.why == "asked")]
    values = {row.number: values_of(row, columns) for row in [*counted, *others]}
    mixed = {problem.at for problem in draft.problems if problem.key in ("percents_mixed", "units_mixed")}
    unknown = {
        name
        for i, (name, at) in enumerate(columns.items())
        if view.column(at) in mixed
        or any(not values[row.number][i] and _is_unknown(row.cell(at), draft) for row in counted)
    }
    made = []
    for at, row in enumerate(rows):
        if row.role != CHECK:
            continue
        scopes = _scopes(rows, at, counted)
        # a total may be of the recipients alone, or include rows that somebody leaves out
        scopes += [[each for each in counted if each.role == RECIPIENT]]
        scopes += [[each for each in rows if each.number in values]] if others else []
        tried = (_check(row, scope, values, columns, unknown) for scope in scopes)
        first = next(tried)
        check = first if first.agreed else next((each for each in tried if each.agreed), first)
        made.append(check)
        _note(view, row, check, columns, draft)
    return tuple(made)


def _is_unknown(cell: Cell, draft: Draft) -> bool:
    """True if a cell's part in a sum is not known: it is refused, or missing and not read as zero."""
    kind = kind_of(cell)
    return kind != FIGURE and not (kind == MISSING and draft.options.blank == "zero")


def _is_counted(row: Row) -> bool:
    """True if a row's figures are in a total; those of a part are in the row above already."""
    return row.role in (RECIPIENT, ASKED) and row.why not in ("part", DEDUCTED)


def _note(view: View, row: Row, check: Check, columns: Columns, draft: Draft) -> None:
    at = view.row(row.number)
    for name, (shown, should, difference) in check.columns.items():
        if difference not in (None, "0"):
            draft.refuse(
                "check_differs", view.cell(row.number, columns[name]),
                name=row.name, column=name, shown=shown, should=should, difference=difference,
                row=at, count=len(check.rows),
            )  # fmt: skip
    missing = [name for name, (shown, _, _) in check.columns.items() if shown is None]
    if check.agreed:
        draft.treat("check_agreed", at, name=row.name, count=len(check.rows))
    unknown = [name for name, (shown, _, off) in check.columns.items() if shown is not None and off is None]
    if unknown:
        draft.treat("check_open", at, name=row.name, columns=unknown)
    if missing:
        draft.treat("check_missing", at, name=row.name, columns=missing)


def _scopes(rows: Sequence[Row], at: int, counted: Sequence[Row]) -> list[Sequence[Row]]:
    """The rows that a total may stand for, the likeliest first: all, or those of its part of the table."""
    above, below = _run(rows[:at][::-1]), _run(rows[at + 1 :])
    part = [scope for scope in (above[::-1], below) if scope]
    whole = [counted]
    several = sum(1 for row in rows if row.role == CHECK) > 1
    if is_part(rows[at].name):
        return [*part, *whole] if part else whole
    return [*whole, *part] if several else whole


def _run(rows: Sequence[Row]) -> list[Row]:
    """The recipients up to the next total or heading of a section."""
    found: list[Row] = []
    for row in rows:
        if row.role == CHECK or (row.role == SECTION and found):
            break
        if _is_counted(row):
            found.append(row)
    return found


def _check(
    row: Row,
    scope: Sequence[Row],
    values: Mapping[int, list[Decimal]],
    columns: Columns,
    unknown: Collection[str],
) -> Check:
    sums = [sum(each, start=Decimal(0)) for each in zip(*(values[r.number] for r in scope), strict=True)]
    sums = sums or [Decimal(0)] * len(columns)
    found: dict[str, tuple[str | None, str, str | None]] = {}
    for (name, at), total in zip(columns.items(), sums, strict=True):
        figure = figure_of(row.cell(at))
        if name in unknown and figure.kind == FIGURE:
            found[name] = figure.text, plain_text(total), None
            continue
        if has_no_value(row, at) or figure.kind != FIGURE:
            found[name] = None, plain_text(total), None
            continue
        found[name] = figure.text, plain_text(total), plain_text(off_by(figure.value, total))
    return Check(row.number, row.name, tuple(r.number for r in scope), found)


def off_by(shown: Decimal, total: Decimal) -> Decimal:
    """The difference of a total that is shown from the sum, 0 within the error of a spreadsheet's own sum.

    >>> off_by(Decimal("0.30000000000000004"), Decimal("0.3")), off_by(Decimal(5), Decimal(7))
    (Decimal('0'), Decimal('2'))
    """
    off = abs(shown - total)
    return Decimal(0) if off <= _NOISE * max(abs(total), Decimal(1)) else off


def is_part(name: str) -> bool:
    """True if a total has the name of one of a part of the rows, such as 小计."""
    return any(word in closed(name) for word in _PART)


def unnamed_totals(rows: Sequence[Row], columns: Columns) -> list[Row]:
    """Recipients whose figures are, in every column, the sum of all others or of those next to them."""
    lines = [row for row in rows if row.role == RECIPIENT and row.why != DEDUCTED]
    if len(lines) < _LEAST_RUN + 1 or all(row.why in _CERTAINLY for row in lines) or not columns:
        return []
    # each row as one number, so that a sum is searched for once; what is found is then added up exactly
    marks = [_MIX**at % _MODULUS for at in range(1, len(columns) + 1)]
    mixed = [sum(map(mul, values_of(row, columns), marks), start=Decimal(0)) for row in lines]
    sums = list(accumulate(mixed, initial=Decimal(0)))
    before = {each: at for at, each in reversed(list(enumerate(sums)))}
    after = {each: at for at, each in enumerate(sums)}
    found = []
    for at, (row, value) in enumerate(zip(lines, mixed, strict=True)):
        if row.why in _CERTAINLY or not value:
            continue
        start, end = before.get(sums[at] - value), after.get(sums[at + 1] + value)
        runs = [] if value + value != sums[-1] else [[*lines[:at], *lines[at + 1 :]]]
        runs += [] if start is None else [lines[start:at]]
        runs += [] if end is None else [lines[at + 1 : end]]
        if any(_is_sum(row, run, columns, whole=len(run) == len(lines) - 1) for run in runs):
            found.append(row)
    return found


def _is_sum(row: Row, run: Sequence[Row], columns: Columns, *, whole: bool) -> bool:
    value = values_of(row, columns)
    if len(run) < _LEAST_RUN or not _tells(value) or (not whole and _digits(value) <= _CERTAIN):
        return False
    sums = [sum(each, start=Decimal(0)) for each in zip(*(values_of(r, columns) for r in run), strict=True)]
    return sums == value


def _tells(value: Sequence[Decimal]) -> bool:
    """True if figures can hardly be sums by chance: they are in several columns, or have many digits."""
    return _digits(value) > (_CERTAIN if len(value) > 1 else 3) or sum(1 for part in value if part) > 2


def _digits(value: Sequence[Decimal]) -> int:
    return sum(len(str(part).replace(".", "").strip("0")) for part in value if part)
