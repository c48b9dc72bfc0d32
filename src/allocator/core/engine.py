"""The allocation, stage by stage, in exact integers.

Every stage keeps integers over one common denominator: scores over their sum, limited amounts over the
denominator of the multiplier.  ``Fraction`` appears only when somebody asks the result for a figure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple

from allocator.core.allocation import Allocation
from allocator.core.errors import Problem, ScenarioError
from allocator.core.exact import Number, plain, scaled
from allocator.core.model import Scenario
from allocator.core.parts import wrong
from allocator.core.pools import NEEDED, REST, Pool
from allocator.core.split import Rounded, Split
from allocator.core.stages.bounds import Bounds, bounds
from allocator.core.stages.divide import divide
from allocator.core.stages.feasible import check_apart, check_feasible, check_rest
from allocator.core.stages.groups import outermost, whole_units_within
from allocator.core.stages.limit import Limited, at_rate, from_gains, hold
from allocator.core.stages.phase import phased
from allocator.core.stages.round import each_alone, whole_units
from allocator.core.stages.score import Scores, score
from allocator.text import Money

METHOD_VERSION = "3"


class Working(NamedTuple):
    """The functions that work out scores, bounds and what is held to them, in units.

    Who plans many scenarios gives some that remember, and give the same.
    """

    score: Callable[[Scenario, Pool], Scores] = score
    bounds: Callable[[Scenario, str, Sequence[int], Number | None], Bounds] = bounds
    hold: Callable[[Sequence[int], Bounds, int], Limited] = hold


AFRESH = Working()


def allocate(scenario: Scenario, working: Working = AFRESH) -> Allocation:
    """Splits the fund to the last unit, as `plan` does; raises ScenarioError where something is left or over.

    >>> from allocator import load_scenario
    >>> allocate(load_scenario("scenarios/luzhou-2023/published-rule.toml")).total
    57220000
    """
    found = plan(scenario, working)
    if found.undistributed:
        raise ScenarioError(undistributed(found))
    return found


def undistributed(found: Allocation) -> Problem:
    """The sentence on what a plan leaves undistributed, or gives out too much."""
    key = "undistributed" if found.undistributed > 0 else "overdistributed"
    amount = Money(max(found.undistributed, -found.undistributed), found.scenario.fund.currency)
    return Problem(key, {"amount": amount}, at={"key": "fund.rounding"}, part="scenario")


def plan(scenario: Scenario, working: Working = AFRESH) -> Allocation:
    """Splits the fund: reservations and earmarks off, weighted shares, limits, rounding, adjustments.

    e_i = D · s_i / Σ s;  a_i = min(max(k · e_i, floor_i), cap_i) with Σ a = D;  then whole units.  With pools
    each of them is split so, with its own money for D; a fixed one pays Σ_j w_j · x_ij.  With money h_i held
    already e_i is of D + Σ h, and a_i = clip(k · e_i − h_i).

    Amounts are in the currency's main unit, and amounts plus reservations add up to the fund, less what is
    ``undistributed``: that is 0 but where each amount is rounded by itself and nothing takes what is left.
    Raises InfeasibleError when the limits cannot all hold, ScenarioError when every score of a pool is zero,
    the pools do not come to the money there is, or adjustments do not add up.  The method: docs/method.md.
    """
    splits = []
    fixed = cache(lambda pool, given: _Fixed(scenario, pool, given, working))
    money = divide(scenario, lambda pool, given: fixed(pool, given).comes_to)
    for pool in scenario.rules:
        if pool.kind == "fixed":
            given = None if pool.amount == NEEDED else money.given[pool.id]
            splits.append(fixed(pool, given).split(money.taken[pool.id]))
        else:
            splits.append(_shared(scenario, pool, money.taken[pool.id], working))
    overall = None
    if any(limit.pool == "all" for limit in scenario.limits):
        overall = _overall(scenario, splits)
    found = Allocation(
        scenario=scenario, splits=tuple(splits), overall=overall, method_version=METHOD_VERSION
    )
    found.check()
    return found


def _shared(scenario: Scenario, pool: Pool, total: int, working: Working) -> Split:
    """A pool that shares out all of its money by scores."""
    members = scenario.members[pool.id]
    _check_members(scenario, pool, total)
    scores = working.score(scenario, pool)
    if not any(scores.totals) and members:
        raise ScenarioError(Problem("scores_zero", at=pool.place("weights"), part="factors"))
    bound = working.bounds(scenario, pool.id, members, plain(total * Fraction(scenario.fund.unit)))
    gross = plain(total + sum(bound.held))
    by = phased(scenario, pool, scores.totals)
    if pool.floors is not None:
        limited = _from_gains(scenario, pool, by, gross, bound, total)
        multiplier: Number = limited.rate
    else:
        if bound.any:
            check_feasible(scenario, by, bound.floors, bound.caps, total, members, bound.groups)
        limited = working.hold(by, bound, total)
        multiplier = limited.rate * sum(by) / gross if gross and bound.any else 1
    return _split(scenario, pool, scores, by, bound, plain(multiplier), limited, (gross, gross), total)


def _from_gains(
    scenario: Scenario, pool: Pool, by: Sequence[int], gross: Number, bound: Bounds, total: int
) -> Limited:
    members = scenario.members[pool.id]
    missing = [scenario.recipients[i].name for i, f in zip(members, bound.floors, strict=True) if f is None]
    if missing:
        wrong("gains_floor_missing", at={"key": pool.key("floors")}, names=missing[:10], count=len(missing))
    if sum(floor or 0 for floor in bound.floors) > total:
        check_feasible(scenario, by, bound.floors, bound.caps, total, members)
    return from_gains(by, gross, bound, total)


class _Fixed:
    """A pool that pays amounts; ``comes_to`` is their sum after limits, to the nearest whole unit.

    ``given`` is its money in units as stated, which its bounds may name; None where it takes what it needs.
    """

    def __init__(self, scenario: Scenario, pool: Pool, given: int | None, working: Working) -> None:
        self.scenario, self.pool = scenario, pool
        self.members = scenario.members[pool.id]
        if pool.amount != NEEDED:
            _check_members(scenario, pool, given if pool.amount == REST else pool.amount != 0)
        self.scores = working.score(scenario, pool)
        unit = Fraction(scenario.fund.unit)
        money = None if given is None else plain(given * unit)
        self.bounds = working.bounds(scenario, pool.id, self.members, money)
        check_apart(scenario, self.scores.totals, self.bounds, self.members)
        self.rate = Fraction(self.scores.one) / unit
        self.limited = at_rate(self.scores.totals, self.bounds, self.rate)
        if scenario.fund.rounding == "each-alone":
            self.comes_to = sum(each_alone(self.limited.amounts, self.limited.over))
        else:
            self.comes_to = sum(each_alone([sum(self.limited.amounts)], self.limited.over))

    def split(self, total: int) -> Split:
        """The split of the money that the pool takes; less than it comes to where it is scaled down."""
        multiplier: Number = 1
        limited, scores, unit = self.limited, self.scores, Fraction(self.scenario.fund.unit)
        if total < self.comes_to:
            bound = self.bounds
            check_feasible(
                self.scenario, scores.totals, bound.floors, bound.caps, total, self.members, bound.groups
            )
            limited = hold(scores.totals, bound, total)
            multiplier = plain(limited.rate / self.rate)
        bare = sum(scores.bare_totals)
        entitled = plain(self.rate * sum(scores.totals)), plain(bare * scores.bare_one / unit)
        return _split(
            self.scenario, self.pool, scores, scores.totals, self.bounds, multiplier, limited, entitled, total
        )


def _overall(scenario: Scenario, splits: Sequence[Split]) -> Rounded:
    """The sums over all pools within the limits over them, in whole units: one k, rounded again."""
    members = tuple(sorted({i for split in splits for i in split.members}))
    sums = dict.fromkeys(members, 0)
    for split in splits:
        for i, units in zip(split.members, split.units, strict=True):
            sums[i] += units
    bound = bounds(scenario, "all", members)
    held = bound.held or [0] * len(sums)
    own, over = scaled([sums[i] + already for i, already in zip(members, held, strict=True)])

    total, gross = sum(sums.values()), plain(Fraction(sum(own), over))
    check_feasible(scenario, own, bound.floors, bound.caps, total, members, bound.groups)
    limited = hold(own, bound, total)
    multiplier = plain(limited.rate * over) if gross else 1
    return Rounded(**_rounded(scenario, None, members, own, gross, bound, multiplier, limited, total))


def _check_members(scenario: Scenario, pool: Pool, money: object) -> None:
    if money and scenario.pools and not scenario.members[pool.id]:
        key = "pool_nobody" if pool.id else "rule_nobody"
        raise ScenarioError(Problem(key, {"name": pool.name}, at={"key": pool.key("where")}))


def _split(
    scenario: Scenario,
    pool: Pool,
    scores: Scores,
    by: Sequence[int],
    bound: Bounds,
    multiplier: Number,
    limited: Limited,
    entitled: tuple[Number, Number],
    total: int,
) -> Split:
    members = scenario.members[pool.id]
    return Split(
        pool=pool,
        parts=scores.parts,
        bare=scores.bare,
        scores=tuple(scores.totals),
        bare_entitled=entitled[1],
        **_rounded(scenario, pool, members, by, entitled[0], bound, multiplier, limited, total),
    )


def _rounded(
    scenario: Scenario,
    pool: Pool | None,
    members: tuple[int, ...],
    by: Sequence[int],
    entitled: Number,
    bound: Bounds,
    multiplier: Number,
    limited: Limited,
    total: int,
) -> dict[str, Any]:
    """The fields of `Rounded`, after rounding to whole units that add up to the total or leave something."""
    rounding, rest_to = scenario.fund.rounding, scenario.fund.rest_to
    if bound.groups and rounding in ("largest-remainder", "rest-to-largest"):
        parts = outermost(bound.groups, len(members))
        units, tied = whole_units_within(parts, limited.amounts, limited.over, total, rounding)
    else:
        units, tied = whole_units(limited.amounts, limited.over, total, rounding)
    if rest_to is not None and rest_to.recipient and sum(units) != total:
        at = next((at for at, i in enumerate(members) if scenario.ids[i] == rest_to.recipient), None)
        if at is None:
            names = {r.id: r.name for r in scenario.recipients}
            key = "rest_to_apart" if pool is None or not pool.id else "rest_to_apart_pool"
            details = {"name": names[rest_to.recipient]} | ({"pool": pool.name} if pool else {})
            raise ScenarioError(Problem(key, details, at={"key": "fund.rest_to"}, part="scenario"))
        units[at] += total - sum(units)
    if rounding != "largest-remainder":
        check_rest(scenario, units, bound, members)
    return {
        "members": members,
        "by": tuple(by),
        "entitled": entitled,
        "floor_units": tuple(bound.floors),
        "cap_units": tuple(bound.caps),
        "groups": bound.groups,
        "held": tuple(bound.held),
        "multiplier": multiplier,
        "limited_units": tuple(limited.amounts),
        "limited_over": limited.over,
        "units": tuple(units),
        "left": total - sum(units),
        "tied": tuple(members[i] for i in tied),
    }
