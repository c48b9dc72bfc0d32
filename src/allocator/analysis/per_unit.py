"""Money per unit of a column, such as per head (人均) or per 10,000 yuan of tax, with ranks.

It relates amounts to another known figure of the recipients, and does not say whether that is fair.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from allocator.core.exact import Frozen, Number, plain

Gap = Literal["wider", "narrower", "same", "unknown"]


@dataclass(frozen=True)
class PerUnit:
    """Money per unit of a column by recipient's id, in the currency's main unit.

    ``rates`` and ``ranks`` hold those whose value is known and above zero, in the order of the amounts; the
    highest rate has rank 1, equal rates share a rank, and the next one has that of its place (1, 2, 2, 4).
    Others are ``unknown`` (no value) or ``zero`` and have no rank.  ``average`` is all money of those with a
    rate over all of their units, None where nobody has one.
    """

    rates: Mapping[str, Number]
    ranks: Mapping[str, int]
    average: Number | None
    unknown: tuple[str, ...] = ()
    zero: tuple[str, ...] = ()

    @property
    def highest(self) -> tuple[str, ...]:
        """All with the highest rate."""
        return self._with(max(self.rates.values(), default=None))

    @property
    def lowest(self) -> tuple[str, ...]:
        """All with the lowest rate."""
        return self._with(min(self.rates.values(), default=None))

    @property
    def ratio(self) -> Number | None:
        """The highest rate over the lowest; None where fewer than two have one, or the lowest is zero."""
        if len(self.rates) < 2 or not min(self.rates.values()):
            return None
        return plain(Fraction(max(self.rates.values())) / min(self.rates.values()))

    def _with(self, rate: Number | None) -> tuple[str, ...]:
        return tuple(id for id, own in self.rates.items() if own == rate)


def per_unit(amounts: Mapping[str, Number], values: Mapping[str, Number | None]) -> PerUnit:
    """Each amount over the value of its recipient, qᵢ = aᵢ ÷ vᵢ, exactly, and the ranks of these.

    ``amounts`` are in the currency's main unit, ``values`` in the column's unit; a recipient with no value,
    None or zero has no rate.  Raises ValueError for a value below zero.

    >>> found = per_unit({"a": 30, "b": 20, "c": 5}, {"a": 3, "b": 1, "c": 0})
    >>> dict(found.rates), dict(found.ranks), found.zero, found.ratio, found.average
    ({'a': 10, 'b': 20}, {'a': 2, 'b': 1}, ('c',), 2, Fraction(25, 2))
    """
    known = {id: value for id in amounts if (value := values.get(id)) is not None}
    if any(value < 0 for value in known.values()):
        raise ValueError("a value below zero")
    rates = {id: plain(Fraction(amounts[id]) / value) for id, value in known.items() if value}
    order = sorted(rates.values(), reverse=True)
    places = {rate: place for place, rate in reversed([*enumerate(order, 1)])}  # the first of equal ones
    money, units = (sum((of[id] for id in rates), start=0) for of in (amounts, known))
    return PerUnit(
        rates=Frozen(rates),
        ranks=Frozen({id: places[rate] for id, rate in rates.items()}),
        average=plain(Fraction(money) / Fraction(units)) if rates else None,
        unknown=tuple(id for id in amounts if id not in known),
        zero=tuple(id for id, value in known.items() if not value),
    )


def gap(before: PerUnit, after: PerUnit) -> Gap:
    """The change of the highest rate over the lowest: "unknown" where one of the ratios is None.

    >>> even, uneven = (per_unit({"a": a, "b": 1}, {"a": 1, "b": 1}) for a in (2, 3))
    >>> gap(even, uneven), gap(uneven, even), gap(even, even)
    ('wider', 'narrower', 'same')
    """
    if before.ratio is None or after.ratio is None:
        return "unknown"
    by = after.ratio - before.ratio
    return "wider" if by > 0 else "narrower" if by < 0 else "same"
