"""The base that allocations are compared with, named alike in tables, sentences, charts and papers.

It is one of the scenarios, or amounts that are known without any rule: those issued this year (已下达数) or
those of the year before (上年下达数).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from allocator.analysis.finding import Finding, held_against
from allocator.core.allocation import Allocation
from allocator.core.errors import Problem, ScenarioError
from allocator.core.exact import Number
from allocator.core.model import Scenario
from allocator.report.tables.letters import letter, lettered
from allocator.text import Phrasebook

PUBLISHED, PREVIOUS, FIRST = "published", "previous", "first"
KNOWN = (PUBLISHED, PREVIOUS)  # amounts that a scenario states apart from its rule
_MISSING = {PUBLISHED: "base_published", PREVIOUS: "base_previous"}


@dataclass(frozen=True)
class Base:
    """Amounts by recipient that others are compared with, and the allocation that they are of, if any.

    ``name`` is their name in a list or legend, ``full`` that in a sentence.
    """

    key: str
    name: str
    full: str
    amounts: Mapping[str, Number]
    allocation: Allocation | None = None

    @property
    def heading(self) -> str:
        """The heading of a column with these amounts.

        >>> Base("previous", "last year", "last year’s amounts", {}).heading
        'Last year'
        """
        return self.name[:1].upper() + self.name[1:] if self.key in KNOWN else self.name

    @property
    def held(self) -> Allocation | Mapping[str, Number]:
        """The allocation, which tells a finding more, or else the amounts."""
        return self.allocation or self.amounts

    def found(self, allocation: Allocation) -> Finding:
        """The comparison of this allocation with these amounts."""
        return held_against(allocation, self.held)


def first(allocations: Sequence[Allocation]) -> Base:
    """The first of several as the base, under its letter."""
    return Base(FIRST, letter(0), letter(0), allocations[0].amounts, allocations[0])


def against(
    allocations: Sequence[Allocation], base: Base | None
) -> tuple[Base, list[tuple[str, Allocation]]]:
    """The base, the first of several unless another is given, and those compared with it, by letter."""
    every = lettered(allocations)
    return (first(allocations), every[1:]) if base is None else (base, every)


def known(key: str, scenarios: Sequence[Scenario], book: Phrasebook) -> Base:
    """The amounts under this key of ``KNOWN``, which all of these scenarios must state alike.

    Raises ScenarioError, a problem for each scenario that does not state them, by its position under
    ``part``; and where they state different ones.
    """
    stated = [getattr(scenario, key) for scenario in scenarios]
    missing = [at for at, amounts in enumerate(stated) if amounts is None]
    if missing:
        raise ScenarioError(
            Problem(_MISSING[key], {"title": scenarios[at].title}, part=str(at)) for at in missing
        )
    if any(amounts != stated[0] for amounts in stated):
        raise ScenarioError(Problem("base_apart", {"base": known_name(key, book)}))
    full = book.say("base.full.published" if key == PUBLISHED else "base.full.previous")
    return Base(key, known_name(key, book), full, stated[0])


def known_name(key: str, book: Phrasebook) -> str:
    """The name in a list of the amounts under this key of ``KNOWN``."""
    return book.say("base.name.published" if key == PUBLISHED else "base.name.previous")


def known_keys(scenarios: Sequence[Scenario]) -> list[str]:
    """The keys of ``KNOWN``, in its order, whose amounts all of these scenarios state alike."""
    stated = {key: [getattr(scenario, key) for scenario in scenarios] for key in KNOWN}
    return [
        key
        for key, every in stated.items()
        if every and every[0] is not None and all(amounts == every[0] for amounts in every)
    ]
