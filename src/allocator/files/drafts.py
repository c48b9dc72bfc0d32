"""Drafts: scenarios that are being worked on, kept so that an address can name them.

A draft's token is a hash of all its files: what has the same content has the same token, and a draft that
was changed on disk no longer answers to its token.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from allocator.errors import ScenarioError
from allocator.files.home import home, is_link, put_folder, refuse, remove, sweep, told
from allocator.files.reading import read_bytes
from allocator.files.scenario import load_scenario
from allocator.files.writing import contents
from allocator.model import Scenario

MOST_DRAFTS = 300
_TOKEN = re.compile("[0-9a-f]{32}")


def put_draft(scenario: Scenario) -> str:
    """Keeps a draft and returns its token; of very many the oldest go.

    Raises ScenarioError where the scenario or the folder cannot be written.
    """
    files = contents(scenario)
    token = _token(files)
    folder = home() / "drafts"
    with told(folder):
        if _whole(folder / token):
            os.utime(folder / token)
            return token
        folder.mkdir(parents=True, exist_ok=True)
        remove(folder / token)  # damaged
        with suppress(FileExistsError):  # another window keeps the same just now
            put_folder(folder / token, files)
        _prune(folder)
    return token


def get_draft(token: str) -> Scenario:
    """The draft with this token; raises ScenarioError where there is none, or none any more."""
    folder = home() / "drafts" / token
    if not _TOKEN.fullmatch(token) or not _whole(folder):
        refuse("kept_draft_unknown", most=MOST_DRAFTS)
    return load_scenario(folder / "scenario.toml")


def _token(files: Mapping[str, bytes]) -> str:
    each = [[name, hashlib.sha256(content).hexdigest()] for name, content in sorted(files.items())]
    return hashlib.sha256(json.dumps(each).encode()).hexdigest()[:32]


def _whole(folder: Path) -> bool:
    """Whether a draft is there and its files are those that its token stands for."""
    try:
        if is_link(folder):
            return False
        files = [p for p in folder.iterdir() if p.suffix in (".csv", ".toml") and not is_link(p)]
        return _token({p.name: read_bytes(p) for p in files}) == folder.name
    except (OSError, ScenarioError):
        return False


def _prune(folder: Path) -> None:
    """Removes the drafts that were not kept again for longest, and what was left half-made."""
    sweep(folder)
    with suppress(OSError):  # another window prunes just now
        drafts = [p for p in folder.iterdir() if _TOKEN.fullmatch(p.name)]
        drafts.sort(key=lambda p: p.lstat().st_mtime_ns, reverse=True)
        for path in drafts[MOST_DRAFTS:]:
            remove(path)
