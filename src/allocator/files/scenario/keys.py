"""Tables of TOML files, declared as classes whose attributes are the keys, and files read by them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple, TypeVar

from allocator.core.errors import Problem, ScenarioError
from allocator.core.naming import guess
from allocator.files.parsing import MOST_PROBLEMS
from allocator.files.scenario.fields import Value, as_written

Place = tuple[str | int, ...]  # of a key: the names of the tables above it, positions in arrays, its own name
T = TypeVar("T", bound="Table")


class Table:
    """A table of a file as read: each key has the value that stands there, or the one that holds without it.

    A subclass declares the keys, each as `needed` or `optional`, in the order in which they are checked.
    """

    keys: ClassVar[Mapping[str, Key]]

    def __init_subclass__(cls) -> None:
        cls.keys = {name: key for name, key in vars(cls).items() if isinstance(key, Key)}

    def __init__(self, **values: Any) -> None:
        vars(self).update(values)


class Array:
    """The kind of a key that holds an array of tables."""

    def __init__(self, of: type[Table]) -> None:
        self.of = of


class ByName:
    """The kind of a key that holds a table in which each thing has a name of the user's own."""

    def __init__(self, of: Value | type[Table]) -> None:
        self.of = of


Kind = Value | Array | ByName | type[Table]


class Key(NamedTuple):
    """A key of a table: the kind of its value, and the value that holds where the key may be left out."""

    kind: Kind
    needed: bool
    default: Any


def needed(kind: Kind) -> Any:
    """A key that must be there."""
    return Key(kind, True, None)


def optional(kind: Kind, default: Any = None) -> Any:
    """A key that may be left out."""
    return Key(kind, False, default)


class Mistake(NamedTuple):
    """Something wrong in a file, and the place of the key that it is about."""

    place: Place
    problem: Problem

    def at(self, key: str) -> Problem:
        """The problem with the key that it is said to stand at, if any."""
        at = {"key": key} if key else {}
        return Problem(self.problem.key, self.problem.details, at=at | {**self.problem.at})


def read(
    table: type[T], content: Mapping[str, Any], examples: Mapping[str, str], currency: str = "CNY"
) -> tuple[T, list[Mistake]]:
    """The content of a file as a table, which is whole where there are no mistakes, and all mistakes in it.

    ``examples`` show how each needed key is written; ``currency`` is that of amounts in text.
    """
    reader = _Reader(examples, currency)
    return reader.table(table, content, ()), reader.mistakes


class _Reader:
    def __init__(self, examples: Mapping[str, str], currency: str) -> None:
        self.examples, self.currency = examples, currency
        self.mistakes: list[Mistake] = []

    def table(self, table: type[T], content: Mapping[str, Any], place: Place) -> T:
        found: dict[str, Any] = {}
        for name, key in table.keys.items():
            if name in content:
                found[name] = self.value(key.kind, content[name], (*place, name))
            elif key.needed:
                self.wrong((*place, name), "key_missing", name=name, example=self.examples[name])
            else:
                found[name] = key.default
        for name in content:
            # a guess takes long, and nobody reads more than so many
            if name not in table.keys and len(self.mistakes) < MOST_PROBLEMS:
                self.wrong((*place, name), "key_unknown", name=name, guess=guess(name, table.keys))
        return table(**found)

    def value(self, kind: Kind, value: Any, place: Place) -> Any:
        if isinstance(kind, Value):
            try:
                return kind.read(value, self.currency) if kind.money else kind.read(value)
            except ScenarioError as error:
                self.mistakes += (Mistake(place, problem) for problem in error.problems)
                return None
        if isinstance(kind, Array) and isinstance(value, list):
            return [self.value(kind.of, item, (*place, at)) for at, item in enumerate(value)]
        if isinstance(kind, ByName) and isinstance(value, dict):
            return {name: self.value(kind.of, item, (*place, name)) for name, item in value.items()}
        if isinstance(kind, type) and isinstance(value, dict):
            return self.table(kind, value, place)
        if isinstance(kind, Array) or isinstance(place[-1], int):
            self.wrong(place, "type_array", name=place[0], value=as_written(value))
        else:
            self.wrong(place, "type_table", name=".".join(map(str, place)), value=as_written(value))
        return None

    def wrong(self, place: Place, key: str, **details: object) -> None:
        self.mistakes.append(Mistake(place, Problem(key, details)))
