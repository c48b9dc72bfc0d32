"""Reads files that are no text in a process of their own, with little memory and little time.

Files that are too large are refused before unpacking; this is the second line of defence.  Windows has no
such limit of memory, so only the time is limited there.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from allocator.core.errors import Problem, ScenarioError
from allocator.files.parsing import uncollected, wrong
from allocator.files.sheets.archive import MOST_PARTS
from allocator.files.sheets.grids.grid import (
    BLANK,
    DATE,
    EMPTY,
    ERROR,
    FORMULA,
    MOST_CELLS,
    NUMBER,
    TEXT,
    TRUTH,
    Cell,
    Grid,
)

SECONDS = 60
MEMORY_MB = 300
_SHORT_OF_MEMORY, _NOT_INSTALLED, _STUMBLED = 9, 3, 1  # exit statuses
_AT_ONCE = 2**16  # bytes of output; line by line the pipe would take longer than the lines
_BLANK = "0"
_KINDS = dict(zip("0123456", (BLANK, NUMBER, TEXT, DATE, ERROR, FORMULA, TRUTH), strict=True))
_LETTERS = {kind: letter for letter, kind in _KINDS.items()}


def in_child(file: str, kind: str, content: bytes, most_rows: int, memory_mb: int = MEMORY_MB) -> list[Grid]:
    """The sheets of a file of this kind.  Raises ScenarioError, also for too much memory or time."""
    command = [sys.executable, "-m", __name__, kind, file, str(most_rows), str(memory_mb)]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        wrong(file, "sheet_endless", seconds=SECONDS)
    if done.returncode == _NOT_INSTALLED:
        raise RuntimeError(done.stderr.decode(errors="replace"))
    if done.returncode == _STUMBLED:
        wrong(file, "upload_broken")
    if done.returncode:  # its own status, or that of the system that ended it
        wrong(file, "sheet_memory", limit=memory_mb)
    with uncollected():
        return _grids(file, io.BytesIO(done.stdout))


def _grids(file: str, lines: Iterable[bytes]) -> list[Grid]:
    """The sheets from the child's output, line by line; raises the ScenarioError that it has written."""
    grids: list[Grid] = []
    head: dict[str, Any] = {}
    rows: list[tuple[int, tuple[Cell, ...]]] = []
    formats: dict[str, str] = {}
    for line in lines:
        found = json.loads(line)
        if isinstance(found, list):
            number, texts, kinds, codes = found
            cells = [
                EMPTY if kind == _BLANK else Cell(text, _KINDS[kind])
                for text, kind in zip(texts, kinds, strict=True)
            ]
            for column, code in codes:
                text, kind, _ = cells[column]
                cells[column] = Cell(text, kind, formats.setdefault(code, code))
            rows.append((number, tuple(cells)))
        elif "problems" in found:
            raise ScenarioError(Problem(p["key"], p["details"], file, p["at"]) for p in found["problems"])
        elif "end" not in found:
            head, rows = found, []
        else:
            grids.append(
                Grid(
                    head["name"], tuple(rows), head["hidden"],
                    tuple((a, b, c, d) for a, b, c, d in head["merged"]),
                    frozenset(head["hidden_rows"]), frozenset(head["hidden_columns"]), tuple(head["unseen"]),
                    frozenset(head["filtered_rows"]),
                )
            )  # fmt: skip
    return grids


def _lines(grids: Iterable[Grid]) -> Iterator[Any]:
    """Sheets as plain data: the properties of a sheet, its rows, and its end.

    A row is its number, the texts of its cells, a letter for the kind of each, and the formats by column.
    """
    for grid in grids:
        yield {
            "name": grid.name,
            "hidden": grid.hidden,
            "merged": grid.merged,
            "hidden_rows": sorted(grid.hidden_rows),
            "hidden_columns": sorted(grid.hidden_columns),
            "unseen": grid.unseen,
            "filtered_rows": sorted(grid.filtered_rows),
        }
        for number, cells in grid.rows:
            codes = [(at, cell.format) for at, cell in enumerate(cells) if cell.format]
            yield (
                number,
                [cell.text for cell in cells],
                "".join([_LETTERS[cell.kind] for cell in cells]),
                codes,
            )
        yield {"end": True}


def _limit(memory_mb: int) -> None:
    try:
        import resource
    except ImportError:  # on Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb * 2**20, memory_mb * 2**20))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def main(kind: str, file: str, most_rows: int, memory_mb: int) -> None:
    """Reads a file from the input and writes its sheets, or what is wrong with it, to the output."""
    _limit(memory_mb)
    content = sys.stdin.buffer.read()
    try:
        grids = _read(kind, file, content, most_rows)
        if (
            len(grids) > MOST_PARTS
            or sum(len(cells) for grid in grids for _, cells in grid.rows) > MOST_CELLS
        ):
            wrong(file, "upload_cells", limit=MOST_CELLS)
        answer = _lines(grids)
    except ScenarioError as error:
        found = [{"key": p.key, "details": dict(p.details), "at": dict(p.at)} for p in error.problems]
        answer = iter([{"problems": found}])
    with open(sys.stdout.fileno(), "w", _AT_ONCE, encoding="ascii", newline="\n", closefd=False) as output:
        output.writelines(json.dumps(line) + "\n" for line in answer)


def _read(kind: str, file: str, content: bytes, most_rows: int) -> list[Grid]:
    if kind == "xls":
        from allocator.files.sheets.grids.xls import old_grids

        return old_grids(file, content, most_rows)
    if kind == "ods":
        from allocator.files.sheets.archive import opened
        from allocator.files.sheets.grids.ods import open_grids

        return open_grids(opened(file, content), most_rows)
    from allocator.files.sheets.grids.xlsx import workbook_grids

    return workbook_grids(file, content, most_rows)


if __name__ == "__main__":
    try:
        main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    except MemoryError:
        sys.exit(_SHORT_OF_MEMORY)
    except ImportError as error:
        sys.stderr.write(str(error))
        sys.exit(_NOT_INSTALLED)
