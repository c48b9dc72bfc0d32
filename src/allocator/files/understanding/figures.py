"""Reads the exact figure in a cell, or what is there instead."""

from __future__ import annotations

import re
import unicodedata
from decimal import Context, Decimal, Inexact
from functools import lru_cache
from typing import NamedTuple

from allocator.core.exact import MOST_DECIMALS
from allocator.files.parsing import is_error_cell
from allocator.files.sheets.grids.grid import (
    BLANK,
    DATE,
    ERROR,
    FORMULA,
    NUMBER,
    TEXT,
    TRUTH,
    Cell,
    is_scaled,
    words_of,
)  # fmt: skip
from allocator.files.sheets.number_formats import shows_percent
from allocator.files.understanding.vocabulary import UNIT, closed, is_unit

FIGURE, MISSING, REFUSED, WORDS = "figure", "missing", "refused", "words"

_MARKS = re.compile(
    r"[-—–―−－_/\\~.…·*]+|无|暂无|无数据|未报|未上报|未统计|未提供|待报|待定|缺|缺失|空|不详|不适用|"
    r"n/?a|nil|null|none|tbd|\(空\)|\(blank\)|--"
)
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]*)?|\.[0-9]+")
_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:[, '’][0-9]{3})+(?:\.[0-9]+)?")
_WITH = re.compile(rf"(?:[¥￥$]|rmb|cny|人民币)?\s*([0-9][0-9,. '’]*|\.[0-9]+)\s*({UNIT})?", re.I)
_SCIENTIFIC = re.compile(r"[0-9.]+e[+-]?[0-9]+")
_DATE = re.compile(
    r"[0-9]{2,4}[-/.年][0-9]{1,2}([-/.月][0-9]{1,2}日?)?( [0-9:.]+)?|[0-9]+:[0-9]{2}(:[0-9.]+)?|"
    r"[0-9]{1,2}月[0-9]{1,2}日?|[0-9]{4}年([0-9]{1,2}月)?"
)
_NEGATIVE = re.compile(r"[-−－△▲]\s*[¥￥$]?[0-9.,]+.{0,4}|[(（][¥￥$]?[0-9.,]+[)）]")
EXACT = Context(prec=400, traps=[Inexact])  # no result of a table's figures is ever rounded
_LONGEST = 100  # characters of a figure with all its decimals, separators and its unit
_MOST_DIGITS = 15  # that a spreadsheet holds of a number


class Figure(NamedTuple):
    """The content of a cell: ``text`` is the exact figure, ``why`` the key of the sentence of refusal."""

    kind: str
    text: str = ""
    value: Decimal = Decimal(0)
    unit: str = ""
    percent: bool = False
    why: str = ""
    treated: bool = False


def figure_of(cell: Cell) -> Figure:
    """The figure in a cell.

    >>> figure_of(Cell("1,234.50", "text")).text, figure_of(Cell("１,502万", "text"))[:4]
    ('1234.50', ('figure', '1502', Decimal('1502'), '万'))
    >>> figure_of(Cell("—", "text")).kind, figure_of(Cell("#REF!", "error")).why
    ('missing', 'figure_error')
    """
    if cell.kind == BLANK:
        return Figure(MISSING)
    if cell.kind == NUMBER:
        return _stored(cell)
    if cell.kind == DATE:
        return Figure(REFUSED, why="figure_date")
    if cell.kind == ERROR:
        return Figure(REFUSED, why="figure_error")
    if cell.kind == FORMULA:
        return Figure(REFUSED, why="figure_formula")
    if cell.kind == TRUTH:
        return Figure(REFUSED, why="figure_words")
    text = cell.text
    if text.isascii() and len(text) <= MOST_DECIMALS and _PLAIN.fullmatch(text):
        return Figure(FIGURE, text, Decimal(text))  # most cells of a text file, and far quicker
    return _written(text)


def kind_of(cell: Cell) -> str:
    """The kind of the figure in a cell, without making one of a number: most are asked several times.

    >>> kind_of(Cell("1234", "number")), kind_of(Cell("—", "text"))
    ('figure', 'missing')
    """
    if cell.kind == NUMBER:
        return REFUSED if _refusal(cell) else FIGURE
    return figure_of(cell).kind


def value_in(cell: Cell) -> Decimal:
    """The figure in a cell, 0 where there is none.

    >>> value_in(Cell("1234", "number")), value_in(Cell("—", "text"))
    (Decimal('1234'), Decimal('0'))
    """
    if cell.kind == NUMBER:
        return Decimal(0) if _refusal(cell) else _number(cell)
    figure = figure_of(cell)
    return figure.value if figure.kind == FIGURE else Decimal(0)


def _stored(cell: Cell) -> Figure:
    if why := _refusal(cell):
        return Figure(REFUSED, why=why)
    value = _number(cell)
    if not cell.format:
        return Figure(FIGURE, cell.text, value)
    percent, _, unit = _meaning(cell.format)
    if percent:
        return Figure(FIGURE, plain_text(value), value, percent=True)
    return Figure(FIGURE, cell.text, value, unit)


def _refusal(cell: Cell) -> str:
    """The key of the sentence that refuses a stored number, "" for one that is a figure."""
    text = cell.text
    if text.startswith("-"):
        return "figure_negative"
    if len(text) > _MOST_DIGITS:  # a shorter one is neither rounded nor too exact
        whole, _, decimals = text.partition(".")
        if len(whole) > _MOST_DIGITS:
            return "figure_rounded"
        if len(decimals) > MOST_DECIMALS:
            return "figure_decimals"
    if cell.format:
        percent, scaled, _ = _meaning(cell.format)
        return "figure_scaled" if scaled and not percent else ""
    return ""


def _number(cell: Cell) -> Decimal:
    """The figure of a stored number that is not refused, in percent where it is shown so."""
    value = Decimal(cell.text)
    return value.scaleb(2, EXACT) if cell.format and _meaning(cell.format)[0] else value


@lru_cache(1_000)
def _meaning(number_format: str) -> tuple[bool, bool, str]:
    """True for a format that shows percent, for one that scales, and the unit that it writes."""
    unit = closed(words_of(number_format))
    return shows_percent(number_format), is_scaled(number_format), unit if is_unit(unit) else ""


@lru_cache(20_000)
def _written(text: str) -> Figure:
    if len(text) > _LONGEST:
        return Figure(WORDS, why="figure_words")
    plain = unicodedata.normalize("NFKC", text[:200]).casefold()
    if not plain.isprintable():
        plain = "".join(c for c in plain if unicodedata.category(c) != "Cf")
    plain = plain.strip().strip("'’‘`\"“”").strip()
    if not plain or _MARKS.fullmatch(plain):
        return Figure(MISSING)
    percent = plain.endswith("%")
    found = _WITH.fullmatch(plain.removesuffix("%").strip() if percent else plain)
    if found is None or (percent and found[2]):
        return Figure(REFUSED if _is_near(plain) else WORDS, why=_why(plain))
    digits = found[1].strip()
    if _THOUSANDS.fullmatch(digits):
        digits = re.sub("[, '’]", "", digits)
    if not _NUMBER.fullmatch(digits):
        return Figure(REFUSED, why="figure_date" if _DATE.fullmatch(plain) else "figure_words")
    digits = digits.rstrip(".") if digits.endswith(".") else digits
    digits = "0" + digits if digits.startswith(".") else digits
    made = _exactly(digits)
    if isinstance(made, str):
        return Figure(REFUSED, why=made)
    return Figure(FIGURE, digits, made, found[2] or "", percent, treated=digits != text)


def _exactly(text: str) -> Decimal | str:
    whole, _, decimals = text.partition(".")
    if len(decimals) > MOST_DECIMALS:
        return "figure_decimals"
    return "figure_words" if len(whole) > MOST_DECIMALS else Decimal(text)


def _is_near(plain: str) -> bool:
    """True if a text that is no figure was meant as one."""
    if plain[0] in "=#":
        return is_error_cell(plain.upper()) or plain[0] == "="
    return plain.lstrip("¥￥$约≈~<>≥≤-−△▲(=+").strip()[:1].isdigit()


def _why(plain: str) -> str:
    if is_error_cell(plain.upper()):
        return "figure_error"
    if plain.startswith("="):
        return "figure_formula"
    if _SCIENTIFIC.fullmatch(plain):
        return "figure_scientific"
    if _NEGATIVE.fullmatch(plain):
        return "figure_negative"
    if _DATE.fullmatch(plain):
        return "figure_date"
    return "figure_words"


def plain_text(value: Decimal) -> str:
    """A figure in plain digits, without zeros at its end.

    >>> plain_text(Decimal("2.740")), plain_text(Decimal("100.0")), plain_text(Decimal(0))
    ('2.74', '100', '0')
    """
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def is_word(cell: Cell) -> bool:
    """True if a cell holds a word, including a name that begins with a digit."""
    text = cell.text
    if cell.kind != TEXT or (text.isascii() and _PLAIN.fullmatch(text)):
        return False
    return kind_of(cell) in (WORDS, REFUSED)


def is_year(cell: Cell) -> bool:
    """True if a cell could be a year in the heading of a column."""
    text = cell.text.strip().removesuffix("年")
    return text.isascii() and text.isdecimal() and len(text) == 4 and 1980 <= int(text) <= 2100
