"""Floors and caps in whole units, the check that they can all hold, and the multiplier they lead to."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from allocator.core.errors import InfeasibleError, Problem
from allocator.core.exact import Number, plain, scaled
from allocator.core.model import Scenario
from allocator.core.parts import Limit
from allocator.text import Money


def limits_in_units(scenario: Scenario) -> tuple[list[int | None], list[int | None]]:
    """The highest floor, rounded up, and the lowest cap, rounded down, of each recipient in whole units."""
    size = len(scenario.participants)
    floors: list[int | None] = [None] * size
    caps: list[int | None] = [None] * size
    if not scenario.limits:
        return floors, caps
    position = {scenario.recipients[i].id: at for at, i in enumerate(scenario.participants)}
    kinds: dict[str, list[int]] = {"all": list(range(size))}
    for at, i in enumerate(scenario.participants):
        kinds.setdefault(scenario.recipients[i].kind, []).append(at)
    sharing: dict[str, _Shares] = {}
    for limit in scenario.limits:
        if isinstance(limit.recipients, str):
            where = kinds[limit.recipients]
        else:
            where = [position[id] for id in limit.recipients]
        if limit.by is not None and limit.by not in sharing:
            column, _ = scaled(scenario.column(limit.by))
            sharing[limit.by] = _Shares(column, sum(column))
        if limit.floor is not None or limit.floor_rate is not None:
            amounts = _bases(scenario, limit, limit.floor, limit.floor_rate, where, sharing)
            for at, (amount, over) in zip(where, amounts, strict=True):
                floors[at] = max(floors[at] or 0, -(-amount // over))
        if limit.cap is not None or limit.cap_rate is not None:
            amounts = _bases(scenario, limit, limit.cap, limit.cap_rate, where, sharing)
            for at, (amount, over) in zip(where, amounts, strict=True):
                held = caps[at]
                caps[at] = amount // over if held is None else min(held, amount // over)
    return floors, caps


class _Shares(NamedTuple):
    values: Sequence[int]
    total: int


def _bases(
    scenario: Scenario,
    limit: Limit,
    amount: Number | None,
    rate: Number | None,
    where: Sequence[int],
    sharing: dict[str, _Shares],
) -> list[tuple[int, int]]:
    """The limit of each listed recipient in units, as numerator and denominator, before rounding."""
    if amount is not None:
        unit = scenario.fund.unit
        return [(amount.numerator * unit.denominator, amount.denominator * unit.numerator)] * len(where)
    if limit.of == "previous":
        once = Fraction(rate or 0) / scenario.fund.unit
        previous = [scenario.previous[scenario.recipients[scenario.participants[at]].id] for at in where]  # type: ignore[index]
        return [(once.numerator * p.numerator, once.denominator * p.denominator) for p in previous]
    of = scenario.fund.amount if limit.of == "fund" else scenario.distributable
    once = Fraction(rate or 0) * of / scenario.fund.unit
    if limit.by is None:
        return [(once.numerator, once.denominator)] * len(where)
    values, total = sharing[limit.by]
    over = once.denominator * total
    return [(once.numerator * values[at], over) for at in where]


def check_feasible(
    scenario: Scenario,
    scores: Sequence[int],
    floors: Sequence[int | None],
    caps: Sequence[int | None],
    total: int,
) -> None:
    """Raises InfeasibleError if the limits cannot all hold, with those that clash and by how much."""
    unit, currency = scenario.fund.unit, scenario.fund.currency
    names = [scenario.recipients[i].name for i in scenario.participants]
    crossed = [
        Problem(
            "floor_above_cap",
            {"name": name, "floor": Money(floor * unit, currency), "cap": Money(cap * unit, currency)},
        )
        for name, floor, cap in zip(names, floors, caps, strict=True)
        if floor is not None and cap is not None and floor > cap
    ]
    if crossed:
        raise InfeasibleError(crossed[:10])
    least = sum(floor or 0 for floor in floors)
    if least > total:
        raise _clash("floors_above_money", scenario, floors, least, total)
    most = sum(
        ((floor or 0) if not score else total if cap is None else cap)
        for score, floor, cap in zip(scores, floors, caps, strict=True)
    )
    if most < total:
        raise _clash("caps_below_money", scenario, caps, most, total)


def _clash(
    key: str, scenario: Scenario, limits: Sequence[int | None], reached: int, total: int
) -> InfeasibleError:
    def money(units: int) -> Money:
        return Money(plain(units * scenario.fund.unit), scenario.fund.currency)

    limited = zip(scenario.participants, limits, strict=True)
    held = [scenario.recipients[i].name for i, limit in limited if limit]
    details = {
        "names": held[:10],
        "count": len(held),
        "sum": money(reached),
        "left": money(total),
        "by": money(abs(reached - total)),
    }
    return InfeasibleError(Problem(key, details))


def find_multiplier(
    scores: Sequence[int], floors: Sequence[int | None], caps: Sequence[int | None], total: int
) -> tuple[int, int]:
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
    floors: Sequence[int | None],
    caps: Sequence[int | None],
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
