"""The difference of two scenarios explained, with its table, and the effects of moving weight."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from random import Random

from allocator import Allocation, Limit, Reservation, Scenario, allocate, load_scenario
from allocator.analysis.explain import exchange_rates, explain, steady_weights, swings
from allocator.report.explain.difference import Account, difference_table
from allocator.text import EN
from benchmarks.engine import milliseconds, scenario, with_limits

LUZHOU = Path(__file__).parent.parent / "scenarios" / "luzhou-2023"


def other(before: Scenario) -> Scenario:
    """The same recipients with eight clauses changed: fund, departments, weights, four columns, limits."""
    rnd = Random(0)
    factors = [
        replace(factor, values=tuple(value * Fraction(rnd.randint(80, 120), 100) for value in factor.values))
        for factor in before.factors
    ]
    return replace(
        before,
        fund=replace(before.fund, amount=before.fund.amount + 5_000_000),
        reservations=[Reservation("department", 1_000_000)],
        weights=dict(zip(before.weights, (30, 30, 20, 20), strict=True)),
        factors=factors,
        limits=[Limit(floor=before.fund.amount // (10 * len(before.ids)))],
    )


def shown(before: Allocation, after: Allocation) -> Callable[[], object]:
    """Explains a difference and makes the table, in which everything adds up."""
    return lambda: difference_table(Account(explain(before, after)), EN).rows


def report() -> None:
    print("Why two scenarios differ, with the table of it; what moving weight changes")
    print(f"{'recipients':>10}  {'what':<44}{'ms':>9}{'goal':>9}")
    capped, jobs = (allocate(load_scenario(LUZHOU / f"{name}.toml")) for name in ("cap-zone", "jobs-first"))
    small = load_scenario(LUZHOU / "published-rule.toml")
    before = scenario(183)
    pairs = [
        (9, "Luzhou, two clauses", shown(jobs, capped), "≤ 50"),
        (9, "Luzhou, eight clauses", shown(allocate(small), allocate(other(small))), ""),
        (183, "eight clauses", shown(allocate(before), allocate(other(before))), "≤ 2000"),
    ]
    for size, what, run, goal in pairs:
        print(f"{size:>10}  {what:<44}{milliseconds(run, 5):>9.1f}{goal:>9}")
    limited = with_limits(allocate(before))
    for size, kind, base in ((9, "", small), (183, "", before), (183, ", everybody limited", limited)):
        result = allocate(base)
        for what, run in (
            ("exchange rates", lambda result=result: exchange_rates(result)),
            ("weights within which no rank changes", lambda base=base: steady_weights(base)),
            ("each weight up and down", lambda base=base: swings(base)),
        ):
            start = time.perf_counter()
            run()
            print(f"{size:>10}  {what + kind:<44}{(time.perf_counter() - start) * 1000:>9.1f}")
    print()
