"""Whole commands, from start to exit, at four sizes: processor time, its growth, and the most memory held.

Scenarios of four factors, rates of last year's amounts for everybody, in files of their own.  Growth is
what each recipient more than in the smallest costs: where it rises from line to line, work grows faster
than the scenario.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from allocator import Limit, Recipient, Scenario, Text, allocate, save_scenario
from benchmarks import engine

SIZES = (9, 183, 2_844, 35_000)
COMMANDS = (
    ("run", ("run",), 1, 1.5),
    ("run, csv", ("run", "--format", "csv"), 1, 1.5),
    ("run, json", ("run", "--format", "json"), 1, 2.0),
    ("compare three", ("compare",), 3, 3.0),
)
RUNS = 3
# a process counts the memory of the one that starts it as its own at first, so a small one starts it
WATCH = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, used = os.wait4(process.pid, 0)
print(status, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
"""


class Taken(NamedTuple):
    """The processor time of a command in seconds, and the most memory that it held in MB."""

    seconds: float
    memory: float


def scenarios(size: int) -> list[Scenario]:
    """A scenario with limits for all, and two of other weights."""
    plain = engine.scenario(size)
    named = [Recipient(r.id, Text(f"第{i}镇", f"Commune {i}")) for i, r in enumerate(plain.recipients)]
    amounts = allocate(replace(plain, recipients=named)).amounts
    rates = [Fraction(9 + i % 3, 10) for i in range(size)]
    previous = {id: int(x * rate) // 100 * 100 for (id, x), rate in zip(amounts.items(), rates, strict=True)}
    limit = Limit(floor_rate=Fraction(9, 10), cap_rate=Fraction(23, 20), of="previous")
    base = replace(plain, recipients=named, previous=previous, limits=[limit])
    others = [(30, 30, 20, 20), (25, 25, 25, 25)]
    return [base, *(replace(base, weights=dict(zip(base.weights, some, strict=True))) for some in others)]


def taken(arguments: list[str]) -> Taken:
    """The least of several runs."""
    command = [sys.executable, "-c", WATCH, sys.executable, "-m", "allocator", *arguments]
    found = []
    for _ in range(RUNS):
        status, seconds, memory = subprocess.check_output(command, text=True).split()
        assert status == "0", arguments
        found.append(Taken(float(seconds), float(memory)))
    return min(found)


def report() -> None:
    print(f"Whole commands: processor time, the least of {RUNS} runs, and most memory")
    print(f"{'command':<16}{'recipients':>11}{'s':>8}{'goal':>8}{'MB':>7}{'µs a recipient more':>20}")
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for size in SIZES:
            files[size] = [str(Path(folder, f"{size}-{at}", "scenario.toml")) for at in range(3)]
            for file, scenario in zip(files[size], scenarios(size), strict=True):
                save_scenario(scenario, Path(file).parent)
        for name, (command, *options), count, goal in COMMANDS:
            least = 0.0
            for size in SIZES:
                found = taken([command, *files[size][:count], *options])
                least = least or found.seconds
                each = "" if size == SIZES[0] else f"{(found.seconds - least) / size * 1e6:.0f}"
                shown = f"≤ {goal}" if size == SIZES[-1] else ""
                print(f"{name:<16}{size:>11,}{found.seconds:>8.2f}{shown:>8}{found.memory:>7.0f}{each:>20}")
    print()
