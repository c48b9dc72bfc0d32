"""The figures of the recipients, cell by cell, and what is wrong with them or has to be decided."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from allocator.files.sheets.headings import text_of
from allocator.files.understanding.columns import Place
from allocator.files.understanding.draft import Draft
from allocator.files.understanding.figures import FIGURE, MISSING, Figure, figure_of, plain_text
from allocator.files.understanding.rows import DEDUCTED, Row
from allocator.files.understanding.view import View
from allocator.files.understanding.vocabulary import closed, tidy

_SHOWN = 5


@dataclass
class Values:
    """The exact figure and its cell for each recipient and factor, and the unit of each factor."""

    values: dict[str, dict[str, str]] = field(default_factory=dict)
    cells: dict[str, dict[str, str]] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    zeros: list[str] = field(default_factory=list)


def values_in(view: View, rows: Sequence[Row], places: Sequence[Place], draft: Draft) -> Values:
    """The figures of the rows; every refused cell is named, missing ones are asked about once."""
    found = Values({row.id: {} for row in rows}, {row.id: {} for row in rows})
    missing: list[str] = []
    for place in places:
        figures = [(row, figure_of(row.cell(place.at))) for row in rows]
        for row, figure in figures:
            cell = view.cell(row.number, place.at)
            if figure.kind == FIGURE:
                found.values[row.id][place.id] = figure.text
                found.cells[row.id][place.id] = cell
            elif figure.kind == MISSING:
                missing.append(cell)
                if draft.options.blank == "zero":
                    found.values[row.id][place.id] = "0"
                    found.cells[row.id][place.id] = cell
                    found.zeros.append(cell)
            else:
                name, text = place.column.name, tidy(row.cell(place.at).text)
                draft.refuse(figure.why, cell, value=text, column=name, name=row.name)
        sound = [(row, figure) for row, figure in figures if figure.kind == FIGURE]
        found.units[place.id] = _unit(view, place, sound, draft)
    _merged(view, rows, places, draft)
    if missing:
        _missing(missing, draft)
    return found


def deduct_parts(
    view: View, rows: Sequence[Row], places: Sequence[Place], found: Values, draft: Draft
) -> None:
    """Deducts the figures of rows that are a part of the row above from that row's."""
    whole: Row | None = None
    for row in rows:
        if row.why != DEDUCTED:
            whole = row
            continue
        if whole is None:
            draft.refuse("part_without_whole", view.row(row.number), name=row.name)
            continue
        draft.treat("part_deducted", view.row(row.number), name=row.name, whole=whole.name)
        for place in places:
            of_whole, of_part = (found.values[each.id].get(place.id) for each in (whole, row))
            if of_whole is None or of_part is None:
                continue
            left = Decimal(of_whole) - Decimal(of_part)
            if left < 0:
                draft.refuse("part_larger", view.cell(row.number, place.at), name=row.name, whole=whole.name)
                continue
            found.values[whole.id][place.id] = plain_text(left)
            found.cells[whole.id][place.id] += f"-{found.cells[row.id][place.id]}"


def _missing(cells: Sequence[str], draft: Draft) -> None:
    if draft.options.blank == "zero":
        draft.treat("blank_zero", cells=cells, count=len(cells))
    elif draft.options.blank == "refuse":
        for cell in cells:
            draft.refuse("figure_missing", cell)
    else:
        draft.ask("blank", ["zero", "refuse"], cells=cells, count=len(cells))


def _unit(view: View, place: Place, figures: Sequence[tuple[Row, Figure]], draft: Draft) -> str:
    """The unit of a column; one that mixes units, or percentages with other figures, is refused."""
    name = place.column.name
    some = [(row, figure) for row, figure in figures if figure.value]
    shown = [row for row, figure in some if figure.percent]
    where = view.column(place.at)
    if shown and len(shown) < len(some):
        plain = [row for row, figure in some if not figure.percent]
        draft.refuse(
            "percents_mixed", where, column=name, many=len(shown), others=len(plain),
            shown=[view.cell(row.number, place.at) for row in shown[:_SHOWN]],
            plain=[view.cell(row.number, place.at) for row in plain[:_SHOWN]],
        )  # fmt: skip
        return ""
    if shown:
        draft.treat("percents", where, column=name)
        return "%"
    heading = closed(place.column.unit)
    counts = Counter(figure.unit or heading for _, figure in some)
    base = heading or (counts.most_common(1)[0][0] if counts else "")
    odd = {unit for unit in counts if not _agree(unit, base)}
    if odd:
        others = [view.cell(row.number, place.at) for row, figure in some if (figure.unit or heading) in odd]
        found = [unit or text_of("sheets.title.no_unit") for unit in sorted(counts)]
        draft.refuse(
            "units_mixed", where, column=name, unit=base or text_of("sheets.title.no_unit"),
            count=len(others), cells=others, found=found,
        )  # fmt: skip
    elif any(figure.unit for _, figure in some):
        draft.treat("unit_in_cells", where, column=name, unit=heading or base)
    if any(figure.treated for _, figure in figures):
        draft.treat("text_numbers", where, column=name)
    return place.column.unit or base


def _agree(one: str, other: str) -> bool:
    """True if two words mean the same unit.

    >>> _agree("万", "万元"), _agree("元", "万元")
    (True, False)
    """
    return one == other or (
        "" not in (one, other) and one.removesuffix("元") == other.removesuffix("元") != ""
    )


def _merged(view: View, rows: Sequence[Row], places: Sequence[Place], draft: Draft) -> None:
    """Refuses figures of several rows or columns in one merged cell."""
    if not view.merged:
        return
    numbers = sorted(row.number for row in rows)
    columns = {place.at for place in places}
    for top, left, last, right in view.merged:
        inside = [at for at in columns if left <= at <= right]
        below = bisect_right(numbers, last) - bisect_left(numbers, top)
        if inside and below and (below > 1 or len(inside) > 1):
            draft.refuse("figure_merged", f"{view.cell(top, left)}:{view.cell(last, right)}")
