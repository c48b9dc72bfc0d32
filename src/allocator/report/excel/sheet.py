"""Worksheets whose formulas stand there as they were written."""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet


class Sheet(Worksheet):  # type: ignore[misc]
    """A worksheet that puts no prefixes into formulas.

    XlsxWriter looks through every formula for thirty functions that it would give a prefix, and finds them in
    texts too: a factor called MAP(A) would be shown as another.  The workbook uses none of these functions.
    """

    def _prepare_formula(self, formula: str, _expand: bool = False) -> str:
        return formula.removeprefix("=")
