"""Papers and slides as they will read, on the page."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from allocator.report.papers.blocks import Attached, Block, NewPage, Paper, Words
from allocator.report.papers.slide import Bars, Slide
from allocator.report.papers.slides import Deck
from allocator.report.tables.table import Row, Table, written
from allocator.text import Phrasebook
from allocator.ui.components import markup

HEADS = {"title": 3, "head": 4, "subhead": 5}  # below the headings of the page


def paper_html(paper: Paper) -> str:
    """The paper from top to bottom, its pages without their sizes."""
    caption = paper.title
    parts = []
    for block in paper.blocks:
        if isinstance(block, Words) and block.kind == "title":
            caption = block.text
        parts.append(_block(block, caption))
    return _sheet(paper.book, paper.mark, parts)


def deck_html(deck: Deck) -> str:
    """The slides one below the other, their charts as tables."""
    return "".join(_sheet(deck.book, deck.mark, _slide(slide, deck.book)) for slide in deck.slides)


def _sheet(book: Phrasebook, mark: str, parts: Iterable[str]) -> str:
    head = f'<p class="al-mark">{escape(mark)}</p>' if mark else ""
    return f'<article class="al-paper" lang="{book.say("language.tag")}">{head}{"".join(parts)}</article>'


def _block(block: Block, caption: str) -> str:
    if isinstance(block, NewPage):
        return '<hr class="al-page">'
    if isinstance(block, Table):
        named = bool(block.caption)  # else a heading above names it
        return markup.table(block, block.caption or caption, first=_names_row(block), unnamed=not named)
    if isinstance(block, Attached):
        lines = [escape(f"{label}{number}{name}") for label, number, name in block.lines]
        return f'<p class="al-p-attached">{"<br>".join(lines)}</p>'
    level = HEADS.get(block.kind)
    if level is not None:
        return f'<h{level} class="al-p-{block.kind}">{escape(block.text)}</h{level}>'
    return f'<p class="al-p-{block.kind}">{escape(block.text)}</p>'


def _names_row(grid: Table) -> int:
    """The position of the cell that names its row: 1 where the first cells are mere numbers, else 0."""
    numbers = all(not row.cells[0] or row.cells[0].isdigit() for row in grid.rows)
    return 1 if numbers and len(grid.headers) > 1 else 0


def _slide(slide: Slide, book: Phrasebook) -> list[str]:
    parts = [f'<h3 class="al-p-head">{escape(slide.title)}</h3>']
    parts += [f'<p class="al-p-item">{escape(line)}</p>' for line in slide.lines]
    if slide.grid is not None:
        parts.append(
            markup.table(slide.grid, slide.grid.caption or slide.title, first=_names_row(slide.grid))
        )
    parts += [markup.table(_bars(bars, book), bars.title, first=0) for bars in slide.charts]
    return [*parts, *([f'<p class="al-p-small">{escape(slide.note)}</p>'] if slide.note else [])]


def _bars(bars: Bars, book: Phrasebook) -> Table:
    """A chart's figures as a table."""
    figures = zip(*(figures for _, figures in bars.series), strict=True)
    rows = tuple(
        Row("recipient", (name, *(book.number(figure, sign=bars.signed) for figure in of)))
        for name, of in zip(bars.names, figures, strict=True)
    )
    heads = [name for name, _ in bars.series] if len(bars.series) > 1 else [""]
    return written(bars.title, ("", *heads), (False, *(True for _ in heads)), rows)
