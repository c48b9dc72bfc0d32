"""The differences between two scenarios in words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from allocator.analysis.differences import Difference
from allocator.core.errors import ScenarioError
from allocator.core.exact import Number, plain
from allocator.core.limits import Limit
from allocator.core.model import Scenario
from allocator.report.words.rule import LimitWords, limit_clauses, percent, so_many
from allocator.text import Phrasebook

MOST_ITEMS = 8  # that one sentence lists
MOST_NAMES = 3
LONGEST = 40  # characters of a text that are quoted
_FORMULAS = ("where", "floor_formula", "cap_formula")  # of a limit
_NUMBER = re.compile(r"-?\d{1,40}(/[1-9]\d{0,39})?", re.ASCII)
# how many parts ``where`` can have, by clause; a language may follow them
_PARTS = {
    **dict.fromkeys(("title", "unit", "rounding", "kind", "coefficient", "limit"), (0,)),
    **dict.fromkeys(("fund", "weight", "order"), (1,)),
    **dict.fromkeys(("value", "provenance"), (2,)),
    **dict.fromkeys(("reservation", "use", "earmark", "recipient", "factor", "pool", "indicator"), (1, 2)),
    **dict.fromkeys(("deduction", "adjustment"), (1, 2)),
    **dict.fromkeys(("published", "previous", "issued"), (0, 1)),
}
_TEXTS = (
    "title", "fund", "reservation", "use", "earmark", "recipient", "factor", "pool", "indicator", "deduction",
    "adjustment",
)  # fmt: skip


def differences_in_words(
    found: Sequence[Difference], scenario: Scenario, book: Phrasebook, most: int = 12
) -> list[str]:
    """The differences in sentences, in the order of the rule; at most so many, the last says how many more.

    ``scenario`` is either of the two; it names recipients and columns, and what it does not know goes by
    the name that the differences give, else by its id.  They may come from a file: what is no number, or no
    known word, is quoted as it stands.

    >>> from allocator import load_scenario
    >>> from allocator.analysis.differences import differences
    >>> rule = load_scenario("scenarios/luzhou-2023/published-rule.toml")
    >>> differences_in_words(differences(rule, rule.with_weights(tax=30, effort=20)), rule, Phrasebook("en"))
    ['Weights: Tax contribution from 40 % to 30 %; Investment-attraction work from 10 % to 20 %.']
    """
    about = _About.of(found, scenario, book)
    groups: dict[tuple[str, ...], list[Difference]] = {}
    for d in _in_language(found, book):
        groups.setdefault(_group(d), []).append(d)
    sentences = [
        about.book.say("difference.line", what=_what(key, about), items=items)
        for key, group in groups.items()
        if (items := _items(key[0], group, about))
    ]
    if len(sentences) <= most:
        return sentences
    return [*sentences[: most - 1], about.book.say("difference.more", count=len(sentences) - most + 1)]


@dataclass(frozen=True)
class _About:
    """The context of the sentences: names, currencies and kinds; pairs are of before and after."""

    book: Phrasebook
    scenario: Scenario
    recipients: Mapping[str, str]
    factors: Mapping[str, str]
    pools: Mapping[str, str]
    currency: tuple[str, str]
    kind: tuple[str, str]

    @classmethod
    def of(cls, found: Sequence[Difference], scenario: Scenario, book: Phrasebook) -> _About:
        names: dict[str, dict[str, str]] = {"recipient": {}, "factor": {}, "pool": {}}
        currency = scenario.fund.currency
        pairs = {("fund", "currency"): (currency, currency), ("kind",): (scenario.kind, scenario.kind)}
        for d in found:
            if (d.clause, *d.where) in pairs:
                pairs[d.clause, *d.where] = str(d.before), str(d.after)
            elif d.clause in names and d.where and d.where[1:] in ((), (book.language,)):
                names[d.clause][d.where[0]] = d.after or d.before or ""
        names["recipient"] |= {r.id: book.text(r.name) for r in scenario.recipients}
        names["factor"] |= {f.id: book.text(f.name) for f in scenario.factors}
        return cls(book, scenario, names["recipient"], names["factor"], names["pool"], *pairs.values())

    def recipient(self, id: str) -> str:
        return self.recipients.get(id, id)

    def factor(self, id: str) -> str:
        return self.factors.get(id, id)

    def part(self, id: str) -> str:
        """The name of a pool or an indicator."""
        names = {pool.id: pool.name for pool in self.scenario.rules}
        names |= {indicator.id: indicator.name for indicator in self.scenario.indicators}
        return self.book.text(names[id]) if id in names else self.pools.get(id, id)

    def known(self, table: str, word: str) -> str:
        return str(self.book.words(table).get(word, word))

    # --- how a text of a difference is written; side is 0 before and 1 after ---

    def money(self, text: str, side: int) -> str:
        amount = _number(text)
        return self.quoted(text, side) if amount is None else self.book.money(amount, self.currency[side])

    def value(self, text: str, side: int) -> str:
        value = _number(text)
        return self.quoted(text, side) if value is None else self.book.number(value)

    def weight(self, text: str, side: int) -> str:
        weight = _number(text)
        if weight is None:
            return self.quoted(text, side)
        if self.kind[side] == "shares":
            return percent(weight, self.book)
        return self.book.say("table.weight_scores", weight=weight)

    def quoted(self, text: str, side: int) -> str:
        cut = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
        return self.book.say("difference.quoted", text=cut)

    def limit(self, text: str, side: int) -> str:
        try:
            return self.book.say("difference.quoted", text=_limit(json.loads(text), self, side))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, ScenarioError):
            return self.quoted(text, side)


Write = Callable[[str, int], str]
_HANDED = ("reservation", "use", "earmark", "deduction", "adjustment")  # amounts that stand by themselves
_NAMED = (*_HANDED, "recipient", "pool", "indicator")


def _number(text: str) -> Number | None:
    return plain(Fraction(text)) if _NUMBER.fullmatch(text) else None


def _in_language(found: Iterable[Difference], book: Phrasebook) -> list[Difference]:
    """The differences that have words, and only one of each text that differs in both languages."""
    chosen: dict[tuple[str, ...], Difference] = {}
    for position, d in enumerate(found):
        parts, where = _PARTS.get(d.clause, ()), d.where
        key: tuple[str, ...] = (str(position),)
        if d.clause in _TEXTS and len(where) - 1 in parts and where[-1] in ("zh", "en"):
            where = where[:-1]
            key = (d.clause, *where)
        same = d.before == d.after and d.clause != "order"
        if len(where) in parts and not same and (key not in chosen or d.where[-1] == book.language):
            chosen[key] = Difference(d.clause, where, d.before, d.after)
    return list(chosen.values())


def _group(d: Difference) -> tuple[str, ...]:
    """The key of a difference's sentence: its clause, or the field of the fund or column by itself."""
    if d.clause == "fund":
        return (f"fund_{d.where[0]}",)
    if d.clause == "value" or (d.clause == "factor" and len(d.where) > 1):
        return f"{d.clause}_of", d.where[0]
    return (d.clause,)


def _what(key: tuple[str, ...], about: _About) -> str:
    if len(key) == 2:
        return about.factor(key[1])
    return about.known("difference.what", key[0]) if key[0] != "recipient" else _whom(about)


def _whom(about: _About) -> str:
    local = about.scenario.fund.currency == "CNY"
    return about.book.say("table.recipient" if local else "table.recipient_other")


def _items(kind: str, group: Sequence[Difference], about: _About) -> str:
    """The items of one sentence; "" where there are none."""
    if kind in ("value_of", "published", "previous", "issued") and len(group) > MOST_NAMES:
        return _many(group, about)
    if kind == "provenance":
        cells = [
            about.book.say(
                "difference.cell", name=about.recipient(d.where[0]), factor=about.factor(d.where[1])
            )
            for d in group
        ]
        return about.book.say("difference.cells", count=len(cells), names=cells[:MOST_NAMES])
    if kind == "order":
        whats = [
            _whom(about) if d.where[0] == "recipient" else about.known("difference.what", d.where[0])
            for d in group
        ]
        return about.book.say("difference.order", names=whats)
    items = []
    if kind in ("recipient", "factor"):
        whole = [d for d in group if len(d.where) == 1]
        for key, some in (
            ("difference.rows_new", [d for d in whole if d.after is not None]),
            ("difference.rows_gone", [d for d in whole if d.after is None]),
        ):
            names = [
                about.recipient(d.where[0]) if kind == "recipient" else about.factor(d.where[0]) for d in some
            ]
            items += [about.book.say(key, names=names[:MOST_ITEMS], count=len(names))] if names else []
        group = [d for d in group if len(d.where) > 1]
    items += [item for d in group if (item := _item(d, about))]
    listed = about.book.say("difference.join").join(items[:MOST_ITEMS])
    if len(items) <= MOST_ITEMS:
        return listed
    return about.book.say("difference.and_others", items=listed, count=len(items))


def _item(d: Difference, about: _About) -> str:
    """One difference in words: the old and the new value, or what is new or gone."""
    if d.clause == "earmark" and d.where[-1] == "also_shares":
        key = "difference.shares_too" if d.after == "true" else "difference.shares_no_more"
        return about.book.say(key, name=about.recipient(d.where[0])) if d.after is not None else ""
    before, after = _shown(d, about)
    name = _name(d, about)
    if before and after:
        key = "difference.changed" if name else "difference.changed_itself"
    elif after:
        key = "difference.new" if name else "difference.new_itself"
    else:
        key = "difference.gone" if name else "difference.gone_itself"
    return about.book.say(key, name=name, before=before, after=after)


def _shown(d: Difference, about: _About) -> tuple[str, str]:
    """Both sides as a person reads them, exactly where they would look the same; "" where absent."""
    write = _writer(d, about)
    blank = about.book.say("difference.blank") if d.clause == "value" else ""
    before, after = (blank if t is None else write(t, side) for side, t in enumerate((d.before, d.after)))
    return (before, after) if before != after else (str(d.before), str(d.after))


def _name(d: Difference, about: _About) -> str:
    """The name of the thing that differs; "" where the sentence's subject is enough."""
    if d.clause == "weight":
        return about.factor(d.where[0])
    if d.clause == "factor":
        return about.known("difference.field", d.where[1])
    if d.clause in ("published", "previous", "issued") and not d.where:
        return about.book.say("difference.sum")
    if d.clause in ("value", "published", "previous", "issued"):
        return about.recipient(d.where[-1])
    if d.clause not in _NAMED:
        return ""
    if d.clause in ("reservation", "use"):
        listed = about.scenario.reservations if d.clause == "reservation" else about.scenario.uses
        names = {thing.name.zh: about.book.text(thing.name) for thing in listed}
        name = names.get(d.where[0], d.where[0])
    elif d.clause in ("pool", "indicator"):
        if len(d.where) == 1:
            return ""  # the name is what is new or gone
        name = about.part(d.where[0])
    else:
        name = about.recipient(d.where[0])
    if len(d.where) == 1:
        return name
    return about.book.say("difference.of", name=name, field=about.known("difference.field", d.where[1]))


def _writer(d: Difference, about: _About) -> Write:
    writers: Mapping[str, Write] = {
        "unit": about.money,
        "rounding": lambda text, side: about.known("difference.word", text),
        "kind": lambda text, side: about.known("difference.word", text),
        "coefficient": lambda text, side: about.quoted(about.factor(text), side),
        "weight": about.weight,
        "limit": about.limit,
        "value": about.value,
        "published": about.money,
        "previous": about.money,
        "issued": about.money,
    }
    if d.clause in writers:
        return writers[d.clause]
    if d.where == ("amount",) or (d.clause in _HANDED and len(d.where) == 1):
        return about.money
    words: Mapping[str, Write] = {
        "currency": lambda text, side: text,
        "papers": lambda text, side: text,
        "year": lambda text, side: text,
        "date": lambda text, side: text,
        "of": lambda text, side: text,
        "status": lambda text, side: str(about.book.words("status").get(text, text)),
        "kind": lambda text, side: about.quoted(about.book.kind(text), side),
    }
    return words.get(d.where[-1] if d.where else "", about.quoted)


def _many(group: Sequence[Difference], about: _About) -> str:
    """The number of figures of a column that differ, and the one that differs most."""

    def size(d: Difference) -> Number:
        before, after = _number(d.before or ""), _number(d.after or "")
        return -1 if before is None or after is None else max(after - before, before - after)

    largest = max(group, key=size)
    alone = sum(size(d) == size(largest) for d in group) == 1
    before, after = _shown(largest, about)
    return about.book.say(
        "difference.many" if alone else "difference.many_tied",
        all=so_many(about.scenario, len(about.scenario.recipients), about.book),
        count=len(group),
        name=_name(largest, about),
        before=before,
        after=after,
    )


class Written(NamedTuple):
    """A formula as it was written, to be shown."""

    text: str


def _limit(fields: Mapping[str, Any], about: _About, side: int) -> str:
    """A floor or cap in words, from its fields; raises an error where the fields are not those of a limit."""
    formulas = {name: Written(fields[name]) for name in _FORMULAS if name in fields}
    numbers = (name for name in fields if name.startswith(("floor", "cap")) and name not in formulas)
    figures = {name: _number(fields[name]) for name in numbers}
    if None in figures.values():
        raise ValueError("not a number")
    limit = Limit(**{**fields, **figures, **formulas})
    words = LimitWords(about.recipient, about.factor, about.currency[side], about.part)
    return about.book.say("rule.join").join(limit_clauses(limit, about.book, words))
