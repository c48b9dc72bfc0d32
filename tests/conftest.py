"""Settings that all tests share, and what tests in a browser need."""

from __future__ import annotations

import gc
import importlib
import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import browser as real
import depth
import office
import processes
import pytest
from hypothesis import HealthCheck, is_hypothesis_test, settings

processes.mark()

# a slow machine must not fail a property, and many random inputs are no valid scenarios
settings.register_profile(
    "allocator",
    deadline=None,
    derandomize=True,
    max_examples=60,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
settings.register_profile(
    "deep", settings.get_profile("allocator"), derandomize=False, max_examples=3000, print_blob=True
)


def pytest_configure(config: pytest.Config) -> None:
    """Sets how many random cases are tried, before any test is read."""
    depth.chosen = config.getoption("markexpr") == "deep"
    settings.load_profile("deep" if depth.chosen else "allocator")
    if threading.current_thread() is threading.main_thread():
        # whoever ends the tests ends what they started, which is in sessions of its own
        signal.signal(signal.SIGTERM, lambda *_: pytest.exit("terminated", 143))


def pytest_sessionstart(session: pytest.Session) -> None:
    """Of all tests, each worker first reads a part of its own: what pytest makes of a file is kept for all.

    Otherwise all of them, going through the same files at the same time, make all of it, which is half of
    what reading the tests takes. A file that cannot be read is said by pytest as it comes to it.
    """
    own, count = (
        os.environ.get("PYTEST_XDIST_WORKER", ""),
        int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", 1)),
    )
    if count == 1 or session.config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
        return
    for path in sorted(Path(__file__).parent.rglob("test_*.py"))[int(own.removeprefix("gw")) :: count]:
        if str(path.parent) not in sys.path:
            sys.path.insert(0, str(path.parent))  # as pytest does
        with suppress(Exception):
            importlib.import_module(path.stem)


@pytest.hookimpl(optionalhook=True)  # of xdist
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Gives all files with visits to one worker: so there is one browser and one server, loaded once."""
    if config.getoption("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    @cache
    def visits(file: str) -> bool:
        path = config.rootpath / file
        return path.is_file() and bool(re.search(r"\b(visit|browser): Any", path.read_text("utf-8")))

    class ByBrowser(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file: str = super()._split_scope(nodeid)
            return "visits" if visits(file) else file

    return ByBrowser(config, log)


@pytest.hookimpl(tryfirst=True)  # before tests are chosen by their marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what needs a browser or LibreOffice, and in a deep run all that hypothesis finds inputs for."""
    for item in items:
        needed = set(getattr(item, "fixturenames", ()))
        for fixture, mark in (("browser", "browser"), ("converted", "office")):
            if fixture in needed:
                item.add_marker(mark)
        if depth.chosen and is_hypothesis_test(getattr(item, "obj", None)):
            item.add_marker("deep")


def pytest_collection_finish() -> None:
    """What has been read stays to the end: the garbage collection need not look through it each time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def nothing_left() -> Iterator[None]:
    """No process that tests have started outlives them; this is set up first and ends last."""
    yield
    if found := processes.left():
        said = [processes.shown(process) for process in found]
        processes.ended(found)
        pytest.fail("left running: " + "; ".join(said))


@pytest.fixture(scope="session", autouse=True)
def packages_looked_through_once() -> Iterator[None]:
    """Streamlit looks through all installed packages for components whenever a test opens a page by itself.

    They do not change while tests run, and looking takes longer than most pages do.
    """
    with pytest.MonkeyPatch.context() as patch:
        if "pages" in sys.modules:  # all tests of this run have been read by now
            sys.modules["pages"].look_through_once(patch)
        yield


@pytest.fixture(scope="session")
def served() -> Iterator[real.Server]:
    """The app with the scenarios that are shipped, one server for all tests."""
    with real.serving() as running:
        yield running


@pytest.fixture(scope="module")
def server(served: real.Server) -> real.Server:
    """The app, where nobody has saved anything yet."""
    return real.emptied(served)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless Chromium for all tests; without one they are skipped.

    They fail instead where ALLOCATOR_REQUIRE_BROWSER is 1.
    """
    try:
        with real.chromium() as chromium:
            yield chromium
    except real.Absent as absent:
        if os.environ.get("ALLOCATOR_REQUIRE_BROWSER") == "1":
            pytest.fail(str(absent))
        pytest.skip(str(absent))


@pytest.fixture(scope="session")
def converted() -> Callable[..., dict[str, bytes]]:
    """LibreOffice; without it the test is skipped, or fails where ALLOCATOR_REQUIRE_OFFICE is 1."""
    try:
        office.program()
    except office.Absent as absent:
        if os.environ.get("ALLOCATOR_REQUIRE_OFFICE") == "1":
            pytest.fail(str(absent))
        pytest.skip(str(absent))
    return office.converted


@pytest.fixture(scope="session")
def idle(browser: Any) -> dict[str, list[Any]]:
    """Profiles by language that nobody uses at the time: making one takes longer than opening a page."""
    return {lang: [] for lang in real.LOCALES}


@pytest.fixture
def visit(browser: Any, server: real.Server, idle: dict[str, list[Any]]) -> Iterator[Any]:
    """Starts visits; each is ended at the end."""
    visits: list[tuple[str, real.Visit]] = []

    def start(lang: str = "zh", **how: Any) -> real.Visit:
        context = idle[lang].pop() if idle[lang] else real.profile(browser, lang)
        visits.append((lang, real.Visit(browser, server, lang=lang, context=context, **how)))
        return visits[-1][1]

    yield start
    for lang, each in visits:
        idle[lang].append(each.leave())
