"""Random published splits of which the data is known: what an audit says must hold of that data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from random import Random

from allocator import (
    Allocation,
    AllocatorError,
    Earmark,
    Factor,
    Fund,
    Limit,
    Recipient,
    Scenario,
    load_scenario,
)
from allocator.analysis.audit import Known, Reading, Scored
from allocator.core.corrections import Adjustment
from allocator.core.engine import plan
from allocator.core.parts import Party, Text

LUZHOU = load_scenario("scenarios/luzhou-2023/published-rule.toml")
APART = load_scenario("scenarios/luzhou-2023/after-earmark.toml")


def random_weights(rnd: Random, factors: Sequence[str], *, zeros: bool = True) -> dict[str, Fraction | int]:
    """Percentages that add up to 100, now and then with a zero among them."""
    parts = [rnd.randint(0 if zeros and rnd.random() < 0.2 else 1, 20) for _ in factors]
    parts[0] = parts[0] or 1
    return {f: Fraction(100 * part, sum(parts)) for f, part in zip(factors, parts, strict=True)}


def published_case(
    rnd: Random,
    *,
    kind: str = "shares",
    unit: int = 10,
    rounding: str = "largest-remainder",
    coefficient: bool = False,
    earmarks: bool = False,
    limits: bool = False,
    zeros: bool = True,
    size: int | None = None,
    adjusted: bool = False,
) -> Allocation:
    """A split from random data, published as it came out."""
    while True:
        count = size or rnd.randint(2, 5)
        ids = [f"r{i}" for i in range(count)]
        factors = [f"f{j}" for j in range(rnd.randint(2, 4))]
        columns = [
            Factor(f, tuple(0 if zeros and rnd.random() < 0.1 else rnd.randint(1, 100) for _ in ids))
            for f in factors
        ]
        if coefficient:
            columns.append(Factor("c", tuple(Fraction(rnd.randint(0 if zeros else 5, 20), 10) for _ in ids)))
        weights = random_weights(rnd, factors, zeros=zeros)
        if kind == "scores":
            weights = {f: rnd.randint(1, 5) for f in factors}
        total = unit * rnd.choice((rnd.randint(5, 60), rnd.randint(100, 10**5)))
        apart = []
        if earmarks:
            apart = [
                Earmark(id, unit * rnd.randint(0, 50) + rnd.randint(0, 9), rnd.random() < 0.5)
                for id in rnd.sample(ids, rnd.randint(1, count - 1))
            ]
        bounds = []
        if limits:
            part = total // unit // count
            bounds = [
                Limit((id,), floor=unit * rnd.randint(0, part)) for id in rnd.sample(ids, rnd.randint(0, 2))
            ]
            bounds += [
                Limit((id,), cap=unit * rnd.randint(part, 3 * part + 1))
                for id in rnd.sample(ids, rnd.randint(0, 2))
            ]
        alone = {i for i in ids if i not in {e.recipient for e in apart if not e.also_shares}}
        rest_to = Party(rnd.choice(sorted(alone))) if rounding == "rest-to" and alone else None
        try:
            scenario = Scenario(
                title="a random case",
                fund=Fund(total + sum(e.amount for e in apart), "CNY", unit, rounding, rest_to=rest_to),
                kind=kind,
                weights=weights,
                recipients=[Recipient(id) for id in ids],
                factors=columns,
                coefficient="c" if coefficient else None,
                earmarks=apart,
                limits=bounds,
            )
            if adjusted:
                scenario = replace(scenario, adjustments=random_adjustments(rnd, plan(scenario)))
            found = plan(scenario)
        except AllocatorError:
            continue
        return plan(replace(scenario, published=found.amounts))


def random_adjustments(rnd: Random, found: Allocation) -> list[Adjustment]:
    """Changes by hand that take nobody below zero, and add up to zero or to what rounding left."""
    scenario, unit = found.scenario, found.scenario.fund.unit
    made = []
    if rnd.random() < 0.5:  # each paid by another one
        for _ in range(rnd.randint(1, 2)):
            payer, gets = rnd.sample(scenario.ids, 2)
            most = int((found.amounts[payer] - found.earmarks[payer]) // unit) // 4
            if most:
                by = unit * rnd.randint(1, most)
                made.append(Adjustment(gets, by, Text("补差"), paid_by=Party(payer)))
    left = found.left
    if left > 0 and rnd.random() < 0.7:
        made += [Adjustment(rnd.choice(scenario.ids), unit, Text("用尾差")) for _ in range(int(left // unit))]
    elif left < 0 and rnd.random() < 0.7:
        most = max(scenario.ids, key=found.amounts.__getitem__)
        made.append(Adjustment(most, left, Text("减多出的数")))
    return made


def true_shares(allocation: Allocation, factor: str) -> dict[str, Fraction]:
    scenario = allocation.scenario
    column = scenario.column(factor)
    ids = [scenario.ids[i] for i in scenario.participants]
    return {id: Fraction(x) / sum(column) for id, x in zip(ids, column, strict=True)}


def random_facts(rnd: Random, allocation: Allocation, count: int) -> tuple[list[Known], list[Scored]]:
    """What is true of the data, as a reader may know it: more or less closely."""
    scenario = allocation.scenario
    ids = [scenario.ids[i] for i in scenario.participants]
    known: list[Known] = []
    scored: list[Scored] = []
    for _ in range(count):
        factor = rnd.choice(list(scenario.weights))
        column = dict(zip(ids, scenario.column(factor), strict=True))
        if not any(column.values()):
            continue
        group = tuple(rnd.sample(ids, rnd.randint(1, len(ids))))
        what = rnd.choice(("share", "value", "part", "total", "scored"))
        down, up = Fraction(rnd.randint(50, 100), 100), Fraction(rnd.randint(100, 150), 100)
        if what == "scored":
            scored.append(Scored(factor, min(column.values()), max(column.values()) * up))
        elif what == "total":
            known.append(
                Known(factor, "all", sum(column.values()) * down, sum(column.values()) * up, "value")
            )
        else:
            truth = {
                "share": sum(column[id] for id in group) / Fraction(sum(column.values())),
                "value": sum(column[id] for id in group),
                "part": sum(allocation.contributions[factor][id] for id in group),
            }[what]
            high = min(truth * up, 1) if what == "share" else truth * up
            known.append(Known(factor, group, truth * down, rnd.choice((high, high, None)), what))
    return known, scored


def reading_of(allocation: Allocation, facts: tuple[list[Known], list[Scored]] = ([], [])) -> Reading:
    known, scored = facts
    return Reading(allocation.scenario, tuple(known), tuple(scored))
