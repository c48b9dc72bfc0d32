"""The two errors that are for people: wrong input, and limits that cannot all hold.

Each holds one or more problems; a problem is one sentence in the reader's language that says where, what
is wrong and what to write instead.  Everything else that goes wrong is a bug and crashes as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from allocator.text import EN, Phrasebook


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    ``key`` names the sentence under ``[error]`` of the texts and ``details`` fills it in.  ``at`` is the
    place: ``{"key": "fund.amount"}``, ``{"line": 3}``, ``{"row": 4, "column": "tax"}``.  ``file`` is a
    path, or the part of the scenario that it is about ("scenario", "factors", …) where no file is known.
    """

    key: str
    details: Mapping[str, object] = field(default_factory=dict)
    file: str = ""
    at: Mapping[str, object] = field(default_factory=dict)

    def sentence(self, book: Phrasebook) -> str:
        """The problem in one sentence: file, place, what is wrong, what to write instead."""
        places = [
            as_in_toml(str(_short(value)))
            if name == "key"
            else book.say(f"place.{name}", value=_short(value))
            for name, value in self.at.items()
        ]
        where = book.say("place.separator").join(part for part in (self.file, *places) if part)
        what = book.say(f"error.{self.key}", **{name: _short(value) for name, value in self.details.items()})
        sentence = book.say("place.sentence", where=where, what=what) if where else what
        # a file may hold anything, even invisible characters or codes that would steer a terminal
        return book.visible(sentence)


def _short(value: object) -> object:
    return value if not isinstance(value, str) or len(value) <= 200 else value[:200] + "…"


def as_in_toml(key: str) -> str:
    """A dotted key as it looks in the file.

    >>> as_in_toml("fund.amount"), as_in_toml("limit.2.floor"), as_in_toml("factor.tax.year")
    ('[fund] amount', '[[limit]] 2, floor', '[factor.tax] year')
    """
    table, _, rest = key.partition(".")
    if table in ("limit", "earmark", "reservation"):
        return f"[[{table}]]" + "".join(
            f" {part}" if part.isdigit() else f", {part}" for part in rest.split(".") if part
        )
    if table == "factor" and rest:
        factor, _, rest = rest.partition(".")
        table = f"factor.{factor}"
    elif table not in ("fund", "method", "weights", "data", "factor"):
        return key
    return f"[{table}] {rest}".rstrip()


class AllocatorError(Exception):
    """An error for people; ``exit_status`` is what the command line ends with."""

    exit_status = 2

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__(self.problems)

    def sentences(self, book: Phrasebook) -> list[str]:
        """Every problem as a sentence in the given language."""
        return [problem.sentence(book) for problem in self.problems]

    def in_files(self, names: Mapping[str, str]) -> AllocatorError:
        """The same error with the parts of a scenario replaced by the files that they were read from."""
        return type(self)(replace(p, file=names.get(p.file, p.file)) for p in self.problems)

    def __str__(self) -> str:
        return "\n".join(self.sentences(EN))


class ScenarioError(AllocatorError):
    """The input is wrong."""


class InfeasibleError(AllocatorError):
    """The input is sound, but the limits cannot all hold."""

    exit_status = 3
