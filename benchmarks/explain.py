"""The difference of two scenarios explained, with its table, and the effects of moving weight."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from random import Random

from allocator import (
    Allocation,
    Factor,
    Fund,
    Limit,
    Recipient,
    Reservation,
    Scenario,
    allocate,
    load_scenario,
)
from allocator.analysis.explain import break_evens, exchange_rates, explain, steady_weights, swings
from allocator.report.explain.difference import Account, difference_table
from allocator.text import EN
from benchmarks.engine import milliseconds, scenario, with_limits

LUZHOU = Path(__file__).parent.parent / "scenarios" / "luzhou-2023"
FACTORS = 20
# all questions of a rule of twenty factors in which everybody has a floor and a cap
GOALS_MS = {183: 1000, 2_844: 5000}


def other(before: Scenario) -> Scenario:
    """The same recipients with eight clauses changed: fund, departments, weights, four columns, limits."""
    rnd = Random(0)
    factors = [
        replace(factor, values=tuple(value * Fraction(rnd.randint(80, 120), 100) for value in factor.values))
        for factor in before.factors[:4]
    ]
    first, second, *rest = before.weights
    weights = {first: before.weights[first] - 1, second: before.weights[second] + 1}
    return replace(
        before,
        fund=replace(before.fund, amount=before.fund.amount + 5_000_000),
        reservations=[Reservation("department", 1_000_000)],
        weights=weights | {factor: before.weights[factor] for factor in rest},
        factors=[*factors, *before.factors[4:]],
        limits=[Limit(floor=before.fund.amount // (10 * len(before.ids)))],
    )


def wide(size: int) -> Scenario:
    """Random data of twenty factors, a floor and a cap for everybody, and amounts published nearby."""
    rnd = Random(size)
    columns = [
        tuple(Fraction(int(rnd.lognormvariate(14, 2)), 100) for _ in range(size)) for _ in range(FACTORS)
    ]
    free = Scenario(
        title="benchmark",
        fund=Fund(size * 6_000_000, "CNY", 100),
        kind="shares",
        weights={f"f{j}": Fraction(100, FACTORS) for j in range(FACTORS)},
        recipients=[Recipient(f"r{i}") for i in range(size)],
        factors=[Factor(f"f{j}", column) for j, column in enumerate(columns)],
    )
    limited = with_limits(allocate(free))
    amounts = allocate(limited).amounts
    published = {id: int(amount * Fraction(rnd.uniform(0.8, 1.25))) for id, amount in amounts.items()}
    return replace(limited, published=published)


def shown(before: Allocation, after: Allocation) -> Callable[[], object]:
    """Explains a difference and makes the table, in which everything adds up."""
    return lambda: difference_table(Account(explain(before, after)), EN).rows


def questions(base: Scenario) -> dict[str, Callable[[], object]]:
    """All questions of one scenario, and the last of it and another one."""
    result, after, published = allocate(base), allocate(other(base)), base.published or {}
    first, second, *_ = base.ids
    return {
        "exchange rates": lambda: exchange_rates(result),
        "weights for each one's published amount": lambda: break_evens(base, published),
        "weights at which two are level": lambda: break_evens(base, {first: second}),
        "weights within which no rank changes": lambda: steady_weights(base),
        "each weight up and down": lambda: swings(base),
        "eight clauses, 256 allocations": lambda: explain(result, after),
    }


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
    print(f"{FACTORS} factors, a floor and a cap for everybody; processor time")
    for size in (9, 183, 2_844):
        base, whole = wide(size), 0.0
        goal = f"≤ {GOALS_MS[size]}" if size in GOALS_MS else ""
        for what, run in questions(base).items():
            start = time.process_time()
            run()
            taken = (time.process_time() - start) * 1000
            whole += taken
            print(f"{size:>10}  {what:<44}{taken:>9.1f}")
        print(f"{size:>10}  {'all of these':<44}{whole:>9.1f}{goal:>9}")
    print()
