"""Slides as a PowerPoint file with charts and tables that can be edited."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_TICK_LABEL_POSITION
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Emu, Pt

from allocator.report.papers.docx import ems, layout
from allocator.report.papers.docx_elements import BESIDE
from allocator.report.papers.reproducible import timeless
from allocator.report.papers.slide import Bars, Slide
from allocator.report.papers.slides import Deck
from allocator.report.tables.table import Table
from allocator.text import Phrasebook

INCH = 914_400
ROW = 0.6  # inches, the height of a row in a short table
HEAD_MORE = 0.8  # of a row, the extra height of headings in two lines
ASIDE = 15  # points of a cell's margins; the 1.2 below: substitute fonts are wider
WIDTH, HEIGHT = int(13.333 * INCH), int(7.5 * INCH)
LEFT, RIGHT = int(0.6 * INCH), WIDTH - int(0.6 * INCH)
TOP, BOTTOM = int(1.55 * INCH), int(6.75 * INCH)
INK, MUTED, BLUE = RGBColor(0x1B, 0x27, 0x33), RGBColor(0x4A, 0x58, 0x66), RGBColor(0x1F, 0x5F, 0x99)
GAIN, LOSS, RED = RGBColor(0x0F, 0x6B, 0x5C), RGBColor(0xA8, 0x47, 0x1F), RGBColor(0xA0, 0x1C, 0x1C)
HEAD, SUB = RGBColor(0xEA, 0xF0, 0xF5), RGBColor(0xF5, 0xF7, 0xF9)
FONTS = {"a:latin": "Arial", "a:ea": "微软雅黑"}


def pptx(deck: Deck, on: date, about: str = "") -> bytes:
    """The slides as a dated PowerPoint file; the same slides give the same bytes."""
    made = Presentation()
    made.slide_width, made.slide_height = Emu(WIDTH), Emu(HEIGHT)
    layouts = made.slide_layouts
    for at, slide in enumerate(deck.slides, 1):
        page = made.slides.add_slide(layouts[5])  # a title and nothing else
        _draw(page, slide, deck, at)
    core = made.core_properties
    core.title, core.author, core.subject = deck.slides[0].title, "", deck.mark
    core.keywords, core.last_modified_by, core.language = about[:255], "", _tag(deck.book)
    content = io.BytesIO()
    made.save(content)
    return timeless(content.getvalue(), on)


def _tag(book: Phrasebook) -> str:
    return book.say("language.office_tag")


def _draw(page: Any, slide: Slide, deck: Deck, at: int) -> None:
    opening = slide.key == "opening"
    title = page.shapes.title
    title.left, title.top, title.width, title.height = (
        LEFT, int((2.1 if opening else 0.5) * INCH), RIGHT - LEFT, int(0.95 * INCH)
    )  # fmt: skip
    _write(
        title.text_frame,
        [slide.title],
        deck.book,
        size=26 if len(slide.title) < 60 else 21,
        color=BLUE,
        bold=True,
    )
    title.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    if deck.mark:
        _box(
            page,
            [deck.mark],
            deck.book,
            (LEFT, int(0.12 * INCH), RIGHT - LEFT, int(0.34 * INCH)),
            11,
            RED,
            bold=True,
        )
    foot = f"{deck.foot}　{at}" if deck.book.chinese else f"{deck.foot}  {at}"
    _box(page, [foot], deck.book, (LEFT, int(7.02 * INCH), RIGHT - LEFT, int(0.36 * INCH)), 9, MUTED)
    top = TOP + (int(1.75 * INCH) if opening else 0)
    if slide.lines:
        alone = not slide.charts and slide.grid is None
        size = 18 if alone else 14
        room = BOTTOM - top if alone else int(0.32 * INCH * sum(1 + len(line) // 75 for line in slide.lines))
        if not deck.book.chinese and not alone:
            room = int(0.3 * INCH * sum(1 + len(line) // 125 for line in slide.lines))
        _box(
            page, slide.lines, deck.book, (LEFT, top, RIGHT - LEFT, room), size, INK, after=8 if alone else 2
        )
        top += room + int(0.1 * INCH)
    bottom = BOTTOM
    if slide.note:
        _box(
            page, [slide.note], deck.book, (LEFT, int(6.5 * INCH), RIGHT - LEFT, int(0.45 * INCH)), 12, MUTED
        )
        bottom = int(6.45 * INCH)
    if slide.grid is not None:
        _table(page, slide.grid, deck.book, top, bottom)
        _described(page.shapes[-1], slide.grid.caption or slide.title)
    if slide.charts:
        _charts(page, slide.charts, deck.book, top, bottom)


# --- words ----------------------------------------------------------------------------------------


def _box(
    page: Any, lines: Any, book: Phrasebook, place: tuple[int, int, int, int], size: float, color: Any,
    *, bold: bool = False, after: float = 0,
) -> None:  # fmt: skip
    box = page.shapes.add_textbox(*map(Emu, place))
    _write(box.text_frame, lines, book, size=size, color=color, bold=bold, after=after)


def _write(
    frame: Any, lines: Any, book: Phrasebook, *, size: float, color: Any, bold: bool = False, after: float = 0
) -> None:
    frame.word_wrap = True
    for at, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if not at else frame.add_paragraph()
        paragraph.alignment, paragraph.space_after = PP_ALIGN.LEFT, Pt(after)
        run = paragraph.add_run()
        run.text = line
        run.font.size, run.font.bold, run.font.color.rgb = Pt(size), bold, color
        _font(run._r.get_or_add_rPr(), book)


def _font(properties: Any, book: Phrasebook) -> None:
    """Sets the Latin and the Chinese font, and the language."""
    properties.set("lang", _tag(book))
    properties.set("altLang", "en-US")
    for slot, name in FONTS.items():
        for old in properties.findall(qn(slot)):
            properties.remove(old)
        element = properties.makeelement(qn(slot), {"typeface": name})
        properties.append(element)


def _described(shape: Any, text: str) -> None:
    """Gives a chart or table its text for those who do not see it."""
    shape._element.nvGraphicFramePr.cNvPr.set("descr", text[:2000])


# --- tables ---------------------------------------------------------------------------------------


def _table(page: Any, grid: Table, book: Phrasebook, top: int, bottom: int) -> None:
    _box(
        page,
        [grid.unit],
        book,
        (RIGHT - 3 * INCH, top - int(0.08 * INCH), 3 * INCH, int(0.3 * INCH)),
        11,
        MUTED,
    )
    page.shapes[-1].text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT
    top += int(0.24 * INCH)
    count = len(grid.rows) + 1
    height = min(int(ROW * INCH), int((bottom - top) / (count + HEAD_MORE)))
    more = len(grid.headers) * (ASIDE - 2 * BESIDE)  # points that cells of slides have more beside their text
    room = (RIGHT - LEFT) / 12_700 - more
    size, widths = layout(grid, room, min(18, height / 12_700 * 0.55))
    widths = [width + ASIDE - 2 * BESIDE for width in widths]
    broken = any(
        ems(text) * size * 1.2 > width - ASIDE for text, width in zip(grid.headers, widths, strict=True)
    )
    head = int(height * (1 + HEAD_MORE)) if broken else height  # else the table would cover what is below
    whole = head + height * (count - 1)
    frame = page.shapes.add_table(count, len(grid.headers), *map(Emu, (LEFT, top, RIGHT - LEFT, whole)))
    table = frame.table
    table.horz_banding = False
    for at, width in enumerate(widths):
        table.columns[at].width = Pt(width)
    for number, cells in enumerate([grid.headers, *(row.cells for row in grid.rows)]):
        role = "head" if not number else grid.rows[number - 1].role
        table.rows[number].height = Emu(height if number else head)
        for at, text in enumerate(cells):
            cell = table.cell(number, at)
            cell.margin_top = cell.margin_bottom = Emu(0)
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
            strong = role in ("head", "subtotal", "total", "proposed")
            cell.fill.solid()
            cell.fill.fore_color.rgb = (
                HEAD if role in ("head", "total", "proposed") else SUB if strong else RGBColor(255, 255, 255)
            )
            _write(cell.text_frame, [text], book, size=size, color=INK, bold=strong)
            cell.text_frame.word_wrap = True
            if grid.numeric[at]:
                cell.text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT


# --- charts ---------------------------------------------------------------------------------------


def _charts(page: Any, charts: tuple[Bars, ...], book: Phrasebook, top: int, bottom: int) -> None:
    """Draws the charts side by side; a chart of amounts with few bars gets less of the width."""
    gap = int(0.2 * INCH)
    share = [1.0 if bars.signed else max(0.45, min(1.0, len(bars.names) / 6)) for bars in charts]
    left = LEFT
    for bars, part in zip(charts, share, strict=True):
        width = int((RIGHT - LEFT - gap * (len(charts) - 1)) * part / sum(share))
        _chart(page, bars, book, (left, top, width, bottom - top))
        left += width + gap


def _chart(page: Any, bars: Bars, book: Phrasebook, place: tuple[int, int, int, int]) -> None:
    data = CategoryChartData(number_format="General")
    data.categories = bars.names
    data.add_series(bars.title, [float(figure) for figure in bars.figures])
    kind = XL_CHART_TYPE.BAR_CLUSTERED
    frame = page.shapes.add_chart(kind, *map(Emu, place), data)
    figures = (book.number(figure, sign=bars.signed) for figure in bars.figures)
    pairs = (
        book.say("report.slide.alt_pair", name=n, figure=f) for n, f in zip(bars.names, figures, strict=True)
    )
    _described(frame, book.say("report.slide.alt", title=bars.title, figures=list(pairs)))
    chart = frame.chart
    chart.has_legend, chart.has_title = False, True
    chart.font.size = Pt(11)
    _font(chart.font._rPr, book)
    _write(chart.chart_title.text_frame, [bars.title], book, size=12, color=INK)
    values, names = chart.value_axis, chart.category_axis
    # an automatic axis need not begin at zero: 4806 could look half of 5000
    values.minimum_scale = -bars.most if bars.signed else 0
    if bars.signed:  # several on one scale; one alone follows what is edited
        values.maximum_scale = bars.most
    values.has_major_gridlines, values.visible = False, False
    names.reverse_order, names.tick_label_position = True, XL_TICK_LABEL_POSITION.LOW
    names.format.line.color.rgb = MUTED
    names.has_major_gridlines = False
    plot = chart.plots[0]
    plot.gap_width, plot.has_data_labels = 45 if len(bars.names) > 3 else 250, True
    labels = plot.data_labels
    separated = "#,##0.######" if not book.chinese else "0.######"
    whole = all(figure == int(figure) for figure in bars.figures)
    form = (separated.split(".")[0]) if whole else separated.split(".")[0] + ".00"
    labels.number_format = f"+{form};−{form};0" if bars.signed else form
    labels.number_format_is_linked = False
    labels.position, labels.show_value = XL_LABEL_POSITION.OUTSIDE_END, True
    labels.font.size, labels.font.color.rgb = Pt(11), INK
    series = plot.series[0]
    series.invert_if_negative = False
    for at, figure in enumerate(bars.figures):
        fill = series.points[at].format.fill
        fill.solid()
        fill.fore_color.rgb = BLUE if not bars.signed else GAIN if figure >= 0 else LOSS
