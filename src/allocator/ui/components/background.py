"""Long work in a thread beside the page, with its progress, cancellation and result.

A page that did the work itself would freeze meanwhile and could not be told to stop.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

import streamlit as st

from allocator.ui.components import inside, markup

T = TypeVar("T")
Progress = Callable[[float], None]
PATIENCE = 1.5  # seconds after which a page shows how far it is instead of waiting
EVERY = 0.5  # seconds between two looks at how far it is
MOST_KEPT = 40  # results, of which large ones take some megabytes


class CalledOff(BaseException):
    """Raised within the work once it is called off or its visit has ended."""


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
        """True if it still runs after so many seconds; raises the error of the work, once, if it failed."""
        self._thread.join(seconds)
        if self.error is not None:
            error, self.error = self.error, None
            raise error
        return self._thread.is_alive()

    def call_off(self) -> None:
        """Ends it at its next report of progress."""
        self.off = True


def result(key: Hashable) -> Any:
    """The result kept under this key, from any visit; None where there is none."""
    return _results()[0].get(key)


def begun(key: Hashable, work: Callable[[Progress], T]) -> Work[T]:
    """Starts the work under this key, and returns it; it ends when the visit does."""
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


def render_progress(
    work: Work[Any], said: Callable[[int], str], cancel: str, key: str, then: Callable[[], object] = bool
) -> None:
    """Shows how far the work is, and a button to call it off; refreshes by itself.

    ``said`` gives the text for so many percent, ``cancel`` is the button's; ``then`` is done once it is
    pressed.
    """
    st.fragment(_render_progress, run_every=EVERY)(work, said, cancel, key, then)


def awaited(
    key: Hashable,
    work: Callable[[Progress], T],
    said: Callable[[int], str],
    cancel: str,
    name: str,
    then: Callable[[], object] = bool,
) -> T | None:
    """The result under this key, begun where it is not there yet; None, with a bar, while that takes long.

    ``said``, ``cancel`` and ``then`` are those of `render_progress`, ``name`` its button's key.
    """
    if result(key) is None:
        beside = under_way(key) or begun(key, work)
        if beside.running(PATIENCE):
            render_progress(beside, said, cancel, name, then)
            return None
    found: T | None = result(key)
    return found


def render_asked(about: str, label: str, key: str) -> bool:
    """Draws the button for work that takes long, with what it is about; True once it was pressed."""
    place = st.empty()
    with place.container():
        st.html(markup.block("hint", about))
        pressed = st.button(label, key=key, type="primary")
    if pressed:
        place.empty()
    return pressed


def _render_progress(
    work: Work[Any], said: Callable[[int], str], cancel: str, key: str, then: Callable[[], object]
) -> None:
    if not work.running():
        st.rerun()
    st.progress(min(work.part, 1.0), text=said(int(work.part * 100)))
    if st.button(cancel, key=key):
        work.call_off()
        then()
        st.rerun()


@st.cache_resource(show_spinner=False)
def _results() -> tuple[dict[Hashable, Any], threading.Lock]:
    """The results so far, kept for all visits, and their lock."""
    return {}, threading.Lock()
