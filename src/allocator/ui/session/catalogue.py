"""The scenarios that can be chosen: files, those the user has saved, and their frozen states."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from allocator.core.errors import AllocatorError, ScenarioError
from allocator.core.model import Scenario
from allocator.files.audit.readings import load_reading
from allocator.files.audit.schema import NamedReading
from allocator.files.load import load_scenario
from allocator.files.saved import home, store
from allocator.files.saved.catalogue import scenario_files
from allocator.files.saved.states import pointed
from allocator.text import Phrasebook

Scenarios = Mapping[str, Scenario | AllocatorError]
READ = (".toml", ".csv", ".xlsx")  # what a scenario may be made of
OWN = "@"  # begins the slugs of scenarios that the user has saved


def slugs() -> dict[str, Path]:
    """The scenarios that can be picked and their files: ``luzhou-2023/published-rule``, ``@方案一``."""
    files = {f"{path.parent.name}/{path.stem}": path for path in scenario_files()}
    for name in store.kept():
        with suppress(AllocatorError):  # discarded in another window just now
            files[OWN + name] = store.path_of(name)
    return files


def find() -> dict[str, Scenario | AllocatorError]:
    """Every scenario that can be picked, or the error in its place."""
    found: dict[str, Scenario | AllocatorError] = {}
    folders: dict[Path, str] = {}  # each is looked through once, whatever stands in it
    for slug, path in slugs().items():
        try:
            if path.parent not in folders:
                folders[path.parent] = _made_of(path)
            found[slug] = _read(path, folders[path.parent])
        except AllocatorError as error:
            found[slug] = error
    return found


def load(path: Path) -> Scenario:
    """The scenario of a file; raises ScenarioError, which names the file without its folders."""
    return _read(path, _made_of(path))


def _read(path: Path, stamps: str) -> Scenario:
    try:
        return _load(str(path), stamps)
    except AllocatorError as error:
        raise error.bare() from None


def _made_of(path: Path) -> str:
    """The keys of all files that a scenario may be made of."""
    parts = (p for p in path.parent.iterdir() if p.suffix in READ) if path.parent.is_dir() else ()
    return _stamps((*parts, *_below(path)))


def reading(path: Path) -> NamedReading:
    """The reading of a file in a folder of readings; raises ScenarioError, which names the file alone."""
    folder = path.parent.parent
    parts = [p for p in folder.rglob("*") if p.suffix in READ] if folder.is_dir() else []
    try:
        return _reading(str(path), _stamps(parts))
    except ScenarioError as error:
        raise error.bare() from None


@st.cache_resource(max_entries=200, show_spinner=False)
def _reading(path: str, stamps: str) -> NamedReading:
    return load_reading(path)


def _below(path: Path) -> list[Path]:
    """Files in folders of the scenario's folder; of a saved one those of the state that it extends."""
    folder = path.parent
    if folder.parent == home.scenarios():
        number = pointed(path)
        if number:
            return [p for p in (folder / "states" / f"{number:04}").glob("*") if p.suffix in READ]
    return [p for p in folder.rglob("*/*") if p.suffix in READ]


def stamp(path: Path) -> tuple[str, int, int, int, int]:
    """A key that changes when a file does, even if its time is set back; with zeros if it cannot be seen."""
    try:
        found = path.stat()
    except OSError:
        return str(path), 0, 0, 0, 0
    return str(path), found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_size


def _stamps(paths: Iterable[Path]) -> str:
    """The keys of several files in one text: of a tuple Streamlit looks at each figure, at every drawing."""
    return repr(sorted(map(stamp, paths)))


@st.cache_resource(max_entries=500, show_spinner=False)
def _load(path: str, stamps: str) -> Scenario:
    return load_scenario(path)


def own_name(slug: str) -> str | None:
    """The name under which the user saved the scenario, or None for a file."""
    return slug.removeprefix(OWN) if slug.startswith(OWN) else None


def title(slug: str, found: Scenarios, book: Phrasebook) -> str:
    """The name of a scenario in lists: the name it was saved under, else its title, else its file's name."""
    name, scenario = own_name(slug), found.get(slug)
    if name is not None:
        return name
    return str(book.text(scenario.title)) if isinstance(scenario, Scenario) else Path(slug).name


def frozen(slug: str) -> Iterator[tuple[store.State, Scenario]]:
    """The frozen states of a saved scenario, each with what it says; changed ones are left out."""
    name = own_name(slug)
    states = store.history(name) if name is not None else ()
    if name is None or not any(state.stage for state in states):
        return
    changed = store.chain(name).changed
    for state in states:
        if state.stage and state.number not in changed and store.sound(state):
            with suppress(AllocatorError):
                scenario = load(state.path)
                if scenario.digest == state.digest:
                    yield state, scenario


@dataclass(frozen=True)
class Group:
    """A fund and the scenarios of it, files first, then saved ones."""

    key: str
    name: str
    slugs: tuple[str, ...]


def groups(found: Scenarios, book: Phrasebook) -> list[Group]:
    """The scenarios by fund: a folder of files with what was saved of its fund, then other saved ones."""
    names: dict[str, str] = {}
    members: dict[str, list[str]] = {}
    funds: dict[str, str] = {}
    for slug, scenario in found.items():
        fund = scenario.fund.name or scenario.title if isinstance(scenario, Scenario) else None
        known = funds.get(fund.zh, OWN + fund.zh) if fund else OWN
        key = slug.rpartition("/")[0] if own_name(slug) is None else known
        if fund:
            funds.setdefault(fund.zh, key)
        names.setdefault(key, book.text(fund) if fund else key)
        members.setdefault(key, []).append(slug)
    return [Group(key, names[key], tuple(inside)) for key, inside in members.items()]
