"""Pools by hand: their weights, the scores of those that take part, and the money of each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from formula_by_hand import Refused
from rounding_by_hand import largest_remainder
from table_by_hand import Amounts, Rule, Table, money, number


def pools_of(rule: Rule) -> dict[str, Rule]:
    """The pools by their ids, `[method]` and `[weights]` as the pool "method"; Refused where keys clash."""
    if "pool" in rule:
        if "method" in rule or "weights" in rule:
            raise Refused("pools or [method] and [weights]")
        pools = dict(rule["pool"])
    else:
        pools = {"method": {**rule["method"], "weights": rule["weights"], "amount": "all"}}
    for id, pool in pools.items():
        if pool.get("kind") not in ("shares", "scores", "fixed"):
            raise Refused(f"{id}: kind {pool.get('kind')}")
        if ("amount" in pool) == ("percent" in pool):
            raise Refused(f"{id}: amount or percent")
        if "over" in pool and (
            pool["over"] != "scale" or pool["kind"] != "fixed" or pool.get("amount") == "needed"
        ):
            raise Refused(f"{id}: over")
        if pool.get("amount") == "needed" and pool["kind"] != "fixed":
            raise Refused(f"{id}: only a fixed pool knows what it needs")
        if pool.get("floors", "from-gains") != "from-gains":
            raise Refused(f"{id}: floors {pool['floors']}")
        if pool["kind"] == "fixed" and {"floors", "phase_in"} & set(pool):
            raise Refused(f"{id}: fixed, with phase-in or floors from gains")
        if "phase_in" in pool and not 0 <= number(pool["phase_in"]) <= 1:
            raise Refused("phase_in from 0 to 1")
    return pools


def weights_of(pool: Rule, indicators: Rule, table: Table) -> list[tuple[str, Fraction]]:
    """The weight of each column, indicators taken apart; those of shares add up to exactly 100."""
    parts: dict[str, dict[str, Fraction]] = {}
    for id, indicator in indicators.items():
        if id in table.columns or id in table.formulas:
            raise Refused(f"{id} is an indicator and a column")
        parts[id] = {table.of_numbers(name): number(part) for name, part in indicator["parts"].items()}
        if sum(parts[id].values()) != 100 or min(parts[id].values()) < 0:
            raise Refused(f"the parts of {id} do not add up to 100")
    effective: list[tuple[str, Fraction]] = []
    for id, weight in pool["weights"].items():
        for name, part in parts[id].items() if id in parts else [(table.of_numbers(id), Fraction(100))]:
            effective.append((name, number(weight) * part / 100))
    if any(weight < 0 for _, weight in effective):
        raise Refused("a negative weight")
    if len({name for name, _ in effective}) < len(effective):
        raise Refused("a column is weighted twice")
    if pool["kind"] == "shares" and sum(weight for _, weight in effective) != 100:
        raise Refused("weights do not add up to 100")
    for name in _coefficients(pool):
        table.of_numbers(name)
    return [(name, weight) for name, weight in effective if weight > 0]


def _coefficients(pool: Rule) -> list[str]:
    given = pool.get("coefficient", [])
    given = [given] if isinstance(given, str) else given
    if len(set(given)) < len(given):
        raise Refused("a coefficient twice")
    return given


def scores_of(
    pool: Rule, weights: list[tuple[str, Fraction]], members: list[int], table: Table
) -> list[Fraction]:
    """Everybody's score, coefficients included; Refused where a factor adds up to zero."""
    scores = [Fraction() for _ in members]
    for name, weight in weights:
        values = [table.weighed(name, i) for i in members]
        scale = weight
        if pool["kind"] == "shares" and members:
            if sum(values) == 0:
                raise Refused(f"{name} adds up to zero")
            scale = weight / sum(values)
        scores = [score + scale * value for score, value in zip(scores, values, strict=True)]
    for name in _coefficients(pool):
        scores = [score * table.weighed(name, i) for score, i in zip(scores, members, strict=True)]
    return scores


@dataclass(frozen=True)
class Stated:
    """What pools are given as it is written, before anybody's claims are known."""

    amounts: Amounts  # of pools with an amount or percent, percents in whole units
    exact: Fraction  # their sum, percents uncut
    rest: str | None  # the pool of the rest


def stated_money(pools: dict[str, Rule], distributable: Fraction, unit: Fraction, currency: str) -> Stated:
    """The money of pools with an amount or a percent; without pools all of it."""
    if list(pools) == ["method"] and pools["method"].get("amount") == "all":
        return Stated({"method": distributable}, distributable, None)
    rest = [id for id, pool in pools.items() if pool.get("amount") == "rest"]
    if len(rest) > 1:
        raise Refused("two pools of the rest")
    stated: Amounts = {}
    percents: Amounts = {}
    for id, pool in pools.items():
        if "percent" in pool:
            percents[id] = number(pool["percent"]) / 100 * distributable
            if percents[id] < 0:
                raise Refused("a negative percent")
        elif pool["amount"] not in ("needed", "rest"):
            stated[id] = money(pool["amount"], currency)
            if (stated[id] / unit).denominator != 1:
                raise Refused(f"{id}: no multiple of the unit")
    together = sum(percents.values(), Fraction())
    exact = sum(stated.values(), Fraction()) + together
    cut = math.floor(together / unit) * unit
    stated |= dict(zip(percents, largest_remainder(list(percents.values()), cut, unit), strict=True))
    return Stated(stated, exact, rest[0] if rest else None)


def shared_money(
    pools: dict[str, Rule], stated: Stated, comes_to: Amounts, distributable: Fraction
) -> Amounts:
    """The money of each pool, the rest's too: fixed ones have what they come to, at most their amount."""
    needed = {id: comes_to[id] for id, pool in pools.items() if pool.get("amount") == "needed"}
    exact = stated.exact + sum(needed.values(), Fraction())
    if exact > distributable or (exact < distributable and stated.rest is None):
        raise Refused(f"pools add up to {exact} of {distributable}")
    given = stated.amounts | needed
    if stated.rest is None:
        return {id: given[id] for id in pools}
    taken = {id: min(part, comes_to.get(id, part)) for id, part in given.items()}
    shared = taken | {stated.rest: distributable - sum(taken.values(), Fraction())}
    return {id: shared[id] for id in pools}


def check_claim(id: str, pool: Rule, claim: Fraction, shared: Fraction) -> None:
    """Refuses a fixed pool that comes to more than its money and is not scaled, or to less."""
    if claim > shared and "over" not in pool:
        raise Refused(f"{id} comes to {claim}, above its {shared}")
    if claim < shared:
        raise Refused(f"{id} comes to {claim}: {shared - claim} would not be shared out")
