"""The chain of a scenario's saves (连续校验): each holds the hash of the entry before it.

An edited entry or a missing save is noticed by the next save, or for the latest one by the remark in
``scenario.toml``.  Rewriting all of them still goes unnoticed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from allocator.core.errors import ScenarioError
from allocator.files.parsing import read_bytes
from allocator.files.saved.home import is_link

if TYPE_CHECKING:
    from allocator.files.saved.states import State

_HEAD = re.compile(rb"^# (?=0*[1-9])([0-9]{4,9}) sha256:([0-9a-f]{64})[ \t\r]*$", re.MULTILINE)


class Head(NamedTuple):
    """The save that ``scenario.toml`` was written with: its number and the hash of its entry."""

    number: int
    hash: str


@dataclass(frozen=True)
class Chain:
    """The result of a check of the chain, as numbers of saves.

    ``before`` were saved when entries held no hashes yet, ``unrecorded`` since then without one.  Entries of
    ``changed`` differ from a hash that is recorded of them.  ``missing`` are the first and the last number
    of each gap.  ``loose``: no hash is recorded for the entry of the latest save.
    """

    before: frozenset[int]
    unrecorded: frozenset[int]
    changed: frozenset[int]
    missing: tuple[tuple[int, int], ...]
    loose: bool


def hash_of(entry: Mapping[str, Any]) -> str:
    """The hash of an entry, however it is laid out as JSON.

    >>> hash_of({"b": 1, "a": "甲"}) == hash_of({"a": "甲", "b": 1})
    True
    """
    text = json.dumps(entry, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def held(entry: Mapping[str, Any]) -> dict[int, str] | None:
    """The hashes of earlier entries that an entry holds; None if it was saved before entries held any.

    Raises ValueError, TypeError or AttributeError for content that the app never writes.
    """
    if "earlier" not in entry:
        return None
    found = {}
    for number, hashed in entry["earlier"].items():
        if not re.fullmatch("(?=0*[1-9])[0-9]{4,9}", number) or not re.fullmatch("[0-9a-f]{64}|", hashed):
            raise ValueError
        found[int(number)] = hashed
    return found


def to_hold(found: Sequence[State], head: Head | None) -> dict[str, str]:
    """The hashes that the next entry holds: of the one before, and of older ones that no entry holds yet.

    The hash of the latest save is taken from ``scenario.toml``, so that a later change stays visible.  The
    hash of an entry that cannot be read is "".
    """
    last = max((at for at, state in enumerate(found) if state.earlier is not None), default=0)
    hashes = {state.number: state.hash for state in found[last:]}
    if head is not None:
        hashes[head.number] = head.hash
    return {f"{number:04}": hashed for number, hashed in sorted(hashes.items())}


def check(found: Sequence[State], head: Head | None) -> Chain:
    """Checks the entries against the hashes in later ones and in ``scenario.toml``."""
    said = [pair for state in found for pair in (state.earlier or {}).items() if pair[0] != state.number]
    said += [head] if head is not None else []
    there = {state.number: state for state in found}
    first = min((state.number for state in found if state.earlier is not None), default=None)
    without = [state.number for state in found if state.earlier is None and state.hash]
    before = frozenset(number for number in without if first is None or number < first)
    known = sorted({*there, *(number for number, _ in said)})
    steps = [(low, high) for low, high in zip([0, *known], known, strict=False) if high > low + 1]
    gaps = [(low + 1, high - 1) for low, high in steps]
    gaps += [(number, number) for number in known if number not in there]
    last = found[-1] if found else None
    return Chain(
        before,
        frozenset(without) - before,
        frozenset(n for n, hashed in said if n in there and hashed and hashed != there[n].hash),
        _joined(gaps),
        last is not None and last.earlier is not None and (head is None or head.number < last.number),
    )


def _joined(gaps: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The gaps, with adjoining ones joined.

    >>> _joined([(4, 4), (2, 3), (7, 8)])
    ((2, 4), (7, 8))
    """
    found: list[tuple[int, int]] = []
    for low, high in sorted(gaps):
        if found and found[-1][1] == low - 1:
            low = found.pop()[0]
        found.append((low, high))
    return tuple(found)


# --- scenario.toml --------------------------------------------------------------------------------


def remark(number: int, hashed: str) -> str:
    """The line of ``scenario.toml`` with the number of a save and the hash of its entry."""
    return f"# {number:04} sha256:{hashed}\n"


def head_of(file: Path) -> Head | None:
    """The latest save that a ``scenario.toml`` states; None where it states none."""
    try:
        found = [] if is_link(file) else _HEAD.findall(read_bytes(file))
    except ScenarioError:
        return None
    return Head(int(found[-1][0]), found[-1][1].decode()) if found else None
