"""Processes that tests start, and waiting: for conditions, never for a time, and until nothing is left."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import psutil

HUNG = 600  # seconds; the one limit of every wait, which says that something hangs and never that it is slow
MARK = "ALLOCATOR_TEST_RUN"  # all that a run of the tests starts has this in its environment
# These end by themselves with the process that uses them.
HELPERS = ("multiprocessing.resource_tracker", "multiprocessing.forkserver")

T = TypeVar("T")


def until(
    found: Callable[[], T], said: Callable[[], object] = lambda: "it hangs", seconds: float = HUNG
) -> T:
    """Waits for something true and returns it; ``said`` is what to say if it never comes."""
    end = time.monotonic() + seconds
    while not (answer := found()):
        assert time.monotonic() < end, said()
        pause()
    return answer


def finished(process: subprocess.Popen[Any], done: Callable[[], object]) -> None:
    """Waits for the end of a process that has much to do; it hangs once what is done stays the same."""
    while process.poll() is None:
        before = done()
        until(lambda: process.poll() is not None or done() != before)  # noqa: B023


def pause() -> None:
    """Leaves the processor to others for a moment, between two looks at something."""
    time.sleep(0.02)


@contextmanager
def spending_at_most(seconds: float) -> Iterator[None]:
    """Fails where this takes more of the processor in this thread, whatever else the machine does."""
    start = time.thread_time()
    yield
    assert time.thread_time() - start < seconds


def mark() -> None:
    """From now on this process marks all that it starts, so that it is found whoever becomes its parent."""
    os.environ[MARK] = f"{os.getpid()}-{uuid.uuid4().hex}"


def left() -> list[psutil.Process]:
    """What this process has started, directly or not, and what still runs."""
    marked = os.environ.get(MARK)
    own = psutil.Process()
    found = {*own.children(recursive=True), *(p for p in psutil.process_iter() if _marked(p) == marked)}
    return [p for p in found - {own} if _alive(p) and not any(name in shown(p) for name in HELPERS)]


def _marked(process: psutil.Process) -> str | None:
    try:
        return process.environ().get(MARK, "")
    except psutil.Error:
        return ""


def _alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def shown(process: psutil.Process) -> str:
    """Its number and its command."""
    try:
        return f"{process.pid} {' '.join(process.cmdline())[:300]}"
    except psutil.Error:
        return f"{process.pid}"


@contextmanager
def running(command: Sequence[str | Path], **how: Any) -> Iterator[subprocess.Popen[Any]]:
    """A command in a session of its own; at the end every process of the session is gone."""
    process = subprocess.Popen(command, start_new_session=True, **how)
    try:
        yield process
    finally:
        members = _members(process.pid)
        process.terminate()
        try:
            process.wait(HUNG)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        # what the command itself has not ended; nothing may still write into a folder that is removed next
        ended([*members, *_members(process.pid)])
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()


def below(process: psutil.Process) -> list[psutil.Process]:
    """The processes that it has started, and those that these have."""
    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []


def _members(leader: int) -> list[psutil.Process]:
    """The processes below a process, and where there are sessions all of its session."""
    found = {*below(psutil.Process(leader))} if psutil.pid_exists(leader) else set[psutil.Process]()
    if sys.platform != "win32":
        found |= {process for process in psutil.process_iter() if _session(process) == leader}
    return [process for process in found if process.pid != leader]


def _session(process: psutil.Process) -> int:
    try:
        return os.getsid(process.pid)
    except OSError:
        return 0


def listening(process: subprocess.Popen[Any]) -> int | None:
    """The port that a running process listens on; None as long as it does on none."""
    try:
        every = psutil.Process(process.pid).net_connections("tcp")
    except psutil.Error:
        return None
    return next((one.laddr.port for one in every if one.status == psutil.CONN_LISTEN), None)


def ended(processes: Sequence[psutil.Process]) -> None:
    """Ends these processes and waits until they are gone."""
    for process in processes:
        with suppress(psutil.Error):
            process.kill()
    # a process that has ended and not been asked for by its parent yet does nothing any more
    until(lambda: not any(map(_alive, processes)), lambda: [shown(p) for p in processes if _alive(p)])
