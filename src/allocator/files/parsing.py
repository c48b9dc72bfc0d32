"""Reads bytes, text and rows from files that may hold anything."""

from __future__ import annotations

import gc
import math
import re
import stat
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from itertools import repeat
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, NamedTuple, Never

from allocator.core.errors import Problem, ScenarioError
from allocator.core.exact import MOST_DECIMALS, Number, Scaled, TooManyDecimals, exact

LARGEST_FILE_MB = 10
LARGEST_TOML_MB = 1
_MOST_WALKED = 5_000_000  # steps from part to part of keys
MOST_PROBLEMS = 100  # reported for one file; nobody reads more


def wrong(file: Path | str, key: str, at: Mapping[str, object] | None = None, **details: object) -> Never:
    """Raises the ScenarioError with this sentence about a file."""
    raise ScenarioError(Problem(key, details, str(file), at or {}))


def read_bytes(path: Path) -> bytes:
    """The content of an ordinary text file of at most ``LARGEST_FILE_MB`` MB."""
    return sound(path, file_bytes(path))


def file_bytes(path: Path, limit: int = LARGEST_FILE_MB) -> bytes:
    """The content of an ordinary file of at most so many MB, whatever it holds; else raises ScenarioError."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            wrong(path, "file_directory")
        if not stat.S_ISREG(status.st_mode):
            wrong(path, "file_special")
        if status.st_size > limit * 2**20:
            wrong(path, "file_large", limit=limit)
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        wrong(path, "file_missing")
    except (OSError, ValueError):  # ValueError: a NUL in the name
        wrong(path, "file_unreadable")


def sound(path: Path, content: bytes) -> bytes:
    """The content itself; raises ScenarioError if it is empty, too large or not text."""
    if len(content) > LARGEST_FILE_MB * 2**20:
        wrong(path, "file_large", limit=LARGEST_FILE_MB)
    if not content.strip():
        wrong(path, "file_empty")
    if b"\0" in content:
        wrong(path, "file_binary")
    return content


def path_next_to(path: Path, name: str, root: Path, key: str) -> Path:
    """The file that a scenario file names, refused when it lies outside the folder tree of ``root``."""
    at = {"key": key}
    if "\\" in name:
        wrong(path, "path_backslash", at, name=name)
    if PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive or name.startswith("~"):
        wrong(path, "path_absolute", at, name=name)
    if not name.strip() or not name.isprintable() or len(name) > 500:
        wrong(path, "file_name", at, name=name[:40])
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
    """A TOML file as nested tables, with decimal numbers as Decimal."""
    return toml_of(path, read_bytes(path))


def toml_of(path: Path, content: bytes) -> dict[str, Any]:
    """The content of a TOML file as nested tables; ``path`` is its name in sentences.

    Raises ScenarioError with the line that cannot be read.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        wrong(path, "file_utf8")
    if len(content) > LARGEST_TOML_MB * 2**20:
        wrong(path, "file_large", limit=LARGEST_TOML_MB)
    if _walked(text) > _MOST_WALKED:
        wrong(path, "toml_endless")
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, ArithmeticError, RecursionError, ValueError) as error:
        _wrong_toml(path, text, str(error))


def _walked(text: str) -> int:
    """The largest number of steps from part to part of keys that reading TOML may take.

    Each part of a key is looked up from the first part of its table's name, so the steps of a line grow with
    the square of its points.
    """
    steps = deepest = 0
    for line in text.split("\n"):
        points = line.count(".")
        if line.lstrip().startswith("["):
            deepest = max(deepest, points)
        steps += (points + 1) * (points + deepest + 1)
        if points > 300:
            return _MOST_WALKED + 1
    return steps


# A key or table name that holds more than ASCII, and what it may follow.
_BARE_KEY = (
    r"""\s*\[{0,2}\s*(?:[A-Za-z0-9_"-]+\s*\.\s*)*"""
    r"""([^\s"'#=\[\].]*[^\x00-\x7f][^\s"'#=\[\].]*)\s*[=＝\].]"""
)
_QUOTED = r"""\"[^"]*("|$)|'[^']*('|$)|#.*"""

# The beginnings of tomllib's messages, and the sentences that say the same for people.
_TOML_REASONS = (
    ("Expected '='", "toml_equals"),
    ("Expected newline", "toml_rest"),
    ("Cannot|Duplicate", "toml_twice"),
    ("Illegal char|Unescaped|Reserved escape|Invalid hex|Escaped char", "toml_string"),
    ("Invalid (value|date)", "toml_value"),
)


def _wrong_toml(path: Path, text: str, reason: str) -> Never:
    """Raises the ScenarioError for wrong TOML, in the words of somebody who writes it by hand."""
    place = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", reason)
    if place is None:
        wrong(path, "toml_endless")
    lines = text.split("\n")
    if place[1] is None:
        wrong(path, "toml_cut", {"line": len(text.splitlines())})
    line, at = lines[int(place[1]) - 1], {"line": int(place[1])}
    hidden = next((c for c in re.sub(_QUOTED, "", line) if c not in "\t\r" and not c.isprintable()), None)
    if hidden is not None:
        wrong(path, "toml_hidden", at, name=hidden)
    bare = re.match(_BARE_KEY, line[:300])  # the search takes quadratic time
    if bare and not set(bare[1]) & set("“”‘’＝"):
        wrong(path, "toml_bare_key", at, name=bare[1][:40])
    odd = re.search("[“”‘’＝，【】]", re.sub(_QUOTED, "", line))
    if odd:
        wrong(path, "toml_quotes", at, name=odd[0])
    shown = line.replace("\t", " ").strip()[:60]
    key = next((key for start, key in _TOML_REASONS if re.match(start, reason)), "toml_syntax")
    wrong(path, key, at, line=shown)


# --- tables ---------------------------------------------------------------------------------------


Row = tuple[int, list[str]]


class Body(NamedTuple):
    """The rows below a header column by column, with their numbers in the file."""

    numbers: Sequence[int]
    columns: Sequence[Sequence[str]]

    @classmethod
    def of(cls, rows: Sequence[Row], width: int) -> Body:
        """Rows that are all as wide as the header."""
        columns = list(zip(*(row for _, row in rows), strict=True)) or [()] * width
        return cls([number for number, _ in rows], columns)

    @property
    def rows(self) -> list[Row]:
        """Row by row."""
        return list(zip(self.numbers, map(list, zip(*self.columns, strict=True)), strict=True))

    def at(self, places: Sequence[int]) -> Body:
        """Some of the rows."""
        columns = [[column[at] for at in places] for column in self.columns]
        return Body([self.numbers[at] for at in places], columns)


@contextmanager
def uncollected() -> Iterator[None]:
    """Switches garbage collection off meanwhile: with millions of cells it takes most of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def headed(file: Path | str, lines: list[Row], *, may_be_empty: bool = False) -> tuple[list[str], list[Row]]:
    """The header in the first of the lines and the rows below it, all as wide as the header.

    Raises ScenarioError where lines are missing, or headings blank or repeated, or rows of another width.
    """
    if not lines:
        wrong(file, "file_empty")
    if lines[0][0] != 1:
        wrong(file, "csv_first_line", {"row": 1})
    header = lines[0][1]
    width = max(i for i, name in enumerate(header, 1) if name)
    rows = lines[1:]
    odd = [line for line in rows if len(line[1]) != width]
    odd = [(number, row) for number, row in odd if len(row) < width or any(row[len(header) :])]
    problems = [
        Problem("row_length", {"found": len(row), "should": width}, str(file), {"row": number})
        for number, row in odd[:MOST_PROBLEMS]
    ]
    wide = [row for _, row in rows if len(row) > width]
    if (rows and "" in header[:width]) or any(any(row[width : len(header)]) for row in wide):
        problems.insert(0, Problem("header_blank", {}, str(file), {"row": 1}))
    for name in sorted(name for name, count in Counter(header[:width]).items() if name and count > 1):
        problems.insert(0, Problem("header_twice", {"name": name}, str(file), {"row": 1}))
    if problems:
        raise ScenarioError(problems[:MOST_PROBLEMS])
    if len(lines) == 1 and not may_be_empty:
        wrong(file, "csv_no_rows")
    return header[:width], [line if len(line[1]) == width else (line[0], line[1][:width]) for line in rows]


_FULL_WIDTH = str.maketrans("０１２３４５６７８９．，－＋％", "0123456789.,-+%")
_TENS = [10**decimals for decimals in range(31)]
_PLAIN = re.compile(r"[0-9]+(\.[0-9]+)?|\.[0-9]+")
_THOUSANDS = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_TIME = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}( [0-9:.]+)?|[0-9]+:[0-9]{2}(:[0-9.]+)?")
# shown by Excel and WPS where a formula cannot be calculated, in a cell or a CSV file
_ERROR_CELL = re.compile(
    r"#(DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!|SPILL!|CALC!|GETTING_DATA|BUSY!|FIELD!)"
)


def is_error_cell(cell: str) -> bool:
    """True if the cell holds the error value of a formula.

    >>> is_error_cell("#DIV/0!"), is_error_cell("#1 District")
    (True, False)
    """
    return _ERROR_CELL.fullmatch(cell) is not None


def cell_number(cell: str) -> Number | str:
    """The number in a cell, or the key of the sentence that says why there is none.

    >>> cell_number("1,234.50"), cell_number("１２"), cell_number("5%")
    (Fraction(2469, 2), 12, 'cell_percent')
    """
    if len(cell) <= 30 and cell.isascii():
        whole, point, decimals = cell.partition(".")
        if whole.isdigit() and (decimals.isdigit() or not point):
            number, size = int(whole + decimals), _TENS[len(decimals)]
            return Fraction(number, size) if number % size else number // size
    text = cell.translate(_FULL_WIDTH).strip()
    if not text:
        return "cell_empty"
    if text != "+":
        text = text.removeprefix("+")
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    if _PLAIN.fullmatch(text):
        try:
            return exact(text)
        except TooManyDecimals:
            return "cell_decimals"
        except ValueError:
            return "cell_number"
    lowered = text.casefold()
    if lowered.lstrip("-−") in ("nan", "inf", "infinity", "∞"):
        return "cell_infinite"
    if text[0] in "-−" and text[1:2] not in ("-", "−") and isinstance(cell_number(text[1:]), int | Fraction):
        return "cell_negative"
    if text[0] in "=@":
        return "cell_formula"
    if is_error_cell(text):
        return "cell_error"
    if lowered in ("true", "false"):
        return "cell_bool"
    if _TIME.fullmatch(text):
        return "cell_time"
    if "%" in text or "‰" in text:
        return "cell_percent"
    if re.fullmatch(r"[0-9.]+e[+-]?[0-9]+", lowered):
        return "cell_scientific"
    if re.fullmatch(r"[¥￥$€£]\s*[0-9][0-9,.]*|[¥￥$€£]?\s*[0-9][0-9,.]*\s*[^\W\d_]+(/[^\W\d_]+)?", text):
        return "cell_unit"
    return "cell_text"


def cell_numbers(cells: Sequence[str]) -> list[Number | str]:
    """The numbers in cells as `cell_number` gives them; ordinary ones are looked at together.

    >>> cell_numbers(["12", "0.50"]), cell_numbers(["12", "5%"])
    ([12, Fraction(1, 2)], [12, 'cell_percent'])
    """
    column = scaled_cells(cells)
    return list(map(cell_number, cells)) if column is None else list(column.numbers)


def scaled_cells(cells: Sequence[str]) -> Scaled | None:
    """The numbers of `cell_numbers` over the least common denominator; None where a cell is not ordinary.

    >>> scaled_cells(["12", "0.50"]), scaled_cells(["12", "5%"])
    (Scaled(numerators=[24, 1], over=2), None)
    """
    found = digits(cells)
    if found is None:
        return None
    numbers, decimals = found
    most = max(decimals, default=0)
    if min(decimals, default=0) < most:
        numbers = [n * _TENS[most - places] for n, places in zip(numbers, decimals, strict=True)]
    shared = math.gcd(_TENS[most], *numbers)
    if shared > 1:
        numbers = [n // shared for n in numbers]
    return Scaled(numbers, _TENS[most] // shared)


def digits(cells: Sequence[str]) -> tuple[list[int], list[int]] | None:
    """The digits of each cell as a whole number, and the number of its decimals.

    None where a cell is not ordinary.

    >>> digits(["12", "0.50"]), digits(["12", "5%"])
    (([12, 50], [0, 2]), None)
    """
    text = ",".join(("", *cells, ""))
    if text.encode("ascii", "replace").translate(None, b"0123456789.,") or text.count(",") != len(cells) + 1:
        return None
    lengths = list(map(len, cells))
    if ",," in text or ".," in text or ",." in text or max(lengths, default=0) > 30:
        return None
    if not lengths:
        return [], []
    points = list(map(str.find, cells, repeat("."))) if "." in text else []
    if text.count(".") != len(points) - points.count(-1):  # two points in one
        return None
    numbers = list(map(int, text[1:-1].replace(".", "").split(",")))
    if not points:
        return numbers, [0] * len(numbers)
    return numbers, [0 if at < 0 else length - 1 - at for length, at in zip(lengths, points, strict=True)]


def signed_number(cell: str) -> Number | str:
    """The number in a cell, which may be below zero; else the key that `cell_number` gives.

    >>> signed_number("-1,234.50"), signed_number("−3"), signed_number("--3")
    (Fraction(-2469, 2), -3, 'cell_text')
    """
    found = cell_number(cell)
    if found != "cell_negative":
        return found
    size = cell_number(cell.translate(_FULL_WIDTH).strip().removeprefix("+")[1:])
    return size if isinstance(size, str) else -size


def cell_text(value: Any) -> str:
    """A value as the text of a CSV cell, in plain digits."""
    if value is None:
        return ""
    return decimal_text(value) if isinstance(value, Fraction) else str(value)


def decimal_text(value: Fraction) -> str:
    """A fraction in plain digits; raises ScenarioError where it has no exact decimal form.

    >>> decimal_text(Fraction(1, 8)), decimal_text(Fraction(-1, 2))
    ('0.125', '-0.5')
    """
    digits = next((d for d in range(1, MOST_DECIMALS + 1) if (value * 10**d).denominator == 1), None)
    if digits is None:
        raise ScenarioError(Problem("no_decimal", {"value": str(value)}))
    whole = f"{abs(int(value * 10**digits)):0{digits + 1}d}"
    return f"{'-' if value < 0 else ''}{whole[:-digits]}.{whole[-digits:]}"
