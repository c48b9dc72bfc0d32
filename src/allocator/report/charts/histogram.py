"""The histogram of the amounts of very many recipients, in bins with round edges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from allocator.core.exact import Number
from allocator.report.charts.data import Unit, round_up
from allocator.text import Phrasebook

BINS = 8  # at most; one more where the largest amount is on the last edge


@dataclass(frozen=True)
class Bin:
    """The number of amounts from ``low`` to below ``high``; ``part`` is in percent of the fullest bin."""

    low: Number
    high: Number
    count: int
    text: str
    part: float


def histogram(amounts: Sequence[Number], unit: Unit, book: Phrasebook) -> tuple[Bin, ...]:
    """The amounts in bins of one round width from zero to the bin with the largest amount.

    Edges are exact, and an amount on an edge counts in the bin that begins there.

    >>> [(b.text, b.count) for b in histogram([0, 5, 20, 10], Unit(1, "元"), Phrasebook("zh"))][:2]
    [('0至3', 1), ('3至6', 1)]
    """
    if not amounts:
        return ()
    most = Fraction(max(amounts)) / unit.scale
    width = Fraction(str(round_up(float(most) / BINS) if most else 1.0))
    counts: dict[int, int] = {}
    for amount in amounts:
        at = int(Fraction(amount) / unit.scale / width)
        counts[at] = counts.get(at, 0) + 1
    fullest = max(counts.values())
    return tuple(
        Bin(
            low=width * at * unit.scale,
            high=width * (at + 1) * unit.scale,
            count=counts.get(at, 0),
            text=book.say(
                "chart.bin",
                low=unit.text(width * at * unit.scale, book),
                high=unit.text(width * (at + 1) * unit.scale, book),
            ),
            part=round(100 * counts.get(at, 0) / fullest, 2),
        )
        for at in range(max(counts) + 1)
    )
