"""The parts of a Word file that its library has no words for: boxes, grids, fields, cells."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from docx.enum.text import WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from allocator.report.papers.docx_styles import Look
from allocator.text import Phrasebook

BAR, TINT = "1F5F99", "EEF3F7"  # of a callout
CELL = "Allocatorsmall"  # the id of the style of cells
BESIDE = 3  # points within a cell on either side of its text
Alike = dict[tuple[Any, ...], Any]  # cells without words, by their look


def unbroken(text: str) -> str:
    """The text, in which no line ends between a figure and its percent sign."""
    return text.replace(" %", "\N{NO-BREAK SPACE}%")


def off_the_grid(properties: Any) -> None:
    """Keeps the lines of a paragraph off the sheet's grid: their pitch and the space of letters say it all.

    Programs differ in what a grid does to small letters and to tables.
    """
    for old in properties.findall(qn("w:snapToGrid")):
        properties.remove(old)
    snap = OxmlElement("w:snapToGrid")
    snap.set(qn("w:val"), "0")
    properties.insert_element_before(snap, "w:spacing", "w:ind", "w:contextualSpacing", "w:jc", "w:rPr")


def spaced(properties: Any, by: int) -> None:
    """Sets the space between letters, in twentieths of a point."""
    space = OxmlElement("w:spacing")
    space.set(qn("w:val"), str(by))
    properties.insert_element_before(
        space, "w:w", "w:kern", "w:position", "w:sz", "w:szCs", "w:highlight", "w:u", "w:lang"
    )


def barred(properties: Any) -> None:
    """Puts a paragraph into a tinted box with a bar on its left."""
    borders, shade = OxmlElement("w:pBdr"), OxmlElement("w:shd")
    for side, size, space, color in (
        ("top", "4", "6", TINT),
        ("left", "36", "8", BAR),
        ("bottom", "4", "6", TINT),
        ("right", "4", "8", TINT),
    ):
        border = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", size), ("space", space), ("color", color)):
            border.set(qn(f"w:{name}"), value)
        borders.append(border)
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", TINT)):
        shade.set(qn(f"w:{name}"), value)
    properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")
    properties.insert_element_before(shade, "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")


def fonts(properties: Any, latin: str, asian: str, book: Phrasebook) -> None:
    """Sets the Latin and the Chinese font of letters, and their language."""
    made = properties.find(qn("w:rFonts"))
    if made is None:
        made = OxmlElement("w:rFonts")
        properties.insert(0, made)
    for slot, name in (("ascii", latin), ("hAnsi", latin), ("cs", latin), ("eastAsia", asian)):
        made.set(qn(f"w:{slot}"), name)
    spoken = OxmlElement("w:lang")
    spoken.set(qn("w:val"), "en-US" if book.chinese else "en-GB")
    spoken.set(qn("w:eastAsia"), "zh-CN")
    properties.append(spoken)


def grid(section: Any, pitch: float, across: int, *, room: float, size: float) -> None:
    """Sets the sheet's grid, so many characters in a line of ``room`` millimetres."""
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    made = OxmlElement("w:docGrid")
    apart = Mm(room) / Pt(1) / across - size  # points between characters
    for name, value in (
        ("type", "linesAndChars"),
        ("linePitch", round(20 * pitch)),
        ("charSpace", round(4096 * apart)),
    ):
        made.set(qn(f"w:{name}"), str(value))
    section._sectPr.append(made)


def field(run: Any, code: str) -> None:
    """Adds a field such as the number of the page."""
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


def cell(
    cell: Any, text: str, align: Any, size: float, width: float, font: str, alike: Alike, look: Look,
    *, bold: bool, tint: str = "",
) -> None:  # fmt: skip
    """Writes a cell; of cells that look alike only the first is built, and the others are copies of it."""
    kind = align, size, width, font, bold, tint
    if kind not in alike:
        _look(cell, align, size, width, font, look.cell_pitch, bold=bold, tint=tint)
        alike[kind] = deepcopy(cell._tc)
    else:
        cell._tc[:] = deepcopy(alike[kind])
    cell.paragraphs[0].runs[0].text = unbroken(text)


def _look(
    cell: Any, align: Any, size: float, width: float, font: str, pitch: float | None, *, bold: bool, tint: str
) -> None:
    """Sets the look of a cell and adds one empty run."""
    cell.width = Pt(width)
    paragraph = cell.paragraphs[0]
    paragraph._p.style = CELL  # by its id, which is quick
    paragraph.alignment = align
    form = paragraph.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.SINGLE, 1.0
    if pitch is not None:
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(size * pitch)
    form.space_before = form.space_after = Pt(1)
    run = paragraph.add_run()
    run.font.size, run.bold = Pt(size), bold
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    properties = cell._tc.get_or_add_tcPr()
    if tint:
        shade = OxmlElement("w:shd")
        for name, value in (("val", "clear"), ("color", "auto"), ("fill", tint)):
            shade.set(qn(f"w:{name}"), value)
        properties.append(shade)
    middle = OxmlElement("w:vAlign")
    middle.set(qn("w:val"), "center")
    properties.append(middle)


def margins(table: Any) -> None:
    """Sets the space within the cells on either side."""
    sides = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(20 * BESIDE))
        margin.set(qn("w:type"), "dxa")
        sides.append(margin)
    table._tbl.tblPr.append(sides)


def repeat(row: Any) -> None:
    """Repeats a row on top of every page."""
    whole(row)
    head = OxmlElement("w:tblHeader")
    row._tr.get_or_add_trPr().append(head)


def whole(row: Any) -> None:
    """Keeps a row on one page."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
