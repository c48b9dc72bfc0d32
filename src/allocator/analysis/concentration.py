"""How unevenly money is spread over recipients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from allocator.core.exact import Number, plain, scaled


@dataclass(frozen=True)
class Concentration:
    """How unevenly amounts are spread; all are exact parts of one, and None where there is no money.

    ``largest_share`` is the part of ``top``, a recipient's id, of equal ones the first listed.  ``hhi`` is
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
    """How unevenly these amounts by recipient are spread; none of them may be negative.

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
