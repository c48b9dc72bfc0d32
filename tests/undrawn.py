"""Packs whose charts are made and not drawn, which takes longest: for tests that look at no picture."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from allocator.report.charts.render import Drawn
from allocator.report.papers import pack


def leave_undrawn(patch: pytest.MonkeyPatch) -> None:
    """Every chart of a pack is given as empty files from now on."""

    @contextmanager
    def undrawn(specs: Any) -> Iterator[Any]:
        count = len(list(specs))
        yield lambda progress: [Drawn(b"", b"")] * count

    patch.setattr(pack, "drawing", undrawn)
