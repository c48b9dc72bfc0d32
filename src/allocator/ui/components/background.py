"""Work that takes long, in a thread beside the page: how far it is, calling it off, and what it gave.

A page that worked by itself could not hear that somebody wants it to stop, and would stand still meanwhile.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

import streamlit as st

from allocator.ui.components import inside

T = TypeVar("T")
Progress = Callable[[float], None]
MOST_KEPT = 40  # results, of which large ones take some megabytes


class CalledOff(BaseException):
    """Nobody waits for the work any more."""


class Work(Generic[T]):
    """One piece of work in a thread of its own, which ends when it is called off or nobody is there."""

    def __init__(self, key: Hashable, work: Callable[[Progress], T], watched: Callable[[], bool]) -> None:
        self.key, self.part = key, 0.0
        self._work, self._watched = work, watched
        self.off = False
        self.error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="beside", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            made = self._work(self._advance)
        except CalledOff:
            return
        except Exception as error:  # for the page to raise
            self.error = error
            return
        results, lock = _results()
        with lock:
            results[self.key] = made
            while len(results) > MOST_KEPT:
                del results[next(iter(results))]

    def _advance(self, part: float) -> None:
        self.part = part
        if self.off or not self._watched():
            raise CalledOff

    def running(self, seconds: float = 0) -> bool:
        """Whether it still runs after so many seconds; raises once what went wrong, if anything did."""
        self._thread.join(seconds)
        if self.error is not None:
            error, self.error = self.error, None
            raise error
        return self._thread.is_alive()

    def call_off(self) -> None:
        """Ends it at the next word of how far it is."""
        self.off = True


def result(key: Hashable) -> Any:
    """What was worked out under this key, by whomever; None where nothing was."""
    return _results()[0].get(key)


def begun(key: Hashable, work: Callable[[Progress], T]) -> Work[T]:
    """The work under this key, which begins now; it ends when the visit does."""
    st.session_state.beside = Work(key, work, inside.visit_watched())
    made: Work[T] = st.session_state.beside
    return made


def under_way(key: Hashable) -> Work[Any] | None:
    """The work under this key, if it runs for this visit; any other is called off."""
    before: Work[Any] | None = st.session_state.get("beside")
    if before is None or before.off or not before.running():
        return None
    if before.key == key:
        return before
    before.call_off()
    return None


@st.cache_resource(show_spinner=False)
def _results() -> tuple[dict[Hashable, Any], threading.Lock]:
    """What was worked out so far, for everybody."""
    return {}, threading.Lock()
