"""Drawing on a worksheet: cells with formulas and their values, widths, print set-up."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from allocator.report.excel.formula_texts import quoted
from allocator.text import Phrasebook

Value = int | float | Fraction | str

WIDEST = 44  # characters of half width; longer text is wrapped
A4_WIDTH = 225  # of the columns that fit on a landscape page at a readable size
ROW = 20  # height of a row, in points
HIGHEST = 409  # points, the most that a row may be high
FONTS = {True: ("等线", "宋体"), False: ("Arial", "Arial")}  # of working sheets, of the printed table

BASE: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 15, "text_wrap": True},
    "table_title": {"bold": True, "font_size": 16, "align": "center", "text_wrap": True},
    "mark": {"bold": True, "font_color": "#9C0006", "text_wrap": True},
    "state": {"font_color": "#595959", "text_wrap": True},
    "right": {"align": "right"},
    "section": {"bold": True, "font_size": 12, "font_color": "#1F3864"},
    "head": {"bold": True, "bg_color": "#DCE6F1", "border": 1, "text_wrap": True, "align": "center"},
    "how": {
        "italic": True, "font_size": 9, "font_color": "#595959",
        "border": 1, "text_wrap": True, "align": "center",
    },
    "text": {"border": 1, "text_wrap": True, "indent": 1},
    "middle": {"border": 1, "align": "center"},
    "label": {"border": 1, "bg_color": "#F2F2F2", "text_wrap": True, "indent": 1},
    "wrap": {"text_wrap": True},
    "figure": {"border": 1, "align": "right"},
    "total": {"border": 1, "bold": True, "bg_color": "#F2F2F2"},
    "input": {"border": 1, "bg_color": "#FFF2CC", "locked": False},
    "typed_wrong_text": {"border": 1, "font_color": "#9C0006", "align": "center"},
    "typed_wrong": {"bg_color": "#FF9999", "font_color": "#9C0006"},
    "typed_other": {"bg_color": "#F4B183", "bold": True},
    "plain": {},
}  # fmt: skip


@dataclass(frozen=True)
class Ink:
    """The formats of a workbook, each made once."""

    workbook: Any
    book: Phrasebook
    made: dict[tuple[Any, ...], Any] = field(default_factory=dict)

    def style(self, name: str, number: str = "", **more: Any) -> Any:
        """The format with this name and number format."""
        key = (name, number, *sorted(more.items()))
        if key not in self.made:
            body, printed = FONTS[self.book.chinese]
            font = printed if more.get("printed") else body
            looks = {"font_name": font, "font_size": 11, "valign": "vcenter", **BASE[name]}
            looks |= {k: v for k, v in more.items() if k != "printed"}
            if number:
                looks["num_format"] = number
            self.made[key] = self.workbook.add_format(looks)
        return self.made[key]


@dataclass
class Page:
    """A worksheet and its content; rows and columns count from 0."""

    sheet: Any
    name: str
    ink: Ink
    widths: dict[int, float] = field(default_factory=dict)
    single: bool = False  # always one page wide
    printed_to: int | None = None  # the last column that is printed, where not all are

    @property
    def book(self) -> Phrasebook:
        return self.ink.book

    def text(
        self, row: int, column: int, text: str, style: str = "text", *, wide: bool = True, **more: Any
    ) -> None:
        """Writes text, which never becomes a formula, number or link."""
        looks = self.ink.style(style, **more)
        if text:
            self.sheet.write_string(row, column, text, looks)
        else:
            self.sheet.write_blank(row, column, None, looks)
        if wide:
            self.wide(column, text)

    def merged(self, row: int, first: int, last: int, text: str, style: str, **more: Any) -> None:
        """Writes text over several cells."""
        if last > first:
            looks = self.ink.style(style, **more)
            self.sheet.merge_range(row, first, row, last, "", looks)
            self.sheet.write_string(row, first, text, looks)
        else:
            self.text(row, first, text, style, wide=False, **more)

    def number(
        self, row: int, column: int, value: Value | None, style: str = "figure", number: str = "", **more: Any
    ) -> None:
        """Writes a figure as a value; a blank cell for None."""
        if value is None:
            self.sheet.write_blank(row, column, None, self.ink.style(style, number, **more))
            return
        assert not isinstance(value, str)
        self.sheet.write_number(row, column, held(value), self.ink.style(style, number, **more))
        self.wide(column, _drawn(value, number))

    def formula(
        self,
        row: int,
        column: int,
        formula: str,
        value: Value,
        style: str = "figure",
        number: str = "",
        *,
        wide: bool = True,
        **more: Any,
    ) -> None:
        """Writes a formula together with its value."""
        cached = value if isinstance(value, str) else held(value)
        self.sheet.write_formula(row, column, f"={formula}", self.ink.style(style, number, **more), cached)
        if wide and not isinstance(value, str):
            self.wide(column, _drawn(value, number))

    def wide(self, column: int, text: str, most: float = WIDEST) -> None:
        """Makes the column wide enough for a text."""
        longest = max((shown_width(line) for line in text.splitlines()), default=0)
        self.widths[column] = max(self.widths.get(column, 5), min(longest * 1.1 + 2, most))

    def height(self, row: int, text: str, width: float, least: float = ROW) -> None:
        """Makes a row high enough for a text wrapped to this width."""
        self.sheet.set_row(row, min(max(least, 16 * lines_of(text, width) + 4), HIGHEST))

    def lead(self, title: str, mark: str, state: tuple[str, str, str], *, printed: bool = False) -> None:
        """Writes the first three lines: title, mark, state (a formula, its value and its longest value).

        On a sheet of several pages they skip the columns that are repeated on each.
        """
        start = 2 if self.pages > 1 else 0
        last, room = start, self.widths.get(start, 9)
        most = 0.8 * self.printed_width / self.pages if self.pages > 1 else A4_WIDTH
        end = max(self.widths) if self.printed_to is None else self.printed_to
        while last < end and room + self.widths.get(last + 1, 9) < most:
            last += 1
            room += self.widths.get(last, 9)
        self.merged(0, start, last, title, "table_title" if printed else "title", printed=printed)
        self.height(0, title, room / 1.5, 28)
        if mark:
            self.merged(1, start, last, mark, "mark")
            self.height(1, mark, room)
        formula, value, longest = state
        self.merged(2, start, last, "", "state")
        self.formula(2, start, formula, value, "state", wide=False)
        self.height(2, longest, room)
        self.sheet.set_row(3, 4)  # the empty row gives up the height that the sentence takes
        here = self.at(2, start, here=True)
        self.sheet.conditional_format(
            2, start, 2, last,
            {"type": "formula", "criteria": f"={here}<>{quoted(value)}", "format": self.changing("mark")},
        )  # fmt: skip

    @property
    def pages(self) -> int:
        """The number of pages side by side that the sheet takes."""
        return 1 if self.single else max(1, math.ceil(self.printed_width / A4_WIDTH))

    @property
    def printed_width(self) -> float:
        """The width of all columns that are printed."""
        return sum(
            width
            for column, width in self.widths.items()
            if self.printed_to is None or column <= self.printed_to
        )

    def changing(self, name: str) -> Any:
        """The format with this name for a condition: only the properties that it may change."""
        looks = {key: value for key, value in BASE[name].items() if key in ("bold", "bg_color", "font_color")}
        return self.ink.workbook.add_format(looks)

    def at(self, row: int, column: int, *, here: bool = False) -> str:
        """An absolute reference to a cell, for formulas on other sheets too."""
        return ("" if here else f"{self.quoted}!") + f"${xl_col_to_name(column)}${row + 1}"

    def down(self, column: int, first: int, last: int, *, to: int | None = None, here: bool = False) -> str:
        """A reference to a part of a column, or of all columns up to another."""
        name, end = xl_col_to_name(column), xl_col_to_name(column if to is None else to)
        return ("" if here else f"{self.quoted}!") + f"${name}${first + 1}:${end}${last + 1}"

    def along(self, row: int, first: int, last: int, *, here: bool = False, fixed: bool = True) -> str:
        """A reference to a part of a row."""
        mark = "$" if fixed else ""
        cells = f"${xl_col_to_name(first)}{mark}{row + 1}:${xl_col_to_name(last)}{mark}{row + 1}"
        return ("" if here else f"{self.quoted}!") + cells

    @property
    def quoted(self) -> str:
        return f"'{self.name}'"

    def finish(
        self, repeat: tuple[int, int] | None, freeze: tuple[int, int] | None, mark: str, columns: int = 0
    ) -> None:
        """Sets widths and print set-up; ``repeat``: heading rows, ``columns``: how many are on every page."""
        for column, width in self.widths.items():
            self.sheet.set_column(column, column, width)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)  # A4
        self.sheet.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.7)
        self.sheet.fit_to_pages(self.pages, 0)
        if self.printed_to is not None:
            self.sheet.print_area(0, 0, self.sheet.dim_rowmax, self.printed_to)
        if self.pages > 1 and columns:
            self.sheet.repeat_columns(0, columns - 1)
        if repeat is not None:
            self.sheet.repeat_rows(*repeat)
        if freeze is not None:
            self.sheet.freeze_panes(*freeze)
        self.sheet.set_header((f"&L{mark}" if mark else "") + "&R&A")
        self.sheet.set_footer(f"&C{self.book.say('excel.page')}")
        self.sheet.protect("", {"format_columns": True, "format_rows": True})


def held(value: int | float | Fraction) -> int | float:
    """The number as a spreadsheet holds it."""
    if isinstance(value, float):
        return value
    if value.denominator == 1 and -(2**53) < value < 2**53:
        return int(value)
    return float(value)


def lines_of(text: str, width: float) -> int:
    """The number of lines that a text takes in cells of this width."""
    room = max(int(width / 1.15) - 2, 1)
    return sum(-(-max(shown_width(line), 1) // room) for line in text.splitlines() or [""])


def shown_width(text: str) -> int:
    """The width of a text in characters of half width."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in text)


def _drawn(value: Value, number: str) -> str:
    """The approximate text of a figure as shown, for the width of its column."""
    if isinstance(value, str):
        return value
    places = len(number.partition(".")[2].partition(";")[0].rstrip("%")) if "." in number else 0
    text = f"{float(value):,.{places}f}" if number else f"{float(value):.10g}"
    return text + ("%%" if "%" in number else "+" if "+" in number else "")


@dataclass(frozen=True)
class Formats:
    """The number formats of a workbook in its language."""

    book: Phrasebook

    @property
    def money(self) -> str:
        return "0" if self.book.chinese else "#,##0"

    @property
    def stage(self) -> str:
        return "0.00" if self.book.chinese else "#,##0.00"

    @property
    def long(self) -> str:
        return "0.000000" if self.book.chinese else "#,##0.000000"

    @property
    def change(self) -> str:
        whole = self.money
        return f"+{whole};−{whole};0"

    @property
    def broken(self) -> str:
        """Money that is no whole number of the shown unit."""
        return f"{self.money}.00####"

    @property
    def broken_change(self) -> str:
        return f"+{self.broken};−{self.broken};0"


def broken_money(
    page: Page, rows: tuple[int, int], columns: Sequence[int], changes: Mapping[int, bool]
) -> None:
    """Shows the decimals of money where there are any; ``changes`` is True for columns with signs."""
    formats = Formats(page.book)
    for column in columns:
        number = formats.broken_change if changes.get(column) else formats.broken
        corner = f"{xl_col_to_name(column)}{rows[0] + 1}"
        page.sheet.conditional_format(
            rows[0], column, rows[1], column,
            {
                "type": "formula",
                "criteria": f"=AND(ISNUMBER({corner}),{corner}<>INT({corner}))",
                "format": page.ink.workbook.add_format({"num_format": number}),
            },
        )  # fmt: skip
