"""The fit of real factor data: the result of a reading's rule, compared with the published split."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from allocator.analysis.audit.before import taken_off
from allocator.analysis.audit.reading import Known, Reading, Scored, check_plain
from allocator.core.engine import plan
from allocator.core.exact import Frozen, Number, plain
from allocator.core.model import Scenario
from allocator.core.parts import wrong


@dataclass(frozen=True)
class Fit:
    """The result of a reading's rule on the data, less the published amounts without their adjustments.

    ``differences`` are amount − (published − adjustments) by recipient, ``off`` the sum of their sizes.
    ``unmet`` are the reading's facts that the data contradicts.
    """

    differences: Mapping[str, Number]
    off: Number
    unmet: tuple[Known | Scored, ...]

    @property
    def exact(self) -> bool:
        """True if the data gives the published split to the last unit, and all that is supposed holds."""
        return not self.off and not self.unmet


def fit(reading: Reading, data: Scenario) -> Fit:
    """The reading's rule, fed with the factor values of ``data``, against the published split.

    Raises ScenarioError where the data lacks a column or a recipient that the rule needs, and AllocatorError
    where the rule cannot be carried out with it.
    """
    rule = reading.rule
    assert rule.published is not None
    if reading.columns is not None:
        return _fit_of_pools(reading, data)
    check_plain(data)
    if data.ids != rule.ids:
        wrong("audit_data_recipients", "reading")
    columns = {factor.id: factor for factor in data.factors}
    used = {*rule.weights, rule.coefficient, *(limit.by for limit in rule.limits)} - {None}
    missing = [id for id in rule.weights if id not in columns] or sorted(map(str, used - columns.keys()))
    if missing:
        wrong("audit_data_factor", "reading", name=missing[0])
    by, _ = taken_off(rule)
    # without the adjustments, which need not add up to what rounding leaves of this data
    fed = replace(rule, factors=data.factors, provenance=(), adjustments=())
    allocation = plan(fed)
    differences = {
        id: plain(amount - (rule.published[id] - by[id])) for id, amount in allocation.amounts.items()
    }
    facts: Sequence[Known | Scored] = (*reading.scored, *reading.known)
    return Fit(
        Frozen(differences),
        plain(sum((abs(Fraction(by)) for by in differences.values()), Fraction(0))),
        tuple(fact for fact in facts if not _holds(fact, fed, allocation.contributions)),
    )


def _fit_of_pools(reading: Reading, data: Scenario) -> Fit:
    """The same of a rule of format 2: its pools fed with the data, against the published split."""
    rule = reading.rule
    if data.ids != rule.ids:
        wrong("audit_data_recipients", "reading")
    columns = {factor.id for factor in data.factors}
    missing = [factor.id for factor in rule.factors if factor.id not in columns]
    if missing:
        wrong("audit_data_factor", "reading", name=missing[0])
    if reading.known or reading.scored:
        wrong("audit_fit_pools", "reading")
    by, _ = taken_off(rule)
    fed = plan(replace(rule, factors=data.factors, provenance=(), adjustments=(), issued=None))
    published = rule.published or {}
    differences = {id: plain(amount - (published[id] - by[id])) for id, amount in fed.amounts.items()}
    off = plain(sum((abs(Fraction(by)) for by in differences.values()), Fraction(0)))
    return Fit(Frozen(differences), off, ())


def _holds(
    fact: Known | Scored, scenario: Scenario, contributions: Mapping[str, Mapping[str, Number]]
) -> bool:
    """True if a fact holds for the data."""
    ids = [scenario.ids[i] for i in scenario.participants]
    values = dict(zip(ids, map(Fraction, scenario.column(fact.factor)), strict=True))
    if isinstance(fact, Scored):
        # scores have no unit of their own: what counts is how far apart they are
        return max(values.values()) * fact.low <= min(values.values()) * fact.high
    members = ids if fact.recipients == "all" else fact.recipients
    total = sum(values.values())
    have = sum(values[id] for id in members)
    if fact.of == "share":
        have = have / total if total else Fraction(0)
    elif fact.of == "part":
        have = sum((Fraction(contributions[fact.factor][id]) for id in members), Fraction(0))
    return fact.low <= have and (fact.high is None or have <= fact.high)


def nearest_fits(fits: Mapping[str, Fit]) -> Iterator[str]:
    """The names of the nearest fits: of all whose facts the data meets, those with the least ``off``."""
    met = {name: found.off for name, found in fits.items() if not found.unmet}
    least = min(met.values(), default=None)
    return (name for name, off in met.items() if off == least)
