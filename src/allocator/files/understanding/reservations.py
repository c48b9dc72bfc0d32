"""Rows that are reservations for departments, and the amount of each, as the sheet or somebody gives it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from allocator.core.errors import ScenarioError
from allocator.core.exact import Number, exact
from allocator.core.parts import AMOUNT_UNITS, Reservation, Text
from allocator.files.parsing import cell_number
from allocator.files.scenario.fields import amount_in_text
from allocator.files.understanding.columns import AMOUNT, LEFT, Place
from allocator.files.understanding.draft import Draft, is_named
from allocator.files.understanding.figures import FIGURE, figure_of
from allocator.files.understanding.model import Reserved
from allocator.files.understanding.rows import RESERVED, Row
from allocator.files.understanding.view import View
from allocator.files.understanding.vocabulary import closed, is_amount
from allocator.text import Money

_EARLIER = ("上年", "去年", "上一年", "previous", "lastyear")


def reservations_in(
    view: View, rows: Sequence[Row], places: Sequence[Place], unit: str, draft: Draft
) -> tuple[Reserved, ...]:
    """The reservations of a table; asks about an amount that neither the sheet nor anybody gives."""
    columns = [place for place in places if _is_this_years(place)]
    unit = unit or next((place.column.unit for place in columns if place.column.unit), "")
    made = []
    for row in rows:
        if row.role != RESERVED:
            continue
        at = view.row(row.number)
        written = _written(row, at, draft)
        amount = _entered(written, unit, draft) if written else _on_sheet(row, columns, unit, draft)
        if amount is None:
            if written:
                draft.refuse("reservation_unread", at, name=row.name, value=written)
            else:
                draft.ask("reservation_amount", [], at, name=row.name)
            continue
        try:
            Reservation(Text(row.name), amount)
        except ScenarioError:
            draft.refuse("reservation_unread", at, name=row.name, value=written or str(amount))
            continue
        draft.treat("reserved", at, name=row.name, amount=Money(amount, _currency(draft)))
        made.append(Reserved(at, row.name, str(amount)))
    return tuple(made)


def _is_this_years(place: Place) -> bool:
    """True if a column holds amounts, and not those of last year; also one that is left out as asked."""
    heading = closed(place.column.name)
    if place.id == "previous" or any(word in heading for word in _EARLIER):
        return False
    return place.role == AMOUNT or (place.role == LEFT and is_amount(place.column.last))


def _written(row: Row, at: str, draft: Draft) -> str:
    """The amount that somebody gave with the row; "" where it is left to the sheet."""
    given = draft.options.reserve.items()
    return next((amount.strip() for name, amount in given if is_named([name], at, row.name)), "")


def _entered(text: str, unit: str, draft: Draft) -> Number | None:
    """An amount as it was written; a bare number is in the sheet's unit, and none where it states none."""
    bare = cell_number(text)
    if isinstance(bare, str):
        return amount_in_text(text, _currency(draft))
    scale = _scale(unit, draft)
    return None if scale is None else exact(Fraction(bare) * scale)


def _on_sheet(row: Row, columns: Sequence[Place], unit: str, draft: Draft) -> Number | None:
    """The amount in the row, if the columns of amounts show one and no other."""
    found = set()
    for place in columns:
        figure = figure_of(row.cell(place.at))
        scale = _scale(figure.unit or place.column.unit or unit, draft)
        if figure.kind == FIGURE and scale is not None:
            found.add(exact(Fraction(figure.value) * scale))
    return found.pop() if len(found) == 1 else None


def _scale(unit: str, draft: Draft) -> int | None:
    if _currency(draft) != "CNY":
        return 1
    return (AMOUNT_UNITS.get(unit) or AMOUNT_UNITS.get(f"{unit}元")) if unit else None


def _currency(draft: Draft) -> str:
    return "CNY" if draft.known is None else draft.known.scenario.fund.currency
