"""Readings that the user has added: one file each in the user's own folder, by fund."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from allocator.core.errors import ScenarioError
from allocator.files import disk
from allocator.files.parsing import read_bytes
from allocator.files.saved.home import home, is_link, ready, refuse, writing_into

MOST = 50  # of one fund
LARGEST_KB = 200


def own_readings(fund: str) -> dict[str, bytes]:
    """The files of a fund's added readings by name, in the order in which they were added."""
    found = []
    for path in _files(fund):
        with suppress(OSError, ScenarioError):
            if not is_link(path):
                found.append((path.stat().st_mtime_ns, path.name, read_bytes(path)))
    return {name: content for _, name, content in sorted(found)}


def add_reading(fund: str, content: bytes) -> str:
    """Keeps a reading's file and returns its name; the same content is kept once.

    Raises ScenarioError where there are too many, where it is too large, or where nothing can be written.
    """
    check_size(content)
    path = _folder(fund) / f"{_hash(content)}.toml"
    if path.exists():
        return path.name
    if len(_files(fund)) >= MOST:
        refuse("own_reading_many", most=MOST)
    with writing_into(path.parent):
        new = not path.parent.exists()
        ready(path.parent.parent)
        path.parent.mkdir(0o700, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}.part")
        try:
            disk.write(part, content, disk.PRIVATE)
            if new:
                disk.settle(path.parent.parent)
            part.replace(path)
            try:
                disk.settle(path.parent)
            except OSError:
                path.unlink(missing_ok=True)
                raise
        except BaseException:
            part.unlink(missing_ok=True)
            if new:
                with suppress(OSError):
                    path.parent.rmdir()
            raise
    return path.name


def check_size(content: bytes) -> None:
    """Raises ScenarioError for a file that is too large to be read at all."""
    if len(content) > LARGEST_KB * 1024:
        refuse("own_reading_large", most=LARGEST_KB)


def drop_reading(fund: str, name: str) -> None:
    """Removes an added reading, if it is still there."""
    for path in _files(fund):
        if path.name == name:
            with writing_into(path.parent):
                path.unlink(missing_ok=True)


def _files(fund: str) -> list[Path]:
    with suppress(OSError):
        return [path for path in _folder(fund).iterdir() if path.suffix == ".toml"]
    return []


def _folder(fund: str) -> Path:
    return home() / "readings" / _hash(fund.encode())


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
