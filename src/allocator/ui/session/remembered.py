"""Results that are kept for scenarios, and shown again for exactly the same ones only.

A digest covers what decides the figures, but not names, sources or what is assumed.  So the key is the
scenario itself, and the order of its weights, which may differ between equal ones.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

from allocator.core.model import Scenario

P = ParamSpec("P")
T = TypeVar("T")


def shown(scenario: Scenario) -> Hashable:
    """All that a scenario shows, as a key."""
    return scenario, tuple(scenario.weights)


def remembering(most: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """A decorator that keeps the last results of a function, ``most`` of them, by all its arguments."""

    def of(work: Callable[P, T]) -> Callable[P, T]:
        @lru_cache(maxsize=most)
        def known(orders: Hashable, *args: P.args, **kwargs: P.kwargs) -> T:
            return work(*args, **kwargs)

        @wraps(work)
        def asked(*args: P.args, **kwargs: P.kwargs) -> T:
            scenarios = (one for one in (*args, *kwargs.values()) if isinstance(one, Scenario))
            orders = tuple(tuple(one.weights) for one in scenarios)
            return known(orders, *args, **kwargs)  # type: ignore[arg-type]

        return asked

    return of
