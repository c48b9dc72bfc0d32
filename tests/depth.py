"""How many random cases tests try: few in every run, very many in a deep one (`make deep`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pytest

Test = TypeVar("Test", bound=Callable[..., Any])
chosen = False  # whether this run is a deep one; set before any test is read


def cases(few: int, many: int | None = None) -> int:
    """So many in this run; in a deep one forty times as many unless it is said how many."""
    return (40 * few if many is None else many) if chosen else few


def deeper(test: Test) -> Test:
    """A test that a deep run repeats, with its many cases."""
    return pytest.mark.deep(test) if chosen else test
