"""The rules for payments, from a small TOML file beside the scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from allocator.analysis.execution import Checkpoint, Rules, Target, UseRule, year_checkpoints
from allocator.core.errors import Problem, ScenarioError
from allocator.core.parts import Text
from allocator.files.parsing import read_toml, sound, toml_of, wrong
from allocator.files.scenario import fields, schema
from allocator.files.scenario.keys import Array, Table, needed, optional
from allocator.files.scenario.save import toml_bytes
from allocator.files.scenario.small_toml import DAY, validated

FOLDER, NAME = "execution", "rules.toml"
Made = TypeVar("Made")


def _figure(value: object) -> Any:
    return value if isinstance(value, bool) else fields.as_number(value)


def _names(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(name, str) and name.strip() for name in value):
        raise fields.refusal("execution_names", value)
    return tuple(value)


_FIGURE = fields.Value(_figure)


class CheckpointTable(Table):
    """[[checkpoint]]: a day up to which payments are counted."""

    day = needed(DAY)
    planned = optional(fields.NUMBER)


class UseTable(Table):
    """[[use]]: a use that the rule names."""

    name = needed(fields.NAME)
    permitted = needed(fields.BOOL)
    clause = needed(fields.NAME)
    aliases = optional(fields.Value(_names), ())


class TargetTable(Table):
    """[[target]]: an indicator and its target."""

    name = needed(fields.NAME)
    group = needed(fields.TEXT)
    figure = optional(fields.TEXT, "entered")
    operator = optional(fields.TEXT, "=")
    value = needed(_FIGURE)
    unit = optional(fields.NAME)
    weight = optional(fields.NUMBER)
    entered = optional(_FIGURE)
    points = optional(fields.NUMBER)
    evidence = optional(fields.NAME)
    source = optional(fields.NAME)


class RulesTable(Table):
    """The whole file."""

    format = needed(fields.VERSION)
    notice = needed(DAY)
    end = needed(DAY)
    plan = optional(fields.TEXT, "elapsed")
    quarters = optional(fields.BOOL, False)
    source = optional(fields.NAME)
    cited = optional(fields.NAME)
    checkpoint: Sequence[CheckpointTable] = optional(Array(CheckpointTable), ())
    use: Sequence[UseTable] = optional(Array(UseTable), ())
    target: Sequence[TargetTable] = optional(Array(TargetTable), ())


_EXAMPLES = {
    "format": "format = 1",
    "notice": "notice = 2023-05-31",
    "end": "end = 2023-12-31",
    "day": "day = 2023-09-30",
    "name": 'name = { zh = "…", en = "…" }',
    "permitted": "permitted = true",
    "clause": 'clause = { zh = "…", en = "…" }',
    "group": 'group = "general"',
    "value": "value = 100",
}


def rules_next_to(scenario: str | Path) -> Path:
    """The path of the rules of a scenario file: execution/rules.toml beside it."""
    return Path(scenario).parent / FOLDER / NAME


def load_rules(path: str | Path) -> Rules:
    """The rules in a TOML file.  Raises ScenarioError with a sentence for each problem."""
    path = Path(path)
    return _made(path, read_toml(path))


def read_rules(name: str, content: bytes) -> Rules:
    """The rules in an uploaded TOML file.  Raises ScenarioError with a sentence for each problem."""
    path = Path(name)
    return _made(path, toml_of(path, sound(path, content)))


def _made(path: Path, content: Mapping[str, Any]) -> Rules:
    table = validated(path, content, RulesTable, _EXAMPLES)
    checkpoints = [Checkpoint(day) for day in year_checkpoints(table.end.year, quarters=table.quarters)]
    if table.checkpoint:
        if table.quarters:
            wrong(path, "execution_quarters", {"key": "quarters"})
        checkpoints = _each(path, "checkpoint", Checkpoint, table.checkpoint)
    uses = _each(path, "use", UseRule, table.use)
    targets = _each(path, "target", Target, table.target)
    try:
        return Rules(
            table.notice,
            table.end,
            tuple(checkpoints),
            table.plan,
            tuple(uses),
            tuple(targets),
            table.source,
            table.cited,
        )
    except ScenarioError as error:
        raise error.within(path) from None


def _each(path: Path, name: str, kind: type[Made], tables: Sequence[Table]) -> list[Made]:
    made: list[Made] = []
    problems: list[Problem] = []
    for number, table in enumerate(tables, 1):
        try:
            made.append(kind(**vars(table)))
        except ScenarioError as error:
            problems += error.within(path, key=f"{name}.{number}").problems
    if problems:
        raise ScenarioError(problems)
    return made


def rules_bytes(rules: Rules) -> bytes:
    """Rules as a TOML file, which reads back as the same."""
    content: dict[str, Any] = {
        "format": schema.FORMAT,
        "notice": rules.notice,
        "end": rules.end,
        "plan": rules.plan,
    }
    content |= {key: _written(getattr(rules, key)) for key in ("source", "cited")}
    content["checkpoint"] = [_table(point) for point in rules.checkpoints]
    content["use"] = [_table(use) for use in rules.uses]
    content["target"] = [_table(target) for target in rules.targets]
    return toml_bytes({key: value for key, value in content.items() if value not in (None, [])})


def _table(entry: Checkpoint | UseRule | Target) -> dict[str, Any]:
    found = {key: _written(value) for key, value in vars(entry).items()}
    return {key: value for key, value in found.items() if value not in (None, [])}


def _written(value: object) -> object:
    if isinstance(value, Text):
        return value.zh if value.zh == value.en else {"zh": value.zh, "en": value.en}
    return list(value) if isinstance(value, tuple) else value
