"""Papers as Word files: Chinese in the style of official documents (GB/T 9704), English in a plain one."""

from __future__ import annotations

import io
from copy import deepcopy
from datetime import date
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from allocator.report.papers.blocks import Block, NewPage, Paper, Words
from allocator.report.papers.docx_styles import CENTER, INSTEAD, LEFT, LOOKS, RIGHT, Look, Style
from allocator.report.papers.reproducible import timeless
from allocator.report.tables.table import Table
from allocator.text import Phrasebook

MARK = RGBColor(0xA0, 0x1C, 0x1C)
LARGEST_CELL, SMALLEST_CELL = 10.5, 6  # points
BESIDE = 3  # points within a cell on either side of its text
GAP = Pt(6)  # below a table, and above the fine print
TOGETHER = 26  # rows of a table that stays on one page
Alike = dict[tuple[Any, ...], Any]  # cells without words, by their look
NAMES = {"title": "Title", "head": "Heading 1", "subhead": "Heading 2", "text": "Normal"}


def docx(paper: Paper, on: date, about: str = "") -> bytes:
    """The paper as a dated Word file; ``about`` is stored in its properties.

    The same paper gives the same bytes.
    """
    look = LOOKS[paper.book.chinese]
    document = Document()
    ids = _prepare(document, paper, look)
    section = document.sections[0]
    _page(section, look, wide=False)
    _frame(section, paper, look)
    made = None
    befores, afters = (None, *paper.blocks[:-1]), (*paper.blocks[1:], None)
    for before, block, after in zip(befores, paper.blocks, afters, strict=True):
        if isinstance(block, Words):
            made = document.add_paragraph(_unbroken(block.text))
            made._p.style = ids[block.kind]  # by its id, which is quick
            _keep_together(made, before, block, after)
        elif isinstance(block, NewPage):
            section = document.add_section()
            _page(section, look, wide=block.wide)
        else:
            _table(document, block, look, section, flows=paper.flows)
            made = None
    if made is None:  # a document ends with a paragraph; one that shows nothing must not take a page
        document.add_paragraph("", _style_name("small"))
    core = document.core_properties
    core.title, core.author, core.comments, core.subject = paper.title, "", "", paper.mark
    core.keywords, core.language = about[:255], paper.book.say("language.office_tag")
    content = io.BytesIO()
    document.save(content)
    return timeless(content.getvalue(), on)


def _keep_together(made: Any, before: Block | None, block: Words, after: Block | None) -> None:
    """Sets space below tables and above fine print; keeps a paragraph with what follows if that is one."""
    small = block.kind == "small"
    form = made.paragraph_format
    if isinstance(before, Table) or (small and isinstance(before, Words) and before.kind != "small"):
        form.space_before = max(GAP, made.style.paragraph_format.space_before)
    if isinstance(after, Table) or (isinstance(after, Words) and after.kind == "small"):
        form.keep_with_next = True


def _unbroken(text: str) -> str:
    """The text, in which no line ends between a figure and its percent sign."""
    return text.replace(" %", "\N{NO-BREAK SPACE}%")


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
    _fonts(properties, look.latin, style.font, book)
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


def _fonts(properties: Any, latin: str, asian: str, book: Phrasebook) -> None:
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    for slot, name in (("ascii", latin), ("hAnsi", latin), ("cs", latin), ("eastAsia", asian)):
        fonts.set(qn(f"w:{slot}"), name)
    spoken = OxmlElement("w:lang")
    spoken.set(qn("w:val"), "en-US" if book.chinese else "en-GB")
    spoken.set(qn("w:eastAsia"), "zh-CN")
    properties.append(spoken)


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
            _fonts(run._r.get_or_add_rPr(), "宋体" if chinese else look.latin, "宋体", paper.book)
            if text is None:
                _field(run, "PAGE")


def _field(run: Any, code: str) -> None:
    for kind, text in (("begin", ""), ("", code), ("separate", ""), (None, "1"), ("end", "")):
        if kind is None:
            element = OxmlElement("w:t")
            element.text = text
        elif kind:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        else:
            element = OxmlElement("w:instrText")
            element.set(qn("xml:space"), "preserve")
            element.text = text
        run._r.append(element)


# --- tables ---------------------------------------------------------------------------------------


def _table(document: Any, grid: Table, look: Look, section: Any, *, flows: bool) -> None:
    """Adds the table with caption, unit above right and headings on each page; as wide as the page."""
    if grid.caption:
        document.add_paragraph(grid.caption, _style_name("caption"))
    if grid.unit:
        unit = document.add_paragraph(grid.unit, _style_name("small"))
        unit.alignment, unit.paragraph_format.keep_with_next = RIGHT, True
    room = (section.page_width - section.left_margin - section.right_margin) / Pt(1)
    size, widths = layout(grid, room)
    table = document.add_table(1 + len(grid.rows), len(grid.headers), "Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    cells, columns = table._cells, len(grid.headers)  # all at once: one by one takes long
    alike: Alike = {}
    _repeat(table.rows[0])
    for at, (header, width) in enumerate(zip(grid.headers, widths, strict=True)):
        _cell(cells[at], heading_lines(header), CENTER, size, width, look.head_cell, alike, bold=True)
    for number, row in enumerate(grid.rows, 1):
        strong = row.role in ("subtotal", "total")
        for at, (text, width) in enumerate(zip(row.cells, widths, strict=True)):
            align = RIGHT if grid.numeric[at] else LEFT if at or not text.isdigit() else CENTER
            font = look.head_cell if strong else look.cell
            plain = font == look.cell  # else its letters are heavy by themselves
            bold = strong and plain
            _cell(cells[columns * number + at], text, align, size, width, font, alike, bold=bold)
    for row in list(table.rows)[1:]:
        _whole(row)
    if len(grid.rows) <= TOGETHER and not flows:
        for cell in cells[:-columns]:
            cell.paragraphs[0].paragraph_format.keep_with_next = True
    _margins(table)
    for at, width in enumerate(widths):
        table.columns[at].width = Pt(width)


def layout(grid: Table, room: float) -> tuple[float, list[float]]:
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
    size = max(SMALLEST_CELL, min(LARGEST_CELL, int(2 * left / sum(needs)) / 2))
    spare = max(0.0, left - size * sum(needs))
    return size, [2 * BESIDE + need * (size + spare / sum(needs)) for need in needs]


def ems(text: str) -> float:
    """The greatest width of a text in any font, in multiples of the font size."""
    return sum(1.0 if ord(c) > 0x2E7F else 0.66 for c in text)


def heading_lines(header: str) -> str:
    """A heading with its remark in brackets on a line of its own."""
    name, bracket, remark = header.partition("（")
    return f"{name}\n{bracket}{remark}" if name and len(name) > 2 and bracket else header


def _cell(
    cell: Any, text: str, align: Any, size: float, width: float, font: str, alike: Alike, *, bold: bool
) -> None:
    """Writes a cell; of cells that look alike only the first is built, and the others are copies of it."""
    look = align, size, width, font, bold
    if look not in alike:
        _look(cell, align, size, width, font, bold=bold)
        alike[look] = deepcopy(cell._tc)
    else:
        cell._tc[:] = deepcopy(alike[look])
    cell.paragraphs[0].runs[0].text = _unbroken(text)


def _look(cell: Any, align: Any, size: float, width: float, font: str, *, bold: bool) -> None:
    """Sets the look of a cell and adds one empty run."""
    cell.width = Pt(width)
    paragraph = cell.paragraphs[0]
    paragraph._p.style = _style_name("small").replace(" ", "")  # by its id, which is quick
    paragraph.alignment = align
    form = paragraph.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.SINGLE, 1.0
    form.space_before = form.space_after = Pt(1)
    run = paragraph.add_run()
    run.font.size, run.bold = Pt(size), bold
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    middle = OxmlElement("w:vAlign")
    middle.set(qn("w:val"), "center")
    cell._tc.get_or_add_tcPr().append(middle)


def _margins(table: Any) -> None:
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(20 * BESIDE))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.append(margins)


def _repeat(row: Any) -> None:
    _whole(row)
    head = OxmlElement("w:tblHeader")
    row._tr.get_or_add_trPr().append(head)


def _whole(row: Any) -> None:
    """Keeps a row on one page."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
