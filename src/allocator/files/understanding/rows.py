"""The role of each row of a table: a recipient, a check, weights, a section, a note, or asked about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from allocator.files.sheets.grids.grid import BLANK, EMPTY, FORMULA, Cell
from allocator.files.understanding.draft import MOST_STATEMENTS, Draft, is_named
from allocator.files.understanding.figures import FIGURE, MISSING, REFUSED, WORDS, is_word, kind_of
from allocator.files.understanding.headings import Head
from allocator.files.understanding.view import View
from allocator.files.understanding.vocabulary import (
    closed,
    is_average,
    is_note,
    is_own_level,
    is_recipient_heading,
    is_section,
    is_total_row,
    is_weights,
    part_of,
    tidy,
)  # fmt: skip

RECIPIENT, CHECK, WEIGHTS, SECTION, LEFT, ASKED = "recipient", "check", "weights", "section", "left", "asked"
DEDUCTED = "deducted"  # why a row is a recipient of its own and comes off the row above
RESERVED = "reserved"  # a department's, which comes off before anything is shared out
GIVEN = "given"  # somebody said what the row is
_LONG = 24  # characters of a text that is no name


@dataclass(frozen=True, slots=True)
class Row:
    """A row and its role; ``name`` is its name in the sheet, ``id`` the recipient."""

    number: int
    cells: Sequence[Cell]
    name: str
    role: str
    why: str
    id: str = ""

    def cell(self, at: int) -> Cell:
        """Its cell in a column, counted from 0."""
        return self.cells[at] if at < len(self.cells) else EMPTY


class Rows:
    """Gives each row of a table its role."""

    def __init__(self, view: View, head: Head, names: int, figures: Sequence[int], draft: Draft) -> None:
        self.view, self.head, self.names, self.figures, self.draft = view, head, names, figures, draft
        self._heading = head.columns[names].name
        lines = view.lines[head.first :]
        figured = (number for number, cells in reversed(lines) if self._has(cells, FIGURE, REFUSED))
        self._last = next(figured, 0)

    def all(self) -> list[Row]:
        """Every row with its role; rows that are no recipients are noted."""
        rows = [self._row(number, cells) for number, cells in self.view.lines[self.head.first :]]
        found = [row for row in rows if row is not None]
        recipients = [row for row in found if row.role == RECIPIENT]
        hidden = [row for row in recipients if row.number in self.view.hidden_rows]
        filtered = [row for row in recipients if row.number in self.view.filtered_rows]
        if self.draft.options.hidden == "leave":
            hidden += filtered
        elif filtered:  # a filter is for looking; nobody has taken these rows out
            shown = [self.view.row(row.number) for row in filtered]
            self.draft.treat("rows_filtered", rows=shown, count=len(shown))
        if hidden and self.draft.options.hidden is None:
            shown = [self.view.row(row.number) for row in hidden]
            self.draft.ask("hidden_rows", ["read", "leave"], rows=shown, count=len(shown))
        elif hidden and self.draft.options.hidden == "leave":
            for row in hidden:
                self.draft.leave("row_hidden", self.view.row(row.number), name=row.name)
            found = [row for row in found if row not in hidden]
        return found

    def _has(self, cells: Sequence[Cell], *kinds: str) -> bool:
        return any(at < len(cells) and kind_of(cells[at]) in kinds for at in self.figures)

    def _row(self, number: int, cells: tuple[Cell, ...]) -> Row | None:
        own = cells[self.names] if self.names < len(cells) else EMPTY
        name = tidy(own.text)
        at, draft = self.view.row(number), self.draft
        has_figures = self._has(cells, FIGURE, REFUSED)
        # the words of a row with a name only tell whether it is a note, which one with figures is not
        named = name and (has_figures or is_word(own))
        words = [] if named else [tidy(c.text) for c in cells if is_word(c)]
        label = name or (words[0] if words else "")
        blank = not any(i < len(cells) and cells[i].kind != BLANK for i in self.figures)

        def made(role: str, why: str, id: str = "") -> Row:
            return Row(number, cells, label, role, why, id)

        if at in draft.options.rows:
            return self._given(draft.options.rows[at], number, cells, label)
        if (
            draft.options.leave_out
            and label
            and is_named(draft.options.leave_out, at, label, own.text, f"row {at}", f"第{at}行")
        ):
            draft.leave("row_asked", at, name=label)
            return made(LEFT, "asked")
        if draft.options.reserve and label and is_named(draft.options.reserve, at, label):
            return made(RESERVED, "asked")
        if name and draft.known is not None and (match := draft.known.recipient(own.text)) is not None:
            return made(RECIPIENT, "match", match.id)
        if label and is_weights(label) and has_figures:
            return made(WEIGHTS, "weights")
        if name and not has_figures and is_recipient_heading(name) and self._is_heading(cells, own):
            return self._repeated(number, cells, label)
        if is_total_row(label):
            return made(CHECK, "total")
        if label and is_average(label) and has_figures:
            draft.leave("row_average", at, name=label)
            return made(LEFT, "average")
        if label and is_note(label) and not self._has(cells, FIGURE):
            draft.leave("row_note", at, name=label)
            return made(LEFT, "note")
        if not has_figures and self._is_note(label, words, number):
            draft.leave("row_note", at, name=label)
            return made(LEFT, "note")
        if label and part_of(label) is not None and not (blank and is_section(label)):
            if is_named(draft.options.deduct, at, label, own.text, part_of(label) or ""):
                return made(RECIPIENT, DEDUCTED)
            draft.ask("row_part", ["deduct", "leave_out"], at, name=label, part=part_of(label))
            return made(ASKED, "part")
        if name and is_own_level(name):
            key = "row_own_level" if has_figures else "row_reservation"
            draft.ask(key, ["reservation", "leave_out"], at, name=name)
            return made(ASKED, "own_level")
        if blank:
            return self._blank(number, cells, label)
        if not name:
            self._unnamed(number, label)
            return made(ASKED, "unnamed")
        return made(RECIPIENT, "name")

    def _given(self, role: str, number: int, cells: tuple[Cell, ...], label: str) -> Row:
        """A row in the role that somebody gave it; a total is no recipient, whoever says so."""
        at, draft = self.view.row(number), self.draft
        own = cells[self.names] if self.names < len(cells) else EMPTY
        if role == "check":
            return Row(number, cells, label, CHECK, GIVEN)
        if role != "recipient":
            draft.leave("row_headings" if role == "heading" else "row_asked", at, name=label)
            return Row(number, cells, label, LEFT, "headings" if role == "heading" else "asked")
        match = None if draft.known is None else draft.known.recipient(own.text)
        if not tidy(own.text):
            self._unnamed(number, label)
        elif match is None and is_total_row(label):
            draft.refuse("row_total", at, name=label)
        else:
            draft.treat("row_given", at, name=label)
            return Row(number, cells, label, RECIPIENT, GIVEN, match.id if match else "")
        return Row(number, cells, label, ASKED, GIVEN)

    def _is_heading(self, cells: Sequence[Cell], own: Cell) -> bool:
        texts = sum(1 for at in self.figures if at < len(cells) and kind_of(cells[at]) == WORDS)
        return texts > 0 or closed(own.text) == closed(self._heading)

    def _repeated(self, number: int, cells: tuple[Cell, ...], label: str) -> Row:
        """A row of repeated headings: left out on the next printed page, refused for a second table."""
        columns = self.head.columns
        same = all(
            closed(cells[at].text).startswith(closed(columns[at].last))
            for at in self.figures
            if at < len(cells) and cells[at].kind != BLANK
        )
        if same:
            self.draft.leave("row_headings", self.view.row(number), name=label)
        else:
            self.draft.refuse("second_table", self.view.row(number), name=label)
        return Row(number, cells, label, LEFT, "headings")

    def _is_note(self, label: str, words: Sequence[str], number: int) -> bool:
        if not label:
            return False
        if len(label) > _LONG or any(c in label for c in "。；;，"):
            return True
        return number > self._last and all(is_note(word) or is_section(word) for word in words or [label])

    def _blank(self, number: int, cells: tuple[Cell, ...], label: str) -> Row | None:
        """A row without any figure: a section's heading, a note, or a recipient of which nothing is known."""
        if not label:
            return None
        at, draft = self.view.row(number), self.draft
        own = cells[self.names] if self.names < len(cells) else EMPTY
        if is_section(label) or not own.kind:
            draft.leave("row_section" if number < self._last else "row_note", at, name=label)
            return Row(number, cells, label, SECTION, "section")
        if draft.options.blank is not None:
            return Row(number, cells, label, RECIPIENT, "name")
        draft.ask("row_blank", ["leave_out", "blank"], at, name=label)
        return Row(number, cells, label, ASKED, "blank")

    def _unnamed(self, number: int, label: str) -> None:
        at, draft = self.view.row(number), self.draft
        if len(draft.problems) >= MOST_STATEMENTS:
            return
        for top, left, last, right in self.view.merged:
            if left <= self.names <= right and top < number <= last:
                draft.refuse("row_merged", at, first=self.view.row(top))
                return
        draft.refuse("row_unnamed", at)


def has_no_value(row: Row, at: int) -> bool:
    """True if a row of totals shows nothing in a column, or only a formula that was never calculated."""
    cell = row.cell(at)
    return cell.kind == FORMULA or kind_of(cell) == MISSING
