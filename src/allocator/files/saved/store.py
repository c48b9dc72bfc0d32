"""Scenarios that people keep in their own folder, with the history of each.

``<home>/scenarios/<name>/scenario.toml`` is an ordinary scenario file, for `load_scenario` and the command
line too.  States are only ever added; what is discarded goes to a trash.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from allocator.analysis.differences import differences
from allocator.core.errors import ScenarioError
from allocator.core.model import Scenario
from allocator.core.parts import Text
from allocator.files.load import load_scenario
from allocator.files.saved import states
from allocator.files.saved.chain import Chain, head_of, to_hold
from allocator.files.saved.drafts import Work, get_draft, get_work, put_draft, put_work
from allocator.files.saved.home import (
    check_name,
    folder_of,
    folders,
    free_name,
    home,
    is_link,
    move,
    new_name,
    put_folder,
    ready,
    refuse,
    remove_abandoned,
    same,
    scenarios,
    writing_into,
)
from allocator.files.saved.states import State, sound

__all__ = [
    "Chain",
    "Discarded",
    "State",
    "Work",
    "chain",
    "check_name",
    "discard",
    "discarded",
    "duplicate",
    "get_draft",
    "get_work",
    "history",
    "home",
    "keep",
    "kept",
    "load_state",
    "path_of",
    "put_draft",
    "put_work",
    "rename",
    "restore",
    "sound",
    "titled",
    "trash",
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


def chain(name: str) -> Chain:
    """The check of a scenario's chain of saves: which were changed since, and which are missing."""
    folder = folder_of(name)
    return states.chain_in(folder, history(name))


def load_state(name: str, number: int) -> Scenario:
    """The scenario as it was in one of its states; raises ScenarioError where that was changed since."""
    return states.load_from(folder_of(name), number)


def keep(
    name: str, scenario: Scenario, *, who: str, why: str = "", stage: str = "", after: int | None
) -> State:
    """Keeps a scenario as a new state and returns that; earlier states stay as they are.

    ``after`` is the number of the latest state that the person has seen, None for a new scenario.  Raises
    ScenarioError where the name is not allowed or taken, where somebody else has saved or changed
    scenario.toml since, or where the folder cannot be written.
    """
    if after is None:
        return _keep_new(name, scenario, who=who, why=why, stage=stage)
    folder = folder_of(name)
    states.finish(folder)
    pointed = states.pointed(folder / "scenario.toml")  # before the states: another window may be saving
    found = _seen(folder, after)
    head = head_of(folder / "scenario.toml")
    number = states.next_number(folder, found)
    if pointed not in (0, after) and (head is None or pointed != head.number or pointed != number - 1):
        refuse("kept_by_hand", folder / "scenario.toml", number=after)
    try:
        changes = differences(states.load_from(folder, after), scenario)
    except ScenarioError:  # the latest state is damaged; all the more reason to keep this
        changes = ()
    earlier = to_hold(found, head)
    files = states.entry_of(number, scenario, changes, who=who, why=why, stage=stage, earlier=earlier)
    with writing_into(folder):
        ready(scenarios())
        try:
            states.add(folder, number, files, scenario)
        except FileExistsError:
            _seen(folder, after)
            raise
        except FileNotFoundError:
            folder_of(name)  # raises, where it was renamed or discarded meanwhile
            raise
    remove_abandoned(folder / "states")
    return states.state_in(folder, number)


def _seen(folder: Path, after: int) -> tuple[State, ...]:
    """The states of a scenario; raises ScenarioError unless ``after`` is the latest."""
    found = states.states_in(folder)
    last = found[-1] if found else None
    if last is None:
        refuse("kept_by_hand", folder / "scenario.toml", number=after)
    if last.number != after:
        when = f"{last.when.astimezone():%Y-%m-%d %H:%M}" if last.when else "—"
        refuse("kept_newer", name=folder.name, number=last.number, who=last.who or "—", when=when)
    return found


def _keep_new(name: str, scenario: Scenario, *, who: str, why: str, stage: str) -> State:
    folder = new_name(name)
    files = states.entry_of(1, scenario, (), who=who, why=why, stage=stage, earlier={})
    whole = {f"states/0001/{file}": content for file, content in files.items()}
    whole["scenario.toml"] = states.pointer(1, files)
    with writing_into(scenarios()):
        ready(scenarios())
        try:
            put_folder(folder, whole, lambda part: states.reads_back(part, scenario))
        except FileExistsError:
            free_name(name)
            raise
    states.protect(folder, 1)
    remove_abandoned(scenarios())
    return states.state_in(folder, 1)


def titled(name: str, scenario: Scenario) -> Scenario:
    """The scenario with the name that it is kept under as its title, unless it has that already."""
    title = Text(check_name(name).replace("\u200d", ""))  # a text may not hold the joiner of an emoji's parts
    return scenario if scenario.title.zh == title.zh else replace(scenario, title=title)


def duplicate(name: str, new: str, *, who: str, why: str = "") -> State:
    """Keeps the present content of a scenario as the first state of a new one."""
    path = path_of(name)
    latest = max(states.numbers(path.parent), default=0)
    as_saved = latest and states.pointed(path) == latest
    scenario = states.load_from(path.parent, latest) if as_saved else load_scenario(path)
    return keep(new, titled(new, scenario), who=who, why=why, after=None)


def restore(name: str, number: int, *, who: str, why: str = "", after: int) -> State:
    """Keeps an earlier state once more, as the latest one; the title stays the present name."""
    folder = folder_of(name)
    scenario = titled(folder.name, states.load_from(folder, number))
    return keep(name, scenario, who=who, why=why, after=after)


def rename(name: str, new: str, *, who: str, why: str = "") -> State | None:
    """Renames a kept scenario, with its history, and adds a state with the new name as its title.

    Returns the state; None where the name is the same, or where none can be added: scenario.toml was written
    by hand, or the latest state is damaged.  Raises ScenarioError where the name is taken or nothing can be
    written; the old name then stays.
    """
    folder, found = folder_of(name), history(name)
    if check_name(new) == check_name(folder.name):
        return None
    target = new_name(new, own=folder)
    changed = states.chain_in(folder, found).changed
    latest = found[-1].number if found and sound(found[-1]) and found[-1].number not in changed else None
    follows = latest is not None and states.pointed(folder / "scenario.toml") == latest
    _move(folder, target, new)
    if latest is None or not follows:
        return None
    try:
        scenario = titled(target.name, states.load_from(target, latest))
        return keep(target.name, scenario, who=who, why=why, after=latest)
    except ScenarioError:
        with suppress(OSError):
            target.rename(folder)
        raise


def _move(folder: Path, target: Path, name: str) -> None:
    with writing_into(target):
        ready(scenarios())
        try:
            move(folder, target)
        except OSError:
            free_name(name, own=folder)  # raises, where the name was taken meanwhile
            raise


# --- the trash ------------------------------------------------------------------------------------

_TOKEN = re.compile(r"(.+)-([0-9]{8}T[0-9]{12}Z)")
_TIME = "%Y%m%dT%H%M%S%fZ"


@dataclass(frozen=True)
class Discarded:
    """A scenario in the trash: its token for `undo_discard`, its name, and when it was discarded."""

    token: str
    name: str
    when: datetime


def trash() -> Path:
    """The folder of discarded scenarios; only a person ever removes anything from it."""
    return home() / "trash"


def discarded() -> list[Discarded]:
    """The scenarios in the trash, newest first, without links and whatever `discard` did not put there."""
    try:
        found = [path for path in trash().iterdir() if path.is_dir() and not is_link(path)]
    except OSError:  # not there yet, or unreadable: then nothing can be taken back
        return []
    told_apart = [known for path in found if (known := _discarded(path.name)) is not None]
    return sorted(told_apart, key=lambda known: (known.when, known.name), reverse=True)


def _discarded(token: str) -> Discarded | None:
    found = _TOKEN.fullmatch(token[:1000])
    try:
        if found is None:
            return None
        when = datetime.strptime(found[2], _TIME).replace(tzinfo=UTC)
        return Discarded(token, check_name(found[1]), when)
    except (ScenarioError, ValueError):
        return None


def discard(name: str) -> Discarded:
    """Puts a kept scenario into the trash."""
    folder = folder_of(name)
    name, when = check_name(folder.name), datetime.now(UTC)
    known = Discarded(f"{name}-{when:{_TIME}}", name, when)
    with writing_into(trash()):
        ready(trash())
        move(folder, trash() / known.token)
    return known


def undo_discard(token: str) -> str:
    """Takes a scenario back from the trash and returns its name; raises ScenarioError where that is taken."""
    known = _discarded(token)
    folder = trash() / token
    if known is None or not folder.is_dir() or is_link(folder):
        refuse("kept_trash_unknown", name=known.name if known else token[:40])
    try:
        target = free_name(known.name)
    except ScenarioError:
        refuse("kept_trash_taken", name=known.name)
    _move(folder, target, known.name)
    return known.name
