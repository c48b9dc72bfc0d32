"""复核: issued amounts held against the rule, and the differences that an adjustment explains.

Exact and without any library.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from allocator.core.allocation import Allocation
from allocator.core.exact import Number, plain

State = Literal["same", "adjusted", "otherwise", "unexplained", "missing"]


@dataclass(frozen=True)
class Reviewed:
    """One recipient's issued amount beside the rule's, money in the currency's main unit.

    ``rule`` is the amount before adjustments by hand and ``adjustment`` their sum; ``issued`` is None where
    nothing is stated of it.
    """

    id: str
    rule: Number
    adjustment: Number
    issued: Number | None

    @property
    def amount(self) -> Number:
        """The amount by the rule with its adjustments."""
        return plain(self.rule + self.adjustment)

    @property
    def difference(self) -> Number | None:
        """Issued less by the rule alone."""
        return None if self.issued is None else plain(self.issued - self.rule)

    @property
    def state(self) -> State:
        """The relation of the two.

        "same" as the rule alone; "adjusted": an adjustment explains the difference; "otherwise": there is an
        adjustment, and it comes to another amount; "unexplained": there is none; "missing": nothing stated.
        """
        if self.issued is None:
            return "missing"
        if self.issued == self.amount:
            return "adjusted" if self.adjustment else "same"
        return "otherwise" if self.adjustment else "unexplained"


@dataclass(frozen=True)
class Review:
    """The review of all recipients, in listed order; ``unknown`` are issued amounts of nobody in the rule."""

    rows: tuple[Reviewed, ...]
    unknown: Mapping[str, Number]

    @property
    def differing(self) -> tuple[Reviewed, ...]:
        """Those whose issued amount is not that of the rule alone."""
        return tuple(row for row in self.rows if row.state != "same")

    @property
    def open(self) -> tuple[Reviewed, ...]:
        """Those of them that no adjustment explains."""
        return tuple(row for row in self.differing if row.state != "adjusted")

    @property
    def agrees(self) -> bool:
        """True if every issued amount is that of the rule, with its adjustments."""
        return not self.open and not self.unknown


def review(allocation: Allocation, issued: Mapping[str, Number]) -> Review:
    """The issued amounts, by recipient's id in the main unit, held against an allocation.

    >>> from allocator import allocate, load_scenario
    >>> plan = allocate(load_scenario("scenarios/cn-guangdong-2012/plan.toml"))
    >>> found = review(plan, plan.scenario.published)
    >>> found.agrees, len(found.differing), found.differing[0].difference
    (True, 18, -1000)
    """
    rule, hands = allocation.before_adjustments, allocation.adjustments
    rows = tuple(Reviewed(id, rule[id], hands.get(id, 0), issued.get(id)) for id in allocation.scenario.ids)
    known = {row.id for row in rows}
    return Review(rows, {id: amount for id, amount in issued.items() if id not in known})
