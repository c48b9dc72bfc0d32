"""The search for the least change of weights, in whole percentage points, that meets three targets.

The targets lie halfway between what two draws of weights bring.  With limits every recipient has a floor and
a cap of its own.  "None" asks for three times what a recipient has now, which no weights bring.
"""

from __future__ import annotations

import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from random import Random

from allocator import Factor, Fund, Recipient, Scenario, allocate, load_scenario
from allocator.analysis.seek import Answer, Target, measured, seek
from benchmarks.engine import with_limits

LUZHOU = Path(__file__).parent.parent / "scenarios" / "luzhou-2023" / "published-rule.toml"
GOALS = {(183, 4, "free"): "≤ 2", (183, 20, "free"): "≤ 5"}


def scenario(size: int, factors: int, seed: int) -> Scenario:
    """Random data and equal weights, as whole percentages."""
    rnd = Random(seed)
    names = [f"f{j}" for j in range(factors)]
    values = [tuple(Fraction(int(rnd.lognormvariate(14, 1)), 100) for _ in range(size)) for _ in names]
    weights = {name: 100 // factors + (100 % factors if name == "f0" else 0) for name in names}
    return Scenario(
        title="benchmark",
        fund=Fund(size * 6_000_000, "CNY", 10_000),
        kind="shares",
        weights=weights,
        recipients=[Recipient(f"r{i}") for i in range(size)],
        factors=[Factor(name, column) for name, column in zip(names, values, strict=True)],
    )


def targets(now: Scenario, seed: int) -> list[Target]:
    """Two amounts and a rank, halfway to what other weights bring."""
    rnd = Random(seed)
    drawn = [rnd.random() for _ in now.weights]
    weights = [int(100 * x / sum(drawn)) for x in drawn]
    weights[0] += 100 - sum(weights)
    here = allocate(now)
    there = allocate(replace(now, limits=(), weights=dict(zip(now.weights, weights, strict=True))))
    found = []
    for number, id in enumerate(rnd.sample(now.ids, 3)):
        of = "rank" if number == 2 else "amount"
        before, after = (measured(Target(of, (id,), "<=", 1), one) for one in (here, there))
        value = (before + after) // 2 if of == "rank" else (before + after) // 20_000 * 10_000
        found.append(Target(of, (id,), "<=" if after < before else ">=", value))
    return found


def seconds(now: Scenario, asked: list[Target]) -> tuple[float, Answer]:
    start = time.perf_counter()
    answer = seek(now, asked)
    return time.perf_counter() - start, answer


def report() -> None:
    seek(load_scenario(LUZHOU), [Target("amount", ("ftz",), "<=", 48_000_000)])  # loads what it needs
    print("What it would take: whole percentage points, three targets; the slowest of five")
    print(f"{'recipients':>10}  {'factors':>7}  {'limits':<8}{'s':>8}{'goal':>8}{'none: s':>10}  not proved")
    for size, factors, limits in ((183, 4, "free"), (183, 4, "limited"), (183, 20, "free")):
        found, none = [], []
        for seed in range(5):
            now = scenario(size, factors, seed)
            now = with_limits(allocate(now)) if limits == "limited" else now
            asked = targets(now, seed)
            found.append(seconds(now, asked))
            tripled = 3 * allocate(now).amounts[now.ids[0]]
            none.append(seconds(now, [*asked[:2], Target("amount", (now.ids[0],), ">=", tripled)]))
        slowest, slowest_none = (max(taken for taken, _ in runs) for runs in (found, none))
        unproved = sum(not answer.proved for _, answer in (*found, *none))
        goal = GOALS.get((size, factors, limits), "")
        row = f"{size:>10}  {factors:>7}  {limits:<8}{slowest:>8.2f}{goal:>8}{slowest_none:>10.2f}"
        print(f"{row}  {unproved} of 10{', goal 1' if goal else ''}")
    print()
