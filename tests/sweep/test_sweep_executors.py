"""Whoever works the blocks out, in whatever pieces and order: the same digest; and what a cancel leaves."""

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import psutil
import pytest
from processes import HUNG, below, running, until

from allocator import allocate, load_scenario
from allocator.analysis.batch import own_copy
from allocator.analysis.sweep import Anywhere, Around, sweep
from allocator.analysis.sweep import running as runs
from allocator.analysis.sweep.case import case_of
from allocator.analysis.sweep.tally import tallied
from allocator.cli import sweep as sweep_command

FOLDER = Path(__file__).parent.parent.parent / "scenarios"
LUZHOU = load_scenario(FOLDER / "luzhou-2023" / "published-rule.toml")
COUNCILS = load_scenario(FOLDER / "au-wa-2024-25" / "scenario.toml")
DRAWS = 60_000  # seven blocks and a part of the eighth


@pytest.fixture(scope="module")
def digest():
    return sweep(LUZHOU, DRAWS, noise=10).digest


class Backwards(Executor):
    """Does what it was handed last first, once nobody hands it more."""

    def __init__(self):
        self.waiting = []
        self.lock = threading.Lock()

    def submit(self, fn, /, *args, **kwargs):
        future = Future()
        with self.lock:
            self.waiting.append((future, fn, args, kwargs))
        threading.Timer(0.05, self.work).start()
        return future

    def work(self):
        with self.lock:
            while self.waiting:
                future, fn, args, kwargs = self.waiting.pop()
                if future.set_running_or_notify_cancel():
                    future.set_result(fn(*args, **kwargs))


@pytest.mark.parametrize("waiting", [1, 3, 100])
@pytest.mark.parametrize("cells", [1, 10**9])
def test_pieces_of_any_size(monkeypatch, digest, waiting, cells):
    monkeypatch.setattr(runs, "WAITING", waiting)
    monkeypatch.setattr(runs, "CELLS", cells)
    assert sweep(LUZHOU, DRAWS, noise=10).digest == digest


def test_threads(digest):
    with ThreadPoolExecutor(2) as threads:
        assert sweep(LUZHOU, DRAWS, noise=10, executor=threads).digest == digest


def test_any_order(monkeypatch, digest):
    monkeypatch.setattr(runs, "CELLS", 1)
    assert sweep(LUZHOU, DRAWS, noise=10, executor=Backwards()).digest == digest


@pytest.mark.parametrize("workers", [1, 2])
def test_processes(digest, workers):
    with ProcessPoolExecutor(workers) as pool:
        assert sweep(LUZHOU, DRAWS, noise=10, executor=pool).digest == digest
        wide = [sweep(COUNCILS, 20_000, law=None, noise=5, executor=e).digest for e in (pool, None)]
        assert wide[0] == wide[1]


def test_another_seed_or_number_of_draws_gives_another_digest(digest):
    assert sweep(LUZHOU, DRAWS, noise=10, seed=2).digest != digest
    assert sweep(LUZHOU, DRAWS + 1, noise=10).digest != digest
    assert sweep(LUZHOU, DRAWS, law=Anywhere(), noise=10).digest != digest


def test_more_draws_begin_with_the_same_ones():
    """So that a figure does not jump about when somebody asks for more."""
    few, many = sweep(LUZHOU, 100), sweep(LUZHOU, 5000)
    assert all(many.least[id] <= few.least[id] and few.most[id] <= many.most[id] for id in LUZHOU.ids)
    assert abs(few.mean["ftz"] - many.mean["ftz"]) < 500_000


# --- a cluster ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cluster():
    distributed, dask = (pytest.importorskip(name) for name in ("distributed", "dask"))
    with pytest.MonkeyPatch.context() as set_to:
        # workers begin by running the main script, and a page that was tested may have left its own as that
        set_to.setitem(sys.modules, "__main__", ModuleType("__main__"))
        patient = {f"distributed.comm.timeouts.{of}": f"{HUNG}s" for of in ("connect", "tcp")}
        with (
            dask.config.set(patient),
            distributed.LocalCluster(
                n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
            ) as running,
        ):
            yield running


def test_a_cluster_of_two_processes(cluster, digest):
    from distributed import Client

    with Client(cluster) as client:
        assert len(client.scheduler_info()["workers"]) == 2
        assert sweep(LUZHOU, DRAWS, noise=10, executor=client.get_executor()).digest == digest


def test_the_command_line_finds_the_cluster(cluster, capsys, monkeypatch):
    from allocator.cli.entry import main

    monkeypatch.setattr(sweep_command, "PATIENCE", f"{HUNG}s")
    file = str(FOLDER / "luzhou-2023" / "published-rule.toml")
    arguments = ["sweep", file, "--draws", "20000", "--lang", "en"]
    lines = []
    for more in ([], ["--scheduler", cluster.scheduler_address], ["--workers", "2"]):
        with pytest.raises(SystemExit) as ended:
            main([*arguments, *more])
        assert ended.value.code == 0
        lines.append([line for line in capsys.readouterr().out.splitlines() if "result sha256" in line])
    assert lines[0] and lines[0] == lines[1] == lines[2]


def test_a_worker_that_dies_changes_nothing(cluster, monkeypatch):
    """The scheduler hands its task to another."""
    from distributed import Client

    monkeypatch.setattr(runs, "CELLS", 1)
    killed = []

    with Client(cluster) as client:
        victim = next(iter(client.run(os.getpid).values()))

        def progress(_):
            if not killed:
                killed.append(victim)
                os.kill(victim, signal.SIGKILL)

        found = sweep(LUZHOU, 10 * DRAWS, noise=10, executor=client.get_executor(), progress=progress)
    assert killed and found.digest == sweep(LUZHOU, 10 * DRAWS, noise=10).digest


# --- progress and cancel --------------------------------------------------------------------------


class Enough(Exception):
    pass


def test_progress_grows_to_the_end():
    told = []
    sweep(COUNCILS, 40_000, law=None, noise=5, progress=told.append)
    assert told == sorted(told) and told[-1] == 1 and len(told) > 4


def test_a_cancel_leaves_nothing_running(monkeypatch):
    """Tasks that wait are called off and those that run are waited for, before the error is passed on."""
    monkeypatch.setattr(runs, "CELLS", 1)
    futures = []

    def stop(_):
        raise Enough

    with ThreadPoolExecutor(2) as threads:
        submit = threads.submit

        def remembered(*args):
            futures.append(submit(*args))
            return futures[-1]

        monkeypatch.setattr(threads, "submit", remembered)
        with pytest.raises(Enough):
            sweep(COUNCILS, 10**6, noise=5, executor=threads, progress=stop)
        assert all(future.done() for future in futures)
        assert 0 < sum(not future.cancelled() for future in futures) < len(futures)


def test_a_cancel_without_an_executor_stops_at_once(monkeypatch):
    worked, told = [], []

    def remembered(plan, first, last, **rest):
        worked.append((first, last))
        return tallied(plan, first, last, **rest)

    def stop(part):
        told.append(part)
        raise Enough

    monkeypatch.setattr(runs, "tallied", remembered)
    with pytest.raises(Enough):
        sweep(COUNCILS, 10**6, noise=5, progress=stop)
    assert len(worked) == 1
    assert 0 < told[0] <= 4096 / 10**6 and len(told) == 1  # within the task, after its first batch


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal")
def test_an_interrupted_command_leaves_no_process_behind():
    """Ctrl+C goes to every process of the terminal; the command says one word and its workers are gone."""
    file = str(FOLDER / "luzhou-2023" / "published-rule.toml")
    # where tests run in the background, what they start would ignore Ctrl+C
    heeding = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from allocator.cli.entry import main; main()"
    )
    command = [sys.executable, "-c", heeding, "sweep", file, "--draws", "10000000", "--noise", "10"]
    command += ["--workers", "2", "--lang", "en"]
    with running(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as started:

        def at_work() -> list[psutil.Process] | None:
            assert started.poll() is None
            found = below(psutil.Process(started.pid))
            return found if len(found) > 1 else None

        workers = until(at_work)
        os.killpg(started.pid, signal.SIGINT)
        out, err = started.communicate(timeout=HUNG)
        assert (started.returncode, out, err) == (130, "", "interrupted\n")
        assert not any(worker.is_running() for worker in workers)


def test_numpy_is_left_as_it_was():
    before = np.getbufsize()
    sweep(LUZHOU, 10)
    assert np.getbufsize() == before


def test_what_comes_from_another_process_is_moved_to_where_numpy_is_fast():
    """Serialized arrays may begin at any byte; the figures are the same, and so is everything else."""
    case = case_of(allocate(COUNCILS), Around(), {}, 1)
    columns = case.figures.columns
    odd = np.frombuffer(b"\0" + columns.tobytes(), dtype=np.uint8)[1:].view(columns.dtype)
    odd = odd.reshape(columns.shape)
    there = own_copy(replace(case, figures=replace(case.figures, columns=odd)))
    assert not odd.flags.aligned and there.figures.columns.flags.aligned
    assert (there.figures.columns == columns).all() and there.draws == case.draws
