"""Scenarios that people keep in their own folder, with the history of each.

``<home>/scenarios/<name>/scenario.toml`` is an ordinary scenario file, for `load_scenario` and the command
line too.  States are only ever added; what is discarded goes to a trash.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from allocator.analysis.differences import differences
from allocator.errors import ScenarioError
from allocator.files import history as states
from allocator.files.drafts import get_draft, put_draft
from allocator.files.history import State, sound
from allocator.files.home import (
    check_name,
    folder_of,
    folders,
    free_name,
    home,
    is_link,
    put_folder,
    refuse,
    same,
    scenarios,
    sweep,
    told,
)
from allocator.files.scenario import load_scenario
from allocator.model import Scenario

__all__ = [
    "State",
    "check_name",
    "discard",
    "duplicate",
    "get_draft",
    "history",
    "home",
    "keep",
    "kept",
    "load_state",
    "path_of",
    "put_draft",
    "rename",
    "sound",
    "undo_discard",
]


def kept() -> list[str]:
    """The names of the scenarios that are kept, in alphabetical order."""
    return sorted((check_name(folder.name) for folder in folders()), key=lambda name: (same(name), name))


def path_of(name: str) -> Path:
    """The scenario file of a kept scenario; raises ScenarioError where there is none of this name."""
    folder = folder_of(name)
    states.finish(folder)
    return folder / "scenario.toml"


def history(name: str) -> tuple[State, ...]:
    """The states of a kept scenario, the first one first; raises ScenarioError where it is not there."""
    folder = folder_of(name)
    states.finish(folder)
    return states.states_in(folder)


def load_state(name: str, number: int) -> Scenario:
    """The scenario as it was in one of its states; raises ScenarioError where that was changed since."""
    return states.load_from(folder_of(name), number)


def keep(
    name: str, scenario: Scenario, *, who: str, why: str = "", stage: str = "", after: int | None
) -> State:
    """Keeps a scenario as a new state and returns that; nothing that was kept before is lost.

    ``after`` is the number of the latest state that the person has seen, None for a new scenario.  Raises
    ScenarioError where the name cannot be or is taken, where somebody else has saved or changed
    scenario.toml since, or where the folder cannot be written.
    """
    if after is None:
        return _keep_new(name, scenario, who=who, why=why, stage=stage)
    folder = folder_of(name)
    states.finish(folder)
    pointed = states.pointed(folder / "scenario.toml")  # before the states: another window may save just now
    _refuse_unseen(folder, after)
    if pointed not in (0, after):
        refuse("kept_by_hand", folder / "scenario.toml", number=after)
    try:
        changes = differences(states.load_from(folder, after), scenario)
    except ScenarioError:  # what was kept last was damaged; all the more must this be kept
        changes = ()
    files = states.entry_of(after + 1, scenario, changes, who=who, why=why, stage=stage)
    with told(folder):
        try:
            states.add(folder, after + 1, files, scenario)
        except FileExistsError:
            _refuse_unseen(folder, after)
            raise
        except FileNotFoundError:
            folder_of(name)  # says so, where somebody has renamed or discarded it meanwhile
            raise
    sweep(folder / "states")
    return states.state_in(folder, after + 1)


def _refuse_unseen(folder: Path, after: int) -> None:
    """Refuses to go on from a state that is not the latest one."""
    found = states.states_in(folder)
    last = found[-1] if found else None
    if last is None:
        refuse("kept_by_hand", folder / "scenario.toml", number=after)
    if last.number != after:
        when = f"{last.when.astimezone():%Y-%m-%d %H:%M}" if last.when else "—"
        refuse("kept_newer", name=folder.name, number=last.number, who=last.who or "—", when=when)


def _keep_new(name: str, scenario: Scenario, *, who: str, why: str, stage: str) -> State:
    folder = free_name(name)
    files = states.entry_of(1, scenario, (), who=who, why=why, stage=stage)
    whole = {f"states/0001/{file}": content for file, content in files.items()}
    whole["scenario.toml"] = states.pointer(1)
    with told(scenarios()):
        scenarios().mkdir(parents=True, exist_ok=True)
        try:
            put_folder(folder, whole, lambda part: states.reads_back(part, scenario))
        except FileExistsError:
            free_name(name)
            raise
    states.protect(folder, 1)
    sweep(scenarios())
    return states.state_in(folder, 1)


def duplicate(name: str, new: str, *, who: str, why: str = "") -> State:
    """Keeps what a scenario is now as the first state of a new one."""
    path = path_of(name)
    latest = max(states.numbers(path.parent), default=0)
    as_saved = latest and states.pointed(path) == latest
    scenario = states.load_from(path.parent, latest) if as_saved else load_scenario(path)
    return keep(new, scenario, who=who, why=why, after=None)


def rename(name: str, new: str) -> None:
    """Gives a kept scenario, with its history, another name; raises ScenarioError where that is taken."""
    folder = folder_of(name)
    _move(folder, free_name(new, own=folder), new)


def _move(folder: Path, target: Path, name: str) -> None:
    with told(target):
        try:
            folder.rename(target)
        except OSError:
            free_name(name, own=folder)  # says so, where the name was taken just now
            raise


# --- the trash ------------------------------------------------------------------------------------

_TOKEN = re.compile(r"(.+)-[0-9]{8}T[0-9]{12}Z")


def discard(name: str) -> str:
    """Puts a kept scenario into the trash and returns what `undo_discard` takes it back by."""
    folder = folder_of(name)
    token = f"{check_name(folder.name)}-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"
    trash = home() / "trash"
    with told(trash):
        trash.mkdir(parents=True, exist_ok=True)
        folder.rename(trash / token)
    return token


def undo_discard(token: str) -> str:
    """Takes a scenario back from the trash and returns its name; raises ScenarioError where that is taken."""
    found = _TOKEN.fullmatch(token[:1000])
    name = check_name(found[1]) if found else ""
    folder = home() / "trash" / token
    if found is None or not folder.is_dir() or is_link(folder):
        refuse("kept_trash_unknown", name=name or token[:40])
    _move(folder, free_name(name), name)
    return name
