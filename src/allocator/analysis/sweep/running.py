"""Blocks of draws on any executor: tasks are ranges of blocks, and their results add up in any order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import replace
from typing import TypeVar

import numpy as np

from allocator.analysis.sweep.case import BLOCK
from allocator.analysis.sweep.masks import Ints
from allocator.analysis.sweep.tally import Plan, Tally, refined, tallied
from allocator.analysis.sweep.windows import LEVELS, Counts, Windows, first_windows, narrowed

T = TypeVar("T")
Progress = Callable[[float], object]
CELLS = 2**22  # amounts that a task works out at least, unless that leaves too few tasks to share
SAMPLE = 1024  # draws by which bins are laid out
WAITING = 16  # tasks that are handed out at once


def run(plan: Plan, executor: Executor | None, progress: Progress | None) -> tuple[Tally, Ints]:
    """The tally of all draws, and the quantiles in units: levels × recipients.

    ``progress`` is called with the part done; an error from it ends the run, and nothing is left running.
    """
    sample = tallied(replace(plan, draws=min(plan.draws, SAMPLE)), 0, 1, None)
    least = np.minimum(sample.least, sample.most + 1)  # zero where none of the first draws counts
    windows = first_windows(least, np.maximum(sample.most, 0), int(plan.case.total))
    meter = _Meter(progress, plan.draws * windows.rounds)
    tally: Tally | None = None
    for part in _worked(tallied, plan, windows, executor, meter):
        tally = part if tally is None else tally.plus(part)
    assert tally is not None
    if not tally.draws:
        return tally, tally.most[None, :]
    levels = np.zeros((len(LEVELS), tally.most.size), np.int64)
    known = tally.draws, tally.least, tally.most, levels
    further = narrowed(windows, tally.counts, *known)
    while further is not None:
        meter.draws = meter.done + plan.draws * further.rounds
        counts: Counts | None = None
        for more in _worked(refined, plan, further, executor, meter):
            counts = more if counts is None else counts + more
        assert counts is not None
        further = narrowed(further, counts, *known)
    return replace(tally, counts=tally.counts[:0].copy()), levels  # megabytes that are no longer needed


class _Meter:
    """Reports the part done of the draws that are foreseen; it never goes down."""

    def __init__(self, progress: Progress | None, draws: int) -> None:
        self.progress, self.draws, self.done, self.part = progress, draws, 0, 0.0

    def add(self, draws: int) -> None:
        self.done += draws
        self.part = max(self.part, min(1.0, self.done / self.draws))
        if self.progress is not None:
            self.progress(self.part)


def _worked(
    work: Callable[..., T],
    plan: Plan,
    windows: Windows,
    executor: Executor | None,
    meter: _Meter,
) -> Iterator[T]:
    """The result of each task as it is done; waiting tasks are cancelled when anything goes wrong.

    Without an executor every batch is reported, so that a long task can be ended too; workers report none.
    """
    step = max(1, min(CELLS // (plan.case.recipients * BLOCK), -(-plan.blocks // WAITING)))
    tasks = iter([(at, min(at + step, plan.blocks)) for at in range(0, plan.blocks, step)])
    if executor is None:
        for first, last in tasks:
            yield work(plan, first, last, windows, meter.add)
        return
    running: dict[Future[T], int] = {}
    try:
        while True:
            while len(running) < WAITING and (task := next(tasks, None)) is not None:
                first, last = task
                draws = min(last * BLOCK, plan.draws) - first * BLOCK
                running[executor.submit(work, plan, first, last, windows)] = draws
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                draws = running.pop(future)
                yield future.result()
                meter.add(draws)
    finally:
        for future in running:
            future.cancel()
        wait(running)
