"""The known name nearest to a mistyped one, and the problem with a name that is not known."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from allocator.core.errors import Problem
from allocator.core.parts import Recipient, plain_name
from allocator.core.totals import is_total
from allocator.text import Guess

MOST_LISTED = 12  # names in a sentence where none is near
_MOST_COMPARED = 500  # up to so many names, all are compared; beyond, those that share most character pairs
_MOST_COUNTED = 5_000
_BEST = 20
_LONGEST = 100


class Names:
    """The known names, searched for the one nearest to a word; ``listed`` are those to list instead."""

    def __init__(self, written: Iterable[str], listed: Iterable[object] | None = None) -> None:
        self.written = [name for name in dict.fromkeys(written) if name]
        self.listed: Sequence[object] = self.written if listed is None else list(listed)
        self._found: dict[str, str | None] = {}

    def near(self, word: str) -> str | None:
        """The name most like this one; None where none is near."""
        if word not in self._found:
            self._found[word] = self._near(_bare(word))
        return self._found[word]

    def guess(self, word: str) -> Guess:
        """The guess for an unknown word: the nearest name or None, the first names listed, their number."""
        return Guess(self.near(word), tuple(self.listed[:MOST_LISTED]), len(self.listed))

    def _near(self, word: str) -> str | None:
        best, found = 0.0, None
        for at in self._candidates(word):
            like = likeness(word, self._bare[at], best)
            if like > best:
                best, found = like, self.written[at]
        return found

    @cached_property
    def _bare(self) -> list[str]:
        return [_bare(name) for name in self.written]

    def _candidates(self, word: str) -> Iterable[int]:
        """The positions of the names worth comparing; of very many names, those that share most pairs."""
        if len(self.written) <= _MOST_COMPARED:
            return range(len(self.written))
        lists = sorted((self._index[pair] for pair in _pairs(word) if pair in self._index), key=len)
        shared: Counter[int] = Counter()
        counted = 0
        for where in lists:  # the rarest pairs tell most; common ones are in every name
            if counted and counted + len(where) > _MOST_COUNTED:
                break
            shared.update(where)
            counted += len(where)
        return [at for at, _ in shared.most_common(_BEST)]

    @cached_property
    def _index(self) -> dict[str, list[int]]:
        index: dict[str, list[int]] = defaultdict(list)
        for at, name in enumerate(self._bare):
            for pair in _pairs(name):
                index[pair].append(at)
        return index


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word nearest to this one; None where none is near."""
    return Names(known).near(word)


def guess(word: str, known: Iterable[str]) -> Guess:
    """The guess for an unknown word out of the known ones."""
    return Names(known).guess(word)


def unknown_recipient(
    name: str, names: Names, part: str = "", at: Mapping[str, object] | None = None
) -> Problem:
    """The problem with a name that no recipient has: it is a row of totals, or not in the list."""
    if is_total(name):
        return Problem("recipient_total", {"name": name}, at=at or {}, part=part)
    return Problem("recipient_unknown", {"name": name, "guess": names.guess(name)}, at=at or {}, part=part)


def names_of(recipients: Iterable[Recipient]) -> Names:
    """All ids, names and aliases of recipients, for sentences about a name that none of them has."""
    recipients = tuple(recipients)
    written = (name for r in recipients for name in (r.id, r.name.zh, r.name.en, *r.aliases))
    return Names(written, [r.name for r in recipients])


def likeness(a: str, b: str, more_than: float = 0.0) -> float:
    """The likeness of two names, from 0 (not near) to 1 (the same); it may be 0 if not above ``more_than``.

    Names in Chinese are near when they share at least two characters in order, and half of the longer name;
    others when the letters added, left out, swapped or changed are at most two fifths of the longer name.

    >>> likeness("纳西区", "纳溪区") > 0.5, likeness("合计", "合江县"), likeness("备注", "investment")
    (True, 0.0, 0.0)
    >>> likeness("efort", "effort") > 0.8, likeness("taxes", "tax"), likeness("note", "investment")
    (True, 0.6, 0.0)
    """
    longer = max(len(a), len(b))
    if a == b:
        return 1.0
    if not a or not b or longer > _LONGEST or _in_letters(a) != _in_letters(b):
        return 0.0
    if not _in_letters(a):
        shared = sum(c in b for c in a)
        if shared < 2 or 2 * shared < longer or shared <= more_than * longer:
            return 0.0
        common = _common(a, b)
        return common / longer if common >= 2 and 2 * common >= longer else 0.0
    most = 2 * longer // 5
    if abs(len(a) - len(b)) > most or len(set(a) - set(b)) > most or len(set(b) - set(a)) > most:
        return 0.0
    edits = _edits(a, b)
    return 1 - edits / longer if edits <= most else 0.0


def _bare(name: str) -> str:
    """A name without case, width, spaces in Chinese and invisible characters, which tell no names apart."""
    plain = plain_name(name)
    if plain.isascii():
        return plain
    plain = "".join(c for c in plain if unicodedata.category(c) != "Cf")
    return plain if _in_letters(plain) else plain.replace(" ", "")


def _in_letters(name: str) -> bool:
    """True if a name is in letters of an alphabet and not in Chinese characters."""
    return name.isascii() or not any(unicodedata.category(c) == "Lo" for c in name)


def _pairs(name: str) -> set[str]:
    return {name[at : at + 2] for at in range(len(name) - 1)}


def _common(a: str, b: str) -> int:
    """The number of characters that two names share in order."""
    row = [0] * (len(b) + 1)
    for x in a:
        before = 0
        for at, y in enumerate(b, 1):
            before, row[at] = row[at], before + 1 if x == y else max(row[at], row[at - 1])
    return row[-1]


def _edits(a: str, b: str) -> int:
    """The fewest letters to add, leave out, change or swap with the next one (optimal alignment)."""
    older: list[int] = []
    old = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            least = min(old[j] + 1, row[-1] + 1, old[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                least = min(least, older[j - 2] + 1)
            row.append(least)
        older, old = old, row
    return old[-1]
