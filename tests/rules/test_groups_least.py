"""Groups within groups: of all ways to keep the bounds the amounts are the one with the least Σ (a − e)² / e.

A quadratic program knows nothing of multipliers: it is given the sum to minimise, the money, and the bounds
of members and of groups' sums.  What it finds is not exact, so it is held to be no better; and the amounts
are shown to be the least by prices, exactly: at the least every amount has a / e = price, at a floor no less
and at a cap no more, and the price within a group is that outside, but at a floor of the group's sum no less
and at a cap no more (Karush, Kuhn and Tucker's conditions, which are enough where the sum is convex).
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterator
from fractions import Fraction

import depth
import numpy as np
import pytest
from any_laminar import Node, Problem, problem
from scipy.optimize import linprog, minimize

from allocator import Allocation, InfeasibleError, Limit, allocate
from allocator.core.stages.groups import Group

CLOSE = 1e-6  # of the money: as near as the program comes


def seeds(few: int, many: int) -> Iterator[int]:
    start = secrets.randbelow(10**9) if depth.chosen else 0
    if depth.chosen:
        print(f"seeds from {start}")
    yield from range(start, start + depth.cases(few, many))


def shared(made: Problem, *more: Limit) -> Allocation | None:
    try:
        return allocate(made.scenario(*more))
    except InfeasibleError:
        return None


def paid(allocation: Allocation) -> list[Fraction]:
    """The amounts after limits and before rounding, in units."""
    split = allocation.split
    return [Fraction(units, split.limited_over) for units in split.limited_units]


# --- that no other amounts have less ------------------------------------------------------------------


def constraints(made: Problem) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One row for each bounded sum, and what it is at least and at most."""
    nodes = [*made.top.all()]
    rows = np.array([[float(i in node.members) for i in range(len(made.scores))] for node in nodes])
    found = [made.bounds(node) for node in nodes]
    low = np.array([float(least) for least, _ in found])
    high = np.array([np.inf if most is None else float(most) for _, most in found])
    for row, node in enumerate(nodes):
        if not node.parts and not made.scores[node.members[0]]:  # nothing to share by: its floor and no more
            high[row] = min(low[row], high[row])
    return rows, low, high


def can_be_kept(made: Problem) -> bool:
    """True where some amounts keep all bounds, by a linear program."""
    rows, low, high = constraints(made)
    if (low > high).any():
        return False
    some = np.isfinite(high)
    above, below = np.vstack([rows[some], -rows]), np.concatenate([high[some], -low])
    return bool(linprog(np.zeros(rows.shape[1]), A_ub=above, b_ub=below, method="highs").status == 0)


def least(made: Problem, start: list[Fraction]) -> np.ndarray:
    """The amounts that a quadratic program finds, from a start that keeps the bounds or not."""
    rows, low, high = constraints(made)
    entitled, held = np.array(made.entitled, float), np.array(made.held, float)
    scale = np.where(entitled > 0, entitled, 1) / made.money

    def sum_of(x: np.ndarray) -> float:  # (a − e)² / e, the unit being all of the money
        return float((((x + held / made.money - entitled / made.money) ** 2) / scale)[entitled > 0].sum())

    def slope(x: np.ndarray) -> np.ndarray:
        return np.where(entitled > 0, 2 * (x + held / made.money - entitled / made.money) / scale, 0.0)

    some = np.isfinite(high)
    level = low == high
    above, below = rows[some & ~level], rows[~level]
    most, bottom = high[some & ~level] / made.money, low[~level] / made.money
    kept = [
        {
            "type": "eq",
            "fun": lambda x: rows[level] @ x - low[level] / made.money,
            "jac": lambda _: rows[level],
        },
        {"type": "ineq", "fun": lambda x: most - above @ x, "jac": lambda _: -above},
        {"type": "ineq", "fun": lambda x: below @ x - bottom, "jac": lambda _: below},
    ]
    found = minimize(
        sum_of, np.array(start, float) / made.money, jac=slope, method="SLSQP",
        constraints=[one for one in kept if len(one["fun"](np.zeros(len(start))))],
        options={"maxiter": 300, "ftol": 1e-14},
    )  # fmt: skip
    return found.x * made.money


def off(made: Problem, amounts: list[Fraction]) -> Fraction:
    """Σ (a − e)² / e over those who have an entitlement, of what they get and hold."""
    rows = zip(amounts, made.held, made.entitled, strict=True)
    return sum(((a + h - e) ** 2 / e for a, h, e in rows if e), Fraction())


def prices(
    made: Problem, node: Node, amounts: list[Fraction]
) -> tuple[Fraction | None, Fraction | None] | None:
    """The prices outside a node at which its amounts are the least, from and up to; None where none is.

    >>> made = Problem((1, 1), (Fraction(), Fraction()), 10, Node((0, 1), None, None))
    >>> prices(made, Node((0,), 6, None), [Fraction(6), Fraction(4)])
    (None, Fraction(6, 5))
    """
    low, high = made.bounds(node)
    own = sum((amounts[i] for i in node.members), Fraction())
    assert own >= low and (high is None or own <= high), "a bound is broken"
    if not node.parts:
        (i,) = node.members
        if not made.scores[i]:
            return (None, None) if own == low else None
        bottom = top = (own + made.held[i]) / made.entitled[i]
    else:
        inner = [prices(made, part, amounts) for part in node.parts]
        if None in inner:
            return None
        starts = [start for start, _ in inner if start is not None]
        ends = [end for _, end in inner if end is not None]
        bottom, top = max(starts, default=None), min(ends, default=None)
        if bottom is not None and top is not None and bottom > top:
            return None
    return None if own == low else bottom, None if own == high else top


@depth.deeper
def test_no_other_amounts_that_keep_the_bounds_have_less() -> None:
    kept = near = bound = within = 0
    for seed in seeds(50, 1000):
        made = problem(random.Random(seed))
        allocation = shared(made)
        assert (allocation is not None) == can_be_kept(made), f"seed {seed}: {made}"
        if allocation is None:
            continue
        amounts = paid(allocation)
        assert sum(amounts) == made.money
        assert prices(made, made.top, amounts) is not None, f"seed {seed}: {made}"
        other = least(made, [Fraction(made.money, len(amounts))] * len(amounts))
        rows, low, high = constraints(made)
        sums, slack = rows @ other, CLOSE * made.money
        if (sums >= low - slack).all() and (sums <= high + slack).all():  # else it has found nothing
            found = off(made, [Fraction(float(amount)) for amount in other])
            assert off(made, amounts) <= found + Fraction(CLOSE) * made.money, f"seed {seed}: {made}"
            near += np.allclose(other, np.array(amounts, float), atol=1e-3 * made.money)
            kept += 1
        bound += bool(allocation.split.groups_at)
        within += any(
            isinstance(part, Group) for group, _ in allocation.split.groups_at for part in group.parts
        )
    least_of = depth.cases(50, 1000)
    assert kept > least_of // 3 and near > kept * 9 // 10  # now and then it stops a little early
    assert bound > least_of // 4 and within > least_of // 20


@pytest.mark.parametrize("seed", range(12))
def test_amounts_that_are_not_the_least_are_found_out(seed: int) -> None:
    """A little moved between two for whom no bound forbids it: the prices no longer hold."""
    rng = random.Random(seed)
    moved = 0
    while not moved:
        made = problem(rng)
        allocation = shared(made)
        if allocation is None:
            continue
        amounts = paid(allocation)
        sharing = [i for i, score in enumerate(made.scores) if score]
        for giving, taking in [(i, j) for i in sharing for j in sharing if i != j]:
            other = list(amounts)
            other[giving] -= Fraction(1, 100)
            other[taking] += Fraction(1, 100)
            try:
                found = prices(made, made.top, other)
            except AssertionError:
                continue  # that breaks a bound
            assert found is None and off(made, other) > off(made, amounts)
            moved += 1


# --- what holds of any groups -------------------------------------------------------------------------


@depth.deeper
@pytest.mark.parametrize("rounding", ["largest-remainder", "rest-to-largest"])
def test_sums_and_bounds_hold_to_the_unit(rounding: str) -> None:
    for seed in seeds(60, 1500):
        made = problem(random.Random(seed))
        made = Problem(made.scores, made.held, made.money, made.top, rounding)
        allocation = shared(made)
        if allocation is None:
            continue
        units = [allocation.amounts[id] for id in allocation.scenario.ids]
        assert allocation.total == sum(units) == made.money
        for node in made.top.all():
            low, high = made.bounds(node)
            own = sum(units[i] for i in node.members)
            assert own >= low and (high is None or own <= high), f"seed {seed}: {node}"


@depth.deeper
def test_a_group_that_does_not_bind_changes_no_amount() -> None:
    """Before rounding, that is: whole units go to groups first, and then to those in them."""
    for seed in seeds(40, 800):
        rng = random.Random(seed)
        made = problem(rng)
        allocation = shared(made)
        if allocation is None:
            continue
        amounts, ids = paid(allocation), allocation.scenario.ids
        node = rng.choice([node for node in made.top.all() if node.parts])
        inner = rng.sample(node.parts, rng.randint(1, len(node.parts)))  # so that no other group is crossed
        members = sorted(i for part in inner for i in part.members)
        gross = sum((amounts[i] + made.held[i] for i in members), Fraction())
        low, high = max(int(gross) - rng.randint(0, 9), 0), int(gross) + rng.randint(1, 9)
        again = shared(made, Limit([ids[i] for i in members], floor=low, cap=high, together=True))
        # a bound in whole units, less cents that are held, may take away less than a unit
        own = gross - sum((made.held[i] for i in members), Fraction())
        net = Problem(made.scores, made.held, made.money, made.top).bounds(Node(tuple(members), low, high))
        if net[0] <= own <= (own if net[1] is None else net[1]):
            assert again is not None and paid(again) == amounts, f"seed {seed}: {made}"


@depth.deeper
def test_a_group_around_everybody_with_all_the_money_changes_nothing() -> None:
    for seed in seeds(40, 800):
        made = problem(random.Random(seed))
        allocation = shared(made)
        gross = made.money + sum(made.held)
        for bounds in ({"floor": gross}, {"cap": gross}, {"floor": gross, "cap": gross}):
            again = shared(made, Limit("all", together=True, **bounds))
            if allocation is None or again is None:
                assert allocation is again is None, f"seed {seed}: {made}"
            else:
                assert paid(again) == paid(allocation) and again.amounts == allocation.amounts


@depth.deeper
def test_a_group_at_its_bound_shares_that_out_as_if_it_were_alone() -> None:
    compared = 0
    for seed in seeds(60, 1500):
        made = problem(random.Random(seed))
        allocation = shared(made)
        if allocation is None:
            continue
        amounts, ids = paid(allocation), allocation.scenario.ids
        for node in made.top.all():
            own = sum((amounts[i] for i in node.members), Fraction())
            if not node.parts or node is made.top or own not in made.bounds(node) or not own:
                continue
            if not any(made.scores[i] for i in node.members) or max(made.held) > own:
                continue  # alone it would have nothing to share by, or hold more than the whole fund
            alone = allocate(made.scenario(only=node, money=int(own)))
            assert paid(alone) == [amounts[i] for i in sorted(node.members)], f"seed {seed}: {node}"
            assert [*alone.amounts.values()] == [allocation.amounts[ids[i]] for i in sorted(node.members)]
            compared += 1
    assert compared > depth.cases(60, 1500) // 10


@depth.deeper
def test_the_innermost_group_that_cannot_hold_is_named_with_its_sum() -> None:
    named = 0
    for seed in seeds(200, 3000):
        made = problem(random.Random(seed), held=False)
        try:
            allocate(made.scenario())
        except InfeasibleError as error:
            (*_, problem_) = error.problems
        else:
            continue
        limits = made.limits()
        clashing = [node for node in made.top.all() if not made.reach(node)[2]]
        innermost = [n for n in clashing if not any(m in clashing for m in n.all() if m is not n)]
        if problem_.at:
            number = int(str(problem_.at["key"]).removeprefix("limit."))
            node = limits[number - 1]
            assert node in innermost, f"seed {seed}: {problem_}"
            if problem_.key != "floor_above_cap":
                reached = made.reach(node)[0 if problem_.key == "floors_above_group" else 1]
                assert problem_.details["sum"].amount == reached
                bound = node.cap if problem_.key == "floors_above_group" else node.floor
                assert problem_.details["left"].amount == bound
                named += 1
        else:
            assert innermost == [made.top] or not all(node.parts for node in innermost), f"seed {seed}"
    assert named > 4
