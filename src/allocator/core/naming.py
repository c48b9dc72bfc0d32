"""Which known name somebody nearly meant, and what is said of a name that is not known."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from allocator.core.errors import Problem
from allocator.core.parts import Recipient, plain_name
from allocator.core.totals import is_total
from allocator.text import Guess

MOST_LISTED = 12  # that a sentence lists where none is near
_MOST_COMPARED = 500  # so many names are all compared; of more, those that share most pairs of characters
_MOST_COUNTED = 5_000
_BEST = 20
_LONGEST = 100


class Names:
    """All that something may be called, to find what a word nearly is; ``listed`` is what else to name."""

    def __init__(self, written: Iterable[str], listed: Iterable[object] | None = None) -> None:
        self.written = [name for name in dict.fromkeys(written) if name]
        self.listed: Sequence[object] = self.written if listed is None else list(listed)
        self._found: dict[str, str | None] = {}

    def near(self, word: str) -> str | None:
        """The name that is most like this one; None where none is near."""
        if word not in self._found:
            self._found[word] = self._near(_bare(word))
        return self._found[word]

    def guess(self, word: str) -> Guess:
        """What a sentence proposes instead of a word: the name near to it, else those that there are."""
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
        """The positions of the names worth comparing: of very many those with most pairs in common."""
        if len(self.written) <= _MOST_COMPARED:
            return range(len(self.written))
        lists = sorted((self._index[pair] for pair in _pairs(word) if pair in self._index), key=len)
        shared: Counter[int] = Counter()
        counted = 0
        for where in lists:  # the rarest pairs tell most; the usual ones are in every name
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
    """The known word that is nearly this one, or None."""
    return Names(known).near(word)


def guess(word: str, known: Iterable[str]) -> Guess:
    """What a sentence proposes instead of a word."""
    return Names(known).guess(word)


def unknown_recipient(
    name: str, names: Names, place: str = "", at: Mapping[str, object] | None = None
) -> Problem:
    """What is wrong with a name that no recipient has: a row of totals, or one that is not in the list."""
    if is_total(name):
        return Problem("recipient_total", {"name": name}, place, at or {})
    return Problem("recipient_unknown", {"name": name, "guess": names.guess(name)}, place, at or {})


def names_of(recipients: Iterable[Recipient]) -> Names:
    """All that recipients are called, for sentences about a name that none of them has."""
    recipients = tuple(recipients)
    written = (name for r in recipients for name in (r.id, r.name.zh, r.name.en, *r.aliases))
    return Names(written, [r.name for r in recipients])


def likeness(a: str, b: str, more_than: float = 0.0) -> float:
    """How near two names are, from 0 (they are not) to 1 (the same), as long as that is more than a bound.

    Names in Chinese are near when they share at least two characters in order, and half of the longer's;
    others when so few letters are added, left out, exchanged or changed that they are at most two fifths
    of the longer's.

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
    """A name without what tells no names apart: case, width, spaces in Chinese, and what cannot be seen."""
    plain = plain_name(name)
    if plain.isascii():
        return plain
    plain = "".join(c for c in plain if unicodedata.category(c) != "Cf")
    return plain if _in_letters(plain) else plain.replace(" ", "")


def _in_letters(name: str) -> bool:
    """Whether a name is in letters of an alphabet and not in Chinese characters."""
    return name.isascii() or not any(unicodedata.category(c) == "Lo" for c in name)


def _pairs(name: str) -> set[str]:
    return {name[at : at + 2] for at in range(len(name) - 1)}


def _common(a: str, b: str) -> int:
    """How many characters two names share in order."""
    row = [0] * (len(b) + 1)
    for x in a:
        before = 0
        for at, y in enumerate(b, 1):
            before, row[at] = row[at], before + 1 if x == y else max(row[at], row[at - 1])
    return row[-1]


def _edits(a: str, b: str) -> int:
    """How many letters must be added, left out, changed or exchanged with the next (optimal alignment)."""
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
