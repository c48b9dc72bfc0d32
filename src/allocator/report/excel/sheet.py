"""Worksheets that store formulas exactly as written."""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet


class Sheet(Worksheet):  # type: ignore[misc]
    """A worksheet that puts no prefixes into formulas.

    XlsxWriter gives a prefix to thirty functions in every formula, and finds their names in texts too: a
    factor called MAP(A) would be shown under another name.  The workbook uses none of these functions.
    """

    def _prepare_formula(self, formula: str, _expand: bool = False) -> str:
        return formula.removeprefix("=")
