"""The answer of a search: the least change that meets all targets, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from allocator.analysis.seek.extremes import Reach
from allocator.analysis.seek.levers import Lever
from allocator.analysis.seek.moves import Moves
from allocator.analysis.seek.targets import Target
from allocator.core.allocation import Allocation
from allocator.core.exact import Number
from allocator.core.model import Scenario
from allocator.core.parts import wrong

CLAUSES = ("cap", "floor", "reservation")
WEIGHTS = Lever("weights")  # those of a rule without pools


@dataclass(frozen=True)
class Clause:
    """One clause of the rule that may change: a limit's cap or floor, or a reservation.

    ``number`` is its position among the scenario's limits, or reservations, from 0 on.
    """

    kind: str
    number: int

    def value(self, scenario: Scenario) -> Number:
        """Its amount in the main unit, or its rate."""
        if self.kind == "reservation":
            return scenario.reservations[self.number].amount
        limit = scenario.limits[self.number]
        key = self.kind if self.is_amount(scenario) else f"{self.kind}_rate"
        return getattr(limit, key)  # type: ignore[no-any-return]

    def is_amount(self, scenario: Scenario) -> bool:
        """True if it is an amount, False if it is a rate."""
        return self.kind == "reservation" or getattr(scenario.limits[self.number], self.kind) is not None


def clauses_of(scenario: Scenario, kind: str) -> list[Clause]:
    """All clauses of a kind that a scenario has; raises ScenarioError for another kind.

    >>> from allocator import load_scenario
    >>> clauses_of(load_scenario("scenarios/luzhou-2023/cap-zone.toml"), "cap")
    [Clause(kind='cap', number=0)]
    """
    if kind not in CLAUSES:
        wrong("choice", at={"option": "change"}, value=kind, known=CLAUSES)
    if kind == "reservation":
        return [Clause(kind, number) for number in range(len(scenario.reservations))]
    return [
        Clause(kind, number)
        for number, limit in enumerate(scenario.limits)
        if getattr(limit, kind) is not None or getattr(limit, f"{kind}_rate") is not None
    ]


@dataclass(frozen=True)
class Impossible:
    """The reason why nothing that is allowed meets the targets.

    ``clash`` are the positions of targets that cannot be met together, though without any one of them they
    could, as far as that was proved; where ``alone``, none of them can be met even by itself.  ``always``
    says that this holds for all weights within the bounds, not only for those whole steps away.  ``reaches``
    are the least and the most for each of these targets that is not a rank, before limits and rounding.
    ``nearest`` is the allocation that comes nearest to a single target, before rounding.  ``limits`` are the
    targets that floors or caps rule out by themselves, and what these come to.
    """

    clash: tuple[int, ...]
    alone: bool
    always: bool = False
    reaches: Mapping[int, Reach] = field(default_factory=dict)
    nearest: Allocation | None = None
    limits: Mapping[int, Number] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """The least change found, as ``allocate`` confirmed it, or the reason why there is none.

    What may change is what the ``lever`` moves by ``moves``: weights, parts of an indicator, or the pools'
    money; or else one ``clause`` between the two ``ends``.  ``change`` is Σ|w′ − w|, or that of the clause.
    ``proved`` says that nothing less does it, or that nothing does; where it is False, only smaller changes
    than ``searched`` have been gone through, because there were too many.
    """

    targets: tuple[Target, ...]
    now: Allocation
    found: Allocation | None
    change: Number | None
    proved: bool
    searched: Number | None = None
    impossible: Impossible | None = None
    moves: Moves | None = None
    clause: Clause | None = None
    ends: tuple[Number, Number] | None = None
    lever: Lever = WEIGHTS

    @property
    def before(self) -> Mapping[str, Number]:
        """The things that the lever can move, by id, as they are now."""
        return self.lever.values(self.now)

    @property
    def after(self) -> Mapping[str, Number] | None:
        """The same after the change; None without an answer."""
        return None if self.found is None else self.lever.values(self.found)

    @property
    def scenario(self) -> Scenario:
        """The scenario as it is now."""
        return self.now.scenario


def clash_of(size: int, none: Callable[[Sequence[int]], bool]) -> tuple[tuple[int, ...], bool]:
    """The positions of all targets that cannot be met even alone, and True.

    Where there are none, those of some that clash, of which none can be left out, and False.

    ``none`` says whether it is certain that some of so many targets, by position, cannot be met.
    """
    alone = [n for n in range(size) if size == 1 or none([n])]
    if alone:
        return tuple(alone), True
    clash = list(range(size))
    for number in range(size):
        rest = [n for n in clash if n != number]
        if len(rest) > 1 and none(rest):
            clash = rest
    return tuple(clash), False
