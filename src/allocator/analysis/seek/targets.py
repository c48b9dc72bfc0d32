"""Targets for amounts, shares, ranks or differences, and the check that an allocation meets them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from allocator.core.allocation import Allocation
from allocator.core.errors import Problem, ScenarioError, within
from allocator.core.exact import Number, exact, plain
from allocator.core.model import Scenario
from allocator.core.naming import names_of, unknown_recipient
from allocator.core.parts import check_text, in_full, put, wrong
from allocator.text import Money

OF = ("amount", "share", "rank", "difference")
RELATIONS = ("<=", ">=", "==")
_TARGET = {"option": "target"}


@dataclass(frozen=True)
class Target:
    """设定条件: something of one recipient, or of several together, is at most, at least or exactly a value.

    ``of`` is "amount" (in the currency's main unit, earmarks included), "share" (the part of all that
    recipients get together, 1 being all of it), "rank" (1 is the largest amount; equal amounts share the
    better rank) or "difference" (amount − published).  ``name`` is what several recipients are called.
    """

    of: str
    recipients: tuple[str, ...]
    relation: str
    value: Number
    name: str = ""

    def __post_init__(self) -> None:
        ids = (self.recipients,) if isinstance(self.recipients, str) else tuple(self.recipients)
        put(self, recipients=ids, value=exact(self.value))
        for key, known in (("of", OF), ("relation", RELATIONS)):
            if getattr(self, key) not in known:
                wrong("choice", at=_TARGET, value=str(getattr(self, key)), known=known)
        if not ids:
            wrong("audit_nobody", at=_TARGET)
        if self.name:
            with within(option="target"):
                check_text(self.name, 100)
        if self.of != "difference" and self.value < 0:
            wrong("negative", at=_TARGET, value=self.value)
        if self.of == "rank" and len(ids) > 1:
            wrong("target_rank_group", at=_TARGET, name=self.name or ids)
        if self.of == "rank" and (not isinstance(self.value, int) or self.value < 1):
            wrong("target_rank", at=_TARGET, value=in_full(self.value))
        if self.of == "share" and self.value > 1:
            wrong("target_share", at=_TARGET, value=plain(100 * self.value))

    def met(self, allocation: Allocation) -> bool:
        """True if this allocation meets the target, exactly.

        >>> from allocator import allocate, load_scenario
        >>> allocation = allocate(load_scenario("scenarios/luzhou-2023/published-rule.toml"))
        >>> Target("amount", ("ftz",), "<=", 48_000_000).met(allocation)
        False
        """
        value = measured(self, allocation)
        if self.relation == "==":
            return value == self.value
        return value <= self.value if self.relation == "<=" else value >= self.value


def measured(target: Target, allocation: Allocation) -> Number:
    """The amount, share, rank or difference that a target is about."""
    amounts = allocation.amounts
    amount = sum((amounts[id] for id in target.recipients), start=0)
    if target.of == "rank":
        return 1 + sum(other > amount for other in amounts.values())
    if target.of == "share":
        whole = sum(amounts.values(), start=0)
        return plain(Fraction(amount) / whole) if whole else 0
    if target.of == "difference":
        published = allocation.scenario.published or {}
        return plain(amount - sum((published[id] for id in target.recipients), start=Fraction(0)))
    return plain(amount)


@dataclass(frozen=True)
class Demand:
    """One inequality of a target.

    On whole units: the units that ``members`` (positions among those that take part) get from the split are
    at most (``side`` 1) or at least (−1) ``bound``.  On a rank: ``rival`` is the recipient's position in the
    scenario, and the number of recipients with more than it is at most, or at least, ``bound``.
    """

    target: int
    side: Literal[1, -1]
    bound: int
    members: tuple[int, ...] = ()
    rival: int | None = None


def check_targets(scenario: Scenario, targets: Sequence[Target]) -> None:
    """Raises ScenarioError for a target that this scenario cannot have."""
    if not targets:
        wrong("target_none", at=_TARGET)
    known = set(scenario.ids)
    for target in targets:
        for id in target.recipients:
            if id not in known:
                raise ScenarioError(unknown_recipient(id, names_of(scenario.recipients), at=_TARGET))
        if len(set(target.recipients)) < len(target.recipients):
            twice = next(id for id in target.recipients if target.recipients.count(id) > 1)
            wrong("recipient_twice", at=_TARGET, name=twice)
        if target.of == "difference" and scenario.published is None:
            raise ScenarioError(Problem("no_published", at=_TARGET))
        if target.of == "rank" and target.value > len(known):
            wrong("target_rank_many", at=_TARGET, value=target.value, count=len(known))
        if target.relation == "==" and target.of != "rank" and not scenario.beyond:
            _check_whole(scenario, target)


def _check_whole(scenario: Scenario, target: Target) -> None:
    """Refuses a value that no whole number of units gives."""
    units = _units(scenario, target)
    if units.denominator == 1:
        return
    unit, currency = scenario.fund.unit, scenario.fund.currency
    fixed = _amount(scenario, target) - units * unit  # what comes on top of whole units
    low, high = (plain(fixed + math.floor(units) * unit), plain(fixed + math.ceil(units) * unit))
    wrong(
        "target_unit",
        at=_TARGET,
        unit=Money(unit, currency),
        amount=Money(_amount(scenario, target), currency),
        low=Money(low, currency),
        high=Money(high, currency),
    )


def _amount(scenario: Scenario, target: Target) -> Number:
    """The amount that a target of an amount, share or difference comes to."""
    if target.of == "share":
        return plain(Fraction(target.value) * (scenario.fund.amount - scenario.reserved))
    if target.of == "difference":
        published = scenario.published or {}
        return plain(target.value + sum((published[id] for id in target.recipients), start=Fraction(0)))
    return target.value


def earmarked(scenario: Scenario, recipients: Sequence[str]) -> Number:
    """The sum of the earmarks of these recipients."""
    return plain(sum((amount for id, amount, _ in scenario.grants if id in recipients), start=Fraction(0)))


def _units(scenario: Scenario, target: Target) -> Fraction:
    amount = _amount(scenario, target) - earmarked(scenario, target.recipients)
    return Fraction(amount) / Fraction(scenario.fund.unit)


def members(scenario: Scenario, recipients: Sequence[str]) -> tuple[int, ...]:
    """The positions of these recipients among those that take part in the split."""
    return tuple(at for at, i in enumerate(scenario.participants) if scenario.ids[i] in recipients)


def demands(scenario: Scenario, targets: Sequence[Target]) -> list[Demand]:
    """The inequalities that the targets come to, in whole units of the split."""
    sides: dict[str, tuple[Literal[1, -1], ...]] = {"<=": (1,), ">=": (-1,), "==": (1, -1)}
    found = []
    for number, target in enumerate(targets):
        for side in sides[target.relation]:
            if target.of == "rank":
                rival = scenario.ids.index(target.recipients[0])
                found.append(Demand(number, side, int(target.value) - 1, rival=rival))
                continue
            units = _units(scenario, target)
            bound = math.floor(units) if side > 0 else math.ceil(units)
            found.append(Demand(number, side, bound, members(scenario, target.recipients)))
    return found
