"""The exact engine at four sizes, without limits and with a floor and a cap on every recipient.

The ratio is to a plain float loop over the same table, weighted shares only (no limits, no rounding): what
exactness and the later stages cost on top.
"""

from __future__ import annotations

import statistics
import time
from dataclasses import replace
from fractions import Fraction
from random import Random

from allocator import Allocation, Factor, Fund, Limit, Recipient, Scenario, allocate

SIZES = (9, 183, 2_844, 13_000)
GOALS_MS = {(13_000, "free"): 60, (13_000, "limited"): 250}
WEIGHTS = {"f0": 40, "f1": 40, "f2": 10, "f3": 10}


def scenario(size: int) -> Scenario:
    """Random data of a realistic shape: amounts with two decimals, a few very large ones."""
    rnd = Random(size)
    values = [[Fraction(int(rnd.lognormvariate(14, 2)), 100) for _ in range(size)] for _ in WEIGHTS]
    return Scenario(
        title="benchmark",
        fund=Fund(size * 6_000_000, "CNY", 100),
        kind="shares",
        weights=WEIGHTS,
        recipients=[Recipient(f"r{i}") for i in range(size)],
        factors=[Factor(id, tuple(column)) for id, column in zip(WEIGHTS, values, strict=True)],
    )


def with_limits(free: Allocation) -> Scenario:
    """A floor and a cap of its own for every recipient, so that a good part of them binds."""
    rnd = Random(1)
    limits = []
    for id, amount in free.amounts.items():
        floor, cap = (
            int(amount * Fraction(rnd.uniform(0.5, 1.2))),
            int(amount * Fraction(rnd.uniform(1.2, 1.6))),
        )
        limits.append(Limit((id,), floor=floor // 100 * 100, cap=cap // 100 * 100 + 100))
    return replace(free.scenario, limits=limits)


def float_loop(columns: list[list[float]], weights: list[float], money: float) -> list[float]:
    """Weighted shares in float, as a script would do it."""
    totals = [sum(column) for column in columns]
    return [
        money * sum(w * x / t for w, x, t in zip(weights, row, totals, strict=True))
        for row in zip(*columns, strict=True)
    ]


def milliseconds(run, times: int) -> float:
    """The median of several runs."""
    run()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken) * 1000


def report() -> None:
    print("Exact engine, 4 factors: median time of allocate(), and its ratio to a plain float loop")
    print(f"{'recipients':>10}  {'limits':<8}{'ms':>9}{'goal':>8}{'ratio':>8}")
    for size in SIZES:
        free = scenario(size)
        columns = [[float(x) for x in factor.values] for factor in free.factors]
        weights = [w / 100 for w in WEIGHTS.values()]
        times = 200 if size < 1000 else 15
        plain = milliseconds(
            lambda c=columns, w=weights, f=free: float_loop(c, w, float(f.distributable)), times
        )
        for name, case in (("free", free), ("limited", with_limits(allocate(free)))):
            taken = milliseconds(lambda c=case: allocate(c), times)
            goal = GOALS_MS.get((size, name))
            shown = f"≤ {goal}" if goal else ""
            print(f"{size:>10}  {name:<8}{taken:>9.2f}{shown:>8}{taken / plain:>8.1f}")
    print()
