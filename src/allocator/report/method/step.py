"""One step of the method as it is shown."""

from __future__ import annotations

from dataclasses import dataclass

from allocator.report.tables.table import Table


@dataclass(frozen=True)
class Step:
    """One step of the method: the lines above the formula, the formula, tables, and the lines below."""

    key: str
    title: str
    lines: tuple[str, ...]
    formula: tuple[str, ...] = ()
    grids: tuple[Table, ...] = ()
    after: tuple[str, ...] = ()
