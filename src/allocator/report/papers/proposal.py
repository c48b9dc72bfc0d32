"""The proposal laid before leadership: the scenarios, the proposed one, the language and the day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import cached_property

from allocator.analysis.audit import Reading
from allocator.core.allocation import Allocation
from allocator.core.engine import allocate
from allocator.core.errors import AllocatorError, Problem, ScenarioError
from allocator.core.exact import Number
from allocator.core.model import Scenario
from allocator.core.parts import Text
from allocator.report.excel import made_up
from allocator.report.tables.base import PREVIOUS, Base, known_keys
from allocator.report.tables.base import first as first_base
from allocator.report.tables.base import known as known_base
from allocator.report.tables.figures import recipient_names
from allocator.report.tables.letters import letter
from allocator.report.tables.office import compare_table, office_table, with_final_share
from allocator.report.tables.table import Table
from allocator.report.words.rule import can_differ
from allocator.text import Phrasebook

MOST = 6  # the most scenarios that a paper can show side by side


@dataclass(frozen=True)
class ReadingAsked:
    """A reading of the published split for the internal note: title, assumptions, reason."""

    title: Text
    reading: Reading
    reason: Text | None = None


@dataclass(frozen=True)
class Version:
    """A version that was kept: its stage (初稿, 征求意见), its amounts, and why they changed."""

    name: str
    amounts: Mapping[str, Number]
    why: str = ""
    basis: str = ""


def versions_of(
    kept: Iterable[tuple[str, str, Scenario]],
    scenario: Scenario,
    book: Phrasebook,
    allocated: Callable[[Scenario], Allocation] = allocate,
) -> list[Version]:
    """The kept versions, each with its stage and reason, and what is proposed now; none without a kept one.

    One that cannot be allocated is left out: what is proposed is refused where its papers are made.
    """
    found = []
    for stage, why, before in kept:
        with suppress(AllocatorError):
            found.append(Version(stage, allocated(before).amounts, why))
    with suppress(AllocatorError):
        if found:
            found.append(Version(book.say("report.worksheet.now"), allocated(scenario).amounts))
    return found


@dataclass(frozen=True)
class Proposal:
    """The allocations, the first being the base that the others are compared with, and the proposed one.

    ``known`` are amounts without a rule that all of them are compared with instead, the proposed one too.
    ``unconfirmed`` are the cells, recipient and column, that nobody has confirmed, ``versions`` those that
    were kept of the proposed one, the earliest first.  ``on`` is the day of the papers.  Raises
    ScenarioError for different funds or currencies.
    """

    allocations: tuple[Allocation, ...]
    book: Phrasebook
    on: date
    proposed: int = 0
    readings: tuple[ReadingAsked, ...] = ()
    known: Base | None = None
    unconfirmed: tuple[tuple[str, str], ...] = ()
    versions: tuple[Version, ...] = ()

    def __post_init__(self) -> None:
        compare_table(self.allocations, self.book)  # refuses different currencies
        names = fund_names(self.scenarios)
        if len(names) > 1:
            raise ScenarioError(Problem("report_funds", {"names": names}))

    @property
    def scenarios(self) -> list[Scenario]:
        """The scenarios, in the order given."""
        return [allocation.scenario for allocation in self.allocations]

    @property
    def base(self) -> Allocation:
        """The base 对照方案: the first allocation."""
        return self.allocations[0]

    @property
    def chosen(self) -> Allocation:
        """The proposed allocation 建议方案."""
        return self.allocations[self.proposed]

    @property
    def against(self) -> list[int]:
        """The positions of the allocations to be explained against the base.

        That of the proposed one or, where the base itself is proposed, those of all others.
        """
        return [self.proposed] if self.proposed else list(range(1, len(self.allocations)))

    @cached_property
    def table(self) -> Table:
        """The office's table of the proposed allocation, from which every paper takes its figures."""
        return office_table(self.chosen, self.book, self.known)

    @cached_property
    def shared_table(self) -> Table:
        """The same with each final share beside the amount, since the share before limits differs from it."""
        return with_final_share(self.table, self.chosen, self.known)

    @cached_property
    def comparison(self) -> Table:
        """All scenarios side by side."""
        return compare_table(self.allocations, self.book, self.known, shares=self.known is not None)

    @property
    def compared(self) -> list[tuple[int, Allocation]]:
        """The allocations that are compared with the base, each with its position."""
        start = 0 if self.known is not None else 1
        return list(enumerate(self.allocations))[start:]

    @cached_property
    def reference(self) -> Base | None:
        """The amounts that the proposed ones are held against: issued, last year's, of option A, or none."""
        if self.known is not None:
            return self.known
        keys = [key for key in known_keys(self.scenarios) if self._comparable(key)]
        if keys:
            return known_base(keys[0], self.scenarios, self.book)
        return self.first if self.proposed else None

    def _comparable(self, key: str) -> bool:
        """True if these amounts stand in where no base was chosen: last year's beside a single option."""
        if key == PREVIOUS:
            return len(self.allocations) == 1
        return len(self.allocations) > 1 or can_differ(self.chosen.scenario)

    @property
    def first(self) -> Base:
        """Option A as a base."""
        return first_base(self.allocations)

    @property
    def reference_name(self) -> str:
        """The name of what the proposed amounts are held against, in a sentence."""
        base = self.reference
        return self.short(0) if base is None or base.allocation is not None else base.full

    @cached_property
    def shares(self) -> dict[str, Fraction]:
        """Each recipient's share of all amounts in percent, rounded so that they add up, by id."""
        table = self.shared_table
        at = [column.key for column in table.columns].index("final")
        figures = zip(table.roles, table.figures, strict=True)
        own = [row[at] for role, row in figures if role == "recipient"]
        return {id: Fraction(figure) for id, figure in zip(self.chosen.amounts, own, strict=True)}

    @property
    def plain(self) -> bool:
        """True if the papers are plain ones, and not those of a Chinese office."""
        return self.chosen.scenario.fund.plain_papers

    @property
    def details_in(self) -> str:
        """The name in sentences of the paper that holds what a brief leaves out."""
        return str(self.book.say("report.called.schedule" if self.plain else "report.called.meeting"))

    def name(self, id: str) -> str:
        """A recipient's name, of whichever option has it."""
        return recipient_names(self.allocations, self.book)[id]

    def cash(self, amount: Number, *, sign: bool = False) -> str:
        """An amount in a sentence."""
        return self.book.money(amount, self.chosen.scenario.fund.currency, sign=sign)

    @property
    def held_to(self) -> str:
        """The name of the base in a sentence that compares options with it."""
        return self.short(0) if self.known is None else self.known.full

    @property
    def names(self) -> dict[str, str]:
        """The recipients' names by id."""
        return {r.id: self.book.text(r.name) for r in self.chosen.scenario.recipients}

    @property
    def illustrative(self) -> bool:
        """True if any scenario rests on assumed or example data: then nothing can be requested."""
        return any(map(_made_up, self.scenarios))

    @property
    def mark(self) -> str:
        """The mark on every page where data is assumed; "" where none is."""
        return self.book.say("report.mark") if self.illustrative else ""

    @property
    def fund_name(self) -> str:
        """The name of the fund on papers: its own, else the title of the base."""
        named = next((s.fund.name for s in self.scenarios if s.fund.name), None)
        return str(self.book.text(named or self.base.scenario.title))

    def option(self, at: int) -> str:
        """A scenario's letter and title; only the title where there is no other scenario."""
        title = self.book.text(self.scenarios[at].title)
        if len(self.allocations) == 1:
            return str(title)
        return self.book.say("report.option", letter=letter(at), title=title)

    @property
    def alone(self) -> Proposal:
        """The proposal with the proposed scenario alone, for papers without options."""
        return replace(self, allocations=(self.chosen,), proposed=0)

    def short(self, at: int) -> str:
        """A scenario's letter; its title where there is no other scenario."""
        if len(self.allocations) == 1:
            return self.option(at)
        return self.book.say("report.option_short", letter=letter(at))


def proposal(
    scenarios: Sequence[Scenario],
    book: Phrasebook,
    on: date,
    *,
    proposed: int = 0,
    readings: Sequence[ReadingAsked] = (),
    details: bool = False,
    base: str | None = None,
    versions: Sequence[Version] = (),
) -> Proposal:
    """The proposal of these scenarios, allocated; without ``details`` remarks on single cells are left out.

    They are compared with the first of them, or with ``base`` ("published", "previous") with the amounts
    that all of them state.  Raises ScenarioError or InfeasibleError where one cannot be allocated, they do
    not belong together, or do not state these amounts.
    """
    known = None if base is None else known_base(base, scenarios, book)
    kept = scenarios if details else [discreet(scenario) for scenario in scenarios]
    open_cells = _unconfirmed(scenarios[proposed])
    return Proposal(
        tuple(map(allocate, kept)), book, on, proposed, tuple(readings), known, open_cells, tuple(versions)
    )


def _unconfirmed(scenario: Scenario) -> tuple[tuple[str, str], ...]:
    """The cells that the amounts rest on which somebody provides or has verified, and no day confirms."""
    behind = {factor.id for factor in scenario.behind}
    return tuple(
        (cell.recipient, cell.factor)
        for cell in scenario.provenance
        if cell.factor in behind and cell.confirmed_on is None
        and (cell.provider or cell.declared is not None or cell.verified is not None)
    )  # fmt: skip


def fund_names(scenarios: Iterable[Scenario]) -> list[Text]:
    """The different names of the scenarios' funds; funds without a name are left out."""
    names = {fund.name.zh: fund.name for fund in (s.fund for s in scenarios) if fund.name}
    return list(names.values())


def one_fund(scenarios: Sequence[Scenario]) -> bool:
    """True if scenarios can share one paper: not more than one name of a fund, and one currency."""
    return len(fund_names(scenarios)) < 2 and len({s.fund.currency for s in scenarios}) == 1


def _made_up(scenario: Scenario) -> bool:
    """True if a column that the amounts rest on is assumed or an example, in whole or part."""
    if not scenario.columns and not scenario.pools:
        return bool(made_up(scenario))
    statuses = ("assumed", "example")
    weighted = {factor for weights in scenario.weighted.values() for factor in weights}
    cells = {cell.factor for cell in scenario.provenance if cell.status in statuses}
    behind = scenario.columns.behind([*weighted, *scenario.columns.used])
    return any(
        f.id in cells or (f.formula is None and f.status in statuses)
        for f in scenario.factors
        if f.id in behind
    )


def discreet(scenario: Scenario) -> Scenario:
    """The scenario without remarks on cells, which may name companies or projects; their status is kept."""
    cells = (replace(c, provider="", confirmed_on=None, declared=None, verified=None, note="")
             for c in scenario.provenance if c.status)  # fmt: skip
    return replace(scenario, provenance=tuple(cells))
