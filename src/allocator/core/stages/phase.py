"""Phasing in 过渡: part of each entitlement is by the rule, and part by last year's amounts.

e_i ← (1 − p) · previous_i · (D + Σ h) / Σ previous + p · e_i, over those who take part.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from allocator.core.exact import scaled
from allocator.core.parts import wrong

if TYPE_CHECKING:
    from allocator.core.model import Scenario
    from allocator.core.pools import Pool


def phased(scenario: Scenario, pool: Pool, scores: Sequence[int]) -> Sequence[int]:
    """Integers in proportion to the entitlements after phasing in; the scores where the rule has none.

    Raises ScenarioError where last year's amounts add up to zero.
    """
    if pool.phase_in is None or scenario.previous is None:  # `checks` refuses one without the other
        return scores
    members = scenario.members[pool.id]
    last, _ = scaled([scenario.previous[scenario.ids[i]] for i in members])
    whole, rate = sum(last), Fraction(pool.phase_in)
    if not whole:
        wrong("phase_in_zero", at={"key": pool.key("phase_in")})
    new, old = rate.numerator * whole, (rate.denominator - rate.numerator) * sum(scores)
    return [new * score + old * amount for score, amount in zip(scores, last, strict=True)]
