"""Writes a Scenario as a folder of files that reads back as the same Scenario."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import fields
from fractions import Fraction
from pathlib import Path
from typing import Any

from allocator.core.errors import Problem, ScenarioError
from allocator.core.model import Scenario
from allocator.core.parts import Factor, Provenance, Text
from allocator.files import disk
from allocator.files.parsing import cell_text, decimal_text
from allocator.files.scenario.schema import FORMAT


def save_scenario(scenario: Scenario, folder: str | Path, *, overwrite: bool = False) -> Path:
    """Writes ``scenario.toml`` and its CSV files into a folder and returns the TOML file's path.

    ``load_scenario`` of that path gives an equal Scenario.  Raises ScenarioError where the folder already
    holds something (unless ``overwrite``), cannot be written, or a number has no decimal form.
    """
    folder = Path(folder)
    files = contents(scenario)
    put_files(folder, files, overwrite=overwrite)
    return folder / "scenario.toml"


@contextmanager
def making(folder: Path, *, overwrite: bool = False) -> Iterator[None]:
    """Makes a folder to write into; a new one is removed again if the work within fails.

    Raises ScenarioError where it holds something (unless ``overwrite``) or cannot be written.
    """
    made: list[Path] = []
    try:
        try:
            if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and not overwrite)):
                raise ScenarioError(Problem("exists", {}, str(folder)))
            disk.make(folder, made)
            disk.write(folder / ".part", b"")
            (folder / ".part").unlink()
        except (OSError, ValueError) as error:
            raise disk.unwritten(error, folder) from None
        yield
    except BaseException:
        with suppress(OSError):
            for path in reversed(made):
                path.rmdir()
        raise


def put_files(folder: Path, contents: dict[str, bytes], *, overwrite: bool = False) -> None:
    """Writes files into a folder, all or none; the last one named is moved into place last.

    Names may include subfolders.  Raises ScenarioError where the folder cannot be written.
    """
    with making(folder, overwrite=overwrite):
        try:
            disk.put_all(folder, contents)
        except (OSError, ValueError) as error:
            raise disk.unwritten(error, folder) from None


def put_file(path: Path, content: bytes) -> None:
    """Writes one new file; raises ScenarioError where it exists already or cannot be written."""
    try:
        disk.write(path, content, new=True)
    except FileExistsError:
        raise ScenarioError(Problem("file_exists", {}, str(path))) from None
    except (OSError, ValueError) as error:
        raise disk.unwritten(error, path) from None


def contents(scenario: Scenario) -> dict[str, bytes]:
    """The files of a scenario by name, the TOML file last.

    Raises ScenarioError for a blank figure that no file can hold.
    """
    files = {"recipients.csv": csv_bytes(recipient_rows(scenario))}
    factors = [["recipient", *(factor.id for factor in scenario.factors)]]
    for i, recipient in enumerate(scenario.recipients):
        values = [factor.values[i] for factor in scenario.factors]
        blank = [factor.id for factor, value in zip(scenario.factors, values, strict=True) if value is None]
        if values and len(blank) == len(values):
            continue  # a recipient with an earmark only
        if blank:
            raise ScenarioError(
                Problem("cell_blank", {"names": [recipient.name]}, at={"column": blank[0]}, part="factors")
            )
        factors.append([recipient.id, *map(cell_text, values)])
    files["factors.csv"] = csv_bytes(factors)
    for name in ("published", "previous"):
        amounts = getattr(scenario, name)
        if amounts is not None:
            rows = [["recipient", "amount"], *([id, cell_text(amount)] for id, amount in amounts.items())]
            files[f"{name}.csv"] = csv_bytes(rows)
    if scenario.provenance:
        columns = list(Provenance.__dataclass_fields__)
        rows = [columns, *([cell_text(getattr(entry, c)) for c in columns] for entry in scenario.provenance)]
        files["provenance.csv"] = csv_bytes(rows)
    files["scenario.toml"] = toml_bytes(tables(scenario, files))
    return files


def recipient_rows(scenario: Scenario) -> list[list[str]]:
    """The rows of recipients.csv."""
    return [
        ["recipient", "name_zh", "name_en", "kind", "aliases"],
        *([r.id, r.name.zh, r.name.en, r.kind, ";".join(r.aliases)] for r in scenario.recipients),
    ]


def csv_bytes(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as CSV that Excel opens with Chinese intact: UTF-8 with a BOM."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def toml_bytes(content: Mapping[str, Any], remarks: Mapping[str, str] | None = None) -> bytes:
    """Tables as TOML for people: names in one line, remarks as comments at the top and within tables."""
    import tomlkit  # only ever needed to write

    left = dict(remarks or {})

    def table(key: str, values: Mapping[str, Any]) -> Any:
        made = tomlkit.table()
        if key in left:
            made.add(tomlkit.comment(left.pop(key)))
        for name, value in values.items():
            made.add(name, _item(value))
        return made

    document = tomlkit.document()
    if "" in left:
        document.add(tomlkit.comment(left.pop("")))
    for key, value in content.items():
        if key == "factor":
            factors = tomlkit.table(is_super_table=True)
            for id, described in value.items():
                factors.add(id, table(key, described))
            document.add(key, factors)
        elif isinstance(value, list):
            array = tomlkit.aot()
            for entry in value:
                array.append(table(key, entry))
            document.add(key, array)
        elif isinstance(value, dict) and not _is_name(value):
            document.add(key, table(key, value))
        else:
            document.add(key, _item(value))
    return tomlkit.dumps(document).encode()


def _item(value: Any) -> Any:
    import tomlkit

    if isinstance(value, Fraction):
        text = decimal_text(value)
        # not float_(text), which converts to a float and loses digits
        return tomlkit.items.Float(float(text), tomlkit.items.Trivia(), text)
    if isinstance(value, dict):
        inline = tomlkit.inline_table()
        inline.update(value)
        return inline
    return value


def _is_name(value: Mapping[str, Any]) -> bool:
    return value.keys() == {"zh", "en"} and all(isinstance(part, str) for part in value.values())


def tables(scenario: Scenario, files: Iterable[str]) -> dict[str, Any]:
    """The tables of a scenario file, in the order that people read them."""
    data = {name.removesuffix(".csv"): name for name in files}
    content: dict[str, Any] = {
        "format": FORMAT,
        "title": _value(scenario.title),
        "fund": _filled(scenario.fund, "name", "amount", "currency", "unit", "rounding", "source"),
        "method": _filled(scenario, "kind", "coefficient"),
        "weights": dict(scenario.weights),
        "data": data,
    }
    arrays: dict[str, Any] = {
        "factor": {id: table for id, table in ((f.id, _described(f)) for f in scenario.factors) if table},
        "reservation": [_filled(r, "name", "amount") for r in scenario.reservations],
        "earmark": [_filled(e, "recipient", "amount", "also_shares", "reason") for e in scenario.earmarks],
        "limit": [_filled(item, *(field.name for field in fields(item))) for item in scenario.limits],
        "use": [_filled(use, "name", "amount") for use in scenario.uses],
    }
    return content | {name: table for name, table in arrays.items() if table}


def _described(factor: Factor) -> dict[str, Any]:
    table = _filled(factor, "name", "unit", "definition", "year", "status", "source")
    if table["name"] == factor.id:
        del table["name"]
    return table


def _filled(thing: object, *names: str) -> dict[str, Any]:
    """The named fields that are not None."""
    values = ((name, getattr(thing, name)) for name in names)
    return {name: _value(value) for name, value in values if value is not None}


def _value(value: Any) -> Any:
    if isinstance(value, Text):
        return value.zh if value.zh == value.en else {"zh": value.zh, "en": value.en}
    return list(value) if isinstance(value, tuple) else value
