"""Papers as PDF: the same blocks as in Word, set by typst with the fonts that come with the program."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from importlib import resources
from threading import Lock
from typing import Any, NamedTuple

from allocator.report.charts.render import font_folder
from allocator.report.papers.blocks import Attached, Block, NewPage, Paper, Words, stays
from allocator.report.papers.docx import TOGETHER, heading_lines, layout, turned
from allocator.report.papers.docx_styles import BOTH, CENTER, HEI, LOOKS, RIGHT, Look, Style
from allocator.report.papers.titles import title_lines
from allocator.report.tables.table import Table

ALIGNED = {BOTH: "both", CENTER: "center", RIGHT: "right"}
POINTS = 72 / 25.4  # in a millimetre
PITCH = 1.35  # lines of a paragraph that has no pitch of its own, in sizes of its letters
CELL_PITCH = 1.35  # the same for the lines of cells
SERIF, SANS = "Noto Serif SC", "Noto Sans SC"
MOST_HERE, MOST_TAGGED = 300, 1_500  # rows of a paper's tables
_ONE = Lock()  # a compiler serves one thread at a time


class Way(NamedTuple):
    """A way to set a part, kept where the last of several pages is full to ``least``.

    One that ``spares`` is to spare that page: what closer lines cannot spare is full enough, and fine print
    does not count.
    """

    close: float  # of lines, as a part of their usual distance
    empty: float  # part of each page that is left empty below
    least: float
    spares: bool


CLOSE = (1, 0.95, 0.9, 0.85)
CLOSER = tuple(Way(close, 0, 1 / 3, spares=True) for close in CLOSE)
# shorter pages leave more for a last one of a few lines
SHORTER = (
    *(Way(1, empty, 1 / 7, spares=False) for empty in (0, 0.05, 0.1, 0.15, 0.2)),
    Way(1, 0, 0, spares=False),
)


def pdf(paper: Paper, on: date, about: str = "") -> bytes:
    """The paper as a dated PDF; ``about`` is stored in its properties.

    It is tagged for screen readers, unless its tables have thousands of rows, whose tags take most of a file.

    The same paper gives the same bytes.  Raises ScenarioError where the fonts of the program are missing.
    """
    font_folder()  # raises before anything is made
    look = LOOKS[paper.book.chinese, paper.compact]
    parts = list(_parts(paper, look))
    told = {
        "title": paper.title,
        "mark": paper.mark,
        "about": about[:255],
        "chinese": paper.book.chinese,
        "lang": paper.book.language,
        "look": _look(look, chinese=paper.book.chinese, compact=bool(paper.compact)),
        "parts": parts,
    }
    when = int(datetime(on.year, on.month, on.day, tzinfo=UTC).timestamp())
    rows = sum(len(block.rows) for block in paper.blocks if isinstance(block, Table))
    asked = {
        "paper": json.dumps(told, ensure_ascii=False),
        "pages": [_text_of(part["margins"], wide=part["wide"]) for part in parts],
        "tables": [part["wide"] for part in parts],
        "when": when,
        "tags": rows <= MOST_TAGGED,
    }
    return _apart(asked) if rows > MOST_HERE else set_in_type(asked)


def _apart(asked: Mapping[str, Any]) -> bytes:
    """The PDF from a process of its own: long tables take memory that typst keeps."""
    command = [sys.executable, "-c", "from allocator.report.papers.pdf import main; main()"]
    done = subprocess.run(command, input=json.dumps(asked).encode(), capture_output=True, check=True)
    return done.stdout


def main() -> None:
    """Reads what is asked as JSON and writes the PDF."""
    sys.stdout.buffer.write(set_in_type(json.load(sys.stdin)))


def set_in_type(asked: Mapping[str, Any]) -> bytes:
    """The PDF of a paper given as JSON, with where the text of each part's pages begins, and how high it is.

    Each part is set in the first way in which its last page is no waste, tables without closer lines.
    """
    left = [iter(SHORTER if tables else CLOSER + SHORTER) for tables in asked["tables"]]
    ways = [next(one) for one in left]
    with _ONE:
        while True:
            made = _compiler().compile(
                format="pdf", timestamp=asked["when"], pdf_tags=asked["tags"],
                sys_inputs={"paper": asked["paper"], "ways": json.dumps(ways)},
            )  # fmt: skip
            places = json.loads(_compiler().query("<places>", field="value", one=True))
            waste = _waste(places, asked["pages"], ways)
            if not any(waste):
                assert isinstance(made, bytes)
                return made
            ways = [next(left[at]) if waste[at] else way for at, way in enumerate(ways)]


def _waste(
    places: Mapping[str, Sequence[tuple[int, float]]],
    pages: Sequence[tuple[float, float]],
    ways: Sequence[Way],
) -> list[bool]:
    """For each part, True if its last page of several is less full than its way of setting wants.

    ``places`` are page and height of the parts' ends and of the beginnings of fine print, ``pages`` where the
    text begins on the pages of a part, and how high it is.
    """
    found, first, fine = [], 1, dict(places["fine"])
    for (last, end), (top, high), way in zip(places["ends"], pages, ways, strict=True):
        counted, least = end, way.least
        if way.spares:
            counted, least = fine.get(last, end), min(least, (1 - min(CLOSE)) * (last - first))
        found.append(last > first and counted - top < least * high)
        first = last + 1
    return found


@lru_cache(maxsize=1)
def _compiler() -> Any:
    """The compiler of the layout with the program's fonts, and nothing of the machine's."""
    import typst

    layout = resources.files("allocator.report.papers").joinpath("paper.typ")
    return typst.Compiler(str(layout), font_paths=[str(font_folder())], ignore_system_fonts=True)


# --- blocks ---------------------------------------------------------------------------------------


def _parts(paper: Paper, look: Look) -> Iterator[dict[str, Any]]:
    """The paper's pages of one direction after another, each with its blocks."""
    wide, held = False, list[Block]()
    for block in (*paper.blocks, None):
        if block is not None and not isinstance(block, NewPage):
            held.append(block)
            continue
        margins = turned(look.margins) if wide else look.margins
        room = ((297 if wide else 210) - sum(margins[2:])) * POINTS
        blocks = list(_blocks(held, look, room, flows=paper.flows))
        fine = next((at for at in range(len(blocks), 0, -1) if blocks[at - 1]["kind"] != "small"), 0)
        yield {"wide": wide, "margins": margins, "blocks": blocks, "fine": fine}
        wide, held = block is not None and block.wide, []


def _text_of(margins: tuple[float, float, float, float], *, wide: bool) -> tuple[float, float]:
    """The place where the text of a page begins, and its height, in points."""
    return margins[0] * POINTS, ((210 if wide else 297) - sum(margins[:2])) * POINTS


def _blocks(blocks: Sequence[Block], look: Look, room: float, *, flows: bool) -> Iterator[dict[str, Any]]:
    for before, block, after in zip((None, *blocks[:-1]), blocks, (*blocks[1:], None), strict=True):
        if isinstance(block, Words):
            first = block.kind == "small" and isinstance(before, Words) and before.kind != "small"
            said = _words(block, look, room)
            yield {"kind": block.kind, "stays": stays(block, after), "first": first, **said}
        elif isinstance(block, Attached):
            yield {"kind": "attached", "lines": block.lines, "label": block.label}
        elif isinstance(block, Table):
            yield _table(block, look, room, flows=flows)


def _words(block: Words, look: Look, room: float) -> dict[str, Any]:
    """The text; of a title its lines, which end between words, and of a filing number both its sides."""
    style = look.styles[block.kind]
    if block.kind == "title" and style.align == CENTER:
        return {"text": "\n".join(title_lines(block.text, room / style.size))}
    text, _, right = block.text.partition("\t")
    return {"text": text, "right": right}


def _table(grid: Table, look: Look, room: float, *, flows: bool) -> dict[str, Any]:
    size, widths = layout(grid, room, look.largest_cell)
    roles = [row.role for row in grid.rows]
    return {
        "heavy": list(grid.heavy),
        "leading": (look.cell_pitch or CELL_PITCH) - 1,
        "kind": "table",
        "caption": grid.caption,
        "unit": grid.unit,
        "headers": [heading_lines(header) for header in grid.headers],
        "numeric": list(grid.numeric),
        "counted": all(not row.cells[0] or row.cells[0].isdigit() for row in grid.rows),
        "rows": [{"role": row.role, "cells": list(row.cells)} for row in grid.rows],
        "foot": min(len(roles) - 1, _totals(roles) + 2),  # rows that never stand alone on a page
        "size": size,
        "widths": widths,
        "flows": flows or len(grid.rows) > TOGETHER,
    }


def _totals(roles: Sequence[str]) -> int:
    """The number of totals at the end of a table."""
    return next(
        (at for at, role in enumerate(reversed(roles)) if role not in ("subtotal", "total")), len(roles)
    )


# --- looks ----------------------------------------------------------------------------------------


def _look(look: Look, *, chinese: bool, compact: bool) -> dict[str, Any]:
    text = look.styles["text"]
    styles = {**look.styles, "caption": look.caption}
    return {
        "fonts": {"text": SERIF if chinese else SANS, "sans": SANS},
        "size": text.size,
        "pitch": text.pitch or PITCH * text.size,
        "tracking": _tracking(look, text.size),
        "compact": compact,
        "cell": "text" if chinese and not compact else "sans",
        "head-cell": "sans",
        "styles": {kind: _style(style) for kind, style in styles.items()},
    }


def _style(style: Style) -> dict[str, Any]:
    return {
        "font": "sans" if style.font == HEI else "text",
        "size": style.size,
        "align": ALIGNED.get(style.align, "left"),
        "indent": style.indent,
        "right": style.right,
        "bold": style.bold or style.font == HEI,  # a letter without a heavy face
        "pitch": style.pitch or PITCH * style.size,
        "before": style.before,
        "after": style.after,
        "barred": style.barred,
    }


def _tracking(look: Look, size: float) -> float:
    """The points between letters that make the lines of a sheet as long as its grid says."""
    if look.grid is None:
        return 0.0
    _, characters = look.grid
    return (210 - sum(look.margins[2:])) * POINTS / characters - size
