"""Sentences on what a published split implies under a reading, in Chinese and English.

Ranges are rounded outward, and every sentence names the reading on which it depends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from allocator.analysis.audit import (
    Audit,
    Bounds,
    Fit,
    Nearest,
    Range,
    amount_bounds,
    factor_share_bounds,
    outlook,
)
from allocator.core.errors import AllocatorError
from allocator.core.exact import Number
from allocator.core.model import Scenario
from allocator.core.parts import Text
from allocator.report.audit.nearest import Target
from allocator.report.audit.verdict import MOST_FACTS, premise
from allocator.report.words.ranges import names_of, short_weights, span_text, total_text, who
from allocator.text import Phrasebook

_TOLD = {
    "gains": "audit.told_gains",
    "loses": "audit.told_loses",
    "same": "audit.told_same",
    "open": "audit.told_open",
}


@dataclass(frozen=True)
class Findings:
    """The findings under one reading: the ranges of factor shares and, for other weights, of amounts.

    Both are None where no data fits the reading or that is not settled; amounts also without other weights.
    ``groups`` are ranges of sums, by name, and ``says`` who gains or loses, None where limits may have bound.
    ``fit`` compares the real factor ``data`` with the split under this reading, where there is such data.
    """

    title: Text
    audit: Audit
    shares: Mapping[str, Bounds] | None = None
    reason: Text | None = None
    weights: Mapping[str, Number] | None = None
    amounts: Bounds | None = None
    members: Mapping[str, Sequence[str]] | None = None
    groups: Mapping[str, Range] | None = None
    says: Mapping[str, str] | None = None
    fit: Fit | AllocatorError | None = None
    data: Scenario | None = None

    @property
    def scenario(self) -> Scenario:
        """The scenario of the reading."""
        return self.audit.reading.scenario


@dataclass(frozen=True)
class Untested:
    """A reading that is named but not tested, since the data for a test is not available."""

    title: Text
    needs: Text
    reason: Text | None = None


@dataclass(frozen=True)
class Answers:
    """The answers of an audit of a published split, each reading by itself.

    ``nearest_fit`` says which reading real data fits best, ``nearest`` are the nearest weights for targets
    under the first reading, and ``table`` is the file with a table that fits it.
    """

    found: tuple[Findings, ...]
    untested: tuple[Untested, ...] = ()
    nearest_fit: str | None = None
    nearest: tuple[tuple[Target, Nearest], ...] = ()
    table: str | None = None


def findings(
    title: Text,
    audit: Audit,
    weights: Mapping[str, Number] | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
    reason: Text | None = None,
    progress: Callable[[float], None] | None = None,
    *,
    shares: Mapping[str, Bounds] | None = None,
) -> Findings:
    """The findings on a published split under one reading.  ``groups`` are used only with ``weights``.

    ``shares`` are the ranges of factor shares where they were worked out before.

    Raises ScenarioError for invalid weights or groups.
    """
    if not audit.verdict.allows:
        return Findings(title, audit, reason=reason)
    shares = factor_share_bounds(audit, progress=progress) if shares is None else shares
    if weights is None:
        return Findings(title, audit, shares, reason)
    says = None
    if audit.entitlements_only:
        amounts = amount_bounds(audit, weights, progress=progress)
    else:
        seen = outlook(audit, weights, progress=progress)
        amounts, says = seen.bounds, seen.says
    sums: dict[str, Range] = {}
    if groups:
        some = audit.reading.scenario.ids[:1]
        found = amount_bounds(audit, weights, recipients=some, groups=groups, progress=progress)
        sums = {name: found[name] for name in groups}
    whole = {**audit.reading.scenario.weights, **weights}
    return Findings(title, audit, shares, reason, whole, amounts, groups or {}, sums, says)


def _under(audit: Audit, what: str, book: Phrasebook) -> str:
    return book.say("audit.under", premise=premise(audit, book), what=what)


def sentences(found: Findings, book: Phrasebook) -> list[str]:
    """Sentences on other weights: earmarks, the ranges of the largest and of groups, gains and losses."""
    audit, scenario = found.audit, found.scenario
    if found.amounts is None or found.weights is None:
        return []
    weights = short_weights(found.weights, book)
    amounts, published = found.amounts, audit.case.before_adjustments
    taking = [scenario.ids[i] for i in scenario.participants]
    lines = []
    apart = [id for id in scenario.ids if id not in taking and published[id]]
    for id in apart[:MOST_FACTS]:
        amount = total_text(published[id], scenario, book)
        lines.append(book.say("audit.stays", names=names_of(scenario, [id]), amount=amount))
    key = "audit.range_entitlement" if amounts.of == "entitlement" else "audit.range_amount"
    largest = max(taking, key=lambda id: published[id])
    asked: list[tuple[object, Sequence[Number]]] = [(names_of(scenario, [largest]), amounts[largest])]
    for name, ends in (found.groups or {}).items():
        members = who(scenario, (found.members or {})[name], book)
        asked.append((book.say("audit.group", name=name, names=members), ends))
    lines += [
        book.say(key, weights=weights, names=names, range=span_text(ends, scenario, book))
        for names, ends in asked
    ]
    if found.says is not None:
        lines.append(book.say("audit.outlook", weights=weights, told=_outlook(found.says, scenario, book)))
    return [_under(audit, line, book) for line in lines]


def _outlook(says: Mapping[str, str], scenario: Scenario, book: Phrasebook) -> str:
    """The clause on recipients that gain, lose or get the same, and on those for whom it is open."""
    words: dict[str, list[str]] = {word: [id for id, one in says.items() if one == word] for word in _TOLD}
    if len(words["open"]) == len(says):
        return book.say("audit.told_all_open", count=len(says))
    parts = [book.say(_TOLD[word], names=who(scenario, ids, book)) for word, ids in words.items() if ids]
    if words["open"] and not words["gains"] and not words["loses"]:
        parts.insert(0, book.say("audit.told_nobody"))
    return book.say("audit.told_join").join(parts)
