"""One way to read a published split, and what is known or supposed about the unpublished data behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from allocator.analysis.audit.pooled import Pooled, pooled
from allocator.core.beyond import covers
from allocator.core.errors import ScenarioError
from allocator.core.exact import Number
from allocator.core.model import Scenario
from allocator.core.naming import guess, names_of, unknown_recipient
from allocator.core.parts import number_at, put, wrong

TOLERANCES = ("rounded", "exact")
KNOWN_OF = ("share", "value", "part")
CLAUSES = ("units", "roundings", "adjustments")  # what needs no columns to be said of


@dataclass(frozen=True)
class Known:
    """A known fact: the sum of one factor over some recipients lies between two figures.

    ``of`` says of what: "share" is their part of the factor's total, 1 being all of it; "value" is in the
    factor's own unit; "part" is the money that the factor brings them, before limits and rounding.
    ``recipients`` are ids, or "all" of those that take part: with "value" that is the factor's total.
    Without ``high`` there is no upper figure.
    """

    factor: str
    recipients: str | tuple[str, ...]
    low: Number
    high: Number | None
    of: str = "share"

    def __post_init__(self) -> None:
        if self.recipients != "all":
            put(self, recipients=tuple(self.recipients))
        if not self.recipients:
            wrong("audit_nobody", "reading")
        if self.of not in KNOWN_OF:
            wrong("choice", "reading", {"key": "of"}, value=self.of, known=KNOWN_OF)
        _check_range(self)
        largest = self.low if self.high is None else self.high
        if self.of == "share" and largest > 1:
            wrong("audit_share", "reading", value=largest, share=largest / 100)


@dataclass(frozen=True)
class Scored:
    """Every recipient that takes part is scored between two figures: no value is above high / low times
    another.

    The figures are in the unit of the factor's values, where those are known too or multiplied as they are.
    Equal scores are low = high, and then the figure itself stays open.
    """

    factor: str
    low: Number
    high: Number

    def __post_init__(self) -> None:
        _check_range(self)
        if not self.high:
            wrong("zero", "reading", {"key": "high"})

    @property
    def equal(self) -> bool:
        """True if everybody has the same score."""
        return self.low == self.high


def _check_range(thing: Any) -> None:
    put(thing, low=number_at(thing.low, "low"))
    if thing.high is not None:
        put(thing, high=number_at(thing.high, "high"))
        if thing.low > thing.high:
            wrong("audit_range", "reading", low=thing.low, high=thing.high)


@dataclass(frozen=True)
class Reading:
    """假设口径: a scenario with a published split, and what is known or supposed about the data behind it.

    The scenario's own factor values count for nothing here, only its rule.  The published amounts less the
    adjustments are what that rule gave.  ``tolerance`` "rounded" takes them as rounded by the scenario's
    rule, "exact" as if they were not rounded at all.  A rule of format 2 is read as ``columns``, whose
    scenario takes its place; ``rule`` is the one that was given.  Raises ScenarioError for whatever does not
    fit together.
    """

    scenario: Scenario
    known: tuple[Known, ...] = ()
    scored: tuple[Scored, ...] = ()
    tolerance: str = "rounded"
    columns: Pooled | None = None
    given: Scenario | None = None

    def __post_init__(self) -> None:
        put(self, known=tuple(self.known), scored=tuple(self.scored))
        if self.tolerance not in TOLERANCES:
            wrong("choice", "reading", {"key": "tolerance"}, value=self.tolerance, known=TOLERANCES)
        if self.scenario.published is None:
            wrong("no_published", at={"key": "data.published"})
        if self.scenario.pools or not {*self.scenario.beyond} <= {*CLAUSES}:
            columns = pooled(self.scenario)
            put(self, columns=columns, given=self.scenario, scenario=columns.scenario)
        factors = [known.factor for known in self.known] + [scored.factor for scored in self.scored]
        check_factors(self.scenario, factors)
        taking = {self.scenario.ids[i] for i in self.scenario.participants}
        for known in self.known:
            if known.recipients == "all":
                continue
            check_recipients(self.scenario, known.recipients)
            apart = [id for id in known.recipients if id not in taking]
            if apart:
                wrong("audit_apart", "reading", name=apart[0])

    @property
    def rule(self) -> Scenario:
        """The scenario that was given, whose digest stands on what is found."""
        return self.scenario if self.given is None else self.given

    @property
    def several(self) -> bool:
        """True where the columns are those of several pools."""
        return self.columns is not None and len(self.rule.rules) > 1

    def nothing_of(self, factor: str) -> frozenset[str]:
        """The ids of those that take no part in the pool of a column, and so have none of it."""
        return frozenset() if self.columns is None else self.columns.without.get(factor, frozenset())


def check_plain(scenario: Scenario) -> None:
    """Raises ScenarioError where a rule is to be read as columns, or is not covered at all."""
    covers(scenario, "beyond.surface.audit", CLAUSES)


def check_factors(scenario: Scenario, factors: Iterable[str]) -> None:
    """Refuses a name without a weight in the scenario; a weight of zero will do."""
    known = list(scenario.weights)
    for factor in factors:
        if factor not in scenario.weights:
            wrong("audit_factor", "reading", {"key": "factor"}, name=factor, guess=guess(factor, known))


def check_recipients(scenario: Scenario, ids: Sequence[str]) -> None:
    """Refuses an empty list, an unknown recipient, and one listed twice."""
    if not ids:
        wrong("audit_nobody", "reading")
    known = set(scenario.ids)
    for id in ids:
        if id not in known:
            raise ScenarioError(unknown_recipient(id, names_of(scenario.recipients), "reading"))
    if len(set(ids)) < len(ids):
        wrong("recipient_twice", "reading", name=next(id for id in ids if list(ids).count(id) > 1))
