"""The look of papers in Word: Chinese as in official documents (GB/T 9704), English plain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH

LEFT, CENTER, RIGHT, BOTH = (WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT,
                             WD_ALIGN_PARAGRAPH.JUSTIFY)  # fmt: skip
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


@dataclass(frozen=True)
class Look:
    """A language's style: latin font, page margins in millimetres, kinds of paragraphs."""

    latin: str
    margins: tuple[float, float, float, float]  # top, bottom, left, right
    styles: dict[str, Style]
    caption: Style
    cell: str
    head_cell: str


def _chinese() -> Look:
    styles = {
        "title": Style(SONG, 22, CENTER, pitch=36, after=12, next=True),
        "subtitle": Style(KAI, 16, CENTER, pitch=28, after=20),
        "code": Style(FANG, 16, CENTER, pitch=28, after=28),
        "address": Style(FANG, 16, LEFT, pitch=28),
        "head": Style(HEI, 16, indent=2, next=True, pitch=28),
        "subhead": Style(KAI, 16, indent=2, next=True, pitch=28),
        "text": Style(FANG, 16, indent=2, pitch=28),
        "lead": Style(FANG, 16, indent=2, pitch=28, next=True),
        "item": Style(FANG, 16, indent=2, pitch=28),
        "attached": Style(FANG, 16, LEFT, indent=2, before=28, after=28, pitch=28),
        "signed": Style(FANG, 16, RIGHT, right=4, pitch=28),
        "annex": Style(HEI, 16, LEFT, next=True, pitch=28),
        "small": Style(FANG, 9, LEFT, pitch=12),
    }
    caption = Style(HEI, 14, CENTER, pitch=24, before=8, next=True)
    return Look("Times New Roman", (37, 35, 28, 26), styles, caption, FANG, HEI)


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
        "attached": Style(font, 10.5, LEFT, before=10, after=10),
        "signed": Style(font, 10.5, RIGHT, after=2),
        "annex": Style(font, 11, LEFT, bold=True, after=4, next=True),
        "small": Style(font, 8, LEFT, after=1),
    }
    caption = Style(font, 10.5, LEFT, bold=True, before=8, after=2, next=True)
    return Look("Arial", (22, 20, 25, 25), styles, caption, font, font)


LOOKS = {True: _chinese(), False: _english()}  # by whether the language is written as Chinese is
