"""The allocation, stage by stage, in exact integers.

Every stage keeps integers over one common denominator: scores over their sum, limited amounts over the
denominator of the multiplier.  ``Fraction`` appears only when somebody asks the result for a figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache

from allocator.core.allocation import Allocation, Split
from allocator.core.corrections import check_adjusted
from allocator.core.errors import Problem, ScenarioError
from allocator.core.exact import Number, plain
from allocator.core.model import Scenario
from allocator.core.pools import NEEDED, Pool
from allocator.core.stages.divide import divide
from allocator.core.stages.limit import (
    Limits,
    check_crossed,
    check_feasible,
    check_rest,
    find_multiplier,
    limits_in_units,
)
from allocator.core.stages.round import each_alone, whole_units
from allocator.core.stages.score import Scores, score
from allocator.text import Money

METHOD_VERSION = "2"


def allocate(scenario: Scenario) -> Allocation:
    """Splits the fund to the last unit, as `plan` does; raises ScenarioError where something is left or over.

    >>> from allocator import load_scenario
    >>> allocate(load_scenario("scenarios/luzhou-2023/published-rule.toml")).total
    57220000
    """
    found = plan(scenario)
    if found.undistributed:
        key = "undistributed" if found.undistributed > 0 else "overdistributed"
        amount = Money(abs(found.undistributed), scenario.fund.currency)
        raise ScenarioError(Problem(key, {"amount": amount}, at={"key": "adjustment"}))
    return found


def plan(scenario: Scenario) -> Allocation:
    """Splits the fund: reservations and earmarks off, weighted shares, limits, rounding.

    e_i = D · s_i / Σ s;  a_i = min(max(k · e_i, floor_i), cap_i) with Σ a = D;  then whole units.  With pools
    each of them is split so, with its own money for D; a fixed one pays Σ_j w_j · x_ij.

    Amounts are in the currency's main unit, and amounts plus reservations add up to the fund, less what is
    ``undistributed``: that is 0 but where each amount is rounded by itself, or adjustments do not add up.
    Raises InfeasibleError when the limits cannot all hold, ScenarioError when every score of a pool is zero
    or the pools do not come to the money there is.  The method: docs/method.md.
    """
    splits = []
    fixed = cache(lambda pool: _Fixed(scenario, pool))
    money = divide(scenario, lambda pool: fixed(pool).comes_to)
    for pool in scenario.rules:
        if pool.kind == "fixed":
            splits.append(fixed(pool).split(money[pool.id]))
        else:
            splits.append(_shared(scenario, pool, money[pool.id]))
    found = Allocation(scenario=scenario, splits=tuple(splits), method_version=METHOD_VERSION)
    if scenario.adjustments:
        check_adjusted(found)
    return found


def _shared(scenario: Scenario, pool: Pool, total: int) -> Split:
    """A pool that shares out all of its money by scores."""
    _check_members(scenario, pool, total)
    scores = score(scenario, pool)
    if not any(scores.totals) and scenario.members[pool.id]:
        raise ScenarioError(Problem("scores_zero", at=pool.place("weights"), part="factors"))
    floors, caps = limits_in_units(scenario, pool.id, total)
    total_score = sum(scores.totals) or 1
    if not _some(floors, caps):
        limited = [total * s for s in scores.totals], total_score
        return _rounded(scenario, pool, scores, (floors, caps), 1, limited, (total, total), total)
    check_feasible(scenario, scores.totals, floors, caps, total, scenario.members[pool.id])
    numerator, over = find_multiplier(scores.totals, floors, caps, total)
    limited = _between(scores.totals, floors, caps, numerator, over), over
    multiplier = plain(Fraction(numerator * total_score, over * total)) if total else 1
    return _rounded(scenario, pool, scores, (floors, caps), multiplier, limited, (total, total), total)


class _Fixed:
    """A pool that pays amounts; ``comes_to`` is their sum after limits, to the nearest whole unit."""

    def __init__(self, scenario: Scenario, pool: Pool) -> None:
        self.scenario, self.pool = scenario, pool
        if pool.amount != NEEDED:
            _check_members(scenario, pool, pool.amount != 0)
        self.scores = score(scenario, pool)
        self.floors, self.caps = limits_in_units(scenario, pool.id, _stated(scenario, pool))
        check_crossed(scenario, self.floors, self.caps, scenario.members[pool.id])
        self.rate = Fraction(self.scores.one) / Fraction(scenario.fund.unit)
        numerator, self.over = self.rate.numerator, self.rate.denominator
        self.limited = _between(self.scores.totals, self.floors, self.caps, numerator, self.over)
        self.comes_to = (2 * sum(self.limited) + self.over) // (2 * self.over)
        if scenario.fund.rounding == "each-alone":
            self.comes_to = sum(each_alone(self.limited, self.over))

    def split(self, total: int) -> Split:
        """The split of the money that the pool takes; less than it comes to where it is scaled down."""
        multiplier: Number = 1
        limited, over = self.limited, self.over
        if total < self.comes_to:
            members = self.scenario.members[self.pool.id]
            check_feasible(self.scenario, self.scores.totals, self.floors, self.caps, total, members)
            numerator, over = find_multiplier(self.scores.totals, self.floors, self.caps, total)
            limited = _between(self.scores.totals, self.floors, self.caps, numerator, over)
            multiplier = plain(Fraction(numerator, over) / self.rate)
        bare = sum(map(sum, self.scores.bare.values()))
        unit = Fraction(self.scenario.fund.unit)
        entitled = plain(self.rate * sum(self.scores.totals)), plain(bare * self.scores.bare_one / unit)
        limits = self.floors, self.caps
        return _rounded(
            self.scenario, self.pool, self.scores, limits, multiplier, (limited, over), entitled, total
        )


def _stated(scenario: Scenario, pool: Pool) -> int | None:
    """The units of a fixed pool whose amount is stated, for its bounds; they decide what others come to."""
    if pool.percent is not None or isinstance(pool.amount, str) or pool.amount is None:
        return None
    return int(Fraction(pool.amount) / Fraction(scenario.fund.unit))


def _check_members(scenario: Scenario, pool: Pool, money: object) -> None:
    if money and scenario.pools and not scenario.members[pool.id]:
        key = "pool_nobody" if pool.id else "rule_nobody"
        raise ScenarioError(Problem(key, {"name": pool.name}, at={"key": pool.key("where")}))


def _some(floors: Limits, caps: Limits) -> bool:
    return any(floor is not None for floor in floors) or any(cap is not None for cap in caps)


def _between(scores: Sequence[int], floors: Limits, caps: Limits, numerator: int, over: int) -> list[int]:
    """min(max(λ · s_i, floor_i), cap_i) with λ = numerator/over, as integers over ``over``."""
    if not _some(floors, caps):
        return [numerator * score for score in scores]
    return [
        max(numerator * score, (floor or 0) * over)
        if cap is None
        else min(max(numerator * score, (floor or 0) * over), cap * over)
        for score, floor, cap in zip(scores, floors, caps, strict=True)
    ]


def _rounded(
    scenario: Scenario,
    pool: Pool,
    scores: Scores,
    limits: tuple[Limits, Limits],
    multiplier: Number,
    limited: tuple[list[int], int],
    entitled: tuple[Number, Number],
    total: int,
) -> Split:
    """The split after rounding to whole units that add up to the total."""
    units, tied = whole_units(*limited, total, scenario.fund.rounding)
    members = scenario.members[pool.id]
    rest_to = scenario.fund.rest_to
    if rest_to is not None and rest_to.recipient and sum(units) != total:
        at = next((at for at, i in enumerate(members) if scenario.ids[i] == rest_to.recipient), None)
        if at is None:
            details = {"name": rest_to.recipient, "pool": pool.name}
            raise ScenarioError(Problem("rest_to_apart", details, at={"key": "fund.rest_to"}))
        units[at] += total - sum(units)
    if scenario.fund.rounding in ("rest-to-largest", "rest-to"):
        check_rest(scenario, units, *limits, members)
    return Split(
        pool=pool,
        members=members,
        parts=scores.parts,
        bare=scores.bare,
        scores=tuple(scores.totals),
        entitled=entitled[0],
        bare_entitled=entitled[1],
        floor_units=tuple(limits[0]),
        cap_units=tuple(limits[1]),
        multiplier=multiplier,
        limited_units=tuple(limited[0]),
        limited_over=limited[1],
        units=tuple(units),
        left=total - sum(units),
        tied=tuple(members[i] for i in tied),
    )
