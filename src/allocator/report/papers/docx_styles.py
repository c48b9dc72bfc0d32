"""The look of papers in Word: Chinese as in official documents (GB/T 9704), English plain."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH

LEFT, CENTER, RIGHT, BOTH = (WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT,
                             WD_ALIGN_PARAGRAPH.JUSTIFY)  # fmt: skip
PITCH = 28.95  # points: 22 lines on a sheet with the margins of official documents
SONG, FANG, HEI, KAI = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"
# substitutes for machines without the fonts of official documents
INSTEAD = {SONG: "宋体", FANG: "仿宋", KAI: "楷体"}


@dataclass(frozen=True)
class Style:
    """The look of one kind of paragraph: sizes in points, indents in characters, bold or not."""

    font: str
    size: float
    align: Any = BOTH
    indent: int = 0  # of the first line, in characters
    right: int = 0  # in characters
    bold: bool = False
    pitch: float | None = None  # of lines, in points
    before: float = 0
    after: float = 0
    next: bool = False  # stays with the next paragraph
    barred: bool = False  # in a tinted box with a bar on the left


@dataclass(frozen=True)
class Look:
    """A language's style: latin font, page margins in millimetres, kinds of paragraphs."""

    latin: str
    margins: tuple[float, float, float, float]  # top, bottom, left, right
    styles: dict[str, Style]
    caption: Style
    cell: str
    head_cell: str
    largest_cell: float = 10.5  # points
    cell_pitch: float | None = (
        None  # lines of cells as a multiple of their letters; None: as the font has them
    )
    grid: tuple[float, int] | None = None  # pitch of lines in points, characters in one: the sheet's grid


def _chinese() -> Look:
    styles = {
        "title": Style(SONG, 22, CENTER, pitch=36, after=12, next=True),
        "subtitle": Style(KAI, 16, CENTER, pitch=PITCH, after=20),
        "code": Style(FANG, 16, CENTER, pitch=PITCH, after=PITCH),
        "address": Style(FANG, 16, LEFT, pitch=PITCH),
        "head": Style(HEI, 16, indent=2, next=True, pitch=PITCH),
        "subhead": Style(KAI, 16, indent=2, next=True, pitch=PITCH),
        "text": Style(FANG, 16, indent=2, pitch=PITCH),
        "lead": Style(FANG, 16, indent=2, pitch=PITCH, next=True),
        "item": Style(FANG, 16, indent=2, pitch=PITCH),
        "callout": Style(HEI, 16, pitch=PITCH, after=8, barred=True),
        "filed": Style(FANG, 16, LEFT, pitch=PITCH, after=PITCH),
        "attached": Style(FANG, 16, LEFT, indent=2, pitch=PITCH, next=True),
        "signed": Style(FANG, 16, RIGHT, right=4, pitch=PITCH),
        "annex": Style(HEI, 16, LEFT, next=True, pitch=PITCH),
        "small": Style(FANG, 9, LEFT, pitch=12),
    }
    caption = Style(HEI, 14, CENTER, pitch=24, before=8, next=True)
    margins = (37, 35, 28, 26)
    return Look("Times New Roman", margins, styles, caption, FANG, HEI, grid=(PITCH, 28))


def _chinese_memo() -> Look:
    text = Style(FANG, 12, pitch=18, after=2)
    styles = {
        "title": Style(SONG, 20, CENTER, pitch=27, after=7, next=True),
        "subtitle": Style(KAI, 12, CENTER, pitch=18, after=6),
        "code": Style(FANG, 12, CENTER, pitch=18),
        "address": text,
        "head": Style(HEI, 12, LEFT, next=True, pitch=18, before=6),
        "subhead": Style(KAI, 12, LEFT, next=True, pitch=18),
        "text": text,
        "callout": Style(HEI, 13, LEFT, pitch=20, before=2, after=8, barred=True),
        "filed": text,
        "lead": Style(FANG, 12, pitch=18, next=True),
        "item": Style(FANG, 12, pitch=18),
        "attached": Style(FANG, 12, LEFT, pitch=18),
        "signed": Style(FANG, 12, RIGHT, pitch=18),
        "annex": Style(HEI, 12, LEFT, next=True, pitch=18),
        "small": Style(FANG, 9, LEFT, pitch=12),
    }
    caption = Style(HEI, 12, LEFT, pitch=18, before=6, next=True)
    return Look("Times New Roman", (22, 20, 22, 22), styles, caption, FANG, HEI, 10, 1.28)


def _english() -> Look:
    font = "宋体"  # for the Chinese within an English paper, such as the number of a notice
    text = Style(font, 10.5, LEFT, after=6)
    styles = {
        "title": Style(font, 17, LEFT, bold=True, after=10, next=True),
        "subtitle": Style(font, 11, LEFT, after=10),
        "code": Style(font, 10.5, LEFT, after=10),
        "address": text,
        "head": Style(font, 12.5, LEFT, bold=True, before=10, after=4, next=True),
        "subhead": Style(font, 11, LEFT, bold=True, before=6, after=3, next=True),
        "text": text,
        "lead": Style(font, 10.5, LEFT, after=2, next=True),
        "item": Style(font, 10.5, LEFT, after=2),
        "callout": Style(font, 12, LEFT, bold=True, before=2, after=8, barred=True),
        "filed": Style(font, 10.5, LEFT, after=10),
        "attached": Style(font, 10.5, LEFT, after=2, next=True),
        "signed": Style(font, 10.5, RIGHT, after=2),
        "annex": Style(font, 11, LEFT, bold=True, after=4, next=True),
        "small": Style(font, 8, LEFT, after=1),
    }
    caption = Style(font, 10.5, LEFT, bold=True, before=8, after=2, next=True)
    return Look("Arial", (22, 20, 25, 25), styles, caption, font, font)


def _english_memo() -> Look:
    look = _english()
    small = {
        "title": replace(look.styles["title"], size=16, after=6),
        "head": replace(look.styles["head"], size=11, before=6, after=2),
        "callout": replace(look.styles["callout"], size=11.5, after=6),
        "text": replace(look.styles["text"], size=10, after=3),
        "item": replace(look.styles["item"], size=10, after=1),
    }
    caption = replace(look.caption, size=11, before=6)
    return replace(look, margins=(20, 17, 22, 22), styles=look.styles | small, caption=caption,
                   largest_cell=9.5, cell_pitch=1.28)  # fmt: skip


SMALLEST = 0.88  # of the letters: then the margins are smaller too


def _smaller(look: Look, by: float) -> Look:
    """The look with everything in it smaller, the smallest on more of the page."""

    def less(style: Style) -> Style:
        pitch = None if style.pitch is None else style.pitch * by
        return replace(style, size=round(2 * style.size * by) / 2, pitch=pitch,
                       before=style.before * by, after=style.after * by)  # fmt: skip

    styles = {kind: style if kind == "small" else less(style) for kind, style in look.styles.items()}
    cell = round(2 * look.largest_cell * by) / 2
    top, bottom, left, right = look.margins
    margins = look.margins if by > SMALLEST else (top - 3, bottom - 4, left - 4, right - 4)
    return replace(look, margins=margins, styles=styles, caption=less(look.caption), largest_cell=cell)


# by whether the language is written as Chinese is, and the paper's ``compact``
LOOKS = {
    (True, 0): _chinese(),
    (False, 0): _english(),
    **{
        (True, level): _smaller(_chinese_memo(), by)
        for level, by in ((1, 1), (2, 0.92), (3, 0.84), (4, 0.78))
    },
    **{
        (False, level): _smaller(_english_memo(), by)
        for level, by in ((1, 1), (2, 0.94), (3, 0.88), (4, 0.82))
    },
}
