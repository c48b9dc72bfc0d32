"""What moving weight changes: against allocations before rounding, just before and just after."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from random import Random

import pytest
from good_scenario import small
from hypothesis import assume, example, given
from hypothesis import strategies as st
from moved_weights import Moved, Piece
from random_cases import random_case, scenario_of

from allocator import AllocatorError, Factor, Limit, Recipient, Scenario, allocate, load_scenario
from allocator.analysis.explain import (
    Line,
    alone,
    break_even,
    break_evens,
    exchange,
    exchange_rates,
    steady_weights,
    swings,
)
from allocator.analysis.explain.course import Course
from allocator.analysis.explain.pieces import Stretch
from allocator.analysis.explain.prepared import CAP, FLOOR, FREE, Prepared

LUZHOU = Path(__file__).parent.parent.parent / "scenarios" / "luzhou-2023"
RULE = load_scenario(LUZHOU / "published-rule.toml")
CAPPED = load_scenario(LUZHOU / "cap-zone.toml")
SEEDS = st.integers(0, 10**9)


def before_rounding(scenario: Scenario, weights: dict) -> dict[str, Fraction]:
    """Amounts before rounding with earmarks, by the engine."""
    # rounding by the largest remainder never fails, and does not matter here
    fund = replace(scenario.fund, rounding="largest-remainder")
    allocation = allocate(replace(scenario, weights=weights, fund=fund))
    return {id: Fraction(x) + allocation.earmarks[id] for id, x in allocation.limited.items()}


def random_scenario(seed: int) -> Scenario:
    try:
        scenario = scenario_of(random_case(Random(seed)))
        allocate(scenario)
    except AllocatorError:
        assume(False)
    return scenario


def lines(scenario: Scenario) -> list[Line]:
    found = [alone(scenario, factor, up=up) for factor in scenario.weights for up in (False, True)]
    found += [exchange(scenario, j, k) for j in scenario.weights for k in scenario.weights]
    return [line for line in found if line is not None]


# --- lines ----------------------------------------------------------------------------------------


def test_what_the_lines_are() -> None:
    up, down = alone(RULE, "tax", up=True), alone(RULE, "tax", up=False)
    assert up.most == 60 and down.most == 40
    assert up.weights(6) == {"investment": 36, "tax": 46, "employment": 9, "effort": 9}
    assert down.weights(6) == {"investment": 44, "tax": 34, "employment": 11, "effort": 11}
    moved = exchange(RULE, "tax", "effort")
    assert moved.most == 40
    assert moved.weights(3) == {"investment": 40, "tax": 37, "employment": 10, "effort": 13}
    # a point of multipliers is a hundredth of all of them
    scores = small(kind="scores", weights={"x": 1, "y": 4})
    assert exchange(scores, "x", "y").weights(2) == {"x": Fraction(9, 10), "y": Fraction(41, 10)}
    assert exchange(scores, "x", "y").most == 20


def test_weights_that_cannot_move_have_no_line() -> None:
    only = small(weights={"x": 100, "y": 0})
    assert alone(only, "x", up=True) is None and alone(only, "x", up=False) is None
    assert alone(only, "y", up=False) is None and alone(only, "y", up=True).most == 100
    assert exchange(only, "y", "x") is None and exchange(only, "x", "x") is None
    empty = replace(
        only, factors=[only.factors[0], replace(only.factors[1], values=(0, 0, 0)), *only.factors[2:]]
    )
    assert exchange(empty, "x", "y") is None and alone(empty, "y", up=True) is None
    assert exchange_rates(allocate(empty)) == ()


def pieces(scenario: Scenario, line: Line) -> Iterator[Piece]:
    """The pieces that the program follows, with those put together again that only its boxes cut."""
    last = None
    for stretch in Course(Prepared(scenario), line).stretches():
        for number, piece in enumerate(stretch.pieces):
            found = as_fractions(scenario, line, stretch, number)
            if last is not None and (last.amounts, last.over) != (found.amounts, found.over):
                yield last
                last = None
            last = found if last is None else replace(last, high=Fraction(*piece.high))
    yield last


def as_fractions(scenario: Scenario, line: Line, stretch: Stretch, number: int) -> Piece:
    """A piece in the main unit, with earmarks."""
    course, piece = Course(Prepared(scenario), line), stretch.pieces[number]
    unit, amounts = Fraction(scenario.fund.unit), dict.fromkeys(scenario.ids, (Fraction(), Fraction()))
    over = piece.over if course.prepared.places else (1, 0)  # where nobody takes part there are no scores
    for id, place in course.prepared.places.items():
        held = {FLOOR: course.prepared.floors[place], CAP: course.prepared.caps[place]}
        stands = stretch.standing(place, number)
        own = (course.a[place], course.b[place]), piece.left
        form, times = own if stands == FREE else (over, held[stands])
        amounts[id] = unit * times * form[0], unit * times * form[1]
    for earmark in scenario.earmarks:
        (a, b), (c, d) = amounts[earmark.recipient], over
        amounts[earmark.recipient] = a + earmark.amount * c, b + earmark.amount * d
    return Piece(Fraction(*piece.low), Fraction(*piece.high), amounts, over)


@pytest.mark.parametrize("find", [pieces, lambda scenario, line: Moved(scenario).pieces(line)])
@given(SEEDS)
@example(seed=456_415)  # an earmark takes all, and nobody takes part
def test_pieces_are_the_amounts_before_rounding_all_along(find: Callable, seed: int) -> None:
    """So those are that the program follows, and those that it is held against elsewhere."""
    scenario, rnd = random_scenario(seed), Random(seed)
    for line in lines(scenario)[:3]:
        reached = 0
        for piece in find(scenario, line):
            assert piece.low == reached < piece.high
            reached = piece.high
            inside = piece.low + (piece.high - piece.low) * Fraction(rnd.randint(1, 99), 100)
            assert piece.at(inside) == before_rounding(scenario, line.weights(inside))
        assert reached == line.most


def test_limits_make_pieces() -> None:
    # x gives 25, 50, 25 and y 50, 0, 50: with a floor of 10 for b the floor binds from y at 80 % on
    scenario = small(limits=[Limit(("b",), floor=10)])
    line = exchange(scenario, "x", "y")
    first, second = pieces(scenario, line)
    assert (first.low, first.high, second.high) == (0, 40, 60)
    assert second.at(50) == {"a": 45, "b": 10, "c": 45}


def test_where_everybody_stands_at_a_limit_the_piece_ends_when_somebody_leaves_it() -> None:
    # a has 55 % of the scores, half a percent more with each point from x to y; floor 60 and cap 40 hold both
    # until a has 60 % by itself
    two = small(
        recipients=[Recipient("a"), Recipient("b")],
        weights={"x": 90, "y": 10},
        factors=[Factor("x", (1, 1)), Factor("y", (1, 0))],
        limits=[Limit(("a",), floor=60), Limit(("b",), cap=40)],
    )
    first, second = pieces(two, exchange(two, "x", "y"))
    assert (first.low, first.high, second.high) == (0, 10, 90)
    assert first.at(5) == {"a": 60, "b": 40}
    assert second.at(20) == {"a": 65, "b": 35}


# --- exchange rates -------------------------------------------------------------------------------


@given(SEEDS)
def test_exchange_rates_are_what_allocations_before_rounding_differ_by(seed: int) -> None:
    scenario = random_scenario(seed)
    start = before_rounding(scenario, scenario.weights)
    point = Fraction(sum(scenario.weights.values()), 100)
    for rate in exchange_rates(allocate(scenario)):
        weights = dict(scenario.weights)
        weights[rate.giver] -= point
        weights[rate.taker] += point
        moved = before_rounding(scenario, weights)
        assert dict(rate.amounts) == {id: moved[id] - start[id] for id in start}
        assert sum(rate.amounts.values()) == 0
        if rate.closed:
            assert scenario.kind == "shares" and scenario.coefficient is None


def test_the_formula_by_hand() -> None:
    # D / 100 · (share_ik − share_ij): for the zone 560,200 · (80.94 % − 90.62 %) a point from tax to jobs
    (rate,) = [r for r in exchange_rates(allocate(RULE)) if (r.giver, r.taker) == ("tax", "employment")]
    assert rate.closed and rate.amounts["ftz"] == Fraction(560_200) * Fraction("-0.0968")
    assert len(exchange_rates(allocate(RULE))) == 12


@pytest.mark.parametrize(
    ("scenario", "closed"),
    [
        (RULE, True),
        (CAPPED, False),
        (replace(RULE, limits=[Limit(cap=56_000_000)]), True),
        (small(coefficient="k"), False),
        (small(kind="scores"), False),
    ],
)
def test_where_the_formula_holds(scenario: Scenario, closed: bool) -> None:
    assert {rate.closed for rate in exchange_rates(allocate(scenario))} == {closed}


def test_a_limit_that_binds_within_the_point_is_no_case_for_the_formula() -> None:
    # b gets 30 and loses half a yuan a point from x to y, gains one the other way
    scenario = small(
        limits=[Limit(("b",), floor=Fraction("29.9"), cap=30)],
        fund=replace(small().fund, unit=Fraction(1, 10)),
    )
    rates = {rate.giver: rate for rate in exchange_rates(allocate(scenario))}
    assert not rates["x"].closed and rates["x"].amounts["b"] == Fraction(-1, 10)
    assert not rates["y"].closed and rates["y"].amounts["b"] == 0


# --- break-evens ----------------------------------------------------------------------------------


@given(SEEDS)
@example(180868)  # nobody takes part in the split
def test_break_evens_hold_and_nothing_is_level_before(seed: int) -> None:
    scenario, rnd = random_scenario(seed), Random(seed)
    ids = list(scenario.ids)
    id, other = rnd.choice(ids), rnd.choice(ids)
    start = before_rounding(scenario, scenario.weights)
    amount = start[id] * Fraction(rnd.randint(80, 120), 100)

    def gap(line: Line, points: Fraction, against: str | Fraction) -> Fraction:
        by = before_rounding(scenario, line.weights(points))
        return by[id] - (by[against] if isinstance(against, str) else against)

    for against in (other, amount):
        for line in lines(scenario)[:4]:
            at = break_even(scenario, line, id, against)
            sign = start[id] - (start[other] if against == other else amount)
            probes = [Fraction(k, 7) * (line.most if at is None else at) for k in range(1, 7)]
            if at is None:
                assert sign
                assert all(gap(line, t, against) * sign > 0 for t in probes)
            elif at < line.most:  # at the very end all scores can be zero
                assert gap(line, at, against) == 0
                just_before = at * Fraction(10**9 - 1, 10**9)
                assert at == 0 or all(gap(line, t, against) * sign > 0 for t in (*probes, just_before))


def test_just_before_and_just_after_a_break_even() -> None:
    """Luzhou, in closed form: below 11.63 % of tax, Lu County no longer gets less than Longmatan."""
    found = {b.factor: b for b in break_evens(RULE, {"luxian": "longmatan"})["luxian"]}
    crossing = found["tax"].lower
    assert (found["tax"].upper, found["investment"].lower, found["effort"].upper) == (None, None, None)
    line, little = alone(RULE, "tax", up=False), Fraction(1, 10**9)
    assert crossing.weights == line.weights(crossing.points)
    for points, sign in ((crossing.points - little, 1), (crossing.points, 0), (crossing.points + little, -1)):
        amounts = before_rounding(RULE, line.weights(points))
        gap = amounts["longmatan"] - amounts["luxian"]
        assert (gap > 0) - (gap < 0) == sign


def test_no_break_even_where_nobody_has_a_score():
    """All weight on a factor nobody has would make every amount nothing over nothing: allocate refuses it."""
    scenario = Scenario(
        title="points",
        fund=RULE.fund,
        kind="scores",
        weights={"a": 1, "b": 1},
        recipients=[Recipient("p"), Recipient("q")],
        factors=[Factor("a", (1, 2)), Factor("b", (0, 0))],
    )
    with pytest.raises(AllocatorError):
        allocate(scenario.with_weights(a=0, b=1))
    found = break_evens(scenario, {"p": "q", "q": 50_000_000})
    assert all(one.lower is one.upper is None for places in found.values() for one in places)
    for one in steady_weights(scenario):
        assert one.meet_lower is one.meet_upper is None


@pytest.mark.parametrize("id", RULE.ids)
def test_published_break_evens_of_other_weights(id: str) -> None:
    scenario = load_scenario(LUZHOU / "equal-weights.toml")
    published = scenario.published[id]
    reached = 0
    for found in break_evens(scenario, {id: published})[id]:
        for up, crossing in ((False, found.lower), (True, found.upper)):
            if crossing is None:
                continue
            line, little = alone(scenario, found.factor, up=up), Fraction(1, 10**9)
            gaps = [
                before_rounding(scenario, line.weights(crossing.points + by))[id] - published
                for by in (-little, 0, little)
            ]
            assert gaps[1] == 0 and gaps[0] * gaps[2] < 0
            reached += 1
    assert reached


# --- ranks ----------------------------------------------------------------------------------------


def signs(amounts: dict[str, Fraction]) -> list[int]:
    return [(amounts[i] > amounts[m]) - (amounts[i] < amounts[m]) for i, m in combinations(amounts, 2)]


def check_steady(scenario: Scenario) -> None:
    start = signs(before_rounding(scenario, scenario.weights))
    for steady in steady_weights(scenario):
        own = scenario.weights[steady.factor]
        assert steady.lower <= own <= steady.upper
        for up, end, pair in (
            (False, steady.lower, steady.meet_lower),
            (True, steady.upper, steady.meet_upper),
        ):
            line = alone(scenario, steady.factor, up=up)
            if line is None:
                assert (end, pair) == (own, None)
                continue
            points = abs(end - own) * 100 / Fraction(sum(scenario.weights.values()))
            for k in range(1, 8):
                assert signs(before_rounding(scenario, line.weights(points * k / 8))) == start
            if pair is None:
                assert points == line.most
            elif points < line.most:
                little = (line.most - points) / 10**15
                after = before_rounding(scenario, line.weights(points + little))
                at = before_rounding(scenario, line.weights(points))
                assert at[pair[0]] == at[pair[1]]
                assert signs(at) != start or signs(after) != start


@given(SEEDS)
def test_no_rank_changes_within_and_one_does_at_the_end(seed: int) -> None:
    check_steady(random_scenario(seed))


def test_ranks_of_luzhou() -> None:
    check_steady(RULE)
    check_steady(CAPPED)
    steady = {one.factor: one for one in steady_weights(RULE)}
    assert set(steady["tax"].meet_lower) == {"longmatan", "luxian"}
    assert steady["investment"].lower == 0 and steady["investment"].meet_lower is None


def test_recipients_that_are_level_and_part_at_once() -> None:
    # a and c have the same in x and y, so they stay level whatever the weights
    found = steady_weights(small())
    assert all(one.lower < small().weights[one.factor] < one.upper for one in found)
    apart = small(weights={"x": Fraction(200, 3), "y": Fraction(100, 3)})  # everybody a third
    for one in steady_weights(apart):
        assert one.lower == one.upper == apart.weights[one.factor]
        assert "b" in one.meet_lower and "b" in one.meet_upper


# --- up and down ----------------------------------------------------------------------------------


def test_swings_are_allocations_under_the_moved_weights() -> None:
    for swing in swings(RULE, 15):
        for side, up in ((swing.down, False), (swing.up, True)):
            points, allocation = side
            assert points == (min(15, RULE.weights[swing.factor]) if not up else 15)
            expected = alone(RULE, swing.factor, up=up).weights(points)
            assert allocation.amounts == allocate(replace(RULE, weights=expected)).amounts
            assert sum(expected.values()) == 100


def test_swings_that_cannot_be_are_left_out() -> None:
    only = small(weights={"x": 100, "y": 0})
    x, y = swings(only)
    assert (x.down, x.up, y.down) == (None, None, None)
    assert y.up[0] == 5
