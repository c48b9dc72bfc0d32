"""A register of projects, and the rules by which factor values are counted from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from allocator.core.exact import Frozen, Number
from allocator.core.many import plain_names
from allocator.core.parts import Text, check_id, number_at, plain_name, put, wrong
from allocator.core.statement import Statement

HOWS = ("sum", "best-year", "count")


@dataclass(frozen=True)
class Figures:
    """A column: whole numbers of 1/10^places by year (None: not by year), None where blank.

    ``unit`` is the one in brackets in the column's heading.
    """

    places: int
    years: Mapping[int | None, tuple[int | None, ...]]
    unit: str = ""


@dataclass(frozen=True)
class Register:
    """项目清单: projects in the order of their file, with the line that each stands in.

    ``texts`` and ``figures`` are the columns that the rules look at, by name; ``statements`` say how the file
    was read.
    """

    file: str
    names: tuple[str, ...]
    codes: tuple[str, ...]
    recipients: tuple[str, ...]
    industries: tuple[str, ...]
    signed: tuple[date, ...]
    lines: tuple[int, ...]
    texts: Mapping[Text, tuple[str, ...]]
    figures: Mapping[Text, Figures]
    evidence: tuple[bool, ...] = ()
    illustrative: bool = False
    statements: tuple[Statement, ...] = ()

    @cached_property
    def repeated(self) -> tuple[tuple[int, ...], ...]:
        """Positions of projects listed more than once by code or name; they are shown, never merged."""
        found: dict[tuple[int, ...], None] = {}
        for keys in map(plain_names, (self.codes, self.names)):
            counts = Counter(keys)
            seen: dict[str, list[int]] = {key: [] for key, count in counts.items() if key and count > 1}
            for at, key in enumerate(keys) if seen else ():
                if key in seen:
                    seen[key].append(at)
            found |= dict.fromkeys(map(tuple, seen.values()))
        return tuple(sorted(found))


@dataclass(frozen=True)
class FactorRule:
    """The rule of a factor: its column, the way it is counted, its years, and the cap for one project."""

    id: str
    how: str
    column: Text | None = None
    first: int | None = None
    last: int | None = None
    cap: Number | None = None

    def __post_init__(self) -> None:
        put(self, id=check_id(self.id, "rules"))
        if self.how not in HOWS:
            wrong("choice", "rules", {"key": "how"}, value=self.how[:40], known=HOWS)
        if self.how != "count" and self.column is None:
            wrong("projects_column", "rules", name=self.id)
        if self.how == "count" and (self.column, self.first, self.cap) != (None, None, None):
            wrong("projects_count", "rules", name=self.id)
        if self.cap is not None:
            number_at(self.cap, f"{self.id}.cap")

    def takes(self, year: int) -> bool:
        """True if the year is one of the factor's."""
        return (self.first is None or year >= self.first) and (self.last is None or year <= self.last)


@dataclass(frozen=True)
class Points:
    """An item of a scorecard: so many points for each unit of a column, up to a maximum."""

    factor: str
    column: Text
    each: Number
    most: Number

    def __post_init__(self) -> None:
        for name in ("each", "most"):
            number_at(getattr(self, name), f"{self.factor}.{name}")


@dataclass(frozen=True)
class Rules:
    """因素口径: when a project counts, and how factors are made; ``provincial``: the province sets it."""

    title: Text
    year: int
    reference: date
    years: int
    factors: tuple[FactorRule, ...]
    longer: tuple[tuple[tuple[str, ...], int], ...] = ()
    minimums: tuple[tuple[Text, Number], ...] = ()
    excluded: tuple[tuple[Text, tuple[str, ...]], ...] = ()
    points: tuple[Points, ...] = ()
    score_most: Number | None = None
    source: Text | None = None
    provincial: bool = False
    units: Mapping[Text, str] = Frozen()  # of the columns, where the rules say them

    def __post_init__(self) -> None:
        if not self.factors and not self.points:
            wrong("projects_none", "rules")
        known: set[str] = set()
        for id in [*(f.id for f in self.factors), *{p.factor for p in self.points}]:
            if id in known:
                wrong("projects_twice", "rules", name=id)
            known.add(id)
        for point in self.points:
            check_id(point.factor, "rules")
        for _, least in self.minimums:
            number_at(least, "minimum.least")
        if self.score_most is not None:
            number_at(self.score_most, "score_most")

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The factors that the rules make, those of projects first."""
        return tuple(dict.fromkeys([*(f.id for f in self.factors), *(p.factor for p in self.points)]))

    def window(self, industry: str) -> int:
        """The number of years after signing for which a project of this industry counts."""
        wanted = plain_name(industry)
        return max([self.years, *(years for names, years in self.longer if wanted in map(plain_name, names))])

    @cached_property
    def columns(self) -> tuple[Text, ...]:
        """The columns of figures that the rules look at."""
        return tuple(dict.fromkeys([*(f.column for f in self.factors if f.column), *dict(self.minimums)]))
