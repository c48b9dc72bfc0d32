"""Random sweeps: the kernel beside one matrix product, whole sweeps, other libraries, and several workers.

L is the time that `np.matmul` takes for the entitlements of as many draws alone, written to memory (64 MB,
more than a processor caches), on one core.  The kernel works in its cache, so L in the cache is shown too.
The least of several repeats counts, since other programs only ever make it longer.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from threading import Event, Thread

import numpy as np
import psutil

from allocator import Scenario, allocate, load_scenario
from allocator.analysis.batch import Kernel, brisk
from allocator.analysis.sweep import Around, sweep
from allocator.analysis.sweep.case import case_of
from allocator.analysis.sweep.laws import BLOCK
from benchmarks.engine import scenario, with_limits

SIZES = (9, 16, 64, 183, 600, 2_844, 13_000)
ROUNDED = 8  # goal, times L
WHOLE = ((9, 1_000_000), (183, 100_000), (2_844, 100_000), (35_000, 4_000))  # draws by recipients
BESIDE = {"scikit-criteria": {9: 5_000, 183: 300, 2_844: 80}, "pandas": {9: 5_000, 183: 300, 2_844: 35}}
LUZHOU = Path(__file__).parent.parent / "scenarios" / "luzhou-2023" / "published-rule.toml"
MEMORY, CACHED = 2**23, 2**18  # amounts that L writes: 64 MB, 2 MB


def best(run: Callable[[], object], times: int = 5) -> float:
    """The least time of several runs, in seconds."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return min(taken)


def product(size: int, amounts: int) -> float:
    """L: seconds for each amount."""
    weights, shares = np.random.rand(max(1, amounts // size), 4), np.random.rand(4, size)
    out = np.zeros((len(weights), size))
    return best(lambda: np.matmul(weights, shares, out=out)) / out.size


def kernel(of: Scenario, whole: bool) -> float:
    """Seconds for each amount, before rounding or in whole units."""
    case = case_of(allocate(of), Around(), {}, 1)
    figures, drawn = case.figures, case.weights(0)
    made, width = Kernel(figures, figures.width), figures.width
    batches = max(1, min(BLOCK, 2**21 // figures.recipients) // width)
    cut = [np.ascontiguousarray(drawn[:, k * width : (k + 1) * width]) for k in range(batches)]

    def run() -> None:
        for weights in cut:
            found = made.entitlements(made.scores(weights))
            if whole:
                made.rounded(*found)

    with brisk():
        run()
        return best(run) / (batches * width * figures.recipients)


def report() -> None:
    """Reports from a process of its own, with matrix products on one core and numpy's choice of processor."""
    sys.stdout.flush()
    alone = {name: value for name, value in os.environ.items() if not name.startswith("OPENBLAS_")}
    alone["OPENBLAS_NUM_THREADS"] = "1"
    subprocess.run([sys.executable, "-m", "benchmarks.sweep"], env=alone, check=True)


def _report_kernel() -> dict[int, float]:
    print("Random sweeps, 4 factors, one core: nanoseconds for each amount, and times L")
    columns = ("unrounded, ns and L", "rounded, ns and L", "with limits, ns and L")
    print(f"{'recipients':>10}{'L':>8}{'cached':>8}" + "".join(f"{column:>26}" for column in columns))
    rounded = {}
    for size in SIZES:
        free = scenario(size)
        memory, cached = product(size, MEMORY), product(size, CACHED)
        rounded[size] = kernel(free, True)
        times = (kernel(free, False), rounded[size], kernel(with_limits(allocate(free)), True))
        goals = (2.5, ROUNDED, 40)
        print(f"{size:>10}{memory * 1e9:>8.2f}{cached * 1e9:>8.2f}", end="")
        for taken, goal in zip(times, goals, strict=True):
            print(f"{taken * 1e9:>8.2f}{taken / memory:>8.1f} L{f'≤ {goal}' if goal else '':>8}", end="")
        print()
    print()
    return rounded


def _report_whole() -> None:
    print("Whole sweeps, one process: with means, chances, ranks, extremes and exact quantiles")
    scenario_ = load_scenario(LUZHOU)
    sweep(scenario_, 1000)
    million = best(lambda: sweep(scenario_, 1_000_000), 3)
    tenth = best(lambda: sweep(scenario_, 100_000), 3)
    print(f"  9 × 4 × 1,000,000{million:>30.2f} s{'≤ 0.5':>12}   ({million / tenth:.1f} × of 100,000 draws)")
    print("  several sizes, 4 factors: nanoseconds for each recipient and draw, beside a tenth of the draws")
    heads = ("recipients", "draws", "limits", "s", "goal", "MB", "goal", "ns", "tenth")
    print("  " + "".join(f"{head:>11}" for head in heads))
    for size, draws in WHOLE:
        for limited in (False, True):
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
                seconds, megabytes = pool.submit(large, size, draws, limited).result()
                tenth, _ = pool.submit(large, size, draws // 10, limited).result()
            seconds_goal, memory_goal = ("≤ 20", "≤ 300") if size == 2_844 else ("", "")
            each, before = (1e9 * taken / (size * n) for taken, n in ((seconds, draws), (tenth, draws // 10)))
            cells = [f"{size:,}", f"{draws:,}", "each" if limited else "", f"{seconds:.1f}", seconds_goal]
            cells += [f"{megabytes:.0f}", memory_goal, f"{each:.1f}", f"{before:.1f}"]
            print("  " + "".join(f"{cell:>11}" for cell in cells))
    print()


def large(size: int, draws: int, limited: bool) -> tuple[float, float]:
    """Seconds, and the most memory that the process held meanwhile, in MB."""
    of, process, done, most = scenario(size), psutil.Process(), Event(), [0]
    of = with_limits(allocate(of)) if limited else of

    def watch() -> None:
        while not done.wait(0.02):
            most[0] = max(most[0], process.memory_info().rss)

    watching = Thread(target=watch)
    watching.start()
    start = time.perf_counter()
    sweep(of, draws)
    taken = time.perf_counter() - start
    done.set()
    watching.join()
    return taken, most[0] / 1e6


def _report_beside(rounded: dict[int, float]) -> None:
    print("Beside loops over single draws: how many times faster the rounded kernel is")
    print(f"{'recipients':>10}{'scikit-criteria':>18}{'goal':>10}{'pandas':>12}{'goal':>10}")
    for size in BESIDE["pandas"]:
        print(f"{size:>10}", end="")
        for (name, goals), loop in zip(BESIDE.items(), (criteria_loop, pandas_loop), strict=True):
            ratio = loop(scenario(size)) / (rounded[size] * size)
            print(f"{ratio:>{18 if name != 'pandas' else 12},.0f}{f'≥ {goals[size]:,}':>10}", end="")
        print()
    print()


def criteria_loop(of: Scenario, draws: int = 50) -> float:
    """Seconds for a draw by scikit-criteria; it does not round."""
    from skcriteria import mkdm
    from skcriteria.agg.simple import WeightedSumModel
    from skcriteria.preprocessing.scalers import SumScaler

    values = np.array([[float(x) for x in factor.values] for factor in of.factors]).T
    weights = np.random.default_rng(1).dirichlet([4, 4, 1, 1], draws)
    scaler, model = SumScaler(target="both"), WeightedSumModel()

    def loop() -> None:
        for drawn in weights:
            model.evaluate(scaler.transform(mkdm(values, [max] * 4, weights=drawn)))

    return best(loop, 3) / draws


def pandas_loop(of: Scenario, draws: int = 50) -> float:
    """Seconds for a draw by pandas, rounded by the largest remainder."""
    import pandas as pd

    table = pd.DataFrame({factor.id: [float(x) for x in factor.values] for factor in of.factors})
    shares, total = table / table.sum(), int(of.distributable / of.fund.unit)
    weights = np.random.default_rng(1).dirichlet([4, 4, 1, 1], draws)

    def loop() -> None:
        for drawn in weights:
            amounts = (shares * drawn).sum(axis=1) * total
            units = np.floor(amounts)
            units[(amounts - units).nlargest(int(total - units.sum())).index] += 1

    return best(loop, 3) / draws


def _report_workers() -> None:
    print("Several workers, 2,844 × 4 × 50,000: times faster than one (goals on two cores of their own)")
    print(f"  (other programs keep {psutil.cpu_percent(interval=2):.0f} % of the processors busy)")
    of, draws = scenario(2_844), 50_000
    small = replace(of)
    alone = best(lambda: sweep(of, draws), 3)
    with ProcessPoolExecutor(2) as pool:
        sweep(small, 20_000, executor=pool)  # starts them
        two = best(lambda: sweep(of, draws, executor=pool), 3)
    print(f"  two processes{alone / two:>34.2f} ×{'≥ 1.7':>10}")
    from distributed import Client, LocalCluster

    cluster = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1")
    with cluster, Client(cluster) as client:
        sweep(small, 20_000, executor=client.get_executor())
        before, here = client.run(time.process_time), time.process_time()
        two = best(lambda: sweep(of, draws, executor=client.get_executor()), 3)
        worked = sum(client.run(time.process_time).values()) - sum(before.values())
        here = time.process_time() - here
    print(f"  dask.distributed, two workers{alone / two:>18.2f} ×{'≥ 1.5':>10}")
    print(
        f"    processor time, × one process's: workers{worked / 3 / alone:>7.2f}, client and scheduler",
        end="",
    )
    print(f" {here / 3 / alone:.2f}; so on two cores at most {6 * alone / (worked + here):.2f} ×\n")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    found = _report_kernel()
    _report_whole()
    _report_beside(found)
    _report_workers()
