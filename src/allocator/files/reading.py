"""Bytes, text and rows from files that may be anything at all."""

from __future__ import annotations

import csv
import io
import re
import stat
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, Never

from allocator.errors import Problem, ScenarioError
from allocator.exact import Number, exact

LARGEST_FILE_MB = 10


def wrong(file: Path, key: str, at: Mapping[str, object] | None = None, **details: object) -> Never:
    """Raises the ScenarioError with this sentence about a file."""
    raise ScenarioError(Problem(key, details, str(file), at or {}))


def read_bytes(path: Path) -> bytes:
    """The content of an ordinary file of bearable size."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            wrong(path, "file_directory")
        if not stat.S_ISREG(status.st_mode):
            wrong(path, "file_special")
        if status.st_size > LARGEST_FILE_MB * 2**20:
            wrong(path, "file_large", limit=LARGEST_FILE_MB)
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        wrong(path, "file_missing")
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        wrong(path, "file_unreadable", reason=getattr(error, "strerror", None) or "?")
    if not content.strip():
        wrong(path, "file_empty")
    if b"\0" in content:
        wrong(path, "file_binary")
    return content


def beside(path: Path, name: str, root: Path, key: str) -> Path:
    """The file that a scenario file names, refused when it lies outside the folder tree of ``root``."""
    at = {"key": key}
    if "\\" in name:
        wrong(path, "path_backslash", at, name=name)
    if PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive or name.startswith("~"):
        wrong(path, "path_absolute", at, name=name)
    if not name.strip() or not name.isprintable() or len(name) > 500:
        wrong(path, "file_name", at, name=name[:40].encode("ascii", "replace").decode())
    found = path.parent / name
    try:
        inside = found.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):  # a loop of links
        inside = False
    if not inside:
        wrong(path, "path_outside", at, name=name)
    return found


# --- TOML -----------------------------------------------------------------------------------------


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file as nested tables, its numbers with a point as Decimal."""
    try:
        text = read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        wrong(path, "file_encoding")
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, ArithmeticError, RecursionError, ValueError) as error:
        _wrong_toml(path, text, str(error))


def _wrong_toml(path: Path, text: str, reason: str) -> Never:
    """Says what is wrong with TOML in the words of somebody who writes it by hand."""
    place = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", reason)
    reason = reason[: place.start()] if place else reason
    if place is None or place[1] is None:
        if place is not None:
            wrong(path, "toml_cut", {"line": len(text.splitlines())}, reason=reason)
        wrong(path, "toml_syntax", reason=reason[:200])
    line = text.splitlines()[int(place[1]) - 1] if int(place[1]) <= len(text.splitlines()) else ""
    at = {"line": int(place[1])}
    bare = re.match(r"\s*\[{0,2}\s*([^\s\"'#=\[\].]*[^\x00-\x7f][^\s\"'#=\[\].]*)\s*[=＝\]]", line)
    if bare and not set(bare[1]) & set("“”‘’＝"):
        wrong(path, "toml_bare_key", at, name=bare[1])
    odd = re.search("[“”‘’＝，【】]", line)
    if odd:
        wrong(path, "toml_quotes", at, name=odd[0])
    wrong(path, "toml_syntax", at, reason=reason)


# --- CSV ------------------------------------------------------------------------------------------


def read_csv(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The header and the rows of a CSV file, each with its row number; wholly blank rows are passed over."""
    content = read_bytes(path)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("gb18030")  # what Excel in China writes
        except UnicodeDecodeError:
            wrong(path, "file_encoding")
    try:
        rows = [
            [cell.strip() for cell in row] for row in csv.reader(io.StringIO(text, newline=""), strict=True)
        ]
    except csv.Error as error:
        wrong(path, "csv_syntax", reason=error)
    filled = [(number, row) for number, row in enumerate(rows, 1) if any(row)]
    if not filled or filled[0][0] != 1:
        wrong(path, "file_empty")
    header = filled[0][1]
    width = max(i for i, name in enumerate(header, 1) if name)
    problems = [
        Problem("row_length", {"found": len(row), "should": width}, str(path), {"row": number})
        for number, row in filled[1:]
        if len(row) < width or any(row[len(header) :])
    ]
    if any(any(row[width : len(header)]) or "" in header[:width] for _, row in filled[1:]):
        problems.insert(0, Problem("header_blank", {}, str(path), {"row": 1}))
    for name in sorted({name for name in header[:width] if name and header[:width].count(name) > 1}):
        problems.insert(0, Problem("header_twice", {"name": name}, str(path), {"row": 1}))
    if problems:
        raise ScenarioError(problems[:100])
    if len(filled) == 1:
        wrong(path, "csv_no_rows")
    return header[:width], [(number, row[:width]) for number, row in filled[1:]]


_FULL_WIDTH = str.maketrans("０１２３４５６７８９．，－＋％", "0123456789.,-+%")
_PLAIN = re.compile(r"[0-9]+(\.[0-9]+)?|\.[0-9]+")
_THOUSANDS = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")


def cell_number(cell: str) -> Number | str:
    """The number in a cell, or the key of the sentence that says why there is none.

    >>> cell_number("1,234.50"), cell_number("１２"), cell_number("5%")
    (Fraction(2469, 2), 12, 'cell_percent')
    """
    if cell.isascii() and cell.isdigit() and len(cell) <= 30:
        return int(cell)
    text = cell.translate(_FULL_WIDTH).strip().removeprefix("+")
    if not text:
        return "cell_empty"
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    if _PLAIN.fullmatch(text):
        try:
            return exact(text)
        except ValueError:
            return "cell_number"
    lowered = text.casefold()
    if lowered.lstrip("-−") in ("nan", "inf", "infinity", "∞"):
        return "cell_infinite"
    if text[0] in "-−" and isinstance(cell_number(text[1:]), int | Number):
        return "cell_negative"
    if text[0] in "=@":
        return "cell_formula"
    if "%" in text or "‰" in text:
        return "cell_percent"
    if re.fullmatch(r"[0-9.]+e[+-]?[0-9]+", lowered):
        return "cell_scientific"
    if re.fullmatch(r"[¥￥$€£]?\s*[0-9][0-9,.]*\s*[^\W\d_]*(/[^\W\d_]+)?", text):
        return "cell_unit"
    return "cell_text"
