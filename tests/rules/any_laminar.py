"""Random groups one within another, with bounds on them and on their members."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any

from allocator import Factor, Fund, Limit, Recipient, Scenario
from allocator.core.corrections import Deduction

Interval = tuple[int, int | None]  # the least and the most, in whole units of what is paid


@dataclass(frozen=True)
class Node:
    """Members, or one of them, and the bounds of their sum, in money with what is held."""

    members: tuple[int, ...]
    floor: int | None
    cap: int | None
    parts: tuple[Node, ...] = ()

    def all(self) -> Iterator[Node]:
        """The node and all within it, from the inside out."""
        for part in self.parts:
            yield from part.all()
        yield self

    @property
    def bounded(self) -> bool:
        return self.floor is not None or self.cap is not None


@dataclass(frozen=True)
class Problem:
    """Everybody's score and what each holds; ``top`` is around everybody and bounded by the money alone."""

    scores: tuple[int, ...]
    held: tuple[Fraction, ...]
    money: int
    top: Node
    rounding: str = "largest-remainder"

    @property
    def entitled(self) -> list[Fraction]:
        """e_i, of the money and all that is held."""
        rate = (self.money + sum(self.held)) / sum(self.scores)
        return [rate * score for score in self.scores]

    def bounds(self, node: Node) -> Interval:
        """What the members of a node may be paid in all: what they hold is off, floors up and caps down."""
        held = sum((self.held[i] for i in node.members), Fraction())
        if node is self.top:
            return self.money, self.money
        return max(0, ceil((node.floor or 0) - held)), None if node.cap is None else floor(node.cap - held)

    def limits(self) -> list[Node]:
        """The nodes that are limits, in the order in which they are written."""
        return [node for node in self.top.all() if node.bounded]

    def scenario(self, *more: Limit, only: Node | None = None, money: int | None = None) -> Scenario:
        """The problem as a scenario; of ``only`` a node's members and what lies within, with this money."""
        node = only or self.top
        within = [one for one in node.all() if one.bounded and one is not node]
        fund: dict[str, Any] = {"rounding": self.rounding}
        return Scenario(
            title="groups",
            fund=Fund(self.money if money is None else money, "CNY", 1, **fund),
            kind="scores",
            weights={"x": 1},
            recipients=[Recipient(_id(i)) for i in sorted(node.members)],
            factors=[Factor("x", tuple(self.scores[i] for i in sorted(node.members)))],
            limits=[*map(_limit, within), *more],
            deductions=[Deduction(_id(i), self.held[i]) for i in sorted(node.members) if self.held[i]],
        )

    def reach(self, node: Node) -> tuple[int, int | None, bool]:
        """The least and the most that a node's parts can be paid together, and True where that will do."""
        if not node.parts:
            least, most = self.bounds(node)
            return least, most if self.scores[node.members[0]] else least, most is None or least <= most
        least, most = 0, 0
        for part in node.parts:
            (low, high), (own_low, own_high, _) = self.bounds(part), self.reach(part)
            low = max(low, own_low)
            ends = [end for end in (high, own_high) if end is not None]
            least += low
            most = None if most is None or not ends else most + min(ends)
        low, high = self.bounds(node)
        fits = (high is None or (least <= high and low <= high)) and (most is None or most >= low)
        return least, most, fits


def _id(i: int) -> str:
    return f"r{i:03}"


def _limit(node: Node) -> Limit:
    ids = tuple(_id(i) for i in node.members)
    return Limit(ids, floor=node.floor, cap=node.cap, together=bool(node.parts))


def problem(rng: random.Random, *, held: bool | None = None) -> Problem:
    """Groups within groups, with bounds near the entitlements: they often bind, and can often be kept."""
    count = rng.randint(4, 10)
    scores = tuple(
        rng.choice([0, 1, 2, 3]) if rng.random() < 0.15 else rng.randint(1, 60) for _ in range(count)
    )
    scores = scores if any(scores) else (1, *scores[1:])
    money = rng.choice([rng.randint(5, 60), rng.randint(100, 5000)])
    holding = rng.random() < 0.4 if held is None else held
    some = [
        Fraction(rng.randint(0, money * 60), 100) / count if holding and rng.random() < 0.6 else Fraction()
        for _ in range(count)
    ]
    cents = tuple(Fraction(floor(one * 100), 100) for one in some)
    rate = (money + sum(cents)) / sum(scores)
    entitled = [rate * score for score in scores]

    def bounded(members: tuple[int, ...], parts: tuple[Node, ...], often: float) -> Node:
        fair = sum((entitled[i] for i in members), Fraction())
        low = ceil(fair * rng.randint(40, 120) / 100) if rng.random() < often else None
        high = floor(fair * rng.randint(65, 140) / 100) if rng.random() < often else None
        if low is not None and high is not None and low > high:
            low, high = high, low
        return Node(members, low, high, parts)

    def node(members: list[int], deep: int) -> Node:
        if len(members) == 1:
            return bounded((members[0],), (), 0.25)
        if deep == 0 or len(members) == 2:
            parts = [[i] for i in members]
        else:
            cuts = sorted(rng.sample(range(1, len(members)), rng.randint(1, min(len(members) - 1, 3))))
            ends = zip([0, *cuts], [*cuts, len(members)], strict=True)
            parts = [members[start:end] for start, end in ends]
        return bounded(tuple(sorted(members)), tuple(node(part, deep - 1) for part in parts), 0.5)

    order = rng.sample(range(count), count)
    made = node(order, rng.randint(1, 5))
    return Problem(scores, cents, money, Node(made.members, None, None, made.parts))
