"""One slide: its parts, the same for every file format."""

from __future__ import annotations

from dataclasses import dataclass

from allocator.core.exact import Number
from allocator.report.tables.table import Table


@dataclass(frozen=True)
class Bars:
    """A bar chart from zero: title, names, and each series with its name and figures in the shown unit.

    All series stand on one axis.  ``signed`` charts show changes.
    """

    title: str
    names: tuple[str, ...]
    series: tuple[tuple[str, tuple[Number, ...]], ...]
    signed: bool = False


@dataclass(frozen=True)
class Slide:
    """A slide: a finding as its title, the lines, charts or table that show it, and a note below."""

    key: str
    title: str
    lines: tuple[str, ...] = ()
    charts: tuple[Bars, ...] = ()
    grid: Table | None = None
    note: str = ""
