"""The comparison of an allocation with other amounts: who gains, who loses, and by how much.

Exact and without any library.  Money counts as moved only where both sums are equal; else gains and losses
are given by themselves, and their difference is the change of the sum.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from operator import sub
from typing import Literal

from allocator.core.allocation import Allocation
from allocator.core.exact import Frozen, Number, plain

Kind = Literal["equal", "same", "moved", "more", "less"]


@dataclass(frozen=True)
class Side:
    """The recipients that gain, or that lose: their ids in listed order, and the total of their changes.

    ``most`` are those whose change is the largest in size (several where they tie) and ``most_by`` is that
    change with its sign, zero where there is nobody.
    """

    ids: tuple[str, ...]
    amount: Number
    most: tuple[str, ...]
    most_by: Number

    @property
    def count(self) -> int:
        """The number of recipients on this side."""
        return len(self.ids)


@dataclass(frozen=True)
class Finding:
    """The changes of an allocation against a base; money in the currency's main unit.

    ``changes`` are amount − base by recipient's id.  A recipient on one side only (``only_here``,
    ``only_there``) counts as zero on the other; one whose base is ``unknown`` is left out of everything.
    ``total`` and ``base_total`` are the sums of those compared.  ``fund`` and ``base_fund`` are all of the
    money, that of departments included, or None where it is not known: nobody publishes what another rule
    would reserve.
    """

    changes: Mapping[str, Number]
    gains: Side
    losses: Side
    total: Number
    base_total: Number
    fund: Number | None = None
    base_fund: Number | None = None
    only_here: tuple[str, ...] = ()
    only_there: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def more(self) -> Number:
        """The change of the sum against the base; negative where recipients together get less."""
        return plain(self.total - self.base_total)

    @property
    def fund_more(self) -> Number | None:
        """The change of the whole fund; None where one of the two is not known."""
        if self.fund is None or self.base_fund is None:
            return None
        return plain(self.fund - self.base_fund)

    @property
    def moved(self) -> Number | None:
        """The money moved: all gains, which equal all losses; None where the sums differ."""
        return None if self.more else self.gains.amount

    @property
    def unchanged(self) -> tuple[str, ...]:
        """The ids of those compared whose amounts are the same."""
        return tuple(id for id, by in self.changes.items() if not by)

    @property
    def kind(self) -> Kind:
        """The kind of finding: "equal" only where every amount, the lists and all sums compared are equal.

        "same" is where nobody's amount changes yet something differs or is not known; "moved" where the
        recipients' sums are equal and amounts are not; "more" and "less" where their sums differ.
        """
        if self.more:
            return "more" if self.more > 0 else "less"
        if self.gains.ids or self.losses.ids:
            return "moved"
        apart = self.only_here or self.only_there or self.unknown or self.fund_more
        return "same" if apart else "equal"

    @property
    def equal(self) -> bool:
        """True if nothing at all differs."""
        return self.kind == "equal"


def find(
    amounts: Mapping[str, Number],
    base: Mapping[str, Number | None],
    fund: Number | None = None,
    base_fund: Number | None = None,
) -> Finding:
    """The finding of amounts by recipient against a base; None in the base is an amount not known.

    ``fund`` and ``base_fund`` are all of the money on either side, where it is known.

    >>> found = find({"a": 7, "b": 5}, {"a": 4, "b": 8})
    >>> found.kind, found.moved, found.gains.most, found.losses.most_by
    ('moved', 3, ('a',), -3)
    >>> find({"a": 7, "b": 5}, {"a": 4, "b": 4}).kind
    'more'
    """
    unknown = tuple(id for id, amount in base.items() if amount is None)
    left_out = frozenset(unknown)
    here = {id: amount for id, amount in amounts.items() if id not in left_out} if unknown else amounts
    there = {id: amount for id, amount in base.items() if amount is not None}
    changes = differences(here, there)
    return Finding(
        changes=Frozen(changes),
        gains=_side({id: by for id, by in changes.items() if by > 0}),
        losses=_side({id: by for id, by in changes.items() if by < 0}),
        total=plain(sum(here.values(), start=0)),
        base_total=plain(sum(there.values(), start=0)),
        fund=fund,
        base_fund=base_fund,
        only_here=tuple(id for id in here if id not in there),
        only_there=tuple(id for id in there if id not in here),
        unknown=unknown,
    )


def differences(amounts: Mapping[str, Number], base: Mapping[str, Number]) -> dict[str, Number]:
    """Amount − base for every recipient of either; one without an amount on a side counts as zero there."""
    if amounts.keys() == base.keys():
        by = map(sub, amounts.values(), map(base.__getitem__, amounts))
        return dict(zip(amounts, map(plain, by), strict=True))
    ids = dict.fromkeys((*amounts, *base))
    return {id: plain(amounts.get(id, 0) - base.get(id, 0)) for id in ids}


def _side(changes: Mapping[str, Number]) -> Side:
    sizes = {id: max(by, -by) for id, by in changes.items()}
    largest = max(sizes.values(), default=0)
    most = tuple(id for id, size in sizes.items() if size == largest)
    return Side(tuple(changes), plain(sum(sizes.values(), start=0)), most, changes[most[0]] if most else 0)


def held_against(allocation: Allocation, base: Allocation | Mapping[str, Number]) -> Finding:
    """The finding of an allocation against another one, or against amounts known without a rule.

    >>> from allocator import allocate, load_scenario
    >>> scenario = load_scenario("scenarios/luzhou-2023/equal-weights.toml")
    >>> held_against(allocate(scenario), scenario.published).losses.most_by
    -1660000
    """
    if isinstance(base, Allocation):
        funds = allocation.scenario.fund.amount, base.scenario.fund.amount
        return find(allocation.amounts, base.amounts, *funds)
    return find(allocation.amounts, base)
