"""Bounds 保底额、封顶额: what each limit comes to, in whole units, for each recipient and for groups.

A bound is an amount, a rate of something, or a formula; for a group (合计) of the sums of its members.  Of
several floors the highest counts, of caps the lowest.  What is held already comes off, and then floors are
rounded up and caps down.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple

from allocator.core.errors import Problem, ScenarioError
from allocator.core.exact import Number, plain, scaled
from allocator.core.limits import Limit
from allocator.core.parts import Text
from allocator.core.stages.groups import Group, group_name, nested
from allocator.core.stages.take_part import named

if TYPE_CHECKING:
    from allocator.core.model import Scenario

Limits = Sequence[int | None]
Size = tuple[int, int]  # of a bound in units: numerator and denominator


class Bounds(NamedTuple):
    """The bounds of those that take part in a pool, by place among them, in units of what is paid.

    ``held`` is what each holds already, in units, empty where nobody does; ``groups`` are the outermost.
    """

    floors: Sequence[int | None]
    caps: Sequence[int | None]
    groups: tuple[Group, ...] = ()
    held: Sequence[Number] = ()

    @property
    def any(self) -> bool:
        """True where something bounds somebody."""
        some = any(floor is not None for floor in self.floors) or any(cap is not None for cap in self.caps)
        return some or bool(self.groups) or bool(self.held)


def limits_in_units(scenario: Scenario) -> tuple[Limits, Limits]:
    """The highest floor, rounded up, and the lowest cap, rounded down, of each in a rule of format 1."""
    found = bounds(scenario, "", scenario.members[""])
    return found.floors, found.caps


def bounds(scenario: Scenario, pool: str, members: Sequence[int], money: Number | None = None) -> Bounds:
    """The bounds of a pool's members, or with "all" those over all pools.

    ``money`` is what the pool shares out in the main unit, which formulas may name; None where it has none
    before its limits.  Raises ScenarioError where a formula cannot be worked out or groups cross.
    """
    floors: list[int | None] = [None] * len(members)
    caps: list[int | None] = [None] * len(members)
    unit = Fraction(scenario.fund.unit)
    own = scenario.held(pool)
    held = [plain(own.get(i, 0) / unit) for i in members] if own else []
    limits = [(n, limit) for n, limit in enumerate(scenario.limits, 1) if (limit.pool or "") == pool]
    if not limits:
        return Bounds(floors, caps, held=held)
    position = {i: at for at, i in enumerate(members)}
    together: dict[tuple[int, ...], _Together] = {}
    sizes = _Sizes(scenario, money)
    for number, limit in limits:
        among = named(scenario, members, limit.recipients)
        if limit.where is not None:
            among = scenario.meeting(limit.where, among, f"limit.{number}.where")
        places = [position[i] for i in among]
        if limit.together:
            if among:
                group = together.setdefault(tuple(places), _Together(number))
                group.add(sizes.of_group(number, limit, among), sum(held[at] for at in places) if held else 0)
            continue
        for end, amounts in sizes.of_each(number, limit, among).items():
            if held:
                pairs = zip(amounts, places, strict=True)
                amounts = [_less(amount, held[at]) for amount, at in pairs]
            if end == "floor":
                for at, (amount, over) in zip(places, amounts, strict=True):
                    floors[at] = max(floors[at] or 0, -(-amount // over))
            else:
                for at, (amount, over) in zip(places, amounts, strict=True):
                    cap = caps[at]
                    caps[at] = amount // over if cap is None else min(cap, amount // over)
    groups = nested({places: (own.floor, own.cap, own.number) for places, own in together.items()})
    return Bounds(floors, caps, groups, held)


def _less(size: Size, held: Number) -> Size:
    if not held:
        return size
    amount, over = size
    return amount * held.denominator - held.numerator * over, over * held.denominator


class _Together:
    """The bounds of a group while its limits are read."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.floor = 0
        self.cap: int | None = None

    def add(self, sizes: Mapping[str, Size], held: Number) -> None:
        for end, size in sizes.items():
            amount, over = _less(size, held)
            if end == "floor":
                self.floor = max(self.floor, -(-amount // over))
            else:
                self.cap = amount // over if self.cap is None else min(self.cap, amount // over)


class _Sizes:
    """Works out what limits come to, in units and before rounding."""

    def __init__(self, scenario: Scenario, money: Number | None) -> None:
        self.scenario, self.money = scenario, money
        self.unit = Fraction(scenario.fund.unit)
        self._over, self._times = self.unit.numerator, self.unit.denominator
        self._sharing: dict[str, tuple[dict[int, int], int]] = {}

    @cached_property
    def amounts(self) -> Mapping[str, Number]:
        """The words of formulas that mean one amount for everybody."""
        scenario = self.scenario
        words = {"fund": scenario.fund.amount, "distributable": scenario.distributable}
        return words if self.money is None else words | {"pool": self.money}

    def of_each(self, number: int, limit: Limit, among: Sequence[int]) -> dict[str, Iterable[Size]]:
        """The floor and cap of each of those that a limit is for, where it has them."""
        found: dict[str, Iterable[Size]] = {}
        for end, formula in limit.formulas.items():
            key = f"limit.{number}.{end}"
            worked_out = self.scenario.columns.bounds(formula, among, key, self.amounts)
            self._check(end, key, worked_out, (self.scenario.recipients[i].name for i in among))
            found[end] = [self._size(value) for value in worked_out]
        for end, amount, rate in self._plain(limit):
            if amount is not None:
                found[end] = [self._size(amount)] * len(among)
            elif limit.of == "previous":
                once = Fraction(rate or 0) / self.unit
                amounts = scaled([self._previous[i] for i in among]).times(once)
                found[end] = zip(amounts.numerators, repeat(amounts.over), strict=False)
            else:
                once = self._of(limit, rate)
                if limit.by is None:
                    found[end] = [(once.numerator, once.denominator)] * len(among)
                else:
                    values, total = self._shares(limit.by)
                    found[end] = [(once.numerator * values[i], once.denominator * total) for i in among]
        return found

    def of_group(self, number: int, limit: Limit, among: Sequence[int]) -> dict[str, Size]:
        """The floor and cap of those that a limit is for together: rates and formulas of their sums."""
        found = {}
        for end, formula in limit.formulas.items():
            key = f"limit.{number}.{end}"
            name = group_name([self.scenario.recipients[i].name for i in among])
            value = self.scenario.columns.bound_together(formula, among, key, self.amounts, name)
            self._check(end, key, [value], [name])
            found[end] = self._size(value)
        for end, amount, rate in self._plain(limit):
            if amount is not None:
                found[end] = self._size(amount)
            elif limit.of == "previous":
                whole = sum((Fraction(self._previous[i]) for i in among), start=Fraction())
                found[end] = self._size(Fraction(rate or 0) * whole)
            else:
                once = self._of(limit, rate)
                if limit.by is not None:
                    values, total = self._shares(limit.by)
                    once *= Fraction(sum(values[i] for i in among), total)
                found[end] = once.numerator, once.denominator
        return found

    def _plain(self, limit: Limit) -> Iterable[tuple[str, Number | None, Number | None]]:
        ends = ("floor", limit.floor, limit.floor_rate), ("cap", limit.cap, limit.cap_rate)
        return [end for end in ends if end[1] is not None or end[2] is not None]

    def _size(self, amount: Number) -> Size:
        return amount.numerator * self._times, amount.denominator * self._over

    def _of(self, limit: Limit, rate: Number | None) -> Fraction:
        scenario = self.scenario
        of = scenario.fund.amount if limit.of == "fund" else scenario.distributable
        return Fraction(rate or 0) * of / self.unit

    @cached_property
    def _previous(self) -> list[Number]:
        """Last year's amounts, by position."""
        return list((self.scenario.previous or {}).values())

    def _shares(self, by: str) -> tuple[dict[int, int], int]:
        """A column's values by position, as integers, and their sum over everybody."""
        if by not in self._sharing:
            everybody = self.scenario.columns.everybody
            values, _ = scaled(self.scenario.numbers(by, everybody))
            self._sharing[by] = dict(zip(everybody, values, strict=True)), sum(values)
        return self._sharing[by]

    def _check(self, end: str, key: str, values: Sequence[Number], names: Iterable[Text]) -> None:
        """Refuses a cap below zero, which nobody can keep; a floor below zero is none."""
        for value, name in zip(values, names, strict=True):
            if end == "cap" and value < 0:
                at = {"key": key, "recipient": name}
                raise ScenarioError(Problem("bound_negative", {"value": value}, at=at, part="scenario"))
