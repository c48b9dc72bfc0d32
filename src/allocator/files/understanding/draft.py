"""Collects statements while a table is understood."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from allocator.core.statement import Statement
from allocator.files.understanding.model import Options
from allocator.files.understanding.names import Known
from allocator.files.understanding.vocabulary import closed, heading_of

MOST_STATEMENTS = 500  # of each kind; nobody reads more


@dataclass
class Draft:
    """The statements of an understanding as they are found, and the names that become aliases."""

    options: Options
    known: Known | None
    treated: list[Statement] = field(default_factory=list)
    left_out: list[Statement] = field(default_factory=list)
    decisions: list[Statement] = field(default_factory=list)
    problems: list[Statement] = field(default_factory=list)
    aliases: dict[str, str] = field(default_factory=dict)

    def treat(self, key: str, at: str = "", **details: object) -> None:
        """Notes how something was treated."""
        _add(self.treated, Statement(key, at, details))

    def leave(self, key: str, at: str = "", **details: object) -> None:
        """Notes what is left out, and why."""
        _add(self.left_out, Statement(key, at, details))

    def ask(self, key: str, choices: Sequence[str], at: str = "", **details: object) -> None:
        """Notes what somebody has to decide."""
        _add(self.decisions, Statement(key, at, details, tuple(choices)))

    def refuse(self, key: str, at: str = "", **details: object) -> None:
        """Notes what is refused."""
        _add(self.problems, Statement(key, at, details))


def _add(to: list[Statement], statement: Statement) -> None:
    if len(to) < MOST_STATEMENTS and statement not in to[-3:]:
        to.append(statement)


def is_named(wanted: Iterable[str], place: str, *names: str) -> bool:
    """True if a row or column is among those that somebody named, by its place or by its name.

    >>> is_named(["备注"], "F", "备注"), is_named(["f"], "F", "备注"), is_named(["投资"], "B", "投资（万元）")
    (True, True, True)
    """
    called = {closed(place), *(closed(name) for name in names if name)}
    called |= {closed(heading_of(name).name) for name in names if name}
    return any(closed(word) in called for word in wanted)
