"""Slides as a PowerPoint file with charts and tables that can be edited."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
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
LARGEST, SMALLEST = 18, 7  # points of a table's letters
ROOMY = 1.5  # how much higher the rows of a short table are than they need
ASIDE = 15  # points of a cell's margins
WIDER = 1.2  # substitute fonts are wider
WIDTH, HEIGHT = int(13.333 * INCH), int(7.5 * INCH)
LEFT, RIGHT = int(0.6 * INCH), WIDTH - int(0.6 * INCH)
TOP, BOTTOM = int(1.55 * INCH), int(6.75 * INCH)
INK, MUTED, BLUE = RGBColor(0x1B, 0x27, 0x33), RGBColor(0x4A, 0x58, 0x66), RGBColor(0x1F, 0x5F, 0x99)
GAIN, LOSS, RED = RGBColor(0x0F, 0x6B, 0x5C), RGBColor(0xA8, 0x47, 0x1F), RGBColor(0xA0, 0x1C, 0x1C)
SERIES = (BLUE, RGBColor(0xC7, 0x7B, 0x1E), RGBColor(0x7A, 0x86, 0x91))  # of the options in one chart
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
    _box(page, [foot], deck.book, (LEFT, int(6.98 * INCH), RIGHT - LEFT, int(0.4 * INCH)), 8, MUTED)
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
        _table(page, slide.grid, deck.book, top, bottom, slide.grid.caption or slide.title)
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


# --- tables ---------------------------------------------------------------------------------------


def _table(page: Any, grid: Table, book: Phrasebook, top: int, bottom: int, caption: str) -> None:
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
    size, widths, heights = _measured(grid, (RIGHT - LEFT) / 12_700, (bottom - top) / 12_700)
    whole = sum(heights)
    frame = page.shapes.add_table(count, len(grid.headers), Emu(LEFT), Emu(top), Emu(RIGHT - LEFT), Pt(whole))
    _describe(frame, book.say("report.slide.alt_table", caption=caption, headers=list(grid.headers),
                              count=len(grid.rows)))  # fmt: skip
    table = frame.table
    table.horz_banding = False
    for at, width in enumerate(widths):
        table.columns[at].width = Pt(width)
    for number, cells in enumerate([grid.headers, *(row.cells for row in grid.rows)]):
        role = "head" if not number else grid.rows[number - 1].role
        table.rows[number].height = Pt(heights[number])
        for at, text in enumerate(cells):
            cell = table.cell(number, at)
            cell.margin_top = cell.margin_bottom = Emu(0)
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
            strong = role in ("head", "subtotal", "total", "proposed") or (number > 0 and at in grid.heavy)
            cell.fill.solid()
            cell.fill.fore_color.rgb = (
                HEAD if role in ("head", "total", "proposed") else SUB if strong else RGBColor(255, 255, 255)
            )
            _write(cell.text_frame, [text], book, size=size, color=INK, bold=strong)
            cell.text_frame.word_wrap = True
            if grid.numeric[at]:
                cell.text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT


def _measured(grid: Table, room: float, height: float) -> tuple[float, list[float], list[float]]:
    """The size of letters, the columns' widths and the rows' heights in points, so that the slide holds it.

    Rows are as high as their longest cell needs; the letters get smaller until all of them fit.
    """
    aside = (ASIDE - 2 * BESIDE) * len(grid.headers)
    largest: float = LARGEST
    while True:
        size, widths = layout(grid, (room - aside) / WIDER, largest)
        widths = [width * WIDER + ASIDE - 2 * BESIDE for width in widths]
        cells = [grid.headers, *(row.cells for row in grid.rows)]
        lines = [
            max(_lines(text, (width - ASIDE) / size / WIDER) for text, width in zip(of, widths, strict=True))
            for of in cells
        ]
        heights = [max(1, count) * size * 1.4 + 3 for count in lines]
        if sum(heights) <= height or size <= SMALLEST:
            break
        largest = size - 0.5
    spare = min(height / sum(heights), ROOMY)
    return size, widths, [one * max(1.0, spare) for one in heights]


def _lines(text: str, room: float) -> int:
    """The lines that a text takes where one holds so many ems: words of Latin letters stay whole."""
    count, used = 1, 0.0
    for part in re.findall(r"[⺀-\uffff]|[^⺀-\uffff\s]+\s?|\s", text):
        if used and used + ems(part.rstrip()) > room:
            count, used = count + 1, 0.0
        used += ems(part)
    return count


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
    """Draws all series on one axis from zero, which follows when somebody edits the figures."""
    data = CategoryChartData(number_format="General")
    data.categories = bars.names
    for name, figures in bars.series:
        data.add_series(name, [float(figure) for figure in figures])
    frame = page.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *map(Emu, place), data)
    _describe(frame, _in_words(bars, book))
    chart, several = frame.chart, len(bars.series) > 1
    chart.has_legend, chart.has_title = several, True
    chart.font.size = Pt(11)
    _font(chart.font._rPr, book)
    if several:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    _write(chart.chart_title.text_frame, [bars.title], book, size=12, color=INK)
    values, names = chart.value_axis, chart.category_axis
    drawn = [figure for _, figures in bars.series for figure in figures]
    # an automatic axis need not begin at zero where all bars are on one side: 4806 could look half of 5000
    if min(drawn, default=0) >= 0:
        values.minimum_scale = 0
    elif max(drawn) <= 0:
        values.maximum_scale = 0
    values.has_major_gridlines, values.visible = False, False
    names.reverse_order, names.tick_label_position = True, XL_TICK_LABEL_POSITION.LOW
    names.format.line.color.rgb = MUTED
    names.has_major_gridlines = False
    _room(chart, bars, place[2] / 12_700, several=several)
    plot = chart.plots[0]
    plot.gap_width, plot.has_data_labels = 45 if len(bars.names) > 3 else 250, True
    if several:
        plot.overlap = 0
    labels = plot.data_labels
    whole = all(figure == int(figure) for figure in drawn)
    form = ("#,##0" if not book.chinese else "0") + ("" if whole else ".00")
    labels.number_format = f"+{form};−{form};0" if bars.signed else form
    labels.number_format_is_linked = False
    labels.position, labels.show_value = XL_LABEL_POSITION.OUTSIDE_END, True
    labels.font.size, labels.font.color.rgb = Pt(11 if len(drawn) <= 20 else 9), INK
    for series, color, (_, figures) in zip(plot.series, SERIES, bars.series, strict=False):
        series.invert_if_negative = False
        if several:
            series.format.fill.solid()
            series.format.fill.fore_color.rgb = color
            continue
        for at, figure in enumerate(figures):
            fill = series.points[at].format.fill
            fill.solid()
            fill.fore_color.rgb = BLUE if not bars.signed else GAIN if figure >= 0 else LOSS


def _room(chart: Any, bars: Bars, width: float, *, several: bool) -> None:
    """Leaves room for the names on the left and for the figures at the bars' ends, whatever the axis does."""
    figures = max((ems(f"{float(x):,.0f}") for _, of in bars.series for x in of), default=0) + 2.5
    names = max(map(ems, bars.names), default=0) + 1.5
    left = min(0.4, (names + (figures if bars.signed else 0)) * 11 / width)
    right = min(0.25, figures * 11 / width)
    area = chart._chartSpace.chart.plotArea
    for old in area.findall(qn("c:layout")):
        area.remove(old)
    placed = area.makeelement(qn("c:layout"), {})
    area.insert(0, placed)
    manual = placed.makeelement(qn("c:manualLayout"), {})
    placed.append(manual)
    top, height = 0.1, 0.78 if several else 0.88
    places = {"layoutTarget": "inner", "xMode": "edge", "yMode": "edge", "x": left, "y": top,
              "w": 1 - left - right, "h": height}  # fmt: skip
    for name, value in places.items():
        manual.append(manual.makeelement(qn(f"c:{name}"), {"val": str(value)}))


def _in_words(bars: Bars, book: Phrasebook) -> str:
    """A chart in words, figure by figure, for who cannot see it."""
    said = []
    for name, figures in bars.series:
        told = [
            book.say("report.slide.alt_bar", name=one, figure=book.number(figure, sign=bars.signed))
            for one, figure in zip(bars.names, figures, strict=True)
        ]
        said.append(book.say("report.slide.alt_series", name=name, figures=told) if len(bars.series) > 1
                    else book.show(told))  # fmt: skip
    return book.say("report.slide.alt_chart", title=bars.title, figures=book.say("rule.join").join(said))


def _describe(frame: Any, text: str) -> None:
    """Sets the alternative text of a table or chart."""
    frame._element.nvGraphicFramePr.cNvPr.set("descr", text)
