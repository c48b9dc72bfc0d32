"""Reads the weights that a table states, in its headings or in a row of their own."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from allocator.files.sheets.grids.grid import EMPTY, Cell
from allocator.files.understanding.columns import Place
from allocator.files.understanding.draft import Draft
from allocator.files.understanding.figures import FIGURE, figure_of, plain_text
from allocator.files.understanding.view import View


def weights_in(
    view: View, factors: Sequence[Place], row: tuple[int, Sequence[Cell]] | None, draft: Draft
) -> dict[str, str]:
    """The weights in percent; none, with a note, if they do not add up to 100 or a factor has none."""
    found: dict[str, Decimal] = {}
    at = ""
    if row is not None:
        number, cells = row
        at = view.row(number)
        for place in factors:
            figure = figure_of(cells[place.at] if place.at < len(cells) else EMPTY)
            if figure.kind == FIGURE:
                found[place.id] = figure.value
        if sum(found.values()) == 1:  # 0.4 and not 40
            found = {id: weight * 100 for id, weight in found.items()}
    elif any(place.column.weight for place in factors):
        found = {place.id: Decimal(place.column.weight or 0) for place in factors}
    if not found:
        return {}
    total = sum(found.values(), start=Decimal(0))
    if total != 100 or len(found) < len(factors):
        draft.leave("weights_not_100", at, total=plain_text(total), count=len(found), many=len(factors))
        return {}
    made = {id: plain_text(weight) for id, weight in found.items()}
    names = {place.id: place.column.name for place in factors}
    draft.treat("weights", at, weights=[f"{names[id]} {weight}%" for id, weight in made.items()])
    if draft.known is not None and not draft.options.other_factors:
        own = draft.known.scenario.weights
        if any(Fraction(own.get(id, 0)) != Fraction(weight) for id, weight in made.items()):
            draft.treat("weights_differ", at)
    return made
