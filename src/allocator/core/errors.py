"""The two errors that are for people: wrong input, and limits that cannot all hold.

Each holds one or more problems; a problem is one sentence in the reader's language that says where, what
is wrong and what to write instead.  Everything else that goes wrong is a bug and crashes as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Self

from allocator.text import EN, Phrasebook


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    ``key`` names the sentence under ``error`` of the texts and ``details`` fills it in.  ``part`` is the part
    of a scenario that it is about ("factors", "recipients", …), ``file`` the name of the file once one is
    known.  ``at`` is the place in it: ``{"key": "fund.amount"}``, ``{"line": 3}``, ``{"row": 4, "column":
    "tax"}``; ``{"option": "target"}`` is what was asked and not any file, ``field`` a field of a form.
    """

    key: str
    details: Mapping[str, object] = field(default_factory=dict)
    file: str = ""
    at: Mapping[str, object] = field(default_factory=dict)
    part: str = ""

    def within(self, file: object = "", **at: object) -> Problem:
        """The problem with what is known of its place further up: that stands around what it knows itself.

        What was asked by an option has that for its place, and stands in no file.

        >>> Problem("number", at={"key": "limit.floor"}).within("rule.toml", key="limit.2").at
        {'key': 'limit.2.floor'}
        >>> Problem("number", at={"column": "tax"}).within("a.csv", row=3, column="b").within("b.csv").file
        'a.csv'
        """
        if "option" in self.at:
            return self
        if "option" in at:
            return replace(self, file="", at=at)
        places = {**at, **self.at}
        if "key" in self.at and "key" in at:
            places["key"] = _key_within(str(at["key"]), str(self.at["key"]))
        elif "key" in self.at and "row" in at:  # a row has columns where a table of a TOML file has keys
            places["column"] = places.pop("key")
        return replace(self, file=self.file or str(file), at=places)

    def sentence(self, book: Phrasebook) -> str:
        """The problem in one sentence: file, place, what is wrong, what to write instead."""
        places = [_place(name, value, book) for name, value in self.at.items()]
        own = "" if "option" in self.at else self.file or self.part
        where = book.say("place.separator").join(part for part in (own, *places) if part)
        what = book.say(f"error.{self.key}", **{name: _short(value) for name, value in self.details.items()})
        sentence = book.say("place.sentence", where=where, what=what) if where else what
        # what stands in a file may be anything, even what nobody sees or what would steer a terminal
        return book.visible(sentence)


def _place(name: str, value: object, book: Phrasebook) -> str:
    if name == "key":
        return as_in_toml(str(_short(value)))
    if name == "option":
        return f"--{value}"
    return str(_short(value)) if name == "field" else book.say(f"place.{name}", value=_short(value))


def _key_within(outer: str, inner: str) -> str:
    """The dotted key of an entry and of what stands in it: limit.floor in limit.2 is limit.2.floor."""
    table = outer.partition(".")[0]
    own = "" if inner == table else inner.removeprefix(f"{table}.")
    return f"{outer}.{own}".rstrip(".")


# tables of which a file can have several
ARRAYS = (
    "limit", "earmark", "reservation", "deduction", "adjustment", "use", "checkpoint", "target", "scored",
    "known",
)  # fmt: skip


def _short(value: object) -> object:
    return value if not isinstance(value, str) or len(value) <= 200 else value[:200] + "…"


def as_in_toml(key: str) -> str:
    """A dotted key as it looks in the file.

    >>> as_in_toml("fund.amount"), as_in_toml("limit.2.floor"), as_in_toml("factor.tax.year")
    ('[fund] amount', '[[limit]] 2, floor', '[factor.tax] year')
    >>> as_in_toml("weights.2"), as_in_toml("use.2.useful"), as_in_toml("plan")
    ('[weights] 2', '[[use]] 2, useful', 'plan')
    """
    table, _, rest = key.partition(".")
    if table in ARRAYS and (rest or table in ARRAYS[:5]):
        return f"[[{table}]]" + "".join(
            f" {part}" if part.isdigit() else f", {part}" for part in rest.split(".") if part
        )
    if table in ("factor", "pool", "indicator") and rest:
        id, _, rest = rest.partition(".")
        table = f"{table}.{id}"
    elif table not in ("fund", "method", "weights", "data", "factor", "pool", "indicator"):
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

    def within(self, file: object = "", **at: object) -> Self:
        """The same error with what is known of its place further up (`Problem.within`)."""
        return type(self)(problem.within(file, **at) for problem in self.problems)

    def in_files(self, files: Mapping[str, str]) -> Self:
        """The same error with the files that parts of a scenario, or shorter names of files, stand for."""
        return type(self)(
            p if "option" in p.at else replace(p, file=files.get(p.file or p.part, p.file))
            for p in self.problems
        )

    def in_fields(self, labels: Mapping[str, str]) -> Self:
        """The same error for a form, which shows no files: labels of its fields for keys and options."""
        problems = []
        for p in self.problems:
            label = labels.get(str(p.at.get("option", p.at.get("key", ""))))
            problems.append(replace(p, file="", part="", at={} if label is None else {"field": label}))
        return type(self)(problems)

    def bare(self) -> Self:
        """The same error with the names of files without their folders."""
        return type(self)(replace(p, file=re.split(r"[/\\]", p.file)[-1]) for p in self.problems)

    def __str__(self) -> str:
        return "\n".join(self.sentences(EN))


class ScenarioError(AllocatorError):
    """The input is wrong."""


class InfeasibleError(AllocatorError):
    """The input is sound, but the limits cannot all hold."""

    exit_status = 3


@contextmanager
def within(file: object = "", **at: object) -> Iterator[None]:
    """Gives what goes wrong inside a place further up (`Problem.within`)."""
    try:
        yield
    except AllocatorError as error:
        raise error.within(file, **at) from None
