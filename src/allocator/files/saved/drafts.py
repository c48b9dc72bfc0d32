"""Drafts: scenarios that are being worked on, kept so that an address can name them.

A draft's token is a hash of all its files: the same content has the same token, and a draft that was changed
on disk is no longer found by its token.  Work on several scenarios is kept in the same way.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from allocator.core.errors import ScenarioError
from allocator.core.model import Scenario
from allocator.files.load import load_scenario
from allocator.files.parsing import read_bytes
from allocator.files.saved.home import (
    home,
    is_link,
    put_folder,
    ready,
    refuse,
    remove,
    remove_abandoned,
    writing_into,
)
from allocator.files.scenario.save import contents

MOST_DRAFTS = 1000
_TOKEN = re.compile("[0-9a-f]{32}")
_WORK = "work.json"
Work = dict[str, dict[str, str]]  # by scenario: the settings that an address would hold for it


def put_draft(scenario: Scenario) -> str:
    """Keeps a draft and returns its token; the oldest beyond ``MOST_DRAFTS`` are removed.

    Raises ScenarioError where the scenario or the folder cannot be written.
    """
    return _put(contents(scenario))


def get_draft(token: str) -> Scenario:
    """The draft with this token; raises ScenarioError if it is not there, or no longer."""
    return load_scenario(_found(token) / "scenario.toml")


def put_work(work: Work) -> str:
    """Keeps work and returns its token; renews the drafts that it names.

    Raises ScenarioError where the folder cannot be written.
    """
    for draft in {said.get("draft", "") for said in work.values()}:
        if _TOKEN.fullmatch(draft):  # it may come from an address
            _renew(home() / "drafts" / draft)
    return _put({_WORK: json.dumps(work, sort_keys=True, indent=1).encode()})


def get_work(token: str) -> Work:
    """The work with this token; raises ScenarioError if it is not there, or no longer."""
    try:
        work = json.loads(read_bytes(_found(token) / _WORK))
        return {str(of): {str(k): str(v) for k, v in said.items()} for of, said in work.items()}
    except (ValueError, AttributeError, RecursionError):  # never written by us
        refuse("kept_draft_unknown", most=MOST_DRAFTS)


def _put(files: Mapping[str, bytes]) -> str:
    token = _token(files)
    folder = home() / "drafts"
    with writing_into(folder):
        if _whole(folder / token):
            _renew(folder / token)
            return token
        ready(folder)
        remove(folder / token)  # damaged
        with suppress(FileExistsError):  # another window is keeping the same
            put_folder(folder / token, files, sync=False)  # if a stop damages it, its token shows that
        _renew(folder / token)
        _prune(folder)
    return token


def _renew(folder: Path) -> None:
    """Marks a draft as kept just now, if it is there and the system allows it."""
    with suppress(OSError):
        now = time.time_ns()  # the system's own stamps are some milliseconds apart, and may be equal
        os.utime(folder, ns=(now, now), follow_symlinks=False)


def _found(token: str) -> Path:
    folder = home() / "drafts" / token
    if not _TOKEN.fullmatch(token) or not _whole(folder):
        refuse("kept_draft_unknown", most=MOST_DRAFTS)
    return folder


def _token(files: Mapping[str, bytes]) -> str:
    each = [[name, hashlib.sha256(content).hexdigest()] for name, content in sorted(files.items())]
    return hashlib.sha256(json.dumps(each).encode()).hexdigest()[:32]


def _whole(folder: Path) -> bool:
    """True if a draft is there and its files match its token."""
    try:
        if is_link(folder):
            return False
        files = [p for p in folder.iterdir() if p.suffix in (".csv", ".json", ".toml") and not is_link(p)]
        return _token({p.name: read_bytes(p) for p in files}) == folder.name
    except (OSError, ScenarioError):
        return False


def _prune(folder: Path) -> None:
    """Removes the drafts beyond ``MOST_DRAFTS`` that were kept longest ago, and abandoned half-made ones."""
    remove_abandoned(folder)
    with suppress(OSError):  # another window is pruning
        drafts = [p for p in folder.iterdir() if _TOKEN.fullmatch(p.name)]
        drafts.sort(key=lambda p: p.lstat().st_mtime_ns, reverse=True)
        for path in drafts[MOST_DRAFTS:]:
            remove(path)
