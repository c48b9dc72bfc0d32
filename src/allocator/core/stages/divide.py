"""Dividing 分项: the money of each pool, in whole units.

Pools share out the new money D = fund − reservations − earmarks.  A fixed pool takes what it comes to, if
that is at most its amount; percents of D are cut into whole units by largest remainder, and where there is a
pool of the rest their sum is rounded down; the rest takes what is left.  Together they come to D exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from allocator.core.errors import Problem, ScenarioError
from allocator.core.exact import plain, scaled
from allocator.core.parts import wrong
from allocator.core.pools import NEEDED, REST, Pool
from allocator.core.stages.round import largest_remainder
from allocator.text import Money

if TYPE_CHECKING:
    from allocator.core.model import Scenario


Needed = Callable[[Pool, int | None], int]


class Divided(NamedTuple):
    """The money of each pool in whole units, by its id: what it is given, and what of it it takes."""

    given: Mapping[str, int]
    taken: Mapping[str, int]


def divide(scenario: Scenario, needed: Needed) -> Divided:
    """The money of each pool; ``needed`` says what a fixed pool comes to that is given so much, or any.

    Raises ScenarioError where the pools do not come to what there is, with the figure.
    """
    unit, total = Fraction(scenario.fund.unit), int(scenario.distributable / Fraction(scenario.fund.unit))
    if not scenario.pools:
        return Divided({"": total}, {"": total})
    pools = scenario.pools
    rest = [pool for pool in pools if pool.amount == REST]
    if len(rest) > 1:
        wrong("pool_rest_twice", at={"key": rest[1].key("amount")})
    given: dict[str, int] = {}  # what each pool is given, before a fixed one is found to need less
    for pool in pools:
        if pool.amount == NEEDED:
            given[pool.id] = needed(pool, None)
        elif pool.amount is not None and pool.amount != REST:
            units = Fraction(pool.amount) / unit
            if units.denominator != 1:
                wrong("pool_unit", at={"key": pool.key("amount")}, unit=_money(scenario, 1))
            given[pool.id] = int(units)
    percents = [pool for pool in pools if pool.percent is not None]
    exact = [total * Fraction(pool.percent or 0) / 100 for pool in percents]
    summed = sum(given.values()) + sum(exact, start=Fraction())
    over = summed - total
    if over > 0 or (over and not rest):
        key = "pools_over" if over > 0 else "pools_under"
        figures: dict[str, int | Fraction] = {"left": total, "sum": summed, "by": abs(over)}
        details = {name: _money(scenario, units) for name, units in figures.items()}
        raise ScenarioError(Problem(key, details, at={"key": "pool"}))
    parts, denominator = scaled(exact)
    cut, _ = largest_remainder(parts, denominator, sum(parts) // denominator)
    given.update(zip((pool.id for pool in percents), cut, strict=True))
    taken = {pool.id: _taken(scenario, pool, given[pool.id], needed) for pool in pools if pool.amount != REST}
    left = total - sum(taken.values())
    if left and not rest:
        _refuse_left(scenario, left, [pool for pool in pools if taken[pool.id] < given[pool.id]])
    for pool in rest:
        given[pool.id] = taken[pool.id] = left
        if pool.kind == "fixed":
            taken[pool.id] = _taken(scenario, pool, left, needed)
            if taken[pool.id] < left:
                _refuse_left(scenario, left - taken[pool.id], [pool])
    return Divided(given, taken)


def _taken(scenario: Scenario, pool: Pool, given: int, needed: Needed) -> int:
    """The part of the money it is given that a pool takes: all, but a fixed one what it comes to at most."""
    if pool.kind != "fixed" or pool.amount == NEEDED:
        return given
    comes_to = needed(pool, given)
    if comes_to <= given:
        return comes_to
    if pool.over != "scale":
        details = {
            "name": pool.name,
            "needed": _money(scenario, comes_to),
            "given": _money(scenario, given),
            "by": _money(scenario, comes_to - given),
        }
        key = "pool_needs_more" if pool.id else "fixed_needs_more"
        raise ScenarioError(Problem(key, details, at={"key": _place(pool)}))
    return given


def _place(pool: Pool) -> str:
    return pool.key("percent" if pool.percent is not None else "amount") if pool.id else "method.kind"


def _refuse_left(scenario: Scenario, left: int, short: list[Pool]) -> None:
    names = [pool.name for pool in short]
    key = "pools_left" if short[0].id else "fixed_left"
    details = {"names": names, "left": _money(scenario, left)}
    raise ScenarioError(Problem(key, details, at={"key": _place(short[0])}))


def _money(scenario: Scenario, units: int | Fraction) -> Money:
    return Money(plain(Fraction(units) * scenario.fund.unit), scenario.fund.currency)
