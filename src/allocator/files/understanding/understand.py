"""Understands a file: finds the sheet with the table, and the role of everything in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from allocator.core.errors import Problem, ScenarioError
from allocator.core.model import Scenario
from allocator.core.parts import plain_name
from allocator.files.parsing import uncollected
from allocator.files.sheets.grids.files import grids_of
from allocator.files.sheets.grids.grid import Grid
from allocator.files.sheets.spreadsheet import shown_name
from allocator.files.understanding.draft import Draft
from allocator.files.understanding.model import Options, Understanding
from allocator.files.understanding.names import Known
from allocator.files.understanding.table import understand_sheet
from allocator.files.understanding.vocabulary import closed
from allocator.text import BOOKS

# sheets of the program's own workbook that hold no table
_TEMPLATE = ("workbook.sheet_notes", "workbook.sheet_factors", "workbook.sheet_cells")


def understand(
    name: str, content: bytes, options: Options | None = None, scenario: Scenario | None = None
) -> Understanding:
    """The understanding of a file: a proposal that changes nothing.

    Raises ScenarioError for a file that cannot be read at all; problems of a table are in the proposal.

    >>> made = understand("a.csv", "区县,税收\\n泸县,5\\n合江县,7\\n合计,12\\n".encode())
    >>> made.values["泸县"], made.checks[0].agreed
    ({'税收': '5'}, True)
    """
    return understand_grids(shown_name(name), grids_of(name, content), options or Options(), scenario)


@uncollected()
def understand_grids(
    file: str, grids: Sequence[Grid], options: Options, scenario: Scenario | None
) -> Understanding:
    """The understanding of the sheets of a file, as in `understand`, with its errors."""
    known = None if scenario is None else Known(scenario, options.same)
    if not any(grid.rows for grid in grids):
        raise ScenarioError(Problem("sheet_none", {}, file))
    if options.sheet is not None:
        wanted = [g for g in grids if closed(g.name) == closed(options.sheet)]
        if not wanted:
            details = {"name": options.sheet, "found": [grid.name for grid in grids][:10]}
            raise ScenarioError(Problem("sheet_unknown", details, file))
        return _with_others(understand_sheet(file, wanted[0], Draft(options, known)), grids)
    seen = _seen(grids)
    made = [understand_sheet(file, grid, Draft(options, known)) for grid in seen]
    tables = [each for each in made if each.values and each.factors]
    if len(tables) > 1:
        draft = Draft(options, known)
        names = [each.sheet for each in tables]
        draft.ask("which_sheet", names, names=names)
        return Understanding(file, sheets=tuple(names), decisions=tuple(draft.decisions))
    if tables:
        return _with_others(tables[0], grids)
    if not made:
        raise ScenarioError(Problem("sheets_hidden", {"found": [g.name for g in grids][:10]}, file))
    # the sheet nearest to a table shows best what is missing
    best = max(made, key=lambda each: (len(each.values), len(each.columns), len(each.rows)))
    return _with_others(best, grids)


def _seen(grids: Sequence[Grid]) -> list[Grid]:
    """The sheets to look at: not hidden, not blank, and not the others of the program's own workbook."""
    seen = [grid for grid in grids if grid.rows and not grid.hidden]
    data = {plain_name(book.say("workbook.sheet_data")) for book in BOOKS}
    if any(plain_name(grid.name) in data for grid in seen):
        aside = {plain_name(book.say(key)) for key in _TEMPLATE for book in BOOKS}
        seen = [grid for grid in seen if plain_name(grid.name) not in aside]
    return seen


def _with_others(made: Understanding, grids: Sequence[Grid]) -> Understanding:
    """The proposal with statements about the sheets that it does not use."""
    draft = Draft(Options(), None)
    for grid in grids:
        if grid.name != made.sheet and grid.rows:
            draft.leave("sheet_hidden" if grid.hidden else "sheet_other", name=grid.name)
    used = next((grid for grid in grids if grid.name == made.sheet), None)
    if used and "formulas" in used.unseen:
        draft.treat("unseen_formulas")
    if used and "filters" in used.unseen and used.hidden_rows:
        draft.treat("unseen_filters", rows=sorted(used.hidden_rows))
    return replace(
        made,
        sheets=tuple(grid.name for grid in grids if grid.rows),
        left_out=(*made.left_out, *draft.left_out),
        treated=(*made.treated, *draft.treated),
    )
