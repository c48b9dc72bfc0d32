"""Many recipients at once: what `Recipient` checks one by one is looked at for all of them together.

A country has tens of thousands of them, and hardly ever is anything wrong with one.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from allocator.core.exact import Frozen
from allocator.core.parts import LONGEST_ID, LONGEST_TEXT, UNSAFE, Recipient, Text, plain_name, wrong
from allocator.core.totals import any_total

# blanks that `plain_name` takes out or makes ordinary ones
_BLANKS = [
    "  ", " \n", "\n ", *"\t\v\f\r\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000",
    *"\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a",
]  # fmt: skip


def recipients(
    ids: Sequence[str], zh: Sequence[str], en: Sequence[str], kinds: Sequence[str]
) -> list[Recipient] | None:
    """The recipients with these ids, names and kinds, without aliases.

    None where one of them may not be as it should be, or would be changed: made one by one, they say so.

    >>> recipients(["lu"], ["泸县"], ["Lu County"], [""])
    [Recipient(id='lu', name=Text(zh='泸县', en='Lu County'), kind='', aliases=())]
    >>> recipients(["lu"], ["合计"], ["Total"], [""]) is None
    True
    """
    names = [*zh, *en]
    short = [*ids, *filter(None, set(kinds))]
    if not (_sound(short, LONGEST_ID) and _sound(names, LONGEST_TEXT)):
        return None
    if "all" in short[len(ids) :] or any_total([*ids, *names]):
        return None
    new, put = object.__new__, object.__setattr__
    found = []
    for id, chinese, english, kind in zip(ids, zh, en, kinds, strict=True):
        name, made = new(Text), new(Recipient)
        put(name, "zh", chinese)
        put(name, "en", english)
        put(made, "id", id)
        put(made, "name", name)
        put(made, "kind", kind)
        put(made, "aliases", ())
        found.append(made)
    return found


def _sound(texts: Sequence[str], longest: int) -> bool:
    """True where `check_text` takes each as it is, and no blanks are to be taken out."""
    text = "\n".join(("", *texts, ""))
    odd = ("\n\n", "  ", " \n", "\n ", *(f"\n{start}" for start in UNSAFE))
    return (
        text.count("\n") == len(texts) + 1
        and not any(one in text for one in odd)
        and text.replace("\n", "").isprintable()
        and max(map(len, texts), default=0) <= longest
    )


class AllRecipients(tuple[Recipient, ...]):
    """All recipients in listed order.

    What is asked of all of them is worked out once, however many scenarios list them.
    """

    @classmethod
    def of(cls, recipients: Iterable[Recipient]) -> AllRecipients:
        """These, with what has been worked out of them."""
        return recipients if isinstance(recipients, cls) else cls(recipients)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Their ids."""
        return tuple([recipient.id for recipient in self])

    @cached_property
    def position(self) -> Mapping[str, int]:
        """The place of each, by id."""
        return Frozen(zip(self.ids, range(len(self)), strict=True))

    @cached_property
    def names(self) -> Mapping[str, str]:
        """The id by every way to write a recipient (id, either name, alias), as `plain_name` gives it.

        Raises ScenarioError where one name stands for two recipients.
        """
        names = [name for r in self for name in (r.id, r.name.zh, r.name.en)]
        ids = [id for id in self.ids for _ in range(3)]
        for recipient in self:
            if recipient.aliases:
                names += recipient.aliases
                ids += [recipient.id] * len(recipient.aliases)
        plain = plain_names(names)
        known = dict(zip(plain, ids, strict=True))
        if list(map(known.__getitem__, plain)) != ids:  # some name stands for two
            known = {}
            for recipient in self:
                for name in (recipient.id, recipient.name.zh, recipient.name.en, *recipient.aliases):
                    first = known.setdefault(plain_name(name), recipient.id)
                    if first != recipient.id:
                        wrong("name_ambiguous", "recipients", name=name, first=first, second=recipient.id)
        return Frozen(known)

    @cached_property
    def as_json(self) -> str:
        """Their ids and kinds, a list of pairs in JSON."""
        return json.dumps([[r.id, r.kind] for r in self], separators=(",", ":"), check_circular=False)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (tuple(self),)


def lookup(recipients: Iterable[Recipient]) -> Mapping[str, str]:
    """The id by every way to write one of the recipients, as `plain_name` gives it.

    Raises ScenarioError where one name stands for two of them.
    """
    return AllRecipients.of(recipients).names


def plain_names(names: Sequence[str]) -> list[str]:
    """The names as `plain_name` gives them, all at once.

    >>> plain_names(["泸县", "Ｌu  County"])
    ['泸县', 'lu county']
    """
    text = unicodedata.normalize("NFKC", "\n".join(("", *names, ""))).casefold()
    lines = text.split("\n")[1:-1]
    if len(lines) != len(names):  # some name has several lines
        return list(map(plain_name, names))
    if any(blank in text for blank in _BLANKS):
        return [" ".join(line.split()) for line in lines]
    return lines
