"""One pool alone: a scenario of format 1 in which this pool moves and all else stands as it came out.

What other pools, earmarks and adjustments give becomes an earmark of each recipient, and the pool's money is
what is left.  So its amounts are those of the whole rule to the last unit, and all that is proved of it holds
of the rule.  There is none where that is not so: where something else follows what the pool gives, or where
the pool does more than share by weights within floors and caps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from allocator.analysis.seek.answer import Clause
from allocator.analysis.seek.levers import pool_of
from allocator.core.allocation import Allocation
from allocator.core.corrections import PRO_RATA
from allocator.core.errors import AllocatorError
from allocator.core.exact import Number, plain
from allocator.core.limits import Limit
from allocator.core.model import Scenario
from allocator.core.parts import Earmark, Factor, Text
from allocator.core.pools import Pool
from allocator.core.split import Split
from allocator.core.stages.bounds import bounds
from allocator.core.stages.take_part import named

_ROUNDINGS = ("largest-remainder", "rest-to-largest")


def alone(now: Allocation, pool: str, clause: Clause | None = None) -> Scenario | None:
    """The scenario of format 1 in which only this pool moves, or None where there is none.

    Its factors are what the pool's weights name, indicators too.  With a ``clause``, a floor or cap of so
    much money in this pool, that is its last limit.
    """
    split = next(split for split in now.splits if split.pool.id == pool)
    if not _stands(now, split):
        return None
    try:
        return _made(now, split, clause)
    except AllocatorError:
        return None


def _stands(now: Allocation, split: Split) -> bool:
    """True where the pool shares by weights within floors and caps, and nothing follows what it gives."""
    scenario, pool = now.scenario, split.pool
    shares = pool.kind != "fixed" and pool.floors is None and pool.phase_in is None
    plainly = shares and not split.groups and not split.held and bool(split.members) and split.total > 0
    follows = now.overall is not None or any(a.paid_by == PRO_RATA for a in scenario.adjustments)
    refused = scenario.issued is not None and scenario.fund.below_zero is None
    return plainly and not follows and not refused and scenario.fund.rounding in _ROUNDINGS


def _made(now: Allocation, split: Split, clause: Clause | None) -> Scenario | None:
    scenario, unit = now.scenario, Fraction(now.scenario.fund.unit)
    own = {scenario.ids[i]: units * unit for i, units in zip(split.members, split.units, strict=True)}
    others = {id: plain(amount - own.get(id, 0)) for id, amount in now.amounts.items()}
    if any(amount < 0 for amount in others.values()):
        return None
    limits = _limits(scenario, split, clause)
    if limits is None:
        return None
    earmarks = [
        Earmark(id, amount, also_shares=id in own) for id, amount in others.items() if amount or id not in own
    ]
    columns = _columns(scenario, split.pool, split.members)
    factors = [
        Factor(name, _spread(scenario, split, values), _name(scenario, name))
        for name, values in columns.items()
    ]
    coefficient = None
    if split.pool.coefficients:
        coefficient = _free_id(columns)
        product = [Fraction(1)] * len(split.members)
        for name in split.pool.coefficients:
            numbers = scenario.numbers(name, split.members)
            product = [a * b for a, b in zip(product, numbers, strict=True)]
        factors.append(Factor(coefficient, _spread(scenario, split, [plain(c) for c in product])))
    made = Scenario(
        title=scenario.title,
        fund=replace(scenario.fund, rest_to=None, left=None, below_zero=None),
        kind=split.pool.kind,
        weights=split.pool.weights,
        recipients=scenario.recipients,
        factors=tuple(factors),
        coefficient=coefficient,
        reservations=now.reservations,
        earmarks=tuple(earmarks),
        limits=limits,
        published=scenario.published,
    )
    return made if made.distributable == split.total * unit else None


def _name(scenario: Scenario, id: str) -> Text:
    """The name of a factor or an indicator."""
    named = {indicator.id: indicator.name for indicator in scenario.indicators}
    return named[id] if id in named else scenario.factor(id).name


def _free_id(columns: Mapping[str, object]) -> str:
    name = "coefficient"
    while name in columns:
        name += "_"
    return name


def _spread(scenario: Scenario, split: Split, values: Sequence[Number]) -> tuple[Number, ...]:
    """The values of the pool's members in listed order, zero for all others."""
    found: list[Number] = [0] * len(scenario.ids)
    for i, value in zip(split.members, values, strict=True):
        found[i] = value
    return tuple(found)


def _columns(scenario: Scenario, pool: Pool, members: Sequence[int]) -> dict[str, Sequence[Number]]:
    """The points that one of weight brings each member, by what weights name: for shares in its own scale.

    Zeros where that cannot be worked out, or nobody can have a share: such a weight must stay at zero.
    """
    parts = {indicator.id: indicator.parts for indicator in scenario.indicators}
    found: dict[str, Sequence[Number]] = {}
    for name in pool.weights:
        column = [Fraction(0)] * len(members)
        for factor, part in parts.get(name, {name: 100}).items():
            if not part:
                continue
            values = _figures(scenario, factor, members)
            total = sum(values or (), start=Fraction(0))
            if values is None or (pool.kind == "shares" and not total):
                column = [Fraction(0)] * len(members)
                break
            over = 100 * total if pool.kind == "shares" else Fraction(100)
            column = [a + Fraction(part) * x / over for a, x in zip(column, values, strict=True)]
        found[name] = [plain(x) for x in column]
    return found


def _figures(scenario: Scenario, factor: str, members: Sequence[int]) -> list[Fraction] | None:
    """The values of a column, or None where one is missing, below zero, or none."""
    try:
        if scenario.factor(factor).text:
            return None
        numbers = scenario.numbers(factor, members)
    except AllocatorError:
        return None
    if any(number is None or number < 0 for number in numbers):
        return None
    return [Fraction(number) for number in numbers]


def _limits(scenario: Scenario, split: Split, clause: Clause | None) -> tuple[Limit, ...] | None:
    """The bounds of each member as limits of its own, and the clause as the last; None where it cannot be."""
    unit, members = Fraction(scenario.fund.unit), split.members
    floors, caps = split.floor_units, split.cap_units
    last: list[Limit] = []
    if clause is not None:
        limit = scenario.limits[clause.number]
        if (limit.pool or "") != split.pool.id or limit.together or not clause.is_amount(scenario):
            return None
        among = named(scenario, members, limit.recipients)
        if limit.where is not None:
            among = scenario.meeting(limit.where, among, f"limit.{clause.number + 1}.where")
        if not among:
            return None
        # the same with nothing at this end: a floor of zero, a cap of all there is
        open_ = {"floor": 0, "cap": scenario.fund.amount}[clause.kind]
        limits = list(scenario.limits)
        limits[clause.number] = replace(limit, **{clause.kind: open_})  # type: ignore[arg-type]
        money = plain(split.total * unit)
        found = bounds(replace(scenario, limits=tuple(limits)), split.pool.id, members, money)
        floors, caps = tuple(found.floors), tuple(found.caps)
        ids = tuple(scenario.ids[i] for i in among)
        last = [Limit(ids, **{clause.kind: clause.value(scenario)})]  # type: ignore[arg-type]
    return (
        *(
            Limit(
                (scenario.ids[i],),
                floor=None if floor is None else plain(floor * unit),
                cap=None if cap is None else plain(cap * unit),
            )
            for i, floor, cap in zip(members, floors, caps, strict=True)
            if floor is not None or cap is not None
        ),
        *last,
    )


def pool_with(scenario: Scenario, clause: Clause) -> str | None:
    """The pool of a limit, or None for one over all pools, and for a reservation."""
    if clause.kind == "reservation":
        return None
    pool = scenario.limits[clause.number].pool or ""
    return None if pool == "all" else pool_of(scenario, pool).id
