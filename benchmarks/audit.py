"""Bounds from a published split: formulas at 2,844 recipients, linear programs at 9 and at 183.

The programs take rounding and one factor scored between two figures into account: all bounds on factor
shares, and those on amounts under equal weights.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from random import Random

from allocator import Scenario, allocate, load_scenario
from allocator.analysis.audit import (
    Audit,
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
    _report_bands()
    _report_luzhou(after)


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
