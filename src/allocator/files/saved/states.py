"""The states of a kept scenario: each a whole scenario folder that never changes, with its author and reason.

``scenario.toml`` beside them extends the latest one.  A state is made under a hidden name and then renamed
to its number; only one of two that are saved at once can be.  The new ``scenario.toml`` is written before
that under a hidden name, so that the next reader can finish an interrupted save.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from allocator.analysis.differences import Difference
from allocator.core.engine import METHOD_VERSION
from allocator.core.errors import ScenarioError
from allocator.core.exact import Frozen
from allocator.core.model import Scenario
from allocator.core.parts import brief
from allocator.files import disk
from allocator.files.load import load_scenario
from allocator.files.parsing import read_bytes, read_toml
from allocator.files.saved import chain
from allocator.files.saved.alike import unseen
from allocator.files.saved.chain import Chain
from allocator.files.saved.home import is_link, put_folder, refuse, remove, visible
from allocator.files.scenario.save import contents
from allocator.text import EN, ZH

MOST_CHANGES = 200
LONGEST_NOTE = 500


@dataclass(frozen=True)
class State:
    """A state in which a scenario was kept.

    ``stage`` is the stage it was frozen at (初稿 for instance), "" for an ordinary one.  ``changes`` are
    those since the state before; ``more`` further ones are not listed.  ``path`` is its own scenario file.
    ``when`` is None where its entry cannot be read; such a state is not sound either.  ``hash`` is that of
    its entry, ``earlier`` holds those of earlier ones (see `chain`).
    """

    number: int
    when: datetime | None
    who: str
    why: str
    stage: str
    changes: tuple[Difference, ...]
    more: int
    digest: str
    method_version: str
    files: Mapping[str, str]
    path: Path
    hash: str
    earlier: Mapping[int, str] | None


def sound(state: State) -> bool:
    """True if a state's files are, to the byte, still those that were kept."""
    folder = state.path.parent
    try:
        return bool(state.files) and all(
            not is_link(folder / name) and _sha256(read_bytes(folder / name)) == kept
            for name, kept in state.files.items()
        )
    except ScenarioError:
        return False


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# --- reading --------------------------------------------------------------------------------------


def numbers(folder: Path) -> list[int]:
    """The numbers of the states in a scenario's folder, the first one first.

    Raises ScenarioError where they cannot be listed.
    """
    states = folder / "states"
    if is_link(states):
        return []
    try:
        found = [p for p in states.iterdir() if re.fullmatch("[0-9]{4,9}", p.name)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError:
        refuse("file_unreadable", states)
    return sorted(
        int(p.name) for p in found if p == _at(folder, int(p.name)) and p.is_dir() and not is_link(p)
    )


def _at(folder: Path, number: int) -> Path:
    return folder / "states" / f"{number:04}"


def states_in(folder: Path) -> tuple[State, ...]:
    """The states in a scenario's folder in order, including those whose entry is broken."""
    return tuple(state_in(folder, number) for number in numbers(folder))


def state_in(folder: Path, number: int) -> State:
    """One state in a scenario's folder."""
    here = _at(folder, number)
    try:
        return _read_state(here, number, read_bytes(here / "entry.json"))
    except ScenarioError:
        return _broken(here, number)


@lru_cache(maxsize=2000)  # a page that lists states reads all of them again and again
def _read_state(folder: Path, number: int, content: bytes) -> State:
    try:
        entry = json.loads(content)
        when = datetime.fromisoformat(_text(entry["when"]))
        if when.tzinfo is None or not 2000 < when.year < 9000 or entry["number"] != number:
            raise ValueError
        files = {_text(name): _text(kept) for name, kept in entry["files"].items()}
        if "scenario.toml" not in files or not all(re.fullmatch(r"[a-z]+\.(csv|toml)", f) for f in files):
            raise ValueError
        earlier = chain.held(entry)
        return State(
            number=number,
            when=when.astimezone(UTC),
            changes=tuple(_change(change) for change in entry["changes"][:MOST_CHANGES]),
            more=int(entry["more"]),
            files=Frozen(files),
            path=folder / "scenario.toml",
            hash=chain.hash_of(entry),
            earlier=None if earlier is None else Frozen(earlier),
            **{name: _text(entry[name]) for name in ("who", "why", "stage", "digest", "method_version")},
        )
    except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError):
        return _broken(folder, number)


def _broken(folder: Path, number: int) -> State:
    return State(number, None, "", "", "", (), 0, "", "", Frozen({}), folder / "scenario.toml", "", None)


def _change(change: Any) -> Difference:
    before, after = (None if change[side] is None else _text(change[side]) for side in ("before", "after"))
    return Difference(_text(change["clause"]), tuple(map(_text, change["where"])), before, after)


def _text(value: object) -> str:
    if not isinstance(value, str) or not visible(value):
        raise ValueError
    return value


def load_from(folder: Path, number: int) -> Scenario:
    """The scenario of one state; raises ScenarioError where there is none or it was changed since."""
    found = {state.number: state for state in states_in(folder)}
    if type(number) is not int or number not in found:
        refuse("kept_state_unknown", name=folder.name, number=brief(number))
    if not sound(found[number]) or number in chain_in(folder, tuple(found.values())).changed:
        refuse("kept_state_changed", name=folder.name, number=number)
    scenario = load_scenario(found[number].path)
    if scenario.digest != found[number].digest:
        refuse("kept_state_digest", name=folder.name, number=number)
    return scenario


def frozen_in(folder: Path) -> Iterator[tuple[State, Scenario]]:
    """The states in a scenario's folder that were frozen at a stage; those changed since are left out."""
    for state in states_in(folder):
        if state.stage:
            with suppress(ScenarioError):
                yield state, load_from(folder, state.number)


def chain_in(folder: Path, found: tuple[State, ...]) -> Chain:
    """The check of the chain of these states, which must be all that there are."""
    return chain.check(found, chain.head_of(folder / "scenario.toml"))


def next_number(folder: Path, found: tuple[State, ...]) -> int:
    """The number of the next state; those of removed states are not reused."""
    head = chain.head_of(folder / "scenario.toml")
    return max(found[-1].number if found else 0, head.number if head else 0) + 1


# --- making ---------------------------------------------------------------------------------------


def note(text: str) -> str:
    """A remark in one line; raises ScenarioError if it is too long or has invisible characters."""
    text = " ".join(text.split())
    if len(text) > LONGEST_NOTE or unseen(text):
        refuse("kept_note", text=text[:40], longest=LONGEST_NOTE)
    return text


def entry_of(
    number: int,
    scenario: Scenario,
    changes: tuple[Difference, ...],
    *,
    who: str,
    why: str,
    stage: str,
    earlier: Mapping[str, str],
) -> dict[str, bytes]:
    """All files of a state by name; raises ScenarioError where the scenario cannot be written."""
    files = contents(scenario)
    entry = {
        "number": number,
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "who": note(who),
        "why": note(why),
        "stage": note(stage),
        "changes": [asdict(change) for change in changes[:MOST_CHANGES]],
        "more": max(len(changes) - MOST_CHANGES, 0),
        "digest": scenario.digest,
        "method_version": METHOD_VERSION,
        "files": {name: _sha256(content) for name, content in files.items()},
        "earlier": earlier,
    }
    return files | {"entry.json": json.dumps(entry, ensure_ascii=False, indent=1).encode()}


def add(folder: Path, number: int, files: Mapping[str, bytes], scenario: Scenario) -> None:
    """Puts a state into a scenario's folder; raises FileExistsError where another took its number first."""
    pending = folder / f".{number:04}-{secrets.token_hex(8)}.toml"
    try:
        disk.write(pending, pointer(number, files), disk.PRIVATE)
        disk.settle(folder)
        put_folder(_at(folder, number), files, lambda part: reads_back(part, scenario))
    except BaseException:
        remove(pending)
        raise
    finish(folder)
    protect(folder, number)


def reads_back(folder: Path, scenario: Scenario) -> None:
    """Checks that a written scenario reads back as the same; raises ScenarioError if it does not."""
    try:
        read = load_scenario(folder / "scenario.toml")
    except ScenarioError as error:
        raise error.bare() from None
    if read != scenario:
        refuse("kept_other")


def protect(folder: Path, number: int) -> None:
    """Makes the files of a state read-only, where the system supports that."""
    with suppress(OSError):
        for path in _at(folder, number).iterdir():
            path.chmod(0o400)


# --- scenario.toml --------------------------------------------------------------------------------


def pointer(number: int, files: Mapping[str, bytes]) -> bytes:
    """The content of a scenario.toml that extends a state of these files, with the hash of its entry."""
    remarks = "".join(f"# {book.say('kept.remark')}\n" for book in (ZH, EN))
    remarks += chain.remark(number, chain.hash_of(json.loads(files["entry.json"])))
    # a file may not build on one of a later format
    written = tomllib.loads(files["scenario.toml"].decode())["format"]
    return f'{remarks}format = {written}\nextends = "states/{number:04}/scenario.toml"\n'.encode()


def pointed(file: Path) -> int | None:
    """The number of the state that a scenario.toml extends: 0 if it is missing, None if written by hand."""
    if is_link(file):
        return None
    if not file.exists():
        return 0
    try:
        content = read_toml(file)
    except ScenarioError:
        return None
    extends = re.fullmatch(r"states/([0-9]{4,9})/scenario\.toml", str(content.get("extends")))
    return int(extends[1]) if extends and content.keys() == {"format", "extends"} else None


def finish(folder: Path) -> None:
    """Makes scenario.toml extend the latest state, where saving was interrupted before that."""
    pending = sorted(folder.glob(f".{'[0-9]' * 4}*-{'[0-9a-f]' * 16}.toml"))
    if not pending:
        return
    last, now = max(numbers(folder), default=0), pointed(folder / "scenario.toml")
    said = (last, state_in(folder, last).hash)  # each of two saves at once writes a pending file
    for path in pending:
        number = int(path.name[1:].partition("-")[0])
        if now is None or number > last:
            continue
        whole = number == last == pointed(path)  # not interrupted while it was written
        if now < number and whole and chain.head_of(path) in (None, said):
            with suppress(OSError):
                path.replace(folder / "scenario.toml")
                now = last
                disk.settle(folder)
        else:
            remove(path)
