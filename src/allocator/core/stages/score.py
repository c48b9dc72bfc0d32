"""Scores 得分: what each recipient's share of a pool goes by, factor by factor.

shares: s_i = c_i · Σ_j w_j · x_ij / Σ_k x_kj;  scores: s_i = c_i · Σ_j w_j · x_ij;  fixed: the same in money.
c_i is the product of the coefficients, Σ_k goes over those who take part.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import repeat
from operator import mul
from typing import TYPE_CHECKING

from allocator.core.exact import Number, plain, scaled

if TYPE_CHECKING:
    from allocator.core.model import Scenario
    from allocator.core.pools import Pool

Parts = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True)
class Scores:
    """The parts of each factor by position, integers over one denominator that cancels in s_i / Σ s.

    ``bare`` are those before the coefficients.  ``one`` and ``bare_one`` are the sizes of one such integer,
    in money where the pool is fixed.
    """

    parts: Parts
    bare: Parts
    one: Number
    bare_one: Number

    @cached_property
    def totals(self) -> tuple[int, ...]:
        """s_i, by position."""
        return tuple(sum(column) for column in zip(*self.parts.values(), strict=True))


def score(scenario: Scenario, pool: Pool) -> Scores:
    """Each factor's part of each score among those who take part in the pool."""
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
    pairs = zip(columns, rates, strict=True)
    bare = [tuple(map(mul, column, repeat(rate // shrink))) for column, rate in pairs]
    one = bare_one = Fraction(shrink, common * weights_over)
    parts = bare
    for name in pool.coefficients:
        coefficients, over = scenario.scaled(name, positions)
        parts = [tuple(map(mul, part, coefficients)) for part in parts]
        one /= over
    return Scores(_by_factor(used, parts), _by_factor(used, bare), plain(one), plain(bare_one))


def _by_factor(factors: Mapping[str, Number], parts: Sequence[tuple[int, ...]]) -> Parts:
    return dict(zip(factors, parts, strict=True))
