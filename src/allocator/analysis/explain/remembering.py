"""Scores and bounds that are worked out once for many scenarios of which they are the same."""

from __future__ import annotations

from collections.abc import Sequence

from allocator.core.engine import Working
from allocator.core.exact import Number
from allocator.core.limits import Limit
from allocator.core.model import Scenario
from allocator.core.parts import Factor
from allocator.core.pools import Pool
from allocator.core.stages.bounds import Bounds, bounds
from allocator.core.stages.score import Scores, score


class _Limits:
    """The bounds that a list of limits came to last; ``plain`` where they go by nothing but what they say."""

    def __init__(self, limits: tuple[Limit, ...], plain: bool) -> None:
        self.limits, self.plain = limits, plain  # held, so that no other list takes its place in memory
        self.last: tuple[object, Bounds] | None = None

    def bounds(self, scenario: Scenario, pool: str, members: Sequence[int], money: Number | None) -> Bounds:
        """The bounds of a pool's members."""
        if not self.plain or scenario.deductions:
            return bounds(scenario, pool, members, money)
        by = members, scenario.fund.unit, scenario.ids, [recipient.kind for recipient in scenario.recipients]
        if self.last is None or self.last[0] != by:
            self.last = by, bounds(scenario, pool, members, money)
        return self.last[1]


def remembering() -> Working:
    """A working that gives what it worked out last for a pool again, where nothing that decides it differs.

    Columns and lists of limits count as the same where they are the same object.
    """
    from allocator.analysis.explain.guided import Guided  # with numpy

    scores: dict[str, tuple[tuple[object, ...], list[Factor], Scores]] = {}
    limits: dict[tuple[str, int], _Limits] = {}

    def scoring(scenario: Scenario, pool: Pool) -> Scores:
        used = [scenario.factor(id) for id in (*scenario.weighted[pool.id], *pool.coefficients)]
        if any(factor.formula is not None for factor in used):
            return score(scenario, pool)  # a formula may go by anything
        weights = tuple(scenario.weighted[pool.id].items())
        rule = pool.kind, pool.coefficients, weights, bool(scenario.pools), scenario.members[pool.id]
        last = scores.get(pool.id)
        if last is None or last[0] != rule or any(a is not b for a, b in zip(last[1], used, strict=True)):
            before = None if last is None or last[0][-1] != rule[-1] else last[2]
            last = scores[pool.id] = rule, used, score(scenario, pool, before)
        return last[2]

    def bounding(scenario: Scenario, pool: str, members: Sequence[int], money: Number | None) -> Bounds:
        key = pool, id(scenario.limits)
        if key not in limits:
            own = [limit for limit in scenario.limits if (limit.pool or "") == pool]
            plain = not any(one.of or one.formulas or one.where is not None for one in own)
            limits[key] = _Limits(scenario.limits, plain)
        return limits[key].bounds(scenario, pool, members, money)

    return Working(scoring, bounding, Guided().hold)
