"""The picture of an allocation as positions along axes, which a table can draw row by row.

Positions are in percent of an axis' length, rounded for drawing; the texts are made from exact amounts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from allocator.core.exact import Number
from allocator.report.charts.data import Row, Unit, amount_domain, panels, round_up
from allocator.text import Phrasebook

TICKS = 4  # at most, beside zero


@dataclass(frozen=True)
class Mark:
    """One recipient: the positions of its amount, its base and its change, and their texts.

    ``band`` is the possible range of the amount, ``bar`` the extent of the change, None where that is zero.
    Without a base, ``base``, ``base_text`` and all of the change keep their defaults.
    """

    id: str
    name: str
    amount: float
    amount_text: str
    hollow: bool
    base: float | None = None
    base_text: str = ""
    band: tuple[float, float] | None = None
    bar: tuple[float, float] | None = None
    change_text: str = ""
    direction: str = "same"


@dataclass(frozen=True)
class Panel:
    """Rows that share an axis from zero, and the axis' ticks: position and text."""

    marks: tuple[Mark, ...]
    ticks: tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class Picture:
    """Panels one below the other; ``zero`` is the zero of the axis of changes, None without changes."""

    panels: tuple[Panel, ...]
    zero: float | None


def picture(
    rows: Sequence[Row],
    unit: Unit,
    change_unit: Unit,
    book: Phrasebook,
    *,
    compared: bool,
    order: bool = False,
) -> Picture:
    """The picture of these rows; with ``order`` the largest changes come first within each panel.

    Outliers have a panel of their own, since on one axis the others would vanish.
    """
    changes = [float(Fraction(row.difference) / change_unit.scale) for row in rows] if compared else []
    low, high = min([0.0, *changes]), max([0.0, *changes])
    span = high - low

    def along(change: Number) -> float:
        return _percent((float(Fraction(change) / change_unit.scale) - low) / span) if span else 0.0

    drawn = []
    for part in panels(rows):
        _, top = amount_domain(part, unit)
        marks = [_mark(row, unit, change_unit, book, top, along if compared else None) for row in part]
        if order:
            size = {row.id: abs(Fraction(row.difference)) for row in part}
            marks.sort(key=lambda mark: -size[mark.id])
        drawn.append(Panel(tuple(marks), _ticks(top, unit, book)))
    return Picture(tuple(drawn), along(0) if span else None)


def _mark(
    row: Row,
    unit: Unit,
    change_unit: Unit,
    book: Phrasebook,
    top: float,
    along: Callable[[Number], float] | None,
) -> Mark:
    def at(amount: Number) -> float:
        return _percent(float(Fraction(amount) / unit.scale) / top)

    mark = Mark(
        id=row.id,
        name=row.name,
        amount=at(row.amount),
        amount_text=unit.text(row.amount, book),
        hollow=row.hollow,
        band=(at(row.possible[0]), at(row.possible[1])) if row.possible else None,
    )
    if along is None:
        return mark
    start, end = sorted((along(0), along(row.difference)))
    return replace(
        mark,
        base=at(row.base),
        base_text=unit.text(row.base, book),
        bar=(start, end) if row.difference else None,
        change_text=change_unit.text(row.difference, book, sign=True),
        direction="gain" if row.difference > 0 else "loss" if row.difference < 0 else "same",
    )


def _ticks(top: float, unit: Unit, book: Phrasebook) -> tuple[tuple[float, str], ...]:
    """Round figures along an axis that ends at ``top``."""
    step = round_up(top / 1.04 / TICKS)
    count = int(top / step)
    return tuple(
        (_percent(step * k / top), unit.text(Fraction(step * k) * unit.scale, book)) for k in range(count + 1)
    )


def _percent(part: float) -> float:
    return round(100 * min(1.0, max(0.0, part)), 2)
