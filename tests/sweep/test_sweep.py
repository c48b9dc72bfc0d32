"""Sweeps: every figure against one worked out from all draws, exact quantiles, bounded pieces, drivers."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor, lcm
from pathlib import Path

import numpy as np
import pytest
from good_scenario import small
from sweep_cases import all_units

from allocator import (
    Earmark,
    Factor,
    Fund,
    InfeasibleError,
    Limit,
    Recipient,
    ScenarioError,
    allocate,
    load_scenario,
)
from allocator.analysis.batch.masks import count_true
from allocator.analysis.sweep import LEVELS, Anywhere, Around, Within, drivers, levels, sweep
from allocator.analysis.sweep.drivers import WEIGHTS
from allocator.analysis.sweep.ranks import places
from allocator.report.sweep.words import part_text
from allocator.text import EN, Phrasebook

FOLDER = Path(__file__).parent.parent.parent / "scenarios"
LUZHOU = load_scenario(FOLDER / "luzhou-2023" / "published-rule.toml")
APART = load_scenario(FOLDER / "luzhou-2023" / "after-earmark.toml")
CAPPED = load_scenario(FOLDER / "luzhou-2023" / "cap-zone.toml")
COUNCILS = load_scenario(FOLDER / "au-wa-2024-25" / "scenario.toml")


def in_cents(scenario):
    """The same fund in units of a cent, so that quantiles lie in ranges of many millions of units."""
    return replace(scenario, fund=replace(scenario.fund, unit=Fraction(1, 100)))


def many(size):
    """Recipients with earmarks of odd cents for some, one of them apart."""
    rnd = np.random.default_rng(size)
    return small(
        fund=Fund(size * 1000 + 7, "CNY", 1),
        weights={"x": 60, "y": 40},
        recipients=[Recipient(f"r{i}") for i in range(size)],
        factors=[Factor(f, [int(v) for v in rnd.integers(1, 50, size)]) for f in ("x", "y")],
        earmarks=[Earmark("r0", Fraction(13, 4), also_shares=False), Earmark("r1", Fraction(15, 4))],
    )


CASES = {
    "luzhou": (LUZHOU, {"law": Around(100)}),
    "anywhere": (LUZHOU, {"law": Anywhere()}),
    "apart": (APART, {"law": Within({"tax": 5, "effort": 10})}),
    "capped": (CAPPED, {"law": Anywhere(), "noise": 30}),
    "noise": (LUZHOU, {"law": None, "noise": {"tax": 10}}),
    "cents": (in_cents(LUZHOU), {"law": Around(20), "noise": {"tax": 5}}),
    "wide": (in_cents(LUZHOU), {"law": Anywhere()}),  # more than 16 bits hold
    "councils": (COUNCILS, {"law": None, "noise": 10}),
    "many": (many(231), {"law": Anywhere()}),
    "more": (many(600), {"law": Around(30), "noise": 10}),
    "rest": (
        replace(LUZHOU, fund=replace(LUZHOU.fund, rounding="rest-to-largest")),
        {"law": Within(10), "base": LUZHOU.published},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_every_figure_is_that_of_all_draws_together(name):
    scenario, how = CASES[name]
    found = sweep(scenario, 10_000 if len(scenario.ids) < 200 else 1_500, seed=5, **how)
    units = all_units(found)
    units = units[~np.isnan(units[:, 0])]
    assert found.counted == len(units) and found.counted + found.excluded == found.draws
    unit, n = scenario.fund.unit, found.counted
    base = how.get("base") or scenario.published or allocate(scenario).amounts
    taking = [scenario.ids[i] for i in scenario.participants]
    apart = [id for id in scenario.ids if id not in taking]
    earmarks = found.present.earmarks
    # exactly, of every draw: whole numbers of the largest part of the currency that all figures are wholes of
    over = lcm(*(Fraction(x).denominator for x in (unit, *earmarks.values(), *base.values())))
    unit, *given = (int(x * over) for x in (unit, *earmarks.values()))
    given, base = dict(zip(earmarks, given, strict=True)), {id: int(x * over) for id, x in base.items()}
    amounts = {id: [int(u) * unit + given[id] for u in units[:, at]] for at, id in enumerate(taking)}
    amounts |= {id: [given[id]] * n for id in apart}
    changes = [a - base[id] for id in scenario.ids for a in amounts[id]]
    gained, lost = (Fraction(sum(max(sign * by, 0) for by in changes), n * over) for sign in (1, -1))
    assert (found.gained, found.lost) == (gained, lost)
    assert found.moved == (gained if gained == lost else None)
    for id, all_ in amounts.items():
        assert found.mean[id] == Fraction(sum(all_), n * over)
        assert (found.least[id], found.most[id]) == (Fraction(min(all_), over), Fraction(max(all_), over))
        assert found.more[id] == Fraction(sum(a > base[id] for a in all_), n)
        assert found.less[id] == Fraction(sum(a < base[id] for a in all_), n)
        order = sorted(all_)
        for level in LEVELS:
            assert found.quantiles[level][id] == Fraction(order[ceil(level * n) - 1], over)
    assert sum(found.mean.values()) + scenario.reserved == scenario.fund.amount
    table = np.array([[a / over for a in amounts[id]] for id in scenario.ids])
    rank = 1 + (table[None, :, :] > table[:, None, :] + 1e-6).sum(axis=1) if len(table) < 250 else None
    if rank is None:  # one recipient at a time
        rank = np.array([1 + (table > row + 1e-6).sum(axis=0) for row in table])
    for row, id in zip(rank, scenario.ids, strict=True):
        for (first, last), chance in zip(found.places, found.ranks[id], strict=True):
            assert chance == Fraction(int(((row >= first) & (row <= last)).sum()), n)


@pytest.mark.parametrize("kind", [np.uint16, np.uint32, np.uint64])
def test_quantiles_are_picked_where_sorting_has_them(kind):
    """Of amounts far apart, many of which stand at a floor, at a cap or at one amount between."""
    rnd = np.random.default_rng(1)
    most = int(np.iinfo(kind).max) >> 1
    free = (rnd.beta(0.5, 3, 5000) * most).astype(kind)
    held = np.clip(free, kind(most // 20), kind(most // 5))
    middle = np.where(rnd.random(5000) < 0.6, kind(most // 30), free)
    places_ = np.array([0, 249, 1250, 2499, 2500, 3749, 4999])
    for amounts in (free, held, middle, np.full(5000, most, kind), free[:900]):
        inside = places_[places_ < amounts.size]
        assert levels._picked(amounts, inside).tolist() == np.sort(amounts)[inside].tolist()


def test_places():
    assert places(200)[-1] == (200, 200) and len(places(200)) == 200
    assert places(201)[:11] == (*((k, k) for k in range(1, 11)), (11, 21))
    for size in (201, 999, 13_000):
        ends = places(size)
        assert ends[-1][1] == size
        assert all(last + 1 == first for (_, last), (first, _) in pairwise(ends))


# --- quantiles and counting -----------------------------------------------------------------------


@pytest.mark.parametrize("noise", [0, 10])
@pytest.mark.parametrize("room", [1, 2**16])
def test_the_quantiles_are_the_same_with_little_room(monkeypatch, noise, room):
    """One recipient at a time, or some of them."""
    expected = sweep(CAPPED, 20_000, noise=noise).digest
    for name in ("BYTES", "CELLS"):
        monkeypatch.setattr(levels, name, room)
    assert sweep(CAPPED, 20_000, noise=noise).digest == expected


@pytest.mark.parametrize("shape", [(3, 4096), (5, 8), (4, 13), (1, 16384)])
def test_true_values_are_counted_along_either_axis(shape):
    mask = np.random.default_rng(1).random(shape) < 0.9
    assert count_true(mask, 1).tolist() == mask.sum(axis=1).tolist()
    turned = np.ascontiguousarray(mask.T)
    assert count_true(turned, 0).tolist() == mask.sum(axis=1).tolist()


# --- edges ----------------------------------------------------------------------------------------


def test_one_draw_one_recipient_one_factor_and_zero_shares():
    alone = small(recipients=(Recipient("a"),), factors=(Factor("x", (3,)), Factor("y", (1,))))
    found = sweep(alone, 1)
    assert found.mean == found.least == found.most == {"a": 100}
    assert found.ranks == {"a": (1,)} and found.moved == 0 and found.near == 0
    one = small(weights={"x": 100}, factors=(Factor("x", (1, 2, 0)),))
    found = sweep(one, 50, law=Anywhere())  # the only weight is all there is
    assert found.least == found.most == allocate(one).amounts
    assert drivers(found).weights is None
    nothing = small(factors=(Factor("x", (1, 2, 0)), Factor("y", (1, 0, 0))))
    found = sweep(nothing, 1000, law=Anywhere(), noise=10)
    assert found.most["c"] == 0
    assert sum(found.ranks["c"]) == 1


def test_draws_in_which_limits_break_are_left_out_and_counted():
    """Where all others are rounded down, the unit left over takes the largest past the cap it stands at."""
    scenario = small(
        fund=Fund(10, "CNY", 1, "rest-to-largest"),
        recipients=[Recipient(id) for id in "abcd"],
        factors=(Factor("x", (80, 9, 8, 3)), Factor("y", (9, 3, 2, 7))),
        limits=[Limit(("a",), cap=5)],
    )
    found = sweep(scenario, 3000, law=Anywhere())
    assert 0 < found.excluded < 3000
    assert found.counted + found.excluded == 3000
    assert found.most["a"] == 5
    none = replace(scenario, limits=[Limit("all", cap=4), Limit(("a",), floor=4)])
    assert sweep(none, 100, law=Anywhere()).counted


def test_where_no_draw_can_be_allocated_it_says_so(monkeypatch):
    from allocator.analysis.batch import kernel

    monkeypatch.setattr(kernel, "multipliers", lambda scores, first, *rest: np.full(first.size, np.nan))
    with pytest.raises(InfeasibleError) as error:
        sweep(CAPPED, 100)
    assert [p.key for p in error.value.problems] == ["sweep_excluded"]


@pytest.mark.parametrize(
    ("how", "key"),
    [
        ({"draws": 0}, "sweep_draws"),
        ({"draws": 10**8}, "sweep_draws"),
        ({"draws": True}, "sweep_draws"),
        ({"seed": -1}, "sweep_seed"),
        ({"law": None}, "sweep_fixed"),
        ({"law": None, "noise": 0}, "sweep_fixed"),
        ({"noise": -1}, "sweep_noise"),
        ({"noise": {"tax": 101}}, "sweep_noise"),
        ({"noise": {"taxes": 1}}, "audit_factor"),
        ({"law": Within({"taxes": 1})}, "audit_factor"),
    ],
)
def test_what_cannot_be_drawn_is_refused(how, key):
    with pytest.raises(ScenarioError) as error:
        sweep(LUZHOU, **how)
    assert [p.key for p in error.value.problems] == [key]
    assert all(len(error.value.sentences(Phrasebook(lang))) == 1 for lang in ("zh", "en"))


def test_laws_refuse_figures_that_mean_nothing():
    for make in (lambda: Around(0), lambda: Around(10**7), lambda: Within(-1), lambda: Within({"a": 101})):
        with pytest.raises(ScenarioError):
            make()


def test_a_fund_of_too_many_units_or_of_none_is_refused():
    huge = small(fund=Fund(10**13, "CNY", 1))
    spent = small(earmarks=[Earmark("a", 100, also_shares=True)])
    zero = small(factors=(Factor("x", (1, 2, 1)), Factor("y", (0, 0, 0))), weights={"x": 100, "y": 0})
    for scenario, law, key in (
        (huge, Anywhere(), "sweep_units"),
        (spent, Anywhere(), "sweep_nothing"),
        (zero, Anywhere(), "column_zero"),
    ):
        with pytest.raises(ScenarioError) as error:
            sweep(scenario, 10, law=law)
        assert [p.key for p in error.value.problems] == [key]
    assert sweep(zero, 10, law=Around(5)).counted == 10  # a weight of zero stays zero


# --- chances --------------------------------------------------------------------------------------


def test_the_sampling_error_covers_the_truth_as_often_as_it_should():
    """One factor for each of two recipients: a gets more than half where w > 1/2, half of the draws."""
    even = small(
        recipients=(Recipient("a"), Recipient("b")),
        factors=(Factor("x", (1, 0)), Factor("y", (0, 1))),
        weights={"x": 50, "y": 50},
        fund=Fund(10**6, "CNY", 1),
    )
    inside = 0
    for seed in range(60):
        found = sweep(even, 2000, law=Anywhere(), seed=seed)
        inside += abs(found.more["a"] - Fraction(1, 2)) <= found.error(found.more["a"])
    assert 28 <= inside <= 52  # 68 % of 60, within three standard deviations of the count


# --- drivers --------------------------------------------------------------------------------------


def test_variance_parts_of_weights_are_those_of_the_drawn_entitlements():
    """Cov(w_j y_ij, e_i) / Var(e_i) with y the share above the mean share, over drawn weights."""
    found = sweep(LUZHOU, 10, law=Around(30))
    parts = drivers(found)
    assert parts.exact and parts.first is None
    mean = np.array([float(w) for w in LUZHOU.weights.values()]) / 100
    weights = np.random.default_rng(3).dirichlet(mean * 30, 400_000).T
    columns = [[float(x) for x in LUZHOU.factor(f).values] for f in LUZHOU.weights]
    shares = np.array([np.array(c) / sum(c) for c in columns])
    for at, id in enumerate(LUZHOU.ids):
        y = shares[:, at] - mean @ shares[:, at]
        entitlement = weights.T @ shares[:, at]
        for j, factor in enumerate(LUZHOU.weights):
            expected = np.cov(weights[j] * y[j], entitlement)[0, 1] / entitlement.var()
            assert parts.weights[id][factor] == pytest.approx(expected, abs=0.01)
        assert sum(parts.weights[id].values()) == pytest.approx(1)
        # and the variance that is shared out is the closed one
        variance = (mean * y**2).sum() / (30 + 1)
        assert entitlement.var() == pytest.approx(variance, rel=0.02)


def test_parts_within_points_come_from_drawn_weights_and_say_so():
    parts = drivers(sweep(LUZHOU, 10, law=Within(5)))
    assert not parts.exact
    assert all(sum(row.values()) == pytest.approx(1) for row in parts.weights.values())
    fixed = drivers(sweep(LUZHOU, 10, law=Within({"tax": 5, "effort": 5})))
    assert all(abs(row["investment"]) + abs(row["employment"]) < 1e-12 for row in fixed.weights.values())


def test_indices_of_small_errors_are_those_of_the_linear_model():
    """For 1 % e_i moves by D w_j (x_ij (1 − x_ij) ε_i − x_ij Σ x_kj ε_k), all ε independent."""
    parts = drivers(sweep(LUZHOU, 10, law=None, noise=1))
    assert parts.weights is None
    columns = [[float(x) for x in LUZHOU.factor(f).values] for f in LUZHOU.weights]
    x = np.array([np.array(c) / sum(c) for c in columns])
    w = np.array([float(w) for w in LUZHOU.weights.values()]) / 100
    squares = (x**2).sum(axis=1)[:, None] - x**2
    variance = w[:, None] ** 2 * x**2 * ((1 - x) ** 2 + squares)
    expected = variance / variance.sum(axis=0)
    for at, id in enumerate(LUZHOU.ids):
        for j, factor in enumerate(LUZHOU.weights):
            assert parts.first[id][factor] == pytest.approx(expected[j, at], abs=0.06)
            assert parts.total[id][factor] == pytest.approx(expected[j, at], abs=0.06)


def test_weights_and_data_together_are_inputs_of_one_analysis():
    parts = drivers(sweep(APART, 10, law=Around(100), noise={"tax": 10}))
    assert set(parts.first) == set(APART.ids) - {"ftz"}
    for first, total in zip(parts.first.values(), parts.total.values(), strict=True):
        assert list(first) == [WEIGHTS, "tax"]
        assert sum(first.values()) == pytest.approx(1, abs=0.15)
        assert all(total[key] > first[key] - 0.1 for key in first)


def test_estimated_parts_carry_their_sampling_error():
    """Of 1 % errors in one factor all variance is that factor's; estimates scatter around 1."""
    off = []
    for seed in range(1, 9):
        parts = drivers(sweep(LUZHOU, 10, law=None, noise={"tax": 1}, seed=seed))
        assert parts.error("naxi", "tax") == parts.first_error["naxi"]["tax"] > 0
        off += [
            (parts.first[id]["tax"] - 1) / parts.error(id, "tax") for id in ("naxi", "gulin", "jiangyang")
        ]
    assert max(map(abs, off)) < 5 and 0.3 < np.sqrt(np.mean(np.square(off))) < 2
    assert any(value > 0 for value in off)  # some above 1, which is no part
    assert part_text(1.0132, 0.0241, EN) == "101.3 ±2.5" and part_text(0.5, None, EN) == "50.0"
    assert drivers(sweep(LUZHOU, 10, law=Around(30))).error("naxi", "tax") is None


def test_who_never_changes_is_driven_by_nothing():
    alike = small(factors=(Factor("x", (1, 1, 1)), Factor("y", (1, 1, 1))))
    parts = drivers(sweep(alike, 10))
    assert all(value == 0 for row in parts.weights.values() for value in row.values())


def test_floor_and_ceiling_of_a_base_between_units():
    """Against 33.5 of three that get 33 or 34 of 100: more is 34, less is 33."""
    alike = small(factors=(Factor("x", (1, 1, 1)), Factor("y", (1, 1, 1))))
    base = dict.fromkeys("abc", Fraction(67, 2))
    found = sweep(alike, 100, base=base)
    assert found.more == {"a": 1, "b": 0, "c": 0} and found.less == {"a": 0, "b": 1, "c": 1}
    assert found.gained == Fraction(1, 2) == 34 - base["a"]
    assert found.lost == 1 and found.moved is None  # the base has half a unit more to give
    assert floor(base["a"]) == 33
