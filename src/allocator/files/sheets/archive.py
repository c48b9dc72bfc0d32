"""The parts of a zip archive, such as a workbook; one that is too large is refused before unpacking."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from allocator.files.parsing import wrong

MOST_PARTS = 1_000
LARGEST_UNPACKED_MB = 60

_ENTRY = b"PK\x01\x02"  # precedes each entry of an archive's list
_HEADER = 30  # bytes before the name of a part, at the least
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    RuntimeError,
    OSError,
    ValueError,
    OverflowError,
)


@dataclass(frozen=True)
class Archive:
    """An archive of a file, and its XML parts by lower-case name, since archives ignore case."""

    file: str
    source: zipfile.ZipFile
    parts: Mapping[str, zipfile.ZipInfo]


def opened(file: str, content: bytes) -> Archive:
    """The archive in a file.  Raises ScenarioError where it is damaged, locked, or larger than the limits."""
    if content.count(_ENTRY) > 20 * MOST_PARTS:  # its list alone would take much memory
        wrong(file, "upload_bomb", limit=LARGEST_UNPACKED_MB, parts=MOST_PARTS)
    try:
        source = zipfile.ZipFile(io.BytesIO(content))
    except _DAMAGE:
        wrong(file, "upload_broken")
    entries = source.infolist()
    if len(entries) > MOST_PARTS:
        wrong(file, "upload_bomb", limit=LARGEST_UNPACKED_MB, parts=MOST_PARTS)
    if any(entry.flag_bits & 1 for entry in entries):
        wrong(file, "upload_old")
    parts: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        name = entry.filename.replace("\\", "/").lower()
        if name.endswith((".xml", ".rels")):
            if name in parts or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                wrong(file, "upload_broken")
            parts[name] = entry
    if sum(entry.file_size for entry in parts.values()) > LARGEST_UNPACKED_MB * 2**20:
        wrong(file, "upload_bomb", limit=LARGEST_UNPACKED_MB, parts=MOST_PARTS)
    if _overlap(entries):
        wrong(file, "upload_broken")
    return Archive(file, source, parts)


def unpacked(archive: Archive, name: str) -> bytes:
    """The content of a part, empty where there is none.  Raises ScenarioError where it is not as listed."""
    entry = archive.parts.get(name.lower())
    if entry is None:
        return b""
    try:
        with archive.source.open(entry) as part:
            xml = part.read(entry.file_size + 1)
    except _DAMAGE:
        wrong(archive.file, "upload_broken")
    if len(xml) != entry.file_size:
        wrong(archive.file, "upload_broken")
    return xml


def _overlap(entries: Iterable[zipfile.ZipInfo]) -> bool:
    """True if parts share bytes, as in archives that unpack to far more than they seem to."""
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            return True
        end = entry.header_offset + _HEADER + len(entry.filename) + entry.compress_size
    return False
