"""The one page of a user that runs here: a lock in the user's own folder, and a note of where it answers."""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from allocator.core.errors import ScenarioError
from allocator.files.saved import home

_LONGEST = 10_000  # bytes of a note
_LOCKED_AT = 1 << 20  # the byte that is locked: far behind the note, which Windows would else let nobody read


@dataclass(frozen=True)
class Note:
    """A running page: its address, the folder of scenarios that it was given, and its version and machine."""

    address: str
    scenarios: str
    version: str
    machine: str

    @staticmethod
    def here(address: str, scenarios: str | None) -> Note:
        """The note of a page of this version on this machine."""
        folder = str(Path(scenarios).resolve()) if scenarios else ""
        return Note(address, folder, _version(), socket.gethostname())

    def serves(self, other: Note) -> bool:
        """True if whoever wants the other page is served by this one."""
        return (self.scenarios, self.version, self.machine) == (other.scenarios, other.version, other.machine)


class Claim:
    """The lock, as long as it is held; the system frees it when the process ends, however it ends."""

    def __init__(self, file: int) -> None:
        self._file = file

    def write(self, note: Note | None) -> None:
        """Writes down where the page answers; None while it does not yet. A disk without room is no error."""
        with suppress(OSError):
            os.ftruncate(self._file, 0)
            os.lseek(self._file, 0, os.SEEK_SET)
            if note is not None:
                os.write(self._file, json.dumps(asdict(note)).encode())


def place() -> Path:
    """The file with the lock and the note."""
    return home.home() / "running"


@contextmanager
def claimed() -> Iterator[Claim | None]:
    """The claim to be the one page that runs, or None where another one holds it or nobody can."""
    file = _opened()
    try:
        claim = Claim(file) if file is not None and _locked(file) else None
        if claim is not None:
            claim.write(None)
        yield claim
        if claim is not None:
            claim.write(None)
    finally:
        if file is not None:
            os.close(file)


def held() -> bool:
    """True if another process holds the claim."""
    file = _opened()
    if file is None:
        return False
    try:
        return not _locked(file)
    finally:
        os.close(file)


def noted() -> Note | None:
    """The note of the page that runs, if there is one that can be read."""
    try:
        with place().open("rb") as file:
            found = json.loads(file.read(_LONGEST))
        return Note(**found) if all(isinstance(value, str) for value in found.values()) else None
    except (OSError, ValueError, TypeError, AttributeError):
        return None


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("allocator")
    except PackageNotFoundError:  # a checkout that is not installed
        return ""


def _opened() -> int | None:
    try:
        home.ready(home.home())
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
        return os.open(place(), flags, 0o600)
    except (OSError, ScenarioError):
        return None


def _locked(file: int) -> bool:
    try:
        _lock(file)
    except OSError:
        return False
    return True


if sys.platform == "win32":

    def _lock(file: int) -> None:
        import msvcrt

        os.lseek(file, _LOCKED_AT, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

else:

    def _lock(file: int) -> None:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def free_port(wanted: int, most: int = 20) -> int:
    """The wanted port of this machine, or the next one that is free, or any at all.

    >>> with socket.socket() as taken:
    ...     taken.bind(("127.0.0.1", 0))
    ...     taken.listen()
    ...     port = taken.getsockname()[1]
    ...     free_port(port) != port
    True
    """
    for port in range(wanted, min(wanted + most, 65536)):
        with socket.socket() as probe, suppress(OSError):
            option: Any = getattr(socket, "SO_EXCLUSIVEADDRUSE", socket.SO_REUSEADDR)
            probe.setsockopt(socket.SOL_SOCKET, option, 1)
            probe.bind(("127.0.0.1", port))
            probe.listen()
            return port
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
