"""Understands one sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import localcontext

from allocator.core.errors import ScenarioError
from allocator.core.parts import check_id
from allocator.files.sheets.grids.grid import Grid
from allocator.files.understanding import columns as taken_as
from allocator.files.understanding.amounts import amounts_in
from allocator.files.understanding.cells import deduct_parts, values_in
from allocator.files.understanding.checks import checks_of, unnamed_totals
from allocator.files.understanding.columns import Place, places_of, recipient_column
from allocator.files.understanding.draft import Draft
from allocator.files.understanding.figures import EXACT
from allocator.files.understanding.headings import Head, head_of
from allocator.files.understanding.model import Taken, Understanding
from allocator.files.understanding.recipients import recipients_in
from allocator.files.understanding.reservations import reservations_in
from allocator.files.understanding.rows import ASKED, RECIPIENT, WEIGHTS, Row, Rows
from allocator.files.understanding.view import View, view_of
from allocator.files.understanding.weights import weights_in


def understand_sheet(file: str, grid: Grid, draft: Draft) -> Understanding:
    """The understanding of a sheet, as a proposal."""
    with localcontext(EXACT):
        return _understood(file, grid, draft)


def _understood(file: str, grid: Grid, draft: Draft) -> Understanding:
    is_known = draft.known.is_recipient if draft.known else None
    view = view_of(grid, is_known)
    if view.turned:
        draft.treat("turned")
    given = _given(view, draft)
    head = head_of(view, is_known, given)
    names = None if head is None else recipient_column(view, head, draft)
    if head is None or names is None:
        if not draft.problems:
            draft.refuse("no_table" if head is None else "no_recipients")
        return _made(file, grid, draft)
    if head.unit:
        draft.treat("unit", unit=head.unit)
    places = places_of(view, head, names, draft)
    factors = [place for place in places if place.role == taken_as.FACTOR]
    figured = [p for p in places if p.role in (taken_as.FACTOR, taken_as.AMOUNT)]
    rows = Rows(view, head, names, [p.at for p in figured], draft).all()
    rows = _without_unnamed_totals(view, rows, {p.id: p.at for p in factors}, draft)
    rows = recipients_in(view, rows, names, draft)
    recipients = [row for row in rows if row.role == RECIPIENT and row.id]
    unit = draft.options.unit or head.unit
    values = values_in(view, recipients, factors, draft)
    deduct_parts(view, recipients, factors, values, draft)
    checks = checks_of(view, rows, {p.id: p.at for p in figured if p in factors}, draft)
    in_rows = next(((row.number, row.cells) for row in rows if row.role == WEIGHTS), None)
    weights = weights_in(view, factors, head.weights or in_rows, draft)
    amounts = amounts_in(view, recipients, places, unit, draft)
    reservations = reservations_in(view, rows, places, unit, draft)
    _factors_there(view, places, factors, draft)
    return replace(
        _made(file, grid, draft),
        columns=tuple(_taken(view, place) for place in places),
        rows=(*_above(view, head), *(_of_row(view, row) for row in rows)),
        values=values.values,
        cells=values.cells,
        names={row.id: row.name for row in recipients},
        aliases=draft.aliases,
        factors={place.id: place.column.name for place in factors},
        unit=unit,
        units=values.units,
        zeros=tuple(values.zeros),
        weights=weights,
        amounts=amounts,
        reservations=reservations,
        checks=checks,
    )


def _given(view: View, draft: Draft) -> dict[int, str]:
    """The roles that somebody gave rows, by their numbers; refuses rows that hold nothing."""
    if not draft.options.rows:
        return {}
    places = {view.row(number): number for number, _ in view.lines}
    for at in draft.options.rows:
        if at not in places:
            draft.refuse("no_such_row", name=at)
    return {places[at]: role for at, role in draft.options.rows.items() if at in places}


def _made(file: str, grid: Grid, draft: Draft) -> Understanding:
    return Understanding(
        file,
        grid.name,
        (grid.name,),
        treated=tuple(draft.treated),
        left_out=tuple(draft.left_out),
        decisions=tuple(draft.decisions),
        problems=tuple(draft.problems),
    )


def _above(view: View, head: Head) -> list[Taken]:
    headings = [Taken(view.row(number), "heading", "heading") for number in head.rows]
    return sorted(
        [*headings, *(Taken(view.row(n), kind, kind) for n, kind in head.above.items())],
        key=lambda taken: (len(taken.at), taken.at),
    )


def _taken(view: View, place: Place) -> Taken:
    return Taken(view.column(place.at), place.role, place.why, place.column.name, place.id, place.column.unit)


def _of_row(view: View, row: Row) -> Taken:
    return Taken(view.row(row.number), row.role, row.why, row.name, row.id)


def _without_unnamed_totals(
    view: View, rows: Sequence[Row], columns: Mapping[str, int], draft: Draft
) -> list[Row]:
    """The rows; asks about those that seem to be totals without the name."""
    seem = unnamed_totals(rows, columns)
    for row in seem:
        draft.ask("row_sum", ["leave_out"], view.row(row.number), name=row.name)
    return [replace(row, role=ASKED, why="part") if row in seem else row for row in rows]


def _factors_there(view: View, places: Sequence[Place], factors: Sequence[Place], draft: Draft) -> None:
    """Asks about factors of the scenario that no column holds; refuses a table without any figures."""
    known = draft.known
    if known is None or draft.options.other_factors:
        if not factors and not any(place.role == taken_as.AMOUNT for place in places):
            draft.refuse("no_factors", names=[p.column.name for p in places if p.column.parts])
        for place in factors:
            try:
                check_id(place.id, "factors")
            except ScenarioError:
                draft.refuse("name_unsafe", name=place.id)
        return
    found = {place.id for place in factors}
    limits = (limit.by for limit in known.scenario.limits)
    used = {*known.scenario.weights, known.scenario.coefficient, *limits}
    missing = [f for f in known.scenario.factors if f.id in used and f.id not in found]
    left = [p for p in places if p.why in ("reference", "result", "hidden", "part", "total")]
    for factor in missing:
        hidden = [p for p in left if p.why == "hidden" and known.factor(p.column.parts) == factor.id]
        if hidden:
            where = view.column(hidden[0].at)
            draft.ask("factor_hidden", ["read"], where, name=factor.name)
            continue
        called = (factor.name.zh, factor.name.en, factor.id)
        near = [p.column.name for p in left if known.near_factor(p.column.parts) in called]
        draft.ask(
            "factor_near" if near else "factor_missing",
            [p.column.name for p in left],
            name=factor.name, near=near, found=[p.column.name for p in left],
        )  # fmt: skip
