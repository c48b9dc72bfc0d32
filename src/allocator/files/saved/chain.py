"""What the saves of a scenario say of one another: each holds the hash of the entry before it.

So an entry that is edited, and a save that is taken away, is noticed: by the next save, or for the latest
one by the remark in ``scenario.toml``.  Whoever rewrites all of them can still deceive.
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
    """What ``scenario.toml`` says of the save that it was written with."""

    number: int
    hash: str


@dataclass(frozen=True)
class Chain:
    """What was found: numbers of saves.

    ``before`` were saved when entries held no hashes yet, ``unrecorded`` since then without one.  An entry
    among ``changed`` is no longer what a later save says.  ``missing`` are the first and the last number of
    each gap.  ``loose``: nothing says what the entry of the latest save is to be.
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
    """The hashes of earlier entries that an entry holds; None where it is older than these.

    Raises ValueError, TypeError or AttributeError for what the app never writes.
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

    What the latest save was is taken from ``scenario.toml``, so that a change made since stays visible.  The
    hash of an entry that cannot be read is "".
    """
    last = max((at for at, state in enumerate(found) if state.earlier is not None), default=0)
    hashes = {state.number: state.hash for state in found[last:]}
    if head is not None:
        hashes[head.number] = head.hash
    return {f"{number:04}": hashed for number, hashed in sorted(hashes.items())}


def check(found: Sequence[State], head: Head | None) -> Chain:
    """Holds the entries against what later ones, and ``scenario.toml``, say of them."""
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
    """Gaps that touch as one.

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
    """The line of ``scenario.toml`` that says what the entry of a save is."""
    return f"# {number:04} sha256:{hashed}\n"


def head_of(file: Path) -> Head | None:
    """What a ``scenario.toml`` says of the latest save; None where it says nothing."""
    try:
        found = [] if is_link(file) else _HEAD.findall(read_bytes(file))
    except ScenarioError:
        return None
    return Head(int(found[-1][0]), found[-1][1].decode()) if found else None
