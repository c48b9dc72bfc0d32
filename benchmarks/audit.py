"""Bounds from a published split: by formulas and from known shares at 2,844 recipients, else by programs.

The programs take rounding and one factor scored between two figures into account: all bounds on factor
shares, and those on amounts under equal weights.
"""

from __future__ import annotations

import time
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from random import Random

from allocator import Factor, Scenario, allocate, load_scenario
from allocator.analysis.audit import (
    Audit,
    Known,
    Reading,
    Scored,
    amount_bounds,
    audit,
    covering,
    factor_share_bounds,
    nearest_weights,
    possible_amounts,
)
from benchmarks.engine import milliseconds, scenario

LUZHOU = Path(__file__).parent.parent / "scenarios" / "luzhou-2023"
EQUAL = {"investment": 25, "tax": 25, "employment": 25, "effort": 25}


def published(size: int) -> Scenario:
    """Random data, the last factor scored between 60 and 100, and the split that it gives as published."""
    free, rnd = scenario(size), Random(size)
    scored = replace(free.factors[-1], values=tuple(rnd.randint(60, 100) for _ in range(size)))
    free = replace(free, factors=(*free.factors[:-1], scored), fund=replace(free.fund, unit=10_000))
    return replace(free, published=allocate(free).amounts)


def ask(found: Audit) -> None:
    """Every bound on factor shares, and on amounts under equal weights."""
    equal = dict.fromkeys(found.case.factors, 100 // len(found.case.factors))
    factor_share_bounds(found)
    amount_bounds(found, equal)


def seconds(found: Audit) -> float:
    start = time.perf_counter()
    ask(found)
    return time.perf_counter() - start


def report() -> None:
    print("What a published split implies: every bound, 4 factors")
    print(f"{'recipients':>10}  {'by':<10}{'s':>9}{'goal':>9}")
    large = published(2_844)
    print(
        f"{2_844:>10}  {'formulas':<10}{milliseconds(lambda: ask(audit(large)), 9) / 1000:>9.3f}{'≤ 0.05':>9}"
    )
    after = load_scenario(LUZHOU / "after-earmark.toml")
    small = audit(Reading(load_scenario(LUZHOU / "published-rule.toml"), scored=[Scored("effort", 1, 100)]))
    print(f"{9:>10}  {'programs':<10}{seconds(small):>9.3f}{'≤ 1':>9}")
    middle = audit(Reading(published(183), scored=[Scored("f3", 60, 100)]))
    print(f"{183:>10}  {'programs':<10}{seconds(middle):>9.3f}{'≤ 20':>9}\n")
    _report_known()
    _report_chosen()
    _report_bands()
    _report_luzhou(after)


def known(rule: Scenario, each: int) -> list[Known]:
    """Of every so many recipients the shares of all factors, to within a tenth, as a reader may know them."""
    columns = {factor: rule.column(factor) for factor in rule.weights}
    found = []
    for factor, column in columns.items():
        for i in range(0, len(rule.ids), each):
            share = Fraction(column[i]) / sum(column)
            ends = Fraction(int(share * 900_000), 10**6), Fraction(int(share * 1_100_000) + 1, 10**6)
            found.append(Known(factor, (rule.ids[i],), *ends))
    return found


def _report_known() -> None:
    print("Known shares: the verdict, and every bound, in processor seconds")
    print(f"{'recipients':>10}{'factors':>9}{'known':>9}{'s':>9}{'goal':>9}")
    for size, goal in ((9, ""), (183, "≤ 1"), (2_844, "≤ 30")):
        rule = published(size)
        for facts in ([Known("f0", (rule.ids[3],), 0, Fraction(1, 2))], known(rule, 3)):
            start = time.process_time()
            ask(audit(Reading(rule, tuple(facts))))
            taken = time.process_time() - start
            print(f"{size:>10}{4:>9}{len(facts):>9}{taken:>9.2f}{goal:>9}")
    print()


def of_many_factors(size: int, count: int) -> Scenario:
    """Random data of so many factors with equal weights, and the split that it gives as published."""
    free, rnd = scenario(size), Random(size)
    factors = [
        Factor(
            f"f{j}", tuple(rnd.randint(60, 100) if j == 3 else rnd.randint(1, 10_000) for _ in range(size))
        )
        for j in range(count)
    ]
    weights = {factor.id: Fraction(100, count) for factor in factors}
    free = replace(free, factors=tuple(factors), weights=weights, fund=replace(free.fund, unit=10_000))
    return replace(free, published=allocate(free).amounts)


def _report_chosen() -> None:
    print("183 recipients, 20 factors: bounds on the shares of one, in processor seconds (goal ≤ 5 each)")
    print(f"{'supposed':<24}{'verdict':>9}{'recipient':>11}{'factor':>9}")
    rule = of_many_factors(183, 20)
    for name, reading in (
        ("one scored 60 to 100", Reading(rule, scored=[Scored("f3", 60, 100)])),
        ("a third of all shares", Reading(rule, tuple(known(rule, 3)))),
    ):
        taken = [time.process_time()]
        found = audit(reading)
        taken.append(time.process_time())
        factor_share_bounds(found, recipients=rule.ids[4:5])
        taken.append(time.process_time())
        factor_share_bounds(found, factors=["f1"])
        taken.append(time.process_time())
        one, two, three = (after - before for before, after in pairwise(taken))
        print(f"{name:<24}{one:>9.2f}{two:>11.2f}{three:>9.2f}")
    print()


def _report_bands() -> None:
    print("The ranges behind the points of Allocate at one step, in milliseconds")
    for size in (9, 183, 2_844):
        rule = published(size)
        equal = dict.fromkeys(rule.weights, 100 // len(rule.weights))
        then = allocate(rule.with_weights(**equal))
        found = covering(then.scenario, rule)  # once for all steps
        assert found is not None
        taken = milliseconds(lambda then=then, found=found: possible_amounts(then, found), 9)
        print(f"{size:>10}{taken:>9.1f}")
    print()


def _report_luzhou(after: Scenario) -> None:
    scenario = load_scenario(LUZHOU / "published-rule.toml")
    print("Luzhou, equal weights: the zone's range in 10,000 yuan whatever the unpublished data, if it was")
    for name, found in (
        ("one pass by shares", audit(scenario)),
        ("one pass, amounts taken as not rounded", audit(scenario, tolerance="exact")),
        ("50 million set apart first", audit(after)),
    ):
        low, high = (float(end) / 10_000 for end in amount_bounds(found, EQUAL)["ftz"])
        print(f"  {name:<42}{low:>10.2f}{high:>10.2f}")
    verdict = audit(Reading(scenario, scored=[Scored("effort", 60, 100)])).verdict
    least = float(verdict.clashes[0].least) / 10_000
    names = ", ".join(id for clash in verdict.clashes for id in clash.multipliers)
    print(
        f"Work scored 60 to 100 brings everybody {least:.2f} at least, more than was published for: {names}"
    )
    possible = nearest_weights(audit(scenario), "ftz", below=45_000_000).possible
    if possible is not None:
        shown = "/".join(f"{float(weight):g}" for weight in possible.weights.values())
        print(f"The nearest weights at which the zone may get less than 4500: {shown}\n")
