"""Limits 保底、封顶: floors and caps in whole units, and the multiplier with which they hold.

a_i = min(max(k · e_i, floor_i), cap_i) with Σ a = D.  The highest floor of each recipient is rounded up, the
lowest cap down.  Of all ways to hold the limits this one has the least Σ (a − e)² / e.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from allocator.core.errors import InfeasibleError, Problem
from allocator.core.exact import Number, plain, scaled
from allocator.core.parts import Limit, wrong
from allocator.core.stages.take_part import named
from allocator.text import Money

if TYPE_CHECKING:
    from allocator.core.formula import Formula
    from allocator.core.model import Scenario

Limits = Sequence[int | None]


def limits_in_units(
    scenario: Scenario, pool: str = "", pool_units: int | None = None
) -> tuple[list[int | None], list[int | None]]:
    """The highest floor, rounded up, and the lowest cap, rounded down, of each member of a pool in units.

    ``pool_units`` is the money of the pool, which bounds that are formulas may name; None where it is not
    known before them.  Raises ScenarioError where a bound's formula cannot be worked out.
    """
    members = scenario.members[pool]
    floors: list[int | None] = [None] * len(members)
    caps: list[int | None] = [None] * len(members)
    limits = [(n, limit) for n, limit in enumerate(scenario.limits, 1) if (limit.pool or "") == pool]
    if not limits:
        return floors, caps
    position = {i: at for at, i in enumerate(members)}
    sharing: dict[str, _Shares] = {}
    for number, limit in limits:
        among = named(scenario, members, limit.recipients)
        if limit.where is not None:
            among = scenario.meeting(limit.where, among, f"limit.{number}.where")
        where = [position[i] for i in among]
        if limit.by is not None and limit.by not in sharing:
            everybody = scenario.columns.everybody
            values, _ = scaled(scenario.numbers(limit.by, everybody))
            whole = dict(zip(everybody, values, strict=True))
            sharing[limit.by] = _Shares([whole[i] for i in members], sum(values))
        worked_out = {
            name: _worked_out(scenario, formula, f"limit.{number}.{name}", among, pool_units)
            for name, formula in limit.formulas.items()
        }
        if "floor" in worked_out or limit.floor is not None or limit.floor_rate is not None:
            amounts = worked_out.get("floor")
            if amounts is None:
                amounts = _bases(scenario, limit, limit.floor, limit.floor_rate, where, members, sharing)
            for at, (amount, over) in zip(where, amounts, strict=True):
                floors[at] = max(floors[at] or 0, -(-amount // over))
        if "cap" in worked_out or limit.cap is not None or limit.cap_rate is not None:
            amounts = worked_out.get("cap")
            if amounts is None:
                amounts = _bases(scenario, limit, limit.cap, limit.cap_rate, where, members, sharing)
            for at, (amount, over) in zip(where, amounts, strict=True):
                held = caps[at]
                caps[at] = amount // over if held is None else min(held, amount // over)
    return floors, caps
    position = {i: at for at, i in enumerate(members)}
    sharing: dict[str, _Shares] = {}
    for number, limit in limits:
        among = named(scenario, members, limit.recipients)
        if limit.where is not None:
            among = scenario.meeting(limit.where, among, f"limit.{number}.where")
        where = [position[i] for i in among]
        if limit.by is not None and limit.by not in sharing:
            everybody = scenario.columns.everybody
            values, _ = scaled(scenario.numbers(limit.by, everybody))
            whole = dict(zip(everybody, values, strict=True))
            sharing[limit.by] = _Shares([whole[i] for i in members], sum(values))
        formulas = {
            name: _worked_out(scenario, limit, name, number, among, pool_units) for name in limit.formulas
        }
        if limit.floor is not None or limit.floor_rate is not None:
            amounts = formulas.get("floor") or _bases(
                scenario, limit, limit.floor, limit.floor_rate, where, members, sharing
            )
            for at, (amount, over) in zip(where, amounts, strict=True):
                floors[at] = max(floors[at] or 0, -(-amount // over))
        if limit.cap is not None or limit.cap_rate is not None:
            amounts = formulas.get("cap") or _bases(
                scenario, limit, limit.cap, limit.cap_rate, where, members, sharing
            )
            for at, (amount, over) in zip(where, amounts, strict=True):
                held = caps[at]
                caps[at] = amount // over if held is None else min(held, amount // over)
    return floors, caps


def _worked_out(
    scenario: Scenario, formula: Formula, key: str, among: Sequence[int], pool_units: int | None
) -> list[tuple[int, int]]:
    """A bound's formula for each of these recipients in units, as numerator and denominator."""
    unit = Fraction(scenario.fund.unit)
    pool = None if pool_units is None else plain(pool_units * unit)
    found = scenario.columns.bounds(formula, among, key, pool)
    for i, value in zip(among, found, strict=True):
        if value < 0:
            wrong("bound_negative", at={"key": key, "recipient": scenario.recipients[i].name}, value=value)
    sizes = [Fraction(value) / unit for value in found]
    return [(size.numerator, size.denominator) for size in sizes]


class _Shares(NamedTuple):
    values: Sequence[int]
    total: int


def _bases(
    scenario: Scenario,
    limit: Limit,
    amount: Number | None,
    rate: Number | None,
    where: Sequence[int],
    members: Sequence[int],
    sharing: dict[str, _Shares],
) -> list[tuple[int, int]]:
    """The limit of each listed recipient in units, as numerator and denominator, before rounding."""
    if amount is not None:
        unit = scenario.fund.unit
        return [(amount.numerator * unit.denominator, amount.denominator * unit.numerator)] * len(where)
    if limit.of == "previous":
        once = Fraction(rate or 0) / scenario.fund.unit
        previous = [scenario.previous[scenario.recipients[members[at]].id] for at in where]  # type: ignore[index]
        return [(once.numerator * p.numerator, once.denominator * p.denominator) for p in previous]
    of = scenario.fund.amount if limit.of == "fund" else scenario.distributable
    once = Fraction(rate or 0) * of / scenario.fund.unit
    if limit.by is None:
        return [(once.numerator, once.denominator)] * len(where)
    values, total = sharing[limit.by]
    over = once.denominator * total
    return [(once.numerator * values[at], over) for at in where]


def check_crossed(scenario: Scenario, floors: Limits, caps: Limits, members: Sequence[int]) -> None:
    """Raises InfeasibleError where a recipient's floor is above its cap."""
    unit, currency = scenario.fund.unit, scenario.fund.currency
    crossed = [
        Problem(
            "floor_above_cap",
            {
                "name": scenario.recipients[i].name,
                "floor": Money(floor * unit, currency),
                "cap": Money(cap * unit, currency),
            },
        )
        for i, floor, cap in zip(members, floors, caps, strict=True)
        if floor is not None and cap is not None and floor > cap
    ]
    if crossed:
        raise InfeasibleError(crossed[:10])


def check_feasible(
    scenario: Scenario,
    scores: Sequence[int],
    floors: Limits,
    caps: Limits,
    total: int,
    members: Sequence[int] | None = None,
) -> None:
    """Raises InfeasibleError if the limits cannot all hold, with those that clash and by how much.

    ``members`` are the positions that take part; not given, all that are not only earmarked for.
    """
    positions = scenario.participants if members is None else members
    check_crossed(scenario, floors, caps, positions)
    least = sum(floor or 0 for floor in floors)
    if least > total:
        raise _clash("floors_above_money", scenario, floors, least, total, positions)
    most = sum(
        ((floor or 0) if not score else total if cap is None else cap)
        for score, floor, cap in zip(scores, floors, caps, strict=True)
    )
    if most < total:
        raise _clash("caps_below_money", scenario, caps, most, total, positions)


def _clash(
    key: str, scenario: Scenario, limits: Limits, reached: int, total: int, members: Sequence[int]
) -> InfeasibleError:
    def money(units: int) -> Money:
        return Money(plain(units * scenario.fund.unit), scenario.fund.currency)

    held = [scenario.recipients[i].name for i, limit in zip(members, limits, strict=True) if limit]
    details = {
        "names": held[:10],
        "count": len(held),
        "sum": money(reached),
        "left": money(total),
        "by": money(abs(reached - total)),
    }
    return InfeasibleError(Problem(key, details))


def check_rest(
    scenario: Scenario, units: Sequence[int], floors: Limits, caps: Limits, members: Sequence[int]
) -> None:
    """Refuses a rest that takes the largest amount past one of its limits or below zero."""
    for i, amount, floor, cap in zip(members, units, floors, caps, strict=True):
        limit = (floor or 0) if amount < (floor or 0) else cap if cap is not None and amount > cap else None
        if limit is not None:
            unit, currency = scenario.fund.unit, scenario.fund.currency
            details = {
                "name": scenario.recipients[i].name,
                "amount": Money(plain(amount * unit), currency),
                "limit": Money(plain(limit * unit), currency),
            }
            raise InfeasibleError(Problem("rest_breaks_limit", details))


def find_multiplier(scores: Sequence[int], floors: Limits, caps: Limits, total: int) -> tuple[int, int]:
    """λ = p/q with Σ min(max(λ s_i, floor_i), cap_i) = total, found exactly; k = λ Σs / total.

    The sum is piecewise linear in λ and never falls; its slope changes by ±s_i where λ s_i meets a floor
    or a cap.  Each round tries the middle one of the bends still open and drops the half that it decides,
    so that the work halves from round to round (cf. the median search for continuous knapsacks, Kiwiel
    2008).  Where everybody stands at a limit, any λ of an interval does: then the one with k nearest to 1.
    """
    # a bend (at, s, ±1): from λ = at/s on, the sum grows by ±(λ s − at)
    bends = [(floor or 0, s, 1) for s, floor in zip(scores, floors, strict=True) if s]
    bends += [(cap, s, -1) for s, cap in zip(scores, caps, strict=True) if s and cap is not None]
    bends.sort(key=lambda bend: bend[0] / bend[1])  # in float: only to pick good pivots, never to decide
    held = sum(floor or 0 for floor in floors)  # what the sum is at λ, less slope · λ
    slope = 0
    found: tuple[int, int] | None = None
    while bends and found is None:
        p, q, _ = bends[len(bends) // 2]
        below = [bend for bend in bends if bend[0] * q < p * bend[1]]
        gain = slope + sum(sign * s for _, s, sign in below)
        rest = held - sum(sign * at for at, _, sign in below)
        over = p * gain + q * (rest - total)  # q times what the sum at p/q has too much
        if over > 0:
            bends = below
        elif over < 0:
            level = [bend for bend in bends if bend[0] * q == p * bend[1]]
            slope = gain + sum(sign * s for _, s, sign in level)
            held = rest - sum(sign * at for at, _, sign in level)
            bends = [bend for bend in bends if bend[0] * q > p * bend[1]]
        else:
            found = p, q
    p, q = found or (total - held, slope or 1)
    return _nearest_to_one(scores, floors, caps, total, p, q)


def _nearest_to_one(
    scores: Sequence[int],
    floors: Limits,
    caps: Limits,
    total: int,
    p: int,
    q: int,
) -> tuple[int, int]:
    """The λ nearest to total / Σ s, where k is 1, of all that give the same amounts as p/q."""
    low: Fraction | None = None
    high: Fraction | None = None
    for s, floor, cap in zip(scores, floors, caps, strict=True):
        if not s or (cap is not None and (floor or 0) == cap):
            continue  # stands there whatever λ is
        if cap is not None and p * s >= cap * q:
            low = max(low or Fraction(0), Fraction(cap, s))
        elif p * s <= (floor or 0) * q:
            high = Fraction(floor or 0, s) if high is None else min(high, Fraction(floor or 0, s))
        else:
            return p, q  # somebody stands between the limits, so λ is unique
    one = Fraction(total, sum(scores) or 1)
    best = max(one, low) if low is not None else one
    best = min(best, high) if high is not None else best
    return best.numerator, best.denominator
