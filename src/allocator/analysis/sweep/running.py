"""A sweep on any executor: blocks of draws first, in any order, then groups of recipients."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import replace
from functools import partial
from typing import TypeVar

import numpy as np

from allocator.analysis.batch.masks import Ints
from allocator.analysis.sweep.laws import BLOCK
from allocator.analysis.sweep.levels import LEVELS, groups_of, levels_by_times, levels_of
from allocator.analysis.sweep.tally import Known, Plan, Tally, tallied

T = TypeVar("T")
Progress = Callable[[float], object]
Span = tuple[int, int]  # from one block, or recipient, up to another
CELLS = 2**22  # amounts that a task works out at least, unless that leaves too few tasks to share
WAITING = 16  # tasks that are handed out at once


def run(plan: Plan, executor: Executor | None, progress: Progress | None) -> tuple[Tally, Ints]:
    """The tally of all draws, and the quantiles in units: levels × recipients.

    ``progress`` is called with the part done; an error from it ends the run, and nothing is left running.
    """
    recipients = plan.case.recipients
    step = max(1, min(CELLS // (recipients * BLOCK), -(-plan.blocks // WAITING)))
    blocks = [(at, min(at + step, plan.blocks)) for at in range(0, plan.blocks, step)]
    draws = [min(last * BLOCK, plan.draws) - first * BLOCK for first, last in blocks]
    half = 1.0 if plan.countable else 0.5
    first, second = _Meter(progress, 0.0, half), _Meter(progress, half, 1 - half)
    tally: Tally | None = None
    known: dict[Span, list[Known]] = {}
    for span, (part, own) in _worked(partial(tallied, plan), blocks, draws, executor, first):
        tally = part if tally is None else tally.plus(part)
        known[span] = own
    assert tally is not None
    levels = np.zeros((len(LEVELS), recipients), np.int64)
    if tally.draws and plan.countable:
        levels = levels_by_times(tally.times)
    elif tally.draws:
        all_known = [one for span in blocks for one in known[span]]
        work = partial(levels_of, plan, all_known, tally.least, tally.most)
        groups = groups_of(plan, tally.least, tally.most)
        for (start, end), found in _worked(work, groups, [plan.draws] * len(groups), executor, second):
            levels[:, start:end] = found
    return replace(tally, times=tally.times[:, :0]), levels  # megabytes that are no longer needed


class _Meter:
    """Reports the part done, of which this is a part of so much from ``start`` on."""

    def __init__(self, progress: Progress | None, start: float, size: float) -> None:
        self.progress, self.start, self.size = progress, start, size

    def tell(self, part: float) -> None:
        if self.progress is not None:
            self.progress(self.start + self.size * part)


def _worked(
    work: Callable[..., T],
    spans: Sequence[Span],
    draws: Sequence[int],
    executor: Executor | None,
    meter: _Meter,
) -> Iterator[tuple[Span, T]]:
    """Each span and its result as it is done; waiting tasks are cancelled when anything goes wrong.

    ``draws`` are those of each span.  Without an executor every batch is reported, so that a long task can be
    ended too; workers report none.
    """
    whole, done = sum(draws), 0

    def tell(more: int) -> None:
        nonlocal done
        done += more
        meter.tell(done / whole)

    if executor is None:
        for span in spans:
            yield span, work(*span, tell=tell)
        return
    waiting = iter(zip(spans, draws, strict=True))
    running: dict[Future[T], tuple[Span, int]] = {}
    try:
        while True:
            while len(running) < WAITING and (task := next(waiting, None)) is not None:
                running[executor.submit(work, *task[0])] = task
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                span, more = running.pop(future)
                yield span, future.result()
                tell(more)
    finally:
        for future in running:
            future.cancel()
        wait(running)
