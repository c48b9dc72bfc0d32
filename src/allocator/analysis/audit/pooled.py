"""A rule of format 2 as one split by shares: pools and factors together are columns with known money.

A pool's factor of weight w has M_p · w / 100 of the money, in shares of the pool's members; all
others have none.  The same factor in pools with the same members is one column.  So all that is said of a
rule of format 1 is said of columns here.  A rule with one pool is as it was, with whoever takes no part set
apart, and money that is held already counts on top of what was published, as its floor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from allocator.core.beyond import covers
from allocator.core.errors import AllocatorError
from allocator.core.exact import Frozen, Number, plain
from allocator.core.limits import Limit
from allocator.core.model import Scenario
from allocator.core.naming import guess
from allocator.core.parts import Earmark, Factor, Text, in_full, wrong
from allocator.core.pools import Pool
from allocator.core.stages.bounds import bounds
from allocator.core.stages.divide import divide
from allocator.text import Money

COVERED = (
    "units", "roundings", "adjustments", "pools", "indicators", "formulas", "texts", "conditions", "taking",
    "coefficients", "earmarks", "deductions", "issued", "bounds", "basis",
)  # fmt: skip
_UNKNOWN = ("assumed", "example")


@dataclass(frozen=True)
class Pooled:
    """A rule of format 2 as columns.

    ``scenario`` says it as one split; ``without`` are the ids that have no share of a column, by its id, and
    ``pools`` the number of pools that each recipient takes part in.  ``apart`` says that no two columns are
    of one factor, and none of two pools: each can then be anything.  ``whole`` says so but for pools with the
    same members.  With several pools ``parts`` are the weights of a column in its pools, and ``money`` the
    units of each pool.
    """

    scenario: Scenario
    without: Mapping[str, frozenset[str]]
    pools: Mapping[str, int]
    apart: bool
    whole: bool
    parts: Mapping[str, Mapping[str, Number]] = Frozen()
    money: Mapping[str, int] = Frozen()

    @property
    def several(self) -> bool:
        """True where somebody takes part in more than one pool: each of them is rounded by itself."""
        return max(self.pools.values(), default=0) > 1

    def weights(self, given: Mapping[str, Number]) -> dict[str, Number]:
        """The weights of all columns in all the money, from some in percent of their pools' money.

        Raises ScenarioError for a column that there is not, and where a pool's weights do not add up to 100.
        """
        for id in given:
            if id not in self.parts:
                wrong("audit_factor", at={"option": "weights"}, name=id, guess=guess(id, self.parts))
        parts = {id: {pool: given.get(id, w) for pool, w in own.items()} for id, own in self.parts.items()}
        for pool in self.money:
            total = sum((own[pool] for own in parts.values() if pool in own), start=Fraction(0))
            if total != 100:
                wrong("weights_sum", at={"option": "weights"}, total=in_full(plain(total)))
        return in_all(parts, self.money)


def pooled(rule: Scenario) -> Pooled:
    """A rule of format 2 as one split by shares.

    Raises ScenarioError for clauses that an audit does not cover, for a condition that rests on assumed
    data, and with several pools for all but plain shares.
    """
    covers(rule, "beyond.surface.audit", COVERED)
    _check_known(rule)
    if len(rule.rules) == 1:
        return _one(rule, rule.rules[0])
    return _several(rule)


def _check_known(rule: Scenario) -> None:
    """Refuses conditions and bounds that rest on data which is assumed: who took part is not known."""
    formulas = [*rule.conditions.values(), *(f for limit in rule.limits for f in limit.formulas.values())]
    named = {name for formula in formulas for name in (*formula.names, *formula.columns)}
    behind = rule.columns.behind(named) if named else set()
    unknown = [f for f in rule.factors if f.id in behind and f.formula is None and f.status in _UNKNOWN]
    if unknown:
        wrong("audit_condition", "reading", names=[factor.name for factor in unknown])


# --- one pool -------------------------------------------------------------------------------------


def _one(rule: Scenario, pool: Pool) -> Pooled:
    members, unit = rule.members[pool.id], Fraction(rule.fund.unit)
    divide(rule, lambda pool, given: 0)  # refuses a pool that is not all there is
    held = {rule.ids[i]: amount for i, amount in rule.held(pool.id).items()}
    for whom, amount in held.items():
        if amount % rule.fund.unit or rule.fund.rounding == "rest-to-largest":
            name = rule.recipients[rule.position[whom]].name
            wrong("audit_held", "reading", name=name, unit=Money(rule.fund.unit, rule.fund.currency))
    bound = bounds(rule, pool.id, members, rule.distributable)
    limits = []
    for at, (i, floor, cap) in enumerate(zip(members, bound.floors, bound.caps, strict=True)):
        already = bound.held[at] if bound.held else 0
        ends: dict[str, Number] = {}
        if floor is not None or already:
            ends["floor"] = plain(((floor or 0) + already) * unit)
        if cap is not None:
            ends["cap"] = plain((cap + already) * unit)
        if ends:
            limits.append(Limit((rule.ids[i],), **ends))  # type: ignore[arg-type]
    weights = rule.weighted[pool.id]
    factors = [_factor(rule, id, id, rule.factor(id).name, members) for id in weights]
    coefficient = None
    if pool.coefficients:
        coefficient = "·".join(pool.coefficients)
        product = [Fraction(1)] * len(members)
        for id in pool.coefficients:
            product = [a * b for a, b in zip(product, rule.numbers(id, members), strict=True)]
        values = _spread(rule, members, [plain(value) for value in product])
        factors.append(
            Factor(coefficient, values, _together([rule.factor(c).name for c in pool.coefficients]))
        )
    scenario = _scenario(rule, members, pool.kind, weights, factors, coefficient, limits, held)
    taking = dict.fromkeys((rule.ids[i] for i in members), 1)
    return Pooled(scenario, {}, taking, apart=True, whole=True)


def _together(names: Sequence[Text]) -> Text:
    return (
        names[0]
        if len(names) == 1
        else Text(*(" × ".join(getattr(n, c) for n in names) for c in ("zh", "en")))
    )


# --- several pools --------------------------------------------------------------------------------


def _several(rule: Scenario) -> Pooled:
    limited = {limit.pool for limit in rule.limits}
    held = {deduction.pool for deduction in rule.deductions}
    other = [
        pool.name
        for pool in rule.pools
        if pool.kind != "shares" or pool.coefficients or pool.id in limited | held
    ]
    if other:
        wrong("audit_pools", "reading", names=other)
    if rule.fund.rounding == "rest-to-largest":
        wrong("audit_pools_largest", "reading")
    money = divide(rule, lambda pool, given: 0).taken
    columns: dict[tuple[str, tuple[int, ...]], dict[str, Number]] = {}
    for pool in rule.pools:
        for factor, weight in rule.weighted[pool.id].items():
            if weight and money[pool.id]:
                columns.setdefault((factor, rule.members[pool.id]), {})[pool.id] = weight
    named = [factor for factor, _ in columns]
    parts: dict[str, Mapping[str, Number]] = {}
    factors, without = [], {}
    for (factor, members), own in columns.items():
        id = factor if named.count(factor) == 1 else f"{'+'.join(own)}.{factor}"
        parts[id] = own
        factors.append(_factor(rule, id, factor, _name(rule, factor, own), members))
        apart = frozenset(rule.ids) - {rule.ids[i] for i in members}
        without[id] = apart
    taking = [0] * len(rule.ids)
    for pool in rule.pools:
        for i in rule.members[pool.id] if money[pool.id] else ():
            taking[i] += 1
    some = [i for i, count in enumerate(taking) if count]
    money = {pool: units for pool, units in money.items() if units}
    weights = in_all(parts, money)
    scenario = _scenario(rule, some, "shares", weights, factors, None, (), {})
    whole = len(named) == len(set(named))
    return Pooled(
        scenario,
        {id: frozenset(rule.ids[i] for i in some) & out for id, out in without.items()},
        {rule.ids[i]: taking[i] for i in some},
        apart=whole and all(len(own) == 1 for own in columns.values()),
        whole=whole,
        parts=parts,
        money=money,
    )


def in_all(parts: Mapping[str, Mapping[str, Number]], money: Mapping[str, int]) -> dict[str, Number]:
    """The weights of columns in all the money, from those in their pools: Σ_p w · M_p / Σ M."""
    whole = sum(money.values())
    return {
        id: plain(sum((Fraction(w) * money[pool] for pool, w in own.items()), start=Fraction(0)) / whole)
        for id, own in parts.items()
    }


def _name(rule: Scenario, factor: str, own: Mapping[str, Number]) -> Text:
    """The name of a column: the factor's, after those of its pools."""
    pools = [pool.name for pool in rule.pools if pool.id in own]
    zh, en = "、".join(pool.zh for pool in pools), ", ".join(pool.en for pool in pools)
    name = rule.factor(factor).name
    return Text(f"{zh}·{name.zh}", f"{en} · {name.en}")


# --- the scenario ---------------------------------------------------------------------------------


def _scenario(
    rule: Scenario,
    members: Sequence[int],
    kind: str,
    weights: Mapping[str, Number],
    factors: Sequence[Factor],
    coefficient: str | None,
    limits: Sequence[Limit],
    held: Mapping[str, Number],
) -> Scenario:
    """The same money, recipients and published amounts, with one split; those that take no part set apart."""
    given: dict[str, Number] = {}
    for id, amount, _ in rule.grants:
        given[id] = plain(given.get(id, 0) + amount)
    taking = {rule.ids[i] for i in members}
    earmarks = [
        Earmark(id, given.get(id, 0), also_shares=id in taking)
        for id in rule.ids
        if id in given or id not in taking
    ]
    assert rule.published is not None
    return Scenario(
        title=rule.title,
        fund=replace(
            rule.fund, amount=plain(rule.fund.amount + sum(held.values(), start=Fraction(0))), below_zero=None
        ),
        kind=kind,
        weights=weights,
        recipients=rule.recipients,
        factors=tuple(factors),
        coefficient=coefficient,
        reservations=rule.reservations,
        earmarks=tuple(earmarks),
        limits=tuple(limits),
        published={id: plain(amount + held.get(id, 0)) for id, amount in rule.published.items()},
        adjustments=rule.adjustments,
        uses=rule.uses,
    )


def _factor(rule: Scenario, id: str, factor: str, name: Text, members: Sequence[int]) -> Factor:
    """A column under this id: the values that there are, which count for nothing, or else equal ones."""
    old = rule.factor(factor)
    try:
        values = [] if old.text else list(rule.numbers(factor, members))
    except AllocatorError:
        values = []
    if not any(values) or any(value is None or value < 0 for value in values):
        values = [1] * len(members)
    return Factor(
        id, _spread(rule, members, values), name, old.unit, old.definition, old.year, old.status, old.source
    )


def _spread(rule: Scenario, members: Sequence[int], values: Sequence[Number]) -> tuple[Number, ...]:
    """The values of the members in listed order, zero for all others."""
    found: list[Number] = [0] * len(rule.ids)
    for i, value in zip(members, values, strict=True):
        found[i] = value
    return tuple(found)
