"""Data that scenarios share, made once for all whose files say the same."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from allocator.files.parsing import read_bytes

T = TypeVar("T")


class Once:
    """Remembers what was made of the content of files, wherever they lie; what is wrong is said every time.

    Scenarios that are compared mostly differ in their rule alone, and of a whole country reading takes long.
    """

    def __init__(self) -> None:
        self._made: dict[Hashable, Any] = {}

    def __call__(self, make: Callable[[], T], what: str, files: Iterable[Path], *details: Hashable) -> T:
        """The result of ``make``, which depends on the content of ``files`` and on ``details`` alone."""
        key = what, *(hashlib.sha256(read_bytes(file)).digest() for file in files), *details
        if key not in self._made:
            self._made[key] = make()
        made: T = self._made[key]
        return made
