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

from allocator.core.corrections import Adjustment, Deduction
from allocator.core.errors import Problem, ScenarioError
from allocator.core.exact import LARGEST, is_decimal
from allocator.core.formula import Formula
from allocator.core.limits import Limit
from allocator.core.model import Scenario
from allocator.core.parts import Earmark, Factor, Fund, Party, Text
from allocator.core.pools import Pool
from allocator.core.provenance import Provenance
from allocator.files import disk
from allocator.files.parsing import cell_text, decimal_text


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
    given = [factor for factor in scenario.factors if factor.formula is None]
    apart = {id for id, _, also_shares in scenario.grants if not also_shares}
    factors = [["recipient", *(factor.id for factor in given)]]
    for i, recipient in enumerate(scenario.recipients):
        values = [factor.values[i] for factor in given]
        blank = [factor.id for factor, value in zip(given, values, strict=True) if value is None]
        if values and len(blank) == len(values) and recipient.id in apart:
            continue
        if blank and scenario.format == 1:
            raise ScenarioError(
                Problem("cell_blank", {"names": [recipient.name]}, at={"column": blank[0]}, part="factors")
            )
        factors.append([recipient.id, *map(cell_text, values)])
    files["factors.csv"] = csv_bytes(factors)
    for name in ("published", "previous", "issued"):
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
        if key in ("factor", "pool", "indicator"):
            entries = tomlkit.table(is_super_table=True)
            for id, described in value.items():
                entries.add(id, table(key, described))
            document.add(key, entries)
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
        inline.update({name: _item(part) for name, part in value.items()})
        return inline
    return value


def _is_name(value: Mapping[str, Any]) -> bool:
    return value.keys() == {"zh", "en"} and all(isinstance(part, str) for part in value.values())


def tables(scenario: Scenario, files: Iterable[str]) -> dict[str, Any]:
    """The tables of a scenario file, in the order that people read them."""
    data = {name.removesuffix(".csv"): name for name in files}
    content: dict[str, Any] = {
        "format": scenario.format,
        "title": _value(scenario.title),
        "fund": _fund(scenario.fund),
        **_rule(scenario),
        "data": data,
    }
    if any(pool.id for pool in scenario.pools):
        content["pool"] = {pool.id: _pool(pool) for pool in scenario.pools}
    if scenario.indicators:
        content["indicator"] = {
            i.id: _named(_filled(i, "name", "basis"), i.id) | {"parts": _weights(i.parts)}
            for i in scenario.indicators
        }
    arrays: dict[str, Any] = {
        "factor": {id: table for id, table in ((f.id, _described(f)) for f in scenario.factors) if table},
        "reservation": [_filled(r, "name", "amount") for r in scenario.reservations],
        "earmark": [_earmark(earmark) for earmark in scenario.earmarks],
        "limit": [_limit(limit) for limit in scenario.limits],
        "deduction": [_whole(deduction) for deduction in scenario.deductions],
        "adjustment": [_whole(adjustment) for adjustment in scenario.adjustments],
        "use": [_filled(use, "name", "amount") for use in scenario.uses],
    }
    return content | {name: table for name, table in arrays.items() if table}


def _fund(fund: Fund) -> dict[str, Any]:
    names = ("name", "amount", "currency", "unit", "rounding", "source", "rest_to", "left", "below_zero")
    table = _filled(fund, *names, "papers")
    if isinstance(fund.currency, str):
        return table
    return {"of" if name == "currency" else name: value for name, value in table.items()}


def _rule(scenario: Scenario) -> dict[str, Any]:
    """[method] and [weights], where there are no pools with an id."""
    if not scenario.pools:
        return {"method": _filled(scenario, "kind", "coefficient"), "weights": _weights(scenario.weights)}
    pool = scenario.pools[0]
    if pool.id:
        return {}
    table = _pool(pool)
    weights = table.pop("weights")
    return {"method": {name: value for name, value in table.items() if name != "amount"}, "weights": weights}


def _pool(pool: Pool) -> dict[str, Any]:
    table = _filled(pool, "name", "amount", "percent", "kind", "where", "over", "floors", "phase_in", "basis")
    if "percent" in table:
        table["percent"] = _weight(pool.percent)
    if pool.coefficients:
        one = len(pool.coefficients) == 1
        table["coefficient"] = pool.coefficients[0] if one else list(pool.coefficients)
    if pool.recipients != "all":
        table["recipients"] = _value(pool.recipients)
    return _named(table, pool.id or "—") | {"weights": _weights(pool.weights)}


def _earmark(earmark: Earmark) -> dict[str, Any]:
    names = ("recipient", "recipients", "where", "amount", "also_shares", "reason", "basis")
    return {name: value for name, value in _filled(earmark, *names).items() if value != ""}


def _limit(limit: Limit) -> dict[str, Any]:
    table = _whole(limit)
    if not limit.together:
        del table["together"]
    for name, formula in limit.formulas.items():
        del table[f"{name}_formula"]
        table[name] = {"formula": formula.text}
    return table


def _weights(weights: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _weight(weight) for name, weight in weights.items()}


def _weight(weight: Any) -> Any:
    """A weight as a number, or as a fraction in text where no decimal is it.

    Raises ScenarioError for a fraction with more digits than are read.
    """
    if is_decimal(weight):
        return weight
    if max(weight.numerator, weight.denominator) >= LARGEST:
        raise ScenarioError(Problem("no_decimal", {"value": str(weight)}))
    return f"{weight.numerator}/{weight.denominator}"


def _described(factor: Factor) -> dict[str, Any]:
    names = ("name", "unit", "definition", "year", "status", "source", "formula", "round", "basis")
    table = _named(_filled(factor, *names), factor.id)
    return table | ({"text": True} if factor.text else {})


def _named(table: dict[str, Any], id: str) -> dict[str, Any]:
    """The table without a name that is only the id."""
    if table.get("name") == id:
        del table["name"]
    return table


def _filled(thing: object, *names: str) -> dict[str, Any]:
    """The named fields that are not None."""
    values = ((name, getattr(thing, name)) for name in names)
    return {name: _value(value) for name, value in values if value is not None}


def _whole(thing: Limit | Deduction | Adjustment) -> dict[str, Any]:
    """All fields that are not None."""
    return _filled(thing, *(field.name for field in fields(thing)))


def _value(value: Any) -> Any:
    if isinstance(value, Text):
        return value.zh if value.zh == value.en else {"zh": value.zh, "en": value.en}
    if isinstance(value, Formula):
        return value.text
    if isinstance(value, Party):
        return {"recipient": value.recipient} if value.recipient else {"reservation": value.reservation}
    return list(value) if isinstance(value, tuple) else value
