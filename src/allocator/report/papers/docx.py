"""Papers as Word files: Chinese in the style of official documents (GB/T 9704), English in a plain one."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from allocator.report.papers import docx_elements as elements
from allocator.report.papers.blocks import Attached, Block, NewPage, Paper, Words
from allocator.report.papers.docx_elements import BESIDE, TINT, Alike
from allocator.report.papers.docx_styles import CENTER, INSTEAD, LEFT, LOOKS, RIGHT, Look, Style
from allocator.report.papers.fitting import ENDING, endings
from allocator.report.papers.reproducible import timeless
from allocator.report.papers.titles import title_lines
from allocator.report.tables.table import Table
from allocator.text import Phrasebook

MARK = RGBColor(0xA0, 0x1C, 0x1C)
LARGEST_CELL, SMALLEST_CELL = 10.5, 4  # points; 4 is for amounts of dozens of digits
CLOSER = -5  # twentieths of a point between letters: 28 of 16 points in a line of 156 millimetres
LABEL, NUMBER = 1.0, 1.5  # widths of the words before a list of what is attached, and of its numbers
GAP = Pt(6)  # below a table, and above the fine print
TOGETHER = 26  # rows of a table that stays on one page
NAMES = {"title": "Title", "head": "Heading 1", "subhead": "Heading 2", "text": "Normal"}


def docx(paper: Paper, on: date, about: str = "") -> bytes:
    """The paper as a dated Word file; ``about`` is stored in its properties.

    The same paper gives the same bytes.
    """
    look = LOOKS[paper.book.chinese, paper.compact]
    document = Document()
    ids = _prepare(document, paper, look)
    section = document.sections[0]
    _page(section, look, wide=False)
    _frame(section, paper, look)
    made = None
    befores, afters = (None, *paper.blocks[:-1]), (*paper.blocks[1:], None)
    ending = {} if paper.compact else endings(paper.blocks, look)
    for at, (before, block, after) in enumerate(zip(befores, paper.blocks, afters, strict=True)):
        ends = after is None or isinstance(after, NewPage)
        if isinstance(block, Words):
            made = _words(document, block, look, section, ids)
            _keep_together(made, before, block, after)
            if at in ending:
                made.paragraph_format.keep_together = ending[at] <= 2 * ENDING
                if not ends:
                    made.paragraph_format.keep_with_next = True
        elif isinstance(block, Attached):
            made = _attached(document, block, look, ids)
        elif isinstance(block, NewPage):
            section = document.add_section()
            _page(section, look, wide=block.wide)
        else:
            last = ending.get(at, 0)
            _table(document, block, look, section, flows=paper.flows, last=last, next=last > 0 and not ends)
            made = None
    if made is None:  # a document ends with a paragraph; one that shows nothing must not take a page
        document.add_paragraph("", _style_name("small"))
    core = document.core_properties
    core.title, core.author, core.comments, core.subject = paper.title, "", "", paper.mark
    core.keywords, core.language = about[:255], paper.book.say("language.office_tag")
    content = io.BytesIO()
    document.save(content)
    return timeless(content.getvalue(), on)


def _words(document: Any, block: Words, look: Look, section: Any, ids: dict[str, str | None]) -> Any:
    """Adds a paragraph in the style of its kind; a title in lines that end between words."""
    text = elements.unbroken(block.text)
    room = (section.page_width - section.left_margin - section.right_margin) / Pt(1)
    if block.kind == "title" and look.styles["title"].align == CENTER:
        text = "\n".join(title_lines(text, room / look.styles["title"].size - 0.5))
    made = document.add_paragraph(text)
    made._p.style = ids[block.kind]  # by its id, which is quick
    if block.kind == "filed":
        made.paragraph_format.tab_stops.add_tab_stop(Pt(room), WD_TAB_ALIGNMENT.RIGHT)
    return made


def _attached(document: Any, block: Attached, look: Look, ids: dict[str, str | None]) -> Any:
    """Adds a paragraph for each thing attached, all lines of a name under its first."""
    style = look.styles["attached"]
    made = None
    for at, (label, number, name) in enumerate(block.lines):
        made = document.add_paragraph(
            elements.unbroken(f"{label}\t{number}\t{name}" if number else f"{label}\t{name}")
        )
        made._p.style = ids["attached"]
        form = made.paragraph_format
        begins = [style.indent + ems(block.label) * LABEL, *([NUMBER] if number else [])]
        stops = [style.size * sum(begins[: count + 1]) for count in range(len(begins))]
        form.left_indent = Pt(stops[-1])
        form.first_line_indent = Pt(style.size * style.indent - stops[-1])
        for stop in stops:
            form.tab_stops.add_tab_stop(Pt(stop))
        gap = Pt(style.pitch or GAP.pt)
        form.space_before = gap if not at else Pt(0)
        form.space_after = gap if at == len(block.names) - 1 else Pt(0)
    return made


def _keep_together(made: Any, before: Block | None, block: Words, after: Block | None) -> None:
    """Sets space below tables and above fine print; keeps a paragraph with what follows if that is one."""
    small = block.kind == "small"
    form = made.paragraph_format
    if isinstance(before, Table) or (small and isinstance(before, Words) and before.kind != "small"):
        form.space_before = max(GAP, made.style.paragraph_format.space_before)
    kind = after.kind if isinstance(after, Words) else ""
    # a signature never stands on a page without text, nor apart from its day
    if isinstance(after, Table | Attached) or kind == "signed" or (kind == "small" and not small):
        form.keep_with_next = True


# --- styles ---------------------------------------------------------------------------------------


def _style_name(kind: str) -> str:
    return f"Allocator {kind}"


def _prepare(document: Any, paper: Paper, look: Look) -> dict[str, str | None]:
    """Sets the look as the document's own styles, so that it survives editing; returns their ids by kind."""
    document.settings.odd_and_even_pages_header_footer = paper.book.chinese
    normal = document.styles["Normal"]
    known, ids = {style.name for style in document.styles}, dict[str, str | None]()
    for kind, style in {"text": look.styles["text"], **look.styles, "caption": look.caption}.items():
        name = NAMES.get(kind, _style_name(kind))
        if name in known:
            made = document.styles[name]
        else:
            made = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            made.base_style = None
        if made is not normal:
            made.quick_style = True
        _apply(made, style, look, paper.book)
        ids[kind] = None if name == "Normal" else made.style_id  # a paragraph without a style is Normal
    _substitutes(document)
    return ids


def _apply(made: Any, style: Style, look: Look, book: Phrasebook) -> None:
    properties = made.element.get_or_add_rPr()
    for old in list(properties):
        properties.remove(old)
    elements.fonts(properties, look.latin, style.font, book)
    made.font.size, made.font.bold, made.font.italic = Pt(style.size), style.bold, False
    made.font.color.rgb = RGBColor(0, 0, 0)
    borders = made.element.get_or_add_pPr().find(qn("w:pBdr"))
    if borders is not None:  # the template underlines titles
        borders.getparent().remove(borders)
    paragraph = made.paragraph_format
    paragraph.alignment = style.align
    paragraph.space_before, paragraph.space_after = Pt(style.before), Pt(style.after)
    paragraph.keep_with_next, paragraph.widow_control = style.next, True
    if style.pitch:
        paragraph.line_spacing_rule, paragraph.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(style.pitch)
    else:
        paragraph.line_spacing = 1.1
    paragraph.first_line_indent = Pt(style.size * style.indent)
    paragraph.right_indent = Pt(style.size * style.right)
    elements.off_the_grid(made.element.get_or_add_pPr())
    if look.grid is not None and style.size == look.styles["text"].size:
        elements.spaced(properties, CLOSER)
    if style.barred:
        elements.barred(made.element.get_or_add_pPr())
        paragraph.left_indent = paragraph.right_indent = Pt(9)


def _substitutes(document: Any) -> None:
    """Names substitutes for the fonts of official documents."""
    part = next(p for p in document.part.package.iter_parts() if p.partname == "/word/fontTable.xml")
    entries = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/></w:font>' for name, other in INSTEAD.items()
    )
    part._blob = part.blob.replace(b"</w:fonts>", entries.encode() + b"</w:fonts>")


# --- pages ----------------------------------------------------------------------------------------


def _page(section: Any, look: Look, *, wide: bool) -> None:
    sides = (Mm(297), Mm(210)) if wide else (Mm(210), Mm(297))
    section.page_width, section.page_height = sides
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    top, bottom, left, right = look.margins
    if wide:
        top, bottom, left, right = turned(look.margins)
    section.top_margin, section.bottom_margin = Mm(top), Mm(bottom)
    section.left_margin, section.right_margin = Mm(left), Mm(right)
    if look.grid is not None and not wide:
        elements.grid(section, *look.grid, room=210 - left - right, size=look.styles["text"].size)
    section.header_distance, section.footer_distance = Mm(top / 2), Mm(max(8, bottom - 12))


def turned(margins: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """The same margins on the sheet turned, narrower at its sides: top, bottom, left, right."""
    top, bottom, left, right = margins
    return right, left * 0.6, top * 2 / 3, bottom * 2 / 3


def _frame(section: Any, paper: Paper, look: Look) -> None:
    """Sets the mark and the page number of every page, odd and even."""
    chinese = paper.book.chinese
    sides = [(section.header, section.footer, RIGHT)]
    if chinese:  # numbers stand on the outer side
        sides.append((section.even_page_header, section.even_page_footer, LEFT))
    for header, footer, side in sides:
        header.is_linked_to_previous = footer.is_linked_to_previous = False
        top = header.paragraphs[0]
        top.style = _style_name("small")
        top.alignment = CENTER
        if paper.mark:
            run = top.add_run(paper.mark)
            run.bold, run.font.color.rgb = True, MARK
        bottom = footer.paragraphs[0]
        bottom.style = _style_name("small")
        bottom.alignment = side
        if chinese:
            bottom.paragraph_format.left_indent = bottom.paragraph_format.right_indent = Pt(14)
        for text in ("— ", None, " —") if chinese else (None,):
            run = bottom.add_run(text or "")
            run.font.size = Pt(14 if chinese else 9)
            elements.fonts(run._r.get_or_add_rPr(), "宋体" if chinese else look.latin, "宋体", paper.book)
            if text is None:
                elements.field(run, "PAGE")


# --- tables ---------------------------------------------------------------------------------------


def _table(
    document: Any, grid: Table, look: Look, section: Any, *, flows: bool, last: int, next: bool
) -> None:
    """Adds the table with caption, unit above right and headings on each page; as wide as the page.

    So many of its ``last`` rows stay together, and with what is ``next``.
    """
    if grid.caption:
        document.add_paragraph(grid.caption, _style_name("caption"))
    if grid.unit:
        unit = document.add_paragraph(grid.unit, _style_name("small"))
        unit.alignment, unit.paragraph_format.keep_with_next = RIGHT, True
    room = (section.page_width - section.left_margin - section.right_margin) / Pt(1)
    size, widths = layout(grid, room, look.largest_cell)
    table = document.add_table(1 + len(grid.rows), len(grid.headers), "Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    cells, columns = table._cells, len(grid.headers)  # all at once: one by one takes long
    alike = Alike()
    elements.repeat(table.rows[0])
    for at, (header, width) in enumerate(zip(grid.headers, widths, strict=True)):
        elements.cell(
            cells[at], heading_lines(header), CENTER, size, width, look.head_cell, alike, look, bold=True
        )
    for number, row in enumerate(grid.rows, 1):
        strong = row.role in ("subtotal", "total", "proposed")
        for at, (text, width) in enumerate(zip(row.cells, widths, strict=True)):
            align = RIGHT if grid.numeric[at] else LEFT if at or not text.isdigit() else CENTER
            heavy = strong or at in grid.heavy
            font = look.head_cell if heavy else look.cell
            bold = heavy and font == look.cell  # else its letters are heavy by themselves
            tint = TINT if row.role == "proposed" else ""
            here = cells[columns * number + at]
            elements.cell(here, text, align, size, width, font, alike, look, bold=bold, tint=tint)
    for row in list(table.rows)[1:]:
        elements.whole(row)
    bound = len(grid.rows) if len(grid.rows) <= TOGETHER and not flows else max(last, _last(grid))
    end = len(cells) if next else -columns
    for cell in [*cells[:columns], *cells[columns * (1 + len(grid.rows) - bound) : end]]:
        cell.paragraphs[0].paragraph_format.keep_with_next = True
    elements.margins(table)
    for at, width in enumerate(widths):
        table.columns[at].width = Pt(width)


def _last(grid: Table) -> int:
    """The number of rows at the end that stay together: the totals with two rows before them."""
    totals = 0
    while totals < len(grid.rows) and grid.rows[-1 - totals].role in ("subtotal", "total"):
        totals += 1
    return min(len(grid.rows), totals + 2)


def layout(grid: Table, room: float, largest: float = LARGEST_CELL) -> tuple[float, list[float]]:
    """The size of the letters and the columns' widths in points, so that the table fills the room.

    A heading breaks between words, or after four Chinese characters; a figure stands in one line.
    """
    columns = list(zip(*(row.cells for row in grid.rows), strict=True)) or [()] * len(grid.headers)
    needs: list[float] = []
    for header, cells, numeric in zip(grid.headers, columns, grid.numeric, strict=True):
        widest = max(map(ems, cells), default=0)
        words = max((ems(word) * 1.1 for word in heading_lines(header).split()), default=0)
        least = (
            min(words, 4.2 if len(header) > 6 else 6.6)
            if any(ord(c) > 0x2E7F for c in header)
            else min(words, 9)
        )
        needs.append(max(least, widest * 1.05 if numeric else min(widest, 18)) + 0.2)
    left = room - 2 * BESIDE * len(needs)
    size = max(SMALLEST_CELL, min(largest, int(2 * left / sum(needs)) / 2))
    spare = max(0.0, left - size * sum(needs)) / size
    # what is left goes first to words that would take several lines
    wanted = [
        0 if numeric else max(0.0, max(map(ems, cells), default=0) - need)
        for cells, numeric, need in zip(columns, grid.numeric, needs, strict=True)
    ]
    if sum(wanted):
        part = min(1.0, 0.95 * spare / sum(wanted))
        needs = [need + part * more for need, more in zip(needs, wanted, strict=True)]
    spare = max(0.0, left - size * sum(needs))
    return size, [2 * BESIDE + need * (size + spare / sum(needs)) for need in needs]


def ems(text: str) -> float:
    """The greatest width of a text in any font, in multiples of the font size."""
    return sum(1.0 if ord(c) > 0x2E7F else 0.66 for c in text)


def heading_lines(header: str) -> str:
    """A heading with its remark in brackets on a line of its own."""
    name, bracket, remark = header.partition("（")
    return f"{name}\n{bracket}{remark}" if name and len(name) > 2 and bracket else header
