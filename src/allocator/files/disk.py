"""Writing that can be relied on: it is on the disk before it counts, and whole or not there at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from allocator.core.errors import Problem, ScenarioError

OPEN = 0o666  # what the system's own mask makes of it
PRIVATE = 0o600  # for nobody else
_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_CANNOT = {errno.EINVAL, errno.ENOSYS, errno.EBADF, getattr(errno, "ENOTSUP", errno.ENOSYS)}


def full(error: BaseException) -> bool:
    """Whether the system refused something since there is no room."""
    return isinstance(error, OSError) and error.errno in _FULL


def unwritten(error: BaseException, place: Path | str) -> ScenarioError:
    """The sentence for what could not be written there."""
    return ScenarioError(Problem("disk_full" if full(error) else "unwritable", {}, str(place)))


def write(path: Path, content: bytes, mode: int = OPEN, *, new: bool = False, sync: bool = True) -> None:
    """Writes a file, and returns once it is on the disk; one that could not be written whole is removed.

    With ``new`` raises FileExistsError where there is one.  ``sync`` False leaves it to the system when.
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
    """Returns once the names in a folder are on the disk, where the system has such a thing."""
    if os.name == "nt":
        return
    try:
        file = os.open(folder, os.O_RDONLY)
    except PermissionError:  # it may be written to, and not looked into
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
    """Writes files into a folder, all or none; the last one named is put in its place last.

    Names may lead into folders of the folder, which are made.  Raises what the system says; then everything
    is as it was.
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
                elif not parts[path].exists():  # it was put in its place
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
    """Makes a folder and those that it stands in, and adds each that was not there to a list."""
    if not folder.is_dir():
        make(folder.parent, made)
        folder.mkdir()
        made.append(folder)


def _aside(path: Path) -> Path | None:
    """A second name for what a file is now; None where there is none."""
    if not path.exists():
        return None
    old = path.with_name(f".{path.name}.old")
    with suppress(OSError):
        old.unlink(missing_ok=True)
    try:
        os.link(path, old)
    except OSError:  # a file system without such a thing
        write(old, path.read_bytes())
    return old


def _forget(before: Mapping[Path, Path | None]) -> None:
    for old in before.values():
        if old is not None:
            with suppress(OSError):
                old.unlink(missing_ok=True)
