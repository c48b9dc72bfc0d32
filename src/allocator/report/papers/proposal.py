"""What is laid before leadership: the scenarios, which of them is proposed, in which language, when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from allocator.analysis.audit import Reading
from allocator.core.allocation import Allocation
from allocator.core.engine import allocate
from allocator.core.errors import Problem, ScenarioError
from allocator.core.model import Scenario
from allocator.core.parts import Text
from allocator.report.excel import made_up
from allocator.report.tables.base import Base
from allocator.report.tables.base import known as known_base
from allocator.report.tables.letters import letter
from allocator.report.tables.office import compare_table, office_table, with_final_share
from allocator.report.tables.table import Table
from allocator.text import say

MOST = 6  # scenarios that one paper can hold side by side


@dataclass(frozen=True)
class ReadingAsked:
    """A reading of the published split for the internal note: its name, what it supposes, why."""

    title: Text
    reading: Reading
    reason: Text | None = None


@dataclass(frozen=True)
class Proposal:
    """The allocations, the first being the base that the others are held against, and which is proposed.

    ``known`` are amounts without a rule that all of them are held against instead, the proposed one too.
    ``on`` is the day that the papers bear.  Raises ScenarioError for scenarios of different funds.
    """

    allocations: tuple[Allocation, ...]
    lang: str
    on: date
    proposed: int = 0
    readings: tuple[ReadingAsked, ...] = ()
    known: Base | None = None

    def __post_init__(self) -> None:
        compare_table(self.allocations, self.lang)  # refuses different currencies
        names = fund_names(self.scenarios)
        if len(names) > 1:
            raise ScenarioError(Problem("report_funds", {"names": names}))

    @property
    def scenarios(self) -> list[Scenario]:
        """The scenarios, in the order given."""
        return [allocation.scenario for allocation in self.allocations]

    @property
    def base(self) -> Allocation:
        """对照方案: the first."""
        return self.allocations[0]

    @property
    def chosen(self) -> Allocation:
        """建议方案: the one that is proposed."""
        return self.allocations[self.proposed]

    @property
    def against(self) -> list[int]:
        """Which allocations the reader must see explained against the base.

        The proposed one; where the base itself is proposed, every other one.
        """
        return [self.proposed] if self.proposed else list(range(1, len(self.allocations)))

    @cached_property
    def table(self) -> Table:
        """The office's table of the proposed allocation: every paper's figures are its."""
        return office_table(self.chosen, self.lang, self.known)

    @cached_property
    def shared_table(self) -> Table:
        """The same with everybody's final share beside the amount: that before limits is another one."""
        return with_final_share(self.table, self.chosen, self.known)

    @cached_property
    def comparison(self) -> Table:
        """All scenarios side by side."""
        return compare_table(self.allocations, self.lang, self.known, shares=self.known is not None)

    @property
    def compared(self) -> list[tuple[int, Allocation]]:
        """The allocations that are held against the base, each with its place."""
        start = 0 if self.known is not None else 1
        return list(enumerate(self.allocations))[start:]

    @property
    def held_to(self) -> str:
        """What a sentence calls that which options are held against."""
        return self.short(0) if self.known is None else self.known.full

    @property
    def names(self) -> dict[str, str]:
        """The recipients' names by id."""
        return {r.id: getattr(r.name, self.lang) for r in self.chosen.scenario.recipients}

    @property
    def illustrative(self) -> bool:
        """Whether any scenario rests on data that is assumed or made up: then nothing can be requested."""
        return any(map(made_up, self.scenarios))

    @property
    def mark(self) -> str:
        """What stands on every page where data is assumed; "" where none is."""
        return say("report.mark", self.lang) if self.illustrative else ""

    @property
    def fund_name(self) -> str:
        """The fund as its papers call it: its name, else that of the base."""
        named = next((s.fund.name for s in self.scenarios if s.fund.name), None)
        return str(getattr(named or self.base.scenario.title, self.lang))

    def option(self, at: int) -> str:
        """A scenario's letter and title; without letter where it stands alone."""
        title = getattr(self.scenarios[at].title, self.lang)
        if len(self.allocations) == 1:
            return str(title)
        return say("report.option", self.lang, letter=letter(at), title=title)

    @property
    def alone(self) -> Proposal:
        """The proposed scenario by itself, for papers that know nothing of options."""
        return replace(self, allocations=(self.chosen,), proposed=0)

    def short(self, at: int) -> str:
        """A scenario's letter alone; its title where it stands alone."""
        if len(self.allocations) == 1:
            return self.option(at)
        return say("report.option_short", self.lang, letter=letter(at))


def proposal(
    scenarios: Sequence[Scenario],
    lang: str,
    on: date,
    *,
    proposed: int = 0,
    readings: Sequence[ReadingAsked] = (),
    details: bool = False,
    base: str | None = None,
) -> Proposal:
    """The scenarios allocated; without ``details`` what single cells have to say is left out.

    They are held against the first of them, or with ``base`` ("published", "previous") against the amounts
    that all of them state.  Raises ScenarioError or InfeasibleError where one cannot be allocated, they do
    not belong together, or do not state these amounts.
    """
    known = None if base is None else known_base(base, scenarios, lang)
    kept = scenarios if details else [discreet(scenario) for scenario in scenarios]
    return Proposal(tuple(map(allocate, kept)), lang, on, proposed, tuple(readings), known)


def fund_names(scenarios: Iterable[Scenario]) -> list[Text]:
    """The names of the scenarios' funds, as far as they have any."""
    names = {fund.name.zh: fund.name for fund in (s.fund for s in scenarios) if fund.name}
    return list(names.values())


def one_fund(scenarios: Sequence[Scenario]) -> bool:
    """Whether scenarios can stand in one paper: one fund, one currency."""
    return len(fund_names(scenarios)) < 2 and len({s.fund.currency for s in scenarios}) == 1


def discreet(scenario: Scenario) -> Scenario:
    """The scenario without what cells say of companies and projects: only their status is kept."""
    cells = (replace(c, provider="", confirmed_on=None, declared=None, verified=None, note="")
             for c in scenario.provenance if c.status)  # fmt: skip
    return replace(scenario, provenance=tuple(cells))
