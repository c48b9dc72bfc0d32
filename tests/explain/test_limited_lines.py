"""Rules in which recipients reach and leave limits: held against pieces that are found one by one."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest
from depth import cases, deeper
from hypothesis import given, settings
from hypothesis import strategies as st
from limited_rules import limited_rule
from moved_weights import Moved
from random_cases import random_case, scenario_of

from allocator import AllocatorError, Factor, Fund, Limit, Recipient, Scenario, allocate
from allocator.analysis.explain import (
    BreakEven,
    Line,
    alone,
    break_even,
    break_evens,
    exchange,
    exchange_rates,
    steady_weights,
    walk,
)

Crossings = list[tuple[Fraction | None, Fraction | None]]


def a_rule(rnd: Random, size: int) -> Scenario | None:
    """A rule that can be shared out, None where the draw gives one that cannot."""
    try:
        found = limited_rule(rnd, size) if rnd.random() < 0.8 else scenario_of(random_case(rnd))
        allocate(found)
    except AllocatorError:
        return None
    return found


def targets(scenario: Scenario, rnd: Random) -> dict[str, str | Fraction]:
    """What recipients are held against: each other, their limits, what they get, or anything."""
    found = allocate(scenario)

    def target(id: str) -> str | Fraction:
        apart, now = found.earmarks[id], found.limited[id]
        limit = rnd.choice((found.floors[id] or 0, found.caps[id] or 0))
        by = Fraction(rnd.randint(50, 150), 100)
        return rnd.choice((rnd.choice(scenario.ids), limit + apart, now + apart, apart, (now + apart) * by))

    return {id: target(id) for id in scenario.ids}


def points(places: tuple[BreakEven, ...]) -> Crossings:
    return [tuple(at and at.points for at in (place.lower, place.upper)) for place in places]


def both_ways(scenario: Scenario) -> list[tuple[Line | None, Line | None]]:
    return [(alone(scenario, f, up=False), alone(scenario, f, up=True)) for f in scenario.weights]


def check(scenario: Scenario, rnd: Random) -> None:
    by, ways = Moved(scenario), both_ways(scenario)
    against = targets(scenario, rnd)
    expected = {
        id: [tuple(line and by.first_level(line, id, other) for line in lines) for lines in ways]
        for id, other in against.items()
    }
    found = break_evens(scenario, against)
    assert {id: points(places) for id, places in found.items()} == expected
    for steady, lines in zip(steady_weights(scenario), ways, strict=True):
        own = scenario.weights[steady.factor]
        ends = ((steady.lower, steady.meet_lower), (steady.upper, steady.meet_upper))
        for end, line in zip(ends, lines, strict=True):
            if line is None:
                assert end == (own, None)
            else:
                at, pair = by.first_meeting(line)
                assert end == (line.weights(at)[steady.factor], pair)
    giver, taker = rnd.choice(list(scenario.weights)), rnd.choice(list(scenario.weights))
    line, id = exchange(scenario, giver, taker), rnd.choice(scenario.ids)
    if line is not None:
        assert break_even(scenario, line, id, against[id]) == by.first_level(line, id, against[id])


@deeper
def test_break_evens_and_ranks_are_those_of_the_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    rnd, checked = Random(22), 0
    while checked < cases(40, 3000):
        monkeypatch.setattr(walk, "AROUND", rnd.choice((1, 2, walk.AROUND)))  # small boxes, and one of all
        scenario = a_rule(rnd, rnd.choice((2, 3, 4, 5, 6, 7)))
        if scenario is not None:
            check(scenario, rnd)
            checked += 1


@deeper
def test_break_evens_and_ranks_of_larger_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    rnd, checked, most = Random(23), 0, walk.AROUND
    while checked < cases(2, 100):
        # one crossing after the other, and many of them at once
        monkeypatch.setattr(walk, "AROUND", (2, most)[checked % 2])
        scenario = a_rule(rnd, 20)
        if scenario is not None:
            check(scenario, rnd)
            checked += 1


@given(st.integers(0, 10**9))
@settings(max_examples=cases(25))
def test_rates_are_differences_of_allocations_a_point_apart(seed: int) -> None:
    rnd = Random(seed)
    scenario = a_rule(rnd, rnd.randint(2, 9))
    if scenario is None:
        return
    now, point = allocate(scenario), Fraction(sum(scenario.weights.values()), 100)
    found = {(rate.giver, rate.taker): rate for rate in exchange_rates(now)}
    for giver in scenario.weights:
        for taker in scenario.weights:
            line = exchange(scenario, giver, taker)
            if line is None or scenario.weights[giver] < point:
                assert (giver, taker) not in found
                continue
            weights = {**scenario.weights}
            weights[giver], weights[taker] = weights[giver] - point, weights[taker] + point
            try:
                moved = allocate(scenario.with_weights(**weights)).limited
            except AllocatorError:
                moved = None
            rate = found.get((giver, taker))
            if moved is not None or (rate is not None and not rate.closed):
                assert dict(rate.amounts) == {id: moved[id] - now.limited[id] for id in scenario.ids}
                assert rate.amounts.floats() == {id: float(change) for id, change in rate.amounts.items()}


def test_where_all_are_held_between_two_that_trade_places() -> None:
    """Two of floor 60 and cap 90, of 150 in all: one is at its floor and one at its cap, or both between.

    With a weight of w on x, a has w of 100 points and so 150 w / 100, from a weight of 60 down to one of 40.
    """
    scenario = Scenario(
        title="two",
        fund=Fund(150, "CNY", 1),
        kind="shares",
        weights={"x": 99, "y": 1},
        recipients=[Recipient("a"), Recipient("b")],
        factors=[Factor("x", (1, 0)), Factor("y", (0, 1))],
        limits=[Limit(floor=60, cap=90)],
    )
    line = exchange(scenario, "x", "y")
    assert break_even(scenario, line, "a", "b") == 49  # a weight of 50 each
    assert break_even(scenario, line, "a", 90) == 0
    assert break_even(scenario, line, "a", 89) == Fraction(100) - Fraction(8900, 150) - 1
    assert break_even(scenario, line, "b", 90) == 59
    assert break_even(scenario, line, "a", 91) is None
    rates = {rate.giver: dict(rate.amounts) for rate in exchange_rates(allocate(scenario))}
    assert rates["x"] == {"a": 0, "b": 0}
    ((_, meeting),) = [(s.upper, s.meet_lower) for s in steady_weights(scenario) if s.factor == "x"]
    assert meeting == ("a", "b")


def test_who_comes_from_nothing_takes_from_one_at_its_cap() -> None:
    """A score of zero at the beginning alone: with a at its cap and b at its floor it comes from a.

    Of 100, a has cap 60 and b floor 40; c begins with nothing.  After t points from x to y the scores are
    a (100 − t) · 4/5, b (100 − t) / 5 and c t, and a and c share 60: level where 0.8 (100 − t) = t.
    """
    scenario = Scenario(
        title="three",
        fund=Fund(100, "CNY", 1),
        kind="shares",
        weights={"x": 100, "y": 0},
        recipients=[Recipient("a"), Recipient("b"), Recipient("c")],
        factors=[Factor("x", (4, 1, 0)), Factor("y", (0, 0, 1))],
        limits=[Limit(("a",), cap=60), Limit(("b",), floor=40)],
    )
    line = exchange(scenario, "x", "y")
    assert break_even(scenario, line, "c", "a") == Fraction(400, 9)
    assert break_even(scenario, line, "c", 0) == 0
    assert break_even(scenario, line, "b", 40) == 0
    check(scenario, Random(1))


def test_many_that_are_alike_reach_their_limits_at_once() -> None:
    """Eight of one kind and eight of another: each kind reaches floor and cap together."""
    size = 8
    scenario = Scenario(
        title="two kinds",
        fund=Fund(100 * 2 * size, "CNY", 1),
        kind="shares",
        weights={"x": 50, "y": 50},
        recipients=[Recipient(f"r{i}") for i in range(2 * size)],
        factors=[Factor("x", (1,) * size + (3,) * size), Factor("y", (3,) * size + (1,) * size)],
        limits=[Limit(floor=70, cap=140)],
    )
    check(scenario, Random(2))
    # a kind has 200 · (1 + 2 w) / 4 with weight w on its own factor: 70 where w is 20 %
    line = alone(scenario, "x", up=False)
    assert break_even(scenario, line, "r9", 70) == 30
