"""Columns of amounts: their role is asked about, unless it was given or is known already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from allocator.core.parts import AMOUNT_UNITS, plain_name
from allocator.files.sheets.headings import AMOUNTS, words
from allocator.files.understanding.columns import AMOUNT, Place
from allocator.files.understanding.draft import Draft
from allocator.files.understanding.figures import FIGURE, Figure, figure_of
from allocator.files.understanding.model import Amounts
from allocator.files.understanding.rows import Row
from allocator.files.understanding.view import View


def amounts_in(
    view: View, rows: Sequence[Row], places: Sequence[Place], unit: str, draft: Draft
) -> tuple[Amounts, ...]:
    """The amounts of the columns whose role is known; the others are asked about."""
    made = []
    for place in places:
        if place.role != AMOUNT:
            continue
        where, name = view.column(place.at), place.column.name
        figures = {row.id: figure_of(row.cell(place.at)) for row in rows}
        found = {id: figure for id, figure in figures.items() if figure.kind == FIGURE}
        measured = place.column.unit or next((f.unit for f in found.values() if f.unit), "") or unit
        values = {id: figure.text for id, figure in found.items()}
        role = place.id or _known_as(place, found, measured, draft)
        if not role:
            draft.ask("amounts", ["leave_out", "previous", "published"], where, name=name)
            continue
        for row in rows:
            if row.id not in found:
                draft.refuse("amount_missing", view.cell(row.number, place.at), name=row.name, column=name)
        if measured not in AMOUNT_UNITS or not measured:
            draft.refuse("amount_unit", where, name=name, known=[u for u in AMOUNT_UNITS if u])
        draft.treat("amounts_published" if role == "published" else "amounts_previous", where, name=name)
        made.append(Amounts(role, name, measured, values))
    return tuple(made)


def _known_as(place: Place, found: Mapping[str, Figure], unit: str, draft: Draft) -> str:
    """The role of amounts under a heading of our own workbook that equal the scenario's, else ""."""
    role = words(AMOUNTS).get(plain_name(place.column.last), "")
    own = getattr(draft.known.scenario, role) if draft.known is not None and role else None
    if own is None or set(own) != set(found):
        return ""
    scale = AMOUNT_UNITS.get(unit, 0)
    same = all(Fraction(own[id]) == Fraction(figure.value) * scale for id, figure in found.items())
    return role if same else ""
