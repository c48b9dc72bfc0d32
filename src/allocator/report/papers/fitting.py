"""The height of a memorandum, so that it is set in letters small enough for one page, and the ends of papers.

Widths of letters are those of wide substitutes: a page must not grow where a font is missing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from allocator.report.papers.blocks import Attached, Block, NewPage, Words
from allocator.report.tables.table import Table

if TYPE_CHECKING:
    from allocator.report.papers.docx_styles import Look, Style

SHEET = (210, 297)  # millimetres
POINTS = 72 / 25.4  # in a millimetre
ASCII, BOLD = 0.55, 0.62  # widths of letters that are not Chinese, in sizes
FULL = 0.96  # the part of a page that may be filled: heights are estimates
UNIT = 12  # points of the line with the unit above a table
ENDING = 6  # the fewest lines and rows, the fine print apart, that a last page has


def smallest(blocks: Sequence[Block], *, chinese: bool) -> int:
    """The memorandum’s look, 1 the largest, in which the blocks take one page; else the last."""
    levels = _fitting(blocks, chinese=chinese)
    return next((level for level, fitting in levels.items() if fitting), max(levels))


def fits(blocks: Sequence[Block], *, chinese: bool) -> bool:
    """True if the blocks take one page in any look."""
    return any(_fitting(blocks, chinese=chinese).values())


def _fitting(blocks: Sequence[Block], *, chinese: bool) -> dict[int, bool]:
    """For each look of a memorandum, the largest first, True if the blocks take one page in it."""
    from allocator.report.papers.docx_styles import LOOKS

    found = {}
    for level in sorted(level for language, level in LOOKS if level and language == chinese):
        look = LOOKS[chinese, level]
        top, bottom, _, _ = look.margins
        found[level] = height(blocks, look) <= FULL * (SHEET[1] - top - bottom) * POINTS
    return found


def height(blocks: Sequence[Block], look: Look) -> float:
    """The height of the blocks below one another on an upright sheet, in points."""
    _, _, left, right = look.margins
    room = (SHEET[0] - left - right) * POINTS
    return sum(_block(block, look, room) for block in blocks)


def _block(block: Block, look: Look, room: float) -> float:
    if isinstance(block, Words):
        style = look.styles[block.kind]
        inner = room - (34 if style.barred else 0)
        return _words(block.text, style, inner) + (12 if style.barred else 0)
    if isinstance(block, Attached):
        style = look.styles["attached"]
        return sum(_words(name, style, room - 60) for name in block.names)
    return _table(block, look, room) if isinstance(block, Table) else 0.0


def endings(blocks: Sequence[Block], look: Look) -> dict[int, int]:
    """The blocks before each new page and the end that stay together, lest a page have a line or two alone.

    By position, the lines of a paragraph or the rows at the end of a table that are among the last ENDING;
    the fine print among them is 0.
    """
    _, _, left, right = look.margins
    room = (SHEET[0] - left - right) * POINTS
    found, missing = dict[int, int](), ENDING
    for at in reversed(range(len(blocks))):
        block = blocks[at]
        if isinstance(block, NewPage):
            missing = ENDING
        elif missing > 0:
            if isinstance(block, Words):
                found[at] = 0 if block.kind == "small" else _lines(block.text, look.styles[block.kind], room)
            else:
                found[at] = min(missing, len(block.names if isinstance(block, Attached) else block.rows))
            missing -= found[at]
    return found


def _words(text: str, style: Style, room: float) -> float:
    pitch = style.pitch or 1.3 * style.size
    return _lines(text, style, room) * pitch + style.before + style.after


def _lines(text: str, style: Style, room: float) -> int:
    return math.ceil(_width(text, BOLD if style.bold else ASCII) * style.size / room) or 1


def _table(grid: Table, look: Look, room: float) -> float:
    from allocator.report.papers.docx import heading_lines, layout
    from allocator.report.papers.docx_elements import BESIDE

    size, widths = layout(grid, room, look.largest_cell)
    inner = [width - 2 * BESIDE for width in widths]
    line = size * (look.cell_pitch or 1.45)

    def row(cells: Sequence[str], letter: float) -> float:
        lines = [
            sum(math.ceil(_width(part, letter) * size / room) or 1 for part in text.split("\n"))
            for text, room in zip(cells, inner, strict=True)
        ]
        return max(lines) * line + 2.6

    caption = _words(grid.caption, look.caption, room) if grid.caption else 0.0
    rows = sum(row(one.cells, ASCII if one.role == "recipient" else BOLD) for one in grid.rows)
    head = row([heading_lines(header) for header in grid.headers], BOLD)
    return caption + (UNIT if grid.unit else 0) + head + rows + 6


def _width(text: str, letter: float) -> float:
    return sum(1.0 if ord(c) > 0x2E7F or c in "“”—" else letter for c in text)
