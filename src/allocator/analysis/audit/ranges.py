"""Ranges by name, exact, and the outward rounding of a solver's ends into them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from allocator.core.exact import Number, plain, scaled
from allocator.core.parts import wrong

if TYPE_CHECKING:
    import pandas as pd

SHARE_DIGITS, MONEY_DIGITS = 10**12, 10**6
End = float | Fraction
Ends = tuple[Fraction, Fraction]


class Range(NamedTuple):
    """可能范围: the least and the most that something can be; nothing is said about what lies between."""

    low: Number
    high: Number


@dataclass(frozen=True)
class Bounds(Mapping[str, Range]):
    """Ranges by name, held as integers low / over and high / over.

    ``closed`` says whether they are exact, from a formula or by subsets of factors; else they come from
    linear programs, rounded outward.  ``of`` is "share", parts of 1; "amount", money; or "entitlement", money
    before limits, where a limit may have held an amount.
    """

    names: tuple[str, ...]
    low: tuple[int, ...]
    high: tuple[int, ...]
    over: tuple[int, ...]
    closed: bool
    of: str

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name: at for at, name in enumerate(self.names)}

    def __getitem__(self, name: str) -> Range:
        at = self._places[name]
        over = self.over[at]
        return Range(plain(Fraction(self.low[at], over)), plain(Fraction(self.high[at], over)))

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)

    def to_frame(self) -> pd.DataFrame:
        """A row for each name: low and high, exact."""
        import pandas as pd

        ends = {name: tuple(self[name]) for name in self.names}
        return pd.DataFrame.from_dict(ends, orient="index", columns=["low", "high"], dtype=object)


def found_exactly(names: tuple[str, ...], ends: Sequence[Ends], of: str) -> Bounds:
    """Bounds with exactly these ends."""
    return _with_ends(names, ends, of, closed=True)


def solved(names: tuple[str, ...], ends: Sequence[Ends], of: str) -> Bounds:
    """Bounds from the ends of programs; raises ScenarioError where a low end is above its high end."""
    if any(low > high for low, high in ends):
        wrong("audit_unsettled", "reading")
    return _with_ends(names, ends, of, closed=False)


def _with_ends(names: tuple[str, ...], ends: Sequence[Ends], of: str, *, closed: bool) -> Bounds:
    pairs = [scaled(pair) for pair in ends]
    return Bounds(
        names,
        tuple(pair[0] for pair, _ in pairs),
        tuple(pair[1] for pair, _ in pairs),
        tuple(over for _, over in pairs),
        closed=closed,
        of=of,
    )


def outward(found: tuple[End, End], sure: Ends, digits: int, times: Fraction = Fraction(1)) -> Ends:
    """The ends times a factor, rounded outward to multiples of 1 / digits, and within the sure ends."""
    low, high = sure[0] * times, sure[1] * times
    if found[0] > -math.inf:
        low = max(low, Fraction(math.floor(Fraction(found[0]) * times * digits), digits))
    if found[1] < math.inf:
        high = min(high, Fraction(math.ceil(Fraction(found[1]) * times * digits), digits))
    return low, high
