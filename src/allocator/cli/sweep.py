"""The command `sweep`: its options, and the processes that do the work."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, fields
from importlib import import_module
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from allocator.cli.options import Progress, number, parts, refuse, scenario_file
from allocator.cli.parser import Parser
from allocator.cli.terminal import aligned, print_csv, print_json
from allocator.core.errors import within
from allocator.core.exact import Number, exact
from allocator.files.load import load_scenario
from allocator.report.words.rule import status_lines
from allocator.text import Phrasebook

if TYPE_CHECKING:  # loads numpy
    from allocator.analysis.sweep import Drivers, Law, Sweep

P = ParamSpec("P")
T = TypeVar("T")

MOST_WORKERS = 256
PATIENCE = "10s"  # for a scheduler to answer


def parser(book: Phrasebook) -> Parser:
    """The command-line parser of `allocator sweep`."""
    made = Parser("sweep", book, "file")
    made.option("--draws", metavar="COUNT", default="100000")
    made.option("--seed", metavar="NUMBER", default="1")
    made.option("--around", metavar="CONCENTRATION")
    made.option("--anywhere", action="store_true")
    made.option("--points", metavar="POINTS|FACTOR=POINTS,…")
    made.option("--noise", metavar="PERCENT|FACTOR=PERCENT,…")
    made.option("--workers", metavar="COUNT")
    made.option("--scheduler", metavar="ADDRESS")
    return made


def command(options: Any, book: Phrasebook) -> int:
    """Runs a sweep, and prints the results and the time it took."""
    file = scenario_file(options, "sweep", book)
    start = time.perf_counter()
    asked = Asked(**{field.name: getattr(options, field.name) for field in fields(Asked)})
    found, driven = sweep_file(file, asked, book)
    seconds = exact(round(time.perf_counter() - start, 1))
    show(found, driven, options.format, book)
    print(book.say("sweep.took", seconds=seconds), file=sys.stderr)
    return 0


@dataclass(frozen=True)
class Asked:
    """The options as they were written."""

    draws: str = "100000"
    seed: str = "1"
    around: str | None = None
    anywhere: bool = False
    points: str | None = None
    noise: str | None = None
    workers: str | None = None
    scheduler: str | None = None


def sweep_file(file: str, asked: Asked, book: Phrasebook) -> tuple[Sweep, Drivers]:
    """The sweep of a scenario file, and its drivers.  Raises ScenarioError with the wrong option."""
    from allocator.analysis.sweep import MOST_DRAWS, drivers, sweep

    noise = 0 if asked.noise is None else _by_factor("--noise", asked.noise)
    law = _law(asked, fixed=asked.noise is not None)
    draws = _whole(asked.draws, "--draws", "sweep_draws", MOST_DRAWS)
    seed = _whole(asked.seed, "--seed", "sweep_seed", 10**19 - 1, least=0)
    scenario = load_scenario(file)
    try:
        with within(file), _executor(asked) as executor, Progress("sweep.progress", book) as progress:
            found = sweep(
                scenario, draws, law=law, noise=noise, seed=seed, executor=executor, progress=progress
            )
        return found, drivers(found)
    except BrokenProcessPool:
        refuse("--workers", "sweep_broken")


def _law(asked: Asked, *, fixed: bool) -> Law | None:
    """The law that weights are drawn by; by default ``Around()``, or None (no draw) if only data is drawn."""
    from allocator.analysis.sweep import Anywhere, Around, Within

    laws: list[Law] = []
    if asked.around is not None:
        concentration = number(asked.around)
        if concentration is None:
            refuse("--around", "sweep_concentration", value=asked.around[:80])
        laws.append(Around(concentration))
    if asked.anywhere:
        laws.append(Anywhere())
    if asked.points is not None:
        laws.append(Within(_by_factor("--points", asked.points)))
    if len(laws) > 1:
        refuse("", "sweep_laws")
    return laws[0] if laws else None if fixed else Around()


def _by_factor(option: str, written: str) -> Number | dict[str, Number]:
    """One number for all, or numbers by factor: investment=5,tax=3.

    >>> _by_factor("--points", "5"), _by_factor("--points", "tax=3, effort=0.5")
    (5, {'tax': 3, 'effort': Fraction(1, 2)})
    """
    alone = number(written.strip().removesuffix("%"))
    if alone is not None:
        return alone
    found: dict[str, Number] = {}
    for part in parts(written):
        factor, _, after = (piece.strip() for piece in part.partition("="))
        value = number(after.removesuffix("%"))
        if not factor or value is None or factor in found:
            refuse(option, "sweep_by_factor", value=written[:80], example=option)
        found[factor] = value
    return found


def _whole(text: str, option: str, key: str, most: int, least: int = 1) -> int:
    plain = text.isascii() and text.isdigit() and len(text) <= 20
    if not plain or not least <= int(text) <= most:
        refuse(option, key, value=text[:80], most=most)
    return int(text)


@contextmanager
def _executor(asked: Asked) -> Iterator[Executor | None]:
    """The executor of the work: None for this process alone, worker processes, or a running cluster."""
    workers = 1
    if asked.workers is not None:
        workers = _whole(asked.workers, "--workers", "sweep_workers", MOST_WORKERS)
    if asked.scheduler is not None:
        if asked.workers is not None:
            refuse("--workers", "sweep_both")
        with _cluster(asked.scheduler) as executor:
            yield executor
    elif workers == 1:
        yield None
    else:
        # Ctrl+C reaches every process of a terminal; only this one handles it, by cancelling the tasks
        ignoring = signal.SIGINT, signal.SIG_IGN
        with _Workers(workers, initializer=signal.signal, initargs=ignoring) as pool:
            yield pool


class _Workers(ProcessPoolExecutor):
    """A pool of processes that start while tasks are submitted; Ctrl+C waits until a task is submitted.

    An interruption raised while a process starts would be reported and lost, and a worker inherits the
    handler until it ignores the signal itself.
    """

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        came: list[int] = []
        before = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
        try:
            return super().submit(fn, *args, **kwargs)
        finally:
            signal.signal(signal.SIGINT, before)
            if came and callable(before):
                before(signal.SIGINT, None)


@contextmanager
def _cluster(address: str) -> Iterator[Executor]:
    try:
        distributed: Any = import_module("distributed")
    except ImportError:
        refuse("--scheduler", "sweep_cluster")
    try:
        client = distributed.Client(address, timeout=PATIENCE)
    except (OSError, ValueError):
        refuse("--scheduler", "sweep_scheduler", value=address[:80])
    with client:
        yield client.get_executor()


def show(found: Sweep, driven: Drivers, form: str, book: Phrasebook) -> None:
    """Prints the result of `allocator sweep`."""
    from allocator.report.sweep import tables, words

    if form == "json":
        print_json(tables.as_data(found, driven, book))
        return
    below = [*words.remarks(found, book), *status_lines(found.scenario, book), *words.trace(found, book)]
    if form == "csv":
        headers, rows = tables.file_headers(found, driven, book), tables.file_rows(found, driven, book)
        print_csv(headers, rows, [*words.head(found, book), *below])
        return
    lines = [book.text(found.scenario.title), *words.head(found, book), ""]
    print(*lines, *aligned(tables.sweep_table(found, driven, book), book), "", *below, sep="\n")
