"""Files that are no text are taken apart in a process of their own, with little memory and little time.

What is too much is refused before it is unpacked; this is the second wall.  Windows has no such limit of
memory, so that there only the time is limited.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from allocator.core.errors import Problem, ScenarioError
from allocator.files.parsing import uncollected, wrong
from allocator.files.sheets.grids.grid import EMPTY, Cell, Grid

SECONDS = 60
MEMORY_MB = 300
_SHORT_OF_MEMORY = 9


def in_child(file: str, kind: str, content: bytes, most_rows: int) -> list[Grid]:
    """The sheets of a file of this kind.  Raises ScenarioError, also where it takes too much."""
    command = [sys.executable, "-m", __name__, kind, file, str(most_rows)]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        wrong(file, "sheet_endless", seconds=SECONDS)
    if done.returncode:
        wrong(file, "sheet_memory", limit=MEMORY_MB)
    with uncollected():
        answer = json.loads(done.stdout)
        if isinstance(answer, dict):
            raise ScenarioError(
                Problem(found["key"], found["details"], file, found["at"]) for found in answer["problems"]
            )
        return [_grid(found) for found in answer]


def _grid(found: dict[str, Any]) -> Grid:
    formats = {(row, column): code for row, column, code in found["formats"]}
    rows = tuple(
        (
            number,
            tuple(
                EMPTY if not kind else Cell(text, kind, formats.get((number, column), "") if formats else "")
                for column, (text, kind) in enumerate(zip(texts, kinds, strict=True), 1)
            ),
        )
        for number, texts, kinds in found["rows"]
    )
    return Grid(
        found["name"],
        rows,
        found["hidden"],
        tuple((a, b, c, d) for a, b, c, d in found["merged"]),
        frozenset(found["hidden_rows"]),
        frozenset(found["hidden_columns"]),
        tuple(found["unseen"]),
    )


def _plain(grid: Grid) -> dict[str, Any]:
    return {
        "name": grid.name,
        "hidden": grid.hidden,
        "merged": grid.merged,
        "hidden_rows": sorted(grid.hidden_rows),
        "hidden_columns": sorted(grid.hidden_columns),
        "unseen": grid.unseen,
        "rows": [
            (number, [cell.text for cell in cells], [cell.kind for cell in cells])
            for number, cells in grid.rows
        ],
        "formats": [
            (number, column, cell.format)
            for number, cells in grid.rows
            for column, cell in enumerate(cells, 1)
            if cell.format
        ],
    }


def _limit() -> None:
    try:
        import resource
    except ImportError:  # on Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MB * 2**20, MEMORY_MB * 2**20))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def main(kind: str, file: str, most_rows: int) -> None:
    """Reads a file from the input and writes its sheets, or what is wrong with it, to the output."""
    _limit()
    content = sys.stdin.buffer.read()
    try:
        answer: Any = [_plain(grid) for grid in _read(kind, file, content, most_rows)]
    except ScenarioError as error:
        answer = {
            "problems": [{"key": p.key, "details": dict(p.details), "at": dict(p.at)} for p in error.problems]
        }
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=True).encode())


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
        main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    except MemoryError:
        sys.exit(_SHORT_OF_MEMORY)
