"""The JSON Schema of a scenario file, for editors that complete and check TOML."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import getdoc
from typing import Any

from allocator.files.scenario.fields import Value
from allocator.files.scenario.keys import Array, ByName, Key, Kind, Table
from allocator.files.scenario.schema import ScenarioTable


def scenario_schema() -> dict[str, Any]:
    """The JSON Schema of a scenario file.

    A file with `extends` need only hold what it changes, so nothing but `format` is required of it.
    """
    tables: dict[str, dict[str, Any]] = {}
    schema = _of_table(ScenarioTable, tables)
    schema["required"] = ["format"]
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["if"] = {"not": {"required": ["extends"]}}
    schema["then"] = {
        "required": ["title", "fund", "data"],
        "anyOf": [{"required": ["method", "weights"]}, {"required": ["pool"]}],
    }
    for name in ("FundTable", "MethodTable", "DataTable", "PoolTable", "IndicatorTable"):
        tables[name].pop("required", None)
    tables["PoolTable"]["properties"]["remove"] = {"const": True}
    return {"$defs": dict(sorted(tables.items())), **schema}


def _of_table(table: type[Table], tables: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The schema of a table; those of the tables in it are put into ``tables``, by name."""
    required = [name for name, key in table.keys.items() if key.needed]
    return {
        "additionalProperties": False,
        "description": getdoc(table),
        "properties": {name: _of_key(name, key, tables) for name, key in table.keys.items()},
        **({"required": required} if required else {}),
        "title": table.__name__,
        "type": "object",
    }


def _of_key(name: str, key: Key, tables: dict[str, dict[str, Any]]) -> dict[str, Any]:
    schema = dict(_of_kind(key.kind, tables))
    if not key.needed and key.default is None:
        schema = {"anyOf": [*schema.get("anyOf", [schema]), {"type": "null"}]}
    if not key.needed:
        schema["default"] = key.default
    if not isinstance(key.kind, type):
        schema["title"] = name.replace("_", " ").title()
    return dict(sorted(schema.items()))


def _of_kind(kind: Kind, tables: dict[str, dict[str, Any]]) -> Mapping[str, Any]:
    if isinstance(kind, Value):
        return kind.schema
    if isinstance(kind, Array):
        return {"items": _of_kind(kind.of, tables), "type": "array"}
    if isinstance(kind, ByName):
        return {"additionalProperties": _of_kind(kind.of, tables), "type": "object"}
    tables[kind.__name__] = _of_table(kind, tables)
    return {"$ref": f"#/$defs/{kind.__name__}"}
