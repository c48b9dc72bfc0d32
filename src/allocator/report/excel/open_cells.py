"""Cells that may be changed: the values they accept, the look of changed and wrong ones, and their count."""

from __future__ import annotations

from xlsxwriter.utility import xl_col_to_name

from allocator.report.excel.pen import Page


def invite(
    page: Page, column: int, exported: int, first: int, last: int, taking: int | None = None,
    *, signed: bool = False, blank: bool = False,
) -> None:  # fmt: skip
    """Sets the values that changeable cells accept, and the look of wrong and of changed ones.

    ``exported`` is the column of their exported values, ``taking`` one with 1 in the rows that count.
    ``signed`` cells may be below zero, and ``blank`` ones be blank where that is what was exported.
    """
    cell, was = (f"${xl_col_to_name(c)}{first + 1}" for c in (column, exported))
    counts = f"${xl_col_to_name(taking)}{first + 1}=1" if taking is not None else "TRUE"
    below = "FALSE" if signed else f"{cell}<0"
    other_than = f"NOT(AND(ISBLANK({cell}),ISBLANK({was})))" if blank else "TRUE"
    wrong = f"=AND({counts},IF(ISNUMBER({cell}),{below},{other_than}))"
    other = f"=IF(ISERROR({cell}),TRUE,OR({cell}<>{was},ISBLANK({cell})<>ISBLANK({was})))"
    for criteria, looks in ((wrong, "typed_wrong"), (other, "typed_other")):
        page.sheet.conditional_format(
            first, column, last, column,
            {
                "type": "formula", "criteria": criteria, "format": page.changing(looks),
                "stop_if_true": criteria == wrong,
            },
        )  # fmt: skip
    page.sheet.data_validation(
        first, column, last, column,
        {
            "validate": "decimal", "criteria": ">=", "value": -(10**15) if signed else 0,
            "ignore_blank": blank,
            "error_message": page.book.say("excel.rules.bare" if signed else "excel.inputs.bare"),
        },
    )  # fmt: skip


def differing(cells: str, exported: str) -> str:
    """A formula that counts the cells that differ from those exported; a blank one differs from a zero.

    An error among them cannot be compared with anything: then only errors count.
    """
    other = f"SUMPRODUCT(--(({cells}<>{exported})+(ISBLANK({cells})<>ISBLANK({exported}))>0))"
    return f"IFERROR({other},SUMPRODUCT(--ISERROR({cells})))"


def wrong_in(cells: str, taking: str | None = None) -> str:
    """A formula that counts negative cells and, among those that take part, cells that hold no number."""
    none = f"ROWS({cells})*COLUMNS({cells})-COUNT({cells})"
    if taking:
        none = f"SUMPRODUCT({taking}*(1-ISNUMBER({cells})))"
    return f'{none}+COUNTIF({cells},"<0")'


def broken_cents(cells: str, over: int) -> str:
    """A formula that counts amounts with parts of a hundredth; ``over`` hundredths are one of their units."""
    return f"SUMPRODUCT(--(ABS({cells}*{over}-ROUND({cells}*{over},0))>0.0001+1E-14*{cells}*{over}))"
