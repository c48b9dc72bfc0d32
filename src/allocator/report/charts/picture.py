"""The picture of who gets what, as places along axes: a table can draw it, row by row.

Places are in percent of an axis' length, rounded for drawing; the texts beside them are exact.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from allocator.core.exact import Number
from allocator.report.charts.data import Row, Unit, amount_domain, panels, round_up

TICKS = 4  # at most, beside zero


@dataclass(frozen=True)
class Mark:
    """One recipient: where its amount, its base and its change are drawn, and how they read.

    ``band`` is from where to where the amount may lie; ``bar`` from where to where the change reaches, empty
    where it is zero.  ``base`` and all of the change are None where there is no base.
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
    """Rows that share an axis from zero, and the axis' ticks: where, and what they say."""

    marks: tuple[Mark, ...]
    ticks: tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class Picture:
    """Panels one below the other; ``zero`` is where the one axis of changes has its zero, if any."""

    panels: tuple[Panel, ...]
    zero: float | None


def picture(
    rows: Sequence[Row], unit: Unit, change_unit: Unit, lang: str, *, compared: bool, order: bool = False
) -> Picture:
    """The picture of these rows; with ``order`` the largest changes stand first within each panel.

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
        marks = [_mark(row, unit, change_unit, lang, top, along if compared else None) for row in part]
        if order:
            size = {row.id: abs(Fraction(row.difference)) for row in part}
            marks.sort(key=lambda mark: -size[mark.id])
        drawn.append(Panel(tuple(marks), _ticks(top, unit, lang)))
    return Picture(tuple(drawn), along(0) if span else None)


def _mark(
    row: Row, unit: Unit, change_unit: Unit, lang: str, top: float, along: Callable[[Number], float] | None
) -> Mark:
    def at(amount: Number) -> float:
        return _percent(float(Fraction(amount) / unit.scale) / top)

    mark = Mark(
        id=row.id,
        name=row.name,
        amount=at(row.amount),
        amount_text=unit.text(row.amount, lang),
        hollow=row.hollow,
        band=(at(row.possible[0]), at(row.possible[1])) if row.possible else None,
    )
    if along is None:
        return mark
    start, end = sorted((along(0), along(row.difference)))
    return replace(
        mark,
        base=at(row.base),
        base_text=unit.text(row.base, lang),
        bar=(start, end) if row.difference else None,
        change_text=change_unit.text(row.difference, lang, sign=True),
        direction="gain" if row.difference > 0 else "loss" if row.difference < 0 else "same",
    )


def _ticks(top: float, unit: Unit, lang: str) -> tuple[tuple[float, str], ...]:
    """Round figures along an axis that ends at ``top``."""
    step = round_up(top / 1.04 / TICKS)
    count = int(top / step)
    return tuple(
        (_percent(step * k / top), unit.text(Fraction(step * k) * unit.scale, lang)) for k in range(count + 1)
    )


def _percent(part: float) -> float:
    return round(100 * min(1.0, max(0.0, part)), 2)
