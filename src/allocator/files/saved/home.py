"""The user's own folder: its place, the names allowed in it, and writing whole folders into it."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Never

import pathvalidate
import platformdirs

from allocator.core.errors import Problem, ScenarioError
from allocator.files import disk
from allocator.files.saved.alike import alike, joins, unseen

LONGEST_NAME = 60
LONGEST_NAME_BYTES = 200  # most file systems take 255, and what is discarded gets a time added to its name
_PRIVATE = 0o700
_FOLDERS = ("scenarios", "readings", "drafts", "trash")
_FILES = ("running",)  # where the page answers, as long as it runs
_ABANDONED = 3600  # seconds after which something half-made counts as abandoned


def home() -> Path:
    """The user's own folder: ALLOCATOR_HOME, else where the system keeps a program's data.

    Nothing is created until something is saved.
    """
    named = os.environ.get("ALLOCATOR_HOME")
    return Path(named).absolute() if named else platformdirs.user_data_path("allocator", appauthor=False)


def scenarios() -> Path:
    """The folder of the scenarios that are kept, with one folder each."""
    return home() / "scenarios"


def refuse(key: str, file: Path | str = "", **details: object) -> Never:
    """Raises the ScenarioError with this sentence."""
    raise ScenarioError(Problem(key, details, str(file)))


# --- names ----------------------------------------------------------------------------------------


def check_name(name: str) -> str:
    """The name as it is kept (Unicode NFC); raises ScenarioError if it is not allowed for a folder.

    >>> check_name("方案 2 🎉")
    '方案 2 🎉'
    """
    name = unicodedata.normalize("NFC", name[:1000])
    if not name.strip():
        refuse("kept_name_empty")
    if len(name) > LONGEST_NAME or len(name.encode(errors="replace")) > LONGEST_NAME_BYTES:
        refuse("kept_name_long", longest=LONGEST_NAME, bytes=LONGEST_NAME_BYTES)
    if not visible(name):
        refuse("kept_name_hidden", name=name, unseen=unseen(name))
    if name[0] in ".=+-@＝＋－＠":
        refuse("kept_name_start", name=name)
    if name[0] == " " or name[-1] in " .":
        refuse("kept_name_end", name=name)
    try:
        pathvalidate.validate_filename(name, platform="universal")
    except pathvalidate.ValidationError as error:
        reserved = error.reason == pathvalidate.ErrorReason.RESERVED_NAME
        refuse("kept_name_reserved" if reserved else "kept_name_character", name=name)
    return name


def visible(text: str) -> bool:
    """True if a text has no control characters, marks of direction or other unprintable characters.

    >>> visible("a\\u202eb"), visible("👩\\u200d🌾")
    (False, True)
    """
    return all(c.isprintable() or joins(text, at) for at, c in enumerate(text))


def same(name: str) -> str:
    """The form of a name that is equal for names that a person, or a file system, would take for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def folders() -> list[Path]:
    """The folders of the scenarios that are kept; links and folders that are something else are left out.

    Raises ScenarioError where they cannot be listed.
    """
    try:
        found = list(scenarios().iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError:
        refuse("file_unreadable", scenarios())
    return [p for p in found if _holds_scenario(p) and _is_name(p.name)]


def _is_name(name: str) -> bool:
    try:
        return bool(check_name(name))
    except ScenarioError:
        return False


def _holds_scenario(folder: Path) -> bool:
    file = folder / "scenario.toml"
    try:
        return (file.is_file() or (folder / "states").is_dir()) and not is_link(folder) and not is_link(file)
    except OSError:  # a folder that may not be read
        return False


def folder_of(name: str) -> Path:
    """The folder of the scenario of this name, whatever its capitals; raises ScenarioError where none is."""
    name = check_name(name)
    if _holds_scenario(scenarios() / name):
        return scenarios() / name
    for folder in folders():
        if same(folder.name) == same(name):
            return folder
    refuse("kept_unknown", name=name)


def free_name(name: str, own: Path | None = None) -> Path:
    """The folder that a scenario of this name would have; raises ScenarioError where the name is taken."""
    name = check_name(name)
    try:
        taken = [p.name for p in scenarios().iterdir() if p != own]
    except OSError:  # not there yet; or unreadable, which shows when writing
        taken = []
    for other in taken:
        if same(other) == same(name):
            refuse("kept_name_taken", name=name)
    return scenarios() / name


def new_name(name: str, own: Path | None = None) -> Path:
    """The folder for a scenario of this new name; raises ScenarioError also where the name deceives.

    Scenarios saved earlier under a name that would be refused today can still be opened.
    """
    target = free_name(name, own)
    hidden = unseen(target.name)
    if hidden:
        refuse("kept_name_hidden", name=target.name, unseen=hidden)
    device = target.name.partition(".")[0].rstrip(" ")  # Windows ignores the rest
    try:
        pathvalidate.validate_filename(device, platform="universal")
        reserved = device.upper() in ("CONIN$", "CONOUT$")
    except pathvalidate.ValidationError:
        reserved = True
    if reserved:
        refuse("kept_name_reserved", name=target.name)
    for folder in folders():
        if folder != own and alike(folder.name, target.name):
            refuse("kept_name_alike", name=target.name, other=folder.name)
    return target


def is_link(path: Path) -> bool:
    """True if a path is a symbolic link, or on Windows a junction."""
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    junction: int = getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", -1)
    return stat.S_ISLNK(found.st_mode) or getattr(found, "st_reparse_tag", 0) == junction


# --- putting --------------------------------------------------------------------------------------


@contextmanager
def writing_into(folder: Path) -> Iterator[None]:
    """Turns an OSError raised within into a ScenarioError about this folder."""
    try:
        yield
    except OSError as error:
        refuse("kept_full" if disk.full(error) else "kept_unwritable", folder)


def ready(folder: Path) -> None:
    """Makes a folder in the user's own folder, if it is not there, with access for the user only.

    Folders that an earlier version left open to others are closed, as far as the system allows it.
    """
    if not home().is_dir():
        home().parent.mkdir(parents=True, exist_ok=True)
        home().mkdir(_PRIVATE, exist_ok=True)
        disk.settle(home().parent)
    if not folder.is_dir():
        folder.mkdir(_PRIVATE, exist_ok=True)
        disk.settle(home())
    if os.name != "nt":
        with suppress(OSError):
            _close()


def _close() -> None:
    """Closes the program's own folders to others; those of other programs are left as they are."""
    inside = set(home().iterdir())
    ours = {home() / name for name in (*_FOLDERS, *_FILES)}
    for folder in sorted(inside & ours):
        if _open_to_others(folder):
            for path in folder.rglob("*"):
                _close_one(path)
            _close_one(folder)  # last: if this is interrupted, the next time starts again
    if inside <= ours:
        _close_one(home())


def _open_to_others(path: Path) -> bool:
    return not is_link(path) and bool(path.stat().st_mode & 0o077)


def _close_one(path: Path) -> None:
    with suppress(OSError):  # somebody else's, or gone
        if _open_to_others(path):
            path.chmod(path.stat().st_mode & _PRIVATE)


def put_folder(
    target: Path,
    files: Mapping[str, bytes],
    check: Callable[[Path], None] = lambda _: None,
    *,
    sync: bool = True,
) -> None:
    """Makes a folder with these files, whole or not at all, if ``check`` raises nothing for it.

    With ``sync`` it is on the disk before this returns.  Raises FileExistsError where the name is taken by
    then, and any other error of the system.
    """
    part = target.parent / f".{secrets.token_hex(8)}"
    try:
        part.mkdir(_PRIVATE)
        inside = {part: None}
        for name, content in files.items():
            path = part / name
            for parent in reversed(path.relative_to(part).parents[:-1]):
                (part / parent).mkdir(_PRIVATE, exist_ok=True)
                inside[part / parent] = None
            disk.write(path, content, disk.PRIVATE, sync=sync)
        check(part)
        for folder in inside if sync else ():
            disk.settle(folder)
        try:
            part.rename(target)
        except OSError:
            if os.path.lexists(target):
                raise FileExistsError(errno.EEXIST, "", str(target)) from None
            raise
        if sync:
            _settle_or_undo(target, part)
    finally:
        remove(part)


def move(folder: Path, target: Path) -> None:
    """Renames or moves a folder; raises the system's error, and then the folder is where it was."""
    folder.rename(target)
    _settle_or_undo(target, folder)


def _settle_or_undo(target: Path, before: Path) -> None:
    """Syncs a renaming to disk, and undoes it where that fails."""
    try:
        for parent in {target.parent, before.parent}:
            disk.settle(parent)
    except BaseException:
        target.rename(before)
        raise


def remove(path: Path) -> None:
    """Removes a folder, or a link or file in its place, as far as the system allows it."""
    try:
        if path.is_symlink() or path.is_file():
            path.unlink()
        else:
            shutil.rmtree(path, ignore_errors=True)
    except OSError:
        pass


def remove_abandoned(folder: Path) -> None:
    """Removes half-made folders that were left in a folder when the program or the machine stopped."""
    try:
        for path in folder.glob("." + "[0-9a-f]" * 16):
            if path.lstat().st_mtime < time.time() - _ABANDONED:
                remove(path)
    except OSError:
        pass
