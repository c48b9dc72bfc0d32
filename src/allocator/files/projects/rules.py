"""The rules that make factor values of projects (因素口径), from a small TOML file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, PlainValidator
from pydantic_core import PydanticCustomError

from allocator.analysis.projects import FactorRule, Points, Rules
from allocator.core.errors import Problem, ScenarioError
from allocator.core.exact import Frozen
from allocator.core.parts import Text, plain_name
from allocator.files.parsing import read_toml, sound, toml_of
from allocator.files.scenario import fields
from allocator.files.scenario.small_toml import STRICT, Day, Form, validated


def _words(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(w, str) and w.strip() for w in value):
        details = {"value": fields.as_written(value)}
        raise PydanticCustomError("text", "", {"key": "projects_words", "details": details})
    return tuple(value)


def _span(value: object) -> tuple[int, int]:
    if (
        not isinstance(value, list)
        or len(value) != 2
        or not all(type(year) is int and 1900 <= year <= 2100 for year in value)
        or value[0] > value[1]
    ):
        details = {"value": fields.as_written(value)}
        raise PydanticCustomError("text", "", {"key": "projects_span", "details": details})
    return value[0], value[1]


def _years(value: object) -> int:
    if type(value) is not int or not 0 <= value <= 100:
        details = {"value": fields.as_written(value)}
        raise PydanticCustomError("text", "", {"key": "projects_years", "details": details})
    return value


_Words = Annotated[Any, PlainValidator(_words)]
_Span = Annotated[Any, PlainValidator(_span)]
_Years = Annotated[Any, PlainValidator(_years)]


class _Table(BaseModel):
    model_config = STRICT


class FactorTable(_Table):
    """[[factor]]: a factor and the figures of each project that make it."""

    id: fields.AText
    how: fields.AText
    column: fields.AName | None = None
    years: _Span | None = None
    cap: fields.ANumber | None = None
    unit: fields.AText | None = None


class LongerTable(_Table):
    """[[longer]]: industries whose projects count for more years."""

    industries: _Words
    years: _Years


class MinimumTable(_Table):
    """[[minimum]]: the least figure that a project must reach to count."""

    column: fields.AName
    least: fields.ANumber
    unit: fields.AText | None = None


class ExcludedTable(_Table):
    """[[excluded]]: projects that do not count, by the words of a column."""

    column: fields.AName
    values: _Words


class PointsTable(_Table):
    """[[points]]: an item of a scorecard."""

    factor: fields.AText
    column: fields.AName
    each: fields.ANumber
    most: fields.ANumber


class RulesTable(_Table):
    """The whole file."""

    format: int
    title: fields.AName
    year: fields.AWhole
    reference: Day
    years: _Years
    source: fields.AName | None = None
    provincial: fields.ABool = False
    score_most: fields.ANumber | None = None
    factor: list[FactorTable] = []
    longer: list[LongerTable] = []
    minimum: list[MinimumTable] = []
    excluded: list[ExcludedTable] = []
    points: list[PointsTable] = []


_FORM = Form(
    RulesTable,
    {
        "factor": FactorTable,
        "longer": LongerTable,
        "minimum": MinimumTable,
        "excluded": ExcludedTable,
        "points": PointsTable,
    },
    {
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
    },
)


def load_factor_rules(path: str | Path) -> Rules:
    """The rules in a TOML file.  Raises ScenarioError with a sentence for each problem."""
    path = Path(path)
    return _made(path, read_toml(path))


def read_factor_rules(name: str, content: bytes) -> Rules:
    """The rules in an uploaded TOML file.  Raises ScenarioError with a sentence for each problem."""
    path = Path(name)
    return _made(path, toml_of(path, sound(path, content)))


def _made(path: Path, content: Mapping[str, Any]) -> Rules:
    table = validated(path, dict(content), _FORM)
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
