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
from typing import Any

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


def pdf(paper: Paper, on: date, about: str = "") -> bytes:
    """The paper as a dated PDF; ``about`` is stored in its properties.

    It is tagged for screen readers, unless its tables have thousands of rows, whose tags take most of a file.

    The same paper gives the same bytes.  Raises ScenarioError where the fonts of the program are missing.
    """
    font_folder()  # raises before anything is made
    look = LOOKS[paper.book.chinese, paper.compact]
    told = {
        "title": paper.title,
        "mark": paper.mark,
        "about": about[:255],
        "chinese": paper.book.chinese,
        "lang": paper.book.language,
        "look": _look(look, chinese=paper.book.chinese, compact=bool(paper.compact)),
        "parts": list(_parts(paper, look)),
    }
    when = int(datetime(on.year, on.month, on.day, tzinfo=UTC).timestamp())
    rows = sum(len(block.rows) for block in paper.blocks if isinstance(block, Table))
    asked = {"paper": json.dumps(told, ensure_ascii=False), "when": when, "tags": rows <= MOST_TAGGED}
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
    """The PDF of a paper given as JSON, with its time and tags or without."""
    with _ONE:
        made = _compiler().compile(
            _layout(), format="pdf", timestamp=asked["when"], sys_inputs={"paper": asked["paper"]},
            pdf_tags=asked["tags"],
        )  # fmt: skip
    assert isinstance(made, bytes)
    return made


@lru_cache(maxsize=1)
def _compiler() -> Any:
    """The compiler with the program's fonts, and nothing of the machine's."""
    import typst

    return typst.Compiler(font_paths=[str(font_folder())], ignore_system_fonts=True)


@lru_cache(maxsize=1)
def _layout() -> bytes:
    return resources.files("allocator.report.papers").joinpath("paper.typ").read_bytes()


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
        small = len(blocks) - next(
            (i for i in range(len(blocks), 0, -1) if blocks[i - 1]["kind"] != "small"), 0
        )
        fine = small < len(blocks) and not wide and paper.compact == 0
        yield {"wide": wide, "margins": margins, "blocks": blocks, "fine": fine, "small": small}
        wide, held = block is not None and block.wide, []


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
