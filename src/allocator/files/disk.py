"""Reliable writing of files: synced to disk, and whole or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from allocator.core.errors import Problem, ScenarioError

OPEN = 0o666  # less the system's umask
PRIVATE = 0o600  # for the user only
_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_CANNOT = {errno.EINVAL, errno.ENOSYS, errno.EBADF, getattr(errno, "ENOTSUP", errno.ENOSYS)}


def full(error: BaseException) -> bool:
    """True if an error says that the disk is full or the quota is used up."""
    return isinstance(error, OSError) and error.errno in _FULL


def unwritten(error: BaseException, place: Path | str) -> ScenarioError:
    """The ScenarioError for a failed write to this place: the disk is full, or it cannot be written."""
    return ScenarioError(Problem("disk_full" if full(error) else "unwritable", {}, str(place)))


def write(path: Path, content: bytes, mode: int = OPEN, *, new: bool = False, sync: bool = True) -> None:
    """Writes a file and syncs it to disk; one that could not be written whole is removed.

    With ``new`` raises FileExistsError where there is one.  Without ``sync`` the system decides when to sync.
    """
    flags = os.O_WRONLY | os.O_CREAT | (os.O_EXCL if new else os.O_TRUNC) | getattr(os, "O_BINARY", 0)
    file = os.open(path, flags, mode)
    try:
        try:
            left = memoryview(content)
            while left:
                left = left[os.write(file, left) :]
            if sync:
                _settle(file)
        finally:
            os.close(file)
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise


def settle(folder: Path) -> None:
    """Syncs the names in a folder to disk, where the system supports that."""
    if os.name == "nt":
        return
    try:
        file = os.open(folder, os.O_RDONLY)
    except PermissionError:  # it may be writable but not readable
        return
    try:
        _settle(file)
    finally:
        os.close(file)


def _settle(file: int) -> None:
    try:
        os.fsync(file)
    except OSError as error:
        if error.errno not in _CANNOT:
            raise


def put_all(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Writes files into a folder, all or none; the last one named is moved into place last.

    Names may include subfolders, which are made.  Raises the system's error, and then everything is restored.
    """
    made: list[Path] = []  # folders
    parts: dict[Path, Path] = {}
    before: dict[Path, Path | None] = {}
    done: list[Path] = []
    try:
        for name, content in contents.items():
            path = folder / name
            make(path.parent, made)
            parts[path] = path.with_name(f".{path.name}.part")
            write(parts[path], content)
        for path in parts:
            before[path] = _aside(path)
        for path, part in parts.items():
            done.append(path)
            part.replace(path)
        for parent in {path.parent: None for path in parts} | {path.parent: None for path in made}:
            settle(parent)
    except BaseException:
        for path in reversed(done):
            with suppress(OSError):
                old = before[path]
                if old is not None:
                    old.replace(path)
                elif not parts[path].exists():  # it was moved into place
                    path.unlink()
        for part in parts.values():
            with suppress(OSError):
                part.unlink(missing_ok=True)
        _forget(before)
        with suppress(OSError):
            for path in reversed(made):
                path.rmdir()
        raise
    _forget(before)


def make(folder: Path, made: list[Path]) -> None:
    """Makes a folder and its parents, and adds each one that is new to a list."""
    if not folder.is_dir():
        make(folder.parent, made)
        folder.mkdir()
        made.append(folder)


def _aside(path: Path) -> Path | None:
    """A backup of a file under another name, as a link or a copy; None where there is no file."""
    if not path.exists():
        return None
    old = path.with_name(f".{path.name}.old")
    with suppress(OSError):
        old.unlink(missing_ok=True)
    try:
        os.link(path, old)
    except OSError:  # a file system without links
        write(old, path.read_bytes())
    return old


def _forget(before: Mapping[Path, Path | None]) -> None:
    for old in before.values():
        if old is not None:
            with suppress(OSError):
                old.unlink(missing_ok=True)
