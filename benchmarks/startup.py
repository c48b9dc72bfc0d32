"""Whole processes, from start to exit: processor time, and its ratio to a Python that does nothing.

The commands take turns, so that what else the machine does falls on all of them alike.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
LUZHOU = "scenarios/luzhou-2023/published-rule.toml"
COMMANDS = (
    ("python -c pass", ["-c", "pass"], None),
    ("import allocator", ["-c", "import allocator"], None),
    ("allocator run", ["-m", "allocator", "run", LUZHOU], 9),
    ("allocator run --format json", ["-m", "allocator", "run", LUZHOU, "--format", "json"], 9),
)
RUNS = 15
# what Python makes of modules is kept, as it is at any desk, also where it is told to write nothing
ENVIRONMENT = os.environ | {"PYTHONDONTWRITEBYTECODE": ""}


def seconds(arguments: list[str]) -> float:
    """The processor time of a process."""
    command = [sys.executable, *arguments]
    process = subprocess.Popen(command, cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, arguments
    return used.ru_utime + used.ru_stime


def report() -> None:
    print(f"Whole processes: median processor time of {RUNS} runs in turn, and its ratio to the first")
    print(f"{'command':<30}{'s':>8}{'ratio':>8}{'goal':>9}")
    runs = [[seconds(arguments) for _, arguments, _ in COMMANDS] for _ in range(RUNS + 1)]
    taken = [statistics.median(column) for column in zip(*runs[1:], strict=True)]  # the first warms the disk
    for (name, _, goal), own in zip(COMMANDS, taken, strict=True):
        shown = f"≤ {goal}" if goal else ""
        print(f"{name:<30}{own:>8.3f}{own / taken[0]:>8.1f}{shown:>9}")
    print()
