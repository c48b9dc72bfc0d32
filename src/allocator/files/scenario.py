"""A scenario file and the CSV files that it names, read into a Scenario."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from allocator.errors import Problem, ScenarioError
from allocator.exact import Number, plain
from allocator.files import format as toml
from allocator.files.reading import MOST_PROBLEMS, beside, cell_number, read_csv, read_toml, wrong
from allocator.model import Scenario
from allocator.parts import (
    STATUSES,
    Earmark,
    Factor,
    Fund,
    Limit,
    Provenance,
    Recipient,
    Reservation,
    Text,
    check_id,
    lookup,
    near_recipient,
    nearest,
    plain_name,
)

S = TypeVar("S")
T = TypeVar("T")


def load_scenario(path: str | Path) -> Scenario:
    """The scenario in a TOML file, with what it extends and the CSV files that it names.

    The format: docs/scenario-format.md.  Every file must lie in the folder of this one or below.  Raises
    ScenarioError with a sentence for each problem found.

    >>> load_scenario("scenarios/luzhou-2023/equal-weights.toml").weights["tax"]
    25
    """
    path = Path(path)
    content, origins = _read_chain(path)
    table = _validated(content, origins)
    if not table.data.factors:
        details = {"name": "factors", "example": 'factors = "factors.csv"'}
        wrong(origins.of("data.factors"), "key_missing", {"key": "data"}, **details)
    named: dict[str, Path] = {}
    for role in toml.DataTable.model_fields:
        name = getattr(table.data, role)
        if name:
            file = origins.of(f"data.{role}")
            named[role] = beside(file, name, path.parent, f"data.{role}")
    try:
        return _scenario(table, named)
    except ScenarioError as error:
        names = {role: str(file) for role, file in named.items()}
        names.setdefault("recipients", names["factors"])
        placed = error.in_files(names).problems
        raise ScenarioError(
            replace(p, file=str(origins.of(str(p.at.get("key", ""))))) if p.file in ("scenario", "") else p
            for p in placed
        ) from None


class _Origins(dict[str, Path]):
    """Which file each key was last written in."""

    def of(self, key: str) -> Path:
        """The file of the longest known beginning of a dotted key."""
        while key not in self:
            key = key.rpartition(".")[0]
        return self[key]


def _read_chain(path: Path) -> tuple[dict[str, Any], _Origins]:
    """The tables of a file over those of the files it extends, merged key by key."""
    chain: list[tuple[Path, dict[str, Any]]] = []
    seen: list[Path] = []
    file: Path | None = path
    while file is not None:
        content = read_toml(file)
        if content.get("format") != toml.FORMAT or isinstance(content["format"], bool):
            if "format" not in content:
                wrong(file, "key_missing", name="format", example="format = 1")
            wrong(file, "format", {"key": "format"}, value=toml.as_written(content["format"]))
        chain.append((file, content))
        seen.append(file.resolve())
        base = content.pop("extends", None)
        if base is None:
            break
        if not isinstance(base, str):
            wrong(file, "type_text", {"key": "extends"}, value=toml.as_written(base))
        following = beside(file, base, path.parent, "extends")
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
        for key, value in content.items():
            depth = {"fund": 1, "method": 1, "data": 1, "factor": 2}.get(key, 0)
            merged[key] = _over(merged.get(key), value, depth, key, file, origins)
    return merged, origins


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


def _validated(content: dict[str, Any], origins: _Origins) -> toml.ScenarioTable:
    try:
        return toml.ScenarioTable.model_validate(content)
    except ValidationError as error:
        problems = []
        for found in error.errors(include_url=False)[:MOST_PROBLEMS]:
            details = found.get("ctx", {})
            problem = toml.problem(found["type"], found["loc"], found["input"], details)
            file = origins.of(".".join(map(str, found["loc"])))
            problems.append(replace(problem, file=str(file)))
        raise ScenarioError(problems) from None


def _scenario(table: toml.ScenarioTable, files: Mapping[str, Path]) -> Scenario:
    header, rows = read_csv(files["factors"])
    _need(files["factors"], header, ("recipient",))
    recipients = _recipients(files["recipients"]) if "recipients" in files else _listed(rows, header)
    names = lookup(recipients)
    find = _Finder(recipients, names)
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
    columns = _columns(files["factors"], header, rows, find, optional=apart)
    for id in table.factor:
        if id not in columns:
            near = nearest(id, columns) or next(iter(columns), "—")
            raise ScenarioError(
                Problem("factor_unknown", {"name": id, "near": near}, "scenario", {"key": f"factor.{id}"})
            )
    described = {id: dict(item) for id, item in table.factor.items()}
    return Scenario(
        title=table.title,
        fund=Fund(**dict(table.fund)),
        kind=table.method.kind,
        coefficient=table.method.coefficient,
        weights=table.weights,
        recipients=recipients,
        factors=tuple(
            Factor(id, tuple(values.get(r.id) for r in recipients), **described.get(id, {}))
            for id, values in columns.items()
        ),
        reservations=_entries("reservation", table.reservation, lambda e: Reservation(e.name, e.amount)),
        earmarks=earmarks,
        limits=limits,
        published=_amounts(files["published"], find) if "published" in files else None,
        previous=_amounts(files["previous"], find) if "previous" in files else None,
        provenance=_provenance(files["provenance"], find, columns) if "provenance" in files else (),
    )


def _entries(name: str, tables: Iterable[S], make: Callable[[S], T]) -> tuple[T, ...]:
    """What an array of tables describes; an error in one names which entry it is."""
    made = []
    for number, table in enumerate(tables, 1):
        try:
            made.append(make(table))
        except ScenarioError as error:
            raise ScenarioError(
                replace(p, at={"key": f"{name}.{number}" + str(p.at.get("key", "")).removeprefix(name)})
                for p in error.problems
            ) from None
    return tuple(made)


class _Finder:
    """Finds recipients by any of their names, and collects the problems of a file's rows."""

    def __init__(self, recipients: tuple[Recipient, ...], names: Mapping[str, str]) -> None:
        self.recipients = recipients
        self.names = names

    def id(self, name: str, key: str) -> str:
        """The id behind a name that stands under this key of the scenario file."""
        id = self.names.get(plain_name(name))
        if id is None:
            details = {"name": name, "near": near_recipient(name, self.recipients)}
            raise ScenarioError(Problem("recipient_unknown", details, "scenario", {"key": key}))
        return id

    def ids(self, recipients: str | tuple[str, ...], key: str) -> str | tuple[str, ...]:
        """The ids behind a list of names; "all" and kinds stay as they are."""
        return recipients if isinstance(recipients, str) else tuple(self.id(name, key) for name in recipients)

    def rows(
        self, file: Path, rows: Iterable[tuple[int, list[str]]], column: int, optional: Iterable[str] = ()
    ) -> tuple[list[tuple[int, str, list[str]]], list[Problem]]:
        """Each row with its recipient's id; blank, unknown, double and missing recipients as problems."""
        found: dict[str, tuple[int, str, list[str]]] = {}
        problems: list[Problem] = []
        for number, row in rows:
            if len(problems) >= MOST_PROBLEMS:
                break
            at = {"row": number, "column": "recipient"}
            name = row[column]
            id = self.names.get(plain_name(name))
            if not name:
                problems.append(Problem("recipient_blank", {}, str(file), at))
            elif id is None:
                near = near_recipient(name, self.recipients)
                problems.append(Problem("recipient_unknown", {"name": name, "near": near}, str(file), at))
            elif id in found:
                problems.append(Problem("recipient_twice", {"name": name}, str(file), at))
            else:
                found[id] = number, id, row
        missing = [r.name for r in self.recipients if r.id not in found and r.id not in set(optional)]
        if missing and not problems:
            details = {"names": missing[:10], "count": len(missing)}
            problems.append(Problem("recipient_missing", details, str(file)))
        return list(found.values()), problems


def _placed(error: ScenarioError, file: Path | str, at: Mapping[str, object]) -> list[Problem]:
    """The problems of a row with its file and place."""
    return [replace(p, file=str(file), at={**at, **p.at}) for p in error.problems]


def _need(file: Path, header: list[str], columns: Iterable[str], known: Iterable[str] | None = None) -> None:
    """Refuses a header that lacks a needed column or, where ``known`` says what there may be, has others."""
    for name in columns:
        if name not in header:
            if len(header) == 1:
                for mark, found in (("\t", "Tab"), (";", ";"), ("，", "，"), ("、", "、")):
                    if mark in header[0]:
                        wrong(file, "csv_delimiter", {"row": 1}, name=name, found=found)
            wrong(file, "header_missing", {"row": 1}, name=name, known=list(known or columns))
    for name in header:
        if known is not None and name not in known:
            near = nearest(name, known) or next(iter(known))
            wrong(file, "header_unknown", {"row": 1}, name=name, near=near)


_RECIPIENT_COLUMNS = ("recipient", "name_zh", "name_en", "kind", "aliases")


def _recipients(file: Path) -> tuple[Recipient, ...]:
    header, rows = read_csv(file)
    _need(file, header, ("recipient",), _RECIPIENT_COLUMNS)
    recipients: dict[str, Recipient] = {}
    problems: list[Problem] = []
    for number, row in rows:
        cells = dict(zip(header, row, strict=True))
        at = {"row": number}
        if not cells["recipient"]:
            problems.append(Problem("recipient_blank", {}, str(file), at))
            continue
        if cells["recipient"] in recipients:
            problems.append(Problem("recipient_twice", {"name": cells["recipient"]}, str(file), at))
            continue
        zh, en = cells.get("name_zh", ""), cells.get("name_en", "")
        aliases = tuple(
            filter(None, (a.strip() for a in cells.get("aliases", "").replace("；", ";").split(";")))
        )
        try:
            made = Recipient(
                cells["recipient"],
                Text(zh, en) if zh or en else Text(cells["recipient"]),
                cells.get("kind", ""),
                aliases,
            )
        except ScenarioError as error:
            problems.extend(_placed(error, file, at))
        else:
            recipients[made.id] = made
    if problems:
        raise ScenarioError(problems[:MOST_PROBLEMS])
    return tuple(recipients.values())


def _listed(rows: list[tuple[int, list[str]]], header: list[str]) -> tuple[Recipient, ...]:
    """The recipients of a scenario without a file of them: the rows of the factor data."""
    column = header.index("recipient")
    recipients: dict[str, Recipient] = {}
    for number, row in rows:
        at = {"row": number, "column": "recipient"}
        if not row[column]:
            raise ScenarioError(Problem("recipient_blank", {}, "factors", at))
        if row[column] in recipients:
            raise ScenarioError(Problem("recipient_twice", {"name": row[column]}, "factors", at))
        try:
            recipients[row[column]] = Recipient(row[column])
        except ScenarioError as error:
            raise ScenarioError(_placed(error, "factors", at)) from None
    return tuple(recipients.values())


def _columns(
    file: Path, header: list[str], rows: list[tuple[int, list[str]]], find: _Finder, optional: Iterable[str]
) -> dict[str, dict[str, Number]]:
    """The factor data: column, then recipient, then value."""
    at_recipient = header.index("recipient")
    found, problems = find.rows(file, rows, at_recipient, optional)
    columns: dict[str, dict[str, Number]] = {}
    for position, column in enumerate(header):
        if position == at_recipient:
            continue
        try:
            check_id(column, "factors")
        except ScenarioError as error:
            problems.extend(_placed(error, file, {"row": 1}))
        values = columns.setdefault(column, {})
        for number, id, row in found:
            value = cell_number(row[position])
            if isinstance(value, str):
                at = {"row": number, "column": column}
                problems.append(Problem(value, {"value": row[position][:40]}, str(file), at))
            else:
                values[id] = value
    if problems:
        raise ScenarioError(sorted(problems, key=lambda p: p.at.get("row", 0))[:MOST_PROBLEMS])  # type: ignore[arg-type,return-value]
    return columns


def _amounts(file: Path, find: _Finder) -> dict[str, Number]:
    """Amounts by recipient, in the main unit, whatever unit the header carries."""
    header, rows = read_csv(file)
    _need(file, header, ("recipient",))
    others = [name for name in header if name != "recipient"]
    if len(others) != 1 or not plain_name(others[0]).startswith(("amount", "金额")):
        known = ["recipient", "amount"]
        extra = next((name for name in others if not plain_name(name).startswith(("amount", "金额"))), None)
        if extra is not None and len(others) > 1:
            wrong(file, "header_unknown", {"row": 1}, name=extra, near="amount")
        wrong(file, "header_missing", {"row": 1}, name="amount", known=known)
    unit = plain_name(others[0]).removeprefix("amount").removeprefix("金额").strip(" ()（）")
    if unit not in toml.AMOUNT_UNITS or (others[0].startswith("金额") and not unit):
        wrong(file, "header_unit", {"row": 1}, name=others[0])
    position = header.index(others[0])
    found, problems = find.rows(file, rows, header.index("recipient"))
    amounts: dict[str, Number] = {}
    for number, id, row in found:
        value = cell_number(row[position])
        at = {"row": number, "column": others[0]}
        if isinstance(value, str):
            problems.append(Problem(value, {"value": row[position][:40]}, str(file), at))
            continue
        amounts[id] = plain(value * toml.AMOUNT_UNITS[unit])
        if (amounts[id] * 100).denominator != 1:
            problems.append(Problem("cents", {"value": amounts[id]}, str(file), at))
    if problems:
        raise ScenarioError(problems[:MOST_PROBLEMS])
    return amounts


_PROVENANCE_COLUMNS = tuple(Provenance.__dataclass_fields__)


def _provenance(file: Path, find: _Finder, columns: Iterable[str]) -> tuple[Provenance, ...]:
    header, rows = read_csv(file)
    _need(file, header, ("recipient", "factor"), _PROVENANCE_COLUMNS)
    cells_seen: set[tuple[str, str]] = set()
    problems: list[Problem] = []
    entries: list[Provenance] = []
    for number, row in rows:
        if len(problems) >= MOST_PROBLEMS:
            break
        cells: dict[str, Any] = {name: cell for name, cell in zip(header, row, strict=True) if cell}
        here = len(problems)

        def refuse(column: str, key: str, number: int = number, **details: object) -> None:
            problems.append(Problem(key, details, str(file), {"row": number, "column": column}))

        name, factor = cells.get("recipient", ""), cells.get("factor", "")
        id = find.names.get(plain_name(name))
        if not name:
            refuse("recipient", "recipient_blank")
        elif id is None:
            refuse("recipient", "recipient_unknown", name=name, near=near_recipient(name, find.recipients))
        if factor not in columns:
            refuse("factor", "column_unknown", name=factor, near=nearest(factor, columns) or "—")
        if id is not None and (id, factor) in cells_seen:
            refuse("recipient", "recipient_twice", name=f"{name} × {factor}")
        if cells.get("status", "assumed") not in STATUSES:
            refuse("status", "choice", value=cells["status"][:40], known=STATUSES)
        for column in ("declared", "verified"):
            value = cell_number(cells[column]) if column in cells else None
            if isinstance(value, str):
                refuse(column, value, value=cells[column][:40])
            elif value is not None:
                cells[column] = value
        if "confirmed_on" in cells:
            try:
                cells["confirmed_on"] = date.fromisoformat(cells["confirmed_on"])
            except ValueError:
                refuse("confirmed_on", "cell_date", value=cells["confirmed_on"][:40])
        if len(problems) == here:
            try:
                entries.append(Provenance(**cells | {"recipient": str(id)}))
            except ScenarioError as error:
                problems.extend(_placed(error, file, {"row": number}))
        cells_seen.add((str(id), factor))
    if problems:
        raise ScenarioError(problems[:MOST_PROBLEMS])
    return tuple(entries)
