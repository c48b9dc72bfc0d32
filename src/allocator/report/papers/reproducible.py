"""Office files without a clock in them: the same content gives the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from datetime import date

WHEN = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip file can hold
_CLOCK = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")


def zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    """A zip archive of files by name, in the order given."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in files:
            entry = zipfile.ZipInfo(name, WHEN)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return made.getvalue()


def timeless(content: bytes, on: date) -> bytes:
    """The office file with ``on`` as its only date, including the workbooks within it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return zipped((name, _steady(name, archive.read(name), on)) for name in archive.namelist())


def _steady(name: str, content: bytes, on: date) -> bytes:
    if name.endswith(".xlsx"):
        return timeless(content, on)
    if name == "docProps/core.xml":
        return _CLOCK.sub(rb"\g<1>%sT00:00:00Z\2" % on.isoformat().encode(), content)
    return content
