"""Levers: what a search may move among each other — weights, an indicator's parts, or the money of pools."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from allocator.core.allocation import Allocation
from allocator.core.exact import Frozen, Number, plain
from allocator.core.model import Scenario
from allocator.core.naming import guess
from allocator.core.parts import Text, wrong
from allocator.core.pools import NEEDED, REST, Indicator, Pool

LEVERS = ("weights", "parts", "money")


@dataclass(frozen=True)
class Lever:
    """可调内容: "weights" of a pool, "parts" of an indicator, or "money" of the pools; their sum stays.

    ``of`` is the id of the pool or indicator; "" for a rule without pools, and for money.
    """

    kind: str
    of: str = ""

    def values(self, found: Allocation) -> Mapping[str, Number]:
        """The things that can move, by id: weights, parts in percent, the pools' percents, else their money.

        The pool of the rest has what it came to.
        """
        scenario = found.scenario
        if self.kind == "weights":
            return pool_of(scenario, self.of).weights
        if self.kind == "parts":
            return _indicator(scenario, self.of).parts
        in_percent, whole = self.in_percent(scenario), Fraction(scenario.distributable)
        values: dict[str, Number] = {}
        for pool, split in zip(scenario.pools, found.splits, strict=True):
            own = pool.percent if in_percent else pool.amount
            if pool.amount == REST:
                money = Fraction(scenario.fund.unit) * split.total
                values[pool.id] = plain(100 * money / whole if in_percent and whole else money)
            elif own is not None and not isinstance(own, str):
                values[pool.id] = own
        return Frozen(values)

    def changed(self, scenario: Scenario, values: Mapping[str, Number]) -> Scenario:
        """The scenario with these values in place of its own; the pool of the rest takes what is left."""
        if self.kind == "parts":
            parts = tuple(replace(i, parts=values) if i.id == self.of else i for i in scenario.indicators)
            return replace(scenario, indicators=parts)
        if self.kind == "weights" and not scenario.pools:
            return replace(scenario, weights=values)
        if self.kind == "weights":
            pools = tuple(replace(p, weights=values) if p.id == self.of else p for p in scenario.pools)
            return replace(scenario, pools=pools)
        key = "percent" if self.in_percent(scenario) else "amount"
        moved = {id: {key: value} for id, value in values.items()}
        pools = tuple(
            pool if pool.amount == REST or pool.id not in moved else replace(pool, **moved[pool.id])  # type: ignore[arg-type]
            for pool in scenario.pools
        )
        return replace(scenario, pools=pools)

    def in_percent(self, scenario: Scenario) -> bool:
        """True where what moves are percents; False for amounts of money."""
        return self.kind != "money" or any(pool.percent is not None for pool in scenario.pools)

    def point(self, scenario: Scenario, values: Mapping[str, Number], points: Fraction) -> Fraction:
        """The size of so many percentage points: of the sum of weights, of the parts, or of all the money.

        Amounts move in whole rounding units.
        """
        if self.kind != "money":
            return points * sum(values.values(), start=Fraction(0)) / 100
        if self.in_percent(scenario):
            return points
        unit = Fraction(scenario.fund.unit)
        return max(1, round(points * Fraction(scenario.distributable) / 100 / unit)) * unit

    def name(self, scenario: Scenario, id: str) -> Text:
        """The name of one of the things that move."""
        if self.kind == "money":
            return pool_of(scenario, id).name
        for indicator in scenario.indicators:
            if indicator.id == id:
                return indicator.name
        return scenario.factor(id).name

    def weighs(self, scenario: Scenario) -> str:
        """The kind of split in which the values are weights: "shares" where they are percents of it."""
        return pool_of(scenario, self.of).kind if self.kind == "weights" else "shares"


def pool_of(scenario: Scenario, id: str) -> Pool:
    """The pool with this id; raises ScenarioError with those that there are."""
    found = {pool.id: pool for pool in scenario.rules}
    if id not in found:
        wrong("seek_pool", at={"option": "change"}, name=id, guess=guess(id, filter(None, found)))
    return found[id]


def _indicator(scenario: Scenario, id: str) -> Indicator:
    found = {indicator.id: indicator for indicator in scenario.indicators}
    if id not in found:
        wrong("seek_indicator", at={"option": "change"}, name=id, guess=guess(id, found))
    return found[id]


def levers_of(scenario: Scenario) -> list[Lever]:
    """Everything that can move against each other: two weights or more of a pool, and so on.

    >>> from allocator import load_scenario
    >>> [(one.kind, one.of) for one in levers_of(load_scenario("scenarios/luzhou-2023-pools/two-pools.toml"))]
    [('weights', 'domestic'), ('weights', 'foreign'), ('parts', 'economy'), ('money', '')]
    """
    found = [
        Lever("weights", pool.id) for pool in scenario.rules if pool.kind != "fixed" and len(pool.weights) > 1
    ]
    weighted = {name for pool in scenario.rules for name, weight in pool.weights.items() if weight}
    found += [
        Lever("parts", indicator.id)
        for indicator in scenario.indicators
        if len(indicator.parts) > 1 and indicator.id in weighted
    ]
    if len(_moving(scenario)) > 1:
        found.append(Lever("money"))
    return found


def _moving(scenario: Scenario) -> list[Pool]:
    """The pools whose money can move: percents, or where there are none amounts, and the rest."""
    percents = any(pool.percent is not None for pool in scenario.pools)
    return [
        pool
        for pool in scenario.pools
        if pool.amount == REST
        or (pool.percent is not None if percents else pool.amount not in (None, NEEDED))
    ]


def movable(scenario: Scenario, lever: Lever) -> list[str]:
    """The ids of what a lever moves."""
    if lever.kind == "money":
        return [pool.id for pool in _moving(scenario)]
    if lever.kind == "parts":
        return list(_indicator(scenario, lever.of).parts)
    return list(pool_of(scenario, lever.of).weights)


def only_lever(scenario: Scenario) -> Lever:
    """The only weights that there are; raises ScenarioError where several pools have some."""
    known = [one for one in levers_of(scenario) if one.kind == "weights"]
    if len(known) > 1:
        names = [pool.name for pool in scenario.rules if Lever("weights", pool.id) in known]
        wrong("seek_which", at={"option": "change"}, names=names, example=f"weights:{known[0].of}")
    return known[0] if known else Lever("weights", scenario.rules[0].id)


def check_lever(scenario: Scenario, lever: Lever | None) -> Lever:
    """The lever, or the only weights that there are where none is named.

    Raises ScenarioError for one that the scenario has not, and where it is not clear which weights are meant.
    """
    if lever is None:
        lever = only_lever(scenario)
    if lever.kind not in LEVERS:
        wrong("choice", at={"option": "change"}, value=lever.kind, known=LEVERS)
    if lever.kind == "parts":
        _indicator(scenario, lever.of)
    elif lever.kind == "money":
        if len(_moving(scenario)) < 2:
            wrong("seek_money", at={"option": "change"})
    elif pool_of(scenario, lever.of).kind == "fixed":
        wrong("seek_fixed", at={"option": "change"}, name=pool_of(scenario, lever.of).name)
    return lever
