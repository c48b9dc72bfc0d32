"""The kernel of the sweeps against the exact engine, and the laws of its draws against closed forms."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from random import Random

import numpy as np
import pytest
from depth import cases, deeper
from good_scenario import small
from hypothesis import given
from hypothesis import strategies as st
from random_cases import random_case, scenario_of
from sweep_cases import exact_limited, kernel_of, with_drawn

from allocator import Factor, Fund, InfeasibleError, Limit, Recipient, Scenario, ScenarioError, allocate
from allocator.analysis.batch import Kernel, brisk
from allocator.analysis.batch.rounding import edges, network, room_for, ties_of
from allocator.analysis.sweep import Anywhere, Around, Within
from allocator.analysis.sweep.laws import covariance, draws_of, ends

WEIGHTS = {"a": 40, "b": 30, "c": 20, "d": 10}

# --- amounts --------------------------------------------------------------------------------------


def check_against_engine(scenario, law, draws):
    """How many draws agree to the unit, and how many were reported as near things."""
    _, kernel, weights = kernel_of(scenario, law, draws)
    with brisk():
        exact, multiplier = kernel.entitlements(kernel.scores(weights))
        fits = ~np.isnan(multiplier)
        exact = (exact if kernel.axis == 0 else exact.T).copy()
        whole = kernel.amounts(weights)
        units = whole.units if kernel.axis == 0 else whole.units.T
    agreed = 0
    for draw in range(draws):
        try:
            allocation = allocate(with_drawn(scenario, weights[:, draw]))
        except InfeasibleError:
            assert not whole.fits[draw]
            continue
        assert whole.fits[draw] and fits[draw]
        limited = exact_limited(allocation)
        total = sum(limited)
        for found, expected in zip(exact[:, draw], limited, strict=True):
            # relative to the amount; with limits the multiplier is as good as the total allows
            slack = 1e-12 * float(expected) + (2.0**-49 * float(total) if scenario.limits else 0)
            assert abs(found - float(expected)) <= slack + 1e-300
        assert units[:, draw].sum() == total
        if tuple(units[:, draw]) == allocation.split.units:
            agreed += 1
        else:
            assert whole.near[draw], (units[:, draw], allocation.split.units)
    return agreed, int(whole.near.sum())


@deeper
def test_random_scenarios_come_out_as_the_engine_has_them():
    """All kinds of limits, both roundings, coefficients, ties, zeros and huge ranges."""
    drawn = agreed = 0
    laws = (Around(20), Anywhere(), Within(10))
    for seed in range(cases(200)):
        try:
            scenario = scenario_of(random_case(Random(seed)))
            allocate(scenario)
            found, _ = check_against_engine(scenario, laws[seed % 3], 16)
        except (ScenarioError, InfeasibleError):
            continue
        drawn += 16
        agreed += found
    assert drawn > cases(800)
    assert agreed > drawn * 0.97  # the rest: left out, or ties by construction, reported as near


@pytest.mark.parametrize("size", [16, 17, 40, 513])
@pytest.mark.parametrize("limited", [False, True])
def test_few_and_many_recipients_in_either_layout(size, limited):
    rnd = Random(size)
    scenario = Scenario(
        title="many",
        fund=Fund(size * 100_000, "CNY", 1),
        kind="shares",
        weights=WEIGHTS,
        recipients=[Recipient(f"r{i}") for i in range(size)],
        factors=[Factor(f, [int(rnd.lognormvariate(9, 2)) + 1 for _ in range(size)]) for f in WEIGHTS],
    )
    if limited:
        limits = [
            Limit((id,), floor=int(amount * Fraction(rnd.uniform(0.5, 1.1))), cap=int(amount * 3 / 2) + 1)
            for id, amount in allocate(scenario).amounts.items()
        ]
        scenario = replace(scenario, limits=limits)
    agreed, near = check_against_engine(scenario, Around(50), 64)
    assert agreed >= 64 - near and near <= 2


def test_equal_recipients_get_the_odd_unit_in_listed_order():
    """Three alike and seven units: 3, 2, 2 under every weights."""
    same = (Factor("x", (1, 1, 1)), Factor("y", (2, 2, 2)))
    scenario = small(fund=Fund(7, "CNY", 1), factors=same)
    _, kernel, weights = kernel_of(scenario, Anywhere(), 64)
    whole = kernel.amounts(weights)
    assert (whole.units.T == [3, 2, 2]).all()
    assert whole.near.all()


def test_a_hair_too_much_is_taken_back_from_the_last():
    """Two whole amounts of which each came out as one more: nothing is left to give, and one is too many."""

    def settled(*exact, total):
        return ties_of(np.array([0]), np.array([exact]), total).settle(np.array([exact])).tolist()

    assert settled(3.0, 3.0, 2.0, total=7) == [[3, 3, 1]]
    assert settled(1.5, 1.25, 0.25, total=3) == [[2, 1, 0]]
    assert settled(1.5, 1.5, 1.0, total=4) == [[2, 1, 1]]
    assert settled(2.0, 1.0, 0.0, total=3) == [[2, 1, 0]]
    assert settled(1.0, 1.0, 0.0, total=1) == [[1, 0, 0]]


@pytest.mark.parametrize("size", range(1, 17))
def test_the_network_sorts(size):
    """By the zero-one principle a network that sorts all zeros and ones sorts everything."""
    rows = ((np.arange(2**size)[:, None] >> np.arange(size)) & 1).T.astype(np.float32)
    for a, b in network(size):
        low, high = np.minimum(rows[a], rows[b]), np.maximum(rows[a], rows[b])
        rows[a], rows[b] = low, high
    assert all((low <= high).all() for low, high in pairwise(rows))


@given(st.lists(st.integers(0, 999), min_size=2, max_size=30, unique=True), st.data())
def test_the_edges_are_the_remainders_at_the_cut(thousandths, data):
    count = data.draw(st.integers(0, len(thousandths)))
    remainders = np.array(thousandths)[:, None] / 1000
    size = len(thousandths)
    least, below = edges(remainders, np.array([count]), room_for(size, 1), 0)
    order = sorted(thousandths, reverse=True)
    assert least[0] == (np.float32(order[count - 1] / 1000) if count else 1)
    assert below[0] == (np.float32(order[count] / 1000) if count < size else 0)


@pytest.mark.parametrize("power", [1, 8])
def test_the_edges_of_many_are_found_wherever_they_lie(power):
    """Evenly spread with zeros, as where limits hold, so that the cut is near a half; and far from even."""
    rnd = np.random.default_rng(power)
    remainders = rnd.random((40, 700)) ** power
    remainders[:, rnd.random(700) < 0.4] = 0
    remainders[0] = rnd.choice([0, 0.25, 0.5], 700)
    near = np.rint(remainders.sum(axis=1)).astype(int)
    order = np.sort(remainders.astype(np.float32), axis=1)
    for count in (near, np.arange(40), 700 - np.arange(40)):
        least, below = edges(remainders, count, room_for(700, 40), 1)
        for draw, k in enumerate(count):
            assert least[draw] == (order[draw, 700 - k] if k else 1)
            assert below[draw] == (order[draw, 699 - k] if k < 700 else 0)


def test_all_at_their_limits_and_limits_that_cannot_hold_in_some_draws():
    """Floors equal to caps that use up the money leave nothing open; a cap on the only one with a score fails
    just where the weights leave the others without one."""
    pinned = small(
        limits=[Limit(("a",), floor=50, cap=50), Limit(("b",), floor=30, cap=30), Limit(("c",), cap=20)]
    )
    _, kernel, weights = kernel_of(pinned, Anywhere(), 64)
    whole = kernel.amounts(weights)
    assert (whole.units.T == [50, 30, 20]).all() and whole.fits.all()
    only = small(factors=(Factor("x", (1, 0, 0)), Factor("y", (0, 1, 1))), limits=[Limit(("a",), cap=40)])
    _, kernel, weights = kernel_of(only, Anywhere(), 64)
    weights[:, 7] = 1, 0
    whole = kernel.amounts(weights)
    assert np.flatnonzero(~whole.fits).tolist() == [7]
    assert (np.delete(whole.units, 7, axis=1)[0] <= 40).all()


@deeper
def test_a_known_cut_gives_the_same_units_of_any_recipients_alone():
    """Of all rules, both layouts and both roundings; ties by construction too."""
    tied = 0
    for seed in range(cases(200)):
        try:
            scenario = scenario_of(random_case(Random(seed)))
            case, kernel, weights = kernel_of(scenario, Anywhere(), 32)
        except (ScenarioError, InfeasibleError):
            continue
        with brisk():
            whole = kernel.amounts(weights)
            units = (whole.units if kernel.axis == 0 else whole.units.T).copy()
            tied += whole.cut.ties.at.size
            size = case.figures.recipients
            first = seed % size
            last = first + 1 + seed // 7 % (size - first)
            some = Kernel(case.figures.of(first, last), 32, axis=seed % 2)
            again = some.again(some.scores(weights), whole.cut, first)
            again = again if some.axis == 0 else again.T
        assert (again[:, whole.fits] == units[first:last, whole.fits]).all()
    assert tied > cases(20)


# --- how weights are drawn ------------------------------------------------------------------------


def drawn(law, weights=WEIGHTS, count=2**17, seed=1):
    return draws_of(law, weights).draw(np.random.Generator(np.random.Philox(seed)), count)


def close(found, expected, spread, count, times=5):
    """Within five standard errors of a mean."""
    assert np.all(np.abs(np.asarray(found) - expected) <= times * np.asarray(spread) / np.sqrt(count))


@pytest.mark.parametrize("concentration", [Fraction(1, 2), 3, 100])
def test_around_has_the_moments_of_a_dirichlet(concentration):
    found = drawn(Around(concentration))
    mean = np.array([0.4, 0.3, 0.2, 0.1])
    variance = mean * (1 - mean) / (float(concentration) + 1)
    assert np.allclose(found.sum(axis=0), 1, atol=1e-12)
    close(found.mean(axis=1), mean, np.sqrt(variance), found.shape[1])
    squares = (found - mean[:, None]) ** 2
    close(squares.mean(axis=1), variance, squares.std(axis=1), found.shape[1])
    known = covariance(draws_of(Around(concentration), WEIGHTS))
    products = (found[0] - mean[0]) * (found[1] - mean[1])
    close(products.mean(), -mean[0] * mean[1] / (float(concentration) + 1), products.std(), found.shape[1])
    assert known[0, 1] == pytest.approx(-mean[0] * mean[1] / (float(concentration) + 1))
    assert np.diag(known) == pytest.approx(variance)


def test_a_tiny_concentration_gives_all_to_one_factor_by_its_weight():
    found = drawn(Around(Fraction(1, 10**5)))
    assert np.allclose(found.sum(axis=0), 1)
    share = (found > 0.5).mean(axis=1)
    mean = np.array([0.4, 0.3, 0.2, 0.1])
    close(share, mean, np.sqrt(mean * (1 - mean)), found.shape[1])


def test_anywhere_is_uniform():
    """Each weight has the distribution function 1 − (1 − w)^3."""
    found = drawn(Anywhere())
    for w in (0.05, 0.25, 0.6):
        chance = 1 - (1 - w) ** 3
        close((found <= w).mean(axis=1), chance, np.sqrt(chance * (1 - chance)), found.shape[1])


def polygon_moments(low, high):
    """Mean and mean square of the first two weights, uniform on the slice of three: by Green's theorem."""
    corners = []
    for w in ((x, y) for x in (low[0], high[0]) for y in (low[1], high[1])):
        corners.append(w)
    for x in (low[0], high[0]):
        corners += [(x, 1 - x - z) for z in (low[2], high[2])]
    for y in (low[1], high[1]):
        corners += [(1 - y - z, y) for z in (low[2], high[2])]
    inside = {
        (round(x, 12), round(y, 12))
        for x, y in corners
        if low[0] - 1e-12 <= x <= high[0] + 1e-12
        and low[1] - 1e-12 <= y <= high[1] + 1e-12
        and low[2] - 1e-12 <= 1 - x - y <= high[2] + 1e-12
    }
    middle = np.mean(list(inside), axis=0)
    around = sorted(inside, key=lambda p: np.arctan2(p[1] - middle[1], p[0] - middle[0]))
    area, first, second = 0.0, np.zeros(2), np.zeros(2)
    for p, q in zip(around, [*around[1:], around[0]], strict=True):
        p, q = np.array(p), np.array(q)
        cross = p[0] * q[1] - p[1] * q[0]
        area += cross / 2
        first += (p + q) * cross / 6
        second += (p * p + p * q + q * q) * cross / 12
    return first / area, second / area


@pytest.mark.parametrize(
    ("weights", "points"),
    [
        ((50, 30, 20), 5),
        ((50, 30, 20), 25),
        ((98, 1, 1), 4),
        ((60, 25, 15), {"a": 10, "b": 2, "c": 40}),
        ((100, 0, 0), 30),
    ],
)
def test_within_points_is_uniform_on_the_slice_of_three_factors(weights, points):
    weights = dict(zip("abc", weights, strict=True))
    found = drawn(Within(points), weights)
    by = points if isinstance(points, dict) else dict.fromkeys(weights, points)
    low, high = ends(by, weights)
    for row, bottom, top in zip(found, low, high, strict=True):
        assert row.min() >= bottom - 1e-12 and row.max() <= top + 1e-12
        assert row.min() < bottom + 0.02 * (top - bottom) and row.max() > top - 0.02 * (top - bottom)
    assert np.allclose(found.sum(axis=0), 1, atol=1e-12)
    mean, square = polygon_moments(low, high)
    close(found[:2].mean(axis=1), mean, found[:2].std(axis=1), found.shape[1])
    close((found[:2] ** 2).mean(axis=1), square, (found[:2] ** 2).std(axis=1), found.shape[1])


def test_within_points_of_many_factors_agrees_with_plain_rejection():
    """Sixfold: uniform weights of which most are thrown away have the same moments; equal law, other way."""
    weights = dict(zip("abcdef", (30, 25, 20, 15, 10, 0), strict=True))
    found = drawn(Within(12), weights)
    low, high = (np.array(end)[:, None] for end in ends(dict.fromkeys(weights, 12), weights))
    plain = np.random.default_rng(5).dirichlet(np.ones(6), 3_000_000).T
    kept = plain[:, ((plain >= low) & (plain <= high)).all(axis=0)]
    assert kept.shape[1] > 2000
    for power in (1, 2, 3):
        ours, theirs = found**power, kept**power
        close(ours.mean(axis=1), theirs.mean(axis=1), theirs.std(axis=1), kept.shape[1], times=5.5)


def test_within_points_of_two_factors_is_uniform_between_its_ends():
    alone = drawn(Within({"a": 10}), {"a": 40, "b": 60})
    assert np.allclose(alone.T, [0.4, 0.6])  # b keeps its weight, and so a its own
    found = drawn(Within(10), {"a": 40, "b": 60})[0]
    assert found.min() >= 0.3 and found.max() <= 0.5
    for part in (0.1, 0.5, 0.8):
        close((found <= 0.3 + 0.2 * part).mean(), part, np.sqrt(part * (1 - part)), found.size)


@pytest.mark.parametrize("factors", [2, 20, 200])
def test_thin_and_cornered_slices_do_not_take_for_ever(factors):
    """One factor has nearly all of the weight and the others next to nothing."""
    weights = {f"f{j}": Fraction(1, 10**9) for j in range(factors - 1)}
    weights["last"] = 100 - sum(weights.values())
    for points in (Fraction(1, 10**6), 1, 100):
        found = drawn(Within(points), weights, 2000)
        assert np.allclose(found.sum(axis=0), 1) and (found >= -1e-15).all()


def test_noise_keeps_the_mean_and_has_its_spread():
    """Under `scores` the noisy values themselves: mean 1, spread 20 %, independent of each other."""
    scenario = small(
        kind="scores", weights={"x": 1}, factors=(Factor("x", (1, 1, 0)),), fund=Fund(10**9, "CNY", 1)
    )
    case, kernel, weights = kernel_of(scenario, None, 2**13, {"x": 20})
    random = case.random(0, 1)
    scores = case.scores(kernel, weights, random)
    assert (scores[2] == 0).all()
    for row in scores[:2]:
        close(row.mean(), 1, 0.2, row.size)
        close(((row - 1) ** 2).mean(), 0.04, ((row - 1) ** 2).std(), row.size)
    close((scores[0] * scores[1]).mean(), 1, (scores[0] * scores[1]).std(), scores.shape[1])
