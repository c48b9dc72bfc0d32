"""The rules that make factor values of projects (因素口径), from a small TOML file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from allocator.analysis.projects import FactorRule, Points, Rules
from allocator.core.errors import Problem, ScenarioError
from allocator.core.exact import Frozen
from allocator.core.parts import Text, plain_name
from allocator.files.parsing import read_toml, sound, toml_of
from allocator.files.scenario import fields
from allocator.files.scenario.keys import Array, Table, needed, optional
from allocator.files.scenario.small_toml import DAY, validated


def _words(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(w, str) and w.strip() for w in value):
        raise fields.refusal("projects_words", value)
    return tuple(value)


def _span(value: object) -> tuple[int, int]:
    if (
        not isinstance(value, list)
        or len(value) != 2
        or not all(type(year) is int and 1900 <= year <= 2100 for year in value)
        or value[0] > value[1]
    ):
        raise fields.refusal("projects_span", value)
    return value[0], value[1]


def _years(value: object) -> int:
    if type(value) is not int or not 0 <= value <= 100:
        raise fields.refusal("projects_years", value)
    return value


_WORDS = fields.Value(_words)
_SPAN = fields.Value(_span)
_YEARS = fields.Value(_years)


class FactorTable(Table):
    """[[factor]]: a factor and the figures of each project that make it."""

    id = needed(fields.TEXT)
    how = needed(fields.TEXT)
    column = optional(fields.NAME)
    years = optional(_SPAN)
    cap = optional(fields.NUMBER)
    unit = optional(fields.TEXT)


class LongerTable(Table):
    """[[longer]]: industries whose projects count for more years."""

    industries = needed(_WORDS)
    years = needed(_YEARS)


class MinimumTable(Table):
    """[[minimum]]: the least figure that a project must reach to count."""

    column = needed(fields.NAME)
    least = needed(fields.NUMBER)
    unit = optional(fields.TEXT)


class ExcludedTable(Table):
    """[[excluded]]: projects that do not count, by the words of a column."""

    column = needed(fields.NAME)
    values = needed(_WORDS)


class PointsTable(Table):
    """[[points]]: an item of a scorecard."""

    factor = needed(fields.TEXT)
    column = needed(fields.NAME)
    each = needed(fields.NUMBER)
    most = needed(fields.NUMBER)


class RulesTable(Table):
    """The whole file."""

    format = needed(fields.VERSION)
    title = needed(fields.NAME)
    year = needed(fields.WHOLE)
    reference = needed(DAY)
    years = needed(_YEARS)
    source = optional(fields.NAME)
    provincial = optional(fields.BOOL, False)
    score_most = optional(fields.NUMBER)
    factor: Sequence[FactorTable] = optional(Array(FactorTable), ())
    longer: Sequence[LongerTable] = optional(Array(LongerTable), ())
    minimum: Sequence[MinimumTable] = optional(Array(MinimumTable), ())
    excluded: Sequence[ExcludedTable] = optional(Array(ExcludedTable), ())
    points: Sequence[PointsTable] = optional(Array(PointsTable), ())


_EXAMPLES = {
    "format": "format = 1",
    "title": 'title = { zh = "…", en = "…" }',
    "year": "year = 2022",
    "reference": "reference = 2022-12-31",
    "years": "years = 5",
    "id": 'id = "investment"',
    "how": 'how = "sum"',
    "industries": 'industries = ["…"]',
    "column": 'column = "…"',
    "least": "least = 100",
    "values": 'values = ["…"]',
    "factor": 'factor = "effort"',
    "each": "each = 2",
    "most": "most = 20",
}


def load_factor_rules(path: str | Path) -> Rules:
    """The rules in a TOML file.  Raises ScenarioError with a sentence for each problem."""
    path = Path(path)
    return _made(path, read_toml(path))


def read_factor_rules(name: str, content: bytes) -> Rules:
    """The rules in an uploaded TOML file.  Raises ScenarioError with a sentence for each problem."""
    path = Path(name)
    return _made(path, toml_of(path, sound(path, content)))


def _made(path: Path, content: Mapping[str, Any]) -> Rules:
    table = validated(path, content, RulesTable, _EXAMPLES)
    try:
        factors = list[FactorRule]()
        for one in table.factor:
            first, last = one.years or (None, None)
            factors.append(FactorRule(one.id, one.how, one.column, first, last, one.cap))
            if one.unit is not None and one.column is None:
                raise ScenarioError(Problem("projects_count", {"name": one.id}))
        return Rules(
            table.title,
            table.year,
            table.reference,
            table.years,
            tuple(factors),
            tuple((one.industries, one.years) for one in table.longer),
            tuple((one.column, one.least) for one in table.minimum),
            tuple((one.column, one.values) for one in table.excluded),
            _points(table.points),
            table.score_most,
            table.source,
            table.provincial,
            _units(
                [(one.column, one.unit) for one in table.factor]
                + [(one.column, one.unit) for one in table.minimum]
            ),
        )
    except ScenarioError as error:
        raise error.within(path) from None


def _units(said: Iterable[tuple[Text | None, str | None]]) -> Frozen[Text, str]:
    """The units that the rules state, by column; the same for all ways of writing it."""
    columns = [(column, unit) for column, unit in said if column is not None]
    by_name: dict[str, str] = {}
    for column, unit in columns:
        if unit is None:
            continue
        for name in (column.zh, column.en):
            first = by_name.setdefault(plain_name(name), unit)
            if first != unit:
                raise ScenarioError(Problem("projects_units", {"names": [first, unit]}))
    units: dict[Text, str] = {}
    for column, _ in columns:
        own = {by_name[name] for name in map(plain_name, (column.zh, column.en)) if name in by_name}
        if len(own) > 1:
            raise ScenarioError(Problem("projects_units", {"names": sorted(own)}))
        for unit in own:
            units[column] = unit
    return Frozen(units)


def _points(tables: Sequence[PointsTable]) -> tuple[Points, ...]:
    return tuple(Points(one.factor, one.column, one.each, one.most) for one in tables)
