"""Limits that cannot all hold 上下限冲突: found before anything is shared out, with those that clash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from allocator.core.errors import InfeasibleError, Problem
from allocator.core.exact import plain
from allocator.core.parts import Text
from allocator.core.stages.bounds import Bounds, Limits
from allocator.core.stages.groups import Group, group_name, outermost
from allocator.text import Money

if TYPE_CHECKING:
    from allocator.core.model import Scenario

Reach = tuple[int, int | None]  # the least and the most that somebody can get; None without end


def check_crossed(scenario: Scenario, floors: Limits, caps: Limits, members: Sequence[int]) -> None:
    """Raises InfeasibleError where a recipient's floor is above its cap, or holds more than that already."""
    crossed = []
    for i, floor, cap in zip(members, floors, caps, strict=True):
        if cap is not None and (floor or 0) > cap:
            crossed.append(_crossed(scenario, scenario.recipients[i].name, floor or 0, cap))
    if crossed:
        raise InfeasibleError(crossed[:10])


def _crossed(scenario: Scenario, name: Text, floor: int, cap: int) -> Problem:
    """The sentence on a floor above its cap; below zero the cap is less than what is held already."""
    if cap < 0:
        return Problem("held_above_cap", {"name": name})
    money = {"floor": _money(scenario, floor), "cap": _money(scenario, cap)}
    return Problem("floor_above_cap", {"name": name, **money})


def _money(scenario: Scenario, units: int) -> Money:
    return Money(plain(units * scenario.fund.unit), scenario.fund.currency)


def check_feasible(
    scenario: Scenario,
    scores: Sequence[int],
    floors: Limits,
    caps: Limits,
    total: int,
    members: Sequence[int] | None = None,
    groups: tuple[Group, ...] = (),
) -> None:
    """Raises InfeasibleError if the limits cannot all hold, with those that clash and by how much.

    ``members`` are the positions that take part; not given, all that are not only earmarked for.  Groups are
    looked at from the inside out: the smallest that cannot hold is named.
    """
    positions = scenario.participants if members is None else members
    check_crossed(scenario, floors, caps, positions)
    if groups:
        _Groups(scenario, scores, Bounds(floors, caps), positions).check(groups, total)
        return
    least = sum(floor or 0 for floor in floors)
    if least > total:
        raise _clash("floors_above_money", scenario, _named(scenario, positions, floors), least, total)
    most = sum(
        ((floor or 0) if not score else total if cap is None else cap)
        for score, floor, cap in zip(scores, floors, caps, strict=True)
    )
    if most < total:
        raise _clash("caps_below_money", scenario, _named(scenario, positions, caps), most, total)


class _Groups:
    """Looks for a clash from the inside out."""

    def __init__(
        self, scenario: Scenario, scores: Sequence[int], bounds: Bounds, members: Sequence[int]
    ) -> None:
        self.scenario, self.scores, self.bounds, self.members = scenario, scores, bounds, members

    def check(self, groups: tuple[Group, ...], total: int | None) -> None:
        """Raises InfeasibleError; without a total only for what clashes within the groups."""
        parts = outermost(groups, len(self.scores))
        reaches = [self._reach(part) for part in parts]
        if total is not None:
            self._compare(parts, reaches, (total, total), ("floors_above_money", "caps_below_money"))

    def _reach(self, part: Group | int) -> Reach:
        if isinstance(part, int):
            least = self.bounds.floors[part] or 0
            return least, self.bounds.caps[part] if self.scores[part] else least
        reaches = [self._reach(one) for one in part.parts]
        if part.cap is not None and part.floor > part.cap:
            problem = _crossed(self.scenario, self._name(part), part.floor, part.cap)
            raise InfeasibleError(replace(problem, at={"key": f"limit.{part.number}"}))
        keys = "floors_above_group", "caps_below_group"
        self._compare(part.parts, reaches, (part.floor, part.cap), keys, part)
        least, most = _sum(reaches)
        caps = [cap for cap in (most, part.cap) if cap is not None]
        return max(least, part.floor), min(caps) if caps else None

    def _compare(
        self,
        parts: Sequence[Group | int],
        reaches: Sequence[Reach],
        bounds: Reach,
        keys: tuple[str, str],
        group: Group | None = None,
    ) -> None:
        """Raises InfeasibleError where parts cannot come to what bounds their sum."""
        (floor, cap), (least, most) = bounds, _sum(reaches)
        if cap is not None and least > cap:
            names = [self._name(p) for p, (low, _) in zip(parts, reaches, strict=True) if low]
            raise self._clash(keys[0], names, least, cap, group)
        if most is not None and most < floor:
            names = [self._name(p) for p, (_, high) in zip(parts, reaches, strict=True) if high]
            raise self._clash(keys[1], names or [self._name(p) for p in parts], most, floor, group)

    def _clash(
        self, key: str, names: list[Text], reached: int, total: int, group: Group | None
    ) -> InfeasibleError:
        found = _clash(key, self.scenario, names, reached, total)
        if group is None:
            return found
        (problem,) = found.problems
        at = {"key": f"limit.{group.number}"}
        return InfeasibleError(
            replace(problem, details={**problem.details, "name": self._name(group)}, at=at)
        )

    def _name(self, part: Group | int) -> Text:
        if isinstance(part, int):
            return self.scenario.recipients[self.members[part]].name
        return group_name([self.scenario.recipients[self.members[at]].name for at in part.places])


def check_apart(scenario: Scenario, scores: Sequence[int], bounds: Bounds, members: Sequence[int]) -> None:
    """Raises InfeasibleError where bounds clash whatever is shared out."""
    check_crossed(scenario, bounds.floors, bounds.caps, members)
    if bounds.groups:
        _Groups(scenario, scores, bounds, members).check(bounds.groups, None)


def _sum(reaches: Sequence[Reach]) -> Reach:
    mosts = [most for _, most in reaches]
    whole = None if None in mosts else sum(most for most in mosts if most is not None)
    return sum(least for least, _ in reaches), whole


def _named(scenario: Scenario, members: Sequence[int], limits: Limits) -> list[Text]:
    return [scenario.recipients[i].name for i, limit in zip(members, limits, strict=True) if limit]


def _clash(key: str, scenario: Scenario, names: list[Text], reached: int, total: int) -> InfeasibleError:
    details = {
        "names": names[:10],
        "count": len(names),
        "sum": _money(scenario, reached),
        "left": _money(scenario, total),
        "by": _money(scenario, abs(reached - total)),
    }
    return InfeasibleError(Problem(key, details))


def check_rest(scenario: Scenario, units: Sequence[int], bounds: Bounds, members: Sequence[int]) -> None:
    """Refuses a rounding that takes an amount, or a group's sum, past a limit or below zero."""

    def refuse(name: Text, amount: int, limit: int) -> None:
        money = {"amount": _money(scenario, amount), "limit": _money(scenario, limit)}
        key = "rounding_breaks_limit" if limit else "rounding_below_zero"
        if scenario.fund.rounding == "rest-to-largest":
            key = "rest_breaks_limit"
        raise InfeasibleError(Problem(key, {"name": name, **money}))

    def within(parts: Sequence[Group | int]) -> None:
        for part in parts:
            if isinstance(part, int):
                continue
            amount = sum(units[at] for at in part.places)
            limit = _broken(amount, part.floor, part.cap)
            if limit is not None:
                names = [scenario.recipients[members[at]].name for at in part.places]
                refuse(group_name(names), amount, limit)
            within(part.parts)

    for i, amount, floor, cap in zip(members, units, bounds.floors, bounds.caps, strict=True):
        limit = _broken(amount, floor or 0, cap)
        if limit is not None:
            refuse(scenario.recipients[i].name, amount, limit)
    within(bounds.groups)


def _broken(amount: int, floor: int, cap: int | None) -> int | None:
    return floor if amount < floor else cap if cap is not None and amount > cap else None
