"""Scores 得分: what each recipient's share of a pool goes by, factor by factor.

shares: s_i = c_i · Σ_j w_j · x_ij / Σ_k x_kj;  scores: s_i = c_i · Σ_j w_j · x_ij;  fixed: the same in money.
c_i is the product of the coefficients, Σ_k goes over those who take part.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import repeat
from operator import add, floordiv, mul
from typing import TYPE_CHECKING

from allocator.core.exact import Number, plain, scaled

if TYPE_CHECKING:
    from allocator.core.model import Scenario
    from allocator.core.pools import Pool

Column = tuple[Sequence[int], int]  # whole numbers by position, and what each is multiplied by


class Parts(Mapping[str, tuple[int, ...]]):
    """The parts of each factor by position, x · rate · Π c, each made when it is first asked for.

    ``columns`` gives x and rate by factor, ``by`` the whole numbers c of the coefficients.
    """

    def __init__(self, columns: Mapping[str, Column], by: Sequence[Sequence[int]] = ()) -> None:
        self.columns, self.by = columns, by
        self._made: dict[str, tuple[int, ...]] = {}

    def __getitem__(self, factor: str) -> tuple[int, ...]:
        if factor not in self._made:
            values, rate = self.columns[factor]
            self._made[factor] = tuple(_times(map(mul, values, repeat(rate)), self.by))
        return self._made[factor]

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(self.columns)

    def __repr__(self) -> str:
        return repr(dict(self))


def added(columns: Iterable[Column], size: int) -> Sequence[int]:
    """Σ_j x_j · rate_j, by position.

    >>> added([([1, 2], 10), ([3, 4], 1), ([5, 6], 0)], 2)
    [13, 24]
    """
    found = [0] * size
    for values, rate in columns:
        if rate:
            found = list(map(add, found, map(mul, values, repeat(rate))))
    return found


def _times(numbers: Iterable[int], by: Sequence[Sequence[int]]) -> Iterable[int]:
    for coefficients in by:
        numbers = map(mul, numbers, coefficients)
    return numbers


@dataclass(frozen=True)
class Scores:
    """The parts of each factor by position, integers over one denominator that cancels in s_i / Σ s.

    ``bare`` are those before the coefficients; ``totals`` and ``bare_totals`` are the sums over all factors,
    s_i and s_i / c_i.  ``one`` and ``bare_one`` are the sizes of one such integer, in money where the pool is
    fixed.
    """

    parts: Parts
    bare: Parts
    totals: Sequence[int]
    bare_totals: Sequence[int]
    one: Number
    bare_one: Number

    def moved(self, columns: Mapping[str, Column]) -> Sequence[int]:
        """Σ_j x_j · rate_j of other columns, by what they differ in from those of these scores.

        Most rates may be in one proportion p/q to those here: then Σ x' r' = (p Σ x r + what is left) / q.
        """
        old = self.bare.columns
        same = {
            factor
            for factor, (values, _) in old.items()
            if factor in columns and (columns[factor][0] is values or columns[factor][0] == values)
        }
        rates = [(columns[factor][1], old[factor][1]) for factor in same]
        among = Counter(Fraction(new, before) for new, before in rates if new and before)
        if not among:
            return added(columns.values(), len(self.totals))
        p, q = among.most_common(1)[0][0].as_integer_ratio()
        left = [
            (values, q * rate - (p * old[factor][1] if factor in same else 0))
            for factor, (values, rate) in columns.items()
        ]
        left += [(values, -p * rate) for factor, (values, rate) in old.items() if factor not in same]
        left = [(values, rate) for values, rate in left if rate]
        if len(left) + 2 > sum(1 for _, rate in columns.values() if rate):
            return added(columns.values(), len(self.totals))
        found = added([(self.bare_totals, p), *left], len(self.totals))
        return found if q == 1 else list(map(floordiv, found, repeat(q)))


def score(scenario: Scenario, pool: Pool, last: Scores | None = None) -> Scores:
    """Each factor's part of each score among those who take part in the pool.

    ``last`` are scores of as many recipients under a rule from which this one may differ in little.
    """
    positions = scenario.members[pool.id]
    written = scenario.weighted[pool.id]
    # a column without weight in a pool may hold anything; a rule without pools shows it, with nothing in it
    used = written if not scenario.pools else {f: w for f, w in written.items() if w} or written
    weights, weights_over = scaled(list(used.values()))
    columns, overs = zip(*(scenario.scaled(factor, positions) for factor in used), strict=True)
    shares = pool.kind == "shares"  # the column's own denominator cancels in x / Σ x
    divisors = [sum(column) or 1 for column in columns] if shares else list(overs)
    common = math.lcm(*(d for d, weight in zip(divisors, weights, strict=True) if weight))
    rates = [w * (common // d) if w else 0 for w, d in zip(weights, divisors, strict=True)]
    shrink = math.gcd(*rates) or 1
    rated = {
        factor: (column, rate // shrink) for factor, column, rate in zip(used, columns, rates, strict=True)
    }
    one = bare_one = Fraction(shrink, common * weights_over)
    by = []
    for name in pool.coefficients:
        coefficients, over = scenario.scaled(name, positions)
        by.append(coefficients)
        one /= over
    sums = added(rated.values(), len(positions)) if last is None else last.moved(rated)
    bare = Parts(rated)
    parts = Parts(rated, by) if by else bare
    return Scores(parts, bare, tuple(_times(sums, by)), sums, plain(one), plain(bare_one))
