"""The values of differences as a reader sees them: names for ids, amounts, per cent, words of the format."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
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
_WITHIN = str.maketrans("“”", "‘’")  # quotes within quotes
_SHARES = ("shares", "shares")


def number_in(text: str) -> Number | None:
    """The number that a difference writes exactly ("100/3"); None for any other text."""
    return plain(Fraction(text)) if _NUMBER.fullmatch(text) else None


def each_weight(found: Sequence[Difference]) -> Iterator[Difference]:
    """The differences, with one for each weight of a pool, and each part of an indicator, that differs.

    ``where`` is then the factor, and the pool or indicator: as for a rule without pools.
    """
    for d in found:
        sides = [_weights(text) for text in (d.before, d.after)]
        if d.where[1:] not in (("weights",), ("parts",)) or None in sides:
            yield d
            continue
        old, new = (side or {} for side in sides)
        for factor in dict.fromkeys((*old, *new)):
            if old.get(factor) != new.get(factor):
                yield Difference("weight", (factor, d.where[0]), old.get(factor), new.get(factor))


def _weights(text: str | None) -> dict[str, str] | None:
    """The weights in "a 60, b 40", by factor; None where a text is something else."""
    pairs = [part.rpartition(" ") for part in (text or "").split(", ")]
    if not all(id and number_in(weight) is not None for id, _, weight in pairs):
        return None
    return {id: weight for id, _, weight in pairs}


@dataclass(frozen=True)
class About:
    """The context of the sentences: names, currencies and kinds; pairs are of before and after."""

    book: Phrasebook
    scenario: Scenario
    recipients: Mapping[str, str]
    factors: Mapping[str, str]
    parts: Mapping[str, str]
    currency: tuple[str, str]
    kind: Mapping[str, tuple[str, str]]  # by pool, "" for a rule without pools

    @classmethod
    def of(cls, found: Sequence[Difference], scenario: Scenario, book: Phrasebook) -> About:
        """The context of these differences; ``scenario`` is either of the two."""
        names: dict[str, dict[str, str]] = {"recipient": {}, "factor": {}, "pool": {}, "indicator": {}}
        currency = (scenario.fund.currency, scenario.fund.currency)
        kind = {pool.id: (pool.kind, pool.kind) for pool in scenario.rules}
        for d in found:
            both = str(d.before), str(d.after)
            if (d.clause, *d.where) == ("fund", "currency"):
                currency = both
            elif d.clause == "kind":
                kind[""] = both
            elif d.clause == "pool" and d.where[1:] == ("kind",):
                kind[d.where[0]] = both
            elif d.clause in names and d.where and d.where[1:] in ((), (book.language,)):
                names[d.clause][d.where[0]] = d.after or d.before or ""
        names["recipient"] |= {r.id: book.text(r.name) for r in scenario.recipients}
        names["factor"] |= {f.id: book.text(f.name) for f in scenario.factors}
        parts = names["pool"] | {pool.id: book.text(pool.name) for pool in scenario.pools}
        parts |= names["indicator"] | {one.id: book.text(one.name) for one in scenario.indicators}
        return cls(book, scenario, names["recipient"], names["factor"], parts, currency, kind)

    def recipient(self, id: str) -> str:
        """The name of a recipient, or of several."""
        return self._named(id, self.recipients)

    def factor(self, id: str) -> str:
        """The name of a column or an indicator, or of several."""
        return self._named(id, {**self.parts, **self.factors})

    def part(self, id: str) -> str:
        """The name of a pool or an indicator."""
        return self._named(id, self.parts)

    def _named(self, listed: str, names: Mapping[str, str]) -> str:
        if listed in names:
            return names[listed]
        return self.book.say("place.list").join(names.get(id, id) for id in listed.split(", "))

    def known(self, table: str, word: str) -> str:
        """A word of the format in the reader's words, else as it stands."""
        return str(self.book.words(table).get(word, word))

    # --- how a text of a difference is written; side is 0 before and 1 after ---

    def quoted(self, text: str, side: int) -> str:
        """Any text as it stands, cut where it is long."""
        return self._within_quotes(text, LONGEST)

    def _within_quotes(self, text: str, longest: int = LONGEST_RULE) -> str:
        cut = text if len(text) <= longest else text[: longest - 1] + "…"
        return self.book.say("difference.quoted", text=cut.translate(_WITHIN))

    def plainly(self, text: str, side: int) -> str:
        """A text that needs no quotes."""
        return text

    def money(self, text: str, side: int) -> str:
        """An amount in the fund's currency, or what stands in its place ("rest")."""
        amount = number_in(text)
        if amount is not None:
            return self.book.money(amount, self.currency[side])
        return (self.word if text in self.book.words("difference.word") else self.quoted)(text, side)

    def value(self, text: str, side: int) -> str:
        """A figure of a column."""
        value = number_in(text)
        return self.quoted(text, side) if value is None else self.book.number(value)

    def percent(self, text: str, side: int) -> str:
        """A number of percent."""
        value = number_in(text)
        return self.quoted(text, side) if value is None else percent(value, self.book)

    def part_of_one(self, text: str, side: int) -> str:
        """A part of 1, in percent."""
        value = number_in(text)
        return self.quoted(text, side) if value is None else percent(100 * value, self.book)

    def weight(self, text: str, side: int, of: str = "") -> str:
        """A weight of the rule, of one of its pools, or of an indicator, whose parts are percent."""
        weight, kind = number_in(text), self.kind.get(of, _SHARES)[side]
        if weight is None:
            return self.quoted(text, side)
        if kind == "fixed":
            return self.money(text, side)
        return percent(weight, self.book) if kind == "shares" else self.book.say(
            "table.weight_scores", weight=weight)  # fmt: skip

    def word(self, text: str, side: int) -> str:
        """A word of the format in the reader's words."""
        return self.known("difference.word", text)

    def columns(self, text: str, side: int) -> str:
        """Columns by their names."""
        return self._within_quotes(self.factor(text))

    def kinds(self, text: str, side: int) -> str:
        """A kind of recipients."""
        return self.quoted(self.book.kind(text), side)

    def whom(self, text: str, side: int) -> str:
        """All recipients, all others, those of a kind, or those named, as a reservation may be too."""
        if text in ("all", "pro-rata"):
            return self.word(text, side)
        reserved = {one.name.zh: self.book.text(one.name) for one in self.scenario.reservations}
        named = reserved[text] if text in reserved else self.recipient(text)
        return self._within_quotes(self.book.kind(text) if named == text else named)

    def formula(self, text: str, side: int) -> str:
        """A formula or a condition with the names of columns in place of their ids."""
        try:
            return self._within_quotes(self.in_names(text))
        except ScenarioError:
            return self.quoted(text, side)

    def in_names(self, text: str) -> str:
        """A formula with the names of its columns; raises ScenarioError for a text that is none."""
        from allocator.files.formulas import parse  # most differences have none

        return in_words(parse(text), self.factors, self.book)

    def limit(self, text: str, side: int) -> str:
        """A floor or cap in words, from its fields as JSON; quoted where they are not those of a limit."""
        try:
            return self._within_quotes(_limit(json.loads(text), self, side))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, ScenarioError):
            return self.quoted(text, side)


class Written(NamedTuple):
    """A formula as it was written, to be shown."""

    text: str


def _limit(fields: Mapping[str, Any], about: About, side: int) -> str:
    formulas = {name: Written(fields[name]) for name in _FORMULAS if name in fields}
    numbers = (name for name in fields if name.startswith(("floor", "cap")) and name not in formulas)
    figures = {name: number_in(fields[name]) for name in numbers}
    if None in figures.values():
        raise ValueError("not a number")
    limit = Limit(**{**fields, **figures, **formulas})
    words = LimitWords(
        about.recipient,
        about.factor,
        about.currency[side],
        about.part,
        lambda formula, book: about.in_names(formula.text),
    )
    return about.book.say("rule.join").join(limit_clauses(limit, about.book, words))
