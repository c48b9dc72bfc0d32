"""A scenario file and the CSV files that it names, read into a Scenario."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from allocator.core.errors import Problem, ScenarioError, within
from allocator.core.exact import Number
from allocator.core.model import Scenario
from allocator.core.naming import guess
from allocator.core.parts import Earmark, Factor, Fund, Limit, Recipient, Reservation, Use
from allocator.files.csv_file import read_csv
from allocator.files.parsing import MOST_PROBLEMS, Row, path_next_to, read_toml, wrong
from allocator.files.scenario import schema
from allocator.files.scenario.placing import in_rows
from allocator.files.scenario.tables import (
    Finder,
    listed_recipients,
    need,
    read_amounts,
    read_columns,
    read_provenance,
    read_recipients,
)

# factor values by factor and recipient, from the files that a scenario names, by role
Count = Callable[[Mapping[str, Path], tuple[Recipient, ...]], Mapping[str, Mapping[str, Number]]]
S = TypeVar("S")
T = TypeVar("T")


def read_scenario(path: str | Path, count: Count) -> Scenario:
    """The scenario in a TOML file, with what it extends and the CSV files that it names.

    ``count`` works factor values out of the register that a scenario may name instead of them.  Raises
    ScenarioError with a sentence for each problem found.
    """
    path = Path(path)
    content, origins = _read_chain(path)
    table = _validated(content, origins)
    _check_data(table.data, origins)
    named = _named(table, origins, path)
    try:
        made_of = origins.of("data.projects" if table.data.projects else "data.factors")
        own = [id for id in table.factor if origins.of(f"factor.{id}") in (path, made_of)]
        return _scenario(table, named, own, count)
    except ScenarioError as error:
        names = {role: str(file) for role, file in named.items()}
        names.setdefault("factors", names.get("projects", ""))
        names.setdefault("recipients", names["factors"])
        raise ScenarioError(
            p.within(origins.of(str(p.at.get("key", "")))) for p in error.in_files(names).problems
        ) from None


def register_files(path: str | Path) -> dict[str, Path]:
    """The files that a scenario file names, by role, if it names a register of projects; else none."""
    path = Path(path)
    content, origins = _read_chain(path)
    table = _validated(content, origins)
    _check_data(table.data, origins)
    return _named(table, origins, path) if table.data.projects else {}


def _check_data(data: schema.DataTable, origins: _Origins) -> None:
    """Refuses a scenario without factor data, with two kinds of it, or with half of one."""
    if data.factors and (data.projects or data.rules or data.activities):
        wrong(origins.of("data.factors"), "projects_both", {"key": "data"})
    needed = {"factors": 'factors = "factors.csv"'}
    if data.projects or data.rules or data.activities:
        needed = {
            "projects": 'projects = "projects.csv"',
            "rules": 'rules = "rules.toml"',
            "recipients": 'recipients = "recipients.csv"',
        }
    for name, example in needed.items():
        if not getattr(data, name):
            wrong(origins.of("data.factors"), "key_missing", {"key": "data"}, name=name, example=example)


def _named(table: schema.ScenarioTable, origins: _Origins, path: Path) -> dict[str, Path]:
    """The files that a scenario names, by role."""
    named: dict[str, Path] = {}
    for role in schema.DataTable.model_fields:
        name = getattr(table.data, role)
        if name:
            file = origins.of(f"data.{role}")
            named[role] = path_next_to(file, name, path.parent, f"data.{role}")
    return named


class _Origins(dict[str, Path]):
    """The file that each key was last written in."""

    def of(self, key: str) -> Path:
        """The file of the longest known prefix of a dotted key."""
        while key not in self:
            key = key.rpartition(".")[0]
        return self[key]


def _read_chain(path: Path) -> tuple[dict[str, Any], _Origins]:
    """The tables of a file merged key by key over those it extends, and the file of each key."""
    chain: list[tuple[Path, dict[str, Any]]] = []
    seen: list[Path] = []
    file: Path | None = path
    while file is not None:
        content = read_toml(file)
        if content.get("format") != schema.FORMAT or isinstance(content["format"], bool):
            if "format" not in content:
                wrong(file, "key_missing", name="format", example="format = 1")
            wrong(file, "format", {"key": "format"}, value=schema.as_written(content["format"]))
        chain.append((file, content))
        seen.append(file.resolve())
        base = content.pop("extends", None)
        if base is None:
            break
        if not isinstance(base, str):
            wrong(file, "type_text", {"key": "extends"}, value=schema.as_written(base))
        following = path_next_to(file, base, path.parent, "extends")
        if following.resolve() in seen:
            wrong(
                file,
                "extends_cycle",
                {"key": "extends"},
                chain=" → ".join(f.name for f in (*seen, following)),
            )
        file = following
    merged: dict[str, Any] = {}
    origins = _Origins({"": path})
    for file, content in reversed(chain):
        _drop_other_data(merged.get("data"), content.get("data"))
        for key, value in content.items():
            depth = {"fund": 1, "method": 1, "data": 1, "factor": 2}.get(key, 0)
            merged[key] = _over(merged.get(key), value, depth, key, file, origins)
    return merged, origins


def _drop_other_data(base: Any, own: Any) -> None:
    """Drops the base's factor data if the file names a register, and its register if it names factor data."""
    kinds = (("factors",), ("projects", "rules", "activities"))
    if isinstance(base, dict) and isinstance(own, dict):
        for kind, other in (kinds, kinds[::-1]):
            if any(name in own for name in kind):
                for name in other:
                    base.pop(name, None)


def _over(base: Any, value: Any, depth: int, key: str, file: Path, origins: _Origins) -> Any:
    """The value written over that of the base file; down to ``depth``, tables are merged key by key."""
    origins[key] = file
    if not depth or not isinstance(base, dict) or not isinstance(value, dict):
        if isinstance(value, dict):
            origins.update({f"{key}.{inner}": file for inner in value})
        return value
    return base | {
        inner: _over(base.get(inner), item, depth - 1, f"{key}.{inner}", file, origins)
        for inner, item in value.items()
    }


def _validated(content: dict[str, Any], origins: _Origins) -> schema.ScenarioTable:
    fund = content.get("fund")
    currency = fund.get("currency", "CNY") if isinstance(fund, dict) else "CNY"
    try:
        return schema.ScenarioTable.model_validate(content, context={"currency": currency})
    except ValidationError as error:
        problems = []
        for found in error.errors(include_url=False)[:MOST_PROBLEMS]:
            details = found.get("ctx", {})
            problem = schema.problem(found["type"], found["loc"], found["input"], details)
            file = origins.of(".".join(map(str, found["loc"])))
            problems.append(problem.within(file))
        raise ScenarioError(problems) from None


def _scenario(
    table: schema.ScenarioTable, files: Mapping[str, Path], own: Iterable[str], count: Count
) -> Scenario:
    """The Scenario; ``own`` are the factor tables written with the data or in the file itself.

    One that is only inherited may describe a column that this scenario's data no longer has.
    """
    header: list[str] = []
    rows: list[Row] = []
    if "projects" in files:
        recipients = read_recipients(files["recipients"])
    else:
        header, rows = read_csv(files["factors"])
        need(files["factors"], header, ("recipient",))
        listed = "recipients" not in files
        recipients = listed_recipients(rows, header) if listed else read_recipients(files["recipients"])
    find = Finder(recipients)
    earmarks = _entries(
        "earmark",
        table.earmark,
        lambda e: Earmark(find.id(e.recipient, "earmark.recipient"), e.amount, e.also_shares, e.reason),
    )
    limits = _entries(
        "limit",
        table.limit,
        lambda e: Limit(**dict(e) | {"recipients": find.ids(e.recipients, "limit.recipients")}),
    )
    apart = {e.recipient for e in earmarks if not e.also_shares}
    columns: Mapping[str, Mapping[str, Number]]
    if "projects" in files:
        columns = count(files, recipients)
    else:
        columns = read_columns(files["factors"], header, rows, find, optional=apart)
    for id in own:
        if id not in columns:
            details = {"name": id, "guess": guess(id, columns)}
            raise ScenarioError(
                Problem("factor_unknown", details, at={"key": f"factor.{id}"}, part="scenario")
            )
    described = {id: dict(item) for id, item in table.factor.items()}
    try:
        factors = tuple(
            Factor(id, tuple(values.get(r.id) for r in recipients), **described.get(id, {}))
            for id, values in columns.items()
        )
    except ScenarioError as error:
        at = header.index("recipient") if rows else 0
        raise in_rows(error, rows, at, find.names, [r.id for r in recipients]) from None
    return Scenario(
        title=table.title,
        fund=Fund(**dict(table.fund)),
        kind=table.method.kind,
        coefficient=table.method.coefficient,
        weights=table.weights,
        recipients=recipients,
        factors=factors,
        reservations=_entries("reservation", table.reservation, lambda e: Reservation(e.name, e.amount)),
        earmarks=earmarks,
        limits=limits,
        published=read_amounts(files["published"], find, table.fund.currency)
        if "published" in files
        else None,
        previous=read_amounts(files["previous"], find, table.fund.currency) if "previous" in files else None,
        provenance=read_provenance(files["provenance"], find, columns) if "provenance" in files else (),
        uses=_entries("use", table.use, lambda e: Use(e.name, e.amount)),
    )


def _entries(name: str, tables: Iterable[S], make: Callable[[S], T]) -> tuple[T, ...]:
    """The objects that an array of tables describes; an error in one names its entry."""
    made = []
    for number, table in enumerate(tables, 1):
        with within(key=f"{name}.{number}"):
            made.append(make(table))
    return tuple(made)
