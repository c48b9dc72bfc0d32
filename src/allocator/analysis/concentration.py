"""Measures of the concentration of money on few recipients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from allocator.core.exact import Number, plain, scaled

STANDS_APART = 5  # an outlier is at least this many times the next amount


@dataclass(frozen=True)
class Concentration:
    """The concentration of amounts: exact parts of one, or None where there is no money.

    ``largest_share`` is that of the recipient ``top``, the first listed of equal ones.  ``hhi`` is
    the Herfindahl-Hirschman index Σ sᵢ², from 1/n (all equal) to 1 (one has everything): Hirschman, The
    Paternity of an Index, American Economic Review 54 (1964).  ``gini`` is the mean absolute difference of
    two recipients over twice the mean, ΣᵢΣⱼ |xᵢ − xⱼ| / (2 n Σ x), from 0 (all equal) to 1 − 1/n: Gini,
    Variabilità e mutabilità (1912).
    """

    top: str | None
    largest_share: Number | None
    hhi: Number | None
    gini: Number | None


def concentration(amounts: Mapping[str, Number]) -> Concentration:
    """The concentration of amounts by recipient, none of which may be negative.

    >>> concentration({"a": 30, "b": 10})
    Concentration(top='a', largest_share=Fraction(3, 4), hhi=Fraction(5, 8), gini=Fraction(1, 4))
    """
    values, _ = scaled(list(amounts.values()))
    total, count = sum(values), len(values)
    if not total:
        return Concentration(None, None, None, None)
    # sorted upwards, the k-th of n is the larger one in k − 1 pairs and the smaller one in n − k
    spread = sum((2 * k - count - 1) * x for k, x in enumerate(sorted(values), 1))
    return Concentration(
        top=max(amounts, key=lambda id: amounts[id]),
        largest_share=plain(Fraction(max(values), total)),
        hhi=plain(Fraction(sum(x * x for x in values), total * total)),
        gini=plain(Fraction(spread, count * total)),
    )


def outliers(amounts: Mapping[str, Number]) -> tuple[str, ...]:
    """The ids of the few amounts so large that the others would vanish on one linear axis.

    They are those above the widest gap within the largest quarter, if that gap is at least fivefold.

    >>> outliers({"a": 170, "b": 80, "c": 25, "zone": 5000})
    ('zone',)
    """
    order = sorted(amounts, key=lambda id: -amounts[id])
    gaps = [
        (Fraction(amounts[order[k - 1]]) / Fraction(amounts[order[k]]), -k)
        for k in range(1, max(1, len(order) // 4) + 1)
        if len(order) > 2 and amounts[order[k]] > 0
    ]
    gap, k = max(gaps, default=(Fraction(), 0))
    above = set(order[:-k]) if gap >= STANDS_APART else set()
    return tuple(id for id in amounts if id in above)
