"""Settings that all tests share, and what tests in a browser need."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import browser as real
import processes
import pytest
from hypothesis import HealthCheck, settings

processes.mark()

# a slow machine must not fail a property, and many random inputs are no valid scenarios
settings.register_profile(
    "allocator",
    deadline=None,
    max_examples=200,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
settings.load_profile("allocator")


@pytest.fixture(scope="session", autouse=True)
def nothing_left() -> Iterator[None]:
    """No process that tests have started outlives them; this is set up first and ends last."""
    yield
    if found := processes.left():
        said = [processes.shown(process) for process in found]
        processes.ended(found)
        pytest.fail("left running: " + "; ".join(said))


@pytest.fixture(scope="module")
def server() -> Iterator[real.Server]:
    """The app with the scenarios that are shipped."""
    with real.serving() as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A headless Chromium; without one the test is skipped, or fails where ALLOCATOR_REQUIRE_BROWSER is 1."""
    try:
        with real.chromium() as chromium:
            yield chromium
    except real.Absent as absent:
        if os.environ.get("ALLOCATOR_REQUIRE_BROWSER") == "1":
            pytest.fail(str(absent))
        pytest.skip(str(absent))


@pytest.fixture
def visit(browser: Any, server: real.Server) -> Iterator[Any]:
    """Starts visits; each is closed at the end."""
    visits: list[real.Visit] = []

    def start(**how: Any) -> real.Visit:
        visits.append(real.Visit(browser, server, **how))
        return visits[-1]

    yield start
    for each in visits:
        each.context.close()
