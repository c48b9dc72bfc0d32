"""The understanding of a table, as frozen data; nothing is repaired without a statement that says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from allocator.core.statement import Statement

ROW_ROLES = ("recipient", "check", "heading", "note")  # that somebody can give a row; a note is left out


@dataclass(frozen=True)
class Options:
    """The decisions made already; columns by heading or letter, rows by name or number.

    ``reserve`` names rows that are reservations, each with its amount, "" where the sheet gives it.
    ``rows`` gives rows, by their numbers, one of `ROW_ROLES`.  ``same`` maps a name of the sheet to the name
    that it stands for.  ``add`` are columns that a scenario does not have, to be taken as factors of it; with
    ``other_factors`` all such columns are, and factors that the sheet does not have are not asked about.
    """

    sheet: str | None = None
    recipients: str | None = None
    leave_out: tuple[str, ...] = ()
    add: tuple[str, ...] = ()
    other_factors: bool = False
    deduct: tuple[str, ...] = ()
    blank: str | None = None  # "zero" or "refuse"
    unit: str | None = None
    published: str | None = None
    previous: str | None = None
    hidden: str | None = None  # "read" or "leave"
    rows: Mapping[str, str] = field(default_factory=dict)
    reserve: Mapping[str, str] = field(default_factory=dict)
    same: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Taken:
    """The role of a row or a column, and why; ``name`` is its name in the sheet."""

    at: str
    role: str
    why: str
    name: str = ""
    id: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Check:
    """A row of totals compared with the sum of the rows that it stands for.

    ``columns`` holds for each factor the figure shown, the sum of the rows, and the difference; None where
    the row shows nothing, and for the difference where the sum is not known.
    """

    row: int
    name: str
    rows: tuple[int, ...]
    columns: Mapping[str, tuple[str | None, str, str | None]]

    @property
    def agreed(self) -> bool:
        """True if the row has a figure to compare, and none differs."""
        shown = [difference for _, _, difference in self.columns.values() if difference is not None]
        return bool(shown) and all(difference == "0" for difference in shown)


@dataclass(frozen=True)
class Amounts:
    """A column of amounts, and their role: "published" or "previous"."""

    role: str
    column: str
    unit: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class Reserved:
    """A row that is a reservation for a department: its exact amount is in the main unit."""

    at: str
    name: str
    amount: str


@dataclass(frozen=True)
class Understanding:
    """The proposal for a file; its values only count if nothing is left to decide and nothing is refused.

    ``values`` and ``cells`` hold for each recipient and factor the exact figure and the cell that it is from,
    ``zeros`` the cells without a figure that are read as zero.  ``aliases`` are confirmed names of
    recipients, to be remembered.  ``units`` are those of single factors, ``unit`` is the one given, or stated
    above the table.  ``parts`` are the tables that were joined, each with the columns that are from it.
    """

    file: str
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    columns: tuple[Taken, ...] = ()
    rows: tuple[Taken, ...] = ()
    unit: str = ""
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    cells: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    zeros: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    factors: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    weights: Mapping[str, str] = field(default_factory=dict)
    amounts: tuple[Amounts, ...] = ()
    reservations: tuple[Reserved, ...] = ()
    checks: tuple[Check, ...] = ()
    treated: tuple[Statement, ...] = ()
    left_out: tuple[Statement, ...] = ()
    decisions: tuple[Statement, ...] = ()
    problems: tuple[Statement, ...] = ()
    parts: tuple[Understanding, ...] = ()

    @property
    def is_settled(self) -> bool:
        """True if nothing is left to decide and nothing is refused."""
        return not self.decisions and not self.problems
