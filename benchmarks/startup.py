"""Whole processes, from start to exit: the ratio is to a Python that does nothing."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
LUZHOU = "scenarios/luzhou-2023/published-rule.toml"
COMMANDS = (
    ("python -c pass", [sys.executable, "-c", "pass"], None),
    ("import allocator", [sys.executable, "-c", "import allocator"], None),
    ("allocator run", [sys.executable, "-m", "allocator", "run", LUZHOU], 0.25),
    (
        "allocator run --format json",
        [sys.executable, "-m", "allocator", "run", LUZHOU, "--format", "json"],
        0.25,
    ),
)
RUNS = 15


def seconds(command: list[str]) -> float:
    """The median wall time of a process over several runs, after one that warms the disk."""
    taken = []
    for _ in range(RUNS + 1):
        start = time.perf_counter()
        subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken[1:])


def report() -> None:
    print(f"Whole processes: median of {RUNS} runs, and the ratio to a Python that does nothing")
    print(f"{'command':<30}{'s':>8}{'goal':>9}{'ratio':>8}")
    nothing = None
    for name, command, goal in COMMANDS:
        taken = seconds(command)
        nothing = nothing or taken
        shown = f"≤ {goal}" if goal else ""
        print(f"{name:<30}{taken:>8.3f}{shown:>9}{taken / nothing:>8.1f}")
    print()
