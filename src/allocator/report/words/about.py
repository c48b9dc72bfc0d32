"""Names and figures of a difference as a reader sees them; what is neither known nor a number stays."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from allocator.analysis.differences import Difference
from allocator.core.errors import ScenarioError
from allocator.core.exact import Number, plain
from allocator.core.limits import Limit
from allocator.core.model import Scenario
from allocator.report.words.formulas import in_words
from allocator.report.words.rule import LimitWords, limit_clauses, percent
from allocator.text import Phrasebook

LONGEST = 40  # characters of a text that are quoted
LONGEST_RULE = 300  # of a formula, and of what else a rule says
_FORMULAS = ("where", "floor_formula", "cap_formula")  # of a limit
_NUMBER = re.compile(r"-?\d{1,40}(/[1-9]\d{0,39})?", re.ASCII)
_WEIGHTS = re.compile(rf"(.+?) ({_NUMBER.pattern})(?:, |$)", re.ASCII | re.DOTALL)
_WITHIN = str.maketrans("“”", "‘’")  # quotes within quotes


@dataclass(frozen=True)
class About:
    """The context of differences: names, currencies and kinds; pairs are of before and after."""

    book: Phrasebook
    scenario: Scenario
    recipients: Mapping[str, str]
    factors: Mapping[str, str]
    pools: Mapping[str, str]
    currency: tuple[str, str]
    kind: tuple[str, str]
    kinds: Mapping[str, tuple[str, str]]  # of the pools that change theirs

    @classmethod
    def of(cls, found: Sequence[Difference], scenario: Scenario, book: Phrasebook) -> About:
        names: dict[str, dict[str, str]] = {"recipient": {}, "factor": {}, "pool": {}}
        currency = scenario.fund.currency
        pairs = {("fund", "currency"): (currency, currency), ("kind",): (scenario.kind, scenario.kind)}
        kinds: dict[str, tuple[str, str]] = {}
        for d in found:
            if (d.clause, *d.where) in pairs:
                pairs[d.clause, *d.where] = str(d.before), str(d.after)
            elif d.clause == "pool" and d.where[1:] == ("kind",):
                kinds[d.where[0]] = str(d.before), str(d.after)
            elif d.clause in names and d.where and d.where[1:] in ((), (book.language,)):
                names[d.clause][d.where[0]] = d.after or d.before or ""
        names["recipient"] |= {r.id: book.text(r.name) for r in scenario.recipients}
        names["factor"] |= {f.id: book.text(f.name) for f in scenario.factors}
        own, kind = pairs.values()
        return cls(book, scenario, names["recipient"], names["factor"], names["pool"], own, kind, kinds)

    def recipient(self, id: str) -> str:
        return self.recipients.get(id, id)

    def whom(self, text: str) -> str:
        """All, a kind, or names; one recipient for the most part."""
        ids = [text] if text in self.recipients else text.split(", ")
        if all(id in self.recipients for id in ids):
            return self.book.show([self.recipient(id) for id in ids])
        kinds = {recipient.kind for recipient in self.scenario.recipients}
        return self.book.kind(text) if text in kinds else self.word(text)

    def factor(self, id: str) -> str:
        return self.factors.get(id, id)

    def part(self, id: str) -> str:
        """The name of a pool or an indicator."""
        names = {pool.id: pool.name for pool in self.scenario.rules}
        names |= {indicator.id: indicator.name for indicator in self.scenario.indicators}
        return self.book.text(names[id]) if id in names else self.pools.get(id, id)

    def known(self, table: str, word: str) -> str:
        return str(self.book.words(table).get(word, word))

    def word(self, text: str, side: int = 0) -> str:
        """A word of the file as people say it; the word itself where there is no other."""
        return self.known("difference.word", text)

    # --- how a text of a difference is written; side is 0 before and 1 after ---

    def money(self, text: str, side: int) -> str:
        amount = number(text)
        return self.quoted(text, side) if amount is None else self.book.money(amount, self.currency[side])

    def money_or_word(self, text: str, side: int) -> str:
        """The money of a pool: an amount, the rest, or what is needed."""
        return self.money(text, side) if number(text) is not None else self.word(text)

    def value(self, text: str, side: int) -> str:
        value = number(text)
        return self.quoted(text, side) if value is None else self.book.number(value)

    def percent(self, text: str, side: int) -> str:
        value = number(text)
        return self.quoted(text, side) if value is None else percent(value, self.book)

    def part_of_one(self, text: str, side: int) -> str:
        value = number(text)
        return self.quoted(text, side) if value is None else percent(value * 100, self.book)

    def weight(self, text: str, side: int) -> str:
        weight = number(text)
        if weight is None:
            return self.quoted(text, side)
        return self._weighed(weight, self.kind[side], side)

    def weights(self, pool: str) -> Write:
        """The way to write the weights of a pool, by its kind."""
        own = next((p.kind for p in self.scenario.rules if p.id == pool), "shares")
        kinds = self.kinds.get(pool, (own, own))
        return lambda text, side: self._each_weight(text, kinds[side], side)

    def parts(self, text: str, side: int) -> str:
        return self._each_weight(text, "shares", side)

    def _each_weight(self, text: str, kind: str, side: int) -> str:
        found = [_WEIGHTS.match(text)]
        while found[-1] is not None and found[-1].end() < len(text):
            found.append(_WEIGHTS.match(text, found[-1].end()))
        if None in found:
            return self.quoted(text, side)
        each = [
            self.book.say(
                "difference.weight",
                name=self._weighted(match[1]),
                weight=self._weighed(plain(Fraction(match[2])), kind, side),
            )
            for match in found
            if match is not None
        ]
        return self._within(self.book.say("place.list").join(each), LONGEST_RULE)

    def _weighted(self, id: str) -> str:
        return self.factors[id] if id in self.factors else self.part(id)

    def _weighed(self, weight: Number, kind: str, side: int) -> str:
        if kind == "shares":
            return percent(weight, self.book)
        if kind == "fixed":
            return self.book.money(weight, self.currency[side])
        return self.book.say("table.weight_scores", weight=weight)

    def columns(self, text: str, side: int) -> str:
        """Columns, by their names."""
        return self._within(self.book.show([self.factor(id) for id in text.split(", ")]), LONGEST_RULE)

    def party(self, text: str, side: int) -> str:
        """The party that takes or pays something: a recipient, a reservation, or all others."""
        names = {one.name.zh: self.book.text(one.name) for one in self.scenario.reservations}
        return self.quoted(self.recipients.get(text) or names.get(text) or self.word(text), side)

    def quoted(self, text: str, side: int) -> str:
        return self._within(text, LONGEST)

    def _within(self, text: str, longest: int) -> str:
        cut = text if len(text) <= longest else text[: longest - 1] + "…"
        return self.book.say("difference.quoted", text=cut.translate(_WITHIN))

    def formula(self, text: str, side: int) -> str:
        """A formula or a condition with the names of its columns."""
        try:
            return self._within(self._in_names(text), LONGEST_RULE)
        except ScenarioError:
            return self.quoted(text, side)

    def _in_names(self, text: str) -> str:
        from allocator.files.formulas import parse  # most differences have none

        return in_words(parse(text), self.factors, self.book)

    def limit(self, text: str, side: int) -> str:
        try:
            return self._within(self._limit(json.loads(text), side), LONGEST_RULE)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, ScenarioError):
            return self.quoted(text, side)

    def _limit(self, fields: Mapping[str, Any], side: int) -> str:
        """A floor or cap in words, from its fields; raises an error where the fields are not those of one."""
        formulas = {name: Written(fields[name]) for name in _FORMULAS if name in fields}
        numbers = (name for name in fields if name.startswith(("floor", "cap")) and name not in formulas)
        figures = {name: number(fields[name]) for name in numbers}
        if None in figures.values():
            raise ValueError("not a number")
        limit = Limit(**{**fields, **figures, **formulas})
        words = LimitWords(
            self.recipient,
            self.factor,
            self.currency[side],
            self.part,
            lambda formula, book: self._in_names(formula.text),
        )
        return self.book.say("rule.join").join(limit_clauses(limit, self.book, words))


Write = Callable[[str, int], str]


class Written(NamedTuple):
    """A formula as it was written, to be shown."""

    text: str


def number(text: str) -> Number | None:
    """The number that a difference states; None where it states none."""
    return plain(Fraction(text)) if _NUMBER.fullmatch(text) else None
