"""Groups 合计: bounds on the sum of several recipients, one within another or apart from each other.

G_g(k) = min(max(Σ_{i∈g} …(k · e_i), F_g), C_g), from the inside out, and the one k with Σ G = D; within a
group at its bound a k of its own.  Of all ways to hold the bounds this one has the least Σ (a − e)² / e.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from allocator.core.parts import Text, wrong
from allocator.core.stages.round import whole_units
from allocator.text import both

MOST_DEEP = 30  # groups one within another: far beyond any rule, and every level takes its time
Bend = tuple[Fraction, Fraction]  # from this λ on the slope is greater by that much


@dataclass(frozen=True)
class Group:
    """Those whose sum is bounded, in whole units: ``parts`` are groups in it, and places of its own members.

    ``number`` is that of the limit in the scenario; ``cap`` None where there is none.
    """

    parts: tuple[Group | int, ...]
    floor: int
    cap: int | None
    number: int

    @cached_property
    def places(self) -> tuple[int, ...]:
        """The places of all in the group, in listed order."""
        return tuple(sorted(places(self.parts)))


def places(parts: Iterable[Group | int]) -> list[int]:
    """The places of all members of these parts."""
    found: list[int] = []
    for part in parts:
        found += [part] if isinstance(part, int) else part.places
    return found


def group_name(names: Sequence[Text]) -> Text:
    """The name of those whose sum is meant: the first of them, and how many there are."""
    if len(names) == 1:
        return names[0]
    key = "group.name" if len(names) < 4 else "group.name_more"
    return Text(*both(key, names=names[:3], count=len(names)))


def groups_in(parts: Iterable[Group | int]) -> list[Group]:
    """The groups among these parts and within them, from the outside in."""
    found: list[Group] = []
    for part in parts:
        if not isinstance(part, int):
            found += [part, *groups_in(part.parts)]
    return found


def _first(part: Group | int) -> int:
    return part if isinstance(part, int) else part.places[0]


def nested(bounds: Mapping[tuple[int, ...], tuple[int, int | None, int]]) -> tuple[Group, ...]:
    """The outermost groups, with those within them, from floor, cap and limit's number by their places.

    Raises ScenarioError where two cross: share some members, and neither lies within the other; and where
    too many lie one within another.
    """
    around: dict[int, Group] = {}  # the outermost group that each place is in so far
    levels: dict[int, int] = {}
    for members, (floor, cap, number) in sorted(bounds.items(), key=lambda item: len(item[0])):
        parts: dict[int, Group | int] = {}
        inside: dict[int, int] = {}
        for at in members:
            group = around.get(at)
            if group is None:
                parts[at] = at
            else:
                parts[id(group)] = group
                inside[id(group)] = inside.get(id(group), 0) + 1
        for key, count in inside.items():
            other = parts[key]
            assert isinstance(other, Group)
            if count < len(other.places):
                place = {"key": f"limit.{max(number, other.number)}.recipients"}
                wrong("groups_cross", at=place, other=min(number, other.number))
        made = Group(tuple(sorted(parts.values(), key=_first)), floor, cap, number)
        levels[id(made)] = 1 + max((levels[key] for key in inside), default=0)
        if levels[id(made)] > MOST_DEEP:
            wrong("groups_deep", at={"key": f"limit.{number}"}, most=MOST_DEEP)
        around.update(dict.fromkeys(members, made))
    outermost = {id(group): group for group in around.values()}
    return tuple(sorted(outermost.values(), key=_first))


def outermost(groups: Sequence[Group], count: int) -> tuple[Group | int, ...]:
    """The parts that a whole of so many places falls into: groups, and the places that are in none."""
    grouped = {at for group in groups for at in group.places}
    alone = [at for at in range(count) if at not in grouped]
    return tuple(sorted([*groups, *alone], key=_first))


class _Line:
    """A sum as a function of λ: ``start`` at 0, and straight between its bends, never falling."""

    def __init__(self, start: Fraction, bends: Iterable[Bend]) -> None:
        self.start = start
        self.bends = sorted(bends)

    def at(self, rate: Fraction) -> Fraction:
        """The sum at this λ."""
        value, slope, last = self.start, Fraction(), Fraction()
        for bend, turn in self.bends:
            if bend >= rate:
                break
            value += slope * (bend - last)
            slope, last = slope + turn, bend
        return value + slope * (rate - last)

    def reaches(self, total: Fraction) -> tuple[Fraction, Fraction, int] | None:
        """The least λ at which the sum is at least total, the slope after it, and the next bend's number."""
        value, slope, last = self.start, Fraction(), Fraction()
        number = 0
        while number < len(self.bends) or slope:
            bend = self.bends[number][0] if number < len(self.bends) else None
            if bend is None or value + slope * (bend - last) >= total:
                if not slope and value < total:
                    return None
                rate = last if value >= total else last + (total - value) / slope
                while number < len(self.bends) and self.bends[number][0] <= rate:
                    slope += self.bends[number][1]
                    number += 1
                return rate, slope, number
            value += slope * (bend - last)
            last = bend
            while number < len(self.bends) and self.bends[number][0] == bend:
                slope += self.bends[number][1]
                number += 1
        return (last, Fraction(), number) if value >= total else None

    def within(self, floor: Fraction, cap: Fraction | None) -> _Line:
        """The same sum, but not below a floor nor above a cap."""
        start, bends = max(self.start, floor), self.bends
        if self.start < floor:
            reached = self.reaches(floor)
            if reached is None:
                return _Line(start, ())
            rate, slope, number = reached
            bends = [(rate, slope), *bends[number:]]
        if cap is None:
            return _Line(start, bends)
        if start >= cap:
            return _Line(cap, ())
        line = _Line(start, bends)
        reached = line.reaches(cap)
        if reached is None:
            return line
        rate = reached[0]
        kept = [bend for bend in line.bends if bend[0] < rate]
        return _Line(start, [*kept, (rate, -sum((turn for _, turn in kept), start=Fraction()))])


@dataclass(frozen=True)
class Shared:
    """Scores, floors and caps on the gross, in one unit; shared out at λ per score."""

    scores: Sequence[int]
    floors: Sequence[int | None]
    caps: Sequence[int | None]
    held: Sequence[int]
    fine: int  # of these units in a whole one

    def amounts(self, parts: Sequence[Group | int], total: Fraction) -> tuple[dict[int, Fraction], Fraction]:
        """The amounts of a total by place, and λ: of several the one nearest to where nothing is bounded."""
        lines = self._lines(parts)
        whole = _sum(lines[id(part)] if isinstance(part, Group) else self._leaf(part) for part in parts)
        reached = whole.reaches(total)
        assert reached is not None  # `check_groups` has looked
        least, slope, number = reached
        rate = max(least, Fraction(total, sum(self.scores[at] for at in places(parts)) or 1))
        if slope:
            rate = least
        elif number < len(whole.bends):  # the sum stands still up to there
            rate = min(rate, whole.bends[number][0])
        found: dict[int, Fraction] = {}
        self._share(parts, rate, lines, found)
        return found, rate

    def at(self, parts: Sequence[Group | int], rate: Fraction) -> dict[int, Fraction]:
        """The amounts at this λ, by place."""
        found: dict[int, Fraction] = {}
        self._share(parts, rate, self._lines(parts), found)
        return found

    def _share(
        self,
        parts: Sequence[Group | int],
        rate: Fraction,
        lines: Mapping[int, _Line],
        found: dict[int, Fraction],
    ) -> None:
        for part in parts:
            if isinstance(part, int):
                found[part] = self._leaf_at(part, rate)
                continue
            own = lines[id(part)].at(rate)
            inner = _sum(lines[id(one)] if isinstance(one, Group) else self._leaf(one) for one in part.parts)
            if inner.at(rate) == own:
                self._share(part.parts, rate, lines, found)
            else:
                reached = inner.reaches(own)
                assert reached is not None
                self._share(part.parts, reached[0], lines, found)

    def _lines(self, parts: Sequence[Group | int]) -> dict[int, _Line]:
        """The line of every group, from the inside out."""
        found: dict[int, _Line] = {}

        def of(part: Group | int) -> _Line:
            if isinstance(part, int):
                return self._leaf(part)
            inner = _sum(map(of, part.parts))
            held = sum(self.held[at] for at in part.places) if self.held else 0
            floor = Fraction(part.floor * self.fine + held)
            cap = None if part.cap is None else Fraction(part.cap * self.fine + held)
            found[id(part)] = inner.within(floor, cap)
            return found[id(part)]

        for part in parts:
            of(part)
        return found

    def _leaf(self, at: int) -> _Line:
        score, floor, cap = self.scores[at], self.floors[at] or 0, self.caps[at]
        if not score or floor == cap:
            return _Line(Fraction(floor), ())
        bends = [(Fraction(floor, score), Fraction(score))]
        if cap is not None:
            bends.append((Fraction(cap, score), Fraction(-score)))
        return _Line(Fraction(floor), bends)

    def _leaf_at(self, at: int, rate: Fraction) -> Fraction:
        amount = max(rate * self.scores[at], Fraction(self.floors[at] or 0))
        cap = self.caps[at]
        return amount if cap is None else min(amount, Fraction(cap))


def _sum(lines: Iterable[_Line]) -> _Line:
    start, bends = Fraction(), []
    for line in lines:
        start += line.start
        bends += line.bends
    return _Line(start, bends)


def whole_units_within(
    parts: Sequence[Group | int], amounts: Sequence[int], over: int, total: int, rounding: str
) -> tuple[list[int], list[int]]:
    """Whole units from the outside in: first groups and those in none, then inside each, by one rounding.

    As `whole_units`; a group stands where its first member is listed.

    >>> group = Group((0, 1), 0, None, 1)
    >>> whole_units_within((group, 2), [1, 1, 1], 2, 2, "largest-remainder")
    ([1, 0, 1], [0, 1])
    """
    units = [0] * len(amounts)
    tied: list[int] = []

    def within(inner: Sequence[Group | int], own: int) -> None:
        sums = [amounts[p] if isinstance(p, int) else sum(amounts[at] for at in p.places) for p in inner]
        found, equal = whole_units(sums, over, own, rounding)
        tied.extend(at for n in equal for at in places([inner[n]]))
        for part, count in zip(inner, found, strict=True):
            if isinstance(part, int):
                units[part] = count
            else:
                within(part.parts, count)

    within(parts, total)
    return units, sorted(set(tied))
