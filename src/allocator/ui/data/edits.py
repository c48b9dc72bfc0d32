"""Edits that were typed into an editor and are not yet applied.  No Streamlit.

They are kept as differences from the scenario's rows, since they outlive the editor: on another page or in
the other language it is filled anew, and cells that nobody edited must then be as they are there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Rows = list[tuple[int, list[str]]]
Same = Mapping[int, Mapping[str, str]]  # by column: the choices of other languages in this one's words

_COLUMN = re.compile(r"c(\d{1,4})")


@dataclass(frozen=True)
class Edits:
    """Cells by the number of their row and by position, rows that are gone, rows that were added."""

    cells: Mapping[tuple[int, int], str] = field(default_factory=dict)
    gone: frozenset[int] = frozenset()
    added: tuple[tuple[str, ...], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.cells or self.gone or any(map(any, self.added)))

    def on(self, rows: Sequence[Sequence[str]], same: Same | None = None) -> Rows:
        """The rows with these edits, each with its number; added ones count on.

        >>> Edits({(1, 0): "x"}, frozenset([2]), (("new",),)).on([["a"], ["b"]])
        [(1, ['x']), (3, ['new'])]
        """
        shown = [
            (number, [self.cells.get((number, at), cell) for at, cell in enumerate(row)])
            for number, row in enumerate(rows, 1)
            if number not in self.gone
        ]
        shown += [(number, list(row)) for number, row in enumerate(self.added, len(rows) + 1)]
        for at, words in (same or {}).items():
            for _, cells in shown:
                cells[at] = words.get(cells[at], cells[at])
        return shown


def edits_of(rows: Sequence[Sequence[str]], shown: Rows) -> Edits:
    """The edits that turn the rows an editor was filled with into those that are shown.

    >>> edits_of([["a"], ["b"]], [(1, ["x"]), (3, ["new"])]) == Edits({(1, 0): "x"}, {2}, (("new",),))
    True
    """
    stands = {number: cells for number, cells in shown if number <= len(rows)}
    return Edits(
        {
            (number, at): cell
            for number, cells in stands.items()
            for at, cell in enumerate(cells)
            if cell != rows[number - 1][at]
        },
        frozenset(range(1, len(rows) + 1)) - stands.keys(),
        tuple(tuple(cells) for number, cells in shown if number > len(rows)),
    )


def after(shown: Rows, edits: Mapping[str, Any], count: int, width: int) -> Rows:
    """The rows of an editor after the edits that Streamlit reports; ``count`` rows were there at first.

    Streamlit names rows by their place among those shown and columns by their keys, c0, c1, …
    """
    deleted = set(edits.get("deleted_rows", ()))
    edited: Mapping[int, Mapping[str, Any]] = edits.get("edited_rows", {})
    rows = [
        (number, _put(cells, edited.get(place, {})))
        for place, (number, cells) in enumerate(shown)
        if place not in deleted
    ]
    last = max((number for number, _ in rows), default=0)
    for number, cells in enumerate(edits.get("added_rows", ()), max(last, count) + 1):
        rows.append((number, _put([""] * width, cells)))
    return rows


def _put(cells: Sequence[str], edits: Mapping[str, Any]) -> list[str]:
    changed = list(cells)
    for key, value in edits.items():
        known = _COLUMN.fullmatch(key)
        if known and int(known[1]) < len(changed):
            changed[int(known[1])] = value.strip() if isinstance(value, str) else ""
    return changed
